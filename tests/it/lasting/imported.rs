//! Associations of earlier programs: from a file to their end.

use cpor::claim::import::{COLUMNS, Import, ImportFile};
use cpor::claim::lasting::Origin;
use cpor::claim::{ClaimId, Status};
use cpor::ledger::ImportOutcome;
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim};

use super::{CUSTOMER, FRIDAY, PARTNER, ended_because, warnings, write_directory};
use crate::faults::violations;

/// A subscription that the directory does not know.
const UNKNOWN: &str = "33333333-4444-4555-8666-777777777777";

fn row(program: &str, item: &str, subscription: &str, ends_on: &str) -> String {
    format!(
        "{program},7654321,Can Aydın,{PARTNER},{CUSTOMER_TENANT},anadoluelektrik.com.tr,TR,\
         Mert Kaya,BT Müdürü,{CUSTOMER},tr,{item},{subscription},2021-05-01,{ends_on}"
    )
}

async fn read(world: &World, rows: &[String]) -> Result<Vec<Import>, Vec<(u64, String)>> {
    let mut file = ImportFile::new(&world.ledger().rules().catalog, world.now().await);
    assert!(file.line(1, COLUMNS.join(",").as_bytes()));
    for (row, number) in rows.iter().zip(2..) {
        assert!(file.line(number, row.as_bytes()));
    }
    let code = |(line, finding): (u64, cpor::claim::Finding)| {
        (line, format!("{} {}", finding.field, finding.code))
    };
    file.finish().map_err(|wrong| wrong.into_iter().map(code).collect())
}

async fn import(world: &World, row: String) -> ImportOutcome {
    let imports = read(world, &[row]).await.unwrap();
    let outcome = world.ledger().import(&imports[0], "operator", false).await.unwrap();
    world.settle().await;
    outcome
}

fn id(outcome: ImportOutcome) -> ClaimId {
    let ImportOutcome::Imported(id) = outcome else { panic!("{outcome:?}") };
    id
}

#[tokio::test]
async fn an_association_comes_in_official_and_without_a_window() {
    let world = World::starting(FRIDAY).await;
    let row = || row("power_bi", "power_bi", UNKNOWN, "2027-01-31");
    let imports = read(&world, &[row()]).await.unwrap();
    let looked = world.ledger().import(&imports[0], "operator", true).await.unwrap();
    assert_eq!(looked, ImportOutcome::WouldBeImported);
    assert!(world.claims().await.is_empty(), "a dry run changes nothing");
    let claim = id(import(&world, row()).await);
    assert_eq!(import(&world, row()).await, ImportOutcome::Repeated(claim));
    assert_eq!(world.events(claim).await, ["claim_submitted", "association_imported"]);
    let stored = world.claim(claim).await;
    assert_eq!((stored.status(), stored.window()), (Status::Associated, None));
    let cpor::claim::State::Associated { association } = &stored.state else { panic!() };
    assert_eq!(association.imported().unwrap().origin, Origin::PowerBi);
    let grant = format!("7654321 subscription:{UNKNOWN}");
    assert_eq!(world.grants(CUSTOMER_TENANT).await, [grant]);
    assert!(world.mails().is_empty(), "nobody is told of what has been so for years");
    let partner = crate::partner::Person::of(&world, "7654321").await;
    let csv = partner.get("/partner/associations.csv").await.text();
    let [header, line] = csv.lines().collect::<Vec<_>>()[..] else { panic!("{csv}") };
    assert!(header.ends_with(",imported") && line.ends_with(",power_bi"), "{csv}");
    assert!(violations(&world).await.is_empty());

    // Without knowledge of the subscription it ends on the day of the file.
    world.travel_to("2027-01-31T12:00:00Z").await;
    assert_eq!((warnings(&world, CUSTOMER), warnings(&world, PARTNER)), (2, 2));
    world.travel_to("2027-02-01T00:00:00Z").await;
    assert_eq!(
        ended_because(&world, claim).await,
        Some(cpor::claim::state::EndReason::SubscriptionEnded)
    );
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    assert_eq!(
        import(&world, row().replace("2027-01", "2027-03")).await,
        ImportOutcome::Repeated(claim)
    );
    assert!(violations(&world).await.is_empty());
}

#[tokio::test]
async fn the_directory_knows_better_than_the_file_until_when_it_lasts() {
    let world = World::starting(FRIDAY).await;
    write_directory(&world, "power_bi", "active", Some("2027-12-31"));
    let row = row("power_bi", "power_bi", &SALES_SUBSCRIPTION.to_string(), "2026-12-31");
    let claim = id(import(&world, row).await);
    world.travel_to("2027-01-15T00:00:00Z").await;
    assert_eq!((world.status(claim).await, warnings(&world, PARTNER)), (Status::Associated, 0));
}

#[tokio::test]
async fn what_somebody_has_is_left_alone() {
    let world = World::starting(FRIDAY).await;
    let held = world.submit(a_claim()).await;
    let ImportOutcome::Held(holders) = import(&world, row("dpor", "teams", "", "2027-01-31")).await
    else {
        panic!()
    };
    assert_eq!((holders[0].claim_id, holders[0].official), (held, false));
    let other = id(import(&world, row("dpor", "exchange", "", "2027-01-31")).await);
    // And what was imported keeps others off.
    let rival = world.submit(cpor::testkit::a_claim_on("exchange")).await;
    assert_eq!(world.status(rival).await, Status::Contested);
    assert_eq!(world.status(other).await, Status::Associated);
    assert!(violations(&world).await.is_empty());
}

#[tokio::test]
async fn every_line_that_is_wrong_is_named() {
    let world = World::starting(FRIDAY).await;
    let sales = SALES_SUBSCRIPTION.to_string();
    let rows = [
        row("dpor", "teams", "", "2027-01-31"),
        row("csp", "teams", "", "2026-11-19"),
        row("dpor", "teams", &sales, "2027-1-31"),
        row("dpor", "sales", "", "2027-01-31"),
        row("power_bi", "sales", &sales, "2027-01-31"),
        row("dpor", "telegraph", "", "2027-01-31").replace(CUSTOMER, "mert"),
        row("dpor", "intune", "", "2027-01-31").replace("2021-05-01", "2027-01-01"),
        row("dpor", "teams", "", "2027-02-28"),
        "dpor,7654321".to_owned(),
    ];
    let expected = [
        (3, "program program_unknown"),
        (3, "ends_on ended_already"),
        (4, "subscription_id subscription_not_expected"),
        (4, "ends_on date_malformed"),
        (5, "subscription_id subscription_id_malformed"),
        (6, "item item_of_another_program"),
        (7, "customer_email email_malformed"),
        (7, "item unknown_item"),
        (8, "associated_since not_begun"),
        (9, "item item_twice"),
        (10, "$ line_malformed"),
    ];
    let found = read(&world, &rows).await.unwrap_err();
    let found: Vec<(u64, &str)> = found.iter().map(|(line, code)| (*line, code.as_str())).collect();
    assert_eq!(found, expected);
}
