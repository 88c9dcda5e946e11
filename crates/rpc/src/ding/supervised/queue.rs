//! `ding_queue`: what whom must do by which working day, overdue first.

use super::{
    ask::{self, IsoDay, Small, wanted},
    shape,
};
use crate::{Rpc, error::RpcError, json::Hex, params::Params};
use ding_readmodel::{Party, QueueCursor, QueueFilter, Source};
use serde_json::{Value, json};

wanted! {
    /// Whose duties are asked for.
    Filters { kind: String, organisation: Small, role: String, division: Small, by: IsoDay, overdue: bool }
}

/// `ding_queue`: duties by last day as of the latest final block, then those without one.
pub(crate) async fn queue(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Filters = ask::filters(params)?;
    let (limit, now_ms) = (ask::limit(wanted.limit)?, ask::now_ms(rpc));
    let after = wanted.after.as_deref().map(|text| cursor(text).ok_or_else(ask::bad_cursor)).transpose()?;
    let division = match wanted.division {
        None => None,
        Some(Small(division)) => Some(u8::try_from(division).map_err(|_| {
            RpcError::params(format!("division is {division}; the queue knows the first two digits, like 33"))
        })?),
    };
    let kinds = Source::ALL.map(shape::kind);
    let kind = ask::term("kind", wanted.kind.as_deref(), &kinds, |kind| kind)?;
    let filter = QueueFilter {
        source: kind.and_then(|kind| Source::ALL.into_iter().find(|source| shape::kind(*source) == kind)),
        organisation: wanted.organisation.map(|Small(number)| number),
        party: ask::term("role", wanted.role.as_deref(), &Party::ALL, Party::name)?,
        division,
        by: wanted.by.map(|IsoDay(day)| day),
        overdue: wanted.overdue,
    };
    let rows = ask::rows(rpc, move |query| query.queue(&filter, after, limit, now_ms)).await?;
    Ok(json!({
        "items": rows.rows.iter().map(shape::duty).collect::<Vec<_>>(),
        "next": rows.next.map(|cursor| written(&cursor)),
        "height": Hex::from(rows.height),
    }))
}

/// A cursor as text: its numbers in hexadecimal.
fn written(cursor: &QueueCursor) -> String {
    let QueueCursor { due, start, unit, length, row: (source, thing, slot, item) } = cursor;
    format!("{due:x}-{start:x}-{unit:x}-{length:x}-{source:x}-{thing:x}-{slot:x}-{item:x}")
}

fn cursor(text: &str) -> Option<QueueCursor> {
    let mut parts = text.split('-').map(|part| u64::from_str_radix(part, 16).ok());
    let mut next = || parts.next().flatten();
    let cursor = QueueCursor {
        due: next()?.try_into().ok()?,
        start: next()?.try_into().ok()?,
        unit: next()?.try_into().ok()?,
        length: next()?.try_into().ok()?,
        row: (next()?.try_into().ok()?, next()?, next()?.try_into().ok()?, next()?),
    };
    parts.next().is_none().then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_others_are_none() {
        let place =
            QueueCursor { due: u32::MAX, start: 20_000, unit: 1, length: 10, row: (1, u64::MAX, 8, 3) };
        assert_eq!(cursor(&written(&place)), Some(place));
        for text in ["", "1", "1-2-3-4-5-6-7", "1-2-3-4-5-6-7-8-9", "1-2-fff-4-5-6-7-8", "x-2-3-4-5-6-7-8"] {
            assert_eq!(cursor(text), None, "{text}");
        }
    }
}
