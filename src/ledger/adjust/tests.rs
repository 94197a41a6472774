//! Whatever reviewers and outages do to a window, the customer never has less than was promised,
//! and the time adds up at every instant. Replay a failure with the seed it prints, in
//! `CPOR_TEST_SEED`.

mod lost_holidays;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rand::prelude::*;

use super::*;
use crate::calendar::{Calendars, DayKind, HalfDays, WindowTerms, Zone};
use crate::claim::catalog::Catalog;
use crate::claim::submission::{Submission, SubmissionPolicy};
use crate::claim::{Event, Status};
use crate::testkit::a_claim;

const LIVES: u32 = 400;
const STEPS: u32 = 12;

/// Zones with whole hours, with less, and with dates that were left out or hours that come twice.
const ZONES: [&str; 14] = [
    "Europe/Istanbul",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];

fn reason() -> Comment {
    Comment::parse("A court looks at it.").unwrap()
}

fn submission(opened_at: DateTime<Utc>) -> Arc<Submission> {
    let json = a_claim().to_json().unwrap();
    let (catalog, policy) = (Catalog::built_in().unwrap(), SubmissionPolicy::default());
    Arc::new(Submission::parse(json.as_bytes(), &catalog, &policy, opened_at.date_naive()).unwrap())
}

fn policy(calendars: Calendars) -> WindowPolicy {
    WindowPolicy {
        calendars: Arc::new(calendars),
        business_days: BusinessDays::FIVE,
        half_days: HalfDays::Count,
        finalize_grace: TimeDelta::seconds(30),
        reminder_business_days: 2,
        answer_business_days: BusinessDays::FIVE,
    }
}

/// A claim whose notice was just accepted.
fn notified(policy: &WindowPolicy, submission: &Arc<Submission>, terms: &WindowTerms) -> Claim {
    let opened_at = terms.notified_at;
    let deadline = terms.deadline().unwrap();
    let window = Window { opened_at, finalize_at: opened_at, remind_at: None, deadline };
    let window = policy.adjusted(&window, Adjustments::default()).unwrap();
    let sending =
        Event::NoticeSending { notice: 1, message_id: "<n1@cpor.example>".into(), link_key: None };
    let events = vec![
        Event::ClaimSubmitted { submission: Arc::clone(submission) },
        Event::ClaimValidated,
        sending,
        Event::CustomerNotified { notice: 1, reply: "250 Ok".into(), mail_sha256: None, window },
    ];
    let id = ClaimId::new(opened_at, 1, [7; 8]);
    Claim::replay(id, &recorded(None, events, "worker", opened_at)).unwrap()
}

/// A claim, and what was promised to its customer meanwhile.
struct Life {
    policy: WindowPolicy,
    terms: WindowTerms,
    claim: Claim,
    now: DateTime<Utc>,
    granted: u32,
    pauses: Vec<Span>,
    outages: Vec<Span>,
}

impl Life {
    fn random(rng: &mut StdRng, calendars: &Calendars, submission: &Arc<Submission>) -> Self {
        let calendar = calendars.iter().choose(rng).unwrap();
        let span = (calendar.valid_to() - calendar.valid_from()).num_days() - 200;
        let day = calendar.valid_from() + Days::new(rng.random_range(2..span.unsigned_abs()));
        let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let terms = WindowTerms {
            notified_at: midnight + TimeDelta::milliseconds(rng.random_range(0..86_400_000)),
            zone: Zone::parse(ZONES.choose(rng).unwrap()).unwrap(),
            calendar: Arc::clone(calendar),
            business_days: BusinessDays::new(rng.random_range(1..=8)).unwrap(),
            half_days: *[HalfDays::Count, HalfDays::Skip].choose(rng).unwrap(),
            adjustments: Adjustments::default(),
        };
        Self::of(policy(calendars.clone()), submission, terms)
    }

    fn of(policy: WindowPolicy, submission: &Arc<Submission>, terms: WindowTerms) -> Self {
        let claim = notified(&policy, submission, &terms);
        let now = terms.notified_at;
        let (granted, pauses, outages) = (0, Vec::new(), Vec::new());
        Self { policy, terms, claim, now, granted, pauses, outages }
    }

    fn window(&self) -> &Window {
        self.claim.open_window().unwrap()
    }

    fn left(&self) -> u32 {
        self.window().account(self.now, self.claim.paused_at()).business_days_left
    }

    /// Does it as the ledger does; false when the claim says no.
    fn adjust(&mut self, adjustment: &Adjustment) -> bool {
        let command = command(&self.policy, &self.claim, adjustment, self.now).unwrap();
        let Ok(events) = decide(Some(&self.claim), &command, self.now) else { return false };
        let history = recorded(Some(&self.claim), events, "reviewer", self.now);
        self.claim = history.iter().fold(self.claim.clone(), Claim::evolve);
        true
    }

    fn step(&mut self, rng: &mut StdRng) -> String {
        let hours = *[0, 1, 5, 24, 60, 200].choose(rng).unwrap();
        let open_until = self.claim.running_window().map(Window::closes_at);
        let later = self.now + TimeDelta::minutes(rng.random_range(0..=60 * hours));
        // What ended is another test's.
        let last = open_until.map(|end| end - TimeDelta::milliseconds(1));
        self.now = later.min(last.unwrap_or(later)).max(self.now);
        let adjustment = match rng.random_range(0..5) {
            0 => Adjustment::Extend {
                business_days: BusinessDays::new(rng.random_range(1..=4)).unwrap(),
                reason: reason(),
            },
            1 => {
                let from = self.now - TimeDelta::minutes(rng.random_range(0..8_000));
                let to = (from + TimeDelta::minutes(rng.random_range(0..3_000))).min(self.now);
                Adjustment::Outage { outage: Span { from, to }, reason: reason() }
            }
            _ if self.claim.status() == Status::Paused => Adjustment::Resume { reason: reason() },
            _ => Adjustment::Pause { reason: reason() },
        };
        self.perform(&adjustment);
        format!("{adjustment:?} at {}", self.now)
    }

    fn perform(&mut self, adjustment: &Adjustment) {
        let (closes_at, left) = (self.window().closes_at(), self.left());
        let paused_at = self.claim.paused_at();
        assert!(self.adjust(adjustment), "{adjustment:?} is possible while the window is open");
        assert!(closes_at <= self.window().closes_at(), "the end never moves to earlier");
        match adjustment {
            Adjustment::Extend { business_days, .. } => {
                self.granted += business_days.get();
                assert!(self.left() >= left + business_days.get(), "what was granted is there");
            }
            Adjustment::Outage { outage, .. } => {
                let to = paused_at.unwrap_or(self.now);
                let touched = outage.overlap(Span { from: self.window().opened_at, to });
                // While the time stands still, an outage takes nothing.
                let mut parts = vec![touched];
                for pause in &self.pauses {
                    parts = parts.iter().flat_map(|part| part.without(*pause)).collect();
                }
                self.outages.extend(parts);
            }
            Adjustment::Pause { .. } => assert_eq!(self.left(), left, "a pause takes nothing"),
            Adjustment::Resume { .. } => {
                let pause = Span { from: paused_at.unwrap(), to: self.now };
                self.pauses.push(pause);
                assert_eq!(self.left(), left, "as many business days are left as before");
            }
            Adjustment::Calendars { .. } => unreachable!("calendars stay as they are"),
        }
    }

    fn check(&self, rng: &mut StdRng) {
        self.adds_up(rng);
        let days = Dates::of(self);
        let (promised, last_day) =
            (self.terms.business_days.get(), self.window().deadline.last_day);
        let undisturbed = days.business.iter().filter(|day| !days.disturbed.contains(day));
        let asked = promised + self.granted + days.made_good(last_day);
        assert_eq!(u32::try_from(undisturbed.count()).unwrap(), asked, "business days for answers");
        assert_eq!(self.window().account(self.now, None).business_days(), asked);
        let end = self.terms.zone.end_of(last_day).unwrap();
        assert_eq!(self.window().closes_at(), end, "the window ends with its last day");
    }

    /// Consumed, paused and remaining are the whole window, now and at any other instant.
    fn adds_up(&self, rng: &mut StdRng) {
        let (window, paused_at) = (self.window(), self.claim.paused_at());
        let length = window.closes_at() - window.opened_at;
        let seconds = TimeDelta::days(40).num_seconds();
        for _ in 0..4 {
            let at = self.now + TimeDelta::seconds(rng.random_range(-seconds..seconds));
            let account = window.account(at, paused_at);
            let still =
                paused_at.map_or(TimeDelta::zero(), |since| (at - since).max(TimeDelta::zero()));
            assert_eq!(account.whole(), length + still, "at {at}");
            let parts = [account.consumed, account.paused, account.remaining];
            assert!(parts.iter().all(|part| *part >= TimeDelta::zero()), "{parts:?} at {at}");
        }
        let account = window.account(self.now, paused_at);
        let pauses: TimeDelta = self.pauses.iter().map(Span::duration).sum();
        let still = paused_at.map_or(TimeDelta::zero(), |since| self.now - since);
        assert_eq!(account.paused, pauses + still);
        assert_eq!(account.consumed, self.now - window.opened_at - pauses - still);
    }
}

/// The dates of a window, judged one by one.
struct Dates {
    /// Business days of the calendar after the notice, up to the last day.
    business: BTreeSet<NaiveDate>,
    /// Dates with a pause or an outage.
    disturbed: BTreeSet<NaiveDate>,
    /// Dates with an outage.
    out: BTreeSet<NaiveDate>,
}

impl Dates {
    fn of(life: &Life) -> Self {
        let Life { terms, .. } = life;
        let notice = terms.zone.local(terms.notified_at).date_naive();
        let last_day = life.window().deadline.last_day;
        let after = notice.iter_days().skip(1).take_while(|date| *date <= last_day);
        let business = after.filter(|date| is_business(terms, *date)).collect();
        let dates = |spans: &[Span]| {
            let dates = spans.iter().filter(|span| !span.is_empty()).flat_map(|span| {
                let last = terms.zone.local(span.to - TimeDelta::nanoseconds(1)).date_naive();
                let first = terms.zone.local(span.from).date_naive();
                first.iter_days().take_while(move |date| *date <= last).collect::<Vec<_>>()
            });
            dates.collect::<BTreeSet<NaiveDate>>()
        };
        let (out, paused) = (dates(&life.outages), dates(&life.pauses));
        Self { business, disturbed: out.union(&paused).copied().collect(), out }
    }

    /// Dates with an outage that took no business day away.
    fn made_good(&self, last_day: NaiveDate) -> u32 {
        let others = self.out.iter().filter(|date| !self.business.contains(date));
        u32::try_from(others.filter(|date| **date <= last_day).count()).unwrap()
    }
}

fn is_business(terms: &WindowTerms, date: NaiveDate) -> bool {
    let counts = match terms.calendar.day(date).unwrap() {
        DayKind::Business | DayKind::MakeUp => true,
        DayKind::Half => terms.half_days == HalfDays::Count,
        DayKind::Holiday | DayKind::Weekend => false,
    };
    counts && terms.zone.has_date(date)
}

#[test]
fn a_window_never_gets_shorter_and_its_time_adds_up() {
    let given = std::env::var("CPOR_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("CPOR_TEST_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let calendars = Calendars::built_in().unwrap();
    let submission = submission("2026-11-20T15:00:00Z".parse().unwrap());
    for _ in 0..LIVES {
        let mut life = Life::random(&mut rng, &calendars, &submission);
        println!("{} {:?} {}", life.terms.calendar.id(), life.terms.zone, life.now);
        life.check(&mut rng);
        for _ in 0..STEPS {
            println!("  {}", life.step(&mut rng));
            life.check(&mut rng);
        }
    }
}
