//! Files that people bring: genesis, settings, keys; and tables, lists and records.

use crate::{feed::Feed, samples};
use alloy_sol_types::{Revert, SolCall, SolError};
use commonware_codec::Encode as _;
use commonware_runtime::deterministic;
use ding_chain::genesis::{self, decode_share};
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
    simulate::{self, CallResult, Overrides, Request},
};
use ding_modules::{
    BlockInfo,
    calendar::{self, Day, abi::ICalendar},
    evidence::batch as tree,
    identity::{self, abi::IIdentity},
    members::{self, abi::IMembers},
    registry,
};
use ding_node::{config::Settings, failure::Failure, keystore, outside};
use ding_primitives::{Address, B256, Height, Spec, keccak256, ports::ReadState as _};
use serde_json::{Value, json};

pub(super) fn genesis(input: &[u8]) {
    let Ok(spec) = Spec::from_json(input) else { return };
    let back = Spec::from_json(spec.to_json().as_bytes()).expect("what was written is read");
    assert_eq!(back, spec);
    assert_eq!(back.digest(), spec.digest());
    if registry::check_genesis(&spec).is_ok() {
        begin(&spec);
    }
    let Ok(block) = genesis::block::<deterministic::Context>(&spec) else { return };
    assert_eq!(block.header().transactions_root, spec.digest());
    let _ = genesis::verifier(&spec, &block.hash());
}

/// Executes the first block, in which the modules write what the file says.
fn begin(spec: &Spec) {
    let env = Env {
        height: Height::new(1),
        timestamp_ms: spec.timestamp_ms.saturating_add(1_000),
        chain_id: spec.chain_id,
        gas_limit: spec.gas_limit,
        bound: identity::bound(spec),
        ..mocks::env(1)
    };
    let mut state = MemoryState::default();
    let outcome = execute(&mut state, spec, &env, &[], Mode::Verify)
        .unwrap_or_else(|error| panic!("the modules take the file and the first block does not: {error}"));
    assert!(outcome.faults.is_empty(), "the first block has faults: {:?}", outcome.faults);
    state.apply(&outcome.changes);
    let block = BlockInfo { height: env.height, timestamp_ms: env.timestamp_ms, chain_id: spec.chain_id };
    if let Err(violation) = registry::check(&mut state, block, &[]) {
        panic!("after the first block: {violation}");
    }
    check_said(spec, &env, &mut state);
}

/// Asks a module's view.
fn ask<C: SolCall>(state: &mut MemoryState, env: &Env, module: Address, call: &C) -> C::Return {
    let request = Request { to: Some(module), input: call.abi_encode().into(), ..Request::default() };
    match simulate::call(state, env, &request, &Overrides::default()) {
        Ok(CallResult::Returned { output, .. }) => {
            C::abi_decode_returns_validate(&output).expect("a view answers in its own shape")
        }
        other => panic!("{}: {other:?}", C::SIGNATURE),
    }
}

/// The ledger says what the genesis file says.
fn check_said(spec: &Spec, env: &Env, state: &mut MemoryState) {
    for (address, balance) in &spec.endowments {
        let account = state.account(*address).expect("memory answers").unwrap_or_default();
        assert_eq!(account.balance, *balance, "the balance of {address}");
    }
    let said = members::Section::of(spec).expect("the modules took the file");
    let count = ask(state, env, members::state::ADDRESS, &IMembers::organisationCountCall {});
    assert_eq!(usize::try_from(count), Ok(said.organisations.len()));
    for (id, entry) in (1..).zip(&said.organisations) {
        let found = ask(state, env, members::state::ADDRESS, &IMembers::organisationCall { id });
        let roles = entry.roles.iter().fold(0, |bits, role| bits | role.bit());
        assert_eq!((found.name.as_str(), found.roles), (entry.name.as_str(), roles));
        assert_eq!(
            (found.division, Some(found.code)),
            (entry.division.unwrap_or(0), entry.code.clone().or(Some(String::new())))
        );
        for account in &entry.accounts {
            let call = IMembers::organisationOfCall { account: *account };
            assert_eq!(ask(state, env, members::state::ADDRESS, &call), id, "who {account} acts for");
        }
        for key in entry.validators.iter().chain(&entry.observers) {
            let call = IMembers::organisationOfKeyCall { key: key.0 };
            assert_eq!(ask(state, env, members::state::ADDRESS, &call), id, "who runs {key}");
        }
    }
    let voting = ask(state, env, members::state::ADDRESS, &IMembers::validatorsCall {});
    assert!(spec.validators.iter().map(|validator| validator.key.0).eq(voting), "who votes");
    let counts = ask(state, env, identity::state::ADDRESS, &IIdentity::countsCall {});
    assert_eq!(counts.bound, identity::bound(spec), "who may act");
    let years = ask(state, env, calendar::state::ADDRESS, &ICalendar::tableYearsCall {});
    let tables =
        calendar::Section::of(spec).and_then(|said| said.tables()).expect("the modules took the file");
    assert!(tables.keys().copied().eq(years.into_iter().map(u32::from)), "years that have a table");
}

/// Words that a genesis file is made of, for the engine's dictionary.
pub(super) fn genesis_words() -> Vec<&'static str> {
    vec![
        "\"members\":",
        "\"calendar\":",
        "\"identity\":",
        "\"organisations\":",
        "\"parameters\":",
        "\"name\":",
        "\"code\":",
        "\"roles\":",
        "\"division\":",
        "\"accounts\":",
        "\"validators\":",
        "\"observers\":",
        "\"tables\":",
        "\"year\":",
        "\"holidays\":",
        "\"makeup\":",
        "\"admission\":",
        "\"bound\"",
        "\"open\"",
        "\"authorities\":",
        "\"organisation\":",
        "\"notary\"",
        "\"supervisor\"",
        "\"court\"",
        "\"provincial\"",
        "\"competent\"",
        "\"2027-01-01..2027-01-03\"",
        "\"approval_permille\":",
        "\"endowments\":",
        "[",
        "]",
        "{",
        "}",
        ",",
        "null",
        "4294967296",
        "18446744073709551615",
    ]
}

pub(super) fn genesis_seeds() -> Vec<Vec<u8>> {
    let whole = samples::SPEC.clone();
    let bare = Spec {
        validators: whole.validators.iter().take(1).cloned().collect(),
        sharing: ding_primitives::Bytes::new(),
        endowments: Default::default(),
        modules: Default::default(),
        ..whole.clone()
    };
    let accounts: Vec<_> = (0..5).map(|number| Wallet::new(number).address()).collect();
    let keys = |number: usize| whole.validators.get(number).map(|validator| validator.key);
    let sections = json!({
        "members": {
            "organisations": [
                { "name": "Office", "roles": ["supervisor", "court"], "accounts": accounts.get(..2), "validators": [keys(0)] },
                { "name": "Beijing", "roles": ["provincial"], "division": 11, "accounts": accounts.get(2..3) },
                { "name": "Harbour Notary Office", "code": "12330100MB0000027B", "roles": ["notary", "competent"],
                  "accounts": accounts.get(3..), "validators": [keys(1), keys(2)], "observers": [B256::repeat_byte(9)] },
                { "name": "Nobody" },
            ],
            "parameters": { "approval_permille": 750 },
        },
        "calendar": { "tables": [
            { "year": 2027, "holidays": ["2027-01-01..2027-01-03", "2027-04-05"], "makeup": ["2027-02-20"] },
            { "year": 2026, "holidays": ["2026-01-01"] },
        ] },
        "identity": { "admission": "bound", "authorities": [
            { "organisation": "Office" }, { "organisation": "Beijing", "name": "Beijing Identities" },
        ] },
    });
    let modules = serde_json::from_value(sections).expect("sections are an object");
    let every = Spec { modules, ..whole.clone() };
    registry::check_genesis(&every).expect("the modules take their sections");
    [whole, bare, every].map(|spec| spec.to_json().into_bytes()).to_vec()
}

pub(super) fn share(input: &[u8]) {
    let Ok(share) = decode_share(input) else { return };
    assert_eq!(hex::encode(share.encode()), hex::encode(input), "one share has two encodings");
    assert!(
        samples::DEALT.members.iter().any(|member| member.share == share)
            || genesis::signer(&samples::SPEC, &samples::GENESIS.hash(), share).is_err(),
        "a share that was not dealt signs"
    );
}

pub(super) fn share_seeds() -> Vec<Vec<u8>> {
    samples::DEALT.members.iter().map(|member| member.share.encode().to_vec()).collect()
}

/// What one guess may cost here.
const GUESS_BYTES_MAX: u64 = 64 * 1024;
const GUESS_ROUNDS_MAX: u64 = 64;

pub(super) fn keystore(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let Ok(file) = keystore::parse(text) else { return };
    let (bytes, rounds) = file.cost();
    assert!(
        bytes <= (1 << 30) + (1 << 21) && rounds <= 10_000_000,
        "a guess costs {bytes} bytes and {rounds} rounds"
    );
    if bytes > GUESS_BYTES_MAX || rounds > GUESS_ROUNDS_MAX {
        return;
    }
    if let Ok(address) = file.open_with("testpassword") {
        assert!(file.address().is_none_or(|told| told == address), "a file opens as another account");
    }
}

pub(super) fn keystore_seeds() -> Vec<Vec<u8>> {
    // Written by eth-keyfile 0.9 with the cheapest costs, the passphrase "testpassword", and the
    // private key of the examples of the Web3 Secret Storage Definition.
    [
        r#"{"address": "008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b", "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "88e45dc5f03db1496dd6e747abbb078a"}, "ciphertext": "361890b48c5dfb2d3f3bd4298c52ab050bdff5471a8c6da1bf802d2d886d95b5", "kdf": "pbkdf2", "kdfparams": {"c": 1, "dklen": 32, "prf": "hmac-sha256", "salt": "c3a170189356dc56112c91476dd3da45"}, "mac": "4518c83e14d6bdfd92deb85ffccddff3fbe77e0499d3f0be62d9600c837bd401"}, "id": "64262ffe-b8b2-4f2e-b331-45ac45546e76", "version": 3}"#,
        r#"{"address": "008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b", "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "9e19a630f3ef3ee2710dcb518be24796"}, "ciphertext": "a5f983627632794ca47ac653a2ae0ad8aa0a226dacb74cea780a8a2bc4940089", "kdf": "scrypt", "kdfparams": {"dklen": 32, "n": 2, "r": 8, "p": 1, "salt": "cce329af8f174ec7db1f809005e1fb17"}, "mac": "1206ade12bb8bb554008cd2d9f2d6a02d9220f9d72e4e352c0070b173a3412cd"}, "id": "6de5b899-549a-4d11-81e0-c9ca86cdaa02", "version": 3}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn settings(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let Ok(settings) = Settings::parse(text) else { return };
    let text = settings.to_text().expect("what was read can be written");
    assert_eq!(Settings::parse(&text).as_ref(), Ok(&settings), "what was written is another setting");
}

pub(super) fn settings_seeds() -> Vec<Vec<u8>> {
    [
        "member = \"member-1\"\nhttp = \"127.0.0.1:8545\"\np2p = \"0.0.0.0:9000\"\n",
        "member = \"m\"\nhttp = \"[::1]:1\"\np2p = \"1.2.3.4:5\"\nread_model = false\nthreads = 3\n\
         cache_mib = 9\n\n[peers]\nmember-1 = \"host.example:9000\"\n\"member 2\" = '10.0.0.1:9'\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// An error says something, on lines that a terminal shows.
fn check_error(error: &str) {
    assert!(error.chars().count() > 10, "an error that says nothing: {error:?}");
}

/// A sample that its reader takes: what starts from something refused reaches nothing.
fn accepted<T, E: core::fmt::Display>(sample: Vec<u8>, read: impl Fn(&[u8]) -> Result<T, E>) -> Vec<u8> {
    if let Err(error) = read(&sample) {
        panic!("a sample is refused: {error}");
    }
    sample
}

/// What was read and written once is read and written the same way again.
fn check_again(written: &[u8], read: impl Fn(&[u8]) -> Result<Vec<u8>, Failure>) {
    let again = read(written).unwrap_or_else(|error| panic!("what was written is refused: {error}"));
    assert!(again == written, "{} is written again as {}", text(written), text(&again));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Digits that stand together in personal data, and in no error.
const PERSONAL_DIGITS: usize = 6;

/// An error says nothing of what was read: it is personal (invariant P4 of records).
fn check_silent(input: &[u8], error: &str) {
    check_error(error);
    // A version is no secret.
    if error.contains("version") {
        return;
    }
    let digits = error.split(|sign: char| !sign.is_ascii_digit());
    for digits in digits.filter(|digits| digits.len() >= PERSONAL_DIGITS) {
        assert!(!text(input).contains(digits), "{error:?} quotes what was read");
    }
}

pub(super) fn calendar(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let (year, holidays, makeup) = match outside::calendar(text) {
        Ok(table) => table,
        Err(error) => return check_error(&error),
    };
    let first = Day::from_civil(year.into(), 1, 1).expect("a table is of a year that days have");
    let days = |days: &[u16]| -> Vec<String> {
        days.iter().map(|day| Day::new(first.get() + u32::from(*day) - 1).to_string()).collect()
    };
    let json = json!({ "year": year, "holidays": days(&holidays), "makeup": days(&makeup) }).to_string();
    let rows = [("holiday", &holidays), ("makeup", &makeup)]
        .map(|(kind, list)| days(list).into_iter().map(|day| format!("{day},{kind}\n")).collect::<String>());
    assert_eq!(outside::calendar(&json).as_ref(), Ok(&(year, holidays.clone(), makeup.clone())));
    if holidays.len() + makeup.len() > 0 {
        assert_eq!(outside::calendar(&format!("date,kind\n{}", rows.concat())), Ok((year, holidays, makeup)));
    }
}

pub(super) fn calendar_seeds() -> Vec<Vec<u8>> {
    [
        "date,kind\n2027-01-01..2027-01-03,holiday\n2027-02-20, makeup\n",
        "\u{feff}日期,类型\r\n2027/1/1..20270103,放假\r\n2027年2月20日,补班\r\n",
        "{\"year\":2027,\"holidays\":[\"2027-01-01\",\"2027-01-02..2027-01-03\"],\"makeup\":[\"2027-02-20\"]}",
        "{\"year\":2028,\"holidays\":[\"2028-02-29..2028-12-31\"]}",
    ]
    .map(|text| accepted(text.as_bytes().to_vec(), |bytes| outside::calendar(&String::from_utf8_lossy(bytes))))
    .to_vec()
}

/// First byte: 1 an argument, otherwise a file.
pub(super) fn founding(input: &[u8]) {
    let (kind, input) = input.split_first().unwrap_or((&0, &[]));
    let list = if *kind == 1 {
        core::str::from_utf8(input)
            .map_err(|error| error.to_string())
            .and_then(outside::organisation)
            .map(|one| vec![one])
    } else {
        outside::organisations(input)
    };
    let list = match list {
        Ok(list) => list,
        Err(error) => return check_error(&error),
    };
    let written = serde_json::to_vec(&list).expect("a list can be written");
    assert_eq!(outside::organisations(&written).as_ref(), Ok(&list), "what was written is another list");
    // A ledger is founded with it or not, and says why not.
    let spec = Spec {
        modules: [("members".to_owned(), json!({ "organisations": list }))].into(),
        ..samples::SPEC.clone()
    };
    match registry::check_genesis(&spec) {
        Ok(()) => begin(&spec),
        Err(error) => check_error(&error.to_string()),
    }
}

pub(super) fn founding_seeds() -> Vec<Vec<u8>> {
    let account = Wallet::new(1).address();
    let list = json!([
        { "name": "Harbour Notary Office", "code": "12330100MB0000027B", "roles": ["notary"], "accounts": [account] },
        { "name": "Zhejiang", "roles": ["provincial", "competent"], "division": 33 },
    ]);
    let one = format!("\u{1}\"Harbour, Notary\",notary,12330100MB0000027B,33,provincial,{account}");
    vec![[b"\0", list.to_string().as_bytes()].concat(), one.into_bytes(), b"\x01Port".to_vec()]
}

/// First byte: 1 the way of a file to the root of its batch, otherwise the list of a batch.
pub(super) fn batch(input: &[u8]) {
    let (kind, input) = input.split_first().unwrap_or((&0, &[]));
    let read = |bytes: &[u8]| {
        if *kind == 1 {
            return outside::path_file(bytes).map(|(written, _)| written);
        };
        let (written, all_lead) = outside::manifest(bytes)?;
        assert!(all_lead, "a file of a list has no way to its root");
        Ok(written)
    };
    match read(input) {
        Ok(written) => check_again(&written, read),
        Err(error) => check_error(&error.to_string()),
    }
}

pub(super) fn batch_seeds() -> Vec<Vec<u8>> {
    let files: Vec<B256> = (0..3u8).map(|number| keccak256([number])).collect();
    let root = tree::root(&files).expect("three files are a batch");
    let item = |sha256: &B256| json!({ "name": "a/b.pdf", "bytes": 7, "sha256": sha256, "sm3": B256::ZERO });
    let list = json!({ "version": 1, "chain": "samples", "genesisHash": samples::GENESIS.hash(), "root": root,
        "transaction": B256::repeat_byte(7), "files": files.iter().map(item).collect::<Vec<_>>() });
    let path = tree::path(&files, 1).expect("the file is in it");
    let way =
        json!({ "version": 1, "sha256": files.get(1), "root": root, "count": 3, "index": 1, "path": path });
    let list = accepted(list.to_string().into_bytes(), outside::manifest);
    let way = accepted(way.to_string().into_bytes(), outside::path_file);
    vec![[b"\0", list.as_slice()].concat(), [b"\x01", way.as_slice()].concat()]
}

pub(super) fn person(input: &[u8]) {
    match outside::person(input) {
        Ok(written) => check_again(&written, outside::person),
        Err(error) => check_silent(input, &error.to_string()),
    }
}

/// The same with a number where a text should be: an error that quotes it gives it away.
fn misfilled(mut value: Value) -> Value {
    if let Some(mobile) = value.get_mut("mobile") {
        *mobile = json!(13_800_138_000_u64);
    }
    value
}

fn somebody() -> Value {
    json!({ "name": "张三", "document": { "type": "resident-id", "number": "11010519491231002X" },
        "mobile": "+86 138-0013-8000", "address": "北京市东城区", "face": "ffd8",
        "guardian_consent": B256::repeat_byte(5) })
}

pub(super) fn person_seeds() -> Vec<Vec<u8>> {
    let other = json!({ "name": "Ana María", "document": { "type": "passport", "number": "ab 1234567" } });
    let fine = [somebody(), other].map(|person| accepted(person.to_string().into_bytes(), outside::person));
    fine.into_iter().chain([misfilled(somebody()).to_string().into_bytes()]).collect()
}

/// First byte: 1 the head of a folder, 2 the name of a file in it, otherwise a record.
pub(super) fn records(input: &[u8]) {
    let (kind, input) = input.split_first().unwrap_or((&0, &[]));
    match *kind {
        1 => match outside::records_head(input) {
            Ok(written) => check_again(&written, outside::records_head),
            Err(error) => check_error(&error.to_string()),
        },
        2 => {
            let name = core::str::from_utf8(input).unwrap_or_default();
            if let Some(own) = outside::record_name(name) {
                assert_eq!(own, name, "a record is looked for under another name");
            }
        }
        _ => match outside::record(input) {
            Ok((written, subject, name)) => {
                check_again(&written, |bytes| outside::record(bytes).map(|(again, ..)| again));
                let again = outside::record(&written).map(|(_, subject, name)| (subject, name));
                assert_eq!(again.ok(), Some((subject, name)));
            }
            Err(error) => check_silent(input, &error.to_string()),
        },
    }
}

fn binding() -> Value {
    json!({ "genesis": samples::GENESIS.hash(), "authority": 1, "account": Wallet::new(1).address(), "number": 3,
        "level": 2, "expiry_ms": 1_900_000_000_000_u64, "prepared_ms": 1_790_000_000_000_u64 })
}

pub(super) fn records_seeds() -> Vec<Vec<u8>> {
    let record = |identity: Value, salt: &str| json!({ "version": 1, "identity": identity, "salt": salt, "name_salt": salt, "made_ms": 7, "bindings": [binding()] });
    let organisation = json!({ "organisation": { "name": "海港链", "code": "91110000MA00000077" } });
    let head = json!({ "version": 1, "recipient": RECIPIENT });
    let name = format!("\u{2}{}.{}.age", "0a".repeat(16), "0b".repeat(32));
    let mut seeds = vec![[b"\x01", head.to_string().as_bytes()].concat(), name.into_bytes()];
    let salt = "5a".repeat(32);
    let fine = [record(json!({ "person": somebody() }), &salt), record(organisation, "")];
    let fine = fine.map(|record| accepted(record.to_string().into_bytes(), outside::record));
    let wrong = record(json!({ "person": misfilled(somebody()) }), &salt).to_string().into_bytes();
    seeds.extend(fine.into_iter().chain([wrong]).map(|record| [b"\0", record.as_slice()].concat()));
    seeds
}

/// A key whose holder disclosures are sealed for here, and what it is known by.
const KEY: &str = "AGE-SECRET-KEY-1LT0KXGZRZ96SVZGH599RW6ZGW4JKPQ996X89546WKGJXWY6W7QASDTFKQA";
const RECIPIENT: &str = "age15h5hmj7n0p9spw82kxj9y0vmvqyxpqac9y48exjj4d5quvwyh53qqn79ye";

/// First byte: 1 sealed bytes, otherwise what was in them: the subject and the digest of the name on the
/// ledger, and the disclosure.
pub(super) fn disclosure(input: &[u8]) {
    let mut feed = Feed::new(input);
    if feed.byte() == 1 {
        match outside::sealed(feed.rest(), KEY) {
            Ok(opened) => assert_eq!(opened, b"{}", "what nobody sealed opens"),
            Err(error) => check_error(&error.to_string()),
        }
        return;
    }
    let (subject, name) = (B256::left_padding_from(feed.take(32)), B256::left_padding_from(feed.take(32)));
    let bytes = feed.rest();
    match outside::disclosure(bytes, &subject, &name) {
        Ok((written, fits)) => {
            check_again(&written, |bytes| {
                outside::disclosure(bytes, &subject, &name).map(|(again, _)| again)
            });
            let again = outside::disclosure(&written, &subject, &name).map(|(_, fits)| fits);
            assert_eq!(again.ok(), Some(fits));
        }
        Err(error) => check_silent(bytes, &error.to_string()),
    }
}

pub(super) fn disclosure_seeds() -> Vec<Vec<u8>> {
    let code = "91110000MA00000077";
    let common = json!({ "version": 1, "chain": "samples", "genesis": samples::GENESIS.hash(), "order": 2_026_000_001_u64,
        "account": Wallet::new(1).address(), "subject": B256::ZERO, "made_ms": 7 });
    let with = |more: Value| {
        let mut all = common.clone();
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all.to_string().into_bytes()
    };
    let organisation = with(json!({ "name": { "text": "海港链" },
        "document": { "document": { "type": "uscc", "number": code } } }));
    let person = with(json!({ "name": { "text": "张三", "salt": "5a".repeat(32) }, "mobile": "13800138000",
        "document": { "document": { "number": "11010519491231002X" }, "salt": "5a".repeat(32) }, "address": "北京市",
        "face": "ffd8", "accounts": [Wallet::new(1).address()], "history": [binding()] }));
    let subject = B256::right_padding_from(code.as_bytes());
    let misfilled = with(json!({ "mobile": 13_800_138_000_u64 }));
    let fine = |sample| accepted(sample, |bytes| outside::disclosure(bytes, &subject, &B256::ZERO));
    let plain = [fine(organisation), fine(person), misfilled]
        .map(|text| [&[0], subject.as_slice(), B256::ZERO.as_slice(), &text].concat());
    let sealed = hex::decode(SEALED).expect("it is hexadecimal");
    let sealed = accepted(sealed, |bytes| outside::sealed(bytes, KEY));
    let broken = b"\x01age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n".to_vec();
    plain.into_iter().chain([[&[1], sealed.as_slice()].concat(), broken]).collect()
}

/// What age made of "{}" for [`RECIPIENT`].
const SEALED: &str = "6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392034703131495a45556d4c673337576b744571675668346d4f437350324949367345476d3871432b32746a4d0a6d375a2b6776652b494b36744b5a434333326839497433453669316448416156776f5945304d41374c756b0a2d2d2d2061504d2b4f2b725a394f707537326d61693142714b69784f6c2f56616d712f6e58454b764b62366d5133490a78377b525757b494427f89014f97d799eecd349d65e482318be60b95f94538399cd4";

/// Methods whose answers the commands read, each in its own shape.
const METHODS: [&str; 8] = [
    "ding_chain",
    "eth_getLogs",
    "eth_getTransactionReceipt",
    "ding_getTransactionStatus",
    "eth_call",
    "eth_getStorageAt",
    "eth_sendRawTransaction",
    "eth_blockNumber",
];
/// Characters of the longest error that people are shown.
const SHOWN_MAX: usize = 4_000;

/// First byte: the method, and the status of the answer.
pub(super) fn answers(input: &[u8]) {
    let mut feed = Feed::new(input);
    let kind = feed.byte();
    let method = METHODS.get(usize::from(kind) % METHODS.len()).copied().unwrap_or_default();
    let status = if kind < 128 { 200 } else { 503 };
    let shown = match outside::answer(method, status, feed.rest()) {
        Ok(shown) => shown,
        Err(error) => {
            let error = error.to_string();
            assert!(!error.is_empty(), "an error that says nothing");
            assert!(error.chars().count() <= SHOWN_MAX, "an error of {} characters", error.chars().count());
            error
        }
    };
    assert!(!shown.chars().any(char::is_control), "a member steers the terminal: {shown:?}");
}

pub(super) fn answers_seeds() -> Vec<Vec<u8>> {
    let hash = B256::repeat_byte(7);
    let log = json!({ "address": Wallet::new(1).address(), "topics": [hash], "data": "0x01", "blockNumber": "0x2",
        "blockTimestamp": "0x3", "logIndex": "0x0" });
    let results = [
        json!({ "name": "harbour\u{1b}[2J", "chainId": "0x1", "publicKey": samples::SPEC.public_key, "genesisHash": hash,
            "members": [{ "name": "member-1", "key": hash }], "faultsTolerated": 1, "development": true }),
        json!([log]),
        json!({ "transactionHash": hash, "blockNumber": "0x2", "status": "0x1", "logs": [log] }),
        json!({ "status": "dropped", "reason": "\u{7}replaced" }),
        json!("0x0102"),
        json!("0xff"),
        json!(hash),
        json!("0x1f"),
    ];
    let mut seeds: Vec<Vec<u8>> = (0u8..)
        .zip(&results)
        .map(|(kind, result)| {
            let answer = json!({ "jsonrpc": "2.0", "id": 0, "result": result }).to_string();
            [&[kind], answer.as_bytes()].concat()
        })
        .collect();
    let spoken = SolError::abi_encode(&Revert::from("no\u{1b}]0;title\u{7}"));
    let refused = SolError::abi_encode(&ding_modules::evidence::abi::IEvidence::ZeroDigest {});
    for (code, data) in [
        (3, json!(format!("0x{}", hex::encode(spoken)))),
        (3, json!(format!("0x{}", hex::encode(refused)))),
        (-32005, Value::Null),
    ] {
        let error = json!({ "code": code, "message": "execution reverted: \u{1b}[1m", "data": data });
        seeds.push([b"\x04", json!({ "id": 0, "error": error }).to_string().as_bytes()].concat());
    }
    // Another page, another call, another shape.
    seeds.push(b"\x80<h1>not\nhere</h1>".to_vec());
    seeds.push(b"\x00{\"id\":7,\"result\":null}".to_vec());
    seeds.push(format!("\u{7}{{\"id\":0,\"result\":\"{}\"}}", "\\u001b".repeat(700)).into_bytes());
    seeds
}
