use super::{
    harbour::{Fault, Folder, Harbour, exists, first_account},
    *,
};
use crate::wallet::{Accounts, PrivateKeySigner, development_accounts};
use alloy_sol_types::SolCall as _;
use clap::Parser;
use ding_light::Package;
use ding_modules::{
    evidence::{
        abi::IEvidence::{attestCall, depositCall},
        batch,
    },
    mocks::NOTARY,
};
use sha2::Digest as _;
use std::fs;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn evidence(harbour: &Harbour, words: &[&str]) -> Result<(), Failure> {
    let line = Line::try_parse_from([&["evidence"], words, &["--rpc", &harbour.url]].concat());
    run(line.unwrap_or_else(|error| panic!("{error}")).args, false)
}

fn refused(result: Result<(), Failure>, want: &[&str]) {
    let text = result.expect_err("it was accepted").to_string();
    for want in want {
        assert!(text.contains(want), "{want:?} is missing in: {text}");
    }
}

fn sha256(content: &str) -> B256 {
    B256::from_slice(&sha2::Sha256::digest(content))
}

#[test]
fn both_digests_are_those_of_the_standards() {
    let folder = Folder::new("digests");
    let found = file::one(folder.file("abc", "abc").as_ref()).unwrap();
    // FIPS 180-4 and GB/T 32905 appendix A, both for "abc".
    assert_eq!(
        found.sha256.to_string(),
        "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(found.sm3.to_string(), "0x66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_eq!(found.bytes, 3);
    let large = vec![7u8; 3 * 1024 * 1024 + 1];
    let whole = B256::from_slice(&sha2::Sha256::digest(&large));
    assert_eq!(file::one(folder.file("large", &large).as_ref()).unwrap().sha256, whole);
}

#[test]
fn what_cannot_be_evidence_is_refused_by_name_before_anything_is_sent() {
    let (harbour, folder) = (Harbour::found(), Folder::new("refused"));
    let (good, empty) = (folder.file("good", "x"), folder.file("empty", ""));
    refused(evidence(&harbour, &["deposit", &good, &empty]), &["empty is empty"]);
    refused(evidence(&harbour, &["deposit", &folder.path("gone")]), &["gone", "No such file"]);
    refused(evidence(&harbour, &["deposit", &folder.path("")]), &["is a folder"]);
    refused(evidence(&harbour, &["deposit", &good, "--kind", "photo"]), &["photo", "--provenance"]);
    refused(evidence(&harbour, &["deposit", &good, "--manifest", "m"]), &["--batch"]);
    refused(evidence(&harbour, &["deposit", &good, &good, "--operation", "7"]), &["one deposit"]);
    refused(evidence(&harbour, &["deposit", &good, "--batch"]), &["1 files are no batch"]);
    refused(evidence(&harbour, &["deposit", &good, "--provenance", &"00".repeat(32)]), &["all zero"]);
    assert_eq!(harbour.world().transactions(), 0);
    assert_eq!(folder.names(), ["empty", "good"]);
}

#[test]
fn a_deposit_is_first_once_and_whoever_comes_later_learns_by_whom_and_when() {
    let (harbour, folder) = (Harbour::found(), Folder::new("once"));
    let report = folder.file("report", "a report");
    evidence(&harbour, &["deposit", &report]).unwrap();
    assert_eq!(harbour.world().transactions(), 1);
    let other = development_accounts()[3].address().to_string();
    evidence(&harbour, &["deposit", &report, "--key", &other]).unwrap();
    assert_eq!(harbour.world().transactions(), 1, "nothing was sent for a known digest");
    evidence(&harbour, &["deposit", &report, "--key", &other, "--again"]).unwrap();
    assert_eq!(harbour.world().transactions(), 2);
    evidence(&harbour, &["show", &report]).unwrap();
    evidence(&harbour, &["show", &sha256("a report").to_string()]).unwrap();
    let sm3 = file::one(report.as_ref()).unwrap().sm3.to_string();
    evidence(&harbour, &["show", &sm3]).unwrap();
    refused(
        evidence(&harbour, &["show", &"11".repeat(32)]),
        &["never deposited by itself on harbour up to block 2"],
    );
}

#[test]
fn files_with_the_same_content_are_one_deposit() {
    let (harbour, folder) = (Harbour::found(), Folder::new("same"));
    let [a, b, c] = [("a", "x"), ("b", "y"), ("c", "x")].map(|(name, content)| folder.file(name, content));
    evidence(&harbour, &["deposit", &a, &b, &c]).unwrap();
    assert_eq!(harbour.world().transactions(), 2);
}

#[test]
fn an_operation_number_stands_for_one_content() {
    let (harbour, folder) = (Harbour::found(), Folder::new("operation"));
    let (one, two) = (folder.file("one", "1"), folder.file("two", "2"));
    evidence(&harbour, &["deposit", &one, "--operation", "order 7"]).unwrap();
    evidence(&harbour, &["deposit", &one, "--operation", "order 7"]).unwrap();
    refused(
        evidence(&harbour, &["deposit", &two, "--operation", "order 7"]),
        &["operation", "other content"],
    );
    // Also for content that is recorded already, where nothing would be sent.
    evidence(&harbour, &["deposit", &two]).unwrap();
    refused(evidence(&harbour, &["deposit", &two, "--operation", "order 7"]), &["operation"]);
    assert_eq!(harbour.world().transactions(), 2);
    assert_eq!(deposit::operation(&"0a".repeat(32)).unwrap(), B256::repeat_byte(10));
    assert_eq!(deposit::operation("order 7").unwrap(), sha256("order 7"));
    assert!(deposit::operation("").is_err() && deposit::operation(&"00".repeat(32)).is_err());
}

#[test]
fn on_other_chains_than_those_for_development_the_signer_must_be_named() {
    let (harbour, folder) = (Harbour::found(), Folder::new("signers"));
    harbour.world().is_development = false;
    let report = folder.file("report", "a report");
    refused(evidence(&harbour, &["deposit", &report]), &["harbour is not a development chain", "--key"]);
    let key = PrivateKeySigner::random();
    let accounts = folder.path("accounts");
    Accounts::new(&accounts).add(&key, &"correct horse".to_owned().into()).unwrap();
    let (right, wrong) = (folder.file("right", "correct horse"), folder.file("wrong", "battery staple"));
    let account = key.address().to_string();
    let deposit = ["deposit", &report, "--key", &account, "--accounts", &accounts, "--passphrase-file"];
    refused(evidence(&harbour, &[&deposit[..], &[&wrong]].concat()), &["wrong passphrase", "accounts/0x"]);
    evidence(&harbour, &[&deposit[..], &[&right]].concat()).unwrap();
    assert_eq!(harbour.world().transactions(), 1);
}

#[test]
fn a_nonce_that_another_program_took_is_replaced() {
    let (harbour, folder) = (Harbour::found(), Folder::new("nonce"));
    harbour.world().fault = Fault::NonceTaken;
    evidence(&harbour, &["deposit", &folder.file("a", "a"), &folder.file("b", "b")]).unwrap();
    assert_eq!(harbour.world().transactions(), 2);
}

#[test]
fn a_proof_is_small_and_written_beside_the_file() {
    let (harbour, folder) = (Harbour::found(), Folder::new("prove"));
    let report = folder.file("report.pdf", "a report");
    evidence(&harbour, &["deposit", &report]).unwrap();
    evidence(&harbour, &["prove", &report]).unwrap();
    let bytes = fs::read(folder.path("report.pdf.ding")).unwrap();
    assert!(bytes.len() <= 4096, "{} bytes", bytes.len());
    Package::from_bytes(&bytes).unwrap().verify(Some(&harbour.key().parse().unwrap())).unwrap();
    // A newer proof replaces an older one.
    evidence(&harbour, &["prove", &report]).unwrap();
    let named = folder.path("other.ding");
    evidence(&harbour, &["prove", &sha256("a report").to_string(), "-o", &named]).unwrap();
    assert_eq!(fs::read(&named).unwrap(), bytes);
    assert_eq!(folder.names(), ["other.ding", "report.pdf", "report.pdf.ding"]);
}

#[test]
fn a_proof_never_replaces_another_file() {
    let (harbour, folder) = (Harbour::found(), Folder::new("replace"));
    let report = folder.file("report.pdf", "a report");
    evidence(&harbour, &["deposit", &report]).unwrap();
    refused(evidence(&harbour, &["prove", &report, "-o", &report]), &["is no proof package"]);
    assert_eq!(fs::read(&report).unwrap(), b"a report");
}

#[test]
fn what_was_never_deposited_has_no_proof_of_deposit() {
    let (harbour, folder) = (Harbour::found(), Folder::new("never"));
    let report = folder.file("report.pdf", "a report");
    refused(
        evidence(&harbour, &["prove", &report]),
        &["never deposited on harbour", "--manifest", "--absent"],
    );
    evidence(&harbour, &["deposit", &report]).unwrap();
    let account = first_account().to_string();
    refused(evidence(&harbour, &["prove", &report, "--absent"]), &["was deposited", &account]);
    assert_eq!(folder.names(), ["report.pdf"]);
}

#[test]
fn a_proof_that_does_not_hold_is_not_written() {
    let (harbour, folder) = (Harbour::found(), Folder::new("lies"));
    let (first, second) = (folder.file("first", "1"), folder.file("second", "2"));
    evidence(&harbour, &["deposit", &first, &second]).unwrap();
    for (fault, want) in
        [(Fault::ForgesProofs, "certificate"), (Fault::ProvesOthers, "not about the deposit")]
    {
        harbour.world().fault = fault;
        let result = evidence(&harbour, &["prove", &second]);
        assert!(matches!(result, Err(Failure::Refuted(_))));
        refused(result, &[want, "nothing was written"]);
    }
    assert_eq!(folder.names(), ["first", "second"]);
}

#[test]
fn every_file_of_a_batch_is_found_through_the_list_beside_it() {
    let (harbour, folder) = (Harbour::found(), Folder::new("batch"));
    let contents = ["one", "two", "three"];
    let files = contents.map(|content| folder.file(content, content));
    let [one, two, three] = &files;
    evidence(&harbour, &["deposit", "--batch", one, two, three]).unwrap();
    assert_eq!(harbour.world().transactions(), 1);
    let root = batch::root(&contents.map(sha256)).unwrap();
    let list = folder.path(&format!("batch-{}.ding-batch.json", &root.to_string()[2..18]));
    let text = fs::read_to_string(&list).unwrap();
    assert!(text.contains("\"transaction\": \"0x"), "{text}");
    // Sent again, nothing changes.
    evidence(&harbour, &["deposit", "--batch", one, two, three]).unwrap();
    assert_eq!((harbour.world().transactions(), fs::read_to_string(&list).unwrap()), (1, text.clone()));
    for (index, path) in (0..).zip(&files) {
        evidence(&harbour, &["prove", path]).unwrap();
        let way = manifest::PathFile::read(format!("{path}.ding.path.json").as_ref()).unwrap();
        assert_eq!((way.index, way.count, way.root), (index, 3, root));
        assert!(way.leads(&sha256(contents[index as usize]), &root, 3));
        assert!(!way.leads(&sha256("four"), &root, 3) && !way.leads(&way.sha256, &root, 5));
    }
    evidence(&harbour, &["show", one]).unwrap();
    // Somewhere else the list must be named, and must be about the file.
    let far = Folder::new("batch-far");
    let (copy, four) = (far.file("copy", "two"), far.file("four", "four"));
    refused(evidence(&harbour, &["prove", &copy]), &["never deposited"]);
    refused(evidence(&harbour, &["show", &copy]), &["never deposited", "list of its files"]);
    evidence(&harbour, &["prove", &copy, "--manifest", &list]).unwrap();
    refused(evidence(&harbour, &["prove", &four, "--manifest", &list]), &["not among the 3 files"]);
    let altered =
        far.file("altered.json", text.replace(&sha256("one").to_string(), &sha256("four").to_string()));
    refused(evidence(&harbour, &["prove", &four, "--manifest", &altered]), &["the list was altered"]);
}

#[test]
fn many_files_are_a_batch_by_themselves() {
    let (harbour, folder) = (Harbour::found(), Folder::new("many"));
    let files: Vec<String> = (0..65).map(|n| folder.file(&format!("{n}"), format!("file {n}"))).collect();
    let list = folder.path("list.json");
    let words: Vec<&str> =
        ["deposit", "--manifest", &list].into_iter().chain(files.iter().map(String::as_str)).collect();
    evidence(&harbour, &words).unwrap();
    assert_eq!(harbour.world().transactions(), 1);
    assert!(exists(&list));
    let other = folder.file("other.json", "not a list");
    let words: Vec<&str> = ["deposit", "--batch", "--manifest", &other, &files[0], &files[1]].into();
    refused(evidence(&harbour, &words), &["is there already"]);
    assert_eq!(fs::read(&other).unwrap(), b"not a list");
}

#[test]
fn attestations_and_later_deposits_are_shown_with_or_without_a_read_model() {
    let (harbour, folder) = (Harbour::found(), Folder::new("show"));
    let report = folder.file("report", "a report");
    evidence(&harbour, &["deposit", &report, "--kind", "2", "--provenance", &folder.file("p", "clean")])
        .unwrap();
    let digest = sha256("a report");
    let attest = attestCall { digest, opinion: 1, report: B256::repeat_byte(5) };
    harbour.world().send(NOTARY, &attest.abi_encode()).unwrap();
    let again =
        ["deposit", &report, "--again", "--kind", "web-page-capture", "--provenance", &"22".repeat(32)];
    evidence(&harbour, &again).unwrap();
    evidence(&harbour, &["show", &report]).unwrap();
    harbour.world().fault = Fault::NoReadModel;
    evidence(&harbour, &["show", &report]).unwrap();
}

#[test]
fn a_wrong_sm3_digest_of_the_first_depositor_does_not_pass_unnoticed() {
    let (harbour, folder) = (Harbour::found(), Folder::new("sm3"));
    let report = folder.file("report", "a report");
    let call = depositCall {
        digest: sha256("a report"),
        sm3: B256::repeat_byte(9),
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    harbour.world().send(NOTARY, &call.abi_encode()).unwrap();
    evidence(&harbour, &["show", &report]).unwrap();
    refused(evidence(&harbour, &["deposit", &report]), &["SM3"]);
}

#[test]
fn kinds_have_names_and_numbers() {
    assert_eq!(parse_kind("video"), Ok(Kind::Video));
    assert_eq!(parse_kind("7"), Ok(Kind::Video));
    assert!(parse_kind("film").unwrap_err().contains("7 video"));
}

/// Lists and paths lie beside people's files for years. `fixtures/batch-N.json` and `path-N.json` are
/// those of version N; `DING_REGENERATE=1 cargo test -p ding --lib evidence` adds the ones of a raised
/// version. One that is there is never replaced.
#[test]
fn lists_and_paths_of_every_version_are_read_as_they_were_written_or_refused_by_name() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cmd/evidence/fixtures");
    let files: Vec<file::Digests> = (1..=3u8)
        .map(|number| file::Digests {
            path: format!("photos/{number}.jpg").into(),
            bytes: u64::from(number) * 1_000,
            sha256: B256::repeat_byte(number),
            sm3: B256::repeat_byte(0x10 + number),
        })
        .collect();
    let list = manifest::Manifest::new("harbour", B256::repeat_byte(7), &files).unwrap();
    let list = list.deposited_by(B256::repeat_byte(8));
    let way = list.path_of(&files[1].sha256).unwrap();
    let now = manifest::VERSION;
    let names = [format!("batch-{now}.json"), format!("path-{now}.json")].map(|name| fixtures.join(name));
    if std::env::var_os("DING_REGENERATE").is_some() && !names[0].exists() {
        fs::create_dir_all(&fixtures).unwrap();
        list.write(&names[0]).unwrap();
        way.write(&names[1]).unwrap();
    }
    let folder = Folder::new("kept");
    let (batch, path) = (folder.path("batch.json"), folder.path("path.json"));
    list.write(batch.as_ref()).unwrap();
    way.write(path.as_ref()).unwrap();
    for (name, written) in names.iter().zip([batch, path]) {
        let found = fs::read_to_string(name)
            .unwrap_or_else(|error| panic!("{}: {error}; DING_REGENERATE=1 adds it", name.display()));
        let written = fs::read_to_string(written).unwrap();
        assert_eq!(written, found, "written otherwise under the same version: raise manifest::VERSION");
    }
    for entry in fs::read_dir(&fixtures).unwrap() {
        let known = entry.unwrap().path();
        let is_list = known.file_name().unwrap().to_str().unwrap().starts_with("batch-");
        let read = match is_list {
            true => manifest::Manifest::read(&known).map(|read| read == list),
            false => manifest::PathFile::read(&known).map(|read| read == way),
        };
        match read {
            Ok(same) => assert!(same && names.contains(&known), "{} is read otherwise", known.display()),
            Err(error) => {
                assert!(!names.contains(&known) && error.to_string().contains("has version"), "{error}");
            }
        }
    }
}
