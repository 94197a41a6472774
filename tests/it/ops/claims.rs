//! Finding claims.

use cpor::access::Authority;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim_of, a_dynamics_claim};
use cpor_jobs::SubmissionKey;

use super::{FRIDAY, Person};

/// A notified claim, a contested one, and one for a subscription.
async fn three(world: &World) -> [ClaimId; 3] {
    let first = world.submit(a_claim_of("1234567")).await;
    let rival = world.submit(a_claim_of("7654321")).await;
    let mut third = a_dynamics_claim();
    let key = SubmissionKey::new("crm-emea", "2026-000123");
    (third.source, third.idempotency_key) = (key.source, key.idempotency_key);
    "Sales in Ankara".clone_into(&mut third.name);
    let third = world.submit(third).await;
    [first, rival, third]
}

/// The claims that a page lists, of these.
fn listed(page: &str, claims: &[ClaimId]) -> Vec<usize> {
    let there = |at: &usize| page.contains(&format!("href=\"/ops/claims/{}\"", claims[*at]));
    (0..claims.len()).filter(there).collect()
}

#[tokio::test]
async fn one_box_finds_claims_by_whatever_is_typed() {
    let world = World::starting(FRIDAY).await;
    let claims = three(&world).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let check = async |typed: &str, expected: &[usize], understood: &str| {
        let page = reviewer.search(typed).await.text();
        assert_eq!(listed(&page, &claims), expected, "{typed}: {page}");
        assert!(page.contains(&format!("Taken for {understood}.")), "{typed}: {page}");
    };
    let (tenant, subscription) = (CUSTOMER_TENANT.to_string(), SALES_SUBSCRIPTION.to_string());
    check(&tenant, &[0, 1, 2], &format!("the tenant {tenant}")).await;
    let item = format!("the subscription subscription:{subscription}");
    check(&subscription, &[2], &item).await;
    check("7654321", &[1], "the partner 7654321").await;
    check("anadolu", &[0, 1, 2], "a domain that begins with anadolu").await;
    let domain = "anadoluelektrik.com.tr";
    check(domain, &[0, 1, 2], &format!("a domain that begins with {domain}")).await;
    check("teams", &[0, 1], "the item workload:teams").await;
    check("crm-emea", &[2], "the source crm-emea").await;
    check("contested", &[1], "the status contested").await;
    check("sales in", &[2], "a name that begins with sales in").await;
    check("nobody", &[], "a name that begins with nobody").await;
    for typed in [claims[2].to_string(), "crm-emea/2026-000123".to_owned()] {
        let found = reviewer.search(&typed).await;
        assert_eq!(found.status, 303, "{typed}: {}", found.text());
        assert_eq!(found.header("location"), format!("/ops/claims/{}", claims[2]));
    }
    for typed in ["crm-emea/unknown", "\u{202e}"] {
        let page = reviewer.search(typed).await.text();
        assert!(page.contains("Search for the id of a claim or tenant"), "{typed}: {page}");
    }
    assert_eq!(world.status(claims[1]).await, Status::Contested);
    world.travel_to("2026-11-30T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn filters_and_orders_are_in_the_link() {
    let world = World::starting(FRIDAY).await;
    let claims = three(&world).await;
    let observer = Person::of(&world, Authority::Observer).await;
    let check = async |query: &str, expected: &[usize]| {
        let page = observer.text(&format!("/ops/claims?{query}")).await;
        assert_eq!(listed(&page, &claims), expected, "{query}: {page}");
    };
    world.travel_to("2026-11-21T00:00:00Z").await;
    check("status=contested&sort=oldest", &[1]).await;
    check("status=notified&partner=1234567", &[0, 2]).await;
    check("source=crm-emea", &[2]).await;
    check("window=week&sort=closes_at", &[0, 2]).await;
    check("window=today&sort=closes_at", &[]).await;
    check("window=week&status=contested", &[]).await;
    check("item=workload:teams", &[0, 1]).await;
    check("stuck=yes", &[]).await;
    for (query, said) in [
        ("partner=abc", "Partner: "),
        ("window=never", "Window: write one of"),
        ("sort=size", "Sort: "),
        ("cursor=AAAA", "Cursor: this is not a cursor"),
    ] {
        let page = observer.text(&format!("/ops/claims?{query}")).await;
        assert!(page.contains(said), "{query}: {page}");
    }
    let page = observer.text("/ops/claims?status=contested&partner=7654321").await;
    assert!(page.contains("<option value=\"contested\" selected>"), "{page}");
    assert!(page.contains("value=\"7654321\""), "{page}");
    world.travel_to("2026-11-30T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn the_list_is_there_as_csv_for_whoever_sees_it() {
    let world = World::starting(FRIDAY).await;
    let claims = three(&world).await;
    let observer = Person::of(&world, Authority::Observer).await;
    let csv = observer.get("/ops/claims.csv?sort=oldest").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("id,status,name,"), "{text}");
    let mut ids: Vec<&str> = lines[1..].iter().filter_map(|line| line.split(',').next()).collect();
    let mut expected = claims.map(|id| id.to_string());
    ids.sort_unstable();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    assert!(!text.contains("Sales in Ankara"), "words of partners: {text}");
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let one = reviewer.get("/ops/claims.csv?q=crm-emea/2026-000123").await.text();
    assert_eq!(one.lines().count(), 2, "{one}");
    assert!(one.contains("Sales in Ankara"), "{one}");
    assert_eq!(reviewer.get("/ops/claims.csv?stuck=yes").await.text().lines().count(), 1);
    world.travel_to("2026-11-30T00:00:00Z").await;
    world.finish().await;
}
