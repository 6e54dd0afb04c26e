//! Dockerfile builds, and the code hosts that set them off.

use crate::path::Path;
use crate::value::{AnyMap, HttpUrl, List, Map, Secret, Text, Value, Whole};
use crate::walk;

object! {
    /// The application at GitHub through which Quay learns of pushes.
    GithubTrigger;

    /// Address of GitHub: `https://github.com/`, or that of your GitHub Enterprise.
    GITHUB_ENDPOINT "GitHub address": HttpUrl, required;

    /// Address of its interface for programs, where it is not the usual one.
    API_ENDPOINT "API address": HttpUrl;

    /// Client ID of the application registered at GitHub.
    CLIENT_ID "Client ID": Text, required;

    /// Client secret of that application.
    CLIENT_SECRET "Client secret": Secret, required;

    /// Admit members of certain GitHub organizations only.
    ORG_RESTRICT "Restrict to organizations": bool = false;

    /// The GitHub organizations whose members are admitted.
    ALLOWED_ORGANIZATIONS "Organizations": List<Text>, required, when(GithubTrigger::ORG_RESTRICT, &["true"]), unique;
}

object! {
    /// The consumer at Bitbucket through which Quay learns of pushes.
    BitbucketTrigger;

    /// Key of the consumer registered at Bitbucket.
    CONSUMER_KEY "Consumer key": Secret, required;

    /// Secret of that consumer.
    CONSUMER_SECRET "Consumer secret": Secret, required;
}

object! {
    /// The application at GitLab through which Quay learns of pushes.
    GitlabTrigger;

    /// Address of GitLab, where it is your own.
    GITLAB_ENDPOINT "GitLab address": HttpUrl = "https://gitlab.com/", required, may_be_empty;

    /// Application ID of the application registered at GitLab.
    CLIENT_ID "Application ID": Text, required;

    /// Secret of that application.
    CLIENT_SECRET "Secret": Secret, required;
}

section! {
    /// Quay can build images from Dockerfiles. It takes machines of their own that do the work.
    "builds", "Dockerfile builds", Features;
    rules: [trigger_has_builds, trigger_settings_are_not_empty];

    /// Let users build images from Dockerfiles. Set up machines for it before you turn it on.
    FEATURE_BUILD_SUPPORT "Enable Dockerfile builds": bool = true => false, also(&["Dockerfile build support"]);

    /// Show the logs of a build to everybody who may pull the repository.
    FEATURE_READER_BUILD_LOGS "Readers may see build logs": bool = false, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// How many builds an organization or user may have at once. Without it, any number.
    DEFAULT_NAMESPACE_MAXIMUM_BUILD_COUNT "Builds at once": Whole, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// A trigger is turned off after so many failed builds on end.
    SUCCESSIVE_TRIGGER_FAILURE_DISABLE_THRESHOLD "Failed builds allowed": Whole = 100, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// A trigger is turned off after so many builds on end that failed because of Quay itself.
    SUCCESSIVE_TRIGGER_INTERNAL_ERROR_DISABLE_THRESHOLD "Internal errors allowed": Whole = 5, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// Build when something is pushed to GitHub or GitHub Enterprise.
    FEATURE_GITHUB_BUILD "GitHub triggers": bool = false, when(FEATURE_BUILD_SUPPORT, &["true"]), also(&["GitHub build triggers", "webhook"]);

    /// How Quay introduces itself to GitHub.
    GITHUB_TRIGGER_CONFIG "GitHub": GithubTrigger, required, when(FEATURE_GITHUB_BUILD, &["true"]);

    /// Build when something is pushed to Bitbucket.
    FEATURE_BITBUCKET_BUILD "Bitbucket triggers": bool = false, when(FEATURE_BUILD_SUPPORT, &["true"]), also(&["BitBucket build triggers", "webhook"]);

    /// How Quay introduces itself to Bitbucket.
    BITBUCKET_TRIGGER_CONFIG "Bitbucket": BitbucketTrigger, required, when(FEATURE_BITBUCKET_BUILD, &["true"]);

    /// Build when something is pushed to GitLab.
    FEATURE_GITLAB_BUILD "GitLab triggers": bool = false, when(FEATURE_BUILD_SUPPORT, &["true"]), also(&["GitLab build triggers", "webhook"]);

    /// How Quay introduces itself to GitLab.
    GITLAB_TRIGGER_CONFIG "GitLab": GitlabTrigger, required, when(FEATURE_GITLAB_BUILD, &["true"]);

    /// Written by old tools; Quay does not look at it.
    GITLAB_TRIGGER_KIND "GitLab kind": AnyMap, legacy;
}

rule! {
    /// A trigger sets off builds, and there are none.
    trigger_has_builds: Warning,
    "The trigger is on, but builds are off.",
    fix "Turn on Dockerfile builds, or turn the trigger off.";
    |subject, places| {
        let builds = subject.document.effective(FEATURE_BUILD_SUPPORT) == Some(true);
        for trigger in [FEATURE_GITHUB_BUILD, FEATURE_BITBUCKET_BUILD, FEATURE_GITLAB_BUILD] {
            if !builds && subject.document.effective(trigger) == Some(true) {
                places.at(trigger.path());
            }
        }
    }
}

rule! {
    /// The removed tool left them so. Quay does not mind, tools that check a file by its schema do.
    trigger_settings_are_not_empty: Warning,
    "The mapping is empty, which Quay's schema does not allow.",
    fix "Take the key out of the file, or fill the mapping.";
    |subject, places| {
        let document = subject.document;
        for settings in [
            GITHUB_TRIGGER_CONFIG.spec(), BITBUCKET_TRIGGER_CONFIG.spec(), GITLAB_TRIGGER_CONFIG.spec(),
        ] {
            let empty = document.top(settings.name).and_then(Value::as_map).is_some_and(Map::is_empty);
            let path = Path::key(settings.name);
            if empty && !walk::is_active(document, &path) {
                places.at(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const GITHUB: &str = "FEATURE_BUILD_SUPPORT: true\nFEATURE_GITHUB_BUILD: true\n\
         GITHUB_TRIGGER_CONFIG: {GITHUB_ENDPOINT: 'https://github.com/', CLIENT_ID: quay, CLIENT_SECRET: word";

    #[test]
    fn complete_triggers_are_accepted() {
        for text in [
            format!("{GITHUB}}}"),
            format!("{GITHUB}, ORG_RESTRICT: true, ALLOWED_ORGANIZATIONS: [acme]}}"),
            "FEATURE_BUILD_SUPPORT: true\nFEATURE_BITBUCKET_BUILD: true\n\
             BITBUCKET_TRIGGER_CONFIG: {CONSUMER_KEY: key, CONSUMER_SECRET: word}"
                .to_owned(),
            "FEATURE_BUILD_SUPPORT: true\nFEATURE_GITLAB_BUILD: true\n\
             GITLAB_TRIGGER_CONFIG: {CLIENT_ID: quay, CLIENT_SECRET: word}"
                .to_owned(),
            "FEATURE_BUILD_SUPPORT: false".to_owned(),
        ] {
            let report = findings(&text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn a_trigger_needs_its_application() {
        assert_eq!(
            findings("FEATURE_BITBUCKET_BUILD: true\nBITBUCKET_TRIGGER_CONFIG: {CONSUMER_KEY: ''}"),
            [
                "required_value_is_set BITBUCKET_TRIGGER_CONFIG.CONSUMER_KEY",
                "required_value_is_set BITBUCKET_TRIGGER_CONFIG.CONSUMER_SECRET"
            ]
        );
        assert!(
            findings("FEATURE_GITHUB_BUILD: true")
                .contains(&"required_value_is_set GITHUB_TRIGGER_CONFIG.CLIENT_ID".to_owned())
        );
    }

    #[test]
    fn an_empty_mapping_is_warned_about() {
        assert_eq!(
            findings("GITHUB_TRIGGER_CONFIG: {}\nGITLAB_TRIGGER_CONFIG: {}"),
            [
                "trigger_settings_are_not_empty GITHUB_TRIGGER_CONFIG",
                "trigger_settings_are_not_empty GITLAB_TRIGGER_CONFIG"
            ]
        );
    }

    #[test]
    fn a_restriction_names_organizations() {
        assert_eq!(
            findings(&format!("{GITHUB}, ORG_RESTRICT: true}}")),
            ["required_value_is_set GITHUB_TRIGGER_CONFIG.ALLOWED_ORGANIZATIONS"]
        );
    }

    #[test]
    fn a_trigger_without_builds_is_warned_about() {
        assert_eq!(
            findings(&format!("{GITHUB}}}").replace("SUPPORT: true", "SUPPORT: false")),
            ["trigger_has_builds FEATURE_GITHUB_BUILD"]
        );
    }
}
