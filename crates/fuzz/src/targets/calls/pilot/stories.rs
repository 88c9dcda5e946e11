//! Stories as bytes: everything that is there, each call with each mistake, each step in each state, and
//! lives of pilots (`lives.rs`, `days.rs`).

use super::{days, lives};

/// Who sends.
pub(super) const CHIEF: u8 = 0;
pub(super) const DEPUTY: u8 = 1;
pub(super) const OTHER: u8 = 2;
pub(super) const MINISTRY: u8 = 3;
pub(super) const PROVINCE: u8 = 4;
pub(super) const HOSPITAL: u8 = 5;
pub(super) const BANK: u8 = 6;
pub(super) const COMPANY: u8 = 7;
pub(super) const OFFICE: u8 = 8;
const EVERYBODY: core::ops::Range<u8> = 0..9;

/// What is sent: its kind of five, and its place in it.
pub(super) type What = (u8, u8);

pub(super) const PARAMETERS: What = (0, 0);
pub(super) const DOCUMENT: What = (0, 1);
pub(super) const REGISTER: What = (0, 2);
pub(super) const CHANGE_ENTITY: What = (0, 3);
pub(super) const RECOMMEND: What = (1, 0);
pub(super) const GOAL: What = (1, 1);
pub(super) const CHANGE_GOAL: What = (1, 2);
pub(super) const DESCRIBE: What = (1, 3);
pub(super) const NAME_FILING: What = (1, 4);
pub(super) const DROP_FILING: What = (1, 5);
pub(super) const REVIEW: What = (2, 0);
pub(super) const ASSIGN: What = (2, 1);
pub(super) const PUBLISH: What = (2, 2);
pub(super) const COMMENT: What = (2, 3);
pub(super) const ANSWER: What = (2, 4);
pub(super) const LIST: What = (2, 5);
pub(super) const ENTER: What = (2, 6);
pub(super) const DECLINE: What = (2, 7);
pub(super) const WITHDRAW: What = (2, 8);
pub(super) const START: What = (3, 0);
pub(super) const REPORT: What = (3, 1);
pub(super) const CORRECT: What = (3, 2);
pub(super) const ASSESS: What = (3, 3);
pub(super) const ORDER: What = (4, 0);
pub(super) const REPLY: What = (4, 1);
pub(super) const SETTLE: What = (4, 2);
pub(super) const EVALUATE: What = (4, 3);
pub(super) const ACCEPT: What = (4, 4);
pub(super) const PROPOSE_REMOVAL: What = (4, 5);
pub(super) const DROP_REMOVAL: What = (4, 6);
pub(super) const REMOVE: What = (4, 7);

/// Everything that moves a pilot.
const STEPS: [What; 26] = [
    GOAL,
    CHANGE_GOAL,
    DESCRIBE,
    NAME_FILING,
    DROP_FILING,
    REVIEW,
    ASSIGN,
    PUBLISH,
    COMMENT,
    ANSWER,
    LIST,
    ENTER,
    DECLINE,
    WITHDRAW,
    START,
    REPORT,
    CORRECT,
    ASSESS,
    ORDER,
    REPLY,
    SETTLE,
    EVALUATE,
    ACCEPT,
    PROPOSE_REMOVAL,
    DROP_REMOVAL,
    REMOVE,
];

/// The byte that names a pilot, or another number.
pub(super) const fn n(number: u8) -> u8 {
    200 + number
}

/// A call sent in some way: what, of which, and two bytes about it.
pub(super) fn send_by(way: u8, (kind, place): What, who: u8, rest: [u8; 3]) -> Vec<u8> {
    [&[kind, who, way, place][..], &rest].concat()
}

/// The same, sent straight.
pub(super) fn send(what: What, who: u8, rest: [u8; 3]) -> Vec<u8> {
    send_by(0, what, who, rest)
}

/// The same, only asked.
pub(super) fn ask((kind, place): What, who: u8, rest: [u8; 3]) -> Vec<u8> {
    send((kind + 7, place), who, rest)
}

pub(super) fn read(what: u8, first: u8, second: u8) -> Vec<u8> {
    vec![6, what, first, second]
}

/// A pilot and its clocks.
pub(super) fn see(id: u8) -> Vec<u8> {
    [read(0, id, 0), read(1, id, 0)].concat()
}

pub(super) fn days(count: u8) -> Vec<u8> {
    vec![5, count, 2]
}

/// Stories out of moves that have nothing to do with each other.
fn apart(moves: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let moves: Vec<_> = moves.into_iter().collect();
    moves.chunks(16).map(<[Vec<u8>]>::concat).collect()
}

/// Names, texts, and a digest, right and wrong.
const SPELLED: core::ops::RangeInclusive<u8> = 244..=255;

/// Everything that can be read, of what there is and of what there is not.
fn looks() -> Vec<Vec<u8>> {
    let of_pilots = [0, 1, 10, 13, 14].into_iter().flat_map(|what| (0..22).map(move |id| read(what, id, 0)));
    let of_others = [
        (2, 6, 1),
        (3, 16, 1),
        (4, 5, 18),
        (5, 17, 1),
        (6, 8, 1),
        (7, 8, 3),
        (8, 13, 4),
        (9, 13, 5),
        (11, 5, 13),
        (12, 10, 3),
    ];
    let others = of_others.into_iter().flat_map(|(what, firsts, seconds)| {
        (0..firsts).flat_map(move |first| (0..seconds).map(move |second| read(what, first, second)))
    });
    let rest =
        [read(7, 14, 62), read(7, 14, 63), read(8, 6, 16), read(8, 6, 17), read(15, 0, 0), read(16, 0, 0)];
    apart(of_pilots.chain(others).chain(rest))
}

/// Arguments one by one, and everybody.
fn arguments() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut each = |what: What, who: u8, rests: Vec<[u8; 3]>| {
        all.extend(rests.into_iter().map(|rest| ask(what, who, rest)));
    };
    each(PARAMETERS, CHIEF, (0..11).map(|kind| [0, kind, 0]).collect());
    each(DOCUMENT, CHIEF, (0..8).map(|more| [0, more, more]).collect());
    each(DOCUMENT, CHIEF, vec![[248, 0, 0], [0, 200, 0], [0, 207, 0], [250, 0, 1], [248, 0, 1], [253, 0, 1]]);
    each(DOCUMENT, CHIEF, SPELLED.map(|more| [0, 0, more]).collect());
    each(REGISTER, CHIEF, (0..16).map(|code| [code, 0, 7]).collect());
    each(REGISTER, CHIEF, (0..16).map(|account| [0, 0, account]).collect());
    each(REGISTER, CHIEF, (0..16).map(|account| [1, 0, account]).collect());
    each(REGISTER, CHIEF, SPELLED.map(|name| [0, 0, name]).collect());
    each(REGISTER, PROVINCE, (0..6).map(|division| [0, division, 7]).collect());
    each(CHANGE_ENTITY, CHIEF, (0..6).map(|entity| [entity, 0, 8]).collect());
    each(CHANGE_ENTITY, HOSPITAL, (0..16).map(|account| [0, 0, account]).collect());
    each(CHANGE_ENTITY, BANK, SPELLED.map(|name| [1, name, 6]).collect());
    each(RECOMMEND, CHIEF, (200..219).flat_map(|kind| [[0, kind, 0], [2, kind, 0]]).collect());
    each(RECOMMEND, CHIEF, SPELLED.map(|name| [0, name, 0]).collect());
    each(RECOMMEND, CHIEF, (0..8).flat_map(|base| [[base, 0, 0], [base, 1, 200]]).collect());
    each(RECOMMEND, CHIEF, (200..206).map(|more| [1, 0, more]).collect());
    each(RECOMMEND, PROVINCE, (0..8).map(|base| [base, 0, 0]).collect());
    each(GOAL, HOSPITAL, (200..220).map(|kind| [n(1), kind, 0]).collect());
    each(GOAL, PROVINCE, SPELLED.map(|name| [n(1), 0, name]).collect());
    each(CHANGE_GOAL, HOSPITAL, (0..5).map(|due| [n(1), 0, due * 8]).collect());
    each(CHANGE_GOAL, HOSPITAL, vec![[n(1), 1, 0], [n(1), 200, 0], [n(1), 0, 240]]);
    each(CHANGE_GOAL, HOSPITAL, SPELLED.map(|text| [n(1), 0, text]).collect());
    each(DESCRIBE, BANK, (0..5).flat_map(|chain| [[n(4), chain, 0], [n(5), chain, 0]]).collect());
    each(DESCRIBE, BANK, (200..232).chain(SPELLED).map(|more| [n(4), 1, more]).collect());
    each(NAME_FILING, BANK, (0..17).map(|number| [n(4), number, 0]).collect());
    each(DROP_FILING, BANK, (0..17).map(|number| [n(4), number, 0]).collect());
    each(REVIEW, CHIEF, (0..7).map(|competent| [n(1), competent, 0]).collect());
    each(REVIEW, OTHER, SPELLED.map(|text| [n(1), 0, text]).collect());
    each(ASSIGN, CHIEF, (0..7).map(|competent| [n(1), competent, 0]).collect());
    each(PUBLISH, CHIEF, (200..208).chain([0]).map(|document| [n(2), document, 0]).collect());
    each(COMMENT, OFFICE, vec![[n(3), 200, 0], [n(3), 204, 0]]);
    each(COMMENT, OFFICE, SPELLED.map(|text| [n(3), 0, text]).collect());
    each(ANSWER, CHIEF, (200..206).map(|more| [n(3), 0, more]).collect());
    each(ANSWER, CHIEF, vec![[n(3), 10, 206], [n(3), 11, 206], [n(3), 10, 0], [n(3), 48, 0], [n(3), 64, 0]]);
    each(ANSWER, CHIEF, SPELLED.map(|text| [n(3), 0, text]).collect());
    each(ENTER, OTHER, (200..208).chain([0]).map(|document| [n(2), document, 0]).collect());
    each(ENTER, OTHER, (200..206).map(|more| [n(2), 0, more]).collect());
    each(DECLINE, CHIEF, SPELLED.map(|text| [n(3), 0, text]).collect());
    each(WITHDRAW, PROVINCE, SPELLED.map(|text| [n(3), 0, text]).collect());
    each(REPORT, HOSPITAL, (0..8).flat_map(|day| [[n(6), day, 1], [n(6), day + 8, 2]]).collect());
    each(REPORT, HOSPITAL, (0..8).map(|height| [n(6), 24, height]).collect());
    each(REPORT, BANK, (0..8).flat_map(|height| [[n(5), 0, height], [n(5), 2, height]]).collect());
    each(CORRECT, HOSPITAL, (0..8).flat_map(|day| [[n(6), day, 1], [n(6), day + 8, 2]]).collect());
    each(CORRECT, HOSPITAL, (0..8).flat_map(|height| [[n(6), 0, height], [n(6), 0, 232 + height]]).collect());
    each(CORRECT, HOSPITAL, SPELLED.map(|text| [n(6), 0, text]).collect());
    each(ASSESS, HOSPITAL, vec![[n(6), 200, 0], [n(6), 203, 0], [n(6), 0, 0], [n(6), 1, 0]]);
    each(ASSESS, HOSPITAL, SPELLED.flat_map(|text| [[n(6), 0, text], [n(6), 1, text]]).collect());
    each(ORDER, MINISTRY, (200..203).chain([3, 19]).map(|length| [n(6), length, 0]).collect());
    each(ORDER, MINISTRY, SPELLED.map(|text| [n(6), 3, text]).collect());
    each(REPLY, BANK, SPELLED.map(|text| [n(7), 0, text]).collect());
    each(SETTLE, MINISTRY, (0..14).map(|end| [n(9), end, 0]).collect());
    each(SETTLE, MINISTRY, SPELLED.map(|text| [n(9), 0, text]).collect());
    each(EVALUATE, MINISTRY, vec![[n(8), 200, 0], [n(8), 204, 0], [n(8), 0, 248], [n(12), 0, 0]]);
    each(EVALUATE, MINISTRY, SPELLED.map(|text| [n(8), 1, text]).collect());
    each(ACCEPT, OTHER, (200..209).chain([0]).map(|document| [n(10), document, 0]).collect());
    each(PROPOSE_REMOVAL, MINISTRY, vec![[n(5), 200, 0], [n(5), 208, 0], [n(11), 0, 0]]);
    each(PROPOSE_REMOVAL, MINISTRY, SPELLED.map(|text| [n(8), 6, text]).collect());
    each(DROP_REMOVAL, MINISTRY, SPELLED.map(|text| [n(11), 0, text]).collect());
    each(REMOVE, OTHER, (200..209).chain([0]).map(|document| [n(11), document, 0]).collect());
    let who = |what: What, rest: [u8; 3]| EVERYBODY.map(move |who| ask(what, who, rest));
    let first = [PARAMETERS, DOCUMENT, CHANGE_ENTITY, RECOMMEND].into_iter();
    all.extend(first.flat_map(|what| who(what, [0, 0, 0])));
    all.extend(who(REGISTER, [0, 0, 7]));
    // Each step of a pilot in each state, by everybody who might.
    for what in STEPS {
        let by = match what {
            START | REPORT | CORRECT | ASSESS | REPLY => BANK,
            GOAL | CHANGE_GOAL | DESCRIBE | NAME_FILING | DROP_FILING | WITHDRAW => MINISTRY,
            EVALUATE => MINISTRY,
            _ => OTHER,
        };
        all.extend((0..22).map(|id| ask(what, by, [n(id), 0, 0])));
        all.extend(who(what, [n(6), 0, 0]));
        all.extend(who(what, [n(9), 0, 0]));
    }
    apart(all)
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = [looks(), arguments(), lives::lives(), days::values(), days::rules()].concat();
    // In every way that a call can come.
    seeds.extend((1..10).map(|way| {
        [
            send_by(way, DOCUMENT, CHIEF, [1, 0, 0]),
            send_by(way, REVIEW, OTHER, [n(1), 0, 0]),
            send_by(way, COMMENT, OFFICE, [n(3), 0, 0]),
            send_by(way, ORDER, MINISTRY, [n(6), 3, 0]),
            send_by(way, REPORT, BANK, [n(5), 0, 7]),
            send_by(way, ASSIGN, CHIEF, [n(5), 1, 0]),
            send_by(way, DESCRIBE, BANK, [n(13), 1, 0]),
            send_by(way, REMOVE, OTHER, [n(11), 0, 0]),
            send_by(way, EVALUATE, MINISTRY, [n(8), 0, 0]),
            send_by(way, PARAMETERS, CHIEF, [0, 9, 0]),
            send_by(way, (8, 1), CHIEF, [n(1), 5, 0]),
            read(0, 1, 0),
            read(0, 5, 0),
            read(16, 0, 0),
        ]
        .concat()
    }));
    seeds
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{Model as _, play},
        *,
    };
    use ding_modules::registry;
    use std::collections::BTreeSet;

    #[test]
    fn stories_have_every_step_of_a_pilot_taken_and_refused_and_every_error_met() {
        let module = registry::by_address(super::super::Model::MODULE).unwrap();
        let abi = (module.interface().abi)();
        let (mut taken, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for seed in seeds() {
            let played = play::<super::super::Model>(&seed);
            assert_eq!(played.left, 0, "a story is longer than an input may be: {}", hex::encode(seed));
            taken.extend(played.taken);
            refused.extend(played.refused);
        }
        let own: BTreeSet<_> = abi.errors().map(|error| error.selector().0).collect();
        for function in abi.functions() {
            let (name, selector) = (&function.name, function.selector().0);
            assert!(taken.contains(&selector), "{name} is never taken");
            // Whoever only asks is answered.
            let reads = !matches!(function.state_mutability, alloy_json_abi::StateMutability::NonPayable);
            let met = refused.iter().any(|(of, error)| *of == selector && own.contains(error));
            assert_eq!(met, !reads, "{name}");
        }
        for error in abi.errors() {
            let met = refused.iter().any(|(_, met)| *met == error.selector().0);
            assert!(met, "{} is never met", error.name);
        }
    }
}
