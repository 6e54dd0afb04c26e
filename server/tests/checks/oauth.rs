//! GitHub, GitLab, Google and Bitbucket, whose stand-ins answer as the sites document it.

use crate::lab::certificates::Authority;
use crate::lab::standin_sites::{BREAKING, BUSY, CLIENT, DESKTOP, NAMES, REGISTRY, SECRET, answer};
use crate::lab::standin_web::{Asked, json, page, start_tls};
use crate::lab::web::Web;
use crate::support::{Proofs, Trial, net};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cluster::check::{Outcome, State};
use serde_json::json as value;
use server::clients::dial::Net;

/// The check's name.
const CHECK: &str = "oauth";
/// Where the authority of the lab is uploaded.
const EXTRA: &str = "extra_ca_certs/lab.crt";

/// A net in which the names of all sites lead to a stand-in.
struct Sites {
    web: Web,
    authority: Authority,
}

impl Sites {
    async fn start(answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static) -> Self {
        let authority = Authority::new("lab authority");
        let web = start_tls(&authority.sign(&NAMES), answer).await;
        Self { web, authority }
    }

    fn net(&self) -> Net {
        net(&NAMES.map(|name| (name, 443, self.web.port)))
    }

    async fn tried(&self, settings: &str) -> Outcome {
        let registry = "SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: https\n\
                        FEATURE_BUILD_SUPPORT: true\n";
        let trial = Trial::of(format!("{registry}{settings}"));
        trial.file(EXTRA, self.authority.pem()).net(self.net()).run_one(CHECK).await
    }
}

fn application(id: &str, secret: &str) -> String {
    format!("CLIENT_ID: {id}, CLIENT_SECRET: {secret}")
}

fn github(more: &str) -> String {
    format!(
        "FEATURE_GITHUB_LOGIN: true\nGITHUB_LOGIN_CONFIG: {{GITHUB_ENDPOINT: 'https://github.com/', \
         API_ENDPOINT: 'https://api.github.com/', {more}}}"
    )
}

fn google(more: &str) -> String {
    format!("FEATURE_GOOGLE_LOGIN: true\nGOOGLE_LOGIN_CONFIG: {{{more}}}")
}

fn gitlab(more: &str) -> String {
    format!("FEATURE_GITLAB_BUILD: true\nGITLAB_TRIGGER_CONFIG: {{{more}}}")
}

fn bitbucket(key: &str, secret: &str) -> String {
    format!(
        "FEATURE_BITBUCKET_BUILD: true\n\
         BITBUCKET_TRIGGER_CONFIG: {{CONSUMER_KEY: {key}, CONSUMER_SECRET: {secret}}}"
    )
}

#[tokio::test]
async fn github_is_called_by_what_is_wrong_with_it() {
    let sites = Sites::start(answer).await;
    let mut proofs = Proofs::of(CHECK, "oauth-github");
    let good = application(CLIENT, SECRET);
    let restricted = |names: &str| {
        github(&format!("{good}, ORG_RESTRICT: true, ALLOWED_ORGANIZATIONS: [{names}]"))
    };
    let own = "GITHUB_ENDPOINT: 'https://git.example.com/'";
    let enterprise =
        format!("FEATURE_GITHUB_BUILD: true\nGITHUB_TRIGGER_CONFIG: {{{own}, {good}}}");
    for (situation, settings) in [
        ("everything is right", github(&good)),
        ("the organization is there", restricted("Lab")),
        ("everything is right at GitHub Enterprise", enterprise),
    ] {
        proofs.passes(situation, &sites.tried(&settings).await);
    }
    let teams: Vec<String> = (1..=22).map(|number| format!("team-{number}")).collect();
    let many = sites.tried(&restricted(&teams.join(", "))).await;
    proofs.passes("there are many organizations", &many);
    let last = many.stages.last().expect("there are stages");
    assert_eq!(last.answer, "not looked at: team-21, team-22");
    let page = "GITHUB_ENDPOINT: 'https://github.com/', API_ENDPOINT: 'https://gitlab.com/'";
    for (situation, settings, fault) in [
        ("the secret is wrong", github(&application(CLIENT, "wrong")), "wrong_credentials"),
        ("the client ID is unknown", github(&application("nobody", SECRET)), "wrong_credentials"),
        ("there were too many requests", github(&application(BUSY, SECRET)), "not_judged"),
        (
            "the application may not use codes",
            github(&application(DESKTOP, SECRET)),
            "codes_not_allowed",
        ),
        ("an organization is not there", restricted("lab, acme"), "no_such_organization"),
        ("an organization is hidden", restricted("lab, hidden"), "organization_unclear"),
        (
            "the API address is that of something else",
            format!("FEATURE_GITHUB_LOGIN: true\nGITHUB_LOGIN_CONFIG: {{{page}, {good}}}"),
            "not_github",
        ),
    ] {
        proofs.finds(situation, &sites.tried(&settings).await, fault);
    }
    let registry = "SERVER_HOSTNAME: other.example.com\nPREFERRED_URL_SCHEME: https\n";
    let trial = Trial::of(format!("{registry}{}", github(&good)));
    let outcome = trial.file(EXTRA, sites.authority.pem()).net(sites.net()).run_one(CHECK).await;
    proofs.finds("another address is registered", &outcome, "callback_unknown");
    proofs.end();
}

#[tokio::test]
async fn google_gitlab_and_bitbucket_are_called_by_what_is_wrong_with_them() {
    let sites = Sites::start(answer).await;
    let mut proofs = Proofs::of(CHECK, CHECK);
    let good = application(CLIENT, SECRET);
    for (situation, settings) in [
        ("Google: everything is right", google(&good)),
        ("GitLab: everything is right", gitlab(&good)),
        ("Bitbucket: everything is right", bitbucket(CLIENT, SECRET)),
    ] {
        proofs.passes(situation, &sites.tried(&settings).await);
    }
    let wrong = application(CLIENT, "wrong");
    let elsewhere = format!("GITLAB_ENDPOINT: 'https://gitlab.com/wrong/', {good}");
    for (situation, settings, fault) in [
        ("Google: the secret is wrong", google(&wrong), "wrong_credentials"),
        (
            "Google: the client ID is unknown",
            google(&application("x", SECRET)),
            "wrong_credentials",
        ),
        (
            "Google: the application is none for web servers",
            google(&application(DESKTOP, SECRET)),
            "codes_not_allowed",
        ),
        ("Google has trouble", google(&application(BREAKING, SECRET)), "site_ill"),
        ("GitLab: the secret is wrong", gitlab(&wrong), "wrong_credentials"),
        ("GitLab: the address is wrong", gitlab(&elsewhere), "nothing_there"),
        ("GitLab: there were too many requests", gitlab(&application(BUSY, SECRET)), "not_judged"),
        ("Bitbucket: the secret is wrong", bitbucket(CLIENT, "wrong"), "wrong_credentials"),
        ("Bitbucket: the key is unknown", bitbucket("nobody", SECRET), "wrong_credentials"),
    ] {
        proofs.finds(situation, &sites.tried(&settings).await, fault);
    }
    let config = format!("SERVER_HOSTNAME: other.example.com\n{}", google(&good));
    let trial = Trial::of(config).file(EXTRA, sites.authority.pem()).net(sites.net());
    let outcome = trial.run_one(CHECK).await;
    proofs.finds("Google: another address is registered", &outcome, "callback_unknown");
    let trial = Trial::of(format!("SERVER_HOSTNAME: quay.example.com\n{}", google(&good)));
    let outcome = trial.net(sites.net()).run_one(CHECK).await;
    proofs.finds("a proxy shows a certificate of its own", &outcome, "certificate_untrusted");
    proofs.end();
}

#[tokio::test]
async fn a_log_in_that_a_site_sends_back_is_not_told() {
    let echo = |asked: &Asked| {
        let sent = asked.header("authorization");
        json(401, &value!({ "error": "invalid_client", "error_description": sent }))
    };
    let sites = Sites::start(echo).await;
    let shown = format!("{:?}", sites.tried(&bitbucket(CLIENT, SECRET)).await);
    let sent = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    assert!(shown.contains("Basic •••") && !shown.contains(&sent), "{shown}");
}

#[tokio::test]
async fn only_what_is_switched_on_is_tried_and_the_address_is_shown() {
    let sites = Sites::start(|_: &Asked| page(404, "")).await;
    let application = application("hunter21", "hunter22");
    let all = format!(
        "SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: https\n{}\n{}\n{}\n{}",
        github(&application),
        google("CLIENT_ID: hunter21"),
        gitlab(&application),
        bitbucket("hunter21", "hunter22"),
    );
    let off = format!("FEATURE_BUILD_SUPPORT: false\n{all}");
    let on = format!("FEATURE_BUILD_SUPPORT: true\n{all}");
    let run = async |config: String| Trial::of(config).net(sites.net()).run(CHECK).await;
    let paths = |outcomes: &[Outcome]| -> Vec<String> {
        outcomes.iter().map(|outcome| outcome.path.to_string()).collect()
    };
    assert_eq!(paths(&run(off).await), ["GITHUB_LOGIN_CONFIG", "GOOGLE_LOGIN_CONFIG"]);
    let outcomes = run(on).await;
    assert_eq!(
        paths(&outcomes),
        [
            "GITHUB_LOGIN_CONFIG",
            "GOOGLE_LOGIN_CONFIG",
            "GITLAB_TRIGGER_CONFIG",
            "BITBUCKET_TRIGGER_CONFIG",
        ]
    );
    assert!(outcomes.iter().all(|outcome| outcome.state == State::Failed), "{outcomes:#?}");
    assert_eq!(outcomes[0].stages[0].answer, format!("{REGISTRY}/github/callback"));
    assert_eq!(outcomes[1].failure().expect("the secret is missing").fault, "incomplete");
    let shown = format!("{outcomes:?}");
    assert!(!shown.contains("hunter22"), "{shown}");
}
