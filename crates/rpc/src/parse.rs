//! From bytes to calls: JSON-RPC 2.0 envelopes, single and in batches.
//!
//! Parameters are left as text until the method is known. Nesting is bounded before anything is
//! parsed, the number of calls while they are counted.

use crate::{error::RpcError, params::brief};
use ding_primitives::{codes, limits};
use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One call, or why it is none.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    /// The caller's mark, echoed as it came; absent in a notification.
    pub(crate) id: Option<&'a RawValue>,
    pub(crate) call: Result<(Cow<'a, str>, Option<&'a RawValue>), RpcError>,
}

/// What a body holds.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    One(Incoming<'a>),
    Batch(Vec<Incoming<'a>>),
}

/// Parses a body.
pub(crate) fn body(bytes: &[u8]) -> Result<Body<'_>, RpcError> {
    let text = core::str::from_utf8(bytes).map_err(|error| {
        RpcError::new(codes::PARSE, format!("not UTF-8 after byte {}", error.valid_up_to()))
    })?;
    bound_nesting(bytes)?;
    if !text.trim_ascii_start().starts_with('[') {
        return serde_json::from_str(text).map(Body::One).map_err(|error| not_json(&error));
    }
    let List(items) = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    if items.is_empty() {
        return Err(RpcError::new(codes::INVALID_REQUEST, "empty batch: send at least one call"));
    }
    if items.len() > limits::RPC_BATCH_MAX {
        return Err(RpcError::new(
            codes::LIMIT_EXCEEDED,
            format!("batch too large: more than {} calls; send fewer at once", limits::RPC_BATCH_MAX),
        ));
    }
    Ok(Body::Batch(items))
}

fn not_json(error: &serde_json::Error) -> RpcError {
    RpcError::new(codes::PARSE, format!("not JSON: {error}"))
}

/// Counts brackets outside of strings. What is no JSON at all is left to the parser.
fn bound_nesting(bytes: &[u8]) -> Result<(), RpcError> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in bytes {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::RPC_DEPTH_MAX {
            return Err(RpcError::new(
                codes::INVALID_REQUEST,
                format!("more than {} arrays and objects inside each other", limits::RPC_DEPTH_MAX),
            ));
        }
    }
    Ok(())
}

/// The members of a request object; others are ignored.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
}

/// An `id` of `null` is an id, unlike an absent one.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for Incoming<'de> {
    /// Fails only on text that is not JSON; JSON that is no request becomes an error to answer.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let Ok(wire) = serde_json::from_str::<Wire<'de>>(raw.get()).map_err(|error| brief(&error)) else {
            return Ok(Self::refused(None, "not a request object"));
        };
        let id = match wire.id {
            Some(id)
                if !id
                    .get()
                    .starts_with(['"', '-', 'n', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) =>
            {
                return Ok(Self::refused(None, "id must be a string, a number or null"));
            }
            id => id,
        };
        if wire.jsonrpc.as_deref() != Some("2.0") {
            return Ok(Self::refused(id, "jsonrpc must be \"2.0\""));
        }
        match wire.method {
            None => Ok(Self::refused(id, "method is missing")),
            Some(method) => Ok(Self { id, call: Ok((method, wire.params)) }),
        }
    }
}

impl<'a> Incoming<'a> {
    /// An error needs an answer even if the id is not known.
    fn refused(id: Option<&'a RawValue>, why: &str) -> Self {
        let error = RpcError::new(codes::INVALID_REQUEST, format!("invalid request: {why}"));
        Self { id: Some(id.unwrap_or(RawValue::NULL)), call: Err(error) }
    }
}

/// A batch. Reads one call more than allowed, then skips: the text after it need not be kept.
struct List<'a>(Vec<Incoming<'a>>);

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;

        impl<'de> Visitor<'de> for Items {
            type Value = List<'de>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an array of requests")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() <= limits::RPC_BATCH_MAX {
                    match seq.next_element()? {
                        Some(item) => items.push(item),
                        None => return Ok(List(items)),
                    }
                }
                while seq.next_element::<de::IgnoredAny>()?.is_some() {}
                Ok(List(items))
            }
        }

        deserializer.deserialize_seq(Items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Incoming<'_> {
        match body(text.as_bytes()).unwrap() {
            Body::One(incoming) => incoming,
            Body::Batch(_) => panic!("a batch"),
        }
    }

    fn method<'a>(incoming: &'a Incoming<'_>) -> Option<&'a str> {
        incoming.call.as_ref().ok().map(|(method, _)| method.as_ref())
    }

    fn refusal(text: &str) -> RpcError {
        body(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_call_keeps_its_id_as_it_came() {
        for id in ["1", "-1", "1.5", "\"x\\u0041\"", "null", "18446744073709551616"] {
            let text = format!(r#"{{"jsonrpc":"2.0","method":"m","id":{id},"extra":[]}}"#);
            let incoming = one(&text);
            assert_eq!(incoming.id.unwrap().get(), id);
            assert_eq!(method(&incoming), Some("m"));
        }
        assert!(one(r#"{"jsonrpc":"2.0","method":"m"}"#).id.is_none());
    }

    #[test]
    fn json_that_is_no_request_is_answered_with_its_id_where_it_has_one() {
        let cases = [
            ("7", "null", "not a request object"),
            (r#""x""#, "null", "not a request object"),
            (r#"{"jsonrpc":"2.0","id":3}"#, "3", "method is missing"),
            (r#"{"jsonrpc":"1.0","id":3,"method":"m"}"#, "3", "jsonrpc must be"),
            (r#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, "null", "id must be"),
            (r#"{"jsonrpc":"2.0","id":3,"method":7}"#, "null", "not a request object"),
            (r#"{"jsonrpc":"2.0","id":3,"id":4,"method":"m"}"#, "null", "not a request object"),
        ];
        for (text, id, want) in cases {
            let incoming = one(text);
            assert_eq!(incoming.id.unwrap().get(), id, "{text}");
            let error = incoming.call.unwrap_err();
            assert_eq!(error.code, codes::INVALID_REQUEST);
            assert!(error.message.contains(want), "{text}: {error}");
        }
    }

    #[test]
    fn text_that_is_no_json_is_a_parse_error() {
        for text in ["", " ", "{", "[", "[1,", "{\"jsonrpc\":\"2.0\",}", "{} {}", "\u{feff}{}"] {
            assert_eq!(refusal(text).code, codes::PARSE, "{text}");
        }
        assert_eq!(body(b"{\"method\":\"\xff\"}").unwrap_err().code, codes::PARSE);
    }

    #[test]
    fn batches_are_counted_and_never_empty() {
        assert_eq!(refusal("[]").code, codes::INVALID_REQUEST);
        let fits = format!("[{}1]", "1,".repeat(limits::RPC_BATCH_MAX - 1));
        assert!(
            matches!(body(fits.as_bytes()).unwrap(), Body::Batch(items) if items.len() == limits::RPC_BATCH_MAX)
        );
        let over = format!("[{}1]", "1,".repeat(limits::RPC_BATCH_MAX));
        assert_eq!(refusal(&over).code, codes::LIMIT_EXCEEDED);
        let far_over = format!("[{}1]", "1,".repeat(1_000_000));
        assert_eq!(refusal(&far_over).code, codes::LIMIT_EXCEEDED);
    }

    #[test]
    fn deep_nesting_is_refused_but_brackets_in_strings_are_text() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(refusal(&deep).message.contains("inside each other"));
        let text = format!(r#"{{"jsonrpc":"2.0","method":"{}\"[[","id":1}}"#, "[{".repeat(1_000));
        assert!(method(&one(&text)).is_some());
    }
}
