//! The table of roles and routes, made from the table of routes.

use std::fmt::Write as _;

use crate::access::Role;
use crate::http::route::{Access, Route};

/// Who may call what, as Markdown.
#[must_use]
pub fn describe(routes: &[Route]) -> String {
    let mut text = String::from(include_str!("roles.md"));
    let roles = Role::ALL.map(|role| format!("`{role}`"));
    // Writing to a string does not fail.
    let _ = writeln!(text, "| route | {} | no credential |", roles.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(Role::ALL.len() + 1));
    for route in routes {
        let marks = Role::ALL.map(|role| mark(route.admits(Some(role))));
        let open = mark(route.admits(None));
        let _ = writeln!(
            text,
            "| `{} {}` | {} | {open} |",
            route.method,
            route.path,
            marks.join(" | ")
        );
    }
    text
}

const fn mark(admitted: bool) -> &'static str {
    if admitted { "yes" } else { "-" }
}

impl Route {
    /// Whether a caller with this role, or without a credential, gets past the guard.
    #[must_use]
    pub fn admits(&self, role: Option<Role>) -> bool {
        match (self.access, role) {
            (Access::Public, _) => true,
            (Access::Roles(roles) | Access::Local(roles) | Access::SignedIn(roles), Some(role)) => {
                roles.contains(&role)
            }
            (Access::Roles(_) | Access::Local(_) | Access::SignedIn(_), None) => false,
        }
    }
}
