//! Data folders of releases: the one of this layout opens with its head, others are refused by name.
//!
//! `fixtures/store-N.txt` is a member's folder as the release with store version N left it: after
//! some transactions the member was told to stop. `DING_REGENERATE=1 cargo test -p ding --test
//! stores` writes the one of this release if there is none; one that is there is never replaced:
//! whoever changes what is on disk raises `STORE_VERSION`.
//!
//! Format: `head HEIGHT HASH`, `transaction HASH`, what modules are asked and must still answer as
//! `answer MODULE INPUT OUTPUT` (from store 3 on), then for each file `file PATH SIZE` and its bytes that
//! are not zero as `OFFSET HEX`.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Address, B256, TxKind, U256, hex};
use alloy_signer::SignerSync as _;
use alloy_signer_local::{MnemonicBuilder, PrivateKeySigner};
use alloy_sol_types::SolCall as _;
use ding_modules::{
    calendar::Day,
    evidence::{self, abi::IEvidence},
    filing::{self, abi::IFiling},
    identity::{self, AuthorityEntry, abi::IIdentity},
    members::{self, OrganisationEntry, Role, abi::IMembers},
    once::{self, abi::IOnce},
    orders::{self, abi::IOrders},
    pilot::{self, abi::IPilot},
    services::{self, abi::IServices},
};
use ding_node::{
    Founding, Plan,
    config::Home,
    failure::Failure,
    found,
    start::{Member, Options, STORE_VERSION, Up},
};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

const CHAIN_ID: u64 = 1337;
/// What one test waits for a member.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that are compared with zero at once.
const PIECE: usize = 16;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-stores-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn member(&self) -> PathBuf {
        self.0.join("member-1")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a fixture says of itself.
struct Stored {
    height: u64,
    hash: String,
    transaction: String,
    /// Module, input and output of calls that change nothing.
    answers: Vec<[String; 3]>,
}

/// Writes the folder of a fixture.
fn unpack(text: &str, folder: &Path) -> Stored {
    let mut stored =
        Stored { height: 0, hash: String::new(), transaction: String::new(), answers: Vec::new() };
    let mut file: Option<(PathBuf, Vec<u8>)> = None;
    let flush = |file: &mut Option<(PathBuf, Vec<u8>)>| {
        let Some((path, bytes)) = file.take() else { return };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        if path.parent().unwrap().ends_with("keys") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["head", height, hash] => {
                (stored.height, stored.hash) = (height.parse().unwrap(), (*hash).to_owned());
            }
            ["transaction", hash] => stored.transaction = (*hash).to_owned(),
            ["answer", asked @ ..] => {
                stored.answers.push([0, 1, 2].map(|place| asked[place].to_owned()));
            }
            ["file", path, size] => {
                flush(&mut file);
                file = Some((folder.join(path), vec![0; size.parse().unwrap()]));
            }
            [offset, bytes] => {
                let (offset, bytes): (usize, _) = (offset.parse().unwrap(), hex::decode(bytes).unwrap());
                file.as_mut().unwrap().1[offset..offset + bytes.len()].copy_from_slice(&bytes);
            }
            _ => panic!("a fixture has the line {line:?}"),
        }
    }
    flush(&mut file);
    stored
}

/// Files of a member that are its data; locks and what SQLite derives are not.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files(&path, into);
        } else if !name.starts_with("readmodel") && name != "lock" && name != ".hold" {
            into.push(path);
        }
    }
}

fn pack(folder: &Path, stored: &Stored) -> String {
    let mut text = format!("head {} {}\ntransaction {}\n", stored.height, stored.hash, stored.transaction);
    for [module, input, output] in &stored.answers {
        writeln!(text, "answer {module} {input} {output}").unwrap();
    }
    let mut list = Vec::new();
    files(folder, &mut list);
    for path in list {
        let bytes = fs::read(&path).unwrap();
        writeln!(text, "file {} {}", path.strip_prefix(folder).unwrap().display(), bytes.len()).unwrap();
        let mut run: Option<(usize, Vec<u8>)> = None;
        for (number, piece) in bytes.chunks(PIECE).enumerate() {
            let zero = piece.iter().all(|byte| *byte == 0);
            if !zero {
                run.get_or_insert((number * PIECE, Vec::new())).1.extend_from_slice(piece);
            }
            if zero || run.as_ref().is_some_and(|(_, bytes)| bytes.len() >= 4 * PIECE) {
                let done = run.take();
                done.into_iter()
                    .for_each(|(at, bytes)| writeln!(text, "{at} {}", hex::encode(bytes)).unwrap());
            }
        }
        run.into_iter().for_each(|(at, bytes)| writeln!(text, "{at} {}", hex::encode(bytes)).unwrap());
    }
    text
}

/// A running member in this process.
struct Running {
    member: Member,
    stop: watch::Sender<bool>,
    up: Up,
}

fn start(folder: &Path) -> Result<Running, Failure> {
    let mut home = Home::open(folder)?;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    home.settings.http = free;
    let (stop, stopped) = watch::channel(false);
    let options = Options { workers: 2, parallelism: 1, await_first_block: true };
    let mut member = Member::spawn(home, options, stopped);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ready = runtime.block_on(async { tokio::time::timeout(PATIENCE, member.ready()).await });
    match ready.expect("a member is up or gone within a minute") {
        Ok(up) => Ok(Running { member, stop, up }),
        // How it ended says why.
        Err(_) => Err(member.join().expect_err("a member that was not ready failed")),
    }
}

impl Running {
    fn ask(&self, method: &str, params: &Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let mut stream = TcpStream::connect(self.up.http).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let answer: Value = serde_json::from_str(body).unwrap();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn receipt(&self, transaction: &str) -> Value {
        let patience = Instant::now() + PATIENCE;
        loop {
            let receipt = self.ask("eth_getTransactionReceipt", &json!([transaction]));
            if !receipt.is_null() {
                return receipt;
            }
            assert!(Instant::now() < patience, "{transaction} is in no block after a minute");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn send(&self, signer: &PrivateKeySigner, nonce: u64, to: TxKind, input: Vec<u8>) -> String {
        let transaction = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce,
            gas_limit: 4_000_000,
            max_fee_per_gas: 1,
            max_priority_fee_per_gas: 1,
            to,
            value: U256::ZERO,
            access_list: Default::default(),
            input: input.into(),
        };
        let signature = signer.sign_hash_sync(&transaction.signature_hash()).unwrap();
        let raw = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
        let hash = self.ask("eth_sendRawTransaction", &json!([hex::encode_prefixed(raw)]));
        let hash = hash.as_str().unwrap().to_owned();
        assert_eq!(self.receipt(&hash)["status"], json!("0x1"));
        hash
    }

    /// What a module answers, now.
    fn call(&self, module: &str, input: &str) -> String {
        let output = self.ask("eth_call", &json!([{ "to": module, "data": input }, "latest"]));
        output.as_str().unwrap().to_owned()
    }

    fn stop(self) {
        self.stop.send_replace(true);
        self.member.join().unwrap();
    }
}

/// A member's life, as the fixture of a release has it: a transfer, a contract, and calls that write in
/// every module but the calendar, which has its tables from genesis.
fn live(folder: &Folder) -> Stored {
    let signer = MnemonicBuilder::try_from_phrase_nth(
        "test test test test test test test test test test test junk",
        1,
    )
    .unwrap();
    let administration = OrganisationEntry {
        name: "Administration".into(),
        roles: vec![Role::Supervisor],
        accounts: vec![signer.address(), Address::repeat_byte(0x36)],
        ..OrganisationEntry::default()
    };
    let authority = AuthorityEntry { organisation: administration.name.clone(), name: String::new() };
    let plan = Plan {
        members: 1,
        dir: folder.0.clone(),
        name: "fixture".into(),
        chain_id: CHAIN_ID,
        hosts: vec!["127.0.0.1".into()],
        http_port: 8545,
        p2p_port: 0,
        development: true,
        cache_mib: 8,
        listen_all: false,
    };
    let founding =
        Founding { organisations: vec![administration], authorities: vec![authority], ..Founding::default() };
    found(&plan, founding).unwrap();
    let member = start(&folder.member()).unwrap();
    member.send(&signer, 0, TxKind::Call(Address::repeat_byte(0x35)), Vec::new());
    // SSTORE(5, 7); the code that stays is one STOP.
    let transaction =
        member.send(&signer, 1, TxKind::Create, vec![0x60, 7, 0x60, 5, 0x55, 0x60, 1, 0x5f, 0xf3]);
    for (nonce, (module, input)) in (2..).zip(calls(signer.address())) {
        member.send(&signer, nonce, TxKind::Call(module), input);
    }
    let answers = questions(signer.address())
        .map(|(module, input)| {
            let (module, input) = (module.to_string(), hex::encode_prefixed(input));
            let output = member.call(&module, &input);
            assert!(output.trim_start_matches("0x").bytes().any(|digit| digit != b'0'), "{module} {input}");
            [module, input, output]
        })
        .to_vec();
    let head = member.ask("eth_getBlockByNumber", &json!(["latest", false]));
    let height = u64::from_str_radix(head["number"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    let hash = head["hash"].as_str().unwrap().to_owned();
    member.stop();
    Stored { height, hash, transaction, answers }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

const WORD: B256 = B256::repeat_byte(0x51);

/// Calls of a supervisor that is an identity authority, too.
fn calls(me: Address) -> [(Address, Vec<u8>); 9] {
    let now_ms = now_ms();
    let deposit = IEvidence::depositCall {
        digest: WORD,
        sm3: B256::repeat_byte(0x52),
        kind: 6,
        provenance: B256::repeat_byte(0x53),
        referenceId: B256::repeat_byte(0x54),
        operation: B256::repeat_byte(0x55),
    };
    let (register, key, content, holder) = (WORD, WORD, B256::repeat_byte(0x56), me);
    let reserve = IOnce::reserveCall { register, key, content, holder, untilMs: now_ms + 60_000 };
    let confirm = IOnce::confirmCall { register, key, content, holder, forEver: true };
    let bind = IIdentity::bindCall {
        account: Address::repeat_byte(0x37),
        kind: 1,
        subject: B256::repeat_byte(0x57),
        level: 2,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    let declare = IServices::declareCall {
        id: WORD,
        provider: me,
        division: 11,
        goLive: Day::from_ms(now_ms).get(),
        contracts: vec![Address::repeat_byte(0x38)],
    };
    let subject = IFiling::Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: "91110000MA00000077".into(),
        name: "Harbour Chain".into(),
        subject: B256::ZERO,
        person: B256::repeat_byte(0x58),
        details: B256::repeat_byte(0x59),
    };
    let entity = IPilot::registerEntityCall {
        code: "12330100MB0000027B".into(),
        name: "Third Hospital".into(),
        division: 11,
        account: Address::repeat_byte(0x39),
    };
    let what = IOrders::Draft {
        action: 1,
        targetKind: 1,
        target: WORD,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::repeat_byte(0x5a),
        basis: "Order No. 3 of the CAC, art. 15".into(),
    };
    let propose = IMembers::proposeCall {
        target: members::state::ADDRESS,
        input: IMembers::addAccountCall { id: 1, account: Address::repeat_byte(0x3a) }.abi_encode().into(),
        notBeforeMs: 0,
        title: "one more".into(),
    };
    [
        (evidence::state::ADDRESS, deposit.abi_encode()),
        (once::state::ADDRESS, reserve.abi_encode()),
        (once::state::ADDRESS, confirm.abi_encode()),
        (identity::state::ADDRESS, bind.abi_encode()),
        (services::state::ADDRESS, declare.abi_encode()),
        (filing::state::ADDRESS, IFiling::registerProviderCall { subject }.abi_encode()),
        (pilot::state::ADDRESS, entity.abi_encode()),
        (orders::state::ADDRESS, IOrders::draftCall { what }.abi_encode()),
        (members::state::ADDRESS, propose.abi_encode()),
    ]
}

/// What was written by [`calls`]; answers that no later time changes.
fn questions(me: Address) -> [(Address, Vec<u8>); 8] {
    let code = "12330100MB0000027B";
    let year = Day::from_ms(now_ms()).year();
    [
        (evidence::state::ADDRESS, IEvidence::recordOfCall { digest: WORD }.abi_encode()),
        (once::state::ADDRESS, IOnce::entryOfCall { owner: me, register: WORD, key: WORD }.abi_encode()),
        (identity::state::ADDRESS, IIdentity::bindingCall { id: 1 }.abi_encode()),
        (
            services::state::ADDRESS,
            IServices::serviceOfCall { contractAddress: Address::repeat_byte(0x38) }.abi_encode(),
        ),
        (filing::state::ADDRESS, IFiling::providerCall { id: 1 }.abi_encode()),
        (
            pilot::state::ADDRESS,
            IPilot::entityOfCall { entity: B256::right_padding_from(code.as_bytes()) }.abi_encode(),
        ),
        (orders::state::ADDRESS, IOrders::ordersOfCall { year }.abi_encode()),
        (members::state::ADDRESS, IMembers::proposalCountCall {}.abi_encode()),
    ]
}

/// Whether the member has what it had when the fixture was made.
fn check(member: &Running, stored: &Stored) {
    assert!(member.up.height >= stored.height, "the head was forgotten");
    let block = member.ask("eth_getBlockByNumber", &json!([format!("{:#x}", stored.height), false]));
    assert_eq!(block["hash"], json!(stored.hash));
    let receipt = member.receipt(&stored.transaction);
    let created = receipt["contractAddress"].as_str().unwrap();
    let slot = member.ask("eth_getStorageAt", &json!([created, "0x5", "latest"]));
    assert!(slot.as_str().unwrap().ends_with("07"), "{slot}");
    for [module, input, output] in &stored.answers {
        assert_eq!(&member.call(module, input), output, "{module} answers {input} otherwise");
    }
}

/// Store versions with a fixture, and its text.
fn known() -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let version = name.strip_prefix("store-").expect("fixtures are named store-N.txt").parse().unwrap();
        found.push((version, fs::read_to_string(&path).unwrap()));
    }
    found.sort();
    found
}

fn refused(folder: &Path) -> String {
    match start(folder) {
        Err(Failure::Input(text)) => text,
        Err(other) => panic!("another failure: {other}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[test]
fn a_store_of_every_release_opens_with_its_head_or_is_refused_by_name() {
    let path = fixtures().join(format!("store-{STORE_VERSION}.txt"));
    if std::env::var_os("DING_REGENERATE").is_some() && !path.exists() {
        let folder = Folder::new("made");
        let stored = live(&folder);
        fs::create_dir_all(fixtures()).unwrap();
        fs::write(&path, pack(&folder.0, &stored)).unwrap();
    }
    let known = known();
    assert!(
        known.iter().any(|(version, _)| *version == STORE_VERSION),
        "no fixture of store {STORE_VERSION}: DING_REGENERATE=1 cargo test -p ding --test stores"
    );
    for (version, text) in known {
        let folder = Folder::new(&format!("known-{version}"));
        let stored = unpack(&text, &folder.0);
        if version != STORE_VERSION {
            let text = refused(&folder.member());
            assert!(
                text.contains("written by another release") && text.contains(&format!("store {version}")),
                "{text}"
            );
            continue;
        }
        let member = start(&folder.member()).unwrap();
        check(&member, &stored);
        member.stop();
    }
}

#[test]
fn a_store_marked_with_another_layout_or_genesis_is_refused_by_name() {
    let (_, text) = known().into_iter().find(|(version, _)| *version == STORE_VERSION).unwrap();
    let folder = Folder::new("marked");
    unpack(&text, &folder.0);
    let mark = folder.member().join("chains/fixture/genesis-digest");
    let digest = fs::read_to_string(&mark).unwrap().lines().next().unwrap().to_owned();
    for (marked, want) in [
        (format!("{digest}\nstore 999\n"), "another release (store 999, this one reads store"),
        (format!("{digest}\n"), "another release (store 0"),
        (format!("0x{}\nstore {STORE_VERSION}\n", "11".repeat(32)), "a chain of another genesis"),
    ] {
        fs::write(&mark, marked).unwrap();
        let text = refused(&folder.member());
        assert!(text.contains(want), "{text}");
    }
    fs::remove_file(&mark).unwrap();
    assert!(refused(&folder.member()).contains("has data but no genesis-digest"));
}

/// What the next fixture is made by works before there is a next store version.
#[test]
fn a_member_that_called_every_module_is_packed_unpacked_and_opens_with_what_they_kept() {
    let (made, opened) = (Folder::new("lived"), Folder::new("opened"));
    let stored = live(&made);
    assert_eq!(stored.answers.len(), 8);
    let again = unpack(&pack(&made.0, &stored), &opened.0);
    assert_eq!(again.answers, stored.answers);
    let member = start(&opened.member()).unwrap();
    check(&member, &again);
    member.stop();
}

#[test]
fn what_is_packed_is_unpacked() {
    let folder = Folder::new("packed");
    let source = folder.0.join("source");
    fs::create_dir_all(source.join("a")).unwrap();
    let mut bytes = vec![0; 10_000];
    bytes[9_999] = 7;
    bytes[100..300].fill(3);
    fs::write(source.join("a/long"), &bytes).unwrap();
    fs::write(source.join("empty"), []).unwrap();
    let answers = vec![["0x01", "0x02", "0x03"].map(str::to_owned)];
    let stored = Stored { height: 3, hash: "0xab".into(), transaction: "0xcd".into(), answers };
    let target = folder.0.join("target");
    let back = unpack(&pack(&source, &stored), &target);
    assert_eq!((back.height, back.hash.as_str(), back.transaction.as_str()), (3, "0xab", "0xcd"));
    assert_eq!(back.answers, stored.answers);
    assert_eq!(fs::read(target.join("a/long")).unwrap(), bytes);
    assert_eq!(fs::read(target.join("empty")).unwrap(), Vec::<u8>::new());
}
