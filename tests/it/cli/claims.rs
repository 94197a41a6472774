//! `cpor claims`: filters, orders, and lists that go on where they ended.

use cpor_jobs::Item;
use serde_json::Value;

use super::deployment::Deployment;
use cpor::testkit::a_claim;

const WORKLOADS: [&str; 5] = ["teams", "exchange", "sharepoint", "intune", "yammer"];

/// Five claims that nobody has validated.
async fn five() -> (Deployment, Vec<String>) {
    let deployment = Deployment::new().await;
    let claims = WORKLOADS.map(|workload| {
        let mut claim = a_claim();
        claim.items = vec![Item::workload(workload)];
        claim.name = format!("{workload} rollout");
        deployment.submit(&claim)
    });
    let mut claims = claims.to_vec();
    claims.sort();
    (deployment, claims)
}

fn ids(objects: &[Value]) -> Vec<String> {
    objects.iter().map(|claim| claim["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_filtered_and_in_order() {
    let (deployment, claims) = five().await;
    let check = |args: &[&str], expected: usize| {
        let ran = deployment.run(&[&["claims", "--json"], args].concat());
        assert_eq!((ran.code, ran.objects().len()), (0, expected), "{args:?}");
    };
    check(&[], 5);
    check(&["--source", "testkit"], 5);
    check(&["--source", "another"], 0);
    check(&["--item", "workload:teams"], 1);
    check(&["--email", "Mert.Kaya@anadoluelektrik.com.tr"], 5);
    check(&["--email", "mert@anadoluelektrik.com.tr"], 0);
    let key = deployment.run(&["claims", "--json", "--item", "workload:teams"]).objects();
    let key = key[0]["idempotency_key"].as_str().unwrap().to_owned();
    check(&["--source", "testkit", "--key", &key], 1);
    check(&["--source", "another", "--key", &key], 0);
    check(&["--name-prefix", "EXCH"], 1);
    check(&["--domain-prefix", "anadolu"], 5);
    check(&["--sort", "closes_at"], 0);
    check(&["--closing-after", "2026-11-20T00:00:00Z"], 0);
    check(&["--closing-before", "2026-12-20T00:00:00Z", "--status", "notified"], 0);
    let oldest = deployment.run(&["claims", "--json", "--sort", "oldest"]).objects();
    assert_eq!(ids(&oldest), claims);
    let newest = deployment.run(&["claims", "--json"]).objects();
    assert_eq!(ids(&newest), claims.iter().rev().cloned().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_with_a_limit_goes_on_with_its_cursor() {
    let (deployment, claims) = five().await;
    let first = deployment.run(&["claims", "--json", "--sort", "oldest", "--limit", "2"]);
    assert_eq!(ids(&first.objects()), claims[..2]);
    let cursor = first.stderr.split_whitespace().last().unwrap();
    let more = ["claims", "--json", "--sort", "oldest", "--cursor", cursor];
    let rest = deployment.run(&more);
    assert_eq!(ids(&rest.objects()), claims[2..]);
    assert!(!rest.stderr.contains("--cursor"), "{}", rest.stderr);
    for (args, why) in [
        (&["claims", "--cursor", cursor][..], "another list"),
        (&["claims", "--cursor", "42"], "not a cursor"),
        (&["claims", "--limit", "0"], "--limit"),
        (&["claims", "--item", "teams"], "workload:teams"),
        (&["claims", "--key", "42"], "--source"),
        (&["claims", "--email", "mert"], "name@contoso.com"),
        (&["claims", "--sort", "name"], "the orders are newest"),
    ] {
        let ran = deployment.run(args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.stderr.contains(why), "{args:?}: {}", ran.stderr);
    }
}
