//! A headless Chromium for one test.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::driver::Driver;

/// Browsers at once: each of them is a dozen processes.
static BROWSERS: Semaphore = Semaphore::const_new(2);

const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    // Whatever the environment says: pages are on this machine.
    "--no-proxy-server",
];

/// How long a page may take on a busy machine, and how often is looked for it.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// More stops than any page has.
const TABS_MAX: usize = 60;

/// What the customer looks at the page with.
#[derive(Debug, Clone, Copy)]
pub enum Device {
    /// 1000 by 900 pixels.
    Desktop,
    /// A phone whose screen is 320 pixels wide; the narrowest that pages have to fit.
    Phone,
}

/// A customer's browser.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub device: Device,
    pub java_script: bool,
    /// What it asks servers for.
    pub language: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self { device: Device::Desktop, java_script: true, language: "en" }
    }
}

/// A running browser with a profile of its own; it ends when dropped.
pub struct Browser {
    client: Client,
    session: String,
    _profile: TempDir,
    _permit: SemaphorePermit<'static>,
}

impl Browser {
    pub async fn open(setup: Setup) -> Self {
        let permit = BROWSERS.acquire().await.unwrap();
        let driver = tokio::task::spawn_blocking(Driver::shared).await.unwrap();
        let profile = TempDir::with_prefix_in("profile-", driver.folder()).unwrap();
        let capabilities = capabilities(setup, profile.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver.url())
            .await
            .unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        Self { client, session, _profile: profile, _permit: permit }
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Waits for an element, because a page that was asked for may be still on its way.
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK_PAUSE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("there is no {css}: {error}\n{}", self.text().await),
        }
    }

    /// Clicks on what leads to another page, and waits until this one is gone.
    pub async fn follow(&self, css: &str) {
        let page = self.find("html").await;
        self.click(css).await;
        let gone = async { while page.tag_name().await.is_ok() {} };
        let gone = tokio::time::timeout(PATIENCE, gone).await;
        assert!(gone.is_ok(), "{css} led nowhere");
    }

    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    pub async fn write(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) {
        self.type_letter(char::from(key)).await;
    }

    /// Types a letter where the focus is.
    pub async fn type_letter(&self, value: char) {
        let pressed = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(pressed).await.unwrap();
    }

    /// Presses Tab until what fits the selector has the focus.
    pub async fn tab_to(&self, css: &str) {
        for _ in 0..TABS_MAX {
            self.press(Key::Tab).await;
            if self.has_focus(css).await {
                return;
            }
        }
        panic!("{TABS_MAX} times Tab did not lead to {css}");
    }

    pub async fn has_focus(&self, css: &str) -> bool {
        let script = "return document.activeElement.matches(arguments[0])";
        self.client.execute(script, vec![json!(css)]).await.unwrap() == true
    }

    /// Everything that can be read on the page.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await;
        match body {
            Ok(body) => body.text().await.unwrap_or_default(),
            // Between two pages there is nothing to be read.
            Err(_) => String::new(),
        }
    }

    /// Waits until words are on the page, and gives what is there in the end if they never are.
    pub async fn waits_for(&self, words: &str) -> Result<(), String> {
        let there = async { while !self.text().await.contains(words) {} };
        match tokio::time::timeout(PATIENCE, there).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.text().await),
        }
    }

    /// Runs a function body in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Makes the page this wide, in CSS pixels, and light or dark.
    pub async fn becomes(&self, width: u32, is_dark: bool) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        let value = if is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// A picture of the whole page, in `target/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) {
        let metrics = self.cdp("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        let parameters = json!({
            "captureBeyondViewport": true,
            "clip": {
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
            },
        });
        let picture = self.cdp("Page.captureScreenshot", parameters).await;
        let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// A command of Chromium's own protocol.
    async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let path = format!("/session/{}/goog/cdp/execute", self.session);
        let body = json!({ "cmd": command, "params": parameters });
        let called = move || Driver::shared().call("POST", &path, &body);
        tokio::task::spawn_blocking(called).await.unwrap().unwrap()
    }
}

/// Also when a test has failed: a browser that stays would be in the way of the next ones.
impl Drop for Browser {
    fn drop(&mut self) {
        let path = format!("/session/{}", self.session);
        let _ = Driver::shared().call("DELETE", &path, &json!({}));
    }
}

fn capabilities(setup: Setup, profile: &Path) -> Value {
    let mut arguments = ARGUMENTS.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--lang={}", setup.language));
    let mut preferences = json!({ "intl.accept_languages": setup.language });
    if !setup.java_script {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let mut options = json!({});
    match setup.device {
        Device::Desktop => arguments.push("--window-size=1000,900".to_owned()),
        Device::Phone => {
            let metrics = json!({
                "width": 320, "height": 640, "pixelRatio": 2.0, "mobile": true, "touch": true,
            });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
    }
    options["args"] = json!(arguments);
    options["prefs"] = preferences;
    json!({ "browserName": "chrome", "goog:chromeOptions": options })
}
