//! The rules that claims follow, as the settings say: catalogue, calendars, windows.

use std::path::Path;
use std::sync::Arc;

use crate::app::AppError;
use crate::calendar::{CalendarError, Calendars};
use crate::claim::catalog::Catalog;
use crate::claim::submission::SubmissionPolicy;
use crate::claim::window_policy::WindowPolicy;
use crate::editions::CalendarFiles;
use crate::ledger::Rules;
use crate::settings::Settings;

/// The rules as the settings say, with these calendars.
///
/// # Errors
///
/// When the catalogue cannot be used.
pub fn rules(settings: &Settings, calendars: Arc<Calendars>) -> Result<Rules, AppError> {
    let catalog = catalog(&settings.submission.catalog_file)?;
    let window = &settings.window;
    let policy = WindowPolicy {
        calendars,
        business_days: window.business_days,
        half_days: window.half_days,
        finalize_grace: settings.finalize_grace(),
        reminder_business_days: window.reminder_business_days,
        answer_business_days: window.answer_business_days,
    };
    let technical_contact_required = settings.submission.technical_contact_required;
    Ok(Rules::new(catalog, SubmissionPolicy { technical_contact_required }, policy))
}

/// The calendars as the settings say; the operator's folder need not exist.
///
/// # Errors
///
/// When a calendar cannot be used.
pub fn calendars(settings: &Settings) -> Result<Calendars, CalendarError> {
    CalendarFiles::of(settings).load()
}

fn catalog(file: &Path) -> Result<Catalog, AppError> {
    if file.as_os_str().is_empty() {
        return Ok(Catalog::built_in()?);
    }
    let path = file.display().to_string();
    let text =
        std::fs::read_to_string(file).map_err(|source| AppError::CatalogFile { path, source })?;
    Ok(Catalog::parse(&text)?)
}
