//! The database: where it is, and how its certificate is checked.

mod rules;
mod tls_rules;

use crate::certificate::{Content, FileSlot};
use crate::value::{DatabaseUri, FilePath, Whole};
use rules::{
    connection_argument_has_no_slip, connection_argument_is_spelt_right,
    connection_arguments_are_whole, connection_arguments_fit_the_database,
    database_certificate_is_used, database_certificate_is_verified, database_is_complete,
    database_is_shared_by_all_nodes, database_name_is_one_word,
    database_server_is_not_the_container, mysql_certificate_is_uploaded, mysql_is_taken_for_now,
};
use tls_rules::{database_address_has_a_tls_mode, tls_versions_are_a_range};

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

    /// Quay no longer reads it, but its schema wants it. Leave it on.
    threadlocals "One connection per thread": bool => true;

    /// Take back a failed transaction, so that the connection can be used again. Leave it on.
    autorollback "Roll back after an error": bool => true;

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
        database_server_is_not_the_container, mysql_is_taken_for_now,
        connection_arguments_are_whole, connection_argument_is_spelt_right,
        connection_argument_has_no_slip, database_address_has_a_tls_mode, tls_versions_are_a_range,
        connection_arguments_fit_the_database, database_certificate_is_used,
        database_certificate_is_verified, mysql_certificate_is_uploaded,
    ];

    /// The database server, the role Quay logs in as, and the database it uses. `PostgreSQL` 13
    /// or later is what Clair and high availability need.
    DB_URI "Database": DatabaseUri, required, stop_all,
        also(&["database server", "database type", "username", "password", "PostgreSQL", "MySQL", "connection string"]);

    /// What the database driver is told besides the address. Quay wants the first two; the rest
    /// is for encrypted connections and unreliable networks.
    DB_CONNECTION_ARGS "Connection arguments": ConnectionArguments, also(&["sslmode", "sslrootcert", "database SSL", "autorollback"]);

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
