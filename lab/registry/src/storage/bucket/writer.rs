//! An object on its way into a bucket: in parts if it is large, so that little of it is in memory.

use super::{Bucket, refused};
use crate::storage::StorageError;
use axum::http::Method;
use bytes::{Bytes, BytesMut};
use server::clients::http::Answer;
use server::clients::sigv4::encoded;
use std::fmt::Write as _;

/// Bytes of a part; S3 wants no fewer than five mebibytes in each but the last.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// How the list of parts begins and ends.
const LIST: (&str, &str) = (
    r#"<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#,
    "</CompleteMultipartUpload>",
);
/// What is in an answer that says no although its status says yes.
const REFUSAL: &str = "<Error";

/// An object that is being written. What fits into one part is sent as it is.
#[derive(Debug)]
pub(crate) struct Writer {
    bucket: Bucket,
    path: String,
    part_bytes: usize,
    /// What has not been sent yet.
    held: BytesMut,
    /// The name that the store has for the upload in parts, if there is one.
    upload: Option<String>,
    /// What the store calls the parts that it has.
    tags: Vec<String>,
}

/// The text of an element that has no other in it.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (found, _) = rest.split_once(&format!("</{name}>"))?;
    Some(found.trim()).filter(|found| !found.is_empty())
}

fn is_good(answer: &Answer) -> bool {
    answer.status.is_success() && !answer.text().contains(REFUSAL)
}

impl Writer {
    pub(super) fn new(bucket: &Bucket, key: &str) -> Self {
        Self {
            path: bucket.path(key),
            bucket: bucket.clone(),
            part_bytes: PART_BYTES,
            held: BytesMut::new(),
            upload: None,
            tags: Vec::new(),
        }
    }

    pub(crate) fn is_in_parts(&self) -> bool {
        self.upload.is_some()
    }

    pub(crate) async fn write(&mut self, mut bytes: Bytes) -> Result<(), StorageError> {
        loop {
            let room = self.part_bytes.saturating_sub(self.held.len());
            let taken = bytes.split_to(bytes.len().min(room));
            self.held.extend_from_slice(&taken);
            // A full part waits: whether it is the only one is not known before more comes.
            if bytes.is_empty() {
                return Ok(());
            }
            self.send().await?;
        }
    }

    pub(crate) async fn keep(mut self) -> Result<(), StorageError> {
        if self.upload.is_none() {
            return self.bucket.put_at(&self.path, self.held.freeze()).await;
        }
        let kept = self.complete().await;
        if kept.is_err() {
            self.give_up().await;
        }
        kept
    }

    pub(crate) async fn give_up(&mut self) {
        let Some(id) = self.upload.take() else { return };
        if let Err(error) = self.bucket.remove_at(&self.of_upload(&id)).await {
            tracing::warn!(%error, "parts of an object that was given up are left behind");
        }
    }

    /// The address of an upload in parts.
    fn of_upload(&self, id: &str) -> String {
        format!("{}?uploadId={}", self.path, encoded(id, ""))
    }

    async fn begin(&mut self) -> Result<String, StorageError> {
        let path = format!("{}?uploads", self.path);
        let answer = self.bucket.call(Method::POST, &path, Bytes::new()).await?;
        let text = answer.text();
        match element(&text, "UploadId") {
            Some(id) if is_good(&answer) => {
                self.upload = Some(id.to_owned());
                Ok(id.to_owned())
            }
            _ => Err(refused(&answer)),
        }
    }

    /// Sends what is held as the next part.
    async fn send(&mut self) -> Result<(), StorageError> {
        let id = match &self.upload {
            Some(id) => id.clone(),
            None => self.begin().await?,
        };
        let number = self.tags.len() + 1;
        let path = format!("{}?partNumber={number}&uploadId={}", self.path, encoded(&id, ""));
        let part = self.held.split().freeze();
        let answer = self.bucket.call(Method::PUT, &path, part).await?;
        let tag = answer.header("etag");
        if !is_good(&answer) || tag.is_empty() {
            return Err(refused(&answer));
        }
        self.tags.push(tag.to_owned());
        Ok(())
    }

    /// Sends the rest, and lets the store join the parts.
    async fn complete(&mut self) -> Result<(), StorageError> {
        if !self.held.is_empty() {
            self.send().await?;
        }
        let mut list = LIST.0.to_owned();
        for (at, tag) in self.tags.iter().enumerate() {
            let tag = tag.replace('&', "&amp;").replace('<', "&lt;");
            let number = at + 1;
            let _ =
                write!(list, "<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>");
        }
        list.push_str(LIST.1);
        let path = self.of_upload(self.upload.as_deref().unwrap_or_default());
        let answer = self.bucket.call(Method::POST, &path, list.into()).await?;
        if is_good(&answer) { Ok(()) } else { Err(refused(&answer)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Configuration;
    use axum::Router;
    use axum::extract::State;
    use axum::http::{StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use config_model::path::Path;
    use std::sync::{Arc, Mutex};

    /// What a store was asked.
    type Asked = Arc<Mutex<Vec<String>>>;

    /// A store that takes everything, and joins what is not called `bad`.
    async fn answer(State(asked): State<Asked>, method: Method, uri: Uri, body: Bytes) -> Response {
        let text = String::from_utf8_lossy(&body);
        asked.lock().unwrap().push(format!("{method} {uri} {text}"));
        let query = uri.query().unwrap_or_default();
        match method.as_str() {
            "POST" if query == "uploads" => "<R><UploadId>u~1/2</UploadId></R>".into_response(),
            "PUT" => [("etag", "\"tag\"")].into_response(),
            "POST" if uri.path().ends_with("bad") => "<Error>no</Error>".into_response(),
            "POST" => "<CompleteMultipartUploadResult/>".into_response(),
            _ => StatusCode::NO_CONTENT.into_response(),
        }
    }

    async fn store() -> (Bucket, Asked) {
        let asked = Asked::default();
        let router = Router::new().fallback(answer).with_state(asked.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let text = format!(
            "DISTRIBUTED_STORAGE_CONFIG: {{a: [RadosGWStorage, {{hostname: 127.0.0.1, \
             port: '{port}', is_secure: false, access_key: key, secret_key: word, \
             bucket_name: b, storage_path: /d}}]}}"
        );
        let configuration = Configuration::of_text(&text).unwrap();
        let arguments = Path::key("DISTRIBUTED_STORAGE_CONFIG").field("a").item(1);
        (Bucket::of_gateway(&configuration, &arguments).unwrap(), asked)
    }

    /// A writer of small parts that has written these bytes.
    async fn written(bucket: &Bucket, key: &str, bytes: &'static [u8]) -> Writer {
        let mut writer = bucket.create(key);
        writer.part_bytes = 4;
        for piece in bytes.chunks(3) {
            writer.write(Bytes::from_static(piece)).await.unwrap();
        }
        writer
    }

    #[tokio::test]
    async fn a_small_object_is_sent_whole() {
        let (bucket, asked) = store().await;
        let writer = written(&bucket, "k", b"four").await;
        assert!(!writer.is_in_parts());
        writer.keep().await.unwrap();
        written(&bucket, "k", b"four").await.give_up().await;
        assert_eq!(*asked.lock().unwrap(), ["PUT /b/d/k four"]);
    }

    #[tokio::test]
    async fn a_large_object_is_sent_in_parts() {
        let (bucket, asked) = store().await;
        let writer = written(&bucket, "k", b"hello world").await;
        assert!(writer.is_in_parts());
        writer.keep().await.unwrap();
        let asked = asked.lock().unwrap();
        let (last, first) = asked.split_last().unwrap();
        assert_eq!(
            first,
            [
                "POST /b/d/k?uploads ",
                "PUT /b/d/k?partNumber=1&uploadId=u~1%2F2 hell",
                "PUT /b/d/k?partNumber=2&uploadId=u~1%2F2 o wo",
                "PUT /b/d/k?partNumber=3&uploadId=u~1%2F2 rld",
            ]
        );
        assert!(last.starts_with("POST /b/d/k?uploadId=u~1%2F2 <CompleteMultipartUpload "));
        assert_eq!(last.matches("<ETag>\"tag\"</ETag>").count(), 3, "{last}");
    }

    #[tokio::test]
    async fn what_is_given_up_or_refused_leaves_no_parts_behind() {
        let (bucket, asked) = store().await;
        written(&bucket, "k", b"hello world").await.give_up().await;
        let gone = "DELETE /b/d/k?uploadId=u~1%2F2 ";
        assert_eq!(asked.lock().unwrap().last().map(String::as_str), Some(gone));
        let kept = written(&bucket, "bad", b"hello world").await.keep().await;
        assert!(kept.is_err_and(|error| error.to_string().contains("<Error>no")));
        let gone = "DELETE /b/d/bad?uploadId=u~1%2F2 ";
        assert_eq!(asked.lock().unwrap().last().map(String::as_str), Some(gone));
    }
}
