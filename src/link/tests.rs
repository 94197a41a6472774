//! What is no link of ours is nothing, whatever is wrong with it.

use chrono::{DateTime, TimeDelta};
use uuid::uuid;

use super::*;
use crate::secrets::new_key;

fn links(keys: &[&str]) -> Links {
    let secrets = Secrets::parse(&keys.join(","), "the test").unwrap();
    Links::new(secrets, "https://cpor.example".to_owned())
}

fn a_notice() -> NoticeLink {
    let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    NoticeLink { claim_id: ClaimId::new(at, 3, *b"cpor-id!"), notice: 7 }
}

fn a_tenant() -> TenantLink {
    let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d").to_string();
    TenantLink { tenant_id: TenantId::parse(&tenant_id).unwrap(), received: a_notice() }
}

/// The tokens of both kinds.
fn tokens(links: &Links) -> [String; 2] {
    let key = links.current_key();
    let notice = links.notice_url(a_notice(), key);
    let tenant = links.tenant_url(a_tenant(), key);
    [
        notice.strip_prefix("https://cpor.example/r/").unwrap().to_owned(),
        tenant.strip_prefix("https://cpor.example/c/").unwrap().to_owned(),
    ]
}

#[track_caller]
fn check_is_nothing(links: &Links, token: &str) {
    assert_eq!(links.read_notice(token), None, "{token}");
    assert_eq!(links.read_tenant(token), None, "{token}");
}

#[test]
fn a_link_says_what_it_was_made_for() {
    let links = links(&[&new_key(KeyId(1))]);
    let [notice, tenant] = tokens(&links);
    assert_eq!(links.read_notice(&notice), Some(a_notice()));
    assert_eq!(links.read_tenant(&tenant), Some(a_tenant()));
}

#[test]
fn a_link_of_one_kind_is_none_of_the_other() {
    let links = links(&[&new_key(KeyId(1))]);
    let [notice, tenant] = tokens(&links);
    assert_eq!(links.read_tenant(&notice), None);
    assert_eq!(links.read_notice(&tenant), None);
}

#[test]
fn a_link_of_an_address_is_for_that_address_and_door() {
    let links = links(&[&new_key(KeyId(1))]);
    let id = SubscriptionId::from(uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05"));
    let link = |email: &str| SubscriptionLink::new(id, &EmailAddress::parse(email).unwrap());
    let own = link("team@partner.example");
    assert_ne!(own, link("other@partner.example"));
    for door in [SubscriptionDoor::Confirm, SubscriptionDoor::Leave] {
        let url = links.subscription_url(own, door);
        let token = url.strip_prefix("https://cpor.example/n/").unwrap();
        assert_eq!(links.read_subscription(token), Some((own, door)));
        check_is_nothing(&links, token);
        assert_eq!(links.read_subscription(&token[1..]), None);
    }
    for token in tokens(&links) {
        assert_eq!(links.read_subscription(&token), None);
    }
}

#[test]
fn a_link_of_a_contest_is_for_that_contest_alone() {
    let links = links(&[&new_key(KeyId(1))]);
    let link = ChoiceLink { claim_id: a_notice().claim_id, contest: 7 };
    let url = links.choice_url(link);
    let token = url.strip_prefix("https://cpor.example/w/").unwrap();
    assert_eq!(links.read_choice(token), Some(link));
    assert_ne!(links.choice_url(ChoiceLink { contest: 8, ..link }), url);
    check_is_nothing(&links, token);
    assert_eq!(links.read_subscription(token), None);
    assert_eq!(links.read_choice(&token[1..]), None);
    for other in tokens(&links) {
        assert_eq!(links.read_choice(&other), None);
    }
}

#[test]
fn every_bit_counts() {
    let links = links(&[&new_key(KeyId(1)), &new_key(KeyId(0)), &new_key(KeyId(3))]);
    for token in tokens(&links) {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&token).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            check_is_nothing(&links, &BASE64_URL_SAFE_NO_PAD.encode(flipped));
        }
        for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
            let mut flipped = token.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            check_is_nothing(&links, &String::from_utf8(flipped).unwrap());
        }
    }
}

#[test]
fn a_link_is_whole_or_nothing() {
    let links = links(&[&new_key(KeyId(1))]);
    for token in tokens(&links) {
        for length in 0..token.len() {
            check_is_nothing(&links, &token[..length]);
        }
        for more in ["A", "AA", "AAAA", "=", " ", "\n", "/", "%3D"] {
            check_is_nothing(&links, &format!("{token}{more}"));
            check_is_nothing(&links, &format!("{more}{token}"));
        }
    }
    check_is_nothing(&links, &"A".repeat(100_000));
    check_is_nothing(&links, "Türkçe");
}

#[test]
fn a_mac_that_is_cut_short_is_no_mac() {
    let links = links(&[&new_key(KeyId(1))]);
    for token in tokens(&links) {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&token).unwrap();
        for cut in 1..=MAC_BYTES {
            let cut = &bytes[..bytes.len() - cut];
            check_is_nothing(&links, &BASE64_URL_SAFE_NO_PAD.encode(cut));
        }
    }
}

#[test]
fn a_link_by_another_key_or_for_another_purpose_is_nothing() {
    let (ours, theirs) = (new_key(KeyId(1)), new_key(KeyId(1)));
    for token in tokens(&links(&[&theirs])) {
        check_is_nothing(&links(&[&ours]), &token);
    }
    let secrets = Secrets::parse(&ours, "the test").unwrap();
    let mut bytes = vec![VERSION, 1, Kind::Notice.code()];
    bytes.extend(notice_bytes(a_notice()));
    let mac = mac(&secrets.current("intake:crm").1, &bytes);
    bytes.extend_from_slice(&mac[..MAC_BYTES]);
    check_is_nothing(&links(&[&ours]), &BASE64_URL_SAFE_NO_PAD.encode(bytes));
}

#[test]
fn links_outlive_the_rotation_of_keys_for_as_long_as_the_old_key_is_kept() {
    let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
    let [notice, tenant] = tokens(&links(&[&old]));
    let rotated = links(&[&new, &old]);
    assert_eq!(rotated.current_key(), KeyId(2));
    assert_eq!(rotated.read_notice(&notice), Some(a_notice()));
    assert_eq!(rotated.read_tenant(&tenant), Some(a_tenant()));
    check_is_nothing(&links(&[&new]), &notice);
    // A repeat by the key that is remembered is the same link; without that key it is a new one.
    assert!(rotated.notice_url(a_notice(), KeyId(1)).ends_with(&notice));
    let renewed = links(&[&new]).notice_url(a_notice(), KeyId(1));
    assert_eq!(renewed, rotated.notice_url(a_notice(), KeyId(2)));
}

#[test]
fn forged_links_are_nothing() {
    let links = links(&[&new_key(KeyId(1))]);
    for _ in 0..10_000 {
        let mut bytes: [u8; 55] = rand::random();
        bytes[..3].copy_from_slice(&[VERSION, 1, Kind::Notice.code()]);
        check_is_nothing(&links, &BASE64_URL_SAFE_NO_PAD.encode(&bytes[..39]));
        bytes[2] = Kind::Tenant.code();
        check_is_nothing(&links, &BASE64_URL_SAFE_NO_PAD.encode(bytes));
    }
}
