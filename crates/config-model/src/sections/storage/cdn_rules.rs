//! Rules about engines that deliver through a CDN, alone or beside others.

use super::engine_rules::{argument, driver_of, engines_of_kind, read};
use super::multi_cdn_rules::cdns;
use crate::field::Key;
use crate::storage::engines::akamai::AKAMAI;
use crate::storage::engines::cloudflare::{CLOUDFLARE, CloudFlareArguments};
use crate::storage::engines::cloudfront::{CLOUDFRONT, CloudFrontArguments};
use crate::value::{FilePath, Variant};

/// The engines that sign downloads with an uploaded key, and what names the file of each.
const SIGNING_KEYS: [(Variant, Key<FilePath>); 2] = [
    (CLOUDFRONT, CloudFrontArguments::cloudfront_privatekey_filename),
    (CLOUDFLARE, CloudFlareArguments::cloudflare_privatekey_filename),
];

rule! {
    /// Without the key Quay cannot sign a single download.
    signing_key_is_uploaded: Error,
    "{engine} signs downloads with {file}, which is not uploaded.",
    fix "Upload the private key as {file}, or correct the name of the file.";
    |subject, places| {
        for (kind, field) in &SIGNING_KEYS {
            let alone = engines_of_kind(subject.document, kind).filter_map(|(name, engine)| {
                Some((name, read(engine.args, *field)?, argument(name, field.name())))
            });
            let beside_others = cdns(subject.document)
                .filter(|cdn| cdn.driver.word == kind.word)
                .filter_map(|cdn| Some((cdn.name, cdn.read(*field)?, cdn.place_of(field.name()))));
            for (name, FilePath(file), place) in alone.chain(beside_others) {
                if !subject.files.contains_key(&file) {
                    places.at_with(place, [("engine", name.to_owned()), ("file", file)]);
                }
            }
        }
    }
}

rule! {
    /// Quay knows the driver; the program that checks its configuration when it starts does not,
    /// and takes it for a spelling mistake.
    akamai_engine_passes_the_check: Warning,
    "Quay's check at start does not know {driver} and stops Quay.",
    fix "Start Quay with IGNORE_VALIDATION=true, or make Akamai the CDN of a MultiCDNStorage engine.";
    |subject, places| {
        for (name, engine) in engines_of_kind(subject.document, &AKAMAI) {
            places.at_with(driver_of(name), [("driver", engine.driver.to_owned())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::certificate::{FileContent, FileFacts, Files};
    use crate::rule::testing::findings_with;

    const BUCKET: &str =
        "s3_access_key: key, s3_secret_key: word, s3_bucket: quay, storage_path: /registry";
    const CLOUDFRONT: &str = "cloudfront_distribution_domain: d1.cloudfront.example.com, \
         cloudfront_key_id: K1, cloudfront_privatekey_filename: a-signing-key.pem";
    const CLOUDFLARE: &str =
        "cloudflare_domain: cdn.example.com, cloudflare_privatekey_filename: a-signing-key.pem";
    const AKAMAI: &str = "akamai_domain: cdn.example.com, akamai_shared_secret: word";

    /// What is found in a document whose only engine, `a`, is this one.
    fn found(driver: &str, args: &str, files: &Files) -> Vec<String> {
        let text = format!("DISTRIBUTED_STORAGE_CONFIG: {{a: [{driver}, {{{args}, {BUCKET}}}]}}");
        let report = findings_with(&text, files);
        let place = "DISTRIBUTED_STORAGE_CONFIG.a";
        report.iter().map(|finding| finding.replace(place, "a")).collect()
    }

    fn key() -> Files {
        let facts = FileFacts { bytes: 1700, content: FileContent::Other };
        Files::from([("a-signing-key.pem".to_owned(), facts)])
    }

    #[test]
    fn cloudfront_and_cloudflare_need_a_region_and_their_key() {
        for (driver, args, file) in [
            ("CloudFrontedS3Storage", CLOUDFRONT, "cloudfront_privatekey_filename"),
            ("CloudFlareStorage", CLOUDFLARE, "cloudflare_privatekey_filename"),
        ] {
            assert_eq!(
                found(driver, args, &Files::new()),
                [
                    "required_value_is_set a[1].s3_region".to_owned(),
                    format!("signing_key_is_uploaded a[1].{file}")
                ]
            );
            let complete = format!("s3_region: eu-central-1, {args}");
            assert_eq!(found(driver, &complete, &key()), [""; 0]);
        }
    }

    #[test]
    fn quays_check_wants_both_keys_of_cloudflare() {
        let args = format!("s3_region: eu-central-1, {CLOUDFLARE}");
        let text = format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{a: [CloudFlareStorage, \
             {{{args}, s3_bucket: quay, storage_path: /registry}}]}}"
        );
        let place = "required_value_is_set DISTRIBUTED_STORAGE_CONFIG.a[1]";
        assert_eq!(
            findings_with(&text, &key()),
            [format!("{place}.s3_access_key"), format!("{place}.s3_secret_key")]
        );
    }

    #[test]
    fn akamai_is_warned_about_and_needs_a_region() {
        let none = Files::new();
        assert_eq!(
            found("AkamaiS3Storage", AKAMAI, &none),
            ["required_value_is_set a[1].s3_region", "akamai_engine_passes_the_check a[0]"]
        );
        let complete = format!("s3_region: eu-central-1, {AKAMAI}");
        assert_eq!(
            found("AkamaiS3Storage", &complete, &none),
            ["akamai_engine_passes_the_check a[0]"]
        );
    }
}
