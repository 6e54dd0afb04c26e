//! What an Azure engine is configured with, as Quay and Microsoft's library read it.

use crate::checks::Settings;
use crate::clients::http::Origin;
use config_model::field::Key;
use config_model::path::Path;
use config_model::sections::builds::FEATURE_BUILD_SUPPORT;
use config_model::sections::server::{PREFERRED_URL_SCHEME, SERVER_HOSTNAME};
use config_model::storage::engines::azure::AzureArguments;
use config_model::value::{Secret, Text, Value};

/// How requests prove who sends them.
#[derive(Clone)]
pub(super) enum Credential {
    /// They are signed with the key of the account, as it is written.
    Key(String),
    /// They carry a token.
    Token(String),
}

/// An Azure engine.
#[derive(Clone)]
pub(super) struct Engine {
    pub(super) account: String,
    pub(super) container: String,
    pub(super) credential: Credential,
    /// Where the store is.
    pub(super) origin: Origin,
    /// What stands before the container in each path: nothing, or the account.
    pub(super) base: String,
    /// Whether the address is configured, and not Azure's own.
    pub(super) has_address: bool,
    /// The registry as browsers see it, where its pages read from the store.
    pub(super) pages: Option<String>,
    folder: String,
}

impl Engine {
    /// The engine with the arguments at this path; else what it lacks.
    pub(super) fn of(settings: &Settings<'_>, args: &Path) -> Result<Self, &'static str> {
        let text = |field: Key<Text>| settings.field(args, field).map(|Text(text)| text);
        let secret = |field: Key<Secret>| {
            let secret = settings.field(args, field);
            let text = secret.and_then(|secret| secret.reveal().map(str::to_owned));
            text.filter(|text| !text.is_empty())
        };
        let account = text(AzureArguments::azure_account_name).ok_or("the account name")?;
        let container = text(AzureArguments::azure_container).ok_or("the name of the container")?;
        let folder = settings.field(args, AzureArguments::storage_path).ok_or("the folder")?;
        let written = settings.at(&args.field(AzureArguments::endpoint_url.name()));
        let address = match written {
            Some(address) => address.as_str().unwrap_or_default().trim().to_owned(),
            None => format!("https://{account}.blob.core.windows.net"),
        };
        let (origin, path) = Origin::of(&address).ok_or("the account name or the address")?;
        let path = path.split('?').next().unwrap_or_default();
        let credential = secret(AzureArguments::azure_account_key).map(Credential::Key);
        let credential =
            credential.or_else(|| secret(AzureArguments::sas_token).map(Credential::Token));
        Ok(Self {
            account,
            container,
            credential: credential.ok_or("the account key")?,
            origin,
            base: path.trim_end_matches('/').to_owned(),
            has_address: written.is_some(),
            pages: pages(settings),
            folder: folder.0,
        })
    }

    /// Which store it is, for a person.
    pub(super) fn target(&self) -> String {
        format!("{} at {}{}", self.container, self.origin, self.base)
    }

    /// The account for which Microsoft's library signs requests: the one in the address.
    pub(super) fn signer(&self) -> Option<&str> {
        let host = self.origin.host.as_str();
        if host.starts_with("localhost") || host.starts_with("127.0.0.1") {
            return Some(self.base.trim_matches('/')).filter(|account| !account.is_empty());
        }
        host.split_once(".blob.core.").map(|(account, _)| account)
    }

    /// Where a blob of this name stands in the container.
    pub(super) fn blob(&self, name: &str) -> String {
        let folder = self.folder.trim_start_matches('/');
        let joined = folder.is_empty() || folder.ends_with('/');
        format!("{folder}{}{name}", if joined { "" } else { "/" })
    }
}

/// The registry as browsers see it, where builds leave logs that its pages read.
fn pages(settings: &Settings<'_>) -> Option<String> {
    if !settings.is_on(FEATURE_BUILD_SUPPORT) {
        return None;
    }
    let host = settings.at(&SERVER_HOSTNAME.path()).and_then(Value::as_str)?;
    let scheme = settings.at(&PREFERRED_URL_SCHEME.path()).and_then(Value::as_str);
    Some(format!("{}://{host}", scheme.unwrap_or("http")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::yaml;
    use std::collections::BTreeMap;

    const FULL: &str = "azure_account_name: quayacct, azure_container: quay, \
         storage_path: /datastorage/registry, azure_account_key: a2V5";

    fn engine(args: &str) -> Result<Engine, &'static str> {
        let document = yaml::read(&format!("A: [AzureStorage, {{{args}}}]")).unwrap();
        let files = BTreeMap::new();
        let settings = Settings::new(&document, &files, 0);
        Engine::of(&settings, &Path::key("A").item(1))
    }

    fn signer(address: &str) -> Option<String> {
        let engine = engine(&format!("{FULL}, endpoint_url: '{address}'")).ok().unwrap();
        engine.signer().map(str::to_owned)
    }

    #[test]
    fn without_an_address_it_is_azures_own() {
        let engine = engine(FULL).ok().unwrap();
        assert_eq!(engine.origin.to_string(), "https://quayacct.blob.core.windows.net");
        assert_eq!(engine.signer(), Some("quayacct"));
        assert_eq!(engine.blob("a"), "datastorage/registry/a");
    }

    #[test]
    fn the_account_is_told_from_the_address() {
        for (address, account) in [
            ("https://other.blob.core.usgovcloudapi.net", Some("other")),
            ("http://127.0.0.1:10000/quayacct", Some("quayacct")),
            ("http://localhost:10000/quayacct/", Some("quayacct")),
            ("http://127.0.0.1:10000", None),
            ("http://azurite:10000/quayacct", None),
            ("https://quayacct.blob.region.example.com", None),
        ] {
            assert_eq!(signer(address).as_deref(), account, "{address}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |gone: &str| engine(&FULL.replace(gone, "")).err();
        assert_eq!(missing(", azure_account_key: a2V5"), Some("the account key"));
        assert_eq!(missing("azure_account_name: quayacct, "), Some("the account name"));
    }
}
