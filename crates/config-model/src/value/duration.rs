//! Spans of time as Quay writes them.

use super::{ParseError, Parsed, Value, ValueKind};

/// A span of time as Quay writes it: a number and one of `w`, `d`, `h`, `m`, `s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    seconds: u64,
}

impl Duration {
    /// The length in seconds.
    pub const fn seconds(self) -> u64 {
        self.seconds
    }

    /// Reads `2w`, `12h`, `0s`; `None` for anything else and for spans beyond 64 bits.
    pub fn from_text(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let digits = &text[..text.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = match unit {
            'w' => 7 * 24 * 3600,
            'd' => 24 * 3600,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        Some(Self { seconds: digits.parse::<u64>().ok()?.checked_mul(scale)? })
    }
}

impl Parsed for Duration {
    const KIND: ValueKind = ValueKind::line("2w");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .and_then(Self::from_text)
            .ok_or(ParseError { expected: "a number and a unit: w, d, h, m or s, for example 2w" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_weeks_to_seconds() {
        assert_eq!(Duration::from_text("2w").map(Duration::seconds), Some(1_209_600));
        assert_eq!(Duration::from_text("0s").map(Duration::seconds), Some(0));
        for bad in ["", "2", "w", "2 w", "-1d", "1.5h", "2W", "2y", "99999999999999999999s", "２w"]
        {
            assert_eq!(Duration::from_text(bad), None, "{bad}");
        }
    }
}
