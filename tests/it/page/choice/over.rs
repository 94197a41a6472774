//! When there is nothing to choose, any more or at all: the claim was taken back, a reviewer was
//! faster, the customer could not be reached, or has changed its mind too often.

use cpor::claim::Status;
use cpor::claim::choice::{CHOICES_MAX, Choice};
use cpor::claim::command::{Command, CustomerWord, Terms, Why};
use cpor::claim::state::EndReason;
use cpor::ledger::LedgerError;
use cpor::testkit::{World, a_claim_of};

use super::{ADVISES, Contested, DECIDES, choice_path, rivals, said};
use crate::page::forms::Form;
use crate::page::{FRIDAY, follow, page, says, send};

/// The rival's contact, to whom mails about the contested claim go.
const RIVAL: &str = "can.er@rival.example";
/// Who has the items.
const HOLDER: &str = "ece.yildiz@partner.example";

fn word(contest: u64, choice: Choice, words: &str) -> Command {
    let (comment, holders, terms) = (Some(said(words)), Vec::new(), Terms::default());
    Command::Choose(CustomerWord { contest, choice, comment, holders, terms })
}

#[tokio::test]
async fn a_claim_that_was_taken_back_leaves_nothing_to_choose() {
    let contested = Contested::with(DECIDES).await;
    let second = contested.first_step("challenger", "").await;
    contested.world.withdraw(contested.rival).await.unwrap();
    let mut form = Form::only(&second);
    form.set("confirm", "yes");
    let over = send(&contested.server, &contested.path, &form).await;
    let over = follow(&contested.server, &contested.path, &over).await;
    says(&over, "The partner has taken its claim back");
    assert!(!over.contains("partner.example"), "who has the items is not told any more: {over}");
    assert!(Form::all(&over).is_empty());
    assert_eq!(contested.world.grants(cpor::testkit::CUSTOMER_TENANT).await.len(), 1);
    contested.adds_up().await;
}

#[tokio::test]
async fn a_choice_that_decides_is_used_once() {
    let contested = Contested::with(DECIDES).await;
    let (world, rival) = (&contested.world, contested.rival);
    let second = contested.first_step("incumbent", "").await;
    contested.second_step(&second, "yes").await;
    world.settle().await;
    let events = world.events(rival).await;
    let again = contested.second_step(&second, "yes").await;
    says(&again, "Nothing was recorded: this has been decided meanwhile");
    says(&again, "partner.example The partner that has the items Received:");
    assert_eq!(world.events(rival).await, events);
    contested.adds_up().await;
}

#[tokio::test]
async fn of_a_partner_that_it_was_not_told_of_the_customer_decides_nothing() {
    let contested = Contested::with(DECIDES).await;
    let world = &contested.world;
    let (reason, detail) = (EndReason::CustomerWithdrew, None);
    let end = Command::End { reason, detail };
    world.apply(contested.incumbent, end).await.unwrap();
    let third = world.submit(a_claim_of("5555555")).await;
    assert_eq!(world.status(third).await, Status::Notified, "the item was free");
    let page = contested.choose("challenger", "").await;
    says(&page, "Who has the items has changed since the contest began.");
    assert_eq!(contested.chosen().await, Some(Choice::Challenger));
    assert_eq!(world.status(third).await, Status::Notified);
    contested.adds_up().await;
}

#[tokio::test]
async fn the_customer_and_a_reviewer_at_once_decide_once() {
    for round in 0..4 {
        let contested = Contested::with(DECIDES).await;
        let (world, rival) = (&contested.world, contested.rival);
        let contest = world.claim(rival).await.customer_choice().unwrap().contest;
        let (choose, why) = (word(contest, Choice::Challenger, "Ours."), "Older.".to_owned());
        let ledger = world.ledger();
        let customer = ledger.apply(rival, &choose, "customer");
        let reviewer = ledger.arbitrate(rival, false, why, "reviewer");
        let (customer, reviewer) = tokio::join!(customer, reviewer);
        assert!(customer.is_ok() != reviewer.is_ok(), "{round}: {customer:?}, {reviewer:?}");
        world.settle().await;
        let events = world.events(rival).await;
        let won = events.contains(&"contest_won");
        assert_eq!(won, customer.is_ok(), "{events:?}");
        assert_eq!(events.contains(&"claim_refused"), reviewer.is_ok(), "{events:?}");
        let holder = if won { Status::Ended } else { Status::Associated };
        assert_eq!(world.status(contested.incumbent).await, holder);
        contested.adds_up().await;
    }
}

#[tokio::test]
async fn a_customer_that_cannot_be_reached_leaves_it_to_the_reviewer() {
    let world = World::configured(FRIDAY, &[ADVISES]).await;
    world.submit(a_claim_of("1234567")).await;
    world.travel_to("2026-11-30T08:00:00Z").await;
    let mut rival = rivals();
    rival.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
    let rival = world.submit(rival).await;
    world.expect(rival).contested().await;
    assert_eq!(choice_path(&world), None);
    let asked = world.claim(rival).await.customer_choice().cloned().unwrap();
    assert_eq!((asked.ask_at, asked.unreached, asked.chosen), (None, true, None));
    assert!(world.dead_letters().await.is_empty(), "nobody has to do anything about it");
    assert_eq!(world.broken_invariants().await, []);
}

#[tokio::test]
async fn a_choice_is_changed_only_so_often() {
    let contested = Contested::with(ADVISES).await;
    let (world, rival) = (&contested.world, contested.rival);
    let contest = world.claim(rival).await.customer_choice().unwrap().contest;
    for time in 0..CHOICES_MAX {
        world.apply(rival, word(contest, Choice::Neither, &format!("{time}"))).await.unwrap();
    }
    let last = world.apply(rival, word(contest, Choice::Incumbent, "No.")).await;
    let Err(LedgerError::Refused { refusal, .. }) = last else { panic!("{last:?}") };
    assert_eq!(refusal.why, Why::TooMany);
    says(&contested.choose("incumbent", "").await, "or your choice was changed too often");
    assert_eq!(contested.chosen().await, Some(Choice::Neither));
}

#[tokio::test]
async fn a_link_says_nothing_of_another_claim() {
    let contested = Contested::with(DECIDES).await;
    let claim_id = contested.incumbent;
    let contest = contested.world.claim(contested.rival).await.customer_choice().unwrap().contest;
    let link = cpor::link::ChoiceLink { claim_id, contest };
    let url = contested.world.links().choice_url(link);
    let path = format!("{}?lang=en", &url[url.find("/w/").unwrap()..]);
    let shown = page(&contested.server, &path).await;
    assert!(Form::all(&shown).is_empty() && !shown.contains("rival.example"), "{shown}");
    let fields = [("answer", "challenger"), ("confirm", "yes")];
    let answer = contested.server.post_form(&path, &fields).await;
    says(&follow(&contested.server, &path, &answer).await, "Nothing was recorded");
    assert_eq!(contested.chosen().await, None);
    assert_eq!(contested.world.status(claim_id).await, Status::Associated);
}

#[tokio::test]
async fn both_partners_read_that_the_customer_is_asked_and_what_that_counts_for() {
    for (setting, counts) in [(DECIDES, "that decides it at once"), (ADVISES, "reads its choice")] {
        let contested = Contested::with(setting).await;
        for partner in [RIVAL, HOLDER] {
            let mail = contested.world.latest_mail_to(partner);
            let words = mail.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("The customer is asked as well"), "{partner}: {words}");
            assert!(words.contains(counts), "{partner}: {words}");
        }
        contested.world.finish().await;
    }
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim_of("1234567")).await;
    world.submit(rivals()).await;
    for partner in [RIVAL, HOLDER] {
        assert!(!world.latest_mail_to(partner).contains("The customer is asked"), "{partner}");
    }
}
