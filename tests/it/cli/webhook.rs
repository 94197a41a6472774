//! `cpor webhook`: the life of a webhook, as scripts and people see it.

use cpor::testkit::a_claim;
use cpor::testkit::receiver::{Answer, Receiver};
use serde_json::Value;

use super::deployment::Deployment;

const LOOPBACK: &str = "[webhooks]\nallow_loopback_http = true";

// The receiver works beside the test, which waits for processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_webhook_is_made_told_paused_told_again_and_deleted() {
    let receiver = Receiver::start().await.unwrap();
    let deployment = Deployment::with(LOOPBACK).await;
    let run = |args: &[&str]| deployment.run(&[&["webhook"], args, &["--json"]].concat());
    let url = receiver.url("/hook");
    let names = "claim_submitted,claim_withdrawn";
    let created = run(&["create", "--partner", "1234567", "--url", &url, "--events", names]);
    let created = created.object();
    let id = created["id"].as_str().unwrap().to_owned();
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{created}");
    assert_eq!(run(&["secret", &id]).object()["secret"], secret);
    assert_eq!(deployment.run(&["webhook", "secret", &id]).stdout.trim_end(), secret);
    let listed = run(&["list"]).object();
    assert_eq!(
        listed,
        serde_json::json!({
            "id": id, "partner": "1234567", "source": null, "url": url,
            "events": ["claim_submitted", "claim_withdrawn"],
            "created_at": "2026-11-20T15:00:00Z",
            "paused": false, "paused_reason": null, "paused_since": null,
        })
    );
    assert_eq!(run(&["list", "--partner", "1234567"]).objects().len(), 1);
    assert_eq!(run(&["list", "--partner", "7654321"]).stdout, "");
    assert_eq!(run(&["list", "--source", "testkit"]).stdout, "");

    let working = deployment.work();
    receiver.answer("/hook", [Answer::Status(500)]);
    let claim = deployment.submit(&a_claim());
    deployment.advance(&["--by", "1min"]);
    let deliveries = receiver.received("/hook");
    assert_eq!(deliveries.len(), 2);
    assert!(deliveries.iter().all(|delivered| delivered.verifies(secret)));
    let shown = run(&["show", &id]).object();
    let delivery = shown["deliveries"][0].clone();
    assert_eq!(delivery["delivery_id"], format!("{claim}:1:{id}"));
    let of = |index: usize, name: &str| shown["deliveries"][index][name].clone();
    assert_eq!((of(0, "delivered"), of(0, "status")), (true.into(), 200.into()));
    assert_eq!((of(1, "delivered"), of(1, "status")), (false.into(), 500.into()));
    let people = deployment.run(&["webhook", "show", &id]).stdout;
    assert!(people.contains("the receiver answered 500") && people.contains(&url), "{people}");

    let paused = run(&["pause", &id, "--reason", "It is being rebuilt."]).object();
    assert_eq!(paused["paused_reason"], "It is being rebuilt.");
    assert_eq!(deployment.run(&["claim", "withdraw", &claim]).code, 0);
    deployment.advance(&["--by", "1min"]);
    assert_eq!(run(&["show", &id]).object()["missed"], 1);
    let since = ["replay", &id, "--since", "2026-11-20T15:00:30Z"];
    assert_eq!(run(&since).code, 1);
    assert_eq!(run(&["resume", &id]).object()["paused"], false);
    let replayed = run(&since).object();
    assert_eq!(replayed, serde_json::json!({ "id": id, "deliveries": 1, "incomplete": false }));
    deployment.advance(&["--by", "1s"]);
    assert_eq!(receiver.events("/hook")[2..], ["claim_withdrawn"]);
    let again = ["replay", &id, "--delivery", delivery["delivery_id"].as_str().unwrap()];
    assert_eq!(run(&again).object()["deliveries"], 1);
    deployment.advance(&["--by", "1s"]);
    assert_eq!(receiver.events("/hook")[3..], ["claim_submitted"]);

    assert_eq!(run(&["delete", &id]).object()["outcome"], "deleted");
    let gone = run(&["delete", &id]);
    assert_eq!((gone.code, gone.stdout.as_str()), (1, ""), "{gone:?}");
    assert!(gone.stderr.contains("there is no webhook"), "{gone:?}");
    assert_eq!(run(&["show", &id]).code, 1);
    let people = deployment.run(&["webhook", "list"]).stdout;
    assert_eq!(people, "there are no webhooks\n");
    working.stop();
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused_in_a_sentence() {
    let deployment = Deployment::new().await;
    let check = |args: &[&str], said: &str| {
        let ran = deployment.run(&[&["webhook", "create"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    };
    check(&["--partner", "1", "--url", "http://hooks.partner.example"], "it must be https");
    check(&["--partner", "1", "--url", "https://127.0.0.1"], "this machine");
    check(&["--partner", "1", "--url", "https://10.0.0.1"], "private network");
    check(&["--partner", "1", "--url", "https://hooks.partner.example:25"], "port 25");
    let url = "https://hooks.partner.example";
    check(&["--source", "crm", "--url", url, "--events", "claim_eaten"], "`claim_eaten`");
    let listed = deployment.run(&["webhook", "list", "--json"]);
    assert_eq!((listed.code, listed.objects()), (0, Vec::<Value>::new()));
}
