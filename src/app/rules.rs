//! The rules that claims follow, as the settings say: catalogue, calendars, windows.

use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::app::AppError;
use crate::calendar::{CalendarError, Calendars};
use crate::claim::catalog::Catalog;
use crate::claim::review_policy::ReviewPolicy;
use crate::claim::submission::SubmissionPolicy;
use crate::claim::window_policy::WindowPolicy;
use crate::editions::CalendarFiles;
use crate::ledger::Rules;
use crate::settings::{ReviewSettings, Settings};

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
    let rules = Rules::new(catalog, SubmissionPolicy { technical_contact_required }, policy);
    Ok(rules.reviewing(review(&settings.review)))
}

fn review(settings: &ReviewSettings) -> ReviewPolicy {
    let days = |days: NonZeroU16| TimeDelta::days(i64::from(days.get()));
    ReviewPolicy {
        osa_sell: settings.osa_sell,
        osu_business_applications: settings.osu_business_applications,
        osu_microsoft_365: settings.osu_microsoft_365,
        recognition_only: settings.recognition_only,
        four_eyes: settings.four_eyes,
        decide_business_days: settings.decide_business_days,
        contest_answer_business_days: settings.contest_answer_business_days,
        customer_chooses: settings.customer_chooses,
        reminder_business_days: settings.reminder_business_days,
        dispute: days(settings.dispute_days),
        reactivation: days(settings.reactivation_days),
        reminds_reviewers: settings.address.is_some(),
    }
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
