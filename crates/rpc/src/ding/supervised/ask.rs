//! Parameters of lists, pages and their cursors, and the way to the read model.

use crate::{
    Rpc,
    error::RpcError,
    json::Hex,
    params::{Params, Quantity},
};
use ding_modules::calendar::Day;
use ding_primitives::{Height, codes, limits};
use ding_readmodel::{Found, Listed, Page, Query, QueryError};
use serde::{Deserialize, de};
use serde_json::{Value, json};

/// Defines the one parameter of a list: filters, then `after` and `limit`. Other fields are refused by
/// name.
macro_rules! wanted {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        pub(super) struct $name {
            $($field: Option<$type>,)*
            after: Option<String>,
            limit: Option<crate::params::Quantity>,
        }

        impl $name {
            /// The page that is asked for.
            #[allow(dead_code, reason = "one list has a cursor of its own")]
            fn page(&self) -> Result<ding_readmodel::Page, crate::error::RpcError> {
                crate::ding::supervised::ask::page(self.after.as_deref(), self.limit)
            }
        }
    };
}

pub(super) use wanted;

/// Takes the one parameter of a list, which may be left out.
pub(super) fn filters<'a, T: Default + Deserialize<'a>>(mut params: Params<'a>) -> Result<T, RpcError> {
    let filters = params.maybe("an object with filters, after and limit")?.unwrap_or_default();
    params.end()?;
    Ok(filters)
}

/// Rows of a page, as asked for.
pub(super) fn limit(limit: Option<Quantity>) -> Result<usize, RpcError> {
    let Some(Quantity(limit)) = limit else { return Ok(limits::RPC_ROWS_USUAL) };
    let fits = usize::try_from(limit).ok().filter(|limit| (1..=limits::RPC_ROWS_MAX).contains(limit));
    fits.ok_or_else(|| {
        RpcError::params(format!("limit is {limit}; a page has 1 to {} rows", limits::RPC_ROWS_MAX))
    })
}

/// The page that a list is asked for.
pub(super) fn page(after: Option<&str>, wanted: Option<Quantity>) -> Result<Page, RpcError> {
    let parse = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    let after = match after {
        None => None,
        Some(text) => Some(parse(text).ok_or_else(bad_cursor)?),
    };
    Ok(Page { after, limit: limit(wanted)? })
}

/// The refusal of a cursor that no answer gave.
pub(super) fn bad_cursor() -> RpcError {
    RpcError::params("after is no cursor of this list; give `next` of the page before, or leave it out")
}

/// The answer of a list.
pub(super) fn listed<T>(rows: Listed<T>, shape: impl Fn(&T) -> Value) -> Value {
    json!({
        "items": rows.rows.iter().map(shape).collect::<Vec<_>>(),
        "next": rows.next.map(Hex),
        "height": Hex::from(rows.height),
    })
}

/// An object with the height that it is of.
pub(super) fn object(found: Option<(Value, Height)>, what: &str) -> Result<Value, RpcError> {
    match found {
        Some((mut value, height)) => {
            if let Some(fields) = value.as_object_mut() {
                fields.insert("height".into(), json!(Hex::from(height)));
            }
            Ok(value)
        }
        None => Err(RpcError::new(
            codes::RESOURCE_NOT_FOUND,
            format!("not found: there is no {what} in the final blocks that this member has rows of"),
        )),
    }
}

/// The value of something found, and its height.
pub(super) fn with_height<T>(found: Found<T>, shape: impl Fn(&T) -> Value) -> (Value, Height) {
    (shape(&found.value), found.height)
}

/// Asks the read model; a member without one says so.
pub(super) async fn rows<T: Send + 'static>(
    rpc: &Rpc,
    question: impl FnOnce(&Query) -> Result<T, QueryError> + Send + 'static,
) -> Result<T, RpcError> {
    rpc.ask(question).await?.ok_or_else(|| {
        RpcError::new(
            codes::RESOURCE_UNAVAILABLE,
            "this member runs without a read model, which answers this; ask another member, or its operator",
        )
    })
}

/// The time of the latest final block: what is overdue is so as of it.
pub(super) fn now_ms(rpc: &Rpc) -> u64 {
    rpc.reader().head().header.timestamp_ms
}

/// The number of a term that a filter names.
pub(super) fn term<T: Copy>(
    field: &str,
    name: Option<&str>,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> Result<Option<T>, RpcError> {
    let Some(name) = name else { return Ok(None) };
    let found = all.iter().copied().find(|term| name_of(*term) == name);
    found.map(Some).ok_or_else(|| {
        let shown: String = name.chars().take(64).collect();
        let names = all.iter().map(|term| name_of(*term)).collect::<Vec<_>>().join(", ");
        RpcError::params(format!("{field} is {shown:?}; it is one of: {names}"))
    })
}

/// A day as `"2026-11-22"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct IsoDay(pub(super) Day);

impl<'de> Deserialize<'de> for IsoDay {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| de::Error::custom("not a day: write it like \"2026-11-22\""))
    }
}

/// A number of at most 32 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Small(pub(super) u32);

impl<'de> Deserialize<'de> for Small {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Quantity(number) = Quantity::deserialize(deserializer)?;
        u32::try_from(number).map(Self).map_err(|_| de::Error::custom("the number is too large"))
    }
}
