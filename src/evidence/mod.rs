//! Evidence of one claim for whoever does not believe us: a zip with everything that happened, the
//! mails as they were sent, the explained end of the window and the decision, signed.
//!
//! Written from what Redis has; nothing is decided here, and nothing changes. `docs/evidence.md`
//! describes the format, and `docs/verify_evidence.py` checks it and shares no code with this.

mod bundle;
mod decision;
mod keys;
mod mails;

use chrono::{DateTime, Utc};

use jsonwebtoken::jwk::JwkSet;

use crate::access::SigningError;
use crate::calendar::Language;
use crate::claim::{ChainTip, Claim, ClaimId, Recorded};
use crate::mail::MessageError;
use crate::secrets::Secrets;
use crate::store::StoreError;
use crate::view::{Dossier, explanation};
use crate::worker::Stationery;
use bundle::{File, Manifest, json, zipped};
use decision::Decision;

/// What a bundle says of itself, for people.
const README: &str = include_str!("readme.txt");
/// The version of the format.
const FORMAT: &str = "cpor-evidence/1";

/// Makes bundles; cheap to clone.
#[derive(Clone)]
pub struct Evidence {
    stationery: Stationery,
    secrets: Secrets,
    public_url: String,
}

/// A bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// What is known of the claim cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mail cannot be written again.
    #[error("could not write a mail of claim {claim_id} again")]
    Mail {
        /// Whose.
        claim_id: ClaimId,
        /// Why not.
        #[source]
        source: MessageError,
    },
    /// A part of the bundle cannot be written as JSON.
    #[error("could not write {name} as JSON")]
    Json {
        /// Which part.
        name: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// The zip cannot be written.
    #[error("could not write the zip")]
    Zip(#[source] zip::result::ZipError),
    /// The manifest cannot be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// A claim and its history at one revision.
struct Case {
    claim: Claim,
    /// The stored events, byte for byte.
    lines: Vec<Vec<u8>>,
    history: Vec<Recorded>,
    /// The claim before each of its events; nothing before the first.
    before: Vec<Option<Claim>>,
}

impl Evidence {
    /// Bundles of the deployment that others reach at `public_url`.
    #[must_use]
    pub const fn new(stationery: Stationery, secrets: Secrets, public_url: String) -> Self {
        Self { stationery, secrets, public_url }
    }

    /// The bundle of a claim, as it is now. The same claim at the same revision always gives the
    /// same bytes, but for `made_at` and the signature.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or a part cannot be written.
    pub async fn bundle(
        &self,
        claim: Claim,
        made_at: DateTime<Utc>,
    ) -> Result<Vec<u8>, EvidenceError> {
        let case = Case::read(self.stationery.ledger.store(), claim).await?;
        let mut files = vec![
            File::new("README.txt", README.into()),
            File::new("history.jsonl", joined(&case.lines)),
            File::new("chain.jsonl", chain(&case)?),
            File::new("decision.json", json("decision.json", &Decision::of(&case))?),
        ];
        let dossier =
            Dossier { claim: case.claim.clone(), history: case.history.clone(), stuck: None };
        files.push(File::new("claim.json", json("claim.json", &dossier.view())?));
        if let Some(window) = dossier.window() {
            let (paused_at, at) = (case.claim.paused_at(), case.claim.changed_at);
            let explained = explanation(window, paused_at, at, Language::English);
            files.push(File::new("deadline.json", json("deadline.json", &explained)?));
            files.push(File::new("deadline.txt", (explained.sentences.join("\n") + "\n").into()));
        }
        files.extend(mails::files(&self.stationery, &case)?);
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let (key_id, pair) = keys::current(&self.secrets)?;
        let manifest = Manifest {
            format: FORMAT,
            claim_id: case.claim.id,
            revision: case.claim.revision,
            chain: case.claim.chain,
            made_at,
            made_by: concat!("cpor ", env!("CARGO_PKG_VERSION")),
            deployment: &self.public_url,
            key_id: &key_id,
            files: files.iter().map(File::listed).collect(),
        };
        let manifest = json("manifest.json", &manifest)?;
        let signature = pair.sign(&manifest).as_ref().to_vec();
        let signed = [File::new("manifest.json", manifest), File::new("manifest.sig", signature)];
        zipped(signed.iter().chain(&files)).map_err(EvidenceError::Zip)
    }
}

impl Evidence {
    /// The public keys of all secret keys, for whoever checks bundles.
    ///
    /// # Errors
    ///
    /// When a key cannot be derived.
    pub fn jwks(&self) -> Result<JwkSet, SigningError> {
        keys::jwks(&self.secrets)
    }
}

impl Case {
    /// What was appended after the claim had been read is left out.
    async fn read(store: &crate::store::Store, claim: Claim) -> Result<Self, StoreError> {
        let mut lines = store.history_lines(claim.id).await?;
        lines.truncate(usize::try_from(claim.revision).unwrap_or(usize::MAX));
        let read = |line: &Vec<u8>| serde_json::from_slice::<Recorded>(line);
        let history: Vec<Recorded> =
            lines.iter().map(read).collect::<Result<_, _>>().map_err(|error| {
                StoreError::malformed(format!("read the history of claim {}", claim.id), error)
            })?;
        let mut before = Vec::with_capacity(history.len());
        let mut now: Option<Claim> = None;
        for recorded in &history {
            before.push(now.clone());
            now = match now {
                Some(claim) => Some(claim.evolve(recorded)),
                None => Claim::replay(claim.id, std::slice::from_ref(recorded)),
            };
        }
        Ok(Self { claim, lines, history, before })
    }
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect()
}

fn chain(case: &Case) -> Result<Vec<u8>, EvidenceError> {
    #[derive(serde::Serialize)]
    struct Link {
        revision: u64,
        chain: ChainTip,
    }
    let mut text = Vec::new();
    for (revision, chain) in (1..).zip(ChainTip::each(case.claim.id, &case.lines)) {
        let link = serde_json::to_vec(&Link { revision, chain });
        text.extend(link.map_err(|source| EvidenceError::Json { name: "chain.jsonl", source })?);
        text.push(b'\n');
    }
    Ok(text)
}
