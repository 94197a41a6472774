//! What the page says while the time stands still, and after a window was changed.

use cpor::calendar::BusinessDays;
use cpor::claim::Status;
use cpor::claim::identity::Comment;
use cpor::ledger::Adjustment;

use super::{Opened, says};

fn reason() -> Comment {
    Comment::parse("A court looks at it.").unwrap()
}

#[tokio::test]
async fn while_the_time_stands_still_the_page_says_so_and_takes_answers() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to("2026-11-24T10:00:00Z").await;
    opened.world.adjust(opened.claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    opened.world.travel_to("2026-12-20T10:00:00Z").await;
    let page = opened.page().await;
    says(&page, "Your time to answer is stopped");
    says(&page, "since Tuesday 24 November 2026, 13:00 (Europe/Istanbul, UTC+03:00)");
    says(&page, "every answer is in time");
    assert!(!page.contains("If you do nothing, you agree"), "{page}");
    let turkish = super::page(&opened.server, &opened.notice.replace("lang=en", "lang=tr")).await;
    says(&turkish, "Yanıt süreniz durduruldu");
    let end = opened.answer("reject").await;
    says(&end, "rejected");
    assert_eq!(opened.world.status(opened.claim).await, Status::Rejected);
    opened.world.finish().await;
}

#[tokio::test]
async fn a_window_that_became_longer_says_why() {
    let opened = Opened::on_friday().await;
    let (world, claim) = (&opened.world, opened.claim);
    world.travel_to("2026-11-24T10:00:00Z").await;
    world.adjust(claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    world.travel_to("2026-11-24T11:00:00Z").await;
    world.adjust(claim, Adjustment::Resume { reason: reason() }).await.unwrap();
    let business_days = BusinessDays::new(2).unwrap();
    let extend = Adjustment::Extend { business_days, reason: reason() };
    world.adjust(claim, extend).await.unwrap();
    let page = opened.page().await;
    says(&page, "If you do nothing, you agree");
    says(&page, "until the end of Wednesday 2 December 2026");
    says(&page, "You were granted 2 more business days");
    says(&page, "7 business days, in the time zone Europe/Istanbul");
    says(&page, "Tuesday 24 November 2026 The time was stopped, not counted");
    let turkish = super::page(&opened.server, &opened.notice.replace("lang=en", "lang=tr")).await;
    says(&turkish, "Süre durdurulmuştu, sayılmaz");
    says(&turkish, "Size 2 ek iş günü verildi");
    opened.world.finish().await;
}
