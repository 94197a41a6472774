//! Headers that operations read, as the description of the API tells of them.

/// A header that an operation reads.
#[derive(Debug, Clone, Copy)]
pub struct RequestHeader {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What its value looks like, as a regular expression.
    pub pattern: Option<&'static str>,
}

impl RequestHeader {
    /// One that may be left out, and may say anything.
    #[must_use]
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description, required: false, pattern: None }
    }

    /// The revision that the caller has seen (RFC 9110, section 13.1.1).
    #[must_use]
    pub const fn if_match(required: bool) -> Self {
        // An empty one, which some clients send for none, is as good as none.
        let one_or_none = r#"^((W/)?"[0-9]{1,18}")?$"#;
        Self {
            name: "If-Match",
            description: "The revision that you have seen, such as `\"3\"`; refused if it is \
                          another.",
            required,
            pattern: Some(if required { r#"^(W/)?"[0-9]{1,18}"$"# } else { one_or_none }),
        }
    }
}
