//! The command line of cpor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n = args.get(2).and_then(|n| n.parse().ok());
    let bench = match args[1].as_str() {
        "life" => cpor::bench::Bench::Life { smtp: false },
        "smtp" => cpor::bench::Bench::Life { smtp: true },
        "submit" => cpor::bench::Bench::Submit,
        "idle" => cpor::bench::Bench::Idle,
        "storm" => cpor::bench::Bench::Storm,
        "million" => cpor::bench::Bench::Million,
        _ => cpor::bench::Bench::Window,
    };
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{}", rt.block_on(cpor::bench::run(bench, n)).unwrap());
}
