//! What a member's read model lists: pages of objects, shown as lines for people or as they are for
//! scripts.

use super::desk::Desk;
use crate::{
    failure::Failure,
    text::{beijing, padded, say, say_json, width},
};
use serde_json::{Map, Value, json};

/// Rows asked for at once.
const PAGE_ROWS: u64 = 200;

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
    let mut table = vec![names.iter().map(|name| words_of(name)).collect::<Vec<_>>()];
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

/// The name of a field as words: `providerName` is "provider name".
pub(crate) fn words_of(name: &str) -> String {
    let mut words = String::new();
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(sign.to_ascii_lowercase());
    }
    words
}

/// A value in one word or line.
pub(crate) fn word(value: &Value) -> String {
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

/// A page about one thing for people: a title, and below it names with values, in sections.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    title: String,
    sections: Vec<(String, Vec<(String, String)>)>,
}

impl Profile {
    /// A page with this title.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), sections: vec![(String::new(), Vec::new())] }
    }

    /// What follows stands under this name; without anything below it the name is left out.
    pub(crate) fn section(&mut self, name: &str) {
        self.sections.push((name.to_owned(), Vec::new()));
    }

    /// A value under its name, if there is one.
    pub(crate) fn row(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if let Some((_, rows)) = self.sections.last_mut()
            && !value.is_empty()
        {
            rows.push((name.into(), value));
        }
    }

    /// The page as it is printed.
    pub(crate) fn text(&self) -> String {
        let rows = self.sections.iter().flat_map(|(_, rows)| rows);
        let wide = rows.map(|(name, _)| width(name)).max().unwrap_or(0);
        let mut lines = vec![self.title.clone()];
        for (name, rows) in self.sections.iter().filter(|(_, rows)| !rows.is_empty()) {
            if !name.is_empty() {
                lines.extend([String::new(), name.clone()]);
            }
            for (name, value) in rows {
                let names = core::iter::once(name.as_str()).chain(core::iter::repeat(""));
                lines.extend(
                    names.zip(value.lines()).map(|(name, line)| format!("  {}  {line}", padded(name, wide))),
                );
            }
        }
        lines.join("\n")
    }
}

/// What is to be done about a thing and by whom, as `clocks` of the read model tells it.
pub(crate) fn duties(page: &mut Profile, clocks: &Value) {
    page.section("who goes on");
    for duty in clocks.as_array().into_iter().flatten() {
        let text = |key: &str| duty.get(key).filter(|value| !value.is_null()).map(word);
        let organisation = text("organisation").map(|number| format!(" (organisation {number})"));
        let mut what = format!("{}{}", text("by").unwrap_or_default(), organisation.unwrap_or_default());
        what.extend(text("due").map(|day| format!(", until the end of {day}")));
        what.extend(text("notBefore").map(|day| format!(", after {day}")));
        for (key, mark) in [("provisional", ", provisional"), ("overdue", ", overdue")] {
            if duty.get(key) == Some(&Value::Bool(true)) {
                what.push_str(mark);
            }
        }
        let item = text("item").map(|item| format!(" {item}")).unwrap_or_default();
        page.row(format!("{}{item}", text("step").unwrap_or_default()), what);
    }
}

/// Fields of events that say something in words.
const SAID: [&str; 8] = ["title", "name", "text", "statement", "opinion", "reasons", "reason", "outcome"];

/// What happened to a thing, newest first, as `steps` of the read model tells it: a line for each step, with
/// what was said.
pub(crate) fn history(page: &mut Profile, steps: &Value) {
    let Some(items) = steps.get("items").and_then(Value::as_array) else { return };
    let hash = |item: &Value| item.get("transactionHash").cloned();
    let is_step = |item: &Value| item.get("event").and_then(Value::as_str) == Some("Stepped");
    page.section("what happened, the last first");
    for item in items {
        let fields = item.get("fields").cloned().unwrap_or_default();
        let field = |name: &str| fields.get(name).map(word).unwrap_or_default();
        let siblings = || items.iter().filter(|other| hash(other) == hash(item));
        let event = item.get("event").and_then(Value::as_str).unwrap_or("an event");
        let (mut text, said_by): (String, Vec<&Value>) = if is_step(item) {
            let track = Some(field("track")).filter(|track| track != "filing" && !track.is_empty());
            let number = Some(field("item")).filter(|item| item != "0");
            let name = [track, number].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { field("step") } else { format!("{name}: {}", field("step")) };
            let organisation =
                Some(field("organisation")).filter(|number| !matches!(number.as_str(), "" | "0"));
            let who = organisation.map(|number| format!(" of organisation {number}")).unwrap_or_default();
            // A step of several tracks is told by several events; what was said belongs to the first.
            let is_first = siblings().find(|other| is_step(other)) == Some(item);
            let said = siblings().filter(|other| is_first && !is_step(other)).collect();
            (format!("{name}, now {}; by {}{who}", field("to"), field("actor")), said)
        } else if siblings().any(is_step) {
            continue;
        } else {
            (words_of(event).trim().to_owned(), vec![item])
        };
        for said in said_by {
            for name in SAID {
                let words = said.get("fields").and_then(|fields| fields.get(name)).and_then(Value::as_str);
                if let Some(words) = words.filter(|words| !words.is_empty()) {
                    text.push_str(&format!("\n{words}"));
                }
            }
        }
        let time = item.get("timestampMs").map(word).and_then(|ms| ms.parse().ok());
        let time = time.map(beijing).unwrap_or_default();
        page.row(time.get(..MINUTES).unwrap_or_default(), text);
    }
    if steps.get("next").is_some_and(|next| !next.is_null()) {
        page.row("", "and more before that; a member's read model has all of it");
    }
}

/// Signs of a time without its seconds.
const MINUTES: usize = 16;

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
    fn a_page_has_sections_of_names_and_values_and_nothing_that_is_empty() {
        let mut page = Profile::new("service 1");
        page.row("主体", "甲\n乙");
        page.row("none", "");
        page.section("empty");
        page.section("clocks");
        page.row("decide", "soon");
        assert_eq!(page.text(), "service 1\n  主体    甲\n          乙\n\nclocks\n  decide  soon");
    }

    #[test]
    fn who_goes_on_is_a_line_for_each_duty() {
        let mut page = Profile::new("x");
        let clocks = json!([
            { "step": "decide-objection", "item": 3, "by": ["supervisor"], "organisation": null, "due": "2026-12-21",
              "notBefore": null, "provisional": true, "overdue": false },
            { "step": "list", "item": null, "by": ["competent"], "organisation": 4, "due": null,
              "notBefore": "2026-12-01", "provisional": false, "overdue": false },
        ]);
        duties(&mut page, &clocks);
        assert_eq!(
            page.text(),
            "x\n\nwho goes on\n  decide-objection 3  supervisor, until the end of 2026-12-21, provisional\n  list                competent (organisation 4), after 2026-12-01"
        );
    }

    #[test]
    fn what_happened_is_a_line_for_each_step_with_what_was_said() {
        let step = |item: u64, track: &str, step: &str| {
            json!({ "event": "Stepped", "transactionHash": "0x1", "timestampMs": "0x0",
                    "fields": { "track": track, "item": item, "step": step, "to": "open", "actor": "anyone",
                                "organisation": 0 } })
        };
        let objected = json!({ "event": "Objected", "transactionHash": "0x1", "timestampMs": "0x0",
                               "fields": { "statement": "不实" } });
        let reviewed = json!({ "event": "CompetentAssigned", "transactionHash": "0x2", "timestampMs": "0x0",
                               "fields": { "opinion": "" } });
        let mut page = Profile::new("x");
        history(
            &mut page,
            &json!({ "items": [reviewed, objected, step(3, "objection", "object"), step(0, "filing", "publish")],
                                     "next": null }),
        );
        let time = "1970-01-01 08:00";
        assert_eq!(
            page.text(),
            format!(
                "x\n\nwhat happened, the last first\n  {time}  competent assigned\n  {time}  objection 3: object, now open; \
                 by anyone\n                    不实\n  {time}  publish, now open; by anyone"
            )
        );
    }
}
