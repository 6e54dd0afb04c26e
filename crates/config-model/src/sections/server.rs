//! The registry's address, where its TLS ends, and the secrets all nodes share.

use crate::certificate::{Content, FileContent, FileSlot, certificates};
use crate::document::Document;
use crate::path::Path;
use crate::value::{List, Secret, ServerHostName, Text, Value, ValueKind};

choice! {
    /// How the addresses begin that Quay hands out.
    UrlScheme, "http or https";
    Http = "http" "Without TLS",
    Https = "https" "With TLS",
}

choice! {
    /// Versions of TLS that Quay's web server can be told to speak.
    TlsProtocol, "TLSv1.2 or TLSv1.3";
    Tls12 = "TLSv1.2" "TLS 1.2",
    Tls13 = "TLSv1.3" "TLS 1.3",
}

section! {
    /// The name under which users reach the registry, how the connection is protected, and the
    /// secrets that all nodes share.
    "server", "Server and TLS", Essentials;
    files: [SSL_CERT, SSL_KEY];
    rules: [
        server_name_reaches_the_registry, url_scheme_is_written, traffic_is_encrypted,
        addresses_begin_with_https, private_key_matches_certificate, certificate_covers_the_server,
        certificate_chain_is_complete, key_is_for_quays_own_tls, tls_lists_are_not_empty,
        session_cookie_stays_encrypted, session_cookie_comes_back,
    ];

    /// The name users type to reach the registry, with `:port` if it is not the usual one. In a
    /// cluster it is the name of the load balancer.
    SERVER_HOSTNAME "Server host name": ServerHostName, required, stop_all, also(&["FQDN", "load balancer", "HAProxy", "URL"]);

    /// Where encryption ends: in Quay, with the certificate below; before it, in the load
    /// balancer; or nowhere, for trials only.
    PREFERRED_URL_SCHEME "TLS": UrlScheme = "http" => "https", required, control(ValueKind::TlsMode),
        also(&["SSL", "https", "HA proxy", "load balancer", "TLS termination"]);

    /// Whether a load balancer before Quay ends TLS. Quay then takes plain connections from it.
    EXTERNAL_TLS_TERMINATION "TLS ends before Quay": bool = false => false, drawn_with("PREFERRED_URL_SCHEME"),
        also(&["SSL", "HA proxy", "load balancer", "reverse proxy", "offloading"]);

    /// Versions of TLS that Quay accepts when it ends TLS itself. Keep both unless a policy
    /// forbids one.
    SSL_PROTOCOLS "TLS versions": List<TlsProtocol> = ["TLSv1.2", "TLSv1.3"], also(&["SSL", "TLSv1.2", "TLSv1.3"]);

    /// Ciphers for TLS 1.2 in the words of OpenSSL, best first; a leading `!` forbids one. Leave
    /// it out to use Quay's own list.
    SSL_CIPHERS "Ciphers": List<Text>, also(&["SSL", "cipher suites"]);

    /// Send the log-in cookie over encrypted connections only. Turn it on when users come over
    /// TLS; without TLS nobody could stay logged in.
    SESSION_COOKIE_SECURE "Log-in cookie over TLS only": bool = false;

    /// Signs log-in sessions and more. All nodes need the same one; after a change everybody must
    /// log in again.
    SECRET_KEY "Secret key": Secret, required, stop_all, generated, also(&["session signing key"]);

    /// Encrypts what the database must keep secret, such as robot tokens. Never change it once
    /// the registry is in use: all of that becomes unreadable.
    DATABASE_SECRET_KEY "Database secret key": Secret, required, stop_all, generated, also(&["encryption key"]);

    /// Tells Quay that the configuration is whole and that it may serve users. Leave it on.
    SETUP_COMPLETE "Set-up is complete": bool => true;
}

/// The certificate that Quay shows to its users.
pub const SSL_CERT: FileSlot = FileSlot {
    name: "ssl.cert",
    label: "TLS certificate",
    doc: "PEM file with the certificate of the registry first, then the authorities in between. It must cover the server host name.",
    content: Content::Certificates,
    needed: quay_ends_tls,
};

/// The key of that certificate.
pub const SSL_KEY: FileSlot = FileSlot {
    name: "ssl.key",
    label: "TLS private key",
    doc: "PEM file with the private key of the certificate, without a passphrase. Quay serves TLS as soon as this file is there.",
    content: Content::PrivateKey,
    needed: quay_ends_tls,
};

/// Whether Quay itself decrypts what users send, and so needs a certificate and a key.
pub fn quay_ends_tls(document: &Document) -> bool {
    uses_https(document) && !ends_before_quay(document)
}

fn uses_https(document: &Document) -> bool {
    document.effective(PREFERRED_URL_SCHEME) == Some(UrlScheme::Https)
}

fn ends_before_quay(document: &Document) -> bool {
    document.effective(EXTERNAL_TLS_TERMINATION) == Some(true)
}

rule! {
    /// Users' programs would look for the registry on their own machine.
    server_name_reaches_the_registry: Warning,
    "{host} means another machine for every user.",
    fix "Enter the name of the load balancer, as users see it.";
    |subject, places| {
        let server = subject.document.effective(SERVER_HOSTNAME);
        if let Some(server) = server.filter(|server| server.host().is_loopback()) {
            let host = server.host().as_str().to_owned();
            places.at_with(SERVER_HOSTNAME.path(), [("host", host)]);
        }
    }
}

rule! {
    /// Where nothing is written Quay takes http, and its own checker https.
    url_scheme_is_written: Warning,
    "Nothing is said of TLS; Quay's check at start then asks for ssl.cert and ssl.key.",
    fix "Choose where TLS ends.";
    |subject, places| {
        let document = subject.document;
        let files = [SSL_CERT.name, SSL_KEY.name];
        let complete = files.iter().all(|name| subject.files.contains_key(*name));
        let unsaid = document.top(PREFERRED_URL_SCHEME.name()).is_none();
        if unsaid && !complete && !ends_before_quay(document) {
            places.at(PREFERRED_URL_SCHEME.path());
        }
    }
}

rule! {
    /// Whoever is on the way reads users' passwords and tokens.
    traffic_is_encrypted: Warning,
    "Passwords travel in clear: nothing encrypts the connection.",
    fix "Let Quay or the load balancer end TLS.";
    |subject, places| {
        let document = subject.document;
        let plain = document.effective(PREFERRED_URL_SCHEME) == Some(UrlScheme::Http);
        if plain && !ends_before_quay(document) {
            places.at(PREFERRED_URL_SCHEME.path());
        }
    }
}

rule! {
    /// Clients follow the addresses Quay hands out, past the load balancer's TLS.
    addresses_begin_with_https: Warning,
    "The load balancer ends TLS, but Quay sends its users to http addresses.",
    fix "Choose that TLS ends in the load balancer, which sets PREFERRED_URL_SCHEME to https.";
    |subject, places| {
        let document = subject.document;
        let plain = document.effective(PREFERRED_URL_SCHEME) == Some(UrlScheme::Http);
        if plain && ends_before_quay(document) {
            places.at(PREFERRED_URL_SCHEME.path());
        }
    }
}

rule! {
    /// Quay's web server does not start with a key that is not the certificate's.
    private_key_matches_certificate: Error,
    "The key in ssl.key does not belong to the first certificate in ssl.cert.",
    fix "Upload the key the certificate was made with; the registry's own certificate comes first.";
    |subject, places| {
        let foreign = subject.files.get(SSL_KEY.name).is_some_and(|facts| {
            matches!(facts.content, FileContent::PrivateKey { matches: Some(false), .. })
        });
        if foreign {
            places.at(Path::key(SSL_KEY.name));
        }
    }
}

rule! {
    /// Clients refuse a certificate that is made out to somebody else.
    certificate_covers_the_server: Error,
    "ssl.cert does not cover {host}; it covers {names}.",
    fix "Upload a certificate for {host}, or correct the server host name.";
    |subject, places| {
        let Some(server) = subject.document.effective(SERVER_HOSTNAME) else { return };
        let host = server.host().as_str();
        let Some(certificate) = certificates(subject.files, SSL_CERT.name).first() else { return };
        if quay_ends_tls(subject.document) && !certificate.covers(host) {
            let none = certificate.names.is_empty();
            let names = if none { "no name".to_owned() } else { certificate.names.join(", ") };
            places.at_with(Path::key(SSL_CERT.name), [("host", host.to_owned()), ("names", names)]);
        }
    }
}

rule! {
    /// Browsers may find the link that is missing; Podman and Docker do not look for it.
    certificate_chain_is_complete: Warning,
    "The certificate of {issuer} is missing from the chain in ssl.cert.",
    fix "Append it to ssl.cert; that of your own authority may go under Custom certificates.";
    |subject, places| {
        let first = certificates(subject.files, SSL_CERT.name).first();
        let missing = first.and_then(|certificate| certificate.missing_issuer.clone());
        if let Some(issuer) = missing.filter(|_| quay_ends_tls(subject.document)) {
            places.at_with(Path::key(SSL_CERT.name), [("issuer", issuer)]);
        }
    }
}

rule! {
    /// Quay's web server goes by the file, not by the setting, and expects TLS where none comes.
    key_is_for_quays_own_tls: Warning,
    "Quay serves TLS because ssl.key is there, although it is set to end elsewhere or nowhere.",
    fix "Remove ssl.cert and ssl.key, or let Quay end TLS.";
    |subject, places| {
        if subject.files.contains_key(SSL_KEY.name) && !quay_ends_tls(subject.document) {
            places.at(Path::key(SSL_KEY.name));
        }
    }
}

rule! {
    /// An empty list makes the web server's own configuration invalid, and it does not start.
    tls_lists_are_not_empty: Error,
    "{label} is an empty list.", fix "Add an entry, or reset the field to its default.";
    |subject, places| {
        for spec in [SSL_PROTOCOLS.spec(), SSL_CIPHERS.spec()] {
            let items = subject.document.top(spec.name).and_then(Value::as_list);
            if items.is_some_and(<[Value]>::is_empty) {
                places.at_with(Path::key(spec.name), [("label", spec.label.to_owned())]);
            }
        }
    }
}

rule! {
    /// A cookie that also travels in clear can be stolen on the way.
    session_cookie_stays_encrypted: Warning,
    "Users come over TLS, but the log-in cookie may travel without it.",
    fix "Turn on Log-in cookie over TLS only.";
    |subject, places| {
        // Quay's default is no finding; somebody who wrote it down may have meant a trial.
        let written = subject.document.top(SESSION_COOKIE_SECURE.name()).and_then(Value::as_bool);
        if uses_https(subject.document) && written == Some(false) {
            places.at(SESSION_COOKIE_SECURE.path());
        }
    }
}

rule! {
    /// The browser keeps such a cookie to itself, so every page asks for the password again.
    session_cookie_comes_back: Error,
    "Nobody can stay logged in: the log-in cookie needs TLS, and there is none.",
    fix "Turn off Log-in cookie over TLS only, or let Quay or the load balancer end TLS.";
    |subject, places| {
        let document = subject.document;
        let secure = document.effective(SESSION_COOKIE_SECURE) == Some(true);
        if secure && !uses_https(document) && !ends_before_quay(document) {
            places.at(SESSION_COOKIE_SECURE.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::certificate::{Certificate, FileFacts, Files};
    use crate::rule::certificates::testing::{certificate, file_of, key_file};
    use crate::rule::testing::{findings, findings_with};

    const BEHIND_A_BALANCER: &str = "SERVER_HOSTNAME: quay.example.com\n\
         PREFERRED_URL_SCHEME: https\nEXTERNAL_TLS_TERMINATION: true";
    const BY_QUAY: &str = "SERVER_HOSTNAME: quay.example.com:8443\nPREFERRED_URL_SCHEME: https";

    fn files(certificate: FileFacts, key: FileFacts) -> Files {
        Files::from([("ssl.cert".to_owned(), certificate), ("ssl.key".to_owned(), key)])
    }

    fn good_files() -> Files {
        files(file_of(certificate()), key_file(Some(true)))
    }

    #[test]
    fn tls_by_quay_and_by_the_balancer_are_accepted() {
        assert_eq!(findings(BEHIND_A_BALANCER), [""; 0]);
        assert_eq!(findings_with(BY_QUAY, &good_files()), [""; 0]);
    }

    #[test]
    fn tls_by_quay_needs_both_files() {
        let report = findings(BY_QUAY);
        assert_eq!(report, ["needed_file_is_supplied ssl.cert", "needed_file_is_supplied ssl.key"]);
    }

    #[test]
    fn no_tls_anywhere_is_warned_about() {
        assert_eq!(
            findings("SERVER_HOSTNAME: quay.example.com\nPREFERRED_URL_SCHEME: http"),
            ["traffic_is_encrypted PREFERRED_URL_SCHEME"]
        );
    }

    #[test]
    fn a_missing_scheme_is_warned_about() {
        assert_eq!(
            findings("SERVER_HOSTNAME: quay.example.com"),
            [
                "url_scheme_is_written PREFERRED_URL_SCHEME",
                "traffic_is_encrypted PREFERRED_URL_SCHEME"
            ]
        );
    }

    #[test]
    fn a_balancer_with_tls_needs_https_addresses() {
        assert_eq!(
            findings("PREFERRED_URL_SCHEME: http\nEXTERNAL_TLS_TERMINATION: true"),
            ["addresses_begin_with_https PREFERRED_URL_SCHEME"]
        );
    }

    #[test]
    fn localhost_is_warned_about() {
        assert_eq!(
            findings(&BEHIND_A_BALANCER.replace("quay.example.com", "localhost")),
            ["server_name_reaches_the_registry SERVER_HOSTNAME"]
        );
    }

    #[test]
    fn a_foreign_key_is_refused() {
        assert_eq!(
            findings_with(BY_QUAY, &files(file_of(certificate()), key_file(Some(false)))),
            ["private_key_matches_certificate ssl.key"]
        );
    }

    #[test]
    fn a_certificate_for_another_name_is_refused() {
        let other = Certificate { names: vec!["*.example.org".to_owned()], ..certificate() };
        assert_eq!(
            findings_with(BY_QUAY, &files(file_of(other), key_file(Some(true)))),
            ["certificate_covers_the_server ssl.cert"]
        );
    }

    #[test]
    fn a_chain_with_a_gap_is_warned_about() {
        let missing_issuer = Some("CN=Corporate CA".to_owned());
        let alone = Certificate { missing_issuer, ..certificate() };
        assert_eq!(
            findings_with(BY_QUAY, &files(file_of(alone), key_file(Some(true)))),
            ["certificate_chain_is_complete ssl.cert"]
        );
    }

    #[test]
    fn a_key_behind_the_balancers_tls_is_warned_about() {
        assert_eq!(
            findings_with(BEHIND_A_BALANCER, &good_files()),
            ["key_is_for_quays_own_tls ssl.key"]
        );
    }

    #[test]
    fn an_empty_list_of_tls_versions_or_ciphers_is_refused() {
        assert_eq!(
            findings(&format!("{BEHIND_A_BALANCER}\nSSL_PROTOCOLS: []\nSSL_CIPHERS: []")),
            ["tls_lists_are_not_empty SSL_PROTOCOLS", "tls_lists_are_not_empty SSL_CIPHERS"]
        );
    }

    #[test]
    fn the_log_in_cookie_goes_with_the_connection() {
        assert_eq!(
            findings(&format!("{BEHIND_A_BALANCER}\nSESSION_COOKIE_SECURE: false")),
            ["session_cookie_stays_encrypted SESSION_COOKIE_SECURE"]
        );
        let report = findings("PREFERRED_URL_SCHEME: http\nSESSION_COOKIE_SECURE: true");
        assert!(
            report.contains(&"session_cookie_comes_back SESSION_COOKIE_SECURE".to_owned()),
            "{report:?}"
        );
    }
}
