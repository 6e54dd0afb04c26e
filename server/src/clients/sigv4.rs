//! Signs requests as AWS and all that imitate it want them: signature version 4.

use super::http::Origin;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningParams, SigningSettings, UriPathNormalizationMode, sign as aws_sign,
};
use aws_sigv4::sign::v4;
use http::Method;
use std::error::Error;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

/// The service whose requests are signed by rules of their own.
const S3: &str = "s3";

/// What somebody is known by.
#[derive(Clone)]
pub struct Keys {
    /// The public half.
    pub access: String,
    /// The secret half.
    pub secret: String,
    /// What comes with keys that are good for some hours only.
    pub token: Option<String>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// What a signature is good for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The service, such as `s3`.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// The headers to add to a request. `path` is encoded already and may have a query.
pub fn sign(
    keys: &Keys,
    scope: &Scope<'_>,
    method: &Method,
    origin: &Origin,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Vec<(String, String)>, String> {
    let settings = settings(scope, SignatureLocation::Headers);
    let body = SignableBody::Bytes(body);
    let (headers, _) = signed(keys, scope, method, origin, (path, headers), body, settings)?;
    Ok(headers)
}

/// Path and query of a request that whoever has them may send, with the signature in them.
pub fn presign(
    keys: &Keys,
    scope: &Scope<'_>,
    method: &Method,
    origin: &Origin,
    path: &str,
    expires: Duration,
) -> Result<String, String> {
    let mut settings = settings(scope, SignatureLocation::QueryParams);
    settings.expires_in = Some(expires);
    let body = match scope.service {
        S3 => SignableBody::UnsignedPayload,
        _ => SignableBody::empty(),
    };
    let no_headers: &[(&str, &str)] = &[];
    let (_, query) = signed(keys, scope, method, origin, (path, no_headers), body, settings)?;
    let mut url = path.to_owned();
    for (name, value) in query {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&encoded(&name, ""));
        url.push('=');
        url.push_str(&encoded(&value, ""));
    }
    Ok(url)
}

/// Text as it stands in a signed URL: all but letters, digits, `-._~` and what is in `keep` is
/// written in hexadecimal digits.
pub fn encoded(text: &str, keep: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) || keep.contains(letter) {
            out.push(letter);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn settings(scope: &Scope<'_>, location: SignatureLocation) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    if scope.service == S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

/// Names and values.
type Pairs = Vec<(String, String)>;

/// The headers and the parts of a query that make up the signature.
fn signed(
    keys: &Keys,
    scope: &Scope<'_>,
    method: &Method,
    origin: &Origin,
    (path, headers): (&str, &[(&str, &str)]),
    body: SignableBody<'_>,
    settings: SigningSettings,
) -> Result<(Pairs, Pairs), String> {
    let credentials =
        Credentials::from_keys(keys.access.as_str(), keys.secret.as_str(), keys.token.clone());
    let identity = credentials.into();
    let time = Duration::from_secs(u64::try_from(scope.now).unwrap_or(0));
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(SystemTime::UNIX_EPOCH + time)
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let authority = origin.authority();
    let others = headers.iter().copied().filter(|(name, _)| !name.eq_ignore_ascii_case("host"));
    let all = std::iter::once(("host", authority.as_str())).chain(others);
    let url = format!("{origin}{path}");
    let request = SignableRequest::new(method.as_str(), url.as_str(), all, body)
        .map_err(|error| reason(&error))?;
    let (instructions, _) =
        aws_sign(request, &params).map_err(|error| reason(&error))?.into_parts();
    let (headers, query) = instructions.into_parts();
    let headers =
        headers.iter().map(|header| (header.name().to_owned(), header.value().to_owned()));
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
    Ok((headers.collect(), query.collect()))
}

fn reason(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
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

    /// 2013-05-24, on which all examples in the documentation of AWS are.
    const SCOPE: Scope<'_> = Scope { service: "s3", region: "us-east-1", now: 1_369_353_600 };

    fn bucket() -> Origin {
        Origin { tls: true, host: "examplebucket.s3.amazonaws.com".to_owned(), port: 443 }
    }

    #[test]
    fn a_request_is_signed_as_in_the_documentation() {
        let headers =
            sign(&keys(), &SCOPE, &Method::GET, &bucket(), "/?lifecycle", &[], b"").unwrap();
        let find = |name: &str| headers.iter().find(|(has, _)| has == name).unwrap().1.as_str();
        assert_eq!(find("x-amz-date"), "20130524T000000Z");
        assert!(find("x-amz-content-sha256").starts_with("e3b0c442"));
        assert!(find("authorization").ends_with(
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
             Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ));
    }

    #[test]
    fn a_url_is_signed_as_in_the_documentation() {
        let day = Duration::from_hours(24);
        let url = presign(&keys(), &SCOPE, &Method::GET, &bucket(), "/test.txt", day).unwrap();
        assert!(url.starts_with("/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="));
        assert!(url.contains(
            "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        ));
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{:?}", keys()), "Keys { .. }");
    }

    #[test]
    fn text_is_encoded_byte_by_byte() {
        assert_eq!(encoded("a/b c+é~", "/"), "a/b%20c%2B%C3%A9~");
        assert_eq!(encoded("a/b", ""), "a%2Fb");
    }
}
