//! The items of a claim and the grants on them: I13, I17, I19.
//!
//! Records that no claim stands behind are found by going through the records, not here.

use chrono::{DateTime, Utc};

use crate::check::Invariant::{I13, I17, I19};
use crate::check::judge::{Stored, claim_of};
use crate::check::report::Looks;
use crate::claim::item::Item;
use crate::claim::{State, Status};

pub(super) fn judge(stored: &Stored<'_>, looks: &mut Looks) {
    if let State::Associated { association } = &stored.claim.state {
        associated(stored, association.since, looks);
    }
    for (item, record) in &stored.seen.items {
        if stored.claim.held_items().contains(item) {
            held(stored, item, record.as_deref(), looks);
        } else {
            freed(stored, item, record.as_deref(), looks);
        }
    }
    if stored.claim.status() != Status::Associated {
        for (item, grant) in &stored.seen.grants {
            freed(stored, item, grant.as_deref(), looks);
        }
    }
}

fn associated(stored: &Stored<'_>, since: DateTime<Utc>, looks: &mut Looks) {
    let (id, mpn_id) = (stored.claim.id, &stored.claim.submission.partner.mpn_id);
    let since_ms = since.timestamp_millis();
    let association = format!("{id} {mpn_id} associated {since_ms}");
    let grant = format!("{id} {since_ms}");
    let pairs = [(&stored.seen.items, association), (&stored.seen.grants, grant)];
    for (records, expected) in pairs {
        for (item, record) in records {
            looks.look(I13, record.as_deref() == Some(&expected), || {
                let found = record.as_deref().unwrap_or("nothing");
                format!("{} should say `{expected}` and says `{found}`", item.key())
            });
        }
    }
}

/// A claim that has an item is the one that the item's record names, and as what it has it.
fn held(stored: &Stored<'_>, item: &Item, record: Option<&str>, looks: &mut Looks) {
    let official = stored.claim.status() == Status::Associated;
    let kind = if official { "associated" } else { "held" };
    let holds = record.is_some_and(|record| {
        claim_of(record) == Some(stored.claim.id) && record.split(' ').nth(2) == Some(kind)
    });
    let found = record.unwrap_or("nothing");
    looks.look(I17, holds, || format!("it has {}, whose record says `{found}`", item.key()));
}

fn freed(stored: &Stored<'_>, item: &Item, record: Option<&str>, looks: &mut Looks) {
    looks.look(I19, record.and_then(claim_of) != Some(stored.claim.id), || {
        format!("it is {} and still has {}", stored.claim.status(), item.key())
    });
}
