use super::*;
use crate::{
    client::Client,
    cmd::{evidence::harbour::Folder, port::Port},
    wallet::DEVELOPMENT_PARTS,
};
use clap::Parser;
use ding_modules::{
    filing::{
        State,
        abi::IFiling::{ServiceRecord, batchCall, countsCall, penaltyCall, serviceCall},
        state::ADDRESS,
    },
    ids::FilingNumber,
};
use std::fs;

mod sheets;
mod steps;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

/// Runs a command line as `who`.
fn filing(port: &Port, who: &str, words: &[&str]) -> Result<(), Failure> {
    let all = [&["filing"], words, &["--rpc", &port.url, "--key", who, "--yes"]].concat();
    let line = Line::try_parse_from(&all).map_err(|error| Failure::Input(error.to_string()))?;
    run(line.args, false)
}

fn refused(result: Result<(), Failure>, want: &[&str]) {
    let text = result.expect_err("it was accepted").to_string();
    for want in want {
        assert!(text.contains(want), "{want:?} is missing in: {text}");
    }
}

fn ask<C: alloy_sol_types::SolCall>(port: &Port, call: &C) -> C::Return {
    let hand = Line::try_parse_from(["filing", "articles", "--rpc", &port.url]).unwrap().args.hand;
    block_on(async { Desk::open(hand, true).await.unwrap().ask(ADDRESS, call).await.unwrap() }).unwrap()
}

fn service(port: &Port, id: u64) -> ServiceRecord {
    ask(port, &serviceCall { id })
}

fn state(port: &Port, id: u64) -> State {
    State::from_number(service(port, id).status).unwrap()
}

/// A valid credit code of Hangzhou with this serial number.
fn code(serial: u32) -> String {
    let organisation = format!("MA{serial:06}");
    let weights = [3u32, 7, 9, 10, 5, 8, 4, 2];
    let digit = |c: char| c.to_digit(36).unwrap();
    let sum: u32 = organisation.chars().zip(weights).map(|(c, w)| digit(c) * w).sum();
    let inner = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(n, 10).unwrap(),
    };
    let body = format!("91330100{organisation}{inner}");
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1usize;
    let mut sum = 0usize;
    for c in body.chars() {
        sum += alphabet.find(c).unwrap() * weight;
        weight = weight * 3 % 31;
    }
    format!("{body}{}", alphabet.chars().nth((31 - sum % 31) % 31).unwrap())
}

/// A provider with a recorded-to-be service, submitted.
fn file_one(port: &Port, folder: &Folder, uscc: &str) {
    let (person, details) =
        (folder.file("person.txt", "张三 110105"), folder.file("details.txt", "杭州市某路1号"));
    let salts = folder.path("salts.jsonl");
    filing(
        port,
        "provider",
        &[
            "register",
            "--uscc",
            uscc,
            "--name",
            "杭州示例科技有限公司",
            "--division",
            "330106",
            "--person",
            &person,
            "--details",
            &details,
            "--salts",
            &salts,
        ],
    )
    .unwrap();
    let materials =
        ["licence", "person-document", "authenticity-statement", "product-description", "management-rules"];
    let files: Vec<String> = materials
        .iter()
        .map(|kind| format!("{kind}={}", folder.file(&format!("{kind}.pdf"), format!("%PDF-1.7 {kind}"))))
        .collect();
    let mut words = vec![
        "file",
        "--provider",
        uscc,
        "--name",
        "示例存证",
        "--category",
        "应用运营方",
        "--form",
        "小程序",
        "--field",
        "存证",
        "--description",
        "为合同存证",
        "--server",
        "杭州市",
        "--server-division",
        "330106",
        "--go-live",
        "2026-11-02",
    ];
    files.iter().for_each(|file| words.extend(["--attach", file]));
    filing(port, "provider", &words).unwrap();
}
