//! What a partner's people say when others decide: comments, disputes, reactivations, and answers
//! to another partner's claim.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::{World, a_claim, a_claim_of};

use super::{FRIDAY, Person};

struct Stage {
    world: World,
    person: Person,
}

impl Stage {
    async fn set() -> Self {
        let world = World::starting(FRIDAY).await;
        let person = Person::of(&world, "1234567").await;
        Self { world, person }
    }

    /// Sends the form of an act, and gives the page on which the browser is then.
    async fn does(&self, claim: ClaimId, act: &str, fields: &[(&str, &str)]) -> String {
        let path = format!("/partner/claims/{claim}/{act}");
        let sent = self.person.send(&path, &path, fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        self.world.settle().await;
        self.person.text(sent.header("location")).await
    }
}

#[tokio::test]
async fn a_comment_stands_in_the_history() {
    let stage = Stage::set().await;
    let claim = stage.world.submit(a_claim()).await;
    let path = format!("/partner/claims/{claim}/comment");
    let refused = stage.person.send(&path, &path, &[("reason", "")]).await;
    assert_eq!(refused.status, 422);
    let page = stage.does(claim, "comment", &[("reason", "The <b>contract</b> is signed.")]).await;
    assert!(page.contains("The comment is written."), "{page}");
    assert!(page.contains("The &lt;b&gt;contract&lt;/b&gt; is signed."), "{page}");
    stage.world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn a_claim_that_was_not_answered_is_reactivated_once() {
    let stage = Stage::set().await;
    let mut wrong = a_claim();
    "unknown.example".clone_into(&mut wrong.customer.domain);
    let claim = stage.world.submit(wrong).await;
    stage.world.travel_for(chrono::TimeDelta::days(10)).await;
    assert_eq!(stage.world.status(claim).await, Status::Refused);
    let page = stage.person.text(&format!("/partner/claims/{claim}")).await;
    assert!(page.contains("You can still act before"), "{page}");
    assert!(!page.contains("Dispute the refusal"), "{page}");
    let page = stage.does(claim, "reactivate", &[("reason", "Our contact was ill.")]).await;
    assert!(page.contains("The claim goes on."), "{page}");
    assert_eq!(stage.world.status(claim).await, Status::ActionRequired);
    stage.world.travel_for(chrono::TimeDelta::days(60)).await;
    let page = stage.person.text(&format!("/partner/claims/{claim}")).await;
    assert!(!page.contains("Reactivate the claim"), "{page}");
}

#[tokio::test]
async fn another_partners_claim_is_answered_without_learning_whose_it_is() {
    let stage = Stage::set().await;
    let mine = stage.world.submit(a_claim()).await;
    let theirs = stage.world.submit(a_claim_of("7654321")).await;
    let page = stage.person.text(&format!("/partner/claims/{mine}")).await;
    assert!(page.contains("Another partner claims an item of yours"), "{page}");
    let asked = stage.person.text(&format!("/partner/claims/{mine}/contest")).await;
    assert!(asked.contains("It is about Microsoft Teams."), "{asked}");
    for text in [&page, &asked] {
        assert!(!text.contains("7654321") && !text.contains(&theirs.to_string()), "{text}");
    }
    let path = format!("/partner/claims/{mine}/contest");
    let undecided = stage.person.send(&path, &path, &[("reason", "Ours.")]).await;
    assert_eq!(undecided.status, 422);
    assert!(undecided.text().contains("Choose whether you keep"), "{}", undecided.text());
    let fields = [("keeps", "yes"), ("reason", "We run it since 2024.")];
    let page = stage.does(mine, "contest", &fields).await;
    assert!(page.contains("Your answer is recorded"), "{page}");
    let rival = Person::of(&stage.world, "7654321").await;
    let seen = rival.text(&format!("/partner/claims/{theirs}")).await;
    assert!(seen.contains("The partner that has the item answered"), "{seen}");
    assert!(!seen.contains("since 2024") && !seen.contains("1234567"), "{seen}");
    stage.world.withdraw(theirs).await.unwrap();
    stage.world.travel_for(chrono::TimeDelta::days(60)).await;
}

#[tokio::test]
async fn a_refusal_is_disputed_once_with_a_justification() {
    let stage = Stage::set().await;
    let theirs = stage.world.submit(a_claim_of("7654321")).await;
    let mine = stage.world.submit(a_claim()).await;
    let reason = "The other contract is newer.".to_owned();
    let ledger = stage.world.ledger();
    ledger.arbitrate(mine, false, reason, "key:reviewer").await.unwrap();
    stage.world.settle().await;
    assert_eq!(stage.world.status(mine).await, Status::Refused);
    let page = stage.person.text(&format!("/partner/claims/{mine}")).await;
    assert!(page.contains("Dispute the refusal"), "{page}");
    let reason = "<blockquote>The other contract is newer.</blockquote>";
    assert!(page.contains(&format!("decided for the other partner.{reason}")), "{page}");
    let turkish = stage.person.text(&format!("/partner/claims/{mine}?lang=tr")).await;
    assert!(turkish.contains(&format!("lehine karara bağlandı.{reason}")), "{turkish}");
    let page = stage.does(mine, "dispute", &[("reason", "Ours was signed later.")]).await;
    assert!(page.contains("Disputed: somebody else"), "{page}");
    assert!(page.contains("Ours was signed later.") && page.contains("Decision before"), "{page}");
    assert_eq!(stage.world.status(mine).await, Status::Disputed);
    stage.world.withdraw(mine).await.unwrap();
    stage.world.withdraw(theirs).await.unwrap();
    stage.world.settle().await;
}
