//! `cpor archive`, `cpor claims --archive` and `cpor erase`.

use cpor::testkit::a_claim;

use super::deployment::Deployment;

const SETTINGS: &str = "[archive]\nretention_days = 1";

/// A deployment in which one claim was withdrawn long ago.
async fn with_closed_claim() -> (Deployment, String) {
    let deployment = Deployment::with(SETTINGS).await;
    let id = deployment.submit(&a_claim());
    let work = deployment.work();
    assert_eq!(deployment.run(&["claim", "withdraw", &id]).code, 0);
    deployment.advance(&["--by", "3d"]);
    work.stop();
    (deployment, id)
}

#[tokio::test]
async fn an_archived_claim_is_listed_shown_and_verified() {
    let (deployment, id) = with_closed_claim().await;
    let shown = deployment.claim(&id);
    let would = deployment.run(&["archive", "run", "--dry-run", "--json"]).object();
    assert_eq!((&would["claims"], &would["dry_run"]), (&1.into(), &true.into()));
    let ran = deployment.run(&["archive", "run", "--json"]);
    assert_eq!((ran.code, &ran.object()["claims"]), (0, &1.into()), "{ran:?}");
    assert_eq!(deployment.run(&["claims", "--json"]).objects().len(), 0);
    let listed = deployment.run(&["claims", "--archive", "--json"]).objects();
    assert_eq!(listed, std::slice::from_ref(&shown));
    let others = ["claims", "--archive", "--json", "--partner", "7654321"];
    assert_eq!(deployment.run(&others).objects().len(), 0);
    let gone = deployment.run(&["claim", "show", &id]);
    assert_eq!(gone.code, 1);
    assert!(gone.stderr.contains("is archived, in "), "{gone:?}");
    let ran = deployment.run(&["claim", "show", &id, "--archive", "--json"]);
    assert_eq!((ran.code, ran.object()), (0, shown));
    let ran = deployment.run(&["claim", "history", &id, "--archive", "--json"]);
    assert_eq!(ran.objects()[0]["event"], "claim_submitted");
    let listed = deployment.run(&["archive", "list", "--json"]).object();
    let verified = deployment.run(&["archive", "verify", "--json"]);
    assert_eq!((verified.code, &verified.object()["claims"]), (0, &1.into()));
    assert_eq!(verified.object()["object"], listed["object"]);
    assert_eq!(deployment.run(&["check"]).code, 0);
}

#[tokio::test]
async fn damage_to_the_archive_is_found() {
    let (deployment, _) = with_closed_claim().await;
    assert_eq!(deployment.run(&["archive", "run"]).code, 0);
    let object = deployment.run(&["archive", "list", "--json"]).object()["object"].clone();
    let path = format!("data/archive/{}", object.as_str().unwrap());
    let whole = std::fs::read_to_string(deployment.config().with_file_name(&path)).unwrap();
    let check = |text: &str, expected: &str| {
        deployment.file(&path, text.as_bytes());
        let ran = deployment.run(&["archive", "verify"]);
        assert!(ran.code == 1 && ran.stdout.contains(expected), "{ran:?}");
    };
    check(&whole.replace("\"withdrawn\"", "\"rejected\""), "cannot be used");
    check(&whole[..whole.len() / 2], "not the JSON of an archived claim");
    check(&whole.replace("\"format\":1", "\"format\":2"), "format 2");
}

#[tokio::test]
async fn erasing_says_what_it_did_and_what_it_did_not() {
    let (deployment, id) = with_closed_claim().await;
    let person = "mert.kaya@anadoluelektrik.com.tr";
    let erase = |reason: &str, more: &[&str]| {
        let args = ["erase", "--email", person, "--reason", reason, "--json"];
        deployment.run(&[&args[..], more].concat())
    };
    let named = erase(&format!("For {person}."), &[]);
    assert!(named.code == 1 && named.stderr.contains("by its number"), "{named:?}");
    let would = erase("Request 1.", &["--dry-run"]);
    assert_eq!((would.code, &would.object()["outcome"]), (0, &"would_be_erased".into()));
    let erased = erase("Request 1.", &[]);
    assert_eq!((erased.code, &erased.object()["claim_id"]), (0, &id.into()), "{erased:?}");
    assert!(erased.stderr.contains("BGREWRITEAOF"), "{}", erased.stderr);
    assert_eq!(erase("Request 1.", &[]).code, 1, "there is nothing left");
    assert_eq!(deployment.run(&["check"]).code, 0);
}
