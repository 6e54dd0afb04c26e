//! What the container is started as, by the words of Quay's entry point.

/// What `help` prints.
pub(crate) const HELP: &str =
    "A stand-in for Quay: it takes Quay's place in a trial cluster, and is none.

  registry                 bring the tables up to date and serve (what it does without a word)
  registry-nomigrate       serve, and leave the tables as they are
  repomirror               what mirrors repositories: here it does nothing and has metrics
  repomirror-nomigrate     the same, and leaves the tables as they are
  migrate REVISION         bring the tables to this revision, or to the newest one: head
  --version                which release of Quay it pretends to be
";

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Serve as a registry.
    Registry {
        /// Whether the tables are brought up to date first.
        migrates: bool,
    },
    /// Run as a mirroring worker.
    Mirror {
        /// Whether the tables are brought up to date first.
        migrates: bool,
    },
    /// Bring the tables to a revision, and end.
    Migrate {
        /// Its name, or `head`.
        target: String,
    },
    /// Say which release it pretends to be.
    Version,
    /// Say what there is.
    Help,
}

/// Why a word is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ModeError {
    /// The editor that is gone.
    #[error(
        "config: Quay has had no editor for its configuration since version 3.17. Write config.yaml, for example with quay-console, and mount its folder at /conf/stack."
    )]
    Config,
    /// `migrate` alone.
    #[error("migrate: name the revision, as in: migrate head")]
    NoTarget,
    /// A program to run, as Quay's entry point would; there is none here.
    #[error("{0}: this is a stand-in for Quay, and there is no such program in it")]
    Unknown(String),
}

impl Mode {
    /// What the arguments say; `entry` is `QUAYENTRY`, which goes first, `migration` is
    /// `MIGRATION_VERSION`.
    pub(crate) fn of(
        entry: Option<&str>,
        arguments: &[String],
        migration: Option<&str>,
    ) -> Result<Self, ModeError> {
        let first = arguments.first().map(String::as_str);
        match entry.or(first).unwrap_or("registry") {
            "registry" => Ok(Self::Registry { migrates: true }),
            "registry-nomigrate" => Ok(Self::Registry { migrates: false }),
            "repomirror" => Ok(Self::Mirror { migrates: true }),
            "repomirror-nomigrate" => Ok(Self::Mirror { migrates: false }),
            "migrate" => {
                // With QUAYENTRY the word itself does not stand among the arguments.
                let at = usize::from(first == Some("migrate"));
                let target = arguments.get(at).map(String::as_str).or(migration);
                let target = target.ok_or(ModeError::NoTarget)?.to_owned();
                Ok(Self::Migrate { target })
            }
            "config" => Err(ModeError::Config),
            "--version" | "version" => Ok(Self::Version),
            "help" | "--help" => Ok(Self::Help),
            other => Err(ModeError::Unknown(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entry: Option<&str>, arguments: &[&str]) -> Result<Mode, ModeError> {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        Mode::of(entry, &arguments, None)
    }

    #[test]
    fn it_serves_unless_it_is_told_otherwise() {
        assert_eq!(of(None, &[]), Ok(Mode::Registry { migrates: true }));
        let mirror = Ok(Mode::Mirror { migrates: true });
        assert_eq!(of(Some("repomirror"), &["registry"]), mirror);
        assert_eq!(of(None, &["repomirror"]), mirror);
    }

    #[test]
    fn a_migration_needs_a_revision_from_somewhere() {
        let head = Ok(Mode::Migrate { target: "head".to_owned() });
        assert_eq!(of(None, &["migrate", "head"]), head);
        assert_eq!(of(Some("migrate"), &["head"]), head);
        assert_eq!(Mode::of(None, &["migrate".to_owned()], Some("head")), head);
        assert_eq!(of(None, &["migrate"]), Err(ModeError::NoTarget));
    }

    #[test]
    fn the_editor_is_gone_as_in_quay() {
        assert_eq!(of(None, &["config", "a-password"]), Err(ModeError::Config));
        assert_eq!(of(None, &["bash"]), Err(ModeError::Unknown("bash".to_owned())));
    }
}
