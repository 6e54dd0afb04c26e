//! The network: on which addresses Quay listens.

use crate::value::IpVersion;

section! {
    /// How Quay is reached over the network.
    "network", "Network", Operations;
    rules: [];

    /// The kinds of addresses Quay's web server listens on: IPv4 only without a value. The network
    /// of the containers must know them too.
    FEATURE_LISTEN_IP_VERSION "Listen on": IpVersion = "IPv4", also(&["IPv6", "dual-stack", "addresses"]);
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn every_spelling_that_quay_takes_is_accepted() {
        for version in ["IPv4", "IPv6", "dual-stack", "ipv6", "null"] {
            let report = findings(&format!("FEATURE_LISTEN_IP_VERSION: {version}"));
            assert_eq!(report, [""; 0], "{version}");
        }
    }

    #[test]
    fn another_word_is_of_the_wrong_type() {
        for version in ["both", "6", "true"] {
            assert_eq!(
                findings(&format!("FEATURE_LISTEN_IP_VERSION: {version}")),
                ["value_is_of_its_type FEATURE_LISTEN_IP_VERSION"]
            );
        }
    }
}
