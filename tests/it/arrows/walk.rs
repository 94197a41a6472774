//! Walking an arrow: first everybody who may not, then who may.

use axum::http::Method;
use cpor::claim::{Claim, ClaimId};
use cpor::testkit::http::{Answer, urlencoded};
use serde_json::Value;

use super::deeds::{Api, Page, Pages, api_path, deed};
use super::stage::{Cast, Stage};
use super::table::{Row, Start};
use super::who::Who;
use crate::drafts::content_of;
use crate::partner::person::token;

/// Events that leave a claim in its status, and are arrows.
const STAYING: [&str; 3] = ["verdict_deferred", "notice_deferred", "window_extended"];

/// Who sees the operations pages and decides nothing, and how that is refused.
const LOOKERS: [(Who, u16); 2] = [(Who::Operator, 403), (Who::Observer, 403)];

/// How long a claim's history is, and that of the other one.
type Lengths = Vec<(ClaimId, u64)>;

impl Stage {
    pub async fn walk(&self, row: &Row) {
        let way = deed(row.deed);
        if way.is_nobodys() {
            let mut cast = self.ready(row).await;
            self.step(&mut cast, row.deed).await;
            self.world.settle().await;
            // What happens by itself may have happened at once.
            self.assert_moved(row, cast.claim(), 0).await;
        }
        if let Api::Call { .. } = way.api {
            let mut cast = self.ready(row).await;
            let before = self.begins(row, &cast).await;
            self.refused_by_api(&cast, row.deed).await;
            self.does(&mut cast, row.deed).await;
            self.world.settle().await;
            self.assert_moved(row, cast.claim(), before).await;
        }
        let Pages::Of(pages) = &way.pages else { return };
        for page in pages {
            let mut cast = self.ready(row).await;
            let before = self.begins(row, &cast).await;
            self.does_on(page, &mut cast, row.deed, true).await;
            self.world.settle().await;
            self.assert_moved(row, cast.claim(), before).await;
        }
    }

    /// The length of the history with which the claim stands where the arrow begins.
    async fn begins(&self, row: &Row, cast: &Cast) -> usize {
        if row.start == Start::Nothing {
            return 0;
        }
        let claim = self.world.claim(cast.claim()).await;
        assert_eq!(claim.status().as_str(), row.from, "before {row:?}");
        usize::try_from(claim.revision).unwrap()
    }

    /// From the event after `before` on, one has moved the claim along the arrow.
    async fn assert_moved(&self, row: &Row, claim: ClaimId, before: usize) {
        let history = self.world.history(claim).await;
        let status = |events: usize| match Claim::replay(claim, &history[..events]) {
            Some(claim) => claim.status().to_string(),
            None => "[*]".to_owned(),
        };
        let moved = (before..history.len()).any(|at| {
            // What begins official is submitted and official in one commit.
            let from = if row.deed == "import" { "[*]".to_owned() } else { status(at) };
            let stays = row.from == row.to;
            from == row.from
                && status(at + 1) == row.to
                && (!stays || STAYING.contains(&history[at].event.name()))
        });
        let names: Vec<_> = history.iter().map(|recorded| recorded.event.name()).collect();
        assert!(moved, "{row:?} was not walked: {names:?}");
    }

    async fn lengths(&self, cast: &Cast, deed: &str) -> Lengths {
        let mut lengths = Vec::new();
        for id in cast.target(deed).into_iter().chain(cast.target("")) {
            lengths.push((id, self.world.claim(id).await.revision));
        }
        lengths
    }

    /// Does a deed in the first way there is.
    pub async fn does(&self, cast: &mut Cast, name: &str) {
        let way = deed(name);
        let Api::Call { who, path, body } = way.api else {
            let Pages::Of(pages) = way.pages else { panic!("nobody does {name}") };
            return self.does_on(&pages[0], cast, name, false).await;
        };
        let path = of_claim(&api_path(path), cast.target(name));
        let answer = self.post(who, &path, &written(&body(cast))).await;
        assert!(answer.status.is_success(), "{name}: {}", answer.text());
        self.found(cast, &answer);
    }

    fn found(&self, cast: &mut Cast, answer: &Answer) {
        if cast.target("").is_none() {
            let id = answer.json()["id"].as_str().unwrap().to_owned();
            cast.becomes(ClaimId::parse(&id).unwrap());
        }
    }

    /// Everybody who may not do it by the API.
    async fn refused_by_api(&self, cast: &Cast, name: &str) {
        let Api::Call { who, path, body } = deed(name).api else { return };
        let (path, body) = (api_path(path), written(&body(cast)));
        let before = self.lengths(cast, name).await;
        let of_it = of_claim(&path, cast.target(name));
        for other in Who::ALL {
            // Who has refused a claim may decide disputes, and not this one.
            let same_person = who == Who::OtherReviewer && other == Who::Reviewer;
            let status = if same_person { Some(409) } else { other.refused(&path) };
            let Some(status) = status.filter(|_| !self.is_own(cast, name, other)) else { continue };
            let answer = self.post(other, &of_it, &body).await;
            assert_eq!(answer.status, status, "{name} by {other:?}: {}", answer.text());
        }
        let json = [("content-type", "application/json")];
        let nobody = self.http.request(Method::POST, &of_it, &json, body).await;
        assert_eq!(nobody.status, 401, "{name}: {}", nobody.text());
        assert_eq!(self.lengths(cast, name).await, before, "{name} by who may not");
    }

    /// The rival is no stranger to its own claim.
    fn is_own(&self, cast: &Cast, name: &str, who: Who) -> bool {
        who == Who::Rival && cast.target(name) != cast.target("")
    }

    /// Does a deed on a page, before that as those who may not.
    async fn does_on(&self, page: &Page, cast: &mut Cast, name: &str, refused: bool) {
        let before = self.lengths(cast, name).await;
        let (path, who, others, fields) = match *page {
            Page::Customer(answer) => {
                if refused {
                    self.forged(&self.linked(cast, "/r/")).await;
                    assert_eq!(self.lengths(cast, name).await, before);
                }
                return self.answer(cast, answer).await;
            }
            Page::OwnView => {
                if refused {
                    self.forged(&self.linked(cast, "/c/")).await;
                    assert_eq!(self.lengths(cast, name).await, before);
                }
                return self.take_back(cast).await;
            }
            Page::Draft => {
                let content = content_of(&cast.submission).to_string();
                let begun = self.post(Who::Partner, "/v1/drafts", &content).await.json();
                let path = format!("/partner/drafts/{}/submit", begun["id"].as_str().unwrap());
                (path, Who::Partner, vec![(Who::Rival, 404)], &[][..])
            }
            Page::Partner(act, fields) => {
                let path = format!("/partner/claims/{}/{act}", cast.target(name).unwrap());
                (path, Who::Partner, vec![(Who::Rival, 404)], fields)
            }
            Page::Ops(act, fields) => {
                let path = format!("/ops/claims/{}/{act}", cast.target(name).unwrap());
                (path, Who::Reviewer, LOOKERS.to_vec(), fields)
            }
            Page::Review(fields) => {
                let path = format!("/ops/reviews/{}", cast.target(name).unwrap());
                (path, Who::OtherReviewer, LOOKERS.to_vec(), fields)
            }
        };
        let revision = match cast.target(name) {
            Some(id) => self.world.claim(id).await.revision,
            None => 1,
        };
        let fields = filled(fields, revision, &cast.domain());
        for (other, status) in others.into_iter().filter(|_| refused) {
            let answer = self.send(Some(other), &path, &fields).await;
            assert_eq!(answer.status, status, "{name} by {other:?}: {}", answer.text());
            let nobody = self.send(None, &path, &fields).await;
            assert!(nobody.header("location").contains("/sign-in"), "{name}: {}", nobody.text());
            assert_eq!(self.lengths(cast, name).await, before, "{name} by {other:?}");
        }
        let done = self.send(Some(who), &path, &fields).await;
        assert_eq!(done.status, 303, "{name}: {}", done.text());
        if cast.target("").is_none() {
            let id = done.header("location").rsplit('/').next().unwrap();
            cast.becomes(ClaimId::parse(id).unwrap());
        }
    }

    /// Sends a form with the token of who has signed in.
    async fn send(&self, who: Option<Who>, path: &str, fields: &[(String, String)]) -> Answer {
        let home = if path.starts_with("/ops") { "/ops/queues" } else { "/partner/notifications" };
        let (ours, form) = (("sec-fetch-site", "same-origin"), "application/x-www-form-urlencoded");
        let mut headers = vec![ours, ("content-type", form)];
        let mut sent: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut given = String::new();
        if let Some(who) = who {
            let cookie = ("cookie", self.cookie(who));
            headers.push(cookie);
            given = token(&self.http.request(Method::GET, home, &[cookie, ours], "").await);
        }
        sent.push(("token", &given));
        self.http.request(Method::POST, path, &headers, urlencoded(&sent)).await
    }
}

fn of_claim(path: &str, claim: Option<ClaimId>) -> String {
    claim.map_or_else(|| path.to_owned(), |id| path.replace("{claim_id}", &id.to_string()))
}

/// Without a body nothing is sent.
fn written(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

fn filled(fields: &[(&str, &str)], revision: u64, domain: &str) -> Vec<(String, String)> {
    let own =
        |(name, value): &(&str, &str)| ((*name).to_owned(), value.replace("{domain}", domain));
    let revision = ("revision".to_owned(), revision.to_string());
    fields.iter().map(own).chain([revision]).collect()
}
