//! What is asked about documents, and how they are written down.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::Authority;
use crate::claim::Finding;
use crate::claim::identity::{DocumentId, MpnId};
use crate::http::v1::search::page_size;
use crate::proofs::{Acknowledgement, Answer, Document, Kind, Scan};
use crate::store::search::PageSize;

/// The document in a path.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::http) struct DocumentPath {
    /// The document's id.
    #[schemars(with = "Uuid")]
    pub document_id: String,
}

/// The parameters of an upload.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadQuery {
    /// The name of the file, with its ending and without its folder, such as `sow.pdf`.
    pub name: String,
}

/// Which documents.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Of which partner (MPN ID); for a partner's people their own.
    partner: Option<String>,
    /// How many at most, 1 to 500; 100 unless given.
    limit: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What is asked for, read.
pub(super) struct Asked {
    pub mpn_id: MpnId,
    pub before: Option<DocumentId>,
    pub size: PageSize,
}

impl ListQuery {
    pub fn read(&self, authority: &Authority) -> Result<Asked, Finding> {
        let given = self.partner.as_deref().map(MpnId::parse).transpose();
        let given = given.map_err(|finding| finding.at("partner"))?;
        let mpn_id = match (authority, given) {
            (Authority::IncentivesAdmin(own), None) => own.clone(),
            (Authority::IncentivesAdmin(own), Some(given)) if *own == given => given,
            (Authority::IncentivesAdmin(_), Some(_)) => {
                let message = "These documents are not yours. Leave `partner` out.";
                return Err(Finding::new("partner", "partner_not_yours", message));
            }
            (_, Some(given)) => given,
            (_, None) => {
                return Err(Finding::new("partner", "missing", "Say of which partner."));
            }
        };
        let before = self.cursor.as_deref().map(DocumentId::parse).transpose();
        let before = before.map_err(|_| {
            Finding::new("cursor", "malformed", "Give `next_cursor` of the page before.")
        })?;
        Ok(Asked { mpn_id, before, size: page_size(self.limit.as_deref())? })
    }
}

/// Documents.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DocumentList")]
pub(super) struct List<'a> {
    /// Newest first.
    pub documents: Vec<DocumentView<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Uuid>,
}

/// A document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Document")]
pub(super) struct DocumentView<'a> {
    /// Its id, by which claims name it.
    id: Uuid,
    /// The partner whose it is.
    mpn_id: &'a str,
    /// The name it came with; not for roles that see no personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// What it is, by what is in it.
    kind: Kind,
    /// Its length in bytes.
    size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: &'a str,
    /// When it came.
    uploaded_at: DateTime<Utc>,
    /// Who sent it; not for roles that see no personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    uploaded_by: Option<&'a str>,
    /// What the scanner says.
    scan: &'a Scan,
    /// The claims that name it.
    claims: Vec<Uuid>,
    /// What the customer's contact was asked, and has answered; of kind `acknowledgement` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledgement: Option<AcknowledgementView<'a>>,
}

/// What a customer's contact was asked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Acknowledgement")]
struct AcknowledgementView<'a> {
    #[serde(flatten)]
    answer: Answer,
    /// Until when it can, or could, be answered.
    open_until: DateTime<Utc>,
    /// SHA-256 of the statement, in hexadecimal.
    statement_sha256: &'a str,
    /// The statement, word for word; not for roles that see no personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<&'a str>,
    /// Who was asked; not for roles that see no personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_name: Option<&'a str>,
    /// Where; not for roles that see no personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_email: Option<&'a str>,
}

impl<'a> AcknowledgementView<'a> {
    fn of(asked: &'a Acknowledgement, sees: bool, now: DateTime<Utc>) -> Self {
        Self {
            answer: asked.answer_at(now),
            open_until: asked.open_until,
            statement_sha256: asked.statement_sha256.as_str(),
            statement: sees.then_some(asked.statement.as_str()),
            asked_name: sees.then_some(asked.name.as_str()),
            asked_email: sees.then_some(asked.email.as_str()),
        }
    }
}

impl<'a> DocumentView<'a> {
    /// As somebody with this authority sees it now.
    pub fn of(document: &'a Document, authority: &Authority, now: DateTime<Utc>) -> Self {
        let sees = authority.sees_personal_data();
        let asked = document.acknowledgement.as_deref();
        Self {
            id: document.id.as_uuid(),
            mpn_id: document.mpn_id.as_str(),
            name: sees.then_some(document.name.as_str()),
            kind: document.kind,
            size: document.size,
            sha256: document.sha256.as_str(),
            uploaded_at: document.uploaded_at,
            uploaded_by: sees.then_some(document.uploaded_by.as_str()),
            scan: &document.scan,
            claims: document.claims.iter().map(|id| id.as_uuid()).collect(),
            acknowledgement: asked.map(|asked| AcknowledgementView::of(asked, sees, now)),
        }
    }
}
