//! What can be wrong with a database.

use crate::checks::fault::faults;

faults! {
    /// A part of the address that only some of Quay reads.
    ADDRESS_ONLY: Warning,
    "The database address names {names}, and the connection arguments do not.",
    why "Quay's migrations read both. Its other processes read the connection arguments alone, and connect without these settings.",
    fix "Enter the same under Connection arguments.";

    /// A file of the container, which cannot be seen from here.
    FILE_ELSEWHERE: Warning,
    "{file} is a file of Quay's own container and cannot be seen from here.",
    why "The connection was tried without it, so this says less than it could.",
    fix "Upload the file with the configuration, and name it conf/stack/ with its name after it.";

    /// The file is uploaded, and libpq looks elsewhere.
    AUTHORITIES_NOT_NAMED: Warning,
    "The TLS mode {mode} checks the certificate, and no authorities file is named.",
    why "database.pem was used here. Quay looks for /.postgresql/root.crt in its container instead, and does not connect without it.",
    fix "Enter conf/stack/database.pem as the authorities file (sslrootcert).";

    /// The server does without, and the configuration does not.
    NO_ENCRYPTION: Error,
    "{server} at {host} port {port} offers no encryption, and the configuration wants it.",
    fix "{command}";

    /// libpq goes on without encryption and says nothing.
    FALLS_BACK: Warning,
    "The connection cannot be encrypted: {reason}.",
    why "In the TLS mode {mode}, Quay goes on without encryption and says nothing about it.",
    fix "Mend the certificate of the server, then choose the TLS mode verify-full. Or choose disable if nothing is to be encrypted.";

    /// `28P01`, `1045`.
    WRONG_PASSWORD: Error,
    "{server} does not take the user name {user} with this password.",
    fix "Enter the right name and password, or set the password on the server: {command}";

    /// The same, with no password to be wrong.
    PASSWORD_MISSING: Error,
    "{server} wants a password of {user}, and none is configured.",
    fix "Enter the password of {user}.";

    /// `1820`, `1862`.
    PASSWORD_EXPIRED: Error,
    "The password of {user} has expired.",
    fix "Set it anew on the server: {command}";

    /// `28000`, without a line of `pg_hba.conf`.
    NO_HBA_LINE: Error,
    "PostgreSQL has no rule that lets {user} into {database} from this address, {how}.",
    why "Each Quay node is refused in the same way, unless a rule names its address.",
    fix "Add to pg_hba.conf, for this console and for each Quay node: host {database} {user} ADDRESS/32 scram-sha-256. Then, in psql: SELECT pg_reload_conf();";

    /// `1130`, or `1045` for another host.
    HOST_NOT_ALLOWED: Error,
    "{server} lets nobody in from this address.",
    why "Each Quay node is refused in the same way, unless some user of the server may come from its address.",
    fix "Let the user come from there: {command}";

    /// `1129`: too many broken connections came from here.
    HOST_BLOCKED: Error,
    "{server} has blocked this address: too many broken connections came from it.",
    fix "Unblock it on the server: FLUSH HOSTS; Then look for what breaks connections: a health check of a load balancer often does.";

    /// Only encrypted connections are let in.
    ENCRYPTION_WANTED: Error,
    "{server} lets {user} in only if the connection is encrypted.",
    fix "{how}";

    /// The server knows its users by their certificates.
    CLIENT_CERTIFICATE_WANTED: Error,
    "PostgreSQL wants a certificate of {user} and does not get one that it takes.",
    fix "Upload a certificate for {user}, signed by the authority in the server's ssl_ca_file, and its key, and name both as client certificate (sslcert) and client key (sslkey).";

    /// A way of logging in without a password, or one that Quay's library has not learnt.
    LOGIN_METHOD: Error,
    "{server} lets {user} in by another way than a password that Quay can send.",
    fix "{how}";

    /// `28000`: the role is there, and is a group.
    NO_LOGIN: Error,
    "{user} may not log in.",
    fix "Let the user log in, on the server: {command}";

    /// `28000`: where no password is asked for, there must still be a role.
    ROLE_MISSING: Error,
    "PostgreSQL has no role {user}.",
    fix "Correct the user name, or make the role, in psql: CREATE ROLE {role} LOGIN PASSWORD 'the password';";

    /// Any other refusal.
    LOGIN_REFUSED: Error,
    "{server} refuses to let {user} into {database}.",
    fix "Look at its answer, and into its log at this time, which says more.";

    /// `3D000`, `1049`.
    DATABASE_MISSING: Error,
    "{server} has no database {database}.",
    fix "Correct the name, or make the database: {command}";

    /// `55000`: `ALLOW_CONNECTIONS false`.
    DATABASE_CLOSED: Error,
    "The database {database} takes no connections.",
    fix "Open it, in psql -d postgres as a superuser: ALTER DATABASE {name} ALLOW_CONNECTIONS true;";

    /// `42501`, `1044`.
    NO_CONNECT: Error,
    "{user} may not use the database {database}, or there is none of that name.",
    fix "Correct the name, or give the right: {command}";

    /// `53300`, `1040`, `1203`, `1226`.
    CONNECTIONS_USED_UP: Error,
    "{server} takes no further connection: all that it, the database or the user may have are in use.",
    fix "Look who holds them: {command} Then raise the limit that its answer names, usually max_connections.";

    /// `57P03`.
    STARTING: Error,
    "{server} runs and lets nobody in: it is starting, recovering, or shutting down.",
    fix "Wait and check again. Its log says how far it is; a standby lets nobody in unless hot_standby is on.";

    /// A standby, or a replica.
    STANDBY: Error,
    "This server is a copy of another one and only reads. Quay writes.",
    fix "Enter the address of the primary server, or make this one primary: {command}";

    /// Somebody has forbidden writing.
    READ_ONLY: Error,
    "{server} is set to read only for {user}. Quay writes.",
    fix "Take the setting back: {command}";

    /// Out of support.
    OLD_VERSION: Warning,
    "PostgreSQL {version} is too old: {oldest} or later is wanted.",
    why "Quay warns of it at each start, Clair does not run with it, and it gets no security fixes.",
    fix "Plan an upgrade of the server: pg_dumpall from the old one, restore into a newer one, then check again.";

    /// `42501`, `1142`.
    NO_CREATE: Error,
    "{user} may not create, change and drop tables in {database}.",
    why "Quay makes its tables at its first start, and changes them at each upgrade.",
    fix "Give the right: {command}";

    /// `53100`, `1021`, `1114`, or the number that the system has for it.
    DISK_FULL: Error,
    "The disk of {server} is full.",
    why "Quay can store nothing any more: pushes, new users and log-ins fail.",
    fix "On the server: df -h {folder} Give that disk more room, or move other things away from it. Delete nothing by hand among the database's own files.";

    /// Any other reason why a table cannot be made: a limit, something that watches over it.
    NOT_CREATED: Error,
    "A table cannot be created in {database}.",
    why "Quay makes its tables at its first start, and changes them at each upgrade.",
    fix "Look at the answer of the server; its log at this time says more.";

    /// Tables that somebody else made.
    NO_ACCESS: Error,
    "{database} holds a registry, and {user} may not read its tables.",
    fix "Enter the user who made them, or give them to {user}: {command}";

    /// They can be used, and not be changed.
    TABLES_OF_ANOTHER: Warning,
    "{count} of the tables in {database} belong to {owner}, not to {user}.",
    why "An upgrade of Quay changes its tables, which only their owner may.",
    fix "In psql -d {database} as a superuser: REASSIGN OWNED BY {owner} TO {role};";

    /// `LATIN1`, `SQL_ASCII`, `latin1`.
    NOT_UNICODE: Warning,
    "The database {database} keeps text as {encoding}, not as {wanted}.",
    why "Names and descriptions with other letters are refused or spoilt.",
    fix "{how}";

    /// The usual thing to forget.
    PG_TRGM_MISSING: Error,
    "The extension pg_trgm is not created in {database}.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "Use Create pg_trgm here, or run: sudo podman exec -it postgresql_database /bin/bash -c 'echo \"CREATE EXTENSION IF NOT EXISTS pg_trgm;\" | psql -d {database}'";

    /// The usual thing to forget, where somebody else has to do it.
    PG_TRGM_NO_RIGHT: Error,
    "The extension pg_trgm is not created in {database}, and {user} may not create it.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "As a superuser: sudo podman exec -it postgresql_database /bin/bash -c 'echo \"CREATE EXTENSION IF NOT EXISTS pg_trgm;\" | psql -d {database}'";

    /// The server was installed without what comes along with it.
    PG_TRGM_UNAVAILABLE: Error,
    "This server does not have the extension pg_trgm.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "Install the package postgresql-contrib of the server's version on its machine, and check again. PostgreSQL need not be restarted.";

    /// In a schema that is not in the search path.
    PG_TRGM_HIDDEN: Error,
    "The extension pg_trgm is in the schema {schema}, where {user} does not look.",
    why "Quay's search indexes cannot be made.",
    fix "In psql -d {database} as a superuser: ALTER EXTENSION pg_trgm SET SCHEMA {current};";

    /// It runs until many people come.
    FEW_CONNECTIONS: Warning,
    "{server} has room for {room} connections of Quay's. {nodes} nodes open up to {wanted}.",
    why "When there is none left, requests fail with an error, at the busiest time.",
    fix "Raise the limit, and restart the server if the limit is its own: {command}";

    /// Two clocks.
    CLOCK: Warning,
    "The clock of the database server is {minutes} min {direction} the clock of this machine.",
    why "Quay compares times of both: sessions, locks and expiry dates come out wrong.",
    fix "Set both machines by the same time servers. On each: chronyc tracking";

    /// Anything the server says that has no name of its own here.
    TROUBLE: Error,
    "{server} answers with an error.",
    fix "Look at its answer, and into its log at this time, which says more.";
}
