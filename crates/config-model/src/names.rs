//! Names that are nearly those of another: what somebody meant who made a slip.

/// How many slips turn `one` into `other`, `None` if it takes more than `most`.
///
/// A slip is a letter too many, one too few, a wrong one, or two that changed places.
fn slips(one: &str, other: &str, most: usize) -> Option<usize> {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let wrong = last[column] + usize::from(letter != wanted);
            let fewest = wrong.min(last[column + 1] + 1).min(next[column] + 1);
            let swapped =
                row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *wanted;
            next.push(if swapped { fewest.min(before[column - 1] + 1) } else { fewest });
        }
        before = std::mem::replace(&mut last, next);
    }
    Some(last[other.len()]).filter(|slips| *slips <= most)
}

/// The one of `known` that takes the fewest slips to become `name`, `most` of them or fewer.
pub(crate) fn nearest<'a>(
    name: &str,
    most: usize,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = known.filter_map(|known| Some((slips(name, known, most)?, known)));
    near.min_by_key(|(slips, _)| *slips).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_letter_more_or_less_another_or_two_swapped() {
        for slip in ["pasword", "passwword", "passwird", "passwrod", "password"] {
            assert!(slips(slip, "password", 1).is_some(), "{slip}");
        }
        for other in ["passwd", "psaswrod", "pass", ""] {
            assert!(slips(other, "password", 1).is_none(), "{other}");
        }
        assert_eq!(slips("passwd", "password", 2), Some(2));
        assert_eq!(slips("", "a", 1), Some(1));
    }

    #[test]
    fn the_nearest_name_is_found() {
        let known = ["LDAP_ADMIN_DN", "LDAP_ADMIN_PASSWD"];
        let near = |name| nearest(name, 2, known.into_iter());
        assert_eq!(near("LDAP_ADMIN_PSSWD"), Some("LDAP_ADMIN_PASSWD"));
        assert_eq!(near("LDAP_ADMIN_N"), Some("LDAP_ADMIN_DN"));
        assert_eq!(near("MY_OWN"), None);
    }
}
