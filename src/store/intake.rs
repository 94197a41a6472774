//! The intake: raw submissions that upstream systems push, and the record that makes a source's
//! own key answer with one claim only.
//!
//! The intake lives in one slot and claims live in others, so an entry leaves it after the commit
//! that made it a claim; a crash in between submits it again, which is harmless.

use chrono::{DateTime, Utc};
use redis::Value;

use crate::claim::Submission;
use crate::claim::identity::{ClaimId, IdempotencyKey, Source};
use crate::store::agenda::{DeadLetter, Lease};
use crate::store::keys::IntakePart;
use crate::store::{Instant, Store, StoreError};

/// A raw submission under a lease.
#[derive(Debug)]
pub struct RawSubmission {
    /// The right to work it.
    pub lease: Lease,
    /// What was pushed, as it came.
    pub raw: Vec<u8>,
}

/// What a source's own key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRecord {
    /// It was free and now belongs to the claim that was offered.
    New,
    /// It belongs to this claim, and the body was the same.
    Same(ClaimId),
    /// It belongs to this claim, and the body was another one.
    Different {
        /// The claim.
        claim_id: ClaimId,
        /// SHA-256 of the body it was made from, in hex.
        digest: String,
    },
}

impl Store {
    /// Takes raw submissions under leases that end at `lease_end`; also says how many are left.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn take_intake(
        &self,
        limit: usize,
        bytes_max: usize,
        token: &str,
        lease_end: DateTime<Utc>,
        at: Instant,
    ) -> Result<(Vec<RawSubmission>, usize), StoreError> {
        let doing = "take submissions from the intake";
        let letter = DeadLetter {
            attempts: 1,
            error: format!("the entry is longer than {bytes_max} bytes"),
            at: at.now,
        };
        let letter = serde_json::to_string(&letter)
            .map_err(|error| StoreError::malformed("write a dead letter", error))?;
        let mut invocation = self.scripts.intake_take.prepare_invoke();
        invocation.key(self.keys.intake());
        for part in [
            IntakePart::Running,
            IntakePart::Attempts,
            IntakePart::Taken,
            IntakePart::Sequence,
            IntakePart::Dead,
            IntakePart::DeadLetters,
        ] {
            invocation.key(self.keys.intake_part(part));
        }
        invocation.arg(at.real.timestamp_millis()).arg(lease_end.timestamp_millis());
        invocation.arg(self.fence(token));
        invocation.arg(limit).arg(bytes_max).arg(at.now.timestamp_millis()).arg(letter);
        let mut connection = self.connection();
        let reply: Vec<Value> =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        let left = match reply.first() {
            Some(Value::Int(left)) => usize::try_from(*left).unwrap_or_default(),
            _ => return Err(StoreError::malformed(doing, format!("reply {reply:?}"))),
        };
        Ok((reply.iter().skip(1).filter_map(read_entry).collect(), left))
    }

    /// How long the intake list is.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn intake_length(&self) -> Result<usize, StoreError> {
        let mut connection = self.connection();
        redis::cmd("LLEN")
            .arg(self.keys.intake())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the length of the intake"))
    }

    /// Gives the source's own key of `submission` to `claim_id` unless it belongs to one already.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or holds something else under that key.
    pub async fn record_key(
        &self,
        submission: &Submission,
        digest: &str,
        claim_id: ClaimId,
    ) -> Result<KeyRecord, StoreError> {
        let key = self.keys.submission(&submission.source, &submission.idempotency_key);
        let doing = || format!("record the key of a submission of {}", submission.source);
        let mut connection = self.connection();
        let found: Option<String> = redis::cmd("SET")
            .arg(key)
            .arg(format!("{claim_id} {digest}"))
            .arg("NX")
            .arg("GET")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let Some(found) = found else { return Ok(KeyRecord::New) };
        let (claim_id, there) = found
            .split_once(' ')
            .and_then(|(id, there)| Some((ClaimId::parse(id).ok()?, there)))
            .ok_or_else(|| StoreError::malformed(doing(), format!("the record `{found}`")))?;
        if there == digest {
            return Ok(KeyRecord::Same(claim_id));
        }
        Ok(KeyRecord::Different { claim_id, digest: there.to_owned() })
    }

    /// The claim that a source's own key belongs to, if it belongs to one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn claim_of_key(
        &self,
        source: &Source,
        key: &IdempotencyKey,
    ) -> Result<Option<ClaimId>, StoreError> {
        let record = self.text_of(&self.keys.submission(source, key)).await?;
        let id = record.as_deref().and_then(|record| record.split(' ').next());
        Ok(id.and_then(|id| ClaimId::parse(id).ok()))
    }
}

fn read_entry(value: &Value) -> Option<RawSubmission> {
    let Value::Array(parts) = value else { return None };
    let [Value::BulkString(entry), Value::BulkString(record), Value::BulkString(raw)] =
        parts.as_slice()
    else {
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(RawSubmission { lease: Lease::on_intake(text(entry), text(record)), raw: raw.clone() })
}
