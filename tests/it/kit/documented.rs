//! The documentation shows what a failing test prints; `UPDATE=1` writes it anew.

use std::path::Path;

use cpor::testkit::{World, a_claim};

use super::{FRIDAY, failure};

const FILE: &str = "src/testkit/failure.md";
const END: &str = "2026-11-27T21:00:00Z";
const BEFORE: &str = "\
A test that fails says what was expected, what was found, and the timeline of its world: every
event, mail, dead letter and entry of the agenda with its virtual time, in UTC and by the clock of
the customer. What is planned stands below *now*. Here a customer has rejected, and an association
was expected:

```text
";
const AFTER: &str = "\
```

A panic of any kind prints the timeline, on standard error, when the world is dropped; so does a
world that is dropped with work left. Where Redis is gone, the mails are still told.

";

#[tokio::test]
async fn what_a_failing_test_prints_is_shown_in_the_documentation() {
    let world = World::starting(FRIDAY).await;
    let mut claim = a_claim();
    claim.customer.contact.language = Some("en".to_owned());
    let claim = world.submit(claim).await;
    world.travel_to("2026-11-23T09:30:00Z").await;
    world.reject(claim).await.unwrap();
    let text = failure(world.expect(claim).associated_at(END).sees_usage_data()).await;
    // Ids begin with the time, and end at random.
    let id = claim.to_string();
    let text = text.replace(&id, &format!("{}8f3a-52c1d97e4b06", &id[..19]));
    let text = text.replace(&id[30..], "7e4b06");
    let shown = text.trim_end().lines().map(|line| match line.strip_prefix(file!()) {
        Some(_) => "tests/rollout.rs:14:10:\n".to_owned(),
        None => format!("{}\n", line.trim_end()),
    });
    let shown: String = shown.collect();
    let made = format!("{BEFORE}{shown}{AFTER}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, made, "UPDATE=1 cargo test writes {FILE} anew");
}
