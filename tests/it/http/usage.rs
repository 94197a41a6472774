//! Usage figures: how they come in, who sees which of them, and who has looked.

use axum::http::Method;
use cpor::access::Authority;
use cpor::claim::Command;
use cpor::claim::state::EndReason;
use cpor::testkit::http::Answer;
use cpor::testkit::{CUSTOMER_TENANT, a_claim};
use cpor_jobs::Item;
use serde_json::{Value, json};

use super::{Site, assert_problem, codes};

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

fn line(item: &str, month: &str, users: u64) -> String {
    let figures = json!({
        "tenant_id": CUSTOMER_TENANT, "item": item, "month": month,
        "monthly_active_users": users, "paid_units": 50, "assigned_units": 40,
    });
    format!("{figures}\n")
}

async fn put(site: &Site, kind: &str, body: String) -> Answer {
    put_as(site, &site.key(Authority::UsageDataService).await, kind, body).await
}

async fn put_as(site: &Site, key: &str, kind: &str, body: String) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("content-type", kind), ("authorization", bearer.as_str())];
    site.http.request(Method::PUT, "/v1/usage", &headers, body).await
}

async fn get(site: &Site, key: &str, query: &str) -> Answer {
    let path = format!("/v1/usage?tenant_id={CUSTOMER_TENANT}{query}");
    site.http.get_as(key, &path).await
}

/// Month and users of every month of the first item.
fn months(view: &Value) -> Vec<(String, u64)> {
    let months = view["items"][0]["months"].as_array().unwrap().iter();
    let read = |month: &Value| {
        let users = month["monthly_active_users"].as_u64().unwrap();
        (month["month"].as_str().unwrap().to_owned(), users)
    };
    months.map(read).collect()
}

/// Two months after the association on Teams began, with figures from before it and after.
async fn official() -> (Site, cpor::claim::ClaimId) {
    let site = Site::open().await;
    let claim = site.world.submit(a_claim()).await;
    site.world.travel_to("2027-01-10T00:00:00Z").await;
    let lines: String = [("2026-10", 1), ("2026-11", 2), ("2026-12", 3), ("2027-01", 4)]
        .map(|(month, users)| line("workload:teams", month, users))
        .concat();
    let taken = put(&site, NDJSON, lines + &line("workload:exchange", "2026-12", 9)).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let expected = json!({
        "figures": 5, "tenants": 1, "from": "2026-10", "to": "2027-01", "dry_run": false
    });
    assert_eq!(taken.json(), expected);
    (site, claim)
}

#[tokio::test]
async fn a_partner_sees_its_items_from_the_month_of_the_association_on() {
    let (site, claim) = official().await;
    let key = site.partner().await;
    let seen = get(&site, &key, "").await.json();
    let expected = [("2026-11", 2), ("2026-12", 3), ("2027-01", 4)];
    assert_eq!(months(&seen), expected.map(|(month, users)| (month.to_owned(), users)));
    let item = &seen["items"][0];
    assert_eq!(
        (&item["item"], &item["claim_id"]),
        (&"workload:teams".into(), &claim.to_string().into())
    );
    assert_eq!(item["since"], "2026-11-27T21:00:00Z");
    assert_eq!(item["notes"][0]["code"], "before_association", "{seen}");
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "nothing of Exchange: {seen}");
    assert_eq!(seen["not_shown"], json!([]));

    let some = get(&site, &key, "&item=workload:teams&from=2026-12&to=2026-12").await.json();
    assert_eq!(months(&some), [("2026-12".to_owned(), 3)]);
    assert_eq!(some["items"][0]["notes"], json!([]));
    let later = get(&site, &key, "&from=2027-02&to=2027-03").await.json();
    assert_eq!(later["items"][0]["notes"][0]["code"], "no_figures");
    let kept = get(&site, &key, "&from=2001-01").await.json();
    assert_eq!((&kept["from"], months(&kept).len()), (&"2024-02".into(), 3));
    assert_eq!(kept["items"][0]["notes"][0]["code"], "months_not_kept");
    for (query, field, code) in [
        ("&item=workload:exchange", "item", "not_claimed"),
        ("&item=workload:telegraph", "item", "unknown_item"),
        ("&from=2027-02&to=2027-01", "to", "months_turned_around"),
        ("&from=2027", "from", "month_malformed"),
        ("&format=xlsx", "format", "format_unknown"),
    ] {
        let problem = assert_problem(&get(&site, &key, query).await, 422, "findings_reported");
        assert_eq!(codes(&problem), [(field, code)], "{query}");
    }
}

#[tokio::test]
async fn the_same_as_csv_for_a_spreadsheet() {
    let (site, _) = official().await;
    let key = site.partner().await;
    let csv = get(&site, &key, "&from=2026-12&format=csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let expected = format!(
        "tenant_id,item,month,monthly_active_users,paid_units,assigned_units\n\
         {CUSTOMER_TENANT},workload:teams,2026-12,3,50,40\n\
         {CUSTOMER_TENANT},workload:teams,2027-01,4,50,40\n"
    );
    assert_eq!(csv.text(), expected);
    // What comes out can go in again.
    assert_eq!(put(&site, CSV, csv.text()).await.json()["figures"], 2);
    let bearer = format!("Bearer {key}");
    let headers = [("accept", "text/csv"), ("authorization", bearer.as_str())];
    let path = format!("/v1/usage?tenant_id={CUSTOMER_TENANT}&from=2026-12");
    let accepted = site.http.request(Method::GET, &path, &headers, "").await;
    assert_eq!(accepted.text(), expected);
}

#[tokio::test]
async fn a_read_right_after_an_end_is_refused_and_says_why() {
    let (site, claim) = official().await;
    let key = site.partner().await;
    assert_eq!(get(&site, &key, "&item=workload:teams").await.status, 200);
    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    site.world.apply(claim, end).await.unwrap();
    let refused = get(&site, &key, "&item=workload:teams").await;
    let problem = assert_problem(&refused, 422, "findings_reported");
    assert_eq!(codes(&problem), [("item", "ended")]);
    assert!(refused.text().contains("the customer took it back"), "{}", refused.text());
    let all = get(&site, &key, "").await.json();
    assert_eq!(all["items"], json!([]));
    assert_eq!(all["not_shown"][0]["code"], "ended");
    assert_eq!(all["not_shown"][0]["claim_id"], claim.to_string());
    let csv = get(&site, &key, "&format=csv").await.text();
    assert_eq!(csv.lines().count(), 1, "the header alone: {csv}");
    // Figures stay with the customer's item: who is associated next sees its own months.
    let mut next = a_claim();
    "7654321".clone_into(&mut next.partner.mpn_id);
    site.world.submit(next).await;
    site.world.travel_to("2027-02-10T00:00:00Z").await;
    let theirs = site.key(super::partner("7654321")).await;
    assert_eq!(months(&get(&site, &theirs, "").await.json()), [("2027-01".to_owned(), 4)]);
}

#[tokio::test]
async fn what_is_on_its_way_says_so_and_shows_nothing() {
    let site = Site::open().await;
    let mut wide = a_claim();
    wide.items.push(Item::workload("exchange"));
    site.world.submit(wide).await;
    put(&site, NDJSON, line("workload:teams", "2026-11", 7)).await;
    let key = site.partner().await;
    let view = get(&site, &key, "").await.json();
    let codes: Vec<_> =
        view["not_shown"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["claim_waits", "claim_waits"]);
    assert_eq!(view["items"], json!([]));
    let stranger = site.key(super::partner("7654321")).await;
    let nothing = get(&site, &stranger, "").await.json();
    assert_eq!((&nothing["items"], &nothing["not_shown"]), (&json!([]), &json!([])));
    // Nobody was shown anything, so there is nothing on record.
    let reviewer = site.key(Authority::Reviewer).await;
    let reads = format!("/v1/usage/reads?tenant_id={CUSTOMER_TENANT}");
    assert_eq!(site.http.get_as(&reviewer, &reads).await.json(), json!({ "reads": [] }));
}

#[tokio::test]
async fn every_look_is_on_record() {
    let (site, _) = official().await;
    let (partner, reviewer) = (site.partner().await, site.key(Authority::Reviewer).await);
    get(&site, &partner, "&from=2026-01").await;
    let body = json!({
        "partner": "1234567", "tenant_id": CUSTOMER_TENANT, "items": ["workload:teams"]
    });
    site.http.post_json("/v1/access-tokens", &partner, body.to_string()).await;
    let missing = get(&site, &reviewer, "").await;
    assert_eq!(
        codes(&assert_problem(&missing, 422, "findings_reported")),
        [("item", "item_missing")]
    );
    let all = get(&site, &reviewer, "&item=workload:teams").await.json();
    assert_eq!(months(&all).len(), 4, "a reviewer sees every month: {all}");
    let reads = format!("/v1/usage/reads?tenant_id={CUSTOMER_TENANT}");
    let reads = |limit: &str| format!("{reads}{limit}");
    let record = site.http.get_as(&reviewer, &reads("")).await.json();
    let look = |by: &str, mpn_id: Option<&str>, from: Option<&str>| {
        let to = from.map(|_| "2027-01");
        json!({
            "at": "2027-01-10T00:00:00Z", "by": by, "mpn_id": mpn_id,
            "items": ["workload:teams"], "from": from, "to": to,
        })
    };
    let expected = json!({ "reads": [
        look("reviewer", None, Some("2024-02")),
        look("partner", Some("1234567"), None),
        look("partner", Some("1234567"), Some("2026-11")),
    ] });
    assert_eq!(record, expected);
    let one = site.http.get_as(&reviewer, &reads("&limit=1")).await.json();
    assert_eq!(one["reads"].as_array().unwrap().len(), 1);
    let wrong = site.http.get_as(&reviewer, &reads("&limit=501")).await;
    assert_problem(&wrong, 422, "findings_reported");
}

#[tokio::test]
async fn all_lines_are_taken_or_none_and_the_same_month_again_replaces() {
    let (site, _) = official().await;
    let service = site.key(Authority::UsageDataService).await;
    let users = async || {
        let seen = get(&site, &service, "&item=workload:teams&from=2027-01").await.json();
        months(&seen)[0].1
    };
    let mixed = line("workload:teams", "2027-01", 100) + "\n" + &line("teams", "2027-02", 1);
    let problem =
        assert_problem(&put_as(&site, &service, NDJSON, mixed).await, 422, "findings_reported");
    // The blank line counts.
    let expected = [("line[3].item", "item_malformed"), ("line[3].month", "month_not_begun")];
    assert_eq!(codes(&problem), expected);
    assert_eq!(users().await, 4, "nothing was taken");
    let array = format!("[{}]", line("workload:teams", "2027-01", 100));
    for _ in 0..2 {
        assert_eq!(put_as(&site, &service, "application/json", array.clone()).await.status, 200);
        assert_eq!(users().await, 100);
    }
    let bearer = format!("Bearer {service}");
    let headers = [("content-type", NDJSON), ("authorization", bearer.as_str())];
    let body = line("workload:teams", "2027-01", 5);
    let dry = site.http.request(Method::PUT, "/v1/usage?dry_run=true", &headers, body).await.json();
    assert_eq!((&dry["figures"], &dry["dry_run"]), (&1.into(), &true.into()));
    assert_eq!(users().await, 100, "a dry run changes nothing");
    assert_problem(
        &put_as(&site, &service, "text/plain", array).await,
        415,
        "media_type_not_supported",
    );
    let long = format!("[{}]", " ".repeat(70_000));
    assert_problem(&put_as(&site, &service, "application/json", long).await, 413, "too_large");
}

#[tokio::test]
async fn a_flood_of_figures_is_refused_before_it_is_read_to_its_end() {
    let site = Site::configured(&[("usage.figures_at_once_max", "2")]).await;
    let lines: String = (1..=9).map(|m| line("workload:teams", &format!("2026-0{m}"), 1)).collect();
    let problem = assert_problem(&put(&site, NDJSON, lines).await, 422, "findings_reported");
    assert_eq!(codes(&problem), [("$", "too_many_figures")]);
    let mut wrong = "nonsense\n".repeat(1_500);
    wrong.push_str(&line("workload:teams", "2026-10", 1));
    let problem = assert_problem(&put(&site, NDJSON, wrong).await, 422, "findings_reported");
    let codes = codes(&problem);
    assert_eq!((codes.len(), codes[1_000]), (1_001, ("$", "more_findings")));
}
