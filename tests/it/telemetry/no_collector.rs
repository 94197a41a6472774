//! A collector that is not there.

use cpor::testkit::a_claim;
use cpor::testkit::receiver::Receiver;

use super::stage::{Stage, objects};

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_holds_nothing_up_and_is_complained_of_once() {
    // Nobody listens on a port that was free a moment ago.
    let gone = Receiver::start().await.unwrap().url("");
    let stage = Stage::with_collector(Receiver::start().await.unwrap(), &gone).await;
    let work = stage.start(&["work"]);
    let ids: Vec<_> = ["teams", "exchange"]
        .map(cpor::testkit::a_claim_on)
        .iter()
        .map(|c| stage.deployment.submit(c))
        .collect();
    stage.deployment.advance(&["--business-days", "5", "--claim", &ids[0]]);
    stage.deployment.submit(&a_claim());
    for id in &ids {
        assert_eq!(stage.deployment.status(id), "associated");
    }
    let said = work.stop();
    let complaints = objects(&said.stderr)
        .into_iter()
        .filter(|line| line["target"] == "cpor::telemetry::collector")
        .count();
    assert_eq!(complaints, 1, "{}", said.stderr);
}
