use super::*;
use crate::{evidence, members, stop::IModule::UnknownFunction};
use alloy_primitives::FixedBytes;
use alloy_sol_types::{PanicKind, SolError};
use std::collections::BTreeSet;

#[test]
fn the_solidity_text_names_every_function_event_and_error_of_the_abi() {
    for module in MODULES {
        let text = solidity(module.name()).unwrap();
        let abi = (module.interface().abi)();
        let functions = abi.functions.keys().map(|name| format!("function {name}("));
        let events = abi.events.keys().map(|name| format!("event {name}("));
        let errors = abi.errors.keys().map(|name| format!("error {name}("));
        let mut named = 0;
        for item in functions.chain(events).chain(errors) {
            assert!(text.contains(&item), "{item} is missing in\n{text}");
            named += 1;
        }
        let declared = ["function ", "event ", "error "]
            .iter()
            .map(|word| text.lines().filter(|line| line.trim().starts_with(word)).count())
            .sum::<usize>();
        assert_eq!(declared, named);
        assert!(!text.contains("#["), "no Rust in\n{text}");
        assert!(text.contains("/// @notice") && text.contains(&module.address().to_checksum(None)));
    }
    assert!(solidity("module").unwrap().contains("error StaticCall();"));
    assert_eq!(solidity("nothing"), None);
}

#[test]
fn every_module_has_a_file_and_an_abi_that_holds_the_frames_errors() {
    let files: BTreeSet<String> = solidity_files().into_keys().collect();
    let interfaces = MODULES.iter().map(|module| module.interface().name).chain(["IModule"]);
    assert_eq!(files, interfaces.map(|name| format!("{name}.sol")).collect());
    assert!(files.contains("IEvidence.sol") && files.contains("IMembers.sol"));
    let abis = abi_json();
    assert!(abis.keys().copied().collect::<BTreeSet<_>>().is_superset(&["evidence", "members"].into()));
    assert_eq!(abis.len(), MODULES.len());
    for abi in abis.values() {
        let items = abi.as_array().unwrap();
        assert!(items.iter().any(|item| item["name"] == "StaticCall" && item["type"] == "error"));
        assert!(items.iter().any(|item| item["type"] == "function"));
    }
}

#[test]
fn reverts_of_solidity_of_the_frame_and_of_modules_have_a_sentence() {
    let cases: [(Vec<u8>, &str); 5] = [
        (Revert::from("too late").abi_encode(), "too late"),
        (Panic::from(PanicKind::UnderOverflow).abi_encode(), "0x11"),
        (UnknownFunction { selector: FixedBytes([1, 2, 3, 4]) }.abi_encode(), "0x01020304"),
        (members::abi::IMembers::NoSuchOrganisation { id: 5, count: 2 }.abi_encode(), "organisation 5"),
        (evidence::abi::IEvidence::ZeroDigest {}.abi_encode(), "all zero"),
    ];
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
    for other in [&[][..], &[1], &[1, 2, 3, 4], &[0x08, 0xc3, 0x79, 0xa0], &[0xff; 100]] {
        assert_eq!(decode_revert(other), None);
    }
}

#[test]
fn every_error_of_every_module_has_a_sentence_that_says_more_than_its_name() {
    let mut told = 0;
    for module in MODULES {
        for error in (module.interface().abi)().errors() {
            // Numbers are zero and texts empty; a text is said to begin, and is, behind all of them.
            let texts = error.inputs.iter().filter(|input| matches!(&*input.ty, "string" | "bytes"));
            let head = error.inputs.len();
            let words = error.inputs.iter().map(|input| match &*input.ty {
                "string" | "bytes" => head * 32,
                _ => 0,
            });
            let tail = usize::from(texts.count() > 0);
            let words = words.chain((0..tail).map(|_| 0)).map(alloy_primitives::U256::from);
            let data = [error.selector().to_vec(), words.flat_map(|word| word.to_be_bytes::<32>()).collect()];
            let text = decode_revert(&data.concat());
            let text = text.unwrap_or_else(|| panic!("{} of {} has none", error.signature(), module.name()));
            let long = text.len() >= 20 && text.contains(' ') && !text.contains(&error.name);
            assert!(long, "{} of {}: {text}", error.name, module.name());
            told += 1;
        }
    }
    assert!(told > 200, "{told}");
}

#[test]
fn a_text_chosen_by_a_contract_is_cut_and_harmless() {
    let long = Revert::from("\x1b[31m".repeat(1_000)).abi_encode();
    let text = decode_revert(&long).unwrap();
    assert_eq!(text.chars().count(), limits::REVERT_TEXT_CHARS_MAX);
    assert!(!text.contains('\x1b'));
}

#[test]
fn errors_that_two_modules_share_are_the_same_on_the_wire() {
    use evidence::abi::IEvidence::RoleRequired as Here;
    use members::abi::IMembers::RoleRequired as There;
    assert_eq!(Here::SELECTOR, There::SELECTOR);
}

#[test]
fn errors_of_the_same_signature_have_the_same_sentence() {
    // A reverted call says its error, not its module: it gets the sentence of whichever comes first.
    let mut sentences = std::collections::BTreeMap::new();
    for module in MODULES {
        for error in (module.interface().abi)().errors() {
            // Room for the numbers; texts are empty, wherever they are said to begin.
            let data = [error.selector().as_slice(), &[0; 32 * 12]].concat();
            let sentence = module.explain(&data);
            let (before, other) =
                sentences.entry(error.selector()).or_insert_with(|| (sentence.clone(), module.name()));
            let what = (error.signature(), *other, module.name());
            assert_eq!(*before, sentence, "{what:?}");
        }
    }
    assert!(sentences.len() > 200);
}
