//! Registry storage: the engines that hold the images, and in which order they are used.

mod cdn_rules;
mod engine_rules;
mod gateway_rules;
mod multi_cdn_rules;

use crate::document::Document;
use crate::value::{Engines, FilePath, List, Map, MapKey, Text, Value};
use cdn_rules::{akamai_engine_passes_the_check, signing_key_is_uploaded};
use engine_rules::{
    azure_engine_has_a_key, azure_key_is_there_for_the_check, engine_argument_is_known,
    engine_driver_is_known, engine_is_shared_by_all_nodes, local_engine_is_not_replicated,
    s3_keys_come_in_pairs, swift_version_3_has_its_options, swift_version_exists,
};
use gateway_rules::{gateway_is_encrypted, gateway_switch_is_no_text};
use multi_cdn_rules::{
    cdn_argument_is_known, cdn_is_complete, cdn_keys_come_in_pairs, cdn_rule_condition_is_known,
    cdn_rules_are_listed, cdn_target_is_a_cdn, cdns_share_a_bucket,
};

section! {
    /// Where images are kept. Every node of a cluster must reach the same engines.
    "storage", "Registry storage", Essentials;
    rules: [
        engine_driver_is_known, engine_argument_is_known, engine_name_is_plain,
        engine_is_shared_by_all_nodes, local_engine_is_not_replicated,
        engines_are_copied_to_each_other, location_is_an_engine, engine_is_preferred,
        user_files_have_an_engine, s3_keys_come_in_pairs, gateway_is_encrypted,
        gateway_switch_is_no_text,
        azure_engine_has_a_key, azure_key_is_there_for_the_check, swift_version_exists,
        swift_version_3_has_its_options, signing_key_is_uploaded, akamai_engine_passes_the_check,
        cdns_share_a_bucket, cdn_is_complete, cdn_argument_is_known, cdn_keys_come_in_pairs,
        cdn_target_is_a_cdn, cdn_rules_are_listed, cdn_rule_condition_is_known,
    ];

    /// The engines, each under a name of your own. A name must stay once images are stored,
    /// because the database remembers it.
    DISTRIBUTED_STORAGE_CONFIG "Storage engines": Engines, required, stop_all;

    /// The order in which Quay uses the engines. New images go to the first one.
    DISTRIBUTED_STORAGE_PREFERENCE "Order of preference": List<Text> => [], required, drawn_with("DISTRIBUTED_STORAGE_CONFIG"), unique;

    /// Engines to which every image is copied, whatever its organization has chosen.
    DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS "Copy everything to": List<Text> => [], drawn_with("DISTRIBUTED_STORAGE_CONFIG"), unique;

    /// Copy images between the engines in the background. Needed with more than one engine.
    FEATURE_STORAGE_REPLICATION "Replicate storage": bool = false;

    /// Send downloads through Quay instead of straight from the engine. Choose it where clients
    /// cannot reach the engine.
    FEATURE_PROXY_STORAGE "Proxy storage": bool = false;

    /// The engine that keeps uploaded files such as build contexts. Name one of your engines:
    /// what Quay takes otherwise is none of them.
    USERFILES_LOCATION "Engine for uploaded files": Text;

    /// Folder in that engine for uploaded files.
    USERFILES_PATH "Folder for uploaded files": FilePath = "userfiles/", may_be_empty;

    /// Remove what aborted uploads have left in the engines.
    CLEAN_BLOB_UPLOAD_FOLDER "Clean up aborted uploads": bool = true;

    /// End uploads in parts that were begun at the store and never finished.
    FEATURE_ENABLE_STALE_MPU_CLEANUP "Clean up unfinished multipart uploads": bool = true;
}

/// The names of the engines, of those as well that are wrong inside.
fn engine_names(document: &Document) -> Vec<&str> {
    let engines = document.top(DISTRIBUTED_STORAGE_CONFIG.name()).and_then(Value::as_map);
    engines.into_iter().flat_map(Map::keys).filter_map(MapKey::as_str).collect()
}

/// Whether `location` should name an engine and does not; without any engine that is not the fault.
pub(super) fn is_no_engine(document: &Document, location: &str) -> bool {
    let names = engine_names(document);
    !location.is_empty() && !names.is_empty() && !names.contains(&location)
}

rule! {
    /// The name becomes part of file names and of addresses.
    engine_name_is_plain: Warning,
    "The engine name {engine} has signs that may be trouble in file names.",
    fix "Use letters, digits, _ and - only. Keep the name if images are stored under it already.";
    |subject, places| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        for name in engine_names(subject.document) {
            if name.is_empty() || !name.chars().all(plain) {
                let path = DISTRIBUTED_STORAGE_CONFIG.path().field(name);
                places.at_with(path, [("engine", name.to_owned())]);
            }
        }
    }
}

rule! {
    /// An image stays on the engine it was pushed to when nothing copies it.
    engines_are_copied_to_each_other: Warning,
    "There are several engines, and images are not copied between them.",
    fix "Turn on Replicate storage, or keep one engine.";
    |subject, places| {
        let replicated = subject.document.effective(FEATURE_STORAGE_REPLICATION) == Some(true);
        if !replicated && engine_names(subject.document).len() > 1 {
            places.at(FEATURE_STORAGE_REPLICATION.path());
        }
    }
}

rule! {
    /// Quay fails at the first push to a location that it does not have.
    location_is_an_engine: Error,
    "{location} is none of the storage engines.",
    fix "Take it out of the list, or add an engine of that name.";
    |subject, places| {
        for key in [DISTRIBUTED_STORAGE_PREFERENCE, DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS] {
            let Some(List(locations)) = subject.document.effective(key) else { continue };
            for (at, Text(location)) in locations.into_iter().enumerate() {
                if is_no_engine(subject.document, &location) {
                    places.at_with(key.path().item(at), [("location", location)]);
                }
            }
        }
    }
}

rule! {
    /// Nothing is pushed to an engine that stands nowhere in the order.
    engine_is_preferred: Warning,
    "{engine} is not in the order of preference, so nothing is pushed to it.",
    fix "Add it to the order of preference, or remove the engine.";
    |subject, places| {
        let Some(List(order)) = subject.document.effective(DISTRIBUTED_STORAGE_PREFERENCE) else {
            return;
        };
        for name in engine_names(subject.document) {
            if !order.is_empty() && !order.iter().any(|Text(location)| location == name) {
                let path = DISTRIBUTED_STORAGE_CONFIG.path().field(name);
                places.at_with(path, [("engine", name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Uploaded files would have nowhere to go.
    user_files_have_an_engine: Error,
    "{location} is none of the storage engines.",
    fix "Enter the name of one of your engines as the engine for uploaded files.";
    |subject, places| {
        let location = subject.document.effective(USERFILES_LOCATION);
        let wrong = location.filter(|Text(location)| {
            location.is_empty() || is_no_engine(subject.document, location)
        });
        if let Some(Text(location)) = wrong {
            let location = if location.is_empty() { "Empty text".to_owned() } else { location };
            places.at_with(USERFILES_LOCATION.path(), [("location", location)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const GATEWAY: &str = "{hostname: ceph04.example.com, port: 7480, is_secure: true, \
         access_key: key, secret_key: word, bucket_name: quay, storage_path: /datastorage/registry}";

    /// What is found in a document with gateways of these names and `rest`.
    fn with_gateways(names: &[&str], rest: &str) -> Vec<String> {
        let engines: Vec<_> =
            names.iter().map(|name| format!("{name}: [RadosGWStorage, {GATEWAY}]")).collect();
        findings(&format!("DISTRIBUTED_STORAGE_CONFIG: {{{}}}\n{rest}", engines.join(", ")))
    }

    #[test]
    fn two_replicated_gateways_are_accepted() {
        let report = with_gateways(
            &["east", "west_2"],
            "DISTRIBUTED_STORAGE_PREFERENCE: [west_2, east]\n\
             DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [east]\nUSERFILES_LOCATION: east\n\
             FEATURE_STORAGE_REPLICATION: true",
        );
        assert!(report.is_empty(), "{report:?}");
    }

    #[test]
    fn an_engine_is_a_list_of_two() {
        assert_eq!(
            findings("DISTRIBUTED_STORAGE_CONFIG: {a: RadosGWStorage}"),
            ["value_is_of_its_type DISTRIBUTED_STORAGE_CONFIG"]
        );
    }

    #[test]
    fn no_engine_and_no_order_are_refused() {
        assert_eq!(
            findings("DISTRIBUTED_STORAGE_CONFIG: {}\nDISTRIBUTED_STORAGE_PREFERENCE: []"),
            [
                "required_value_is_set DISTRIBUTED_STORAGE_CONFIG",
                "required_value_is_set DISTRIBUTED_STORAGE_PREFERENCE"
            ]
        );
    }

    #[test]
    fn a_list_names_engines_only() {
        assert_eq!(
            with_gateways(
                &["a"],
                "DISTRIBUTED_STORAGE_PREFERENCE: [a, b]\n\
                 DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [c]"
            ),
            [
                "location_is_an_engine DISTRIBUTED_STORAGE_PREFERENCE[1]",
                "location_is_an_engine DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS[0]"
            ]
        );
    }

    #[test]
    fn an_engine_outside_the_order_is_warned_about() {
        assert_eq!(
            with_gateways(
                &["a", "b"],
                "DISTRIBUTED_STORAGE_PREFERENCE: [a]\nFEATURE_STORAGE_REPLICATION: true"
            ),
            ["engine_is_preferred DISTRIBUTED_STORAGE_CONFIG.b"]
        );
    }

    #[test]
    fn two_engines_want_replication() {
        assert_eq!(
            with_gateways(&["a", "b"], ""),
            ["engines_are_copied_to_each_other FEATURE_STORAGE_REPLICATION"]
        );
    }

    #[test]
    fn uploaded_files_go_to_an_engine() {
        assert_eq!(
            with_gateways(&["a"], "USERFILES_LOCATION: local_us"),
            ["user_files_have_an_engine USERFILES_LOCATION"]
        );
        assert_eq!(
            with_gateways(&["a"], "USERFILES_LOCATION: ''"),
            ["user_files_have_an_engine USERFILES_LOCATION"]
        );
    }

    #[test]
    fn an_odd_name_is_warned_about() {
        assert_eq!(
            with_gateways(&["a/b"], ""),
            ["engine_name_is_plain DISTRIBUTED_STORAGE_CONFIG.a/b"]
        );
    }
}
