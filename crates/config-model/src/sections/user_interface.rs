//! The web pages of the registry: which of them users get, and their colours.

use crate::value::{AnyUrl, HexColor, List, Mapping, Text, Value, Whole};

/// The colours Quay gives to users, organizations and channels.
const COLORS: [&str; 32] = [
    "#969696", "#aec7e8", "#ff7f0e", "#ffbb78", "#2ca02c", "#98df8a", "#d62728", "#ff9896",
    "#9467bd", "#c5b0d5", "#8c564b", "#c49c94", "#e377c2", "#f7b6d2", "#7f7f7f", "#c7c7c7",
    "#bcbd22", "#1f77b4", "#17becf", "#9edae5", "#393b79", "#5254a3", "#6b6ecf", "#9c9ede",
    "#9ecae1", "#31a354", "#b5cf6b", "#a1d99b", "#8c6d31", "#ad494a", "#e7ba52", "#a55194",
];

/// The beginnings of label names that Quay keeps for itself.
const RESERVED_PREFIXES: [&str; 12] = [
    "com.docker.",
    "io.docker.",
    "org.dockerproject.",
    "org.opencontainers.",
    "io.cncf.",
    "io.kubernetes.",
    "io.k8s.",
    "io.quay",
    "com.coreos",
    "com.tectonic",
    "internal",
    "quay",
];

/// The states of a build for which Quay looks up a badge.
const BADGES: [&str; 5] = ["building", "failed", "none", "ready", "cancelled"];

section! {
    /// The web pages users work with: the new ones, the old ones, and how they look.
    "user-interface", "User interface", Features;
    rules: [some_interface_is_left, user_pictures_have_colors, badges_are_complete];

    /// Offer the new web pages. Otherwise users see only the old ones.
    FEATURE_UI_V2 "New web pages": bool = true, also(&["UI v2", "PatternFly"]);

    /// Take away the way back to the old web pages, so that everybody uses the new ones.
    DISABLE_ANGULAR_UI "Hide the old web pages": bool = false, also(&["UI v1"]);

    /// Show the settings of a repository on the new pages. Older releases ask for it before they
    /// offer auto-pruning there; current ones always show them.
    FEATURE_UI_V2_REPO_SETTINGS "Repository settings on the new pages": bool, when(FEATURE_UI_V2, &["true"]);

    /// Address of a form where users can say what they think of the new pages. Without it they
    /// are not asked.
    UI_V2_FEEDBACK_FORM "Feedback form": AnyUrl, when(FEATURE_UI_V2, &["true"]);

    /// Wait a little after every change before the page shows it. It helps where Quay reads from
    /// a copy of the database that lags behind.
    FEATURE_UI_DELAY_AFTER_WRITE "Wait after a change": bool = false, also(&["read replica", "replication lag"]);

    /// How long the page waits: longer than the copy of the database usually lags behind.
    UI_DELAY_AFTER_WRITE_SECONDS "Waiting time": Whole = 3, unit("seconds"), when(FEATURE_UI_DELAY_AFTER_WRITE, &["true"]);

    /// Background colours of the pictures drawn for users and organizations that have none of
    /// their own. The name decides which colour one gets. At least two.
    AVATAR_COLORS "Colours of user pictures": List<HexColor> = COLORS;

    /// Colours of the channels in the old application registry.
    CHANNEL_COLORS "Colours of channels": List<HexColor> = COLORS;

    /// Your own pictures for the build badge, each as the text of an SVG file. The names are
    /// building, failed, none, ready and cancelled. Without it Quay takes the ones it comes with.
    STATUS_TAGS "Build badges": Mapping<Text>;

    /// Users can give an image no label whose name begins like this. A list of your own takes the
    /// place of the usual one.
    DEFAULT_LABEL_KEY_RESERVED_PREFIXES "Reserved beginnings of labels": List<Text> = RESERVED_PREFIXES;

    /// Load fonts and scripts from servers on the internet, not from Quay. Leave it off where
    /// users have no way out.
    USE_CDN "Load scripts from the internet": bool = false, also(&["content delivery network"]);
}

rule! {
    /// Each setting hides one kind of pages, and together they hide both.
    some_interface_is_left: Warning,
    "Both the new and the old web pages are turned off.",
    fix "Turn on New web pages, or turn off Hide the old web pages.";
    |subject, places| {
        let new = subject.document.effective(FEATURE_UI_V2);
        if new == Some(false) && subject.document.effective(DISABLE_ANGULAR_UI) == Some(true) {
            places.at(DISABLE_ANGULAR_UI.path());
        }
    }
}

rule! {
    /// With fewer than two colours to choose from, Quay fails on every page that shows a user.
    user_pictures_have_colors: Error,
    "Quay needs at least two colours for the pictures of users.",
    fix "Add colours, or reset the field to the usual ones.";
    |subject, places| {
        if subject.document.effective(AVATAR_COLORS).is_some_and(|colors| colors.0.len() < 2) {
            places.at(AVATAR_COLORS.path());
        }
    }
}

rule! {
    /// Badges of one's own take the place of all of Quay's, and Quay fails on one that is missing.
    badges_are_complete: Warning,
    "There is no badge for {state}; asking for it ends in an error.",
    fix "Add a badge named {state}, or reset the field to Quay's own badges.";
    |subject, places| {
        let Some(badges) = subject.document.top(STATUS_TAGS.name()) else { return };
        if badges.as_map().is_none() {
            return;
        }
        let missing = |state: &&str| badges.entry(state).is_none_or(Value::is_blank);
        for state in BADGES.into_iter().filter(missing) {
            places.at_with(STATUS_TAGS.path(), [("state", state.to_owned())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn usual_settings_are_accepted() {
        let report = findings(
            "FEATURE_UI_V2: true\nDISABLE_ANGULAR_UI: true\nFEATURE_UI_V2_REPO_SETTINGS: true\n\
             UI_V2_FEEDBACK_FORM: https://forms.example.com/quay\nUSE_CDN: false\n\
             FEATURE_UI_DELAY_AFTER_WRITE: true\nUI_DELAY_AFTER_WRITE_SECONDS: 3\n\
             AVATAR_COLORS: ['#fff', '#2ca02c']\nCHANNEL_COLORS: []\n\
             DEFAULT_LABEL_KEY_RESERVED_PREFIXES: [com.example.]",
        );
        assert_eq!(report, [""; 0]);
        assert_eq!(findings("UI_V2_FEEDBACK_FORM: null"), [""; 0]);
    }

    #[test]
    fn hiding_both_kinds_of_pages_is_warned_about() {
        assert_eq!(
            findings("FEATURE_UI_V2: false\nDISABLE_ANGULAR_UI: true"),
            ["some_interface_is_left DISABLE_ANGULAR_UI"]
        );
        assert_eq!(findings("DISABLE_ANGULAR_UI: true"), [""; 0]);
    }

    #[test]
    fn fewer_than_two_colours_are_refused() {
        for colors in ["[]", "['#969696']"] {
            assert_eq!(
                findings(&format!("AVATAR_COLORS: {colors}")),
                ["user_pictures_have_colors AVATAR_COLORS"]
            );
        }
    }

    #[test]
    fn the_name_of_a_colour_is_of_the_wrong_type() {
        assert_eq!(findings("CHANNEL_COLORS: [green]"), ["value_is_of_its_type CHANNEL_COLORS"]);
    }

    #[test]
    fn a_missing_badge_is_warned_about() {
        let badges = "building: b, failed: f, none: n, ready: r";
        assert_eq!(
            findings(&format!("STATUS_TAGS: {{{badges}}}")),
            ["badges_are_complete STATUS_TAGS"]
        );
        assert_eq!(findings(&format!("STATUS_TAGS: {{{badges}, cancelled: c}}")), [""; 0]);
    }
}
