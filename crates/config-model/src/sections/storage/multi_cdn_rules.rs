//! Rules about `MultiCDNStorage`: its CDNs, and which downloads go through which.

use super::engine_rules::{argument, engines_of_kind};
use crate::document::Document;
use crate::field::Key;
use crate::path::Path;
use crate::storage;
use crate::storage::engines::multi_cdn::{
    CdnProvider, CdnRule, MULTI_CDN, MultiCdnArguments, SharedArguments,
};
use crate::storage::engines::s3::S3Arguments;
use crate::value::{Map, MapKey, Parsed, Secret, Value, Variant};

/// One CDN of an engine: Quay hands it the shared arguments and its own, which win.
pub(super) struct Cdn<'a> {
    /// The name of the engine.
    engine: &'a str,
    /// The name of the CDN.
    pub(super) name: &'a str,
    /// The engine that delivers through this CDN alone.
    pub(super) driver: &'static Variant,
    own: Option<&'a Value>,
    shared: Option<&'a Value>,
}

/// Every CDN of every engine that has several, save those of an unknown kind.
pub(super) fn cdns(document: &Document) -> impl Iterator<Item = Cdn<'_>> {
    engines_of_kind(document, &MULTI_CDN).flat_map(|(engine, found)| {
        let shared = entry(found.args, MultiCdnArguments::storage_config);
        let providers = entry(found.args, MultiCdnArguments::providers).and_then(Value::as_map);
        providers.into_iter().flatten().filter_map(move |(name, provider)| {
            let (variant, own) = Variant::of(provider, CdnProvider::ALL)?;
            let driver = storage::by_driver(variant.word)?;
            Some(Cdn { engine, name: name.as_str()?, driver, own, shared })
        })
    })
}

/// An argument as it is written.
fn entry<T>(args: Option<&Value>, field: Key<T>) -> Option<&Value> {
    args?.entry(field.name())
}

impl<'a> Cdn<'a> {
    /// What the CDN is handed under this name, `None` when that says nothing.
    fn handed(&self, name: &str) -> Option<&'a Value> {
        let own = self.own.and_then(|own| own.entry(name));
        let handed = own.or_else(|| self.shared?.entry(name));
        handed.filter(|value| !value.is_blank())
    }

    /// An argument, `None` when it is absent or not of its type.
    pub(super) fn read<T: Parsed>(&self, field: Key<T>) -> Option<T> {
        T::parse(self.handed(field.name())?).ok()
    }

    /// Where an argument stands, or should stand.
    pub(super) fn place_of(&self, name: &str) -> Path {
        let is_own = self.own.is_some_and(|own| own.entry(name).is_some());
        let is_shared = self.shared.is_some_and(|shared| shared.entry(name).is_some());
        if !is_own && (is_shared || SharedArguments::spec.field(name).is_some()) {
            return argument(self.engine, MultiCdnArguments::storage_config.name()).field(name);
        }
        self.place().field(name)
    }

    /// Where its own arguments stand.
    fn place(&self) -> Path {
        let providers = argument(self.engine, MultiCdnArguments::providers.name());
        providers.field(self.name).item(1)
    }
}

/// What only Quay's check at start asks for, which does not look at single CDNs.
const ASKED_FOR_AT_START: [Key<Secret>; 2] =
    [S3Arguments::s3_access_key, S3Arguments::s3_secret_key];

rule! {
    /// Quay stops at start when a CDN lacks an argument, wherever it should come from.
    cdn_is_complete: Error,
    "{label} is missing; {driver} needs it.",
    fix "Enter it under the shared settings, or under each CDN that needs it.";
    |subject, places| {
        for cdn in cdns(subject.document) {
            let asked_at_start =
                |name: &str| ASKED_FOR_AT_START.iter().any(|key| key.name() == name);
            for field in cdn.driver.fields.fields().filter(|field| field.required) {
                if cdn.handed(field.name).is_none() && !asked_at_start(field.name) {
                    let args = [
                        ("label", field.label.to_owned()),
                        ("driver", cdn.driver.word.to_owned()),
                    ];
                    places.at_with(cdn.place_of(field.name), args);
                }
            }
        }
    }
}

rule! {
    /// Quay hands the arguments to the driver as they are and stops at one it does not take.
    cdn_argument_is_known: Error,
    "{driver} takes no {argument}; Quay does not start with it.",
    fix "Correct the name, or take the argument out. What only some CDNs take goes under these.";
    |subject, places| {
        for cdn in cdns(subject.document) {
            let given = [cdn.own, cdn.shared].into_iter().flatten().filter_map(Value::as_map);
            for name in given.flat_map(Map::keys).filter_map(MapKey::as_str) {
                if cdn.driver.fields.field(name).is_none() {
                    let args = [
                        ("driver", cdn.driver.word.to_owned()),
                        ("argument", name.to_owned()),
                    ];
                    places.at_with(cdn.place_of(name), args);
                }
            }
        }
    }
}

rule! {
    /// One key is of no use without the other.
    cdn_keys_come_in_pairs: Error,
    "{cdn} is handed one of the two keys only.",
    fix "Enter both keys, or neither where the machine has a role that may use the bucket.";
    |subject, places| {
        for cdn in cdns(subject.document) {
            let missing = |key: Key<Secret>| cdn.handed(key.name()).is_none();
            let [access, secret] = ASKED_FOR_AT_START;
            if missing(access) != missing(secret) {
                let key = if missing(access) { access } else { secret };
                places.at_with(cdn.place_of(key.name()), [("cdn", cdn.name.to_owned())]);
            }
        }
    }
}

rule! {
    /// Quay stops at start: each CDN needs the bucket that it delivers from.
    cdns_share_a_bucket: Error,
    "The shared settings are empty.",
    fix "Enter the bucket, its region and the folder there.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &MULTI_CDN) {
            let field = MultiCdnArguments::storage_config;
            if entry(engine.args, field).is_none_or(Value::is_blank) {
                places.at(argument(name, field.name()));
            }
        }
    }
}

rule! {
    /// Quay's own check at start does without the list, Quay itself does not.
    cdn_rules_are_listed: Error,
    "The list of rules is missing; without one Quay does not start.",
    fix "Reset the field to begin with an empty list, or add a rule.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &MULTI_CDN) {
            let field = MultiCdnArguments::rules;
            if entry(engine.args, field).is_none_or(|rules| *rules == Value::Null) {
                places.at(argument(name, field.name()));
            }
        }
    }
}

rule! {
    /// Quay stops at start when it should deliver through a CDN that it does not have.
    cdn_target_is_a_cdn: Error,
    "{target} is none of the CDNs.", fix "Enter the name of one of the CDNs, or add it.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &MULTI_CDN) {
            let (providers, usual) =
                (MultiCdnArguments::providers, MultiCdnArguments::default_provider);
            let Some(providers) = entry(engine.args, providers) else { continue };
            let usual = (entry(engine.args, usual), argument(name, usual.name()));
            let targets = rules_of(name, engine.args).map(|(rule, place)| {
                (entry(Some(rule), CdnRule::target), place.field(CdnRule::target.name()))
            });
            for (target, place) in std::iter::once(usual).chain(targets) {
                let target = target.and_then(Value::as_str).filter(|target| !target.is_empty());
                if let Some(target) = target.filter(|target| providers.entry(target).is_none()) {
                    places.at_with(place, [("target", target.to_owned())]);
                }
            }
        }
    }
}

rule! {
    /// Quay stops at start at a rule with a condition that it does not know.
    cdn_rule_condition_is_known: Error,
    "A rule has no {condition}.",
    fix "Use target, namespace, continent and host only.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &MULTI_CDN) {
            for (rule, place) in rules_of(name, engine.args) {
                let given = rule.as_map().into_iter().flat_map(Map::keys);
                for condition in given.filter_map(MapKey::as_str) {
                    if CdnRule::spec.field(condition).is_none() {
                        let args = [("condition", condition.to_owned())];
                        places.at_with(place.field(condition), args);
                    }
                }
            }
        }
    }
}

/// The rules of an engine, and where each stands.
fn rules_of<'a>(engine: &str, args: Option<&'a Value>) -> impl Iterator<Item = (&'a Value, Path)> {
    let place = argument(engine, MultiCdnArguments::rules.name());
    let rules = entry(args, MultiCdnArguments::rules).and_then(Value::as_list).unwrap_or_default();
    rules.iter().enumerate().map(move |(at, rule)| (rule, place.item(at)))
}

#[cfg(test)]
mod tests {
    use crate::certificate::{FileContent, FileFacts, Files};
    use crate::rule::testing::findings_with;

    const SHARED: &str = "storage_config: {s3_bucket: quay, s3_region: eu-central-1, \
         storage_path: /registry, s3_access_key: key, s3_secret_key: word}";
    const CLOUDFLARE: &str = "flare: [CloudFlareStorage, {cloudflare_domain: cdn.example.com, \
         cloudflare_privatekey_filename: key.pem}]";
    const AKAMAI: &str = "far: [AkamaiS3Storage, \
         {akamai_domain: cdn.example.org, akamai_shared_secret: word}]";
    const RULES: &str = "rules: [{continent: NA, target: far}, \
         {namespace: acme, host: 'quay.example.com:8443', target: flare}]";

    /// What is found about an engine with these arguments, seen from them.
    fn found(args: &str) -> Vec<String> {
        let content = FileContent::Other;
        let files = Files::from([("key.pem".to_owned(), FileFacts { bytes: 1700, content })]);
        let text = format!("DISTRIBUTED_STORAGE_CONFIG: {{a: [MultiCDNStorage, {{{args}}}]}}");
        let report = findings_with(&text, &files);
        let place = "DISTRIBUTED_STORAGE_CONFIG.a[1].";
        report.iter().map(|finding| finding.replace(place, "")).collect()
    }

    fn good() -> String {
        format!("{SHARED}, providers: {{{CLOUDFLARE}, {AKAMAI}}}, default_provider: flare, {RULES}")
    }

    #[test]
    fn several_cdns_are_accepted() {
        assert_eq!(found(&good()), [""; 0]);
        assert_eq!(found(&good().replace(RULES, "rules: []")), [""; 0]);
        let moved = good()
            .replace("s3_region: eu-central-1, ", "")
            .replace("cdn.example.com", "cdn.example.com, s3_region: eu-central-1")
            .replace("cdn.example.org", "cdn.example.org, s3_region: eu-west-1");
        assert_eq!(found(&moved), [""; 0]);
    }

    #[test]
    fn neither_the_cdns_nor_the_rules_may_be_left_out() {
        let report = found("rules: null");
        for missing in [
            "required_value_is_set providers",
            "required_value_is_set default_provider",
            "cdns_share_a_bucket storage_config",
            "cdn_rules_are_listed rules",
        ] {
            assert!(report.contains(&missing.to_owned()), "{missing}: {report:?}");
        }
    }

    #[test]
    fn a_cdn_of_another_kind_is_refused() {
        assert_eq!(
            found(&good().replace("AkamaiS3Storage", "S3Storage")),
            ["value_is_of_its_type providers.far"]
        );
    }

    #[test]
    fn what_a_driver_needs_is_asked_for_where_it_belongs() {
        let bad = good()
            .replace("s3_region: eu-central-1, ", "")
            .replace("akamai_domain: cdn.example.org, ", "");
        let report = found(&bad);
        assert_eq!(report.len(), 3, "{report:?}");
        for missing in ["storage_config.s3_region", "providers.far[1].akamai_domain"] {
            assert!(report.contains(&format!("cdn_is_complete {missing}")), "{report:?}");
        }
    }

    #[test]
    fn an_argument_that_a_driver_does_not_take_is_refused() {
        assert_eq!(
            found(&good().replace("akamai_domain", "odd: 1, akamai_domain")),
            ["cdn_argument_is_known providers.far[1].odd"]
        );
        let shared = good().replace("s3_bucket", "cloudfront_key_id: K1, s3_bucket");
        let place = "cdn_argument_is_known storage_config.cloudfront_key_id";
        assert_eq!(found(&shared), [place, place], "neither of the two takes it");
    }

    #[test]
    fn one_key_alone_is_refused() {
        let report = found(&good().replace(", s3_secret_key: word", ""));
        let place = "cdn_keys_come_in_pairs storage_config.s3_secret_key";
        assert_eq!(report, [place, place], "said of each CDN");
    }

    #[test]
    fn downloads_go_through_a_cdn_that_is_there() {
        assert_eq!(
            found(&good().replace("target: far", "target: near")),
            ["cdn_target_is_a_cdn rules[0].target"]
        );
        assert_eq!(
            found(&good().replace("default_provider: flare", "default_provider: near")),
            ["cdn_target_is_a_cdn default_provider"]
        );
    }

    #[test]
    fn a_rule_has_a_target_and_knows_four_conditions() {
        assert_eq!(
            found(&good().replace("namespace: acme", "country: CH")),
            ["cdn_rule_condition_is_known rules[1].country"]
        );
        assert_eq!(
            found(&good().replace(", target: far", "")),
            ["required_value_is_set rules[0].target"]
        );
        assert_eq!(
            found(&good().replace("continent: NA", "continent: USA")),
            ["value_is_of_its_type rules[0].continent"]
        );
    }

    #[test]
    fn a_signing_key_is_uploaded() {
        assert_eq!(
            found(&good().replace("key.pem", "other.pem")),
            ["signing_key_is_uploaded providers.flare[1].cloudflare_privatekey_filename"]
        );
    }
}
