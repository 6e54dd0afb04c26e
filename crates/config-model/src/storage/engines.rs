//! Every storage engine, in the order the console offers them.

pub mod akamai;
pub mod azure;
pub mod cloudflare;
pub mod cloudfront;
pub mod google;
pub mod ibm;
pub mod local;
pub mod multi_cdn;
pub mod rados_gw;
pub mod s3;
pub mod sts_s3;
pub mod swift;

use crate::value::Variant;

/// Every engine.
pub const ENGINES: &[Variant] = &[
    rados_gw::RADOS_GW,
    s3::S3,
    sts_s3::STS_S3,
    rados_gw::RHOCS,
    azure::AZURE,
    google::GOOGLE,
    ibm::IBM,
    swift::SWIFT,
    cloudfront::CLOUDFRONT,
    cloudflare::CLOUDFLARE,
    akamai::AKAMAI,
    multi_cdn::MULTI_CDN,
    local::LOCAL,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::by_driver;

    /// What each driver of Quay cannot be made without, and what it takes besides.
    const DRIVERS: [(&str, &str, &str); 13] = [
        ("LocalStorage", "storage_path", ""),
        (
            "S3Storage",
            "storage_path s3_bucket",
            "s3_access_key s3_secret_key s3_region host port endpoint_url maximum_chunk_size_gb \
             minimum_chunk_size_mb aws_session_token deferred_refreshable_credentials \
             signature_version",
        ),
        (
            "STSS3Storage",
            "storage_path s3_bucket",
            "sts_role_arn sts_user_access_key sts_user_secret_key s3_region endpoint_url \
             maximum_chunk_size_gb signature_version",
        ),
        (
            "GoogleCloudStorage",
            "storage_path access_key secret_key bucket_name",
            "boto_timeout minimum_chunk_size_mb signature_version",
        ),
        (
            "RadosGWStorage",
            "hostname is_secure storage_path access_key secret_key bucket_name",
            "region_name signature_version port minimum_chunk_size_mb maximum_chunk_size_mb \
             server_side_assembly",
        ),
        (
            "RHOCSStorage",
            "hostname is_secure storage_path access_key secret_key bucket_name",
            "region_name signature_version port minimum_chunk_size_mb maximum_chunk_size_mb \
             server_side_assembly",
        ),
        (
            "IBMCloudStorage",
            "hostname is_secure storage_path access_key secret_key bucket_name",
            "port maximum_chunk_size_mb signature_version",
        ),
        (
            "AzureStorage",
            "azure_container storage_path azure_account_name",
            "azure_account_key sas_token endpoint_url",
        ),
        (
            "SwiftStorage",
            "swift_container storage_path auth_url swift_user swift_password",
            "auth_version os_options ca_cert_path temp_url_key simple_path_concat connect_timeout \
             retry_count retry_on_ratelimit",
        ),
        (
            "CloudFrontedS3Storage",
            "cloudfront_distribution_domain cloudfront_key_id cloudfront_privatekey_filename \
             storage_path s3_bucket s3_region",
            "cloudfront_distribution_org_overrides s3_access_key s3_secret_key host port \
             endpoint_url maximum_chunk_size_gb minimum_chunk_size_mb aws_session_token \
             deferred_refreshable_credentials signature_version",
        ),
        (
            "CloudFlareStorage",
            "cloudflare_domain cloudflare_privatekey_filename storage_path s3_bucket s3_region",
            "s3_access_key s3_secret_key host port endpoint_url maximum_chunk_size_gb \
             minimum_chunk_size_mb aws_session_token deferred_refreshable_credentials \
             signature_version",
        ),
        (
            "AkamaiS3Storage",
            "akamai_domain akamai_shared_secret storage_path s3_bucket s3_region",
            "s3_access_key s3_secret_key host port endpoint_url maximum_chunk_size_gb \
             minimum_chunk_size_mb aws_session_token deferred_refreshable_credentials \
             signature_version",
        ),
        ("MultiCDNStorage", "storage_config providers default_provider rules", ""),
    ];

    /// What Quay's check at start wants, and the driver itself does not.
    const WANTED_AT_START: [&str; 3] = ["s3_access_key", "s3_secret_key", "auth_version"];
    /// What may not be left out and may be empty, so that a rule asks for it.
    const ASKED_FOR_BY_A_RULE: [&str; 1] = ["rules"];

    fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_thirteen_drivers_of_quay_are_known_once_each() {
        let known = sorted(ENGINES.iter().map(|engine| engine.word));
        assert_eq!(known, sorted(DRIVERS.iter().map(|(driver, ..)| *driver)));
    }

    #[test]
    fn an_engine_takes_what_its_driver_takes() {
        for (driver, required, other) in DRIVERS {
            let engine = by_driver(driver).expect("the driver is known");
            let taken = required.split_whitespace().chain(other.split_whitespace());
            let known = engine.fields.fields().filter(|field| !field.legacy);
            let known = known.map(|field| field.name);
            assert_eq!(sorted(known), sorted(taken), "{driver}");
        }
    }

    #[test]
    fn an_engine_requires_what_its_driver_requires() {
        for (driver, required, _) in DRIVERS {
            let engine = by_driver(driver).expect("the driver is known");
            let known = engine.fields.fields().filter(|field| field.required);
            let known =
                known.map(|field| field.name).filter(|name| !WANTED_AT_START.contains(name));
            let wanted =
                required.split_whitespace().filter(|name| !ASKED_FOR_BY_A_RULE.contains(name));
            assert_eq!(sorted(known), sorted(wanted), "{driver}");
        }
    }

    #[test]
    fn every_engine_starts_with_a_folder_for_its_data() {
        for engine in ENGINES.iter().filter(|engine| engine.word != multi_cdn::MULTI_CDN.word) {
            let path = engine.fields.field("storage_path");
            assert!(
                path.is_some_and(|path| path.required && path.setup.is_some()),
                "{}",
                engine.word
            );
        }
    }
}
