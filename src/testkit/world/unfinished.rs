//! What a world that is dropped has left undone.

use std::time::Duration;

use cpor_jobs::Job;

use crate::ledger::Ledger;
use crate::store::keys::IntakePart;

/// A server that is gone or stalls is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is due, running or dead, asked without a runtime.
pub(super) fn unfinished(ledger: &Ledger) -> Option<String> {
    let store = ledger.store();
    let client = redis::Client::open(store.url()).ok()?;
    let mut connection = client.get_connection_with_timeout(PATIENCE).ok()?;
    connection.set_read_timeout(Some(PATIENCE)).ok()?;
    let keys = store.keys();
    let now_ms: i64 = redis::cmd("GET").arg(keys.clock()).query(&mut connection).ok()?;
    let mut left = Vec::new();
    for (name, command, key) in [
        ("due", "LLEN", keys.intake()),
        ("running", "ZCARD", keys.intake_part(IntakePart::Running)),
        ("dead", "ZCARD", keys.intake_part(IntakePart::Dead)),
    ] {
        let count: u64 = redis::cmd(command).arg(key).query(&mut connection).ok()?;
        if count > 0 {
            left.push(format!("{count} submit_claim {name}"));
        }
    }
    for job in Job::ALL {
        for partition in 0..keys.partitions() {
            let agenda = keys.agenda(partition, job);
            let counts: [(&str, redis::RedisResult<u64>); 3] = [
                (
                    "due",
                    redis::cmd("ZCOUNT").arg(agenda).arg("-inf").arg(now_ms).query(&mut connection),
                ),
                (
                    "running",
                    redis::cmd("ZCARD").arg(keys.running(partition, job)).query(&mut connection),
                ),
                ("dead", redis::cmd("ZCARD").arg(keys.dead(partition, job)).query(&mut connection)),
            ];
            left.extend(
                counts
                    .into_iter()
                    .filter_map(|(name, count)| Some((name, count.ok()?)))
                    .filter(|(_, count)| *count > 0)
                    .map(|(name, count)| format!("{count} {job} {name}")),
            );
        }
    }
    (!left.is_empty()).then(|| left.join(", "))
}
