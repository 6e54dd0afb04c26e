//! The database: where it is, and how its certificate is checked.

use crate::certificate::{Content, FileSlot};
use crate::document::Document;
use crate::value::{DatabaseKind, DatabaseUri, FilePath, Whole};

choice! {
    /// How libpq protects the connection to `PostgreSQL`, its own words.
    SslMode, "disable, allow, prefer, require, verify-ca or verify-full";
    Disable = "disable" "Never encrypt",
    Allow = "allow" "Encrypt if the server insists",
    Prefer = "prefer" "Encrypt if the server can",
    Require = "require" "Encrypt, whoever it is",
    VerifyCa = "verify-ca" "Encrypt, check who signed the certificate",
    VerifyFull = "verify-full" "Encrypt, check the certificate and its name",
}

choice! {
    /// Versions of TLS that libpq knows.
    TlsVersion, "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3";
    Tls10 = "TLSv1" "TLS 1.0 (unsafe)",
    Tls11 = "TLSv1.1" "TLS 1.1 (unsafe)",
    Tls12 = "TLSv1.2" "TLS 1.2",
    Tls13 = "TLSv1.3" "TLS 1.3",
}

choice! {
    /// A switch that libpq spells 0 and 1.
    ZeroOrOne, "\"0\" or \"1\", in quotes";
    Off = "0" "Off",
    On = "1" "On",
}

object! {
    /// How `MySQL` connections are encrypted.
    MysqlTls;

    /// File in the container with the authorities that sign the server's certificate.
    ca "Authorities file": FilePath, required;
}

object! {
    /// What the database driver is told besides the address.
    ConnectionArguments;

    /// One connection per thread. Quay's own checker refuses a file without it.
    threadlocals "One connection per thread": bool => true, required;

    /// Take back a failed transaction, so that the connection can be used again.
    autorollback "Roll back after an error": bool => true, required;

    /// `PostgreSQL`: how the connection is protected.
    sslmode "TLS mode": SslMode;

    /// `PostgreSQL`: file with the authorities that sign the server's certificate, as Quay's
    /// container sees it. An uploaded database.pem is conf/stack/database.pem.
    sslrootcert "Authorities file": FilePath;

    /// `PostgreSQL`: file with the certificate Quay shows to the server.
    sslcert "Client certificate file": FilePath;

    /// `PostgreSQL`: file with the key of that certificate.
    sslkey "Client key file": FilePath;

    /// `PostgreSQL`: send the server's name when the connection is opened.
    sslsni "Send the server name": ZeroOrOne;

    /// `PostgreSQL`: the oldest version of TLS to accept.
    ssl_min_protocol_version "Oldest TLS version": TlsVersion;

    /// `PostgreSQL`: the newest version of TLS to offer.
    ssl_max_protocol_version "Newest TLS version": TlsVersion;

    /// `PostgreSQL`: file with certificates that were revoked.
    sslcrl "Revocation list file": FilePath;

    /// `PostgreSQL`: folder with lists of revoked certificates.
    sslcrldir "Revocation list folder": FilePath;

    /// `PostgreSQL`: 1 compresses encrypted data. Leave it out: compression weakens TLS.
    sslcompression "TLS compression": Whole;

    /// `PostgreSQL`: 1 keeps idle connections open with small packets, 0 does not.
    keepalives "Keep connections alive": Whole;

    /// `PostgreSQL`: idle time before the first such packet.
    keepalives_idle "Idle before the first packet": Whole, unit("seconds");

    /// `PostgreSQL`: time between such packets.
    keepalives_interval "Time between packets": Whole, unit("seconds");

    /// `PostgreSQL`: lost packets after which the connection counts as dead.
    keepalives_count "Lost packets allowed": Whole;

    /// `PostgreSQL`: how long sent data may stay unanswered.
    tcp_user_timeout "Unanswered data allowed": Whole, unit("milliseconds");

    /// `MySQL`: how the connection is encrypted.
    ssl "MySQL encryption": MysqlTls;
}

section! {
    /// Where Quay keeps users, repositories and tags. Image layers are not stored here.
    "database", "Database", Essentials;
    files: [DATABASE_PEM];
    rules: [
        database_is_complete, database_name_is_one_word, database_is_shared_by_all_nodes,
        database_server_is_not_the_container, database_certificate_is_used,
        database_certificate_is_verified,
    ];

    /// The database server, the role Quay logs in as, and the database it uses. `PostgreSQL` 13
    /// or later is what Clair and high availability need.
    DB_URI "Database": DatabaseUri, required, stop_all;

    /// What the database driver is told besides the address. Quay wants the first two; the rest
    /// is for encrypted connections and unreliable networks.
    DB_CONNECTION_ARGS "Connection arguments": ConnectionArguments;

    /// Keep database connections open and share them among requests. The container turns it on
    /// for registry processes by itself.
    DB_CONNECTION_POOLING "Pool connections": bool;
}

/// The authorities of the database server's certificate.
pub const DATABASE_PEM: FileSlot = FileSlot {
    name: "database.pem",
    label: "Certificate of the database server",
    doc: "PEM file with the certificate, or the authority that signed it. With it, Quay checks that it talks to the right server.",
    content: Content::Certificates,
    needed: |_| false,
};

/// Where the uploaded file stands in Quay's container.
const DATABASE_PEM_IN_CONTAINER: &str = "conf/stack/database.pem";

fn uri(document: &Document) -> Option<DatabaseUri> {
    document.get(DB_URI).ok().flatten()
}

rule! {
    /// Quay would log in as nobody, or find no tables.
    database_is_complete: Error,
    "The database address has no {part}.", fix "Enter the {part}.";
    |subject, places| {
        let Some(uri) = uri(subject.document) else { return };
        let server = uri.kind != Some(DatabaseKind::Sqlite);
        for (part, missing) in [
            ("user name", server && uri.user.is_empty()),
            ("database name", uri.database.is_empty()),
        ] {
            if missing {
                places.at_with(DB_URI.path(), [("part", part.to_owned())]);
            }
        }
    }
}

rule! {
    /// The name goes into the address as it is.
    database_name_is_one_word: Error,
    "A database name has no spaces and no other signs that an address cannot hold.",
    fix "Use the name given when the server was started, for instance quaydb.";
    |subject, places| {
        let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "?#@".contains(letter);
        if uri(subject.document).is_some_and(|uri| uri.database.contains(odd)) {
            places.at(DB_URI.path());
        }
    }
}

rule! {
    /// A file belongs to one container: a second node would have a database of its own.
    database_is_shared_by_all_nodes: Warning,
    "SQLite serves one node only, and Quay supports it for trials only.",
    fix "Choose PostgreSQL for a cluster.";
    |subject, places| {
        if uri(subject.document).is_some_and(|uri| uri.kind == Some(DatabaseKind::Sqlite)) {
            places.at(DB_URI.path());
        }
    }
}

rule! {
    /// Inside the container `localhost` is the container itself.
    database_server_is_not_the_container: Warning,
    "{host} is Quay's own container, not your database server.",
    fix "Enter the name or address of the database server as the Quay nodes see it.";
    |subject, places| {
        let host = uri(subject.document).and_then(|uri| uri.host_and_port());
        if let Some((host, _)) = host.filter(|(host, _)| host.is_loopback()) {
            places.at_with(DB_URI.path(), [("host", host.as_str().to_owned())]);
        }
    }
}

rule! {
    /// An uploaded certificate that no setting names is never looked at.
    database_certificate_is_used: Warning,
    "database.pem is there, but the connection does not use it.",
    fix "Set the TLS mode to verify-full and the authorities file to conf/stack/database.pem (MySQL: the file under MySQL encryption).";
    |subject, places| {
        let document = subject.document;
        let named = document.inside(DB_CONNECTION_ARGS, ConnectionArguments::sslrootcert)
            .is_some_and(|file| file.0.ends_with("database.pem"));
        let mysql = document.top(DB_CONNECTION_ARGS.name())
            .and_then(|args| args.entry("ssl")?.entry("ca")?.as_str())
            .is_some_and(|file| file.ends_with("database.pem"));
        if subject.files.contains_key(DATABASE_PEM.name) && !named && !mysql {
            places.at(ConnectionArguments::sslrootcert.inside(DB_CONNECTION_ARGS));
        }
    }
}

rule! {
    /// libpq stops when it is told to check a certificate and finds nothing to check it with.
    database_certificate_is_verified: Error,
    "The TLS mode checks the certificate, but {file} is not uploaded.",
    fix "Upload database.pem, or choose a TLS mode that does not check.";
    |subject, places| {
        let document = subject.document;
        let mode = document.inside(DB_CONNECTION_ARGS, ConnectionArguments::sslmode);
        let file = document.inside(DB_CONNECTION_ARGS, ConnectionArguments::sslrootcert)
            .map_or(DATABASE_PEM_IN_CONTAINER.to_owned(), |file| file.0);
        let ours = file.trim_start_matches('/').ends_with("conf/stack/database.pem");
        let checks = matches!(mode, Some(SslMode::VerifyCa | SslMode::VerifyFull));
        if checks && ours && !subject.files.contains_key(DATABASE_PEM.name) {
            places.at_with(ConnectionArguments::sslmode.inside(DB_CONNECTION_ARGS), [("file", file)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn the_manuals_database_is_accepted() {
        assert!(
            findings("DB_URI: postgresql://quayuser:quaypass@db01.example.com:5432/quaydb")
                .is_empty()
        );
    }

    #[test]
    fn an_address_without_a_user_or_a_database_is_refused() {
        assert_eq!(
            findings("DB_URI: postgresql://db01/"),
            ["database_is_complete DB_URI", "database_is_complete DB_URI"]
        );
    }

    #[test]
    fn a_space_in_the_name_is_refused() {
        assert_eq!(
            findings("DB_URI: postgresql://u:p@db01/quay db"),
            ["database_name_is_one_word DB_URI"]
        );
    }

    #[test]
    fn quays_schema_wants_both_arguments() {
        assert_eq!(
            findings("DB_CONNECTION_ARGS: {threadlocals: true}"),
            ["required_value_is_set DB_CONNECTION_ARGS.autorollback"]
        );
    }

    #[test]
    fn checking_without_a_certificate_is_refused() {
        assert_eq!(
            findings(
                "DB_CONNECTION_ARGS: {threadlocals: true, autorollback: true, sslmode: verify-full}"
            ),
            ["database_certificate_is_verified DB_CONNECTION_ARGS.sslmode"]
        );
    }
}
