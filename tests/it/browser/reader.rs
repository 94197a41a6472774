//! A customer with a browser and the mail of a notice.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::{HttpServer, World, a_claim};
use cpor_jobs::{CustomerContact, SubmitClaim};

use super::chromium::{Browser, Setup};

/// The Friday on which a claim is submitted and its notice accepted.
const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// The contact of `a_claim`.
const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";
/// Who decides instead: name, job title, address.
pub const RIGHT_PERSON: [&str; 3] =
    ["Selin Aydın", "Genel Müdür", "selin.aydin@anadoluelektrik.com.tr"];

/// A customer who reads the page of a notice.
pub struct Reader {
    pub world: World,
    pub claim: ClaimId,
    pub browser: Browser,
    submission: SubmitClaim,
    server: HttpServer,
}

impl Reader {
    /// Opens the link in the mail of a notice, in English.
    pub async fn of_a_notice(setup: Setup) -> Self {
        let reader = Self::with_mail(setup, a_claim()).await;
        reader.opens_the_link_in_the_mail_to(CUSTOMER).await;
        reader
    }

    /// Opens the link without asking for a language.
    pub async fn with_the_link_as_it_is(setup: Setup, claim: SubmitClaim) -> Self {
        let reader = Box::pin(Self::with_mail(setup, claim)).await;
        reader.browser.goto(&reader.link_in_the_mail_to(CUSTOMER)).await;
        reader
    }

    async fn with_mail(setup: Setup, submission: SubmitClaim) -> Self {
        let world = World::starting(FRIDAY).await;
        let server = world.serve().await;
        let claim = world.submit(submission.clone()).await;
        Self { world, claim, browser: Browser::open(setup).await, submission, server }
    }

    /// The link as it was mailed, at the address where this server happens to listen.
    fn link_in_the_mail_to(&self, address: &str) -> String {
        let link = self.world.link_in_latest_mail_to(address);
        self.server.url(&link[link.find("/r/").unwrap()..])
    }

    pub async fn opens_the_link_in_the_mail_to(&self, address: &str) {
        self.browser.goto(&format!("{}?lang=en", self.link_in_the_mail_to(address))).await;
    }

    pub async fn reloads(&self) {
        self.browser.goto(&self.browser.url().await).await;
    }

    /// Looks for words on the page.
    #[track_caller]
    pub fn sees(&self, words: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if let Err(text) = self.browser.waits_for(words).await {
                panic!("{caller}: `{words}` is not on the page:\n{text}");
            }
        }
    }

    pub async fn continues(&self) {
        self.browser.follow("form button").await;
    }

    /// The first step of an answer.
    pub async fn chooses(&self, answer: &str) {
        self.browser.click(&format!("input[name=answer][value={answer}]")).await;
        self.continues().await;
    }

    /// The second step.
    pub async fn confirms(&self) {
        self.browser.click("input[name=confirm][value=yes]").await;
        self.continues().await;
        self.world.settle().await;
    }

    /// Both steps.
    pub async fn answers(&self, answer: &str) {
        self.chooses(answer).await;
        self.confirms().await;
    }

    pub async fn status(&self) -> Status {
        self.world.settle().await;
        self.world.status(self.claim).await
    }

    /// The partner sends the claim again with the contact that was named.
    pub async fn partner_confirms_the_contact(&self) {
        let [name, title, email] = RIGHT_PERSON;
        let mut corrected = self.submission.clone();
        corrected.customer.contact = CustomerContact::new(name, title, email);
        self.world.amend(self.claim, &corrected).await.unwrap();
    }

    pub async fn finish(self) {
        drop(self.browser);
        self.world.finish().await;
    }
}
