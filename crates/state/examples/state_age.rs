//! What age does to the store: `cargo run --release -p ding-state --example state_age [MILLIONS] [DIR]`.
//!
//! Blocks of 2,000 records (by default until there are ten millions of them) go into a store on disk,
//! each record two slots of a native module, each block as many accounts that were there before. One
//! line a million: microseconds of a record to write with new roots and to make durable, of a value to
//! read at random from all that there is, memory of the process, size on disk. Then the store is
//! closed and opened again, as a member that starts does, and everything must be as it was. `DIR` is
//! where it lies (the folder for temporary files without it) and is removed afterwards.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement takes the time and prints it"
)]
#![expect(clippy::unwrap_used, reason = "a tool for the command line")]

use commonware_glue::stateful::db::DatabaseSet as _;
use commonware_runtime::{Runner as _, Supervisor as _, buffer::paged::CacheRef, tokio as runtime};
use commonware_utils::{NZU16, NZUsize};
use ding_primitives::{Account, Address, Changes, U256, keccak256};
use ding_state::{
    Branch, Databases,
    store::{self, SyncTargets},
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const RECORDS: u64 = 2_000;
const MILLION: u64 = 1_000_000;
const READS: u64 = 20_000;
/// A native module.
const MODULE: Address = Address::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0d, 0, 3]);

fn slot(record: u64, part: u8) -> U256 {
    keccak256([&record.to_le_bytes()[..], &[part]].concat()).into()
}

fn sender(number: u64) -> Address {
    Address::from_word(keccak256(number.to_be_bytes()))
}

fn block(height: u64) -> Changes {
    let mut changes = Changes::default();
    for record in height * RECORDS..(height + 1) * RECORDS {
        changes.slots.insert((MODULE, slot(record, 0)), U256::from(record + 1));
        changes.slots.insert((MODULE, slot(record, 1)), U256::from(height + 1));
        // Senders come back; a million of them in all.
        let account = Account { nonce: height + 1, ..Account::EMPTY };
        changes.accounts.insert(sender(record % MILLION), Some(account));
    }
    changes
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let size = |path: PathBuf| if path.is_dir() { bytes_in(&path) } else { path.metadata().unwrap().len() };
    entries.map(|entry| size(entry.path())).sum()
}

fn resident_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn each(took: Duration, count: u64) -> f64 {
    took.as_secs_f64() * 1e6 / count as f64
}

/// Opens the store, and hands it to `work`.
fn with_store<T: Send + 'static, F: Future<Output = T>>(
    folder: &Path,
    work: impl FnOnce(Databases<runtime::Context>) -> F,
) -> T {
    let config = runtime::Config::new().with_worker_threads(2).with_storage_directory(folder);
    runtime::Runner::new(config).start(|context| async move {
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(32 * 1024));
        let config = store::config("age", &cache);
        work(Databases::<runtime::Context>::init(context.child("state"), config, None).await).await
    })
}

async fn read(databases: &Databases<runtime::Context>, records: u64, random: &mut u64) -> Duration {
    let branch = Branch::latest(databases).await;
    let begin = Instant::now();
    for _ in 0..READS {
        *random = u64::from_le_bytes(keccak256(random.to_le_bytes())[..8].try_into().unwrap());
        let record = *random % records;
        assert_eq!(branch.slot(MODULE, slot(record, 0)).await.unwrap(), U256::from(record + 1));
    }
    begin.elapsed()
}

async fn grow(databases: Databases<runtime::Context>, folder: PathBuf, millions: u64) -> SyncTargets {
    let mut random = 1;
    println!(
        "{:>8} {:>9} {:>11} {:>8} {:>9} {:>9}",
        "records", "write us", "durable us", "read us", "memory MiB", "disk MiB"
    );
    for million in 1..=millions {
        let (mut write, mut durable) = (Duration::ZERO, Duration::ZERO);
        for height in (million - 1) * MILLION / RECORDS..million * MILLION / RECORDS {
            let changes = block(height);
            let begin = Instant::now();
            let branch = Branch::latest(&databases).await.commit(&changes).await.unwrap();
            databases.apply(branch).await;
            write += begin.elapsed();
            let begin = Instant::now();
            assert!(databases.finalize().await.durable().await);
            durable += begin.elapsed();
        }
        let reads = read(&databases, million * MILLION, &mut random).await;
        println!(
            "{million:>7}M {:>9.2} {:>11.2} {:>8.2} {:>9} {:>9}",
            each(write, MILLION),
            each(durable, MILLION),
            each(reads, READS),
            resident_mib(),
            bytes_in(&folder) >> 20
        );
    }
    databases.committed_targets().await
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let millions = arguments.next().map_or(10, |count| count.parse().expect("MILLIONS is a number"));
    let place = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = place.join(format!("ding-state-age-{}", std::process::id()));
    let inside = folder.clone();
    let grown = with_store(&folder, move |databases| grow(databases, inside, millions));
    let begin = Instant::now();
    let (again, opened) = with_store(&folder, move |databases| async move {
        let opened = begin.elapsed();
        read(&databases, millions * MILLION, &mut 7).await;
        (databases.committed_targets().await, opened)
    });
    assert!(again == grown, "the store came back with other roots");
    println!("opened again in {:.1} s, memory {} MiB", opened.as_secs_f64(), resident_mib());
    fs::remove_dir_all(&folder).unwrap();
}
