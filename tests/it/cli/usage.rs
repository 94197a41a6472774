//! Wrong usage, and what cannot work: one clear message, and the exit code 2.

use super::deployment::{Deployment, Ran};

/// No claim has this id.
const NOBODY: &str = "01a1f978-b580-7001-8ea2-0bfb0c701961";

#[track_caller]
fn check(ran: &Ran, code: i32, said: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{ran:?}");
    assert!(ran.stderr.contains(said), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn settings_that_do_not_exist_name_themselves() {
    let deployment = Deployment::private("[windows]\nlength = 5");
    check(&deployment.run(&["claims"]), 2, "windows");
    let deployment = Deployment::private("[window]\nbusiness_days = 0");
    check(&deployment.run(&["claims"]), 2, "window.business_days");
    let deployment = Deployment::private("");
    check(&deployment.run(&["--profile", "staging", "claims"]), 2, "no profile `staging`");
    check(&deployment.run(&["--config", "gone.toml", "claims"]), 2, "gone.toml");
    for (name, said) in [("CPOR_REDIS_URL", "CPOR_REDIS_URL"), ("CPOR_REDIS__SPEED", "speed")] {
        let mut command = deployment.command(&["claims"]);
        check(&Ran::of(command.env(name, "x").spawn().unwrap()), 2, said);
    }
    let mut command = deployment.command(&["work"]);
    check(&Ran::of(command.env("CPOR_LOG__FILTER", "cpor=loud").spawn().unwrap()), 2, "log.filter");
}

#[test]
fn a_redis_that_cannot_be_reached_is_named_without_its_password() {
    let deployment = Deployment::private("[redis]\nurl = \"redis://cpor:hunter2@127.0.0.1:1\"");
    let ran = deployment.run(&["claims"]);
    check(&ran, 2, "could not connect to Redis at 127.0.0.1:1");
    assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
}

#[test]
fn wrong_arguments_are_wrong_usage() {
    let deployment = Deployment::private("");
    for (args, said) in [
        (&["dance"][..], "unrecognized subcommand"),
        (&["claim", "show"], "<ID>"),
        (&["claim", "show", "42"], "not the id of a claim"),
        (&["claim", "reject", NOBODY, "--received-at", "noon"], "with an offset"),
        (&["claim", "end", NOBODY], "--reason"),
        (&["claim", "end", NOBODY, "--reason", "rejected_in_time"], "customer_withdrew"),
        (&["claim", "arbitrate", NOBODY, "--for", "me", "--reason", "x"], "claimant"),
        (&["claims", "--status", "pending"], "the statuses are submitted"),
        (&["claims", "--partner", "abc"], "--partner"),
        (&["webhook", "create", "--url", "https://x.example"], "--partner"),
        (&["webhook", "create", "--partner", "1"], "--url"),
        (&["webhook", "show", "42"], "not the id of a webhook"),
        (&["webhook", "replay", NOBODY], "--since"),
        (&["dead", "retry"], "<JOB>"),
        (&["dead", "retry", "submit_claim"], "<ENTRY>"),
        (&["dead", "retry", "--job", "submit_claim"], "--all"),
    ] {
        check(&deployment.run(args), 2, said);
    }
}

#[tokio::test]
async fn a_claim_that_does_not_exist_is_refused() {
    let deployment = Deployment::new().await;
    for args in [["claim", "show", NOBODY], ["claim", "history", NOBODY]] {
        check(&deployment.run(&args), 1, "there is no claim");
    }
    let ran = deployment.run(&["claim", "reject", NOBODY, "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.object()["code"], "no_such_claim");
    let ran = deployment.run(&["clock", "advance", "--business-days", "1", "--claim", NOBODY]);
    check(&ran, 1, "there is no claim");
    let ran = deployment.run(&["clock", "advance", "--before-end", "--claim", NOBODY]);
    check(&ran, 1, "there is no claim");
}

#[test]
fn production_has_no_virtual_clock() {
    let deployment = Deployment::private("[clock]\nmode = \"virtual\"");
    for args in [&["settings"][..], &["clock", "show"], &["serve"], &["work"]] {
        let ran = deployment.run(&[&["--profile", "production"], args].concat());
        check(&ran, 2, "this deployment may not travel in time");
    }
}

#[test]
fn a_namespace_on_the_system_clock_does_not_travel() {
    let deployment = Deployment::private("");
    assert_eq!(deployment.run(&["clock", "show", "--json"]).object()["mode"], "system");
    for args in [&["set", "2126-11-20T15:00:00Z"][..], &["advance", "--by", "1h"]] {
        let ran = deployment.run(&[&["clock"], args].concat());
        check(&ran, 1, "follows the system clock and cannot travel in time");
    }
    let mut command = deployment.command(&["clock", "show"]);
    let ran = Ran::of(command.env("CPOR_CLOCK__MODE", "virtual").spawn().unwrap());
    check(&ran, 2, "was created with clock = system");
}

#[test]
fn help_is_help() {
    let deployment = Deployment::private("");
    for args in [&["--help"][..], &["claim", "--help"], &["window", "explain", "--help"]] {
        let ran = deployment.run(args);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("Examples:"), "{ran:?}");
    }
}
