//! Lists: every filter alone and together, who sees what, and the work that a page may cost.

use cpor::access::Authority;
use cpor::claim::command::{Command, Verdict};
use cpor::claim::identity::{EmailAddress, IdempotencyKey, MpnId, Source};
use cpor::claim::{Claim, ClaimId, Finding, ItemKey, Status, Submission};
use cpor::store::search::{ClaimFilter, Order, PageSize, Prefix, Search};
use cpor::testkit::a_dynamics_claim;
use cpor_jobs::{Item, SubmitClaim, TechnicalContact};

use super::Deployment;
use crate::faults::claim_number;

pub const ALL: ClaimFilter = ClaimFilter {
    status: None,
    mpn_id: None,
    source: None,
    idempotency_key: None,
    tenant_id: None,
    item: None,
    mail: None,
    closing_after: None,
    closing_before: None,
    name_prefix: None,
    domain_prefix: None,
    seen_by: None,
};

pub fn partner(mpn_id: &str) -> MpnId {
    MpnId::parse(mpn_id).unwrap()
}

fn named(prefix: &str) -> ClaimFilter {
    ClaimFilter { name_prefix: Some(Prefix::of_name(prefix).unwrap()), ..ALL }
}

fn at_domain(prefix: &str) -> ClaimFilter {
    ClaimFilter { domain_prefix: Some(Prefix::of_domain(prefix).unwrap()), ..ALL }
}

fn with_contact(address: &str) -> ClaimFilter {
    ClaimFilter { mail: Some(EmailAddress::parse(address).unwrap()), ..ALL }
}

fn on_item(name: &str) -> ClaimFilter {
    ClaimFilter { item: Some(ItemKey::parse(name).unwrap()), ..ALL }
}

fn own_key(source: &str, key: &str) -> ClaimFilter {
    let (source, key) = (Source::parse(source).unwrap(), IdempotencyKey::parse(key).unwrap());
    ClaimFilter { source: Some(source), idempotency_key: Some(key), ..ALL }
}

fn seen_by(who: Authority) -> ClaimFilter {
    ClaimFilter { seen_by: Some(who), ..ALL }
}

/// The claims of all pages of that size, as they come.
pub async fn listed(
    deployment: &Deployment,
    filter: &ClaimFilter,
    order: Order,
    size: usize,
) -> Vec<Claim> {
    let first = Search::new(filter.clone(), order, PageSize::new(size).unwrap());
    let (mut claims, mut search) = (Vec::new(), Some(first.clone()));
    while let Some(asked) = search.take() {
        let page = deployment.store().search(&asked).await.unwrap();
        assert!(page.entries.len() <= size);
        claims.extend(page.entries);
        search = page.next.map(|next| first.clone().after(&next).unwrap());
    }
    claims
}

fn ids(claims: &[Claim]) -> Vec<ClaimId> {
    claims.iter().map(|claim| claim.id).collect()
}

/// Six claims of two partners by two sources, a second apart, in several partitions.
struct Six {
    deployment: Deployment,
    ids: Vec<ClaimId>,
}

impl Six {
    async fn submitted() -> Self {
        let deployment = Deployment::of("virtual", "4").await;
        let names = ["Teams rollout", "TEAMS Phone", "İstanbul", "ISPARTA", "Ünye", "Über uns"];
        let mut ids = Vec::new();
        for (number, name) in (0_u32..).zip(names) {
            let mut claim: SubmitClaim = claim_number(number);
            name.clone_into(&mut claim.name);
            if number % 2 == 1 {
                "7654321".clone_into(&mut claim.partner.mpn_id);
                "Deniz@Partner.example".clone_into(&mut claim.partner.contact.email);
            }
            if number >= 4 {
                "crm".clone_into(&mut claim.source);
                claim.items = vec![Item::workload("exchange")];
            }
            ids.push(deployment.submit(&claim).await.id);
            deployment.wait(1).await;
        }
        // Windows are five days long and end with the day: these two end on different days.
        deployment.notify(ids[3]).await;
        deployment.wait(86_400 * 3).await;
        deployment.notify(ids[1]).await;
        deployment.apply(ids[4], Command::Withdraw { reason: None }).await;
        Self { deployment, ids }
    }

    /// Claims are named by their number, from the oldest.
    async fn check(&self, filter: ClaimFilter, expected: &[usize]) {
        let expected: Vec<ClaimId> = expected.iter().map(|number| self.ids[*number]).collect();
        let reversed: Vec<ClaimId> = expected.iter().rev().copied().collect();
        for size in [1, 2, 500] {
            let found = listed(&self.deployment, &filter, Order::Oldest, size).await;
            assert_eq!(ids(&found), expected, "{filter:?}, pages of {size}");
            let found = listed(&self.deployment, &filter, Order::Newest, size).await;
            assert_eq!(ids(&found), reversed, "{filter:?}, pages of {size}");
            let mut open = ids(&listed(&self.deployment, &filter, Order::ClosesAt, size).await);
            open.sort();
            let fits = |id: &ClaimId| [self.ids[1], self.ids[3]].contains(id);
            let expected: Vec<ClaimId> = expected.iter().copied().filter(fits).collect();
            assert_eq!(open, expected, "{filter:?}, pages of {size}");
        }
    }
}

#[tokio::test]
async fn every_filter_finds_what_fits_in_every_order() {
    let six = Six::submitted().await;
    let tenant_id = six.deployment.claim(six.ids[2]).await.submission.customer.tenant_id;
    let (mpn_id, source) = (Some(partner("7654321")), Some(Source::parse("crm").unwrap()));
    let (first, second) = ("2026-11-28T00:00:00Z", "2026-11-30T00:00:00Z");
    let at = |instant: &str| Some(instant.parse().unwrap());
    six.check(ALL, &[0, 1, 2, 3, 4, 5]).await;
    six.check(ClaimFilter { status: Some(Status::Submitted), ..ALL }, &[0, 2, 5]).await;
    six.check(ClaimFilter { status: Some(Status::Withdrawn), ..ALL }, &[4]).await;
    six.check(ClaimFilter { status: Some(Status::Ended), ..ALL }, &[]).await;
    six.check(ClaimFilter { mpn_id: mpn_id.clone(), ..ALL }, &[1, 3, 5]).await;
    six.check(ClaimFilter { mpn_id: Some(partner("42")), ..ALL }, &[]).await;
    six.check(ClaimFilter { source: source.clone(), ..ALL }, &[4, 5]).await;
    six.check(ClaimFilter { mpn_id, source, ..ALL }, &[5]).await;
    six.check(ClaimFilter { tenant_id: Some(tenant_id), ..ALL }, &[2]).await;
    six.check(on_item("workload:exchange"), &[4, 5]).await;
    six.check(on_item("workload:teams"), &[0, 1, 2, 3]).await;
    six.check(on_item("workload:team"), &[]).await;
    six.check(with_contact("it@customer-3.example"), &[3]).await;
    six.check(with_contact("IT@Customer-3.example"), &[3]).await;
    six.check(with_contact("deniz@partner.example"), &[1, 3, 5]).await;
    six.check(with_contact("t@customer-3.example"), &[]).await;
    six.check(own_key("testkit", "claim-3"), &[3]).await;
    six.check(own_key("crm", "claim-4"), &[4]).await;
    six.check(own_key("crm", "claim-3"), &[]).await;
    six.check(own_key("testkit", "claim"), &[]).await;
    // Without its source a key is looked for among all claims.
    six.check(ClaimFilter { source: None, ..own_key("crm", "claim-4") }, &[4]).await;
    six.check(ClaimFilter { closing_after: at(first), ..ALL }, &[1]).await;
    six.check(ClaimFilter { closing_before: at(first), ..ALL }, &[3]).await;
    let between = ClaimFilter { closing_after: at(first), closing_before: at(second), ..ALL };
    six.check(between, &[]).await;
    six.check(named("teams"), &[0, 1]).await;
    six.check(named("teams r"), &[0]).await;
    six.check(named("ıs"), &[2, 3]).await;
    six.check(named("ü"), &[4, 5]).await;
    six.check(at_domain("Customer-"), &[0, 1, 2, 3, 4, 5]).await;
    six.check(at_domain("customer-3"), &[3]).await;
    let both = ClaimFilter { closing_after: at(first), ..named("teams") };
    six.check(both, &[1]).await;
    let both = ClaimFilter { mail: with_contact("deniz@partner.example").mail, ..named("teams") };
    six.check(both, &[1]).await;
    let both = ClaimFilter { status: Some(Status::Submitted), ..on_item("workload:teams") };
    six.check(both, &[0, 2]).await;
    let both = ClaimFilter { status: Some(Status::Withdrawn), ..own_key("testkit", "claim-3") };
    six.check(both, &[]).await;
    let never = ClaimFilter { status: Some(Status::Withdrawn), closing_after: at(first), ..ALL };
    six.check(never, &[]).await;
}

#[tokio::test]
async fn the_end_of_a_window_is_in_one_of_two_neighboring_spans() {
    let six = Six::submitted().await;
    let closes_at = six.deployment.claim(six.ids[3]).await.open_window().unwrap().closes_at();
    six.check(ClaimFilter { closing_before: Some(closes_at), ..ALL }, &[]).await;
    six.check(ClaimFilter { closing_after: Some(closes_at), ..ALL }, &[1, 3]).await;
    let open = listed(&six.deployment, &ALL, Order::ClosesAt, 1).await;
    assert_eq!(ids(&open), [six.ids[3], six.ids[1]]);
}

#[tokio::test]
async fn nobody_sees_what_others_have() {
    let six = Six::submitted().await;
    let theirs = || seen_by(Authority::IncentivesAdmin(partner("7654321")));
    six.check(theirs(), &[1, 3, 5]).await;
    six.check(seen_by(Authority::IncentivesAdmin(partner("1234567"))), &[0, 2, 4]).await;
    six.check(seen_by(Authority::UpstreamSource(Source::parse("crm").unwrap())), &[4, 5]).await;
    six.check(seen_by(Authority::Reviewer), &[0, 1, 2, 3, 4, 5]).await;
    // Asking for more does not show more.
    six.check(ClaimFilter { mpn_id: Some(partner("1234567")), ..theirs() }, &[]).await;
    six.check(ClaimFilter { seen_by: theirs().seen_by, ..named("teams") }, &[1]).await;
    six.check(ClaimFilter { seen_by: theirs().seen_by, ..at_domain("customer") }, &[1, 3, 5]).await;
    six.check(ClaimFilter { status: Some(Status::Submitted), ..theirs() }, &[5]).await;
    let tenant_id = six.deployment.claim(six.ids[0]).await.submission.customer.tenant_id;
    six.check(ClaimFilter { tenant_id: Some(tenant_id), ..theirs() }, &[]).await;
    let who = theirs().seen_by;
    six.check(ClaimFilter { seen_by: who.clone(), ..on_item("workload:teams") }, &[1, 3]).await;
    let shared = with_contact("it@customer-0.example");
    six.check(ClaimFilter { seen_by: who.clone(), ..shared }, &[]).await;
    six.check(ClaimFilter { seen_by: who.clone(), ..own_key("testkit", "claim-2") }, &[]).await;
    six.check(ClaimFilter { seen_by: who, ..own_key("testkit", "claim-3") }, &[3]).await;
}

#[tokio::test]
async fn an_amended_claim_is_found_by_what_it_says_now_only() {
    let deployment = Deployment::virtual_clock().await;
    let mut submission = claim_number(1);
    let id = deployment.submit(&submission).await.id;
    let at = deployment.at().await;
    let findings = vec![Finding::new(Finding::WHOLE, "another_customer", "Ask your customer.")];
    let answer_by = at.now + chrono::TimeDelta::days(7);
    let verdict = Verdict { findings, answer_by, ..Verdict::default() };
    deployment.apply(id, Command::RecordVerdict(verdict)).await;
    "Yammer rollout".clone_into(&mut submission.name);
    "renamed.example".clone_into(&mut submission.customer.domain);
    "it@renamed.example".clone_into(&mut submission.customer.contact.email);
    submission.items = vec![Item::workload("yammer")];
    let json = submission.to_json().unwrap();
    let amended: Submission = deployment.app.ledger.parse(json.as_bytes(), at.now).unwrap();
    deployment.apply(id, Command::Amend(amended.into())).await;
    for (filter, count) in [
        (named("teams"), 0),
        (named("yammer"), 1),
        (at_domain("customer-1"), 0),
        (at_domain("renamed"), 1),
        (with_contact("it@customer-1.example"), 0),
        (with_contact("it@renamed.example"), 1),
        (on_item("workload:teams"), 0),
        (on_item("workload:yammer"), 1),
        (own_key("testkit", "claim-1"), 1),
    ] {
        let found = listed(&deployment, &filter, Order::Newest, 9).await;
        assert_eq!(found.len(), count, "{filter:?}");
    }
}

#[tokio::test]
async fn a_claim_is_found_by_every_contact_and_every_item_once() {
    let deployment = Deployment::virtual_clock().await;
    let mut submission = a_dynamics_claim();
    let contact = &submission.customer.contact;
    let technical = TechnicalContact::new("Can Er", "Uzman", "can.er@anadoluelektrik.com.tr");
    let twice = contact.email.to_uppercase();
    submission.customer.technical_contact = Some(technical);
    submission.partner.contact.email = twice;
    let Item::Subscription { subscription_id, .. } = submission.items[0].clone() else { panic!() };
    let id = deployment.submit(&submission).await.id;
    for filter in [
        on_item(&format!("subscription:{subscription_id}")),
        with_contact("can.er@anadoluelektrik.com.tr"),
        with_contact(&submission.customer.contact.email),
        own_key("testkit", &submission.idempotency_key),
    ] {
        for order in [Order::Newest, Order::Oldest] {
            assert_eq!(ids(&listed(&deployment, &filter, order, 1).await), [id], "{filter:?}");
        }
        assert_eq!(listed(&deployment, &filter, Order::ClosesAt, 1).await, []);
    }
    let mut entries = 0;
    for partition in 0..deployment.store().keys().partitions() {
        let by_mail = deployment.store().keys().by_mail(partition);
        let page = deployment.store().index_entries(&by_mail, 0).await.unwrap();
        assert!(page.found.iter().all(|(member, _)| !member.contains('@')));
        entries += page.found.len();
    }
    assert_eq!(entries, 2);
}
