//! The situations a claim can be in, as far as commands tell them apart.
//!
//! They are reached by commands and never written by hand, so none is impossible. The lists come
//! from exhaustive matches: a new status or command breaks the build here.

use chrono::{DateTime, TimeDelta, Utc};

use super::samples::{Cast, END, START, at, minutes, moved};
use crate::claim::command::Command;
use crate::claim::{Claim, Status, decide};

/// Every command once: the next after the one given. A new command breaks the build here.
pub fn command_after(cast: &Cast, command: &Command) -> Option<Command> {
    let next = match command {
        Command::Submit(_) => "amend",
        Command::Amend(_) => "record_verdict: right",
        Command::RecordVerdict(_) => "arbitrate: upheld",
        Command::Arbitrate(_) => "record_notice_sending",
        Command::RecordNoticeSending { .. } => "record_notice: accepted",
        Command::RecordNotice(_) => "resume_notice",
        Command::ResumeNotice => "record_reminder",
        Command::RecordReminder(_) => "reject: received now",
        Command::Reject { .. } => "confirm: received now",
        Command::Confirm { .. } => "propose_contact: received now",
        Command::ProposeContact(_) => "confirm_contact",
        Command::ConfirmContact => "finalize",
        Command::Finalize => "withdraw",
        Command::Withdraw { .. } => "end",
        Command::End { .. } => "expire",
        Command::Expire { .. } => "record_partner_notice: of this status",
        Command::RecordPartnerNotice { .. } => "record_receipt: that is owed",
        Command::RecordReceipt { .. } => "pause",
        Command::Pause { .. } => "resume",
        Command::Resume { .. } => "extend: two days",
        Command::Extend { .. } => "realign: later",
        Command::Realign { .. } => "record_correction: that is owed",
        Command::RecordCorrection { .. } => "review: approve",
        Command::Review(_) => "comment",
        Command::Comment { .. } => "add_proof",
        Command::AddProof { .. } => "answer_contest",
        Command::AnswerContest { .. } => "choose: the challenger",
        Command::Choose(_) => "record_choice_asked: that is owed",
        Command::RecordChoiceAsked { .. } => "dispute",
        Command::Dispute(_) => "decide_dispute: upheld",
        Command::DecideDispute(_) => "reactivate",
        Command::Reactivate { .. } => "record_partner_reminder",
        Command::RecordPartnerReminder(_) => "record_review_notice: that is next",
        Command::RecordReviewNotice { .. } => "record_contest_notice: that is owed",
        Command::RecordContestNotice { .. } => "follow: contested",
        Command::Follow(_) => "import",
        Command::Import(..) => "record_end_warning",
        Command::RecordEndWarning { .. } => return None,
    };
    Some(cast.ask(next, None, at(START)))
}

/// The situations of a status that commands tell apart. A new status breaks the build here.
pub const fn situations(status: Status) -> &'static [&'static str] {
    match status {
        Status::Submitted => &["submitted", "submitted/for-a-week", "submitted/passed-on"],
        Status::ActionRequired => &[
            "action_required",
            "action_required/holding",
            "action_required/over",
            "action_required/proposed",
            "action_required/reminded",
            "action_required/reviewed",
            "action_required/reactivated",
        ],
        Status::Disqualified => &["disqualified", "disqualified/disputed"],
        Status::Contested => &[
            "contested",
            "contested/over",
            "contested/answered",
            "contested/advised",
            "contested/asked",
            "contested/chosen",
            "contested/decides",
        ],
        Status::UnderReview => &["under_review", "under_review/told", "under_review/approved"],
        Status::Refused => {
            &["refused", "refused/over", "refused/lost", "refused/superseded", "refused/unanswered"]
        }
        Status::Disputed => &["disputed", "disputed/lost"],
        Status::Validated => &["validated", "validated/sending", "validated/deferred"],
        Status::Notified => &[
            "notified",
            "notified/reminded",
            "notified/over",
            "notified/passed-on",
            "notified/rejected-late",
            "notified/resumed",
            "notified/contested",
        ],
        Status::Paused => &["paused", "paused/extended"],
        Status::Rejected => &["rejected"],
        Status::Associated => {
            &["associated", "associated/imported", "associated/confirmed", "associated/contested"]
        }
        Status::Withdrawn => &["withdrawn"],
        Status::Ended => &["ended"],
    }
}

/// A claim in a situation, and the time in it; `none` is before there is a claim.
pub fn situation(cast: &Cast, name: &str) -> (Option<Claim>, DateTime<Utc>) {
    const PROPOSE: &str = "propose_contact: received now";
    const NOTIFIED: [&str; 4] =
        ["submit", "record_verdict: right", "record_notice_sending", "record_notice: accepted"];
    const CONTESTED: [&str; 2] = ["submit", "record_verdict: held by another partner"];
    const REVIEWED: [&str; 2] = ["submit", "record_verdict: right, drawn"];
    let (steps, more): (&[&str], &[&str]) = match name {
        "none" => (&[], &[]),
        "submitted" | "submitted/for-a-week" => (&["submit"], &[]),
        "action_required" | "action_required/over" => {
            (&["submit", "record_verdict: findings"], &[])
        }
        "action_required/holding" => (&NOTIFIED[..3], &["record_notice: refused"]),
        "disqualified" => (&["submit", "record_verdict: held by the same partner"], &[]),
        "contested" | "contested/over" => (&CONTESTED, &[]),
        "contested/answered" => (&CONTESTED, &["follow: answered"]),
        "contested/advised" => (&["submit", "record_verdict: held, advises"], &[]),
        "contested/decides" => (&["submit", "record_verdict: held, decides"], &[]),
        "contested/asked" => {
            (&["submit", "record_verdict: held, advises"], &["record_choice_asked: that is owed"])
        }
        "contested/chosen" => (
            &["submit", "record_verdict: held, advises"],
            &["record_choice_asked: that is owed", "choose: the challenger"],
        ),
        "under_review" => (&REVIEWED, &[]),
        "under_review/told" => (&REVIEWED, &["record_review_notice: that is next"]),
        "under_review/approved" => (&REVIEWED, &["review: approve with four eyes"]),
        "refused" | "refused/over" => (&REVIEWED, &["review: refuse"]),
        "refused/lost" => (&CONTESTED, &["arbitrate: lost"]),
        "refused/superseded" => (&NOTIFIED, &["follow: superseded"]),
        "refused/unanswered" => (&["submit", "record_verdict: findings"], &["/end", "expire"]),
        "disputed" => (&REVIEWED, &["review: refuse", "dispute"]),
        "disputed/lost" => (&CONTESTED, &["arbitrate: lost", "dispute"]),
        "disqualified/disputed" => {
            (&REVIEWED, &["review: refuse", "dispute", "decide_dispute: dismissed"])
        }
        "action_required/reminded" => {
            (&["submit", "record_verdict: findings"], &["record_partner_reminder"])
        }
        "action_required/reviewed" => (&REVIEWED, &["review: ask for action"]),
        "action_required/reactivated" => {
            (&["submit", "record_verdict: findings"], &["/end", "expire", "reactivate"])
        }
        "notified/contested" => (&NOTIFIED, &["follow: contested"]),
        "associated/contested" => (&NOTIFIED, &["/end", "finalize", "follow: contested"]),
        "validated" => (&NOTIFIED[..2], &[]),
        "validated/sending" => (&NOTIFIED[..3], &[]),
        "validated/deferred" => (&NOTIFIED[..3], &["record_notice: deferred"]),
        "notified" | "notified/over" => (&NOTIFIED, &[]),
        "notified/reminded" => (&NOTIFIED, &["record_reminder"]),
        "action_required/proposed" => (&NOTIFIED, &[PROPOSE]),
        "submitted/passed-on" => (&NOTIFIED, &[PROPOSE, "confirm_contact"]),
        "notified/passed-on" => (
            &NOTIFIED,
            &[
                PROPOSE,
                "record_receipt: that is owed",
                "confirm_contact",
                "record_verdict: right",
                "record_notice_sending",
                "record_notice: accepted",
            ],
        ),
        "notified/rejected-late" => (&NOTIFIED, &["/end", "reject: received now"]),
        "notified/resumed" => (&NOTIFIED, &["pause", "resume"]),
        "paused" => (&NOTIFIED, &["pause"]),
        "paused/extended" => (&NOTIFIED, &["extend: two days", "pause"]),
        "rejected" => (&NOTIFIED, &["reject: received now"]),
        "associated/imported" => (&["import"], &[]),
        "associated" => (&NOTIFIED, &["/end", "finalize"]),
        "associated/confirmed" => (&NOTIFIED, &["confirm: received now"]),
        "withdrawn" => (&["submit", "withdraw"], &[]),
        "ended" => (&NOTIFIED, &["/end", "finalize", "end"]),
        other => panic!("no situation is called `{other}`"),
    };
    let (mut claim, mut now): (Option<Claim>, _) = (None, at(START));
    for step in steps.iter().chain(more) {
        if *step == "/end" {
            now = at(END);
            continue;
        }
        let command = cast.ask(step, claim.as_ref(), now);
        let events = decide(claim.as_ref(), &command, now).unwrap();
        claim = Some(moved(cast, claim, &events, now));
        now += minutes(1);
    }
    match name {
        "submitted/for-a-week" => now = at(START) + TimeDelta::days(7),
        "notified/over" | "action_required/over" | "contested/over" => now = at(END),
        "refused/over" => now = at(END) + TimeDelta::days(30),
        _ => {}
    }
    (claim, now)
}
