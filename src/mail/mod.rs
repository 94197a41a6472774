//! Mail: what customers and partners are told, and handing it to a mail server.
//!
//! Three steps, each usable alone. [`Templates`] turns plain data ([`NoticeText`],
//! [`PartnerResultText`], [`ReceiptText`]) into subject, text and HTML in the reader's language.
//! [`Mail`] is one message to one recipient with everything in it fixed, and always gives the same
//! bytes.
//! [`Mailer`] makes one attempt to hand it over and says what became of it ([`Delivery`]).
//!
//! Deliberately not here: when to send or to send again (the agenda's), what was sent (the
//! claim's history), the wording of dates (the calendar's), signing (the relay's), and the time.

mod acknowledgement;
mod clean;
mod connection;
mod delivery;
mod directory;
mod mailbox;
mod mailer;
mod message;
mod outbox;
mod pool;
mod reviews;
mod samples;
mod settings;
mod smtp;
mod sources;
mod templates;
mod texts;
mod told;
mod wire;
mod wrap;

pub use acknowledgement::AcknowledgementText;
pub use connection::Offer;
pub use delivery::{Attempt, Delivery, Failure, Phase};
pub use directory::Directory;
pub use mailbox::{Mailbox, MailboxError};
pub use mailer::{MailSettingsError, Mailer, Sender};
pub use message::{Mail, MailKind, MessageError, MessageId};
pub use outbox::{KeptMail, Outbox};
pub use settings::{MailSettings, SmtpSettings, SmtpTimeouts, TlsMode, Transport};
pub use smtp::Smtp;
pub use templates::{TemplateError, Templates};
pub use texts::{
    CorrectionText, EndingReader, EndingText, FindingText, ItemText, NoticeText, PartnerOutcome,
    PartnerResultText, ProposedText, ReceiptAnswer, ReceiptText, Rendered, ReviewNoticeText,
    WindowChangeText,
};
pub use told::{ConfirmationText, DigestClaim, DigestLine, DigestText, NotificationText};
