//! What a form of the clock's page asks for.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::calendar::BusinessDays;
use crate::claim::ClaimId;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::travel::Way;

/// The way that was chosen, or what is missing.
pub(super) fn way(fields: &Fields) -> Result<Way, String> {
    match fields.choice("way") {
        Some("next") => Ok(Way::ToNext),
        Some("hour") => Ok(Way::By(TimeDelta::hours(1))),
        Some("day") => Ok(Way::By(TimeDelta::days(1))),
        Some("week") => Ok(Way::By(TimeDelta::days(7))),
        Some("to") => instant(&fields.text("instant")).map(Way::To),
        Some("to_utc") => utc(&fields.text("instant")).map(Way::To),
        Some("before_end") => claim(fields).map(|claim_id| Way::BeforeEnd { claim_id }),
        Some("business_days") => {
            let days = BusinessDays::FIVE;
            claim(fields).map(|claim_id| Way::BusinessDays { days, claim_id })
        }
        _ => Err("choose one of the ways to travel".to_owned()),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text);
    read.map(|at| at.to_utc()).map_err(|_| "choose one of the moments".to_owned())
}

/// Browsers leave out seconds that are zero.
fn utc(text: &str) -> Result<DateTime<Utc>, String> {
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let read = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let remedy = || "write a date and a time, such as 2026-11-27T21:00".to_owned();
    read.map(|at| at.and_utc()).ok_or_else(remedy)
}

fn claim(fields: &Fields) -> Result<ClaimId, String> {
    ClaimId::parse(&fields.text("claim")).map_err(|_| "choose a claim".to_owned())
}

/// The body is no form.
pub(super) fn unreadable() -> Problem {
    Problem::malformed("The form cannot be read.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_one_way() {
        let check = |query: &str, expected: Result<Way, &str>| {
            let fields = Fields::of_query(&format!("/?{query}").parse().unwrap());
            assert_eq!(way(&fields), expected.map_err(str::to_owned), "{query}");
        };
        let at = "2026-11-27T21:00:00Z".parse().unwrap();
        check("way=next", Ok(Way::ToNext));
        check("way=hour", Ok(Way::By(TimeDelta::hours(1))));
        check("way=to&instant=2026-11-28T00:00:00%2B03:00", Ok(Way::To(at)));
        check("way=to_utc&instant=2026-11-27T21:00", Ok(Way::To(at)));
        check("way=to_utc&instant=2026-11-27T21:00:00", Ok(Way::To(at)));
        check("way=next&way=day", Err("choose one of the ways to travel"));
        check("", Err("choose one of the ways to travel"));
        check("way=to&instant=tomorrow", Err("choose one of the moments"));
        check("way=before_end", Err("choose a claim"));
    }
}
