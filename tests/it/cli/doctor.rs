//! `cpor doctor` and `cpor settings`.

use serde_json::Value;

use super::deployment::{Deployment, Ran};

fn about<'a>(checks: &'a [Value], check: &str) -> &'a Value {
    checks.iter().find(|found| found["check"] == check).unwrap()
}

#[tokio::test]
async fn a_healthy_deployment_has_no_findings() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    // The worker says that it is at work soon after it has told people.
    let healthy = loop {
        let ran = deployment.run(&["doctor", "--json"]);
        if about(&ran.objects(), "workers")["ok"] == true {
            break ran;
        }
    };
    assert_eq!(healthy.code, 0, "{healthy:?}");
    working.stop();
}

#[tokio::test]
async fn every_finding_has_a_remedy() {
    let settings = "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = 1\n\
                    [calendars]\ndirectory = \"calendars\"";
    let deployment = Deployment::with(settings).await;
    std::fs::create_dir(deployment.folder.path().join("calendars")).unwrap();
    let calendar = include_str!("../../../config/calendars/TR.toml");
    let edited = calendar.replace("Victory Day", "Day of Victory");
    deployment.file("calendars/TR.toml", edited.as_bytes());
    let ran = deployment.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let checks = ran.objects();
    for check in ["workers", "mail", "calendars"] {
        let found = about(&checks, check);
        assert_eq!(found["ok"], false, "{found}");
        assert!(found["remedy"].is_string(), "{found}");
    }
    for check in ["redis", "namespace", "clock", "queues", "directory", "time zones"] {
        assert_eq!(about(&checks, check)["ok"], true, "{ran:?}");
    }
    let people: Ran = deployment.run(&["doctor"]);
    assert!(people.stdout.contains("remedy: start `cpor work`"), "{people:?}");
}

#[test]
fn a_redis_that_cannot_be_reached_is_a_finding_among_others() {
    let deployment = Deployment::private("[redis]\nurl = \"redis://127.0.0.1:1\"");
    let ran = deployment.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(about(&ran.objects(), "redis")["ok"], false);
    assert_eq!(about(&ran.objects(), "directory")["ok"], true);
}

#[test]
fn settings_say_where_they_come_from_and_keep_secrets() {
    let deployment = Deployment::private("[window]\nbusiness_days = 7");
    let mut command = deployment.command(&["settings", "--json"]);
    command.env("CPOR_MAIL__SMTP__PASSWORD", "hunter2").env("CPOR_AGENDA__LEASE_SECONDS", "9");
    let ran = Ran::of(command.spawn().unwrap());
    assert!(!ran.stdout.contains("hunter2"), "{ran:?}");
    let settings = ran.objects();
    let found = |key: &str| settings.iter().find(|setting| setting["key"] == key).unwrap();
    assert_eq!(found("window.business_days")["value"], "7");
    let origin = found("window.business_days")["origin"].as_str().unwrap();
    assert!(origin.ends_with("settings.toml"), "{origin}");
    assert_eq!(found("agenda.lease_seconds")["value"], "9");
    assert!(found("mail.smtp.password")["value"].as_str().unwrap().starts_with("***"));
    assert!(deployment.run(&["settings"]).stdout.contains("window.business_days"));
}
