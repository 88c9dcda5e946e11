//! What arguments must be, whoever sends them.

use super::*;

fn size(what: &str, text: &str, max: usize) -> Result<(), Refusal> {
    refuse(TextSize { what: what.into(), chars: narrow(text.chars().count()), max: narrow(max) })
}

/// Signs that a line may not have: those without a picture and those that are not composed, as far as
/// stories have them.
fn is_odd(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{200b}' | '\u{feff}' | '\u{301}')
}

/// A name or title.
pub(super) fn line(what: &str, text: &str, max: usize) -> Result<(), Refusal> {
    let bare = text.trim();
    if bare.is_empty() || text.chars().count() > max {
        return size(what, text, max);
    }
    if bare != text || text.chars().any(is_odd) {
        return refuse(TextForm { what: what.into() });
    }
    Ok(())
}

/// A title or name of the usual length.
pub(super) fn title(what: &str, text: &str) -> Result<(), Refusal> {
    line(what, text, limits::PILOT_TITLE_CHARS_MAX)
}

/// A text, perhaps in lines.
pub(super) fn text(what: &str, text: &str) -> Result<(), Refusal> {
    let max = limits::PILOT_TEXT_CHARS_MAX;
    if text.trim().is_empty() || text.chars().count() > max {
        return size(what, text, max);
    }
    if text.chars().any(|sign| sign != '\n' && sign.is_control()) {
        return refuse(TextForm { what: what.into() });
    }
    Ok(())
}

/// A number from `min` to `max`.
pub(super) fn range(
    what: &str,
    value: impl Into<u64>,
    min: impl Into<u64>,
    max: impl Into<u64>,
) -> Result<(), Refusal> {
    let (value, min, max) = (value.into(), min.into(), max.into());
    if value < min || value > max {
        return refuse(OutOfRange { what: what.into(), value, min, max });
    }
    Ok(())
}

/// A list that is not too long.
pub(super) fn count(what: &str, count: usize, max: usize) -> Result<(), Refusal> {
    if count > max {
        return refuse(TooMany { what: what.into(), count: count as u64, max: max as u64 });
    }
    Ok(())
}

/// A number of a vocabulary.
pub(super) fn term(what: &str, number: u8, last: u8) -> Result<(), Refusal> {
    if (1..=last).contains(&number) { Ok(()) } else { refuse(UnknownTerm { what: what.into(), number }) }
}

/// A digest that is not missing.
pub(super) fn there(what: &str, digest: B256) -> Result<(), Refusal> {
    if digest.is_zero() { refuse(ZeroDigest { what: what.into() }) } else { Ok(()) }
}

/// Of the words that nobody measures a pilot by, those that stories have: English ones by themselves,
/// Chinese ones anywhere.
const WORDS: [&str; 4] = ["token", "price", "yields", "币价"];

/// A name or unit that does not speak of what something sells for.
pub(super) fn sober(text: &str) -> Result<(), Refusal> {
    let small = text.to_lowercase();
    let alone = |word: &&str| small.split(|sign: char| !sign.is_ascii_alphanumeric()).any(|own| own == *word);
    let found = WORDS.iter().find(|word| if word.is_ascii() { alone(word) } else { small.contains(**word) });
    match found {
        Some(word) => refuse(ForbiddenWord { word: (*word).into(), text: text.into() }),
        None => Ok(()),
    }
}
