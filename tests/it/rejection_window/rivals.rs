//! Many partners, few items: never two active associations on one item, whoever decides what when.

use std::collections::BTreeMap;

use cpor::claim::command::Command;
use cpor::claim::item::Item as ClaimedItem;
use cpor::claim::{ClaimId, Status};
use cpor::ledger::LedgerError;
use cpor::testkit::{World, a_claim_of};
use cpor_jobs::Item;
use futures_util::future::join_all;
use rand::seq::SliceRandom as _;
use uuid::Uuid;

use super::FRIDAY;

const ITEMS: usize = 10;
const RIVALS: usize = 10;

/// Workloads of the catalogue.
const WORKLOADS: [&str; ITEMS] = [
    "exchange",
    "sharepoint",
    "teams",
    "teams_meetings",
    "teams_phone",
    "teams_platform",
    "microsoft_365_apps",
    "viva_insights",
    "viva_learning",
    "intune",
];

fn claims_of(tenants: &[(Uuid, &str)], mpn_id: &str) -> Vec<String> {
    let pairs = tenants.iter().flat_map(|tenant| WORKLOADS.map(|workload| (*tenant, workload)));
    let claim = |((tenant_id, domain), workload): ((Uuid, &str), &str)| {
        let mut claim = a_claim_of(mpn_id);
        claim.customer.tenant_id = tenant_id;
        domain.clone_into(&mut claim.customer.domain);
        claim.customer.contact.email = format!("it@{domain}");
        claim.items = vec![Item::workload(workload)];
        claim.to_json().unwrap()
    };
    pairs.map(claim).collect()
}

/// The claims on each item that are official now.
async fn official(world: &World) -> BTreeMap<String, Vec<ClaimId>> {
    let mut found: BTreeMap<String, Vec<ClaimId>> = BTreeMap::new();
    for claim in world.claims().await {
        if claim.status() == Status::Associated {
            let items = claim.submission.items.iter().map(ClaimedItem::key);
            let tenant_id = claim.submission.customer.tenant_id;
            for item in items {
                found.entry(format!("{tenant_id} {item}")).or_default().push(claim.id);
            }
        }
    }
    found
}

/// Decides for the claim, and lets its customer agree at once; what is refused has lost a race.
async fn win(world: &World, rival: ClaimId) {
    let why = "The newest proof.".to_owned();
    match world.ledger().arbitrate(rival, true, why, "reviewer").await {
        Ok(_) | Err(LedgerError::Refused { .. } | LedgerError::Contended { .. }) => {}
        Err(error) => panic!("{error}"),
    }
    let received_at = world.now().await;
    let confirm = Command::Confirm { received_at };
    match world.ledger().apply(rival, &confirm, "customer").await {
        Ok(_) | Err(LedgerError::Refused { .. } | LedgerError::Contended { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_contests_at_once_leave_one_partner_on_each_of_twenty_items() {
    let world = World::starting(FRIDAY).await;
    let tenants = [(Uuid::new_v4(), "one.example"), (Uuid::new_v4(), "two.example")];
    let directory = tenants
        .map(|(id, domain)| format!("[[tenant]]\nid = \"{id}\"\ndomains = [\"{domain}\"]\n"));
    world.write_directory(&directory.concat());
    world.intake(claims_of(&tenants, "1234567")).await;
    world.travel_to("2026-11-28T00:00:00Z").await;
    assert_eq!(official(&world).await.len(), ITEMS * tenants.len());
    let mut rivals = Vec::new();
    for number in 0..RIVALS {
        rivals.extend(claims_of(&tenants, &format!("{}", 7_000_000 + number)));
    }
    assert_eq!(rivals.len(), 200);
    world.intake(rivals).await;
    let mut contested: Vec<ClaimId> = Vec::new();
    for claim in world.claims().await {
        if claim.status() == Status::Contested {
            contested.push(claim.id);
        }
    }
    assert_eq!(contested.len(), 200, "everybody finds the item taken");
    // The incumbents have had their time to answer.
    world.travel_to("2026-12-08T00:00:00Z").await;
    contested.shuffle(&mut rand::rng());
    for some in contested.chunks(50) {
        join_all(some.iter().map(|rival| win(&world, *rival))).await;
        world.settle().await;
        let twice: Vec<_> =
            official(&world).await.into_iter().filter(|(_, claims)| claims.len() > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
    world.travel_to("2027-01-31T00:00:00Z").await;
    let official = official(&world).await;
    assert_eq!(official.len(), ITEMS * tenants.len(), "every item has found its partner");
    assert!(official.values().all(|claims| claims.len() == 1), "{official:?}");
    assert_eq!(world.broken_invariants().await, []);
}
