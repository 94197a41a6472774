//! Pages: nothing is skipped or shown twice while claims move, and no page costs too much.

use std::collections::BTreeSet;

use cpor::access::Authority;
use cpor::claim::command::Command;
use cpor::claim::{Claim, ClaimId, Status};
use cpor::store::search::{ClaimFilter, CursorRefused, Order, PageSize, Prefix, Search};

use super::search::{ALL, listed, partner};
use super::{Deployment, right};
use crate::faults::claim_number;

/// More entries than are looked at for one page.
const MANY: u32 = 4_100;

async fn submitted(count: u32) -> (Deployment, Vec<ClaimId>) {
    let deployment = Deployment::of("virtual", "4").await;
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(deployment.submit(&claim_number(number)).await.id);
        // Several claims share their millisecond.
        if number % 4 == 3 {
            deployment.wait(1).await;
        }
    }
    (deployment, ids)
}

fn search(filter: &ClaimFilter, order: Order, size: usize) -> Search {
    Search::new(filter.clone(), order, PageSize::new(size).unwrap())
}

/// Pages through everything, and does something to the deployment after each page.
async fn paged(
    deployment: &Deployment,
    filter: &ClaimFilter,
    order: Order,
    mut between: impl AsyncFnMut(usize, &[Claim]),
) -> Vec<ClaimId> {
    let first = search(filter, order, 7);
    let (mut seen, mut next, mut pages) = (Vec::new(), Some(first.clone()), 0);
    while let Some(asked) = next.take() {
        let page = deployment.store().search(&asked).await.unwrap();
        between(pages, &page.entries).await;
        seen.extend(page.entries.iter().map(|claim| claim.id));
        next = page.next.map(|next| first.clone().after(&next).unwrap());
        pages += 1;
    }
    seen
}

#[tokio::test]
async fn claims_that_move_are_shown_once_in_their_place() {
    for order in [Order::Newest, Order::Oldest] {
        for filter in [ALL, ClaimFilter { mpn_id: Some(partner("1234567")), ..ALL }] {
            let (deployment, mut ids) = submitted(40).await;
            ids.sort();
            if order == Order::Newest {
                ids.reverse();
            }
            // Ahead of the list and behind it, claims move on, and new ones come.
            let seen = paged(&deployment, &filter, order, async |page, shown| {
                deployment.apply(shown[0].id, right()).await;
                for id in ids.iter().skip(page * 7 + 7).step_by(2) {
                    if deployment.claim(*id).await.status() == Status::Submitted {
                        deployment.apply(*id, Command::Withdraw { reason: None }).await;
                    }
                }
                if order == Order::Newest {
                    deployment.submit(&claim_number(100 + u32::try_from(page).unwrap())).await;
                }
            });
            assert_eq!(seen.await, ids, "{order:?} {filter:?}");
        }
    }
}

#[tokio::test]
async fn windows_that_close_together_are_shown_once_while_others_are_decided() {
    let (deployment, ids) = submitted(40).await;
    for id in &ids {
        deployment.notify(*id).await;
    }
    let received_at = deployment.at().await.now;
    let mut decided = BTreeSet::new();
    let seen = paged(&deployment, &ALL, Order::ClosesAt, async |_, shown| {
        // The last that was shown is gone when the next page is read from there.
        for claim in [&shown[0], &shown[shown.len() - 1]] {
            let reject = Command::Reject { received_at, reason: None };
            deployment.apply(claim.id, reject).await;
            decided.insert(claim.id);
        }
    })
    .await;
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(seen, expected);
    let left = listed(&deployment, &ALL, Order::ClosesAt, 7).await;
    assert_eq!(left.len(), ids.len() - decided.len());
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let (deployment, _) = submitted(3).await;
    let page = deployment.store().search(&search(&ALL, Order::Newest, 1)).await.unwrap();
    let cursor = page.next.unwrap();
    assert!(search(&ALL, Order::Newest, 500).after(&cursor).is_ok());
    let check = |filter: ClaimFilter, order: Order, cursor: &str, refused: CursorRefused| {
        assert_eq!(search(&filter, order, 1).after(cursor), Err(refused));
    };
    let other = CursorRefused::OtherSearch;
    check(ALL, Order::Oldest, &cursor, other);
    check(ClaimFilter { status: Some(Status::Submitted), ..ALL }, Order::Newest, &cursor, other);
    let own = Some(Authority::IncentivesAdmin(partner("1234567")));
    check(ClaimFilter { seen_by: own, ..ALL }, Order::Newest, &cursor, other);
    check(ALL, Order::Newest, "rubbish", CursorRefused::Malformed);
}

/// Entries that stand for no claim, newer than all claims: as good as claims that do not fit.
async fn strays(deployment: &Deployment, key: &str, member: impl Fn(ClaimId) -> String) {
    let later = deployment.at().await.now + chrono::TimeDelta::days(1);
    let mut add = redis::cmd("ZADD");
    add.arg(key);
    for number in 0..MANY {
        let id = ClaimId::new(later, 0, u64::from(number).to_be_bytes());
        add.arg(0).arg(member(id));
    }
    let mut connection = deployment.connection().await;
    let () = add.query_async(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_page_costs_a_bounded_look_and_says_where_to_go_on() {
    let deployment = Deployment::virtual_clock().await;
    let id = deployment.submit(&claim_number(0)).await.id;
    let keys = deployment.store().keys().clone();
    strays(&deployment, &keys.by_status(0, Status::Submitted), |id| id.to_string()).await;
    let first = search(&ALL, Order::Newest, 500);
    let page = deployment.store().search(&first).await.unwrap();
    assert_eq!(page.entries, []);
    let next = first.after(&page.next.unwrap()).unwrap();
    let page = deployment.store().search(&next).await.unwrap();
    assert_eq!((page.entries[0].id, page.entries.len(), page.next), (id, 1, None));
}

#[tokio::test]
async fn a_beginning_that_many_names_have_is_looked_for_in_order() {
    let deployment = Deployment::virtual_clock().await;
    let id = deployment.submit(&claim_number(0)).await.id;
    let keys = deployment.store().keys().clone();
    let filter = ClaimFilter { name_prefix: Some(Prefix::of_name("teams").unwrap()), ..ALL };
    for _ in 0..2 {
        for order in [Order::Newest, Order::Oldest] {
            let page = deployment.store().search(&search(&filter, order, 9)).await.unwrap();
            let found: Vec<ClaimId> = page.entries.iter().map(|claim| claim.id).collect();
            assert_eq!((found, page.next), (vec![id], None));
        }
        strays(&deployment, &keys.by_name(0), |id| format!("teams\0{id}")).await;
    }
}
