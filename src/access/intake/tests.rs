//! Who is let in by the Redis door, and what the others are told.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Deserialize;

use super::*;
use crate::secrets::{mac, new_key, printed};

const CLAIM: &str = include_str!("../../../jobs/tests/wire/submit_claim.v1.json");
const SIGNED: &str = include_str!("../../../jobs/tests/wire/signed_submit_claim.v1.json");

/// The vector that programs in other languages test themselves with.
#[derive(Deserialize)]
struct Vector {
    secret_key: String,
    source: String,
    source_key: String,
    entry: String,
}

fn vector() -> Vector {
    serde_json::from_str(SIGNED).expect("a vector")
}

fn named(name: &str) -> Source {
    Source::parse(name).expect("a source")
}

fn keys(ids: &[u8]) -> Vec<String> {
    ids.iter().map(|id| new_key(KeyId(*id))).collect()
}

fn those(keys: &[String]) -> Secrets {
    Secrets::parse(&keys.join(","), "a test").expect("keys")
}

fn door(secrets: &Secrets, require_signature: bool) -> IntakeDoor {
    IntakeDoor::new(secrets.clone(), IntakeSettings { require_signature })
}

fn signed(secrets: &Secrets, by: &str, json: &str) -> Vec<u8> {
    let (KeyId(id), key) = source_key(secrets, &named(by));
    (SignedEntry::line(id, &mac(&key, json.as_bytes())) + json).into_bytes()
}

#[test]
fn what_its_source_signed_is_let_in_byte_by_byte() {
    let secrets = those(&keys(&[1]));
    for json in [CLAIM, CLAIM.trim_end(), " {\"source\" :\n\"\\u0063rm-emea\"}\r\n\n"] {
        let entry = signed(&secrets, "crm-emea", json);
        assert_eq!(door(&secrets, true).open(&entry), Ok(json.as_bytes()));
        assert_eq!(door(&secrets, false).open(&entry), Ok(json.as_bytes()));
    }
}

#[test]
fn what_is_not_signed_is_let_in_where_no_signature_is_required() {
    let secrets = those(&keys(&[1]));
    for entry in [CLAIM.as_bytes(), b"", b"rubbish", b"\xff\xfe"] {
        assert_eq!(door(&secrets, false).open(entry), Ok(entry));
        assert_eq!(door(&secrets, true).open(entry), Err(Unproven::Unsigned));
    }
}

#[test]
fn a_signature_that_is_there_has_to_be_right() {
    let secrets = those(&keys(&[1]));
    let good = signed(&secrets, "crm-emea", CLAIM);
    let changed = String::from_utf8(good.clone()).expect("text").replace("Teams", "Team5");
    let foreign = |secret: &Secrets| signed(secret, "crm-emea", CLAIM);
    let wrong = || Unproven::Wrong { source_name: named("crm-emea") };
    let unknown = Unproven::UnknownKey { key_id: KeyId(2), source_name: named("crm-emea") };
    let check = |entry: &[u8], expected: Unproven| {
        for require_signature in [false, true] {
            assert_eq!(door(&secrets, require_signature).open(entry).as_ref(), Err(&expected));
        }
    };
    check(changed.as_bytes(), wrong());
    check(&[good.as_slice(), b"\n"].concat(), wrong());
    check(&signed(&secrets, "crm-apac", CLAIM), wrong());
    check(&foreign(&those(&keys(&[1]))), wrong());
    check(&foreign(&those(&keys(&[2]))), unknown);
    check(&[b"cpor-", good.as_slice()].concat(), Unproven::Line(SignatureLineError));
}

#[test]
fn a_signature_over_json_without_a_source_cannot_be_checked() {
    let secrets = those(&keys(&[1]));
    let twice = r#"{"source":"crm-emea","source":"crm-apac"}"#;
    for json in
        ["", "{", "[]", "{}", "\"secret\"", r#"{"source":7}"#, r#"{"source":" crm-emea"}"#, twice]
    {
        let refused = door(&secrets, false).open(&signed(&secrets, "crm-emea", json)).err();
        assert!(matches!(refused, Some(Unproven::NoSource(_))), "{json}: {refused:?}");
        assert!(!refused.is_some_and(|refused| refused.to_string().contains("secret")));
    }
}

#[test]
fn an_old_key_is_good_until_it_is_dropped() {
    let [old, new] = [1, 2].map(|id| new_key(KeyId(id)));
    let entry = signed(&those(std::slice::from_ref(&old)), "crm-emea", CLAIM);
    let rotated = those(&[new.clone(), old]);
    assert_eq!(door(&rotated, true).open(&entry), Ok(CLAIM.as_bytes()));
    assert_eq!(source_key(&rotated, &named("crm-emea")).0, KeyId(2));
    let refused = door(&those(&[new]), true).open(&entry).expect_err("the key is dropped");
    assert!(refused.to_string().contains("key number 1"), "{refused}");
    assert!(refused.to_string().contains("cpor source key \"crm-emea\""), "{refused}");
}

#[test]
fn one_source_has_one_key_however_its_name_is_written() {
    let secrets = those(&keys(&[1]));
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
    assert_eq!(source_key(&secrets, &named(composed)), source_key(&secrets, &named(decomposed)));
    let entry = signed(&secrets, composed, &format!("{{\"source\":\"{decomposed}\"}}"));
    assert!(door(&secrets, true).open(&entry).is_ok());
    assert_ne!(source_key(&secrets, &named("a")), source_key(&secrets, &named("A")));
}

#[test]
fn nobody_is_told_what_the_right_signature_is() {
    let secrets = those(&keys(&[1]));
    let right = String::from_utf8(signed(&secrets, "crm-emea", CLAIM)).expect("text");
    let mac = right.split([' ', '\n']).nth(2).expect("a mac");
    let entry = signed(&secrets, "crm-apac", CLAIM);
    let refused = door(&secrets, true).open(&entry).expect_err("another source's key");
    assert!(!format!("{refused} {refused:?}").contains(mac));
    assert!(!format!("{:?}", door(&secrets, true)).contains("AA"));
}

#[test]
fn the_vector_for_other_languages_is_right() {
    let vector = vector();
    let secrets = Secrets::parse(&vector.secret_key, "the vector").expect("keys");
    let (id, key) = source_key(&secrets, &named(&vector.source));
    assert_eq!(printed(id, &key), vector.source_key);
    let opened = door(&secrets, true).open(vector.entry.as_bytes());
    assert_eq!(opened, Ok(CLAIM.trim_end().as_bytes()));
}

/// Where no signature is required, an entry whose first bytes were changed may be taken for one
/// that is not signed; it is then no JSON, and the parser refuses it.
#[test]
fn an_entry_in_which_anything_was_changed_is_never_accepted() {
    let seed = std::env::var("CPOR_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random);
    println!("CPOR_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let secrets = those(&keys(&[1, 0, 3, 17, 9]));
    let good = signed(&secrets, "crm-emea", CLAIM);
    let (required, optional) = (door(&secrets, true), door(&secrets, false));
    // Every bit of the first line and of what follows it at once, the others at random.
    let bits = (0..good.len().min(200) * 8).map(Some).chain((0..20_000).map(|_| None));
    for bit in bits {
        let mut entry = good.clone();
        let bit = bit.unwrap_or_else(|| random.random_range(0..good.len() * 8));
        entry[bit / 8] ^= 1 << (bit % 8);
        for _ in 0..random.random_range(0..3) {
            let at = random.random_range(0..entry.len());
            entry[at] = random.random();
        }
        if entry == good {
            continue;
        }
        assert!(required.open(&entry).is_err(), "bit {bit}");
        if let Ok(json) = optional.open(&entry) {
            assert!(serde_json::from_slice::<serde_json::Value>(json).is_err(), "bit {bit}");
        }
    }
}
