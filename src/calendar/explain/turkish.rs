//! The sentences in Turkish. The same sentences, in the same order, as in the other languages.
//! They avoid case endings on dates, times and names, which follow their pronunciation.

use chrono::{Datelike, NaiveDate, Weekday};

use super::super::deadline::DayReason;
use super::Language;
use super::{Facts, LISTED_MAX, closing_moment, list_of_dates, offset};

pub(super) fn sentences(facts: &Facts<'_>) -> Vec<String> {
    let mut sentences = vec![notice(facts), counted(facts)];
    let with_names = |reason| facts.named(reason, full_date);
    sentences.extend(weekend(facts));
    sentences.extend(
        with_names(DayReason::Holiday).map(|days| format!("Resmî tatil günleri sayılmaz: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::SkippedHalfDay).map(|days| format!("Yarım günler sayılmaz: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::HalfDay)
            .map(|days| format!("Yarım günler iş günü olarak sayılır: {days}.")),
    );
    sentences.extend(
        with_names(DayReason::MakeUpDay)
            .map(|days| format!("Çalışma günü ilan edilen hafta sonu günleri sayılır: {days}.")),
    );
    sentences.extend(missing(facts));
    sentences.extend(adjusted(facts));
    sentences.push(format!("Sürenin son günü: {}.", full_date(facts.deadline.last_day)));
    sentences.push(format!(
        "{} anından önce bize ulaşan ret bildirimleri süresi içinde yapılmış sayılır.",
        closing_moment(facts.deadline, Language::Turkish)
    ));
    sentences.push(sources(facts));
    sentences
}

fn notice(facts: &Facts<'_>) -> String {
    let zone = &facts.deadline.zone;
    let local = zone.local(facts.notified_at);
    format!(
        "Bildirim {} günü saat {} itibarıyla kabul edilmiştir ({zone}, {}); bu gün süreye dâhil \
         edilmez.",
        full_date(local.date_naive()),
        local.format("%H:%M"),
        offset(local)
    )
}

fn counted(facts: &Facts<'_>) -> String {
    let days = facts.counted();
    match days.as_slice() {
        [] => "Sayılan iş günü yoktur.".to_owned(),
        [first, .., last] if days.len() > LISTED_MAX => format!(
            "{} iş günü sayılmıştır; ilki: {}, sonuncusu: {}.",
            days.len(),
            full_date(*first),
            full_date(*last)
        ),
        several => format!("Sayılan {} iş günü: {}.", several.len(), list(several)),
    }
}

fn weekend(facts: &Facts<'_>) -> Option<String> {
    let days = facts.dates(DayReason::Weekend);
    match days.len() {
        0 => None,
        1..=LISTED_MAX => Some(format!("Hafta sonu günleri sayılmaz: {}.", list(&days))),
        many => {
            Some(format!("Hafta sonu günleri sayılmaz; bu sürede {many} hafta sonu günü vardır."))
        }
    }
}

fn missing(facts: &Facts<'_>) -> Option<String> {
    let days = facts.dates(DayReason::MissingDate);
    (!days.is_empty()).then(|| {
        format!(
            "{} tarihi {} saat diliminde yaşanmadığından sayılmaz.",
            list(&days),
            facts.deadline.zone
        )
    })
}

/// What was done to the window since the notice.
fn adjusted(facts: &Facts<'_>) -> Vec<String> {
    let named = |reason| facts.named(reason, full_date);
    let extra = facts.deadline.adjustments.extra_business_days;
    let made_good = facts.deadline.made_good(facts.notified_at);
    [
        named(DayReason::Paused)
            .map(|days| format!("Sürenin durdurulduğu günler sayılmaz: {days}.")),
        named(DayReason::Outage)
            .map(|days| format!("Sayfaya ulaşılamayan günler sayılmaz: {days}.")),
        (!made_good.is_empty()).then(|| {
            format!(
                "Sayfaya ulaşılamayan diğer günlerin her biri için bir iş günü eklenmiştir: {}.",
                list(&made_good)
            )
        }),
        (extra > 0).then(|| format!("Süreye ek olarak verilen iş günü sayısı: {extra}.")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn sources(facts: &Facts<'_>) -> String {
    let deadline = facts.deadline;
    format!(
        "İş günleri {} takvimi (sürüm: {}), saatler {} saat dilimi verileri esas alınarak \
         hesaplanmıştır.",
        deadline.calendar, deadline.calendar_version, deadline.tzdb
    )
}

fn list(dates: &[NaiveDate]) -> String {
    list_of_dates(dates, " ve ", short_date, full_date)
}

/// `28 Kasım 2026 Cumartesi`.
pub(super) fn full_date(date: NaiveDate) -> String {
    let weekday = weekday(date.weekday());
    format!("{} {} {} {weekday}", date.day(), month(date), date.year())
}

/// `28 Kasım Cumartesi`.
fn short_date(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month(date), weekday(date.weekday()))
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Pazartesi",
        Weekday::Tue => "Salı",
        Weekday::Wed => "Çarşamba",
        Weekday::Thu => "Perşembe",
        Weekday::Fri => "Cuma",
        Weekday::Sat => "Cumartesi",
        Weekday::Sun => "Pazar",
    }
}

fn month(date: NaiveDate) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim",
        "Kasım", "Aralık",
    ];
    MONTHS[date.month0() as usize]
}
