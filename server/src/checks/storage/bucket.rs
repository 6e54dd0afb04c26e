//! A bucket as the settings of an engine describe it, and what Quay does with it.

use super::args::Args;
use super::cdn::Cdn;
use super::place::Place;
use super::signature::{Signature, signatures};
use super::sts::Role;
use crate::clients::http::Origin;
use crate::clients::sigv4::{Keys, encoded};
use config_model::storage::engines::google::GoogleArguments;
use config_model::storage::engines::rados_gw::RadosGwArguments;
use config_model::storage::engines::s3::{S3Arguments, S3Connection};
use config_model::storage::engines::sts_s3::StsS3Arguments;
use config_model::value::{HostName, Port, Spelled, SpelledTrue};

/// The region that is signed for where none is configured.
const REGION: &str = "us-east-1";

/// Whose keys are used.
#[derive(Clone)]
pub(super) enum Login {
    /// These.
    Keys(Keys),
    /// Those that come with a role.
    Role(Role),
    /// Those that Quay finds where it runs.
    Node,
}

/// How a layer gets to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// In parts, which the store puts together.
    Assembled,
    /// In parts; the whole is copied.
    Copied,
    /// In one piece, which is copied.
    Whole,
}

/// What Quay does with all of its engines.
#[derive(Clone)]
pub(super) struct Habits {
    /// Downloads go through Quay.
    pub(super) proxies: bool,
    /// Unfinished uploads are looked for and ended.
    pub(super) ends_uploads: bool,
    /// From where pages use the store, where they do.
    pub(super) pages: Option<String>,
}

/// A bucket.
#[derive(Clone)]
pub(super) struct Bucket {
    /// Its name.
    pub(super) name: String,
    /// Where requests go.
    pub(super) origin: Origin,
    /// What stands before each key in the path of a request.
    base: String,
    /// What stands before each key where the old signature is made.
    resource: String,
    /// Whether any region may be the right one.
    pub(super) is_global: bool,
    /// The region that is configured.
    pub(super) region: Option<String>,
    /// Whose keys are used.
    pub(super) login: Login,
    /// The folder as it is configured.
    pub(super) folder: String,
    /// How requests are signed.
    pub(super) signs: Signature,
    /// How download addresses are signed.
    pub(super) hands_out: Signature,
    /// The name of the access key in an old download address.
    pub(super) key_name: &'static str,
    /// Whether encryption is asked for with each upload.
    pub(super) encrypts: bool,
    /// How uploads go.
    pub(super) upload: Upload,
    /// Whether Quay lets pages use the store.
    pub(super) serves_pages: bool,
    /// What clients download through.
    pub(super) cdns: Vec<Cdn>,
    /// What Quay does with all of them.
    pub(super) habits: Habits,
}

/// What keeps an engine from being tried.
#[derive(Debug)]
pub(super) enum Lack {
    /// This is missing or not of its kind.
    Missing(&'static str),
    /// Quay's library cannot sign in this way.
    Signature(String),
}

impl Bucket {
    /// The bucket of an engine of this kind.
    pub(super) fn of(driver: &str, args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        match driver {
            "RadosGWStorage" | "RHOCSStorage" => Self::of_gateway(args, habits),
            "IBMCloudStorage" => Self::of_ibm(args, habits),
            "GoogleCloudStorage" => Self::of_google(args, habits),
            "STSS3Storage" => Self::of_role(args, habits),
            "S3Storage" | "CloudFrontedS3Storage" | "CloudFlareStorage" | "AkamaiS3Storage" => {
                let cdns = Cdn::of(driver, args)?;
                Ok(Self { cdns, ..Self::of_amazon(args, habits)? })
            }
            _ => Err(Lack::Missing("a kind of engine that Quay has")),
        }
    }

    fn of_amazon(args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        let name = args.text(S3Arguments::s3_bucket).ok_or(Lack::Missing("the bucket"))?;
        let region = args.text(S3Arguments::s3_region);
        let host = args.read(S3Connection::host).map(|host: HostName| host.as_str().to_owned());
        let port = args.read(S3Connection::port).map(|Spelled(port): Spelled<Port>| port.get());
        let address = args.read(S3Connection::endpoint_url);
        let place = match (Place::located(address.as_ref(), &name)?, host, &region) {
            (Some(place), ..) => place,
            (None, Some(host), _) => Place::at_host(&host, port, true, &name),
            (None, None, Some(region)) => Place::in_region(region, &name),
            (None, None, None) => Place::anywhere(&name),
        };
        let secret = args.secret(S3Arguments::s3_secret_key);
        let login = match (args.secret(S3Arguments::s3_access_key), secret) {
            (Some(access), Some(secret)) => {
                let token = args.secret(S3Connection::aws_session_token);
                Login::Keys(Keys { access, secret, token })
            }
            (None, None) => Login::Node,
            (Some(_), None) => return Err(Lack::Missing("the secret key")),
            (None, Some(_)) => return Err(Lack::Missing("the access key")),
        };
        let version = args.text(S3Connection::signature_version);
        Self::at(place, name, region, login, args, version.as_deref(), habits)
            .map(|bucket| Self { encrypts: true, ..bucket })
    }

    fn of_role(args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        let name = args.text(StsS3Arguments::s3_bucket).ok_or(Lack::Missing("the bucket"))?;
        let region = args.text(StsS3Arguments::s3_region);
        let address = args.read(StsS3Arguments::endpoint_url);
        let place = match (Place::located(address.as_ref(), &name)?, &region) {
            (Some(place), _) => place,
            (None, Some(region)) => Place::in_region(region, &name),
            (None, None) => Place::anywhere(&name),
        };
        let access = args.secret(StsS3Arguments::sts_user_access_key);
        let login = match (access, args.secret(StsS3Arguments::sts_user_secret_key)) {
            (Some(access), Some(secret)) => {
                let arn = args.text(StsS3Arguments::sts_role_arn);
                let arn = arn.ok_or(Lack::Missing("the role"))?;
                Login::Role(Role { arn, keys: Keys { access, secret, token: None } })
            }
            (None, None) => Login::Node,
            (Some(_), None) => return Err(Lack::Missing("the secret key")),
            (None, Some(_)) => return Err(Lack::Missing("the access key")),
        };
        let version = args.text(StsS3Arguments::signature_version);
        Self::at(place, name, region, login, args, version.as_deref(), habits)
            .map(|bucket| Self { encrypts: true, ..bucket })
    }

    fn of_gateway(args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        let region = args.text(RadosGwArguments::region_name);
        let bucket = Self::of_host(args, region, habits)?;
        let at_store = args.read(RadosGwArguments::server_side_assembly) != Some(false);
        let upload = if at_store { Upload::Assembled } else { Upload::Copied };
        Ok(Self { upload, serves_pages: false, ..bucket })
    }

    fn of_ibm(args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        let bucket = Self::of_host(args, None, habits)?;
        Ok(Self { upload: Upload::Copied, ..bucket })
    }

    /// The arguments of the gateway and of IBM's store have the same names.
    fn of_host(args: Args<'_>, region: Option<String>, habits: Habits) -> Result<Self, Lack> {
        let host = args.read(RadosGwArguments::hostname).ok_or(Lack::Missing("the host name"))?;
        let port = args.read(RadosGwArguments::port).map(|Spelled(port): Spelled<Port>| port.get());
        let tls = args.read(RadosGwArguments::is_secure).map(|SpelledTrue(secure)| secure);
        let tls = tls.ok_or(Lack::Missing("the switch for HTTPS"))?;
        let name = args.text(RadosGwArguments::bucket_name).ok_or(Lack::Missing("the bucket"))?;
        let place = Place::at_host(host.as_str(), port, tls, &name);
        let version = args.text(RadosGwArguments::signature_version);
        Self::at(place, name, region, pair(args)?, args, version.as_deref(), habits)
    }

    fn of_google(args: Args<'_>, habits: Habits) -> Result<Self, Lack> {
        let name = args.text(GoogleArguments::bucket_name).ok_or(Lack::Missing("the bucket"))?;
        let place = Place::at_host("storage.googleapis.com", None, true, &name);
        let version = args.text(GoogleArguments::signature_version);
        let bucket = Self::at(place, name, None, pair(args)?, args, version.as_deref(), habits)?;
        Ok(Self { upload: Upload::Whole, key_name: "GoogleAccessId", ..bucket })
    }

    fn at(
        place: Place,
        name: String,
        region: Option<String>,
        login: Login,
        args: Args<'_>,
        version: Option<&str>,
        habits: Habits,
    ) -> Result<Self, Lack> {
        let (signs, hands_out) = signatures(version, region.as_deref())?;
        let folder = args.file(S3Arguments::storage_path).ok_or(Lack::Missing("the folder"))?;
        Ok(Self {
            name,
            origin: place.origin,
            base: place.base,
            resource: place.resource,
            is_global: place.is_global,
            region,
            login,
            folder,
            signs,
            hands_out,
            key_name: "AWSAccessKeyId",
            encrypts: false,
            upload: Upload::Assembled,
            serves_pages: true,
            cdns: Vec::new(),
            habits,
        })
    }

    /// Which it is, for a person.
    pub(super) fn target(&self) -> String {
        format!("{} at {}", self.name, self.origin)
    }

    /// The region that is signed for.
    pub(super) fn signed_region(&self) -> &str {
        self.region.as_deref().unwrap_or(REGION)
    }

    /// The same bucket at Amazon's address for a region.
    pub(super) fn moved_to(&self, region: &str) -> Self {
        let label = format!("{}.s3.amazonaws.com", self.name);
        let mut moved = self.clone();
        moved.origin.host = if self.origin.host == label {
            format!("{}.s3.{region}.amazonaws.com", self.name)
        } else {
            format!("s3.{region}.amazonaws.com")
        };
        moved.is_global = false;
        moved
    }

    /// The folder without a slash at its ends.
    pub(super) fn folder(&self) -> &str {
        self.folder.trim_matches('/')
    }

    /// The key of a thing in the folder, joined as Quay joins them.
    pub(super) fn key(&self, name: &str) -> String {
        let folder = self.folder.as_str();
        let slash = if folder.is_empty() || folder.ends_with('/') { "" } else { "/" };
        let key = format!("{folder}{slash}{name}");
        match key.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None => key,
        }
    }

    /// The path of a request for a key.
    pub(super) fn path(&self, key: &str) -> String {
        format!("{}/{}", self.base, encoded(key, "/"))
    }

    /// The path of a request for the bucket itself.
    pub(super) fn root(&self) -> &str {
        if self.base.is_empty() { "/" } else { &self.base }
    }

    /// How Amazon's program for the command line is told where the bucket is.
    pub(super) fn way(&self, region: &str) -> String {
        if self.origin.host.ends_with(".amazonaws.com") {
            return format!("--region {region}");
        }
        let own = format!("/{}", encoded(&self.name, ""));
        let path = self.base.strip_suffix(own.as_str()).unwrap_or_default();
        format!("--endpoint-url {}{path}", self.origin)
    }

    /// What the old signature names in the place of the path of a request.
    pub(super) fn signed_resource(&self, path: &str) -> String {
        let rest = path.strip_prefix(self.base.as_str()).unwrap_or(path);
        format!("{}{rest}", self.resource)
    }

    /// The headers that each upload has.
    pub(super) fn upload_headers(&self) -> &'static [(&'static str, &'static str)] {
        if self.encrypts { &[("x-amz-server-side-encryption", "AES256")] } else { &[] }
    }
}

/// Access key and secret key under their short names.
fn pair(args: Args<'_>) -> Result<Login, Lack> {
    let access =
        args.secret(RadosGwArguments::access_key).ok_or(Lack::Missing("the access key"))?;
    let secret =
        args.secret(RadosGwArguments::secret_key).ok_or(Lack::Missing("the secret key"))?;
    Ok(Login::Keys(Keys { access, secret, token: None }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::yaml;

    const HABITS: Habits = Habits { proxies: false, ends_uploads: true, pages: None };
    const PAIR: &str = "access_key: a, secret_key: b, bucket_name: quay";

    /// The bucket of an engine with these arguments.
    fn bucket(driver: &str, args: &str) -> Result<Bucket, Lack> {
        let document = yaml::read(&format!("A: {{storage_path: /registry, {args}}}")).unwrap();
        Bucket::of(driver, Args::of(document.top("A")), HABITS)
    }

    #[test]
    fn a_gateway_is_asked_in_the_new_way_and_hands_out_in_the_old() {
        let gateway = format!("hostname: ceph04, port: '7480', is_secure: false, {PAIR}");
        let found = bucket("RadosGWStorage", &gateway).unwrap();
        assert_eq!(found.origin.to_string(), "http://ceph04:7480");
        assert_eq!((found.signs, found.hands_out), (Signature::V4, Signature::V2));
        assert_eq!((found.upload, found.encrypts), (Upload::Assembled, false));
        assert_eq!(found.path(&found.key("a b")), "/quay/registry/a%20b");
        assert_eq!(found.way("us-east-1"), "--endpoint-url http://ceph04:7480");
        let below = "s3_bucket: quay, endpoint_url: 'https://store.example.com/s3'";
        let found = bucket("S3Storage", below).unwrap();
        assert_eq!(found.way("us-east-1"), "--endpoint-url https://store.example.com/s3");
        for (more, hands_out, upload) in [
            ("region_name: eu-central-1", Signature::V4, Upload::Assembled),
            ("region_name: eu-west-1", Signature::V2, Upload::Assembled),
            ("signature_version: s3v4", Signature::V4, Upload::Assembled),
            ("server_side_assembly: false", Signature::V2, Upload::Copied),
        ] {
            let found = bucket("RHOCSStorage", &format!("{gateway}, {more}")).unwrap();
            assert_eq!((found.hands_out, found.upload), (hands_out, upload), "{more}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let lack = |driver, args: &str| match bucket(driver, args) {
            Err(Lack::Missing(what)) => what.to_owned(),
            Err(Lack::Signature(version)) => format!("signature {version}"),
            Ok(_) => String::new(),
        };
        assert_eq!(lack("S3Storage", "s3_bucket: quay"), "");
        assert_eq!(lack("S3Storage", "s3_bucket: quay, s3_access_key: a"), "the secret key");
        assert_eq!(lack("S3Storage", "s3_region: a"), "the bucket");
        assert_eq!(lack("RadosGWStorage", PAIR), "the host name");
        assert_eq!(lack("GoogleCloudStorage", "bucket_name: quay"), "the access key");
        assert_eq!(lack("S3Storage", "s3_bucket: quay, signature_version: v5"), "signature v5");
        assert_eq!(lack("FakeStorage", ""), "a kind of engine that Quay has");
    }

    #[test]
    fn amazon_is_asked_in_the_region_and_elsewhere_where_it_sends_us() {
        let found = bucket("S3Storage", "s3_bucket: quay, s3_region: eu-central-1").unwrap();
        assert_eq!(found.origin.to_string(), "https://s3.eu-central-1.amazonaws.com");
        assert!(found.encrypts && !found.is_global && matches!(found.login, Login::Node));
        let found = bucket("S3Storage", "s3_bucket: quay").unwrap();
        assert_eq!((found.root(), found.signed_resource("/k").as_str()), ("/", "/quay/k"));
        assert_eq!(found.way("us-east-1"), "--region us-east-1");
        let moved = found.moved_to("eu-west-1");
        assert_eq!(moved.origin.host, "quay.s3.eu-west-1.amazonaws.com");
        let found = bucket("S3Storage", "s3_bucket: a.b.c").unwrap();
        assert_eq!(found.moved_to("eu-west-1").origin.host, "s3.eu-west-1.amazonaws.com");
    }

    #[test]
    fn keys_are_joined_as_quay_joins_them() {
        let joined = |folder: &str| {
            let found = bucket("S3Storage", "s3_bucket: quay").unwrap();
            Bucket { folder: folder.to_owned(), ..found }.key("x")
        };
        assert_eq!(joined("/datastorage/registry"), "datastorage/registry/x");
        assert_eq!(joined("/"), "x");
        assert_eq!(joined("a/"), "a/x");
        assert_eq!(joined("//a"), "/a/x");
    }
}
