//! What comes in from earlier programs, and what is told of an end.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Cast, START, at};
use crate::claim::command::{Command, Told};
use crate::claim::event::AssociationImported;
use crate::claim::lasting::{EndWarning, EndingSide, Imported, Origin};

/// Whether a row of the table asks something about how long an association lasts.
pub fn is_asked(name: &str) -> bool {
    ["import", "import: another", "record_end_warning"].contains(&name)
}

impl Cast {
    pub(super) fn ask_of_the_end(&self, name: &str) -> Command {
        let ends_on = (at(START) + TimeDelta::days(20)).date_naive();
        match name {
            "record_end_warning" => {
                let warning = EndWarning { ends_on, days: 30, side: EndingSide::Customer };
                let told = Told { delivered: true, reply: super::reply(), mail_sha256: None };
                Command::RecordEndWarning { warning, told }
            }
            name => {
                let another = name == "import: another";
                let submission = if another { &self.of_another_key } else { &self.submission };
                let imported = Imported { origin: Origin::Dpor, ends_on };
                let since = at(START) - TimeDelta::days(400);
                Command::Import(Arc::clone(submission), AssociationImported { imported, since })
            }
        }
    }
}
