//! Every cell of the table of roles and routes.

use axum::http::Method;
use cpor::access::Role;
use cpor::http::route::{Access, Place, Route};

use super::{Site, assert_problem, somebody};

/// Every route of a deployment. Those of sandboxes have tests of their own.
fn routes() -> Vec<Route> {
    let here = |route: &Route| !matches!(route.place, Place::Sandbox | Place::SandboxHost);
    cpor::http::routes().into_iter().filter(here).collect()
}

/// The route with parameters that name nothing.
fn example(route: &Route) -> String {
    let path = route.path.replace("{claim_id}", "01993c2a-7e00-7000-8000-00000000002a");
    let path = path.replace("{webhook_id}", "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11");
    let path = path.replace("{draft_id}", "01993c2a-7e00-7000-8000-00000000002a");
    let path = path.replace("{step}", "customer");
    let path = path.replace("{document_id}", "01993c2a-7e00-7000-8000-00000000002b");
    let path = path.replace("{subscription_id}", "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11");
    path.replace("{token}", "AAAA")
}

/// A stream has no end to wait for; it is asked for in a way that is refused at once.
fn query(route: &Route) -> &'static str {
    if route.id == "follow_events" { "?last_event_id=none" } else { "" }
}

async fn status(site: &Site, route: &Route, key: Option<&str>) -> u16 {
    if matches!(route.access, Access::SignedIn(_)) {
        return status_of_page(site, route, key).await;
    }
    let path = example(route) + query(route);
    let bearer = key.map(|key| format!("Bearer {key}")).unwrap_or_default();
    // The clock's page refuses what does not come from itself.
    let ours = ("sec-fetch-site", "same-origin");
    let mut headers = vec![("content-type", "application/json"), ours];
    headers.extend(key.map(|_| ("authorization", bearer.as_str())));
    let body = if route.method == Method::GET { "" } else { "{}" };
    let answer = site.http.request(route.method.clone(), &path, &headers, body).await;
    match answer.status.as_u16() {
        401 => drop(assert_problem(&answer, 401, "credential_invalid")),
        403 => drop(assert_problem(&answer, 403, "role_not_allowed")),
        _ => {}
    }
    answer.status.as_u16()
}

/// A page for people who are signed in: who cannot sign in is refused there, and who has not is
/// sent there.
async fn status_of_page(site: &Site, route: &Route, key: Option<&str>) -> u16 {
    let home = if route.path.starts_with("/partner") { "/partner" } else { "/ops" };
    let sign_in = format!("{home}/sign-in");
    let cookie = match site.http.sign_in_at(&sign_in, key.unwrap_or_default()).await {
        Ok(cookie) => cookie,
        Err(refused) if refused.text().contains("for the roles") => return 403,
        Err(refused) if refused.text().contains("for the people of partners") => return 403,
        Err(_) => String::new(),
    };
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let head = route.streams && route.method == Method::GET && !cookie.is_empty();
    let method = if head { Method::HEAD } else { route.method.clone() };
    let answer = site.http.request(method, &example(route), &headers, "").await;
    match answer.status.as_u16() {
        303 if answer.header("location").starts_with(&format!("{sign_in}?")) => 401,
        status => status,
    }
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let site = Site::open().await;
    let mut cells = 0;
    for role in Role::ALL {
        let key = site.key(somebody(role)).await;
        for route in routes() {
            let status = status(&site, &route, Some(&key)).await;
            let (method, path) = (&route.method, route.path);
            if route.admits(Some(role)) {
                assert!(![401, 403, 500].contains(&status), "{role} {method} {path}: {status}");
            } else {
                assert_eq!(status, 403, "{role} {method} {path}");
            }
            cells += 1;
        }
    }
    assert_eq!(cells, Role::ALL.len() * routes().len());
}

#[tokio::test]
async fn without_a_valid_credential_only_public_routes_answer() {
    let site = Site::open().await;
    let forged = format!("cpor_{}", "a".repeat(58));
    for route in routes() {
        for key in [None, Some(forged.as_str()), Some("eyJhbGciOiJub25lIn0.e30."), Some("")] {
            let status = status(&site, &route, key).await;
            let (method, path) = (&route.method, route.path);
            assert_eq!(status == 401, !route.admits(None), "{method} {path} {key:?}: {status}");
        }
    }
}
