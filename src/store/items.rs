//! Who has an item, and which grants are open: the keys that keep partners apart.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::item::Item;
use crate::claim::state::State;
use crate::store::batch::Batch;
use crate::store::{Commit, Keys};

/// What an item's key says about who has it.
fn item_record(claim: &Claim, since: DateTime<Utc>, official: bool) -> String {
    let kind = if official { "associated" } else { "held" };
    let mpn_id = &claim.submission.partner.mpn_id;
    format!("{} {mpn_id} {kind} {}", claim.id, since.timestamp_millis())
}

/// The field of a grant in its tenant's hash.
pub(super) fn grant_field(claim: &Claim, item: &Item) -> String {
    format!("{} {}", claim.submission.partner.mpn_id, item.key())
}

/// Takes the items and grants of a claim as a restore does: held since `since` says, by item key.
pub(super) fn write_held(
    batch: &mut Batch,
    keys: &Keys,
    claim: &Claim,
    since: impl Fn(&str) -> Option<DateTime<Utc>>,
) {
    let tenant_id = &claim.submission.customer.tenant_id;
    for item in claim.held_items() {
        let official = match &claim.state {
            State::Associated { association } => Some(association.since),
            _ => None,
        };
        let held = since(&item.key()).unwrap_or(claim.changed_at);
        let record = item_record(claim, official.unwrap_or(held), official.is_some());
        batch.write("SET", keys.item(tenant_id, item), &[&record]);
        if let Some(since) = official {
            let value = format!("{} {}", claim.id, since.timestamp_millis());
            batch.write("HSET", keys.grants(tenant_id), &[&grant_field(claim, item), &value]);
        }
    }
}

/// Takes and frees items and grants, as the claim before and after the commit has them.
pub(super) fn write(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>) {
    let (after, before) = (commit.after, commit.before);
    let tenant_id = &after.submission.customer.tenant_id;
    let held = before.map(Claim::held_items).unwrap_or_default();
    let official_since = |claim: &Claim| match &claim.state {
        State::Associated { association } => Some(association.since),
        _ => None,
    };
    let was_official = before.and_then(official_since).is_some();
    let now_official = official_since(after);
    for item in after.held_items() {
        let grant = grant_field(after, item);
        match now_official {
            Some(since) if !was_official => {
                let value = format!("{} {}", after.id, since.timestamp_millis());
                let record = item_record(after, since, true);
                batch.write("SET", keys.item(tenant_id, item), &[&record]);
                batch.write("HSET", keys.grants(tenant_id), &[&grant, &value]);
            }
            None if !held.contains(item) => {
                let record = item_record(after, after.changed_at, false);
                batch.write("SET", keys.item(tenant_id, item), &[&record]);
            }
            Some(_) | None => {}
        }
    }
    for item in held.iter().filter(|item| !after.held_items().contains(item)) {
        batch.write("DEL", keys.item(tenant_id, item), &[]);
    }
    if let (Some(before), true, None) = (before, was_official, now_official) {
        for item in &before.submission.items {
            batch.write("HDEL", keys.grants(tenant_id), &[&grant_field(before, item)]);
        }
    }
}
