//! Rules about the database, the arguments of its driver, and its certificate.

use super::{
    ConnectionArguments, DATABASE_PEM, DB_CONNECTION_ARGS, DB_URI, MysqlTls, SslMode, TlsVersion,
};
use crate::document::Document;
use crate::field::Key;
use crate::names::nearest;
use crate::value::{DatabaseKind, DatabaseUri, Map, MapKey, Value};

/// Where uploaded files stand in Quay's container, as Quay sees it.
const UPLOADS_IN_CONTAINER: &str = "conf/stack/";
/// Where the database's certificate does.
const DATABASE_PEM_IN_CONTAINER: &str = "conf/stack/database.pem";

pub(super) fn uri(document: &Document) -> Option<DatabaseUri> {
    document.get(DB_URI).ok().flatten()
}

fn kind(document: &Document) -> Option<DatabaseKind> {
    uri(document)?.kind
}

/// The file with the authorities of a `MySQL` server.
fn mysql_ca(document: &Document) -> Option<&str> {
    let encryption =
        document.top(DB_CONNECTION_ARGS.name())?.entry(ConnectionArguments::ssl.name())?;
    encryption.entry(MysqlTls::ca.name())?.as_str()
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
    /// What is to replace Quay's server speaks to the other two only.
    mysql_is_taken_for_now: Warning,
    "The next generation of Quay does without MySQL.",
    fix "Choose PostgreSQL for a new registry; plan a move for one that runs.";
    |subject, places| {
        if kind(subject.document) == Some(DatabaseKind::Mysql) {
            places.at(DB_URI.path());
        }
    }
}

rule! {
    /// Quay runs without; its schema, which other tools check a file by, wants both.
    connection_arguments_are_whole: Warning,
    "{label} is missing, and Quay's schema wants it.", fix "Turn it on.";
    |subject, places| {
        let args = subject.document.top(DB_CONNECTION_ARGS.name()).and_then(Value::as_map);
        for field in [ConnectionArguments::threadlocals, ConnectionArguments::autorollback] {
            let value = args.map(|args| args.get(&MapKey::from(field.name())));
            if value.is_some_and(|value| value.is_none_or(Value::is_blank)) {
                let label = field.spec().label.to_owned();
                places.at_with(field.inside(DB_CONNECTION_ARGS), [("label", label)]);
            }
        }
    }
}

/// Names that Quay's own checker reads, and those that mean something to the driver.
const MISSPELT: [(&str, Key<TlsVersion>); 2] = [
    ("ssl_min_protocolversion", ConnectionArguments::ssl_min_protocol_version),
    ("ssl_max_protocolversion", ConnectionArguments::ssl_max_protocol_version),
];

rule! {
    /// The driver stops at a name that it does not know. Quay's own checker knows only this one.
    connection_argument_is_spelt_right: Error,
    "No database driver knows {name}.", fix "Write it as {right}.";
    |subject, places| {
        let args = subject.document.top(DB_CONNECTION_ARGS.name());
        for (name, right) in MISSPELT {
            if args.and_then(|args| args.entry(name)).is_some() {
                let args = [("name", name.to_owned()), ("right", right.name().to_owned())];
                places.at_with(DB_CONNECTION_ARGS.path().field(name), args);
            }
        }
    }
}

rule! {
    /// The driver stops at a name that it does not know; nobody can tell all that it knows.
    connection_argument_has_no_slip: Warning,
    "Database drivers hardly know {name}; did you mean {near}?",
    fix "Correct the name, or take it out.";
    |subject, places| {
        let args = subject.document.top(DB_CONNECTION_ARGS.name()).and_then(Value::as_map);
        let spec = ConnectionArguments::spec;
        for name in args.into_iter().flat_map(Map::keys).filter_map(MapKey::as_str) {
            let odd = spec.field(name).is_none() && MISSPELT.iter().all(|(known, _)| *known != name);
            let near = nearest(name, 1, spec.fields().map(|field| field.name));
            if let Some(near) = near.filter(|_| odd) {
                let args = [("name", name.to_owned()), ("near", near.to_owned())];
                places.at_with(DB_CONNECTION_ARGS.path().field(name), args);
            }
        }
    }
}

rule! {
    /// A driver stops at an argument of another one's.
    connection_arguments_fit_the_database: Error,
    "{label} is not for {database}.", fix "Reset the field, or choose the database it belongs to.";
    |subject, places| {
        let Some(kind) = kind(subject.document) else { return };
        let Some(args) = subject.document.top(DB_CONNECTION_ARGS.name()) else { return };
        for field in ConnectionArguments::spec.fields().filter(|field| !is_for(kind, field.name)) {
            if args.entry(field.name).is_some_and(|value| !value.is_blank()) {
                let database = match kind {
                    DatabaseKind::Postgresql => "PostgreSQL",
                    DatabaseKind::Mysql => "MySQL",
                    DatabaseKind::Sqlite => "SQLite",
                };
                let place = DB_CONNECTION_ARGS.path().field(field.name);
                let args =
                    [("label", field.label.to_owned()), ("database", database.to_owned())];
                places.at_with(place, args);
            }
        }
    }
}

/// Whether the driver of a database takes this argument.
fn is_for(kind: DatabaseKind, argument: &str) -> bool {
    let any = [ConnectionArguments::threadlocals, ConnectionArguments::autorollback];
    if any.iter().any(|field| field.name() == argument) {
        return true;
    }
    match kind {
        DatabaseKind::Postgresql => argument != ConnectionArguments::ssl.name(),
        DatabaseKind::Mysql => argument == ConnectionArguments::ssl.name(),
        DatabaseKind::Sqlite => false,
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
        let mysql = mysql_ca(document).is_some_and(|file| file.ends_with("database.pem"));
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

rule! {
    /// Quay's own checker looks for the file among the uploaded ones and keeps Quay from starting.
    mysql_certificate_is_uploaded: Error,
    "{file} is not one of the uploaded files.",
    fix "Upload database.pem and enter conf/stack/database.pem.";
    |subject, places| {
        let Some(file) = mysql_ca(subject.document).filter(|file| !file.is_empty()) else { return };
        let name = file.trim_start_matches("./").strip_prefix(UPLOADS_IN_CONTAINER);
        let uploaded = name.is_some_and(|name| subject.files.contains_key(name));
        if kind(subject.document) == Some(DatabaseKind::Mysql) && !uploaded {
            let place = ConnectionArguments::ssl.inside(DB_CONNECTION_ARGS);
            places.at_with(place.field(MysqlTls::ca.name()), [("file", file.to_owned())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::certificate::{FileContent, FileFacts, Files};
    use crate::rule::testing::{findings, findings_with};

    const BOTH: &str = "threadlocals: true, autorollback: true";
    const POSTGRESQL: &str = "DB_URI: postgresql://quayuser:quaypass@db01/quaydb";
    const MYSQL: &str = "DB_URI: mysql+pymysql://quayuser:quaypass@db01/quaydb";

    /// What is found in a document with this address and these arguments.
    fn with(uri: &str, args: &str) -> Vec<String> {
        findings(&format!("{uri}\nDB_CONNECTION_ARGS: {{{args}}}"))
    }

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
        let rule = "connection_arguments_are_whole DB_CONNECTION_ARGS";
        assert_eq!(with(POSTGRESQL, "threadlocals: true"), [format!("{rule}.autorollback")]);
        assert_eq!(
            with(POSTGRESQL, ""),
            [format!("{rule}.threadlocals"), format!("{rule}.autorollback")]
        );
        assert_eq!(findings(POSTGRESQL), [""; 0]);
    }

    #[test]
    fn a_tls_version_is_spelt_as_the_driver_spells_it() {
        let place = "DB_CONNECTION_ARGS.ssl_min_protocolversion";
        assert_eq!(
            with(POSTGRESQL, &format!("{BOTH}, ssl_min_protocolversion: TLSv1.2")),
            [format!("connection_argument_is_spelt_right {place}")]
        );
        let right = format!("{BOTH}, ssl_min_protocol_version: TLSv1.2");
        assert_eq!(with(POSTGRESQL, &right), [""; 0]);
    }

    #[test]
    fn a_slip_in_an_argument_is_warned_about() {
        assert_eq!(
            with(POSTGRESQL, &format!("{BOTH}, sslmod: require")),
            ["connection_argument_has_no_slip DB_CONNECTION_ARGS.sslmod"]
        );
        assert_eq!(with(POSTGRESQL, &format!("{BOTH}, options: '-c a=b'")), [""; 0]);
    }

    #[test]
    fn an_argument_of_another_database_is_refused() {
        let rule = "connection_arguments_fit_the_database DB_CONNECTION_ARGS";
        let encrypted = format!("{BOTH}, sslmode: require");
        assert_eq!(
            with(MYSQL, &encrypted),
            [format!("{rule}.sslmode"), "mysql_is_taken_for_now DB_URI".to_owned()]
        );
        let sqlite = with("DB_URI: sqlite:////conf/quay.db", &encrypted);
        assert!(sqlite.contains(&format!("{rule}.sslmode")), "{sqlite:?}");
        assert_eq!(
            with(POSTGRESQL, &format!("{BOTH}, ssl: {{ca: conf/stack/database.pem}}")),
            [format!("{rule}.ssl")]
        );
    }

    #[test]
    fn the_authorities_of_mysql_are_uploaded() {
        let rule = "mysql_certificate_is_uploaded DB_CONNECTION_ARGS.ssl.ca";
        let content = FileContent::Certificates(Vec::new());
        let files = Files::from([("database.pem".to_owned(), FileFacts { bytes: 1, content })]);
        let text = |ca| format!("{MYSQL}\nDB_CONNECTION_ARGS: {{{BOTH}, ssl: {{ca: {ca}}}}}");
        for (ca, good) in [("conf/stack/database.pem", true), ("/etc/pki/ca.pem", false)] {
            let report = findings_with(&text(ca), &files);
            assert_eq!(report.contains(&rule.to_owned()), !good, "{ca}: {report:?}");
        }
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
