//! Explanations, sentence by sentence.

use std::sync::Arc;

use super::*;
use crate::calendar::{
    Adjustments, BusinessCalendar, BusinessDays, CalendarId, Calendars, HalfDays, WindowTerms, Zone,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn deadline(id: &str, zone: &str, notified_at: &str, days: u32, half_days: HalfDays) -> Deadline {
    let calendars = Calendars::built_in().unwrap();
    let calendar = calendars.get(&CalendarId::parse(id).unwrap()).unwrap().clone();
    deadline_with(calendar, zone, notified_at, days, half_days)
}

fn deadline_with(
    calendar: Arc<BusinessCalendar>,
    zone: &str,
    notified_at: &str,
    days: u32,
    half_days: HalfDays,
) -> Deadline {
    let zone = Zone::parse(zone).unwrap();
    let business_days = BusinessDays::new(days).unwrap();
    let notified_at = at(notified_at);
    WindowTerms {
        notified_at,
        zone,
        calendar,
        business_days,
        half_days,
        adjustments: Adjustments::default(),
    }
    .deadline()
    .unwrap()
}

fn check(deadline: &Deadline, notified_at: &str, language: Language, expected: &[&str]) {
    assert_eq!(explain(deadline, at(notified_at), language), expected);
}

#[test]
fn an_ordinary_week_is_explained_in_both_languages() {
    let notified_at = "2026-11-20T15:00:00Z";
    let deadline = deadline("TR", "Europe/Istanbul", notified_at, 5, HalfDays::Count);
    check(
        &deadline,
        notified_at,
        Language::English,
        &[
            "The notice was accepted on Friday 20 November 2026 at 18:00 (Europe/Istanbul, \
             UTC+03:00); that day is not counted.",
            "The 5 business days counted are Monday 23 November, Tuesday 24 November, Wednesday \
             25 November, Thursday 26 November and Friday 27 November 2026.",
            "Weekend days are not counted: Saturday 21 November and Sunday 22 November 2026.",
            "The last day is Friday 27 November 2026.",
            "A rejection is in time if we receive it before Saturday 28 November 2026, 00:00 \
             (Europe/Istanbul, UTC+03:00).",
            "Business days are those of the calendar TR (version \
             TR@holidays-0.109+1284afb9fafa); times follow time zone data 2026f.",
        ],
    );
    check(
        &deadline,
        notified_at,
        Language::Turkish,
        &[
            "Bildirim 20 Kasım 2026 Cuma günü saat 18:00 itibarıyla kabul edilmiştir \
             (Europe/Istanbul, UTC+03:00); bu gün süreye dâhil edilmez.",
            "Sayılan 5 iş günü: 23 Kasım Pazartesi, 24 Kasım Salı, 25 Kasım Çarşamba, 26 Kasım \
             Perşembe ve 27 Kasım 2026 Cuma.",
            "Hafta sonu günleri sayılmaz: 21 Kasım Cumartesi ve 22 Kasım 2026 Pazar.",
            "Sürenin son günü: 27 Kasım 2026 Cuma.",
            "28 Kasım 2026 Cumartesi, 00:00 (Europe/Istanbul, UTC+03:00) anından önce bize ulaşan \
             ret bildirimleri süresi içinde yapılmış sayılır.",
            "İş günleri TR takvimi (sürüm: TR@holidays-0.109+1284afb9fafa), saatler 2026f saat \
             dilimi verileri esas alınarak hesaplanmıştır.",
        ],
    );
}

#[test]
fn holidays_and_half_days_are_explained_by_name() {
    let notified_at = "2026-05-25T13:51:20Z";
    let with = |half_days| deadline("TR", "Europe/Istanbul", notified_at, 5, half_days);
    let sentence = |half_days, language, index: usize| {
        explain(&with(half_days), at(notified_at), language).swap_remove(index)
    };
    assert_eq!(
        sentence(HalfDays::Skip, Language::English, 3),
        "Public holidays are not counted: Wednesday 27 May 2026, Eid al-Adha; Thursday 28 May \
         2026, Eid al-Adha; Friday 29 May 2026, Eid al-Adha."
    );
    assert_eq!(
        sentence(HalfDays::Skip, Language::English, 4),
        "Half days are not counted: Tuesday 26 May 2026, Eid al-Adha (from 1pm)."
    );
    assert_eq!(
        sentence(HalfDays::Count, Language::English, 4),
        "Half days count as business days: Tuesday 26 May 2026, Eid al-Adha (from 1pm)."
    );
    assert_eq!(
        sentence(HalfDays::Skip, Language::Turkish, 4),
        "Yarım günler sayılmaz: 26 Mayıs 2026 Salı, Eid al-Adha (from 1pm)."
    );
    assert_eq!(
        sentence(HalfDays::Count, Language::Turkish, 4),
        "Yarım günler iş günü olarak sayılır: 26 Mayıs 2026 Salı, Eid al-Adha (from 1pm)."
    );
}

#[test]
fn a_long_window_is_summarized_and_a_year_is_written_where_it_changes() {
    let notified_at = "2026-12-29T09:00:00Z";
    let long = deadline("TR", "Europe/Istanbul", notified_at, 60, HalfDays::Count);
    let told = explain(&long, at(notified_at), Language::English);
    assert_eq!(
        told[1],
        "60 business days are counted, from Wednesday 30 December 2026 to Monday 29 March 2027."
    );
    assert_eq!(told[2], "Weekend days are not counted; 26 fall in this period.");
    let short = deadline("TR", "Europe/Istanbul", notified_at, 3, HalfDays::Count);
    let told = explain(&short, at(notified_at), Language::Turkish);
    assert_eq!(
        told[1],
        "Sayılan 3 iş günü: 30 Aralık Çarşamba, 31 Aralık 2026 Perşembe ve 4 Ocak 2027 Pazartesi."
    );
    let one = deadline("TR", "Europe/Istanbul", notified_at, 1, HalfDays::Count);
    let told = explain(&one, at(notified_at), Language::English);
    assert_eq!(told[1], "The one business day counted is Wednesday 30 December 2026.");
}

#[test]
fn make_up_days_and_dates_a_zone_skipped_are_explained() {
    let text = "id = \"WS\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"2011-01-01\"\n\
                valid_to = \"2012-12-31\"\nweekend = [{ from = \"2011-01-01\", days = [\"sat\", \
                \"sun\"] }]\ndays = [{ date = \"2011-12-31\", kind = \"work\", name = \"Move\" }]";
    let calendar = BusinessCalendar::parse(&CalendarId::parse("WS").unwrap(), "WS.toml", text);
    let calendar = Arc::new(calendar.unwrap());
    let notified_at = "2011-12-28T20:00:00Z";
    let deadline = deadline_with(calendar, "Pacific/Apia", notified_at, 2, HalfDays::Count);
    let english = explain(&deadline, at(notified_at), Language::English);
    assert_eq!(
        english[2..4],
        [
            "Weekend days that were declared working days are counted: Saturday 31 December \
             2011, Move.",
            "There was no Friday 30 December 2011 in Pacific/Apia, so it is not counted.",
        ]
    );
    let turkish = explain(&deadline, at(notified_at), Language::Turkish);
    assert_eq!(
        turkish[3],
        "30 Aralık 2011 Cuma tarihi Pacific/Apia saat diliminde yaşanmadığından sayılmaz."
    );
}

#[test]
fn the_end_is_told_with_the_clocks_of_its_own_instant() {
    let notified_at = "2031-04-17T13:08:12Z";
    let cairo = deadline("GB-SCT", "Africa/Cairo", notified_at, 5, HalfDays::Count);
    assert_eq!(
        closing_moment(&cairo, Language::English),
        "Friday 25 April 2031, 01:00 (Africa/Cairo, UTC+03:00)"
    );
    assert_eq!(
        closing_moment(&cairo, Language::Turkish),
        "25 Nisan 2031 Cuma, 01:00 (Africa/Cairo, UTC+03:00)"
    );
}

#[test]
fn the_days_of_a_window_are_listed_one_by_one_for_programs() {
    let notified_at = "2027-05-28T09:00:06Z";
    let deadline = deadline("GB-SCT", "Europe/London", notified_at, 1, HalfDays::Count);
    let expected = serde_json::json!([
        { "date": "2027-05-29", "counted": false, "reason": "weekend" },
        { "date": "2027-05-30", "counted": false, "reason": "weekend" },
        {
            "date": "2027-05-31", "counted": false, "reason": "holiday",
            "name": "Spring Bank Holiday"
        },
        { "date": "2027-06-01", "counted": true, "number": 1, "reason": "business_day" },
    ]);
    assert_eq!(serde_json::to_value(deadline.days()).unwrap(), expected);
}
