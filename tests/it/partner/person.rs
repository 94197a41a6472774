//! Somebody of a partner who is signed in to the pages of a world.

use axum::http::Method;
use cpor::access::{ApiKeys, Authority, IssuedApiKey, NewApiKey};
use cpor::claim::identity::{Line, MpnId};
use cpor::testkit::World;
use cpor::testkit::http::{Answer, HttpServer, urlencoded};

use super::{FORM, OURS};

/// See the module.
pub struct Person {
    pub http: HttpServer,
    pub cookie: String,
}

/// A key of somebody of this partner.
pub async fn key_of(world: &World, mpn_id: &str) -> IssuedApiKey {
    key(world, Authority::IncentivesAdmin(MpnId::parse(mpn_id).unwrap())).await
}

pub async fn key(world: &World, authority: Authority) -> IssuedApiKey {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority, label, expires_at: None };
    keys.create(&new, world.ledger().clock().real()).await.unwrap()
}

impl Person {
    /// Signs in with a new key.
    pub async fn of(world: &World, mpn_id: &str) -> Self {
        let http = world.serve().await;
        let key = key_of(world, mpn_id).await.key.reveal();
        let cookie = http.sign_in_at("/partner/sign-in", &key).await.unwrap();
        Self { http, cookie }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.http.request(Method::GET, path, &[("cookie", &self.cookie), OURS], "").await
    }

    /// A page that has to be there.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        readable(&answer)
    }

    /// Sends a form with the token that this page has in its forms.
    pub async fn send(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token(&self.get(page).await);
        let body = urlencoded(&[&[("token", token.as_str())], fields].concat());
        self.http.request(Method::POST, path, &[("cookie", &self.cookie), FORM, OURS], body).await
    }
}

/// Ids and addresses have slashes, which templates write as entities.
pub fn readable(answer: &Answer) -> String {
    answer.text().replace("&#x2f;", "/").replace("&#x27;", "'")
}

/// The token of the forms on a page.
pub fn token(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}
