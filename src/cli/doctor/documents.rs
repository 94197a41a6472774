//! What the doctor says about uploaded documents: whether their store takes and gives them back,
//! and whether the scanner answers.

use cpor::proofs::Depot;
use cpor::settings::Settings;

use super::Diagnosis;
use crate::cli::exit::message;

const STORE: &str = "documents";
const SCANNER: &str = "scanner";

/// The store of documents, and their scanner.
pub async fn checks(settings: &Settings) -> Vec<Diagnosis> {
    let depot = match Depot::open(&settings.documents, &settings.data.directory) {
        Ok(depot) => depot,
        Err(error) => {
            let remedy = "correct the setting or the folder it names";
            return vec![Diagnosis::found(STORE, message(&error.into()), remedy)];
        }
    };
    let place = depot.place();
    let store = match depot.probe(&settings.redis.namespace).await {
        Ok(()) => Diagnosis::fine(STORE, format!("documents are in {place}")),
        Err(error) => {
            let finding =
                format!("documents cannot be kept in {place}: {}", message(&error.into()));
            Diagnosis::found(STORE, finding, "check documents.url, and that it may be written to")
        }
    };
    let Some(scanner) = depot.scanner() else {
        return vec![store, Diagnosis::fine(SCANNER, "documents are not scanned: none is set")];
    };
    let scanner = match scanner.version().await {
        Ok(version) => {
            Diagnosis::fine(SCANNER, format!("{version} answers at {}", scanner.address()))
        }
        Err(error) => {
            let remedy = "start clamd, or correct documents.scanner; documents wait for it";
            Diagnosis::found(SCANNER, message(&error.into()), remedy)
        }
    };
    vec![store, scanner]
}
