//! The timeline: everything that happened, and what is planned, each with its virtual time.

use cpor::claim::ClaimId;
use cpor::testkit::{World, a_claim, a_claim_on};
use cpor_jobs::SubmitClaim;

use super::{FRIDAY, MERT, assert_in_order, failure};

fn to(local_part: &str) -> SubmitClaim {
    let mut claim = a_claim_on("exchange");
    claim.customer.contact.email = format!("{local_part}@anadoluelektrik.com.tr");
    claim.customer.contact.language = Some("en".to_owned());
    claim
}

fn short(id: ClaimId) -> String {
    format!("Teams rollout …{}", &id.to_string()[30..])
}

/// The timeline without the spaces between its columns.
async fn lines(world: &World) -> Vec<String> {
    let timeline = world.timeline().await.to_string();
    let columns = |line: &str| line.split("  ").map(str::trim).collect::<Vec<_>>().join("|");
    let squeezed = |line: &str| {
        columns(line)
            .split('|')
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    timeline.lines().map(squeezed).collect()
}

#[tokio::test]
async fn a_claim_s_life_is_told_in_its_order() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let claim = short(claim);
    world.travel_to("2026-11-25T22:00:00Z").await;
    let opened = format!("2026-11-20 15:00:00 | Fri 20 Nov 18:00:00 | {claim}");
    let reminded = format!("2026-11-25 21:00:00 | Thu 26 Nov 00:00:00 | {claim}");
    let expected = [
        "The timeline of this world:".to_owned(),
        "UTC | Europe/Istanbul | claim | by | what happened".to_owned(),
        format!("{opened} | upstream:testkit | claim_submitted -> submitted"),
        format!("{opened} | worker: validate_claim | claim_validated -> validated"),
        format!("{opened} | worker: notify_customer | notice_sending: notice 1"),
        format!("{opened} | mail server | mail notice -> {MERT} \"Bildirim: partner.example,"),
        format!(
            "{opened} | worker: notify_customer | customer_notified -> notified: notice 1, open \
             until 2026-11-27 21:00:00"
        ),
        format!("{reminded} | mail server | mail reminder -> {MERT} \""),
        format!("{reminded} | worker: remind_customer | customer_reminded"),
        "2026-11-25 22:00:00 | -- now --".to_owned(),
        format!(
            "2026-11-27 21:00:00 | Sat 28 Nov 00:00:00 | {claim} | agenda | due \
             finalize_association"
        ),
    ];
    let lines = lines(&world).await;
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(&expected) {
        assert!(line.starts_with(expected.as_str()), "{line}\n{expected}");
    }
}

#[tokio::test]
async fn what_was_dropped_deferred_or_late_says_so() {
    let mut world = World::starting(FRIDAY).await;
    let deferred = world.submit(to("greylisted")).await;
    assert_in_order(
        &lines(&world).await.join("\n"),
        &["notice_deferred: again at 2026-11-20 15:01:", "-- now --", "due notify_customer"],
    );
    world.travel_to("2026-11-20T16:00:00Z").await;
    world.reject(deferred).await.unwrap();
    let silent = world.submit(a_claim()).await;
    world.stop_worker().await;
    world
        .ledger()
        .clock()
        .traveller()
        .unwrap()
        .set("2026-12-03T08:00:00Z".parse().unwrap())
        .await
        .unwrap();
    world.start_worker();
    world.settle().await;
    let text = lines(&world).await.join("\n");
    let (deferred, silent) = (short(deferred), short(silent));
    assert_in_order(
        &text,
        &[
            &format!("{deferred} | worker: notify_customer | notice_deferred"),
            &format!("{deferred} | mail server | mail notice -> greylisted@"),
            &format!("{deferred} | operator | claim_rejected -> rejected"),
            &format!("{deferred} | operator | dropped finalize_association, due 2026-11-27 21:00"),
            "2026-12-03 08:00:00",
            &format!("{silent} | worker: finalize_association, due 2026-11-27 21:00:00 | assoc"),
        ],
    );
    assert!(text.ends_with("-- now --"), "nothing is planned any more: {text}");
}

#[tokio::test]
async fn claims_of_one_instant_stand_as_they_were_submitted() {
    let world = World::starting(FRIDAY).await;
    let mut claims = Vec::new();
    for workload in ["exchange", "sharepoint", "teams", "teams_phone", "yammer", "intune"] {
        claims.push(world.submit(a_claim_on(workload)).await);
    }
    let text = world.timeline().await.to_string();
    let submitted = text.lines().filter(|line| line.contains("claim_submitted"));
    for (line, claim) in submitted.zip(claims) {
        assert!(line.contains(&short(claim)), "{claim} is not in {line}");
    }
}

#[tokio::test]
async fn copies_of_a_notice_stand_where_each_came_in() {
    let world = World::starting(FRIDAY).await;
    world.submit(to("drop-after-dot")).await;
    world.travel_to("2026-11-20T16:00:00Z").await;
    let notice = "mail notice -> drop-after-dot@anadoluelektrik.com.tr \"Notice: ";
    assert_in_order(
        &lines(&world).await.join("\n"),
        &["notice_sending", notice, "notice_uncertain", notice, "customer_notified -> notified"],
    );
    let mails = world.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].received_at, Some(FRIDAY.parse().unwrap()));
    assert!(mails[0].received_at < mails[1].received_at);
}

#[tokio::test]
async fn dead_letters_are_told_with_their_error() {
    let world = World::configured(FRIDAY, &[("workers.notify_customer.attempts_max", "1")]).await;
    let claim = world.submit(to("full")).await;
    world.intake(["{"]).await;
    world.travel_to("2026-11-21T00:00:00Z").await;
    let text = lines(&world).await.join("\n");
    assert!(text.contains("worker | dead letter submit_claim after 1 attempts: "), "{text}");
    let dead = format!("{} | worker | dead letter notify_customer after ", short(claim));
    assert!(text.contains(&dead), "{text}");
    world.drop_dead_letters().await;
}

#[tokio::test]
async fn customers_in_several_zones_have_their_own_time() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    let mut american = a_claim_on("exchange");
    american.customer.country = "US".to_owned();
    american.customer.time_zone = Some("America/New_York".to_owned());
    world.submit(american).await;
    let text = lines(&world).await.join("\n");
    assert!(text.contains("UTC | customer's time | claim"), "{text}");
    for due in [
        "2026-11-27 21:00:00 | Sat 28 Nov 00:00:00 Europe/Istanbul | ",
        "2026-12-01 05:00:00 | Tue 01 Dec 00:00:00 America/New_York | ",
    ] {
        assert!(text.contains(due), "{due} is not in:\n{text}");
    }
}

#[tokio::test]
async fn in_a_big_world_a_failure_tells_of_its_own_claim() {
    let world = World::starting(FRIDAY).await;
    let workloads =
        ["exchange", "sharepoint", "teams", "teams_phone", "yammer", "viva_insights", "intune"];
    let mut claims = Vec::new();
    for workload in workloads.iter().chain(&workloads[..4]) {
        claims.push(world.submit(a_claim_on(workload)).await);
    }
    let text = failure(world.expect(claims[2]).withdrawn()).await;
    assert_eq!(text.matches("claim_submitted").count(), 1, "{text}");
    assert_eq!(text.matches("due finalize_association").count(), 1, "{text}");
    assert!(text.contains("(10 other claims are left out)"), "{text}");
    let whole = world.timeline().await;
    assert_eq!(whole.to_string().matches("claim_submitted").count(), 11, "{whole}");
    let of_one = whole.of(claims[2]).to_string();
    assert_eq!(of_one.matches("claim_submitted").count(), 1, "{of_one}");
}
