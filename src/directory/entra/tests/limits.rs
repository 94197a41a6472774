//! Pauses between attempts, and which settings are accepted; nothing here is asked of anyone.

use std::time::Duration;

use super::super::{EntraDirectory, LookupProblem, pause_after};
use crate::directory::EntraSettings;

#[test]
fn pauses_double_spread_and_have_an_end() {
    #[track_caller]
    fn check(given: (u32, Option<u64>, u64), expected: Option<u64>) {
        let (attempt, retry_after, random) = given;
        let retry_after = retry_after.map(Duration::from_millis);
        let problem = LookupProblem::Busy { status: 503, retry_after };
        let pause = pause_after(attempt, &problem, random);
        assert_eq!(pause, expected.map(Duration::from_millis));
    }
    check((1, None, 0), Some(50));
    check((1, None, 500), Some(75));
    check((1, None, 1_000), Some(100));
    check((1, None, 1_001), Some(50));
    check((2, None, 1_000), Some(200));
    check((5, None, 0), Some(800));
    check((6, None, 1_000), Some(2_000));
    check((u32::MAX, None, 1_000), Some(2_000));
    check((1, Some(1_500), 0), Some(1_500));
    check((1, Some(2_001), 0), None);
}

#[test]
fn a_setting_out_of_range_is_refused_by_its_key() {
    #[track_caller]
    fn check(entra: EntraSettings, expected: Option<&str>) {
        let outcome = EntraDirectory::new(&entra).err().map(|error| error.to_string());
        match (outcome, expected) {
            (None, None) => {}
            (Some(text), Some(key)) => {
                assert!(text.starts_with(&format!("setting directory.entra.{key} ")), "{text}");
            }
            (outcome, expected) => panic!("{outcome:?} instead of {expected:?}"),
        }
    }
    let default = EntraSettings::default;
    let at = |base_url: &str| EntraSettings { base_url: base_url.to_owned(), ..default() };
    check(default(), None);
    for base_url in [
        "https://login.microsoftonline.us/",
        "https://proxy.example:8443/entra/",
        "http://localhost:8080",
        "http://LOCALHOST",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "https://8.8.8.8",
    ] {
        check(at(base_url), None);
    }
    for base_url in [
        "",
        "/",
        "login.microsoftonline.com",
        "http://login.microsoftonline.com",
        "http://8.8.8.8",
        "http://localhost.example",
        "ftp://localhost",
        "https://",
        "https://user:secret@login.microsoftonline.com",
        "https://login.microsoftonline.com?a=b",
        "https://login.microsoftonline.com#a",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://[fe80::1]",
        "https://[::ffff:127.0.0.1]",
    ] {
        check(at(base_url), Some("base_url"));
    }
    check(EntraSettings { timeout_ms: 0, ..default() }, Some("timeout_ms"));
    check(EntraSettings { timeout_ms: 60_001, ..default() }, Some("timeout_ms"));
    check(EntraSettings { attempts_max: 0, ..default() }, Some("attempts_max"));
    check(EntraSettings { attempts_max: 11, ..default() }, Some("attempts_max"));
    check(EntraSettings { cache_seconds: 86_401, ..default() }, Some("cache_seconds"));
    check(EntraSettings { cache_seconds: 0, ..default() }, None);
}
