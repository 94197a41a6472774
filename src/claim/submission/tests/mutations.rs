//! Rubbish that looks like a submission: the parser answers, whatever it is given.
//!
//! The seed is printed with a failure; set `CPOR_SEED` to it to see the same again.

use super::*;

/// A small generator (splitmix64), so that a seed gives the same bytes everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const PIECES: [&[u8]; 16] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"0",
    b"-1e9",
    b"\\u0000",
    b"\\ud83d",
    b"\xe2\x80\xae",
    b"\xff",
    b"\"v\":1,",
    b"{\"workload\":\"teams\"},",
];

/// One to eight small changes: bytes flipped, cut out, doubled, or pieces put in.
fn mutated(random: &mut Random, base: &str) -> Vec<u8> {
    let mut bytes = base.as_bytes().to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        let to = (at + random.below(40)).min(bytes.len());
        match random.below(4) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 if to - at < bytes.len() => drop(bytes.drain(at..to)),
            2 => {
                let doubled = bytes[at..to].to_vec();
                bytes.splice(at..at, doubled);
            }
            _ => drop(bytes.splice(at..at, random.pick(&PIECES).iter().copied())),
        }
    }
    bytes
}

#[test]
fn rubbish_is_answered_with_findings_or_is_sound() {
    let seed = std::env::var("CPOR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(0x0c90_2026);
    let catalog = Catalog::built_in().unwrap();
    let policy = SubmissionPolicy { technical_contact_required: true };
    let bases = [MICROSOFT_365, BUSINESS_APPLICATIONS, REVENUE_ASSOCIATION];
    let mut random = Random(seed);
    for round in 0..5_000 {
        let base = random.pick(&bases);
        let raw = mutated(&mut random, base);
        let place = || format!("seed {seed}, round {round}: {}", String::from_utf8_lossy(&raw));
        match Submission::parse(&raw, &catalog, &policy, today()) {
            Ok(submission) => {
                let canonical = submission.canonical_json();
                let again = Submission::parse(canonical.as_bytes(), &catalog, &policy, today());
                assert_eq!(again.as_ref(), Ok(&submission), "{}", place());
            }
            Err(findings) => {
                assert!(!findings.is_empty(), "{}", place());
                assert!(findings.len() <= Submission::FINDINGS_MAX, "{}", place());
                for finding in findings {
                    assert!(finding.field.len() < 500 && finding.message.len() < 2_000);
                    assert!(!finding.field.chars().any(char::is_control), "{}", place());
                }
            }
        }
    }
}
