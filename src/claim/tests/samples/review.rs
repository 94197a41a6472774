//! What reviewers and partners can ask of a claim.

use chrono::TimeDelta;

use super::Cast;
use crate::claim::choice::{Choice, CustomerSay};
use crate::claim::command::{
    Arbitration, Command, Consequence, CustomerWord, Dispute, DisputeDecision, ReviewOutcome,
    Reviewed, Terms, Told, Verdict,
};
use crate::claim::identity::{ClaimId, Comment};
use crate::claim::item_key::ItemKey;
use crate::claim::review::{ContestOutcome, Drawn, Due, Side, Urgency};
use crate::claim::state::Holder;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, Finding};

/// Whether a row of the table asks something that people beside the customer decide or say.
pub fn is_asked(name: &str) -> bool {
    let command = name.split(':').next().unwrap();
    let asked = [
        "review",
        "comment",
        "add_proof",
        "answer_contest",
        "dispute",
        "decide_dispute",
        "reactivate",
        "record_partner_reminder",
        "record_review_notice",
        "record_contest_notice",
        "choose",
        "record_choice_asked",
        "follow",
    ];
    asked.contains(&command)
        || name.ends_with("drawn")
        || name.starts_with("record_verdict: held, ")
}

impl Cast {
    /// What the rules say of a command of somebody.
    pub fn terms(&self, actor: &str) -> Terms {
        let remind_at = Some(self.answer_by - TimeDelta::days(1));
        let due = Due { by: self.answer_by, remind_at };
        let until = self.answer_by + TimeDelta::days(30);
        Terms {
            actor: actor.to_owned(),
            draw: None,
            four_eyes: false,
            answer: due,
            decide: due,
            contest_answer_by: self.answer_by,
            dispute_until: until,
            reactivate_until: until,
            customer: CustomerSay::Off,
        }
    }

    pub(super) fn ask_of_people(&self, name: &str, claim: Option<&Claim>) -> Command {
        let told = || Told { delivered: true, reply: super::reply(), mail_sha256: None };
        let drawn = || Terms { draw: Some(Drawn::All), ..self.terms("reviewer") };
        match name {
            "record_verdict: right, drawn" => {
                Command::RecordVerdict(Verdict { terms: drawn(), ..self.verdict() })
            }
            "arbitrate: upheld, drawn" => Command::Arbitrate(Arbitration {
                upheld: true,
                reason: "The newest proof.".to_owned(),
                holders: Vec::new(),
                terms: drawn(),
            }),
            "record_verdict: held, advises" => self.contested(CustomerSay::Advises),
            "record_verdict: held, decides" => self.contested(CustomerSay::Decides),
            "choose: the challenger" => self.choose(claim, Choice::Challenger),
            "choose: the incumbent" => self.choose(claim, Choice::Incumbent),
            "choose: neither" => self.choose(claim, Choice::Neither),
            "choose: the challenger, whose partner has the items" => {
                let Command::Choose(word) = self.choose(claim, Choice::Challenger) else {
                    panic!("it is no choice")
                };
                Command::Choose(CustomerWord { holders: vec![self.holder("1234567")], ..word })
            }
            "choose: the challenger, while somebody new has the items" => {
                let Command::Choose(word) = self.choose(claim, Choice::Challenger) else {
                    panic!("it is no choice")
                };
                let claim_id = ClaimId::NOBODY;
                let holders = vec![Holder { claim_id, ..self.holder("5555555") }];
                Command::Choose(CustomerWord { holders, ..word })
            }
            "choose: in another contest" => self.choose(None, Choice::Challenger),
            "record_choice_asked: that is owed" => {
                let contest = contest_of(claim);
                Command::RecordChoiceAsked { contest, incumbents: Vec::new(), told: told() }
            }
            "record_choice_asked: that is not owed" => {
                let (contest, incumbents) = (999, Vec::new());
                Command::RecordChoiceAsked { contest, incumbents, told: told() }
            }
            "comment" => Command::Comment { from: Side::Partner, text: said("Please look.") },
            "add_proof" => Command::AddProof { proof_of_execution: self.proof() },
            "add_proof: nothing" => Command::AddProof { proof_of_execution: Vec::new() },
            "answer_contest" => {
                let contests = claim.map_or(&[][..], |claim| &claim.file.contests);
                let contest = contests.first().map_or(999, |contest| contest.revision);
                Command::AnswerContest { contest, keeps: true, comment: None }
            }
            "dispute" => Command::Dispute(Dispute {
                justification: said("The statement of work was signed."),
                proof_of_execution: self.proof(),
                terms: self.terms("partner"),
            }),
            "decide_dispute: upheld" => self.decide(true, Vec::new(), "another"),
            "decide_dispute: upheld, items held" => {
                self.decide(true, vec![self.holder("7654321")], "another")
            }
            "decide_dispute: dismissed" => self.decide(false, Vec::new(), "another"),
            "decide_dispute: by who refused" => self.decide(true, Vec::new(), "reviewer"),
            "reactivate" => {
                let reason = said("The contact was ill.");
                Command::Reactivate { reason, terms: self.terms("partner") }
            }
            "record_partner_reminder" => Command::RecordPartnerReminder(told()),
            "record_review_notice: that is next" => {
                let next = claim.and_then(Claim::decide_by).and_then(|decide_by| decide_by.next());
                let urgency = next.map_or(Urgency::Reminder, |(urgency, _)| urgency);
                Command::RecordReviewNotice { urgency, told: told() }
            }
            "record_review_notice: overdue" => {
                Command::RecordReviewNotice { urgency: Urgency::Overdue, told: told() }
            }
            "record_contest_notice: that is owed" => {
                let contests = claim.map_or(&[][..], |claim| &claim.file.contests);
                let contest = contests.first().map_or(999, |contest| contest.revision);
                Command::RecordContestNotice { contest, told: told() }
            }
            name if name.starts_with("follow") => Command::Follow(self.follow(name)),
            name => Command::Review(self.reviewed(name)),
        }
    }

    fn contested(&self, customer: CustomerSay) -> Command {
        let (holders, terms) = (vec![self.holder("7654321")], self.terms("worker"));
        let terms = Terms { customer, ..terms };
        Command::RecordVerdict(Verdict { holders, terms, ..self.verdict() })
    }

    fn choose(&self, claim: Option<&Claim>, choice: Choice) -> Command {
        let holders = vec![self.holder("7654321")];
        let (contest, terms) = (contest_of(claim), self.terms("customer"));
        Command::Choose(CustomerWord { contest, choice, comment: None, holders, terms })
    }

    fn reviewed(&self, name: &str) -> Reviewed {
        let approve = |dropped| ReviewOutcome::Approve { dropped, comment: None };
        let eyes = |actor| Terms { four_eyes: true, ..self.terms(actor) };
        let findings = || vec![Finding::new("proof_of_execution", "proof_missing", "Unreadable.")];
        let (outcome, terms) = match name {
            "review: approve" => (approve(Vec::new()), self.terms("reviewer")),
            "review: approve without its item" => {
                let dropped = vec![ItemKey::from(&self.submission.items[0])];
                (approve(dropped), self.terms("reviewer"))
            }
            "review: approve without another item" => {
                let dropped = vec![ItemKey::parse("workload:viva_goals").unwrap()];
                (approve(dropped), self.terms("reviewer"))
            }
            "review: approve with four eyes" => (approve(Vec::new()), eyes("tests")),
            "review: approve with four eyes, by another" => (approve(Vec::new()), eyes("another")),
            "review: ask for action" => {
                (ReviewOutcome::AskAction { findings: findings() }, self.terms("reviewer"))
            }
            "review: ask for nothing" => {
                (ReviewOutcome::AskAction { findings: Vec::new() }, self.terms("reviewer"))
            }
            "review: refuse" => {
                (ReviewOutcome::Refuse { findings: findings() }, self.terms("reviewer"))
            }
            other => panic!("nothing of a review is called `{other}`"),
        };
        Reviewed { outcome, terms }
    }

    fn follow(&self, name: &str) -> Consequence {
        let by = self.other_id;
        match name {
            "follow: contested" => Consequence::Contested {
                by,
                items: self.submission.items.clone(),
                answer_by: self.answer_by,
                customer: CustomerSay::Off,
            },
            "follow: answered" => {
                Consequence::Answered { incumbent: by, keeps: true, comment: None }
            }
            "follow: contest closed" => {
                let reason = Some("The contract.".to_owned());
                Consequence::ContestClosed { by, outcome: ContestOutcome::Kept, reason }
            }
            "follow: superseded" => Consequence::Superseded {
                reason: "The newest proof.".to_owned(),
                by: "reviewer".to_owned(),
                until: self.terms("").dispute_until,
            },
            other => panic!("no consequence is called `{other}`"),
        }
    }

    fn decide(&self, upheld: bool, holders: Vec<Holder>, actor: &str) -> Command {
        let (reason, terms) = (said("The signature is there."), self.terms(actor));
        Command::DecideDispute(DisputeDecision { upheld, reason, holders, terms })
    }

    fn proof(&self) -> Vec<ProofOfExecution> {
        self.submission.proof_of_execution.clone()
    }
}

/// The contest of which the customer is asked; one that never was, if it is not.
fn contest_of(claim: Option<&Claim>) -> u64 {
    claim.and_then(Claim::customer_choice).map_or(999, |choice| choice.contest)
}

fn said(words: &str) -> Comment {
    Comment::parse(words).unwrap()
}
