//! Quotas: how much an organization or user may store.

use crate::document::Document;
use crate::field::Key;
use crate::path::Path;
use crate::value::{AtLeast, Whole};

section! {
    /// A quota says how much an organization or user may store. Quay counts what is there, warns
    /// when it gets close and refuses pushes beyond.
    "quota", "Quotas", Features;
    rules: [quota_setting_has_quotas, default_quota_is_checked, default_quota_holds_an_image];

    /// Count what every organization and user has stored, and hold them to their quotas.
    FEATURE_QUOTA_MANAGEMENT "Enable quotas": bool = false, also(&["storage limit", "size limit"]);

    /// How much an organization or user without a quota of its own may store. With 0 there is no
    /// limit for them.
    DEFAULT_SYSTEM_REJECT_QUOTA_BYTES "Limit for everybody else": Whole = 0, unit("bytes"), when(FEATURE_QUOTA_MANAGEMENT, &["true"]), also(&["default quota"]);

    /// Let administrators set and change quotas. Otherwise those that exist hold as they are, and
    /// nobody sees them.
    FEATURE_EDIT_QUOTA "Quotas can be changed": bool = true, when(FEATURE_QUOTA_MANAGEMENT, &["true"]);

    /// Look at the quota on every push, and refuse what does not fit. Without it Quay only counts.
    FEATURE_VERIFY_QUOTA "Check quotas on push": bool = true, when(FEATURE_QUOTA_MANAGEMENT, &["true"]);

    /// Let pushes and the cleaning up go on when counting fails. The totals may be wrong
    /// afterwards.
    FEATURE_QUOTA_SUPPRESS_FAILURES "Go on when counting fails": bool = false, when(FEATURE_QUOTA_MANAGEMENT, &["true"]);

    /// Let organizations and users have a message sent, by e-mail or to another program, when they
    /// come close to their quota or go beyond it.
    FEATURE_QUOTA_NOTIFICATIONS "Notify of quotas": bool = false, when(FEATURE_QUOTA_MANAGEMENT, &["true"]);

    /// How long Quay waits before it tells of the same limit again.
    QUOTA_NOTIFICATION_COOLDOWN_SECONDS "Time between notifications": Whole = 86_400, unit("seconds"), when(FEATURE_QUOTA_NOTIFICATIONS, &["true"]);

    /// Time between two rounds in which all quotas with notifications are looked at.
    QUOTA_NOTIFICATION_WORKER_POLL_PERIOD "Time between checks": AtLeast<1> = 300, unit("seconds"), when(FEATURE_QUOTA_NOTIFICATIONS, &["true"]);

    /// Count in the background what was stored before quotas were turned on. Otherwise old images
    /// do not count.
    QUOTA_BACKFILL "Count what is stored already": bool = true, when(FEATURE_QUOTA_MANAGEMENT, &["true"]);

    /// How long a node waits after its start before it counts old images. Choose more than the
    /// restart of all nodes takes, or the totals are wrong.
    QUOTA_TOTAL_DELAY_SECONDS "Wait before counting": Whole = 1800, unit("seconds"), when(QUOTA_BACKFILL, &["true"]);

    /// Time between two rounds in which old images are counted.
    QUOTA_BACKFILL_POLL_PERIOD "Time between rounds of counting": AtLeast<1> = 15, unit("seconds"), when(QUOTA_BACKFILL, &["true"]);

    /// How many organizations and users are counted in one round.
    QUOTA_BACKFILL_BATCH_SIZE "Organizations in a round": AtLeast<1> = 100, when(QUOTA_BACKFILL, &["true"]);

    /// While quotas are off, forget the total of every repository that changes, so that it is
    /// counted anew when quotas are turned on.
    QUOTA_INVALIDATE_TOTALS "Forget totals that are out of date": bool = true;

    /// How often Quay looks whether an administrator has asked for the size of the whole registry.
    QUOTA_REGISTRY_SIZE_POLL_PERIOD "Time between looks at the whole size": AtLeast<1> = 60, unit("seconds"), when(FEATURE_QUOTA_MANAGEMENT, &["true"]);
}

/// Less than the smallest image of any use: whoever enters less means another unit.
const USEFUL_QUOTA_BYTES: u64 = 1024 * 1024;

/// The limit for everybody, `None` where there is none.
fn default_limit(document: &Document) -> Option<u64> {
    let limit = document.effective(DEFAULT_SYSTEM_REJECT_QUOTA_BYTES);
    limit.map(|Whole(bytes)| bytes).filter(|bytes| *bytes > 0)
}

fn is_on(document: &Document, switch: Key<bool>) -> bool {
    document.effective(switch) == Some(true)
}

rule! {
    /// Without quotas nothing is counted, so there is nothing to limit and nothing to tell.
    quota_setting_has_quotas: Warning,
    "{label} does nothing, because quotas are off.",
    fix "Turn on Enable quotas, or reset this field to its default.";
    |subject, places| {
        let document = subject.document;
        if document.effective(FEATURE_QUOTA_MANAGEMENT) != Some(false) {
            return;
        }
        let switches = [FEATURE_QUOTA_SUPPRESS_FAILURES, FEATURE_QUOTA_NOTIFICATIONS];
        let on = switches.into_iter().filter(|switch| is_on(document, *switch));
        let limit = default_limit(document).map(|_| DEFAULT_SYSTEM_REJECT_QUOTA_BYTES.spec());
        for spec in on.map(Key::spec).chain(limit) {
            places.at_with(Path::key(spec.name), [("label", spec.label.to_owned())]);
        }
    }
}

rule! {
    /// A limit that nobody looks at stops no push.
    default_quota_is_checked: Warning,
    "There is a limit for everybody, but pushes are not checked.",
    fix "Turn on Check quotas on push, or take the limit away.";
    |subject, places| {
        let document = subject.document;
        let checked = document.effective(FEATURE_VERIFY_QUOTA) != Some(false);
        let limited = default_limit(document).is_some();
        if is_on(document, FEATURE_QUOTA_MANAGEMENT) && limited && !checked {
            places.at(FEATURE_VERIFY_QUOTA.path());
        }
    }
}

rule! {
    /// Whoever thinks of gigabytes and enters 100 has a registry that refuses every push.
    default_quota_holds_an_image: Warning,
    "{bytes} bytes hold no image, so nearly every push is refused.",
    fix "Enter the limit in bytes, for instance 10737418240 for 10 GiB.";
    |subject, places| {
        let document = subject.document;
        let small = default_limit(document).filter(|bytes| *bytes < USEFUL_QUOTA_BYTES);
        if let Some(bytes) = small.filter(|_| is_on(document, FEATURE_QUOTA_MANAGEMENT)) {
            let args = [("bytes", bytes.to_string())];
            places.at_with(DEFAULT_SYSTEM_REJECT_QUOTA_BYTES.path(), args);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn quotas_with_a_limit_and_notifications_are_accepted() {
        for text in [
            "FEATURE_QUOTA_MANAGEMENT: false",
            "FEATURE_QUOTA_MANAGEMENT: true\nDEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 0",
            "FEATURE_QUOTA_MANAGEMENT: true\nDEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 10737418240\n\
             FEATURE_QUOTA_NOTIFICATIONS: true\nQUOTA_NOTIFICATION_COOLDOWN_SECONDS: 3600\n\
             QUOTA_TOTAL_DELAY_SECONDS: null\nQUOTA_BACKFILL_POLL_PERIOD: 30",
            "FEATURE_QUOTA_MANAGEMENT: true\nFEATURE_VERIFY_QUOTA: false\n\
             FEATURE_QUOTA_SUPPRESS_FAILURES: true\nQUOTA_INVALIDATE_TOTALS: false",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn a_setting_without_quotas_is_warned_about() {
        assert_eq!(
            findings(
                "DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 10737418240\n\
                 FEATURE_QUOTA_SUPPRESS_FAILURES: true\nFEATURE_QUOTA_NOTIFICATIONS: true"
            ),
            [
                "quota_setting_has_quotas DEFAULT_SYSTEM_REJECT_QUOTA_BYTES",
                "quota_setting_has_quotas FEATURE_QUOTA_SUPPRESS_FAILURES",
                "quota_setting_has_quotas FEATURE_QUOTA_NOTIFICATIONS"
            ]
        );
    }

    #[test]
    fn a_limit_that_is_not_checked_is_warned_about() {
        assert_eq!(
            findings(
                "FEATURE_QUOTA_MANAGEMENT: true\nFEATURE_VERIFY_QUOTA: false\n\
                 DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 10737418240"
            ),
            ["default_quota_is_checked FEATURE_VERIFY_QUOTA"]
        );
    }

    #[test]
    fn a_limit_below_any_image_is_warned_about() {
        assert_eq!(
            findings("FEATURE_QUOTA_MANAGEMENT: true\nDEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 100"),
            ["default_quota_holds_an_image DEFAULT_SYSTEM_REJECT_QUOTA_BYTES"]
        );
    }

    #[test]
    fn a_round_takes_time() {
        assert_eq!(
            findings("FEATURE_QUOTA_MANAGEMENT: true\nQUOTA_REGISTRY_SIZE_POLL_PERIOD: 0"),
            ["value_is_of_its_type QUOTA_REGISTRY_SIZE_POLL_PERIOD"]
        );
    }
}
