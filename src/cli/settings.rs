//! `cpor settings`: what is in force, and where it comes from.

use anyhow::{Context as _, Result};
use clap::Args;

use cpor::settings::{Setting, in_force};

use crate::cli::Globals;
use crate::cli::exit::Exit;

/// Show every setting in force and where it comes from; secrets are masked.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per setting: key, value, origin.")]
pub struct SettingsArgs {}

/// Shows the settings; those that cannot be used are refused as by every other command.
pub fn run(SettingsArgs {}: SettingsArgs, globals: &Globals) -> Result<Exit> {
    globals.settings()?;
    let settings = in_force(&globals.profile, globals.config.as_deref())
        .context("could not read the settings")?;
    let output = globals.output();
    for setting in &settings {
        output.object(setting)?;
    }
    let row = |Setting { key, value, origin }: Setting| vec![key, value, origin];
    output.table(&["KEY", "VALUE", "FROM"], settings.into_iter().map(row).collect())?;
    Ok(Exit::Done)
}
