//! What is counted: every figure says what has happened, and nothing of anybody.

use chrono::TimeDelta;
use cpor::claim::identity::MpnId;
use cpor::testkit::receiver::{Answer, Receiver};
use cpor::testkit::{World, a_claim};
use cpor::webhook::{EventFilter, WebhookOwner};
use cpor_jobs::Job;

use super::{FRIDAY, Site};

const PUBLIC: (&str, &str) = ("http.metrics_public", "true");

/// What `/metrics` says of a series now.
async fn value(site: &Site, series: &str) -> f64 {
    let text = site.http.get("/metrics").await.text();
    let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(s, _)| s == series));
    let line = line.unwrap_or_else(|| panic!("there is no {series} in\n{text}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// Waits until `/metrics` says that, because what it reads from Redis is believed for a moment and
/// what happens is counted when it is over.
async fn says(site: &Site, series: &str, expected: f64) {
    while (value(site, series).await - expected).abs() > 0.001 {}
}

#[tokio::test]
async fn the_life_of_a_claim_is_counted() {
    let site = Site::configured(&[PUBLIC]).await;
    let key = site.upstream().await;
    let claim = a_claim();
    assert_eq!(site.submit(&key, &claim).await.status, 201);
    assert_eq!(site.submit(&key, &claim).await.status, 200);
    let mut other = claim.clone();
    other.name = "Another body".to_owned();
    assert_eq!(site.submit(&key, &other).await.status, 409);
    other.idempotency_key = "another-key".to_owned();
    other.customer.contact.email = "nobody".to_owned();
    assert_eq!(site.submit(&key, &other).await.status, 422);
    for (outcome, count) in [("accepted", 1.0), ("repeated", 1.0), ("key_reused", 1.0)] {
        let series = format!("cpor_submissions_total{{way=\"api\",outcome=\"{outcome}\"}}");
        says(&site, &series, count).await;
    }
    says(&site, "cpor_submissions_total{way=\"api\",outcome=\"refused\"}", 1.0).await;
    says(&site, "cpor_submission_duration_seconds_count{way=\"api\"}", 4.0).await;
    says(&site, "cpor_claims{status=\"notified\"}", 1.0).await;
    says(&site, "cpor_queue_entries{queue=\"finalize_association\",state=\"scheduled\"}", 1.0)
        .await;
    says(&site, "cpor_window_business_days_sum", 5.0).await;
    // From Friday, 18:00 in Istanbul, to the end of the Friday after it.
    says(&site, "cpor_window_duration_seconds_sum", (7.0 * 24.0 + 6.0) * 3_600.0).await;
    for stage in ["submitted_to_validated", "validated_to_notified"] {
        let series = format!("cpor_claim_stage_duration_seconds_count{{stage=\"{stage}\"}}");
        says(&site, &series, 1.0).await;
    }
    let posted = "cpor_http_requests_total{method=\"POST\",route=\"/v1/claims\",status=\"4xx\"}";
    says(&site, posted, 2.0).await;
    site.http.get("/v1/claims/nonsense/at/all").await;
    let lost = "cpor_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"}";
    says(&site, lost, 1.0).await;
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    for status in ["submitted", "validated", "notified", "associated"] {
        let series = format!("cpor_claim_transitions_total{{status=\"{status}\"}}");
        says(&site, &series, 1.0).await;
    }
    says(&site, "cpor_mails_total{kind=\"notice\",outcome=\"accepted\"}", 1.0).await;
    let finalized = "{queue=\"finalize_association\",outcome=\"done\"}";
    says(&site, &format!("cpor_jobs_total{finalized}"), 1.0).await;
    says(&site, "cpor_job_lateness_seconds_count{queue=\"finalize_association\"}", 1.0).await;
    assert!(value(&site, "cpor_commits_total{outcome=\"done\"}").await >= 5.0);
    assert!(value(&site, "cpor_redis_duration_seconds_count{operation=\"take\"}").await >= 4.0);
    assert!(value(&site, "cpor_redis_memory_used_bytes").await > 500_000.0);
    let max = value(&site, "cpor_redis_memory_max_bytes").await;
    assert!(max > value(&site, "cpor_redis_memory_used_bytes").await);
    says(&site, "cpor_processes", 1.0).await;
    says(&site, "cpor_ready", 1.0).await;
    says(&site, "cpor_worker_concurrency{queue=\"notify_customer\"}", 64.0).await;
}

#[tokio::test]
async fn a_notice_that_was_deferred_counts_from_the_verdict_on() {
    let site = Site::configured(&[PUBLIC]).await;
    let mut claim = a_claim();
    claim.customer.contact.email = "greylisted@anadoluelektrik.com.tr".to_owned();
    site.world.submit(claim).await;
    let deferred = "cpor_mails_total{kind=\"notice\",outcome=\"deferred\"}";
    says(&site, deferred, 1.0).await;
    says(&site, "cpor_mail_failures_total{phase=\"recipient\",code=\"4xx\"}", 1.0).await;
    site.world.travel_for(TimeDelta::hours(1)).await;
    says(&site, deferred, 2.0).await;
    says(&site, "cpor_mails_total{kind=\"notice\",outcome=\"accepted\"}", 1.0).await;
    let stage = "cpor_claim_stage_duration_seconds_sum{stage=\"validated_to_notified\"}";
    let seconds = value(&site, stage).await;
    assert!((300.0..3_600.0).contains(&seconds), "two pauses: {seconds}");
    site.world.travel_to("2026-12-02T00:00:00Z").await;
}

#[tokio::test]
async fn what_is_left_to_a_person_is_counted() {
    let site = Site::configured(&[PUBLIC]).await;
    site.world.intake(["{", "not even an object"]).await;
    says(&site, "cpor_jobs_total{queue=\"submit_claim\",outcome=\"dead\"}", 2.0).await;
    says(&site, "cpor_submissions_total{way=\"intake\",outcome=\"refused\"}", 2.0).await;
    says(&site, "cpor_queue_entries{queue=\"submit_claim\",state=\"dead\"}", 2.0).await;
    // An entry of no claim is found out before a handler is asked.
    let store = site.world.ledger().store();
    let mut redis = site.world.redis().await;
    let mut pipeline = redis::pipe();
    pipeline.cmd("ZADD").arg(store.keys().agenda(0, Job::NotifyPartner)).arg(0).arg("rubbish");
    pipeline.cmd("PUBLISH").arg(store.keys().wake_channel()).arg("all");
    let () = pipeline.query_async(&mut redis).await.unwrap();
    says(&site, "cpor_poison_entries_total{queue=\"notify_partner\"}", 1.0).await;
    says(&site, "cpor_jobs_total{queue=\"notify_partner\",outcome=\"dead\"}", 0.0).await;
    site.world.settle().await;
    site.world.drop_dead_letters().await;
}

#[tokio::test]
async fn deliveries_are_counted_by_what_receivers_answer() {
    let world = World::configured(FRIDAY, &[PUBLIC, ("webhooks.allow_loopback_http", "true")]);
    let site = Site::of(world.await).await;
    let receiver = Receiver::start().await.unwrap();
    receiver.answer("/hook", [Answer::Status(500)]);
    let owner = WebhookOwner::Partner(MpnId::parse("1234567").unwrap());
    let events = EventFilter::parse(&["claim_submitted"]).unwrap();
    site.world.webhooks().create(owner, &receiver.url("/hook"), events).await.unwrap();
    site.world.submit(a_claim()).await;
    says(&site, "cpor_webhook_deliveries_total{outcome=\"refused\"}", 1.0).await;
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    says(&site, "cpor_webhook_deliveries_total{outcome=\"delivered\"}", 1.0).await;
    says(&site, "cpor_webhook_duration_seconds_count", 2.0).await;
}

#[tokio::test]
async fn windows_that_nobody_ends_are_overdue() {
    let mut site = Site::configured(&[PUBLIC]).await;
    site.world.submit(a_claim()).await;
    says(&site, "cpor_windows_overdue", 0.0).await;
    site.world.stop_worker().await;
    let traveller = site.world.ledger().clock().traveller().unwrap();
    traveller.set("2026-11-27T21:15:00Z".parse().unwrap()).await.unwrap();
    says(&site, "cpor_windows_overdue", 1.0).await;
    says(&site, "cpor_window_overdue_seconds", 900.0).await;
    says(&site, "cpor_queue_oldest_due_seconds{queue=\"finalize_association\"}", 900.0).await;
    says(&site, "cpor_processes", 0.0).await;
    says(&site, "cpor_worker_concurrency{queue=\"finalize_association\"}", 0.0).await;
    site.world.start_worker();
    site.world.settle().await;
    says(&site, "cpor_windows_overdue", 0.0).await;
}

#[tokio::test]
async fn figures_name_nobody() {
    let site = Site::configured(&[PUBLIC]).await;
    let key = site.upstream().await;
    let mut claim = a_claim();
    claim.name = "Marker Project".to_owned();
    claim.comment = Some("Marker comment".to_owned());
    claim.partner.contact.name = "Marker Partner".to_owned();
    claim.partner.contact.email = "marker.partner@partner.example".to_owned();
    claim.customer.contact.name = "Marker Customer".to_owned();
    claim.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
    let created = site.submit(&key, &claim).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let location = created.header("location").to_owned();
    site.http.get_as(&key, &location).await;
    site.http.get("/r/Marker-token").await;
    site.http.get_as(&key, "/v1/claims/Marker").await;
    site.world.intake(["{\"name\": \"Marker\"}"]).await;
    let text = site.http.get("/metrics").await.text();
    let tenant = claim.customer.tenant_id.to_string();
    let id = location.rsplit('/').next().unwrap();
    for planted in ["marker", "anadolu", "@", &tenant, id, "1234567", &claim.idempotency_key] {
        assert!(!text.to_lowercase().contains(planted), "{planted} in\n{text}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let pairs = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
        for (name, value) in pairs.split("\",").filter_map(|pair| pair.split_once("=\"")) {
            let value = value.trim_end_matches('"');
            let is_word = value.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
            let fits = match name {
                "le" | "version" => true,
                "route" => !value.contains(|c: char| c.is_ascii_digit() && c != '1'),
                "calendar" | "tzdb" | "method" | "status" | "code" => value.len() <= 40,
                _ => !value.contains(|c: char| c.is_ascii_digit()),
            };
            assert!(fits && (is_word || matches!(name, "le" | "version" | "route")), "{line}");
        }
    }
    site.world.travel_to("2026-12-03T00:00:00Z").await;
    site.world.drop_dead_letters().await;
}
