//! What was counted in a month, and of what.

use serde::Serialize;

use super::Month;
use crate::claim::ItemKey;
use crate::claim::identity::TenantId;

/// More than there are people on earth is a mistake.
pub const FIGURE_MAX: u64 = 10_000_000_000;

/// What was counted of one item in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Different people who used it in the month.
    pub monthly_active_users: u64,
    /// Units that the customer pays for, at the end of the month.
    pub paid_units: u64,
    /// Units that are assigned to somebody, at the end of the month.
    pub assigned_units: u64,
}

impl Figures {
    /// As they are stored: three numbers with a space between.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{} {} {}", self.monthly_active_users, self.paid_units, self.assigned_units)
    }

    /// What [`Figures::written`] wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(|number| number.parse().ok());
        let [users, paid, assigned] = [numbers.next()??, numbers.next()??, numbers.next()??];
        let whole =
            Self { monthly_active_users: users, paid_units: paid, assigned_units: assigned };
        numbers.next().is_none().then_some(whole)
    }

    /// The figures in the order in which they are shown.
    #[must_use]
    pub const fn all(&self) -> [u64; 3] {
        [self.monthly_active_users, self.paid_units, self.assigned_units]
    }
}

/// The figures of one item of one tenant in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The customer.
    pub tenant_id: TenantId,
    /// The item.
    pub item: ItemKey,
    /// The month.
    pub month: Month,
    /// What was counted.
    pub figures: Figures,
}
