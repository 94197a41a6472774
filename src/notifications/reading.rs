//! Reading an inbox: its entries in words, with what the claims they are about say now.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use crate::calendar::Language;
use crate::claim::identity::MpnId;
use crate::claim::{Claim, ClaimId};
use crate::notifications::{
    About, Cursor, Entry, NotificationView, Notifications, NotificationsError, answer_by,
    ends_soon, sentence,
};

/// Claims that are read at once.
const AT_ONCE: usize = 32;

/// Which part of an inbox is read: the newest entries unless a place is given.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Only what comes before this place: the next page.
    pub before: Option<Cursor>,
    /// Only what comes after this place: what is new to somebody who was there.
    pub since: Option<Cursor>,
    /// At most so many entries.
    pub limit: usize,
}

/// A part of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The entries, newest first.
    pub notifications: Vec<NotificationView>,
    /// Whether there is more before the last of them.
    pub more: bool,
}

impl Notifications {
    /// A part of a partner's inbox, newest first.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn inbox(
        &self,
        mpn_id: &MpnId,
        read: &Read,
        language: Language,
    ) -> Result<Inbox, NotificationsError> {
        let kept_from = self.clock.now().await? - TimeDelta::days(self.settings.inbox_days.into());
        let mut entries = self.store.inbox(mpn_id, read, kept_from).await?;
        let more = entries.len() > read.limit;
        entries.truncate(read.limit);
        let claims = self.claims_of(&entries).await?;
        let view = |entry: &Entry| view(entry, &claims, language);
        Ok(Inbox { notifications: entries.iter().map(view).collect(), more })
    }

    /// The claims that entries are about, as far as they are here.
    async fn claims_of(
        &self,
        entries: &[Entry],
    ) -> Result<BTreeMap<ClaimId, Claim>, NotificationsError> {
        let mut ids: Vec<ClaimId> = entries.iter().filter_map(claim_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let read = async |id| self.store.claim(id).await.map(|claim| claim.map(|c| (id, c)));
        let found = iter(ids).map(read).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

fn claim_of(entry: &Entry) -> Option<ClaimId> {
    match &entry.about {
        About::Event { claim_id, .. } => Some(*claim_id),
        About::Suspended { .. } => None,
    }
}

fn view(entry: &Entry, claims: &BTreeMap<ClaimId, Claim>, language: Language) -> NotificationView {
    let (about, claim_id) = (&entry.about, claim_of(entry));
    let claim = claim_id.and_then(|id| claims.get(&id));
    let (revision, subscription_id) = match about {
        About::Event { revision, .. } => (Some(*revision), None),
        About::Suspended { subscription_id } => (None, Some(subscription_id.to_string())),
    };
    NotificationView {
        cursor: Cursor::from(entry).to_string(),
        at: entry.at,
        kind: about.kind(),
        event: about.event().to_owned(),
        text: sentence(about.event(), about.kind(), language).to_owned(),
        claim_id: claim_id.map(|id| id.to_string()),
        revision,
        claim_name: claim.map(|claim| claim.submission.name.as_str().to_owned()),
        customer_domain: claim.map(|claim| claim.submission.customer.domain.unicode().to_owned()),
        status: claim.map(Claim::status),
        due_at: claim.and_then(due_at),
        subscription_id,
    }
}

/// Until when the partner has to answer, or the customer may.
fn due_at(claim: &Claim) -> Option<DateTime<Utc>> {
    answer_by(claim).or_else(|| ends_soon(claim).map(|(_, closes_at)| closes_at))
}
