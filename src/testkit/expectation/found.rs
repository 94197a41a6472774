//! What is found of a claim when something is expected of it, and the words for it.

use crate::calendar::Zone;
use crate::claim::state::State;
use crate::claim::{Claim, ClaimId, Finding, ItemKey, Recorded};
use crate::testkit::World;
use crate::testkit::smtp::Received;
use crate::testkit::timeline::{codes, moment};
use crate::testkit::world::in_words;
use crate::usage_access::{Access, Question, access};
use crate::view::reason;

/// A claim and everything that can be expected of it.
pub(super) struct Found {
    pub(super) claim: Claim,
    pub(super) history: Vec<Recorded>,
    /// The mails about the claim, in the order in which they came.
    pub(super) mails: Vec<Received>,
    /// Per item of the claim.
    pub(super) usage: Vec<Usage>,
}

/// Whether the partner sees an item's usage data.
pub(super) struct Usage {
    item: String,
    answer: Access,
}

impl Usage {
    /// The claim because of which it does.
    pub(super) const fn open_by(&self) -> Option<ClaimId> {
        match &self.answer {
            Access::Granted { claim_id, .. } => Some(*claim_id),
            Access::Denied(_) => None,
        }
    }
}

impl Found {
    /// Everything, or what was in the way.
    pub(super) async fn read(world: &World, id: ClaimId) -> Result<Self, String> {
        let store = world.ledger().store();
        let claim = store.claim(id).await.map_err(|error| in_words(&error))?;
        let claim = claim.ok_or_else(|| {
            let namespace = world.namespace();
            format!("there is no claim {id} in this world, which is {namespace}")
        })?;
        let history = store.history(id).await.map_err(|error| in_words(&error))?;
        let mut mails = world.mails();
        mails.retain(|mail| mail.claim_id() == Some(id));
        let usage = usage(world, &claim).await?;
        Ok(Self { claim, history, mails, usage })
    }

    pub(super) fn name(&self) -> &str {
        self.claim.submission.name.as_str()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &'static str> {
        self.history.iter().map(|recorded| recorded.event.name())
    }

    pub(super) fn findings(&self) -> &[Finding] {
        match &self.claim.state {
            State::ActionRequired { findings, .. } | State::Disqualified { findings } => findings,
            State::Refused(refused) => &refused.findings,
            State::Disputed(disputed) => &disputed.refusal.findings,
            _ => &[],
        }
    }

    /// The customer's zone, where a window has been computed in it.
    pub(super) fn zone(&self) -> Option<&Zone> {
        self.claim.window().map(|window| &window.deadline.zone)
    }

    /// Where the claim stands, and what is known there.
    pub(super) fn standing(&self) -> String {
        let claim = &self.claim;
        let mut words = claim.status().to_string();
        match &claim.state {
            State::Associated { association } => {
                words.push_str(&format!(" since {}", moment(association.since, self.zone())));
            }
            State::Rejected { received_at, .. } => {
                words.push_str(&format!(", received at {}", moment(*received_at, None)));
            }
            _ => {}
        }
        if let Some(window) = claim.window() {
            words.push_str(&format!(", window until {}", moment(window.closes_at(), self.zone())));
        }
        if !self.findings().is_empty() {
            words.push_str(&format!(": {}", codes(self.findings())));
        } else if let Some(reason) = reason(&claim.state) {
            words.push_str(&format!(": {reason}"));
        }
        words
    }

    pub(super) fn mails_in_words(&self) -> String {
        let mails = self.mails.iter().map(|mail| {
            let kind = mail.kind().map_or("mail", |kind| kind.name());
            format!("{kind} -> {}", mail.to)
        });
        format!("mails [{}]", mails.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn usage_in_words(&self) -> String {
        let items = self.usage.iter().map(|usage| match &usage.answer {
            Access::Granted { since, claim_id } => {
                let since = moment(*since, self.zone());
                format!("{} is open since {since} by claim {claim_id}", usage.item)
            }
            Access::Denied(why) => format!("{} is not open: {}", usage.item, why.sentence()),
        });
        items.collect::<Vec<_>>().join(", ")
    }
}

/// What the usage-data service would answer for each item.
async fn usage(world: &World, claim: &Claim) -> Result<Vec<Usage>, String> {
    let submission = &claim.submission;
    let now = world.ledger().clock().now().await.map_err(|error| in_words(&error))?;
    let mut usage = Vec::new();
    for item in &submission.items {
        let item = item.key();
        let question = Question {
            mpn_id: submission.partner.mpn_id.clone(),
            tenant_id: submission.customer.tenant_id,
            item: ItemKey::parse(&item).map_err(|finding| finding.message)?,
        };
        let answer =
            access(world.ledger(), &question, now).await.map_err(|error| in_words(&error))?;
        usage.push(Usage { item, answer });
    }
    Ok(usage)
}
