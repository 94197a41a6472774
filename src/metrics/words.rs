//! The words that labels are made of: closed sets, so that nobody outside can add to them.

/// A stage of a claim's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From the submission, or its correction, to the verdict that it is right.
    SubmittedToValidated,
    /// From that verdict to the acceptance of the notice by the mail server.
    ValidatedToNotified,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 2] = [Self::SubmittedToValidated, Self::ValidatedToNotified];

    /// The name of the stage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubmittedToValidated => "submitted_to_validated",
            Self::ValidatedToNotified => "validated_to_notified",
        }
    }
}

/// The way in which a submission came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// One request of the API.
    Api,
    /// A line of a batch of the API.
    Batch,
    /// The intake list, where upstream systems push.
    Intake,
}

impl Way {
    /// Every way in that a process serves.
    pub const ALL: [Self; 3] = [Self::Api, Self::Batch, Self::Intake];

    /// The name of the way in.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Batch => "batch",
            Self::Intake => "intake",
        }
    }
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitting {
    /// It is a claim now.
    Accepted,
    /// It has been one already.
    Repeated,
    /// Its key belongs to a claim with another body.
    KeyReused,
    /// It is no claim, for reasons that its sender was told.
    Refused,
    /// Nobody knows, because Redis could not be asked.
    Failed,
}

impl Submitting {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Accepted, Self::Repeated, Self::KeyReused, Self::Refused, Self::Failed];

    /// The name of the outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Repeated => "repeated",
            Self::KeyReused => "key_reused",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// How a handler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its commit acknowledged the job.
    Done,
    /// It was acknowledged by itself.
    NothingToDo,
    /// It was of no use to try yet.
    Postponed,
    /// It failed and is tried again.
    Retried,
    /// It is left to a person.
    Dead,
    /// Somebody else has the job by now.
    LeaseLost,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Done,
        Self::NothingToDo,
        Self::Postponed,
        Self::Retried,
        Self::Dead,
        Self::LeaseLost,
    ];

    /// The name of the outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NothingToDo => "nothing_to_do",
            Self::Postponed => "postponed",
            Self::Retried => "retried",
            Self::Dead => "dead",
            Self::LeaseLost => "lease_lost",
        }
    }
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committing {
    /// Everything is written.
    Done,
    /// Somebody else was faster.
    Conflict,
    /// The lease of the job was lost.
    LeaseLost,
    /// Redis could not be reached, refused, or found our clock to be off.
    Failed,
}

impl Committing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Done, Self::Conflict, Self::LeaseLost, Self::Failed];

    /// The name of the outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Conflict => "conflict",
            Self::LeaseLost => "lease_lost",
            Self::Failed => "failed",
        }
    }
}

/// What Redis was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// One change of a claim.
    Commit,
    /// Taking what is due from a partition.
    Take,
    /// Taking from the intake.
    TakeIntake,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Commit, Self::Take, Self::TakeIntake];

    /// The name of the operation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Take => "take",
            Self::TakeIntake => "take_intake",
        }
    }
}

/// Whether a webhook has a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It has.
    Delivered,
    /// It is gone for good.
    Gone,
    /// It answered something else.
    Refused,
    /// It did not answer.
    Unreachable,
}

impl Reached {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Delivered, Self::Gone, Self::Refused, Self::Unreachable];

    /// The name of the outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What becomes of a mail.
pub(super) const MAILING: [&str; 4] = ["accepted", "deferred", "refused", "unknown"];

/// Whether somebody who asked for usage figures has seen any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeing {
    /// Figures were shown.
    Shown,
    /// None was, for want of a grant.
    NotShown,
}

impl Seeing {
    /// Every outcome.
    pub const ALL: [Self; 2] = [Self::Shown, Self::NotShown];

    /// The name of the outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NotShown => "not_shown",
        }
    }
}
