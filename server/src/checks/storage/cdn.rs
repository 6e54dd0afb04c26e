//! What may stand before a bucket: clients download through a CDN, from signed addresses.

mod address;

use super::answer::Reply;
use super::args::Args;
use super::bucket::Lack;
use super::faults::{
    CDN_FOLDER, CDN_KEY_NOT_HEX, CDN_KEY_UNKNOWN, CDN_OPEN, CDN_REFUSES, CDN_SENDS_OTHER,
    KEYS_UNUSABLE,
};
use super::objects::Object;
use super::store::Store;
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Done, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use crate::checks::{common, uploaded_name};
use crate::clients::http::{Http, Origin};
use address::{Address, Signer};
use cluster::check::StageKind;
use config_model::storage::engines::akamai::AkamaiArguments;
use config_model::storage::engines::cloudflare::CloudFlareArguments;
use config_model::storage::engines::cloudfront::CloudFrontArguments;
use config_model::storage::engines::s3::S3Arguments;
use config_model::value::{HostName, Value};
use http::{Method, StatusCode};
use std::time::Duration;

/// Domains for single organizations that are tried.
const DOMAINS_MAX: usize = 4;
/// For how long Quay signs an address of the store, and of most of what stands before it.
const LIFE: Duration = Duration::from_mins(1);
/// The same for a store behind Akamai, and for the token that Akamai asks for.
const AKAMAI_LIFE: Duration = Duration::from_hours(1);
const AKAMAI_TOKEN_LIFE: Duration = Duration::from_mins(15);

/// For how long Quay signs an address of a store with these CDNs before it.
pub(super) fn handed_out_for(cdns: &[Cdn]) -> Duration {
    let is_akamai = |cdn: &Cdn| matches!(cdn.kind, Kind::Akamai { .. });
    if !cdns.is_empty() && cdns.iter().all(is_akamai) { AKAMAI_LIFE } else { LIFE }
}

/// What a CDN is, and how it wants addresses signed.
#[derive(Clone)]
enum Kind {
    CloudFront { id: String, file: String },
    CloudFlare { file: String, region: String },
    Akamai { secret: String, region: String },
}

/// A CDN before the bucket.
#[derive(Clone)]
pub(super) struct Cdn {
    domains: Vec<String>,
    kind: Kind,
}

impl Cdn {
    /// The CDN of an engine; none for one that delivers by itself.
    pub(super) fn of(driver: &str, args: Args<'_>) -> Result<Vec<Self>, Lack> {
        let missing = |what| move || Lack::Missing(what);
        let domain = |found: Option<HostName>| -> Result<Vec<String>, Lack> {
            let found = found.ok_or_else(missing("the domain"))?;
            Ok(vec![found.as_str().to_owned()])
        };
        let region = || args.text(S3Arguments::s3_region).ok_or_else(missing("the region"));
        let cdn = match driver {
            "CloudFrontedS3Storage" => {
                type Own = CloudFrontArguments;
                let mut domains = domain(args.read(Own::cloudfront_distribution_domain))?;
                domains.extend(overrides(args));
                let id = args.text(Own::cloudfront_key_id).ok_or_else(missing("the key id"))?;
                let file = args.file(Own::cloudfront_privatekey_filename);
                let file = file.ok_or_else(missing("the file of the signing key"))?;
                Self { domains, kind: Kind::CloudFront { id, file } }
            }
            "CloudFlareStorage" => {
                type Own = CloudFlareArguments;
                let domains = domain(args.read(Own::cloudflare_domain))?;
                let file = args.file(Own::cloudflare_privatekey_filename);
                let file = file.ok_or_else(missing("the file of the signing key"))?;
                Self { domains, kind: Kind::CloudFlare { file, region: region()? } }
            }
            "AkamaiS3Storage" => {
                type Own = AkamaiArguments;
                let domains = domain(args.read(Own::akamai_domain))?;
                let secret = args.secret(Own::akamai_shared_secret);
                let secret = secret.ok_or_else(missing("the signing key"))?;
                Self { domains, kind: Kind::Akamai { secret, region: region()? } }
            }
            _ => return Ok(Vec::new()),
        };
        Ok(vec![cdn])
    }

    fn label(&self) -> &'static str {
        match self.kind {
            Kind::CloudFront { .. } => "CloudFront",
            Kind::CloudFlare { .. } => "Cloudflare",
            Kind::Akamai { .. } => "Akamai",
        }
    }

    /// For how many seconds Quay signs an address of its own.
    fn good_for(&self) -> i64 {
        let life = match self.kind {
            Kind::CloudFront { .. } | Kind::CloudFlare { .. } => LIFE,
            Kind::Akamai { .. } => AKAMAI_TOKEN_LIFE,
        };
        i64::try_from(life.as_secs()).unwrap_or(i64::MAX)
    }

    /// The id of the key, where it has one.
    fn key(&self) -> &str {
        match &self.kind {
            Kind::CloudFront { id, .. } => id,
            Kind::CloudFlare { .. } | Kind::Akamai { .. } => "",
        }
    }

    fn signer(&self, course: &Course) -> Result<Signer, Told> {
        match &self.kind {
            Kind::CloudFront { id, file } => {
                Ok(Signer::CloudFront { key: key_in(course, file)?, id: id.clone() })
            }
            Kind::CloudFlare { file, region } => {
                Ok(Signer::CloudFlare { key: key_in(course, file)?, region: region.clone() })
            }
            Kind::Akamai { secret, region } => {
                let key = address::unhex(secret);
                let key = key.ok_or_else(|| CDN_KEY_NOT_HEX.with(&[("cdn", self.label())]))?;
                Ok(Signer::Akamai { key, region: region.clone() })
            }
        }
    }
}

/// The domains of single organizations.
fn overrides(args: Args<'_>) -> Vec<String> {
    let given = args.at(CloudFrontArguments::cloudfront_distribution_org_overrides.name());
    let entries = given.and_then(Value::as_map).into_iter().flatten();
    let mut domains: Vec<String> = entries
        .filter_map(|(_, domain)| HostName::from_text(domain.as_str()?))
        .map(|domain| domain.as_str().to_owned())
        .collect();
    domains.sort_unstable();
    domains.dedup();
    domains.truncate(DOMAINS_MAX);
    domains
}

/// The private key in an uploaded file.
fn key_in(course: &Course, file: &str) -> Result<rsa::PrivateKey, Told> {
    let name = uploaded_name(file).unwrap_or(file);
    let Some(bytes) = course.file(name) else {
        return Err(common::FILE_MISSING.with(&[("file", name)]));
    };
    address::rsa_key(bytes).ok_or_else(|| {
        let reason = "it holds no private RSA key, or one with a password";
        common::FILE_UNUSABLE.with(&[("file", name), ("reason", reason)])
    })
}

/// Fetches the object through a CDN, at each of its domains.
pub(super) async fn deliver(store: &mut Store<'_>, cdn: &Cdn, object: &Object) -> Done {
    let step = store.begin(StageKind::Settings, format!("the key that signs for {}", cdn.label()));
    let until = store.course.clock() + cdn.good_for();
    let addresses = match signed(store, cdn, object, until) {
        Ok(addresses) => addresses,
        Err(told) => return Err(step.fail("", told)),
    };
    step.pass("an address could be signed");
    for (domain, address) in addresses {
        if store.course.is_given_up() {
            return Err(Stopped);
        }
        let origin = Origin { tls: true, host: domain, port: 443 };
        let course = store.course;
        let mut http = course.http(&origin).await?;
        let tried = format!("download through {} with a signed address", cdn.label());
        let step = course.begin(StageKind::Service, tried);
        fetch(store, step, cdn, object, (&mut http, &address)).await?;
    }
    Ok(())
}

/// The addresses that Quay would hand out.
fn signed(
    store: &Store<'_>,
    cdn: &Cdn,
    object: &Object,
    until: i64,
) -> Result<Vec<(String, Address)>, Told> {
    let signer = cdn.signer(store.course)?;
    let unusable = |reason: String| KEYS_UNUSABLE.with(&[("reason", reason.as_str())]);
    let handed_out = store.handed_out(&object.key, store.bucket.hands_out).map_err(unusable)?;
    let one = |domain: &String| -> Result<(String, Address), Told> {
        let address = signer.address(domain, object, &handed_out, until).map_err(unusable)?;
        Ok((domain.clone(), address))
    };
    cdn.domains.iter().map(one).collect()
}

/// Fetches the object, and looks whether the signature is asked for.
async fn fetch(
    store: &mut Store<'_>,
    step: Step,
    cdn: &Cdn,
    object: &Object,
    (http, address): (&mut Http, &Address),
) -> Done {
    let origin = http.origin().clone();
    let content = object.content.as_slice();
    let reply = match http.send(Method::GET, &address.signed, &[], "").await {
        Ok(answer) => Reply::of(answer),
        Err(error) => return Err(step.fail(error.to_string(), no_http(&error, &origin))),
    };
    if reply.is(content) {
        if is_there(http, &address.bare, content).await {
            step.warn("the object, also without a signature", told(store, cdn, &origin, &CDN_OPEN));
        } else {
            step.pass("the object as it was written, and not without the signature");
        }
        return Ok(());
    }
    if let Some(whole) = &address.in_folder
        && is_there(http, whole, content).await
    {
        return Err(step.fail(reply.words(), told(store, cdn, &origin, &CDN_FOLDER)));
    }
    let fault = match reply.code() {
        "InvalidKey" | "MissingKey" => &CDN_KEY_UNKNOWN,
        "NoSuchKey" | "NoSuchBucket" => &CDN_SENDS_OTHER,
        _ if reply.is_good() || reply.answer.status == StatusCode::NOT_FOUND => &CDN_SENDS_OTHER,
        _ => &CDN_REFUSES,
    };
    Err(step.fail(reply.words(), told(store, cdn, &origin, fault)))
}

fn told(store: &Store<'_>, cdn: &Cdn, origin: &Origin, fault: &'static Fault) -> Told {
    let places = [("cdn", cdn.label()), ("host", origin.host.as_str()), ("key", cdn.key())];
    store.told_with(fault, &places)
}

async fn is_there(http: &mut Http, path: &str, content: &[u8]) -> bool {
    let answer = http.send(Method::GET, path, &[], "").await;
    answer.is_ok_and(|answer| Reply::of(answer).is(content))
}
