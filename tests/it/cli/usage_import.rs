//! `cpor usage import`: figures from a file.

use cpor::testkit::CUSTOMER_TENANT;

use super::deployment::Deployment;

const HEADER: &str = "tenant_id,item,month,monthly_active_users,paid_units,assigned_units";

#[tokio::test]
async fn a_file_is_taken_whole_or_not_at_all() {
    let deployment = Deployment::new().await;
    let good = format!("{CUSTOMER_TENANT},workload:teams,2026-10,1,2,3");
    let file = deployment.file("usage.csv", format!("{HEADER}\n{good}\n").as_bytes());
    let dry = deployment.run(&["usage", "import", &file, "--dry-run", "--json"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    let object = dry.object();
    assert_eq!((&object["figures"], &object["dry_run"]), (&1.into(), &true.into()));
    let taken = deployment.run(&["usage", "import", &file]);
    assert!(taken.stderr.contains("1 figures of 1 tenants taken, 2026-10 to 2026-10"), "{taken:?}");

    let bad = format!("{HEADER}\n{good}\n\n{CUSTOMER_TENANT},teams,2027-10,x,2,3\n{good}\n");
    let file = deployment.file("bad.csv", bad.as_bytes());
    let refused = deployment.run(&["usage", "import", &file]);
    assert_eq!(refused.code, 1, "{refused:?}");
    for said in ["line[4].monthly_active_users", "line[5].month", "nothing was taken"] {
        assert!(refused.stderr.contains(said), "{said}: {refused:?}");
    }
}
