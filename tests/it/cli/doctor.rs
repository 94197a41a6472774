//! `cpor doctor` and `cpor settings`.

use cpor::testkit::a_claim;
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
    let settings = "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = 1";
    let deployment = Deployment::with(settings).await;
    let ran = deployment.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let checks = ran.objects();
    for check in ["workers", "mail"] {
        let found = about(&checks, check);
        assert_eq!(found["ok"], false, "{found}");
        assert!(found["remedy"].is_string(), "{found}");
    }
    for check in ["redis", "namespace", "clock", "queues", "directory", "calendars", "time zones"] {
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
    assert_eq!(about(&ran.objects(), "calendars")["ok"], true);
}

/// The calendar of Turkey that ends on this date, with these entries in front.
fn calendar(valid_to: &str, entries: &str) -> String {
    format!(
        "id = \"TR\"\nversion = \"TR@1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
         valid_to = \"{valid_to}\"\n\
         weekend = [{{ from = \"2026-01-01\", days = [\"sat\", \"sun\"] }}]\ndays = [{entries}]\n"
    )
}

#[tokio::test]
async fn calendars_are_looked_at_when_windows_use_them() {
    let estimate = "{ date = \"2026-11-26\", kind = \"holiday\", name = \"Feast (estimated)\" }";
    let deployment = Deployment::with("[calendars]\ndirectory = \"calendars\"").await;
    std::fs::create_dir(deployment.folder.path().join("calendars")).unwrap();
    let write = |text: String| deployment.file("calendars/TR.toml", text.as_bytes());
    write(calendar("2027-10-31", estimate));
    let found = || {
        let checks = deployment.run(&["doctor", "--json"]).objects();
        let about =
            |found: &&Value| found["check"] == "calendars" || found["check"] == "time zones";
        let wrong = checks.iter().filter(about).filter(|found| found["ok"] == false);
        let says = |found: &Value| format!("{} | {}", found["finding"], found["remedy"]);
        (wrong.map(says).collect::<Vec<_>>(), checks)
    };
    let (unused, checks) = found();
    assert_eq!(unused, [""; 0], "nobody uses it");
    let summary = about(&checks, "calendars")["finding"].as_str().unwrap();
    assert!(summary.ends_with("none in use by an open window"), "{summary}");
    let id = deployment.submit(&a_claim());
    let working = deployment.work();
    deployment.advance(&["--by", "0s"]);
    assert_eq!(deployment.status(&id), "notified");
    working.stop();
    let (used, checks) = found();
    assert_eq!(used.len(), 3, "{used:?}");
    assert!(used[0].contains("TR, in use by 1 open window, ends on 2027-10-31"), "{used:?}");
    assert!(used[0].contains("in 345 days") && used[0].contains("cpor calendar preview"));
    assert!(used[1].contains("in 1 open window: 2026-11-26 Feast (estimated) (in 1)"), "{used:?}");
    assert!(used[2].contains("edited without a new version"), "{used:?}");
    let summary = checks.iter().rfind(|found| found["check"] == "calendars").unwrap();
    assert!(summary["finding"].as_str().unwrap().contains("1 in use"), "{summary}");
    // The estimate is announced, for a day after the window; the version is another one.
    write(
        calendar("2041-12-31", &estimate.replace("2026-11-26", "2026-12-01"))
            .replace("TR@1", "TR@2"),
    );
    let differs = |checks: &[Value]| {
        checks.iter().any(|found| found["check"] == "edition" && found["ok"] == false)
    };
    assert!(differs(&found().1), "what was written is not in force");
    let reload = ["calendar", "reload", "--reason", "Announced", "--yes"];
    assert_eq!(deployment.run(&reload).code, 0);
    let (other, checks) = found();
    assert_eq!(other.len(), 1, "{other:?}");
    assert!(other[0].contains("edited without a new version"), "{other:?}");
    let noted = |found: &Value| found["finding"].as_str().unwrap().contains("another version");
    assert!(checks.iter().any(|found| found["ok"] == true && noted(found)), "{checks:?}");
    assert!(!differs(&checks), "{checks:?}");
    std::fs::remove_file(deployment.folder.path().join("calendars/TR.toml")).unwrap();
    let other = calendar("2041-12-31", "").replace("TR", "GB");
    deployment.file("calendars/GB.toml", other.as_bytes());
    assert_eq!(deployment.run(&reload).code, 1, "a calendar in use cannot be removed");
    assert!(differs(&found().1), "it stays in force although its file is gone");
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

fn found<'a>(checks: &'a [Value], check: &str, words: &str) -> &'a Value {
    let says = |one: &&Value| one["finding"].as_str().unwrap().contains(words);
    let about = checks.iter().filter(|one| one["check"] == check);
    about.filter(|one| one["ok"] == false).find(says).unwrap_or_else(|| panic!("{checks:#?}"))
}

#[tokio::test]
async fn a_key_that_ends_soon_is_found_until_it_is_rotated() {
    let deployment = Deployment::new().await;
    let create =
        ["key", "create", "--role", "upstream_source", "--source", "crm", "--expires-days", "10"];
    let made = deployment.run(&[&create[..], &["--json"]].concat());
    let id = made.object()["id"].as_str().unwrap().to_owned();
    let checks = || deployment.run(&["doctor", "--json"]).objects();
    let first = checks();
    let finding = found(&first, "keys", "ends at");
    assert_eq!(finding["remedy"], format!("cpor key rotate {id}"));
    assert_eq!(deployment.run(&["key", "revoke", &id]).code, 0);
    assert_eq!(about(&checks(), "keys")["ok"], true);
}

#[tokio::test]
async fn secrets_that_others_can_read_are_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let deployment = Deployment::new().await;
    let first = deployment.run(&["doctor", "--json"]).objects();
    assert_eq!(about(&first, "secrets")["ok"], true, "{first:#?}");
    assert_eq!(about(&first, "disk")["check"], "disk");
    let file = deployment.folder.path().join("data/secret.keys");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let checks = deployment.run(&["doctor", "--json"]).objects();
    let finding = found(&checks, "secrets", "can be read by others (mode 644)");
    assert!(finding["remedy"].as_str().unwrap().starts_with("chmod 600"), "{finding}");
}

#[tokio::test]
async fn a_redis_that_is_nearly_full_is_found() {
    let folder = tempfile::TempDir::with_prefix("cpor-redis-").unwrap();
    let server = cpor::store::server::PrivateServer::open(folder.path()).await.unwrap();
    let deployment = Deployment::private(&format!("[redis]\nurl = \"{}\"", server.url()));
    let before = deployment.run(&["doctor", "--json"]).objects();
    assert_eq!(about(&before, "memory")["ok"], true, "{before:#?}");
    assert_eq!(about(&before, "persistence")["ok"], true, "{before:#?}");
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let info: redis::InfoDict = redis::cmd("INFO").query_async(&mut connection).await.unwrap();
    let used: u64 = info.get("used_memory").unwrap();
    let () = redis::cmd("CONFIG")
        .arg(&["SET", "maxmemory", &(used * 5 / 4).to_string()])
        .query_async(&mut connection)
        .await
        .unwrap();
    let checks = deployment.run(&["doctor", "--json"]).objects();
    let finding = found(&checks, "memory", "% of maxmemory");
    assert!(finding["remedy"].as_str().unwrap().contains("maxmemory"), "{finding}");
}

/// The mail server answers while a command runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_is_asked_as_for_a_mail() {
    let smtp = cpor::testkit::smtp::SmtpServer::start().await.unwrap();
    let mail = |tls: &str| {
        let port = smtp.port();
        format!(
            "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\n\
             tls = \"{tls}\""
        )
    };
    let plain = Deployment::with(&mail("none")).await.run(&["doctor", "--json"]).objects();
    let says = about(&plain, "mail")["finding"].as_str().unwrap();
    assert!(says.contains("takes mails (not encrypted"), "{says}");
    let starttls = Deployment::with(&mail("starttls")).await.run(&["doctor", "--json"]).objects();
    assert!(found(&starttls, "mail", "cannot be used: ")["remedy"].is_string());
    assert_eq!(smtp.received().len(), 0, "it only says hello");
}
