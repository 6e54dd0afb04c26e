//! Rules about what libpq is told of TLS.

use super::rules::uri;
use super::{ConnectionArguments, DB_CONNECTION_ARGS, DB_URI, SslMode, TlsVersion};
use crate::field::Key;
use crate::value::{DatabaseKind, Parsed as _, Value};

rule! {
    /// libpq stops at any other word.
    database_address_has_a_tls_mode: Error,
    "The database address asks for the TLS mode {mode}, which PostgreSQL does not know.",
    fix "Write disable, allow, prefer, require, verify-ca or verify-full.";
    |subject, places| {
        let Some(uri) = uri(subject.document) else { return };
        let mode = uri.query.split('&').find_map(|pair| pair.strip_prefix("sslmode="));
        let odd = mode.filter(|mode| {
            !mode.contains('%') && SslMode::parse(&Value::from(*mode)).is_err()
        });
        if let Some(mode) = odd.filter(|_| uri.kind == Some(DatabaseKind::Postgresql)) {
            places.at_with(DB_URI.path(), [("mode", mode.to_owned())]);
        }
    }
}

rule! {
    /// libpq stops: there is no version left to speak.
    tls_versions_are_a_range: Error,
    "The oldest TLS version is newer than the newest.",
    fix "Enter the same version in both fields, or an older one here.";
    |subject, places| {
        let version = |key: Key<TlsVersion>| subject.document.inside(DB_CONNECTION_ARGS, key);
        let oldest = version(ConnectionArguments::ssl_min_protocol_version);
        let newest = version(ConnectionArguments::ssl_max_protocol_version);
        if let (Some(oldest), Some(newest)) = (oldest, newest)
            && oldest as u8 > newest as u8
        {
            places.at(ConnectionArguments::ssl_min_protocol_version.inside(DB_CONNECTION_ARGS));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const POSTGRESQL: &str = "DB_URI: postgresql://quayuser:quaypass@db01/quaydb";

    #[test]
    fn an_address_asks_for_a_tls_mode_there_is() {
        assert_eq!(
            findings(&format!("{POSTGRESQL}?connect_timeout=5&sslmode=verify")),
            ["database_address_has_a_tls_mode DB_URI"]
        );
        assert_eq!(findings(&format!("{POSTGRESQL}?sslmode=verify-full")), [""; 0]);
    }

    #[test]
    fn the_oldest_tls_version_is_not_newer_than_the_newest() {
        let versions = |oldest, newest| {
            let range =
                format!("ssl_min_protocol_version: {oldest}, ssl_max_protocol_version: {newest}");
            findings(&format!(
                "{POSTGRESQL}\nDB_CONNECTION_ARGS: \
                 {{threadlocals: true, autorollback: true, {range}}}"
            ))
        };
        let place = "DB_CONNECTION_ARGS.ssl_min_protocol_version";
        assert_eq!(versions("TLSv1.3", "TLSv1.2"), [format!("tls_versions_are_a_range {place}")]);
        assert_eq!(versions("TLSv1.2", "TLSv1.2"), [""; 0]);
    }
}
