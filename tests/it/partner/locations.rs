//! The locations of a partner organization: which are shown, who may act for which, and who not.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::{Line, MpnId};
use cpor::drafts::{DraftContent, DraftId};
use cpor::testkit::http::Answer;
use cpor::testkit::{World, a_claim};
use serde_json::json;

use super::{FORM, FRIDAY, OURS, Person};

const DEVELOPER: [(&str, &str); 2] =
    [("access.development_user.name", "Ece Yıldız"), ("access.development_user.mpn_id", "1234567")];

/// Organizations with their locations.
fn register(world: &World, organizations: &[(&str, &[&str])]) {
    let known = include_str!("../../../src/testkit/directory.toml");
    let mut text = known.to_owned();
    for (name, locations) in organizations {
        text.push_str(&format!("\n[[partner]]\nname = \"{name}\"\n"));
        for location in *locations {
            text.push_str(&format!("\n[[partner.location]]\n{location}\ncountry = \"TR\"\n"));
        }
    }
    world.write_directory(&text);
}

const ISTANBUL: &str = "mpn_id = \"1234567\"\nname = \"Bulut İstanbul\"\ncity = \"İstanbul\"\n\
                        programs = [\"osu_microsoft_365\"]";
const ANKARA: &str = "mpn_id = \"1234568\"\nname = \"Bulut Ankara\"\ncity = \"Ankara\"\n\
                      programs = [\"osu_microsoft_365\", \"osa_sell\"]";
const BURSA: &str = "mpn_id = \"1234569\"\nname = \"Bulut Bursa\"\ncity = \"Bursa\"\n\
                     programs = [\"osu_microsoft_365\"]\nactive = false";
const IZMIR: &str = "mpn_id = \"1234570\"\nname = \"Bulut İzmir\"\ncity = \"İzmir\"\nprograms = []";
const RHEIN: &str = "mpn_id = \"2345678\"\nname = \"Rhein\"\ncity = \"Köln\"\n\
                     programs = [\"osu_microsoft_365\"]";

/// Somebody of location 1234567 of an organization with four, beside another organization.
async fn ece() -> (World, Person) {
    let world = World::configured(FRIDAY, &DEVELOPER).await;
    let ours: &[&str] = &[ISTANBUL, ANKARA, BURSA, IZMIR];
    register(&world, &[("Bulut Ortak", ours), ("RheinCloud", &[RHEIN])]);
    let http = world.serve().await;
    let form = [FORM, OURS];
    let entered = http.request(Method::POST, "/partner/sign-in", &form, "development=yes").await;
    let cookie = cookie(&entered);
    (world, Person { http, cookie })
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn id(text: &str) -> MpnId {
    MpnId::parse(text).unwrap()
}

async fn choose(person: &Person, path: &str, mpn_id: &str) -> Answer {
    person.send("/partner/new", path, &[("mpn_id", mpn_id)]).await
}

#[tokio::test]
async fn the_first_step_lists_the_organizations_own_locations_and_marks_the_enrolled_ones() {
    let (_world, person) = ece().await;
    let page = person.text("/partner/new").await;
    let of = |mpn_id: &str| {
        let (_, rest) = page.split_once(&format!("value=\"{mpn_id}\"")).unwrap();
        rest.split("</label>").next().unwrap().to_owned()
    };
    assert!(page.contains("Locations of Bulut Ortak"), "{page}");
    let has = |mpn_id: &str, words: &[&str]| {
        let row = of(mpn_id);
        assert!(words.iter().all(|word| row.contains(word)), "{row} has not {words:?}");
    };
    let program = "OSU";
    has("1234567", &[" checked", "Bulut İstanbul", "(of your account)", ">Enrolled<", program]);
    has("1234568", &["Bulut Ankara", "Ankara (TR)", ">Enrolled<", "OSA"]);
    has("1234569", &[" disabled", ">Not active<"]);
    has("1234570", &[">Not enrolled<"]);
    assert!(!of("1234568").contains("disabled") && !of("1234568").contains("of your account"));
    assert!(!page.contains("Rhein"), "another organization's are not shown");
}

#[tokio::test]
async fn somebody_claims_for_another_location_of_the_own_organization() {
    let (world, ece) = ece().await;
    let begun = choose(&ece, "/partner/new", "1234568").await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let place = begun.header("location").to_owned();
    let draft = DraftId::parse(place.split('/').nth(3).unwrap()).unwrap();
    assert_eq!(ece.get(&place).await.status, 404, "at the own location there is no such draft");
    let in_ankara = Person { cookie: cookie(&begun), http: ece.http };
    let page = in_ankara.text(&place).await;
    assert!(page.contains("partner 1234568") && page.contains("Ece Yıldız"), "{page}");
    let fixed = in_ankara.text(&place.replace("customer", "location")).await;
    assert!(fixed.contains("Bulut Ankara"), "{fixed}");

    let drafts = world.app().drafts();
    let mut said = json!(a_claim());
    for field in ["v", "source", "idempotency_key"] {
        said.as_object_mut().unwrap().remove(field);
    }
    said["partner"].as_object_mut().unwrap().remove("mpn_id");
    let content: DraftContent = serde_json::from_value(said).unwrap();
    drafts.save(&id("1234568"), draft, 1, content, "Ece Yıldız").await.unwrap();
    let summary = place.replace("customer", "summary");
    let page = in_ankara.text(&summary).await;
    assert!(page.contains("Bulut Ankara, Ankara (TR) 1234568"), "{page}");
    // A colleague with an account there sees it, and one of a foreign location does not.
    let colleague = Person::of(&world, "1234568").await;
    assert!(colleague.text(&summary).await.contains("Teams rollout"));
    assert_eq!(Person::of(&world, "2345678").await.get(&summary).await.status, 404);

    let submit = place.replace("customer", "submit");
    let submitted = in_ankara.send(&summary, &submit, &[]).await;
    let path = submitted.header("location");
    let claim = cpor::claim::ClaimId::parse(path.rsplit('/').next().unwrap()).unwrap();
    world.settle().await;
    let submission = world.claim(claim).await.submission;
    assert_eq!(submission.partner.mpn_id.as_str(), "1234568");
    assert_eq!(submission.source.as_str(), "mpn-1234568");
    world.expect(claim).notified().await;
    assert!(in_ankara.text(path).await.contains("Waiting for the customer"));

    // Back home, it is not there; and it can be looked at again.
    let home = choose(&in_ankara, "/partner/location", "1234567").await;
    assert_eq!(home.header("location"), "/partner/associations");
    let at_home = Person { cookie: cookie(&home), http: in_ankara.http };
    assert_eq!(at_home.get(path).await.status, 404);
    assert!(at_home.text("/partner/location").await.contains("(of your account)"));
    world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn nobody_acts_for_a_foreign_location_or_for_one_that_is_not_active() {
    let (world, ece) = ece().await;
    let drafts = world.app().drafts();
    for mpn_id in ["2345678", "1234569", "9999999", "0", "Bulut Ankara"] {
        for path in ["/partner/new", "/partner/location"] {
            let refused = choose(&ece, path, mpn_id).await;
            assert_eq!(refused.status, 422, "{mpn_id}: {}", refused.text());
            assert!(refused.text().contains("Nothing was done"), "{}", refused.text());
            assert!(refused.headers.get("set-cookie").is_none(), "{mpn_id}");
        }
        if let Ok(foreign) = MpnId::parse(mpn_id) {
            assert!(drafts.list(&foreign, None, 10).await.unwrap().is_empty(), "{mpn_id}");
        }
    }
    assert!(drafts.list(&id("1234567"), None, 10).await.unwrap().is_empty());
    // What is somebody's own goes on.
    assert_eq!(choose(&ece, "/partner/new", "1234567").await.status, 303);
}

#[tokio::test]
async fn an_api_key_stays_at_its_location() {
    let (world, _) = ece().await;
    let person = Person::of(&world, "1234567").await;
    let page = person.text("/partner/new").await;
    assert!(page.contains("API key, which is for one location"), "{page}");
    let refused = choose(&person, "/partner/location", "1234568").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let keys = ApiKeys::new(world.ledger().store().clone());
    let label = Line::parse("another test").unwrap();
    let new =
        NewApiKey { authority: Authority::IncentivesAdmin(id("1234567")), label, expires_at: None };
    let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key.reveal();
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let content = json!({"partner": {"mpn_id": "1234568"}}).to_string();
    let answer = person.http.request(Method::POST, "/v1/drafts", &headers, content).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(answer.text().contains("partner_not_yours"), "{}", answer.text());
}

#[tokio::test]
async fn who_does_not_belong_to_the_organization_any_more_has_to_sign_in_again() {
    let (world, ece) = ece().await;
    let moved = choose(&ece, "/partner/location", "1234568").await;
    let in_ankara = Person { cookie: cookie(&moved), http: ece.http };
    assert_eq!(in_ankara.get("/partner/claims").await.status, 200);
    let apart: &[(&str, &[&str])] = &[("Bulut Ortak", &[ISTANBUL]), ("Ankara Bilişim", &[ANKARA])];
    register(&world, apart);
    let answer = in_ankara.get("/partner/claims").await;
    assert!(answer.header("location").starts_with("/partner/sign-in"), "{answer:?}");
    let at_home = Person { cookie: ece.cookie, http: in_ankara.http };
    let page = at_home.text("/partner/new").await;
    assert!(!page.contains("Bulut Ankara"), "{page}");
}

#[tokio::test]
async fn without_a_registry_there_is_the_own_location_alone() {
    let (world, ece) = ece().await;
    register(&world, &[]);
    let page = ece.text("/partner/new").await;
    assert!(page.contains("Other locations of your organization are not known"), "{page}");
    assert_eq!(page.matches("name=\"mpn_id\"").count(), 1);
    assert_eq!(choose(&ece, "/partner/new", "1234568").await.status, 422);
    register(&world, &[("RheinCloud", &[RHEIN])]);
    let page = ece.text("/partner/new").await;
    assert!(page.contains("not in the registry of partners"), "{page}");
}

#[tokio::test]
async fn where_partners_are_registered_known_active_and_enrolled_ones_claim() {
    let (world, _) = ece().await;
    let check = async |mpn_id: &str, expected: Option<&str>| {
        let mut submission = a_claim();
        mpn_id.clone_into(&mut submission.partner.mpn_id);
        let claim = world.submit(submission).await;
        match expected {
            Some(code) => {
                world.expect(claim).action_required_for(code).has_findings([code]).await;
            }
            None => world.expect(claim).notified().await,
        }
        world.withdraw(claim).await.unwrap();
    };
    check("1234567", None).await;
    check("7654321", Some("partner_unknown")).await;
    check("1234569", Some("partner_inactive")).await;
    check("1234570", Some("partner_not_enrolled")).await;
    register(&world, &[]);
    check("7654321", None).await;
}
