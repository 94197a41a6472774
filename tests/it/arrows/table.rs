//! The arrows, and how a claim comes to where each of them begins.

use super::Arrow;

/// What a claim is submitted as, and what it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everything is right: its customer is notified.
    Right,
    /// Everything is right, and a reviewer looks at it first.
    Reviewed,
    /// Its subscription is not provisioned yet: validating it is put off.
    Provisioning,
    /// No tenant has its domain.
    WrongDomain,
    /// The customer's mailbox is full: the notice is put off.
    Full,
    /// The customer's mail server refuses the notice.
    Refused,
    /// The customer has the notice, and nobody knows that it has.
    Uncertain,
    /// Its own partner has its item.
    Own,
    /// Another partner has its item.
    Taken,
    /// Another partner has its item, and a reviewer looks at what goes on.
    TakenReviewed,
    /// There is nothing yet.
    Nothing,
}

/// An arrow that is walked: by its deed, after these deeds.
#[derive(Debug, Clone)]
pub struct Row {
    pub from: &'static str,
    pub to: &'static str,
    /// What stands beside the arrow.
    pub what: &'static str,
    pub start: Start,
    pub before: Vec<&'static str>,
    pub deed: &'static str,
}

impl Row {
    pub fn arrow(&self) -> Arrow {
        (self.from.to_owned(), self.to.to_owned(), self.what.to_owned())
    }
}

/// Every arrow, in the order of the picture.
pub fn rows() -> Vec<Row> {
    let groups = [
        ("[*]", begins()),
        ("submitted", submitted()),
        ("action_required", action_required()),
        ("contested", contested()),
        ("under_review", under_review()),
        ("refused", refused()),
        ("disputed", disputed()),
        ("validated", validated()),
        ("notified", notified()),
        ("paused", paused()),
        ("associated", associated()),
    ];
    groups
        .into_iter()
        .flat_map(|(from, rows)| rows.into_iter().map(move |row| of(from, row)))
        .collect()
}

type Written = (&'static str, &'static str, Start, Vec<&'static str>, &'static str);

fn of(from: &'static str, (to, what, start, before, deed): Written) -> Row {
    Row { from, to, what, start, before, deed }
}

fn begins() -> Vec<Written> {
    vec![
        ("submitted", "submit", Start::Nothing, vec![], "submit"),
        ("associated", "import", Start::Nothing, vec![], "import"),
    ]
}

fn submitted() -> Vec<Written> {
    use Start::{Own, Provisioning, Reviewed, Right, Taken, WrongDomain};
    let holding = vec!["pass_on", "rival", "unprovision", "confirm_contact"];
    vec![
        ("submitted", "verdict deferred", Provisioning, vec![], "verdict"),
        ("validated", "verdict", Right, vec![], "verdict"),
        ("action_required", "verdict", WrongDomain, vec![], "verdict"),
        ("disqualified", "verdict", Own, vec![], "verdict"),
        ("contested", "verdict", Taken, vec![], "verdict"),
        ("under_review", "verdict, drawn for review", Reviewed, vec![], "verdict"),
        ("refused", "superseded", Right, holding, "supersede"),
        ("withdrawn", "withdraw", Provisioning, vec![], "withdraw"),
    ]
}

fn action_required() -> Vec<Written> {
    use Start::{Right, WrongDomain};
    let reactivated = vec!["wait", "reactivate"];
    vec![
        ("submitted", "amend", WrongDomain, vec![], "amend"),
        ("submitted", "confirm contact", Right, vec!["pass_on"], "confirm_contact"),
        ("refused", "expire", WrongDomain, vec![], "wait"),
        ("refused", "superseded", Right, vec!["pass_on", "rival"], "supersede"),
        ("disqualified", "expire after a reactivation", WrongDomain, reactivated, "wait"),
        ("withdrawn", "withdraw", WrongDomain, vec![], "withdraw"),
    ]
}

fn contested() -> Vec<Written> {
    use Start::{Taken, TakenReviewed};
    vec![
        ("validated", "arbitrate", Taken, vec!["let_go"], "arbitrate_for"),
        (
            "under_review",
            "arbitrate, drawn for review",
            TakenReviewed,
            vec!["let_go"],
            "arbitrate_for",
        ),
        ("refused", "arbitrate", Taken, vec![], "arbitrate_against"),
        ("withdrawn", "withdraw", Taken, vec![], "withdraw"),
    ]
}

fn under_review() -> Vec<Written> {
    use Start::Reviewed;
    vec![
        ("validated", "approve", Reviewed, vec![], "approve"),
        ("action_required", "ask for action", Reviewed, vec![], "ask_action"),
        ("refused", "refuse", Reviewed, vec![], "refuse"),
        ("refused", "superseded", Reviewed, vec!["rival"], "supersede"),
        ("withdrawn", "withdraw", Reviewed, vec![], "withdraw"),
    ]
}

fn refused() -> Vec<Written> {
    use Start::{Reviewed, WrongDomain};
    vec![
        ("disputed", "dispute", Reviewed, vec!["refuse"], "dispute"),
        ("action_required", "reactivate", WrongDomain, vec!["wait"], "reactivate"),
        ("disqualified", "expire", Reviewed, vec!["refuse"], "wait_long"),
        ("withdrawn", "withdraw", Reviewed, vec!["refuse"], "withdraw"),
    ]
}

fn disputed() -> Vec<Written> {
    use Start::Reviewed;
    let disputed = || vec!["refuse", "dispute"];
    vec![
        ("validated", "decide for the claim", Reviewed, disputed(), "decide_for"),
        (
            "contested",
            "decide for the claim, items held",
            Reviewed,
            [disputed(), vec!["take"]].concat(),
            "decide_for",
        ),
        ("disqualified", "decide against it", Reviewed, disputed(), "decide_against"),
        ("withdrawn", "withdraw", Reviewed, disputed(), "withdraw"),
    ]
}

fn validated() -> Vec<Written> {
    use Start::{Full, Refused, Right, Uncertain};
    vec![
        ("validated", "notice deferred", Full, vec![], "notice"),
        ("notified", "notice accepted", Right, vec![], "notice"),
        ("action_required", "notice refused", Refused, vec![], "notice"),
        ("action_required", "contact proposed", Uncertain, vec![], "pass_on"),
        ("rejected", "reject", Uncertain, vec![], "reject"),
        ("refused", "superseded", Full, vec!["rival"], "supersede"),
        ("withdrawn", "withdraw", Full, vec![], "withdraw"),
    ]
}

fn notified() -> Vec<Written> {
    use Start::Right;
    vec![
        ("rejected", "reject in time", Right, vec![], "reject"),
        ("action_required", "contact proposed", Right, vec![], "pass_on"),
        ("associated", "confirm", Right, vec![], "agree"),
        ("associated", "silence", Right, vec![], "silence"),
        ("refused", "superseded", Right, vec!["rival"], "supersede"),
        ("withdrawn", "withdraw", Right, vec![], "withdraw"),
        ("notified", "extended", Right, vec![], "extend"),
        ("paused", "pause", Right, vec![], "pause"),
    ]
}

fn paused() -> Vec<Written> {
    use Start::Right;
    vec![
        ("notified", "resume", Right, vec!["pause"], "resume"),
        ("rejected", "reject", Right, vec!["pause"], "reject"),
        ("action_required", "contact proposed", Right, vec!["pause"], "pass_on"),
        ("associated", "confirm", Right, vec!["pause"], "agree"),
        ("refused", "superseded", Right, vec!["pause", "rival"], "supersede"),
        ("withdrawn", "withdraw", Right, vec!["pause"], "withdraw"),
    ]
}

fn associated() -> Vec<Written> {
    use Start::Right;
    vec![
        ("ended", "end", Right, vec!["agree"], "end"),
        ("ended", "end", Right, vec!["agree"], "subscription_ends"),
        ("ended", "superseded", Right, vec!["agree", "rival"], "supersede"),
    ]
}
