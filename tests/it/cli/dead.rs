//! `cpor dead`: what is left to a person.

use cpor::testkit::a_claim;
use cpor::testkit::redis::shared_redis;
use cpor::testkit::smtp::SmtpServer;

use super::deployment::Deployment;

// The mail server works beside the test, which waits for processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_notice_out_of_copies_is_sent_again_as_the_same_message() {
    let smtp = SmtpServer::start().await.unwrap();
    let settings = format!(
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\n\
         [workers.notify_customer]\nattempts_max = 1",
        smtp.port()
    );
    let deployment = Deployment::with(&settings).await;
    let working = deployment.work();
    let mut claim = a_claim();
    "greylisted@anadoluelektrik.com.tr".clone_into(&mut claim.customer.contact.email);
    let id = deployment.submit(&claim);
    // The server takes the third copy, and every copy but the first needs a person.
    for _ in 0..2 {
        deployment.advance(&["--by", "6h"]);
        let dead = deployment.run(&["dead", "list", "--json"]).object();
        assert_eq!((&dead["job"], &dead["claim_id"]), (&"notify_customer".into(), &dead["entry"]));
        assert_eq!(dead["entry"], *id);
        let stuck = deployment.claim(&id)["stuck"].clone();
        assert_eq!(stuck["remedy"], format!("cpor dead retry notify_customer {id}"));
        let retried = deployment.run(&["dead", "retry", "notify_customer", &id, "--json"]);
        assert_eq!(retried.object()["outcome"], "retried", "{retried:?}");
    }
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&id), "notified");
    assert_eq!(deployment.run(&["dead", "list", "--json"]).stdout, "");
    assert_eq!(smtp.received().len(), 1);
    working.stop();
}

#[tokio::test]
async fn rubbish_on_the_intake_is_shown_retried_and_forgotten() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let namespace = deployment.run(&["settings", "--json"]).objects();
    let namespace = namespace.iter().find(|s| s["key"] == "redis.namespace").unwrap();
    let intake = format!("{}:intake", namespace["value"].as_str().unwrap());
    let mut connection =
        redis::Client::open(shared_redis().await).unwrap().get_connection().unwrap();
    for rubbish in ["nonsense \u{1b}[31m", "{}"] {
        redis::cmd("LPUSH").arg(&intake).arg(rubbish).exec(&mut connection).unwrap();
    }
    deployment.advance(&["--by", "1s"]);
    let dead = deployment.run(&["dead", "list", "--json"]).objects();
    assert_eq!(dead.len(), 2, "{dead:?}");
    assert!(dead.iter().all(|entry| entry["job"] == "submit_claim" && entry["raw"].is_string()));
    assert!(!deployment.run(&["dead", "list"]).stdout.contains('\u{1b}'));
    let retried = deployment.run(&["dead", "retry", "--all", "--job", "submit_claim"]);
    assert_eq!(retried.code, 0, "{retried:?}");
    deployment.advance(&["--by", "1s"]);
    let dropped = deployment.run(&["dead", "drop", "--all"]);
    assert_eq!(dropped.code, 1, "{dropped:?}");
    assert!(dropped.stderr.contains("2 dead letters"), "{dropped:?}");
    let entry = dead[0]["entry"].as_str().unwrap();
    assert_eq!(deployment.run(&["dead", "drop", "submit_claim", entry, "--yes"]).code, 0);
    assert_eq!(deployment.run(&["dead", "drop", "submit_claim", entry, "--yes"]).code, 1);
    assert_eq!(deployment.run(&["dead", "drop", "--all", "--yes"]).code, 0);
    assert_eq!(deployment.run(&["dead", "list", "--json"]).stdout, "");
    working.stop();
}
