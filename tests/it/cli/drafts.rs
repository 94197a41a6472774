//! `cpor drafts`: operators see how far drafts are, and nothing that they say.

use cpor::app::App;
use cpor::claim::identity::MpnId;
use cpor::settings::Settings;

use super::deployment::Deployment;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn drafts_are_listed_shown_and_discarded() {
    let deployment = Deployment::new().await;
    assert_eq!(deployment.run(&["drafts", "list"]).stdout, "there are no drafts\n");
    let settings = Settings::load("development", Some(deployment.config())).unwrap();
    let app = App::open(settings).await.unwrap();
    let partner = MpnId::parse("1234567").unwrap();
    let content = serde_json::json!({
        "name": "Secret rollout",
        "customer": {"domain": "no domain", "contact": {"email": "mert@customer.example"}},
    });
    let content = serde_json::from_value(content).unwrap();
    let id = app.drafts().create(&partner, content, "key:ada").await.unwrap().id.to_string();
    app.close().await.unwrap();

    let listed = deployment.run(&["drafts", "list", "--json"]).object();
    assert_eq!((&listed["id"], &listed["name"]), (&id.as_str().into(), &().into()));
    let of = |partner: &str| deployment.run(&["drafts", "list", "--partner", partner]).stdout;
    assert!(of("1234567").contains("key:ada") && of("1234567").contains(&id));
    assert_eq!(of("7654321"), "there are no drafts\n");
    let shown = deployment.run(&["drafts", "show", &id]);
    assert!(shown.stdout.contains("wrong:    customer.domain [domain_malformed]"), "{shown:?}");
    assert!(shown.stdout.contains("missing:  items [missing]"), "{shown:?}");
    let json = deployment.run(&["drafts", "show", &id, "--json"]);
    assert_eq!(json.object()["ready"], false);
    for said in [&shown.stdout, &json.stdout] {
        assert!(!said.contains("Secret") && !said.contains("mert@"), "{said}");
    }
    let discarded = deployment.run(&["drafts", "discard", &id, "--json"]).object();
    assert_eq!(discarded["outcome"], "discarded");
    let gone = deployment.run(&["drafts", "show", &id]);
    assert_eq!(gone.code, 1, "{gone:?}");
    assert!(gone.stderr.contains("there is no draft"), "{gone:?}");
    assert_eq!(deployment.run(&["drafts", "show", "nonsense"]).code, 2);
}
