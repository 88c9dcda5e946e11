use super::*;
use crate::{
    mocks::Authority,
    state::tests::{CONTRACT_ADDRESS, MODULE_ADDRESS, account, word, world},
    tree::{prove_receipt, prove_transaction, receipts_root, transactions_root},
};
use commonware_cryptography::{Hasher as _, Sha256};
use ding_primitives::{DatabaseCommitment, MemberKey, Roots};

const GENESIS: B256 = B256::repeat_byte(0x77);

/// A block of `count` transactions of which each but the last emits one log, the last two.
fn transactions(count: usize) -> (Vec<Bytes>, Vec<Receipt>) {
    let log = |i: usize, part: u8| Log {
        address: MODULE_ADDRESS,
        topics: vec![keccak256("Deposited"), keccak256(i.to_be_bytes()), B256::repeat_byte(part)],
        data: Bytes::from(vec![part; 320]),
    };
    let raws = (0..count).map(|i| Bytes::from([&[2u8; 100][..], &i.to_be_bytes()].concat())).collect();
    let receipts = (0..count)
        .map(|i| Receipt {
            success: true,
            gas_used: 50_000,
            cumulative_gas_used: 50_000 * (i as u64 + 1),
            created: None,
            logs: if i + 1 == count { vec![log(i, 1), log(i, 2)] } else { vec![log(i, 1)] },
        })
        .collect();
    (raws, receipts)
}

fn header(height: u64, parent: B256, roots: Roots, raws: &[Bytes], receipts: &[Receipt]) -> Header {
    let hashes: Vec<B256> = raws.iter().map(keccak256).collect();
    Header {
        epoch: 0,
        view: height + 100,
        parent_view: height + 99,
        leader: MemberKey(B256::repeat_byte(1)),
        parent,
        height: Height::new(height),
        timestamp_ms: 1_790_000_000_000 + height,
        transactions_root: transactions_root(&hashes),
        receipts_root: receipts_root(receipts),
        roots,
        gas_used: 50_000,
        gas_limit: 1_000_000_000,
        transaction_count: u32::try_from(raws.len()).unwrap(),
    }
}

fn no_state() -> Roots {
    let commitment = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    Roots { accounts: commitment, modules: commitment, contracts: commitment }
}

fn authority() -> Authority {
    Authority::new("harbour", GENESIS)
}

fn log_statement(receipts: &[Receipt], index: usize, log: u32) -> Statement {
    Statement::Log {
        transaction: u32::try_from(index).unwrap(),
        log,
        receipt: receipts[index].clone(),
        proof: prove_receipt(receipts, index).unwrap(),
    }
}

/// A package for one log of a block of `count`, `behind` blocks before the certified one.
fn log_package(count: usize, behind: u64) -> Package {
    let (raws, receipts) = transactions(count);
    let mut headers = vec![header(8, B256::repeat_byte(9), no_state(), &raws, &receipts)];
    for height in 9..9 + behind {
        let parent = headers.last().map(Header::hash).unwrap();
        headers.push(header(height, parent, no_state(), &[], &[]));
    }
    let authority = authority();
    let certificate = authority.certify(headers.last().unwrap());
    let statements = vec![log_statement(&receipts, count / 2, 0)];
    Package::new("harbour", GENESIS, authority.key().clone(), headers, certificate, statements).unwrap()
}

/// A package with a statement of every kind, and another block on top.
fn full_package() -> Package {
    let world = world(600);
    let (raws, receipts) = transactions(6);
    let hashes: Vec<B256> = raws.iter().map(keccak256).collect();
    let target = header(8, B256::repeat_byte(9), world.roots, &raws, &receipts);
    let top = header(9, target.hash(), no_state(), &[], &[]);
    let (address, held) = account(5);
    let statements = vec![
        log_statement(&receipts, 5, 1),
        Statement::Transaction {
            index: 2,
            content: Content::Hash(hashes[2]),
            proof: prove_transaction(&hashes, 2).unwrap(),
        },
        Statement::Transaction {
            index: 3,
            content: Content::Envelope(raws[3].clone()),
            proof: prove_transaction(&hashes, 3).unwrap(),
        },
        Statement::Account { address, account: held, proof: world.account },
        Statement::Slot { address: MODULE_ADDRESS, slot: U256::from(5), value: word(5), proof: world.held },
        Statement::Slot {
            address: MODULE_ADDRESS,
            slot: U256::from(9),
            value: U256::ZERO,
            proof: world.removed,
        },
        Statement::Slot {
            address: CONTRACT_ADDRESS,
            slot: U256::from(5),
            value: word(5),
            proof: world.contract,
        },
    ];
    let authority = authority();
    let certificate = authority.certify(&top);
    Package::new("harbour", GENESIS, authority.key().clone(), vec![target, top], certificate, statements)
        .unwrap()
}

fn check(bytes: &[u8], pin: Option<&ChainKey>) -> Result<Verified, Reason> {
    Package::from_bytes(bytes)?.verify(pin)
}

/// The bytes with the checksum that a careful forger would put there.
fn repaired(mut bytes: Vec<u8>) -> Vec<u8> {
    let content = bytes.len() - 32;
    let checksum = Sha256::hash(&[&bytes[..content]]);
    bytes[content..].copy_from_slice(&checksum.0);
    bytes
}

#[test]
fn every_kind_of_statement_is_proven_from_bytes_and_key_alone() {
    let package = full_package();
    let bytes = package.to_bytes();
    assert_eq!(bytes.len(), package.size());
    let authority = authority();
    let verified = check(&bytes, Some(authority.key())).unwrap();
    assert!(verified.pinned);
    assert_eq!((verified.chain.as_str(), verified.genesis_hash), ("harbour", GENESIS));
    assert_eq!(verified.block.height, Height::new(8));
    assert_eq!(verified.block.timestamp_ms, 1_790_000_000_008);
    assert_eq!(verified.block.hash, package.headers()[0].hash());
    assert_eq!(verified.certified.hash, package.certificate().payload);
    let kinds: Vec<_> = verified.statements.iter().map(Proven::kind).collect();
    assert_eq!(kinds, ["log", "transaction", "transaction", "account", "slot", "absence", "slot"]);
    let (raws, receipts) = transactions(6);
    assert_eq!(
        verified.statements[0],
        Proven::Log { transaction: 5, index: 1, log: receipts[5].logs[1].clone() }
    );
    assert_eq!(
        verified.statements[1],
        Proven::Transaction { index: 2, hash: keccak256(&raws[2]), raw: None }
    );
    assert_eq!(
        verified.statements[2],
        Proven::Transaction { index: 3, hash: keccak256(&raws[3]), raw: Some(raws[3].clone()) }
    );
    let (address, held) = account(5);
    assert_eq!(verified.statements[3], Proven::Account { address, account: held });
    assert_eq!(verified.statements[5], Proven::Absent { address: MODULE_ADDRESS, slot: U256::from(9) });
}

#[test]
fn without_a_key_the_answer_says_that_the_key_is_the_packages_own() {
    let bytes = log_package(1, 0).to_bytes();
    let verified = check(&bytes, None).unwrap();
    assert!(!verified.pinned);
    assert_eq!(&verified.chain_key, authority().key());
}

#[test]
fn every_flipped_byte_of_a_file_is_refused() {
    let bytes = full_package().to_bytes();
    let key = authority().key().clone();
    for index in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut flipped = bytes.clone();
            flipped[index] ^= flip;
            assert!(check(&flipped, Some(&key)).is_err(), "byte {index} with {flip:#x}");
            assert!(check(&flipped, None).is_err(), "byte {index} with {flip:#x}, key not pinned");
        }
    }
}

/// What is true of the block and state of [`full_package`], told without proofs.
fn is_true(statement: &Proven) -> bool {
    let (raws, receipts) = transactions(6);
    match statement {
        Proven::Log { transaction, index, log } => {
            receipts[*transaction as usize].logs.get(*index as usize) == Some(log)
        }
        Proven::Transaction { index, hash, raw } => {
            let held = &raws[*index as usize];
            keccak256(held) == *hash && raw.as_ref().is_none_or(|raw| raw == held)
        }
        Proven::Account { address, account: stated } => (0..600).any(|i| account(i) == (*address, *stated)),
        Proven::Slot { address, slot, value } => {
            [MODULE_ADDRESS, CONTRACT_ADDRESS].contains(address)
                && *slot < U256::from(600)
                && *slot != U256::from(9)
                && word(slot.to()) == *value
        }
        Proven::Absent { address, slot } => {
            *address == MODULE_ADDRESS && (*slot >= U256::from(600) || *slot == U256::from(9))
        }
    }
}

/// Checks that whatever a changed package proves is true, and of the same block of the same chain.
fn assert_true(verified: &Verified, honest: &Verified) {
    assert_eq!(verified.block, honest.block);
    assert_eq!(verified.certified, honest.certified);
    assert_eq!((verified.genesis_hash, &verified.chain_key), (honest.genesis_hash, &honest.chain_key));
    for statement in &verified.statements {
        assert!(is_true(statement), "{statement:?}");
    }
}

#[test]
fn a_forger_who_repairs_the_checksum_gains_only_the_label_or_another_true_statement() {
    let bytes = full_package().to_bytes();
    let key = authority().key().clone();
    let honest = check(&bytes, Some(&key)).unwrap();
    assert_true(&honest, &honest);
    let name = 6..6 + "harbour".len();
    let (mut labels, mut others) = (0, 0);
    for index in 0..bytes.len() - 32 {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[index] ^= 1 << bit;
            let Ok(verified) = check(&repaired(flipped), Some(&key)) else { continue };
            if name.contains(&index) {
                assert_eq!(Verified { chain: honest.chain.clone(), ..verified }, honest);
                labels += 1;
            } else {
                // Another log of the same receipt, or a slot between the same two neighbours.
                assert_ne!(verified, honest, "byte {index} bit {bit} says nothing");
                assert_true(&verified, &honest);
                others += 1;
            }
        }
    }
    assert!(labels > 0 && (1..20).contains(&others), "{labels} labels, {others} other statements");
}

#[test]
fn cut_and_extended_files_are_refused() {
    let bytes = log_package(3, 1).to_bytes();
    for end in 0..bytes.len() {
        assert!(check(&bytes[..end], None).is_err(), "cut at {end}");
        if end > 37 {
            assert!(
                check(&repaired(bytes[..end].to_vec()), None).is_err(),
                "cut at {end}, checksum repaired"
            );
        }
    }
    assert_eq!(check(&[&bytes[..], &[0]].concat(), None), Err(Reason::Checksum));
    let longer = repaired([&bytes[..], &[0]].concat());
    assert!(matches!(check(&longer, None), Err(Reason::Malformed(_))));
    let huge = vec![0; limits::PACKAGE_BYTES_MAX + 1];
    assert_eq!(check(&huge, None), Err(Reason::TooLarge(limits::PACKAGE_BYTES_MAX + 1)));
}

#[test]
fn a_number_written_longer_than_needed_is_refused() {
    // The log statement begins after its count and kind: transaction 1, log 0.
    let package = log_package(3, 0);
    let bytes = package.to_bytes();
    let start = bytes.len() - 32 - commonware_codec::EncodeSize::encode_size(&package.statements()[0]);
    assert_eq!(bytes[start..start + 3], [1, 1, 0]);
    let long = [&bytes[..start + 1], &[0x81, 0x00], &bytes[start + 2..]].concat();
    assert!(matches!(check(&repaired(long), None), Err(Reason::Malformed(_))));
    // The same for the certificate's epoch.
    let certificate = 6 + 7 + 32 + 96 + 1 + 429;
    assert_eq!(bytes[certificate], 0);
    let long = [&bytes[..certificate], &[0x80, 0x00], &bytes[certificate + 1..]].concat();
    assert!(matches!(check(&repaired(long), None), Err(Reason::Malformed(_))));
}

#[test]
fn another_pinned_key_is_refused_by_name() {
    let package = log_package(1, 0);
    let other = Authority::new("other", GENESIS);
    let error = package.verify(Some(other.key())).unwrap_err();
    assert!(matches!(error, Reason::OtherChain { .. }));
    assert!(error.to_string().contains(&other.key().to_string()));
}

#[test]
fn a_certificate_of_another_chain_is_refused_with_the_key_it_was_checked_with() {
    let package = log_package(1, 0);
    let sister = Authority::new("harbour", B256::repeat_byte(0x78));
    let forged = Package { certificate: sister.certify(&package.headers()[0]), ..package.clone() };
    let error = forged.verify(None).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate does not verify under the chain key {}: the package was altered or is from another chain",
            package.chain_key()
        )
    );
    // The same block under the sister's genesis hash is the sister's.
    let hers = Package { genesis_hash: sister.genesis_hash(), ..forged };
    assert!(hers.verify(Some(sister.key())).is_ok());
}

#[test]
fn headers_that_do_not_lead_to_the_certificate_are_refused() {
    let package = log_package(2, 3);
    package.verify(None).unwrap();
    let mut gap = package.clone();
    gap.headers.remove(1);
    assert!(matches!(gap.verify(None), Err(Reason::Trail(TrailError::Broken { position: 1, .. }))));
    let mut short = package;
    short.headers.pop();
    assert!(matches!(short.verify(None), Err(Reason::Trail(TrailError::NotCertified { .. }))));
}

#[test]
fn a_statement_that_does_not_follow_from_the_block_is_named() {
    let package = full_package();
    let swap = |position: usize, change: &dyn Fn(&mut Statement)| {
        let mut changed = package.clone();
        change(&mut changed.statements[position]);
        match changed.verify(None) {
            Err(Reason::Statement { position: found, cause }) => {
                assert_eq!(found, position + 1);
                cause
            }
            other => panic!("{other:?}"),
        }
    };
    let cause = swap(0, &|statement| {
        if let Statement::Log { receipt, .. } = statement {
            receipt.logs[1].data = Bytes::from_static(b"something else");
        }
    });
    assert!(matches!(cause, StatementError::Receipt { index: 5, .. }));
    let cause = swap(0, &|statement| {
        if let Statement::Log { log, .. } = statement {
            *log = 2;
        }
    });
    assert_eq!(cause, StatementError::NoSuchLog { log: 2, count: 2 });
    let cause = swap(2, &|statement| {
        if let Statement::Transaction { content, .. } = statement {
            *content = Content::Envelope(Bytes::from_static(b"another"));
        }
    });
    assert!(matches!(cause, StatementError::Transaction { index: 3, .. }));
    let cause = swap(3, &|statement| {
        if let Statement::Account { account, .. } = statement {
            account.balance += U256::from(1);
        }
    });
    assert!(matches!(cause, StatementError::State(ProofError::Mismatch { .. })));
    let cause = swap(4, &|statement| {
        if let Statement::Slot { address, .. } = statement {
            *address = CONTRACT_ADDRESS;
        }
    });
    assert!(matches!(cause, StatementError::State(ProofError::OtherDatabase { .. })));
}

#[test]
fn a_package_that_no_reader_would_take_is_not_made() {
    let good = log_package(1, 0);
    let make = |chain: &str, headers: Vec<Header>, statements: Vec<Statement>| {
        Package::new(chain, GENESIS, good.chain_key.clone(), headers, good.certificate.clone(), statements)
    };
    let (headers, statements) = (good.headers.clone(), good.statements.clone());
    assert!(make("harbour", headers.clone(), statements.clone()).is_ok());
    assert!(matches!(make("Harbour", headers.clone(), statements.clone()), Err(Reason::Name(_))));
    assert!(matches!(make("harbour", vec![], statements.clone()), Err(Reason::Trail(TrailError::Count(0)))));
    assert!(matches!(
        make("harbour", vec![headers[0].clone(); 65], statements.clone()),
        Err(Reason::Trail(_))
    ));
    assert!(matches!(make("harbour", headers.clone(), vec![]), Err(Reason::Statements(0))));
    assert!(matches!(
        make("harbour", headers.clone(), vec![statements[0].clone(); 65]),
        Err(Reason::Statements(65))
    ));
    let mut large = statements;
    if let Some(Statement::Log { receipt, .. }) = large.first_mut() {
        receipt.logs[0].data = Bytes::from(vec![0; limits::PACKAGE_BYTES_MAX]);
    }
    assert!(matches!(make("harbour", headers, large), Err(Reason::TooLarge(_))));
}

#[test]
fn a_package_for_one_deposit_is_small_whatever_the_size_of_its_block() {
    for (count, behind) in [(1, 0), (5_000, 0), (5_000, 3)] {
        let bytes = log_package(count, behind).to_bytes();
        check(&bytes, Some(authority().key())).unwrap();
        assert!(bytes.len() <= 4_096, "{count} transactions, {behind} behind: {} bytes", bytes.len());
    }
}

#[test]
fn foreign_files_are_told_from_damaged_ones() {
    assert_eq!(check(b"", None), Err(Reason::NotAPackage));
    assert_eq!(check(b"%PDF-1.7", None), Err(Reason::NotAPackage));
    assert_eq!(check(b"ding", None), Err(Reason::Checksum));
    let mut later = log_package(1, 0).to_bytes();
    later[4] = 2;
    assert_eq!(check(&repaired(later), None), Err(Reason::Version(2)));
}

#[test]
fn noise_in_a_file_proves_nothing_false_and_never_panics() {
    let bytes = full_package().to_bytes();
    let honest = check(&bytes, None).unwrap();
    let mut state = 0x853c_49e6_748f_ea9bu64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap()
    };
    // Beyond the name and the key, whose checks other tests make; the checksum is repaired.
    let first = 6 + "harbour".len() + 32 + 96;
    for _ in 0..5_000 {
        let mut noisy = bytes.clone();
        let start = first + next() % (bytes.len() - 32 - first);
        let end = (start + 1 + next() % 16).min(bytes.len() - 32);
        for byte in &mut noisy[start..end] {
            *byte = [0, 0xff, 0x80, 0x7f][next() % 4] ^ u8::try_from(next() % 8).unwrap();
        }
        if noisy == bytes {
            continue;
        }
        if let Ok(verified) = check(&repaired(noisy), None) {
            assert_true(&verified, &honest);
        }
    }
}

#[test]
fn the_bytes_of_a_package_are_those_agreed() {
    // A change here is a change of format: raise PACKAGE_VERSION and say so in the changelog.
    let digest = |package: &Package| B256::new(Sha256::hash(&[&package.to_bytes()]).0).to_string();
    assert_eq!(
        [digest(&log_package(3, 1)), digest(&full_package())],
        [
            "0x7052e5dc598118d7c72f495de431b4969625e8256984741caebf537483cd5008",
            "0x5960dbf84a732f13933154e9bf68f2adc0dc630199320be73e65482d8c691553"
        ]
    );
}
