//! What the container is told from outside: variables that Quay reads, and a few of our own.

use crate::version::Version;
use config_model::document::Document;
use config_model::yaml;
use serde_json::{Map, Value};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The folder above `stack` in Quay's image.
const CONF: &str = "/conf";
/// The release it pretends to be unless the image says otherwise.
const VERSION: &str = "3.14.0";
/// How long it pretends to change the tables, all steps together.
const MIGRATION_SECONDS: u64 = 2;
/// The one account there is.
const ACCOUNT: (&str, &str) = ("quay", "quay-standin");
/// HTTP, HTTPS, metrics: the ports of Quay's image.
const PORTS: [u16; 3] = [8080, 8443, 9091];

/// The variables, read once.
#[derive(Clone)]
pub(crate) struct Environment {
    /// Folder with `config.yaml`: `stack` in `QUAYCONF`.
    pub(crate) stack: PathBuf,
    /// `QUAYENTRY`, which goes before the container's arguments.
    pub(crate) entry: Option<String>,
    /// `MIGRATION_VERSION`: where `migrate` leads when its argument does not say.
    pub(crate) migration: Option<String>,
    /// `IGNORE_VALIDATION`: start although the configuration is wrong. Any text will do.
    pub(crate) ignores_validation: bool,
    /// `DEBUGLOG=true`.
    pub(crate) debugs: bool,
    /// `QUAY_DISTRIBUTED_STORAGE_PREFERENCE`: engines in the place of the key's.
    pub(crate) preference: Vec<String>,
    /// `QUAY_OVERRIDE_CONFIG`: keys in the place of those of `config.yaml`, each as a whole. Quay's
    /// checker does not look at it.
    overriding: Document,
    /// `HOSTNAME`, for the metrics.
    pub(crate) host: String,
    /// `STANDIN_VERSION`: the release it pretends to be.
    pub(crate) version: Version,
    /// `STANDIN_MIGRATION_SECONDS`.
    pub(crate) migration_time: Duration,
    /// `STANDIN_OFFLINE=true`: do not try the services before the start.
    pub(crate) is_offline: bool,
    /// `STANDIN_USER` and `STANDIN_PASSWORD`: the one account.
    pub(crate) account: (String, String),
    /// `STANDIN_ADDRESS`: where it listens.
    pub(crate) address: IpAddr,
    /// `STANDIN_PORTS`: HTTP, HTTPS, metrics.
    pub(crate) ports: [u16; 3],
}

impl Environment {
    /// Reads the variables; `get` looks one up.
    pub(crate) fn of(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let set = |name: &str| get(name).filter(|text| !text.is_empty());
        let or = |name: &str, other: &str| set(name).unwrap_or_else(|| other.to_owned());
        let wrong = |name: &str, wanted: &str| format!("{name} must be {wanted}");
        let seconds: u64 = match set("STANDIN_MIGRATION_SECONDS") {
            Some(text) => text
                .parse()
                .map_err(|_| wrong("STANDIN_MIGRATION_SECONDS", "a whole number of seconds"))?,
            None => MIGRATION_SECONDS,
        };
        Ok(Self {
            stack: PathBuf::from(or("QUAYCONF", CONF)).join("stack"),
            entry: set("QUAYENTRY"),
            migration: set("MIGRATION_VERSION"),
            ignores_validation: set("IGNORE_VALIDATION").is_some(),
            debugs: set("DEBUGLOG").is_some_and(|text| text == "true"),
            preference: or("QUAY_DISTRIBUTED_STORAGE_PREFERENCE", "")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            overriding: overriding(&or("QUAY_OVERRIDE_CONFIG", "{}"))
                .ok_or_else(|| wrong("QUAY_OVERRIDE_CONFIG", "a JSON object"))?,
            host: or("HOSTNAME", "localhost"),
            version: Version::parse(&or("STANDIN_VERSION", VERSION))
                .ok_or_else(|| wrong("STANDIN_VERSION", "a release of Quay 3, such as 3.14.0"))?,
            migration_time: Duration::from_secs(seconds),
            is_offline: set("STANDIN_OFFLINE").is_some_and(|text| text == "true"),
            account: (or("STANDIN_USER", ACCOUNT.0), or("STANDIN_PASSWORD", ACCOUNT.1)),
            address: or("STANDIN_ADDRESS", "0.0.0.0")
                .parse()
                .map_err(|_| wrong("STANDIN_ADDRESS", "an IP address"))?,
            ports: match set("STANDIN_PORTS") {
                Some(text) => {
                    ports(&text).ok_or_else(|| wrong("STANDIN_PORTS", "three port numbers"))?
                }
                None => PORTS,
            },
        })
    }

    /// What Quay runs with: the file, with `QUAY_OVERRIDE_CONFIG` laid over it.
    pub(crate) fn laid_over(&self, file: &Document) -> Document {
        let mut entries = file.entries().clone();
        entries.extend(self.overriding.entries().clone());
        Document::new(entries)
    }
}

/// The keys in a JSON object, as if they stood in a file.
fn overriding(json: &str) -> Option<Document> {
    let keys: Map<String, Value> = serde_json::from_str(json).ok()?;
    // Written anew, JSON is YAML.
    yaml::read(&Value::Object(keys).to_string()).ok()
}

fn ports(text: &str) -> Option<[u16; 3]> {
    let ports: Option<Vec<u16>> = text.split_whitespace().map(|port| port.parse().ok()).collect();
    ports?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<Environment, String> {
        Environment::of(|name| {
            set.iter().find(|(has, _)| *has == name).map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn without_any_variable_it_is_as_in_quays_image() {
        let environment = of(&[]).unwrap();
        assert_eq!(environment.stack, PathBuf::from("/conf/stack"));
        assert_eq!(environment.ports, [8080, 8443, 9091]);
        assert_eq!(environment.version.to_string(), "3.14.0");
        assert!(!environment.ignores_validation && !environment.is_offline);
    }

    #[test]
    fn any_text_ignores_the_validation_and_empty_text_does_not() {
        assert!(of(&[("IGNORE_VALIDATION", "false")]).unwrap().ignores_validation);
        assert!(!of(&[("IGNORE_VALIDATION", "")]).unwrap().ignores_validation);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for bad in [
            ("STANDIN_VERSION", "2.9"),
            ("STANDIN_MIGRATION_SECONDS", "soon"),
            ("STANDIN_PORTS", "80 443"),
            ("STANDIN_ADDRESS", "here"),
            ("QUAY_OVERRIDE_CONFIG", "REGISTRY_STATE: readonly"),
            ("QUAY_OVERRIDE_CONFIG", "[]"),
        ] {
            assert!(of(&[bad]).is_err(), "{bad:?}");
        }
        assert_eq!(of(&[("STANDIN_PORTS", "1 2 3")]).unwrap().ports, [1, 2, 3]);
    }

    #[test]
    fn keys_are_laid_over_the_file_as_a_whole() {
        let json = r#"{"REGISTRY_STATE": "readonly", "BUILDLOGS_REDIS": {"host": "b/\u00e9"}}"#;
        let environment = of(&[("QUAY_OVERRIDE_CONFIG", json)]).unwrap();
        let file =
            "REGISTRY_STATE: normal\nBUILDLOGS_REDIS: {host: a, port: 1}\nREGISTRY_TITLE: Ours";
        let wanted = "REGISTRY_STATE: readonly\nBUILDLOGS_REDIS: {host: b/\u{e9}}\n\
                      REGISTRY_TITLE: Ours";
        let laid = environment.laid_over(&yaml::read(file).unwrap());
        assert!(laid == yaml::read(wanted).unwrap());
        let file = yaml::read(file).unwrap();
        assert!(of(&[]).unwrap().laid_over(&file) == file);
    }
}
