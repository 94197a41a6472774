//! The command line of cpor.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
