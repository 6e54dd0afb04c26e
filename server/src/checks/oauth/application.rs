//! The applications that are registered for this registry at other sites.

use crate::checks::Settings;
use crate::checks::sign_in::visit::Place;
use crate::checks::sign_in::{below, callback, revealed};
use config_model::field::Key;
use config_model::path::Path;
use config_model::sections::builds::{
    BITBUCKET_TRIGGER_CONFIG, BitbucketTrigger, FEATURE_BITBUCKET_BUILD, FEATURE_BUILD_SUPPORT,
    FEATURE_GITHUB_BUILD, FEATURE_GITLAB_BUILD, GITHUB_TRIGGER_CONFIG, GITLAB_TRIGGER_CONFIG,
    GithubTrigger, GitlabTrigger,
};
use config_model::sections::github_login::{
    FEATURE_GITHUB_LOGIN, GITHUB_LOGIN_CONFIG, GithubLogin,
};
use config_model::sections::google_login::{
    FEATURE_GOOGLE_LOGIN, GOOGLE_LOGIN_CONFIG, GoogleLogin,
};
use config_model::value::{HttpUrl, List, Secret, Text};

/// Where Google exchanges codes: once as a log-in does it, once as Quay's check at start does.
const GOOGLE: [&str; 2] =
    ["https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v3/token"];
/// Where Bitbucket does.
const BITBUCKET: &str = "https://bitbucket.org/site/oauth2/access_token";

/// An application, and where it is registered.
pub(super) struct Application {
    /// Where it stands in the configuration.
    pub(super) path: Path,
    /// The site's name.
    pub(super) site: &'static str,
    /// What it is for.
    purpose: &'static str,
    /// Where the site is, as far as that is configured.
    address: String,
    /// The client ID.
    pub(super) client: String,
    /// The client secret.
    pub(super) secret: String,
    /// The address that codes are asked for.
    pub(super) callback: String,
    /// The addresses as they are registered.
    pub(super) shown_callback: String,
    /// How it is tried.
    pub(super) kind: Kind,
}

/// How an application is tried.
pub(super) enum Kind {
    /// At GitHub, which has an interface of its own.
    Github(Github),
    /// By exchanging a code with the secret in the form, at each of these.
    Form(Vec<Place>),
    /// By exchanging a code with the secret in a header.
    Header(Place),
}

/// A GitHub.
pub(super) struct Github {
    /// Where it answers programs, with no slash at the end.
    pub(super) api: String,
    /// Where it exchanges codes.
    pub(super) tokens: Place,
    /// The organizations whose members may log in.
    pub(super) organizations: Vec<String>,
}

impl Application {
    /// Which it is, for a person.
    pub(super) fn target(&self) -> String {
        format!("{} {}{}", self.site, self.purpose, self.address)
    }
}

/// An application; for one that cannot be tried, where it stands and what it lacks.
type Found = Result<Application, (Path, &'static str)>;

/// The applications that are in use.
pub(super) fn applications(settings: &Settings<'_>) -> Vec<Found> {
    let builds = settings.is_on(FEATURE_BUILD_SUPPORT);
    let mut found = Vec::new();
    if settings.is_on(FEATURE_GITHUB_LOGIN) {
        found.push(github_login(settings));
    }
    if settings.is_on(FEATURE_GOOGLE_LOGIN) {
        found.push(google(settings));
    }
    if builds && settings.is_on(FEATURE_GITHUB_BUILD) {
        found.push(github_trigger(settings));
    }
    if builds && settings.is_on(FEATURE_GITLAB_BUILD) {
        found.push(gitlab(settings));
    }
    if builds && settings.is_on(FEATURE_BITBUCKET_BUILD) {
        found.push(bitbucket(settings));
    }
    found
}

/// What every application has: its ID, its secret, and the address that users come back to.
struct Basics {
    client: String,
    secret: String,
    callback: String,
}

fn basics(
    settings: &Settings<'_>,
    path: &Path,
    client: Option<String>,
    secret: Key<Secret>,
    id: &str,
) -> Result<Basics, (Path, &'static str)> {
    let lacks = |what| (path.clone(), what);
    let client = client.filter(|client| !client.is_empty());
    let secret = revealed(settings.field(path, secret));
    if secret.is_empty() {
        return Err(lacks("the secret"));
    }
    Ok(Basics {
        client: client.ok_or_else(|| lacks("the ID"))?,
        secret,
        callback: callback(settings, id)
            .ok_or_else(|| lacks("the server host name, of which the callback address is made,"))?,
    })
}

fn text(settings: &Settings<'_>, path: &Path, field: Key<Text>) -> Option<String> {
    settings.field(path, field).map(|Text(text)| text)
}

/// A GitHub by its two addresses; the second follows from the first where it is left out.
fn github(
    path: &Path,
    page: Option<&HttpUrl>,
    api: Option<&HttpUrl>,
    organizations: Option<List<Text>>,
) -> Result<Github, (Path, &'static str)> {
    let page = page.ok_or_else(|| (path.clone(), "the GitHub address"))?.as_str();
    let api = api.map_or_else(|| below(page, "api/v3"), |api| api.as_str().to_owned());
    let tokens = Place::of(&below(page, "login/oauth/access_token"));
    let organizations = organizations.into_iter().flat_map(|List(items)| items);
    Ok(Github {
        api: api.trim_end_matches('/').to_owned(),
        tokens: tokens.ok_or_else(|| (path.clone(), "the GitHub address"))?,
        organizations: organizations.map(|Text(text)| text).collect(),
    })
}

fn github_login(settings: &Settings<'_>) -> Found {
    let path = GITHUB_LOGIN_CONFIG.path();
    let page = settings.field(&path, GithubLogin::GITHUB_ENDPOINT);
    let api = settings.field(&path, GithubLogin::API_ENDPOINT);
    let restricted = settings.field(&path, GithubLogin::ORG_RESTRICT) == Some(true);
    let organizations =
        settings.field(&path, GithubLogin::ALLOWED_ORGANIZATIONS).filter(|_| restricted);
    let github = github(&path, page.as_ref(), api.as_ref(), organizations)?;
    let client = text(settings, &path, GithubLogin::CLIENT_ID);
    let basics = basics(settings, &path, client, GithubLogin::CLIENT_SECRET, "github")?;
    Ok(at_github(path, "log-in", basics, "", github))
}

fn github_trigger(settings: &Settings<'_>) -> Found {
    let path = GITHUB_TRIGGER_CONFIG.path();
    let page = settings.field(&path, GithubTrigger::GITHUB_ENDPOINT);
    let api = settings.field(&path, GithubTrigger::API_ENDPOINT);
    let restricted = settings.field(&path, GithubTrigger::ORG_RESTRICT) == Some(true);
    let organizations =
        settings.field(&path, GithubTrigger::ALLOWED_ORGANIZATIONS).filter(|_| restricted);
    let github = github(&path, page.as_ref(), api.as_ref(), organizations)?;
    let client = text(settings, &path, GithubTrigger::CLIENT_ID);
    let basics = basics(settings, &path, client, GithubTrigger::CLIENT_SECRET, "github")?;
    Ok(at_github(path, "triggers", basics, "/trigger", github))
}

fn at_github(
    path: Path,
    purpose: &'static str,
    basics: Basics,
    suffix: &str,
    github: Github,
) -> Application {
    Application {
        path,
        site: "GitHub",
        purpose,
        address: format!(" at {}", github.tokens.origin),
        client: basics.client,
        secret: basics.secret,
        callback: format!("{}{suffix}", basics.callback),
        // GitHub takes every address below the registered one.
        shown_callback: basics.callback,
        kind: Kind::Github(github),
    }
}

fn google(settings: &Settings<'_>) -> Found {
    let path = GOOGLE_LOGIN_CONFIG.path();
    let client = text(settings, &path, GoogleLogin::CLIENT_ID);
    let basics = basics(settings, &path, client, GoogleLogin::CLIENT_SECRET, "google")?;
    Ok(Application {
        path,
        site: "Google",
        purpose: "log-in",
        address: String::new(),
        client: basics.client,
        secret: basics.secret,
        shown_callback: format!("{0}, {0}/attach, {0}/cli", basics.callback),
        callback: basics.callback,
        kind: Kind::Form(GOOGLE.iter().filter_map(|url| Place::of(url)).collect()),
    })
}

fn gitlab(settings: &Settings<'_>) -> Found {
    let path = GITLAB_TRIGGER_CONFIG.path();
    let place = settings
        .field(&path, GitlabTrigger::GITLAB_ENDPOINT)
        .and_then(|url| Place::of(&below(url.as_str(), "oauth/token")));
    let Some(place) = place else { return Err((path, "the GitLab address")) };
    let client = text(settings, &path, GitlabTrigger::CLIENT_ID);
    let basics = basics(settings, &path, client, GitlabTrigger::CLIENT_SECRET, "gitlab")?;
    let callback = format!("{}/trigger", basics.callback);
    Ok(Application {
        path,
        site: "GitLab",
        purpose: "triggers",
        address: format!(" at {}", place.origin),
        client: basics.client,
        secret: basics.secret,
        shown_callback: callback.clone(),
        callback,
        kind: Kind::Form(vec![place]),
    })
}

fn bitbucket(settings: &Settings<'_>) -> Found {
    let path = BITBUCKET_TRIGGER_CONFIG.path();
    let key = settings.field(&path, BitbucketTrigger::CONSUMER_KEY).map(|key| revealed(Some(key)));
    let basics = basics(settings, &path, key, BitbucketTrigger::CONSUMER_SECRET, "bitbucket")?;
    let Some(place) = Place::of(BITBUCKET) else { return Err((path, "the Bitbucket address")) };
    let callback = format!("{}/trigger/", basics.callback);
    Ok(Application {
        path,
        site: "Bitbucket",
        purpose: "triggers",
        address: String::new(),
        client: basics.client,
        secret: basics.secret,
        shown_callback: callback.clone(),
        callback,
        kind: Kind::Header(place),
    })
}
