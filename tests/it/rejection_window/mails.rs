//! What customers and partners read.

use cpor::calendar::{Language, closing_moment};
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, Window};
use cpor::testkit::smtp::Received;
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};

use super::{END, FRIDAY, end};

const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";
const PARTNER: &str = "ece.yildiz@partner.example";

/// The plain text of a mail on one line.
pub(super) fn text(mail: &Received) -> String {
    mail.text()
}

pub(super) async fn window(world: &World, id: ClaimId) -> Window {
    world.claim(id).await.window().unwrap().clone()
}

/// The newest mail to somebody that is no receipt.
fn newest(world: &World, to: &str) -> String {
    let mails = world.mails();
    text(mails.iter().rfind(|m| m.to == to && !m.message_id.starts_with("<c")).unwrap())
}

fn check_contains(mail: &str, expected: &[&str]) {
    for part in expected {
        assert!(mail.contains(part), "`{part}` is not in: {mail}");
    }
}

#[tokio::test]
async fn a_turkish_customer_reads_a_turkish_notice() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let closes = closing_moment(&window(&world, claim).await.deadline, Language::Turkish);
    assert_eq!(closes, "28 Kasım 2026 Cumartesi, 00:00 (Europe/Istanbul, UTC+03:00)");
    let mail = newest(&world, CUSTOMER);
    check_contains(
        &mail,
        &[
            "Sayın Mert Kaya",
            "HİÇBİR ŞEY YAPMAZSANIZ KABUL ETMİŞ SAYILIRSINIZ.",
            &format!("Bu talebi {closes} anından önce reddedebilirsiniz."),
            "Microsoft Teams",
            "1234567",
            PARTNER,
            &CUSTOMER_TENANT.to_string(),
            &claim.to_string(),
        ],
    );
}

#[tokio::test]
async fn everybody_else_reads_an_english_notice() {
    for language in [None, Some("en-GB"), Some("pt-BR")] {
        let world = World::starting(FRIDAY).await;
        let mut submission = a_claim();
        submission.customer.contact.language = language.map(str::to_owned);
        let claim = world.submit(submission).await;
        let closes = closing_moment(&window(&world, claim).await.deadline, Language::English);
        assert_eq!(closes, "Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)");
        check_contains(
            &newest(&world, CUSTOMER),
            &[
                "Dear Mert Kaya",
                "IF YOU DO NOTHING, YOU AGREE.",
                &format!("You can reject this claim before {closes}."),
                "Microsoft Teams",
                "monthly active users",
                &claim.to_string(),
            ],
        );
    }
}

#[tokio::test]
async fn the_notice_says_which_holidays_were_skipped() {
    let world = World::starting("2026-10-23T09:00:00Z").await;
    let mut submission = a_claim();
    submission.customer.contact.language = Some("en".to_owned());
    world.submit(submission).await;
    check_contains(
        &newest(&world, CUSTOMER),
        &[
            "Thursday 29 October 2026, Republic Day",
            "Wednesday 28 October 2026, Republic Day (from 1pm)",
            "before Tuesday 3 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)",
        ],
    );
}

#[tokio::test]
async fn the_reminder_names_the_same_end_as_the_notice() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    submission.customer.contact.language = Some("en".to_owned());
    world.submit(submission).await;
    world.travel_to("2026-11-26T00:00:00Z").await;
    check_contains(
        &newest(&world, CUSTOMER),
        &[
            "We wrote to you about a claim",
            "You can reject this claim before Saturday 28 November 2026, 00:00",
        ],
    );
}

#[tokio::test]
async fn the_partner_is_told_of_every_outcome() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let mut rival = a_claim();
    rival.partner.mpn_id = "7654321".to_owned();
    rival.partner.contact.email = "rival@rival.example".to_owned();
    let rival = world.submit(rival).await;
    check_contains(&newest(&world, "rival@rival.example"), &["Another partner holds or claims"]);
    world.withdraw(rival).await.unwrap();
    check_contains(&newest(&world, "rival@rival.example"), &["You have taken back your claim."]);
    world.submit(a_claim()).await;
    check_contains(&newest(&world, PARTNER), &["does not meet the rules", &claim.to_string()]);
    world.travel_to(END).await;
    check_contains(&newest(&world, PARTNER), &["Your claim is official.", "28 November 2026"]);
    end(&world, claim, EndReason::CustomerWithdrew).await.unwrap();
    check_contains(&newest(&world, PARTNER), &["has ended", "customer withdrew"]);
    let claim = world.submit(a_claim()).await;
    world.reject(claim).await.unwrap();
    check_contains(&newest(&world, PARTNER), &["The customer has rejected your claim."]);
}

#[tokio::test]
async fn a_partner_who_has_to_act_reads_what_where_and_by_when() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    submission.customer.domain = "unknown.example".to_owned();
    world.submit(submission).await;
    check_contains(
        &newest(&world, PARTNER),
        &[
            "cannot go on",
            "customer.domain",
            "domain_unknown",
            "Please answer before Friday 27 November 2026, 21:00 (UTC, UTC+00:00)",
        ],
    );
    world.travel_to(END).await;
}
