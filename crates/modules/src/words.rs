//! How sentences for people write times, spans and words of 32 bytes. The numbers themselves are in the
//! data of the error.

use crate::calendar::{
    Day,
    day::{BEIJING_OFFSET_MS, DAY_MS},
};
use ding_primitives::B256;

const SECOND_MS: u64 = 1_000;
const HOUR_MS: u64 = 3_600 * SECOND_MS;

/// Day and time of day in Beijing of a time in milliseconds since 1970-01-01T00:00:00Z, as
/// `2026-02-10 12:00:00 Beijing time`; thousandths of a second only where there are some.
pub(crate) fn moment(timestamp_ms: u64) -> String {
    let of_day = timestamp_ms.saturating_add(BEIJING_OFFSET_MS) % DAY_MS;
    let (seconds, thousandths) = (of_day / SECOND_MS, of_day % SECOND_MS);
    let [hour, minute, second] = [seconds / 3_600, seconds / 60 % 60, seconds % 60];
    let fraction = if thousandths == 0 { String::new() } else { format!(".{thousandths:03}") };
    format!("{} {hour:02}:{minute:02}:{second:02}{fraction} Beijing time", Day::from_ms(timestamp_ms))
}

/// A span of milliseconds in the largest unit that it is a multiple of.
pub(crate) fn span(milliseconds: u64) -> String {
    let (unit_ms, unit) = [(DAY_MS, "day"), (HOUR_MS, "hour"), (SECOND_MS, "second"), (1, "millisecond")]
        .into_iter()
        .find(|(unit_ms, _)| milliseconds.is_multiple_of(*unit_ms))
        .unwrap_or((1, "millisecond"));
    let number = milliseconds / unit_ms;
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// A word as its text, if it is letters, digits and signs from the left with zeros behind; as hex
/// digits otherwise.
pub(crate) fn word(word: &B256) -> String {
    let length = word.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    let text: Vec<u8> = word.iter().copied().take(length).collect();
    match String::from_utf8(text) {
        Ok(text) if length > 0 && text.bytes().all(|byte| byte.is_ascii_graphic()) => text,
        _ => word.to_string(),
    }
}

/// Which numbers there are of something that is counted from 1 on.
pub(crate) fn numbered(count: impl Into<u64>) -> String {
    match count.into() {
        0 => "there are none yet".into(),
        1 => "there is only number 1".into(),
        count => format!("they are numbered 1 to {count}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_clocks_in_beijing_show_it() {
        // By `TZ=Asia/Shanghai date -d @…`.
        assert_eq!(moment(0), "1970-01-01 08:00:00 Beijing time");
        assert_eq!(moment(1_770_652_800_000), "2026-02-10 00:00:00 Beijing time");
        assert_eq!(moment(1_770_652_799_999), "2026-02-09 23:59:59.999 Beijing time");
        assert_eq!(moment(1_577_894_400_000), "2020-01-02 00:00:00 Beijing time");
        assert!(moment(u64::MAX).ends_with("Beijing time"));
    }

    #[test]
    fn a_span_is_told_in_the_largest_unit_that_fits() {
        assert_eq!(span(30 * DAY_MS), "30 days");
        assert_eq!(span(DAY_MS), "1 day");
        assert_eq!(span(36 * HOUR_MS), "36 hours");
        assert_eq!(span(90 * SECOND_MS), "90 seconds");
        assert_eq!(span(1_001), "1001 milliseconds");
    }

    #[test]
    fn a_word_is_told_as_its_text_if_it_has_one() {
        assert_eq!(word(&B256::right_padding_from(b"91110000MA00000077")), "91110000MA00000077");
        for bytes in
            [B256::ZERO, B256::repeat_byte(0xaa), B256::left_padding_from(b"9"), B256::with_last_byte(1)]
        {
            assert_eq!(word(&bytes), bytes.to_string());
        }
        assert_eq!(word(&B256::repeat_byte(b'7')), "7".repeat(32));
    }

    #[test]
    fn numbers_that_are_there_are_told_even_if_there_are_none() {
        assert_eq!(numbered(0u32), "there are none yet");
        assert_eq!(numbered(1u32), "there is only number 1");
        assert_eq!(numbered(9u64), "they are numbered 1 to 9");
    }
}
