//! The indexes that lists are read from, and what a claim has in them.
//!
//! Every index is a sorted set of one partition. All but one have no scores and are ordered by
//! their members: ids of claims are ordered by the time of submission, so such a set is read in
//! that order from any claim on, whatever has changed meanwhile. What is asked of them is the
//! business of `search`.
//!
//! Addresses of people stand in their index as digests of the folded address, without a secret. The
//! claims lie in the same Redis with the addresses in them, so whoever can read the index can read
//! those, and a secret would protect nothing more; it would only have to be known to every command
//! that writes, checks or restores, and could never be changed. What the digest is for: an index
//! and what is said about a wrong entry of it name nobody, and every entry is equally short. What
//! it is not: whoever has a digest can tell whether an address that they guess is the one.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::claim::identity::EmailAddress;
use crate::claim::{Claim, ClaimId, ItemKey, Submission};
use crate::store::batch::Batch;
use crate::store::search::prefix::folded;
use crate::store::{Commit, Keys};

/// Longest beginning of a name or domain that is indexed, in bytes.
pub(super) const BEGINNING_MAX: usize = 64;
/// Bytes of the digest of an address: among 2^48 addresses two are likely to share one, and what is
/// found by it is compared with the address itself.
const MAIL_DIGEST: usize = 12;

/// What a claim has in one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// The key of the index.
    pub key: String,
    /// What stands for the claim.
    pub member: String,
    /// What it is ordered by before its member: nothing, or an instant in ms.
    pub score: i64,
}

/// Everything that a claim has in indexes, but for the one of closed claims.
pub(super) fn of_claim(keys: &Keys, claim: &Claim) -> Vec<IndexEntry> {
    let mut entries = of_state(keys, claim);
    entries.extend(of_submission(keys, claim));
    entries
}

/// What follows from where the claim stands.
fn of_state(keys: &Keys, claim: &Claim) -> Vec<IndexEntry> {
    let (partition, member) = (claim.id.partition(), claim.id.to_string());
    let by_status = keys.by_status(partition, claim.status());
    let mut entries = vec![IndexEntry { key: by_status, member: member.clone(), score: 0 }];
    entries.extend(claim.running_window().map(|window| IndexEntry {
        key: keys.by_closing(partition),
        member,
        score: window.closes_at().timestamp_millis(),
    }));
    entries
}

/// What follows from what was submitted, and changes only with an amendment.
#[must_use]
pub fn of_submission(keys: &Keys, claim: &Claim) -> Vec<IndexEntry> {
    let (partition, submission) = (claim.id.partition(), &claim.submission);
    let customer = &submission.customer;
    let entry = |key, member| IndexEntry { key, member, score: 0 };
    let id = claim.id.to_string();
    let mut entries = vec![
        entry(keys.by_partner(partition, &submission.partner.mpn_id), id.clone()),
        entry(keys.by_source(partition, &submission.source), id.clone()),
        entry(keys.by_tenant(&customer.tenant_id), id),
        entry(keys.by_name(partition), spelled(submission.name.as_str(), claim.id)),
        entry(keys.by_domain(partition), spelled(customer.domain.unicode(), claim.id)),
    ];
    // Two products of one subscription are one item, and one person can be two contacts.
    let items: BTreeSet<String> =
        submission.items.iter().map(|item| before_item(&item.into())).collect();
    let mails: BTreeSet<String> = mail_addresses(submission).map(before_mail).collect();
    let exact = |key: String, before: String| entry(key, format!("{before}{}", claim.id));
    entries.extend(items.into_iter().map(|item| exact(keys.by_item(partition), item)));
    entries.extend(mails.into_iter().map(|mail| exact(keys.by_mail(partition), mail)));
    entries
}

/// The addresses by which a claim is found: the customer's contact's, the technical contact's and
/// the partner's contact's.
pub(super) fn mail_addresses(submission: &Submission) -> impl Iterator<Item = &EmailAddress> {
    let customer = &submission.customer;
    let technical = customer.technical_contact.as_ref().map(|contact| &contact.email);
    [&customer.contact.email, &submission.partner.contact.email].into_iter().chain(technical)
}

/// What stands before the claim in the index of items.
pub(super) fn before_item(item: &ItemKey) -> String {
    format!("{item}\0")
}

/// What stands before the claim in the index of mail addresses.
pub(super) fn before_mail(address: &EmailAddress) -> String {
    let digest = Sha256::digest(folded(address.as_str()));
    format!("{}\0", hex::encode(&digest[..MAIL_DIGEST]))
}

/// The member of an index of names: text has no zero byte, so names come before longer ones that
/// begin with them.
fn spelled(text: &str, id: ClaimId) -> String {
    let folded = folded(text);
    format!("{}\0{id}", beginning(&folded))
}

/// As much of a folded text as is indexed.
pub(super) fn beginning(folded: &str) -> &str {
    &folded[..folded.floor_char_boundary(BEGINNING_MAX)]
}

/// The claim that a member of any index stands for.
#[must_use]
pub fn claim_of_member(member: &str) -> Option<ClaimId> {
    let id = member.rsplit_once('\0').map_or(member, |(_, id)| id);
    ClaimId::parse(id).ok()
}

/// Makes the indexes say of the claim what it is after the commit.
pub(super) fn write(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>) {
    let after = commit.after;
    let (mut old, mut new) = (Vec::new(), of_state(keys, after));
    if let Some(before) = commit.before {
        old = of_state(keys, before);
    }
    let same = commit.before.is_some_and(|b| Arc::ptr_eq(&b.submission, &after.submission));
    if !same {
        new.extend(of_submission(keys, after));
        old.extend(commit.before.iter().flat_map(|before| of_submission(keys, before)));
    }
    for entry in new.iter().filter(|entry| !old.contains(entry)) {
        batch.write("ZADD", entry.key.clone(), &[&entry.score, &entry.member]);
    }
    let stays = |gone: &IndexEntry| {
        new.iter().any(|entry| (&entry.key, &entry.member) == (&gone.key, &gone.member))
    };
    for entry in old.iter().filter(|entry| !stays(entry)) {
        batch.write("ZREM", entry.key.clone(), &[&entry.member]);
    }
    // A claim that is closed stays so.
    let was_closed = commit.before.is_some_and(|before| before.status().is_closed());
    if after.status().is_closed() && !was_closed {
        let (by_closed, id) = (keys.by_closed(after.id.partition()), after.id.to_string());
        batch.write("ZADD", by_closed, &[&after.changed_at.timestamp_millis(), &id]);
    }
    if commit.before.is_none() {
        batch.write("INCR", keys.submissions(after.id.partition()), &[]);
    }
}
