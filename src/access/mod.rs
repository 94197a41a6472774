//! Who may do what: callers of the HTTP API, and the credentials that make them so; and whose an
//! entry on the intake list is.
//!
//! | file | holds |
//! |---|---|
//! | `role.rs`, `caller.rs` | what a caller may do, and for whom |
//! | `authenticator.rs` | the one place where a credential becomes a caller |
//! | `api_key.rs`, `key_record.rs` | what API keys look like, and the rules about them; pure |
//! | `api_keys.rs`, `key_cache.rs` | keeping keys in Redis, and knowing them without asking it |
//! | `development.rs` | ready keys for a developer's machine |
//! | `oidc.rs`, `jwt.rs` | tokens of an OpenID Connect issuer |
//! | `intake.rs` | whose an entry on the intake list is, by its signature |
//! | `session.rs` | who is signed in to our pages; `sealed.rs` makes cookies of it |
//! | `token.rs` | the tokens we sign for services that hold usage data |
//!
//! A caller's identity comes from its credential alone, never from the request. What a role may
//! do is said route by route where the routes are; which claims a caller sees is said here.

mod api_key;
mod api_keys;
mod authenticator;
mod caller;
mod development;
mod intake;
mod jwt;
mod key_cache;
mod key_record;
mod oidc;
mod remembered;
mod role;
mod sealed;
mod session;
mod token;

pub use api_key::{ApiKey, ApiKeyId, NoApiKeyId, SecretDigest};
pub use api_keys::{ApiKeyError, ApiKeys, IssuedApiKey, ListedApiKey};
pub use authenticator::{AuthError, Authenticator};
pub use caller::{Authority, Caller, PARTNER_SOURCE, WrongScope, is_partner_source};
pub use development::{
    DevelopmentKey, DevelopmentKeyError, DevelopmentUser, ensure_development_keys,
};
pub use intake::{IntakeDoor, IntakeSettings, Unproven, source_key};
pub use jwt::TokenProblem;
pub use key_record::{ApiKeyRecord, ApiKeyRefusal, ApiKeyState, NewApiKey};
pub use oidc::{
    AccessSettings, AccessSetupError, Begun, DevelopmentUserSettings, OidcSettings, Returned,
    SignInError, SignIns, SignedIn,
};
pub use role::{Role, UnknownRole};
pub use session::{Session, Sessions};
pub use token::{
    AUDIENCE, AccessClaims, AccessToken, LIFE_SECONDS_MAX, SigningError, Tokens, verify,
};
pub(crate) use token::{ed25519_jwk, ed25519_key_id};
