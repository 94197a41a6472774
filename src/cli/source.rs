//! `cpor source`: what an upstream system needs to submit in its own name.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;

use cpor::access::source_key;
use cpor::claim::identity::Source;
use cpor::secrets::{KeyId, Secrets, printed};

use crate::cli::exit::Exit;
use crate::cli::{Globals, values};

/// What upstream systems need to submit in their own name.
#[derive(Debug, Args)]
pub struct SourceArgs {
    #[command(subcommand)]
    command: SourceCommand,
}

#[derive(Debug, Subcommand)]
enum SourceCommand {
    /// Print the key with which a source signs what it pushes on the intake list.
    ///
    /// Whoever has it can submit as that source, and as no other: hand it to that system alone, by
    /// a way that keeps secrets. It is made from the deployment's secret keys and the name of the
    /// source, so it is stored nowhere, and the same command prints the same key again.
    ///
    /// To rotate, put a new key (`cpor secret new`) in front of CPOR_SECRETS__KEYS everywhere, run
    /// this command again for every source, and hand out what it prints. What is signed with the
    /// old key is taken until that key is left out of CPOR_SECRETS__KEYS; then it becomes a dead
    /// letter that says so. Links in mails end with the old key, too.
    #[command(after_help = "With --json, prints one object: source, key_id, key.

Examples:
  cpor source key crm-emea
  CPOR_SOURCE_KEY=$(cpor source key crm-emea) jobs/examples/enqueue.sh < claims.jsonl")]
    Key {
        /// The source, as its submissions name it.
        #[arg(value_parser = values::source)]
        source: Source,
    },
}

#[derive(Serialize)]
struct Handed<'a> {
    source: &'a Source,
    key_id: u8,
    key: &'a str,
}

/// Prints the key; Redis is not needed for it.
pub fn run(args: SourceArgs, globals: &Globals) -> Result<Exit> {
    let SourceCommand::Key { source } = args.command;
    let settings = globals.settings()?;
    let secrets = Secrets::open(&settings.secrets, &settings.data.directory)
        .context("could not read the deployment's secret keys")?;
    let (KeyId(key_id), key) = source_key(&secrets, &source);
    let key = printed(KeyId(key_id), &key);
    let output = globals.output();
    output.object(&Handed { source: &source, key_id, key: &key })?;
    if !output.is_json() {
        output.text(&key)?;
    }
    Ok(Exit::Done)
}
