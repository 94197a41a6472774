//! Which calendar a customer has: that of the subdivision if there is one, otherwise that of the
//! country; `docs/calendars.md` has the look-up with its errors.
//!
//! A country whose subdivisions have a holiday that it has not itself, such as GB with Easter
//! Monday, has no calendar of its own and needs a subdivision; `config/calendars/generate.py` has
//! the rule. A mistyped subdivision is an error and never the country, which may have fewer
//! holidays. Deliberately not here: what a claim's fields look like (`claim/identity`).

use super::calendars::Calendars;
use super::error::CalendarError;
use super::id::CalendarId;
use super::nearest::{listed, nearest};
use super::subdivision_table;

impl Calendars {
    /// The id of a customer's calendar, found without parsing one: that of the subdivision if
    /// there is one, otherwise that of the country. A subdivision is written `SCT` or `GB-SCT`, in
    /// either case.
    ///
    /// # Errors
    /// [`CalendarError::UnknownCountry`] if no calendar belongs to the country;
    /// [`CalendarError::UnknownSubdivision`] if the subdivision is none of those known;
    /// [`CalendarError::SubdivisionNeeded`] if the country has calendars for other subdivisions
    /// only.
    pub fn id_for_country(
        &self,
        country: &str,
        subdivision: Option<&str>,
    ) -> Result<&CalendarId, CalendarError> {
        let country = CalendarError::shortened(country).to_ascii_uppercase();
        let own = self.id_of(&country);
        let Some(given) = subdivision else {
            return own.ok_or_else(|| self.no_calendar(country, None));
        };
        let code = code(&country, given);
        if let Some(id) = self.id_of(&format!("{country}-{code}")) {
            return Ok(id);
        }
        if !self.ids().any(|id| id.country() == country) {
            return Err(self.no_calendar(country, Some(given)));
        }
        if !is_known(&country, &code) {
            return Err(unknown_subdivision(country, &code, own.is_some()));
        }
        own.ok_or_else(|| self.no_calendar(country, Some(given)))
    }

    /// Why there is no calendar for a country that is unknown or needs a subdivision.
    fn no_calendar(&self, country: String, subdivision: Option<&str>) -> CalendarError {
        let parts: Vec<&str> =
            self.ids().filter(|id| id.country() == country).map(CalendarId::as_str).collect();
        if parts.is_empty() {
            let mut countries: Vec<&str> = self.ids().map(CalendarId::country).collect();
            countries.dedup();
            let known = nearest(&country, countries);
            return CalendarError::UnknownCountry { country, known };
        }
        let given = match subdivision {
            Some(subdivision) => format!("{:?}", CalendarError::shortened(subdivision)),
            None => "no subdivision".to_owned(),
        };
        CalendarError::SubdivisionNeeded { country, given, known: listed(parts) }
    }
}

/// The code of a subdivision without its country, in capitals.
fn code(country: &str, subdivision: &str) -> String {
    let whole = CalendarError::shortened(subdivision).to_ascii_uppercase();
    let code = whole.strip_prefix(country).and_then(|rest| rest.strip_prefix('-'));
    code.unwrap_or(&whole).to_owned()
}

/// Whether a subdivision without a calendar of its own follows its country. Where none are known,
/// any that is written as ISO 3166-2 does.
fn is_known(country: &str, code: &str) -> bool {
    match subdivision_table::known(country) {
        Some(mut codes) => codes.any(|known| known == code),
        None => (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()),
    }
}

fn unknown_subdivision(country: String, code: &str, has_own: bool) -> CalendarError {
    let known = match subdivision_table::known(&country) {
        Some(codes) => {
            let codes = nearest(code, codes.collect());
            format!("known are: {codes}; correct it")
        }
        None => "write one to three letters or digits, as ISO 3166-2 does".to_owned(),
    };
    let remedy = if has_own {
        format!("{known}, or leave it out for the calendar of the whole country")
    } else {
        known
    };
    CalendarError::UnknownSubdivision { country, given: code.to_owned(), remedy }
}

#[cfg(test)]
mod tests;
