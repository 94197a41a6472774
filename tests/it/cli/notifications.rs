//! `cpor notifications`: who of a partner's people is told, as scripts and people see it.

use super::deployment::Deployment;

#[tokio::test]
async fn an_address_is_added_listed_and_removed() {
    let deployment = Deployment::with("").await;
    let run = |args: &[&str]| deployment.run(&[&["notifications"], args].concat());
    let json = |args: &[&str]| deployment.run(&[&["notifications"], args, &["--json"]].concat());
    let email = "claims-team@partner.example";
    let daily = ["--delivery", "daily", "--hour", "7", "--time-zone", "Europe/Istanbul"];
    let add = [&["add", "--partner", "1234567", "--email", email][..], &daily].concat();
    let added = json(&add).object();
    assert_eq!((&added["standing"], &added["hour"]), (&"unconfirmed".into(), &7.into()));
    let id = added["id"].as_str().unwrap();
    assert_eq!(json(&["list"]).object(), added);
    assert_eq!(json(&["list", "--partner", "7654321"]).stdout, "");
    let listed = run(&["list", "--partner", "1234567"]).stdout;
    assert!(listed.contains(email) && listed.contains("daily at 7:00 Europe/Istanbul"), "{listed}");
    let refused = run(&["add", "--partner", "1234567", "--email", "nobody"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(refused.stderr.contains("not an e-mail address"), "{}", refused.stderr);
    assert_eq!(json(&["remove", id]).object()["outcome"], "removed");
    assert_eq!(run(&["remove", id]).code, 1);
}
