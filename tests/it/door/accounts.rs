//! `config/redis-acl.conf`: each process has an account that is enough for it, and no more.

use std::io::Cursor;

use cpor::app::App;
use cpor::backup::take;
use cpor::calendar::Language;
use cpor::claim::identity::MpnId;
use cpor::claim::{Command, Status};
use cpor::notifications::Read;
use cpor::secrets::{KeyId, new_key};
use cpor::settings::Settings;
use cpor::testkit::{HttpServer, World, a_claim, a_claim_on};

use super::FRIDAY;
use super::acl::check_refused;
use super::server::Server;
use crate::faults::violations;

fn settings<'a>(url: &'a str, keys: &'a str) -> [(&'a str, &'a str); 3] {
    [("redis.url", url), ("redis.namespace", "cpor"), ("secrets.keys", keys)]
}

/// Another process of the world's deployment, with this account.
async fn process(world: &World, url: &str, keys: &str) -> App {
    let data = world.settings().data.directory.display().to_string();
    let more = [
        ("redis.partitions", "2"),
        ("clock.mode", "virtual"),
        ("data.directory", data.as_str()),
        ("calendars.overrides_directory", ""),
    ];
    let all = [&settings(url, keys)[..], &more[..]].concat();
    App::open(Settings::built_in(&all).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_life_with_an_account_for_each_process() {
    let server = Server::start().await;
    let keys = new_key(KeyId(1));
    let world = World::configured(FRIDAY, &settings(&server.url("cpor-work"), &keys)).await;
    let serving = process(&world, &server.url("cpor-serve"), &keys).await;
    let http = HttpServer::start(&serving).await;
    let submit = async |claim: cpor_jobs::SubmitClaim| {
        let json = claim.to_json().unwrap();
        let submitted = serving.ledger.submit(json.as_bytes()).await.unwrap();
        world.settle().await;
        submitted.claim_id().unwrap()
    };
    let (silent, rejected) = (submit(a_claim()).await, submit(a_claim_on("exchange")).await);
    assert_eq!(world.statuses().await, [Status::Notified; 2]);
    let link = world.link_in_latest_mail_to("mert.kaya@anadoluelektrik.com.tr");
    let page = http.get(&link[link.find("/r/").unwrap()..]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(http.get("/readyz").await.status, 200);
    let notifications = serving.notifications();
    let mpn_id = MpnId::parse("1234567").unwrap();
    let wish = r#"{ "email": "team@partner.example", "delivery": "daily" }"#;
    let wish = serde_json::from_str(wish).unwrap();
    let told = notifications.create(mpn_id.clone(), &wish).await.unwrap();
    world.settle().await;
    notifications.confirm(&told.link()).await.unwrap().unwrap();
    let at_once = r#"{ "email": "boss@partner.example", "kinds": ["customer_answered"] }"#;
    let at_once = serde_json::from_str(at_once).unwrap();
    let boss = notifications.create(mpn_id.clone(), &at_once).await.unwrap();
    world.settle().await;
    notifications.confirm(&boss.link()).await.unwrap().unwrap();
    notifications.leave(&boss.link()).await.unwrap().unwrap();
    notifications.change(boss.id, &at_once).await.unwrap();
    world.settle().await;
    notifications.confirm(&boss.link()).await.unwrap().unwrap();
    world.settle().await;
    let received_at = world.now().await;
    let no = Command::Reject { received_at, reason: None };
    serving.ledger.apply(rejected, &no, "customer").await.unwrap();
    world.settle().await;

    let backing = process(&world, &server.url("cpor-backup"), &keys).await;
    let mut file = Cursor::new(Vec::new());
    let taken = take(&backing.ledger, &backing.secrets, &mut file, &mut |_| {}).await.unwrap();
    assert_eq!(taken.footer.claims, 2);

    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.status(silent).await, Status::Associated);
    assert_eq!(world.status(rejected).await, Status::Rejected);
    let read = Read { limit: 100, ..Read::default() };
    let inbox = notifications.inbox(&mpn_id, &read, Language::English).await.unwrap();
    assert_eq!(inbox.notifications.len(), 4);
    let to = |email: &str| world.mails().iter().filter(|mail| mail.to == email).count();
    assert!(to("team@partner.example") > 1 && to("boss@partner.example") == 3);
    notifications.remove(boss.id).await.unwrap();
    // Whoever checks is an operator.
    let operator = World::without_worker(FRIDAY, &settings(&server.url("cpor"), &keys)).await;
    assert_eq!(violations(&operator).await, []);
    world.finish().await;
}

#[tokio::test]
async fn no_account_may_what_is_not_its_business() {
    let server = Server::start().await;
    let check = async |user: &str, commands: &[&str]| {
        let mut connection = server.connect(&server.url(user)).await.unwrap();
        check_refused(&mut connection, commands).await;
        check_refused(&mut connection, &["FLUSHALL", "KEYS *", "CONFIG GET *", "GET other"]).await;
    };
    let serve = ["RPOP cpor:intake", "LPUSH cpor:intake one", "DEL cpor:intake", "SCAN 0"];
    check("cpor-serve", &serve).await;
    check("cpor-work", &["HGETALL cpor:api-keys", "HSET cpor:api-keys one {}", "SCAN 0"]).await;
    let writes = [
        "SET {cpor:00}:claim:one 1",
        "HSET {cpor:00}:claim:one status rejected",
        "HSETNX cpor:api-keys one {}",
        "DEL cpor:meta",
        "ZADD {cpor:00}:agenda:finalize_association 0 one",
        "XADD {cpor:00}:feed * a b",
        "PUBLISH cpor:wake all",
    ];
    check("cpor-backup", &writes).await;
    check("cpor-monitor", &writes).await;
    let more =
        ["SET cpor:clock 0", "HSETNX cpor:meta a b", "EVAL return(1) 0", "LPUSH cpor:intake a"];
    check("cpor-monitor", &more).await;
    let mut monitor = server.connect(&server.url("cpor-monitor")).await.unwrap();
    for command in ["PING", "INFO", "LLEN cpor:intake", "ZCARD {cpor:00}:by-status:notified"] {
        assert_eq!(super::acl::refused(&mut monitor, command).await, None, "{command}");
    }
}
