//! `ding init`: genesis, keys and one folder per member of a new ledger.

pub(super) mod founding;

pub use self::founding::{AdmissionArg, Founding, FoundingArgs};
use crate::{
    config::{self, Settings, write_home},
    failure::Failure,
    wallet,
};
use clap::ArgAction;
use ding_chain::genesis::{Dealt, deal_trusted};
use ding_modules::{
    identity,
    members::{OrganisationEntry, Role},
};
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
    after_help = "Examples:\n  ding init --members 4 --dir net\n  ding init --members 4 --dir net --host 10.0.0.11 --host 10.0.0.12 --host 10.0.0.13 --host 10.0.0.14\n  ding init --production --organisation \"National Administration,supervisor\" --organisation \"Harbour Bank,91310000MA0000015F\" \\\n    --organisation \"Harbour Identity Office\" --organisation \"Zhejiang Administration,provincial,33\" --authority \"Harbour Identity Office\"\n  ding node --dir net/member-1\n  ding keys import net/member-1/keys/account.hex       the organisation's account, under a passphrase"
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
    /// Who founds it.
    #[command(flatten)]
    pub founding: FoundingArgs,
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
    let founding = args.founding.read(args.production)?;
    let Founded { spec, folders, organisations } = found(&plan, founding)?;
    let admission = if identity::bound(&spec) { "bound" } else { "open" };
    if json {
        let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
        let organisations: Vec<_> = organisations.iter().map(FoundedOrganisation::json).collect();
        println!(
            "{}",
            json!({
                "chain": spec.name, "chainId": spec.chain_id, "publicKey": spec.public_key, "members": folders,
                "admission": admission, "organisations": organisations,
            })
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
    println!(
        "Organisations ({admission}: {}):",
        if admission == "bound" {
            "accounts of others act once an identity authority bound them"
        } else {
            "any account acts"
        }
    );
    for organisation in &organisations {
        println!("  {}", organisation.line());
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

/// An organisation of a new ledger.
#[derive(Debug)]
pub struct FoundedOrganisation {
    /// Its number.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Its roles, in words.
    pub roles: String,
    /// Its accounts.
    pub accounts: Vec<Address>,
    /// Where the key of its account was written, if one was made.
    pub key: Option<PathBuf>,
}

impl FoundedOrganisation {
    fn json(&self) -> serde_json::Value {
        let Self { number, name, roles, accounts, key } = self;
        json!({ "number": number, "name": name, "roles": roles, "accounts": accounts, "key": key })
    }

    fn line(&self) -> String {
        let Self { number, name, roles, accounts, key } = self;
        let list: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        let whose = match (key, list.is_empty()) {
            (Some(path), _) => format!("{} (key in {})", list.join(", "), path.display()),
            (None, true) => "no account: it cannot vote".into(),
            (None, false) => list.join(", "),
        };
        format!("{number}  {name}, roles: {roles}\n     {whose}")
    }
}

/// A new ledger.
#[derive(Debug)]
pub struct Founded {
    /// Its genesis.
    pub spec: Spec,
    /// Folders of its members.
    pub folders: Vec<PathBuf>,
    /// Its organisations.
    pub organisations: Vec<FoundedOrganisation>,
}

/// Writes a new ledger of organisations with numbers for names, one for each member; every account
/// may act.
///
/// # Errors
///
/// As [`found`].
pub fn write_network(plan: &Plan) -> Result<(Spec, Vec<PathBuf>), Failure> {
    let Founded { spec, folders, .. } =
        found(plan, Founding { keys: !plan.development, ..Founding::default() })?;
    Ok((spec, folders))
}

/// Writes a new ledger: one folder per member under `plan.dir`.
///
/// # Errors
///
/// What was wrong with the plan or the founders, or what the disk refused.
pub fn found(plan: &Plan, founding: Founding) -> Result<Founded, Failure> {
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
    let mut organisations = organisations(plan, &dealt, &founding);
    let made = if founding.keys { founding::make_keys(&mut organisations) } else { Vec::new() };
    let spec = genesis(plan, &dealt, &organisations, &founding);
    spec.check().map_err(Failure::input)?;
    ding_modules::check_genesis(&spec).map_err(Failure::input)?;
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
    let mut keys = BTreeMap::new();
    for key in &made {
        keys.insert(key.place, key.write(&plan.dir, names.get(key.place).map(String::as_str))?);
    }
    let organisations = organisations.into_iter().enumerate().map(|(place, entry)| FoundedOrganisation {
        number: place + 1,
        name: entry.name,
        roles: Role::names(entry.roles.iter().fold(0, |bits, role| bits | role.bit())),
        accounts: entry.accounts,
        key: keys.remove(&place),
    });
    Ok(Founded { spec, folders, organisations: organisations.collect() })
}

fn is_member_folder(path: &Path) -> bool {
    path.join(config::SETTINGS).exists()
}

/// The authorities of a development chain, with the test accounts that act for them
/// ([`wallet::DEVELOPMENT_PARTS`]).
fn authorities(accounts: &[Address]) -> [OrganisationEntry; 3] {
    let of = |part: &str| -> Vec<Address> {
        let parts = wallet::DEVELOPMENT_PARTS.iter().filter(|(name, _)| name.starts_with(part));
        parts.filter_map(|(_, index)| accounts.get(*index).copied()).collect()
    };
    let entry = |name: &str, role, division| OrganisationEntry {
        name: name.into(),
        roles: vec![role],
        division,
        accounts: of(role.name()),
        ..OrganisationEntry::default()
    };
    [
        entry("National Administration", Role::Supervisor, None),
        entry("Provincial Administration", Role::Provincial, Some(DEVELOPMENT_DIVISION)),
        entry("Competent Department", Role::Competent, None),
    ]
}

fn test_accounts(plan: &Plan) -> Vec<Address> {
    let all = wallet::development_accounts().iter().map(|account| account.address());
    if plan.development { all.collect() } else { Vec::new() }
}

/// One organisation a member, as founded or by number, and further ones as founded. On development
/// chains that nobody founded otherwise the first four have a test account each, the first is a
/// notary, and the authorities have the next ones, so that every role can be tried.
fn organisations(plan: &Plan, dealt: &Dealt, founding: &Founding) -> Vec<OrganisationEntry> {
    let accounts = test_accounts(plan);
    let usual = founding.organisations.is_empty();
    let place_of = |name: &str| {
        name.rsplit('-').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(1).saturating_sub(1)
    };
    let members: BTreeMap<usize, _> = dealt.validators.iter().map(|v| (place_of(&v.name), v.key)).collect();
    let mut list: Vec<OrganisationEntry> = members
        .into_iter()
        .map(|(place, key)| {
            let own = accounts.get(place).filter(|_| usual && place < wallet::MEMBER_ACCOUNTS);
            let roles = if place == 0 && plan.development { vec![Role::Notary] } else { Vec::new() };
            let numbered = || OrganisationEntry {
                name: format!("Organisation {}", place + 1),
                roles,
                accounts: own.copied().into_iter().collect(),
                ..OrganisationEntry::default()
            };
            let known = founding.organisations.get(place).cloned();
            OrganisationEntry { validators: vec![key], ..known.unwrap_or_else(numbered) }
        })
        .collect();
    if usual && plan.development {
        list.extend(authorities(&accounts));
    }
    let further = founding.organisations.iter().skip(list.len());
    list.extend(further.cloned());
    list
}

fn genesis(plan: &Plan, dealt: &Dealt, organisations: &[OrganisationEntry], founding: &Founding) -> Spec {
    let accounts = test_accounts(plan);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let identity =
        identity::Section { admission: founding.admission, authorities: founding.authorities.clone() };
    let mut modules = BTreeMap::from([("members".to_owned(), json!({ "organisations": organisations }))]);
    if identity != identity::Section::default() {
        modules.insert("identity".to_owned(), json!(identity));
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
        modules,
    }
}
