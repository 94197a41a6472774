//! `cpor secret`: keys of the deployment.

use clap::{Args, Subcommand};

use cpor::secrets::{KeyId, new_key};

use crate::cli::exit::Exit;

/// Make keys of the deployment, from which everything that is signed gets a key of its own.
#[derive(Debug, Args)]
pub struct SecretArgs {
    #[command(subcommand)]
    command: SecretCommand,
}

#[derive(Debug, Subcommand)]
enum SecretCommand {
    /// Print a fresh key; nothing is stored.
    ///
    /// To rotate, put it in front of the key in use and give both to every process:
    /// CPOR_SECRETS__KEYS="2:<new>,1:<old>". What the old key signed stays valid until it is left
    /// out; links in mails live as long as their association, so keep old keys.
    New {
        /// Number of the key, 0 to 255, different from those in use.
        #[arg(long, default_value_t = 1)]
        number: u8,
    },
}

/// Runs the command.
pub fn run(args: SecretArgs) -> Exit {
    let SecretCommand::New { number } = args.command;
    println!("{}", new_key(KeyId(number)));
    Exit::Done
}
