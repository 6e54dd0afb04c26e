//! Registry storage: every engine is written to, read from and tidied up again.

mod answer;
mod args;
pub mod azure;
mod bucket;
mod cdn;
mod downloads;
mod entry;
pub mod faults;
mod litter;
mod local;
mod multi_cdn;
mod objects;
mod place;
mod s3;
mod signature;
mod store;
mod sts;
pub mod swift;
mod uploads;
mod v2;

use super::fault::Fault;
use super::{Check, Planned, Settings};
use args::Args;
use config_model::sections::storage::DISTRIBUTED_STORAGE_CONFIG;
use config_model::storage::{Engine, engines_of};

/// What the names of all that is written have in them.
const OURS: &str = "quay-console-check-";

/// Tries every storage engine.
pub const CHECK: Check = Check {
    name: "storage",
    label: "Registry storage",
    reads: &["DISTRIBUTED_STORAGE_CONFIG"],
    matters: "Every layer of every image lies in a storage engine: without it nothing can be pushed or pulled.",
    actions: &[],
    plan,
    writes: true,
    faults: &FAULTS,
};

/// The faults of each kind of engine.
const PARTS: [&[&Fault]; 3] = [faults::FAULTS, azure::FAULTS, swift::FAULTS];
/// All of them.
const FAULTS: [&Fault; PARTS[0].len() + PARTS[1].len() + PARTS[2].len()] = {
    let mut all = [PARTS[0][0]; PARTS[0].len() + PARTS[1].len() + PARTS[2].len()];
    let (mut part, mut into) = (0, 0);
    while part < PARTS.len() {
        let mut from = 0;
        while from < PARTS[part].len() {
            all[into] = PARTS[part][from];
            into += 1;
            from += 1;
        }
        part += 1;
    }
    all
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let engines = settings.at(&DISTRIBUTED_STORAGE_CONFIG.path());
    engines_of(engines).map(|(name, engine)| one(settings, name, engine)).collect()
}

/// What there is to try of one engine.
fn one(settings: &Settings<'_>, name: &str, engine: Engine<'_>) -> Planned {
    let path = DISTRIBUTED_STORAGE_CONFIG.path().field(name);
    let args = Args::of(engine.args);
    match engine.driver {
        "AzureStorage" => azure::plan(settings, path, name),
        "SwiftStorage" => swift::plan(settings, path, name),
        "LocalStorage" => local::plan(path, args),
        "MultiCDNStorage" => multi_cdn::plan(settings, path, name, args),
        driver => s3::plan(settings, path, name, driver, args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::yaml;
    use std::collections::BTreeMap;

    #[test]
    fn every_engine_is_planned_once() {
        let document = yaml::read(
            "DISTRIBUTED_STORAGE_CONFIG:\n  a: [LocalStorage, {storage_path: /datastorage}]\n  \
             b: [RadosGWStorage, {}]\n  c: [MultiCDNStorage, {}]\n  d: [FakeStorage, {}]\n  \
             e: [S3Storage, {s3_bucket: quay, storage_path: /registry, s3_region: eu-west-1}]\n",
        );
        let document = document.unwrap();
        let files = BTreeMap::new();
        let settings = Settings::new(&document, &files, 0);
        let planned = plan(&settings);
        let shown: Vec<_> =
            planned.iter().map(|one| format!("{}: {}", one.path, one.target)).collect();
        assert_eq!(
            shown,
            [
                "DISTRIBUTED_STORAGE_CONFIG.a: /datastorage",
                "DISTRIBUTED_STORAGE_CONFIG.b: b",
                "DISTRIBUTED_STORAGE_CONFIG.c: c",
                "DISTRIBUTED_STORAGE_CONFIG.d: d",
                "DISTRIBUTED_STORAGE_CONFIG.e: quay at https://s3.eu-west-1.amazonaws.com",
            ]
        );
    }
}
