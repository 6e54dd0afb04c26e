//! Keys for a role, good for an hour: asked for at Amazon's STS, as Quay asks.

use super::answer::{Meaning, Reply};
use super::faults::{
    CLOCK_SKEW, KEYS_UNUSABLE, ROLE_MALFORMED, ROLE_MISSING, ROLE_REFUSED, ROLE_TROUBLE,
    WRONG_ACCESS_KEY, WRONG_SECRET_KEY,
};
use super::store::{apart, in_words};
use crate::checks::course::reach::no_http;
use crate::checks::course::{Course, Stopped};
use crate::checks::fault::Told;
use crate::clients::http::Origin;
use crate::clients::sigv4::{Keys, Scope, encoded, sign};
use cluster::check::StageKind;
use http::Method;

/// Where roles are taken on. Quay names no region, so it is always here.
const HOST: &str = "sts.amazonaws.com";
const REGION: &str = "us-east-1";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// A role, and the keys of a user who may take it on.
#[derive(Clone)]
pub(super) struct Role {
    /// Its name, an ARN.
    pub(super) arn: String,
    /// The keys.
    pub(super) keys: Keys,
}

/// Takes a role on.
pub(super) async fn take_on(course: &Course, role: &Role) -> Result<Keys, Stopped> {
    let origin = Origin { tls: true, host: HOST.to_owned(), port: 443 };
    let mut http = course.http(&origin).await?;
    let step = course.begin(StageKind::Authentication, format!("take on the role {}", role.arn));
    let body = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleArn={}&RoleSessionName=quay-console",
        encoded(&role.arn, "")
    );
    let scope = Scope { service: "sts", region: REGION, now: course.clock() };
    let kind = [("content-type", FORM)];
    let (method, bytes) = (Method::POST, body.as_bytes());
    let signed = match sign(&role.keys, &scope, &method, &origin, "/", &kind, bytes) {
        Ok(signed) => signed,
        Err(reason) => {
            let told = KEYS_UNUSABLE.with(&[("reason", reason.as_str())]);
            return Err(step.fail("", told));
        }
    };
    let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers: Vec<_> = kind.into_iter().chain(signed).collect();
    let reply = match http.send(method, "/", &headers, body).await {
        Ok(answer) => Reply::of(answer),
        Err(error) => return Err(step.fail(error.to_string(), no_http(&error, &origin))),
    };
    match keys_in(&reply) {
        Some((keys, until)) => {
            course.hide(&keys.secret);
            course.hide(keys.token.as_deref().unwrap_or_default());
            step.pass(format!("keys that are good until {until}"));
            Ok(keys)
        }
        None => Err(step.fail(reply.words(), refused(&reply, role, course.clock()))),
    }
}

/// The keys in an answer, and until when they are good.
fn keys_in(reply: &Reply) -> Option<(Keys, String)> {
    if !reply.is_good() {
        return None;
    }
    let keys = Keys {
        access: reply.element("AccessKeyId")?,
        secret: reply.element("SecretAccessKey")?,
        token: Some(reply.element("SessionToken")?),
    };
    Some((keys, reply.element("Expiration").unwrap_or_default()))
}

fn refused(reply: &Reply, role: &Role, now: i64) -> Told {
    let (seconds, is_ahead) = apart(reply, now).unwrap_or_default();
    let (difference, direction) = in_words(seconds, is_ahead);
    let places = [
        ("host", HOST),
        ("role", role.arn.as_str()),
        ("difference", difference.as_str()),
        ("direction", direction),
    ];
    match (reply.meaning(), reply.code()) {
        (Meaning::AccessKey, _) => WRONG_ACCESS_KEY.with(&places),
        (Meaning::SecretKey, _) => WRONG_SECRET_KEY.with(&places),
        (Meaning::Clock, _) => CLOCK_SKEW.with(&places),
        (Meaning::Denied, _) => ROLE_REFUSED.with(&places),
        (_, "NoSuchEntity") => ROLE_MISSING.with(&places),
        (_, "ValidationError" | "InvalidArgument") => ROLE_MALFORMED.with(&places),
        _ => ROLE_TROUBLE.with(&places),
    }
}
