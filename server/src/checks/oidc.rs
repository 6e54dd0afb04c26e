//! OpenID Connect: every provider that users log in at, and the client registered there.

mod client;
mod discovery;
mod keys;
mod pages;
mod provider;

use super::course::{Course, Done};
use super::fault::faults;
use super::sign_in::visit::Visit;
use super::{Check, Planned, Settings};
use cluster::check::StageKind;
use provider::{Provider, providers};

/// Tries every OpenID Connect provider that the configuration names.
pub const CHECK: Check = Check {
    name: "oidc",
    label: "OpenID Connect",
    reads: &["*_LOGIN_CONFIG"],
    matters: "Users log in to the registry with their accounts at this provider.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// `http://` and `DEBUGGING` is off: Quay does not even ask.
    NOT_ENCRYPTED: Error,
    "The server address is not encrypted, and Quay asks a provider over https:// only.",
    fix "Enter the address that begins with https://.";

    /// Quay's own check at start wants one; at run time it depends on the release what happens.
    SLASH_MISSING: Error,
    "The server address does not end with a slash.",
    why "Quay's own check at start refuses such an address, and Quay does not start. Old releases then leave out what stands behind the last slash when they ask the provider.",
    fix "End the address with a slash: {server}/";

    /// 404 at the well-known address.
    NO_PROVIDER: Error,
    "There is no OpenID Connect provider at {url}.",
    fix "Correct the server address: it is what stands before .well-known/openid-configuration. Try it: curl {quoted}";

    /// 401, 403, 400 and the like there.
    DISCOVERY_REFUSED: Error,
    "The provider does not tell at {url} what it can do: it answers {status}.",
    fix "Let everybody read that address at the provider, and look whether a proxy stands before it.";

    /// 5xx anywhere.
    PROVIDER_ILL: Error,
    "The provider has trouble of its own: it answers {status}.",
    fix "Look into the provider's log at this time.";

    /// A page for people, or JSON that is no mapping.
    NO_DISCOVERY: Error,
    "What stands at {url} is no description of an OpenID Connect provider.",
    fix "Correct the server address: it is what stands before .well-known/openid-configuration. Try it: curl {quoted}";

    /// The names differ; often a path is missing, or a proxy changes https into http.
    ISSUER_DIFFERS: Error,
    "The provider calls itself {issuer}, and the server address is {server}.",
    why "Quay's own check at start takes a provider only under the name it gives itself, and Quay does not start.",
    fix "Enter {issuer} with a slash at its end as server address, or correct the provider's own name for itself.";

    /// What is configured under Issuers leaves out the one there is.
    ISSUER_NOT_TAKEN: Warning,
    "The provider calls itself {issuer}, and tokens are taken of {taken} only.",
    why "Tokens that name another issuer are refused, and nobody can log in.",
    fix "Add {issuer} to Issuers, or empty Issuer and Issuers.";

    /// Quay leaves half a minute.
    CLOCK_DIFFERS: Warning,
    "The clock of the provider is {seconds} seconds {direction} the clock here.",
    why "Quay refuses tokens of a time that is more than 30 seconds away, so log-ins fail.",
    fix "Let both machines follow a time server. On each: timedatectl";

    /// Missing, or no URL.
    PAGE_MISSING: Error,
    "The provider announces no usable {name}.",
    fix "Correct the provider, or use one that speaks OpenID Connect wholly.";

    /// A proxy ends TLS and the provider does not know.
    PAGE_IN_CLEAR: Warning,
    "The provider announces {name} without encryption: {url}.",
    why "What is sent there can be read on the way: codes, tokens, the client secret.",
    fix "Tell the provider that it is reached over https://, mostly in the settings for a proxy before it.";

    /// The one flow that Quay knows is off.
    CODE_NOT_OFFERED: Error,
    "The provider does not log users in with codes: it offers {offered} only.",
    fix "Turn on the authorization code flow (response type code) at the provider.";

    /// Quay leaves out what is not announced.
    SCOPE_NOT_OFFERED: Warning,
    "The provider does not offer the scope {scopes}, so Quay does not ask for it.",
    why "What the scope would tell of users, such as groups, is missing.",
    fix "Add it at the provider, or take it out of Scopes here.";

    /// Without it no identity token comes.
    OPENID_NOT_ASKED: Error,
    "The scope openid is not asked for, so the provider does not say who logs in.",
    fix "Add openid to Scopes, and offer it at the provider. Or leave Scopes out.";

    /// `FEATURE_MAILING` is on and mail addresses are not asked for.
    EMAIL_NOT_ASKED: Warning,
    "Quay is not going to ask for mail addresses, and wants one of each account while it sends e-mail.",
    why "Users without a verified mail address cannot log in.",
    fix "Add email to Scopes and offer it at the provider, or turn Send e-mail off.";

    /// Only kinds of signatures that Quay does not take.
    SIGNATURE_UNKNOWN: Error,
    "The provider signs with {offered} only; Quay takes RS256 and RS384.",
    fix "Let the provider sign the identity tokens of this client with RS256.";

    /// The address of the keys does not answer as it should.
    KEYS_UNREADABLE: Error,
    "The provider's keys cannot be read: {url} answers {status}.",
    fix "Let everybody read that address at the provider. Try it: curl {quoted}";

    /// There are keys, and none is for signatures that Quay takes.
    NO_USABLE_KEY: Error,
    "None of the provider's {count} keys is one that Quay can use: an RSA key for signatures with a kid.",
    fix "Add an RSA key for RS256 at the provider.";

    /// Quay's library gives up at the first key it does not know.
    KEY_UNKNOWN: Error,
    "One of the provider's keys is of the kind {kind}, at which Quay stops reading them.",
    why "Quay then can check no token at all, and nobody can log in.",
    fix "Take that key out of the provider's published keys.";

    /// `invalid_client`.
    WRONG_CREDENTIALS: Error,
    "The provider refuses the client ID {client} or its secret.",
    fix "Copy both anew from the client's page at the provider, and look whether the client is enabled and its secret has not expired.";

    /// Only HTTP Basic is taken, and Quay sends a form.
    SECRET_WANTED_OTHERWISE: Error,
    "The secret is right, but the provider takes it in a header only; Quay sends it in a form.",
    fix "Allow client_secret_post for this client at the provider (token endpoint authentication method).";

    /// The provider knows the client as one without a secret.
    CLIENT_IS_PUBLIC: Error,
    "The provider knows {client} as a public client and refuses a secret from it.",
    fix "Turn on Public client here, or make it a confidential client at the provider.";

    /// Here it is public, and there it is not.
    SECRET_WANTED: Error,
    "The provider wants a secret from {client}, and a public client sends none.",
    fix "Turn off Public client here and enter the secret, or make it a public client at the provider.";

    /// `unauthorized_client`, `unsupported_grant_type`.
    CODES_NOT_ALLOWED: Error,
    "The provider does not let {client} log users in with a code.",
    fix "Look whether this is the ID of the right client, and turn on the authorization code flow for it (Keycloak: Standard flow).";

    /// 404, 405 at the token endpoint.
    NO_TOKENS: Error,
    "Nothing gives tokens at {url}, which the provider announces for that: it answers {status}.",
    fix "Correct the provider, or the proxy before it. Try it: curl -X POST {quoted}";

    /// `invalid_request` and whatever else there may be.
    NOT_JUDGED: Warning,
    "Whether client ID and secret are right cannot be told: the provider answers {status}.",
    why "Quay's own check at start takes an answer other than invalid_grant for a mistake and keeps Quay from starting.",
    fix "Log in once to see. If Quay does not start because of it, run its container with -e IGNORE_VALIDATION=true";

    /// The address for log-ins itself.
    CALLBACK_UNKNOWN: Error,
    "The provider does not know the callback address of this registry.",
    fix "Add it to the redirect URIs of the client at the provider, exactly so: {callback}";

    /// The address for accounts that are there already.
    ATTACH_UNKNOWN: Warning,
    "The provider does not know the callback address {callback}.",
    why "Users who have an account already cannot connect it with this log-in.",
    fix "Add it to the redirect URIs of the client at the provider, exactly so: {callback}";

    /// The address for passwords on the command line.
    CLI_UNKNOWN: Warning,
    "The provider does not know the callback address {callback}.",
    why "Users cannot make themselves a password for docker and podman in their settings.",
    fix "Add it to the redirect URIs of the client at the provider, exactly so: {callback}";

    /// `invalid_request`, and the words speak of PKCE.
    PKCE_WANTED: Error,
    "The provider wants log-ins to be tied to the browser with PKCE.",
    fix "Turn on Use PKCE.";

    /// The log-in page sends users back with another error than that somebody has to log in.
    LOGIN_REFUSED: Warning,
    "The log-in page sends users back with the error {error}.",
    why "Users are shown this error instead of being logged in.",
    fix "Look at the settings of the client at the provider, and at its log.";

    /// 4xx or 5xx, and nothing is said of an address.
    LOGIN_PAGE_FAILS: Warning,
    "The log-in page answers {status}.",
    why "Users are shown an error where they should log in.",
    fix "Look into the provider's log at this time, and open the page in a browser.";

    /// Quay asks there at each log-in.
    NO_USER_INFO: Error,
    "Nothing tells who a user is at {url}, which the provider announces for that: it answers {status}.",
    fix "Correct the provider, or turn on Use the token only.";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let planned = providers(settings).into_iter().map(|provider| match provider {
        Ok(provider) => {
            let (path, target) = (provider.path.clone(), provider.server.clone());
            Planned::new(path, target, move |course| attempt(course, provider))
        }
        Err((path, what)) => {
            let target = path.to_string();
            Planned::incomplete(path, target, what)
        }
    });
    planned.collect()
}

async fn attempt(course: Course, provider: Provider) -> Done {
    let step = course.begin(StageKind::Settings, "the callback addresses to register there");
    step.pass(format!("{0}, {0}/attach, {0}/cli", provider.callback));
    if !provider.trusting && !provider.server.starts_with("https://") {
        let step = course.begin(StageKind::Settings, "the server address");
        return Err(step.fail(&provider.server, NOT_ENCRYPTED.told()));
    }
    if !provider.server.ends_with('/') {
        let step = course.begin(StageKind::Settings, "the server address");
        let told = SLASH_MISSING.with(&[("server", provider.server.as_str())]);
        return Err(step.fail(&provider.server, told));
    }
    let mut visit = Visit::new(&course);
    let found = discovery::discover(&course, &mut visit, &provider).await?;
    keys::read(&mut visit, &provider, &found).await?;
    client::judge(&mut visit, &provider, &found).await?;
    pages::ask(&course, &mut visit, &provider, &found).await
}
