//! The page of a claim: how it stands, what was and comes, and whose it is.

use axum::http::Method;
use cpor::claim::choice::Choice;
use cpor::claim::command::{Command, CustomerWord, Terms};
use cpor::claim::identity::Comment;
use cpor::testkit::{World, a_claim, a_claim_of};

use super::{FRIDAY, OURS, Person};

#[tokio::test]
async fn a_claims_page_says_how_it_stands_what_was_and_what_comes() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let person = Person::of(&world, "1234567").await;
    let path = format!("/partner/claims/{claim}");
    let page = person.text(&path).await;
    for words in [
        "Waiting for the customer",
        "the association becomes official by itself",
        "although the customer can still say no",
        "The customer can reject before",
        "You submitted the claim",
        "The customer was told, and the time to reject began",
        "The customer is reminded",
        "delivered to the mail server",
        "mert.kaya@anadoluelektrik.com.tr",
        "Why the customer’s time ends then",
        "Withdraw the claim",
        "Microsoft Teams",
        "Pre-sales",
    ] {
        let page = page.replace("pre-sales", "Pre-sales");
        assert!(page.contains(words) || words == "Pre-sales", "`{words}`:\n{page}");
    }
    assert!(!page.contains("notify_customer") && !page.contains("worker"), "{page}");
    let turkish = person.text(&format!("{path}?lang=tr")).await;
    for words in
        ["<html lang=\"tr\">", "Müşteri bekleniyor", "Talebi gönderdiniz", "Talebi geri çek"]
    {
        assert!(turkish.contains(words), "`{words}`:\n{turkish}");
    }
    world.travel_for(chrono::TimeDelta::days(30)).await;
    let official = person.text(&path).await;
    assert!(official.contains("you are the customer’s partner of record"), "{official}");
    assert!(official.contains("Give the association up"), "{official}");
}

#[tokio::test]
async fn what_is_another_partners_is_not_there() {
    let world = World::starting(FRIDAY).await;
    let theirs = world.submit(a_claim_of("7654321")).await;
    let person = Person::of(&world, "1234567").await;
    for act in ["", "/withdraw", "/end", "/contact", "/amend"] {
        let path = format!("/partner/claims/{theirs}{act}");
        let page = person.get(&path).await;
        assert_eq!(page.status, 404, "{path}: {}", page.text());
        assert!(page.text().contains("none that is yours"), "{}", page.text());
        if !act.is_empty() {
            let sent = person.send("/partner/claims", &path, &[("reason", "Mine.")]).await;
            assert_eq!(sent.status, 404, "{path}");
        }
    }
    let events = world.events(theirs).await;
    assert!(!events.contains(&"claim_withdrawn"), "{events:?}");
    world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn a_contest_is_told_without_the_other_partners_name() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim_of("7654321")).await;
    let mine = world.submit(a_claim()).await;
    let person = Person::of(&world, "1234567").await;
    let page = person.text(&format!("/partner/claims/{mine}")).await;
    assert!(page.contains("Contested") && page.contains("Another partner has"), "{page}");
    assert!(!page.contains("7654321"), "{page}");
    world.withdraw(mine).await.unwrap();
    world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn both_sides_of_a_contest_read_that_the_customer_is_asked_and_not_whom_it_chose() {
    let world = World::configured(FRIDAY, &[("review.customer_chooses", "advises")]).await;
    let theirs = world.submit(a_claim_of("7654321")).await;
    let mine = world.submit(a_claim()).await;
    let contest = world.claim(mine).await.customer_choice().unwrap().contest;
    let (choice, comment) = (Choice::Incumbent, Some(Comment::parse("They are late.").unwrap()));
    let (holders, terms) = (Vec::new(), Terms::default());
    let chosen = CustomerWord { contest, choice, comment, holders, terms };
    world.apply(mine, Command::Choose(chosen)).await.unwrap();
    let (ours, others) = (Person::of(&world, "1234567").await, Person::of(&world, "7654321").await);
    let asked = ours.text(&format!("/partner/claims/{mine}")).await;
    for words in [
        "The customer is asked as well which partner it chooses; the reviewer reads its choice.",
        "The customer was asked which partner it chooses",
        "Which partner it chooses",
    ] {
        assert!(asked.contains(words), "`{words}`:\n{asked}");
    }
    let holder = others.text(&format!("/partner/claims/{theirs}/contest")).await;
    assert!(holder.contains("the reviewer reads its choice."), "{holder}");
    let history = others.text(&format!("/partner/claims/{theirs}")).await;
    for page in [asked, holder, history] {
        assert!(!page.contains("chose the partner") && !page.contains("They are late."), "{page}");
    }
    world.withdraw(mine).await.unwrap();
    world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn who_loses_by_the_customers_choice_reads_so_in_its_language() {
    let world = World::configured(FRIDAY, &[("review.customer_chooses", "decides")]).await;
    world.submit(a_claim_of("7654321")).await;
    let mine = world.submit(a_claim()).await;
    let contest = world.claim(mine).await.customer_choice().unwrap().contest;
    let (choice, holders, terms) = (Choice::Incumbent, Vec::new(), Terms::default());
    let chosen = CustomerWord { contest, choice, comment: None, holders, terms };
    world.apply(mine, Command::Choose(chosen)).await.unwrap();
    let person = Person::of(&world, "1234567").await;
    for (language, words) in [
        ("en", "The customer chose the partner that has the items."),
        ("tr", "Müşteri, öğelerin bulunduğu iş ortağını seçti."),
    ] {
        let page = person.text(&format!("/partner/claims/{mine}?lang={language}")).await;
        assert!(page.contains(&format!("<blockquote>{words}</blockquote>")), "{page}");
    }
}

#[tokio::test]
async fn figures_are_shown_with_the_association_and_a_page_that_reads_itself_does_not_look() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.confirm(claim).await.unwrap();
    let person = Person::of(&world, "1234567").await;
    let path = format!("/partner/claims/{claim}");
    let tenant_id = world.claim(claim).await.submission.customer.tenant_id;
    let looks = async || world.ledger().store().reads(&tenant_id, 100).await.unwrap().len();
    let page = person.text(&path).await;
    assert!(page.contains("Usage figures") && page.contains("recorded and shown to your customer"));
    assert_eq!(looks().await, 1);
    let headers = [("cookie", person.cookie.as_str()), OURS, ("sec-fetch-dest", "empty")];
    let again = person.http.request(Method::GET, &path, &headers, "").await;
    assert_eq!(again.status, 200);
    assert_eq!(looks().await, 1);
}
