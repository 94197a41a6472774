//! When the window ends: weekends, holidays, half days, zones and clock changes.

use cpor::testkit::{World, a_claim};
use cpor_jobs::SubmitClaim;

use super::{FRIDAY, at, refused_at_the_door};

fn in_country(country: &str, time_zone: Option<&str>) -> SubmitClaim {
    let mut claim = a_claim();
    country.clone_into(&mut claim.customer.country);
    claim.customer.time_zone = time_zone.map(str::to_owned);
    claim
}

/// The claim is open until the last millisecond before `closes_at` and official at it.
async fn check(notified_at: &str, submission: SubmitClaim, closes_at: &str) {
    check_with(&[], notified_at, submission, closes_at).await;
}

async fn check_with(
    settings: &[(&str, &str)],
    notified_at: &str,
    submission: SubmitClaim,
    closes_at: &str,
) {
    let world = World::configured(notified_at, settings).await;
    let claim = world.submit(submission).await;
    world.expect(claim).notified_until(closes_at).await;
    let last_moment = at(closes_at) - chrono::TimeDelta::milliseconds(1);
    world.travel_to(&last_moment.to_rfc3339()).await;
    world.expect(claim).notified_until(closes_at).sees_no_usage_data().await;
    world.travel_to(closes_at).await;
    world.expect(claim).associated_at(closes_at).closing_at(closes_at).sees_usage_data().await;
}

#[tokio::test]
async fn a_notice_on_a_saturday_counts_from_monday() {
    check("2026-11-21T10:00:00Z", a_claim(), "2026-11-27T21:00:00Z").await;
}

#[tokio::test]
async fn a_notice_late_on_friday_evening_counts_from_monday() {
    check("2026-11-20T20:59:59.999Z", a_claim(), "2026-11-27T21:00:00Z").await;
}

#[tokio::test]
async fn a_notice_in_the_first_moment_of_monday_does_not_count_monday() {
    check("2026-11-22T20:59:59.999Z", a_claim(), "2026-11-27T21:00:00Z").await;
    check("2026-11-22T21:00:00Z", a_claim(), "2026-11-30T21:00:00Z").await;
}

#[tokio::test]
async fn republic_day_is_skipped_and_its_half_day_counts() {
    check("2026-10-23T09:00:00Z", a_claim(), "2026-11-02T21:00:00Z").await;
}

#[tokio::test]
async fn a_deployment_can_skip_half_days() {
    let skip = [("window.half_days", "skip")];
    check_with(&skip, "2026-10-23T09:00:00Z", a_claim(), "2026-11-03T21:00:00Z").await;
}

#[tokio::test]
async fn a_notice_on_the_holiday_itself_counts_from_the_day_after() {
    check("2026-10-29T09:00:00Z", a_claim(), "2026-11-05T21:00:00Z").await;
}

#[tokio::test]
async fn summer_time_that_ends_in_new_york_moves_the_end_by_an_hour() {
    let claim = in_country("US", Some("America/New_York"));
    check("2026-10-20T15:00:00Z", claim.clone(), "2026-10-28T04:00:00Z").await;
    check("2026-10-27T15:00:00Z", claim, "2026-11-04T05:00:00Z").await;
}

#[tokio::test]
async fn summer_time_that_ends_in_berlin_moves_the_end_by_an_hour() {
    let claim = in_country("DE", Some("Europe/Berlin"));
    check("2026-10-16T15:00:00Z", claim.clone(), "2026-10-23T22:00:00Z").await;
    check("2026-10-23T15:00:00Z", claim, "2026-10-30T23:00:00Z").await;
}

#[tokio::test]
async fn an_american_without_a_zone_has_until_the_day_ends_in_hawaii() {
    // Thanksgiving, 26 November, is skipped.
    check(FRIDAY, in_country("US", None), "2026-12-01T10:00:00Z").await;
}

#[tokio::test]
async fn without_a_zone_the_country_has_one() {
    check(FRIDAY, in_country("TR", None), "2026-11-27T21:00:00Z").await;
    check(FRIDAY, in_country("DE", None), "2026-11-27T23:00:00Z").await;
}

#[tokio::test]
async fn the_zone_of_the_customer_need_not_be_in_its_country() {
    check(FRIDAY, in_country("TR", Some("America/New_York")), "2026-11-28T05:00:00Z").await;
}

#[tokio::test]
async fn the_length_of_the_window_is_the_deployment_s() {
    let ten = [("window.business_days", "10")];
    check_with(&ten, FRIDAY, a_claim(), "2026-12-04T21:00:00Z").await;
}

#[tokio::test]
async fn britain_needs_its_part_of_the_country() {
    let world = World::starting(FRIDAY).await;
    let mut claim = in_country("GB", None);
    let expected = [("customer.country".to_owned(), "calendar_unknown".to_owned())];
    assert_eq!(refused_at_the_door(&world, &claim).await, expected);
    claim.customer.subdivision = Some("GB-SCT".to_owned());
    let claim = world.submit(claim).await;
    // Saint Andrew's Day, Monday 30 November, lies behind the end.
    world.expect(claim).notified_until("2026-11-28T00:00:00Z").await;
}

#[tokio::test]
async fn england_has_easter_monday() {
    // Good Friday and Easter Monday, 3 and 6 April, are skipped.
    let mut claim = in_country("GB", None);
    claim.customer.subdivision = Some("GB-ENG".to_owned());
    check("2026-03-31T09:00:00Z", claim, "2026-04-09T23:00:00Z").await;
}

#[tokio::test]
async fn a_mistyped_part_of_a_country_is_refused_and_an_unlisted_one_follows_it() {
    let world = World::starting(FRIDAY).await;
    let expected = [("customer.subdivision".to_owned(), "calendar_unknown".to_owned())];
    let mut claim = in_country("DE", None);
    claim.customer.subdivision = Some("DE-BAY".to_owned());
    assert_eq!(refused_at_the_door(&world, &claim).await, expected);
    let mut claim = a_claim();
    claim.customer.subdivision = Some("TR-34".to_owned());
    let claim = world.submit(claim).await;
    assert_eq!(world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
}

#[tokio::test]
async fn the_whole_world_is_known() {
    check(FRIDAY, in_country("NO", None), "2026-11-27T23:00:00Z").await;
    // Weekends of Friday and Saturday: Sunday counts.
    check(FRIDAY, in_country("SA", None), "2026-11-26T21:00:00Z").await;
    check(FRIDAY, in_country("LY", None), "2026-11-26T22:00:00Z").await;
}

#[tokio::test]
async fn what_no_calendar_knows_is_refused_at_the_door() {
    let world = World::starting(FRIDAY).await;
    let finding = |field: &str, code: &str| [(field.to_owned(), code.to_owned())];
    let nowhere = in_country("ZZ", Some("Europe/Oslo"));
    let refused = refused_at_the_door(&world, &nowhere).await;
    assert_eq!(refused, finding("customer.country", "calendar_unknown"));
    let refused = refused_at_the_door(&world, &in_country("TR", Some("Europe/Ankara"))).await;
    assert_eq!(refused, finding("customer.time_zone", "zone_unknown"));
}

#[tokio::test]
async fn beyond_the_calendar_s_last_day_nothing_is_guessed() {
    let world = World::starting("2049-01-04T10:00:00Z").await;
    let refused = refused_at_the_door(&world, &a_claim()).await;
    let expected = ("customer.country".to_owned(), "calendar_exhausted".to_owned());
    assert!(refused.contains(&expected), "{refused:?}");
}

#[tokio::test]
async fn a_test_can_travel_by_business_days() {
    let world = World::starting("2026-10-23T09:00:00Z").await;
    let claim = world.submit(a_claim()).await;
    world.travel_business_days(4, claim).await;
    assert_eq!(world.now().await, at("2026-10-30T21:00:00Z"));
    world.expect(claim).notified().await;
    world.travel_business_days(1, claim).await;
    world.expect(claim).associated().await;
}
