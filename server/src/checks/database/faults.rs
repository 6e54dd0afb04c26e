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

    /// `1129`: too many broken connections came from here. It is the first thing that a server
    /// says, so which of the two it is, one does not know.
    HOST_BLOCKED: Error,
    "{server} has blocked this address: too many broken connections came from it.",
    fix "Unblock it on the server. MySQL: TRUNCATE TABLE performance_schema.host_cache; MariaDB: FLUSH HOSTS; Then look for what breaks connections: a health check of a load balancer often does.";

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
    fix "Look who holds them: {command} Then raise the limit that its answer names, {limit}.";

    /// `57P03`.
    STARTING: Error,
    "{server} runs and lets nobody in: it is starting, recovering, or shutting down.",
    fix "Wait and check again. Its log says how far it is; a standby lets nobody in unless hot_standby is on.";

    /// A standby, or a replica.
    STANDBY: Error,
    "This server is a copy of another one and only reads. Quay writes.",
    fix "Find the primary server and enter its address. {primary} Make this one primary only if that one is gone for good and kept from coming back, and no cluster manager or provider does it: what two primary servers take in can never be joined again. The command then: {command}";

    /// Somebody has forbidden writing.
    READ_ONLY: Error,
    "{server} is set to read only for {user}. Quay writes.",
    fix "{how}";

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

    /// Everything works but keeping it: `synchronous_standby_names` names a standby that is gone.
    COMMITS_WAIT: Error,
    "{server} does not end commits: they wait for a standby that does not answer.",
    why "Reading works. Whatever Quay stores hangs: pushes, log-ins, its first start.",
    fix "Start the standby again. synchronous_standby_names is {standbys}; those that are there: SELECT application_name, sync_state FROM pg_stat_replication; Only if the standby is gone for good, take it out of that setting, in psql as a superuser: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf(); Where a cluster manager sets it, there. What is stored from then on is on this server alone.";

    /// Any other reason why a table cannot be made: a limit, something that watches over it.
    NOT_CREATED: Error,
    "A table cannot be created in {database}.",
    why "Quay makes its tables at its first start, and changes them at each upgrade.",
    fix "Look at the answer of the server; its log at this time says more.";

    /// `1142`: the tables that somebody else made.
    NO_ACCESS: Error,
    "{database} holds a registry, and {user} may not read its tables.",
    fix "Enter the user that Quay had until now, or give {user} the right: {command}";

    /// A dump that was restored by another role than Quay's, mostly by `postgres`.
    ///
    /// The command gives away tables and views of this schema, and sequences that no table owns;
    /// the others go with their tables. What belongs to an extension stays.
    REGISTRY_OF_ANOTHER: Error,
    "{database} holds a registry that belongs to {owner}, and {user} may not read it.",
    fix "Enter the user that Quay had until now, or give its tables to {user}, in psql -d {database_word} as a superuser: SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, {user_text}) FROM pg_class c WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema_text}) AND relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_get_userbyid(relowner) <> {user_text} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR relkind = 'S' AND d.deptype IN ('a', 'i'))) \\gexec";

    /// `GRANT` on the tables and not on the sequences, or for reading only.
    RIGHTS_MISSING: Error,
    "{user} lacks rights on the registry in {database}: {lacks}.",
    why "What needs these rights fails, while other things work: Quay's start, pushes, log-ins or garbage collection.",
    fix "In psql -d {database_word} as a superuser: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}; GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role};";

    /// They can be used, and not be changed. The command is explained above.
    TABLES_OF_ANOTHER: Warning,
    "{count} of the tables in {database} belong to {owner}, not to {user}.",
    why "An upgrade of Quay changes its tables, which only their owner may.",
    fix "Give them to {user}, in psql -d {database_word} as a superuser: SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, {user_text}) FROM pg_class c WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema_text}) AND relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_get_userbyid(relowner) <> {user_text} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR relkind = 'S' AND d.deptype IN ('a', 'i'))) \\gexec";

    /// `LATIN1`, `SQL_ASCII`, `latin1`.
    NOT_UNICODE: Warning,
    "The database {database} keeps text as {encoding}, not as {wanted}.",
    why "Names and descriptions with other letters are refused or spoilt.",
    fix "{how}";

    /// The usual thing to forget.
    PG_TRGM_MISSING: Error,
    "The extension pg_trgm is not created in {database}.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "Use Create pg_trgm here, or run: sudo podman exec -it postgresql_database /bin/bash -c 'echo \"CREATE EXTENSION IF NOT EXISTS pg_trgm;\" | psql -d {database}' Where that container is not: psql -h {host} -p {port} -U {user_word} -d {database_word} -c 'CREATE EXTENSION IF NOT EXISTS pg_trgm;'";

    /// The usual thing to forget, where somebody else has to do it.
    PG_TRGM_NO_RIGHT: Error,
    "The extension pg_trgm is not created in {database}, and {user} may not create it.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "As a superuser: sudo podman exec -it postgresql_database /bin/bash -c 'echo \"CREATE EXTENSION IF NOT EXISTS pg_trgm;\" | psql -d {database}' Where that container is not: psql -h {host} -p {port} -U postgres -d {database_word} -c 'CREATE EXTENSION IF NOT EXISTS pg_trgm;' At a provider, its administrator takes the place of postgres.";

    /// The server was installed without what comes along with it.
    PG_TRGM_UNAVAILABLE: Error,
    "This server does not have the extension pg_trgm.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "Install the package postgresql-contrib of the server's version on its machine, and check again. PostgreSQL need not be restarted.";

    /// `0A000` on Azure, and whatever else keeps a provider's customers from it.
    PG_TRGM_NOT_ALLOWED: Error,
    "The server has the extension pg_trgm, and does not allow that it is created in {database}.",
    why "Quay searches with it. Its own check finds it missing, and Quay does not start.",
    fix "The provider has to allow it. On Azure: add PG_TRGM to the server parameter azure.extensions. On Amazon RDS: add it to rds.allowed_extensions in the parameter group, if that is set. Then check again, and create it.";

    /// In a schema that is not in the search path.
    PG_TRGM_HIDDEN: Error,
    "The extension pg_trgm is in the schema {schema}, where {user} does not look.",
    why "Quay's search indexes cannot be made.",
    fix "In psql -d {database_word} as a superuser: ALTER EXTENSION pg_trgm SET SCHEMA {current};";

    /// It runs until many people come.
    FEW_CONNECTIONS: Warning,
    "{server} has room for {room} connections of Quay's: fewer than {least} for each of {nodes} nodes.",
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
