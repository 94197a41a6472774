//! `cpor work` and the virtual clock.

use rustix::process::Signal;

use cpor::testkit::a_claim;
use cpor::testkit::http::HttpClient;

use super::deployment::Deployment;

#[tokio::test]
async fn a_worker_carries_a_claim_to_its_end_and_stops_well() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let id = deployment.submit(&a_claim());
    deployment.advance(&["--business-days", "5", "--claim", &id]);
    let claim = deployment.claim(&id);
    assert_eq!(claim["status"], "associated");
    assert_eq!(claim["closes_at"], "2026-11-27T21:00:00Z");
    assert_eq!(claim["decided_at"], claim["closes_at"]);
    let mails = std::fs::read_dir(deployment.folder.path().join("data/mail")).unwrap();
    assert_eq!(mails.count(), 3, "notice, reminder and result");
    working.stop();
}

#[tokio::test]
async fn a_worker_of_some_jobs_leaves_the_others_alone_and_sigint_stops_it_too() {
    let deployment = Deployment::new().await;
    let id = deployment.submit(&a_claim());
    let unknown = deployment.run(&["work", "--only", "validate_claim,dance"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    let mut command = deployment.command(&["work", "--only", "validate_claim"]);
    let child = command.spawn().unwrap();
    while deployment.status(&id) == "submitted" {}
    assert_eq!(deployment.status(&id), "validated");
    let queues = deployment.run(&["queues", "--json"]).objects();
    let due = queues.iter().find(|queue| queue["job"] == "notify_customer").unwrap();
    assert_eq!(due["due"], 1, "{due}");
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::INT).unwrap();
    assert_eq!(super::deployment::Ran::of(child).code, 0);
}

#[tokio::test]
async fn the_clock_travels_forwards_only() {
    let deployment = Deployment::new().await;
    let show = deployment.run(&["clock", "show", "--json"]).object();
    assert_eq!(show["now"], "2026-11-20T15:00:00Z");
    assert_eq!(show["mode"], "virtual");
    let set = deployment.run(&["clock", "set", "2026-11-21 00:00+03:00", "--json"]);
    assert_eq!((set.code, &set.object()["now"]), (0, &"2026-11-20T21:00:00Z".into()), "{set:?}");
    let by = deployment.run(&["clock", "advance", "--by", "90min", "--json"]);
    assert_eq!((by.code, &by.object()["now"]), (0, &"2026-11-20T22:30:00Z".into()), "{by:?}");
    for (args, said) in [
        (&["set", "2026-11-20T15:00:00Z"][..], "cannot go back"),
        (&["advance", "--to", "2026-11-20T15:00:00Z"], "cannot go back"),
        (&["advance", "--to-next"], "nothing is on the agenda"),
    ] {
        let ran = deployment.run(&[&["clock"], args].concat());
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
    for args in [&["advance"][..], &["advance", "--business-days", "2"], &["set", "tomorrow"]] {
        assert_eq!(deployment.run(&[&["clock"], args].concat()).code, 2, "{args:?}");
    }
}

#[tokio::test]
async fn the_clock_goes_to_the_last_moment_of_a_window() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let id = deployment.submit(&a_claim());
    let show = deployment.run(&["clock", "advance", "--by", "1s"]);
    assert!(show.stdout.contains(&format!("remind_customer of claim {id}")), "{show:?}");
    let ran = deployment.run(&["clock", "advance", "--before-end", "--claim", &id, "--json"]);
    let end = ran.object();
    assert_eq!(end["now"], "2026-11-27T20:59:59.999Z");
    assert_eq!(end["upcoming"][0]["job"], "finalize_association");
    assert_eq!(end["upcoming"][0]["claim_id"], id);
    let over = deployment.run(&["clock", "advance", "--by", "1h"]);
    assert_eq!(over.code, 0, "{over:?}");
    let ran = deployment.run(&["clock", "advance", "--before-end", "--claim", &id]);
    assert!(ran.code == 1 && ran.stderr.contains("has passed"), "{ran:?}");
    for args in [&["--before-end"][..], &["--by", "1h", "--claim", &id]] {
        assert_eq!(deployment.run(&[&["clock", "advance"], args].concat()).code, 2, "{args:?}");
    }
    working.stop();
}

#[tokio::test]
async fn travelling_without_a_worker_says_that_none_is_at_work() {
    let deployment = Deployment::new().await;
    deployment.submit(&a_claim());
    let ran = deployment.run(&["clock", "advance", "--by", "1h"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("start `cpor work`"), "{ran:?}");
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    working.signal(Signal::TERM);
    working.signal(Signal::TERM);
    let (status, said) = working.ended();
    // The first may have been enough, when it was quick.
    assert!(matches!(status.code(), Some(0 | 2)), "{said}");
}

#[tokio::test]
async fn a_worker_shows_its_figures_where_it_is_told_to() {
    let deployment = Deployment::new().await;
    let listen = free_address();
    let working = deployment.work_with(&[("CPOR_TELEMETRY__LISTEN", &listen)]);
    let http = HttpClient::of(&format!("http://{listen}"));
    let id = deployment.submit(&a_claim());
    while deployment.status(&id) != "notified" {}
    let answer = http.get("/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    for line in [
        "cpor_ready 1",
        "cpor_claim_transitions_total{status=\"notified\"} 1",
        "cpor_worker_concurrency{queue=\"submit_claim\"} 256",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    // Nothing else is there: no API, and no page of a customer.
    for path in ["/v1/claims", "/v1/openapi.json", "/r/token", "/"] {
        assert_eq!(http.get(path).await.status, 404, "{path}");
    }
    let mut second = deployment.command(&["work"]);
    second.env("CPOR_TELEMETRY__LISTEN", &listen);
    let second = super::deployment::Ran::of(second.spawn().unwrap());
    assert!(second.code == 2 && second.stderr.contains("telemetry.listen"), "{second:?}");
    working.stop();
}

/// Free a moment ago; a worker that cannot have it says so, and the test fails.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
