//! Parameters of one call, taken in order and parsed straight into their types.
//!
//! Errors name the position and the parameter. Numbers are read as Ethereum tools write them
//! (`"0x1f"`), and as plain JSON numbers where a person may type them.

use crate::error::RpcError;
use alloy_eips::{BlockId, BlockNumberOrTag};
use ding_primitives::{B256, U256, limits};
use serde::{
    Deserialize,
    de::{self, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The parameters that are still to be taken.
#[derive(Debug, Default)]
pub(crate) struct Params<'a> {
    items: [Option<&'a RawValue>; limits::RPC_PARAMS_MAX],
    next: usize,
}

impl<'a> Params<'a> {
    /// Reads the list; absent and `null` mean empty.
    pub(crate) fn new(raw: Option<&'a RawValue>) -> Result<Self, RpcError> {
        match raw {
            None => Ok(Self::default()),
            Some(raw) if raw.get() == "null" => Ok(Self::default()),
            Some(raw) if raw.get().starts_with('{') => {
                Err(RpcError::params("parameters must be an array: [first, second, …], not an object"))
            }
            Some(raw) => serde_json::from_str(raw.get())
                .map_err(|error| RpcError::params(format!("parameters must be an array: {}", brief(&error)))),
        }
    }

    /// Takes the next parameter, which must be there.
    pub(crate) fn need<T: Deserialize<'a>>(&mut self, name: &str) -> Result<T, RpcError> {
        let position = self.next + 1;
        self.maybe(name)?.ok_or_else(|| {
            RpcError::params(format!("missing value for required argument {position} ({name})"))
        })
    }

    /// Takes the next parameter, which may be absent or `null`.
    pub(crate) fn maybe<T: Deserialize<'a>>(&mut self, name: &str) -> Result<Option<T>, RpcError> {
        let item = self.items.get(self.next).copied().flatten();
        self.next += 1;
        let Some(raw) = item.filter(|raw| raw.get() != "null") else { return Ok(None) };
        serde_json::from_str(raw.get()).map(Some).map_err(|error| {
            RpcError::params(format!("invalid argument {} ({name}): {}", self.next, brief(&error)))
        })
    }

    /// Ends the list: nothing may be left.
    pub(crate) fn end(&self) -> Result<(), RpcError> {
        if self.items.iter().skip(self.next).flatten().next().is_some() {
            return Err(RpcError::params(format!("too many arguments, want at most {}", self.next)));
        }
        Ok(())
    }

    /// Takes exactly one parameter.
    pub(crate) fn one<T: Deserialize<'a>>(mut self, name: &str) -> Result<T, RpcError> {
        let value = self.need(name)?;
        self.end()?;
        Ok(value)
    }

    /// Takes none.
    pub(crate) fn none(self) -> Result<(), RpcError> {
        self.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Params<'a> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Params<'de>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an array of parameters")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut params = Params::default();
                let mut slots = params.items.iter_mut();
                while let Some(item) = seq.next_element::<&'de RawValue>()? {
                    let Some(slot) = slots.next() else {
                        return Err(de::Error::custom(format_args!(
                            "more than {} of them",
                            limits::RPC_PARAMS_MAX
                        )));
                    };
                    *slot = Some(item);
                }
                Ok(params)
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// The text of a JSON error without the position, which means nothing inside one parameter.
pub(crate) fn brief(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).chars().take(200).collect()
}

/// A number as `"0x1f"` or `31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantity(pub(crate) u64);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = U256::deserialize(deserializer)?;
        u64::try_from(number).map(Self).map_err(|_| de::Error::custom("number does not fit 64 bits"))
    }
}

/// A storage slot: a quantity or 32 bytes, with or without leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) U256);

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        U256::deserialize(deserializer).map(Self)
    }
}

/// A block by number, tag or hash (EIP-1898); a plain number is accepted too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block(pub(crate) BlockId);

impl Block {
    pub(crate) const LATEST: Self = Self(BlockId::Number(BlockNumberOrTag::Latest));
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Number(u64),
            Text(String),
            Object(Object),
        }

        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Object {
            block_number: Option<BlockNumberOrTag>,
            block_hash: Option<B256>,
            #[serde(rename = "requireCanonical")]
            _require_canonical: Option<bool>,
        }

        let shape = Shape::deserialize(deserializer).map_err(|_| de::Error::custom(WANT_BLOCK))?;
        let id = match shape {
            Shape::Number(number) => BlockId::Number(BlockNumberOrTag::Number(number)),
            Shape::Text(text) if text.len() == 66 => {
                BlockId::Hash(text.parse::<B256>().map_err(|_| de::Error::custom(WANT_BLOCK))?.into())
            }
            Shape::Text(text) => BlockId::Number(text.parse().map_err(|_| de::Error::custom(WANT_BLOCK))?),
            Shape::Object(Object { block_number: Some(number), block_hash: None, .. }) => {
                BlockId::Number(number)
            }
            Shape::Object(Object { block_number: None, block_hash: Some(hash), .. }) => {
                BlockId::Hash(hash.into())
            }
            Shape::Object(_) => return Err(de::Error::custom(WANT_BLOCK)),
        };
        Ok(Self(id))
    }
}

const WANT_BLOCK: &str = "not a block: give \"latest\", \"safe\", \"finalized\", \"earliest\", \"pending\", a number \
                          like \"0x1f\", or {\"blockHash\": \"0x…\"}";

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::Address;

    fn with<T>(text: &str, take: impl FnOnce(Params<'_>) -> T) -> T {
        let raw = RawValue::from_string(text.to_owned()).unwrap();
        take(Params::new(Some(&raw)).unwrap())
    }

    fn parse<T: de::DeserializeOwned>(text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| brief(&error))
    }

    fn refusal(text: &str) -> String {
        let raw = RawValue::from_string(text.to_owned()).unwrap();
        Params::new(Some(&raw)).unwrap_err().message.into_owned()
    }

    #[test]
    fn parameters_are_taken_in_order_and_named_when_wrong() {
        with(r#"["0x0000000000000000000000000000000000000001", null, 7]"#, |mut params| {
            assert_eq!(params.need::<Address>("address").unwrap(), Address::with_last_byte(1));
            assert_eq!(params.maybe::<Block>("block").unwrap(), None);
            assert_eq!(params.end().unwrap_err().message, "too many arguments, want at most 2");
            assert_eq!(params.need::<Quantity>("count").unwrap(), Quantity(7));
            params.end().unwrap();
            let error = params.need::<Quantity>("percent").unwrap_err();
            assert_eq!(error.message, "missing value for required argument 4 (percent)");
        });
        let error = with(r#"["0x1"]"#, |params| params.one::<Address>("address").unwrap_err());
        assert!(error.message.starts_with("invalid argument 1 (address): "), "{error}");
    }

    #[test]
    fn a_list_that_is_no_list_or_too_long_is_refused() {
        assert!(refusal(r#"{"a":1}"#).contains("must be an array"));
        assert!(refusal("7").contains("must be an array"));
        assert!(refusal("[1,1,1,1,1,1,1,1,1]").contains("more than 8"));
    }

    #[test]
    fn blocks_have_all_the_forms_that_tools_send() {
        let hash = B256::repeat_byte(7);
        let cases = [
            (r#""latest""#.to_owned(), BlockId::latest()),
            (r#""0x1f""#.to_owned(), BlockId::number(31)),
            ("31".to_owned(), BlockId::number(31)),
            (format!("\"{hash}\""), BlockId::Hash(hash.into())),
            (format!(r#"{{"blockHash":"{hash}","requireCanonical":true}}"#), BlockId::Hash(hash.into())),
            (r#"{"blockNumber":"0x1f"}"#.to_owned(), BlockId::number(31)),
        ];
        for (text, want) in cases {
            assert_eq!(parse::<Block>(&text).unwrap().0, want, "{text}");
        }
        for text in [
            r#""lates""#,
            r#""31""#,
            "[]",
            "{}",
            r#"{"blockNumber":"0x1","blockHash":null,"x":1}"#,
            "-1",
            "1.5",
        ] {
            assert!(parse::<Block>(text).unwrap_err().contains("not a block"), "{text}");
        }
    }
}
