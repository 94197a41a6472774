//! `/ops/log`: what operators did, the newest first.

use cpor::access::Authority;
use cpor::operations::{Action, OperatorAction};

use super::{get, signed_in, site};

#[tokio::test]
async fn what_operators_did_is_paged_and_names_claims() {
    let (world, http, _) = site().await;
    let cookie = signed_in(&world, &http, Authority::Observer).await;
    let page = get(&http, &cookie, "/ops/log").await.text();
    assert!(page.contains("Nobody has done anything yet."), "{page}");
    let claim = "01993c2a-7e00-7000-8000-00000000002a";
    for number in 0..60 {
        let line = OperatorAction {
            at: world.ledger().clock().real(),
            actor: "key:abc".to_owned(),
            action: Action::DeadRetried,
            subject: format!("validate_claim {claim}"),
            reason: Some(format!("<try> number {number}.")),
        };
        world.ledger().store().record_operation(&line).await.unwrap();
    }
    let page = get(&http, &cookie, "/ops/log").await.text();
    assert!(page.contains("&lt;try&gt; number 59."), "{page}");
    assert!(page.contains("number 10.") && !page.contains("number 9."), "{page}");
    assert!(page.contains(&format!("href=\"/ops/claims/{claim}\"")), "{page}");
    assert!(page.contains("href=\"/ops/log?page=2\"") && !page.contains("Newer"), "{page}");
    let page = get(&http, &cookie, "/ops/log?page=2").await.text();
    assert!(page.contains("number 9.") && page.contains("number 0."), "{page}");
    assert!(page.contains("Newer") && !page.contains("Older"), "{page}");
    for odd in ["0", "x", "99999999999999999999"] {
        assert_eq!(get(&http, &cookie, &format!("/ops/log?page={odd}")).await.status, 200, "{odd}");
    }
}
