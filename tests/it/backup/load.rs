//! Work that goes on while a backup is taken.

use std::sync::atomic::{AtomicBool, Ordering};

use cpor::claim::Command;
use cpor::claim::state::EndReason;
use cpor::ledger::Submitted;
use cpor::testkit::{World, a_claim_on};

use crate::drafts::{content, own};

/// Items change hands all the time, and drafts become claims; how often.
pub async fn change_hands(world: &World, ending: &AtomicBool) -> u32 {
    let mut turns = 0;
    while !ending.load(Ordering::Relaxed) {
        let one = world.submit(a_claim_on("yammer")).await;
        world.reject(one).await.unwrap();
        let mut other = a_claim_on("yammer");
        "7654321".clone_into(&mut other.partner.mpn_id);
        let other = world.submit(other).await;
        world.confirm(other).await.unwrap();
        let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
        world.apply(other, end).await.unwrap();
        let drafts = world.app().drafts();
        let draft = drafts.create(&own(), content(&a_claim_on("intune")), "ece").await.unwrap();
        let submitted = drafts.submit(&own(), draft.id, None, "ece").await.unwrap();
        let Submitted::Accepted(claim) = submitted else { panic!("{submitted:?}") };
        world.settle().await;
        world.withdraw(claim).await.unwrap();
        turns += 1;
    }
    turns
}
