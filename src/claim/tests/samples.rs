//! What the tables are made of: one claim, and everything that can be asked of it.

mod contact;
mod lasting;
mod review;
mod window;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::{
    Customer, CustomerContact, Partner, ProofOfExecution, SubmissionKey, SubmitClaim, Work,
};
use uuid::uuid;

use crate::calendar::{BusinessDays, Calendars, HalfDays};
use crate::claim::catalog::Catalog;
use crate::claim::command::{Arbitration, Command, NoticeOutcome, Refusal, Told, Verdict};
use crate::claim::identity::MpnId;
use crate::claim::state::{EndReason, Holder};
use crate::claim::submission::SubmissionPolicy;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Claim, ClaimId, Event, Finding, Recorded, Status, Submission, Window};
use crate::secrets::KeyId;
use window::Windows;

/// A Friday afternoon in Istanbul.
pub const START: &str = "2026-11-20T15:00:00Z";
/// Midnight after the fifth business day there.
pub const END: &str = "2026-11-27T21:00:00Z";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub const fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// Reads a submission as the door does.
pub fn parsed(wire: &SubmitClaim) -> Submission {
    let catalog = Catalog::built_in().unwrap();
    let raw = wire.to_json().unwrap();
    let today = at(START).date_naive();
    Submission::parse(raw.as_bytes(), &catalog, &SubmissionPolicy::default(), today).unwrap()
}

/// The customer in Istanbul, and Teams.
pub fn wire(key: &str) -> SubmitClaim {
    let contact = CustomerContact::new("Mert Kaya", "IT", "mert.kaya@anadoluelektrik.com.tr");
    let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
    SubmitClaim::new(
        SubmissionKey::new("tests", key),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant_id, "anadoluelektrik.com.tr", "TR", contact),
        Work::microsoft_365(["teams"]),
        ProofOfExecution::uploaded(uuid!("0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11")),
    )
}

pub fn policy() -> WindowPolicy {
    WindowPolicy {
        calendars: Arc::new(Calendars::built_in().unwrap()),
        business_days: BusinessDays::FIVE,
        half_days: HalfDays::Count,
        finalize_grace: TimeDelta::seconds(30),
        reminder_business_days: 2,
        answer_business_days: BusinessDays::FIVE,
    }
}

/// The parts that are slow to make, made once per test.
pub struct Cast {
    submission: Arc<Submission>,
    amended: Arc<Submission>,
    of_another_key: Arc<Submission>,
    of_another_partner: Arc<Submission>,
    not_asked: Arc<Submission>,
    window: Window,
    windows: Windows,
    answer_by: DateTime<Utc>,
    id: ClaimId,
    other_id: ClaimId,
}

impl Cast {
    pub fn new() -> Self {
        let submission = parsed(&wire("key-1"));
        let mut amended = wire("key-1");
        amended.customer.contact.email = "selin@anadoluelektrik.com.tr".to_owned();
        let mut of_another_partner = wire("key-1");
        of_another_partner.partner.mpn_id = "7654321".to_owned();
        let mut not_asked = wire("key-1");
        not_asked.name = "Another name".to_owned();
        let policy = policy();
        let window = policy.open(&submission, at(START) + minutes(3)).unwrap();
        let windows = Windows::of(&policy, &window);
        let answer_by = policy.answer_by(&submission, at(START)).unwrap().closes_at;
        assert_eq!(window.closes_at(), at(END));
        Self {
            amended: Arc::new(parsed(&amended)),
            of_another_key: Arc::new(parsed(&wire("key-2"))),
            of_another_partner: Arc::new(parsed(&of_another_partner)),
            not_asked: Arc::new(parsed(&not_asked)),
            window,
            windows,
            answer_by,
            id: ClaimId::new(at(START), 0, [1; 8]),
            other_id: ClaimId::new(at(START), 0, [2; 8]),
            submission: Arc::new(submission),
        }
    }

    pub const fn id(&self) -> ClaimId {
        self.id
    }

    fn holder(&self, mpn_id: &str) -> Holder {
        Holder {
            item: self.submission.items[0].clone(),
            claim_id: self.other_id,
            mpn_id: MpnId::parse(mpn_id).unwrap(),
            since: at(START),
            official: false,
        }
    }

    fn verdict(&self) -> Verdict {
        // The claim's own hold is never in its way.
        let own = Holder { claim_id: self.id, ..self.holder("1234567") };
        let terms = self.terms("worker");
        Verdict { answer_by: self.answer_by, holders: vec![own], terms, ..Verdict::default() }
    }

    fn outcome(&self, name: &str, now: DateTime<Utc>) -> NoticeOutcome {
        let (mail_sha256, window) = (None, Box::new(self.window.clone()));
        let (answer_by, remind_at) = (self.answer_by, None);
        let cause = |cause: &str| cause.to_owned();
        match name {
            "record_notice: accepted" => {
                NoticeOutcome::Accepted { reply: reply(), mail_sha256, window }
            }
            "record_notice: deferred" => {
                let (cause, again_at) = (cause("recipient: 450"), now + minutes(1));
                NoticeOutcome::Deferred { cause, again_at }
            }
            "record_notice: refused" => {
                NoticeOutcome::Refused { cause: cause("recipient: 550"), answer_by, remind_at }
            }
            "record_notice: unknown" => {
                let (cause, again_at) = (cause("dropped after the dot"), now + minutes(10));
                NoticeOutcome::Unknown { cause, again_at }
            }
            other => panic!("nothing is called `{other}`"),
        }
    }

    /// The command behind a row of the table.
    pub fn ask(&self, name: &str, claim: Option<&Claim>, now: DateTime<Utc>) -> Command {
        let finding = || vec![Finding::new("customer.domain", "domain_unknown", "Ask.")];
        let told = || Told { delivered: true, reply: reply(), mail_sha256: None };
        let in_time = now.min(self.window.closes_at() - TimeDelta::milliseconds(1));
        let verdict = || self.verdict();
        let reject = |received_at| Command::Reject { received_at, reason: None };
        let arbitrate = |upheld, holders| {
            let reason = "The contract names this partner.".to_owned();
            let terms = self.terms("reviewer");
            Command::Arbitrate(Arbitration { upheld, reason, holders, terms })
        };
        let status = claim.map_or(Status::Submitted, Claim::status);
        match name {
            "submit" => Command::Submit(Arc::clone(&self.submission)),
            "submit: another key" => Command::Submit(Arc::clone(&self.of_another_key)),
            "amend" => Command::Amend(Arc::clone(&self.amended)),
            "amend: nothing changed" => Command::Amend(Arc::clone(&self.submission)),
            "amend: what was not asked" => Command::Amend(Arc::clone(&self.not_asked)),
            "amend: another partner" => Command::Amend(Arc::clone(&self.of_another_partner)),
            "record_verdict: right" => Command::RecordVerdict(verdict()),
            "record_verdict: findings" => {
                Command::RecordVerdict(Verdict { findings: finding(), ..verdict() })
            }
            "record_verdict: provisioning" => {
                Command::RecordVerdict(Verdict { provisioning: finding(), ..verdict() })
            }
            "record_verdict: held by the same partner" => {
                let holders = vec![self.holder("1234567")];
                Command::RecordVerdict(Verdict { holders, ..verdict() })
            }
            "record_verdict: held by another partner" => {
                let holders = vec![self.holder("7654321")];
                Command::RecordVerdict(Verdict { holders, ..verdict() })
            }
            "arbitrate: upheld" => arbitrate(true, Vec::new()),
            "arbitrate: upheld, items held" => arbitrate(true, vec![self.holder("7654321")]),
            "arbitrate: lost" => arbitrate(false, Vec::new()),
            "record_notice_sending" => {
                let message_id = "<n1@cpor.example>".to_owned();
                Command::RecordNoticeSending { message_id, link_key: KeyId(1) }
            }
            name if name.starts_with("record_notice: ") => {
                Command::RecordNotice(self.outcome(name, now))
            }
            "resume_notice" => Command::ResumeNotice,
            "record_reminder" => Command::RecordReminder(told()),
            "reject: received in time" => reject(in_time),
            "reject: received now" => reject(now),
            "reject: received in the future" => reject(now + TimeDelta::milliseconds(1)),
            "confirm: received in time" => Command::Confirm { received_at: in_time },
            "confirm: received now" => Command::Confirm { received_at: now },
            "confirm: received in the future" => {
                Command::Confirm { received_at: now + TimeDelta::milliseconds(1) }
            }
            "propose_contact: received in time" => self.propose(claim, in_time, 0),
            "propose_contact: received now" => self.propose(claim, now, 0),
            "propose_contact: received in the future" => {
                self.propose(claim, now + TimeDelta::milliseconds(1), 0)
            }
            "propose_contact: of an older notice" => self.propose(claim, in_time, 1),
            "propose_contact: the same contact" => {
                let contact = claim.map_or(&self.submission, |claim| &claim.submission);
                let contact = contact.customer.contact.clone();
                Command::ProposeContact(self.proposal(claim, in_time, contact))
            }
            name if lasting::is_asked(name) => self.ask_of_the_end(name),
            name if window::is_asked(name) => self.ask_of_window(name, claim),
            name if review::is_asked(name) => self.ask_of_people(name, claim),
            "confirm_contact" => Command::ConfirmContact,
            "finalize" => Command::Finalize,
            "withdraw" => Command::Withdraw { reason: None },
            "end" => Command::End { reason: EndReason::PartnerWithdrew, detail: None },
            "expire" => Command::Expire { terms: self.terms("worker") },
            "record_partner_notice: of this status" => {
                Command::RecordPartnerNotice { outcome: status, told: told() }
            }
            "record_partner_notice: of an older status" => {
                let other =
                    if status == Status::Validated { Status::Submitted } else { Status::Validated };
                Command::RecordPartnerNotice { outcome: other, told: told() }
            }
            "record_receipt: that is owed" => {
                let owed = claim.and_then(|claim| claim.receipts.first());
                let revision = owed.map_or(1, |receipt| receipt.revision);
                Command::RecordReceipt { revision, told: told() }
            }
            "record_receipt: that is not owed" => {
                Command::RecordReceipt { revision: 1, told: told() }
            }
            other => panic!("nothing is called `{other}`"),
        }
    }
}

/// The claim after these events, numbered and dated as the ledger does.
pub fn moved(cast: &Cast, claim: Option<Claim>, events: &[Event], now: DateTime<Utc>) -> Claim {
    let history = recorded(claim.as_ref(), events, now);
    let Some(claim) = claim else { return Claim::replay(cast.id, &history).unwrap() };
    history.iter().fold(claim, Claim::evolve)
}

pub fn recorded(claim: Option<&Claim>, events: &[Event], now: DateTime<Utc>) -> Vec<Recorded> {
    let at = claim.map_or(now, |claim| now.max(claim.changed_at));
    let first = claim.map_or(1, |claim| claim.revision + 1);
    let record = |(revision, event): (u64, &Event)| Recorded {
        revision,
        at,
        actor: "tests".to_owned(),
        event: event.clone(),
    };
    (first..).zip(events).map(record).collect()
}

/// An answer as the table writes it: event names, `-` for nothing to do, `!code` for a refusal.
pub fn written(answer: &Result<Vec<Event>, Refusal>) -> String {
    match answer {
        Ok(events) if events.is_empty() => "-".to_owned(),
        Ok(events) => events.iter().map(Event::name).collect::<Vec<_>>().join("+"),
        Err(refusal) => format!("!{}", refusal.why.code()),
    }
}

fn reply() -> String {
    "250 2.0.0 Ok: queued as 1".to_owned()
}
