//! The customer's own choice between the partners of a contest: who is asked, what a choice does,
//! and what a link is good for.

mod over;

use cpor::claim::choice::{Choice, CustomerSay};
use cpor::claim::command::{Command, Dispute, DisputeDecision, ReviewOutcome, Reviewed, Terms};
use cpor::claim::identity::Comment;
use cpor::claim::state::State;
use cpor::claim::{ClaimId, Finding, Status};
use cpor::testkit::{CUSTOMER_TENANT, HttpServer, World, a_claim_of};
use cpor_jobs::SubmitClaim;

use super::forms::Form;
use super::{CUSTOMER, FRIDAY, follow, page, says, send, text};

const DECIDES: (&str, &str) = ("review.customer_chooses", "decides");
const ADVISES: (&str, &str) = ("review.customer_chooses", "advises");

/// A contest about which the customer was asked.
struct Contested {
    world: World,
    server: HttpServer,
    incumbent: ClaimId,
    rival: ClaimId,
    /// The path of the customer's page, in English.
    path: String,
}

fn rivals() -> SubmitClaim {
    let mut rival = a_claim_of("7654321");
    "can.er@rival.example".clone_into(&mut rival.partner.contact.email);
    rival
}

fn said(words: &str) -> Comment {
    Comment::parse(words).unwrap()
}

fn choice_path(world: &World) -> Option<String> {
    let links = world.links_in_latest_mail_to(CUSTOMER);
    let link = links.iter().find(|link| link.contains("/w/"))?;
    Some(format!("{}?lang=en", &link[link.find("/w/").unwrap()..]))
}

impl Contested {
    /// An association, and another partner's claim of its item.
    async fn with(setting: (&str, &str)) -> Self {
        let world = World::configured(FRIDAY, &[setting]).await;
        let server = world.serve().await;
        let incumbent = world.submit(a_claim_of("1234567")).await;
        world.travel_to("2026-11-30T08:00:00Z").await;
        let rival = world.submit(rivals()).await;
        world.expect(rival).contested().await;
        let path = choice_path(&world).unwrap();
        Self { world, server, incumbent, rival, path }
    }

    async fn page(&self) -> String {
        page(&self.server, &self.path).await
    }

    /// The page that asks again.
    async fn first_step(&self, choice: &str, words: &str) -> String {
        let mut form = Form::only(&self.page().await);
        form.set("answer", choice);
        form.set("comment", words);
        send(&self.server, &self.path, &form).await.text()
    }

    /// Confirms, or does not, and follows to the page that it ends on.
    async fn second_step(&self, second: &str, confirm: &str) -> String {
        let mut form = Form::only(second);
        form.set("confirm", confirm);
        follow(&self.server, &self.path, &send(&self.server, &self.path, &form).await).await
    }

    async fn choose(&self, choice: &str, words: &str) -> String {
        let second = self.first_step(choice, words).await;
        self.second_step(&second, "yes").await
    }

    async fn chosen(&self) -> Option<Choice> {
        let State::Contested { choice, .. } = &self.world.claim(self.rival).await.state else {
            panic!("it is not contested");
        };
        choice.as_ref()?.chosen.as_ref().map(|chosen| chosen.choice)
    }

    async fn adds_up(&self) {
        assert_eq!(self.world.broken_invariants().await, []);
    }
}

#[tokio::test]
async fn nobody_asks_the_customer_where_it_is_not_the_policy() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim_of("1234567")).await;
    world.travel_to("2026-11-30T08:00:00Z").await;
    let rival = world.submit(rivals()).await;
    world.expect(rival).contested().await;
    assert_eq!(choice_path(&world), None);
    assert!(world.claim(rival).await.customer_choice().is_none());
    assert_eq!(world.events(rival).await[1..], ["claim_contested", "partner_notified"]);
}

#[tokio::test]
async fn the_customer_is_told_of_both_partners_and_opening_the_link_does_nothing() {
    let contested = Contested::with(ADVISES).await;
    let mail = contested.world.latest_mail_to(CUSTOMER);
    for told in ["rival.example", "7654321", "partner.example", "1234567", "Microsoft Teams"] {
        assert!(mail.contains(told), "{told}: {mail}");
    }
    let before = contested.world.events(contested.rival).await;
    assert!(before.contains(&"choice_asked"), "{before:?}");
    let page = contested.page().await;
    for shown in ["rival.example", "partner.example", "Who has them", "a reviewer decides"] {
        says(&page, shown);
    }
    let expected = ["challenger", "incumbent", "neither"].map(str::to_owned).to_vec();
    assert_eq!(Form::only(&page).choices(), [("answer".to_owned(), expected)]);
    contested.first_step("challenger", "").await;
    assert_eq!(contested.world.events(contested.rival).await, before);
    assert_eq!(contested.chosen().await, None);
}

#[tokio::test]
async fn advice_is_kept_and_can_be_changed_until_a_reviewer_decides() {
    let contested = Contested::with(ADVISES).await;
    let (world, rival) = (&contested.world, contested.rival);
    let second = contested.first_step("challenger", "They did the rollout.").await;
    says(&second, "A reviewer reads your choice, and decides.");
    says(&contested.second_step(&second, "stop").await, "Nothing was recorded.");
    assert_eq!(contested.chosen().await, None);
    let page = contested.choose("challenger", "They did the rollout.").await;
    says(&page, "Thank you. Your choice is recorded.");
    says(&page, "rival.example The partner that claims the items now Received:");
    says(&page, "They did the rollout.");
    assert_eq!(contested.chosen().await, Some(Choice::Challenger));
    contested.choose("incumbent", "").await;
    assert_eq!(contested.chosen().await, Some(Choice::Incumbent));
    let events = world.events(rival).await.len();
    contested.choose("incumbent", "").await;
    assert_eq!(world.events(rival).await.len(), events, "the same once more is nothing new");
    assert_eq!(world.status(rival).await, Status::Contested);
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    let late = contested.first_step("challenger", "").await;
    let why = "The newest proof.".to_owned();
    world.travel_to("2026-12-10T08:00:00Z").await;
    world.ledger().arbitrate(rival, true, why, "reviewer").await.unwrap();
    world.settle().await;
    let mut form = Form::only(&late);
    form.set("confirm", "yes");
    let over = send(&contested.server, &contested.path, &form).await;
    let over = follow(&contested.server, &contested.path, &over).await;
    says(&over, "Nothing was recorded: this has been decided meanwhile");
    says(&over, "This has been decided");
    says(&over, "The partner that has the items");
    assert!(Form::all(&over).is_empty(), "there is nothing to choose any more");
    contested.adds_up().await;
}

#[tokio::test]
async fn the_choice_of_the_challenger_decides_at_once_in_one_commit() {
    let contested = Contested::with(DECIDES).await;
    let (world, rival) = (&contested.world, contested.rival);
    let second = contested.first_step("challenger", "").await;
    says(&second, "This page cannot undo it.");
    says(&second, "Yes, I choose rival.example");
    let page = contested.second_step(&second, "yes").await;
    says(&page, "Thank you. Your choice is recorded.");
    says(&page, "This has been decided");
    world.settle().await;
    let history = world.history(rival).await;
    let names: Vec<_> = history.iter().map(|recorded| recorded.event.name()).collect();
    let at = names.iter().position(|name| *name == "customer_chose").unwrap();
    assert_eq!(names[at..at + 3], ["customer_chose", "contest_won", "claim_validated"]);
    assert!(history[at..at + 3].iter().all(|recorded| recorded.actor == "customer"));
    world.expect(contested.incumbent).ended_because("superseded").await;
    let told = world.latest_mail_to("ece.yildiz@partner.example");
    assert!(told.contains("The customer chose"), "{told}");
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty(), "the loser's access has ended");
    contested.adds_up().await;
    world.travel_to("2027-01-31T00:00:00Z").await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["7654321 workload:teams"]);
    contested.adds_up().await;
}

#[tokio::test]
async fn the_choice_of_the_incumbent_refuses_the_claim_and_touches_nothing_else() {
    let contested = Contested::with(DECIDES).await;
    let world = &contested.world;
    contested.choose("neither", "I have to ask.").await;
    assert_eq!(contested.chosen().await, Some(Choice::Neither));
    assert_eq!(world.status(contested.rival).await, Status::Contested, "a reviewer decides");
    contested.choose("incumbent", "").await;
    world.settle().await;
    assert_eq!(world.status(contested.rival).await, Status::Refused);
    assert_eq!(world.events(contested.incumbent).await.last(), Some(&"contest_closed"));
    assert!(world.latest_mail_to("can.er@rival.example").contains("The customer chose"));
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    contested.adds_up().await;
}

#[tokio::test]
async fn a_contest_after_a_dispute_asks_anew_and_has_a_link_of_its_own() {
    let all = ("review.osu_microsoft_365", "all");
    let world = World::configured(FRIDAY, &[DECIDES, all]).await;
    let server = world.serve().await;
    let refused = world.submit(rivals()).await;
    let findings = vec![Finding::new("proof_of_execution", "proof_missing", "Unsigned.")];
    let (outcome, terms) = (ReviewOutcome::Refuse { findings }, Terms::default());
    world.apply(refused, Command::Review(Reviewed { outcome, terms })).await.unwrap();
    let holder = world.submit(a_claim_of("1234567")).await;
    assert_eq!(world.status(holder).await, Status::UnderReview);
    let (justification, terms) = (said("It is on page 3."), Terms::default());
    let dispute = Dispute { justification, proof_of_execution: Vec::new(), terms };
    world.apply(refused, Command::Dispute(dispute)).await.unwrap();
    let (reason, terms) = (said("So it is."), Terms::default());
    let decision = DisputeDecision { upheld: true, reason, holders: Vec::new(), terms };
    let decision = Command::DecideDispute(decision);
    world.ledger().apply(refused, &decision, "somebody else").await.unwrap();
    world.settle().await;
    world.expect(refused).contested().await;
    let asked = world.claim(refused).await.customer_choice().cloned().unwrap();
    assert_eq!((asked.say, asked.ask_at), (CustomerSay::Decides, None));
    let path = choice_path(&world).unwrap();
    says(&page(&server, &path).await, "Which partner do you choose?");
    let older = cpor::link::ChoiceLink { claim_id: refused, contest: asked.contest - 1 };
    let older = world.links().choice_url(older);
    let older = &older[older.find("/w/").unwrap()..];
    says(&page(&server, &format!("{older}?lang=en")).await, "This has been decided");
    assert_eq!(world.broken_invariants().await, []);
}

#[tokio::test]
async fn a_link_is_good_for_its_own_contest_and_a_step_for_its_own_choice() {
    let contested = Contested::with(DECIDES).await;
    let token = contested.path["/w/".len()..].split('?').next().unwrap().to_owned();
    let notice = cpor::link::NoticeLink { claim_id: contested.rival, notice: 1 };
    let links = contested.world.links();
    let notice = links.notice_url(notice, links.current_key());
    let notice = notice.rsplit('/').next().unwrap().to_owned();
    for path in [
        format!("/w/{notice}"),
        format!("/r/{token}"),
        format!("/c/{token}"),
        format!("/n/{token}"),
        format!("/w/{}", &token[1..]),
        "/w/x".to_owned(),
        "/w".to_owned(),
    ] {
        assert_eq!(contested.server.get(&path).await.status, 404, "{path}");
        let fields = [("answer", "challenger"), ("confirm", "yes")];
        assert_eq!(contested.server.post_form(&path, &fields).await.status, 404, "{path}");
    }
    // What is confirmed has to be what was chosen.
    let mut swapped = Form::only(&contested.first_step("neither", "").await);
    swapped.set("answer", "challenger");
    swapped.set("confirm", "yes");
    let answer = send(&contested.server, &contested.path, &swapped).await;
    assert_eq!(answer.status, 422);
    says(&answer.text(), "the answer was changed");
    // Whoever sends everything at once, or nothing, has chosen nothing.
    let mut form = Form::only(&contested.page().await);
    form.tick_everything();
    for form in [form, Form::only(&contested.page().await)] {
        let answer = send(&contested.server, &contested.path, &form).await;
        assert_eq!(answer.status, 422);
        says(&answer.text(), "Choose one of the answers.");
    }
    let second = contested.first_step("challenger", "").await;
    let unconfirmed = send(&contested.server, &contested.path, &Form::only(&second)).await;
    assert_eq!(unconfirmed.status, 422);
    assert_eq!(contested.chosen().await, None);
    assert_eq!(contested.world.status(contested.rival).await, Status::Contested);
}

#[tokio::test]
async fn who_reads_turkish_is_asked_and_chooses_in_turkish() {
    let contested = Contested::with(ADVISES).await;
    let mail = contested.world.latest_mail_to(CUSTOMER);
    assert!(mail.contains("Bu ürünlerde sizinle hangisi çalışıyor?"), "{mail}");
    let path = contested.path.split('?').next().unwrap().to_owned();
    let first = page(&contested.server, &path).await;
    assert!(first.contains("<html lang=\"tr\">"));
    says(&first, "Hangi iş ortağını seçiyorsunuz?");
    let mut form = Form::only(&first);
    form.set("answer", "incumbent");
    let mut second = Form::only(&send(&contested.server, &path, &form).await.text());
    second.set("confirm", "yes");
    let done = send(&contested.server, &path, &second).await;
    let done = follow(&contested.server, &path, &done).await;
    says(&done, "Teşekkürler. Seçiminiz kaydedildi.");
    assert!(!text(&done).contains("Your choice"));
    assert_eq!(contested.chosen().await, Some(Choice::Incumbent));
}
