//! A client for the stores of the lab: makes buckets, and says what is allowed there.

use super::process::run;
use reqwest::{Client, Method};
use server::clients::http::Origin;
use server::clients::sigv4::{Keys, Scope, encoded, sign};
use std::process::Command;
use std::time::Duration;

/// Somebody with keys, and a store.
pub(crate) struct Owner {
    origin: Origin,
    keys: Keys,
    client: Client,
}

/// The seconds since 1970, which real stores compare with those of a signature.
pub(crate) fn now() -> i64 {
    run(Command::new("date").arg("+%s")).trim().parse().expect("a number")
}

impl Owner {
    /// Somebody with these keys, at a port of this machine.
    pub(crate) fn at(port: u16, access: &str, secret: &str) -> Self {
        // Only one of those who share the process can do it, and the others need not.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(Duration::from_secs(30)).build();
        Self {
            origin: Origin { tls: false, host: "127.0.0.1".to_owned(), port },
            keys: Keys { access: access.to_owned(), secret: secret.to_owned(), token: None },
            client: client.expect("the settings are good"),
        }
    }

    /// Makes a bucket. A store that has only just started is asked again.
    pub(crate) async fn make(&self, bucket: &str) {
        for _ in 0..200 {
            if [200, 409].contains(&self.ask("PUT", &format!("/{bucket}"), "").await.0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no bucket can be made");
    }

    /// Does something, which must work.
    pub(crate) async fn put(&self, path: &str, body: &str) {
        let (status, text) = self.ask("PUT", path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {text}");
    }

    /// Lets a user of a gateway of Ceph do these things in a bucket, and forbids those.
    pub(crate) async fn allow(&self, bucket: &str, user: &str, may: &[&str], may_not: &[&str]) {
        let statement = |effect: &str, actions: &[&str]| {
            serde_json::json!({
                "Effect": effect,
                "Principal": { "AWS": [format!("arn:aws:iam:::user/{user}")] },
                "Action": actions,
                "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            })
        };
        let mut statements = vec![statement("Allow", may)];
        if !may_not.is_empty() {
            statements.push(statement("Deny", may_not));
        }
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": statements });
        self.put(&format!("/{bucket}?policy"), &policy.to_string()).await;
    }

    /// The keys of all objects below a folder.
    pub(crate) async fn list(&self, bucket: &str, folder: &str) -> Vec<String> {
        let path = format!("/{bucket}?list-type=2&prefix={}", encoded(folder, ""));
        let (status, text) = self.ask("GET", &path, "").await;
        assert_eq!(status, 200, "{text}");
        let parts = text.split("<Key>").skip(1);
        parts.filter_map(|part| part.split("</Key>").next().map(str::to_owned)).collect()
    }

    /// The versions and unfinished uploads of a bucket: how many there are.
    pub(crate) async fn remains(&self, bucket: &str) -> (usize, usize) {
        let count = |text: &str, begin: &str| text.matches(begin).count();
        let (_, versions) = self.ask("GET", &format!("/{bucket}?versions"), "").await;
        let (_, uploads) = self.ask("GET", &format!("/{bucket}?uploads"), "").await;
        let versions = count(&versions, "<Version>") + count(&versions, "<DeleteMarker>");
        (versions, count(&uploads, "<Upload>"))
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let method: Method = method.parse().expect("the method is good");
        let scope = Scope { service: "s3", region: "us-east-1", now: now() };
        let signed = sign(&self.keys, &scope, &method, &self.origin, path, &[], body.as_bytes());
        let mut request = self.client.request(method, format!("{}{path}", self.origin));
        for (name, value) in signed.expect("the keys are good") {
            request = request.header(name, value);
        }
        match request.body(body.to_owned()).send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                (status, answer.text().await.unwrap_or_default())
            }
            Err(error) => (0, error.to_string()),
        }
    }
}
