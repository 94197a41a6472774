//! The links in mails: `/r/<token>` to the page of a notice, `/c/<token>` to the tenant's own view,
//! `/n/<token>` to what an address is told of a partner's claims, `/a/<token>` to a statement of
//! work that is to be acknowledged, `/w/<token>` to the choice between the partners of a contest.
//!
//! Whoever has a token has received our mail: it cannot be guessed, and one that is wrong in any
//! way is told apart by nothing, not even by time. Pure: whether there is such a claim, and how it
//! stands, is asked elsewhere, and only after the token was found to be ours.
//!
//! A token is base64url of version, key number, kind, claim, notice number, the tenant (`/c` only)
//! and the first 16 bytes of an HMAC-SHA256 of all that by the key of the purpose `link`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::claim::ClaimId;
use crate::claim::identity::{DocumentId, EmailAddress, TenantId};
use crate::notifications::SubscriptionId;
use crate::secrets::{KeyId, Secrets, mac, verify_mac};

/// What the keys of links are derived for.
const PURPOSE: &str = "link";
/// The form of tokens that this release writes.
const VERSION: u8 = 1;
/// Length of the MAC in a token: 128 bits.
const MAC_BYTES: usize = 16;
/// How much of the digest of an address is in a token.
const ADDRESS_BYTES: usize = 12;
/// Longest text that is looked at; every token is shorter.
const TOKEN_CHARACTERS_MAX: usize = 128;

/// What `/r/<token>` is about: one notice of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoticeLink {
    /// The claim of which the customer was told.
    pub claim_id: ClaimId,
    /// The notice the link came with. A claim that has had more notices since was passed on to
    /// somebody else, and this link is an old one.
    pub notice: u32,
}

/// What `/c/<token>` is about: one tenant, as seen by who received a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantLink {
    /// Whose associations are shown.
    pub tenant_id: TenantId,
    /// The claim and notice whose recipient has the link.
    pub received: NoticeLink,
}

/// What `/n/<token>` is about: one address that is told of a partner's claims. It is good for this
/// address alone: a subscription that gets another one has other links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubscriptionLink {
    /// The subscription.
    pub id: SubscriptionId,
    address: [u8; ADDRESS_BYTES],
}

impl SubscriptionLink {
    /// The link for the address of a subscription.
    #[must_use]
    pub fn new(id: SubscriptionId, email: &EmailAddress) -> Self {
        let digest = Sha256::digest(email.as_str());
        let mut address = [0; ADDRESS_BYTES];
        address.copy_from_slice(&digest[..ADDRESS_BYTES]);
        Self { id, address }
    }
}

/// What `/w/<token>` is about: one contest of a claim, of which its customer may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChoiceLink {
    /// The contested claim.
    pub claim_id: ClaimId,
    /// The event that brought the contest; another one has links of its own.
    pub contest: u64,
}

/// What somebody who opens `/n/<token>` may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionDoor {
    /// Say whether the address may be told: the link of the mail that asks.
    Confirm,
    /// Leave: the link of every other mail, which may be passed on.
    Leave,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Notice,
    Tenant,
    Confirm,
    Leave,
    Acknowledgement,
    Choice,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Notice => 1,
            Self::Tenant => 2,
            Self::Confirm => 3,
            Self::Leave => 4,
            Self::Acknowledgement => 5,
            Self::Choice => 6,
        }
    }
}

/// Makes links and reads their tokens; cheap to clone.
#[derive(Debug, Clone)]
pub struct Links {
    secrets: Secrets,
    public_url: String,
}

impl Links {
    /// Links below `public_url`, which has no final slash.
    #[must_use]
    pub const fn new(secrets: Secrets, public_url: String) -> Self {
        Self { secrets, public_url }
    }

    /// The key that signs now. Who repeats a mail has to remember it: keys rotate.
    #[must_use]
    pub fn current_key(&self) -> KeyId {
        self.secrets.current(PURPOSE).0
    }

    /// The address of the page of a notice, signed by the given key, or by the current one when
    /// the deployment does not have that key any more.
    #[must_use]
    pub fn notice_url(&self, link: NoticeLink, key: KeyId) -> String {
        let token = self.token(key, Kind::Notice, &notice_bytes(link));
        format!("{}/r/{token}", self.public_url)
    }

    /// The address of a claim among the partner's pages.
    #[must_use]
    pub fn claim_page_url(&self, claim_id: ClaimId) -> String {
        format!("{}/partner/claims/{claim_id}", self.public_url)
    }

    /// The address at which the partner makes a draft of a claim that takes this one's place.
    #[must_use]
    pub fn renewal_url(&self, claim_id: ClaimId) -> String {
        format!("{}/v1/claims/{claim_id}/renewal", self.public_url)
    }

    /// The address of the tenant's own view; the key as for [`Links::notice_url`].
    #[must_use]
    pub fn tenant_url(&self, link: TenantLink, key: KeyId) -> String {
        let token = self.token(key, Kind::Tenant, &tenant_bytes(link));
        format!("{}/c/{token}", self.public_url)
    }

    /// The address of the page where an address of a partner is confirmed or left, signed by the
    /// current key.
    #[must_use]
    pub fn subscription_url(&self, link: SubscriptionLink, door: SubscriptionDoor) -> String {
        let kind = match door {
            SubscriptionDoor::Confirm => Kind::Confirm,
            SubscriptionDoor::Leave => Kind::Leave,
        };
        let mut about = link.id.as_uuid().into_bytes().to_vec();
        about.extend_from_slice(&link.address);
        format!("{}/n/{}", self.public_url, self.token(self.current_key(), kind, &about))
    }

    /// What a token of `/n` is about; `None` when anything at all is wrong with it.
    #[must_use]
    pub fn read_subscription(&self, token: &str) -> Option<(SubscriptionLink, SubscriptionDoor)> {
        let confirm = self.verified(token, Kind::Confirm);
        let leave = self.verified(token, Kind::Leave);
        let (about, door) = match (confirm, leave) {
            (Some(about), _) => (about, SubscriptionDoor::Confirm),
            (None, Some(about)) => (about, SubscriptionDoor::Leave),
            (None, None) => return None,
        };
        let (id, address) = about.split_at_checked(16)?;
        let id = SubscriptionId::from(Uuid::from_slice(id).ok()?);
        Some((SubscriptionLink { id, address: address.try_into().ok()? }, door))
    }

    /// The address of the page on which a customer chooses between partners, signed by the current
    /// key.
    #[must_use]
    pub fn choice_url(&self, link: ChoiceLink) -> String {
        let mut about = link.claim_id.as_uuid().into_bytes().to_vec();
        about.extend_from_slice(&link.contest.to_be_bytes());
        format!("{}/w/{}", self.public_url, self.token(self.current_key(), Kind::Choice, &about))
    }

    /// What a token of `/w` is about; `None` when anything at all is wrong with it.
    #[must_use]
    pub fn read_choice(&self, token: &str) -> Option<ChoiceLink> {
        let about = self.verified(token, Kind::Choice)?;
        let (claim_id, contest) = about.split_at_checked(16)?;
        let claim_id = ClaimId::try_from(Uuid::from_slice(claim_id).ok()?).ok()?;
        Some(ChoiceLink { claim_id, contest: u64::from_be_bytes(contest.try_into().ok()?) })
    }

    /// The address of a page of the partner's, below the public one.
    #[must_use]
    pub fn inbox_url(&self) -> String {
        format!("{}/partner/notifications", self.public_url)
    }

    /// What a token of `/r` is about; `None` when anything at all is wrong with it.
    #[must_use]
    pub fn read_notice(&self, token: &str) -> Option<NoticeLink> {
        notice_of(&self.verified(token, Kind::Notice)?)
    }

    /// What a token of `/c` is about; `None` when anything at all is wrong with it.
    #[must_use]
    pub fn read_tenant(&self, token: &str) -> Option<TenantLink> {
        let bytes = self.verified(token, Kind::Tenant)?;
        let (received, tenant_id) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
        let tenant_id = Uuid::from_slice(tenant_id).ok()?;
        let tenant_id = TenantId::parse(&tenant_id.hyphenated().to_string()).ok()?;
        Some(TenantLink { tenant_id, received: notice_of(received)? })
    }

    /// The address of the page of a statement of work; the key as for [`Links::notice_url`].
    #[must_use]
    pub fn acknowledgement_url(&self, id: DocumentId, key: KeyId) -> String {
        let token = self.token(key, Kind::Acknowledgement, id.as_uuid().as_bytes());
        format!("{}/a/{token}", self.public_url)
    }

    /// Which statement a token of `/a` is about, and the key that signed it; `None` when anything
    /// at all is wrong with it.
    #[must_use]
    pub fn read_acknowledgement(&self, token: &str) -> Option<(DocumentId, KeyId)> {
        let bytes = self.verified(token, Kind::Acknowledgement)?;
        let id =
            DocumentId::parse(&Uuid::from_slice(&bytes).ok()?.hyphenated().to_string()).ok()?;
        // It was verified, so that it has a key.
        let key = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?.get(1).copied()?;
        Some((id, KeyId(key)))
    }

    fn token(&self, key_id: KeyId, kind: Kind, about: &[u8]) -> String {
        let (key_id, key) = match self.secrets.of(key_id, PURPOSE) {
            Some(key) => (key_id, key),
            None => self.secrets.current(PURPOSE),
        };
        let mut bytes = vec![VERSION, key_id.0, kind.code()];
        bytes.extend_from_slice(about);
        let mac = mac(&key, &bytes);
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token of this kind says, once its MAC was found to be right.
    fn verified(&self, token: &str, kind: Kind) -> Option<Vec<u8>> {
        if token.len() > TOKEN_CHARACTERS_MAX {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        let &[version, key_id, code, ref about @ ..] = signed else { return None };
        // An unknown key takes as long as a known one.
        let known = self.secrets.of(KeyId(key_id), PURPOSE);
        let key = known.unwrap_or_else(|| self.secrets.current(PURPOSE).1);
        let genuine = verify_mac(&key, signed, mac) && known.is_some();
        (genuine && version == VERSION && code == kind.code()).then(|| about.to_vec())
    }
}

fn notice_bytes(link: NoticeLink) -> Vec<u8> {
    let mut bytes = link.claim_id.as_uuid().into_bytes().to_vec();
    bytes.extend_from_slice(&link.notice.to_be_bytes());
    bytes
}

fn tenant_bytes(link: TenantLink) -> Vec<u8> {
    let mut bytes = notice_bytes(link.received);
    bytes.extend_from_slice(link.tenant_id.as_uuid().as_bytes());
    bytes
}

fn notice_of(bytes: &[u8]) -> Option<NoticeLink> {
    let (claim_id, notice) = bytes.split_at_checked(16)?;
    let claim_id = ClaimId::try_from(Uuid::from_slice(claim_id).ok()?).ok()?;
    Some(NoticeLink { claim_id, notice: u32::from_be_bytes(notice.try_into().ok()?) })
}

#[cfg(test)]
mod tests;
