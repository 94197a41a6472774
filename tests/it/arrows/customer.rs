//! What a customer does on its pages, in both steps, as a browser does.

use cpor::testkit::Answer;
use cpor::testkit::http::HttpServer;

use super::stage::{Cast, Stage};
use crate::page::forms::{Form, links};

impl Stage {
    /// The path of the page that a mail to the customer's contact links to: `/r/` or `/c/`.
    pub fn linked(&self, cast: &Cast, kind: &str) -> String {
        let mails = self.world.mails();
        let to_contact = mails.iter().rev().filter(|mail| mail.to == cast.contact());
        let texts: Vec<String> = to_contact.map(|mail| mail.text()).collect();
        let mut words = texts.iter().flat_map(|text| text.split_whitespace());
        let link = words.find(|word| word.starts_with("http") && word.contains(kind)).unwrap();
        format!("{}?lang=en", &link[link.find(kind).unwrap()..])
    }

    /// Answers the notice.
    pub async fn answer(&self, cast: &Cast, answer: &str) {
        let path = self.linked(cast, "/r/");
        let mut form = Form::only(&page(&self.http, &path).await);
        form.set("answer", answer);
        if answer == "pass_on" {
            let email = format!("selin@{}", cast.domain());
            let fields = [("name", "Selin Demir"), ("title", "CIO"), ("email", &email)];
            for (name, value) in fields {
                form.set(name, value);
            }
        }
        self.twice(&path, &form).await;
    }

    /// Ends the association in the customer's own view.
    pub async fn take_back(&self, cast: &Cast) {
        let list = self.linked(cast, "/c/");
        let ends = links(&page(&self.http, &list).await);
        let end = ends.iter().find(|link| link.contains("end=")).unwrap();
        let path = format!("{}{end}", list.split('?').next().unwrap());
        let mut form = Form::only(&page(&self.http, &path).await);
        form.set("answer", "end");
        self.twice(&path, &form).await;
    }

    /// A link that nobody was sent does nothing.
    pub async fn forged(&self, path: &str) {
        let (base, query) = path.split_once('?').unwrap();
        let (start, last) = base.split_at(base.len() - 1);
        let other = if last == "A" { "B" } else { "A" };
        let answer = self.http.post_form(&format!("{start}{other}?{query}"), &[]).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }

    /// Sends a form, and confirms it on the page that comes.
    async fn twice(&self, path: &str, form: &Form) {
        let first = send(&self.http, path, form).await;
        let text = first.text();
        assert!(text.contains("name=\"confirm\""), "{path} is not to be confirmed: {text}");
        let mut second = Form::only(&text);
        second.set("confirm", "yes");
        let done = send(&self.http, path, &second).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
}

async fn page(http: &HttpServer, path: &str) -> String {
    let answer = http.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

async fn send(http: &HttpServer, path: &str, form: &Form) -> Answer {
    let fields = form.fields();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let base = path.split('?').next().unwrap();
    http.post_form(&format!("{base}{}", form.action), &fields).await
}
