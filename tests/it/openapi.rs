//! The description of the API is kept in the repository, so that a change of it is seen.

use std::collections::HashSet;
use std::path::Path;

use cpor::http::{openapi, routes};

#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let found = serde_json::to_string_pretty(&openapi::describe(&routes())).unwrap() + "\n";
    if std::env::var_os("CPOR_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let place = kept.lines().zip(found.lines()).position(|(kept, found)| kept != found);
    assert!(
        kept == found,
        "docs/openapi.json is not what the code says, from line {} on. If the change is meant and \
         compatible, run the test again with CPOR_UPDATE=1 and look at the difference.",
        place.unwrap_or_else(|| kept.lines().count().min(found.lines().count())) + 1,
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_that_a_client_can_use() {
    let mut names = HashSet::new();
    for route in routes() {
        let snake = route.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(snake, "{} is not in snake case", route.id);
        assert!(names.insert(route.id), "two operations are called {}", route.id);
    }
}
