//! "I am not the right person": the window is void, and begins anew for whom the partner confirms.

use cpor::claim::command::{Command, ContactProposal};
use cpor::claim::state::State;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};
use cpor_jobs::SubmitClaim;

use super::{END, FRIDAY, at, codes, did, official_since, refused};

const MERT: &str = "mert.kaya@anadoluelektrik.com.tr";
const SELIN: &str = "selin@anadoluelektrik.com.tr";
const PARTNER: &str = "ece.yildiz@partner.example";

fn of_a_rival() -> SubmitClaim {
    let mut rival = a_claim();
    "7654321".clone_into(&mut rival.partner.mpn_id);
    rival
}

async fn check_everything_adds_up(world: &World) {
    assert_eq!(world.broken_invariants().await, []);
}

async fn proposed(world: &World) -> ClaimId {
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-25T09:00:00Z").await;
    assert_eq!(did(world.propose_contact(claim, "selin").await), ["contact_proposed"]);
    claim
}

#[tokio::test]
async fn a_claim_that_is_passed_on_waits_for_its_partner_and_never_becomes_official_meanwhile() {
    let world = World::starting(FRIDAY).await;
    let claim = proposed(&world).await;
    assert_eq!(world.status(claim).await, Status::ActionRequired);
    assert_eq!(codes(&world, claim).await, ["contact_proposed"]);
    let State::ActionRequired { answer_by, proposed, .. } = &world.claim(claim).await.state else {
        panic!("it waits for nobody");
    };
    assert_eq!(*answer_by, at("2026-12-02T21:00:00Z"), "five business days for the partner");
    assert_eq!(proposed.as_ref().unwrap().contact.email.as_str(), SELIN);
    world.travel_to(END).await;
    assert_eq!(world.status(claim).await, Status::ActionRequired, "the first window is void");
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    check_everything_adds_up(&world).await;
    world.travel_to("2026-12-02T21:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Refused);
    assert_eq!(codes(&world, claim).await, ["no_answer", "contact_proposed"]);
    check_everything_adds_up(&world).await;
}

#[tokio::test]
async fn the_new_contact_gets_a_notice_of_its_own_and_the_whole_time() {
    let world = World::starting(FRIDAY).await;
    let claim = proposed(&world).await;
    let old = world.mails().iter().find(|mail| mail.to == MERT).unwrap().text();
    world.travel_to("2026-11-26T09:00:00Z").await;
    assert_eq!(did(world.confirm_contact(claim).await), ["contact_confirmed"]);
    assert_eq!(world.status(claim).await, Status::Notified);
    let mails = world.mails();
    let notice = mails.iter().find(|mail| mail.to == SELIN).unwrap();
    assert_eq!(notice.message_id, format!("<n2.{claim}@cpor.example>"));
    let link = world.link_in_latest_mail_to(SELIN);
    assert!(!old.contains(&link), "the new contact has a link of its own");
    // The day of the new notice does not count, and neither does anything before it.
    assert_eq!(world.closes_at(claim).await, at("2026-12-03T21:00:00Z"));
    world.travel_to("2026-12-03T20:59:59.999Z").await;
    assert_eq!(world.status(claim).await, Status::Notified);
    check_everything_adds_up(&world).await;
    world.travel_to("2026-12-03T21:00:00Z").await;
    assert_eq!(official_since(&world, claim).await, at("2026-12-03T21:00:00Z"));
    check_everything_adds_up(&world).await;
}

#[tokio::test]
async fn the_items_stay_held_while_the_claim_is_passed_on() {
    let world = World::starting(FRIDAY).await;
    let claim = proposed(&world).await;
    let rival = world.submit(of_a_rival()).await;
    assert_eq!(world.status(rival).await, Status::Contested);
    world.confirm_contact(claim).await.unwrap();
    assert_eq!(world.status(claim).await, Status::Notified);
    world.reject(claim).await.unwrap();
    let next = world.submit(a_claim()).await;
    assert_eq!(world.status(next).await, Status::Notified, "only the end frees them");
    world.withdraw(rival).await.unwrap();
}

#[tokio::test]
async fn the_old_link_tells_that_it_is_old_and_where_the_claim_went() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let token = |link: String| link.rsplit('/').next().unwrap().to_owned();
    let old = world.links().read_notice(&token(world.link_in_latest_mail_to(MERT))).unwrap();
    assert_eq!((old.claim_id, old.notice), (claim, 1));
    world.propose_contact(claim, "selin").await.unwrap();
    let passed_on = world.claim(claim).await.passed_on.clone().unwrap();
    assert_eq!((passed_on.notice, passed_on.to.as_str()), (1, "s***@anadoluelektrik.com.tr"));
    world.confirm_contact(claim).await.unwrap();
    let now = world.claim(claim).await;
    assert!(old.notice < now.notices);
    assert_eq!(now.passed_on.as_ref(), Some(&passed_on));
    let new = world.links().read_notice(&token(world.link_in_latest_mail_to(SELIN))).unwrap();
    assert_eq!(new.notice, now.notices);
}

#[tokio::test]
async fn a_notice_is_passed_on_once_and_only_the_newest_one() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let first = world.proposal(claim, "selin").await;
    let propose = |proposal| Command::ProposeContact(Box::new(proposal));
    assert_eq!(did(world.apply(claim, propose(first.clone())).await), ["contact_proposed"]);
    assert_eq!(did(world.apply(claim, propose(first.clone())).await), [""; 0]);
    world.confirm_contact(claim).await.unwrap();
    assert_eq!(did(world.confirm_contact(claim).await), [""; 0]);
    assert_eq!(did(world.apply(claim, propose(first)).await), [""; 0], "the window stays open");
    let again = world.propose_contact(claim, "selin").await;
    assert_eq!(refused(again).code(), "same_contact");
    assert_eq!(did(world.propose_contact(claim, "deniz").await), ["contact_proposed"]);
    world.withdraw(claim).await.unwrap();
}

#[tokio::test]
async fn who_answers_too_late_cannot_pass_the_claim_on() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let in_time = world.proposal(claim, "selin").await;
    world.travel_to(END).await;
    let late = world.propose_contact(claim, "selin").await;
    assert_eq!(refused(late).code(), "wrong_status");
    let entered_late = Command::ProposeContact(Box::new(in_time));
    assert_eq!(refused(world.apply(claim, entered_late).await).code(), "wrong_status");
    assert_eq!(world.status(claim).await, Status::Associated);
}

#[tokio::test]
async fn who_answers_in_time_passes_the_claim_on_however_late_it_is_entered() {
    let grace = [("window.finalize_grace_seconds", "30")];
    let world = World::configured(FRIDAY, &grace).await;
    let claim = world.submit(a_claim()).await;
    let received_at = world.now().await;
    world.travel_to(END).await;
    let late = world.propose_contact(claim, "selin").await;
    assert_eq!(refused(late).code(), "window_closed");
    assert_eq!(did(world.reject(claim).await), ["late_rejection_received"]);
    let proposal = world.proposal(claim, "selin").await;
    let entered_late =
        Command::ProposeContact(Box::new(ContactProposal { received_at, ..proposal }));
    assert_eq!(did(world.apply(claim, entered_late).await), ["contact_proposed"]);
    world.confirm_contact(claim).await.unwrap();
    // A no that was too late for the first window is no answer to the second one.
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    check_everything_adds_up(&world).await;
}

#[tokio::test]
async fn a_customer_can_pass_the_claim_on_while_its_notice_is_on_its_way_again() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    submission.customer.contact.email = "drop-after-dot@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission).await;
    assert_eq!(world.status(claim).await, Status::Validated);
    assert_eq!(did(world.propose_contact(claim, "selin").await), ["contact_proposed"]);
    world.confirm_contact(claim).await.unwrap();
    assert_eq!(world.status(claim).await, Status::Notified);
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
}

#[tokio::test]
async fn the_partner_reads_whom_to_confirm_and_may_name_another() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    let claim = world.submit(submission.clone()).await;
    world.propose_contact(claim, "selin").await.unwrap();
    let mail = world.latest_mail_to(PARTNER);
    for part in ["Selin Demir, CIO", SELIN, "CONFIRM", "before Friday 27 November 2026"] {
        assert!(mail.contains(part), "`{part}` is not in: {mail}");
    }
    submission.customer.contact.email = "deniz@anadoluelektrik.com.tr".to_owned();
    assert_eq!(did(world.amend(claim, &submission).await), ["claim_amended"]);
    assert_eq!(world.status(claim).await, Status::Notified);
    assert!(world.mails().iter().all(|mail| mail.to != SELIN));
    assert!(world.latest_mail_to("deniz@anadoluelektrik.com.tr").contains("Microsoft Teams"));
    world.reject(claim).await.unwrap();
}

#[tokio::test]
async fn a_contact_at_the_partner_is_found_when_it_is_confirmed() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let mut proposal = world.proposal(claim, "selin").await;
    proposal.contact.email =
        cpor::claim::identity::EmailAddress::parse("ali@partner.example").unwrap();
    world.apply(claim, Command::ProposeContact(Box::new(proposal))).await.unwrap();
    world.confirm_contact(claim).await.unwrap();
    assert_eq!(codes(&world, claim).await, ["contact_at_partner"]);
    assert_eq!(refused(world.confirm_contact(claim).await).code(), "nothing_proposed");
    world.withdraw(claim).await.unwrap();
}
