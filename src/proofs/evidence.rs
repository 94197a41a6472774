//! What is kept of an acknowledgement: who acknowledged what, when, and how it was known that the
//! answer came by the link. It is written once, in English, like a record in a register; the
//! statement in it is in the language in which it was read.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{Document, Proved, Sent};
use crate::claim::identity::Sha256Digest;

impl Document {
    /// The evidence of an answer that is given now, and its digest.
    pub(super) fn evidence(
        &self,
        proved: Proved,
        at: DateTime<Utc>,
    ) -> Option<(String, Sha256Digest)> {
        let asked = self.acknowledgement.as_ref()?;
        let sent = match &asked.sent {
            Some(Sent { at, message_id }) => format!(
                "{}, when the customer's mail server accepted {message_id}",
                at.to_rfc3339()
            ),
            // It was answered before the worker could write down that it was sent.
            None => "just now".to_owned(),
        };
        let rows = [
            ("Document", self.id.to_string()),
            ("Partner (MPN ID)", self.mpn_id.to_string()),
            (
                "Asked by",
                format!("{} <{}>", asked.partner_name.as_str(), asked.partner_email.as_str()),
            ),
            ("Tenant", format!("{} ({})", asked.tenant_id, asked.domain.unicode())),
            ("Acknowledged by", format!("{} <{}>", asked.name.as_str(), asked.email.as_str())),
            ("Acknowledged at", at.to_rfc3339()),
            ("Chosen at, in the first of two steps", proved.chosen_at.to_rfc3339()),
            ("Link asked for at", self.uploaded_at.to_rfc3339()),
            ("Link sent at", sent),
            (
                "Link proved by",
                format!(
                    "its token, an HMAC-SHA256 of this document's id with key {} of this \
                     deployment; it was sent to the address above, at a domain that the tenant \
                     directory says is the tenant's, and to nobody else",
                    proved.key.0
                ),
            ),
            ("SHA-256 of the statement", asked.statement_sha256.as_str().to_owned()),
        ];
        let rows: Vec<String> =
            rows.iter().map(|(what, value)| format!("{what}: {value}")).collect();
        let text = format!(
            "Acknowledgement of a statement of work, by a link\n\n{}\n\nThe statement, word for \
             word:\n\n{}\n",
            rows.join("\n"),
            asked.statement.as_str()
        );
        let sha256 = Sha256Digest::parse(&hex::encode(Sha256::digest(&text))).ok()?;
        Some((text, sha256))
    }
}
