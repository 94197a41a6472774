//! Signing in at the issuer: whoever a test has named is let in at once, and the code that the
//! browser brings back becomes an ID token for who can show the verifier (RFC 6749 and 7636).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Algorithm, Inner, Issuer, key_id, message, signed};

/// The client that this issuer knows, and its secret.
pub const CLIENT: (&str, &str) = ("cpor-pages", "only for tests & nothing else");

/// What was asked for with each code.
pub(super) type Attempts = HashMap<String, HashMap<String, String>>;

type Shared = State<Arc<Mutex<Inner>>>;

impl Issuer {
    /// Lets somebody in with an ID token of these claims; nobody, when there are none.
    pub fn lets_in(&self, claims: Option<Value>) {
        self.inner.lock().person = claims;
    }
}

pub(super) fn routes() -> Router<Arc<Mutex<Inner>>> {
    Router::new().route("/authorize", get(authorize)).route("/token", post(token))
}

async fn authorize(State(inner): Shared, Query(asked): Query<HashMap<String, String>>) -> Response {
    let of = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let scopes: Vec<&str> = of("scope").split(' ').collect();
    let is_right = of("response_type") == "code"
        && of("client_id") == CLIENT.0
        && of("code_challenge_method") == "S256"
        && scopes.contains(&"openid");
    if !is_right {
        return (StatusCode::BAD_REQUEST, "that is no question of our client").into_response();
    }
    let mut inner = inner.lock();
    let (back, state) = (of("redirect_uri").to_owned(), of("state").to_owned());
    if inner.person.is_none() {
        return Redirect::to(&format!("{back}?error=access_denied&state={state}")).into_response();
    }
    let code = format!("code-{:032x}", rand::random::<u128>());
    let issuer = crate::outbound::encoded(&inner.url);
    inner.attempts.insert(code.clone(), asked);
    Redirect::to(&format!("{back}?code={code}&state={state}&iss={issuer}")).into_response()
}

async fn token(
    State(inner): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let secret = crate::outbound::encoded(CLIENT.1);
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{secret}", CLIENT.0)));
    if basic != Some(&expected) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let mut inner = inner.lock();
    // A code counts once.
    let asked = inner.attempts.remove(of("code")).ok_or(StatusCode::BAD_REQUEST)?;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
    let is_right = of("grant_type") == "authorization_code"
        && asked.get("redirect_uri").map(String::as_str) == Some(of("redirect_uri"))
        && asked.get("code_challenge") == Some(&challenge);
    let (true, Some(mut claims)) = (is_right, inner.person.clone()) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    if claims.get("nonce").is_none() {
        claims["nonce"] = json!(asked.get("nonce"));
    }
    let kid = key_id(inner.generation, Algorithm::Es256);
    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": kid });
    let message = message(&head, &claims);
    let signature = inner.sign(Algorithm::Es256, message.as_bytes());
    let signature = signature.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let id_token = signed(&message, &signature);
    Ok(Json(json!({ "id_token": id_token, "token_type": "Bearer", "access_token": "unused" })))
}
