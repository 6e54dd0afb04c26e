//! Filters as Quay puts them together, and as our library reads them.

/// Groups inside one another, more than anybody writes.
const DEPTH_MAX: usize = 50;
/// Attributes of one filter that are asked for.
const ATTRIBUTES_MAX: usize = 5;

/// Matches every entry that has this attribute.
pub(super) fn present(attribute: &str) -> String {
    format!("({attribute}=*)")
}

/// Matches every entry that does not have this attribute.
pub(super) fn absent(attribute: &str) -> String {
    format!("(!({attribute}=*))")
}

/// Matches every entry that has this value, which needs no escapes, in this attribute.
pub(super) fn equal(attribute: &str, value: &str) -> String {
    format!("({attribute}={value})")
}

/// Matches what both match, put together as Quay does it.
pub(super) fn both(one: &str, other: &str) -> String {
    let wrapped = |filter: &str| {
        if filter.starts_with('(') && filter.ends_with(')') {
            filter.to_owned()
        } else {
            format!("({filter})")
        }
    };
    format!("(&{}{})", wrapped(one), wrapped(other))
}

/// The filter as our library reads it, `None` where that of `OpenLDAP` would not
/// either.
///
/// `OpenLDAP` also takes blanks between parentheses and the escapes of LDAP version 2.
pub(super) fn readable(filter: &str) -> Option<String> {
    let plain = plain(filter);
    let mut depth = 0_usize;
    for letter in plain.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth > DEPTH_MAX {
            return None;
        }
    }
    ldap3::parse_filter(&plain).is_ok().then_some(plain)
}

fn plain(filter: &str) -> String {
    let mut plain = String::with_capacity(filter.len());
    let mut letters = filter.chars().peekable();
    let mut between = true;
    while let Some(letter) = letters.next() {
        match letter {
            _ if between && letter.is_whitespace() => {}
            '\\' => {
                between = false;
                plain.push('\\');
                if let Some(escaped) = letters.next_if(|next| "()*\\".contains(*next)) {
                    plain.push_str(match escaped {
                        '(' => "28",
                        ')' => "29",
                        '*' => "2a",
                        _ => "5c",
                    });
                }
            }
            _ => {
                between = matches!(letter, '(' | ')') || (between && "&|!".contains(letter));
                plain.push(letter);
            }
        }
    }
    plain
}

/// The attributes that a filter asks for, without the one that every entry has.
pub(super) fn attributes(filter: &str) -> Vec<String> {
    let mut names: Vec<String> = vec!["objectClass".to_owned()];
    for test in plain(filter).split('(') {
        let end = test.find(['=', '>', '<', '~', ':', ';']).unwrap_or(0);
        let name = &test[..end];
        let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let whole = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if !name.is_empty() && whole && !known {
            names.push(name.to_owned());
        }
    }
    names.into_iter().skip(1).take(ATTRIBUTES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openldap_reads_is_read() {
        for (written, read) in [
            ("( & (uid=*)\n (cn=a b ) )", "(&(uid=*)(cn=a b ))"),
            (r"(uid=a\(b)", r"(uid=a\28b)"),
            (r"(cn=a\5cb)", r"(cn=a\5cb)"),
            ("(!( uid=*))", "(!(uid=*))"),
            (
                "(memberOf:1.2.840.113556.1.4.1941:=cn=x)",
                "(memberOf:1.2.840.113556.1.4.1941:=cn=x)",
            ),
        ] {
            assert_eq!(readable(written).as_deref(), Some(read), "{written}");
        }
        for bad in [r"(uid=a\zz)", r"(uid=a\,b)", "(uid =a)", "(uid=a))", "(uid=a**b)"] {
            assert_eq!(readable(bad), None, "{bad}");
        }
        let deep = format!("{}(a=b){}", "(!".repeat(100_000), ")".repeat(100_000));
        assert_eq!(readable(&deep), None);
    }

    #[test]
    fn filters_are_joined_as_quay_joins_them() {
        assert_eq!(both("(uid=*)", "(cn=a)"), "(&(uid=*)(cn=a))");
        assert_eq!(both("(uid=*)", "cn=a"), "(&(uid=*)(cn=a))");
        assert_eq!(both("(uid=*)", "(cn=a)(cn=b)"), "(&(uid=*)(cn=a)(cn=b))");
    }

    #[test]
    fn the_attributes_of_a_filter_are_found() {
        let filter = "(&(objectClass=person)(memberOf=cn=a,dc=b)(!(MEMBEROF=x))(age>=3)(cn:dn:=x))";
        assert_eq!(attributes(filter), ["memberOf", "age", "cn"]);
        assert_eq!(attributes("cn=a"), ["cn"]);
        assert!(attributes("(&)").is_empty());
    }
}
