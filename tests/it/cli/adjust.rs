//! `cpor claim pause`, `resume` and `extend`: what is shown before, and what is made.

use cpor::testkit::a_claim;

use super::deployment::Deployment;

const WHY: [&str; 2] = ["--reason", "A court looks at it."];

#[tokio::test]
async fn a_window_is_changed_after_its_old_and_new_end_were_shown() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let claim = deployment.submit(&a_claim());
    deployment.advance(&["--to", "2026-11-24T10:00:00Z"]);
    let run = |args: &[&str]| deployment.run(&[&["claim"], args, &WHY].concat());

    let shown = run(&["extend", &claim, "--business-days", "2", "--dry-run"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("before: the customer can reject before Saturday 28 November"));
    assert!(shown.stdout.contains("after:  the customer can reject before Wednesday 2 December"));
    assert_eq!(deployment.claim(&claim)["closes_at"], "2026-11-27T21:00:00Z");
    let extended = run(&["extend", &claim, "--business-days", "2", "--json"]).object();
    assert_eq!(extended["outcome"], "window_extended");
    assert_eq!(extended["closes_at_before"], "2026-11-27T21:00:00Z");
    assert_eq!(extended["closes_at"], "2026-12-01T21:00:00Z");

    let paused = run(&["pause", &claim]);
    assert!(paused.stdout.contains("the time has stood still since Tuesday 24 November"));
    assert!(paused.stdout.contains("6 business days are left"), "{}", paused.stdout);
    assert_eq!(run(&["pause", &claim, "--json"]).code, 1, "nothing to do");
    let portrait = deployment.run(&["claim", "show", &claim]).stdout;
    assert!(portrait.contains("1 of 7 business days has passed"), "{portrait}");
    assert!(portrait.contains("why the window has no end"), "{portrait}");
    assert_eq!(deployment.status(&claim), "paused");
    deployment.advance(&["--by", "1m"]);
    assert_eq!(run(&["resume", &claim]).code, 0);
    assert_eq!(deployment.claim(&claim)["closes_at"], "2026-12-02T21:00:00Z");
    let refused = run(&["resume", "01993c2a-7e00-7003-8000-00000000002a"]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert_eq!(run(&["extend", &claim, "--business-days", "0"]).code, 2);
    working.stop();
}
