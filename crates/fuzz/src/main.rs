//! One target under libFuzzer. `crates/fuzz/run` builds and starts this; see there.
//!
//! `DING_FUZZ_TARGET` names the target. With `DING_FUZZ_UNPACK=FOLDER` the checked-in corpus and the
//! samples are written there first; with `DING_FUZZ_PACK=FOLDER` the inputs in the folder become the
//! checked-in corpus, and nothing is run.
#![no_main]

use ding_fuzz::{Target, by_name, corpus, measure, targets};
use ding_primitives::keccak256;
use libfuzzer_sys::fuzz_target;
use std::{fs, path::Path, process::exit, sync::LazyLock};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("DING_FUZZ_TARGET").unwrap_or_default();
    by_name(&name).unwrap_or_else(|| fail(&format!("DING_FUZZ_TARGET={name}: no such target")))
});

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    exit(2)
}

/// A byte as libFuzzer's dictionaries have it.
fn quoted(byte: u8) -> String {
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).into(),
        _ => format!("\\x{byte:02x}"),
    }
}

fn unpack(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    // The first run of a target is before its first pack.
    let checked_in = if corpus::path(&TARGET).exists() {
        corpus::read(&TARGET).unwrap_or_else(|error| fail(&error.to_string()))
    } else {
        Vec::new()
    };
    for (number, input) in checked_in.into_iter().chain((TARGET.seeds)()).enumerate() {
        fs::write(folder.join(format!("given-{number:04}")), input)?;
    }
    // A word a line, as libFuzzer reads it.
    let words = targets::words(&TARGET);
    let lines = words.iter().map(|word| format!("\"{}\"\n", word.bytes().map(quoted).collect::<String>()));
    fs::write(folder.with_extension("words"), lines.collect::<String>())?;
    Ok(())
}

fn pack(folder: &Path) -> std::io::Result<usize> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        inputs.push(fs::read(entry?.path())?);
    }
    corpus::pack(&TARGET, inputs).map_err(std::io::Error::other)
}

fn prepare() {
    LazyLock::force(&TARGET);
    if let Ok(folder) = std::env::var("DING_FUZZ_PACK") {
        match pack(folder.as_ref()) {
            Ok(kept) => println!("{}: {kept} inputs kept", TARGET.name),
            Err(error) => fail(&error.to_string()),
        }
        exit(0);
    }
    if let Ok(folder) = std::env::var("DING_FUZZ_UNPACK")
        && let Err(error) = unpack(folder.as_ref())
    {
        fail(&error.to_string());
    }
    // Whatever a target makes once is not what an input takes, and neither is the memory of hashes
    // (`keccak-cache-global`), which is made with the first one.
    keccak256(b"first");
    for seed in (TARGET.seeds)() {
        (TARGET.run)(&seed);
    }
}

fuzz_target!(init: prepare(), |input: &[u8]| {
    measure::run(&TARGET, input);
});
