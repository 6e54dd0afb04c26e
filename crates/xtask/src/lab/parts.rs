//! The parts of the lab: where they are, how one logs in, and how each is broken and mended.

/// A part, which is a script in `lab/parts` too.
pub(super) struct Part {
    /// Its name: that of its script, but for the nodes.
    pub(super) name: &'static str,
    /// What it is; empty for what only helps to make the others.
    pub(super) label: &'static str,
    /// Where it is.
    pub(super) address: &'static str,
    /// How one logs in.
    pub(super) login: &'static str,
    /// Ways to break it.
    pub(super) faults: &'static [Fault],
}

/// A way to break a part. Commands are verbs of the part: `target/lab/part NAME ...`.
pub(super) struct Fault {
    /// What is done.
    pub(super) what: &'static str,
    /// The command.
    pub(super) breaks: &'static str,
    /// The command that mends it.
    pub(super) mends: &'static str,
    /// What the console then says of the configuration: some of its words, by which it is known.
    /// Empty for the console itself.
    pub(super) says: &'static str,
}

impl Part {
    /// Whether it is of interest to a person.
    pub(super) fn is_shown(&self) -> bool {
        !self.label.is_empty()
    }

    const fn helper(name: &'static str) -> Self {
        Self { name, label: "", address: "", login: "", faults: &[] }
    }
}

/// It is gone, and the console says so.
const fn stopped(says: &'static str) -> Fault {
    Fault { what: "stop it", breaks: "stop", mends: "start", says }
}

/// Nobody trusts it any more.
const EXPIRED: Fault = Fault {
    what: "let its certificate expire",
    breaks: "expire",
    mends: "renew",
    says: "has expired on 2021-01-01",
};

/// It has no room left.
const fn full(says: &'static str) -> Fault {
    Fault { what: "fill its disk", breaks: "fill", mends: "empty", says }
}

/// Everything that must be there before the nodes, in the order in which it is started.
pub(super) const PARTS: &[Part] = &[
    Part::helper("certificates"),
    Part {
        name: "postgres",
        label: "PostgreSQL",
        address: "db01.lab.test:5432, database quaydb, TLS",
        login: "quayuser / quay-password, postgres / postgres-password",
        faults: &[
            stopped("nothing listens on port 5432"),
            EXPIRED,
            full("The disk of PostgreSQL is full"),
            Fault {
                what: "revoke the right to log in",
                breaks: "ask postgres 'ALTER ROLE quayuser NOLOGIN'",
                mends: "ask postgres 'ALTER ROLE quayuser LOGIN'",
                says: "may not log in",
            },
            Fault {
                what: "revoke the right to create tables",
                breaks: "ask quaydb 'ALTER ROLE quayuser NOSUPERUSER; \
                         REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC'",
                mends: "ask quaydb 'ALTER ROLE quayuser SUPERUSER; \
                        GRANT CREATE ON SCHEMA public TO pg_database_owner'",
                says: "may not create, change and drop tables",
            },
            Fault {
                what: "take its extension away",
                breaks: "ask quaydb 'DROP EXTENSION pg_trgm'",
                mends: "ask quaydb 'CREATE EXTENSION pg_trgm'",
                says: "The extension pg_trgm is not created",
            },
        ],
    },
    Part {
        name: "redis",
        label: "Redis",
        address: "redis.lab.test:6379, behind db01.lab.test:6379",
        login: "strongpassword; with a user name: quay / quay-password",
        faults: &[
            // The load balancer takes the connection, and has nobody to give it to.
            stopped("took the connection and ended it"),
            full("could not write its data to its disk"),
            Fault {
                what: "revoke the right to write",
                breaks: "ask ACL SETUSER default -set -rpush -publish",
                mends: "ask ACL SETUSER default +@all",
                says: "may not do what Quay does",
            },
            Fault {
                what: "fill its memory",
                breaks: "ask CONFIG SET maxmemory 1",
                mends: "ask CONFIG SET maxmemory 0",
                says: "all the memory it may use is in use",
            },
        ],
    },
    Part {
        name: "ceph",
        label: "Ceph and its gateway",
        address: "http://ceph04.lab.test:7480, behind db01.lab.test:7480, bucket quay",
        login: "access key LABACCESSKEY, secret key lab-secret-key",
        faults: &[
            Fault {
                what: "stop the gateway",
                breaks: "stop rgw",
                mends: "start",
                says: "took the connection and ended it",
            },
            Fault {
                what: "stop one of three places for objects",
                breaks: "stop osd-0",
                mends: "start",
                says: "",
            },
            Fault {
                what: "fill its disks",
                breaks: "fill",
                mends: "empty",
                says: "a write to the bucket quay gets no answer",
            },
            Fault {
                what: "revoke the right to write",
                breaks: "admin user modify --uid quay --op-mask read",
                mends: "admin user modify --uid quay --op-mask read,write,delete",
                says: "may read the bucket quay, and may not write to it",
            },
            Fault {
                what: "lock the user out",
                breaks: "admin user suspend --uid quay",
                mends: "admin user enable --uid quay",
                says: "suspended",
            },
        ],
    },
    Part {
        name: "ldap",
        label: "LDAP",
        address: "ldaps://ldap.lab.test, users below ou=People,dc=lab,dc=test",
        login: "alice / alice-password, bob / bob-password, carol / carol-password",
        faults: &[
            stopped("nothing listens on port 636"),
            EXPIRED,
            Fault {
                what: "change the password of Quay's account",
                breaks: "set_password another",
                mends: "set_password quay-password",
                says: "refuses the name or the password of the search account",
            },
        ],
    },
    Part {
        name: "mail",
        label: "Mail relay",
        address: "mail.lab.test:587, STARTTLS; messages lie in target/lab/mail/messages",
        login: "quay / mail-password",
        faults: &[stopped("nothing listens on port 587"), EXPIRED],
    },
    Part {
        name: "login",
        label: "OpenID Connect",
        address: "https://login.lab.test/",
        login: "client quay / oidc-password; any name with any password",
        faults: &[stopped("nothing listens on port 443"), EXPIRED],
    },
    Part {
        name: "haproxy",
        label: "HAProxy",
        address: "http://10.189.0.10:1936/haproxy, in front of registry.lab.test:80 and :443",
        login: "admin / lab-password",
        faults: &[stopped("nothing listens on port")],
    },
    Part::helper("bundle"),
];

/// What can happen to a node. The others do its work then; the console asks each by itself.
const OF_NODE: &[Fault] = &[
    Fault { what: "turn the machine off", ..stopped("Nothing listens on quay01") },
    Fault {
        what: "stop the registry alone",
        breaks: "podman stop quay",
        mends: "podman start quay",
        says: "Nothing listens on quay01",
    },
    Fault { says: "serves a certificate that has expired", ..EXPIRED },
    full("these do not work: disk space"),
    Fault {
        what: "cut it off from the network",
        breaks: "unplug",
        mends: "plug_in",
        says: "Nothing answers at quay01.lab.test port 443",
    },
];

const fn node(name: &'static str, address: &'static str) -> Part {
    Part {
        name,
        label: "Quay node (stand-in)",
        address,
        login: "quay / quay-standin",
        faults: OF_NODE,
    }
}

/// The nodes.
pub(super) const NODES: &[Part] = &[
    node("quay01", "http://10.189.0.11, Podman at target/lab/quay01/podman.sock"),
    node("quay02", "http://10.189.0.12, Podman at target/lab/quay02/podman.sock"),
    node("quay03", "http://10.189.0.13, Podman at target/lab/quay03/podman.sock"),
];

/// The console.
pub(super) const CONSOLE: Part = Part {
    name: "console",
    label: "quay-console",
    address: "http://127.0.0.1:8080",
    login: "quayconfig / lab-password",
    faults: &[stopped("")],
};
