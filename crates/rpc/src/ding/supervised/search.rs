//! `ding_search`: numbers and names of everything.

use super::{
    ask::{self, wanted},
    shape::text,
};
use crate::{Rpc, error::RpcError, params::Params};
use ding_readmodel::{Hit, Thing};
use serde_json::{Value, json};

wanted! {
    /// What is looked for, and among what.
    Search { text: String, kinds: Vec<String> }
}

/// `ding_search`: what has a text in its number or name; what has exactly that number comes first.
pub(crate) async fn search(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Search = params.one("{\"text\": what to look for, \"kinds\": [among what]}")?;
    let page = wanted.page()?;
    let Some(text) = wanted.text else {
        return Err(RpcError::params("text is missing: say what to look for"));
    };
    let kinds = wanted.kinds.unwrap_or_default();
    let things = kinds
        .iter()
        .take(Thing::ALL.len() + 1)
        .map(|kind| ask::term("a kind", Some(kind), &Thing::ALL, Thing::name))
        .collect::<Result<Vec<_>, _>>()?;
    let things: Vec<Thing> = things.into_iter().flatten().collect();
    Ok(ask::listed(ask::rows(rpc, move |query| query.search(&text, &things, page)).await?, hit))
}

fn hit(row: &Hit) -> Value {
    json!({
        "kind": row.thing.name(),
        "id": row.number,
        "number": text(&row.code),
        "name": row.name,
        "exact": row.exact,
    })
}
