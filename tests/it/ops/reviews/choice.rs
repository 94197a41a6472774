//! What the customer has chosen between two partners, for those who decide and those who look.

use cpor::access::Authority;
use cpor::claim::choice::Choice;
use cpor::claim::command::{Command, CustomerWord, Terms};
use cpor::claim::identity::MpnId;
use cpor::testkit::{World, a_claim};

use super::{FRIDAY, Person, comment, key, page_of, rival_on};

const WORDS: &str = "They did the rollout.";

#[tokio::test]
async fn a_reviewer_reads_what_the_customer_chose_and_partners_do_not() {
    let world = World::configured(FRIDAY, &[("review.customer_chooses", "advises")]).await;
    world.submit(a_claim()).await;
    let rival = world.submit(rival_on("teams")).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(rival)).await;
    assert!(page.contains("has not chosen yet; its choice is advice for you"), "{page}");
    let contest = world.claim(rival).await.customer_choice().unwrap().contest;
    let (holders, terms, words) = (Vec::new(), Terms::default(), Some(comment(WORDS)));
    let choice = Choice::Challenger;
    let chosen = CustomerWord { contest, choice, comment: words, holders, terms };
    world.ledger().apply(rival, &Command::Choose(chosen), "customer").await.unwrap();
    let page = reviewer.text(&page_of(rival)).await;
    assert!(page.contains("the customer chose the partner that claims the items anew"), "{page}");
    assert!(page.contains(WORDS), "{page}");
    let page = Person::of(&world, Authority::Observer).await.text(&page_of(rival)).await;
    assert!(page.contains("the customer chose the partner that claims"), "{page}");
    assert!(!page.contains(WORDS), "{page}");

    let http = world.serve().await;
    let partner = Authority::IncentivesAdmin(MpnId::parse("7654321").unwrap());
    for (authority, sees) in [(Authority::Reviewer, true), (partner, false)] {
        let bearer = format!("Bearer {}", key(&world, authority).await.key.reveal());
        let headers = [("authorization", bearer.as_str())];
        let path = format!("/v1/claims/{rival}");
        let claim = http.request(axum::http::Method::GET, &path, &headers, "").await.json();
        let expected = if sees { serde_json::json!("challenger") } else { serde_json::Value::Null };
        assert_eq!(claim["customer_choice"]["choice"], expected, "{claim}");
        let history = format!("{path}/history");
        let history = http.request(axum::http::Method::GET, &history, &headers, "").await.text();
        assert_eq!(history.contains("customer_chose"), sees, "{history}");
        assert_eq!(history.contains(WORDS), sees, "{history}");
        assert_eq!(history.contains("\"incumbents\":[]"), !sees, "{history}");
    }
    world.finish().await;
}
