//! Somebody of a partner at a browser, who prepares a customer association.

use cpor::claim::ClaimId;
use cpor::testkit::issuer::{CLIENT, Issuer};
use cpor::testkit::{CUSTOMER_TENANT, HttpServer, World};
use serde_json::json;
use tempfile::TempDir;

use super::chromium::{Browser, Setup};
use crate::http::proofs::files;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const WIDE: u32 = 1_280;
const NARROW: u32 = 400;

/// How somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// By the button of a developer's machine.
    Button,
    /// With the account of the organization, at its issuer.
    Issuer,
}

/// Somebody of partner 1234567 who has signed in, at the first step.
pub struct Colleague {
    pub world: World,
    pub http: HttpServer,
    pub browser: Browser,
    _issuer: Issuer,
}

/// An address at which nobody listens, for a server that has to know its own.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

impl Colleague {
    pub async fn open(setup: Setup, entrance: Entrance) -> Self {
        let (issuer, address) = (Issuer::start().await.unwrap(), free_address());
        let settings = [
            ("http.public_url", address.as_str()),
            ("access.oidc.issuer", issuer.url()),
            ("access.oidc.audience", "cpor"),
            ("access.oidc.client_id", CLIENT.0),
            ("access.oidc.client_secret", CLIENT.1),
            ("access.development_user.name", "Ece Yıldız"),
            ("access.development_user.mpn_id", "1234567"),
        ];
        let world = World::configured(FRIDAY, &settings).await;
        let now = world.ledger().clock().real().timestamp();
        issuer.lets_in(Some(json!({
            "iss": issuer.url(), "aud": CLIENT.0, "sub": "ece", "exp": now + 300, "iat": now,
            "roles": ["incentives_admin"], "partner": "1234567", "name": "Ece Yıldız",
        })));
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        browser.goto(&http.url("/partner/new")).await;
        browser
            .follow(match entrance {
                Entrance::Button => "button[name=development]",
                Entrance::Issuer => "#issuer",
            })
            .await;
        Self { world, http, browser, _issuer: issuer }
    }

    #[track_caller]
    pub fn sees(&self, words: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if let Err(text) = self.browser.waits_for(words).await {
                panic!("{caller}: `{words}` is not on the page:\n{text}");
            }
        }
    }

    pub async fn goes_on(&self) {
        self.browser.follow("#step button[value=next]").await;
    }

    pub async fn writes(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.browser.write(&format!("[name=\"{name}\"]"), text).await;
        }
    }

    /// The first two steps, whatever is claimed.
    pub async fn begins(&self) {
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

    pub async fn names_people(&self) {
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

    /// Chooses files of these names at once; those that are no PDF are no documents either. They
    /// are read one after the other.
    pub async fn uploads(&self, names: &[&str]) -> TempDir {
        let folder = TempDir::with_prefix("cpor-upload-").unwrap();
        let write = |name: &&str| {
            let path = folder.path().join(name);
            let is_pdf = path.extension().is_some_and(|extension| extension == "pdf");
            let bytes = if is_pdf { files::pdf("") } else { b"MZ".to_vec() };
            std::fs::write(&path, bytes).unwrap();
            path.display().to_string()
        };
        let paths: Vec<String> = names.iter().map(write).collect();
        self.browser.write("input[type=file]", &paths.join("\n")).await;
        folder
    }

    /// The claim that it has become.
    pub async fn submits(&self) -> ClaimId {
        self.browser.follow("#submit").await;
        self.world.settle().await;
        let url = self.browser.url().await;
        let (_, id) = url.rsplit_once("/partner/claims/").unwrap_or_else(|| panic!("{url}"));
        ClaimId::parse(id).unwrap()
    }

    /// Pictures in both colors and widths; the page fits each.
    pub async fn looks(&self, name: &str) {
        for (width, size) in [(WIDE, "wide"), (NARROW, "400")] {
            for (is_dark, color) in [(false, "light"), (true, "dark")] {
                self.browser.becomes(width, is_dark).await;
                let fits = "return document.documentElement.scrollWidth";
                assert_eq!(self.browser.run(fits).await, width, "{name} {size}");
                self.browser.screenshot(&format!("{name}-{size}-{color}")).await;
            }
        }
        self.browser.becomes(WIDE, false).await;
    }

    pub async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(60)).await;
        drop(self.http);
        self.world.finish().await;
    }
}
