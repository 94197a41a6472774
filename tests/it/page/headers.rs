//! What protects a page: links that are none, headers, and a Redis that is away.

use std::collections::BTreeSet;

use axum::http::Method;
use cpor::app::App;
use cpor::link::{NoticeLink, TenantLink};
use cpor::settings::Settings;
use cpor::testkit::{Answer, HttpServer, World};
use tempfile::TempDir;

use super::{FRIDAY, Opened, says};

#[tokio::test]
async fn a_page_may_do_nothing_but_be_read_and_be_answered() {
    let opened = Opened::on_friday().await;
    let forged = "/r/AQEBAAAA".to_owned();
    for path in [&opened.notice, &opened.view, &forged] {
        let answer = opened.server.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        for part in [
            "default-src 'none'",
            "style-src 'sha256-",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex, nofollow"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(!answer.headers.contains_key("set-cookie"));
        let html = answer.text();
        for foreign in
            ["<script", "<link", "<img", "<iframe", " style=", " onclick", "src=", "@import"]
        {
            assert!(!html.contains(foreign), "{path} has {foreign}");
        }
        assert_eq!(html.matches("<style>").count(), 1);
    }
}

#[tokio::test]
async fn the_style_of_a_page_is_the_one_that_its_policy_allows() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let opened = Opened::on_friday().await;
    let answer = opened.server.get(&opened.notice).await;
    let html = answer.text();
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(style));
    assert!(answer.header("content-security-policy").contains(&digest));
}

/// Everything by which an answer could be told apart from another.
fn told_apart_by(answer: &Answer) -> String {
    let mut headers: Vec<_> = answer.headers.iter().collect();
    headers.retain(|(name, _)| *name != "date");
    headers.sort_by_key(|(name, _)| name.as_str());
    format!("{headers:?} {}", answer.text())
}

#[tokio::test]
async fn a_forged_link_is_told_apart_by_nothing() {
    let opened = Opened::on_friday().await;
    let token = |path: &str| path[3..].split('?').next().unwrap().to_owned();
    let (notice, view) = (token(&opened.notice), token(&opened.view));
    // Genuine, and about a claim that is not stored.
    let links = opened.world.app().links();
    let claim_id = cpor::claim::ClaimId::new(opened.world.now().await, 1, *b"missing!");
    let gone = links.notice_url(NoticeLink { claim_id, notice: 1 }, links.current_key());
    let gone = gone.rsplit('/').next().unwrap().to_owned();
    let mut flipped = notice.clone().into_bytes();
    // Another letter of the link's own alphabet.
    flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
    let paths = [
        format!("/r/{}", String::from_utf8(flipped).unwrap()),
        format!("/r/{}", &notice[..notice.len() - 1]),
        format!("/r/{notice}A"),
        format!("/r/{view}"),
        format!("/c/{notice}"),
        format!("/r/{gone}"),
        "/r/x".to_owned(),
        "/r/".to_owned(),
        "/r".to_owned(),
        format!("/c/{notice}/more"),
        "/r/%00%ff".to_owned(),
        format!("/r/{}", "A".repeat(5000)),
    ];
    let data = |token: &str| format!("/r/{token}/window.json");
    let data = [data("x"), data(""), data(&view), data(&gone), data(&notice[..notice.len() - 1])];
    let mut answers = BTreeSet::new();
    for path in &data {
        let answer = opened.server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        answers.insert(told_apart_by(&answer));
        let (posted, genuine) = (format!("{path}?lang=en"), format!("/r/{notice}/window.json"));
        let posted = opened.server.post_form(&posted, &[("answer", "reject")]).await;
        let genuine = opened.server.post_form(&genuine, &[("answer", "reject")]).await;
        assert_eq!(told_apart_by(&posted), told_apart_by(&genuine));
    }
    for path in &paths {
        for (method, body) in
            [(Method::GET, ""), (Method::POST, "answer=reject"), (Method::POST, "%%%")]
        {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let answer = opened.server.request(method, path, &form, body).await;
            assert_eq!(answer.status, 404, "{path}");
            answers.insert(told_apart_by(&answer));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
    let answer = opened.server.get("/r/x?lang=tr").await;
    assert!(answer.text().contains("Bu bağlantı geçerli değil"));
}

/// A deployment on a Redis of its own, which a test can stop.
struct Alone {
    app: App,
    server: HttpServer,
    notice: String,
    view: String,
    _folder: TempDir,
}

impl Alone {
    async fn start() -> Self {
        let folder = TempDir::with_prefix("cpor-page-").unwrap();
        let directory = folder.path().display().to_string();
        let overrides = [
            ("data.directory", directory.as_str()),
            ("clock.mode", "virtual"),
            ("clock.starts_at", FRIDAY),
            ("calendars.overrides_directory", ""),
        ];
        let app = App::open(Settings::built_in(&overrides).unwrap()).await.unwrap();
        let server = HttpServer::start(&app).await;
        let links = app.links();
        let now = app.ledger.clock().now().await.unwrap();
        let claim_id = cpor::claim::ClaimId::new(now, 1, *b"missing!");
        let received = NoticeLink { claim_id, notice: 1 };
        let tenant_id = cpor::testkit::CUSTOMER_TENANT.to_string();
        let tenant_id = cpor::claim::identity::TenantId::parse(&tenant_id).unwrap();
        let tenant = TenantLink { tenant_id, received };
        let path = |url: String, kind: &str| url[url.find(kind).unwrap()..].to_owned();
        let notice = path(links.notice_url(received, links.current_key()), "/r/");
        let view = path(links.tenant_url(tenant, links.current_key()), "/c/");
        Self { app, server, notice, view, _folder: folder }
    }

    /// How many commands its Redis has worked.
    async fn commands(&self) -> u64 {
        let client = redis::Client::open(self.app.ledger.store().url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let info: String =
            redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.unwrap();
        let calls = info.lines().filter(|line| line.starts_with("cmdstat_"));
        // Connecting and asking are commands too, and nothing of ours.
        let calls = calls.filter(|line| !line.contains("info") && !line.contains("client"));
        calls
            .filter_map(|line| line.split("calls=").nth(1)?.split(',').next()?.parse::<u64>().ok())
            .sum()
    }
}

#[tokio::test]
async fn a_hundred_thousand_forged_links_get_one_answer_and_no_look_at_redis() {
    const FORGED: usize = 100_000;
    const AT_ONCE: usize = 16;
    let alone = Alone::start().await;
    let before = alone.commands().await;
    let expected = alone.server.get("/r/x").await.body;
    let one = async |worker: usize| {
        for number in 0..FORGED / AT_ONCE {
            let kind = if number % 2 == 0 { 'r' } else { 'c' };
            let mut token: [u8; 55] = rand::random();
            token[..3].copy_from_slice(&[1, 1, 1 + u8::try_from(number % 2).unwrap()]);
            let length = if number % 2 == 0 { 39 } else { 55 };
            use base64::Engine as _;
            let token = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&token[..length]);
            let answer = alone.server.get(&format!("/{kind}/{token}")).await;
            assert_eq!(answer.status, 404, "{worker} {token}");
            assert_eq!(answer.body, expected, "{worker} {token}");
        }
    };
    futures_util::future::join_all((0..AT_ONCE).map(one)).await;
    assert_eq!(alone.commands().await, before);
    alone.app.close().await.unwrap();
}

#[tokio::test]
async fn without_redis_forged_links_are_still_none_and_genuine_ones_say_how_to_answer() {
    let Alone { app, server, notice, view, _folder } = Alone::start().await;
    app.close().await.unwrap();
    assert_eq!(server.get("/r/x").await.status, 404);
    assert_eq!(server.post_form("/r/x", &[("answer", "reject")]).await.status, 404);
    for answer in [
        server.get(&format!("{notice}?lang=en")).await,
        server.get(&format!("{view}?lang=en")).await,
        server.post_form(&format!("{notice}?lang=en"), &[("answer", "reject")]).await,
        server.post_form(&format!("{view}?lang=en"), &[("answer", "end")]).await,
    ] {
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), "60");
        says(&answer.text(), "Nothing has been recorded.");
        says(&answer.text(), "reply to our message, or write to claims@localhost.localdomain");
    }
    let turkish = server.get(&format!("{notice}?lang=tr")).await;
    says(&turkish.text(), "Hiçbir şey kaydedilmedi.");
}

#[tokio::test]
async fn pages_are_not_in_the_description_of_the_api() {
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    let api = server.get("/v1/openapi.json").await.json();
    let paths: Vec<&String> = api["paths"].as_object().unwrap().keys().collect();
    let is_api = |path: &&String| {
        let known = ["/v1/", "/.well-known/", "/healthz", "/readyz", "/metrics"];
        known.iter().any(|known| path.starts_with(known))
    };
    assert!(paths.iter().all(is_api), "{paths:?}");
}
