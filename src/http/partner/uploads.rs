//! Files that a partner's people send with a form, one part after the other, with or without a
//! script, and why one was not taken in, in the language of the page.
//!
//! The token of the session is the first part of the form, so that nothing of a file is read that
//! another page has sent.

use axum::extract::Request;
use serde::Serialize;

use crate::claim::Finding;
use crate::http::multipart::Multipart;
use crate::http::partner::finding::Told;
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;
use crate::http::signed::unreadable;
use crate::http::v1::proofs;
use crate::proofs::{Document, Refused, Upload};

/// A session's token is shorter.
const TOKEN_MAX: usize = 1_024;
/// Files of one form that are taken in.
const FILES_MAX: usize = cpor_jobs::limits::PROOFS_MAX;

/// Something that was not taken in, and why.
#[derive(Serialize)]
pub(super) struct NotTaken {
    name: String,
    told: Told,
}

impl NotTaken {
    /// Whatever is called `name`, and what was found about it.
    pub fn of(visit: &Visit, name: String, finding: &Finding) -> Result<Self, Problem> {
        let told = Told::in_table("refusal", finding, visit.words()?, visit.language);
        Ok(Self { name, told })
    }

    /// What could not be taken in for another reason than what is in it, as well.
    pub fn refused(visit: &Visit, name: String, why: Refused) -> Result<Self, Problem> {
        let code = why.code().to_owned();
        let message = proofs::refused(why).in_words();
        let finding = Finding { field: String::new(), code: code.into(), message };
        Self::of(visit, name, &finding)
    }
}

/// A form with files that was sent from one of our pages.
pub(super) struct Files {
    form: Multipart,
    left: usize,
}

impl Files {
    /// Reads the beginning of a form.
    pub async fn of(visit: &Visit, request: Request) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let mut form = Multipart::of(&head.headers, body).ok_or_else(unreadable)?;
        let first = form.next_part().await.map_err(|_| unreadable())?;
        let token = match first {
            Some(first) if first.name == "token" => form.text(TOKEN_MAX).await,
            Some(_) | None => return Err(unreadable()),
        };
        if token.is_ok_and(|token| visit.session.has_sent(&token)) {
            Ok(Self { form, left: FILES_MAX })
        } else {
            Err(unreadable())
        }
    }

    /// The next file, as a document or why it is none; nothing after the last one.
    pub async fn next(
        &mut self,
        visit: &Visit,
    ) -> Result<Option<Result<Document, NotTaken>>, Problem> {
        while self.left > 0 {
            self.left -= 1;
            let part = self.form.next_part().await.map_err(|_| unreadable())?;
            let Some(part) = part else { return Ok(None) };
            let Some(file) = part.file.filter(|file| !file.is_empty()) else { continue };
            let upload = Upload {
                mpn_id: visit.partner()?,
                by: &visit.session.caller.name,
                name: &file,
                declared: part.media_type.as_deref(),
                length: None,
            };
            let received = visit.web.documents.receive(&upload, self.form.bytes()).await;
            return Ok(Some(match received {
                Ok(document) => Ok(document),
                Err(why) => Err(NotTaken::refused(visit, file, why)?),
            }));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::calendar::Language;
    use crate::http::partner::material::templates;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// What stands in quotes after each of these openings, at most so far behind them.
    fn quoted(source: &str, opening: &str, nth: usize) -> Vec<String> {
        let after = source.split(opening).skip(1);
        let quoted = after.filter_map(|rest| {
            let call = rest.split(';').next()?;
            Some(call.split('"').nth(2 * nth + 1)?.to_owned())
        });
        quoted.filter(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect()
    }

    /// Every code with which an upload or a question is refused, as the sources say.
    fn codes() -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/proofs");
        let mut codes = Vec::new();
        for path in sources(&root) {
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap();
            codes.extend(quoted(source, "refused(", 0));
            if path.ends_with("refused.rs") {
                let (_, code) = source.split_once("fn code(").unwrap();
                let (code, _) = code.split_once("fn outcome(").unwrap();
                let arms = code.split(" => \"").skip(1);
                codes.extend(arms.filter_map(|arm| arm.split('"').next().map(str::to_owned)));
            } else if path.ends_with("question.rs") || path.ends_with("receive.rs") {
                let found = source.split("Finding::new(").skip(1);
                codes.extend(found.filter_map(|call| {
                    let literals = call.split('"').skip(1).step_by(2).take(2);
                    literals.filter(|text| text.contains('_')).last().map(str::to_owned)
                }));
            } else if path.ends_with("pdf.rs") {
                let names = source.split("\"pdf_").skip(1);
                codes.extend(names.map(|name| format!("pdf_{}", name.split('"').next().unwrap())));
            } else if path.ends_with("standing.rs") {
                let arms = source.split("=> (").skip(1);
                codes.extend(arms.filter_map(|arm| arm.split('"').nth(1).map(str::to_owned)));
            }
        }
        codes
    }

    #[test]
    fn every_refusal_has_words_in_every_language() {
        let codes = codes();
        for known in ["pdf_script", "docx_bomb", "too_large", "name_unsafe", "dates_old", "busy"] {
            assert!(codes.iter().any(|code| code == known), "`{known}` is not found any more");
        }
        for language in [Language::English, Language::Turkish] {
            let words = templates(language).unwrap().words();
            for code in &codes {
                assert!(!words.plain(&format!("refusal.{code}")).is_empty(), "{code}");
            }
        }
    }

    #[test]
    fn what_proofs_of_a_claim_lack_has_turkish_words() {
        let words = templates(Language::Turkish).unwrap().words();
        for code in [
            "document_missing",
            "document_infected",
            "document_not_acknowledged",
            "acknowledgement_differs",
        ] {
            let finding = Finding::new("proof_of_execution[0]", code, "In English.");
            let told = Told::of(&finding, words, Language::Turkish);
            assert!(told.lang.is_none() && told.message != "In English.", "{code}");
        }
    }
}
