//! Claims for Business Applications: what the tenant's subscription has to be like.

use cpor::claim::Status;
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim, a_dynamics_claim};
use cpor_jobs::Item;
use uuid::Uuid;

use super::{FRIDAY, codes};

/// A tenant whose one subscription is as these lines say.
fn directory(lines: &str) -> String {
    format!(
        "[[tenant]]\nid = \"{CUSTOMER_TENANT}\"\ndomains = [\"anadoluelektrik.com.tr\"]\n\n\
         [[tenant.subscription]]\nid = \"{SALES_SUBSCRIPTION}\"\n{lines}\n"
    )
}

const PROVISIONING: &str =
    "product = \"sales\"\nchannel = \"web_direct\"\nstate = \"provisioning\"";
const ACTIVE: &str = "product = \"sales\"\nchannel = \"web_direct\"\nstate = \"active\"";

#[tokio::test]
async fn an_active_subscription_is_claimed_like_a_workload() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_dynamics_claim()).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    let grant = format!("1234567 subscription:{SALES_SUBSCRIPTION}");
    assert_eq!(world.grants(CUSTOMER_TENANT).await, [grant]);
}

#[tokio::test]
async fn a_subscription_that_is_provisioned_in_time_is_waited_for() {
    let world = World::starting(FRIDAY).await;
    world.write_directory(&directory(PROVISIONING));
    let claim = world.submit(a_dynamics_claim()).await;
    assert_eq!(world.status(claim).await, Status::Submitted);
    world.travel_to("2026-11-23T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Submitted);
    world.write_directory(&directory(ACTIVE));
    world.travel_to("2026-11-23T06:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Notified);
}

#[tokio::test]
async fn after_seven_days_of_provisioning_the_partner_has_to_act() {
    let world = World::starting(FRIDAY).await;
    world.write_directory(&directory(PROVISIONING));
    let claim = world.submit(a_dynamics_claim()).await;
    world.travel_to("2026-11-27T14:59:59.999Z").await;
    assert_eq!(world.status(claim).await, Status::Submitted);
    world.travel_to("2026-11-27T15:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::ActionRequired);
    assert_eq!(codes(&world, claim).await, ["subscription_provisioning"]);
}

#[tokio::test]
async fn every_kind_of_unfit_subscription_has_a_code_of_its_own() {
    let check = async |lines: &str, expected: &[&str]| {
        let world = World::starting(FRIDAY).await;
        world.write_directory(&directory(lines));
        let claim = world.submit(a_dynamics_claim()).await;
        assert_eq!(codes(&world, claim).await, expected, "{lines}");
    };
    let line = |product: &str, channel: &str, state: &str| {
        format!("product = \"{product}\"\nchannel = \"{channel}\"\nstate = \"{state}\"")
    };
    check(&line("sales", "volume_licensing", "active"), &[]).await;
    check(&line("sales", "volume_licensing", "grace"), &[]).await;
    check(&line("sales", "csp", "active"), &["subscription_csp"]).await;
    check(&line("sales", "web_direct", "suspended"), &["subscription_suspended"]).await;
    check(&line("sales", "web_direct", "ended"), &["subscription_ended"]).await;
    check(&line("marketing", "web_direct", "active"), &["subscription_of_another_product"]).await;
    check(&format!("{ACTIVE}\nends_on = \"2026-11-20\""), &[]).await;
    check(&format!("{ACTIVE}\nends_on = \"2026-11-19\""), &["subscription_ended"]).await;
}

#[tokio::test]
async fn a_subscription_that_the_tenant_does_not_have_is_unknown() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_dynamics_claim();
    submission.items = vec![Item::subscription("sales", Uuid::from_u128(7))];
    let claim = world.submit(submission).await;
    assert_eq!(codes(&world, claim).await, ["subscription_unknown"]);
}

#[tokio::test]
async fn a_domain_of_another_tenant_is_told_from_an_unknown_one() {
    let world = World::starting(FRIDAY).await;
    let other = Uuid::from_u128(7);
    world.write_directory(&format!(
        "{}\n[[tenant]]\nid = \"{other}\"\ndomains = [\"other.example\"]\n",
        directory(ACTIVE)
    ));
    let mut submission = a_claim();
    submission.customer.domain = "other.example".to_owned();
    let claim = world.submit(submission).await;
    assert_eq!(codes(&world, claim).await, ["domain_of_another_tenant"]);
}
