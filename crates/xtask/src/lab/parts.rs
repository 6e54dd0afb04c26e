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
    /// Ways to break it: what happens, the command, and the one that mends it. Commands without a
    /// path are verbs of the part: `target/lab/part NAME ...`.
    pub(super) faults: &'static [(&'static str, &'static str, &'static str)],
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

/// It is gone.
const STOPPED: (&str, &str, &str) = ("stop it", "stop", "start");
/// Nobody trusts it any more.
const EXPIRED: (&str, &str, &str) = ("let its certificate expire", "expire", "renew");

/// Everything that must be there before the nodes, in the order in which it is started.
pub(super) const PARTS: &[Part] = &[
    Part::helper("certificates"),
    Part {
        name: "postgres",
        label: "PostgreSQL",
        address: "db01.lab.test:5432, database quaydb, TLS",
        login: "quayuser / quay-password, postgres / postgres-password",
        faults: &[
            STOPPED,
            EXPIRED,
            (
                "revoke the right to log in",
                "ask postgres 'ALTER ROLE quayuser NOLOGIN'",
                "ask postgres 'ALTER ROLE quayuser LOGIN'",
            ),
            (
                "take its extension away",
                "ask quaydb 'DROP EXTENSION pg_trgm'",
                "ask quaydb 'CREATE EXTENSION pg_trgm'",
            ),
        ],
    },
    Part {
        name: "redis",
        label: "Redis",
        address: "redis.lab.test:6379, behind db01.lab.test:6379",
        login: "strongpassword; with a user name: quay / quay-password",
        faults: &[
            STOPPED,
            (
                "revoke the right to write",
                "ask ACL SETUSER default -set",
                "ask ACL SETUSER default +@all",
            ),
            ("fill its memory", "ask CONFIG SET maxmemory 1", "ask CONFIG SET maxmemory 0"),
        ],
    },
    Part {
        name: "ceph",
        label: "Ceph and its gateway",
        address: "http://ceph04.lab.test:7480, behind db01.lab.test:7480, bucket quay",
        login: "access key LABACCESSKEY, secret key lab-secret-key",
        faults: &[
            ("stop the gateway", "stop rgw", "start"),
            ("stop one of three places for objects", "stop osd-0", "start"),
            (
                "revoke the right to write",
                "admin user modify --uid quay --op-mask read",
                "admin user modify --uid quay --op-mask read,write,delete",
            ),
            ("lock the user out", "admin user suspend --uid quay", "admin user enable --uid quay"),
        ],
    },
    Part {
        name: "ldap",
        label: "LDAP",
        address: "ldaps://ldap.lab.test, users below ou=People,dc=lab,dc=test",
        login: "alice / alice-password, bob / bob-password, carol / carol-password",
        faults: &[
            STOPPED,
            EXPIRED,
            (
                "change the password of Quay's account",
                "set_password another",
                "set_password quay-password",
            ),
        ],
    },
    Part {
        name: "mail",
        label: "Mail relay",
        address: "mail.lab.test:587, STARTTLS; messages lie in target/lab/mail/messages",
        login: "quay / mail-password",
        faults: &[STOPPED, EXPIRED],
    },
    Part {
        name: "login",
        label: "OpenID Connect",
        address: "https://login.lab.test/",
        login: "client quay / oidc-password; any name with any password",
        faults: &[STOPPED, EXPIRED],
    },
    Part {
        name: "haproxy",
        label: "HAProxy",
        address: "http://10.189.0.10:1936/haproxy, in front of registry.lab.test:80 and :443",
        login: "admin / lab-password",
        faults: &[STOPPED],
    },
    Part::helper("bundle"),
];

/// What can happen to a node.
const OF_NODE: &[(&str, &str, &str)] = &[
    ("turn the machine off", "stop", "start"),
    ("stop the registry alone", "podman stop quay", "podman start quay"),
    ("let its certificate expire", "expire", "renew"),
    ("fill its disk", "fill", "empty"),
    ("cut it off from the network", "unplug", "plug_in"),
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
    address: "",
    login: "quayconfig / lab-password",
    faults: &[STOPPED],
};
