//! A partner's people prove a claim in a browser: by asking the customer, by what they upload, and
//! by what comes later.

use cpor::claim::Status;
use cpor::claim::identity::MpnId;
use cpor::drafts::DraftContent;
use cpor::testkit::{HttpServer, World, a_claim};

use super::chromium::{Browser, Setup};
use crate::drafts::content_of;
use crate::http::proofs::files;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const DEVELOPER: [(&str, &str); 2] =
    [("access.development_user.name", "Ece Yıldız"), ("access.development_user.mpn_id", "1234567")];
const CONTACT: &str = "mert.kaya@anadoluelektrik.com.tr";

struct Story {
    world: World,
    http: HttpServer,
    browser: Browser,
    is_scripted: bool,
}

impl Story {
    async fn open(setup: Setup) -> Self {
        let world = World::configured(FRIDAY, &DEVELOPER).await;
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        browser.goto(&http.url("/partner/claims")).await;
        browser.follow("button[name=development]").await;
        Self { world, http, browser, is_scripted: setup.java_script }
    }

    /// A draft in which only proof is missing; the path of its step.
    async fn with_a_draft(&self) -> String {
        let mut content = content_of(&a_claim());
        content["proof_of_execution"] = serde_json::json!([]);
        let content: DraftContent = serde_json::from_value(content).unwrap();
        let partner = MpnId::parse("1234567").unwrap();
        let draft = self.world.app().drafts().create(&partner, content, "ece").await.unwrap();
        format!("/partner/drafts/{}", draft.id)
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goto(&self.http.url(path)).await;
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

    /// Asks the customer about work of a year.
    async fn asks(&self, from: &str) {
        self.browser.click("#ask summary").await;
        self.browser.write("#description", "Teams kurulumu ve eğitim.").await;
        self.asks_again(from).await;
    }

    /// With what was written already.
    async fn asks_again(&self, from: &str) {
        for (name, day) in [("from", from), ("to", "2026-10-31")] {
            let script = format!("document.getElementById('{name}').value = '{day}'");
            self.browser.run(&script).await;
        }
        self.browser.follow("#ask button").await;
        self.world.settle().await;
    }

    /// Sends files as somebody chooses them.
    async fn uploads(&self, named: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        let folder = tempfile::TempDir::with_prefix("cpor-upload-").unwrap();
        let mut paths = Vec::new();
        for (name, bytes) in named {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            paths.push(path.display().to_string());
        }
        self.browser.write("input[type=file]", &paths.join("\n")).await;
        if !self.is_scripted {
            self.browser.follow("#upload button").await;
        }
        folder
    }

    /// Pictures in both colors and widths; the page fits each.
    async fn looks(&self, name: &str) {
        if !self.is_scripted {
            return;
        }
        for (width, size) in [(1_280, "wide"), (400, "400")] {
            for (is_dark, color) in [(false, "light"), (true, "dark")] {
                self.browser.becomes(width, is_dark).await;
                let fits = "return document.documentElement.scrollWidth";
                assert_eq!(self.browser.run(fits).await, width, "{name} {size}");
                self.browser.screenshot(&format!("proof-{name}-{size}-{color}")).await;
            }
        }
        self.browser.becomes(1_280, false).await;
    }

    async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(60)).await;
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn in_turkish_a_customer_acknowledges_the_work_and_newer_proof_is_added() {
    let story = Story::open(Setup { language: "tr", ..Setup::default() }).await;
    let browser = &story.browser;
    let draft = story.with_a_draft().await;
    story.goes_to(&format!("{draft}/proof")).await;
    story.sees("İmzalanacak iş bildirimi").await;
    let script = "const all = [...document.querySelectorAll('a[download]')];\
                  return Promise.all(all.map(async a => (await fetch(a.href)).status))";
    assert_eq!(browser.run(script).await, serde_json::json!([200, 200, 200, 200]));
    story.asks("2026-11-01").await;
    story.sees("Bitiş günü başlangıçtan önce.").await;
    story.looks("not-asked").await;
    story.asks_again("2026-03-01").await;
    story.sees("Mert Kaya adlı kişinin onayı müşteriye soruluyor").await;
    let links = story.world.links_in_latest_mail_to(CONTACT);
    let link = links.iter().find_map(|link| Some(&link[link.find("/a/")?..])).unwrap();
    story.goes_to(link).await;
    story.sees("yaptığı işi onaylamanızı rica ediyor").await;
    story.sees("Teams kurulumu ve eğitim.").await;
    story.looks("customer").await;
    browser.click("input[value=acknowledge]").await;
    browser.follow("form button").await;
    story.looks("customer-confirms").await;
    browser.click("input[value=yes]").await;
    browser.follow("form button").await;
    story.sees("firmasının işi onaylandı").await;
    story.looks("customer-done").await;

    story.goes_to(&format!("{draft}/proof")).await;
    story.sees("müşteri onayladı").await;
    let script = files::pdf("9 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n");
    let kept = story.uploads(&[("betik.pdf", script), ("setup.exe", b"MZ".to_vec())]).await;
    story.sees("PDF’nin içinde betik var.").await;
    story.sees("Yalnızca PDF, DOCX, PNG, JPEG, MSG ve EML").await;
    drop(kept);
    story.looks("draft").await;
    story.goes_to(&format!("{draft}/summary")).await;
    browser.follow("#submit").await;
    story.world.settle().await;
    story.sees("Yalnızca bu adrese gönderilen bağlantıyla onaylandı").await;
    browser.click("#proofs summary").await;
    story.sees("Teams kurulumu ve eğitim.").await;
    let kept = story.uploads(&[("yeni.pdf", files::pdf("")), ("arsiv.zip", vec![0])]).await;
    story.sees("yeni.pdf yüklendi").await;
    story.sees("Eklenme:").await;
    story.sees("Yalnızca PDF, DOCX, PNG, JPEG, MSG ve EML").await;
    drop(kept);
    story.looks("claim").await;
    let status = "const a = document.querySelectorAll('#proofs a[download]');\
                  return Promise.all([...a].map(async a => (await fetch(a.href)).status))";
    assert_eq!(browser.run(status).await, serde_json::json!([200, 200]));
    story.finish().await;
}

#[tokio::test]
async fn without_scripts_newer_proof_is_added_to_an_association() {
    let story = Story::open(Setup { java_script: false, ..Setup::default() }).await;
    let claim = story.world.submit(a_claim()).await;
    story.world.confirm(claim).await.unwrap();
    assert_eq!(story.world.status(claim).await, Status::Associated);
    story.goes_to(&format!("/partner/claims/{claim}")).await;
    story.sees("Statement of work to sign").await;
    let kept = story.uploads(&[("renewed.pdf", files::pdf(""))]).await;
    story.sees("The documents were added.").await;
    story.sees("renewed.pdf uploaded").await;
    story.sees("Added on").await;
    drop(kept);
    let kept = story.uploads(&[("setup.exe", b"MZ".to_vec())]).await;
    story.sees("Only PDF, DOCX, PNG, JPEG, MSG and EML are accepted").await;
    drop(kept);
    assert_eq!(story.world.claim(claim).await.file.added_proof.len(), 1);
    story.finish().await;
}
