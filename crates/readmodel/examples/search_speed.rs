//! How long questions about filings take: searches, lists and the queue over many services.
//!
//! `cargo run --release -p ding-readmodel --example search_speed [services]`
//!
//! Services (100,000 unless another number is given) of a thousand providers are declared and recorded
//! by events, in blocks of 500; then each question is asked over and over.

#![allow(clippy::cast_possible_truncation, reason = "numbers are small")]

#[path = "../tests/support/chain.rs"]
mod chain;

use alloy_primitives::TxKind;
use chain::{Dice, GENESIS, Shelf, block, event, receipt};
use ding_modules::{
    filing::{
        abi::IFiling::{Declared, Form, ProviderRegistered, Recorded, Stepped, Subject},
        state::ADDRESS,
    },
    ids::FilingNumber,
};
use ding_primitives::{Address, B256, Bytes, Log};
use ding_readmodel::{Config, FilingFilter, Page, Query, QueueFilter, ReadModel, ServiceKey};
use std::time::{Duration, Instant};

const PROVIDERS: u64 = 1_000;
const BLOCK_SERVICES: u64 = 500;
const WORDS: [&str; 12] =
    ["提单", "存证", "溯源", "供应链", "金融", "医疗", "票据", "版权", "Harbour", "Notary", "能源", "政务"];

fn main() {
    let services = std::env::args().nth(1).map_or(100_000, |text| text.parse::<u64>().expect("a number"));
    println!("preparing {services} services of {PROVIDERS} providers");
    let mut dice = Dice(5);
    let mut blocks = vec![block(None, 1, vec![], vec![])];
    let mut seal = |dice: &mut Dice, logs: Vec<Log>| {
        let transaction = dice.transaction(TxKind::Call(ADDRESS), Bytes::new());
        let next =
            block(blocks.last().map(|block| &**block), dice.roll(), vec![transaction], vec![receipt(logs)]);
        blocks.push(next);
    };
    seal(&mut dice, (1..=PROVIDERS).map(provider).collect());
    for first in (1..=services).step_by(BLOCK_SERVICES as usize) {
        let logs = (first..=services.min(first + BLOCK_SERVICES - 1)).flat_map(|id| filed(&mut dice, id));
        let logs = logs.collect();
        seal(&mut dice, logs);
    }
    let folder = std::env::temp_dir().join(format!("ding-search-speed-{}", std::process::id()));
    let path = folder.join("readmodel.sqlite");
    let model =
        ReadModel::open(&path, Config { genesis_hash: GENESIS, spec: chain::spec() }).expect("a new file");
    let begin = Instant::now();
    model.start(Shelf::of(&blocks)).expect("a thread");
    let head = blocks.last().expect("blocks").header.height;
    assert!(model.query().wait_for(head, Duration::from_secs(3600)));
    println!("derived in {:.1} s", begin.elapsed().as_secs_f64());
    println!("file: {} MB", std::fs::metadata(&path).expect("the file").len() / 1_000_000);
    ask(&model.query(), services);
    drop(model);
    let _ = std::fs::remove_dir_all(folder);
}

/// CPU time of this thread, so that a busy machine does not show.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split(' ').next().expect("a number").parse().expect("a number"))
}

fn emitted(of: &impl alloy_sol_types::SolEvent) -> Log {
    Log { address: ADDRESS, ..event(of) }
}

fn provider(id: u64) -> Log {
    emitted(&ProviderRegistered {
        provider: id as u32,
        account: Address::with_last_byte(7),
        organisation: 3,
        subject: Subject {
            nature: 1,
            idType: 1,
            kinds: 1,
            division: 330_106,
            uscc: format!("9133010{id:011}"),
            name: format!("第{id}号科技有限公司"),
            subject: B256::ZERO,
            person: B256::ZERO,
            details: B256::ZERO,
        },
        content: B256::ZERO,
    })
}

fn number(id: u64) -> String {
    let formed = FilingNumber::form(330_106, 2026, (id / 900) as u32 + 1, (id % 900) as u16 + 1);
    formed.expect("a number").as_str().to_owned()
}

fn filed(dice: &mut Dice, id: u64) -> Vec<Log> {
    let word = |dice: &mut Dice| WORDS[dice.below(WORDS.len() as u64) as usize];
    let name = format!("{}{}平台{}{id}", word(dice), word(dice), word(dice));
    let step = |step: u8, from: u8, to: u8, clock: u8, start: u32| {
        emitted(&Stepped {
            service: id,
            track: 1,
            step,
            item: 0,
            from,
            to,
            actor: 1,
            account: Address::with_last_byte(7),
            organisation: 3,
            day: start,
            clock,
            clockStart: start,
            clockDays: if clock == 0 { 0 } else { 20 },
        })
    };
    let day = 20_454 + (id % 200) as u32;
    let form = Form {
        name,
        category: 2,
        form: 2,
        field: "物流".into(),
        site: "app".into(),
        icp: String::new(),
        description: String::new(),
        server: "杭州".into(),
        serverDivision: 330_106,
        consensus: String::new(),
        crossBorder: String::new(),
        goLive: day,
        places: vec![],
    };
    let provider = (id % PROVIDERS + 1) as u32;
    let declared = Declared { service: id, provider, form, content: B256::ZERO };
    let mut logs = vec![step(1, 0, 1, 1, day), emitted(&declared), step(2, 1, 2, 3, day)];
    // One in five still waits for a decision.
    if !id.is_multiple_of(5) {
        let key = B256::left_padding_from(&id.to_be_bytes());
        let (first, second) = (Address::with_last_byte(1), Address::with_last_byte(2));
        logs.push(step(8, 2, 5, 0, day));
        logs.push(emitted(&Recorded { service: id, key, first, second, number: number(id), late: false }));
    }
    logs
}

/// Asks something and counts the rows of the answer.
type Question<'a> = Box<dyn Fn() -> usize + 'a>;

/// Times each question is asked.
const TIMES: u32 = 100;

fn ask(query: &Query, services: u64) {
    let page = Page { after: None, limit: 50 };
    let now = 20_600 * 86_400_000;
    let search = |text: &str| query.search(text, &[], page).expect("an answer").rows.len();
    let middle = services / 2 + 1;
    let (exact, name) = (number(middle), format!("平台{}{middle}", "能源"));
    let list = |filter: FilingFilter| query.filings(&filter, page).expect("an answer").rows.len();
    let with = |text: &str| FilingFilter { text: Some(text.into()), ..FilingFilter::default() };
    let cases: Vec<(&str, Question<'_>)> = vec![
        ("search, exact number", Box::new(|| search(&exact))),
        ("search, half of a number", Box::new(|| search(&exact[6..16]))),
        ("search, common word", Box::new(|| search("供应链"))),
        ("search, common company part", Box::new(|| search("科技有限公司"))),
        ("search, rare name", Box::new(|| search(&name))),
        ("search, words seldom side by side", Box::new(|| search("台供应链9999"))),
        ("search, nothing there", Box::new(|| search("没有这个"))),
        ("search, two characters", Box::new(|| search("溯源"))),
        ("search, two characters, nothing there", Box::new(|| search("龘龘"))),
        ("search, one character", Box::new(|| search("票"))),
        ("list, newest", Box::new(|| list(FilingFilter::default()))),
        ("list, by state", Box::new(|| list(FilingFilter { state: Some(2), ..FilingFilter::default() }))),
        (
            "list, by division",
            Box::new(|| list(FilingFilter { division: Some(33), ..FilingFilter::default() })),
        ),
        ("list, by text", Box::new(|| list(with("存证平台")))),
        ("list, by two characters", Box::new(|| list(with("存证")))),
        ("one service by number", {
            Box::new(|| {
                let found = query.filing(&ServiceKey::Number(exact.clone()), page, now);
                found.expect("an answer").map_or(0, |found| found.value.history.rows.len())
            })
        }),
        ("queue", {
            Box::new(|| query.queue(&QueueFilter::default(), None, 50, now).expect("an answer").rows.len())
        }),
        ("queue of one organisation, overdue", {
            let filter = QueueFilter { organisation: Some(1), overdue: Some(true), ..QueueFilter::default() };
            Box::new(move || query.queue(&filter, None, 50, now).expect("an answer").rows.len())
        }),
    ];
    for (what, question) in cases {
        let rows = question();
        let begin = cpu();
        (0..TIMES).for_each(|_| {
            question();
        });
        let ms = (cpu().saturating_sub(begin) / TIMES).as_secs_f64() * 1e3;
        println!("{what:<40} {rows:>3} rows, {ms:>7.2} ms of CPU");
    }
}
