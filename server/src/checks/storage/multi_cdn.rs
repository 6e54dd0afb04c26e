//! A bucket with several CDNs: uploads go to the bucket of one, downloads through any.

use super::args::Args;
use super::bucket::{Bucket, Lack};
use super::cdn::Cdn;
use super::s3::{attempt_of, habits, unusable};
use crate::checks::{Planned, Settings};
use config_model::path::Path;
use config_model::storage::engines::multi_cdn::{CdnProvider, MultiCdnArguments};
use config_model::value::{Value, Variant};

/// Plans to try the bucket, and each CDN before it.
pub(super) fn plan(settings: &Settings<'_>, path: Path, name: &str, args: Args<'_>) -> Planned {
    match bucket(settings, args) {
        Ok(bucket) => attempt_of(path, bucket),
        Err(lack) => unusable(path, name, lack),
    }
}

/// The bucket of the usual CDN, with all of them before it.
fn bucket(settings: &Settings<'_>, args: Args<'_>) -> Result<Bucket, Lack> {
    let shared = args.at(MultiCdnArguments::storage_config.name());
    let providers = args.at(MultiCdnArguments::providers.name()).and_then(Value::as_map);
    let providers = providers.ok_or(Lack::Missing("a CDN"))?;
    let usual = args.text(MultiCdnArguments::default_provider);
    let usual = usual.ok_or(Lack::Missing("the usual CDN"))?;
    let (mut found, mut cdns) = (None, Vec::new());
    for (name, provider) in providers {
        let (variant, own) =
            Variant::of(provider, CdnProvider::ALL).ok_or(Lack::Missing("the kind of a CDN"))?;
        let args = Args::beside(own, shared);
        if name.as_str() == Some(usual.as_str()) {
            found = Some(Bucket::of(variant.word, args, habits(settings))?);
        }
        cdns.extend(Cdn::of(variant.word, args)?);
    }
    let mut bucket = found.ok_or(Lack::Missing("the usual CDN"))?;
    bucket.cdns = cdns;
    Ok(bucket)
}
