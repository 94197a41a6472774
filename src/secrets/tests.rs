//! Keys that rotate, and keys that cannot be read.

use super::*;

fn two_keys() -> Secrets {
    let text = format!("{}, {}", new_key(KeyId(2)), new_key(KeyId(1)));
    Secrets::parse(&text, "a test").expect("keys as printed")
}

#[test]
fn the_newest_key_signs_and_every_key_verifies() {
    let secrets = two_keys();
    let (id, key) = secrets.current("links");
    assert_eq!(id, KeyId(2));
    assert_eq!(secrets.of(id, "links"), Some(key));
    assert!(secrets.of(KeyId(1), "links").is_some_and(|older| older != key));
    assert_eq!(secrets.of(KeyId(3), "links"), None);
}

#[test]
fn a_key_of_one_purpose_is_of_no_use_for_another() {
    let secrets = two_keys();
    assert_ne!(secrets.current("links"), secrets.current("intake"));
}

#[test]
fn a_mac_verifies_whole_or_cut_to_128_bits_and_not_shorter_or_changed() {
    let key = two_keys().current("links").1;
    let mut found = mac(&key, b"claim 7");
    for (length, verified) in [(32, true), (16, true), (15, false), (0, false)] {
        assert_eq!(verify_mac(&key, b"claim 7", &found[..length]), verified, "{length} bytes");
    }
    found[0] ^= 1;
    assert!(!verify_mac(&key, b"claim 7", &found));
}

#[test]
fn a_key_that_cannot_be_read_is_named_by_its_place() {
    for (text, problem) in [
        ("", "key number 1 has no number in front"),
        ("1:AAAA", "key number 1 is not 32 bytes long"),
        ("256:AAAA", "key number 1 has no number from 0 to 255 in front"),
        ("1:!", "key number 1 is not base64url"),
    ] {
        let error = Secrets::parse(text, "a test").expect_err(text).to_string();
        assert!(error.contains(problem), "{text:?}: {error}");
    }
    let twice = format!("{},{}", new_key(KeyId(1)), new_key(KeyId(1)));
    let error = Secrets::parse(&twice, "a test").expect_err("used twice").to_string();
    assert!(error.contains("key number 2 has the number of another one"), "{error}");
}

#[test]
fn a_deployment_keeps_the_key_it_made_for_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = SecretSettings { keys: None, generate: true };
    let made = Secrets::open(&settings, folder.path()).expect("a key is made");
    let found = Secrets::open(&settings, folder.path()).expect("the key is found");
    assert_eq!(made.current("links"), found.current("links"));
    let missing = SecretSettings { keys: None, generate: false };
    let error = Secrets::open(&missing, folder.path()).expect_err("no key is set");
    assert!(error.to_string().contains("cpor secret new"), "{error}");
}

#[test]
fn secrets_print_as_the_numbers_of_their_keys() {
    assert_eq!(format!("{:?}", two_keys()), "[KeyId(2), KeyId(1)]");
}
