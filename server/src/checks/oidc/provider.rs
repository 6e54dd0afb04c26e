//! What is configured of a provider.

use crate::checks::Settings;
use crate::checks::sign_in::visit::Place;
use crate::checks::sign_in::{callback, form, revealed};
use config_model::field::Key;
use config_model::path::Path;
use config_model::sections::email::FEATURE_MAILING;
use config_model::sections::oidc::{OIDC_PROVIDERS, OidcProvider, PkceMethod};
use config_model::value::{List, Map, Text, Value};

/// What stands behind the address of every provider.
const WELL_KNOWN: &str = ".well-known/openid-configuration";

/// A provider, and the client registered there.
pub(super) struct Provider {
    /// Where it stands in the configuration.
    pub(super) path: Path,
    /// Its address, as written: with a slash at its end, or nothing is asked.
    pub(super) server: String,
    /// The client ID.
    pub(super) client: String,
    /// The client secret; none for a public client, which sends none.
    pub(super) secret: Option<String>,
    /// The scopes that are asked for; none for all that there are.
    pub(super) scopes: Vec<String>,
    /// The issuers that tokens may name; none for the one that the provider announces.
    pub(super) issuers: Vec<String>,
    /// Whether Quay does without encryption and certificates where it can.
    pub(super) trusting: bool,
    /// Whether the provider is asked who a user is.
    pub(super) asks_who: bool,
    /// How a code is tied to who asked for it.
    pub(super) pkce: Option<PkceMethod>,
    /// Whether an account needs a mail address.
    pub(super) mailing: bool,
    /// Where users are sent back to.
    pub(super) callback: String,
    /// Parameters for the log-in page, as a query.
    pub(super) for_page: String,
    /// Parameters for the tokens, as a query.
    pub(super) for_tokens: String,
}

/// The providers; for one that cannot be tried, where it stands and what it lacks.
pub(super) fn providers(settings: &Settings<'_>) -> Vec<Result<Provider, (Path, &'static str)>> {
    let keys = settings.document.entries().iter().filter_map(|(key, value)| {
        let key = key.as_str()?;
        let name = OIDC_PROVIDERS.name_in(key)?;
        value.as_map().map(|_| (Path::key(key), name))
    });
    keys.map(|(path, name)| provider(settings, path, name)).collect()
}

fn provider(
    settings: &Settings<'_>,
    path: Path,
    name: &str,
) -> Result<Provider, (Path, &'static str)> {
    // Quay makes the address of what stands before the first `_`.
    let id = name.split('_').next().unwrap_or_default().to_ascii_lowercase();
    let is = |field: Key<bool>| settings.field(&path, field) == Some(true);
    let texts = |field: Key<List<Text>>| -> Vec<String> {
        let list = settings.field(&path, field);
        list.into_iter().flat_map(|List(items)| items).map(|Text(text)| text).collect()
    };
    let parameters = |page: &str| {
        let place = path.field(OidcProvider::OIDC_ENDPOINT_CUSTOM_PARAMS.name()).field(page);
        settings.at(&place).and_then(Value::as_map).map(query).unwrap_or_default()
    };
    let Some(server) = settings.field(&path, OidcProvider::OIDC_SERVER) else {
        return Err((path, "the server address"));
    };
    let Some(Text(client)) = settings.field(&path, OidcProvider::CLIENT_ID) else {
        return Err((path, "the client ID"));
    };
    let Some(callback) = callback(settings, &id) else {
        return Err((path, "the server host name, of which the callback address is made,"));
    };
    let mut issuers = texts(OidcProvider::OIDC_ISSUERS);
    if issuers.is_empty() {
        issuers.extend(settings.field(&path, OidcProvider::OIDC_ISSUER).map(|Text(text)| text));
    }
    let pkce = is(OidcProvider::USE_PKCE)
        .then(|| settings.field(&path, OidcProvider::PKCE_METHOD).unwrap_or(PkceMethod::S256));
    let secret = revealed(settings.field(&path, OidcProvider::CLIENT_SECRET));
    Ok(Provider {
        server: server.as_str().to_owned(),
        client,
        secret: (!is(OidcProvider::PUBLIC_CLIENT)).then_some(secret),
        scopes: texts(OidcProvider::LOGIN_SCOPES),
        issuers,
        trusting: is(OidcProvider::DEBUGGING),
        asks_who: !is(OidcProvider::OIDC_DISABLE_USER_ENDPOINT),
        pkce,
        mailing: settings.is_on(FEATURE_MAILING),
        callback,
        for_page: parameters("authorization_endpoint"),
        for_tokens: parameters("token_endpoint"),
        path,
    })
}

/// The parameters of a mapping as a query; Quay sends any scalar as Python prints it.
fn query(parameters: &Map) -> String {
    let pairs: Vec<(&str, String)> = parameters
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?, printed(value)?)))
        .collect();
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    form(&pairs)
}

fn printed(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        _ => None,
    }
}

impl Provider {
    /// Where it says what it can do. The address ends with a slash: without one, old releases of
    /// Quay put this into the place of its last part.
    pub(super) fn discovery(&self) -> Option<Place> {
        Place::of(&format!("{}{WELL_KNOWN}", self.server))
    }

    /// Whether an issuer is the one at the configured address, with its last slash or without:
    /// both are asked for by Quay's own check.
    pub(super) fn is_at(&self, issuer: &str) -> bool {
        issuer == self.server || self.server.strip_suffix('/') == Some(issuer)
    }

    /// Whether Quay takes tokens of an issuer.
    pub(super) fn takes(&self, issuer: &str) -> bool {
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        self.issuers.is_empty() || self.issuers.iter().any(|known| bare(known) == bare(issuer))
    }
}
