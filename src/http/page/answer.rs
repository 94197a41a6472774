//! What a form asks of a claim.

use chrono::{DateTime, Utc};

use super::form::{FieldError, Values};
use crate::claim::Claim;
use crate::claim::command::{Command, ContactProposal};
use crate::claim::identity::Comment;
use crate::claim::submission::{CustomerContact, RawContact};

/// The choices of a notice's form; the first and the last of them need more to decide anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// No.
    Reject,
    /// Yes.
    Agree,
    /// Somebody else decides.
    PassOn,
}

impl Choice {
    /// The choice of a field, if it is one.
    pub fn parse(raw: Option<&str>) -> Option<Self> {
        [Self::Reject, Self::Agree, Self::PassOn].into_iter().find(|one| raw == Some(one.as_str()))
    }

    /// The value of the field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Agree => "agree",
            Self::PassOn => "pass_on",
        }
    }
}

/// An answer that can be recorded.
pub(super) enum Answer {
    /// No, with the customer's words, if any.
    Reject(Option<Comment>),
    /// Yes.
    Agree,
    /// Somebody else decides.
    PassOn(Box<CustomerContact>, Option<Comment>),
}

impl Answer {
    /// Reads what belongs to a choice.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, field by field, in the order of the form.
    pub fn read(choice: Choice, values: &Values, claim: &Claim) -> Result<Self, Vec<FieldError>> {
        match choice {
            Choice::Agree => Ok(Self::Agree),
            Choice::Reject => Ok(Self::Reject(comment(values).map_err(|error| vec![error])?)),
            Choice::PassOn => match (contact(values, claim), comment(values)) {
                (Ok(contact), Ok(comment)) => Ok(Self::PassOn(Box::new(contact), comment)),
                (contact, comment) => {
                    Err(contact.err().into_iter().flatten().chain(comment.err()).collect())
                }
            },
        }
    }

    /// What the ledger is asked to do. A partner has until `answer_by` to confirm a contact.
    pub fn command(
        self,
        notice: u32,
        received_at: DateTime<Utc>,
        answer_by: DateTime<Utc>,
    ) -> Command {
        match self {
            Self::Reject(comment) => {
                let reason = comment.map(|comment| comment.as_str().to_owned());
                Command::Reject { received_at, reason }
            }
            Self::Agree => Command::Confirm { received_at },
            Self::PassOn(contact, comment) => Command::ProposeContact(Box::new(ContactProposal {
                notice,
                received_at,
                contact: *contact,
                comment,
                answer_by,
                remind_at: None,
            })),
        }
    }
}

/// The customer's words to the partner, if any.
///
/// # Errors
///
/// When they are too long or have characters that cannot be shown.
pub(super) fn comment(values: &Values) -> Result<Option<Comment>, FieldError> {
    if values.comment.is_empty() {
        return Ok(None);
    }
    Comment::parse(&values.comment).map(Some).map_err(|_| FieldError::new("comment", "comment"))
}

fn contact(values: &Values, claim: &Claim) -> Result<CustomerContact, Vec<FieldError>> {
    let raw = RawContact {
        name: &values.name,
        title: &values.title,
        email: &values.email,
        language: (!values.language.is_empty()).then_some(&values.language),
    };
    let contact = CustomerContact::parse(raw).map_err(|findings| {
        findings.iter().map(|finding| error_at(&finding.field)).collect::<Vec<_>>()
    })?;
    if contact.email == claim.submission.customer.contact.email {
        return Err(vec![FieldError::new("email", "same_email")]);
    }
    Ok(contact)
}

fn error_at(field: &str) -> FieldError {
    match field {
        "name" => FieldError::new("name", "name"),
        "title" => FieldError::new("title", "title_field"),
        "language" => FieldError::new("language", "language"),
        _ => FieldError::new("email", "email"),
    }
}
