//! `ding dev`: one member, the chain a contract developer starts.

use super::init::{DEVELOPMENT_CHAIN_ID, Plan, write_network};
use crate::{
    config::{Home, SETTINGS},
    failure::Failure,
    start::{self, Options},
    wallet,
};
use serde_json::json;
use std::{path::PathBuf, thread};

/// Run one member: the chain a contract developer starts.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding dev\n  ding dev --port 9000 --dir /tmp/scratch\n\nBlocks come as soon as there is work. The ten accounts of the mnemonic\n\"test test test test test test test test test test test junk\" have a balance; gas is free. They stand for the parts of a supervised ledger, and\n--key takes these names on development chains: notary (account 0), supervisor and\nsupervisor-2 (4, 5), provincial (6, the administration of Zhejiang, division 33),\ncompetent (7), provider and provider-2 (8, 9, of no organisation)."
)]
pub struct Args {
    /// Where the chain is kept; a new one is made if the folder has none.
    #[arg(long, default_value = "./ding-data/dev")]
    pub dir: PathBuf,
    /// HTTP port.
    #[arg(long, default_value_t = 8545)]
    pub port: u16,
    /// Chain id of a new chain.
    #[arg(long, default_value_t = DEVELOPMENT_CHAIN_ID)]
    pub chain_id: u64,
    /// Show the log.
    #[arg(long, short)]
    pub verbose: bool,
}

/// Runs until told to stop.
///
/// # Errors
///
/// Why the member did not start, or stopped.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    start::log(if args.verbose { "info" } else { "warn" });
    let folder = args.dir.join("member-1");
    if !folder.join(SETTINGS).exists() {
        write_network(&Plan {
            members: 1,
            dir: args.dir.clone(),
            name: "dev".into(),
            chain_id: args.chain_id,
            hosts: vec!["127.0.0.1".into()],
            http_port: args.port,
            p2p_port: 0,
            development: true,
            cache_mib: 128,
            listen_all: false,
        })?;
    }
    let mut home = Home::open(&folder)?;
    home.settings.http.set_port(args.port);
    let cores = thread::available_parallelism().map_or(1, |n| n.get());
    let (spec, dir) = (home.spec.clone(), args.dir);
    super::node::run_one(
        home,
        Options { workers: cores, parallelism: cores, await_first_block: true },
        |up| {
            let url = format!("http://{}", up.http);
            if json {
                println!(
                    "{}",
                    json!({ "rpc": url, "chainId": spec.chain_id, "height": up.height, "dir": dir })
                );
                return;
            }
            println!("Development chain, id {}, height {}: {url}", spec.chain_id, up.height);
            println!("Accounts of the mnemonic \"{}\":", wallet::DEVELOPMENT_MNEMONIC);
            for (index, account) in wallet::development_accounts().iter().enumerate() {
                let part = wallet::DEVELOPMENT_PARTS.iter().find(|(_, place)| *place == index);
                println!("  {}  {}", account.address(), part.map_or("", |(name, _)| name));
            }
            println!("Data in {} (delete it to start over). Ctrl-C stops it.", dir.display());
        },
    )
}
