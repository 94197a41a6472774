//! Processes that are killed in the middle of a sweep, and processes that are told by a signal.

use cpor::claim::Status;
use rustix::process::{Pid, Signal, kill_process};

use super::{WEDNESDAY, at};
use crate::cli::deployment::{Deployment, Ran};
use crate::crash::fleet::Fleet;

/// Where the settings look for the operator's files unless told otherwise.
fn save(deployment: &Deployment, id: &str, text: &str) {
    std::fs::create_dir_all(deployment.folder.path().join("config/calendars.d")).unwrap();
    deployment.file(&format!("config/calendars.d/{id}.toml"), text.as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_finishes_the_sweep_of_a_command_that_was_killed() {
    const CLAIMS: u32 = 300;
    let mut fleet = Fleet::of(CLAIMS).await;
    fleet.start();
    fleet.push(0..CLAIMS).await;
    fleet.settle().await;
    fleet.stop_all();
    fleet.commits(usize::MAX).await; // All that was committed so far.
    save(&fleet.deployment, "TR", WEDNESDAY);
    let args = ["calendar", "reload", "--reason", "Declared late", "--open-windows", "--yes"];
    let reload = fleet.deployment.command(&args).spawn().unwrap();
    fleet.commits(20).await;
    let pid = Pid::from_raw(i32::try_from(reload.id()).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    assert_eq!(Ran::of(reload).code, -1, "it was done before it was killed");
    let moved = |claims: &std::collections::BTreeMap<u32, cpor::claim::Claim>| {
        let later = |claim: &&cpor::claim::Claim| {
            claim.open_window().unwrap().closes_at() == at("2026-11-30T21:00:00Z")
        };
        claims.values().filter(later).count()
    };
    let before = moved(&fleet.claims().await);
    println!("{before} of {CLAIMS} windows had moved when the command was killed");
    assert!(0 < before && before < CLAIMS as usize);
    fleet.start();
    fleet.settle().await;
    let claims = fleet.claims().await;
    assert_eq!(moved(&claims), CLAIMS as usize);
    for claim in claims.values() {
        let events = fleet.events(claim.id).await;
        let extended = events.iter().filter(|event| **event == "window_extended").count();
        let told = events.iter().filter(|event| **event == "correction_sent").count();
        assert_eq!((claim.status(), extended, told), (Status::Notified, 1, 1), "{events:?}");
    }
    fleet.stop_all();
}

#[tokio::test]
async fn sighup_puts_the_files_in_force_and_wrong_ones_change_nothing() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let history = || deployment.run(&["calendar", "history", "--json"]).objects();
    save(&deployment, "DE", "days = [");
    working.signal(Signal::HUP);
    save(&deployment, "TR", WEDNESDAY);
    save(&deployment, "DE", "days = []");
    // The first signal may find either state of the files; this one finds them in order.
    working.signal(Signal::HUP);
    while history().len() < 2 {}
    let entries = history();
    assert_eq!(entries[0]["author"], "signal");
    assert_eq!(entries[0]["scope"], "new_windows");
    assert_eq!(entries[0]["changes"][0]["calendar"], "TR");
    working.stop();
}
