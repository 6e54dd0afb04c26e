//! The words of a directory: addresses, distinguished names and filters (RFC 4511 to 4516).

use super::{ParseError, Parsed, Value, ValueKind, url};

/// The address of a directory server, `ldap://` or `ldaps://`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdapUri(String);

impl LdapUri {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the connection is encrypted from its first byte.
    pub fn is_ldaps(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("ldaps:"))
    }
}

impl Parsed for LdapUri {
    const KIND: ValueKind = ValueKind::url("ldaps://ldap.example.com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        value
            .as_str()
            .filter(|text| url::host_of(text, &["ldap", "ldaps"]).is_some())
            .map(|text| Self(text.to_owned()))
            .ok_or(ParseError { expected: "an address that begins with ldap:// or ldaps://" })
    }
}

/// A distinguished name, or a part of one, such as `ou=People`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName(String);

impl DistinguishedName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Parsed for DistinguishedName {
    const KIND: ValueKind = ValueKind::line("dc=example,dc=com");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        if !text.is_empty() && split_unescaped(text).iter().all(|part| is_pair(part)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError {
                expected: "name=value pairs with commas between, such as dc=example,dc=com",
            })
        }
    }
}

/// Splits at commas and plus signs that no backslash or quote protects.
fn split_unescaped(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped, mut quoted) = (0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' | '+' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn is_pair(part: &str) -> bool {
    part.split_once('=').is_some_and(|(name, value)| {
        let name = name.trim();
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
            && !value.trim().is_empty()
    })
}

/// A search filter in parentheses, as Quay adds it to its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdapFilter(String);

impl Parsed for LdapFilter {
    const KIND: ValueKind = ValueKind::line("(memberOf=cn=quay,ou=Groups,dc=example,dc=com)");

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        if is_one_group(text) && text.split(')').all(has_operator) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError {
                expected: "one filter in balanced parentheses, such as (memberOf=cn=quay,dc=example,dc=com)",
            })
        }
    }
}

/// Whether what follows the last parenthesis compares something, or is an empty `&` or `|`.
fn has_operator(piece: &str) -> bool {
    piece.rsplit_once('(').is_none_or(|(_, test)| {
        ["&", "|"].contains(&test.trim()) || test.find('=').is_some_and(|at| at > 0)
    })
}

/// Whether `text` is one pair of parentheses with balanced ones inside and nothing beside it.
fn is_one_group(text: &str) -> bool {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(0) => return at + 1 == text.len() && text.len() > 2,
                Some(less) => depth = less,
                None => return false,
            },
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pairs() {
        let parse = |text: &str| DistinguishedName::parse(&Value::from(text));
        for good in [
            "dc=example",
            "uid=admin,ou=People,dc=example,dc=com",
            r"cn=Doe\, Jane,dc=x",
            "ou = People , o=y",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "example.com", "dc=", "dc=example,", "=x", "dc=a,,dc=b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_filter_is_one_balanced_group() {
        let parse = |text: &str| LdapFilter::parse(&Value::from(text));
        for good in ["(uid=*)", "(&(objectClass=person)(memberOf=cn=x))", "(!(a>=1))", "(&)"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "uid=*", "(uid=*", "(a=b)(c=d)", "(a=b))", "()", "(a)", "(=b)", "(&(a)(b=c))"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
