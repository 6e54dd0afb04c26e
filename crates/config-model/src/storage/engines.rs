//! Every storage engine, in the order the console offers them.

pub mod azure;
pub mod cloudfront;
pub mod google;
pub mod local;
pub mod rados_gw;
pub mod s3;
pub mod swift;

use super::EngineSpec;

/// Every engine.
pub const ENGINES: &[EngineSpec] = &[
    rados_gw::RADOS_GW,
    s3::S3,
    rados_gw::RHOCS,
    azure::AZURE,
    google::GOOGLE,
    swift::SWIFT,
    cloudfront::CLOUDFRONT,
    local::LOCAL,
];

/// Drivers that Quay has and that are edited as text here.
pub const WITHOUT_FORM: &[&str] =
    &["STSS3Storage", "IBMCloudStorage", "CloudFlareStorage", "AkamaiS3Storage", "MultiCDNStorage"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_starts_with_a_folder_for_its_data() {
        for engine in ENGINES {
            let path = engine.fields.fields.iter().find(|field| field.name == "storage_path");
            assert!(
                path.is_some_and(|path| path.required && path.setup.is_some()),
                "{}",
                engine.driver
            );
        }
    }

    #[test]
    fn the_thirteen_drivers_of_quay_are_known_once_each() {
        let mut drivers: Vec<_> = ENGINES.iter().map(|engine| engine.driver).collect();
        drivers.extend(WITHOUT_FORM);
        drivers.sort_unstable();
        drivers.dedup();
        assert_eq!(drivers.len(), 13);
    }

    #[test]
    fn only_a_local_folder_belongs_to_one_node() {
        let alone: Vec<_> =
            ENGINES.iter().filter(|engine| !engine.shared).map(|engine| engine.driver).collect();
        assert_eq!(alone, ["LocalStorage"]);
    }
}
