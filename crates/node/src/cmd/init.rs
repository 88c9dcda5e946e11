//! `ding init`: genesis, keys and one folder per member of a new ledger.

use crate::{
    config::{self, Settings, write_home},
    failure::Failure,
    wallet,
};
use clap::ArgAction;
use ding_chain::genesis::{Dealt, deal_trusted};
use ding_primitives::{Address, Spec, U256, limits, spec::GENESIS_VERSION};
use serde_json::json;
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// Chain id of development chains, as other development tools use it.
pub const DEVELOPMENT_CHAIN_ID: u64 = 1337;
/// Province of the provincial administration of development chains: Zhejiang (GB/T 2260).
pub const DEVELOPMENT_DIVISION: u8 = 33;
/// Balance of each development account: 10,000 whole units of 10^18.
const DEVELOPMENT_BALANCE: u128 = 10_000 * 1_000_000_000_000_000_000;

/// Write genesis, keys and one folder per member of a new ledger.
///
/// This machine makes every member's keys (a trusted dealer): run it where all members watch, or
/// for tests; then carry each folder to its member and delete it here.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding init --members 4 --dir net\n  ding init --members 4 --dir net --host 10.0.0.11 --host 10.0.0.12 --host 10.0.0.13 --host 10.0.0.14\n  ding node --dir net/member-1"
)]
pub struct Args {
    /// Number of members, 1 to 64; four are the fewest that bear one faulty member.
    #[arg(long, default_value_t = 4)]
    pub members: usize,
    /// Folder to write; must not hold a ledger yet.
    #[arg(long, default_value = "net")]
    pub dir: PathBuf,
    /// Name of the chain: lower-case letters, digits, hyphens.
    #[arg(long, default_value = "ding")]
    pub name: String,
    /// Ethereum chain id (EIP-155).
    #[arg(long, default_value_t = DEVELOPMENT_CHAIN_ID)]
    pub chain_id: u64,
    /// Host of each member, in order; one for all or one each.
    #[arg(long = "host", action = ArgAction::Append, default_value = "127.0.0.1")]
    pub hosts: Vec<String>,
    /// First HTTP port; members on one host count up from it.
    #[arg(long, default_value_t = 8545)]
    pub port: u16,
    /// First peer-to-peer port; members on one host count up from it.
    #[arg(long, default_value_t = 9545)]
    pub p2p_port: u16,
    /// Make a chain for real use: no well-known test accounts.
    #[arg(long)]
    pub production: bool,
}

/// Runs the command.
///
/// # Errors
///
/// What was wrong with the flags, or what the disk refused.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    let plan = Plan {
        members: args.members,
        dir: args.dir.clone(),
        name: args.name,
        chain_id: args.chain_id,
        hosts: args.hosts,
        http_port: args.port,
        p2p_port: args.p2p_port,
        development: !args.production,
        cache_mib: 256,
        listen_all: true,
    };
    let (spec, folders) = write_network(&plan)?;
    if json {
        let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
        println!(
            "{}",
            json!({ "chain": spec.name, "chainId": spec.chain_id, "publicKey": spec.public_key, "members": folders })
        );
        return Ok(());
    }
    println!("Chain {} (id {}), public key", spec.name, spec.chain_id);
    println!("  {}", spec.public_key);
    println!("Keys were made here by a trusted dealer: whoever saw this folder could sign for every member.");
    println!("Carry each folder to its member, then delete it here:");
    for folder in &folders {
        println!("  ding node --dir {}", folder.display());
    }
    if args.members < limits::VALIDATORS_FAULT_TOLERANT_MIN {
        println!("Fewer than {} members bear no faulty one.", limits::VALIDATORS_FAULT_TOLERANT_MIN);
    }
    Ok(())
}

/// A ledger to be written.
#[derive(Debug)]
pub struct Plan {
    /// Number of members.
    pub members: usize,
    /// Where.
    pub dir: PathBuf,
    /// Chain name.
    pub name: String,
    /// Chain id.
    pub chain_id: u64,
    /// Hosts, one or one each.
    pub hosts: Vec<String>,
    /// First HTTP port.
    pub http_port: u16,
    /// First peer-to-peer port.
    pub p2p_port: u16,
    /// Whether test accounts are endowed.
    pub development: bool,
    /// Mebibytes of the stores that each member keeps in memory.
    pub cache_mib: usize,
    /// Whether members listen on every address of their host.
    pub listen_all: bool,
}

/// Writes a new ledger: one folder per member under `plan.dir`.
///
/// # Errors
///
/// What was wrong with the plan, or what the disk refused.
pub fn write_network(plan: &Plan) -> Result<(Spec, Vec<PathBuf>), Failure> {
    if plan.hosts.len() != 1 && plan.hosts.len() != plan.members {
        return Err(Failure::Input(format!(
            "{} hosts for {} members; give one, or one each",
            plan.hosts.len(),
            plan.members
        )));
    }
    if plan
        .dir
        .read_dir()
        .is_ok_and(|mut entries| entries.any(|e| e.is_ok_and(|e| is_member_folder(&e.path()))))
    {
        return Err(Failure::Input(format!(
            "{} holds a ledger already; choose another folder",
            plan.dir.display()
        )));
    }
    let names: Vec<String> = (1..=plan.members).map(|i| format!("member-{i}")).collect();
    let dealt = deal_trusted(&mut rand::rng(), &names).map_err(Failure::input)?;
    let spec = genesis(plan, &dealt);
    spec.check().map_err(Failure::input)?;
    let ports = |first: u16, index: usize| {
        let offset = if plan.hosts.len() == 1 { index } else { 0 };
        u16::try_from(usize::from(first) + offset)
            .map_err(|_| Failure::Input(format!("no port left above {first}")))
    };
    let mut peers = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let host = plan.hosts.get(index).or(plan.hosts.first()).cloned().unwrap_or_default();
        peers.insert(name.clone(), format!("{host}:{}", ports(plan.p2p_port, index)?));
    }
    let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut folders = Vec::new();
    for keys in &dealt.members {
        let index = names.iter().position(|n| *n == keys.name).unwrap_or_default();
        let settings = Settings {
            member: keys.name.clone(),
            http: SocketAddr::new(local, ports(plan.http_port, index)?),
            p2p: SocketAddr::new(if plan.listen_all { any } else { local }, ports(plan.p2p_port, index)?),
            read_model: true,
            threads: 0,
            cache_mib: plan.cache_mib,
            peers: peers.clone(),
        };
        write_home(&plan.dir.join(&keys.name), &settings, &spec, keys)?;
    }
    for name in &names {
        folders.push(plan.dir.join(name));
    }
    Ok((spec, folders))
}

fn is_member_folder(path: &Path) -> bool {
    path.join(config::SETTINGS).exists()
}

/// The authorities of a development chain, with the test accounts that act for them
/// ([`wallet::DEVELOPMENT_PARTS`]).
fn authorities(accounts: &[Address]) -> Vec<serde_json::Value> {
    let of = |part: &str| -> Vec<Address> {
        let parts = wallet::DEVELOPMENT_PARTS.iter().filter(|(name, _)| name.starts_with(part));
        parts.filter_map(|(_, index)| accounts.get(*index).copied()).collect()
    };
    vec![
        json!({ "name": "National Administration", "roles": ["supervisor"], "accounts": of("supervisor") }),
        json!({
            "name": "Provincial Administration", "roles": ["provincial"], "division": DEVELOPMENT_DIVISION,
            "accounts": of("provincial"),
        }),
        json!({ "name": "Competent Department", "roles": ["competent"], "accounts": of("competent") }),
    ]
}

fn genesis(plan: &Plan, dealt: &Dealt) -> Spec {
    let accounts = if plan.development {
        wallet::development_accounts().iter().map(|a| a.address()).collect()
    } else {
        Vec::new()
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    // One organisation a member; on development chains the first four have a test account each, the
    // first is a notary, and the authorities have the next ones, so that every role can be tried.
    let mut organisations: Vec<_> = dealt
        .members
        .iter()
        .map(|member| {
            let number: usize = member.name.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(1);
            (number, member)
        })
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .map(|(number, member)| {
            let key = dealt.validators.iter().find(|v| v.name == member.name).map(|v| v.key);
            let own = accounts.get(number - 1).filter(|_| number <= wallet::MEMBER_ACCOUNTS);
            let accounts: Vec<Address> = own.copied().into_iter().collect();
            let roles: Vec<&str> = if number == 1 && plan.development { vec!["notary"] } else { vec![] };
            json!({ "name": format!("Organisation {number}"), "roles": roles, "accounts": accounts, "validators": [key] })
        })
        .collect();
    if plan.development {
        organisations.extend(authorities(&accounts));
    }
    Spec {
        version: GENESIS_VERSION,
        name: plan.name.clone(),
        chain_id: plan.chain_id,
        timestamp_ms: u64::try_from(now).unwrap_or(u64::MAX),
        public_key: dealt.public_key.clone(),
        sharing: dealt.sharing.clone(),
        validators: dealt.validators.clone(),
        gas_limit: limits::BLOCK_GAS_MAX,
        development: plan.development,
        endowments: accounts.iter().map(|a| (*a, U256::from(DEVELOPMENT_BALANCE))).collect(),
        modules: BTreeMap::from([("members".to_owned(), json!({ "organisations": organisations }))]),
    }
}
