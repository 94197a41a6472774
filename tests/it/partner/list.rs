//! The lists: only what is the partner's own, by search, filter, order and page; and as a file.

use cpor::testkit::{World, a_claim_of, a_claim_on, a_dynamics_claim};

use super::{FRIDAY, Person};

/// A world with claims of two partners.
async fn world() -> World {
    let world = World::starting(FRIDAY).await;
    let mut named = a_claim_on("exchange");
    "=Exchange for all".clone_into(&mut named.name);
    world.submit(named).await;
    world.submit(a_dynamics_claim()).await;
    let confirmed = world.submit(a_claim_on("intune")).await;
    world.confirm(confirmed).await.unwrap();
    let mut other = a_claim_of("7654321");
    "Not for you".clone_into(&mut other.name);
    other.items = vec![cpor_jobs::Item::workload("yammer")];
    world.submit(other).await;
    world
}

#[tokio::test]
async fn the_lists_have_the_partners_own_claims_and_no_others() {
    let world = world().await;
    let person = Person::of(&world, "1234567").await;
    let claims = person.text("/partner/claims").await;
    assert_eq!(claims.matches("/partner/claims/0").count(), 3, "{claims}");
    assert!(claims.contains("Waiting for the customer") && claims.contains("Official since"));
    assert!(claims.contains("The customer can reject before"), "{claims}");
    let official = person.text("/partner/associations").await;
    assert_eq!(official.matches("/partner/claims/0").count(), 1, "{official}");
    assert!(official.contains("Intune"), "{official}");
    for path in [
        "/partner/claims?q=Not%20for%20you",
        "/partner/claims?q=yammer",
        "/partner/claims?q=7654321",
        "/partner/claims.csv",
        "/partner/associations",
    ] {
        assert!(!person.text(path).await.contains("Not for you</a>"), "{path}");
    }
    world.travel_for(chrono::TimeDelta::days(60)).await;
}

#[tokio::test]
async fn what_is_typed_is_found_whatever_it_is() {
    let world = world().await;
    let person = Person::of(&world, "1234567").await;
    let check = async |query: &str, expected: usize| {
        let text = person.text(&format!("/partner/claims?{query}")).await;
        assert_eq!(text.matches("/partner/claims/0").count(), expected, "{query}: {text}");
    };
    check("q=exchange", 1).await;
    check("q=teams%20roll", 2).await;
    check("q=anadolu", 3).await;
    check("q=mert.kaya%40anadoluelektrik.com.tr", 3).await;
    check("q=8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", 3).await;
    check("q=2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a", 1).await;
    check("q=nobody", 0).await;
    check("status=associated", 1).await;
    check("status=notified&q=intune", 0).await;
    check("status=notified&sort=closes_at", 2).await;
    let claim = world.claims().await[0].id;
    let found = person.get(&format!("/partner/claims?q={claim}")).await;
    let location = found.header("location").to_owned();
    assert!(location.is_empty() || location == format!("/partner/claims/{claim}"), "{location}");
    let wrong = person.text("/partner/claims?status=nonsense").await;
    assert!(wrong.contains("link to this list cannot be read"), "{wrong}");
    world.travel_for(chrono::TimeDelta::days(60)).await;
}

#[tokio::test]
async fn a_file_has_what_the_list_has_and_no_formula() {
    let world = world().await;
    let person = Person::of(&world, "1234567").await;
    let all = person.get("/partner/claims.csv").await;
    assert_eq!(all.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(all.text().lines().count(), 4, "{}", all.text());
    assert!(all.text().contains(",'=Exchange for all,"), "{}", all.text());
    let some = person.get("/partner/claims.csv?q=exchange").await.text();
    assert_eq!(some.lines().count(), 2, "{some}");
    let official = person.get("/partner/associations.csv").await.text();
    assert_eq!(official.lines().count(), 2, "{official}");
    world.travel_for(chrono::TimeDelta::days(60)).await;
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let world = World::without_worker(FRIDAY, &[]).await;
    for _ in 0..27 {
        world.try_submit(&cpor::testkit::a_claim()).await;
    }
    let person = Person::of(&world, "1234567").await;
    let first = person.text("/partner/claims?sort=oldest").await;
    assert_eq!(first.matches("/partner/claims/0").count(), 25);
    let (_, rest) = first.split_once("rel=\"next\"").map_or(("", ""), |(before, rest)| {
        (rest, before.rsplit_once("href=\"").map_or("", |(_, href)| href))
    });
    let next = rest.split('"').next().unwrap().replace("&amp;", "&");
    let second = person.text(&next).await;
    assert_eq!(second.matches("/partner/claims/0").count(), 2, "{next}: {second}");
    assert!(second.contains("First page"));
    let mut world = world;
    world.start_worker();
    world.travel_for(chrono::TimeDelta::days(60)).await;
}
