//! Somebody who is signed in to the operations pages of a world.

use axum::http::Method;
use cpor::access::Authority;
use cpor::claim::ClaimId;
use cpor::testkit::World;
use cpor::testkit::http::{Answer, HttpServer, urlencoded};

use super::{FORM, OURS, get, key, token};

/// See the module.
pub struct Person {
    /// As histories name them.
    pub name: String,
    http: HttpServer,
    cookie: String,
}

impl Person {
    /// Signs in with a new key.
    pub async fn of(world: &World, authority: Authority) -> Self {
        let http = world.serve().await;
        let key = key(world, authority).await.key;
        let cookie = http.sign_in(&key.reveal()).await.unwrap();
        Self { name: format!("key:{}", key.id()), http, cookie }
    }

    pub async fn get(&self, path: &str) -> Answer {
        get(&self.http, &self.cookie, path).await
    }

    /// A page that has to be there.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        // Ids and addresses have slashes, which templates write as entities.
        answer.text().replace("&#x2f;", "/").replace("&#x27;", "'")
    }

    /// Types words into the search box of claims.
    pub async fn search(&self, words: &str) -> Answer {
        self.get(&format!("/ops/claims?{}", urlencoded(&[("q", words)]))).await
    }

    /// Sends a form of the page of a claim.
    pub async fn act(&self, claim: ClaimId, act: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("/ops/claims/{claim}");
        self.send(&path, &format!("{path}/{act}"), fields).await
    }

    /// Sends a form of the page on which a claim is beside its proof.
    pub async fn decide(&self, claim: ClaimId, act: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("/ops/reviews/{claim}");
        self.send(&path, &path, &[&[("act", act)], fields].concat()).await
    }

    async fn send(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token(&self.get(page).await);
        let body = urlencoded(&[&[("token", token.as_str())], fields].concat());
        let headers = [("cookie", self.cookie.as_str()), FORM, OURS];
        self.http.request(Method::POST, path, &headers, body).await
    }
}
