//! Lists the calendars of `config/calendars` for `src/calendar/built_in.rs`, so that a new file
//! is built in without a line of code. Deliberately nothing else: the files are not looked into,
//! a test does that.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("config/calendars");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut table = format!("[BuiltIn; {}] = [\n", paths.len());
    for path in &paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let path = path.to_string_lossy();
        writeln!(table, "    BuiltIn::new({name:?}, include_str!({path:?})),")?;
    }
    let code = format!("pub(super) static FILES: {table}];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("built_in_calendars.rs"), code)?;
    Ok(())
}
