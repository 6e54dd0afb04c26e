//! Rules about stores that are told by a switch whether to use HTTPS.

use super::engine_rules::{argument, engines_of_kind, read};
use crate::field::Key;
use crate::storage::engines::ibm::{IBM, IbmArguments};
use crate::storage::engines::rados_gw::{RADOS_GW, RHOCS, RadosGwArguments};
use crate::value::{SpelledTrue, Value, Variant};

/// The engines with such a switch.
const GATEWAYS: [(Variant, Key<SpelledTrue>); 3] = [
    (RADOS_GW, RadosGwArguments::is_secure),
    (RHOCS, RadosGwArguments::is_secure),
    (IBM, IbmArguments::is_secure),
];

rule! {
    /// Whoever listens on the way reads the images, and can change them.
    gateway_is_encrypted: Warning,
    "The data of {engine} travels without encryption.",
    fix "Turn on Use HTTPS, or keep the way to the gateway inside a trusted network.";
    |subject, places| {
        for (kind, field) in &GATEWAYS {
            for (name, engine) in engines_of_kind(subject.document, kind) {
                if read(engine.args, *field) == Some(SpelledTrue(false)) {
                    places.at_with(argument(name, field.name()), [("engine", name.to_owned())]);
                }
            }
        }
    }
}

rule! {
    /// Quay takes any text for true, the text false as well.
    gateway_switch_is_no_text: Warning,
    "The switch is written as text, which turns it on whatever the text says.",
    fix "Write true without quotes.";
    |subject, places| {
        for (kind, field) in &GATEWAYS {
            for (name, engine) in engines_of_kind(subject.document, kind) {
                let value = engine.args.and_then(|args| args.entry(field.name()));
                let text = value.and_then(Value::as_str).is_some();
                if text && read(engine.args, *field).is_some() {
                    places.at(argument(name, field.name()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const DRIVERS: [&str; 3] = ["RadosGWStorage", "RHOCSStorage", "IBMCloudStorage"];

    /// What is found in a document whose only engine, `a`, has this switch.
    fn found(driver: &str, switch: &str) -> Vec<String> {
        let report = findings(&format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{a: [{driver}, {{is_secure: {switch}, hostname: ceph04, \
             access_key: key, secret_key: word, bucket_name: quay, storage_path: /registry}}]}}"
        ));
        let place = "DISTRIBUTED_STORAGE_CONFIG.a";
        report.iter().map(|finding| finding.replace(place, "a")).collect()
    }

    #[test]
    fn a_gateway_in_clear_is_warned_about() {
        for driver in DRIVERS {
            assert_eq!(found(driver, "false"), ["gateway_is_encrypted a[1].is_secure"]);
        }
    }

    #[test]
    fn a_switch_in_quotes_is_warned_about_when_it_is_true_and_refused_otherwise() {
        for driver in DRIVERS {
            for switch in ["'true'", "'True'"] {
                assert_eq!(found(driver, switch), ["gateway_switch_is_no_text a[1].is_secure"]);
            }
            for switch in ["'false'", "'yes'"] {
                assert_eq!(found(driver, switch), ["value_is_of_its_type a[1].is_secure"]);
            }
        }
    }
}
