//! The tenant's own view: who is associated, since when, who looked, and how it ends.

use chrono::TimeDelta;
use cpor::claim::identity::{MpnId, TenantId};
use cpor::claim::{ItemKey, Status};
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim, a_dynamics_claim};
use cpor::usage::{Figures, Month, Read, Reader, Usage};
use cpor_jobs::{Item, Partner};

use super::forms::{Form, links as all_links};
use super::{CUSTOMER, FRIDAY, Opened, beside, follow, links, page, says, send};

const END: &str = "2026-11-27T21:00:00Z";

/// The path of the page on which an association is ended.
async fn end_page(opened: &Opened) -> String {
    let list = page(&opened.server, &opened.view).await;
    let link = all_links(&list).into_iter().find(|link| link.contains("end=")).unwrap();
    beside(&opened.view, &link)
}

async fn associated() -> Opened {
    let opened = Opened::on_friday().await;
    opened.world.travel_to(END).await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    opened
}

#[tokio::test]
async fn before_anything_is_official_it_says_what_waits() {
    let opened = Opened::on_friday().await;
    let list = page(&opened.server, &opened.view).await;
    says(&list, "No partner is associated with your organization.");
    says(&list, "partner.example : Microsoft Teams");
    says(&list, "It can be rejected before Saturday 28 November 2026, 00:00");
    assert!(Form::all(&list).is_empty());
    // The list is no way around the link of the notice.
    assert!(all_links(&list).iter().all(|link| !link.contains("/r/")));
}

#[tokio::test]
async fn every_partner_is_shown_with_its_items_and_who_looked_last() {
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    world.submit(a_claim()).await;
    let mut other = a_dynamics_claim();
    other.partner = Partner::new("7654321", "Can Aydın", "can@other.example");
    other.items.push(Item::subscription("sales", SALES_SUBSCRIPTION));
    other.items.truncate(1);
    world.submit(other).await;
    world.travel_to(END).await;
    let tenant_id = TenantId::parse(&CUSTOMER_TENANT.to_string()).unwrap();
    let mpn_id = MpnId::parse("1234567").unwrap();
    let teams = [ItemKey::parse("workload:teams").unwrap()];
    let looked_at = world.now().await + TimeDelta::hours(3);
    let months = Some((Month::of(looked_at), Month::of(looked_at)));
    let read = Read { at: looked_at, by: Reader::Partner(mpn_id), items: teams.into(), months };
    world.ledger().store().record_read(&tenant_id, &read, 9).await.unwrap();
    let list = page(&server, &links(&world, CUSTOMER)[1]).await;
    says(&list, "Partners of record of anadoluelektrik.com.tr");
    says(&list, "other.example");
    says(&list, "Since Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)");
    says(&list, "The partner last looked on Saturday 28 November 2026, 03:00");
    says(&list, "Nobody has looked at these figures yet.");
    says(&list, "The partner with the MPN ID 1234567 Microsoft Teams Months 2026-11 to 2026-11");
    says(&list, "Subscription 2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a");
    assert_eq!(all_links(&list).iter().filter(|link| link.contains("end=")).count(), 2);
}

#[tokio::test]
async fn ending_takes_two_steps_and_revokes_the_grant_at_once() {
    let opened = associated().await;
    assert_eq!(opened.world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    let path = end_page(&opened).await;
    let first = page(&opened.server, &path).await;
    says(&first, "End the association with partner.example");
    let mut form = Form::only(&first);
    assert_eq!(form.value("answer"), None, "nothing is preselected");
    form.set("answer", "end");
    form.set("comment", "We work with somebody else now.");
    let second = send(&opened.server, &path, &form).await.text();
    says(&second, "You are about to end the association with partner.example");
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    let mut form = Form::only(&second);
    form.set("confirm", "yes");
    let answer = send(&opened.server, &path, &form).await;
    let done = follow(&opened.server, &path, &answer).await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Ended);
    assert!(opened.world.grants(CUSTOMER_TENANT).await.is_empty());
    says(&done, "Thank you. The association has ended.");
    says(&done, "Receipt number");
    says(&done, "No partner is associated with your organization.");
    opened.world.settle().await;
    let history = opened.world.history(opened.claim).await;
    let ended = history.iter().find(|it| it.event.name() == "association_ended").unwrap();
    assert_eq!(ended.actor, "customer");
    let json = serde_json::to_string(ended).unwrap();
    assert!(json.contains("customer_withdrew") && json.contains("somebody else"), "{json}");

    let again = send(&opened.server, &path, &form).await;
    let again = follow(&opened.server, &path, &again).await;
    says(&again, "Nothing was recorded just now: this has been decided before.");
    says(&opened.page().await, "Your organization ended it.");
}

#[tokio::test]
async fn keeping_it_changes_nothing() {
    let opened = associated().await;
    let path = end_page(&opened).await;
    let mut form = Form::only(&page(&opened.server, &path).await);
    let nothing = send(&opened.server, &path, &form).await;
    assert_eq!(nothing.status, 422);
    says(&nothing.text(), "Choose one of the answers.");
    form.set("answer", "keep");
    let kept = send(&opened.server, &path, &form).await;
    says(&follow(&opened.server, &path, &kept).await, "Nothing has changed.");
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
}

#[tokio::test]
async fn the_claim_of_another_tenant_is_not_there() {
    let opened = associated().await;
    let path = end_page(&opened).await;
    let links = opened.world.app().links();
    let theirs = TenantId::parse("11111111-2222-4333-8444-555555555555").unwrap();
    let received = cpor::link::NoticeLink { claim_id: opened.claim, notice: 1 };
    let link = cpor::link::TenantLink { tenant_id: theirs, received };
    let url = links.tenant_url(link, links.current_key());
    let other = format!("{}?lang=en", &url[url.find("/c/").unwrap()..]);
    says(&page(&opened.server, &other).await, "No partner is associated");
    let looked = opened.server.get(&format!("{other}&end={}", opened.claim)).await;
    says(&follow(&opened.server, &other, &looked).await, "Nothing was recorded just now");
    let mut form = Form::only(&page(&opened.server, &path).await);
    form.set("answer", "end");
    let mut second = Form::only(&send(&opened.server, &path, &form).await.text());
    second.set("confirm", "yes");
    let answer = send(&opened.server, &other, &second).await;
    says(&follow(&opened.server, &other, &answer).await, "Nothing was recorded just now");
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
}

#[tokio::test]
async fn who_named_somebody_else_may_look_and_not_end() {
    let opened = Opened::on_friday().await;
    opened.world.propose_contact(opened.claim, "selin").await.unwrap();
    opened.world.confirm_contact(opened.claim).await.unwrap();
    let theirs = links(&opened.world, "selin@anadoluelektrik.com.tr")[1].clone();
    opened.world.confirm(opened.claim).await.unwrap();
    let old = page(&opened.server, &opened.view).await;
    says(&old, "You told us that somebody else decides");
    assert!(all_links(&old).iter().all(|link| !link.contains("end=")));
    let forced = format!("{}&end={}", opened.view, opened.claim);
    assert_eq!(opened.server.get(&forced).await.status, 303);
    let new = page(&opened.server, &theirs).await;
    assert!(all_links(&new).iter().any(|link| link.contains("end=")));
}

#[tokio::test]
async fn it_is_in_turkish_too() {
    let opened = associated().await;
    let path = opened.view.replace("lang=en", "lang=tr");
    let list = page(&opened.server, &path).await;
    assert!(list.contains("<html lang=\"tr\">"));
    says(&list, "Kayıtlı iş ortakları: anadoluelektrik.com.tr");
    says(&list, "Bu verilere henüz kimse bakmadı.");
}

#[tokio::test]
async fn the_customer_sees_the_figures_that_a_partner_sees() {
    let opened = associated().await;
    let list = page(&opened.server, &opened.view).await;
    says(&list, "Nobody has looked yet.");
    let link = all_links(&list).into_iter().find(|link| link.contains("figures=")).unwrap();
    let path = beside(&opened.view, &link);
    says(&page(&opened.server, &path).await, "No figures have come in yet");
    let (tenant_id, kept) =
        (TenantId::parse(&CUSTOMER_TENANT.to_string()).unwrap(), opened.world.settings().usage);
    let item = ItemKey::parse("workload:teams").unwrap();
    let usage = [("2026-10", 77), ("2026-11", 88)].map(|(month, users)| {
        let figures = Figures { monthly_active_users: users, paid_units: 2, assigned_units: 1 };
        Usage { tenant_id, item: item.clone(), month: Month::parse(month).unwrap(), figures }
    });
    let this = Month::of(opened.world.now().await);
    opened.world.ledger().store().write_usage(&usage, &kept, this).await.unwrap();
    let figures = page(&opened.server, &path).await;
    says(&figures, "The figures that partner.example sees");
    assert!(figures.contains("<svg") && figures.contains("<td>88</td>"), "{figures}");
    assert!(!figures.contains("77"), "October is before the association");
    let turkish = page(&opened.server, &path.replace("lang=en", "lang=tr")).await;
    says(&turkish, "Aylık etkin kullanıcılar");
    // Nobody's figures, and those of others, are not there.
    let gone = opened.server.get(&path.replace(&opened.claim.to_string(), "none")).await;
    assert_eq!(gone.status, 303);
    let end = cpor::claim::Command::End {
        reason: cpor::claim::state::EndReason::PartnerWithdrew,
        detail: None,
    };
    opened.world.apply(opened.claim, end).await.unwrap();
    assert_eq!(opened.server.get(&path).await.status, 303);
}
