//! A statement of work that the customer's contact acknowledges by a link, instead of signing
//! paper: who was asked, about which words, and what came of it.
//!
//! The link goes to the contact's own address at the customer's domain and nowhere else; the
//! partner never has it. What was acknowledged is kept word for word, with its digest, in the
//! record of a document that claims name like any other.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Document, Documents, Kind, Refused, Scan};
use crate::calendar::Zone;
use crate::claim::Submission;
use crate::claim::identity::{
    Comment, DocumentId, DomainName, EmailAddress, Language, Line, MpnId, PersonName, Sha256Digest,
    TenantId,
};
use crate::claim::item::Item;
use crate::drafts::DraftId;
use crate::secrets::KeyId;
use crate::store::StoreError;

/// The name of the evidence as a file.
const NAME: &str = "acknowledgement.txt";
/// How often a question is put down again when somebody else was faster.
const CONFLICTS_MAX: u32 = 10;

/// What a customer's contact is asked to acknowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who is asked.
    pub name: PersonName,
    /// Where; at the customer's own domain.
    pub email: EmailAddress,
    /// The language of the mail and the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who asks, for the partner.
    pub partner_name: PersonName,
    /// Where that person is reached.
    pub partner_email: EmailAddress,
    /// The customer's tenant.
    pub tenant_id: TenantId,
    /// The customer's domain.
    pub domain: DomainName,
    /// What the work was done on.
    pub items: Vec<Item>,
    /// The words that are acknowledged.
    pub statement: Comment,
    /// SHA-256 of those words.
    pub statement_sha256: Sha256Digest,
    /// The zone of the customer's clocks, in which the end of the time to answer is told.
    pub zone: Zone,
    /// Until when it can be answered.
    pub open_until: DateTime<Utc>,
    /// The mail with the link, as far as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// How it stands.
    pub answer: Answer,
    /// What is kept of an acknowledgement, word for word; its digest is the document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// A mail that a customer's mail server has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When it was accepted.
    pub at: DateTime<Utc>,
    /// Its Message-ID.
    pub message_id: String,
}

/// How the question stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Answer {
    /// The mail is on its way.
    Sending,
    /// The mail was accepted by the customer's mail server.
    Asked {
        /// When.
        at: DateTime<Utc>,
    },
    /// The mail cannot be sent.
    Undeliverable {
        /// Since when that is known.
        at: DateTime<Utc>,
        /// Why not.
        reason: String,
    },
    /// The contact has acknowledged the statement.
    Acknowledged {
        /// When.
        at: DateTime<Utc>,
    },
    /// The contact has said that the statement is not right.
    Declined {
        /// When.
        at: DateTime<Utc>,
    },
    /// Nobody has answered in time. Never stored: what was not answered says so by itself.
    Expired {
        /// When the time was over.
        at: DateTime<Utc>,
    },
}

impl Answer {
    /// Its name, as the tag of its JSON has it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Asked { .. } => "asked",
            Self::Undeliverable { .. } => "undeliverable",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Declined { .. } => "declined",
            Self::Expired { .. } => "expired",
        }
    }
}

/// How the person who answers was found to have the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    /// The key that the link's MAC was made with.
    pub key: KeyId,
    /// When the answer was chosen, in the first step.
    pub chosen_at: DateTime<Utc>,
}

/// Who asks, and from which draft if from one.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The partner.
    pub mpn_id: &'a MpnId,
    /// The caller, as histories name callers.
    pub by: &'a str,
    /// The draft.
    pub draft: Option<DraftId>,
}

impl Acknowledgement {
    /// Whether it is about everything that a claim is about.
    #[must_use]
    pub fn covers(&self, submission: &Submission) -> bool {
        self.tenant_id == submission.customer.tenant_id
            && submission.items.iter().all(|item| self.items.contains(item))
    }

    /// How it stands at an instant.
    #[must_use]
    pub fn answer_at(&self, now: DateTime<Utc>) -> Answer {
        match &self.answer {
            Answer::Sending | Answer::Asked { .. } if self.open_until <= now => {
                Answer::Expired { at: self.open_until }
            }
            answer => answer.clone(),
        }
    }

    /// Whether it can be answered at an instant.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        match self.answer_at(now) {
            Answer::Sending | Answer::Asked { .. } => true,
            Answer::Undeliverable { .. }
            | Answer::Acknowledged { .. }
            | Answer::Declined { .. }
            | Answer::Expired { .. } => false,
        }
    }
}

/// The questions of a partner: when each address and each draft was asked about, in ms since the
/// epoch. Addresses are kept as digests.
type Asked = BTreeMap<String, Vec<i64>>;

impl Documents {
    /// How long a contact can answer.
    #[must_use]
    pub fn answered_within(&self) -> TimeDelta {
        TimeDelta::days(self.depot.settings.acknowledgement_days.into())
    }

    /// Asks a customer's contact to acknowledge a statement of work.
    ///
    /// # Errors
    ///
    /// When the partner has asked and uploaded too much today, or has asked this address or about
    /// this draft too often, or Redis is in trouble.
    pub async fn ask(&self, ask: Ask<'_>, question: Acknowledgement) -> Result<Document, Refused> {
        let at = self.clock.instant().await?;
        self.refuse_too_many(ask.mpn_id, at.now).await?;
        let document = Document {
            id: self.new_id(ask.mpn_id, at.now),
            mpn_id: ask.mpn_id.clone(),
            name: Line::parse(NAME)?,
            kind: Kind::Acknowledgement,
            size: question.statement.as_str().len() as u64,
            sha256: question.statement_sha256.clone(),
            uploaded_at: at.now,
            uploaded_by: ask.by.to_owned(),
            scan: Scan::NotScanned,
            claims: Vec::new(),
            acknowledgement: Some(Box::new(question)),
        };
        for _ in 0..CONFLICTS_MAX {
            let before = self.store.questions(ask.mpn_id).await?;
            let after = self.counted(&before, &document, ask.draft, at.now)?;
            if self.store.add_question(&document, at.now, &before, &after).await? {
                return Ok(document);
            }
        }
        Err(Refused::Busy)
    }

    /// The questions of a partner with one more, without those that are too old to count.
    fn counted(
        &self,
        before: &str,
        document: &Document,
        draft: Option<DraftId>,
        now: DateTime<Utc>,
    ) -> Result<String, Refused> {
        let (most, within) = (self.depot.settings.questions_max, self.answered_within());
        let since_ms = (now - within).timestamp_millis();
        let mut asked: Asked = serde_json::from_str(before).unwrap_or_default();
        asked.retain(|_, times| {
            times.retain(|ms| *ms > since_ms);
            !times.is_empty()
        });
        let email = document.acknowledgement.as_ref().map(|asked| asked.email.as_str());
        let address = email.map(|email| hex::encode(Sha256::digest(email.to_lowercase())));
        let draft = draft.map(|draft| draft.to_string());
        for whom in [address, draft].into_iter().flatten() {
            let times = asked.entry(whom).or_default();
            if times.len() >= most {
                let first = times.first().copied().unwrap_or_default();
                let wait = TimeDelta::milliseconds(first - since_ms);
                return Err(Refused::Asked { most, wait: wait.to_std().unwrap_or_default() });
            }
            times.push(now.timestamp_millis());
        }
        serde_json::to_string(&asked)
            .map_err(|error| StoreError::malformed("count questions", error).into())
    }

    /// Records what a contact has answered, once; what was answered before stays, and what is too
    /// late changes nothing.
    ///
    /// # Errors
    ///
    /// When Redis is in trouble.
    pub async fn answer(
        &self,
        id: DocumentId,
        is_right: bool,
        proved: Proved,
    ) -> Result<Option<Document>, StoreError> {
        let at = self.clock.now().await?;
        let change = |document: &mut Document| {
            let evidence = document.evidence(proved, at);
            let open = document.acknowledgement.as_mut().filter(|asked| asked.is_open(at));
            let (Some(asked), Some((evidence, sha256))) = (open, evidence) else { return };
            if is_right {
                asked.answer = Answer::Acknowledged { at };
                (document.size, document.sha256) = (evidence.len() as u64, sha256);
                asked.evidence = Some(evidence);
            } else {
                asked.answer = Answer::Declined { at };
            }
        };
        self.store.change_document(id, change).await
    }
}
