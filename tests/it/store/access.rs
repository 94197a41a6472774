//! Who sees which usage data, through the whole life of a claim, and who has looked.

use chrono::{DateTime, Utc};
use cpor::access::Authority;
use cpor::claim::command::Command;
use cpor::claim::identity::{MpnId, TenantId};
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, ItemKey};
use cpor::store::grants::Party;
use cpor::store::search::{PageSize, Search};
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim, a_dynamics_claim};
use cpor::usage::{Figures, Month, Read, Reader, Usage, UsageSettings};
use cpor::usage_access::{Access, NoAccess, Question, access};
use cpor_jobs::Item;

use crate::journey::FRIDAY;

fn tenant() -> TenantId {
    TenantId::parse(&CUSTOMER_TENANT.to_string()).unwrap()
}

fn item(name: &str) -> ItemKey {
    ItemKey::parse(name).unwrap()
}

fn mpn(id: &str) -> MpnId {
    MpnId::parse(id).unwrap()
}

async fn asked(world: &World, mpn_id: &str, name: &str) -> Access {
    let question = Question { mpn_id: mpn(mpn_id), tenant_id: tenant(), item: item(name) };
    let answer = access(world.ledger(), &question, world.now().await).await.unwrap();
    if let Access::Denied(reason) = &answer {
        assert!(reason.sentence().ends_with('.'), "{}", reason.sentence());
    }
    answer
}

/// Compares code and claim of the answer about Teams.
async fn check(world: &World, expected: &str, claim_id: Option<ClaimId>) {
    let found = match asked(world, "1234567", "workload:teams").await {
        Access::Granted { claim_id, .. } => ("granted", Some(claim_id)),
        Access::Denied(reason) => (reason.code(), reason.claim_id()),
    };
    assert_eq!(found, (expected, claim_id));
}

async fn until(world: &World) -> Option<DateTime<Utc>> {
    match asked(world, "1234567", "workload:teams").await {
        Access::Denied(NoAccess::ClaimWaits { until, .. }) => until,
        other => panic!("it waits for nobody: {other:?}"),
    }
}

#[tokio::test]
async fn access_opens_with_the_association_and_ends_with_it() {
    let world = World::starting(FRIDAY).await;
    check(&world, "not_claimed", None).await;
    let id = world.submit(a_claim()).await;
    check(&world, "claim_waits", Some(id)).await;
    let closes_at = world.closes_at(id).await;
    assert_eq!(until(&world).await, Some(closes_at));
    world.travel_to("2026-12-01T00:00:00Z").await;
    let granted = Access::Granted { since: closes_at, claim_id: id };
    assert_eq!(asked(&world, "1234567", "workload:teams").await, granted);
    // Exactly these items, and exactly this partner.
    for (partner, name, code) in [
        ("7654321", "workload:teams", "not_claimed"),
        ("1234567", "workload:exchange", "not_claimed"),
        ("1234567", "workload:telegraph", "unknown_item"),
        ("1234567", "subscription:2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a", "not_claimed"),
    ] {
        let Access::Denied(reason) = asked(&world, partner, name).await else { panic!("{name}") };
        assert_eq!((reason.code(), reason.claim_id()), (code, None), "{partner} {name}");
    }
    let reason = EndReason::CustomerWithdrew;
    world.apply(id, Command::End { reason: reason.clone(), detail: None }).await.unwrap();
    let at = world.now().await;
    let ended = Access::Denied(NoAccess::Ended { claim_id: id, reason, at });
    assert_eq!(asked(&world, "1234567", "workload:teams").await, ended);
    // A new claim on its way explains more than one that is over.
    let again = world.submit(a_claim()).await;
    check(&world, "claim_waits", Some(again)).await;
    world.withdraw(again).await.unwrap();
    check(&world, "withdrawn", Some(again)).await;
}

#[tokio::test]
async fn every_other_end_of_a_claim_is_a_reason_of_its_own() {
    let world = World::starting(FRIDAY).await;
    let mut refused = a_claim();
    "refused@anadoluelektrik.com.tr".clone_into(&mut refused.customer.contact.email);
    let id = world.submit(refused).await;
    check(&world, "claim_waits", Some(id)).await;
    assert!(until(&world).await.is_some(), "the partner has some days to answer");
    world.travel_to("2026-12-15T00:00:00Z").await;
    check(&world, "disqualified", Some(id)).await;
    let id = world.submit(a_claim()).await;
    world.reject(id).await.unwrap();
    let at = world.now().await;
    let rejected = Access::Denied(NoAccess::Rejected { claim_id: id, at });
    assert_eq!(asked(&world, "1234567", "workload:teams").await, rejected);
}

#[tokio::test]
async fn a_contested_claim_waits_while_the_holder_sees_its_data() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    let mut other = a_claim();
    "7654321".clone_into(&mut other.partner.mpn_id);
    let id = world.submit(other).await;
    let Access::Denied(reason) = asked(&world, "7654321", "workload:teams").await else { panic!() };
    assert_eq!((reason.code(), reason.claim_id()), ("claim_waits", Some(id)));
    assert!(reason.sentence().contains("another partner"), "{}", reason.sentence());
    assert!(matches!(asked(&world, "1234567", "workload:teams").await, Access::Granted { .. }));
}

#[tokio::test]
async fn the_associations_of_a_party_have_their_grants() {
    let world = World::starting(FRIDAY).await;
    let mut wide = a_claim();
    wide.items = vec![Item::workload("teams"), Item::workload("exchange")];
    let wide = world.submit(wide).await;
    world.travel_for(chrono::TimeDelta::seconds(1)).await;
    let mut other = a_dynamics_claim();
    "7654321".clone_into(&mut other.partner.mpn_id);
    let other = world.submit(other).await;
    let waiting = |party: Party, seen_by: Option<Authority>| {
        Search::associations_of(party, seen_by, PageSize::DEFAULT)
    };
    let listed = async |party: Party, seen_by: Option<Authority>| {
        let page = world.ledger().store().associations(&waiting(party, seen_by)).await.unwrap();
        let both = page.entries.into_iter();
        let names =
            both.map(|a| (a.claim.id, a.grants.iter().map(|g| g.item.to_string()).collect()));
        names.collect::<Vec<(ClaimId, Vec<String>)>>()
    };
    assert_eq!(listed(Party::Tenant(tenant()), None).await, []);
    world.travel_to("2026-12-01T00:00:00Z").await;
    let workloads = ["workload:teams", "workload:exchange"].map(str::to_owned).to_vec();
    let subscription = vec![format!("subscription:{SALES_SUBSCRIPTION}")];
    let (first, second) = ((wide, workloads), (other, subscription));
    let both = [second.clone(), first.clone()];
    assert_eq!(listed(Party::Tenant(tenant()), None).await, both);
    assert_eq!(listed(Party::Partner(mpn("1234567")), None).await, [first]);
    let own = || Some(Authority::IncentivesAdmin(mpn("7654321")));
    assert_eq!(listed(Party::Tenant(tenant()), own()).await, [second]);
    assert_eq!(listed(Party::Partner(mpn("1234567")), own()).await, []);
    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    world.apply(wide, end).await.unwrap();
    assert_eq!(listed(Party::Partner(mpn("1234567")), None).await, []);
}

#[tokio::test]
async fn the_last_look_at_each_item_is_remembered() {
    let world = World::starting(FRIDAY).await;
    let store = world.ledger().store();
    let (teams, exchange) = (item("workload:teams"), item("workload:exchange"));
    let at = |instant: &str| instant.parse::<DateTime<Utc>>().unwrap();
    let (first, second) = (at(FRIDAY), at("2026-11-21T08:00:00Z"));
    let both = [teams.clone(), exchange.clone()];
    assert_eq!(store.looks(&tenant()).await.unwrap(), []);
    for (partner, items, at) in [
        ("1234567", &both[..], first),
        ("7654321", &both[..1], first),
        ("1234567", &both[..1], second),
    ] {
        let by = Reader::Partner(mpn(partner));
        let read = Read { at, by, items: items.to_vec(), months: None };
        store.record_read(&tenant(), &read, 2).await.unwrap();
    }
    let kept: Vec<_> =
        store.reads(&tenant(), 9).await.unwrap().iter().map(|read| read.at).collect();
    assert_eq!(kept, [second, first], "the newest two, newest first");
    let looks = store.looks(&tenant()).await.unwrap();
    let seen = looks.iter().map(|look| (look.mpn_id.as_str(), &look.item, look.at));
    let expected =
        [("1234567", &teams, second), ("1234567", &exchange, first), ("7654321", &teams, first)];
    let expected: std::collections::BTreeSet<_> = expected.into_iter().collect();
    assert_eq!(seen.collect::<std::collections::BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn figures_are_kept_for_as_many_months_as_set() {
    let world = World::starting(FRIDAY).await;
    let store = world.ledger().store();
    let teams = item("workload:teams");
    let kept = UsageSettings { retention_months: 2, figures_at_once_max: 9, reads_kept: 9 };
    let month = |text: &str| Month::parse(text).unwrap();
    let write = async |text: &str, users| {
        let figures = Figures { monthly_active_users: users, paid_units: 2, assigned_units: 1 };
        let (tenant_id, item, month) = (tenant(), teams.clone(), month(text));
        let usage = [Usage { tenant_id, item, month, figures }];
        store.write_usage(&usage, &kept, month).await.unwrap();
        let read = store.usage_of(None, &tenant(), std::slice::from_ref(&teams)).await.unwrap();
        let months = read[0].months.iter();
        months.map(|(m, f)| (m.to_string(), f.monthly_active_users)).collect::<Vec<_>>()
    };
    let of = |text: &str, users: u64| (text.to_owned(), users);
    assert_eq!(write("2026-10", 1).await, [of("2026-10", 1)]);
    assert_eq!(write("2026-11", 2).await, [of("2026-10", 1), of("2026-11", 2)]);
    assert_eq!(write("2026-11", 3).await, [of("2026-10", 1), of("2026-11", 3)]);
    assert_eq!(write("2026-12", 4).await, [of("2026-11", 3), of("2026-12", 4)]);
    assert_eq!(write("2027-06", 5).await, [of("2027-06", 5)]);
    let (kind, expires_ms) = store.nature_of(&store.keys().usage(&tenant(), &teams)).await.unwrap();
    assert_eq!(kind, "hash");
    assert!(expires_ms.unwrap() <= 3 * 31 * 86_400_000, "gone when nothing comes any more");
}
