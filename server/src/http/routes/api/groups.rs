//! The removed tool's names for groups of settings, which scripts know from its answers.

use config_model::sections::by_id;

/// The group of each section of ours that has one.
const SECTIONS: &[(&str, &str)] = &[
    ("server", "HostSettings"),
    ("database", "Database"),
    ("redis", "Redis"),
    ("storage", "DistributedStorage"),
    ("basic", "UserVisibleSettings"),
    ("authentication", "AccessSettings"),
    ("ldap", "LDAP"),
    ("jwt", "JWTAuthentication"),
    ("github-login", "GitHubLogin"),
    ("google-login", "GoogleLogin"),
    ("access", "AccessSettings"),
    ("time-machine", "TimeMachine"),
    ("repo-mirror", "RepoMirror"),
    ("security-scanner", "SecurityScanner"),
    ("builds", "BuildManager"),
    ("email", "Email"),
    ("action-logs", "ElasticSearch"),
    ("log-rotation", "ActionLogArchiving"),
];

/// Keys that had a group of their own and share a section with others here.
const KEYS: &[(&str, &str)] = &[
    ("BITBUCKET_TRIGGER_CONFIG", "BitbucketBuildTrigger"),
    ("DATA_MODEL_CACHE_CONFIG", "ModelCacheConfig"),
    ("DEFAULT_NAMESPACE_AUTOPRUNE_POLICY", "AutoPrune"),
    ("DOCUMENTATION_ROOT", "QuayDocumentation"),
    ("FEATURE_APP_SPECIFIC_TOKENS", "AppTokenAuthentication"),
    ("FEATURE_AUTO_PRUNE", "AutoPrune"),
    ("FEATURE_BITBUCKET_BUILD", "BitbucketBuildTrigger"),
    ("FEATURE_GITHUB_BUILD", "GitHubBuildTrigger"),
    ("FEATURE_GITLAB_BUILD", "GitLabBuildTrigger"),
    ("FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP", "TeamSyncing"),
    ("FEATURE_TEAM_SYNCING", "TeamSyncing"),
    ("GITHUB_TRIGGER_CONFIG", "GitHubBuildTrigger"),
    ("GITLAB_TRIGGER_CONFIG", "GitLabBuildTrigger"),
    ("TEAM_RESYNC_STALE_TIME", "TeamSyncing"),
];

/// Keys of this ending had a group together, unless their section has one.
const OIDC: (&str, &str) = ("_LOGIN_CONFIG", "OIDC");
/// For what no section is about.
const NONE: &str = "Other";

/// The group of a key; where the removed tool had none, the section's title without spaces.
pub(super) fn group(section: &str, key: &str) -> String {
    match (named(KEYS, key).or_else(|| named(SECTIONS, section)), by_id(section)) {
        (Some(group), _) => group.to_owned(),
        (None, _) if key.ends_with(OIDC.0) => OIDC.1.to_owned(),
        (None, Some(section)) => section.title.split_whitespace().collect(),
        (None, None) => NONE.to_owned(),
    }
}

fn named(list: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == name).map(|(_, group)| *group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_in_the_list_is_there() {
        for (section, group) in SECTIONS {
            assert!(by_id(section).is_some(), "{section} of {group}");
        }
    }

    #[test]
    fn a_finding_is_in_the_group_the_removed_tool_had_for_its_key() {
        for (section, key, expected) in [
            ("server", "SERVER_HOSTNAME", "HostSettings"),
            ("builds", "BUILD_MANAGER", "BuildManager"),
            ("builds", "GITLAB_TRIGGER_CONFIG", "GitLabBuildTrigger"),
            ("github-login", "GITHUB_LOGIN_CONFIG", "GitHubLogin"),
            ("", "AZURE_LOGIN_CONFIG", "OIDC"),
            ("keystone", "KEYSTONE_AUTH_URL", "Keystone"),
            ("", "NO_SUCH_KEY", "Other"),
        ] {
            assert_eq!(group(section, key), expected, "{key}");
        }
    }
}
