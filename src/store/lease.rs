//! The right to work an entry, and where that entry lies.

use cpor_jobs::Job;
use sha2::{Digest, Sha256};

use crate::claim::ClaimId;
use crate::store::Keys;
use crate::store::batch::Batch;
use crate::store::keys::IntakePart;

/// Longest member of the agenda that is shown as it is, in bytes.
const MEMBER_MAX: usize = 200;

/// The right to work an entry until the lease ends, unless it is renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub(super) place: Place,
    pub(super) job: Job,
    pub(super) entry: String,
    /// The entry as Redis has it, which may be anything.
    pub(super) member: Vec<u8>,
    record: String,
}

/// Which slot an entry lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Partition(u16),
    Intake,
}

impl Lease {
    pub(super) fn on_agenda(partition: u16, job: Job, member: &[u8], record: String) -> Self {
        let (entry, member) = (readable(member), member.to_vec());
        Self { place: Place::Partition(partition), job, entry, member, record }
    }

    pub(super) fn on_intake(entry: String, record: String) -> Self {
        let member = entry.clone().into_bytes();
        Self { place: Place::Intake, job: Job::SubmitClaim, entry, member, record }
    }

    /// The job of the entry.
    #[must_use]
    pub const fn job(&self) -> Job {
        self.job
    }

    /// The entry: a claim id, or a number on the intake; of rubbish, what can be shown of it.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The claim that the entry is of; none on the intake, where there is no claim yet.
    #[must_use]
    pub fn claim_id(&self) -> Option<ClaimId> {
        let start = self.entry.split(':').next().unwrap_or_default();
        ClaimId::parse(start).ok()
    }

    /// Attempts that have failed so far.
    #[must_use]
    pub fn failed_attempts(&self) -> u32 {
        self.record_part(0)
    }

    /// How often the entry was taken since its last outcome, this time included.
    #[must_use]
    pub fn deliveries(&self) -> u32 {
        self.record_part(1)
    }

    fn record_part(&self, part: usize) -> u32 {
        self.record.split(':').nth(part).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The lease is still ours.
    pub(super) fn guard(&self, batch: &mut Batch, keys: &Keys) {
        batch.guard(self.attempts(keys), &self.member, &self.record);
    }

    /// The entry is done.
    pub(super) fn acknowledge(&self, batch: &mut Batch, keys: &Keys) {
        batch.write("ZREM", self.running(keys), &[&self.member]);
        batch.write("HDEL", self.attempts(keys), &[&self.member]);
        if self.place == Place::Intake {
            batch.write("HDEL", keys.intake_part(IntakePart::Taken), &[&self.member]);
        }
    }

    pub(super) fn running(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.running(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Running),
        }
    }

    pub(super) fn attempts(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.attempts(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Attempts),
        }
    }

    pub(super) fn dead(&self, keys: &Keys) -> (String, String) {
        match self.place {
            Place::Partition(partition) => {
                (keys.dead(partition, self.job), keys.dead_letters(partition, self.job))
            }
            Place::Intake => {
                (keys.intake_part(IntakePart::Dead), keys.intake_part(IntakePart::DeadLetters))
            }
        }
    }

    /// The key in the slot of the entry that takers wait on, and the partition to wake.
    pub(super) fn waiting(&self, keys: &Keys) -> (String, u16) {
        match self.place {
            Place::Partition(partition) => (keys.waiting(partition), partition),
            Place::Intake => (keys.intake_part(IntakePart::Waiting), 0),
        }
    }
}

/// What can be shown of a member of the agenda; what is no short text keeps a digest, so that two
/// of them stay two.
fn readable(member: &[u8]) -> String {
    match std::str::from_utf8(member) {
        Ok(text) if text.len() <= MEMBER_MAX => text.to_owned(),
        _ => {
            let digest = hex::encode(&Sha256::digest(member)[..8]);
            let start = String::from_utf8_lossy(&member[..member.len().min(MEMBER_MAX / 4)]);
            let start: String = start.chars().take(MEMBER_MAX / 8).collect();
            format!("{}… ({} bytes, sha256 {digest}…)", start.escape_default(), member.len())
        }
    }
}
