//! What a test looks at in a world.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use redis::aio::MultiplexedConnection;
use uuid::Uuid;

use super::{World, or_fail};
use crate::check::{InvariantReport, Patience, check};
use crate::claim::identity::TenantId;
use crate::claim::{Claim, ClaimId, Recorded, Status};
use crate::ledger::Ledger;
use crate::link::Links;
use crate::notifications::Notifications;
use crate::store::dead::DeadEntry;
use crate::store::feed::Feed;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::testkit::Expectation;
use crate::testkit::smtp::{Received, SmtpServer};
use crate::testkit::timeline::{About, Timeline, read_without_runtime};
use crate::webhook::Webhooks;

#[expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics, and says why")]
#[expect(clippy::panic, reason = "a test that cannot go on panics, and says why")]
impl World {
    /// Begins a sentence about a claim: `world.expect(claim).associated_at("…").await`.
    #[track_caller]
    pub fn expect(&self, id: ClaimId) -> Expectation<'_> {
        Expectation::of(self, id)
    }

    /// What has happened in this world and what is planned, for people.
    pub async fn timeline(&self) -> Timeline {
        self.timeline_about(About::Everything).await
    }

    /// What a test reads that has failed because of this claim.
    pub(in crate::testkit) async fn timeline_of_failure(&self, id: ClaimId) -> Timeline {
        self.shown.store(true, Ordering::Relaxed);
        self.timeline_about(About::Claim(id)).await
    }

    async fn timeline_about(&self, about: About) -> Timeline {
        Timeline::read(self.ledger().store(), &self.mails(), about, self.last_seen()).await
    }

    /// The same where nobody can wait.
    pub(super) fn timeline_without_runtime(&self) -> Timeline {
        read_without_runtime(self.ledger().store(), self.mails(), self.last_seen())
    }

    /// The time as this process has last seen it.
    fn last_seen(&self) -> DateTime<Utc> {
        self.ledger().clock().working_instant().now
    }

    /// The one door to the claims of this world.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.app.ledger
    }

    /// What `cpor check` finds wrong in this world, which should be nothing.
    pub async fn broken_invariants(&self) -> Vec<InvariantReport> {
        let documents = self.app.documents(or_fail("open the documents", self.app.depot()));
        let patience = Patience::of(&self.app.settings);
        let reports = or_fail("check", check(self.ledger(), &documents, patience).await);
        reports.into_iter().filter(|report| report.violations > 0).collect()
    }

    /// The webhooks of this world.
    #[must_use]
    pub fn webhooks(&self) -> Webhooks {
        self.app.webhooks()
    }

    /// The notifications of this world.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        self.app.notifications()
    }

    /// The feed of this world.
    #[must_use]
    pub const fn feed(&self) -> &Feed {
        &self.app.feed
    }

    /// The mail server of this world.
    #[must_use]
    pub const fn smtp(&self) -> &SmtpServer {
        &self.smtp
    }

    /// The file of the static tenant directory; a change is noticed at the next look-up.
    #[must_use]
    pub fn directory_file(&self) -> PathBuf {
        self.folder.path().join("directory.toml")
    }

    /// A connection of its own to the Redis server of this world.
    pub async fn redis(&self) -> MultiplexedConnection {
        let client = or_fail("read the address", redis::Client::open(self.redis_url()));
        or_fail("connect to Redis", client.get_multiplexed_async_connection().await)
    }

    /// Where the Redis server of this world listens; other worlds share it.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        self.ledger().store().url()
    }

    /// The namespace that keeps this world apart from others.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.ledger().store().keys().namespace()
    }

    /// The end of the claim's window.
    pub async fn closes_at(&self, id: ClaimId) -> DateTime<Utc> {
        let claim = self.claim(id).await;
        let window = claim.window().unwrap_or_else(|| panic!("{id} has no window"));
        window.closes_at()
    }

    /// The usage-data grants on the customer's tenant: `<partner> <item>`, in order.
    pub async fn grants(&self, tenant_id: Uuid) -> Vec<String> {
        let tenant_id = or_fail("read the tenant", TenantId::parse(&tenant_id.to_string()));
        let key = self.ledger().store().keys().grants(&tenant_id);
        let mut connection = self.redis().await;
        let found: Result<Vec<String>, _> =
            redis::cmd("HKEYS").arg(key).query_async(&mut connection).await;
        let mut grants = or_fail("read the grants", found);
        grants.sort();
        grants
    }

    /// The virtual time.
    pub async fn now(&self) -> DateTime<Utc> {
        or_fail("read the clock", self.ledger().clock().now().await)
    }

    /// The claim as it is now.
    pub async fn claim(&self, id: ClaimId) -> Claim {
        let found = or_fail("read the claim", self.ledger().store().claim(id).await);
        found.unwrap_or_else(|| panic!("there is no claim {id}"))
    }

    /// Where the claim stands.
    pub async fn status(&self, id: ClaimId) -> Status {
        self.claim(id).await.status()
    }

    /// Every claim of this world, the newest first.
    pub async fn claims(&self) -> Vec<Claim> {
        let first = Search::new(ClaimFilter::default(), Order::Newest, PageSize::MAX);
        let (mut claims, mut search) = (Vec::new(), first.clone());
        loop {
            let page = or_fail("list claims", self.ledger().store().search(&search).await);
            claims.extend(page.entries);
            let Some(next) = page.next else { return claims };
            search = or_fail("go on listing claims", first.clone().after(&next));
        }
    }

    /// Where every claim of this world stands, the newest first.
    pub async fn statuses(&self) -> Vec<Status> {
        self.claims().await.iter().map(|claim| claim.status()).collect()
    }

    /// Everything that has happened to the claim.
    pub async fn history(&self, id: ClaimId) -> Vec<Recorded> {
        or_fail("read the history", self.ledger().store().history(id).await)
    }

    /// The names of everything that has happened to the claim.
    pub async fn events(&self, id: ClaimId) -> Vec<&'static str> {
        self.history(id).await.iter().map(|recorded| recorded.event.name()).collect()
    }

    /// The mails that were accepted so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Received> {
        self.smtp.received()
    }

    /// The plain text of the newest mail to an address, on one line.
    #[must_use]
    pub fn latest_mail_to(&self, address: &str) -> String {
        let mails = self.mails();
        let mail = mails.iter().rfind(|mail| mail.to == address);
        mail.unwrap_or_else(|| panic!("there is no mail to {address}")).text()
    }

    /// The addresses of the pages in the newest mail to an address, in the order in which they
    /// stand there.
    #[must_use]
    pub fn links_in_latest_mail_to(&self, address: &str) -> Vec<String> {
        let text = self.latest_mail_to(address);
        let words = text.split_whitespace().filter(|word| word.starts_with("http"));
        words.map(str::to_owned).collect()
    }

    /// The page on which the newest mail to an address is answered.
    #[must_use]
    pub fn link_in_latest_mail_to(&self, address: &str) -> String {
        let links = self.links_in_latest_mail_to(address).into_iter();
        let mut pages = links.filter(|link| link.contains("/r/"));
        pages.next().unwrap_or_else(|| panic!("no page is linked in the newest mail to {address}"))
    }

    /// The addresses of the customer's pages, and what their tokens say.
    #[must_use]
    pub fn links(&self) -> Links {
        self.app.links()
    }

    /// What is left to a person.
    pub async fn dead_letters(&self) -> Vec<DeadEntry> {
        or_fail("list dead letters", self.ledger().store().dead_letters().await)
    }
}
