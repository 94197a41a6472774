//! Which entries of a calendar are announced only as estimates: python-holidays says so in their
//! names, such as `Eid al-Adha (estimated)`. Deliberately not here: what follows from it.

/// Whether an entry of this name is an estimate, or one of its names is: `Eid al-Fitr (observed,
/// estimated)` and `Day of Arafah (estimated); National Day` are, too.
#[must_use]
pub fn is_estimate(name: &str) -> bool {
    name.split("; ").any(|one| one.trim_end().ends_with("estimated)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_named_as_one() {
        let check = |name: &str, expected: bool| assert_eq!(is_estimate(name), expected, "{name}");
        check("Eid al-Adha (estimated)", true);
        check("Eid al-Fitr (from 1pm) (estimated)", true);
        check("Eid al-Fitr (observed, estimated)", true);
        check("Day of Arafah (estimated); National Day", true);
        check("Eid al-Fitr (from 1pm) (estimated); Republic Day (from 1pm)", true);
        check("National Day", false);
        check("Day of the Estimated", false);
        check("", false);
    }
}
