//! One table of routes, from which the router, the description of the API and the table of roles
//! are made, so that none of them can differ from the others.
//!
//! Every route says who may call it: there is no default.

mod header;

use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::access::Role;
use crate::http::Web;
use crate::http::problem::ProblemType;
use crate::settings::HttpSettings;

pub use header::RequestHeader;

/// Makes the schema of one type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a credential.
    Public,
    /// Callers with one of these roles.
    Roles(&'static [Role]),
    /// Anybody on this machine where nobody else reaches the server, and otherwise callers with
    /// one of these roles.
    Local(&'static [Role]),
    /// People who have signed in with one of these roles, in a browser.
    SignedIn(&'static [Role]),
}

/// In which deployments a route exists at all. Where it does not, it is not in the router: there
/// is no check that could be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In every deployment, and where sandboxes are made.
    Always,
    /// In every deployment and sandbox.
    Everywhere,
    /// In every deployment; sandboxes have the calendars of the server that made them.
    Deployment,
    /// Where the clock is virtual.
    VirtualClock,
    /// Where the clock is virtual and only this machine reaches the server; and in a sandbox.
    ClockPage,
    /// In a sandbox.
    Sandbox,
    /// Where sandboxes are made.
    SandboxHost,
}

/// What a route takes or gives under one status and media type.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// In a sentence.
    pub description: &'static str,
    /// The media type, if there is a body at all.
    pub media_type: Option<&'static str>,
    /// Its schema; without one the body is text in the given media type.
    pub schema: Option<SchemaOf>,
}

/// One method on one path.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// The name of the operation, in snake case; clients are generated from it.
    pub id: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What else there is to know.
    pub description: &'static str,
    /// Who may call it.
    pub access: Access,
    /// A setting that opens it to everybody.
    pub opened_by: Option<fn(&HttpSettings) -> bool>,
    /// Where it exists.
    pub place: Place,
    /// Parameters in the path.
    pub path_schema: Option<SchemaOf>,
    /// Parameters in the query.
    pub query_schema: Option<SchemaOf>,
    /// Headers that the operation reads.
    pub headers: Vec<RequestHeader>,
    /// What it takes.
    pub body: Option<Content>,
    /// What it gives.
    pub answers: Vec<(StatusCode, Content)>,
    /// What can go wrong beyond what can go wrong everywhere.
    pub problems: Vec<ProblemType>,
    /// Whether `telemetry.listen` serves it too, to whoever reaches that address.
    pub telemetry: bool,
    /// A stream, which has no time limit as a whole.
    pub streams: bool,
    /// A page for people, which is not part of the API.
    pub is_page: bool,
    /// What answers.
    pub handler: MethodRouter<Web>,
}

impl Route {
    /// A route that nobody may call until [`Route::roles`] or [`Route::public`] says who.
    pub fn new<H, T>(
        method: Method,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        Self {
            method,
            path,
            id,
            summary,
            description: "",
            access: Access::Roles(&[]),
            opened_by: None,
            place: Place::Everywhere,
            path_schema: None,
            query_schema: None,
            headers: Vec::new(),
            body: None,
            answers: Vec::new(),
            problems: Vec::new(),
            telemetry: false,
            streams: false,
            is_page: false,
            handler: on(filter, handler),
        }
    }

    /// Callers with one of these roles may call it.
    #[must_use]
    pub fn roles(mut self, roles: &'static [Role]) -> Self {
        self.access = Access::Roles(roles);
        self
    }

    /// Anybody may call it, without a credential.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.access = Access::Public;
        self
    }

    /// Anybody may call it where the settings say so.
    #[must_use]
    pub fn opened_by(mut self, opened: fn(&HttpSettings) -> bool) -> Self {
        self.opened_by = Some(opened);
        self
    }

    /// Who may call it in a deployment with these settings.
    #[must_use]
    pub fn access_in(&self, settings: &HttpSettings) -> Access {
        let opened = self.opened_by.is_some_and(|opened| opened(settings));
        if opened { Access::Public } else { self.access }
    }

    /// Anybody on this machine may call it where nobody else can, and otherwise these roles.
    #[must_use]
    pub fn local(mut self, roles: &'static [Role]) -> Self {
        self.access = Access::Local(roles);
        self
    }

    /// It is a page for people: public, and left out of the description of the API.
    #[must_use]
    pub fn page(self) -> Self {
        Self { is_page: true, ..self.public() }
    }

    /// It is a page for people who have signed in with one of these roles.
    #[must_use]
    pub fn signed_in(mut self, roles: &'static [Role]) -> Self {
        self.access = Access::SignedIn(roles);
        self.is_page = true;
        self
    }

    /// It exists only there.
    #[must_use]
    pub const fn only(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// What else there is to know.
    #[must_use]
    pub fn says(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// The parameters in the path are the fields of `T`.
    #[must_use]
    pub fn path<T: JsonSchema>(mut self) -> Self {
        self.path_schema = Some(T::json_schema);
        self.problem(ProblemType::NotFound)
    }

    /// The parameters in the query are the fields of `T`.
    #[must_use]
    pub fn query<T: JsonSchema>(mut self) -> Self {
        self.query_schema = Some(T::json_schema);
        self
    }

    /// The operation reads this header.
    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str) -> Self {
        self.headers.push(RequestHeader::new(name, description));
        self
    }

    /// It reads from `If-Match` the revision that the caller has seen.
    #[must_use]
    pub fn if_match(mut self, required: bool) -> Self {
        self.headers.push(RequestHeader::if_match(required));
        self
    }

    /// It takes a `T` as JSON.
    #[must_use]
    pub fn takes<T: JsonSchema>(self, description: &'static str) -> Self {
        self.takes_as("application/json", Some(schema_of::<T>), description)
    }

    /// It takes a body of this media type.
    #[must_use]
    pub fn takes_as(
        mut self,
        media_type: &'static str,
        schema: Option<SchemaOf>,
        description: &'static str,
    ) -> Self {
        self.body = Some(Content { description, media_type: Some(media_type), schema });
        self.problem(ProblemType::TooLarge).problem(ProblemType::MediaTypeNotSupported)
    }

    /// It gives a `T` as JSON.
    #[must_use]
    pub fn gives<T: JsonSchema>(self, status: StatusCode, description: &'static str) -> Self {
        self.gives_as(status, Some("application/json"), Some(schema_of::<T>), description)
    }

    /// It gives a body of this media type, or none.
    #[must_use]
    pub fn gives_as(
        mut self,
        status: StatusCode,
        media_type: Option<&'static str>,
        schema: Option<SchemaOf>,
        description: &'static str,
    ) -> Self {
        self.answers.push((status, Content { description, media_type, schema }));
        self
    }

    /// This can go wrong, beyond what can go wrong everywhere.
    #[must_use]
    pub fn problem(mut self, problem: ProblemType) -> Self {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        self
    }

    /// It is also served at `telemetry.listen`, without asking for a credential.
    #[must_use]
    pub const fn telemetry(mut self) -> Self {
        self.telemetry = true;
        self
    }

    /// It is a stream, which has no time limit as a whole.
    #[must_use]
    pub const fn streams(mut self) -> Self {
        self.streams = true;
        self
    }
}

/// The schema of `T`: a reference where `T` has a name.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
