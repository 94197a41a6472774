//! The steps of a draft without a browser: the questions that pick the activity, and the warning of
//! items that others have.

use cpor::claim::identity::MpnId;
use cpor::drafts::DraftId;
use cpor::testkit::http::Answer;
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim_of};
use serde_json::json;

use super::{FRIDAY, Person};

/// Begins a draft, and gives the place of its steps.
async fn begun(person: &Person) -> (String, DraftId) {
    let answer = person.send("/partner/new", "/partner/new", &[]).await;
    let (draft, _) = answer.header("location").rsplit_once('/').unwrap();
    (draft.to_owned(), DraftId::parse(draft.rsplit('/').next().unwrap()).unwrap())
}

#[tokio::test]
async fn plain_answers_pick_each_of_the_activities() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    let (draft, id) = begun(&person).await;
    let step = format!("{draft}/activity");
    let check = async |about: &str, work: &str, area: &str, activities: &[&str]| {
        let answers = [("about", about), ("work", work), ("go", "pick")];
        let picked = person.send(&step, &step, &answers).await;
        let page = person.text(picked.header("location")).await;
        assert!(page.contains("So it is:"), "{about} {work}: {page}");
        let (before, _) = page.split_once("\" checked").unwrap();
        let (_, choice) = before.rsplit_once("value=\"").unwrap();
        let before = world.app().drafts().find(None, id).await.unwrap().revision;
        assert_eq!(before, saved(&world, id).await.0, "a question saves nothing");
        person.send(&step, &step, &[("choice", choice), ("revision", &before.to_string())]).await;
        let (_, content) = saved(&world, id).await;
        assert_eq!(content["solution_area"], area, "{about} {work}");
        assert_eq!(content["activities"], json!(activities), "{about} {work}");
    };
    check("microsoft_365", "", "microsoft_365", &["usage"]).await;
    check("business", "before", "business_applications", &["presales"]).await;
    check("business", "after", "business_applications", &["usage"]).await;
    check("business", "both", "business_applications", &["presales", "usage"]).await;
    check("own_product", "", "business_applications", &["revenue_association"]).await;
    let unsure = [("about", "business"), ("work", ""), ("go", "pick")];
    let unsure = person.send(&step, &step, &unsure).await;
    let page = person.text(unsure.header("location")).await;
    assert!(page.contains("Please answer the second question"), "{page}");
}

async fn saved(world: &World, id: DraftId) -> (u64, serde_json::Value) {
    let draft = world.app().drafts().find(None, id).await.unwrap();
    (draft.revision, json!(draft.content))
}

#[tokio::test]
async fn who_has_an_item_is_never_said() {
    let world = World::starting(FRIDAY).await;
    let mut rival = a_claim_of("7654321");
    "Rival rollout".clone_into(&mut rival.name);
    rival.partner.contact.email = "rita@rival.example".to_owned();
    let held = world.submit(rival).await;
    let person = Person::of(&world, "1234567").await;
    let (draft, id) = begun(&person).await;
    let drafts = world.app().drafts();
    let content = json!({
        "customer": {"tenant_id": CUSTOMER_TENANT},
        "solution_area": "microsoft_365", "activities": ["usage"],
        "items": [{"workload": "teams"}, {"workload": "intune"}],
    });
    let content = serde_json::from_value(content).unwrap();
    let mpn_id = MpnId::parse("1234567").unwrap();
    drafts.save(&mpn_id, id, 1, content, "Ece").await.unwrap();
    let warns = |answer: &Answer| {
        let text = answer.text();
        assert!(text.contains("Microsoft Teams is held or claimed by another partner"), "{text}");
        assert!(!text.contains("Intune is held"), "{text}");
        for secret in ["7654321", "Rival", "rival", &held.to_string()] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    };
    for path in ["items", "summary", "check/items?workload=teams&workload=intune"] {
        warns(&person.get(&format!("{draft}/{path}")).await);
    }
    world.withdraw(held).await.unwrap();
    let text = person.text(&format!("{draft}/items")).await;
    assert!(!text.contains("held or claimed"), "{text}");
}
