//! Which plain scalar is what, by the rules of `PyYAML`'s resolver (YAML 1.1).

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

/// The longest run at the start of `text` of what `takes` accepts, and the rest.
fn run(text: &str, takes: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !takes(byte)).unwrap_or(text.len());
    text.split_at(end)
}

fn digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn digit_or_bar(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// One or more `:MM` with a number up to 59, as base 60 writes them.
fn sixties(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(part) = rest.strip_prefix(':') {
        let (number, after) = run(part, digit);
        let fits = matches!(number.as_bytes(), [_] | [b'0'..=b'5', _]);
        if !fits {
            return None;
        }
        rest = after;
    }
    (rest.len() < text.len()).then_some(rest)
}

/// `[-+]?` and binary, octal, decimal, hexadecimal or base 60.
fn is_integer(text: &str) -> bool {
    let bare = unsigned(text);
    let all = |digits: &str, takes: fn(u8) -> bool| !digits.is_empty() && digits.bytes().all(takes);
    if let Some(binary) = bare.strip_prefix("0b") {
        return all(binary, |byte| matches!(byte, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = bare.strip_prefix("0x") {
        return all(hex, |byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    match bare.as_bytes().first() {
        Some(b'0') => bare == "0" || all(&bare[1..], |byte| matches!(byte, b'0'..=b'7' | b'_')),
        Some(b'1'..=b'9') => {
            let (_, rest) = run(bare, digit_or_bar);
            rest.is_empty() || sixties(rest) == Some("")
        }
        _ => false,
    }
}

/// Nothing, or an exponent; `PyYAML` wants its sign.
fn is_exponent(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(['e', 'E'])
            .and_then(|rest| rest.strip_prefix(['-', '+']))
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(digit))
}

/// A number with a point in it, infinity, or what is no number.
fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let bare = unsigned(text);
    if matches!(bare, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (whole, rest) = run(bare, digit_or_bar);
    if let Some(fraction) = text.strip_prefix('.') {
        let (digits, exponent) = run(fraction, digit_or_bar);
        return digits.starts_with(|first: char| first.is_ascii_digit()) && is_exponent(exponent);
    }
    if !whole.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let (rest, base_60) = match sixties(rest) {
        Some(after) => (after, true),
        None => (rest, false),
    };
    rest.strip_prefix('.').is_some_and(|fraction| {
        let (_, exponent) = run(fraction, digit_or_bar);
        if base_60 { exponent.is_empty() } else { is_exponent(exponent) }
    })
}

/// A number of `least` to `most` digits, and the rest.
fn number(text: &str, least: usize, most: usize) -> Option<&str> {
    let (digits, _) = run(text, digit);
    let taken = digits.len().min(most);
    (taken >= least).then(|| &text[taken..])
}

/// A date such as `2001-12-14`, or a date and a time in one of YAML's forms.
fn is_timestamp(text: &str) -> bool {
    is_date(text) || is_moment(text).is_some()
}

fn is_date(text: &str) -> bool {
    matches!(text.as_bytes(), [year @ .., b'-', a, b, b'-', c, d]
        if year.len() == 4 && year.iter().chain([a, b, c, d]).all(u8::is_ascii_digit))
}

fn is_moment(text: &str) -> Option<()> {
    let rest = number(text, 4, 4)?.strip_prefix('-')?;
    let rest = number(rest, 1, 2)?.strip_prefix('-')?;
    let rest = number(rest, 1, 2)?;
    let blank = |byte| matches!(byte, b' ' | b'\t');
    let rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => match run(rest, blank) {
            ("", _) => return None,
            (_, rest) => rest,
        },
    };
    let rest = number(rest, 1, 2)?.strip_prefix(':')?;
    let rest = number(rest, 2, 2)?.strip_prefix(':')?;
    let rest = number(rest, 2, 2)?;
    let rest = rest.strip_prefix('.').map_or(rest, |fraction| run(fraction, digit).1);
    let (_, zone) = run(rest, blank);
    if rest.is_empty() || zone == "Z" {
        return Some(());
    }
    let rest = number(zone.strip_prefix(['-', '+'])?, 1, 2)?;
    let whole =
        rest.is_empty() || rest.strip_prefix(':').and_then(|rest| number(rest, 2, 2)) == Some("");
    whole.then_some(())
}

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
    } else if is_integer(text) || is_float(text) {
        Kind::Number
    } else if is_timestamp(text) {
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
