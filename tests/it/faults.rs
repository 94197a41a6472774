//! What goes wrong outside, and what must not go wrong because of it (`reliability.md`,
//! section 4).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod leases;
mod notices;
mod redis_trouble;
mod rubbish;
mod stop;

use std::fmt::Write as _;

use chrono::TimeDelta;
use cpor::check::{InvariantReport, Patience, check};
use cpor::testkit::{World, a_claim};
use cpor::travel::{settle, travel};
use cpor_jobs::SubmitClaim;
use uuid::Uuid;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// Patience in which a test that takes seconds sees what would else take minutes.
const PATIENCE: Patience =
    Patience { lease: TimeDelta::seconds(30), notice: TimeDelta::minutes(15), kept: None };

/// A claim that passes, on a tenant of its own.
pub fn claim_number(number: u32) -> SubmitClaim {
    let mut claim = a_claim();
    claim.idempotency_key = format!("claim-{number}");
    claim.customer.tenant_id = tenant(number);
    claim.customer.domain = format!("customer-{number}.example");
    claim.customer.contact.email = format!("it@customer-{number}.example");
    claim
}

fn tenant(number: u32) -> Uuid {
    Uuid::from_u128(0xc0de_0000_0000_4000_8000_0000_0000_0000 + u128::from(number))
}

/// A directory file that knows the tenants of the first `count` claims.
pub fn directory(count: u32) -> String {
    (0..count).fold(String::new(), |mut file, number| {
        let id = tenant(number);
        writeln!(file, "[[tenant]]\nid = \"{id}\"\ndomains = [\"customer-{number}.example\"]")
            .unwrap();
        file
    })
}

/// Waits for so many mails; gives up when nothing more comes until time goes on.
pub async fn until_mails(world: &World, count: usize) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(1));
    let enough = async {
        while world.mails().len() < count {
            ticks.tick().await;
        }
    };
    tokio::select! {
        () = enough => {}
        () = patiently_settled(world) => {}
    }
}

/// What a client does whose server is not there for a while: it asks again.
pub async fn patiently_settled(world: &World) {
    while settle(world.ledger()).await.is_err() {}
}

/// Travels as such a client does.
pub async fn patient_travel(world: &World, to: &str) {
    let to = to.parse().unwrap();
    while travel(world.ledger(), to).await.is_err() {}
}

/// The invariants that do not hold.
pub async fn violations(world: &World) -> Vec<InvariantReport> {
    let documents = world.app().documents(world.app().depot().unwrap());
    let kept = Patience::of(world.settings()).kept;
    let patience = Patience { kept, ..PATIENCE };
    let reports = check(world.ledger(), &documents, patience).await.unwrap();
    reports.into_iter().filter(|report| report.violations > 0).collect()
}
