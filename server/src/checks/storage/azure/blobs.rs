//! Blobs: written in one piece and in blocks, copied, read by us and by anybody, deleted.

use super::answer::{Refusal, ahead, clause, difference, shown};
use super::faults::{
    AZURE_CLOCK_REFUSED, AZURE_DOWNLOAD_REFUSED, AZURE_MAY_NOT_DELETE, AZURE_MAY_NOT_READ,
    AZURE_MAY_NOT_WRITE, AZURE_NOT_COPIED, AZURE_NOT_READ_BACK,
};
use super::session::{Session, Target};
use crate::checks::course::reach::no_http;
use crate::checks::course::{Done, Stopped};
use crate::checks::fault::Told;
use crate::checks::storage::OURS;
use crate::checks::storage::litter::Tally;
use crate::clients::http::Answer;
use bytes::Bytes;
use cluster::check::StageKind;
use http::Method;
use std::time::Duration;

/// What is written.
const WORDS: &[u8] = b"quay-console has written this to see whether it can.";
/// The only block, `00000` in base64.
const BLOCK: &str = "MDAwMDA=";
/// What makes a blob of it.
const BLOCKS: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>MDAwMDA=</Latest></BlockList>";
/// For how many seconds Quay signs a download, and the source of a copy.
const DOWNLOAD_SECONDS: i64 = 60;
const COPY_SECONDS: i64 = 300;
/// How often it is asked whether a copy is complete, and how long it is waited in between.
const COPY_ASKS: usize = 10;
const COPY_WAIT: Duration = Duration::from_millis(200);

impl Session<'_> {
    /// A blob is written and read; gives its name.
    pub(super) async fn write_and_read(&mut self, id: &str) -> Result<String, Stopped> {
        let blob = self.engine.blob(&format!("{OURS}{id}"));
        let step = self.course.begin(StageKind::Service, format!("write {blob}"));
        self.written.push(blob.clone());
        let headers =
            [("x-ms-blob-type", "BlockBlob"), ("content-type", "application/octet-stream")];
        let words = Bytes::from_static(WORDS);
        let (step, answer) =
            self.ask(step, Method::PUT, Target::blob(&blob), &headers, words).await?;
        if !answer.status.is_success() {
            self.not_written(&answer);
            let fault = &AZURE_MAY_NOT_WRITE;
            return Err(self.refused(step, &answer, fault, "take what is written", &blob));
        }
        step.pass("written");
        self.read(&blob).await?;
        Ok(blob)
    }

    async fn read(&mut self, blob: &str) -> Done {
        let step = self.course.begin(StageKind::Service, "read it back");
        let target = Target::blob(blob);
        let (step, answer) = self.ask(step, Method::GET, target, &[], Bytes::new()).await?;
        if answer.status.is_success() && answer.body == WORDS {
            step.pass(format!("{} bytes, the same", answer.body.len()));
            return Ok(());
        }
        if answer.status.is_success() || Refusal::of(&answer).code == "BlobNotFound" {
            return Err(step.fail(shown(&answer), AZURE_NOT_READ_BACK.told()));
        }
        let action = "give back what was stored";
        Err(self.refused(step, &answer, &AZURE_MAY_NOT_READ, action, blob))
    }

    /// A blob is made of blocks and copied to its place, as at the end of each push.
    pub(super) async fn push(&mut self, id: &str) -> Done {
        let upload = self.engine.blob(&format!("uploads/{OURS}{id}"));
        let mut step = self.course.begin(StageKind::Service, "write in blocks, as a push does");
        self.written.push(upload.clone());
        let block = [("comp", "block"), ("blockid", BLOCK)];
        let list = [("comp", "blocklist")];
        let requests = [(&block[..], WORDS), (&list[..], BLOCKS)];
        for (query, body) in requests {
            let target = Target { blob: &upload, query };
            let body = Bytes::from_static(body);
            let (same, answer) = self.ask(step, Method::PUT, target, &[], body).await?;
            step = same;
            if !answer.status.is_success() {
                self.not_written(&answer);
                let fault = &AZURE_MAY_NOT_WRITE;
                return Err(self.refused(
                    step,
                    &answer,
                    fault,
                    "take what is written in blocks",
                    &upload,
                ));
            }
        }
        step.pass("written");
        self.copy(&upload, id).await
    }

    async fn copy(&mut self, from: &str, id: &str) -> Done {
        let blob = self.engine.blob(&format!("{OURS}{id}-pushed"));
        let step = self.course.begin(StageKind::Service, "copy it to its place, in the store");
        let source = format!("{}{}", self.engine.origin, self.open_path(from, COPY_SECONDS));
        self.written.push(blob.clone());
        let headers = [("x-ms-copy-source", source.as_str())];
        let target = Target::blob(&blob);
        let (mut step, mut answer) =
            self.ask(step, Method::PUT, target, &headers, Bytes::new()).await?;
        self.not_written(&answer);
        for _ in 0..COPY_ASKS {
            if answer.header("x-ms-copy-status") != "pending" {
                break;
            }
            tokio::time::sleep(COPY_WAIT).await;
            (step, answer) = self.ask(step, Method::HEAD, target, &[], Bytes::new()).await?;
        }
        let state = answer.header("x-ms-copy-status").to_owned();
        if answer.status.is_success() && state == "success" {
            step.pass("copied");
            return Ok(());
        }
        let status = if state.is_empty() { clause(&answer) } else { state };
        let places = [("status", status.as_str()), ("account", self.engine.account.as_str())];
        let told = self.too_late(&answer, COPY_SECONDS);
        Err(step.fail(&status, told.unwrap_or_else(|| AZURE_NOT_COPIED.with(&places))))
    }

    /// The store refuses the last blob, so that it is not there.
    pub(super) fn not_written(&mut self, answer: &Answer) {
        if answer.status.is_client_error() {
            self.written.pop();
        }
    }

    /// Whether what was signed for so many seconds was over at once, by the store's clock.
    fn too_late(&self, answer: &Answer, seconds: i64) -> Option<Told> {
        let apart = ahead(answer, self.course.now())?.abs();
        let difference = difference(apart / 60);
        (apart >= seconds).then(|| AZURE_CLOCK_REFUSED.with(&[("difference", &difference)]))
    }

    /// A blob is read where clients of the registry are sent to.
    pub(super) async fn download(&mut self, blob: &str) -> Done {
        let tried = "read it without a credential, at an address signed as Quay signs it";
        let step = self.course.begin(StageKind::Service, tried);
        let path = self.open_path(blob, DOWNLOAD_SECONDS);
        match self.as_anybody(Method::GET, &path, &[], Bytes::new()).await {
            Ok(answer) if answer.status.is_success() && answer.body == WORDS => {
                step.pass("the same");
                Ok(())
            }
            Ok(answer) => {
                let told = self.too_late(&answer, DOWNLOAD_SECONDS);
                let told = told.unwrap_or_else(|| AZURE_DOWNLOAD_REFUSED.told());
                Err(step.fail(shown(&answer), told))
            }
            Err(error) => Err(step.fail(error.to_string(), no_http(&error, &self.engine.origin))),
        }
    }

    /// Deletes all that has been written.
    pub(super) async fn delete(&mut self) -> Done {
        let mut step = self.course.begin(StageKind::Service, "delete all of it");
        let mut refused = None;
        while let Some(blob) = self.written.last().cloned() {
            let target = Target::blob(&blob);
            let (same, answer) = self.ask(step, Method::DELETE, target, &[], Bytes::new()).await?;
            step = same;
            self.written.pop();
            if !answer.status.is_success() {
                refused = Some((answer, blob));
            }
        }
        if let Some((answer, blob)) = refused {
            let fault = &AZURE_MAY_NOT_DELETE;
            return Err(self.refused(step, &answer, fault, "delete anything", &blob));
        }
        step.pass("nothing is left");
        Ok(())
    }

    /// Deletes all that has been written after something has failed, and tells what stays.
    pub(super) async fn sweep(&mut self) {
        let mut tally = Tally::default();
        for blob in std::mem::take(&mut self.written).into_iter().rev() {
            let mut status = None;
            if !tally.is_vain() {
                let target = Target::blob(&blob);
                let sent = self.send(Method::DELETE, target, &[], Bytes::new()).await;
                status = sent.ok().map(|answer| answer.status);
            }
            tally.count(status);
        }
        let (account, container) = (&self.engine.account, &self.engine.container);
        let place = format!("the container {container}");
        let command = format!(
            "az storage blob list --account-name {account} --container-name {container} \
             --query \"[?contains(name, '{OURS}')].name\""
        );
        tally.tell(self.course, &place, &command);
    }
}
