//! Rules that hold for many keys, and which of those keys Quay looks at.

use super::{By, is_on, says};
use config_model::document::Document;
use config_model::rule::Finding;
use config_model::sections::section_of;
use config_model::value::{Value, ValueKind};
use config_model::walk::{Visit, walk};

/// Keys of which the checker compares the type, in every configuration: it stops at a number where
/// text belongs. Whether the text is a good one is another question.
const TYPED: &[&str] = &[
    "ACTION_LOG_ARCHIVE_LOCATION",
    "ACTION_LOG_ARCHIVE_PATH",
    "AUTHENTICATION_TYPE",
    "AVATAR_KIND",
    "BITBUCKET_TRIGGER_CONFIG",
    "BLACKLISTED_EMAIL_DOMAINS",
    "BRANDING",
    "BUILDLOGS_REDIS",
    "BUILD_MANAGER",
    "CONTACT_INFO",
    "CREATE_REPOSITORY_ON_PUSH_PUBLIC",
    "DATA_MODEL_CACHE_CONFIG",
    "DB_CONNECTION_ARGS",
    "DB_URI",
    "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY",
    "DEFAULT_TAG_EXPIRATION",
    "DISTRIBUTED_STORAGE_CONFIG",
    "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS",
    "DISTRIBUTED_STORAGE_PREFERENCE",
    "DOCUMENTATION_ROOT",
    "ENTERPRISE_LOGO_URL",
    "EXTERNAL_TLS_TERMINATION",
    "FEATURE_ACTION_LOG_ROTATION",
    "FEATURE_ANONYMOUS_ACCESS",
    "FEATURE_APP_SPECIFIC_TOKENS",
    "FEATURE_AUTO_PRUNE",
    "FEATURE_BITBUCKET_BUILD",
    "FEATURE_BLACKLISTED_EMAILS",
    "FEATURE_BUILD_SUPPORT",
    "FEATURE_CHANGE_TAG_EXPIRATION",
    "FEATURE_DIRECT_LOGIN",
    "FEATURE_EXTENDED_REPOSITORY_NAMES",
    "FEATURE_FIPS",
    "FEATURE_GITHUB_BUILD",
    "FEATURE_GITHUB_LOGIN",
    "FEATURE_GITLAB_BUILD",
    "FEATURE_GOOGLE_LOGIN",
    "FEATURE_INVITE_ONLY_USER_CREATION",
    "FEATURE_MAILING",
    "FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP",
    "FEATURE_PARTIAL_USER_AUTOCOMPLETE",
    "FEATURE_PROXY_STORAGE",
    "FEATURE_REPO_MIRROR",
    "FEATURE_SECURITY_NOTIFICATIONS",
    "FEATURE_SECURITY_SCANNER",
    "FEATURE_STORAGE_REPLICATION",
    "FEATURE_TEAM_SYNCING",
    "FEATURE_USERNAME_CONFIRMATION",
    "FEATURE_USER_CREATION",
    "FEATURE_USER_INITIALIZE",
    "FEATURE_USER_LAST_ACCESSED",
    "FEATURE_USER_LOG_ACCESS",
    "FEATURE_USER_METADATA",
    "FEATURE_USER_RENAME",
    "FRESH_LOGIN_TIMEOUT",
    "GITHUB_LOGIN_CONFIG",
    "GITHUB_TRIGGER_CONFIG",
    "GITLAB_TRIGGER_CONFIG",
    "GOOGLE_LOGIN_CONFIG",
    "JWT_AUTH_ISSUER",
    "JWT_GETUSER_ENDPOINT",
    "JWT_QUERY_ENDPOINT",
    "JWT_VERIFY_ENDPOINT",
    "LDAP_ADMIN_DN",
    "LDAP_ADMIN_PASSWD",
    "LDAP_ALLOW_INSECURE_FALLBACK",
    "LDAP_BASE_DN",
    "LDAP_EMAIL_ATTR",
    "LDAP_UID_ATTR",
    "LDAP_URI",
    "LDAP_USER_FILTER",
    "LDAP_USER_RDN",
    "LOGS_MODEL",
    "LOGS_MODEL_CONFIG",
    "MAIL_DEFAULT_SENDER",
    "MAIL_PASSWORD",
    "MAIL_PORT",
    "MAIL_SERVER",
    "MAIL_USERNAME",
    "MAIL_USE_AUTH",
    "MAIL_USE_TLS",
    "PREFERRED_URL_SCHEME",
    "PULL_METRICS_REDIS",
    "REGISTRY_TITLE",
    "REGISTRY_TITLE_SHORT",
    "REPO_MIRROR_INTERVAL",
    "REPO_MIRROR_SERVER_HOSTNAME",
    "REPO_MIRROR_TLS_VERIFY",
    "SEARCH_MAX_RESULT_PAGE_COUNT",
    "SEARCH_RESULTS_PER_PAGE",
    "SECURITY_SCANNER_ENDPOINT",
    "SECURITY_SCANNER_INDEXING_INTERVAL",
    "SECURITY_SCANNER_V4_ENDPOINT",
    "SECURITY_SCANNER_V4_NAMESPACE_WHITELIST",
    "SECURITY_SCANNER_V4_PSK",
    "SERVER_HOSTNAME",
    "SESSION_TIMEOUT",
    "TAG_EXPIRATION_OPTIONS",
    "TEAM_RESYNC_STALE_TIME",
    "USER_EVENTS_REDIS",
    "USER_RECOVERY_TOKEN_LIFETIME",
];

/// When the checker reads the text of some keys.
type Case = fn(&Document) -> bool;

/// Keys whose text the checker reads as well, such as that of an address, and when it does.
const READ: &[(&[&str], Case)] = &[
    (
        &[
            "AUTHENTICATION_TYPE",
            "DATA_MODEL_CACHE_CONFIG",
            "DB_URI",
            "DOCUMENTATION_ROOT",
            "FRESH_LOGIN_TIMEOUT",
            "PREFERRED_URL_SCHEME",
            "SERVER_HOSTNAME",
            "SESSION_TIMEOUT",
            "TEAM_RESYNC_STALE_TIME",
            "USER_RECOVERY_TOKEN_LIFETIME",
        ],
        |_| true,
    ),
    (&["DEFAULT_NAMESPACE_AUTOPRUNE_POLICY"], |document| is_on(document, "FEATURE_AUTO_PRUNE")),
    (&["GITHUB_LOGIN_CONFIG"], |document| is_on(document, "FEATURE_GITHUB_LOGIN")),
    (&["GITHUB_TRIGGER_CONFIG"], |document| builds(document, "FEATURE_GITHUB_BUILD")),
    (&["GITLAB_TRIGGER_CONFIG"], |document| builds(document, "FEATURE_GITLAB_BUILD")),
    (&["JWT_GETUSER_ENDPOINT", "JWT_QUERY_ENDPOINT", "JWT_VERIFY_ENDPOINT"], |document| {
        says(document, "AUTHENTICATION_TYPE", "JWT")
    }),
    (&["LDAP_URI"], |document| says(document, "AUTHENTICATION_TYPE", "LDAP")),
    (&["SECURITY_SCANNER_ENDPOINT", "SECURITY_SCANNER_V4_ENDPOINT"], |document| {
        is_on(document, "FEATURE_SECURITY_SCANNER")
    }),
];

/// Keys in which the checker misses what we miss.
const NEEDED: &[&str] = &[
    "ACTION_LOG_ARCHIVE_LOCATION",
    "ACTION_LOG_ARCHIVE_PATH",
    "BITBUCKET_TRIGGER_CONFIG",
    "BUILDLOGS_REDIS",
    "DATA_MODEL_CACHE_CONFIG",
    "DB_URI",
    "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY",
    "GITHUB_LOGIN_CONFIG",
    "GITHUB_TRIGGER_CONFIG",
    "GITLAB_TRIGGER_CONFIG",
    "GOOGLE_LOGIN_CONFIG",
    "JWT_AUTH_ISSUER",
    "JWT_VERIFY_ENDPOINT",
    "LDAP_ADMIN_DN",
    "LDAP_ADMIN_PASSWD",
    "LDAP_URI",
    "MAIL_SERVER",
    "PULL_METRICS_REDIS",
    "SERVER_HOSTNAME",
    "USER_EVENTS_REDIS",
];

fn builds(document: &Document, key: &str) -> bool {
    is_on(document, "FEATURE_BUILD_SUPPORT") && is_on(document, key)
}

/// Whether it is a provider of OpenID Connect.
fn is_provider(key: &str) -> bool {
    section_of(key).is_some_and(|section| section.id == "oidc")
}

/// A value that our type does not take.
pub(super) fn mistyped(finding: &Finding, document: &Document) -> Option<By> {
    let key = finding.key.as_str();
    let is_read = READ.iter().any(|(keys, when)| keys.contains(&key) && when(document));
    let is_typed = TYPED.contains(&key) || is_provider(key);
    (is_read || is_typed && !is_alike(finding, document)).then_some(By::Checker)
}

/// Whether a value is of the right sort, and only what it says is wrong.
fn is_alike(finding: &Finding, document: &Document) -> bool {
    let mut alike = false;
    walk(document, &mut |visit: Visit<'_>| {
        if visit.path == finding.path {
            alike = visit.value.is_some_and(|value| fits(visit.field.kind, value));
        }
    });
    alike
}

fn fits(kind: ValueKind, value: &Value) -> bool {
    match kind {
        ValueKind::Line(_) | ValueKind::Secret | ValueKind::Choice(_) => value.as_str().is_some(),
        ValueKind::Number => matches!(value, Value::Number(_)),
        ValueKind::List(item) => {
            value.as_list().is_some_and(|items| items.iter().all(|value| fits(*item, value)))
        }
        _ => false,
    }
}

/// A value that is not there.
pub(super) fn missing(finding: &Finding, document: &Document) -> Option<By> {
    match finding.key.as_str() {
        // Arguments are handed to the driver as they are, and it stops where one is missing.
        "DISTRIBUTED_STORAGE_CONFIG" if finding.path.parent().is_some() => Some(By::Quay),
        "DISTRIBUTED_STORAGE_CONFIG" => Some(By::Checker),
        "DISTRIBUTED_STORAGE_PREFERENCE" => {
            is_on(document, "FEATURE_STORAGE_REPLICATION").then_some(By::Quay)
        }
        // Without a SECRET_KEY Quay makes one of its own at each start.
        "DATABASE_SECRET_KEY" => is_on(document, "SETUP_COMPLETE").then_some(By::Quay),
        "LOGS_MODEL_CONFIG" => Some(of_logs(finding, document)),
        key if NEEDED.contains(&key) || is_provider(key) => Some(By::Checker),
        _ => None,
    }
}

/// The checker knows Elasticsearch alone, and asks for nothing but its address and keys. Quay
/// knows what takes the entries, and asks for all the rest.
fn of_logs(finding: &Finding, document: &Document) -> By {
    let target = "elasticsearch_config";
    let is_named = document.top("LOGS_MODEL_CONFIG").is_some_and(|all| all.entry(target).is_some());
    let is_inside = finding.path.to_string().contains(target);
    let is_elastic = says(document, "LOGS_MODEL", "elasticsearch");
    if is_elastic && (is_inside || !is_named) { By::Checker } else { By::Quay }
}

/// A file that is missing from the bundle, or is not what it should be. Who needs another one than
/// these says so when a service is dialled, or does without.
pub(super) fn in_bundle(finding: &Finding, _: &Document) -> Option<By> {
    let is_missing = finding.rule == "needed_file_is_supplied";
    match finding.key.as_str() {
        "ssl.cert" | "ssl.key" if is_missing => Some(By::Checker),
        // The web server takes both as soon as there is a key.
        "ssl.cert" | "ssl.key" => Some(By::Quay),
        "jwt-authn.cert" if is_missing => Some(By::Quay),
        _ => None,
    }
}
