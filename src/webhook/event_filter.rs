//! Which events a webhook is told of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::claim::Event;

/// All events, or some of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventFilter(Option<BTreeSet<String>>);

/// There is no event of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an event; the events are {names}", names = Event::NAMES.join(", "))]
pub struct UnknownEvent(String);

impl EventFilter {
    /// Every event, those of later versions included.
    pub const ALL: Self = Self(None);

    /// The events of these names; all of them when there is no name.
    ///
    /// # Errors
    ///
    /// When there is no event of one of these names.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, UnknownEvent> {
        let known = |name: &S| {
            let name = name.as_ref();
            let found = Event::NAMES.contains(&name).then(|| name.to_owned());
            found.ok_or_else(|| UnknownEvent(name.chars().take(64).collect()))
        };
        let names = names.iter().map(known).collect::<Result<BTreeSet<_>, _>>()?;
        Ok(Self(Some(names).filter(|names| !names.is_empty())))
    }

    /// Whether an event of this name is one of them.
    #[must_use]
    pub fn admits(&self, event: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(event))
    }

    /// The names, in order; nothing for all events.
    #[must_use]
    pub fn names(&self) -> Option<Vec<&str>> {
        self.0.as_ref().map(|names| names.iter().map(String::as_str).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_admits_what_it_names_and_none_admits_all() {
        let none: [&str; 0] = [];
        let all = EventFilter::parse(&none).unwrap();
        assert_eq!(all, EventFilter::ALL);
        assert!(all.admits("claim_validated") && all.admits("of_a_later_version"));
        let some = EventFilter::parse(&["claim_rejected", "association_finalized"]).unwrap();
        assert!(some.admits("claim_rejected") && !some.admits("claim_validated"));
        assert_eq!(some.names().unwrap(), ["association_finalized", "claim_rejected"]);
        let json = serde_json::to_string(&some).unwrap();
        assert_eq!(serde_json::from_str::<EventFilter>(&json).unwrap(), some);
    }

    #[test]
    fn an_event_that_does_not_exist_is_refused_by_name() {
        let refused = EventFilter::parse(&["claim_validated", "claim_eaten"]).unwrap_err();
        assert!(refused.to_string().starts_with("`claim_eaten` is not an event"), "{refused}");
        assert!(refused.to_string().contains("association_finalized"), "{refused}");
    }
}
