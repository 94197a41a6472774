//! Which claims a reviewer looks at, and how long people have to decide, as a deployment sets it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::calendar::{BusinessDays, CalendarError};
use crate::claim::choice::CustomerSay;
use crate::claim::command::Terms;
use crate::claim::identity::ClaimId;
use crate::claim::program::Program;
use crate::claim::review::{Drawn, Due};
use crate::claim::submission::Submission;
use crate::claim::window_policy::WindowPolicy;

/// Which of a program's claims are reviewed: `none`, `all`, or a share such as `10%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ReviewShare {
    /// None.
    None,
    /// A sample.
    Sample {
        /// How many of a hundred claims, 1 to 99.
        percent: u8,
    },
    /// All.
    All,
}

impl TryFrom<String> for ReviewShare {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let percent = text.strip_suffix('%').and_then(|number| number.parse::<u8>().ok());
        match (text.as_str(), percent) {
            ("none", _) => Ok(Self::None),
            ("all", _) => Ok(Self::All),
            (_, Some(percent @ 1..=99)) => Ok(Self::Sample { percent }),
            _ => Err(format!("`{text}` is neither \"none\" nor \"all\" nor a share like \"10%\"")),
        }
    }
}

impl ReviewShare {
    /// Why the claim is reviewed, if it is. A sample is drawn by the claim's id alone, so that it
    /// is the same whoever draws it, and nobody can influence it.
    #[must_use]
    pub fn draw(self, claim_id: ClaimId) -> Option<Drawn> {
        match self {
            Self::None => None,
            Self::All => Some(Drawn::All),
            Self::Sample { percent } => {
                let hash = Sha256::digest(format!("cpor review {claim_id}"));
                let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
                (number % 100 < u32::from(percent)).then_some(Drawn::Sample { percent })
            }
        }
    }
}

/// The settings behind every decision of a person beside the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewPolicy {
    /// OSA-Sell.
    pub osa_sell: ReviewShare,
    /// OSU-Business Applications.
    pub osu_business_applications: ReviewShare,
    /// OSU-Microsoft 365.
    pub osu_microsoft_365: ReviewShare,
    /// Revenue association.
    pub recognition_only: ReviewShare,
    /// An approval needs a second reviewer.
    pub four_eyes: bool,
    /// How long reviewers have to decide, in business days.
    pub decide_business_days: BusinessDays,
    /// How long an incumbent has to answer a contest, in business days.
    pub contest_answer_business_days: BusinessDays,
    /// How many business days before the end partners and reviewers are reminded; 0 never.
    pub reminder_business_days: u32,
    /// How long a refusal can be disputed.
    pub dispute: TimeDelta,
    /// How long a claim that was not answered can be reactivated.
    pub reactivation: TimeDelta,
    /// What the customer's own choice between partners counts for in a contest.
    pub customer_chooses: CustomerSay,
    /// Reviewers have an address at which they are reminded.
    pub reminds_reviewers: bool,
}

impl Default for ReviewPolicy {
    fn default() -> Self {
        Self {
            osa_sell: ReviewShare::None,
            osu_business_applications: ReviewShare::None,
            osu_microsoft_365: ReviewShare::None,
            recognition_only: ReviewShare::None,
            four_eyes: false,
            decide_business_days: BusinessDays::FIVE,
            contest_answer_business_days: BusinessDays::FIVE,
            reminder_business_days: 1,
            dispute: TimeDelta::days(30),
            reactivation: TimeDelta::days(30),
            customer_chooses: CustomerSay::Off,
            reminds_reviewers: false,
        }
    }
}

impl ReviewPolicy {
    const fn share(&self, program: Program) -> ReviewShare {
        match program {
            Program::OsaSell => self.osa_sell,
            Program::OsuBusinessApplications => self.osu_business_applications,
            Program::OsuMicrosoft365 => self.osu_microsoft_365,
            Program::RecognitionOnly => self.recognition_only,
        }
    }

    /// Why the claim is reviewed, if one of its programs asks for it; that it is drawn for another
    /// reason than being one of all is told only where nothing asks for all.
    #[must_use]
    pub fn draw(&self, claim_id: ClaimId, submission: &Submission) -> Option<Drawn> {
        let drawn = submission.programs().filter_map(|program| self.share(program).draw(claim_id));
        drawn.min_by_key(|drawn| match drawn {
            Drawn::All => 0,
            Drawn::Sample { percent } => 200 - u16::from(*percent),
        })
    }

    /// What the rules say of a command that `actor` asks of a claim now. Business days are those
    /// of the customer's calendar: where partners and reviewers are is not known.
    ///
    /// # Errors
    ///
    /// When the calendar says nothing about the days in question.
    pub fn terms(
        &self,
        window: &WindowPolicy,
        (claim_id, submission): (ClaimId, &Submission),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Terms, CalendarError> {
        let due = |business_days, reminds: bool| {
            let deadline = window.deadline(submission, now, business_days)?;
            let days = if reminds { self.reminder_business_days } else { 0 };
            let remind_at = window.before_the_end(&deadline, days);
            Ok::<_, CalendarError>(Due { by: deadline.closes_at, remind_at })
        };
        Ok(Terms {
            draw: self.draw(claim_id, submission),
            answer: due(window.answer_business_days, true)?,
            decide: due(self.decide_business_days, self.reminds_reviewers)?,
            contest_answer_by: due(self.contest_answer_business_days, false)?.by,
            ..self.undated(actor, now)
        })
    }

    /// The same for a command that leads to no time in business days: no calendar can keep it from
    /// having its effect.
    #[must_use]
    pub fn undated(&self, actor: &str, now: DateTime<Utc>) -> Terms {
        Terms {
            actor: actor.to_owned(),
            four_eyes: self.four_eyes,
            dispute_until: now + self.dispute,
            reactivate_until: now + self.reactivation,
            customer: self.customer_chooses,
            ..Terms::default()
        }
    }
}
