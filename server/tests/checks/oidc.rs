//! OpenID Connect: a real provider, and a stand-in for the answers of others.

use crate::lab::certificates::Authority;
use crate::lab::oidc::{Like, Oidc, SECRET};
use crate::lab::process::free_port;
use crate::lab::standin::{Manner, StandIn};
use crate::lab::standin_oidc::{described, description, key, login, usual};
use crate::lab::standin_web::{Asked, json, page, start, start_tls};
use crate::lab::web::Web;
use crate::support::{NOW, Proofs, Trial};
use axum::response::Response;
use cluster::check::{Outcome, State};
use serde_json::{Value, json as value};
use server::clock::{Clock as _, SystemClock};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "oidc";
/// Where the authority of the lab is uploaded.
const EXTRA: &str = "extra_ca_certs/lab.crt";
/// Where a provider describes itself.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// A registry with a provider at this address.
fn sso(server: &str, more: &str) -> String {
    format!(
        "SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: https\n\
         SSO_LOGIN_CONFIG: {{OIDC_SERVER: '{server}', SERVICE_NAME: SSO, {more}}}"
    )
}

/// A client, and its secret.
fn client(id: &str, secret: &str) -> String {
    format!("CLIENT_ID: {id}, CLIENT_SECRET: {secret}")
}

/// A trial at a real provider, whose clock is a real one.
fn trial(authority: &Authority, config: &str) -> Trial {
    Trial::of(config).file(EXTRA, authority.pem()).at(SystemClock.now())
}

fn like(settings: Value) -> Like {
    Like { curve: None, settings }
}

#[tokio::test]
async fn a_provider_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let oidc = Oidc::start(&authority.sign(&["localhost", "127.0.0.1"]), &like(value!({})));
    let mut proofs = Proofs::of(CHECK, CHECK);
    proofs.hide(oidc.port, "443");
    let (url, good) = (oidc.url(), client("quay", SECRET));
    let tried =
        async |server: &str, more: &str| trial(&authority, &sso(server, more)).run_one(CHECK).await;
    proofs.passes("everything is right", &tried(&url, &good).await);
    let scopes = format!("{good}, LOGIN_SCOPES: [openid, email]");
    proofs.passes("some scopes are asked for", &tried(&url, &scopes).await);
    let public = "CLIENT_ID: public, CLIENT_SECRET: unused, PUBLIC_CLIENT: true, USE_PKCE: true";
    proofs.passes("the client is public on both sides, with PKCE", &tried(&url, public).await);
    let without = "CLIENT_ID: public, CLIENT_SECRET: unused, PUBLIC_CLIENT: true";
    for (situation, more, fault) in [
        ("the secret is wrong", client("quay", "wrong"), "wrong_credentials"),
        ("the client ID is unknown", client("nobody", SECRET), "wrong_credentials"),
        ("the provider knows the client as public", client("public", SECRET), "client_is_public"),
        (
            "only Quay takes the client for public",
            format!("{good}, PUBLIC_CLIENT: true"),
            "secret_wanted",
        ),
        ("the provider wants PKCE", without.to_owned(), "pkce_wanted"),
        ("the callback address is not registered", client("elsewhere", SECRET), "callback_unknown"),
        (
            "the address for connecting accounts is missing",
            client("partly", SECRET),
            "attach_unknown",
        ),
        ("the address for the command line is missing", client("partly", SECRET), "cli_unknown"),
        ("the client is for machines", client("machine", SECRET), "codes_not_allowed"),
        (
            "a scope is not offered",
            format!("{good}, LOGIN_SCOPES: [openid, email, groups]"),
            "scope_not_offered",
        ),
        ("openid is not asked for", format!("{good}, LOGIN_SCOPES: [email]"), "openid_not_asked"),
        (
            "mail addresses are wanted and not asked for",
            format!("{good}, LOGIN_SCOPES: [openid]"),
            "email_not_asked",
        ),
        (
            "tokens of another issuer are taken only",
            format!("{good}, OIDC_ISSUERS: ['https://old.example.com/']"),
            "issuer_not_taken",
        ),
    ] {
        proofs.finds(situation, &tried(&url, &more).await, fault);
    }
    let path = format!("{url}realms/quay/");
    proofs.finds("the path is wrong", &tried(&path, &good).await, "no_provider");
    let bare = tried(url.trim_end_matches('/'), &good).await;
    proofs.finds("the address has no slash at its end", &bare, "slash_missing");
    let number = url.replace("localhost", "127.0.0.1");
    proofs.finds("the provider has another name", &tried(&number, &good).await, "issuer_differs");
    let clear = url.replace("https:", "http:");
    proofs.finds("the address is in clear", &tried(&clear, &good).await, "not_encrypted");
    proofs.end();
}

#[tokio::test]
async fn other_ways_of_signing_and_of_sending_secrets_are_told_apart() {
    let authority = Authority::new("lab authority");
    let signed = authority.sign(&["localhost"]);
    let mut proofs = Proofs::of(CHECK, "oidc-settings");
    let header = like(value!({ "clientAuthMethods": ["client_secret_basic", "none"] }));
    let elliptic = Like { curve: Some("P-256"), settings: value!({}) };
    for (situation, like, fault) in [
        ("secrets are taken in a header only", header, "secret_wanted_otherwise"),
        ("its keys are elliptic", elliptic, "signature_unknown"),
    ] {
        let oidc = Oidc::start(&signed, &like);
        proofs.hide(oidc.port, "443");
        let config = sso(&oidc.url(), &client("quay", SECRET));
        proofs.finds(situation, &trial(&authority, &config).run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn the_certificate_of_a_provider_is_checked() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "oidc-tls");
    let oidc = Oidc::start(&authority.sign(&["localhost"]), &like(value!({})));
    let expired = Oidc::start(&authority.sign_expired(&["localhost"]), &like(value!({})));
    for port in [oidc.port, expired.port] {
        proofs.hide(port, "443");
    }
    let good = client("quay", SECRET);
    let config = sso(&oidc.url(), &good);
    let outcome = Trial::of(&config).at(SystemClock.now()).run_one(CHECK).await;
    proofs.finds("nobody trusts the authority", &outcome, "certificate_untrusted");
    // Quay's switch is for the description and the keys; tokens are fetched with all checks.
    let config = sso(&oidc.url(), &format!("{good}, DEBUGGING: true"));
    let outcome = Trial::of(&config).at(SystemClock.now()).run_one(CHECK).await;
    proofs.finds("TLS checks are off, which is not for tokens", &outcome, "certificate_untrusted");
    let described = |outcome: &Outcome| {
        outcome.stages.iter().any(|stage| stage.tried.starts_with("the address of token_endpoint"))
    };
    assert!(described(&outcome), "{outcome:#?}");
    let outcome = trial(&authority, &sso(&expired.url(), &good)).run_one(CHECK).await;
    proofs.finds("the certificate has expired", &outcome, "certificate_expired");
    let named = sso(&oidc.url().replace("localhost", "127.0.0.1"), &good);
    let outcome = trial(&authority, &named).run_one(CHECK).await;
    proofs.finds("the certificate is for another name", &outcome, "certificate_name");
    proofs.end();
}

/// A registry with a stand-in in clear for its provider.
fn at(web: &Web, more: &str) -> String {
    let server = format!("http://127.0.0.1:{}/", web.port);
    sso(&server, &format!("CLIENT_ID: quay, CLIENT_SECRET: word, DEBUGGING: true, {more}"))
}

/// What is found about a stand-in that answers so on one page, and as usual on all others.
async fn with(
    proofs: &mut Proofs,
    at_path: &'static str,
    answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
) -> Outcome {
    let web = start(
        move |asked: &Asked| {
            if asked.path == at_path { answer(asked) } else { usual(asked) }
        },
    )
    .await;
    proofs.hide(web.port, "443");
    Trial::of(at(&web, "USE_PKCE: true")).run_one(CHECK).await
}

#[tokio::test]
async fn broken_descriptions_are_told_apart() {
    let mut proofs = Proofs::of(CHECK, "oidc-descriptions");
    let outcome = with(&mut proofs, "/nowhere", usual).await;
    proofs.passes("everything is right at a stand-in", &outcome);
    for (situation, status, text, fault) in [
        ("the description is for people", 200, "<h1>Welcome</h1>", "no_discovery"),
        ("the description is no mapping", 200, "[]", "no_discovery"),
        ("the description is hidden", 403, "<h1>Forbidden</h1>", "discovery_refused"),
        ("the provider is down behind a proxy", 502, "<h1>Bad Gateway</h1>", "provider_ill"),
    ] {
        let outcome = with(&mut proofs, WELL_KNOWN, move |_: &Asked| page(status, text)).await;
        proofs.finds(situation, &outcome, fault);
    }
    for (situation, name, changed, fault) in [
        ("there is no address for keys", "jwks_uri", Value::Null, "page_missing"),
        ("an address is none", "token_endpoint", value!("/token"), "page_missing"),
        (
            "there are no codes",
            "response_types_supported",
            value!(["id_token"]),
            "code_not_offered",
        ),
        ("the issuer is a pattern", "issuer", value!("https://login/{tenantid}"), "issuer_differs"),
    ] {
        let answer = move |asked: &Asked| described(asked, name, changed.clone());
        let outcome = with(&mut proofs, WELL_KNOWN, answer).await;
        proofs.finds(situation, &outcome, fault);
    }
    for (situation, status, keys, fault) in [
        ("the keys are hidden", 403, value!({}), "keys_unreadable"),
        ("there is no list of keys", 200, value!({}), "keys_unreadable"),
        (
            "there are elliptic keys only",
            200,
            value!({ "keys": [key("EC", "ES256")] }),
            "no_usable_key",
        ),
        ("there is no key at all", 200, value!({ "keys": [] }), "no_usable_key"),
        (
            "a key is of a new kind",
            200,
            value!({ "keys": [key("RSA", "RS256"), key("AKP", "ML-DSA-65")] }),
            "key_unknown",
        ),
    ] {
        let outcome = with(&mut proofs, "/keys", move |_: &Asked| json(status, &keys)).await;
        proofs.finds(situation, &outcome, fault);
    }
    let web = start(usual).await;
    proofs.hide(web.port, "443");
    let outcome = Trial::of(at(&web, "USE_PKCE: true")).at(NOW + 600).run_one(CHECK).await;
    proofs.finds("the clocks are apart", &outcome, "clock_differs");
    proofs.end();
}

#[tokio::test]
async fn answers_of_other_providers_are_understood() {
    let mut proofs = Proofs::of(CHECK, "oidc-answers");
    for (situation, status, error, fault) in [
        ("Keycloak: the secret is wrong", 401, "unauthorized_client", "wrong_credentials"),
        ("Keycloak: the standard flow is off", 400, "unauthorized_client", "codes_not_allowed"),
        ("Auth0: the secret is wrong", 401, "access_denied", "wrong_credentials"),
        ("Entra ID looks at the code first", 400, "invalid_request", "not_judged"),
        ("it denies without saying why", 403, "access_denied", "not_judged"),
        ("the address is another", 400, "redirect_uri_mismatch", "callback_unknown"),
        ("it is overloaded", 503, "temporarily_unavailable", "provider_ill"),
    ] {
        let answer = move |_: &Asked| json(status, &value!({ "error": error }));
        let outcome = with(&mut proofs, "/token", answer).await;
        proofs.finds(situation, &outcome, fault);
        let failed = fault != "not_judged";
        assert_eq!(outcome.state == State::Failed, failed, "{situation}: {outcome:#?}");
    }
    let gone = |_: &Asked| page(404, "<h1>Not Found</h1>");
    let outcome = with(&mut proofs, "/token", gone).await;
    proofs.finds("there is no page for tokens", &outcome, "no_tokens");
    let outcome = with(&mut proofs, "/who", gone).await;
    proofs.finds("there is no page that knows users", &outcome, "no_user_info");
    let outcome = with(&mut proofs, "/login", |asked: &Asked| login(asked, "invalid_scope")).await;
    proofs.finds("users are sent back with an error", &outcome, "login_refused");
    let broken = |_: &Asked| page(500, "<h1>Internal Server Error</h1>");
    let outcome = with(&mut proofs, "/login", broken).await;
    proofs.finds("the log-in page is broken", &outcome, "login_page_fails");
    let keycloak = |_: &Asked| page(400, "<p>Invalid parameter: redirect_uri</p>");
    let outcome = with(&mut proofs, "/login", keycloak).await;
    proofs.finds("Keycloak: the address is not registered", &outcome, "callback_unknown");
    let refused = "<p>Callback URL mismatch. It is not in the list of allowed callback URLs.</p>";
    let outcome = with(&mut proofs, "/login", move |_: &Asked| page(403, refused)).await;
    proofs.finds("an address that is not registered is forbidden", &outcome, "callback_unknown");
    let other = |_: &Asked| page(400, "<p>Bad request</p>");
    let outcome = with(&mut proofs, "/login", other).await;
    proofs.finds("the log-in page wants something else", &outcome, "login_page_fails");
    let firewall = "<h1>Forbidden</h1><script>let callback = 'invalid redirect_uri';</script>";
    let outcome = with(&mut proofs, "/login", move |_: &Asked| page(403, firewall)).await;
    proofs.passes("a firewall keeps programs from the log-in page", &outcome);
    assert_eq!(skipped(&outcome, "may not talk to programs"), 3, "{outcome:#?}");
    // A page that tells it to users only is no fault: the addresses are shown all the same.
    let shown = with(&mut proofs, "/login", |_: &Asked| page(200, "<form>Log in</form>")).await;
    assert_eq!(shown.state, State::Passed, "{shown:#?}");
    assert_eq!(skipped(&shown, "to users only"), 3, "{shown:#?}");
    proofs.end();
}

/// How many stages were skipped for this reason.
fn skipped(outcome: &Outcome, why: &str) -> usize {
    let skipped = outcome.stages.iter().filter(|stage| stage.state == State::Skipped);
    skipped.filter(|stage| stage.answer.contains(why)).count()
}

#[tokio::test]
async fn pages_that_a_provider_names_may_be_anywhere() {
    let mut proofs = Proofs::of(CHECK, "oidc-pages");
    let hanging = StandIn::start(Manner::Hangs).await;
    let login = format!("http://127.0.0.1:{}/login", hanging.port);
    let answer = move |asked: &Asked| described(asked, "authorization_endpoint", value!(login));
    let outcome = with(&mut proofs, WELL_KNOWN, answer).await;
    proofs.passes("the log-in page cannot be reached from here", &outcome);
    assert_eq!(skipped(&outcome, "cannot be reached from here"), 1, "{outcome:#?}");
    assert_eq!(skipped(&outcome, "not asked again"), 2, "{outcome:#?}");
    let answer = |asked: &Asked| {
        let keys = format!("http://{}/nowhere?a=$(id)&b=2", asked.header("host"));
        described(asked, "jwks_uri", value!(keys))
    };
    let outcome = with(&mut proofs, WELL_KNOWN, answer).await;
    proofs.finds("the address of the keys is nothing for a shell", &outcome, "keys_unreadable");
    proofs.end();
}

#[tokio::test]
async fn what_is_between_here_and_a_provider_is_told_apart() {
    let mut proofs = Proofs::of(CHECK, "oidc-network");
    let clear = |port: u16| {
        let more = "CLIENT_ID: quay, CLIENT_SECRET: word, DEBUGGING: true";
        Trial::of(sso(&format!("http://127.0.0.1:{port}/"), more))
    };
    let closed = free_port();
    proofs.hide(closed, "80");
    let outcome = clear(closed).run_one(CHECK).await;
    proofs.finds("nothing listens there", &outcome, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", Manner::Hangs, "no_answer"),
        ("it hangs up", Manner::Closes, "connection_closed"),
    ] {
        let other = StandIn::start(manner).await;
        proofs.hide(other.port, "80");
        let outcome = clear(other.port).patience(Duration::from_secs(2)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    let trial = Trial::of(sso("https://nowhere.invalid/", "CLIENT_ID: quay, CLIENT_SECRET: word"));
    proofs.finds("the name is unknown", &trial.run_one(CHECK).await, "name_unknown");
    // A proxy that ends TLS before a provider that does not know of it.
    let authority = Authority::new("lab authority");
    let inner = start(usual).await;
    let port = inner.port;
    let outer = start_tls(&authority.sign(&["localhost"]), move |asked: &Asked| {
        if asked.path != WELL_KNOWN {
            return usual(asked);
        }
        let mut described = description(asked, "https");
        described["authorization_endpoint"] = value!(format!("http://localhost:{port}/login"));
        json(200, &described)
    })
    .await;
    for port in [inner.port, outer.port] {
        proofs.hide(port, "443");
    }
    let server = format!("https://localhost:{}/", outer.port);
    let config = sso(&server, "CLIENT_ID: quay, CLIENT_SECRET: word");
    let outcome = Trial::of(config).file(EXTRA, authority.pem()).run_one(CHECK).await;
    proofs.finds("a page is announced without encryption", &outcome, "page_in_clear");
    let outcome = clear(outer.port).run_one(CHECK).await;
    proofs.finds("the address says http, and the provider wants TLS", &outcome, "other_protocol");
    proofs.end();
}

#[tokio::test]
async fn every_provider_is_tried_and_none_of_its_secrets_told() {
    let echo = start(|asked: &Asked| match asked.path.as_str() {
        "/token" => {
            json(401, &value!({ "error": "invalid_client", "error_description": asked.body }))
        }
        _ => usual(asked),
    })
    .await;
    let config = format!(
        "{}\nKEYCLOAK_LOGIN_CONFIG: {{OIDC_SERVER: 'https://nowhere.invalid/', SERVICE_NAME: KC}}",
        at(&echo, "").replace("word", "hunter22")
    );
    let outcomes = Trial::of(config).run(CHECK).await;
    let told: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let fault = outcome.problems().next().map_or("", |problem| problem.fault.as_str());
            (outcome.path.to_string(), outcome.state, fault)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("SSO_LOGIN_CONFIG".to_owned(), State::Failed, "wrong_credentials"),
            ("KEYCLOAK_LOGIN_CONFIG".to_owned(), State::Failed, "incomplete"),
        ]
    );
    let shown = format!("{outcomes:?}");
    assert!(!shown.contains("hunter22"), "{shown}");
}
