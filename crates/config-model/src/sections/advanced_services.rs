//! What only Quay's code knows of services outside: billing, statistics, error reports, signing.

use crate::field::{FieldSpec, Key};
use crate::path::Path;
use crate::value::{Decimal, HttpAddress, HttpUrl, List, NonNegative, Secret, Text, Value, Whole};

choice! {
    /// Who takes the money of users.
    Billing, "Stripe or FakeStripe";
    Stripe = "Stripe" "Stripe",
    Fake = "FakeStripe" "Nobody",
}

section! {
    /// Services outside the registry that large hosted registries use. A registry of your own needs
    /// none of them.
    "advanced-services", "Advanced: outside services", Advanced;
    rules: [service_is_complete, signing_has_a_server, sample_rate_is_a_share];

    /// Take money for private repositories, and show plans and prices.
    FEATURE_BILLING "Billing": bool = false, internal;

    /// Who takes the money. With `FakeStripe` nobody does.
    BILLING_TYPE "Billing service": Billing = "FakeStripe", internal;

    /// The key with which Quay asks Stripe for money.
    STRIPE_SECRET_KEY "Stripe secret key": Secret, internal;

    /// The key with which the browsers of users talk to Stripe. Everybody can see it.
    STRIPE_PUBLISHABLE_KEY "Stripe publishable key": Text, internal;

    /// How many builds at once an organization or user may have who has paid.
    BILLED_NAMESPACE_MAXIMUM_BUILD_COUNT "Builds at once after payment": Whole, internal;

    /// How many builds at once a user may have who came from a suspicious address.
    THREAT_NAMESPACE_MAXIMUM_BUILD_COUNT "Builds at once for suspects": Whole, internal;

    /// Key for the service at ipdata.co, which tells suspicious addresses.
    IP_DATA_API_KEY "Key for address data": Secret, internal;

    /// Look up subscriptions that users bought in Red Hat's marketplace.
    FEATURE_RH_MARKETPLACE "Red Hat marketplace": bool = false, internal;

    /// Let the parts of Quay that compare subscriptions talk to Red Hat's own servers.
    ENTITLEMENT_RECONCILIATION "Compare subscriptions": bool, internal;

    /// The service that is told what users do: `Mixpanel`, or none with `FakeAnalytics`.
    ANALYTICS_TYPE "Statistics service": Text = "FakeAnalytics", internal;

    /// Token of the project at Mixpanel. Everybody can see it.
    MIXPANEL_KEY "Mixpanel token": Text, internal;

    /// Number of the account at Marketo, which follows visitors through the pages.
    MARKETO_MUNCHKIN_ID "Marketo account": Text, internal;

    /// ID of the container at Google Tag Manager.
    GOOGLE_TAGMANAGER_KEY "Google Tag Manager ID": Text, internal;

    /// ID of the property at Google Analytics.
    GOOGLE_ANALYTICS_KEY "Google Analytics ID": Text, internal;

    /// The service that is told of errors in Quay: `Sentry`, or none with `FakeSentry`.
    EXCEPTION_LOG_TYPE "Error reports": Text = "FakeSentry", internal;

    /// The address, with a key in it, under which Quay reports errors to Sentry.
    SENTRY_DSN "Sentry address": Secret, internal;

    /// The address under which the browsers of users report errors to Sentry. They all see it.
    SENTRY_PUBLIC_DSN "Sentry address for browsers": Secret, internal;

    /// The name under which Sentry files the reports. Without it, `production`.
    SENTRY_ENVIRONMENT "Sentry environment": Text, internal;

    /// The share of errors that is reported, from 0 to 1.
    SENTRY_SAMPLE_RATE "Sentry: share of errors": Decimal, internal;

    /// The share of requests that is measured, from 0 to 1. Without it, 0.1.
    SENTRY_TRACES_SAMPLE_RATE "Sentry: share of requests": Decimal, internal;

    /// The share of measured requests that is looked at in every detail, from 0 to 1. Without it,
    /// 0.1.
    SENTRY_PROFILES_SAMPLE_RATE "Sentry: share of profiles": Decimal, internal;

    /// The service that is told where Quay spends its time: `Pyroscope`, or none when empty.
    PROFILING_TYPE "Profiling": Text = "", internal;

    /// Address of Pyroscope, with `http://` or `https://`.
    PYROSCOPE_SERVER_ADDRESS "Pyroscope address": Text, internal;

    /// The name under which Pyroscope files what it is told.
    PYROSCOPE_APPLICATION_NAME "Name at Pyroscope": Text = "quay", internal;

    /// The namespace for numbers about Quay in Amazon's monitoring. Without it, none are sent.
    CLOUDWATCH_NAMESPACE "CloudWatch namespace": Text, internal;

    /// Access key of the account at Amazon.
    CLOUDWATCH_AWS_ACCESS_KEY "CloudWatch access key": Secret, internal;

    /// Secret key of that account.
    CLOUDWATCH_AWS_SECRET_KEY "CloudWatch secret key": Secret, internal;

    /// Where Quay's processes put their metrics, so that Prometheus can fetch them. The container
    /// has such a place of its own.
    PROMETHEUS_PUSHGATEWAY_URL "Prometheus push gateway": HttpAddress = "http://localhost:9091", internal, may_be_empty;

    /// Keep signatures of tags on a server for The Update Framework.
    FEATURE_SIGNING "Signing with TUF": bool = false, internal;

    /// Address of the server that keeps the signatures.
    TUF_SERVER "TUF server": HttpUrl, internal;

    /// Host name that requests to that server carry.
    TUF_HOST "TUF host name": Text, internal;

    /// What stands before the names of repositories in the signatures. Without it, the server host
    /// name.
    TUF_GUN_PREFIX "TUF name prefix": Text, internal;

    /// How long Quay waits for that server. Without it, a second.
    TUF_API_TIMEOUT_SECONDS "Wait for the TUF server": NonNegative, unit("seconds"), internal;

    /// Servers from which signatures are read when the first one does not answer.
    TUF_READONLY_FAILOVER_ENDPOINTS "TUF servers in reserve": List<HttpUrl>, internal;
}

/// The field that chooses a service, the word that does, and what the service needs.
const NEEDS: [(&FieldSpec, &str, &FieldSpec); 4] = [
    (BILLING_TYPE.spec(), "Stripe", STRIPE_SECRET_KEY.spec()),
    (ANALYTICS_TYPE.spec(), "Mixpanel", MIXPANEL_KEY.spec()),
    (EXCEPTION_LOG_TYPE.spec(), "Sentry", SENTRY_DSN.spec()),
    (PROFILING_TYPE.spec(), "Pyroscope", PYROSCOPE_SERVER_ADDRESS.spec()),
];

rule! {
    /// Quay does without the service, or fails where it should use it.
    service_is_complete: Warning,
    "{service} is chosen, but {label} is missing.",
    fix "Enter a value, or do not choose the service.";
    |subject, places| {
        for (choice, word, needed) in NEEDS {
            let chosen = subject.document.top(choice.name).and_then(Value::as_str) == Some(word);
            if chosen && subject.document.top(needed.name).is_none_or(Value::is_blank) {
                let args = [("service", word.to_owned()), ("label", needed.label.to_owned())];
                places.at_with(Path::key(needed.name), args);
            }
        }
    }
}

rule! {
    /// There is nowhere to ask for signatures.
    signing_has_a_server: Warning,
    "Signing is on, but the address of the server is missing.",
    fix "Enter the address of the TUF server, or turn signing off.";
    |subject, places| {
        let on = subject.document.effective(FEATURE_SIGNING) == Some(true);
        if on && subject.document.top(TUF_SERVER.name()).is_none_or(Value::is_blank) {
            places.at(TUF_SERVER.path());
        }
    }
}

/// How much of what happens Sentry is told.
const SHARES: [Key<Decimal>; 3] =
    [SENTRY_SAMPLE_RATE, SENTRY_TRACES_SAMPLE_RATE, SENTRY_PROFILES_SAMPLE_RATE];

rule! {
    /// Sentry sends nothing when it cannot make sense of the number.
    sample_rate_is_a_share: Warning,
    "A share is a number from 0 to 1.", fix "Enter a number from 0 to 1, for instance 0.1.";
    |subject, places| {
        for key in SHARES {
            let share = subject.document.effective(key);
            if share.is_some_and(|Decimal(share)| !(0.0..=1.0).contains(&share)) {
                places.at(key.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn sensible_values_are_accepted() {
        let report = findings(
            "BILLING_TYPE: Stripe\nSTRIPE_SECRET_KEY: word\nEXCEPTION_LOG_TYPE: Sentry\n\
             SENTRY_DSN: 'https://key@sentry.example.com/1'\nSENTRY_SAMPLE_RATE: 1\n\
             PROFILING_TYPE: ''\nPROMETHEUS_PUSHGATEWAY_URL: localhost:9091\n\
             FEATURE_SIGNING: true\nTUF_SERVER: https://tuf.example.com\nSENTRY_PUBLIC_DSN: null",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(
            findings("BILLING_TYPE: cash\nTUF_API_TIMEOUT_SECONDS: soon"),
            ["value_is_of_its_type BILLING_TYPE", "value_is_of_its_type TUF_API_TIMEOUT_SECONDS"]
        );
    }

    #[test]
    fn a_service_without_its_key_is_warned_about() {
        assert_eq!(
            findings("ANALYTICS_TYPE: Mixpanel\nPROFILING_TYPE: Pyroscope"),
            ["service_is_complete MIXPANEL_KEY", "service_is_complete PYROSCOPE_SERVER_ADDRESS"]
        );
    }

    #[test]
    fn signing_without_a_server_is_warned_about() {
        assert_eq!(findings("FEATURE_SIGNING: true"), ["signing_has_a_server TUF_SERVER"]);
    }

    #[test]
    fn a_share_beyond_all_is_warned_about() {
        assert_eq!(
            findings("SENTRY_TRACES_SAMPLE_RATE: 10"),
            ["sample_rate_is_a_share SENTRY_TRACES_SAMPLE_RATE"]
        );
    }
}
