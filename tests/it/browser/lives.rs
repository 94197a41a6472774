//! Whole lives of customer associations, one for each solution area and activity: from signing in
//! by the wizard, the mail and the customer's page to the association with its figures.

use cpor::claim::Status;
use cpor::testkit::SALES_SUBSCRIPTION;

use super::chromium::Setup;
use super::colleague::{Colleague, Entrance};
use super::figures::bring_in;

/// The customer, and an organization with several locations.
const REGISTRY: &str = include_str!("../../../config/directory.example.toml");
/// The location of the account.
const HOME: &str = "1234567";
const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";

/// What tells one life from another.
struct Life {
    /// The choice of the third step.
    choice: &'static str,
    /// The workload that is claimed; a subscription where there is none.
    workload: Option<&'static str>,
    entrance: Entrance,
    setup: Setup,
    /// The location that claims, where the registry of partners is in force.
    location: Option<&'static str>,
    /// Whether the customer agrees; it says nothing otherwise, and its time passes.
    agrees: bool,
    words: Words,
}

/// What is to be read on the way.
struct Words {
    begin: &'static str,
    told: &'static str,
    waiting: &'static str,
    asked: &'static str,
    agreed: &'static str,
    official: &'static str,
    figures: &'static str,
}

const ENGLISH: Words = Words {
    begin: "New customer association",
    told: "What the customer will be told",
    waiting: "Waiting for the customer",
    asked: "partner.example claims to be your partner of record",
    agreed: "You agreed: partner.example is your partner of record",
    official: "Official",
    figures: "Monthly active users",
};

const TURKISH: Words = Words {
    begin: "Yeni müşteri ilişkilendirmesi",
    told: "Müşteriye ne söylenecek",
    waiting: "Müşteri bekleniyor",
    asked: "kayıtlı iş ortağınız olma talebinde bulundu",
    agreed: "Kabul ettiniz",
    official: "Resmi",
    figures: "Aylık etkin kullanıcılar",
};

impl Life {
    /// In English, by the button, without a word of the customer.
    fn of(choice: &'static str) -> Self {
        let (entrance, setup) = (Entrance::Button, Setup::default());
        let (workload, location, words) = (None, None, ENGLISH);
        Self { choice, workload, entrance, setup, location, agrees: false, words }
    }

    fn asks_for_revenue(&self) -> bool {
        self.choice == "business_revenue"
    }

    async fn runs(self) {
        let colleague = Box::pin(Colleague::open(self.setup, self.entrance)).await;
        colleague.sees(self.words.begin).await;
        if let Some(location) = self.location {
            self.chooses(&colleague, location).await;
        }
        Box::pin(self.prepares(&colleague)).await;
        colleague.sees(self.words.told).await;
        self.looks(&colleague, "summary").await;
        let claim = colleague.submits().await;
        assert_eq!(colleague.world.status(claim).await, Status::Notified);
        colleague.browser.goto(&colleague.browser.url().await).await;
        colleague.sees(self.words.waiting).await;
        colleague.sees("sow.pdf").await;
        self.looks(&colleague, "waiting").await;
        let submission = colleague.world.claim(claim).await.submission;
        assert_eq!(submission.partner.mpn_id.as_str(), self.location.unwrap_or(HOME));
        assert_eq!(submission.revenue.is_some(), self.asks_for_revenue());

        let link = self.opens_the_mail(&colleague).await;
        let before = if self.agrees { Status::Associated } else { Status::Notified };
        assert_eq!(colleague.world.status(claim).await, before);
        colleague.world.travel_to("2027-02-24T09:00:00Z").await;
        assert_eq!(colleague.world.status(claim).await, Status::Associated);

        let item = submission.items[0].key();
        bring_in(&colleague.world, &colleague.http, &item).await;
        colleague.browser.goto(&colleague.http.url("/partner/associations")).await;
        colleague.browser.follow("tbody a").await;
        colleague.sees(self.words.official).await;
        colleague.sees(self.words.figures).await;
        assert!(colleague.browser.url().await.ends_with(&claim.to_string()));
        colleague.browser.find(".chart svg .users path").await;
        colleague.browser.click(".chart summary").await;
        colleague.sees("1204").await;
        self.looks(&colleague, "association").await;
        self.shows_the_customer_the_same(&colleague, &link).await;
        if self.location == Some(HOME) {
            renews(&colleague, &claim.to_string()).await;
        }
        colleague.finish().await;
    }

    /// A location of the organization, among those that the registry has.
    async fn chooses(&self, colleague: &Colleague, location: &str) {
        colleague.world.write_directory(REGISTRY);
        colleague.browser.goto(&colleague.http.url("/partner/new")).await;
        colleague.sees("Bulut Ortak Ankara").await;
        if location != HOME {
            colleague.looks("life-locations").await;
        }
        colleague.browser.click(&format!("input[value='{location}']")).await;
    }

    /// Every step of the wizard, up to the summary.
    async fn prepares(&self, colleague: &Colleague) {
        let browser = &colleague.browser;
        colleague.begins().await;
        browser.click(&format!("input[value={}]", self.choice)).await;
        colleague.goes_on().await;
        colleague.writes(&[("name", "Anadolu 2026")]).await;
        if self.asks_for_revenue() {
            colleague
                .writes(&[
                    ("revenue.solution_seller", "Ece Yıldız"),
                    ("revenue.customer_name", "Anadolu Elektrik"),
                    ("revenue.isv_solution", "GridPlan"),
                ])
                .await;
        }
        self.looks(colleague, "details").await;
        colleague.goes_on().await;
        match self.workload {
            Some(workload) => browser.click(&format!("input[value={workload}]")).await,
            None => {
                browser.click("[name=product] option[value=sales]").await;
                colleague.writes(&[("subscription_id", &SALES_SUBSCRIPTION.to_string())]).await;
            }
        }
        self.looks(colleague, "items").await;
        colleague.goes_on().await;
        browser.click(&format!("#language option[value={}]", self.setup.language)).await;
        colleague.names_people().await;
        let files = colleague.uploads(&["sow.pdf"]).await;
        if !self.setup.java_script {
            browser.follow("#upload button").await;
        }
        browser.find("#proofs input[name=proof]").await;
        drop(files);
        self.looks(colleague, "proof").await;
        colleague.writes(&[("comment", "Pilot in May.")]).await;
        colleague.goes_on().await;
    }

    /// The customer's page, by the link in the mail, and that link.
    async fn opens_the_mail(&self, colleague: &Colleague) -> String {
        let link = colleague.world.link_in_latest_mail_to(CUSTOMER);
        let link = colleague.http.url(&link[link.find("/r/").unwrap()..]);
        let browser = &colleague.browser;
        browser.goto(&link).await;
        colleague.sees(self.words.asked).await;
        self.looks(colleague, "customer").await;
        if self.agrees {
            browser.click("input[name=answer][value=agree]").await;
            browser.follow("form button").await;
            browser.click("input[name=confirm][value=yes]").await;
            browser.follow("form button").await;
            colleague.world.settle().await;
            colleague.sees(self.words.agreed).await;
        }
        link
    }

    /// The customer finds what the partner is shown, from the same link.
    async fn shows_the_customer_the_same(&self, colleague: &Colleague, link: &str) {
        colleague.browser.goto(link).await;
        colleague.browser.follow("a[href*='/c/']").await;
        colleague.browser.follow("a[href*='figures=']").await;
        colleague.sees(self.words.figures).await;
        colleague.browser.find(".chart svg .users path").await;
        self.looks(colleague, "customer-figures").await;
    }

    /// Pictures of the life in Turkish; the others look alike.
    async fn looks(&self, colleague: &Colleague, page: &str) {
        if self.setup.language == "tr" {
            colleague.looks(&format!("life-tr-{page}")).await;
        }
    }
}

/// The subscription ends soon, and the claim that takes the place of this one is begun.
async fn renews(colleague: &Colleague, claim: &str) {
    colleague.world.travel_to("2027-06-10T09:00:00Z").await;
    colleague.browser.goto(&colleague.http.url(&format!("/partner/claims/{claim}"))).await;
    colleague.sees("The subscription ends after Wednesday 30 June 2027").await;
    colleague.looks("life-renewal").await;
    colleague.browser.follow("#renewal button").await;
    colleague.sees("Exactly what you claim").await;
    colleague.browser.find("[name=product] option[value=sales][selected]").await;
}

#[tokio::test]
async fn usage_of_microsoft_365_for_another_location_of_the_organization() {
    let (entrance, workload) = (Entrance::Issuer, Some("teams"));
    let (location, life) = (Some("1234568"), Life::of("microsoft_365_usage"));
    Life { entrance, workload, location, agrees: true, ..life }.runs().await;
}

#[tokio::test]
async fn usage_of_a_subscription() {
    Life::of("business_usage").runs().await;
}

#[tokio::test]
async fn pre_sales_of_a_subscription_without_scripts() {
    let setup = Setup { java_script: false, ..Setup::default() };
    Life { setup, agrees: true, ..Life::of("business_presales") }.runs().await;
}

#[tokio::test]
async fn pre_sales_and_usage_of_a_subscription_and_its_renewal() {
    Life { location: Some(HOME), ..Life::of("business_both") }.runs().await;
}

#[tokio::test]
async fn revenue_association_in_turkish_with_the_account_of_the_organization() {
    let setup = Setup { language: "tr", ..Setup::default() };
    let (entrance, words) = (Entrance::Issuer, TURKISH);
    Life { entrance, setup, words, ..Life::of("business_revenue") }.runs().await;
}
