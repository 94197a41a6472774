//! The feed: read on from a position, followed as it grows, honest about what is gone.

use std::time::Duration;

use cpor::store::feed::{FeedEntry, FeedNews, FeedPosition};
use cpor::testkit::{World, a_claim};

use super::FRIDAY;
use crate::faults::{claim_number, directory};

/// Everything after a position, a few entries at a time.
async fn rest(world: &World, position: &mut FeedPosition, limit: usize) -> Vec<FeedEntry> {
    let mut entries = Vec::new();
    loop {
        let page = world.ledger().store().read_feed(position, limit).await.unwrap();
        assert_eq!(page.gaps, []);
        assert!(page.entries.len() <= limit);
        assert!(page.entries.is_sorted_by_key(|entry| entry.at));
        if page.entries.is_empty() {
            return entries;
        }
        *position = page.position;
        entries.extend(page.entries);
    }
}

#[tokio::test]
async fn the_feed_is_read_on_from_any_position_without_missing_or_doubling() {
    let world = World::starting(FRIDAY).await;
    world.write_directory(&directory(6));
    let partitions = world.ledger().store().keys().partitions();
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(world.submit(claim_number(number)).await);
    }
    let mut happened = Vec::new();
    for id in ids {
        let history = world.history(id).await;
        happened.extend(history.iter().map(|r| (id, r.revision, r.event.name().to_owned(), r.at)));
    }
    happened.sort_by_key(|(id, revision, ..)| (*id, *revision));
    let told = |entries: &[FeedEntry]| {
        let of = |e: &FeedEntry| (e.claim_id, e.revision, e.event.clone(), e.at);
        let mut told: Vec<_> = entries.iter().map(of).collect();
        told.sort_by_key(|(id, revision, ..)| (*id, *revision));
        told
    };
    let mut position = FeedPosition::start(partitions);
    let all = rest(&world, &mut position, 7).await;
    assert_eq!(told(&all), happened);
    assert_eq!(position, world.ledger().store().feed_end().await.unwrap());
    for entry in &all {
        assert_eq!((entry.mpn_id.as_str(), entry.source.as_str()), ("1234567", "testkit"));
        assert_eq!(entry.partition, entry.claim_id.partition());
    }
    // From after every entry, as its text says.
    let mut after = FeedPosition::start(partitions);
    for (i, entry) in all.iter().enumerate() {
        after.advance(entry);
        let mut text: FeedPosition = after.to_string().parse().unwrap();
        assert_eq!(text, after);
        assert_eq!(rest(&world, &mut text, 3).await.len(), all.len() - i - 1);
    }
    world.finish().await;
}

#[tokio::test]
async fn what_was_trimmed_unread_is_reported() {
    let world = World::configured(FRIDAY, &[("agenda.feed_max", "100")]).await;
    let store = world.ledger().store();
    let start = store.feed_end().await.unwrap();
    let id = world.submit(a_claim()).await;
    let middle = store.feed_end().await.unwrap();
    let mut connection = world.redis().await;
    let key = store.keys().feed(id.partition());
    let length: usize = redis::cmd("XLEN").arg(&key).query_async(&mut connection).await.unwrap();
    world.withdraw(id).await.unwrap();
    let trim = async |keep: usize| {
        let mut connection = world.redis().await;
        let trim = redis::cmd("XTRIM").arg(&key).arg("MAXLEN").arg(keep).to_owned();
        let _: usize = trim.query_async(&mut connection).await.unwrap();
    };
    let total: usize = redis::cmd("XLEN").arg(&key).query_async(&mut connection).await.unwrap();
    trim(total - length + 1).await;
    let page = store.read_feed(&middle, 100).await.unwrap();
    assert_eq!((page.gaps.len(), page.entries.len()), (0, total - length));
    let page = store.read_feed(&start, 100).await.unwrap();
    assert_eq!(page.gaps.len(), 1);
    assert_eq!((page.gaps[0].partition, page.entries.len()), (id.partition(), total - length + 1));
    // It is reported once.
    assert_eq!(store.read_feed(&page.position, 100).await.unwrap().gaps, []);
    trim(1).await;
    assert_eq!(store.read_feed(&middle, 100).await.unwrap().gaps.len(), 1);
    let end = store.feed_end().await.unwrap();
    assert_eq!(store.read_feed(&end, 100).await.unwrap().gaps, []);
    world.finish().await;
}

#[tokio::test]
async fn a_position_ahead_of_the_feed_is_a_gap() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await;
    let store = world.ledger().store();
    let end = store.feed_end().await.unwrap();
    let mut connection = world.redis().await;
    let key = store.keys().feed(id.partition());
    let _: usize = redis::cmd("DEL").arg(&key).query_async(&mut connection).await.unwrap();
    let page = store.read_feed(&end, 100).await.unwrap();
    assert_eq!(page.gaps.len(), 1);
    assert_eq!(store.read_feed(&page.position, 100).await.unwrap().gaps, []);
    assert!(store.read_feed(&FeedPosition::start(3), 100).await.is_err());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_follow_the_feed_hear_everything_from_then_on_at_once() {
    let world = World::starting(FRIDAY).await;
    let before = world.submit(a_claim()).await;
    let mut listeners = Vec::new();
    for _ in 0..3 {
        listeners.push(world.feed().subscribe().await.unwrap());
    }
    world.withdraw(before).await.unwrap();
    let submitted = world.submit(a_claim()).await;
    let told = world.history(submitted).await.len();
    for listener in &mut listeners {
        let mut heard = Vec::new();
        while heard.iter().filter(|(id, _)| *id == submitted).count() < told {
            let news = tokio::time::timeout(Duration::from_secs(5), listener.recv());
            match news.await.unwrap().unwrap() {
                FeedNews::Entry(entry) => heard.push((entry.claim_id, entry.event.clone())),
                FeedNews::Gap(gap) => panic!("{gap:?}"),
            }
        }
        assert_eq!(heard[0], (before, "claim_withdrawn".to_owned()));
        assert!(heard.contains(&(submitted, "claim_submitted".to_owned())), "{heard:?}");
    }
    drop(listeners);
    // Whoever comes later hears what comes later, also when the reader has ended meanwhile.
    let mut late = world.feed().subscribe().await.unwrap();
    world.withdraw(submitted).await.unwrap();
    loop {
        let news = tokio::time::timeout(Duration::from_secs(5), late.recv());
        if let FeedNews::Entry(entry) = news.await.unwrap().unwrap() {
            assert_ne!((entry.claim_id, entry.event.as_str()), (submitted, "claim_submitted"));
            if entry.event == "claim_withdrawn" {
                break;
            }
        }
    }
    world.finish().await;
}
