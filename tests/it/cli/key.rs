//! `cpor key`: credentials of those who call the HTTP API.

use super::deployment::Deployment;

const CRM: [&str; 6] = ["key", "create", "--role", "upstream_source", "--source", "crm-emea"];

#[tokio::test]
async fn a_key_is_printed_once_and_listed_without_its_secret() {
    let deployment = Deployment::new().await;
    assert!(deployment.run(&["key", "list"]).stdout.contains("there are no API keys"));
    let made = deployment.run(&CRM);
    assert_eq!(made.code, 0, "{made:?}");
    let key = made.stdout.trim();
    assert!(key.starts_with("cpor_") && key.len() == 63, "{made:?}");
    assert!(made.stderr.contains("not shown again"), "{made:?}");
    assert!(!made.stderr.contains(&key[14..]), "{made:?}");
    let listed = deployment.run(&["key", "list", "--json"]);
    let object = listed.object();
    assert_eq!(object["id"], key[5..13]);
    assert_eq!(
        (&object["role"], &object["scope"]),
        (&"upstream_source".into(), &"crm-emea".into())
    );
    assert_eq!(object["label"], "upstream_source crm-emea");
    assert_eq!((&object["state"], object["expires_at"].is_null()), (&"live".into(), true));
    let table = deployment.run(&["key", "list"]).stdout;
    assert!(table.contains("crm-emea") && table.contains("live"), "{table}");
    for text in [&listed.stdout, &table] {
        assert!(!text.contains(&key[14..]), "{text}");
    }
}

#[tokio::test]
async fn a_key_is_rotated_and_revoked_by_its_id() {
    let deployment = Deployment::new().await;
    let args = [&CRM[..], &["--label", "CRM", "--expires-days", "90", "--json"]].concat();
    let first = deployment.run(&args).object();
    let id = first["id"].as_str().unwrap();
    assert!(first["key"].as_str().unwrap().starts_with(&format!("cpor_{id}_")));
    let rotated = deployment.run(&["key", "rotate", id, "--overlap-days", "1", "--json"]).object();
    assert_eq!((&rotated["replaces"], &rotated["label"]), (&id.into(), &"CRM".into()));
    assert!(rotated["old_expires_at"].as_str() < rotated["expires_at"].as_str());
    let third = deployment.run(&args);
    assert_eq!(third.code, 1, "{third:?}");
    assert!(third.stderr.contains(id) && third.stdout.is_empty(), "{third:?}");
    for outcome in ["revoked", "already_revoked"] {
        let revoked = deployment.run(&["key", "revoke", id, "--json"]);
        assert_eq!((revoked.code, &revoked.object()["outcome"]), (0, &outcome.into()));
    }
    let states: Vec<_> = deployment.run(&["key", "list", "--json"]).objects();
    let states: Vec<_> = states.iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["revoked", "live"]);
    assert_eq!(deployment.run(&["key", "rotate", id]).code, 1);
}

#[tokio::test]
async fn a_role_takes_its_own_scope_and_no_other() {
    let deployment = Deployment::new().await;
    let check = |args: &[&str], code: i32| {
        let ran = deployment.run(&[&["key", "create"], args].concat());
        assert_eq!(ran.code, code, "{args:?}: {ran:?}");
    };
    check(&["--role", "incentives_admin", "--partner", "1234567"], 0);
    check(&["--role", "reviewer"], 0);
    check(&["--role", "incentives_admin"], 1);
    check(&["--role", "incentives_admin", "--source", "crm-emea"], 1);
    check(&["--role", "upstream_source", "--partner", "1234567"], 1);
    check(&["--role", "reviewer", "--partner", "1234567"], 1);
    check(&["--role", "admin"], 2);
    check(&["--role", "incentives_admin", "--partner", "Contoso"], 2);
    check(&["--role", "reviewer", "--expires-days", "0"], 2);
    check(&[], 2);
    assert_eq!(deployment.run(&["key", "revoke", "nobody00"]).code, 1);
    assert_eq!(deployment.run(&["key", "revoke", "NOBODY"]).code, 2);
}
