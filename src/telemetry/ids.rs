//! The ids of traces and spans. A claim's trace needs no place to be kept: its id is the claim's
//! id, and the ids of the spans that stand for the claim as a whole follow from it. So any process
//! adds to the trace, days later and after any restart, and saying a thing twice says it once.

use opentelemetry::trace::{SpanId, TraceId};
use sha2::{Digest, Sha256};

use crate::claim::ClaimId;

/// The trace of a claim: its id, without the hyphens.
#[must_use]
pub fn trace_id(claim_id: ClaimId) -> TraceId {
    TraceId::from_bytes(claim_id.as_uuid().into_bytes())
}

/// The span that stands for the whole claim: the first eight bytes of the SHA-256 of its id.
#[must_use]
pub fn root_span_id(claim_id: ClaimId) -> SpanId {
    first_eight(Sha256::new_with_prefix(claim_id.as_uuid().as_bytes()))
}

/// A span that the commit with this revision ended: the same whoever says so, however often.
pub(super) fn span_id_at(claim_id: ClaimId, name: &str, revision: u64) -> SpanId {
    let digest = Sha256::new_with_prefix(claim_id.as_uuid().as_bytes())
        .chain_update(name)
        .chain_update(revision.to_be_bytes());
    first_eight(digest)
}

fn first_eight(digest: Sha256) -> SpanId {
    let mut id = [0; 8];
    id.iter_mut().zip(digest.finalize()).for_each(|(byte, digested)| *byte = digested);
    SpanId::from_bytes(id)
}

/// Which claims are traced: each whole or not at all, in every process alike.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampling {
    /// The least of the trace's random bits that is taken.
    threshold: u64,
}

impl Sampling {
    /// The bits of a trace id that W3C calls random are its last 56; in a claim id they are.
    const RANDOM_BITS: u32 = 56;

    /// Takes this share of all claims; 1 is all of them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the settings allow 0 to 1, which is 0 to 2^56 here"
    )]
    pub(super) fn new(ratio: f64) -> Self {
        let all = 1_u64 << Self::RANDOM_BITS;
        Self { threshold: ((1.0 - ratio) * all as f64) as u64 }
    }

    /// Whether this claim is traced.
    pub(super) fn takes(self, claim_id: ClaimId) -> bool {
        let bits = u128::from_be_bytes(claim_id.as_uuid().into_bytes());
        let random = bits & ((1 << Self::RANDOM_BITS) - 1);
        random >= u128::from(self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(random: [u8; 8]) -> ClaimId {
        ClaimId::new("2026-11-20T15:00:00Z".parse().unwrap(), 3, random)
    }

    #[test]
    fn the_trace_of_a_claim_is_its_id() {
        let id = claim([7; 8]);
        assert_eq!(trace_id(id).to_string(), id.as_uuid().simple().to_string());
    }

    #[test]
    fn spans_of_the_same_commit_are_the_same_span() {
        let id = claim([7; 8]);
        let all = [
            root_span_id(id),
            span_id_at(id, "window", 4),
            span_id_at(id, "window", 5),
            span_id_at(id, "association", 5),
            root_span_id(claim([8; 8])),
        ];
        for (n, one) in all.iter().enumerate() {
            assert!(!all[..n].contains(one));
        }
        assert_eq!(root_span_id(id), root_span_id(id));
        assert_eq!(span_id_at(id, "window", 4), span_id_at(id, "window", 4));
    }

    #[test]
    fn a_share_of_the_claims_is_a_share() {
        let ids: Vec<ClaimId> = (0..4_000).map(|_| claim(rand::random())).collect();
        let taken = |ratio| {
            let sampling = Sampling::new(ratio);
            ids.iter().filter(|id| sampling.takes(**id)).count()
        };
        assert_eq!((taken(0.0), taken(1.0)), (0, 4_000));
        assert!((1_700..2_300).contains(&taken(0.5)), "{}", taken(0.5));
        assert!((250..550).contains(&taken(0.1)), "{}", taken(0.1));
    }
}
