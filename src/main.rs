//! The command line of cpor.

mod cli;

/// A worker allocates many small things from many threads; this takes a tenth off its CPU time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
