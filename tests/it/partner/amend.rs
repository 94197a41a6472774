//! Putting right what was found, in a form with the findings beside their fields.

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};
use cpor_jobs::Item;

use super::{FRIDAY, Person};

#[tokio::test]
async fn a_finding_stands_beside_its_field_and_an_answer_goes_on_with_the_claim() {
    let world = World::starting(FRIDAY).await;
    let mut wrong = a_claim();
    "unknown.example".clone_into(&mut wrong.customer.domain);
    let claim = world.submit(wrong).await;
    assert_eq!(world.status(claim).await, Status::ActionRequired);
    let person = Person::of(&world, "1234567").await;
    let path = format!("/partner/claims/{claim}/amend");
    let form = person.text(&path).await;
    let (_, field) = form.split_once("<label for=\"customer.domain\">").unwrap();
    let field = field.split_once("</div>").unwrap().0;
    assert!(field.contains("No tenant has this domain"), "{field}");
    assert!(field.contains("aria-invalid=\"true\""), "{field}");
    let turkish = person.text(&format!("{path}?lang=tr")).await;
    assert!(turkish.contains("Hiçbir kiracının bu etki alanı yok"), "{turkish}");
    let revision = world.claim(claim).await.revision.to_string();
    let send = async |fields: &[(&str, &str)]| {
        let fields = [&[("revision", revision.as_str())], fields].concat();
        person.send(&path, &path, &fields).await
    };
    let still = send(&[("customer.domain", "not a domain"), ("customer.contact.name", "")]).await;
    assert_eq!(still.status, 422);
    assert!(
        still.text().contains("Still something") || still.text().contains("still to be put right")
    );
    assert!(still.text().contains("value=\"not a domain\""), "{}", still.text());
    assert_eq!(world.status(claim).await, Status::ActionRequired);
    let done = send(&[("customer.domain", "anadoluelektrik.com.tr"), ("comment", "Sorry.")]).await;
    assert!(done.header("location").ends_with("?done=amend"), "{}", done.text());
    world.settle().await;
    assert_eq!(world.status(claim).await, Status::Notified);
    let comment = world.claim(claim).await.submission.comment.clone();
    assert_eq!(comment.unwrap().as_str(), "Sorry.");
    world.travel_for(chrono::TimeDelta::days(30)).await;
}

#[tokio::test]
async fn nothing_but_what_may_be_changed_is_changed_and_nobody_overwrites_a_colleague() {
    let world = World::starting(FRIDAY).await;
    let mut wrong = a_claim();
    "unknown.example".clone_into(&mut wrong.customer.domain);
    wrong.items = vec![Item::workload("teams"), Item::workload("exchange")];
    let claim = world.submit(wrong).await;
    let person = Person::of(&world, "1234567").await;
    let path = format!("/partner/claims/{claim}/amend");
    let stale = person.send(&path, &path, &[("revision", "1"), ("name", "Mine")]).await;
    assert!(stale.header("location").ends_with("?done=changed"), "{}", stale.text());
    let revision = world.claim(claim).await.revision.to_string();
    let fields = [
        ("revision", revision.as_str()),
        ("customer.domain", "anadoluelektrik.com.tr"),
        ("leave_out[1]", "yes"),
        ("partner.mpn_id", "7654321"),
        ("source", "another"),
        ("customer.tenant_id", "00000000-0000-0000-0000-000000000001"),
    ];
    let done = person.send(&path, &path, &fields).await;
    assert!(done.header("location").ends_with("?done=amend"), "{}", done.text());
    world.settle().await;
    let after = world.claim(claim).await;
    assert_eq!(after.submission.partner.mpn_id.as_str(), "1234567");
    assert_eq!(after.submission.items.len(), 2);
    assert_eq!(after.status(), Status::Notified);
    let gone = person.get(&path).await;
    assert!(gone.header("location").ends_with("?done=not_offered"), "{gone:?}");
    world.travel_for(chrono::TimeDelta::days(30)).await;
}
