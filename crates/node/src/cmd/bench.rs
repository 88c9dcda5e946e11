//! `ding bench`: measure an Ethereum JSON-RPC endpoint under load.

use crate::{
    bench::{self, Options},
    failure::Failure,
};

/// Measure an Ethereum JSON-RPC endpoint under load.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding bench                                       saturate the demo with ERC-20 transfers\n  ding bench --kind native --rate 500              evidence deposits, 500 a second\n  ding bench --rpc http://127.0.0.1:8545 --rpc http://127.0.0.1:8546 -o report.json\n\nFor development chains: accounts and the token are made by the tool."
)]
pub struct Args {
    #[command(flatten)]
    options: Options,
}

/// Runs the command.
///
/// # Errors
///
/// Why there is no report.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)?;
    let report = runtime.block_on(bench::run(args.options)).map_err(Failure::failed)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(Failure::failed)?);
    } else {
        println!("{report}");
    }
    Ok(())
}
