//! The customer's pages, over HTTP, as browsers and robots meet them.

mod answers;
mod choice;
mod clock;
mod explained;
pub mod forms;
mod headers;
mod own_view;
mod paused;
mod robots;
mod standing;

use cpor::claim::ClaimId;
use cpor::testkit::{Answer, HttpServer, World, a_claim};

use forms::Form;

/// The Friday on which a claim is submitted and its notice accepted.
const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// The contact of `a_claim`, whose language is Turkish.
const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";

/// A world with one claim whose window is open, and the customer's links.
struct Opened {
    world: World,
    server: HttpServer,
    claim: ClaimId,
    /// The path of the page of the notice, in English.
    notice: String,
    /// The path of the tenant's own view, in English.
    view: String,
}

impl Opened {
    async fn on_friday() -> Self {
        let world = World::starting(FRIDAY).await;
        let server = world.serve().await;
        let claim = world.submit(a_claim()).await;
        let [notice, view] = links(&world, CUSTOMER);
        Self { world, server, claim, notice, view }
    }

    /// The page of the notice.
    async fn page(&self) -> String {
        page(&self.server, &self.notice).await
    }

    /// Gives an answer in both steps, and follows to the page that it ends on.
    async fn answer(&self, answer: &str) -> String {
        self.answer_with(answer, &[]).await
    }

    async fn answer_with(&self, answer: &str, fields: &[(&str, &str)]) -> String {
        let second = self.first_step(answer, fields).await;
        self.second_step(&second, "yes").await
    }

    /// The page on which an answer is confirmed.
    async fn first_step(&self, answer: &str, fields: &[(&str, &str)]) -> String {
        let mut form = Form::only(&self.page().await);
        form.set("answer", answer);
        for (name, value) in fields {
            form.set(name, value);
        }
        send(&self.server, &self.notice, &form).await.text()
    }

    async fn second_step(&self, second: &str, confirm: &str) -> String {
        let mut form = Form::only(second);
        form.set("confirm", confirm);
        follow(&self.server, &self.notice, &send(&self.server, &self.notice, &form).await).await
    }
}

/// The paths of the two links in the newest mail to an address, in English.
fn links(world: &World, address: &str) -> [String; 2] {
    let links = world.links_in_latest_mail_to(address);
    let path = |kind: &str| {
        let link = links.iter().find(|link| link.contains(kind)).unwrap();
        format!("{}?lang=en", &link[link.find(kind).unwrap()..])
    };
    [path("/r/"), path("/c/")]
}

/// A page that has to be there.
async fn page(server: &HttpServer, path: &str) -> String {
    let answer = server.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

/// Sends a form that stands on a page.
async fn send(server: &HttpServer, path: &str, form: &Form) -> Answer {
    let fields = form.fields();
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    server.post_form(&beside(path, &form.action), &fields).await
}

/// The page an answer sends the browser to.
async fn follow(server: &HttpServer, path: &str, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    page(server, &beside(path, answer.header("location"))).await
}

/// A reference such as `?lang=en` or `../c/x`, as a browser on `path` resolves it.
fn beside(path: &str, reference: &str) -> String {
    let base = path.split('?').next().unwrap();
    match reference.strip_prefix("../") {
        Some(rest) => format!("/{rest}"),
        None => format!("{base}{reference}"),
    }
}

/// The text of a page as people read it: no tags, one space between words.
fn text(html: &str) -> String {
    let body = &html[html.find("<body>").unwrap()..];
    let mut text = String::new();
    for part in body.split('<') {
        let after = part.split_once('>').map_or("", |(_, after)| after);
        text.push(' ');
        text.push_str(after);
    }
    let text = text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&quot;", "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("&amp;", "&")
}

#[track_caller]
fn says(html: &str, expected: &str) {
    let text = text(html);
    assert!(text.contains(expected), "the page does not say `{expected}`:\n{text}");
}
