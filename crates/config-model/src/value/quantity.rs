//! Amounts of memory and processor time as Kubernetes counts them.

use super::{ParseError, Parsed, Value, ValueKind};

/// An amount as Kubernetes takes it: a number, or a number and a unit such as `m`, `Mi` or `G`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity(String);

/// What may follow the number; nothing means whole processors or bytes.
const UNITS: [&str; 16] =
    ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// Whether `text` is a power of ten such as `e3`.
fn is_exponent(text: &str) -> bool {
    text.strip_prefix(['e', 'E']).is_some_and(|power| {
        let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether `text` is a number and a unit and nothing else.
fn is_quantity(text: &str) -> bool {
    let unit = text.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    let number = &text[..text.len() - unit.len()];
    number.bytes().any(|byte| byte.is_ascii_digit())
        && number.matches('.').count() <= 1
        && (UNITS.contains(&unit) || is_exponent(unit))
}

impl Parsed for Quantity {
    const KIND: ValueKind = ValueKind::line("1000m");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = match value {
            Value::Text(text) if is_quantity(text) => Some(text.as_str()),
            Value::Number(number) if number.as_f64().is_some_and(|amount| amount >= 0.0) => {
                Some(number.as_str())
            }
            _ => None,
        };
        text.map(|text| Self(text.to_owned())).ok_or(ParseError {
            expected: "an amount as Kubernetes takes it, for example 500m, 2, 512Mi or 4G",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_number_and_a_unit() {
        for good in ["1", "0.5", "500m", "5120Mi", "4G", "1E", "1e3", "2.5e-3", ".5", "1."] {
            assert!(Quantity::parse(&Value::from(good)).is_ok(), "{good}");
        }
        assert!(Quantity::parse(&Value::from(2)).is_ok());
        for bad in ["", "m", ".", "5GB", "5 Gi", "1.2.3", "-1", "1e", "5mi", "half"] {
            assert!(Quantity::parse(&Value::from(bad)).is_err(), "{bad}");
        }
        assert!(Quantity::parse(&Value::from(-1)).is_err());
        assert!(Quantity::parse(&Value::from(true)).is_err());
    }
}
