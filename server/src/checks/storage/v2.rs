//! The old signature of S3, which Quay's library still puts into download addresses.

use crate::clients::sigv4::{Keys, encoded};
use app::text::utc_stamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use sha1::Sha1;
use std::fmt::Write as _;

/// The parts of a query that are signed, as far as they are used here.
const SIGNED: [&str; 4] = ["partNumber", "uploadId", "uploads", "versionId"];
const TOKEN: &str = "x-amz-security-token";
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The headers to add to a request for a resource: `/bucket/key`, and a query if there is one.
pub(super) fn sign(
    keys: &Keys,
    now: i64,
    method: &Method,
    resource: &str,
    headers: &[(&str, &str)],
) -> Vec<(String, String)> {
    let date = http_date(now);
    let mut signed: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
        .filter(|(name, _)| name.starts_with("x-amz-"))
        .collect();
    signed.extend(keys.token.clone().map(|token| (TOKEN.to_owned(), token)));
    signed.sort();
    let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or("", |(_, value)| *value);
    let mut text = format!("{method}\n\n{kind}\n{date}\n");
    for (name, value) in &signed {
        let _ = writeln!(text, "{name}:{}", value.trim());
    }
    text.push_str(&canonical(resource));
    let signature = signature(keys, &text);
    let mut added = vec![
        ("date".to_owned(), date),
        ("authorization".to_owned(), format!("AWS {}:{signature}", keys.access)),
    ];
    added.extend(keys.token.clone().map(|token| (TOKEN.to_owned(), token)));
    added
}

/// The query of a request that whoever has it may send until `expires`. `key` is the name under
/// which the access key stands in it.
pub(super) fn presign(
    keys: &Keys,
    method: &Method,
    resource: &str,
    expires: i64,
    key: &str,
) -> String {
    let token = keys.token.as_deref();
    let signed = token.map(|token| format!("{TOKEN}:{token}\n")).unwrap_or_default();
    let text = format!("{method}\n\n\n{expires}\n{signed}{}", canonical(resource));
    let signature = encoded(&signature(keys, &text), "");
    let access = encoded(&keys.access, "");
    let token = token.map(|token| format!("&{TOKEN}={}", encoded(token, ""))).unwrap_or_default();
    format!("{key}={access}&Signature={signature}&Expires={expires}{token}")
}

fn signature(keys: &Keys, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(keys.secret.as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The resource with those parts of its query that are signed.
fn canonical(resource: &str) -> String {
    let (path, query) = resource.split_once('?').unwrap_or((resource, ""));
    let mut parts: Vec<_> = query
        .split('&')
        .map(|part| part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value))))
        .filter(|(name, _)| SIGNED.contains(name))
        .collect();
    parts.sort_unstable();
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={}", decoded(value)),
            None => name.to_owned(),
        })
        .collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// Text from a URL as it was before it was put there.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let digits = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A moment as HTTP writes it: `Wed, 18 Nov 2026 11:06:40 GMT`.
fn http_date(now: i64) -> String {
    // As in `20261118T110640Z`.
    let stamp = utc_stamp(now);
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or("00");
    let of_week = usize::try_from(now.div_euclid(24 * 60 * 60).rem_euclid(7)).unwrap_or(0);
    let month = part(4, 6).parse::<usize>().unwrap_or(1).saturating_sub(1);
    format!(
        "{}, {} {} {} {}:{}:{} GMT",
        DAYS[of_week % DAYS.len()],
        part(6, 8),
        MONTHS[month % MONTHS.len()],
        part(0, 4),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys {
            access: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
        }
    }

    #[test]
    fn a_request_is_signed_with_its_date() {
        let resource = "/awsexamplebucket1/photos/puppy.jpg";
        let headers = sign(&keys(), 1_175_024_202, &Method::GET, resource, &[]);
        assert_eq!(headers[0].1, "Tue, 27 Mar 2007 19:36:42 GMT");
        assert_eq!(headers[1].1, "AWS AKIAIOSFODNN7EXAMPLE:7AbQgM8BIjLxGPGytjyjro07bR4=");
    }

    #[test]
    fn an_address_is_signed_as_by_quays_library() {
        let keys = Keys { access: "AK".to_owned(), secret: "SK".to_owned(), token: None };
        let resource = "/quay/datastorage/registry/a%20b";
        assert_eq!(
            presign(&keys, &Method::GET, resource, 1_795_449_314, "AWSAccessKeyId"),
            "AWSAccessKeyId=AK&Signature=IKYX0NZpZonfh9KefOmuWQ0M%2F%2BE%3D&Expires=1795449314"
        );
    }

    #[test]
    fn of_a_query_only_what_names_a_part_is_signed() {
        assert_eq!(canonical("/b?list-type=2&prefix=a"), "/b");
        assert_eq!(canonical("/b/k?uploads"), "/b/k?uploads");
        assert_eq!(canonical("/b/k?uploadId=2%7Ea&partNumber=1"), "/b/k?partNumber=1&uploadId=2~a");
        assert_eq!(decoded("100%"), "100%");
    }
}
