//! `CloudWatch`, where Quay sends numbers about itself if it is told to.

use super::aws::{code, not_let_in};
use super::course::{Course, Done};
use super::fault::faults;
use super::talk::{Talk, in_short};
use super::{Check, Planned, Settings};
use crate::clients::http::Origin;
use crate::clients::sigv4::{Keys, Scope, encoded, sign};
use cluster::check::StageKind;
use config_model::field::Key;
use config_model::sections::advanced_services::{
    CLOUDWATCH_AWS_ACCESS_KEY, CLOUDWATCH_AWS_SECRET_KEY, CLOUDWATCH_NAMESPACE,
};
use config_model::value::{Secret, Text};
use http::{Method, StatusCode};

/// Tries the keys for the namespace.
pub const CHECK: Check = Check {
    name: "cloudwatch",
    label: "CloudWatch",
    reads: &["CLOUDWATCH_NAMESPACE"],
    matters: "Without it, the numbers that Quay sends to Amazon's monitoring are missing there.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// Whatever speaks at an address of Amazon.
    NOT_CLOUDWATCH: Error,
    "What answers at {host} is not CloudWatch.",
    fix "Let the name lead to AWS, or to the endpoint for CloudWatch in your private network.";

    /// Whether they may write cannot be seen without writing.
    MAY_NOT_LIST: Warning,
    "The keys are good, but may not list what is in the namespace {namespace}.",
    why "Quay only writes there. It may work all the same.",
    fix "To have it checked, allow cloudwatch:ListMetrics beside cloudwatch:PutMetricData in the policy of these keys.";

    /// Any other refusal.
    LIST_REFUSED: Error,
    "CloudWatch refuses to tell of the namespace {namespace}: {reason}.",
    fix "Look what AWS says of this error.";
}

/// The region that Amazon's client takes where none is configured: Quay has no setting for it.
const REGION: &str = "us-east-1";
const HOST: &str = "monitoring.us-east-1.amazonaws.com";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let path = CLOUDWATCH_NAMESPACE.path();
    let Some(Text(namespace)) = settings.document.effective(CLOUDWATCH_NAMESPACE) else {
        return Vec::new();
    };
    if namespace.is_empty() {
        return Vec::new();
    }
    let secret = |key: Key<Secret>| {
        let secret = settings.document.effective(key);
        secret.and_then(|secret| secret.reveal().map(str::to_owned)).unwrap_or_default()
    };
    let (access, own) = (secret(CLOUDWATCH_AWS_ACCESS_KEY), secret(CLOUDWATCH_AWS_SECRET_KEY));
    let target = format!("{namespace} in {REGION}");
    if access.is_empty() != own.is_empty() {
        return vec![Planned::incomplete(path, target, "one of the two keys")];
    }
    let keys = (!own.is_empty()).then_some(Keys { access, secret: own, token: None });
    vec![Planned::new(path, target, move |course| attempt(course, namespace, keys))]
}

async fn attempt(course: Course, namespace: String, keys: Option<Keys>) -> Done {
    let origin = Origin { tls: true, host: HOST.to_owned(), port: 443 };
    let tls = Some(course.usual_tls(HOST));
    let mut talk = Talk::begin(&course, &origin, tls, None).await?;
    let step = course.begin(StageKind::Authentication, "list the metrics, signed with the keys");
    let Some(keys) = keys else {
        step.skip("no keys are configured: Quay uses the role of the machine it runs on");
        return Ok(());
    };
    let namespaced = encoded(&namespace, "");
    let body = format!("Action=ListMetrics&Version=2010-08-01&Namespace={namespaced}");
    let scope = Scope { service: "monitoring", region: REGION, now: course.now() };
    let signed = sign(&keys, &scope, &Method::POST, &origin, "/", &[FORM], body.as_bytes());
    let signed = match signed {
        Ok(signed) => signed,
        Err(reason) => {
            let places = [("namespace", namespace.as_str()), ("reason", reason.as_str())];
            return Err(step.fail("not signed", LIST_REFUSED.with(&places)));
        }
    };
    let mut headers = vec![FORM];
    headers.extend(signed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (step, answer) = talk.ask(step, Method::POST, "/", &headers, body).await?;
    let code = code(&answer);
    let is_list = answer.text().contains("ListMetricsResult");
    if !is_list && code.is_empty() {
        return Err(step.fail(in_short(&answer), NOT_CLOUDWATCH.with(&[("host", HOST)])));
    }
    if let Some(told) = not_let_in(&code, &answer, course.now()) {
        return Err(step.fail(in_short(&answer), told));
    }
    let places = [("namespace", namespace.as_str()), ("reason", code.as_str())];
    if ["AccessDenied", "AccessDeniedException"].contains(&code.as_str()) {
        step.warn(in_short(&answer), MAY_NOT_LIST.with(&places));
    } else if answer.status == StatusCode::OK {
        step.pass("accepted");
    } else {
        return Err(step.fail(in_short(&answer), LIST_REFUSED.with(&places)));
    }
    Ok(())
}
