//! The floor of a life: the same commits issued as bare pipelined scripts, prepared beforehand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::bench::{BenchError, Deployment, claims};
use crate::claim::command::{Command, NoticeOutcome, Told, Verdict};
use crate::claim::{Claim, ClaimId, Recorded, Status, decide};
use crate::secrets::KeyId;
use crate::store::{Commit, Instant as StoreInstant, PreparedCommit, Store};

/// Commits in one pipeline, and pipelines in flight.
const PIPELINE: usize = 200;
const IN_FLIGHT: usize = 4;

/// How long the commits of `claims` lives take by themselves, and the processor time of Redis.
pub(super) async fn floor(claims: usize) -> Result<(Duration, Duration), BenchError> {
    let deployment = Deployment::open(0, "virtual", &[]).await?;
    let mut commands = Vec::with_capacity(claims * 6);
    for number in 0..claims {
        commands.extend(life(&deployment, number)?);
    }
    let store = deployment.ledger().store();
    // Loads the script, so that the pipelines need not.
    store.load_scripts().await.map_err(BenchError::because)?;
    let share = commands.len().div_ceil(IN_FLIGHT);
    let redis_before = deployment.redis_cpu().await?;
    let begun = Instant::now();
    let sent = join_all(commands.chunks(share).map(|share| send(store, share))).await;
    let took = begun.elapsed();
    for result in sent {
        result?;
    }
    let redis = deployment.redis_cpu().await? - redis_before;
    let official = deployment.count(Status::Associated).await?;
    deployment.close().await?;
    if official == claims {
        Ok((took, redis))
    } else {
        Err(BenchError::because(format!("the floor made {official} of {claims} official")))
    }
}

async fn send(store: &Store, commits: &[PreparedCommit]) -> Result<(), BenchError> {
    for chunk in commits.chunks(PIPELINE) {
        store.send(chunk).await.map_err(BenchError::because)?;
    }
    Ok(())
}

/// The six commits of one life, in order.
fn life(deployment: &Deployment, number: usize) -> Result<Vec<PreparedCommit>, BenchError> {
    let (ledger, mut now) = (deployment.ledger(), DateTime::<Utc>::UNIX_EPOCH);
    now += TimeDelta::days(20_777);
    let submission = Arc::new(claims::parsed("floor", number)?);
    let store = ledger.store();
    let partition = store.keys().partition_of_tenant(&submission.customer.tenant_id);
    let id = ClaimId::new(now, partition, (number as u64).to_be_bytes());
    let window = ledger.rules().window().open(&submission, now).map_err(BenchError::because)?;
    let end = window.finalize_at;
    let told = Told { delivered: true, reply: "discarded".to_owned(), mail_sha256: None };
    let steps = [
        (now, Command::Submit(submission)),
        (now, Command::RecordVerdict(Verdict { answer_by: now, ..Verdict::default() })),
        (
            now,
            Command::RecordNoticeSending {
                message_id: format!("<n1.{id}@cpor.example>"),
                link_key: KeyId(1),
            },
        ),
        (
            now,
            Command::RecordNotice(NoticeOutcome::Accepted {
                reply: "discarded".to_owned(),
                mail_sha256: None,
                window: Box::new(window),
            }),
        ),
        (end, Command::Finalize),
        (end, Command::RecordPartnerNotice { outcome: Status::Associated, told }),
    ];
    let mut claim: Option<Claim> = None;
    let mut commands = Vec::with_capacity(steps.len());
    for (at, command) in steps {
        let events = decide(claim.as_ref(), &command, at).map_err(BenchError::because)?;
        let first = claim.as_ref().map_or(1, |claim| claim.revision + 1);
        let history: Vec<Recorded> = (first..)
            .zip(events)
            .map(|(revision, event)| Recorded { revision, at, actor: "worker".to_owned(), event })
            .collect();
        let after = match &claim {
            Some(claim) => history.iter().fold(claim.clone(), Claim::evolve),
            None => Claim::replay(id, &history)
                .ok_or_else(|| BenchError::because("a life has to begin with a submission"))?,
        };
        let commit = Commit {
            before: claim.as_ref(),
            after: &after,
            events: &history,
            lease: None,
            companions: &[],
        };
        let at = StoreInstant { now: at, real: at, skew_ms: None };
        commands.push(store.commit_command(&commit, at).map_err(BenchError::because)?);
        claim = Some(after);
    }
    Ok(commands)
}
