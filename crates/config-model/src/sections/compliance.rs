//! Export control and subscriptions: what Red Hat needs for its own registry, quay.io.

use crate::value::{HttpUrl, Parsed as _, Text, Value};

section! {
    /// Two services of Red Hat that only its own registry quay.io has the keys for. Leave both off
    /// in any other.
    "compliance", "Export control and subscriptions", Advanced;
    rules: [export_control_address_has_a_scheme];

    /// Ask a service of Red Hat at every log-in through Red Hat whether export rules admit the
    /// user.
    FEATURE_EXPORT_COMPLIANCE "Check users against export rules": bool = false;

    /// Address of the service that knows the export rules. Quay shows it the certificate
    /// export-compliance-client.crt of the configuration.
    EXPORT_COMPLIANCE_ENDPOINT "Export control address": Text, required, when(FEATURE_EXPORT_COMPLIANCE, &["true"]);

    /// Compare the plans of users with the subscriptions they bought from Red Hat.
    FEATURE_ENTITLEMENT_RECONCILIATION "Compare plans with subscriptions": bool = false, also(&["marketplace"]);

    /// Address of the service that knows the customers. Quay shows it the certificate
    /// quay-marketplace-api.crt of the configuration.
    ENTITLEMENT_RECONCILIATION_USER_ENDPOINT "Customers address": HttpUrl, required, when(FEATURE_ENTITLEMENT_RECONCILIATION, &["true"]);

    /// Address of the service that knows what they bought.
    ENTITLEMENT_RECONCILIATION_MARKETPLACE_ENDPOINT "Subscriptions address": HttpUrl, required, when(FEATURE_ENTITLEMENT_RECONCILIATION, &["true"]);
}

rule! {
    /// Nothing can be asked without one, and every log-in through Red Hat fails.
    export_control_address_has_a_scheme: Warning,
    "This is no URL that begins with http:// or https:// and names a host.",
    fix "Enter the whole address of the service, with https:// before it.";
    |subject, places| {
        let address = subject.document.top(EXPORT_COMPLIANCE_ENDPOINT.name());
        let text = address.filter(|address| !address.is_blank() && address.as_str().is_some());
        if text.is_some_and(|text: &Value| HttpUrl::parse(text).is_err()) {
            places.at(EXPORT_COMPLIANCE_ENDPOINT.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn both_may_be_off_or_complete() {
        for text in [
            "FEATURE_EXPORT_COMPLIANCE: false\nEXPORT_COMPLIANCE_ENDPOINT: ''",
            "FEATURE_EXPORT_COMPLIANCE: true\n\
             EXPORT_COMPLIANCE_ENDPOINT: https://export.example.com/check",
            "FEATURE_ENTITLEMENT_RECONCILIATION: true\n\
             ENTITLEMENT_RECONCILIATION_USER_ENDPOINT: https://users.example.com\n\
             ENTITLEMENT_RECONCILIATION_MARKETPLACE_ENDPOINT: https://market.example.com",
        ] {
            assert_eq!(findings(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_service_needs_its_address() {
        assert_eq!(
            findings("FEATURE_EXPORT_COMPLIANCE: true"),
            ["required_value_is_set EXPORT_COMPLIANCE_ENDPOINT"]
        );
        assert_eq!(
            findings("FEATURE_ENTITLEMENT_RECONCILIATION: true"),
            [
                "required_value_is_set ENTITLEMENT_RECONCILIATION_USER_ENDPOINT",
                "required_value_is_set ENTITLEMENT_RECONCILIATION_MARKETPLACE_ENDPOINT"
            ]
        );
    }

    #[test]
    fn an_address_has_a_scheme() {
        assert_eq!(
            findings("EXPORT_COMPLIANCE_ENDPOINT: export.example.com"),
            ["export_control_address_has_a_scheme EXPORT_COMPLIANCE_ENDPOINT"]
        );
        assert_eq!(
            findings("ENTITLEMENT_RECONCILIATION_USER_ENDPOINT: users.example.com"),
            ["value_is_of_its_type ENTITLEMENT_RECONCILIATION_USER_ENDPOINT"]
        );
    }
}
