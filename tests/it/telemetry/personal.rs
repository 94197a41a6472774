//! Nothing personal and nothing secret is in what processes say: planted markers are looked for in
//! everything that comes out of them, at the most talkative level.

use cpor::testkit::http::HttpClient;
use cpor::testkit::receiver::Answer;
use cpor::testkit::redis::shared_redis;
use cpor::testkit::smtp::Received;
use cpor_jobs::SubmitClaim;
use hyper::Method;

use super::stage::{Said, Stage};
use crate::page::forms::Form;

/// The customer of all these claims.
const TENANTS: &str = r#"
[[tenant]]
id = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d"
domains = ["zqdomain.example"]
"#;

/// What must not come out, but for links and keys, which are found in the course of the test.
const MARKERS: &[&str] = &[
    "zqname",
    "zqtitle",
    "zqcontact",
    "zqdomain",
    "zqpartner",
    "zqcomment",
    "zqclaim",
    "zqreason",
    "zqcookie",
    "zqagent",
    "zqquery",
    "zqwrong",
    "zqbad",
    "zqhook",
    "zqpassword",
    "zqrubbish",
    "zqdetail",
    "zqproof",
    "zqsource",
    "zqrejected",
    "zqstate",
    "zqwithdrawn",
];

fn a_marked_claim(workload: &str, local: &str) -> SubmitClaim {
    let mut claim = cpor::testkit::a_claim_on(workload);
    "Zqclaim rollout".clone_into(&mut claim.name);
    claim.comment = Some("A zqcomment for reviewers.".to_owned());
    "zqdomain.example".clone_into(&mut claim.customer.domain);
    let contact = &mut claim.customer.contact;
    "Zqname Kaya".clone_into(&mut contact.name);
    "Zqtitle of IT".clone_into(&mut contact.title);
    contact.email = format!("{local}@zqdomain.example");
    "Zqpartner Yıldız".clone_into(&mut claim.partner.contact.name);
    "zqpartner@partner.example".clone_into(&mut claim.partner.contact.email);
    claim
}

struct Caller<'a> {
    http: &'a HttpClient,
    key: String,
}

impl Caller<'_> {
    /// Posts with everything that a request can carry besides its body.
    async fn post(&self, path: &str, body: impl Into<String>) -> cpor::testkit::Answer {
        let bearer = format!("Bearer {}", self.key);
        let headers = [
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
            ("cookie", "session=zqcookie"),
            ("user-agent", "zqagent/1.0"),
            ("traceparent", "zqstate-4bf92f3577b34da6a3ce929d0e0e4736"),
        ];
        self.http.request(Method::POST, path, &headers, body.into()).await
    }

    async fn submit(&self, claim: &SubmitClaim) -> String {
        let created = self.post("/v1/claims", claim.to_json().unwrap()).await;
        assert_eq!(created.status, 201, "{}", created.text());
        created.json()["id"].as_str().unwrap().to_owned()
    }
}

/// The token of the link to the page of a notice.
fn token(mail: &Received) -> String {
    let text = String::from_utf8_lossy(&mail.bytes).replace("=\r\n", "");
    let (_, rest) = text.split_once("/r/").unwrap();
    rest.split(|c: char| c.is_whitespace() || c == '"' || c == '?').next().unwrap().to_owned()
}

/// Says no on the page of a notice, in both steps, in the customer's words.
async fn reject(http: &HttpClient, token: &str) {
    let path = format!("/r/{token}?lang=en");
    let mut form = Form::only(&http.get(&path).await.text());
    form.set("answer", "reject");
    form.set("comment", "Because zqreason.");
    let mut fields = form.fields();
    for confirm in [None, Some("yes")] {
        let sent: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let page = http.post_form(&path, &sent).await;
        if confirm.is_some() {
            assert_eq!(page.status, 303, "{}", page.text());
            return;
        }
        let mut second = Form::only(&page.text());
        second.set("confirm", "yes");
        fields = second.fields();
    }
}

/// Everything that others get wrong.
async fn go_wrong(stage: &Stage, caller: &Caller<'_>) {
    let http = caller.http;
    http.get("/r/zqwrong-token?lang=en&q=zqquery").await;
    http.get("/zqwrong/path?q=zqquery").await;
    http.get_as("cpor_zqwrong_key", "/v1/claims").await;
    http.get_as(&caller.key, "/v1/claims?q=zqquery&partner=zqquery").await;
    http.get_as(&caller.key, "/v1/claims/zqwrong").await;
    caller.post("/v1/claims", "{\"name\": \"zqbad\", ").await;
    let mut bad = a_marked_claim("teams", "zqcontact");
    "zqbad no address".clone_into(&mut bad.customer.contact.email);
    "zqbad no domain".clone_into(&mut bad.customer.domain);
    "zqbad".clone_into(&mut bad.customer.country);
    bad.items = vec![cpor_jobs::Item::workload("zqbad")];
    caller.post("/v1/claims", bad.to_json().unwrap()).await;
    let settings = stage.deployment.run(&["settings", "--json"]).objects();
    let namespace = settings.iter().find(|s| s["key"] == "redis.namespace").unwrap();
    let intake = format!("{}:intake", namespace["value"].as_str().unwrap());
    let mut redis = redis::Client::open(shared_redis().await).unwrap().get_connection().unwrap();
    for rubbish in ["zqrubbish", &bad.to_json().unwrap(), "{\"zqrubbish\": 1}"] {
        redis::cmd("LPUSH").arg(&intake).arg(rubbish).exec(&mut redis).unwrap();
    }
}

#[track_caller]
fn is_clean(what: &str, text: &str, markers: &[String]) {
    let text = text.to_lowercase();
    for marker in markers {
        let marker = marker.to_lowercase();
        if let Some(at) = text.find(&marker) {
            let (from, to) = (at.saturating_sub(600), (at + 300).min(text.len()));
            let around = String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned();
            panic!("`{marker}` is in {what}: …{around}…");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_address_word_or_secret_comes_out_of_a_process() {
    let stage = Stage::set().await;
    stage.deployment.file("tenants.toml", TENANTS.as_bytes());
    let upstream = ["--role", "upstream_source", "--source", "testkit", "--label", "Zqsource"];
    let key = stage.key(&upstream);
    let operator = stage.key(&["--role", "operator"]);
    let serve = stage.start(&["serve"]);
    let http = serve.http().await;
    let caller = Caller { http: &http, key: key.clone() };
    stage.receiver.answer("/zqhook", [Answer::Status(500), Answer::Redirect("/zqhook".into())]);
    let url = stage.receiver.url("/zqhook?key=zqpassword");
    let hook = format!("{{\"url\": \"{url}\", \"events\": [\"claim_rejected\"]}}");
    let made = caller.post("/v1/webhooks", hook).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();

    let rejected = caller.submit(&a_marked_claim("teams", "zqcontact")).await;
    while stage.deployment.status(&rejected) != "notified" {}
    let link = token(&stage.smtp.received()[0]);
    reject(&http, &link).await;
    let refused = caller.submit(&a_marked_claim("exchange", "refused+zqcontact")).await;
    let full = caller.submit(&a_marked_claim("sharepoint", "full+zqcontact")).await;
    let official = caller.submit(&a_marked_claim("intune", "zqcontact")).await;
    while stage.deployment.status(&official) != "notified" {}
    go_wrong(&stage, &caller).await;
    // Or it would be tried for days.
    while stage.smtp.attempts("full+zqcontact@zqdomain.example") == 0 {}
    assert_eq!(
        stage.deployment.run(&["claim", "withdraw", &full, "--reason", "Says zqwithdrawn."]).code,
        0
    );
    stage.deployment.advance(&["--business-days", "5", "--claim", &official]);
    let detail = ["--detail", "Says zqdetail."];
    let end = [&["claim", "end", &official, "--reason", "customer_withdrew"][..], &detail].concat();
    let ended = stage.deployment.run(&end);
    stage.deployment.advance(&["--by", "1h"]);
    let metrics = http.get_as(&operator, "/metrics").await;
    assert_eq!(metrics.status, 200, "{}", metrics.text());
    let Said { stdout, stderr } = serve.stop();

    let found = [&link, &key, &operator, &secret].map(Clone::clone);
    let markers: Vec<String> =
        MARKERS.iter().map(|marker| (*marker).to_owned()).chain(found).collect();
    // The markers were there to come out, and the process was talkative.
    assert!(stage.deployment.claim(&rejected).to_string().contains("zqreason"));
    assert!(stderr.contains("\"level\":\"DEBUG\""), "{stderr}");
    is_clean("standard output", &stdout, &markers);
    is_clean("standard error", &stderr, &markers);
    is_clean("the log of a command", &ended.stderr, &markers);
    is_clean("/metrics", &metrics.text(), &markers);
    let spans = stage.spans();
    is_clean("the spans", &spans.text, &markers);
    is_clean("the spans", &format!("{:?}", spans.all), &markers);
    for id in [rejected, refused, full, official] {
        assert!(spans.of_claim(&id).len() > 5, "{id}");
    }
}
