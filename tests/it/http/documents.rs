//! What is kept in the repository and made from the code. `UPDATE=1` writes it anew.

use std::path::Path;

use cpor::http::problem::ProblemType;
use cpor::http::route::{Place, Route};
use cpor::http::{openapi, roles, routes};
use serde_json::Value;

use super::Site;

#[track_caller]
pub fn assert_kept(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{file} is not what the code says: UPDATE=1 cargo test writes it anew");
}

#[test]
fn the_description_of_the_api_is_kept() {
    let described = serde_json::to_string_pretty(&openapi::describe(&routes())).unwrap();
    assert_kept("docs/openapi.json", &format!("{described}\n"));
}

#[test]
fn the_table_of_roles_is_kept() {
    assert_kept("docs/roles.md", &roles::describe(&routes()));
}

#[test]
fn the_guide_has_every_kind_of_problem() {
    let guide = include_str!("../../../docs/http.md");
    for kind in ProblemType::ALL {
        let row = format!("| `{}` | {} |", kind.uri(), kind.facts().0.as_u16());
        assert!(guide.lines().any(|line| line.starts_with(&row)), "docs/http.md has no row {row}");
    }
    let rows = guide.matches("| `urn:cpor:problem:").count();
    assert_eq!(rows, ProblemType::ALL.len(), "docs/http.md has problems that do not exist");
}

#[test]
fn every_operation_is_described_once() {
    let described = openapi::describe(&routes());
    let mut ids: Vec<&str> = described["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let operations = ids.len();
    for id in &ids {
        let snake = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(snake, "{id} is not a name that clients can be generated from");
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), operations);
}

#[tokio::test]
async fn the_description_is_served() {
    let site = Site::open().await;
    let answer = site.http.get("/v1/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    // What exists here: the clock, which is virtual, and nothing of sandboxes.
    let here = |route: &Route| !matches!(route.place, Place::Sandbox | Place::SandboxHost);
    let here: Vec<Route> = routes().into_iter().filter(here).collect();
    assert!(answer.json() == openapi::describe(&here), "{}", answer.text());
    assert_eq!(answer.json()["openapi"], Value::from("3.1.0"));
}
