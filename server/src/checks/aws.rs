//! What services of Amazon say of keys and signatures.

use super::fault::{Told, faults};
use crate::clients::date;
use crate::clients::http::Answer;

faults! {
    /// The access key does not exist, or is switched off.
    UNKNOWN_KEY: Error,
    "AWS does not know the access key.",
    fix "Enter the access key as IAM shows it. A key that was deleted or made inactive is unknown as well: aws iam list-access-keys";

    /// The signature is wrong.
    WRONG_SECRET: Error,
    "The secret key does not belong to the access key.",
    fix "Enter the secret key that came with the access key. If it is lost, make a new pair: aws iam create-access-key";

    /// The signature is too old, or from the future.
    CLOCKS_DIFFER: Error,
    "The clock here differs from that of AWS by {minutes} minutes, so that AWS takes no signature.",
    fix "Set the clock of this machine and of the Quay nodes by a time server: chronyc makestep";

    /// The keys are good for some hours only, and these are over.
    KEYS_EXPIRED: Error,
    "The keys have expired.",
    fix "Enter keys of an IAM user, which last. Keys of a session end by themselves.";
}

/// By how much a clock may differ.
const SKEW_SECONDS: i64 = 5 * 60;

/// What the log-in says, as far as it is about the log-in.
pub(crate) fn not_let_in(code: &str, answer: &Answer, now: i64) -> Option<Told> {
    let apart = date::of_http(answer.header("date")).map_or(0, |theirs| (theirs - now).abs());
    Some(match code {
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" => {
            UNKNOWN_KEY.told()
        }
        "InvalidSignatureException" | "SignatureDoesNotMatch" | "RequestExpired"
            if apart >= SKEW_SECONDS =>
        {
            CLOCKS_DIFFER.with(&[("minutes", &(apart / 60).to_string())])
        }
        "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException" => WRONG_SECRET.told(),
        "ExpiredTokenException" | "ExpiredToken" => KEYS_EXPIRED.told(),
        _ => return None,
    })
}

/// The name of an error, from JSON or XML; empty where there is none.
pub(crate) fn code(answer: &Answer) -> String {
    let json = answer.json();
    let kind = json.as_ref().and_then(|json| json.get("__type")?.as_str());
    let text = answer.text();
    let in_xml = || text.split_once("<Code>")?.1.split_once("</Code>").map(|(code, _)| code);
    let code = kind.or_else(in_xml).unwrap_or_default();
    code.rsplit_once('#').map_or(code, |(_, name)| name).to_owned()
}
