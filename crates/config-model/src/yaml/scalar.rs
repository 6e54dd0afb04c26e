//! Which plain scalar is what, by the rules of `PyYAML`'s resolver (YAML 1.1).

use regex_lite::Regex;
use std::sync::LazyLock;

/// What a plain scalar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number,
    Timestamp,
    Merge,
    /// A plain `=`, which the safe loader refuses.
    Default,
    Text,
}

const FLOAT: &str = r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$";
const INT: &str = r"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$";
const TIMESTAMP: &str = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$";

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests compile")
}

static FLOATS: LazyLock<Regex> = LazyLock::new(|| compiled(FLOAT));
static INTS: LazyLock<Regex> = LazyLock::new(|| compiled(INT));
static TIMESTAMPS: LazyLock<Regex> = LazyLock::new(|| compiled(TIMESTAMP));

/// What `text` stands for when it is written without quotes.
pub(crate) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Kind::Bool(true);
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Kind::Bool(false);
        }
        "<<" => return Kind::Merge,
        "=" => return Kind::Default,
        _ => {}
    }
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    if !numeric {
        Kind::Text
    } else if INTS.is_match(text) || FLOATS.is_match(text) {
        Kind::Number
    } else if TIMESTAMPS.is_match(text) {
        Kind::Timestamp
    } else {
        Kind::Text
    }
}

/// The value of an integer in any of YAML 1.1's notations, `None` beyond 64 bits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let bare = text.replace('_', "");
    let (negative, digits) = match bare.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, bare.strip_prefix('+').unwrap_or(&bare)),
    };
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()?
    } else if digits.contains(':') {
        digits.split(':').try_fold(0_i64, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.parse::<i64>().ok()?)
        })?
    } else {
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?
    };
    if negative { magnitude.checked_neg() } else { Some(magnitude) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_pyyaml_says() {
        for number in [
            "0", "0755", "12:30:45", "1_000", "-3", "+3", "0x1F", "0b101", "1.", ".5", "1.5e+3",
            "-.inf", ".NaN", "1:30.5",
        ] {
            assert_eq!(resolve(number), Kind::Number, "{number}");
        }
        for text in [
            "1e3", "08", "1.5e3", "0o17", "12:60", "-", "+", ".", "1,000", "y", "n", "0x", "+.nan",
            "1.2.3",
        ] {
            assert_eq!(resolve(text), Kind::Text, "{text}");
        }
        for date in ["2001-12-14", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5"] {
            assert_eq!(resolve(date), Kind::Timestamp, "{date}");
        }
        assert_eq!(resolve("On"), Kind::Bool(true));
        assert_eq!(resolve("oN"), Kind::Text);
    }

    #[test]
    fn integers_are_read_in_every_notation() {
        for (text, number) in
            [("0755", 493), ("12:30:45", 45045), ("0x1F", 31), ("-0b11", -3), ("1_000", 1000)]
        {
            assert_eq!(integer(text), Some(number), "{text}");
        }
        assert_eq!(integer("99999999999999999999"), None);
        assert_eq!(integer("1.5"), None);
    }
}
