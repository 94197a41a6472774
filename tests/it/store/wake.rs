//! Who found nothing to take is woken once, and nobody is woken for nothing.

use chrono::TimeDelta;
use cpor::store::wake::{Wake, listen};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Deployment, WORKLOADS};

async fn listening(deployment: &Deployment) -> UnboundedReceiver<Wake> {
    let (sender, mut wakes) = unbounded_channel();
    let (url, keys) = (deployment.store().url().to_owned(), deployment.store().keys().clone());
    tokio::spawn(listen(url, keys, move |wake| sender.send(wake).unwrap_or_default()));
    assert_eq!(wakes.recv().await, Some(Wake::Everything), "the connection is new");
    wakes
}

impl Deployment {
    /// The clock wakes everything, and messages come in order: what comes before it was all.
    async fn wakes_until_now(&self, wakes: &mut UnboundedReceiver<Wake>) -> Vec<Wake> {
        let clock = self.app.ledger.clock();
        let now = clock.now().await.unwrap();
        clock.traveller().unwrap().set(now).await.unwrap();
        let mut heard = Vec::new();
        loop {
            match wakes.recv().await.unwrap() {
                Wake::Everything => return heard,
                wake => heard.push(wake),
            }
        }
    }
}

#[tokio::test]
async fn of_many_new_entries_the_first_wakes_who_waits() {
    let deployment = Deployment::virtual_clock().await;
    let mut wakes = listening(&deployment).await;
    let at = deployment.at().await;
    assert!(deployment.take(10, "one", at).await.entries.is_empty());
    for workload in WORKLOADS {
        deployment.submit_on(workload).await;
    }
    assert_eq!(deployment.wakes_until_now(&mut wakes).await, [Wake::Partition(0)]);
    // Whoever looks again waits again.
    deployment.take(10, "one", at).await;
    deployment.submit_on("viva_learning").await;
    assert_eq!(deployment.wakes_until_now(&mut wakes).await, [Wake::Partition(0)]);
}

#[tokio::test]
async fn nobody_is_woken_while_nobody_waits() {
    let deployment = Deployment::virtual_clock().await;
    let mut wakes = listening(&deployment).await;
    deployment.submit_on("teams").await;
    assert_eq!(deployment.wakes_until_now(&mut wakes).await, []);
}

#[tokio::test]
async fn what_falls_due_much_later_wakes_nobody() {
    use cpor::store::agenda::Outcome;
    let deployment = Deployment::virtual_clock().await;
    deployment.submit_on("teams").await;
    let (lease, at) = (deployment.take_one().await, deployment.at().await);
    let mut wakes = listening(&deployment).await;
    let again = Outcome::Again { due_at: at.now + TimeDelta::hours(1) };
    assert!(deployment.store().settle(&lease, &again, at).await.unwrap());
    assert_eq!(deployment.wakes_until_now(&mut wakes).await, []);
}

#[tokio::test]
async fn a_push_onto_the_intake_wakes_who_listens() {
    let deployment = Deployment::virtual_clock().await;
    let mut wakes = listening(&deployment).await;
    deployment.push(&[b"{}"]).await;
    assert_eq!(wakes.recv().await, Some(Wake::Intake));
    deployment.push(&[b"{}"]).await;
    assert_eq!(wakes.recv().await, Some(Wake::Intake), "again, after the first was heard");
}
