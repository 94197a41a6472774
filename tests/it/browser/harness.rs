//! The browsers are what the other tests take them for.

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::get;

use super::chromium::{Browser, Device, Setup};

const PAGE: &str = "<!doctype html><meta name=viewport content='width=device-width'>\
                    <p id=width></p><p id=script>off</p><script>\
                    document.getElementById('script').textContent = 'on'</script>";

/// A page that shows what the browser asks for, and whether scripts run.
async fn page() -> String {
    let page = async |headers: HeaderMap| {
        let language = headers.get("accept-language").unwrap().to_str().unwrap().to_owned();
        Html(format!("{PAGE}<p id=language>{language}</p>"))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().route("/", get(page));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn browsers_have_the_language_the_width_and_the_scripts_asked_for() {
    let check = async |setup: Setup, width: u64, script: &str| {
        let browser = Browser::open(setup).await;
        browser.goto(&page().await).await;
        assert_eq!(browser.run("return innerWidth").await, width, "{setup:?}");
        assert_eq!(browser.find("#script").await.text().await.unwrap(), script, "{setup:?}");
        let language = browser.find("#language").await.text().await.unwrap();
        assert!(language.starts_with(setup.language), "{setup:?}: {language}");
    };
    check(Setup::default(), 1000, "on").await;
    check(Setup { device: Device::Phone, ..Setup::default() }, 320, "on").await;
    check(Setup { java_script: false, language: "tr", ..Setup::default() }, 1000, "off").await;
}
