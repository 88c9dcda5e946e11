//! What a member's read model lists: pages of objects, shown as lines for people or as they are for
//! scripts.

use super::desk::Desk;
use crate::{
    failure::Failure,
    text::{padded, say, say_json, width},
};
use serde_json::{Map, Value, json};

/// Rows asked for at once.
const PAGE_ROWS: u64 = 200;
/// Levels of an object that are shown indented.
const DEPTH_MAX: usize = 8;

/// How much of a list is shown.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Page {
    /// Rows to show at most.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u64,
    /// Go on behind the place that the last answer named.
    #[arg(long)]
    pub(crate) after: Option<String>,
}

/// Fields of a filter that are given.
pub(crate) fn filter<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Rows of a list, where it goes on, and the height they are of.
#[derive(Debug)]
pub(crate) struct Found {
    /// The rows.
    pub(crate) items: Vec<Value>,
    next: Option<Value>,
    height: Value,
}

/// Asks page by page.
///
/// # Errors
///
/// The member refuses the filter, in its words, or keeps no such list.
pub(crate) async fn fetch(
    desk: &Desk,
    method: &str,
    filter: &Map<String, Value>,
    page: &Page,
) -> Result<Found, Failure> {
    let mut found =
        Found { items: Vec::new(), next: page.after.clone().map(Value::String), height: Value::Null };
    loop {
        let left = page.limit.saturating_sub(found.items.len() as u64);
        if left == 0 {
            return Ok(found);
        }
        let mut params = filter.clone();
        params.insert("limit".into(), left.min(PAGE_ROWS).into());
        if let Some(after) = found.next.take() {
            params.insert("after".into(), after);
        }
        let mut answer: Value = desk.query(method, Value::Object(params)).await?;
        let Some(more) = answer.get_mut("items").and_then(Value::as_array_mut).map(core::mem::take) else {
            return Err(Failure::Failed(format!("the member answered {method} without a list of items")));
        };
        let is_empty = more.is_empty();
        found.items.extend(more);
        found.height = answer.get("height").cloned().unwrap_or_default();
        found.next = answer.get("next").filter(|next| !next.is_null()).cloned();
        if found.next.is_none() || is_empty {
            return Ok(found);
        }
    }
}

/// Asks page by page and shows the rows. Errors as [`fetch`].
pub(crate) async fn show(
    desk: &Desk,
    method: &str,
    filter: Map<String, Value>,
    page: &Page,
    columns: &[&str],
) -> Result<(), Failure> {
    let Found { items, next, height } = fetch(desk, method, &filter, page).await?;
    if desk.json {
        return say_json(&json!({ "items": items, "next": next, "height": height }));
    }
    if items.is_empty() {
        return say("None.");
    }
    let mut text = lines(&items, columns);
    if let Some(next) = next {
        text.push_str(&format!("\nMore with --after {}", next.as_str().unwrap_or_default()));
    }
    say(&text)
}

/// The named fields in columns below each other; one that no row has is left out.
fn lines(items: &[Value], columns: &[&str]) -> String {
    let mut names: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    names.retain(|name| items.iter().any(|item| item.get(name).is_some_and(|value| !value.is_null())));
    let cell = |item: &Value, name: &str| item.get(name).map(word).unwrap_or_default();
    let mut table = vec![names.clone()];
    table.extend(items.iter().map(|item| names.iter().map(|name| cell(item, name)).collect()));
    let widths: Vec<usize> = (0..names.len())
        .map(|column| {
            table.iter().filter_map(|row| row.get(column)).map(|text| width(text)).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(text, wide)| padded(text, *wide));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    table.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A value in one word or line.
fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(is) => (if *is { "yes" } else { "no" }).into(),
        // Numbers of heights and the like are quantities in hexadecimal.
        Value::String(text) => {
            match text.strip_prefix("0x").filter(|digits| (1..=15).contains(&digits.len())) {
                Some(digits) => {
                    u64::from_str_radix(digits, 16).map_or_else(|_| text.clone(), |number| number.to_string())
                }
                None => text.clone(),
            }
        }
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// One object, its parts indented below it.
pub(crate) fn object(value: &Value) -> String {
    let mut out = Vec::new();
    indent(value, 1, &mut out);
    out.join("\n")
}

fn indent(value: &Value, depth: usize, out: &mut Vec<String>) {
    let Some(fields) = value.as_object() else {
        return out.push(format!("{}{}", "  ".repeat(depth), word(value)));
    };
    let is_part = |value: &Value| match value {
        Value::Object(_) => true,
        Value::Array(list) => list.iter().any(Value::is_object),
        _ => false,
    };
    let width =
        fields.iter().filter(|(_, value)| !is_part(value)).map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null() && !is_part(value)) {
        let text = word(value);
        let mut rows = text.lines();
        out.push(format!("{}{name:width$}  {}", "  ".repeat(depth), rows.next().unwrap_or_default()));
        out.extend(rows.map(|row| format!("{}{:width$}  {row}", "  ".repeat(depth), "")));
    }
    for (name, value) in fields.iter().filter(|(_, value)| is_part(value)) {
        if depth > DEPTH_MAX {
            continue;
        }
        out.push(format!("{}{name}", "  ".repeat(depth)));
        match value {
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    if index > 0 {
                        out.push(String::new());
                    }
                    indent(item, depth.saturating_add(1), out);
                }
            }
            other => indent(other, depth.saturating_add(1), out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_columns_and_wide_signs_count_twice() {
        let items = [
            json!({ "number": "京1", "state": "recorded", "height": "0x1f", "steps": [1] }),
            json!({ "number": "浙江22", "state": "draft", "height": "0x2", "late": true }),
        ];
        assert_eq!(
            lines(&items, &["number", "state", "nothing", "height", "late"]),
            "number  state     height  late\n京1     recorded  31\n浙江22  draft     2       yes"
        );
    }

    #[test]
    fn parts_of_an_object_stand_below_it() {
        let value =
            json!({ "name": "a\nb", "none": null, "clocks": [{ "clock": "file" }, { "clock": "object" }] });
        assert_eq!(object(&value), "  name  a\n        b\n  clocks\n    clock  file\n\n    clock  object");
    }
}
