//! The invariants (`reliability.md`, section 8), by the ids that people quote.

/// Something that holds at any instant, whatever has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each has its sentence in `Invariant::statement`")]
pub enum Invariant {
    I01,
    I02,
    I04,
    I05,
    I06,
    I07,
    I08,
    I10,
    I11,
    I12,
    I13,
    I14,
    I15,
    I17,
    I18,
    I19,
    I21,
    I22,
    I24,
    I25,
    I34,
    I35,
    I36,
    I37,
    I38,
    I39,
    I40,
}

impl Invariant {
    /// All of them, in their order.
    pub const ALL: [Self; 27] = [
        Self::I01,
        Self::I02,
        Self::I04,
        Self::I05,
        Self::I06,
        Self::I07,
        Self::I08,
        Self::I10,
        Self::I11,
        Self::I12,
        Self::I13,
        Self::I14,
        Self::I15,
        Self::I17,
        Self::I18,
        Self::I19,
        Self::I21,
        Self::I22,
        Self::I24,
        Self::I25,
        Self::I34,
        Self::I35,
        Self::I36,
        Self::I37,
        Self::I38,
        Self::I39,
        Self::I40,
    ];

    /// The id that people quote.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::I01 => "I01",
            Self::I02 => "I02",
            Self::I04 => "I04",
            Self::I05 => "I05",
            Self::I06 => "I06",
            Self::I07 => "I07",
            Self::I08 => "I08",
            Self::I10 => "I10",
            Self::I11 => "I11",
            Self::I12 => "I12",
            Self::I13 => "I13",
            Self::I14 => "I14",
            Self::I15 => "I15",
            Self::I17 => "I17",
            Self::I18 => "I18",
            Self::I19 => "I19",
            Self::I21 => "I21",
            Self::I22 => "I22",
            Self::I24 => "I24",
            Self::I25 => "I25",
            Self::I34 => "I34",
            Self::I35 => "I35",
            Self::I36 => "I36",
            Self::I37 => "I37",
            Self::I38 => "I38",
            Self::I39 => "I39",
            Self::I40 => "I40",
        }
    }

    /// What has to hold, as a sentence.
    #[must_use]
    pub const fn statement(self) -> &'static str {
        match self {
            Self::I01 => "every accepted submission is one claim, and every claim one submission",
            Self::I02 => "a claim has one status and is in exactly that status's index",
            Self::I04 => "a history is numbered 1 to n without a gap, and n is the revision",
            Self::I05 => "replaying the history gives the stored state",
            Self::I06 => "the hash chain over the history ends in the tip beside the claim",
            Self::I07 => "the times of a history never decrease",
            Self::I08 => "a notified claim, and no other, is planned to be finalized, in time",
            Self::I10 => "a window closes when the rule says, and is never shortened",
            Self::I11 => "no window is overdue by more than ten minutes without a named reason",
            Self::I12 => "a notified customer's mail server has accepted the current notice",
            Self::I13 => "an associated claim has one association and one grant per item",
            Self::I14 => "silence made a claim official only after the whole window",
            Self::I15 => "no associated claim was rejected in time",
            Self::I17 => "an item has one holder: the claim that is in flight or associated",
            Self::I18 => "a grant belongs to an associated claim and to one of its items",
            Self::I19 => {
                "a claim holds nothing that it is not to hold, and an ended one plans nothing"
            }
            Self::I21 => "a notice that was about to be sent has an outcome, or is being sent",
            Self::I22 => "every copy of a notice has the same Message-ID",
            Self::I24 => "everything planned for a claim is on the agenda, and nothing else",
            Self::I25 => "an entry is in one of agenda, running and dead, and leases end",
            Self::I34 => {
                "as many submissions, archived ones included, and open windows were counted as \
                 there are"
            }
            Self::I35 => "a contest names claims that exist, and both sides of it name each other",
            Self::I36 => "a superseded claim has lost to one other claim, which has won over it",
            Self::I37 => "a document that counts is kept, and knows the claims that name it",
            Self::I38 => "a submitted draft names the claim that it has become",
            Self::I39 => "who has looked at usage figures had an association with their item then",
            Self::I40 => "an inbox keeps no more than it may, and of claims that exist",
        }
    }
}
