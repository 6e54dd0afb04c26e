//! Notifications: what users are told of, and where messages may not go.

use crate::sections::security_scanner::FEATURE_SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX;
use crate::value::{HostName, List, Text, Value};

choice! {
    /// From which severity on faults in a new image are worth a notification.
    LeastSeverity, "Unknown, Negligible, Low, Medium, High or Critical";
    Unknown = "Unknown" "Unknown and above: every fault",
    Negligible = "Negligible" "Negligible and above",
    Low = "Low" "Low and above",
    Medium = "Medium" "Medium and above",
    High = "High" "High and above",
    Critical = "Critical" "Critical only",
}

section! {
    /// Users can have messages sent when something happens in their repositories.
    "notifications", "Notifications", Features;
    rules: [forbidden_host_is_a_host];

    /// Machines that no notification may be sent to, by name or address. A name stands for itself
    /// only, not for others that end like it. This machine itself is always forbidden.
    WEBHOOK_HOSTNAME_BLACKLIST "Forbidden hosts": List<Text> = [], also(&["webhook", "blocklist"]);

    /// How bad a fault in a newly scanned image must be for a notification. A low limit can set
    /// off very many when Clair is new.
    NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX "Notify of faults in new images from": LeastSeverity = "High", when(FEATURE_SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX, &["true"]);
}

rule! {
    /// Quay compares each entry with the host in the address, letter by letter.
    forbidden_host_is_a_host: Warning,
    "{host} is not the name or address of a host, so it forbids nothing.",
    fix "Enter the host alone, without scheme, port, path or asterisk.";
    |subject, places| {
        let hosts = subject.document.top(WEBHOOK_HOSTNAME_BLACKLIST.name());
        let hosts = hosts.and_then(Value::as_list).unwrap_or_default();
        for (at, host) in hosts.iter().enumerate() {
            let odd = host.as_str().filter(|host| HostName::from_text(host).is_none());
            if let Some(host) = odd {
                let path = WEBHOOK_HOSTNAME_BLACKLIST.path().item(at);
                places.at_with(path, [("host", host.to_owned())]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn usual_settings_are_accepted() {
        let report = findings(
            "WEBHOOK_HOSTNAME_BLACKLIST: [intranet.example.com, '10.0.0.1', '::1']\n\
             NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX: Medium",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn what_is_no_host_is_warned_about() {
        assert_eq!(
            findings("WEBHOOK_HOSTNAME_BLACKLIST: [example.com, '*.example.com', 'http://a']"),
            [
                "forbidden_host_is_a_host WEBHOOK_HOSTNAME_BLACKLIST[1]",
                "forbidden_host_is_a_host WEBHOOK_HOSTNAME_BLACKLIST[2]"
            ]
        );
    }

    #[test]
    fn a_severity_is_spelled_as_quay_does() {
        assert_eq!(
            findings("NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX: high"),
            ["value_is_of_its_type NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX"]
        );
    }
}
