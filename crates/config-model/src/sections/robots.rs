//! Robot accounts: log-ins for programs.

use super::org_mirror::FEATURE_ORG_MIRROR;
use super::repo_mirror::FEATURE_REPO_MIRROR;
use crate::document::Document;
use crate::value::{List, Text};

section! {
    /// A robot is an account for a program, such as a build server or a mirror. It belongs to an
    /// organization or a user.
    "robots", "Robot accounts", Access;
    rules: [robot_exceptions_have_a_ban, robot_is_named_in_full, mirrors_have_a_robot];

    /// Refuse robots altogether: nobody can make one, and those that exist can neither pull nor
    /// push.
    ROBOTS_DISALLOW "Refuse robots": bool = false, also(&["robot accounts"]);

    /// Robots that are admitted all the same, for instance those that mirror. Write each with its
    /// owner, as in `acme+mirror`.
    ROBOTS_WHITELIST "Robots admitted all the same": List<Text> = [], when(ROBOTS_DISALLOW, &["true"]);
}

/// The robots that are admitted all the same.
fn exceptions(document: &Document) -> Vec<Text> {
    document.effective(ROBOTS_WHITELIST).map(|List(robots)| robots).unwrap_or_default()
}

rule! {
    /// Whoever wrote the list thinks that the others are refused.
    robot_exceptions_have_a_ban: Warning,
    "Robots are listed here, but the others are not refused.",
    fix "Turn on Refuse robots, or empty the list.";
    |subject, places| {
        let document = subject.document;
        let open = document.effective(ROBOTS_DISALLOW) == Some(false);
        if open && !exceptions(document).is_empty() {
            places.at(ROBOTS_WHITELIST.path());
        }
    }
}

rule! {
    /// Quay compares the whole name, that of the owner included.
    robot_is_named_in_full: Warning,
    "{robot} is not the full name of a robot.",
    fix "Enter the owner, a plus sign and the name of the robot, as in acme+mirror.";
    |subject, places| {
        for (at, Text(robot)) in exceptions(subject.document).into_iter().enumerate() {
            let full = robot
                .split_once('+')
                .is_some_and(|(owner, name)| !owner.is_empty() && !name.is_empty());
            if !full {
                places.at_with(ROBOTS_WHITELIST.path().item(at), [("robot", robot)]);
            }
        }
    }
}

rule! {
    /// A mirror pushes as the robot that was chosen for it.
    mirrors_have_a_robot: Warning,
    "Mirrors push as robots, and every robot is refused.",
    fix "List the robots of your mirrors here, or turn off Refuse robots.";
    |subject, places| {
        let document = subject.document;
        let refused = document.effective(ROBOTS_DISALLOW) == Some(true);
        let mirrors = [FEATURE_REPO_MIRROR, FEATURE_ORG_MIRROR]
            .into_iter()
            .any(|switch| document.effective(switch) == Some(true));
        if refused && mirrors && exceptions(document).is_empty() {
            places.at(ROBOTS_WHITELIST.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn a_ban_with_and_without_exceptions_is_accepted() {
        for text in [
            "ROBOTS_DISALLOW: false",
            "ROBOTS_DISALLOW: true",
            "ROBOTS_DISALLOW: true\nROBOTS_WHITELIST: [acme+mirror]\nFEATURE_REPO_MIRROR: true",
            "ROBOTS_DISALLOW: false\nROBOTS_WHITELIST: []\nFEATURE_REPO_MIRROR: true",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn exceptions_without_a_ban_are_warned_about() {
        assert_eq!(
            findings("ROBOTS_WHITELIST: [acme+mirror]"),
            ["robot_exceptions_have_a_ban ROBOTS_WHITELIST"]
        );
    }

    #[test]
    fn half_a_name_is_warned_about() {
        assert_eq!(
            findings("ROBOTS_DISALLOW: true\nROBOTS_WHITELIST: [acme+mirror, mirror, acme+, +m]"),
            [
                "robot_is_named_in_full ROBOTS_WHITELIST[1]",
                "robot_is_named_in_full ROBOTS_WHITELIST[2]",
                "robot_is_named_in_full ROBOTS_WHITELIST[3]"
            ]
        );
    }

    #[test]
    fn a_mirror_without_a_robot_is_warned_about() {
        for mirror in
            ["FEATURE_REPO_MIRROR: true", "FEATURE_REPO_MIRROR: true\nFEATURE_ORG_MIRROR: true"]
        {
            assert_eq!(
                findings(&format!("ROBOTS_DISALLOW: true\n{mirror}")),
                ["mirrors_have_a_robot ROBOTS_WHITELIST"]
            );
        }
    }
}
