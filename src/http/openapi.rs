//! The description of the API (OpenAPI 3.1), made from the table of routes.

use axum::http::StatusCode;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::http::problem::{Details, PROBLEM_JSON, ProblemType};
use crate::http::route::{Access, Content, Route, schema_of};

/// The description of these routes.
#[must_use]
pub fn describe(routes: &[Route]) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in routes.iter().filter(|route| !route.is_page) {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cpor",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Partner-of-record claims with a rejection window",
            "description": include_str!("openapi.md"),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": prose_only(generator.take_definitions(true)),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, as `cpor key create` prints it, or a token of the \
                                    configured OpenID Connect issuer.",
                },
            },
        },
    })
}

/// Descriptions without the examples in Rust that follow some of them.
fn prose_only(mut schemas: Map<String, Value>) -> Map<String, Value> {
    fn clean(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(text)) = fields.get_mut("description")
                    && let Some(end) = text.find("\n\n```")
                {
                    text.truncate(end);
                }
                fields.values_mut().for_each(clean);
            }
            Value::Array(all) => all.iter_mut().for_each(clean),
            _ => {}
        }
    }
    schemas.values_mut().for_each(clean);
    schemas
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "tags": [tag(route.path)],
        "responses": responses(route, generator),
    });
    if !route.description.is_empty() {
        operation["description"] = route.description.into();
    }
    let parameters = parameters(route, generator);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = &route.body {
        let content = content(body, generator);
        operation["requestBody"] = json!({
            "description": body.description, "required": true, "content": content,
        });
    }
    match route.access {
        Access::Public => operation["security"] = json!([]),
        // Pages are not described.
        Access::SignedIn(_) => {}
        Access::Roles(roles) | Access::Local(roles) => {
            let mut ways = vec![json!({ "bearer": [] })];
            // Without a credential, where only this machine reaches the server.
            ways.extend(matches!(route.access, Access::Local(_)).then(|| json!({})));
            operation["security"] = json!(ways);
            operation["x-roles"] = json!(roles);
        }
    }
    operation
}

/// The part of the path after the version.
fn tag(path: &str) -> &str {
    path.trim_start_matches("/v1/").trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn content(content: &Content, generator: &mut SchemaGenerator) -> Value {
    let Some(media_type) = content.media_type else { return json!({}) };
    let schema =
        content.schema.map_or_else(|| json!({ "type": "string" }), |of| of(generator).to_value());
    json!({ media_type: { "schema": schema } })
}

/// One response per status; several media types or problems of one status share it.
fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for (status, answer) in &route.answers {
        let entry = entry(&mut responses, *status, answer.description);
        let Value::Object(types) = content(answer, generator) else { continue };
        for (media_type, schema) in types {
            entry["content"][media_type] = schema;
        }
    }
    for problem in route.all_problems() {
        let (status, name, title) = problem.facts();
        let entry = entry(&mut responses, status, &format!("{title} (`{name}`)."));
        let schema = schema_of::<Details>(generator).to_value();
        entry["content"][PROBLEM_JSON] = json!({ "schema": schema });
        if matches!(problem, ProblemType::Unavailable | ProblemType::TooManyRequests) {
            entry["headers"]["Retry-After"] = json!({
                "description": "Seconds after which it is worth trying again.",
                "schema": { "type": "integer", "minimum": 0 },
            });
        }
    }
    Value::Object(responses)
}

fn entry<'a>(
    responses: &'a mut Map<String, Value>,
    status: StatusCode,
    description: &str,
) -> &'a mut Value {
    let entry = responses.entry(status.as_str()).or_insert_with(|| json!({}));
    let known = entry["description"].as_str().unwrap_or_default();
    let description = match known {
        "" => description.to_owned(),
        known if known.contains(description) => known.to_owned(),
        known => format!("{known} {description}"),
    };
    entry["description"] = description.into();
    entry
}

/// The fields of path and query types, one parameter each.
fn parameters(route: &Route, generator: &mut SchemaGenerator) -> Vec<Value> {
    let mut parameters = Vec::new();
    for (place, of) in [("path", route.path_schema), ("query", route.query_schema)] {
        let Some(of) = of else { continue };
        let schema = of(generator).to_value();
        let required: Vec<&str> = schema["required"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let Some(fields) = schema["properties"].as_object() else { continue };
        for (name, field) in fields {
            let mut field = without_null(field.clone());
            let description = field.as_object_mut().and_then(|f| f.remove("description"));
            parameters.push(json!({
                "name": name,
                "in": place,
                "required": place == "path" || required.contains(&name.as_str()),
                "description": description.unwrap_or_default(),
                "schema": field,
            }));
        }
    }
    for header in &route.headers {
        let mut schema = json!({ "type": "string" });
        if let Some(pattern) = header.pattern {
            schema["pattern"] = json!(pattern);
        }
        parameters.push(json!({
            "name": header.name,
            "in": "header",
            "required": header.required,
            "description": header.description,
            "schema": schema,
        }));
    }
    parameters
}

/// A parameter that is left out is not there; it is never null.
fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array() {
        let kept: Vec<&Value> = types.iter().filter(|kind| **kind != "null").collect();
        if let [only] = kept.as_slice() {
            schema["type"] = (*only).clone();
        }
    }
    if let Some(object) = schema.as_object_mut() {
        object.remove("default");
        if let Some(Value::Array(any)) = object.remove("anyOf") {
            let first = any.into_iter().find(|one| one["type"] != "null");
            if let Some(Value::Object(one)) = first {
                object.extend(one);
            }
        }
        if let Some(Value::Array(names)) = object.get_mut("enum") {
            names.retain(|name| !name.is_null());
        }
    }
    schema
}

impl Route {
    /// Everything that can go wrong, in the order of the statuses.
    fn all_problems(&self) -> Vec<ProblemType> {
        let everywhere: &[ProblemType] = match self.access {
            Access::Public => &[ProblemType::RequestMalformed, ProblemType::Unavailable],
            Access::Roles(_) | Access::Local(_) | Access::SignedIn(_) => &[
                ProblemType::RequestMalformed,
                ProblemType::CredentialInvalid,
                ProblemType::RoleNotAllowed,
                ProblemType::TooManyRequests,
                ProblemType::Unavailable,
            ],
        };
        let mut all: Vec<_> = self.problems.iter().chain(everywhere).copied().collect();
        all.sort_by_key(|problem| problem.facts().0);
        all.dedup();
        all
    }
}
