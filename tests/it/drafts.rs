//! Drafts inside: nothing is lost or doubled, whoever crashes or is faster, and what expires.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeSet;

use cpor::claim::Status;
use cpor::claim::identity::MpnId;
use cpor::drafts::{DraftContent, DraftError, DraftId, DraftState};
use cpor::ledger::Submitted;
use cpor::testkit::{World, a_claim};
use cpor_jobs::SubmitClaim;
use futures_util::future::join_all;
use serde_json::Value;

use crate::backup::{backup, restored};
use crate::faults::violations;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// What a draft says that becomes this claim.
pub fn content_of(claim: &SubmitClaim) -> Value {
    let mut json: Value = serde_json::from_str(&claim.to_json().unwrap()).unwrap();
    for field in ["v", "source", "idempotency_key"] {
        json.as_object_mut().unwrap().remove(field);
    }
    json
}

pub fn content(claim: &SubmitClaim) -> DraftContent {
    serde_json::from_value(content_of(claim)).unwrap()
}

pub fn own() -> MpnId {
    MpnId::parse(&a_claim().partner.mpn_id).unwrap()
}

#[tokio::test]
async fn changes_of_different_fields_are_merged_where_somebody_asks_for_it() {
    let world = World::starting(FRIDAY).await;
    let drafts = world.app().drafts();
    let draft = drafts.create(&own(), DraftContent::default(), "ada").await.unwrap();
    let rename = |content: &mut DraftContent| content.name = Some("Teams".to_owned());
    let comment = |content: &mut DraftContent| content.comment = Some("Pilot.".to_owned());
    drafts.merge(&own(), draft.id, 1, rename, "ada").await.unwrap();
    let merged = drafts.merge(&own(), draft.id, 1, comment, "ben").await.unwrap();
    let said = (merged.content.name.as_deref(), merged.content.comment.as_deref());
    assert_eq!((said, merged.revision), ((Some("Teams"), Some("Pilot.")), 3));
    let other = |content: &mut DraftContent| content.name = Some("Exchange".to_owned());
    let refused = drafts.merge(&own(), draft.id, 1, other, "ben").await;
    assert!(matches!(refused, Err(DraftError::Changed(_))), "{refused:?}");
}

#[tokio::test]
async fn many_people_at_one_draft_lose_nothing() {
    let world = World::starting(FRIDAY).await;
    let drafts = world.app().drafts();
    let id = drafts.create(&own(), DraftContent::default(), "ada").await.unwrap().id;
    let attempts = (0..8).map(|number| {
        let drafts = drafts.clone();
        async move {
            let name = DraftContent { name: Some(format!("{number}")), ..DraftContent::default() };
            drafts.save(&own(), id, 1, name, "somebody").await
        }
    });
    let saved = join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = saved.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 7));
    assert!(lost.iter().all(|lost| matches!(lost, Err(DraftError::Changed(_)))), "{lost:?}");
    assert_eq!(drafts.find(None, id).await.unwrap().revision, 2);
}

#[tokio::test]
async fn a_crash_between_claim_and_lock_is_made_good_by_submitting_again() {
    let world = World::starting(FRIDAY).await;
    let (drafts, store) = (world.app().drafts(), world.ledger().store());
    let draft = drafts.create(&own(), content(&a_claim()), "ada").await.unwrap();
    let at = world.ledger().clock().instant().await.unwrap();
    let mut closed = draft.changed(draft.content.clone(), "ada", at.now);
    closed.state = DraftState::Submitting;
    assert!(store.write_draft(Some(1), &closed, at).await.unwrap());
    // Nobody changes it meanwhile.
    let changed = drafts.save(&own(), draft.id, 2, DraftContent::default(), "ben").await;
    assert!(matches!(changed, Err(DraftError::Locked { claim_id: None, .. })), "{changed:?}");
    let first = drafts.submit(&own(), draft.id, Some(1), "ada").await.unwrap();
    let Submitted::Accepted(claim_id) = first else { panic!("{first:?}") };
    // As if the draft had not been locked: the claim is there, and so is the unlocked draft.
    let locked = store.draft(draft.id).await.unwrap().unwrap();
    assert!(store.write_draft(Some(locked.revision), &closed, at).await.unwrap());
    let again = drafts.submit(&own(), draft.id, None, "ben").await.unwrap();
    assert_eq!(again, Submitted::Repeated(claim_id));
    assert_eq!(store.draft(draft.id).await.unwrap().unwrap().claim_id(), Some(claim_id));
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    assert_eq!(violations(&world).await, []);
}

#[tokio::test]
async fn what_cannot_be_submitted_after_a_crash_can_be_changed_again() {
    let world = World::starting(FRIDAY).await;
    let (drafts, store) = (world.app().drafts(), world.ledger().store());
    let draft = drafts.create(&own(), DraftContent::default(), "ada").await.unwrap();
    let at = world.ledger().clock().instant().await.unwrap();
    let mut closed = draft.clone();
    (closed.state, closed.revision) = (DraftState::Submitting, 2);
    assert!(store.write_draft(Some(1), &closed, at).await.unwrap());
    let refused = drafts.submit(&own(), draft.id, None, "ada").await.unwrap();
    assert!(matches!(refused, Submitted::Refused(_)), "{refused:?}");
    let open = drafts.find(None, draft.id).await.unwrap();
    assert_eq!(open.state, DraftState::Open);
    let saved = drafts.save(&own(), draft.id, open.revision, content(&a_claim()), "ada").await;
    let submitted = drafts.submit(&own(), draft.id, Some(saved.unwrap().revision), "ada").await;
    assert!(matches!(submitted, Ok(Submitted::Accepted(_))), "{submitted:?}");
    world.settle().await;
}

#[tokio::test]
async fn a_draft_submitted_by_many_at_once_is_one_claim() {
    let world = World::starting(FRIDAY).await;
    let drafts = world.app().drafts();
    let id = drafts.create(&own(), content(&a_claim()), "ada").await.unwrap().id;
    let submits = (0..8).map(|_| {
        let drafts = drafts.clone();
        async move { drafts.submit(&own(), id, None, "somebody").await.unwrap() }
    });
    let all = join_all(submits).await;
    let ids = all.iter().map(|submitted| submitted.claim_id().unwrap());
    let ids: BTreeSet<_> = ids.collect();
    assert_eq!(ids.len(), 1, "{all:?}");
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn a_draft_that_nobody_touches_expires_and_is_removed() {
    let world = World::configured(FRIDAY, &[("drafts.retention_days", "2")]).await;
    let drafts = world.app().drafts();
    let old = drafts.create(&own(), DraftContent::default(), "ada").await.unwrap();
    let kept = drafts.create(&own(), DraftContent::default(), "ada").await.unwrap();
    world.travel_to("2026-11-21T15:00:00Z").await;
    drafts.save(&own(), kept.id, 1, content(&a_claim()), "ada").await.unwrap();
    world.travel_to("2026-11-22T14:59:59Z").await;
    assert!(drafts.find(None, old.id).await.is_ok());
    world.travel_to("2026-11-22T15:00:00Z").await;
    assert!(matches!(drafts.find(None, old.id).await, Err(DraftError::NotThere(_))));
    let listed = drafts.list(&own(), None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|draft| draft.id).collect::<Vec<_>>(), [kept.id]);
    let store = world.ledger().store();
    assert_eq!(
        (drafts.remove_expired().await.unwrap(), store.count_drafts().await.unwrap()),
        (1, 1)
    );
    assert!(store.draft(old.id).await.unwrap().is_none());
}

#[tokio::test]
async fn drafts_survive_a_backup_with_their_indexes() {
    let world = World::starting(FRIDAY).await;
    let drafts = world.app().drafts();
    let draft = drafts.create(&own(), content(&a_claim()), "ada").await.unwrap();
    let (file, _) = backup(&world).await;
    let again = restored(&world, &file).await;
    let drafts = again.app().drafts();
    assert_eq!(drafts.list(&own(), None, 10).await.unwrap(), std::slice::from_ref(&draft));
    assert_eq!(again.ledger().store().count_drafts().await.unwrap(), 1);
    let unknown = DraftId::new(draft.created_at, 0, [7; 8]);
    assert!(matches!(drafts.find(None, unknown).await, Err(DraftError::NotThere(_))));
}
