//! The documents that show that the work was done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limits;

/// One proof of execution, such as a signed statement of work.
///
/// ```
/// use cpor_jobs::ProofOfExecution;
/// use uuid::uuid;
///
/// let document_id = uuid!("0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11");
/// let proof = ProofOfExecution::uploaded(document_id);
/// assert_eq!(
///     serde_json::to_string(&proof)?,
///     r#"{"document_id":"0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum ProofOfExecution {
    /// A document that is kept elsewhere.
    Document {
        /// The document's file name.
        #[schemars(length(min = 1, max = limits::LINE_MAX))]
        name: String,
        /// SHA-256 of its bytes, 64 hexadecimal digits.
        #[schemars(regex(pattern = r"^[0-9A-Fa-f]{64}$"))]
        sha256: String,
        /// Where a reviewer finds it, usually an https address.
        #[schemars(length(min = 1, max = limits::LOCATION_MAX))]
        location: String,
    },
    /// A document that was uploaded before.
    Uploaded {
        /// The id that the upload was answered with.
        document_id: Uuid,
    },
}

impl ProofOfExecution {
    /// A document that is kept elsewhere: its file name, the SHA-256 of its bytes in hexadecimal,
    /// and where it is.
    ///
    /// ```
    /// use cpor_jobs::ProofOfExecution;
    ///
    /// let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    /// let proof = ProofOfExecution::document("sow.pdf", sha256, "https://p.example/sow.pdf");
    /// assert!(serde_json::to_string(&proof)?.starts_with(r#"{"name":"sow.pdf","sha256":"9f86"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn document(
        name: impl Into<String>,
        sha256: impl Into<String>,
        location: impl Into<String>,
    ) -> Self {
        Self::Document { name: name.into(), sha256: sha256.into(), location: location.into() }
    }

    /// A document that was uploaded before, by the id that the upload was answered with.
    ///
    /// ```
    /// use cpor_jobs::ProofOfExecution;
    /// use uuid::Uuid;
    ///
    /// let document_id = Uuid::from_u128(7);
    /// let proof = ProofOfExecution::uploaded(document_id);
    /// assert_eq!(proof, ProofOfExecution::Uploaded { document_id });
    /// ```
    #[must_use]
    pub const fn uploaded(document_id: Uuid) -> Self {
        Self::Uploaded { document_id }
    }
}
