//! Kinesis, where entries of the action log are sent through it.

use super::{READS, producer, revealed, target};
use crate::checks::aws::{code, not_let_in};
use crate::checks::course::{Course, Done};
use crate::checks::fault::{Fault, Told, faults};
use crate::checks::shell::shell_quoted;
use crate::checks::talk::{Talk, in_short};
use crate::checks::{Check, Planned, Settings};
use crate::clients::http::{Answer, Origin};
use crate::clients::sigv4::{Keys, Scope, sign};
use cluster::check::StageKind;
use config_model::sections::action_logs::targets::{KinesisTarget, LogTargets, Producer};
use config_model::value::Text;
use http::{Method, StatusCode};
use serde_json::json;

/// Tries the stream that log entries are sent to.
pub const CHECK: Check = Check {
    name: "kinesis",
    label: "Kinesis",
    reads: READS,
    matters: "Quay writes each action to the stream before it carries it out.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// Amazon's names are like `eu-central-1`.
    NO_SUCH_REGION: Error,
    "{region} is not the name of an AWS region.",
    fix "Enter the name as AWS writes it, for example eu-central-1. For all of them: aws ec2 describe-regions --all-regions";

    /// Whatever speaks at an address of Amazon.
    NOT_KINESIS: Error,
    "What answers at {host} is not Kinesis.",
    fix "Let the name lead to AWS, or to the endpoint for Kinesis in your private network.";

    /// The keys may not look at the stream; whether they may write to it cannot be seen.
    MAY_NOT_LOOK: Warning,
    "The keys are good, but may not look at the stream {stream}, so that nothing is known of it.",
    why "Quay does not look, it only writes. It may work all the same.",
    fix "To have it checked, allow kinesis:DescribeStreamSummary beside kinesis:PutRecord in the policy of these keys.";

    /// There is none in this region under this account.
    NO_STREAM: Error,
    "There is no stream {stream} in {region} under the account of these keys.",
    fix "Correct name or region, or make it: aws kinesis create-stream --stream-name {quoted} --region {region}";

    /// `CREATING` or `DELETING`.
    NOT_ACTIVE: Error,
    "The stream {stream} takes no entries: it is {state}.",
    fix "Wait until it is ACTIVE: aws kinesis describe-stream-summary --stream-name {quoted} --region {region}";

    /// Any other refusal.
    REFUSED: Error,
    "Kinesis refuses to tell of the stream {stream}: {reason}.",
    fix "Look what AWS says of this error.";
}

/// What a request for the state of a stream is called.
const OPERATION: &str = "Kinesis_20131202.DescribeStreamSummary";
const JSON: &str = "application/x-amz-json-1.1";
/// The stream, and who looks at it.
struct Stream {
    name: String,
    region: String,
    keys: Option<Keys>,
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    if producer(settings) != Some(Producer::KinesisStream) {
        return Vec::new();
    }
    let base = target(LogTargets::kinesis_stream_config);
    let lacks =
        |name: &str, what: &str| vec![Planned::incomplete(base.field(name), "Kinesis", what)];
    let Some(Text(name)) = settings.field(&base, KinesisTarget::stream_name) else {
        return lacks(KinesisTarget::stream_name.name(), "the name of the stream");
    };
    let Some(Text(region)) = settings.field(&base, KinesisTarget::aws_region) else {
        return lacks(KinesisTarget::aws_region.name(), "the region");
    };
    let access = revealed(settings.field(&base, KinesisTarget::aws_access_key));
    let secret = revealed(settings.field(&base, KinesisTarget::aws_secret_key));
    // With one of the two Quay's client does not even begin.
    let keys = match (access.is_empty(), secret.is_empty()) {
        (true, true) => None,
        (false, false) => Some(Keys { access, secret, token: None }),
        (true, false) => return lacks(KinesisTarget::aws_access_key.name(), "the access key"),
        (false, true) => return lacks(KinesisTarget::aws_secret_key.name(), "the secret key"),
    };
    let shown = format!("{name} in {region}");
    let stream = Stream { name, region, keys };
    vec![Planned::new(base, shown, move |course| attempt(course, stream))]
}

async fn attempt(course: Course, stream: Stream) -> Done {
    let step = course.begin(StageKind::Settings, format!("the region {}", stream.region));
    if !is_region(&stream.region) {
        let told = NO_SUCH_REGION.with(&[("region", &stream.region)]);
        return Err(step.fail("", told));
    }
    let origin = origin(&stream.region);
    step.pass(origin.to_string());
    let tls = Some(course.usual_tls(&origin.host));
    let mut talk = Talk::begin(&course, &origin, tls, None).await?;
    let Some(keys) = &stream.keys else {
        let step = course.begin(StageKind::Authentication, "no keys are configured");
        step.skip("Quay uses the role of the machine it runs on, which cannot be tried from here");
        return Ok(());
    };
    let step = course.begin(StageKind::Authentication, "ask for the stream, signed with the keys");
    let body = json!({ "StreamName": stream.name }).to_string();
    let plain = [("content-type", JSON), ("x-amz-target", OPERATION)];
    let scope = Scope { service: "kinesis", region: &stream.region, now: course.now() };
    let signed = sign(keys, &scope, &Method::POST, &origin, "/", &plain, body.as_bytes());
    let signed = match signed {
        Ok(signed) => signed,
        Err(reason) => return Err(step.fail("not signed", stream.told(&REFUSED, &reason))),
    };
    for (_, value) in signed.iter().filter(|(name, _)| name == "authorization") {
        course.hide(value);
    }
    let mut headers = plain.to_vec();
    headers.extend(signed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (step, answer) = talk.ask(step, Method::POST, "/", &headers, body).await?;
    let code = code(&answer);
    if answer.status != StatusCode::OK && code.is_empty() {
        let told = NOT_KINESIS.with(&[("host", &origin.host)]);
        return Err(step.fail(in_short(&answer), told));
    }
    if let Some(told) = not_let_in(&code, &answer, course.now()) {
        return Err(step.fail(in_short(&answer), told));
    }
    step.pass("accepted");
    state(&course, &stream, &code, &answer)
}

/// Whether the stream is there and takes entries.
fn state(course: &Course, stream: &Stream, code: &str, answer: &Answer) -> Done {
    let denied = ["AccessDeniedException", "AccessDenied"].contains(&code);
    if denied {
        let step = course.begin(StageKind::Permission, "look at the stream");
        step.warn(in_short(answer), stream.told(&MAY_NOT_LOOK, ""));
        return Ok(());
    }
    let step = course.begin(StageKind::Service, format!("the stream {}", stream.name));
    if code == "ResourceNotFoundException" {
        return Err(step.fail("it is not there", stream.told(&NO_STREAM, "")));
    }
    let json = answer.json();
    let summary = json.as_ref().and_then(|json| json.get("StreamDescriptionSummary"));
    let state = summary.and_then(|summary| summary.get("StreamStatus")?.as_str());
    match (state, summary.and_then(|summary| summary.get("OpenShardCount")?.as_u64())) {
        (Some("ACTIVE" | "UPDATING"), shards) => {
            step.pass(format!("active, with {} shards", shards.unwrap_or(0)));
            Ok(())
        }
        (Some(state), _) => Err(step.fail(state, stream.told(&NOT_ACTIVE, state))),
        (None, _) => Err(step.fail(in_short(answer), stream.told(&REFUSED, code))),
    }
}

/// Where Kinesis is in a region.
fn origin(region: &str) -> Origin {
    let end = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Origin { tls: true, host: format!("kinesis.{region}.{end}"), port: 443 }
}

/// Two letters, words, and a number, joined by hyphens.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area, words @ .., number] => {
            area.len() == 2
                && letters(area)
                && !words.is_empty()
                && words.iter().all(|word| letters(word))
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

impl Stream {
    fn told(&self, fault: &'static Fault, reason: &str) -> Told {
        let quoted = shell_quoted(&self.name);
        let places = [
            ("stream", self.name.as_str()),
            ("quoted", quoted.as_str()),
            ("region", self.region.as_str()),
            ("state", reason),
            ("reason", reason),
        ];
        fault.with(&places)
    }
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions_are_known_by_their_shape() {
        for good in ["eu-central-1", "us-gov-west-1", "ap-southeast-2", "cn-north-1"] {
            assert!(is_region(good), "{good}");
        }
        for bad in ["", "Frankfurt", "eu-central", "eu-central1", "EU-CENTRAL-1", "eu--1", "-eu-1"]
        {
            assert!(!is_region(bad), "{bad}");
        }
    }
}
