//! Log-in with an account of any OpenID Connect provider, such as Keycloak or Microsoft Entra ID.

mod rules;

use super::Family;
use super::github_login::LoginBinding;
use crate::document::Document;
use crate::field::{FieldSpec, Key, docs};
use crate::path::Path;
use crate::value::{AnyValue, HttpUrl, List, Mapping, Parsed, Secret, Text, Value};
use rules::{
    oidc_issuer_is_given_once, oidc_lists_are_not_empty, oidc_name_is_free, oidc_name_is_plain,
    oidc_name_is_usable, oidc_names_make_different_addresses, oidc_parameters_are_for_a_page,
    oidc_public_client_is_protected, oidc_scopes_contain_openid, oidc_server_ends_with_a_slash,
    oidc_server_is_checked, oidc_server_is_encrypted, oidc_teams_have_a_claim,
};

choice! {
    /// How a code is tied to the one who asked for it (RFC 7636).
    PkceMethod, "S256 or plain";
    S256 = "S256" "S256",
    Plain = "plain" "plain, which protects less",
}

object! {
    /// Parameters that the provider wants besides the usual ones.
    CustomParameters;

    /// Added where users are sent to log in.
    authorization_endpoint "For the log-in page": Mapping<AnyValue>;

    /// Added where Quay fetches the tokens of a user.
    token_endpoint "For tokens": Mapping<AnyValue>;

    /// Added where Quay asks who a user is.
    userinfo_endpoint "For user information": Mapping<AnyValue>;
}

object! {
    /// A provider, and the client registered there for this registry.
    OidcProvider;

    /// Address of the provider, with a slash at the end: what stands before
    /// `.well-known/openid-configuration`.
    OIDC_SERVER "Server address": HttpUrl, required, also(&["OIDC Server"]);

    /// Client ID that the provider gave this registry. Register the callback address there:
    /// the registry's own, then `/oauth2/`, the name of this provider in small letters up to its
    /// first `_`, and `/callback`.
    CLIENT_ID "Client ID": Text, required;

    /// Client secret that the provider gave this registry. Quay's check at start wants one of a
    /// public client as well; any text will do there.
    CLIENT_SECRET "Client secret": Secret, required;

    /// What users read on the log-in button.
    SERVICE_NAME "Name on the button": Text, required, also(&["Service Name"]);

    /// Picture on the log-in button: its URL, or the name of a Font Awesome icon such as
    /// `fa-user-circle`.
    SERVICE_ICON "Picture on the button": Text = "fa-user-circle", also(&["Service Icon"]);

    /// What Quay asks the provider for. `openid` must be among it. Leave it out to ask for
    /// everything the provider offers.
    LOGIN_SCOPES "Scopes": List<Text>, also(&["Login Scopes"]);

    /// The claim that holds a user's mail address; every address in it counts as verified. Leave
    /// it out for providers that say themselves whether an address is verified.
    VERIFIED_EMAIL_CLAIM_NAME "E-mail claim": Text, also(&["Verified Email Address Claim"]);

    /// The claim that holds the user name. Leave it out for `preferred_username`, which most
    /// providers have.
    PREFERRED_USERNAME_CLAIM_NAME "User name claim": Text, also(&["Preferred Username Claim"]);

    /// The claim that lists the groups of a user, for instance `groups`. Synchronized teams need
    /// it.
    PREFERRED_GROUP_CLAIM_NAME "Group claim": Text, also(&["team synchronization"]);

    /// Join the account with the user of LDAP, JWT or Keystone that has the same value. Leave it
    /// out to make a new account instead.
    LOGIN_BINDING_FIELD "Join with directory users by": LoginBinding, also(&["Binding Field"]);

    /// Take what is known of a user from the token alone and do not ask the provider for more.
    /// Microsoft Entra ID needs it.
    OIDC_DISABLE_USER_ENDPOINT "Use the token only": bool = false, also(&["userinfo", "Azure"]);

    /// Tie each log-in to the browser that began it (PKCE). Turn it on if the provider knows it.
    USE_PKCE "Use PKCE": bool = false;

    /// How that is done. Keep S256 unless the provider cannot do it.
    PKCE_METHOD "PKCE method": PkceMethod = "S256", when(OidcProvider::USE_PKCE, &["true"]), may_be_empty;

    /// The provider knows this registry as a public client: Quay does not send the client secret.
    PUBLIC_CLIENT "Public client": bool = false;

    /// The issuer that tokens must name, where it is not the one the provider announces.
    OIDC_ISSUER "Issuer": Text;

    /// Issuers that tokens may name, where there are several, as with the two versions of
    /// Microsoft Entra ID. It takes the place of a single issuer.
    OIDC_ISSUERS "Issuers": List<Text>;

    /// Whom tokens may be meant for besides this registry's client ID.
    OIDC_AUDIENCES "Audiences": List<Text>;

    /// Clients of the provider whose tokens the registry takes. Leave it out to take those of
    /// any.
    OIDC_ALLOWED_CLIENTS "Allowed clients": List<Text>, also(&["azp"]);

    /// Parameters that the provider wants besides the usual ones.
    OIDC_ENDPOINT_CUSTOM_PARAMS "More parameters": CustomParameters;

    /// Allow `http://` and do not check the provider's certificate. For trials only: whoever is on
    /// the way can log in as anybody.
    DEBUGGING "Do without TLS checks": bool = false, also(&["insecure", "certificate"]);

    /// A name from the manual that Quay does not read. Its code looks at `DEBUGGING`.
    DEBUGLOG "Debugging (the manual's name)": bool, legacy, internal;

    /// Quay does not read it here; it belongs to GitLab triggers.
    GITLAB_ENDPOINT "GitLab address": Text, legacy, internal;

    /// Quay does not read it here; it belongs to GitHub.
    GITHUB_ENDPOINT "GitHub address": Text, legacy, internal;

    /// Quay does not read it here; it belongs to GitHub.
    API_ENDPOINT "GitHub API address": Text, legacy, internal;

    /// Quay does not read it here; it belongs to GitHub. Let the provider decide who may log in.
    ORG_RESTRICT "Only some organizations": bool, legacy, internal;

    /// Quay does not read it here; it belongs to GitHub.
    ALLOWED_ORGANIZATIONS "Organizations": List<Text>, legacy, internal;
}

/// The providers: every key with this ending that is not one of GitHub's or Google's.
pub const OIDC_PROVIDERS: Family = Family {
    ending: "_LOGIN_CONFIG",
    spec: &FieldSpec::new::<OidcProvider>(
        "<PROVIDER>_LOGIN_CONFIG",
        "OpenID Connect provider",
        docs!(
            "A provider that users log in at, and the client registered there.",
            "Its name is made of capital letters and digits, such as KEYCLOAK.",
            "A change of the name changes the callback address."
        ),
    ),
};

section! {
    /// Let users log in with an account of Keycloak, Microsoft Entra ID or another OpenID Connect
    /// provider. There may be several.
    "oidc", "OpenID Connect log-in", Access;
    family: OIDC_PROVIDERS;
    rules: [
        oidc_name_is_usable, oidc_name_is_free, oidc_names_make_different_addresses,
        oidc_name_is_plain, oidc_server_ends_with_a_slash, oidc_server_is_encrypted,
        oidc_server_is_checked, oidc_scopes_contain_openid, oidc_lists_are_not_empty,
        oidc_issuer_is_given_once, oidc_public_client_is_protected,
        oidc_parameters_are_for_a_page, oidc_teams_have_a_claim,
    ];
}

/// A provider as it stands in a document.
pub(super) struct Provider<'a> {
    /// Its key.
    key: &'a str,
    /// What stands before the ending.
    name: &'a str,
    settings: &'a Value,
}

/// The providers of a document, in its order.
pub(super) fn providers(document: &Document) -> impl Iterator<Item = Provider<'_>> {
    document.entries().iter().filter_map(|(key, settings)| {
        let key = key.as_str()?;
        let name = OIDC_PROVIDERS.name_in(key)?;
        settings.as_map().map(|_| Provider { key, name, settings })
    })
}

impl Provider<'_> {
    /// Its name in addresses, as Quay makes it.
    fn id(&self) -> String {
        self.name.split('_').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// A setting or Quay's default, `None` when there is neither or it is not of its type.
    fn read<T: Parsed>(&self, field: Key<T>) -> Option<T> {
        match self.settings.entry(field.name()).filter(|value| !value.is_blank()) {
            Some(value) => T::parse(value).ok(),
            None => field.spec().default.and_then(|default| T::parse(&default()).ok()),
        }
    }

    /// Whether a setting is there and says something.
    pub(super) fn has<T>(&self, field: Key<T>) -> bool {
        self.settings.entry(field.name()).is_some_and(|value| !value.is_blank())
    }

    /// Where the provider stands.
    fn path(&self) -> Path {
        Path::key(self.key)
    }

    /// Where a setting stands.
    fn place_of<T>(&self, field: Key<T>) -> Path {
        self.path().field(field.name())
    }
}
