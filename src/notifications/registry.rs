//! What people and programs ask about subscriptions: make, look, change, confirm, leave.
//!
//! Who may ask for which partner's is not asked here.

use chrono::{DateTime, TimeDelta, Utc};

use crate::claim::Finding;
use crate::claim::identity::MpnId;
use crate::clock::Clock;
use crate::link::SubscriptionLink;
use crate::notifications::wish::Wanted;
use crate::notifications::{
    CONFIRM_WITHIN, Delivery, Digests, NotificationSettings, Standing, Subscription,
    SubscriptionId, Wish,
};
use crate::store::{Store, StoreError};

/// Somebody who was just asked for confirmation is not asked again for the same subscription.
const ASK_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// The way to the notifications of a deployment; cheap to clone.
#[derive(Debug, Clone)]
pub struct Notifications {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) settings: NotificationSettings,
}

/// Something that was asked about notifications could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NotificationsError {
    /// There is no such subscription.
    #[error("there is no subscription {0}")]
    NotThere(SubscriptionId),
    /// What is wanted cannot be, for these reasons.
    #[error("{}", .0.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join(" "))]
    Findings(Vec<Finding>),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Notifications {
    /// The notifications of a store.
    #[must_use]
    pub const fn new(store: Store, clock: Clock, settings: NotificationSettings) -> Self {
        Self { store, clock, settings }
    }

    /// Makes a subscription, and has its address asked for confirmation.
    ///
    /// # Errors
    ///
    /// When something is wrong with what is wanted, the partner has too many, the address was asked
    /// too often, or Redis fails.
    pub async fn create(
        &self,
        mpn_id: MpnId,
        wish: &Wish,
    ) -> Result<Subscription, NotificationsError> {
        let Wanted { email, language, kinds, delivery } =
            wish.parse().map_err(NotificationsError::Findings)?;
        let most = self.settings.per_partner_max;
        if self.list(Some(&mpn_id)).await?.len() >= most {
            let message = format!(
                "A partner has at most {most} subscriptions. Remove one first, or ask whoever \
                 runs this deployment to raise notifications.per_partner_max."
            );
            return Err(refused(Finding::WHOLE, "too_many", message));
        }
        let now = self.clock.now().await?;
        let subscription = Subscription {
            id: SubscriptionId::random(),
            mpn_id,
            email,
            language,
            kinds,
            delivery,
            created_at: now,
            standing: Standing::Unconfirmed,
            since: now,
            asked: 1,
            asked_at: now,
            from: self.store.feed_end().await?,
            digests: Digests { until: now, sending: None },
        };
        self.may_ask(&subscription).await?;
        self.store.add_subscription(&subscription).await?;
        self.ask(&subscription).await?;
        Ok(subscription)
    }

    async fn may_ask(&self, subscription: &Subscription) -> Result<(), NotificationsError> {
        if self.store.count_asking(&subscription.email, &subscription.mpn_id).await? {
            return Ok(());
        }
        let message = "This address, or your company, has had too many requests to confirm an \
                       address today. Try again tomorrow.";
        Err(refused("email", "asked_too_often", message))
    }

    /// The mail goes out by the agenda, so that it is sent also when this process ends now.
    async fn ask(&self, subscription: &Subscription) -> Result<(), NotificationsError> {
        let at = self.clock.instant().await?;
        Ok(self.store.plan_tending(subscription, Some(subscription.asked), at.now).await?)
    }

    /// Subscriptions, oldest first: a partner's, or all of them.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn list(
        &self,
        mpn_id: Option<&MpnId>,
    ) -> Result<Vec<Subscription>, NotificationsError> {
        let mut all = self.store.subscriptions().await?;
        all.retain(|subscription| mpn_id.is_none_or(|asked| subscription.mpn_id == *asked));
        Ok(all)
    }

    /// One subscription.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn find(&self, id: SubscriptionId) -> Result<Subscription, NotificationsError> {
        self.store.subscription(id).await?.ok_or(NotificationsError::NotThere(id))
    }

    /// Makes a subscription what is wanted. Another address has to be confirmed anew, and so has
    /// one that is not active, for which this is the way to be asked again.
    ///
    /// # Errors
    ///
    /// As [`Notifications::create`], and when there is none with this id.
    pub async fn change(
        &self,
        id: SubscriptionId,
        wish: &Wish,
    ) -> Result<Subscription, NotificationsError> {
        let wanted = wish.parse().map_err(NotificationsError::Findings)?;
        let before = self.find(id).await?;
        let now = self.clock.now().await?;
        let asks = wanted.email != before.email || self.asks_again(&before, now);
        let from = self.store.feed_end().await?;
        let changed = |subscription: &mut Subscription| {
            // What happened until now was told, or will not be in another way.
            match (&subscription.delivery, &wanted.delivery) {
                (Delivery::AtOnce, Delivery::Daily { .. }) => {
                    subscription.digests = Digests { until: now, sending: None };
                }
                (Delivery::Daily { .. }, Delivery::AtOnce) => subscription.from = from.clone(),
                (Delivery::AtOnce, Delivery::AtOnce)
                | (Delivery::Daily { .. }, Delivery::Daily { .. }) => {}
            }
            subscription.email = wanted.email.clone();
            subscription.language = wanted.language;
            subscription.kinds.clone_from(&wanted.kinds);
            subscription.delivery = wanted.delivery.clone();
            if asks {
                subscription.asked += 1;
                (subscription.asked_at, subscription.since) = (now, now);
                subscription.standing = Standing::Unconfirmed;
            }
        };
        let mut after = before;
        changed(&mut after);
        if asks {
            self.may_ask(&after).await?;
        }
        self.plan_digest(&after, now).await?;
        let after = self.store.change_subscription(id, changed).await?;
        let after = after.ok_or(NotificationsError::NotThere(id))?;
        if asks {
            self.ask(&after).await?;
        }
        Ok(after)
    }

    fn asks_again(&self, before: &Subscription, now: DateTime<Utc>) -> bool {
        match before.standing {
            Standing::Active => false,
            Standing::Unconfirmed => before.asked_at + ASK_AGAIN_AFTER <= now,
            Standing::Suspended { .. } | Standing::Left => true,
        }
    }

    /// Before the subscription is written: an entry too many finds nothing to do, and one too few
    /// would never be missed.
    async fn plan_digest(
        &self,
        subscription: &Subscription,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        match subscription.next_digest(now) {
            Some(due_at) => self.store.plan_tending(subscription, None, due_at).await,
            None => Ok(()),
        }
    }

    /// Removes a subscription; what was on its way to it is dropped.
    ///
    /// # Errors
    ///
    /// When there is none with this id, or Redis fails.
    pub async fn remove(&self, id: SubscriptionId) -> Result<(), NotificationsError> {
        let removed = self.store.remove_subscription(id).await?;
        if removed { Ok(()) } else { Err(NotificationsError::NotThere(id)) }
    }

    /// The subscription that a link is about, if the link is still about its address.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn of_link(
        &self,
        link: &SubscriptionLink,
    ) -> Result<Option<Subscription>, NotificationsError> {
        let found = self.store.subscription(link.id).await?;
        Ok(found.filter(|subscription| subscription.link() == *link))
    }

    /// Whoever reads the address says that it may be told; nothing when the link is too old, or is
    /// not about this address any more.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn confirm(
        &self,
        link: &SubscriptionLink,
    ) -> Result<Option<Subscription>, NotificationsError> {
        let now = self.clock.now().await?;
        let Some(before) = self.of_link(link).await? else { return Ok(None) };
        if before.standing == Standing::Active {
            return Ok(Some(before));
        }
        if before.asked_at + CONFIRM_WITHIN <= now {
            return Ok(None);
        }
        let from = self.store.feed_end().await?;
        let confirmed = |subscription: &mut Subscription| {
            if subscription.link() == *link && subscription.standing != Standing::Active {
                (subscription.standing, subscription.since) = (Standing::Active, now);
                subscription.from = from.clone();
                subscription.digests = Digests { until: now, sending: None };
            }
        };
        let mut after = before;
        confirmed(&mut after);
        self.plan_digest(&after, now).await?;
        Ok(self.store.change_subscription(link.id, confirmed).await?)
    }

    /// Whoever reads the address does not want it to be told; nothing when the link is not about
    /// this address any more.
    ///
    /// # Errors
    ///
    /// When Redis fails.
    pub async fn leave(
        &self,
        link: &SubscriptionLink,
    ) -> Result<Option<Subscription>, NotificationsError> {
        let now = self.clock.now().await?;
        let Some(before) = self.of_link(link).await? else { return Ok(None) };
        if before.standing == Standing::Unconfirmed {
            self.store.ask_no_more(&before.email).await?;
        }
        let left = |subscription: &mut Subscription| {
            if subscription.link() == *link && subscription.standing != Standing::Left {
                (subscription.standing, subscription.since) = (Standing::Left, now);
            }
        };
        Ok(self.store.change_subscription(link.id, left).await?)
    }
}

fn refused(field: &str, code: &'static str, message: impl Into<String>) -> NotificationsError {
    NotificationsError::Findings(vec![Finding::new(field, code, message)])
}
