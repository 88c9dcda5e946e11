//! Which logs are asked for: the filter object of `eth_getLogs`, filters and subscriptions.

use crate::{Rpc, error::RpcError};
use alloy_eips::BlockNumberOrTag;
use ding_primitives::{Address, B256, Height, Holding, Log, codes, limits};
use ding_readmodel::LogFilter;
use serde::{Deserialize, Deserializer, de};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Which blocks are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocks {
    /// From one to another, ends included; the latest where left out.
    Range { from: Option<BlockNumberOrTag>, to: Option<BlockNumberOrTag> },
    /// This one (EIP-234).
    Exactly(B256),
}

/// A filter of logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Criteria {
    pub(crate) blocks: Blocks,
    /// Emitters, ordered; any if empty.
    addresses: Vec<Address>,
    /// For each position the topics that may stand there, ordered; any if empty. A log with fewer
    /// topics than positions does not match.
    topics: Vec<Vec<B256>>,
}

impl Default for Criteria {
    fn default() -> Self {
        Self { blocks: Blocks::Range { from: None, to: None }, addresses: Vec::new(), topics: Vec::new() }
    }
}

/// A filter that is kept, and its terms' share of the room for those of all kept filters.
#[derive(Debug)]
pub(crate) struct Held {
    criteria: Criteria,
    _room: OwnedSemaphorePermit,
}

impl core::ops::Deref for Held {
    type Target = Criteria;

    fn deref(&self) -> &Criteria {
        &self.criteria
    }
}

/// Room for the terms of all filters and subscriptions together: one client alone may install
/// thousands of filters, each with thousands of terms.
#[derive(Debug)]
pub(crate) struct Room {
    max: usize,
    free: Arc<Semaphore>,
}

impl Room {
    /// Room for `max` terms.
    pub(crate) fn new(max: usize) -> Self {
        let max = max.min(Semaphore::MAX_PERMITS);
        Self { max, free: Arc::new(Semaphore::new(max)) }
    }

    /// How much of it is taken.
    pub(crate) fn holding(&self) -> Holding {
        let taken = self.max.saturating_sub(self.free.available_permits());
        Holding::new("addresses and topics of filters and subscriptions", taken, self.max)
    }

    /// Keeps a filter while what this returns lives; gives it back if there is no room.
    fn take(&self, criteria: Criteria) -> Result<Arc<Held>, Criteria> {
        let terms = u32::try_from(criteria.terms()).unwrap_or(u32::MAX);
        match self.free.clone().try_acquire_many_owned(terms) {
            Ok(room) => Ok(Arc::new(Held { criteria, _room: room })),
            Err(_) => Err(criteria),
        }
    }
}

impl Rpc {
    /// Keeps a filter for its client, if there is room.
    pub(crate) fn hold(&self, criteria: Criteria) -> Result<Arc<Held>, RpcError> {
        let room = self.room();
        room.take(criteria)
            .or_else(|criteria| {
                self.filters().sweep(self.now_ms());
                room.take(criteria)
            })
            .map_err(|criteria| {
                RpcError::new(
                    codes::LIMIT_EXCEEDED,
                    format!(
                        "no room for {} addresses and topics: filters and subscriptions hold {} of {}; uninstall \
                         some or try again later",
                        criteria.terms(),
                        room.holding().held,
                        room.max
                    ),
                )
            })
    }
}

/// `null`, one, or any of some.
#[derive(Deserialize)]
#[serde(untagged)]
enum Terms<T> {
    One(T),
    /// A `null` among them lets everything pass.
    Any(Vec<Option<T>>),
}

impl<T: Ord> Terms<T> {
    fn flat(terms: Option<Self>) -> Vec<T> {
        let mut flat = match terms {
            None => Vec::new(),
            Some(Self::One(term)) => vec![term],
            Some(Self::Any(terms)) => terms.into_iter().collect::<Option<_>>().unwrap_or_default(),
        };
        flat.sort_unstable();
        flat.dedup();
        flat
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    from_block: Option<BlockNumberOrTag>,
    to_block: Option<BlockNumberOrTag>,
    block_hash: Option<B256>,
    address: Option<Terms<Address>>,
    topics: Option<Vec<Option<Terms<B256>>>>,
}

impl<'de> Deserialize<'de> for Criteria {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let blocks = match wire.block_hash {
            Some(_) if wire.from_block.is_some() || wire.to_block.is_some() => {
                return Err(de::Error::custom("give either blockHash or fromBlock and toBlock, not both"));
            }
            Some(hash) => Blocks::Exactly(hash),
            None => Blocks::Range { from: wire.from_block, to: wire.to_block },
        };
        let topics: Vec<_> = wire.topics.unwrap_or_default().into_iter().map(Terms::flat).collect();
        if topics.len() > 4 {
            return Err(de::Error::custom(format_args!(
                "{} positions of topics, a log has at most 4",
                topics.len()
            )));
        }
        Ok(Self { blocks, addresses: Terms::flat(wire.address), topics })
    }
}

impl Criteria {
    /// Addresses and topics it names.
    fn terms(&self) -> usize {
        self.topics.iter().map(Vec::len).sum::<usize>().saturating_add(self.addresses.len())
    }

    /// Bounds the number of terms.
    pub(crate) fn check(self) -> Result<Self, RpcError> {
        let most = self.topics.iter().map(Vec::len).chain([self.addresses.len()]).max().unwrap_or_default();
        if most > limits::RPC_FILTER_TERMS_MAX {
            return Err(RpcError::new(
                codes::LIMIT_EXCEEDED,
                format!(
                    "a filter with {most} addresses or topics in one place; at most {} are looked for at once",
                    limits::RPC_FILTER_TERMS_MAX
                ),
            ));
        }
        Ok(self)
    }

    /// Whether a log is asked for.
    pub(crate) fn matches(&self, log: &Log) -> bool {
        let any = |terms: &[B256], topic: &B256| terms.is_empty() || terms.binary_search(topic).is_ok();
        (self.addresses.is_empty() || self.addresses.binary_search(&log.address).is_ok())
            && self.topics.len() <= log.topics.len()
            && self.topics.iter().zip(&log.topics).all(|(terms, topic)| any(terms, topic))
    }

    /// The blocks asked for, ends included, as far as they are final; `None` if there are none.
    pub(crate) fn range(&self, latest: Height) -> Result<Option<(u64, u64)>, RpcError> {
        let Blocks::Range { from, to } = self.blocks else { return Ok(None) };
        let latest = latest.get();
        let number = |block: Option<BlockNumberOrTag>| match block {
            Some(BlockNumberOrTag::Number(number)) => number,
            Some(BlockNumberOrTag::Earliest) => 0,
            _ => latest,
        };
        let (first, last) = (number(from), number(to));
        let is_named = |block: Option<BlockNumberOrTag>| block.is_some_and(|block| block.is_number());
        if first > last && is_named(from) && is_named(to) {
            return Err(RpcError::params(format!(
                "invalid block range: fromBlock {first} is after toBlock {last}"
            )));
        }
        let last = last.min(latest);
        Ok((first <= last).then_some((first, last)))
    }

    /// The blocks from `next` on that are asked for, for those who follow the chain.
    pub(crate) fn range_after(&self, next: u64, latest: Height) -> Option<(u64, u64)> {
        let Blocks::Range { from, to } = self.blocks else { return None };
        let first = from.and_then(|block| block.as_number()).unwrap_or_default().max(next);
        let last = to.and_then(|block| block.as_number()).unwrap_or(u64::MAX).min(latest.get());
        (first <= last).then_some((first, last))
    }

    /// The same question to the read model.
    pub(crate) fn question(&self, from: u64, to: u64) -> LogFilter {
        LogFilter {
            from: Height::new(from),
            to: Height::new(to),
            addresses: self.addresses.clone(),
            topics: self.topics.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Criteria {
        serde_json::from_str(text).unwrap()
    }

    fn log(topics: &[u8]) -> Log {
        Log {
            address: Address::repeat_byte(1),
            topics: topics.iter().map(|byte| B256::repeat_byte(*byte)).collect(),
            data: Default::default(),
        }
    }

    fn topic(byte: u8) -> String {
        format!("\"{}\"", B256::repeat_byte(byte))
    }

    #[test]
    fn topics_match_by_position_as_the_json_rpc_standard_describes() {
        let (a, b, c) = (topic(1), topic(2), topic(3));
        let cases: &[(String, &[u8], bool)] = &[
            ("[]".into(), &[], true),
            ("[]".into(), &[1], true),
            (format!("[{a}]"), &[1, 9], true),
            (format!("[{a}]"), &[2], false),
            (format!("[{a}]"), &[], false),
            (format!("[null,{b}]"), &[9, 2], true),
            (format!("[null,{b}]"), &[2], false),
            (format!("[{a},null]"), &[1], false),
            (format!("[[{a},{b}],[{c}]]"), &[2, 3], true),
            (format!("[[{a},{b}],[{c}]]"), &[3, 3], false),
            (format!("[[{a},null]]"), &[7], true),
            ("[[]]".into(), &[7], true),
        ];
        for (topics, log_topics, want) in cases {
            let criteria = parse(&format!(r#"{{"topics":{topics}}}"#));
            assert_eq!(criteria.matches(&log(log_topics)), *want, "{topics} {log_topics:?}");
        }
    }

    #[test]
    fn addresses_are_one_some_or_any() {
        let (mine, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
        for (text, want) in [
            ("{}".to_owned(), true),
            (r#"{"address":null}"#.to_owned(), true),
            (r#"{"address":[]}"#.to_owned(), true),
            (format!(r#"{{"address":"{mine}"}}"#), true),
            (format!(r#"{{"address":["{other}","{mine}"]}}"#), true),
            (format!(r#"{{"address":"{other}"}}"#), false),
        ] {
            assert_eq!(parse(&text).matches(&log(&[])), want, "{text}");
        }
    }

    #[test]
    fn ranges_end_at_the_latest_block_and_must_not_run_backwards() {
        let latest = Height::new(10);
        let range = |text: &str| parse(text).range(latest);
        assert_eq!(range("{}").unwrap(), Some((10, 10)));
        assert_eq!(range(r#"{"fromBlock":"earliest"}"#).unwrap(), Some((0, 10)));
        assert_eq!(range(r#"{"fromBlock":"0x3","toBlock":"0x63"}"#).unwrap(), Some((3, 10)));
        assert_eq!(range(r#"{"fromBlock":"0x63"}"#).unwrap(), None);
        assert!(
            range(r#"{"fromBlock":"0x3","toBlock":"0x2"}"#)
                .unwrap_err()
                .message
                .contains("3 is after toBlock 2")
        );
    }

    #[test]
    fn contradictions_and_unknown_members_are_refused() {
        let hash = topic(1);
        for text in [
            format!(r#"{{"blockHash":{hash},"fromBlock":"0x1"}}"#),
            r#"{"adress":"0x0000000000000000000000000000000000000001"}"#.to_owned(),
            r#"{"topics":[null,null,null,null,null]}"#.to_owned(),
            r#"{"address":"0x01"}"#.to_owned(),
        ] {
            assert!(serde_json::from_str::<Criteria>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn too_many_terms_are_refused() {
        let many: Vec<String> = (0..=limits::RPC_FILTER_TERMS_MAX)
            .map(|number| format!("\"{}\"", B256::from(ding_primitives::U256::from(number))))
            .collect();
        let criteria = parse(&format!(r#"{{"topics":[[{}]]}}"#, many.join(",")));
        assert_eq!(criteria.check().unwrap_err().code, codes::LIMIT_EXCEEDED);
    }

    #[test]
    fn filters_share_one_room_and_give_their_share_back_when_they_go() {
        let named = || parse(r#"{"address": "0x0101010101010101010101010101010101010101"}"#);
        let room = Room::new(2);
        let (first, second) = (room.take(named()).unwrap(), room.take(named()).unwrap());
        assert!(room.take(named()).is_err());
        assert!(room.take(Criteria::default()).is_ok(), "what names nothing takes no room");
        assert_eq!((room.holding().held, room.holding().is_within()), (2, true));
        let again = first.clone();
        drop(first);
        assert!(room.take(named()).is_err(), "somebody still uses it");
        drop((again, second));
        assert_eq!(room.holding().held, 0);
    }
}
