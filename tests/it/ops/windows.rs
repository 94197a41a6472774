//! When windows end.

use cpor::access::Authority;
use cpor::claim::identity::Comment;
use cpor::ledger::Adjustment;
use cpor::testkit::{World, a_claim, a_dynamics_claim};

use super::{FRIDAY, Person};

#[tokio::test]
async fn windows_end_today_and_tomorrow_by_the_customers_clocks() {
    let world = World::starting(FRIDAY).await;
    let istanbul = world.submit(a_claim()).await.to_string();
    let mut london = a_dynamics_claim();
    london.customer.time_zone = Some("Europe/London".to_owned());
    let london = world.submit(london).await.to_string();
    let operator = Person::of(&world, Authority::Operator).await;
    // In Istanbul it is Friday already; in London it is Thursday for another half hour.
    world.travel_to("2026-11-26T23:30:00Z").await;
    let today = operator.text("/ops/windows?when=today").await;
    assert!(today.contains(&istanbul) && !today.contains(&london), "{today}");
    assert!(today.contains("in 21 hours 30 minutes"), "{today}");
    assert!(today.contains("Sat 28 Nov, 00:00 (UTC+03:00)"), "{today}");
    assert!(today.contains("the customer, or the end of the window"), "{today}");
    let tomorrow = operator.text("/ops/windows?when=tomorrow").await;
    assert!(tomorrow.contains(&london) && !tomorrow.contains(&istanbul), "{tomorrow}");
    let week = operator.text("/ops/windows?when=week").await;
    assert!(week.contains(&london) && week.contains(&istanbul), "{week}");
    world.travel_to("2026-11-30T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn the_calendar_counts_and_lists_windows_by_their_last_day() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await.to_string();
    let observer = Person::of(&world, Authority::Observer).await;
    let page = observer.text("/ops/windows").await;
    assert!(page.contains("Friday 27 November 2026: 1\""), "{page}");
    assert!(page.contains("Friday 20 November 2026: 0, today in UTC\""), "{page}");
    let lists = async |date: &str| {
        let page = observer.text(&format!("/ops/windows?date={date}")).await;
        page.contains(&format!("/ops/claims/{claim}"))
    };
    assert!(lists("2026-11-27").await);
    assert!(!lists("2026-11-26").await);
    assert!(!lists("2026-11-28").await);
    world.travel_to("2026-11-30T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn overdue_windows_are_counted_by_how_late_they_are_and_say_why() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await.to_string();
    let operator = Person::of(&world, Authority::Operator).await;
    let page = operator.text("/ops/windows").await;
    assert!(!page.contains("not finalized"), "{page}");
    world.stop_worker().await;
    let traveller = world.ledger().clock().traveller().unwrap();
    traveller.set("2026-11-27T21:05:00Z".parse().unwrap()).await.unwrap();
    let page = operator.text("/ops/windows?when=overdue").await;
    assert!(page.contains("less than 10 minutes: <strong>1</strong>"), "{page}");
    assert!(page.contains("an hour or more: <strong>0</strong>"), "{page}");
    assert!(page.contains(&claim) && page.contains("5 minutes late"), "{page}");
    assert!(page.contains("a worker: finalize_association is due"), "{page}");
    let next = operator.text("/ops/windows").await;
    assert!(!next.contains(&claim), "what is overdue is not among the open ones: {next}");
    world.start_worker();
    world.finish().await;
}

#[tokio::test]
async fn paused_windows_are_a_list_of_their_own() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let reason = Comment::parse("The contact is away.").unwrap();
    world.adjust(claim, Adjustment::Pause { reason }).await.unwrap();
    let observer = Person::of(&world, Authority::Observer).await;
    let page = observer.text("/ops/windows?when=paused").await;
    assert!(page.contains("stands still; 5 business days left"), "{page}");
    assert!(page.contains("announced for the end of Fri 27 Nov 2026"), "{page}");
    assert!(!page.contains("The contact is away."), "words are for reviewers: {page}");
    let open = observer.text("/ops/windows").await;
    assert!(!open.contains(&claim.to_string()), "{open}");
    world.finish().await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_so() {
    let world = World::starting(FRIDAY).await;
    let observer = Person::of(&world, Authority::Observer).await;
    let page = observer.text("/ops/windows?when=today&cursor=AAAA").await;
    assert!(page.contains("This is not a cursor of a list"), "{page}");
    let page = observer.text("/ops/windows?when=never&date=tomorrow").await;
    assert!(page.contains("There are none."), "{page}");
    world.finish().await;
}
