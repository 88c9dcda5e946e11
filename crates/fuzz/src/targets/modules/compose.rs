//! Calls of any interface out of an input's bytes: a function by its place in the ABI, and arguments of
//! its types, mostly ones that mean something to somebody.

use crate::feed::Feed;
use alloy_json_abi::{Function, JsonAbi, Param};
use ding_primitives::{Address, B256, U256};

/// What arguments are picked from.
pub(super) struct Pools {
    pub(super) addresses: Vec<Address>,
    pub(super) words: Vec<B256>,
    pub(super) texts: Vec<&'static str>,
    /// The present, milliseconds since 1970, and its day.
    pub(super) now_ms: u64,
    pub(super) today: u64,
    /// Encoded structs by the name of their first field and the number of fields.
    pub(super) structs: Vec<(&'static str, usize, Vec<u8>)>,
    /// Whole calls, for functions that take a call.
    pub(super) inputs: Vec<Vec<u8>>,
}

/// An argument, as the ABI encodes it.
enum Value {
    Word(B256),
    Bytes(Vec<u8>),
    /// A struct or an array of fixed length.
    Tuple(Vec<Self>),
    List(Vec<Self>),
    /// The encoding of a struct with dynamic parts.
    Encoded(Vec<u8>),
}

/// Items of a list at most.
const LIST_MAX: u8 = 3;
/// Structs within structs at most; no interface has as many.
const DEPTH_MAX: u8 = 4;

/// One call of a function.
pub(super) fn call(feed: &mut Feed<'_>, abi: &JsonAbi, pools: &Pools) -> Vec<u8> {
    let functions: Vec<&Function> = abi.functions().collect();
    let place = usize::from(feed.byte()).checked_rem(functions.len()).unwrap_or_default();
    let Some(function) = functions.get(place) else { return Vec::new() };
    let arguments: Vec<Value> =
        function.inputs.iter().map(|param| value(feed, &param.ty, param, pools, DEPTH_MAX)).collect();
    [function.selector().as_slice(), &encode(&arguments)].concat()
}

fn value(feed: &mut Feed<'_>, ty: &str, param: &Param, pools: &Pools, depth: u8) -> Value {
    if depth == 0 {
        return Value::Word(B256::ZERO);
    }
    if let Some((inner, length)) = ty.strip_suffix(']').and_then(|ty| ty.rsplit_once('[')) {
        let (is_list, count) = match length.parse() {
            Ok(count) => (false, count),
            Err(_) => (true, feed.byte() % (LIST_MAX + 1)),
        };
        let items = (0..count).map(|_| value(feed, inner, param, pools, depth - 1)).collect();
        return if is_list { Value::List(items) } else { Value::Tuple(items) };
    }
    match ty {
        "tuple" => {
            let first = param.components.first().map_or("", |field| field.name.as_str());
            let ready = pools
                .structs
                .iter()
                .find(|(name, fields, _)| (*name, *fields) == (first, param.components.len()));
            if let Some((_, _, encoded)) = ready
                && !feed.byte().is_multiple_of(4)
            {
                return Value::Encoded(encoded.clone());
            }
            let fields = param.components.iter();
            Value::Tuple(fields.map(|field| value(feed, &field.ty, field, pools, depth - 1)).collect())
        }
        "address" => Value::Word(feed.pick(&pools.addresses).unwrap_or_default().into_word()),
        "bool" => Value::Word(B256::with_last_byte(feed.byte() & 1)),
        "string" => Value::Bytes(match feed.pick(&pools.texts) {
            // A text of the input's own.
            Some("?") => feed.string().to_vec(),
            text => text.unwrap_or_default().into(),
        }),
        "bytes" => Value::Bytes(match pools.inputs.len().checked_sub(1) {
            // Mostly a call of somebody's.
            Some(last) if !feed.byte().is_multiple_of(4) => {
                pools.inputs.get(usize::from(feed.byte()).min(last)).cloned().unwrap_or_default()
            }
            _ => feed.string().to_vec(),
        }),
        ty if ty.starts_with("bytes") => Value::Word(feed.pick(&pools.words).unwrap_or_default()),
        ty => {
            let bits = ty.trim_start_matches(char::is_alphabetic).parse().unwrap_or(256);
            Value::Word(number(feed, bits, pools).into())
        }
    }
}

/// A number: small ones, days, times and heights, and those at the end.
fn number(feed: &mut Feed<'_>, bits: usize, pools: &Pools) -> U256 {
    let byte = feed.byte();
    let (kind, small) = (byte % 8, u64::from(byte / 8));
    let max = U256::MAX >> (256 - bits.clamp(8, 256));
    let number = match (kind, bits) {
        // Shares, and years.
        (3, 64..) => U256::from(small * 50),
        (5, 16) => U256::from(2_020 + small),
        (0..=3, _) | (_, 8) if kind < 7 => U256::from(small),
        (4, 32..) => U256::from(pools.today - 3 + small),
        (5, 64..) => U256::from(pools.now_ms + small * 1_000),
        (5, 32) => U256::from(110_108),
        (6, 64..) => U256::from(2_026_000_000 + small),
        (6, _) => U256::from(small * 100),
        (7, _) if small < 16 => max,
        (7, _) => U256::from(feed.word()),
        _ => U256::from(small),
    };
    number & max
}

fn is_dynamic(value: &Value) -> bool {
    match value {
        Value::Word(_) => false,
        Value::Bytes(_) | Value::List(_) | Value::Encoded(_) => true,
        Value::Tuple(fields) => fields.iter().any(is_dynamic),
    }
}

fn word(number: usize) -> [u8; 32] {
    U256::from(number).to_be_bytes()
}

/// Heads, then tails (Contract ABI Specification).
fn encode(values: &[Value]) -> Vec<u8> {
    let size = |value: &Value| if is_dynamic(value) { 32 } else { contents(value).len() };
    let heads: usize = values.iter().map(size).sum();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    for value in values {
        if is_dynamic(value) {
            head.extend(word(heads + tail.len()));
            tail.extend(contents(value));
        } else {
            head.extend(contents(value));
        }
    }
    [head, tail].concat()
}

fn contents(value: &Value) -> Vec<u8> {
    match value {
        Value::Word(word) => word.to_vec(),
        Value::Bytes(bytes) => {
            let mut encoded = [&word(bytes.len()), bytes.as_slice()].concat();
            encoded.resize(encoded.len().next_multiple_of(32), 0);
            encoded
        }
        Value::Tuple(fields) => encode(fields),
        Value::List(items) => [&word(items.len())[..], &encode(items)].concat(),
        Value::Encoded(encoded) => encoded.clone(),
    }
}
