//! `MultiCDNStorage`: Amazon S3 with downloads through one of several CDNs.

use crate::field::FieldSpec;
use crate::storage::engines::akamai::AkamaiArguments;
use crate::storage::engines::cloudflare::CloudFlareArguments;
use crate::storage::engines::cloudfront::CloudFrontArguments;
use crate::storage::engines::s3::S3Arguments;
use crate::value::{
    List, Map, MapKey, Mapping, ObjectKind, ObjectSpec, ParseError, Parsed, Text, Value, ValueKind,
    Variant,
};

/// The fields of a driver, none of them required: what one place lacks the other may have.
const fn optional<const N: usize>(fields: &'static [&'static FieldSpec]) -> [FieldSpec; N] {
    let mut own = [*fields[0]; N];
    let mut at = 0;
    while at < N {
        own[at] = FieldSpec { required: false, setup: None, ..*fields[at] };
        at += 1;
    }
    own
}

/// Each field by itself.
const fn each<const N: usize>(fields: &'static [FieldSpec; N]) -> [&'static FieldSpec; N] {
    let mut own = [&fields[0]; N];
    let mut at = 0;
    while at < N {
        own[at] = &fields[at];
        at += 1;
    }
    own
}

/// Declares the arguments of a driver once more, none of them required.
macro_rules! part_of {
    ($(#[doc = $doc:literal])+ $object:ident, $driver:ty) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $object;

        impl $object {
            const COPIES: &'static [FieldSpec; <$driver>::spec.own.len()] =
                &optional(<$driver>::spec.own);
            const OWN: &'static [&'static FieldSpec] = &each(Self::COPIES);
            /// Its fields, in the order a form shows them.
            #[expect(non_upper_case_globals, reason = "named as other objects name it")]
            pub const spec: &'static ObjectSpec =
                &ObjectSpec { base: <$driver>::spec.base, own: Self::OWN, address: None };
        }
    };
}

part_of! {
    /// What every CDN of the engine is handed.
    SharedArguments, S3Arguments
}

part_of! {
    /// What `CloudFront` is handed besides.
    CloudFrontPart, CloudFrontArguments
}

part_of! {
    /// What Cloudflare is handed besides.
    CloudFlarePart, CloudFlareArguments
}

part_of! {
    /// What Akamai is handed besides.
    AkamaiPart, AkamaiArguments
}

impl Parsed for SharedArguments {
    const KIND: ValueKind = ValueKind::Object(ObjectKind(Self::spec));

    fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::Map(_) => Ok(Self),
            _ => Err(ParseError { expected: "a mapping of names to values" }),
        }
    }
}

variants! {
    /// A CDN that clients may download from.
    CdnProvider,
    "CloudFrontedS3Storage, CloudFlareStorage or AkamaiS3Storage, and a mapping of arguments";

    /// Downloads through `CloudFront`.
    "CloudFrontedS3Storage" "CloudFront": CloudFrontPart,
    /// Downloads through Cloudflare.
    "CloudFlareStorage" "Cloudflare": CloudFlarePart,
    /// Downloads through Akamai.
    "AkamaiS3Storage" "Akamai": AkamaiPart,
}

choice! {
    /// Where a client is, as the `GeoIP` database calls it.
    Continent, "AF, AN, AS, EU, NA, OC or SA";
    Africa = "AF" "Africa",
    Antarctica = "AN" "Antarctica",
    Asia = "AS" "Asia",
    Europe = "EU" "Europe",
    NorthAmerica = "NA" "North America",
    Oceania = "OC" "Oceania",
    SouthAmerica = "SA" "South America",
}

object! {
    /// Which downloads go through which CDN.
    CdnRule;

    /// The CDN that such downloads go through, by its name above.
    target "CDN": Text, required;

    /// Only downloads from this organization or user.
    namespace "Organization": Text;

    /// Only downloads by clients on this continent.
    continent "Continent": Continent;

    /// Only downloads by clients that reach the registry under this host name.
    host "Host name": Text;
}

object! {
    /// The arguments of `MultiCDNStorage`.
    MultiCdnArguments;

    /// The bucket, and what else all CDNs share. What is not the same for all of them stands
    /// under the CDN itself.
    storage_config "Shared settings": SharedArguments => shared_start(), required;

    /// The CDNs, each under a name of your own.
    providers "CDNs": Mapping<CdnProvider>, required;

    /// The CDN for downloads that no rule speaks of, by its name above. Uploads go to its bucket.
    default_provider "Usual CDN": Text, required;

    /// Which downloads go through another CDN. The first rule of which every part fits decides.
    /// The list may be empty, and must be there.
    rules "Rules": List<CdnRule> => [];
}

/// What a new engine shares among its CDNs: the folder, as any other engine has it.
fn shared_start() -> Value {
    let folder = S3Arguments::storage_path.spec();
    let start = folder.setup.map(|setup| (MapKey::from(folder.name), setup()));
    Value::Map(start.into_iter().collect::<Map>())
}

/// Amazon S3 with downloads through one of several CDNs.
pub const MULTI_CDN: Variant = Variant {
    word: "MultiCDNStorage",
    label: "Amazon S3 with several CDNs",
    doc: crate::field::docs!(
        "A bucket of Amazon S3 from which clients download through the CDN that suits them."
    ),
    fields: MultiCdnArguments::spec,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::by_driver;

    #[test]
    fn a_cdn_takes_what_its_engine_takes_and_requires_nothing_by_itself() {
        for variant in CdnProvider::ALL {
            let engine = by_driver(variant.word).expect("each CDN is an engine as well");
            let names: Vec<_> = variant.fields.fields().map(|field| field.name).collect();
            let engines: Vec<_> = engine.fields.fields().map(|field| field.name).collect();
            assert_eq!(names, engines, "{}", variant.word);
            assert!(variant.fields.fields().all(|field| !field.required), "{}", variant.word);
        }
    }

    #[test]
    fn a_new_engine_has_a_folder_and_no_rules() {
        let start = |name| MultiCdnArguments::spec.field(name).and_then(|field| field.setup);
        let shared = start("storage_config").map(|setup| setup());
        let folder = shared.as_ref().and_then(|shared| shared.entry("storage_path"));
        assert_eq!(folder, Some(&Value::from("/datastorage/registry")));
        assert_eq!(start("rules").map(|setup| setup()), Some(Value::List(Vec::new())));
    }
}
