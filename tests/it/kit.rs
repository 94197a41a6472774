//! The test kit itself: what a failing test says.

mod documented;
mod expectations;
mod timeline;
mod trouble;

use std::panic::AssertUnwindSafe;

use cpor::testkit::Expectation;
use futures_util::FutureExt as _;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const MERT: &str = "mert.kaya@anadoluelektrik.com.tr";

/// What the panic of this future says.
async fn panic_of<T>(future: impl Future<Output = T>) -> String {
    let Err(payload) = AssertUnwindSafe(future).catch_unwind().await else {
        panic!("it did not panic");
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// What a test reads whose expectation is not met.
async fn failure(expectation: Expectation<'_>) -> String {
    panic_of(async { expectation.await }).await
}

/// All parts stand in the text, each after the one before.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let (_, after) = rest.split_once(part).unwrap_or_else(|| {
            panic!("`{part}` does not come where it should in:\n{text}");
        });
        rest = after;
    }
}
