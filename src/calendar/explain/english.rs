//! The sentences in English. The same sentences, in the same order, as in the other languages.

use chrono::NaiveDate;

use super::super::deadline::DayReason;
use super::Language;
use super::{Facts, LISTED_MAX, closing_moment, list_of_dates, offset};

pub(super) fn sentences(facts: &Facts<'_>) -> Vec<String> {
    let mut sentences = vec![notice(facts), counted(facts)];
    let with_names = |reason| facts.named(reason, full_date);
    sentences.extend(weekend(facts));
    sentences.extend(
        with_names(DayReason::Holiday)
            .map(|days| format!("Public holidays are not counted: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::SkippedHalfDay)
            .map(|days| format!("Half days are not counted: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::HalfDay)
            .map(|days| format!("Half days count as business days: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::MakeUpDay).map(|days| {
            format!("Weekend days that were declared working days are counted: {days}.")
        }),
    );
    sentences.extend(missing(facts));
    sentences.extend(adjusted(facts));
    sentences.push(format!("The last day is {}.", full_date(facts.deadline.last_day)));
    sentences.push(format!(
        "A rejection is in time if we receive it before {}.",
        closing_moment(facts.deadline, Language::English)
    ));
    sentences.push(sources(facts));
    sentences
}

fn notice(facts: &Facts<'_>) -> String {
    let zone = &facts.deadline.zone;
    let local = zone.local(facts.notified_at);
    format!(
        "The notice was accepted on {} at {} ({zone}, {}); that day is not counted.",
        full_date(local.date_naive()),
        local.format("%H:%M"),
        offset(local)
    )
}

fn counted(facts: &Facts<'_>) -> String {
    let days = facts.counted();
    match days.as_slice() {
        [] => "No business day is counted.".to_owned(),
        [only] => format!("The one business day counted is {}.", full_date(*only)),
        [first, .., last] if days.len() > LISTED_MAX => format!(
            "{} business days are counted, from {} to {}.",
            days.len(),
            full_date(*first),
            full_date(*last)
        ),
        several => {
            format!("The {} business days counted are {}.", several.len(), list(several))
        }
    }
}

fn weekend(facts: &Facts<'_>) -> Option<String> {
    let days = facts.dates(DayReason::Weekend);
    match days.len() {
        0 => None,
        1..=LISTED_MAX => Some(format!("Weekend days are not counted: {}.", list(&days))),
        many => Some(format!("Weekend days are not counted; {many} fall in this period.")),
    }
}

fn missing(facts: &Facts<'_>) -> Option<String> {
    let days = facts.dates(DayReason::MissingDate);
    (!days.is_empty()).then(|| {
        format!("There was no {} in {}, so it is not counted.", list(&days), facts.deadline.zone)
    })
}

/// What was done to the window since the notice.
fn adjusted(facts: &Facts<'_>) -> Vec<String> {
    let named = |reason| facts.named(reason, full_date);
    let extra = facts.deadline.adjustments.extra_business_days;
    let made_good = facts.deadline.made_good(facts.notified_at);
    [
        named(DayReason::Paused)
            .map(|days| format!("Days on which the time was stopped are not counted: {days}.")),
        named(DayReason::Outage).map(|days| {
            format!("Days on which the page could not be reached are not counted: {days}.")
        }),
        (!made_good.is_empty()).then(|| {
            format!(
                "The page could not be reached at times on {}; one more business day is counted \
                 for each of these days.",
                list(&made_good)
            )
        }),
        match extra {
            0 => None,
            1 => Some("One more business day was granted.".to_owned()),
            many => Some(format!("{many} more business days were granted.")),
        },
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn sources(facts: &Facts<'_>) -> String {
    let deadline = facts.deadline;
    format!(
        "Business days are those of the calendar {} (version {}); times follow time zone \
         data {}.",
        deadline.calendar, deadline.calendar_version, deadline.tzdb
    )
}

fn list(dates: &[NaiveDate]) -> String {
    list_of_dates(dates, " and ", short_date, full_date)
}

/// `Saturday 28 November 2026`.
pub(super) fn full_date(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// `Saturday 28 November`.
fn short_date(date: NaiveDate) -> String {
    date.format("%A %-d %B").to_string()
}
