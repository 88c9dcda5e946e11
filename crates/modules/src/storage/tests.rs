//! The vectors are storage dumps of a contract compiled with solc 0.8.37 and deployed on anvil:
//!
//! ```solidity
//! struct Counts { uint64 x; uint64 y; uint64 z; }
//! struct Record { address who; uint48 time; uint40 height; uint8 kind; bytes32 a; uint32 n; uint32 m; }
//! Counts counts;                                        // 0
//! mapping(bytes32 => Record) records;                   // 1
//! mapping(address => mapping(bytes32 => uint256)) nest; // 2
//! mapping(uint32 => string) names;                      // 3
//! bool flag;                                            // 4
//! ```

use super::*;
use crate::{BlockInfo, Ctx, mocks::MapHost};
use ding_primitives::{B256, b256, limits};

const ADDRESS: Address = crate::evidence::state::ADDRESS;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Record {
    who: Address,
    time: u64,
    height: u64,
    kind: u8,
    a: B256,
    n: u32,
    m: u32,
}

impl Stored for Record {
    type Words = [U256; 3];

    fn to_words(&self) -> [U256; 3] {
        [
            pack(&[
                (self.who.into_word().into(), 160),
                (U256::from(self.time), 48),
                (U256::from(self.height), 40),
                (U256::from(self.kind), 8),
            ]),
            self.a.into(),
            pack(&[(U256::from(self.n), 32), (U256::from(self.m), 32)]),
        ]
    }

    fn from_words([first, a, numbers]: &[U256; 3]) -> Option<Self> {
        let [who, time, height, kind] = unpack(*first, [160, 48, 40, 8])?;
        let [n, m] = unpack(*numbers, [32, 32])?;
        Some(Self {
            who: Address::from_word(who.into()),
            time: time.to(),
            height: height.to(),
            kind: kind.to(),
            a: (*a).into(),
            n: n.to(),
            m: m.to(),
        })
    }
}

fn small(number: u8) -> B256 {
    B256::with_last_byte(number)
}

fn with_ctx<R>(host: &mut MapHost, run: impl FnOnce(&mut Ctx<'_>) -> R) -> R {
    run(&mut Ctx::for_hook(host, "test", 1, ADDRESS))
}

fn host() -> MapHost {
    MapHost::new(BlockInfo { height: ding_primitives::Height::new(1), timestamp_ms: 1, chain_id: 1 })
}

fn dump(host: &MapHost) -> Vec<(B256, B256)> {
    host.slots().map(|((_, slot), word)| (slot.into(), word.into())).collect()
}

#[test]
fn everything_lies_where_solidity_puts_it() {
    const COUNTS: Cell<[u64; 3]> = Cell::at(ADDRESS, 0);
    const RECORDS: Map<B256, Record> = Map::at(ADDRESS, 1);
    const NEST: Map<Address, Map<B256, U256>> = Map::at(ADDRESS, 2);
    const NAMES: Map<u32, Text> = Map::at(ADDRESS, 3);
    const FLAG: Cell<bool> = Cell::at(ADDRESS, 4);
    let record = Record {
        who: Address::repeat_byte(0x11),
        time: 0x0197_aabb_ccdd,
        height: 0x12_3456_7890,
        kind: 7,
        a: small(0xbb),
        n: 5,
        m: 6,
    };
    let names = [
        "Harbour Notary",
        "1234567890123456789012345678901",
        "12345678901234567890123456789012",
        "杭州互联网公证处 Hangzhou Internet Notary Public Office, Yuhang",
    ];
    let mut host = host();
    with_ctx(&mut host, |ctx| {
        COUNTS.set(ctx, &[1, 2, 3])?;
        RECORDS.set(ctx, small(0xaa), &record)?;
        NEST.map(ctx, Address::repeat_byte(0x22))?.set(ctx, small(0xcc), &U256::from(0xdd))?;
        for (id, name) in (1u32..).zip(names) {
            NAMES.text(ctx, id)?.insert(ctx, name)?;
        }
        FLAG.set(ctx, &true)
    })
    .unwrap();
    #[rustfmt::skip]
    let expected = [
        (b256!("0000000000000000000000000000000000000000000000000000000000000000"), b256!("0000000000000000000000000000000300000000000000020000000000000001")),
        (b256!("0000000000000000000000000000000000000000000000000000000000000004"), b256!("0000000000000000000000000000000000000000000000000000000000000001")),
        (b256!("5fa3dab1e0e1070445c119c6fd10edd16d6aa2f25a5899217f919c041d474318"), b256!("e69dade5b79ee4ba92e88194e7bd91e585ace8af81e5a4842048616e677a686f")),
        (b256!("5fa3dab1e0e1070445c119c6fd10edd16d6aa2f25a5899217f919c041d474319"), b256!("7520496e7465726e6574204e6f74617279205075626c6963204f66666963652c")),
        (b256!("5fa3dab1e0e1070445c119c6fd10edd16d6aa2f25a5899217f919c041d47431a"), b256!("20597568616e6700000000000000000000000000000000000000000000000000")),
        (b256!("83ec6a1f0257b830b5e016457c9cf1435391bf56cc98f369a58a54fe93772465"), b256!("000000000000000000000000000000000000000000000000000000000000008f")),
        (b256!("858c5a7702dbcc7e542bf7cd777756ad7a1cf5ac44f955cea0b7008d7156d4a8"), b256!("0712345678900197aabbccdd1111111111111111111111111111111111111111")),
        (b256!("858c5a7702dbcc7e542bf7cd777756ad7a1cf5ac44f955cea0b7008d7156d4a9"), b256!("00000000000000000000000000000000000000000000000000000000000000bb")),
        (b256!("858c5a7702dbcc7e542bf7cd777756ad7a1cf5ac44f955cea0b7008d7156d4aa"), b256!("0000000000000000000000000000000000000000000000000000000600000005")),
        (b256!("a15bc60c955c405d20d9149c709e2460f1c2d9a497496a7f46004d1772c3054c"), b256!("486172626f7572204e6f7461727900000000000000000000000000000000001c")),
        (b256!("c3a24b0501bd2c13a7e57f2db4369ec4c223447539fc0724a9d55ac4a06ebd4d"), b256!("313233343536373839303132333435363738393031323334353637383930313e")),
        (b256!("cbc4e5fb02c3d1de23a9f1e014b4d2ee5aeaea9505df5e855c9210bf472495af"), b256!("0000000000000000000000000000000000000000000000000000000000000041")),
        (b256!("f15ec043e463957001b3b0cb8ac10cf586e7a41193938d3b944c48b371509435"), b256!("00000000000000000000000000000000000000000000000000000000000000dd")),
        (b256!("fa8d260207fe657f2346775cc7df9e07ba0a08e64ccd28972b30bb03ba9b295b"), b256!("3132333435363738393031323334353637383930313233343536373839303132")),
    ];
    assert_eq!(dump(&host), expected);
    assert_eq!(
        B256::from(NEST.slot_of_both(Address::repeat_byte(0x22), small(0xcc))),
        b256!("f15ec043e463957001b3b0cb8ac10cf586e7a41193938d3b944c48b371509435")
    );
    with_ctx(&mut host, |ctx| {
        assert_eq!(COUNTS.get(ctx), Ok([1, 2, 3]));
        assert_eq!(RECORDS.get(ctx, small(0xaa)), Ok(record.clone()));
        assert_eq!(RECORDS.find(ctx, small(0xaa)), Ok(Some(record)));
        assert_eq!(RECORDS.find(ctx, small(0xab)), Ok(None));
        for (id, name) in (1u32..).zip(names) {
            assert_eq!(NAMES.text(ctx, id).unwrap().get(ctx, limits::NAME_BYTES_MAX).as_deref(), Ok(name));
        }
    });
}

impl Stored for [u64; 3] {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&self.map(|n| (U256::from(n), 64)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        unpack(*word, [64, 64, 64]).map(|numbers| numbers.map(|n| n.to()))
    }
}

#[test]
fn a_list_keeps_its_length_and_lies_behind_the_hash_of_its_slot() {
    const LIST: List<B256> = List::at(ADDRESS, 0);
    let mut host = host();
    with_ctx(&mut host, |ctx| {
        for number in 1..=3 {
            LIST.push(ctx, &small(number)).unwrap();
        }
        assert_eq!(LIST.len(ctx), Ok(3));
        assert_eq!(LIST.page(ctx, 1, 9), Ok(vec![small(2), small(3)]));
        assert_eq!(LIST.page(ctx, 9, 9), Ok(vec![]));
    });
    // keccak256 of a zero word, known from every Solidity array in slot 0.
    let first = b256!("290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    assert!(dump(&host).contains(&(first, small(1))));
}

#[test]
fn an_insert_writes_only_words_that_hold_something() {
    const RECORDS: Map<B256, Record> = Map::at(ADDRESS, 1);
    let mut host = host();
    with_ctx(&mut host, |ctx| {
        let old = Record { kind: 1, ..Record::default() };
        let cell = RECORDS.cell(ctx, small(1)).unwrap();
        cell.insert(ctx, &old).unwrap();
        cell.replace(ctx, &old, &Record { n: 2, ..old.clone() }).unwrap();
        assert_eq!(cell.get(ctx), Ok(Record { n: 2, ..old }));
    });
    assert_eq!(host.slots().count(), 2);
}

#[test]
fn words_that_were_never_written_are_faults() {
    const NUMBER: Cell<u32> = Cell::at(ADDRESS, 0);
    const WIDE: Cell<U256> = Cell::at(ADDRESS, 0);
    const TEXT: Text = Text::at(ADDRESS, 0);
    let mut host = host();
    with_ctx(&mut host, |ctx| {
        WIDE.set(ctx, &(U256::from(u32::MAX) + U256::ONE)).unwrap();
        assert!(matches!(NUMBER.get(ctx), Err(Stop::Fault(_))));
        // Odd words claim a long string; none of these lengths is allowed.
        for head in [U256::ONE, U256::from(63), U256::from(2 * 65 + 1), U256::MAX] {
            WIDE.set(ctx, &head).unwrap();
            assert!(matches!(TEXT.get(ctx, 64), Err(Stop::Fault(_))), "{head}");
        }
        // A short string of 32 bytes, one with bytes behind its end, one that is not UTF-8.
        for head in [U256::from(64), U256::from(0x100), (U256::from(0xff) << 248) | U256::from(2)] {
            WIDE.set(ctx, &head).unwrap();
            assert!(matches!(TEXT.get(ctx, 64), Err(Stop::Fault(_))), "{head}");
        }
    });
}

#[test]
fn a_module_does_not_reach_below_itself() {
    const OTHER: Cell<u64> = Cell::at(Address::repeat_byte(9), 0);
    const OWN: Cell<u64> = Cell::at(ADDRESS, 0);
    let mut host = host();
    with_ctx(&mut host, |ctx| assert!(matches!(OTHER.get(ctx), Err(Stop::Fault(_)))));
    // `members` stands above `evidence`, so it may not look into it.
    let mut ctx = Ctx::for_hook(&mut host, "members", 0, crate::members::state::ADDRESS);
    assert!(matches!(OWN.get(&mut ctx), Err(Stop::Fault(_))));
    assert!(matches!(OWN.set(&mut ctx, &1), Err(Stop::Fault(_))));
}

#[test]
fn a_function_that_reads_writes_nothing() {
    const OWN: Cell<u64> = Cell::at(ADDRESS, 0);
    let mut host = host();
    with_ctx(&mut host, |ctx| {
        assert!(matches!(ctx.reading(|ctx| OWN.set(ctx, &1)), Err(Stop::Fault(_))));
        assert_eq!(OWN.set(ctx, &1), Ok(()));
    });
}

#[test]
fn an_element_taken_from_a_list_leaves_no_gap_and_no_trace() {
    const LIST: List<B256> = List::at(ADDRESS, 9);
    for taken in 0..4u8 {
        let mut host = host();
        let left = with_ctx(&mut host, |ctx| {
            for number in 0..4 {
                LIST.push(ctx, &small(number + 1)).unwrap();
            }
            let moved = LIST.swap_remove(ctx, taken.into()).unwrap();
            assert_eq!(moved, (taken < 3).then(|| small(4)));
            LIST.page(ctx, 0, 9).unwrap()
        });
        let mut want: Vec<B256> = (1..=4).map(small).collect();
        want.swap_remove(taken.into());
        assert_eq!(left, want);
        // The length and three elements; the place of the fourth is empty again.
        assert_eq!(host.slots().count(), 4);
    }
}

#[test]
fn taking_an_element_that_is_not_there_is_a_fault() {
    const LIST: List<B256> = List::at(ADDRESS, 9);
    with_ctx(&mut host(), |ctx| {
        assert!(matches!(LIST.swap_remove(ctx, 0), Err(Stop::Fault(_))));
        LIST.push(ctx, &small(1)).unwrap();
        assert!(matches!(LIST.swap_remove(ctx, 1), Err(Stop::Fault(_))));
        assert_eq!(LIST.swap_remove(ctx, 0), Ok(None));
        assert_eq!(LIST.len(ctx), Ok(0));
    });
}

#[test]
fn a_module_speaks_for_those_above_it_and_for_no_other() {
    use crate::members::abi::IMembers::Withdrawn;
    let event = Withdrawn { id: 1, account: ADDRESS };
    with_ctx(&mut host(), |ctx| {
        assert_eq!(ctx.emit_for(crate::members::state::ADDRESS, &event), Ok(()));
        let below = Address::repeat_byte(0x11);
        assert!(matches!(ctx.emit_for(below, &event), Err(Stop::Fault(_))));
    });
}
