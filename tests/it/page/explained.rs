//! The explanation of a window, which is the same in the mail, on the page, as the page's data, by
//! the API and on the command line.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::calendar::Span;
use cpor::claim::ClaimId;
use cpor::claim::identity::{Comment, Line};
use cpor::ledger::Adjustment;
use cpor::testkit::{HttpServer, World, a_claim};
use serde_json::Value;

use super::{CUSTOMER, Opened, links, page, text};
use crate::cli::deployment::Deployment;

/// A Friday before Republic Day, which begins with a half day, and the weekend.
const BEFORE_REPUBLIC_DAY: &str = "2026-10-23T09:00:00Z";

/// One explanation as each of the ways out gives it.
struct Told {
    api: Value,
    page: Value,
    cli: Value,
    lines: Vec<String>,
    html: String,
}

impl Told {
    async fn of(world: &World, server: &HttpServer, id: ClaimId, language: &str) -> Self {
        let new = NewApiKey {
            authority: Authority::Operator,
            label: Line::parse("a test").unwrap(),
            expires_at: None,
        };
        let keys = ApiKeys::new(world.ledger().store().clone());
        let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key;
        let path = format!("/v1/claims/{id}/deadline?language={language}");
        let api = server.get_as(&key.reveal(), &path).await;
        let notice = links(world, CUSTOMER)[0].replace("lang=en", &format!("lang={language}"));
        let data = server.get(&notice.replace('?', "/window.json?")).await;
        assert_eq!(data.status, 200, "{}", data.text());
        let cli = Deployment::private(&format!(
            "[redis]\nurl = \"{}\"\nnamespace = \"{}\"\npartitions = 2\n\
             [clock]\nmode = \"virtual\"",
            world.redis_url(),
            world.namespace()
        ));
        let id = id.to_string();
        let args = ["claim", "deadline", &id, "--language", language];
        let said = cli.run(&args);
        assert_eq!(said.code, 0, "{said:?}");
        Self {
            api: api.json(),
            page: data.json(),
            cli: cli.run(&[&args[..], &["--json"]].concat()).object(),
            lines: said.stdout.lines().map(str::to_owned).collect(),
            html: page(server, &notice).await,
        }
    }

    /// The sentences, which have to be the same everywhere.
    #[track_caller]
    fn sentences(&self) -> Vec<String> {
        assert_eq!(self.api, self.cli);
        for (name, value) in self.page.as_object().unwrap() {
            assert_eq!(&self.api[name], value, "{name}");
        }
        let sentences = self.api["sentences"].as_array().unwrap().iter();
        let sentences: Vec<String> =
            sentences.map(|sentence| sentence.as_str().unwrap().to_owned()).collect();
        assert_eq!(self.lines, sentences);
        assert_eq!(on_page(&self.html), sentences);
        sentences
    }
}

/// The sentences of a page's explanation.
fn on_page(html: &str) -> Vec<String> {
    let list = html.split("<details>").nth(1).unwrap().split("</details>").next().unwrap();
    let sentences = list.split("<li>").skip(1);
    sentences.map(|item| text(&format!("<body>{}", item.split("</li>").next().unwrap()))).collect()
}

async fn check(contact: &str, expected: [&str; 3]) {
    let world = World::starting(BEFORE_REPUBLIC_DAY).await;
    let server = world.serve().await;
    let mut claim = a_claim();
    claim.customer.contact.language = Some(contact.to_owned());
    let id = world.submit(claim).await;
    for language in ["en", "tr"] {
        let sentences = Told::of(&world, &server, id, language).await.sentences();
        let mail = world.latest_mail_to(CUSTOMER);
        let in_mail = mail.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = in_mail.contains(&sentences.join(" - "));
        assert_eq!(told, language == contact, "{language} {contact}: {sentences:#?}\n{in_mail}");
        if language == contact {
            for words in expected {
                assert!(sentences.iter().any(|it| it.contains(words)), "{words}: {sentences:#?}");
            }
        }
    }
}

#[tokio::test]
async fn mail_page_data_api_and_command_line_say_the_same_in_english() {
    let half =
        "Half days count as business days: Wednesday 28 October 2026, Republic Day (from 1pm)";
    let holiday = "Public holidays are not counted: Thursday 29 October 2026, Republic Day";
    check("en", [half, holiday, "The last day is Monday 2 November 2026."]).await;
}

#[tokio::test]
async fn mail_page_data_api_and_command_line_say_the_same_in_turkish() {
    let half = "Yarım günler iş günü olarak sayılır: 28 Ekim 2026 Çarşamba";
    let holiday = "Resmî tatil günleri sayılmaz: 29 Ekim 2026 Perşembe";
    check("tr", [half, holiday, "Sürenin son günü: 2 Kasım 2026 Pazartesi."]).await;
}

#[tokio::test]
async fn what_was_done_to_a_window_is_explained_everywhere() {
    let opened = Opened::on_friday().await;
    let world = &opened.world;
    let reason = || Comment::parse("A court looks at the contract.").unwrap();
    world.travel_to("2026-11-24T10:00:00Z").await;
    world.adjust(opened.claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    let id = opened.claim;
    let paused = Told::of(world, &opened.server, id, "en").await;
    assert_eq!(paused.api["paused_at"], "2026-11-24T10:00:00Z");
    assert_eq!(paused.api, paused.cli);
    world.travel_to("2026-11-25T10:00:00Z").await;
    world.adjust(id, Adjustment::Resume { reason: reason() }).await.unwrap();
    let at = |text: &str| text.parse().unwrap();
    let outage = Span { from: at("2026-11-21T08:00:00Z"), to: at("2026-11-21T09:00:00Z") };
    world.adjust(id, Adjustment::Outage { outage, reason: reason() }).await.unwrap();
    let told = Told::of(world, &opened.server, id, "en").await;
    assert!(told.sentences().iter().any(|it| it.contains("time was stopped")), "{}", told.api);
    assert_eq!(told.api["adjustments"]["made_good"], serde_json::json!(["2026-11-21"]));
    assert_eq!(told.api["adjustments"]["pauses"].as_array().unwrap().len(), 1);
    assert!(told.api["paused_at"].is_null());
    super::says(&told.html, "Tuesday 24 November 2026 The time was stopped, not counted");
}

#[tokio::test]
async fn the_data_is_a_file_of_who_has_the_link_and_of_nobody_else() {
    let opened = Opened::on_friday().await;
    let html = opened.page().await;
    let link = super::forms::links(&html).into_iter().find(|it| it.contains("window.json"));
    let answer = opened.server.get(&format!("/r/{}", link.unwrap())).await;
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-disposition", "attachment; filename=\"window.json\""),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert_eq!(answer.json()["closes_at"], "2026-11-27T21:00:00Z");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    // Whose claim has been taken back learns no more here than on the page.
    opened.world.withdraw(opened.claim).await.unwrap();
    let path = opened.notice.replace('?', "/window.json?");
    let gone = opened.server.get(&path).await;
    let forged = opened.server.get("/r/AQEBAAAA/window.json?lang=en").await;
    assert_eq!((gone.status.as_u16(), gone.body), (404, forged.body));
}
