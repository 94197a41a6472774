//! A partner's people prepare customer associations in a browser, from signing in to the claim.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::{CUSTOMER_TENANT, HttpServer, SALES_SUBSCRIPTION, World, a_claim_of};
use fantoccini::key::Key;

use super::chromium::{Browser, Setup};
use crate::http::proofs::files;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const DEVELOPER: [(&str, &str); 2] =
    [("access.development_user.name", "Ece Yıldız"), ("access.development_user.mpn_id", "1234567")];
const WIDE: u32 = 1_280;
const NARROW: u32 = 400;
const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Somebody of a partner who has signed in.
struct Colleague {
    world: World,
    http: HttpServer,
    browser: Browser,
}

impl Colleague {
    async fn open(setup: Setup) -> Self {
        let world = World::configured(FRIDAY, &DEVELOPER).await;
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        browser.goto(&http.url("/partner/new")).await;
        browser.follow("button[name=development]").await;
        Self { world, http, browser }
    }

    #[track_caller]
    fn sees(&self, words: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if let Err(text) = self.browser.waits_for(words).await {
                panic!("{caller}: `{words}` is not on the page:\n{text}");
            }
        }
    }

    async fn goes_on(&self) {
        self.browser.follow("#step button[value=next]").await;
    }

    async fn writes(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.browser.write(&format!("[name=\"{name}\"]"), text).await;
        }
    }

    /// The first two steps, whatever is claimed.
    async fn begins(&self) {
        self.browser.follow("main form button").await;
        let tenant = CUSTOMER_TENANT.to_string();
        self.writes(&[
            ("customer.tenant_id", &tenant),
            ("customer.domain", "anadoluelektrik.com.tr"),
            ("customer.country", "TR"),
        ])
        .await;
        self.goes_on().await;
    }

    async fn names_people(&self) {
        self.writes(&[
            ("partner.contact.name", "Ece Yıldız"),
            ("partner.contact.email", "ece.yildiz@partner.example"),
            ("customer.contact.name", "Mert Kaya"),
            ("customer.contact.title", "BT Müdürü"),
            ("customer.contact.email", "mert.kaya@anadoluelektrik.com.tr"),
        ])
        .await;
        self.goes_on().await;
    }

    /// Two files at once, of which one is no document. They are read one after the other.
    async fn uploads(&self) -> tempfile::TempDir {
        let folder = tempfile::TempDir::with_prefix("cpor-upload-").unwrap();
        let paths = ["sow.pdf", "setup.exe"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], files::pdf("")).unwrap();
        std::fs::write(&paths[1], b"MZ").unwrap();
        let paths = paths.map(|path| path.display().to_string()).join("\n");
        self.browser.write("input[type=file]", &paths).await;
        folder
    }

    async fn proves(&self) {
        self.browser.click("details.action summary").await;
        self.writes(&[
            ("elsewhere.name", "sow.pdf"),
            ("elsewhere.location", "https://files.partner.example/sow.pdf"),
            ("elsewhere.sha256", SHA256),
            ("comment", "Pilot in May."),
        ])
        .await;
        self.goes_on().await;
    }

    /// The claim that it has become.
    async fn submits(&self) -> ClaimId {
        self.browser.follow("#submit").await;
        self.world.settle().await;
        let url = self.browser.url().await;
        let (_, id) = url.rsplit_once("/partner/claims/").unwrap_or_else(|| panic!("{url}"));
        ClaimId::parse(id).unwrap()
    }

    /// Pictures in both colors and widths; the page fits each.
    async fn looks(&self, name: &str) {
        for (width, size) in [(WIDE, "wide"), (NARROW, "400")] {
            for (is_dark, color) in [(false, "light"), (true, "dark")] {
                self.browser.becomes(width, is_dark).await;
                let fits = "return document.documentElement.scrollWidth";
                assert_eq!(self.browser.run(fits).await, width, "{name} {size}");
                self.browser.screenshot(&format!("wizard-{name}-{size}-{color}")).await;
            }
        }
        self.browser.becomes(WIDE, false).await;
    }

    async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(60)).await;
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn every_step_is_looked_at_on_the_way_to_a_claim_on_microsoft_365() {
    let colleague = Colleague::open(Setup::default()).await;
    let browser = &colleague.browser;
    colleague.world.submit(a_claim_of("7654321")).await;
    colleague.sees("New customer association").await;
    colleague.looks("new").await;
    browser.follow("main form button").await;
    let tenant = CUSTOMER_TENANT.to_string();
    colleague.writes(&[("customer.tenant_id", &tenant), ("customer.domain", "contoso.com")]).await;
    colleague.sees("No tenant has this domain.").await;
    colleague.writes(&[("customer.country", "Turkey")]).await;
    colleague.goes_on().await;
    colleague.sees("This is not the code of a country.").await;
    colleague.looks("customer-wrong").await;
    browser.find("[name=\"customer.country\"]").await.clear().await.unwrap();
    browser.find("[name=\"customer.domain\"]").await.clear().await.unwrap();
    colleague.writes(&[("customer.domain", "anadoluelektrik.com.tr")]).await;
    colleague.sees("The domain belongs to this tenant.").await;
    colleague.writes(&[("customer.country", "TR")]).await;
    colleague.goes_on().await;
    // Two questions, of which one is enough here.
    browser.click("details.action summary").await;
    browser.click("input[name=about][value=microsoft_365]").await;
    colleague.looks("activity-asked").await;
    browser.follow("button[value=pick]").await;
    colleague.sees("So it is: Microsoft 365: usage").await;
    colleague.looks("activity").await;
    colleague.goes_on().await;
    colleague.writes(&[("name", "Teams rollout")]).await;
    colleague.looks("details").await;
    colleague.goes_on().await;
    browser.click("input[value=teams]").await;
    colleague.sees("Microsoft Teams is held or claimed by another partner.").await;
    assert!(!browser.text().await.contains("7654321"));
    colleague.looks("items").await;
    browser.click("input[value=teams]").await;
    browser.click("input[value=intune]").await;
    colleague.goes_on().await;
    colleague.looks("contacts").await;
    colleague.names_people().await;
    let files = colleague.uploads().await;
    colleague.sees("sow.pdf uploaded").await;
    colleague.sees("Not every file was accepted:").await;
    drop(files);
    colleague.looks("proof").await;
    colleague.writes(&[("comment", "Pilot in May.")]).await;
    colleague.goes_on().await;
    colleague.sees("What the customer will be told").await;
    colleague.sees("The customer could say no before Saturday 28 November 2026, 00:00").await;
    colleague.looks("summary").await;
    browser.goto(&colleague.http.url("/partner/drafts")).await;
    colleague.looks("drafts").await;
    browser.follow("tbody a").await;
    let claim = colleague.submits().await;
    assert_eq!(colleague.world.status(claim).await, Status::Notified);
    let submission = colleague.world.claim(claim).await.submission;
    assert_eq!(submission.source.as_str(), "mpn-1234567");
    assert_eq!(submission.comment.as_ref().unwrap().as_str(), "Pilot in May.");
    colleague.finish().await;
}

/// From signing in to a claim on a subscription.
async fn claims_a_subscription(setup: Setup, choice: &str, revenue: bool) {
    let colleague = Colleague::open(setup).await;
    let browser = &colleague.browser;
    colleague.begins().await;
    browser.click(&format!("input[value={choice}]")).await;
    colleague.goes_on().await;
    colleague.writes(&[("name", "Dynamics 365 Sales")]).await;
    if revenue {
        colleague
            .writes(&[
                ("revenue.solution_seller", "Ece Yıldız"),
                ("revenue.customer_name", "Anadolu Elektrik"),
                ("revenue.isv_solution", "GridPlan"),
            ])
            .await;
    }
    colleague.goes_on().await;
    browser.click("[name=product] option[value=sales]").await;
    colleague.writes(&[("subscription_id", &SALES_SUBSCRIPTION.to_string())]).await;
    if choice == "business_usage" {
        colleague.looks("subscriptions").await;
    }
    colleague.goes_on().await;
    colleague.names_people().await;
    colleague.proves().await;
    let claim = colleague.submits().await;
    assert_eq!(colleague.world.status(claim).await, Status::Notified, "{choice}");
    colleague.finish().await;
}

#[tokio::test]
async fn usage_of_a_subscription_is_claimed() {
    claims_a_subscription(Setup::default(), "business_usage", false).await;
}

#[tokio::test]
async fn without_scripts_pre_sales_of_a_subscription_are_claimed() {
    let setup = Setup { java_script: false, ..Setup::default() };
    claims_a_subscription(setup, "business_presales", false).await;
}

#[tokio::test]
async fn pre_sales_and_usage_are_claimed_together() {
    claims_a_subscription(Setup::default(), "business_both", false).await;
}

#[tokio::test]
async fn in_turkish_revenue_association_asks_for_its_three_names() {
    let setup = Setup { language: "tr", ..Setup::default() };
    claims_a_subscription(setup, "business_revenue", true).await;
}

#[tokio::test]
async fn a_keyboard_is_enough_and_the_way_back_works() {
    let colleague = Colleague::open(Setup { language: "tr", ..Setup::default() }).await;
    let browser = &colleague.browser;
    colleague.sees("Yeni müşteri ilişkilendirmesi").await;
    browser.press(Key::Tab).await;
    assert!(browser.has_focus(".skip").await, "the first stop leads past the navigation");
    browser.tab_to("main form button").await;
    browser.press(Key::Enter).await;
    browser.tab_to("[name=\"customer.country\"]").await;
    browser.write("[name=\"customer.country\"]", "TR").await;
    browser.press(Key::Enter).await;
    colleague.sees("Ne yaptınız?").await;
    colleague.looks("turkish").await;
    browser.run("history.back()").await;
    colleague.sees("Kiracı kimliği").await;
    let country = browser.run("return document.getElementById('customer.country').value").await;
    assert_eq!(country, "TR");
    colleague.finish().await;
}

#[tokio::test]
async fn who_saves_the_same_field_as_a_colleague_sees_both_versions() {
    let colleague = Colleague::open(Setup::default()).await;
    let browser = &colleague.browser;
    browser.follow("main form button").await;
    let url = browser.url().await;
    let id = url.rsplit('/').nth(1).unwrap();
    let details = colleague.http.url(&format!("/partner/drafts/{id}/details"));
    browser.goto(&details).await;
    let drafts = colleague.world.app().drafts();
    let partner = cpor::claim::identity::MpnId::parse("1234567").unwrap();
    let draft = cpor::drafts::DraftId::parse(id).unwrap();
    let rename = |content: &mut cpor::drafts::DraftContent| content.name = Some("Exchange".into());
    drafts.merge(&partner, draft, 1, rename, "Ben Arslan").await.unwrap();
    colleague.writes(&[("name", "Teams")]).await;
    colleague.goes_on().await;
    colleague.sees("Ben Arslan has saved the same field meanwhile.").await;
    colleague.looks("conflict").await;
    assert_eq!(drafts.find(None, draft).await.unwrap().content.name.as_deref(), Some("Exchange"));
    colleague.goes_on().await;
    assert_eq!(drafts.find(None, draft).await.unwrap().content.name.as_deref(), Some("Teams"));
    colleague.finish().await;
}
