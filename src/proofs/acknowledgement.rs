//! A statement of work that the customer's contact acknowledges by a link, instead of signing
//! paper: who was asked, about which words, and what came of it.
//!
//! The link goes to the contact's own address at the customer's domain and nowhere else; the
//! partner never has it. What was acknowledged is kept word for word, with its digest, and is a
//! document like any other that claims name.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Document, Documents, Kind, Refused, Scan};
use crate::claim::Submission;
use crate::claim::identity::{
    Comment, DocumentId, DomainName, EmailAddress, Language, Line, MpnId, PersonName, Sha256Digest,
    TenantId,
};
use crate::claim::item::Item;

/// The name of the evidence as a file.
const NAME: &str = "acknowledgement.txt";

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
    /// How it stands.
    pub answer: Answer,
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
}

impl Answer {
    /// Whether it can still be answered.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Sending | Self::Asked { .. } => true,
            Self::Undeliverable { .. } | Self::Acknowledged { .. } | Self::Declined { .. } => false,
        }
    }
}

impl Acknowledgement {
    /// Whether it is about everything that a claim is about.
    #[must_use]
    pub fn covers(&self, submission: &Submission) -> bool {
        self.tenant_id == submission.customer.tenant_id
            && submission.items.iter().all(|item| self.items.contains(item))
    }
}

impl Documents {
    /// Asks a customer's contact to acknowledge a statement of work.
    ///
    /// # Errors
    ///
    /// When the partner has asked and uploaded too much today, or Redis is in trouble.
    pub async fn ask(
        &self,
        mpn_id: &MpnId,
        by: &str,
        question: Acknowledgement,
    ) -> Result<Document, Refused> {
        let at = self.clock.instant().await?;
        self.refuse_too_many(mpn_id, at.now).await?;
        let document = Document {
            id: self.new_id(mpn_id, at.now),
            mpn_id: mpn_id.clone(),
            name: Line::parse(NAME)?,
            kind: Kind::Acknowledgement,
            size: question.statement.as_str().len() as u64,
            sha256: question.statement_sha256.clone(),
            uploaded_at: at.now,
            uploaded_by: by.to_owned(),
            scan: Scan::NotScanned,
            claims: Vec::new(),
            acknowledgement: Some(Box::new(question)),
        };
        self.store.add_document(&document, Some(at.now)).await?;
        Ok(document)
    }

    /// Records what a contact has answered, once; what was answered before stays.
    ///
    /// # Errors
    ///
    /// When Redis or the object store is in trouble.
    pub async fn answer(
        &self,
        id: DocumentId,
        is_right: bool,
    ) -> Result<Option<Document>, super::standing::RemoveError> {
        let at = self.clock.now().await?;
        let Some(document) = self.store.document(id).await? else { return Ok(None) };
        let Some(asked) = document.acknowledgement.as_ref().filter(|a| a.answer.is_open()) else {
            return Ok(Some(document));
        };
        let evidence = evidence(&document, asked, at);
        let digest = Sha256Digest::parse(&hex::encode(Sha256::digest(&evidence))).ok();
        let size = evidence.len() as u64;
        if is_right {
            self.write_text(id, evidence).await?;
        }
        let change = |document: &mut Document| {
            let open = document.acknowledgement.as_mut().filter(|asked| asked.answer.is_open());
            let (Some(asked), Some(digest)) = (open, &digest) else { return };
            if is_right {
                asked.answer = Answer::Acknowledged { at };
                (document.size, document.sha256) = (size, digest.clone());
            } else {
                asked.answer = Answer::Declined { at };
            }
        };
        Ok(self.store.change_document(id, change).await?)
    }
}

/// What was acknowledged, by whom and when, as it is kept and served.
fn evidence(document: &Document, asked: &Acknowledgement, at: DateTime<Utc>) -> String {
    let sent = match &asked.answer {
        Answer::Asked { at } => at.to_rfc3339(),
        Answer::Sending
        | Answer::Undeliverable { .. }
        | Answer::Acknowledged { .. }
        | Answer::Declined { .. } => "-".to_owned(),
    };
    format!(
        "Acknowledgement of a statement of work, by a link sent to the address below.\n\n\
         Document: {}\nPartner (MPN ID): {}\nAcknowledged by: {} <{}>\nLink sent: {sent}\n\
         Acknowledged: {}\nSHA-256 of the statement: {}\n\nThe statement, word for word:\n\n{}\n",
        document.id,
        document.mpn_id,
        asked.name.as_str(),
        asked.email.as_str(),
        at.to_rfc3339(),
        asked.statement_sha256.as_str(),
        asked.statement.as_str(),
    )
}
