//! Until when subscriptions last, asked by whoever watches official associations. Nothing is asked
//! about a domain.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Directory, SubscriptionRecord, SubscriptionState, SubscriptionsAnswer};

/// Until when something lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// It is over.
    Over,
    /// It goes on, up to this day and including it.
    Until(NaiveDate),
    /// It goes on, and no end is known.
    Open,
}

impl Directory {
    /// Until when the last of a tenant's subscriptions lasts; nothing where this provider knows no
    /// subscriptions, or none of these.
    pub async fn lasting(
        &self,
        tenant_id: Uuid,
        subscriptions: &[Uuid],
        today: NaiveDate,
    ) -> Option<Lasting> {
        let Self::Static(directory) = self else { return None };
        let answer = directory.look_up("", tenant_id, subscriptions).await;
        let SubscriptionsAnswer::Known(known) = answer.subscriptions else { return None };
        let known = known.iter().filter_map(|(_, record)| record.as_ref());
        known.map(|record| record.lasting(today)).reduce(Lasting::later)
    }
}

impl Lasting {
    /// What lasts longer.
    fn later(self, other: Self) -> Self {
        match (self, other) {
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Until(one), Self::Until(other)) => Self::Until(one.max(other)),
            (Self::Over, lasting) | (lasting, Self::Over) => lasting,
        }
    }
}

impl SubscriptionRecord {
    /// Until when it can be used: active or in grace (R07), and not past its last day.
    #[must_use]
    pub fn lasting(&self, today: NaiveDate) -> Lasting {
        match (self.state, self.ends_on) {
            (SubscriptionState::Suspended | SubscriptionState::Ended, _) => Lasting::Over,
            (_, Some(ends_on)) if ends_on < today => Lasting::Over,
            (
                SubscriptionState::Provisioning
                | SubscriptionState::Active
                | SubscriptionState::Grace,
                Some(ends_on),
            ) => Lasting::Until(ends_on),
            (
                SubscriptionState::Provisioning
                | SubscriptionState::Active
                | SubscriptionState::Grace,
                None,
            ) => Lasting::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Channel;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_subscription_lasts_while_it_is_active_or_in_grace() {
        let today = date("2026-11-20");
        let check = |state, ends_on: Option<&str>, expected| {
            let (product, channel) = ("sales".to_owned(), Channel::WebDirect);
            let ends_on = ends_on.map(date);
            let record = SubscriptionRecord { product, channel, state, ends_on };
            assert_eq!(record.lasting(today), expected, "{state:?} {ends_on:?}");
        };
        let last = Lasting::Until(today);
        check(SubscriptionState::Active, None, Lasting::Open);
        check(SubscriptionState::Active, Some("2026-11-20"), last);
        check(SubscriptionState::Active, Some("2026-11-19"), Lasting::Over);
        check(SubscriptionState::Grace, Some("2026-11-20"), last);
        check(SubscriptionState::Grace, Some("2026-11-19"), Lasting::Over);
        check(SubscriptionState::Provisioning, None, Lasting::Open);
        check(SubscriptionState::Suspended, Some("2027-11-20"), Lasting::Over);
        check(SubscriptionState::Ended, None, Lasting::Over);
    }

    #[test]
    fn of_several_the_last_one_decides() {
        let (early, late) =
            (Lasting::Until(date("2026-11-20")), Lasting::Until(date("2027-11-20")));
        for (one, other, expected) in [
            (early, late, late),
            (Lasting::Over, early, early),
            (Lasting::Over, Lasting::Over, Lasting::Over),
            (late, Lasting::Open, Lasting::Open),
            (Lasting::Open, Lasting::Over, Lasting::Open),
        ] {
            assert_eq!(one.later(other), expected);
            assert_eq!(other.later(one), expected);
        }
    }
}
