//! A bucket: engines that speak Amazon's protocol, reached through the console's own clients.

mod writer;

use super::StorageError;
use crate::configuration::Configuration;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use config_model::path::Path;
use config_model::storage::engines::rados_gw::RadosGwArguments;
use config_model::storage::engines::s3::{S3Arguments, S3Connection};
use config_model::value::{FilePath, Secret, Spelled, SpelledTrue, Text};
use server::clients::dial::Net;
use server::clients::http::{Answer, Http, Origin};
use server::clients::sigv4::{Keys, Scope, encoded, sign};
use server::clients::tls::{Tls, Verify, secure};
use server::clock::{Clock as _, SystemClock};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
pub(crate) use writer::Writer;

/// How long the store may take to answer one request.
const ANSWER_TIME: Duration = Duration::from_secs(20);
/// Bytes asked for at once; the clients take no longer answer than a mebibyte.
const PIECE_BYTES: u64 = 512 * 1024;
/// Pieces read over one connection, of which the clients read eight mebibytes.
const PIECES_MAX: u32 = 8;
/// The region where none is configured.
const REGION: &str = "us-east-1";
/// Letters of an answer that are shown.
const SHOWN_CHARS_MAX: usize = 200;

/// A bucket with blobs.
#[derive(Clone, Debug)]
pub(crate) struct Bucket(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    net: Net,
    origin: Origin,
    tls: Option<Tls>,
    keys: Keys,
    region: String,
    /// What stands before each key in a path: the bucket, and the folder in it.
    prefix: String,
}

/// An object that is being read.
#[derive(Debug)]
pub(crate) struct Reader {
    bucket: Bucket,
    key: String,
    http: Option<Http>,
    /// Pieces that were read over this connection.
    pieces: u32,
    at: u64,
    size: u64,
}

/// The bucket and the folder in it, as the path of a request has them.
fn prefix(bucket: &str, folder: &str) -> String {
    let folder = encoded(folder.trim_matches('/'), "/");
    let bucket = encoded(bucket, "");
    if folder.is_empty() { format!("/{bucket}/") } else { format!("/{bucket}/{folder}/") }
}

fn revealed(secret: Option<Secret>) -> Option<String> {
    secret.and_then(|secret| secret.reveal().map(str::to_owned))
}

impl Bucket {
    /// The bucket behind Ceph's gateway that these arguments name.
    pub(super) fn of_gateway(configuration: &Configuration, arguments: &Path) -> Option<Self> {
        let settings = configuration.settings();
        let SpelledTrue(tls) = settings.field(arguments, RadosGwArguments::is_secure)?;
        let port = settings.field(arguments, RadosGwArguments::port);
        let host = settings.field(arguments, RadosGwArguments::hostname)?;
        let origin = Origin {
            tls,
            host: host.as_str().to_owned(),
            port: port.map_or(if tls { 443 } else { 80 }, |Spelled(port)| port.get()),
        };
        let Text(bucket) = settings.field(arguments, RadosGwArguments::bucket_name)?;
        let FilePath(folder) = settings.field(arguments, RadosGwArguments::storage_path)?;
        let keys = Keys {
            access: revealed(settings.field(arguments, RadosGwArguments::access_key))?,
            secret: revealed(settings.field(arguments, RadosGwArguments::secret_key))?,
            token: None,
        };
        let region = settings.field(arguments, RadosGwArguments::region_name);
        let region = region.map_or(REGION.to_owned(), |Text(region)| region);
        Some(Self::new(configuration, origin, keys, region, prefix(&bucket, &folder)))
    }

    /// The bucket at Amazon, or at a store like it, that these arguments name.
    pub(super) fn of_amazon(configuration: &Configuration, arguments: &Path) -> Option<Self> {
        let settings = configuration.settings();
        let region = settings.field(arguments, S3Arguments::s3_region);
        let region = region.map_or(REGION.to_owned(), |Text(region)| region);
        let port = settings.field(arguments, S3Connection::port);
        let origin = match settings.field(arguments, S3Connection::endpoint_url) {
            Some(url) => Origin::of(url.as_str())?.0,
            None => Origin {
                tls: true,
                host: settings
                    .field(arguments, S3Connection::host)
                    .map_or(format!("s3.{region}.amazonaws.com"), |host| host.as_str().to_owned()),
                port: port.map_or(443, |Spelled(port)| port.get()),
            },
        };
        let Text(bucket) = settings.field(arguments, S3Arguments::s3_bucket)?;
        let FilePath(folder) = settings.field(arguments, S3Arguments::storage_path)?;
        let keys = Keys {
            access: revealed(settings.field(arguments, S3Arguments::s3_access_key))?,
            secret: revealed(settings.field(arguments, S3Arguments::s3_secret_key))?,
            token: revealed(settings.field(arguments, S3Connection::aws_session_token)),
        };
        Some(Self::new(configuration, origin, keys, region, prefix(&bucket, &folder)))
    }

    fn new(
        configuration: &Configuration,
        origin: Origin,
        keys: Keys,
        region: String,
        prefix: String,
    ) -> Self {
        let tls = origin.tls.then(|| Tls {
            name: origin.host.clone(),
            verify: Verify::Full,
            authorities: configuration.authorities(),
            client: None,
            alpn: Vec::new(),
        });
        let net = configuration.net().clone();
        Self(Arc::new(Settings { net, origin, tls, keys, region, prefix }))
    }

    async fn connect(&self) -> Result<Http, StorageError> {
        let Settings { net, origin, tls, .. } = &*self.0;
        let now = SystemClock.now();
        let addresses = net.resolve(&origin.host, origin.port).await?;
        let (mut wire, address) = net.connect(&addresses).await?;
        if let Some(tls) = tls {
            wire = secure(net, wire, tls, now).await.map_err(|(error, _)| error)?.wire;
        }
        Ok(Http::over(net.clone(), origin.clone(), address, tls.clone(), now, wire).await?)
    }

    /// Where an object is, as the path of a request has it.
    fn path(&self, key: &str) -> String {
        format!("{}{}", self.0.prefix, encoded(key, "/"))
    }

    /// Sends one signed request.
    async fn ask(
        &self,
        http: &mut Http,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, StorageError> {
        let Settings { origin, keys, region, .. } = &*self.0;
        let scope = Scope { service: "s3", region, now: SystemClock.now() };
        let signed = sign(keys, &scope, &method, origin, path, &[], &body)
            .map_err(StorageError::Unsigned)?;
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain(signed).collect();
        Ok(http.send(method, path, &headers, body).await?)
    }

    /// The same over a connection of its own, in a limited time.
    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<Answer, StorageError> {
        let work = async {
            let mut http = self.connect().await?;
            // Without a length, an empty body is refused by some stores.
            let length = body.len().to_string();
            let sized = [("content-length", length.as_str())];
            let headers = if method == Method::PUT { &sized[..] } else { &[] };
            self.ask(&mut http, method, path, headers, body).await
        };
        timeout(ANSWER_TIME, work).await.map_err(|_| StorageError::Silent)?
    }

    pub(super) async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        self.put_at(&self.path(key), bytes).await
    }

    pub(super) fn create(&self, key: &str) -> Writer {
        Writer::new(self, key)
    }

    async fn put_at(&self, path: &str, bytes: Bytes) -> Result<(), StorageError> {
        let answer = self.call(Method::PUT, path, bytes).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&answer)) }
    }

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, StorageError> {
        let answer = self.call(Method::HEAD, &self.path(key), Bytes::new()).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                answer.header("content-length").parse().map(Some).map_err(|_| refused(&answer))
            }
            _ => Err(refused(&answer)),
        }
    }

    pub(super) async fn open(&self, key: &str) -> Result<Option<Reader>, StorageError> {
        Ok(self.size(key).await?.map(|size| Reader {
            bucket: self.clone(),
            key: key.to_owned(),
            http: None,
            pieces: 0,
            at: 0,
            size,
        }))
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), StorageError> {
        self.remove_at(&self.path(key)).await
    }

    async fn remove_at(&self, path: &str) -> Result<(), StorageError> {
        let answer = self.call(Method::DELETE, path, Bytes::new()).await?;
        let gone = answer.status.is_success() || answer.status == StatusCode::NOT_FOUND;
        if gone { Ok(()) } else { Err(refused(&answer)) }
    }
}

/// What the store said.
fn refused(answer: &Answer) -> StorageError {
    let words: String = answer.text().chars().take(SHOWN_CHARS_MAX).collect();
    StorageError::Refused(format!("{} {words}", answer.status).trim_end().to_owned())
}

impl Reader {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        if self.at >= self.size {
            return Ok(None);
        }
        let end = self.size.min(self.at + PIECE_BYTES);
        let range = format!("bytes={}-{}", self.at, end - 1);
        let piece = timeout(ANSWER_TIME, self.piece(&range));
        let piece = piece.await.map_err(|_| StorageError::Silent)??;
        if piece.is_empty() {
            return Err(StorageError::Damaged(self.key.clone()));
        }
        self.at += piece.len() as u64;
        Ok(Some(piece))
    }

    async fn piece(&mut self, range: &str) -> Result<Bytes, StorageError> {
        let mut http = match self.http.take() {
            Some(http) if self.pieces < PIECES_MAX => http,
            _ => {
                self.pieces = 0;
                self.bucket.connect().await?
            }
        };
        let headers = [("range", range)];
        let path = self.bucket.path(&self.key);
        let answer = self.bucket.ask(&mut http, Method::GET, &path, &headers, Bytes::new()).await?;
        if !answer.status.is_success() {
            return Err(refused(&answer));
        }
        self.pieces += 1;
        self.http = Some(http);
        Ok(answer.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> Path {
        Path::key("DISTRIBUTED_STORAGE_CONFIG").field("a").item(1)
    }

    fn of(engine: &str) -> Configuration {
        Configuration::of_text(&format!("DISTRIBUTED_STORAGE_CONFIG: {{a: {engine}}}")).unwrap()
    }

    #[test]
    fn a_gateway_is_addressed_by_its_path() {
        let configuration = of(
            "[RadosGWStorage, {hostname: ceph04.example.com, port: '7480', is_secure: false, \
             access_key: key, secret_key: word, bucket_name: quay, storage_path: /data/registry/}]",
        );
        let Bucket(settings) = Bucket::of_gateway(&configuration, &arguments()).unwrap();
        assert_eq!(settings.origin.to_string(), "http://ceph04.example.com:7480");
        assert_eq!(settings.prefix, "/quay/data/registry/");
        assert!(settings.tls.is_none());
    }

    #[test]
    fn amazon_is_found_by_its_region() {
        let configuration = of("[S3Storage, {s3_bucket: quay, s3_region: eu-west-1, \
             s3_access_key: key, s3_secret_key: word, storage_path: /}]");
        let Bucket(settings) = Bucket::of_amazon(&configuration, &arguments()).unwrap();
        assert_eq!(settings.origin.to_string(), "https://s3.eu-west-1.amazonaws.com");
        assert_eq!(settings.prefix, "/quay/");
        assert!(settings.tls.is_some());
    }
}
