//! Claims as a table for spreadsheets.

use crate::claim::item::Item;
use crate::view::{ClaimView, utc};

/// The columns; the names of the row's fields, also when there is no row.
const HEADER: [&str; 17] = [
    "id",
    "status",
    "name",
    "source",
    "idempotency_key",
    "mpn_id",
    "tenant_id",
    "items",
    "submitted_at",
    "opened_at",
    "closes_at",
    "decided_at",
    "reason",
    "answer_by",
    "revision",
    "paused_at",
    "imported",
];

/// Claims as CSV (RFC 4180) with a header.
///
/// # Errors
///
/// When a row cannot be written.
pub fn csv_rows<'a>(views: impl Iterator<Item = ClaimView<'a>>) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEADER)?;
    let mut bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    bytes.extend(csv_more_rows(views)?);
    Ok(bytes)
}

/// Claims as CSV that goes on after [`csv_rows`].
///
/// # Errors
///
/// When a row cannot be written.
pub fn csv_more_rows<'a>(
    views: impl Iterator<Item = ClaimView<'a>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for view in views {
        writer.write_record(row(&view))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn row(view: &ClaimView<'_>) -> [String; 17] {
    let items: Vec<String> = view.items.iter().map(Item::key).collect();
    let moment = |at: Option<_>| at.map(utc).unwrap_or_default();
    [
        view.id.to_string(),
        view.status.to_string(),
        harmless(view.name),
        harmless(view.source.as_str()),
        harmless(view.idempotency_key.as_str()),
        view.mpn_id.to_string(),
        view.tenant_id.to_string(),
        items.join(" "),
        utc(view.submitted_at),
        moment(view.opened_at),
        moment(view.closes_at),
        moment(view.decided_at),
        view.reason.as_deref().map(harmless).unwrap_or_default(),
        moment(view.answer_by),
        view.revision.to_string(),
        moment(view.paused_at),
        view.imported.map(|imported| imported.origin.as_str().to_owned()).unwrap_or_default(),
    ]
}

/// Spreadsheets take a cell that begins so for a formula; an apostrophe makes it text.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_has_its_header() {
        let csv = csv_rows(std::iter::empty()).unwrap();
        assert!(csv.starts_with(b"id,status,name,source,"));
    }

    #[test]
    fn nothing_that_a_spreadsheet_would_run_stays_a_formula() {
        for (text, cell) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("Teams = ours", "Teams = ours")] {
            assert_eq!(harmless(text), cell);
        }
    }
}
