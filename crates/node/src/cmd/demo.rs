//! `ding demo`: a ledger of four members in one process.

use super::init::{DEVELOPMENT_CHAIN_ID, Founding, Plan, found};
use crate::{
    config::{Home, SETTINGS},
    failure::Failure,
    start::{self, Member, Options},
};
use ding_modules::identity::{self, Admission, AuthorityEntry};
use serde_json::json;
use std::{path::PathBuf, time::Duration};
use tokio::sync::watch;

/// Who founds the ledger.
fn founding(is_open: bool) -> Founding {
    if is_open {
        return Founding::default();
    }
    let authority =
        AuthorityEntry { organisation: "Organisation 1".into(), name: "Demo Identity Office".into() };
    Founding { admission: Admission::Bound, authorities: vec![authority], ..Founding::default() }
}

/// What is logged without --verbose. Four members in one process pass over each other's proposals now
/// and then and close their mailboxes in any order when they end, which is no news to anybody here.
const QUIET: &str = "warn,commonware_consensus::simplex=error,commonware_resolver::p2p=off,commonware_broadcast::buffered=off";
/// Members of the demo.
const MEMBERS: usize = 4;
/// Distance of the first peer-to-peer port from the first HTTP port.
const P2P_OFFSET: u16 = 1000;

/// Run a ledger of four members in this process.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding demo\n  ding demo --port 9000 --dir /tmp/demo\n  ding demo --open --dir /tmp/open        every account acts, for load tests and experiments\n\nWho signs (--key), accounts of the mnemonic \"test test test test test test test test test test test junk\":\n  notary         account 0, Organisation 1: a notary, and the identity authority\n                 accounts 1 to 3, Organisations 2 to 4, by their addresses: they vote on members and authorities\n  supervisor     account 4, National Administration\n  supervisor-2   account 5, National Administration: the second hand\n  provincial     account 6, Provincial Administration of Zhejiang, division 33\n  competent      account 7, Competent Department\n  provider       account 8, of no organisation; acts once it is bound\n  provider-2     account 9, likewise\n\nBind the providers first:\n  ding identity record init\n  ding identity bind organisation provider --key notary --code 91330100MA0000023P --name \"Harbour Works\" --level in-person\ndocs/guide/supervised-year.md, \"Play it on the demo\", goes on from there. The ledger goes on from where it stopped when it is started again."
)]
pub struct Args {
    /// Where the ledger is kept; a new one is made if the folder has none.
    #[arg(long, default_value = "./ding-data/demo")]
    pub dir: PathBuf,
    /// HTTP port of the first member; the others follow.
    #[arg(long, default_value_t = 8545)]
    pub port: u16,
    /// Make a new ledger on which every account acts. Otherwise only bound accounts and those of
    /// organisations do; Organisation 1 is the identity authority.
    #[arg(long)]
    pub open: bool,
    /// Show the log.
    #[arg(long, short)]
    pub verbose: bool,
}

/// Runs until told to stop.
///
/// # Errors
///
/// Why a member did not start, or stopped.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    start::log(if args.verbose { "info" } else { QUIET });
    let p2p_port = args
        .port
        .checked_add(P2P_OFFSET)
        .ok_or_else(|| Failure::Input(format!("port {} is too high", args.port)))?;
    let folders: Vec<PathBuf> = (1..=MEMBERS).map(|i| args.dir.join(format!("member-{i}"))).collect();
    let fresh = !folders.iter().any(|f| f.join(SETTINGS).exists());
    if fresh {
        let plan = Plan {
            members: MEMBERS,
            dir: args.dir.clone(),
            name: "demo".into(),
            chain_id: DEVELOPMENT_CHAIN_ID,
            hosts: vec!["127.0.0.1".into()],
            http_port: args.port,
            p2p_port,
            development: true,
            cache_mib: 16,
            listen_all: false,
        };
        found(&plan, founding(args.open))?;
    }
    let (stop, stopped) = watch::channel(false);
    let mut homes = Vec::new();
    for folder in &folders {
        homes.push(Home::open(folder)?);
    }
    for (index, home) in (0u16..).zip(&mut homes) {
        home.settings.http.set_port(args.port.saturating_add(index));
        home.settings.p2p.set_port(p2p_port.saturating_add(index));
        for (place, peer) in (0u16..).zip(home.settings.peers.values_mut()) {
            *peer = format!("127.0.0.1:{}", p2p_port.saturating_add(place));
        }
    }
    let spec = homes.first().map(|h| h.spec.clone()).ok_or_else(|| Failure::Failed("no members".into()))?;
    if args.open && identity::bound(&spec) {
        return Err(Failure::Input(format!(
            "the ledger in {} was made without --open; choose another folder with --dir, or delete this one to start over",
            args.dir.display(),
        )));
    }
    let mut members: Vec<Member> = homes
        .into_iter()
        .map(|home| {
            Member::spawn(
                home,
                Options { workers: 2, parallelism: 1, await_first_block: true },
                stopped.clone(),
            )
        })
        .collect();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)?;
    let told = runtime.block_on(async {
        let mut up = Vec::new();
        for member in &mut members {
            tokio::select! {
                ready = member.ready() => match ready {
                    Ok(ready) => up.push(ready),
                    Err(_) => return false, // join tells why
                },
                () = start::until_told(&stop) => return true,
            }
        }
        let height = up.iter().map(|u| u.height).max().unwrap_or_default();
        let url = format!("http://127.0.0.1:{}", args.port);
        if json {
            let urls: Vec<String> = up.iter().map(|u| format!("http://{}", u.http)).collect();
            println!("{}", json!({ "chain": spec.name, "chainId": spec.chain_id, "rpc": urls, "height": height, "publicKey": spec.public_key, "dir": args.dir }));
        } else {
            introduce(&args, &spec, &url, height);
        }
        tokio::select! {
            () = start::until_told(&stop) => true,
            () = any_ended(&members) => false,
        }
    });
    stop.send_replace(true);
    let mut failure = None;
    for member in members {
        if let Err(error) = member.join() {
            failure.get_or_insert(error);
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => {
            if told && !json {
                println!("Stopped. Start it again to go on from here.");
            }
            Ok(())
        }
    }
}

fn introduce(args: &Args, spec: &ding_primitives::Spec, url: &str, height: u64) {
    let last = args.port.saturating_add(3);
    let rpc = if args.port == 8545 { String::new() } else { format!(" --rpc {url}") };
    println!(
        "ding: four members run a ledger in this process, chain id {}, at height {height}.",
        spec.chain_id
    );
    println!("  JSON-RPC  {url} … :{last} (HTTP and WebSocket, one port a member; gas is free)");
    println!("  Accounts  the ten of \"{}\"", crate::wallet::DEVELOPMENT_MNEMONIC);
    let parts = crate::wallet::DEVELOPMENT_PARTS.map(|(name, _)| name).join(", ");
    println!("            --key takes {parts} (`ding demo --help` says who they are)");
    if identity::bound(spec) {
        println!("            others act once they are bound (ding identity bind), or everybody with --open");
    }
    println!("  Data      {} (delete the folder to start over)", args.dir.display());
    println!("Try, in another terminal:");
    println!("  ding evidence deposit README.md{rpc}");
    println!("  ding evidence prove README.md -o README.ding{rpc}");
    println!("  ding verify README.ding README.md --chain-key {}", spec.public_key);
    println!("Ctrl-C stops it; the next start goes on from the same height.");
}

async fn any_ended(members: &[Member]) {
    while !members.iter().any(Member::is_finished) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
