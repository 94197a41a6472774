//! Keys that belong to no claim: which are copied, and when.

use crate::store::Keys;
use crate::store::keys::{CalendarsPart, IntakePart};

/// What is read before any claim, in this order: of the intake first what is not taken yet, and of
/// the calendars how far their sweeps are.
pub(super) fn beginning(keys: &Keys) -> Vec<String> {
    let intake = [
        IntakePart::Sequence,
        IntakePart::Taken,
        IntakePart::Attempts,
        IntakePart::Running,
        IntakePart::Dead,
        IntakePart::DeadLetters,
    ];
    let calendars = [CalendarsPart::History, CalendarsPart::Sweeps, CalendarsPart::Pending];
    let mut first = vec![keys.intake()];
    first.extend(intake.map(|part| keys.intake_part(part)));
    first.push(keys.calendars());
    first.extend(calendars.map(|part| keys.calendars_part(part)));
    first
}

/// Keys beside a claim's own whose content a restore derives, or that were read before.
const NO_OTHERS: [&str; 18] = [
    "by-status",
    "by-closing",
    "by-closed",
    "archived",
    "leaving",
    "agenda",
    "running",
    "attempts",
    "dead",
    "dead-letters",
    "waiting",
    "feed",
    "submissions",
    "windows",
    "relay",
    "draft",
    "drafts",
    "drafts-changed",
];

/// Whether a key belongs to no claim, was not read before, and would not be said anew.
pub(super) fn is_other(keys: &Keys, key: &str) -> bool {
    let Some(name) = keys.general(key) else { return false };
    if let Some(name) = name.strip_prefix("*:") {
        return !matches!(name, "intake" | "calendars" | "sandboxes" | "processes");
    }
    let of_partition = name.split_once("}:").map_or("", |(_, rest)| rest);
    let kind = of_partition.split(':').next().unwrap_or_default();
    !keys.found(key).follows_from_claims()
        && !name.starts_with("{*:intake}")
        && !name.starts_with("{*:calendars}")
        && !NO_OTHERS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_claims_is_not_copied() {
        let keys = Keys::new("cpor".to_owned(), 16);
        let check = |key: &str, expected: bool| assert_eq!(is_other(&keys, key), expected, "{key}");
        check("cpor:meta", true);
        check("cpor:api-keys", true);
        check("cpor:deliveries:0198c0de-0000-7000-8000-000000000000", true);
        check("cpor:something-new", true);
        check("{cpor:03}:looks:8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", true);
        check("{cpor:03}:usage:8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d:workload:teams", true);
        check("{cpor:03}:reads:8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", true);
        check("{cpor:03}:inbox:1234567", true);
        check("{cpor:03}:draft:01993c2a-7e00-7000-8000-00000000002a", false);
        check("{cpor:03}:document:01993c2a-7e00-7000-8000-00000000002a", true);
        check("{cpor:03}:something-new", true);
        check("cpor:intake", false);
        check("cpor:processes", false);
        check("cpor:queue-settings", true);
        check("cpor:operations", true);
        check("{cpor:intake}:taken", false);
        check("{cpor:calendars}:sweeper", false);
        check("{cpor:03}:agenda:finalize_association", false);
        check("{cpor:03}:by-partner:1234567", false);
        check("{cpor:03}:submission:erp:1", false);
        check("{cpor:03}:windows", false);
        check("{cpor:03}:archived", false);
        check("{cpor:03}:draft:01993c2a-7e00-7003-8000-00000000002a", false);
        check("{cpor:03}:drafts:1234567", false);
        check("{cpor:03}:drafts-changed", false);
        check("other:meta", false);
        check("{other-cpor:03}:something", false);
    }
}
