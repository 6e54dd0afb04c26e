//! What can be wrong with an outside thing: declared once, by name, with its sentences.

use cluster::check::Problem;
use config_model::rule::Severity;

/// Something that can be wrong. The sentences have `{places}` that are filled when it happens.
#[derive(Debug)]
pub struct Fault {
    /// Its name, such as `wrong_password`.
    pub name: &'static str,
    /// Whether Quay can live with it.
    pub severity: Severity,
    /// What is wrong.
    pub message: &'static str,
    /// Why it matters to Quay; empty where the check says it for all of its faults.
    pub why: &'static str,
    /// How to mend it.
    pub fix: &'static str,
}

impl Fault {
    /// The fault, with what stands in its places.
    pub fn with(&'static self, places: &[(&str, &str)]) -> Told {
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Told { fault: self, places: places.iter().map(own).collect() }
    }

    /// The fault, where there is nothing to fill in.
    pub fn told(&'static self) -> Told {
        self.with(&[])
    }
}

/// A fault that has happened.
#[derive(Debug)]
pub struct Told {
    /// Which.
    pub fault: &'static Fault,
    /// What stands in the places of its sentences.
    places: Vec<(String, String)>,
}

impl Told {
    /// The sentences, filled in with what `clean` leaves of the texts.
    pub(super) fn problem(&self, matters: &str, clean: impl Fn(&str) -> String) -> Problem {
        let cleaned: Vec<(&str, String)> =
            self.places.iter().map(|(name, text)| (name.as_str(), clean(text))).collect();
        let places: Vec<(&str, &str)> =
            cleaned.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let fill = |text: &str| app::text::fill_all(text, &places);
        let Fault { name, severity, message, why, fix } = self.fault;
        for sentence in [message, why, fix] {
            let given = |place| places.iter().any(|(name, _)| *name == place);
            debug_assert!(places_in(sentence).all(given), "{name}: {sentence} with {places:?}");
        }
        Problem {
            fault: name.to_ascii_lowercase(),
            severity: *severity,
            message: fill(message),
            why: fill(if why.is_empty() { matters } else { why }),
            fix: fill(fix),
        }
    }
}

/// The names of the places in a sentence.
fn places_in(sentence: &str) -> impl Iterator<Item = &str> {
    let names = sentence.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

/// Declares faults, and the list of them.
///
/// ```text
/// faults! {
///     /// Who it happens to, or what else one should know; for readers of the code.
///     WRONG_PASSWORD: Error,
///     "Redis refuses the password.",
///     fix "Enter the password that Redis was given as requirepass.";
/// }
/// ```
/// Between sentence and `fix` there may be `why "...",` where the check's own reason does not fit.
macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident: $severity:ident, $message:literal, $(why $why:literal,)? fix $fix:literal;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::checks::fault::Fault = $crate::checks::fault::Fault {
                name: stringify!($name),
                severity: config_model::rule::Severity::$severity,
                message: $message,
                why: concat!($($why)?),
                fix: $fix,
            };
        )+
        /// Everything declared here.
        pub const FAULTS: &[&$crate::checks::fault::Fault] = &[$(&$name),+];
    };
}
pub(crate) use faults;
