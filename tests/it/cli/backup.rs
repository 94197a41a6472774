//! `cpor backup` and `cpor restore`, as operators use them.

use std::os::unix::fs::PermissionsExt as _;

use cpor::testkit::{a_claim, a_claim_on};

use super::deployment::{Deployment, Ran};

/// A deployment with the private server of its own folder.
fn elsewhere() -> Deployment {
    Deployment::private("[redis]\npartitions = 2\n[clock]\nmode = \"virtual\"")
}

#[tokio::test]
async fn a_deployment_moves_to_another_server_in_a_file() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let id = deployment.submit(&a_claim());
    deployment.advance(&["--by", "1h"]);
    assert_eq!(deployment.status(&id), "notified");
    working.stop();
    let file = deployment.folder.path().join("backup.jsonl").display().to_string();
    let ran = deployment.run(&["backup", &file, "--json"]);
    assert_eq!((ran.code, &ran.object()["claims"]), (0, &1.into()), "{ran:?}");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "there is personal data in it");
    let again = deployment.run(&["backup", &file]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("exists; name a file that does not"), "{again:?}");

    let other = elsewhere();
    let restored = other.run(&["restore", &file]);
    assert_eq!(restored.code, 0, "{restored:?}");
    for words in ["1 claims", "secret key 1 of the deployment is not here", "cpor outage record"] {
        assert!(restored.stdout.contains(words), "{words}: {restored:?}");
    }
    assert_eq!(other.run(&["check"]).code, 0);
    assert_eq!(other.status(&id), "notified");
    let refused: Ran = other.run(&["restore", &file]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("is not empty"), "{refused:?}");
    let working = other.work();
    other.advance(&["--by", "30d"]);
    assert_eq!(other.status(&id), "associated");
    working.stop();
    assert_eq!(other.run(&["check"]).code, 0);
}

#[tokio::test]
async fn a_backup_goes_through_a_pipe_and_a_damaged_one_is_refused() {
    let deployment = Deployment::new().await;
    deployment.submit(&a_claim());
    let id = deployment.submit(&a_claim_on("exchange"));
    let ran = deployment.run(&["backup", "-"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("2 claims"), "{ran:?}");
    let other = elsewhere();
    let cut = &ran.stdout.as_bytes()[..ran.stdout.len() / 2];
    let refused = other.run_with_input(&["restore", "-"], cut);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("the file was cut off"), "{refused:?}");
    let restored = other.run_with_input(&["restore", "-", "--json"], ran.stdout.as_bytes());
    assert_eq!(restored.object()["claims"], 2, "{restored:?}");
    assert_eq!(other.status(&id), "submitted");
}
