//! Signatures: of requests with the key of an account, and of addresses for downloads.

use crate::clients::sigv4::encoded;
use app::text::utc_date;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use sha2::Sha256;
use std::fmt::Write as _;

/// The version of the interface that Quay's library asks for.
pub(super) const VERSION: &str = "2019-12-12";
/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;
/// 1 January 1970 was the first of them.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The headers that a signature covers, besides those of Azure's own.
const SIGNED: [&str; 11] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// The key of an account.
pub(super) struct AccountKey(Vec<u8>);

impl AccountKey {
    /// Reads a key as Python does, which leaves out what is no letter of base64.
    pub(super) fn of(text: &str) -> Option<Self> {
        let known = |letter: &char| letter.is_ascii_alphanumeric() || "+/=".contains(*letter);
        let text: String = text.chars().filter(known).collect();
        STANDARD.decode(text).ok().filter(|key| !key.is_empty()).map(Self)
    }

    fn sign(&self, text: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mut mac = mac.expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes().as_slice())
    }

    /// The header `authorization` of a request. The path is encoded, the query is not.
    pub(super) fn authorization(
        &self,
        account: &str,
        method: &Method,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> String {
        let mut text = format!("{method}\n");
        for name in SIGNED {
            let value = headers.iter().find(|(known, _)| *known == name);
            let value = value.map(|(_, value)| *value).filter(|value| *value != "0");
            text.push_str(value.unwrap_or_default());
            text.push('\n');
        }
        let mut own: Vec<_> =
            headers.iter().filter(|(name, _)| name.starts_with("x-ms-")).collect();
        own.sort_unstable();
        for (name, value) in own {
            let _ = writeln!(text, "{name}:{value}");
        }
        let _ = write!(text, "/{account}{path}");
        let mut query = query.to_vec();
        query.sort_unstable();
        for (name, value) in query {
            let _ = write!(text, "\n{name}:{value}");
        }
        format!("SharedKey {account}:{}", self.sign(&text))
    }

    /// The query that lets anybody read a blob until then, as Quay makes it.
    pub(super) fn download(
        &self,
        account: &str,
        container: &str,
        blob: &str,
        until: i64,
    ) -> String {
        let expiry = iso(until);
        // Permission, start, expiry, resource, policy, addresses, protocol, version, kind,
        // snapshot, and five headers of the answer.
        let text = format!(
            "r\n\n{expiry}\n/blob/{account}/{container}/{blob}\n\n\n\n{VERSION}\nb\n\n\n\n\n\n"
        );
        let signature = self.sign(&text);
        format!(
            "se={}&sp=r&sv={VERSION}&sr=b&sig={}",
            encoded(&expiry, ""),
            encoded(&signature, "/")
        )
    }
}

/// A moment as a header has it: `Wed, 18 Nov 2026 11:06:40 GMT`.
pub(super) fn http_date(seconds: i64) -> String {
    let date = utc_date(seconds);
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let at = month.and_then(|month| month.parse::<usize>().ok()).unwrap_or(1).saturating_sub(1);
    let weekday = usize::try_from(seconds.div_euclid(DAY).rem_euclid(7)).unwrap_or_default();
    format!(
        "{}, {} {} {} {} GMT",
        WEEKDAYS[weekday],
        day.unwrap_or_default(),
        MONTHS[at % MONTHS.len()],
        year.unwrap_or_default(),
        of_day(seconds)
    )
}

/// A moment as signatures have it: `2026-11-18T11:06:40Z`.
fn iso(seconds: i64) -> String {
    format!("{}T{}Z", utc_date(seconds), of_day(seconds))
}

fn of_day(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;

    #[test]
    fn a_moment_is_written_in_both_ways() {
        assert_eq!(http_date(NOW), "Wed, 18 Nov 2026 11:06:40 GMT");
        assert_eq!(http_date(951_782_401), "Tue, 29 Feb 2000 00:00:01 GMT");
        assert_eq!(iso(NOW), "2026-11-18T11:06:40Z");
    }

    #[test]
    fn a_key_is_read_with_what_surrounds_it() {
        assert!(AccountKey::of("a2V5IQ==\n").is_some());
        assert!(AccountKey::of("a2V5I").is_none());
        assert!(AccountKey::of("").is_none());
    }

    #[test]
    fn signatures_are_those_of_microsofts_library() {
        let key = AccountKey::of("a2V5IQ==").unwrap();
        assert_eq!(
            key.download("quayacct", "quay", "a/b", NOW),
            "se=2026-11-18T11%3A06%3A40Z&sp=r&sv=2019-12-12&sr=b\
             &sig=aTK1j3Lqdm4MCpZuimmlpQ5A/vS%2B1VvwiXwnMUj2i6w%3D"
        );
        let headers = [
            ("x-ms-version", VERSION),
            ("x-ms-date", "Wed, 18 Nov 2026 11:06:40 GMT"),
            ("content-length", "0"),
        ];
        let query = [("restype", "container"), ("comp", "list")];
        let path = "/quayacct/quay";
        assert_eq!(
            key.authorization("quayacct", &Method::GET, path, &query, &headers),
            "SharedKey quayacct:dn3rPeQyQErIPjORpKIZa7hmAQOtEJNuwrfktMJslSE="
        );
    }
}
