//! A conversation with a store: requests are signed and answers understood.

use super::OURS;
use super::answer::{Meaning, Reply};
use super::bucket::Bucket;
use super::cdn;
use super::faults::{
    CLOCK_BEHIND, CLOCK_SKEW, KEYS_UNUSABLE, NO_OBJECT_STORE, NO_SUCH_BUCKET, SIGNATURE_REFUSED,
    STORE_FULL, STORE_TROUBLE, TLS_EXPECTED, TOKEN_REFUSED, TOO_SLOW, USER_SUSPENDED, WRITES_HANG,
    WRONG_ACCESS_KEY, WRONG_ADDRESS, WRONG_REGION, WRONG_SECRET_KEY,
};
use super::signature::Signature;
use super::v2;
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Step, Stopped};
use crate::checks::fault::{Fault, Told};
use crate::checks::probe::expects_tls;
use crate::clients::date;
use crate::clients::http::{Http, HttpError, REQUEST_TIME};
use crate::clients::sigv4::{self, Keys, Scope};
use cluster::check::StageKind;
use http::Method;

/// A store we are connected to.
pub(super) struct Store<'a> {
    /// The check's course.
    pub(super) course: &'a Course,
    /// The bucket.
    pub(super) bucket: Bucket,
    /// The region that is signed for.
    region: String,
    keys: Keys,
    http: Http,
    /// Whether something was read already.
    has_read: bool,
}

/// The headers of a request.
type Headers<'h> = &'h [(&'h str, &'h str)];

impl<'a> Store<'a> {
    pub(super) fn new(course: &'a Course, bucket: Bucket, keys: Keys, http: Http) -> Self {
        let region = bucket.signed_region().to_owned();
        Self { course, bucket, region, keys, http, has_read: false }
    }

    /// Begins a stage.
    pub(super) fn begin(&self, kind: StageKind, tried: impl AsRef<str>) -> Step {
        self.course.begin(kind, tried)
    }

    /// Whether the keys come with a token.
    pub(super) fn has_token(&self) -> bool {
        self.keys.token.is_some()
    }

    /// Signs for another region from now on.
    pub(super) fn sign_for(&mut self, region: &str) {
        region.clone_into(&mut self.region);
    }

    /// Goes on at another address of the same store.
    pub(super) async fn move_to(&mut self, bucket: Bucket) -> Result<(), Stopped> {
        self.http = self.course.http(&bucket.origin).await?;
        self.bucket = bucket;
        Ok(())
    }

    /// Sends a signed request as part of a stage, which ends where no answer comes.
    pub(super) async fn ask(
        &mut self,
        step: Step,
        method: Method,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Result<(Step, Reply), Stopped> {
        let signed = match self.signed(&method, path, headers, body) {
            Ok(signed) => signed,
            Err(reason) => {
                let told = KEYS_UNUSABLE.with(&[("reason", reason.as_str())]);
                return Err(step.fail("", told));
            }
        };
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = headers.iter().copied().chain(signed).collect();
        self.send(step, method, path, &all, body).await
    }

    /// Sends a request as it is. Nothing is sent once the check was given up.
    pub(super) async fn send(
        &mut self,
        step: Step,
        method: Method,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Result<(Step, Reply), Stopped> {
        if self.course.is_given_up() {
            return Err(Stopped);
        }
        let is_write = [Method::PUT, Method::POST].contains(&method);
        match self.http.send(method, path, headers, body.to_vec()).await {
            Ok(answer) => {
                self.course.answered(&TOO_SLOW);
                self.has_read |= !is_write;
                Ok((step, Reply::of(answer)))
            }
            Err(error) => {
                let hangs = is_write && self.has_read && matches!(error, HttpError::Silent(_));
                let (course, origin) = (self.course, self.bucket.origin.clone());
                let odd = matches!(error, HttpError::Closed | HttpError::NotHttp);
                let wants_tls =
                    odd && !origin.tls && expects_tls(course, &origin.host, origin.port).await;
                let told = match (wants_tls, hangs) {
                    (true, _) => self.told(&TLS_EXPECTED),
                    (false, true) => self.held_back(),
                    (false, false) => no_http(&error, &origin),
                };
                Err(step.fail(error.to_string(), told))
            }
        }
    }

    /// What it means that reading works, and a write gets no answer.
    fn held_back(&self) -> Told {
        let (seconds, prefix) = (REQUEST_TIME.as_secs().to_string(), self.bucket.key(OURS));
        self.told_with(&WRITES_HANG, &[("seconds", &seconds), ("prefix", &prefix)])
    }

    /// Sends a signed request without a stage, where it does not matter whether it works.
    pub(super) async fn quietly(
        &mut self,
        method: Method,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Option<Reply> {
        let signed = self.signed(&method, path, headers, body).ok()?;
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = headers.iter().copied().chain(signed).collect();
        let answer = self.http.send(method, path, &all, body.to_vec()).await;
        answer.ok().map(Reply::of)
    }

    fn signed(
        &self,
        method: &Method,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Result<Vec<(String, String)>, String> {
        let now = self.course.clock();
        if self.keys.access.chars().any(char::is_control) {
            return Err("there is a line break in the access key".to_owned());
        }
        match self.bucket.signs {
            Signature::V4 => {
                let scope = Scope { service: "s3", region: &self.region, now };
                sigv4::sign(&self.keys, &scope, method, &self.bucket.origin, path, headers, body)
            }
            Signature::V2 => {
                let resource = self.bucket.signed_resource(path);
                Ok(v2::sign(&self.keys, now, method, &resource, headers))
            }
        }
    }

    /// Path and query of an address at which whoever has it may fetch an object.
    pub(super) fn handed_out(&self, key: &str, signature: Signature) -> Result<String, String> {
        let path = self.bucket.path(key);
        let (now, life) = (self.course.clock(), cdn::handed_out_for(&self.bucket.cdns));
        match signature {
            Signature::V4 => {
                let scope = Scope { service: "s3", region: &self.region, now };
                let (keys, origin) = (&self.keys, &self.bucket.origin);
                sigv4::presign(keys, &scope, &Method::GET, origin, &path, life)
            }
            Signature::V2 => {
                let until = now + i64::try_from(life.as_secs()).unwrap_or(0);
                let resource = self.bucket.signed_resource(&path);
                let name = self.bucket.key_name;
                let query = v2::presign(&self.keys, &Method::GET, &resource, until, name);
                Ok(format!("{path}?{query}"))
            }
        }
    }

    /// What it means that by the clock of whoever answered, an address that Quay signs is over
    /// before it is used; nothing where it is not.
    pub(super) fn is_over(&self, reply: &Reply) -> Option<Told> {
        let (seconds, is_ahead) = apart(reply, self.course.clock())?;
        let life = cdn::handed_out_for(&self.bucket.cdns).as_secs();
        let (difference, _) = in_words(seconds, is_ahead);
        let is_over = is_ahead && u64::try_from(seconds).is_ok_and(|seconds| seconds >= life);
        is_over.then(|| self.told_with(&CLOCK_BEHIND, &[("difference", &difference)]))
    }

    /// How Amazon's program for the command line is told where the bucket is.
    pub(super) fn way(&self) -> String {
        self.bucket.way(&self.region)
    }

    /// A fault of this store and bucket.
    pub(super) fn told(&self, fault: &'static Fault) -> Told {
        self.told_with(fault, &[])
    }

    /// The same with further places, which count more.
    pub(super) fn told_with(&self, fault: &'static Fault, more: &[(&str, &str)]) -> Told {
        let bucket = &self.bucket;
        let (port, origin) = (bucket.origin.port.to_string(), bucket.origin.to_string());
        let way = self.way();
        let mut places = more.to_vec();
        places.extend([
            ("host", bucket.origin.host.as_str()),
            ("port", port.as_str()),
            ("origin", origin.as_str()),
            ("way", way.as_str()),
            ("bucket", bucket.name.as_str()),
            ("folder", bucket.folder()),
            ("configured", self.region.as_str()),
        ]);
        fault.with(&places)
    }

    /// What it means that the store refuses: `denied` where the keys are not enough, `other`
    /// where nothing else fits.
    pub(super) fn refused(
        &self,
        reply: &Reply,
        denied: &'static Fault,
        other: &'static Fault,
    ) -> Told {
        self.refused_with(reply, denied, other, &[])
    }

    /// The same with further places for both.
    pub(super) fn refused_with(
        &self,
        reply: &Reply,
        denied: &'static Fault,
        other: &'static Fault,
        more: &[(&str, &str)],
    ) -> Told {
        match reply.meaning() {
            Meaning::AccessKey => self.told(&WRONG_ACCESS_KEY),
            Meaning::SecretKey => self.told(&WRONG_SECRET_KEY),
            Meaning::Token => self.told(&TOKEN_REFUSED),
            Meaning::Clock => {
                let (seconds, is_ahead) = apart(reply, self.course.clock()).unwrap_or_default();
                let (difference, direction) = in_words(seconds, is_ahead);
                let places = [("difference", difference.as_str()), ("direction", direction)];
                self.told_with(&CLOCK_SKEW, &places)
            }
            Meaning::Signature => self.told(&SIGNATURE_REFUSED),
            Meaning::Denied => self.told_with(denied, more),
            Meaning::Suspended => self.told(&USER_SUSPENDED),
            Meaning::NoBucket => self.told(&NO_SUCH_BUCKET),
            Meaning::Elsewhere => match reply.region() {
                Some(region) => self.told_with(&WRONG_REGION, &[("region", region)]),
                None => self.told(&WRONG_ADDRESS),
            },
            Meaning::Full => self.told(&STORE_FULL),
            Meaning::Trouble => self.told(&STORE_TROUBLE),
            Meaning::NoStore => self.told(&NO_OBJECT_STORE),
            Meaning::Other => self.told_with(other, more),
        }
    }
}

/// How many seconds the clock that answered is from ours, and whether it is ahead.
pub(super) fn apart(reply: &Reply, now: i64) -> Option<(i64, bool)> {
    let theirs = date::of_http(reply.answer.header("date"))?;
    Some(((theirs - now).abs(), theirs > now))
}

/// The same for a person, as exactly as it matters.
pub(super) fn in_words(difference: i64, is_ahead: bool) -> (String, &'static str) {
    let (hours, minutes, tens) = (difference / 3600, difference / 60, (difference + 5) / 10);
    let difference = match difference {
        ..30 => format!("{difference} seconds"),
        30..120 => format!("{} seconds", tens * 10),
        120..7200 => format!("{minutes} minutes"),
        7200..172_800 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    };
    (difference, if is_ahead { "ahead of" } else { "behind" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_in_words() {
        for (seconds, words) in
            [(0, "0 seconds"), (29, "29 seconds"), (62, "60 seconds"), (901, "15 minutes")]
        {
            assert_eq!(in_words(seconds, false).0, words);
        }
        for (seconds, words) in [(7200, "2 hours"), (432_000, "5 days")] {
            assert_eq!(in_words(seconds, false), (words.to_owned(), "behind"));
        }
        assert_eq!(in_words(60, true).1, "ahead of");
    }
}
