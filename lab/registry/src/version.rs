//! Releases of Quay 3.

use std::fmt;

/// A release: `3.14.0` has the minor number 14 and the patch number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    /// What brings new tables.
    pub(crate) minor: u32,
    /// What does not.
    pub(crate) patch: u32,
}

impl Version {
    /// Reads `3.14.0`, `v3.14.0` or `3.14`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u32>> = text
            .strip_prefix('v')
            .unwrap_or(text)
            .split('.')
            .map(|part| part.parse().ok())
            .collect();
        match *numbers?.as_slice() {
            [3, minor] => Some(Self { minor, patch: 0 }),
            [3, minor, patch] => Some(Self { minor, patch }),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}.{}", self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_read_as_tags_and_people_write_it() {
        let patch = Version { minor: 14, patch: 2 };
        assert_eq!(Version::parse("v3.14.2"), Some(patch));
        assert_eq!(Version::parse("3.14.2"), Some(patch));
        assert_eq!(Version::parse("3.14"), Some(Version { minor: 14, patch: 0 }));
        for bad in ["", "3", "2.14.0", "3.14.0.1", "3.x", "latest"] {
            assert_eq!(Version::parse(bad), None, "{bad}");
        }
        assert!(patch < Version { minor: 15, patch: 0 });
    }
}
