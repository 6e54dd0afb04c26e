//! LDAP: the directory that checks passwords, and where in it the users are.

use super::authentication::{AUTHENTICATION_TYPE, AuthenticationType};
use crate::certificate::{Content, FileSlot};
use crate::document::Document;
use crate::field::{FieldSpec, Key};
use crate::path::Path;
use crate::value::{
    AtLeast, DistinguishedName, HostName, LdapFilter, LdapUri, List, NonNegative, Parsed, Secret,
    Text, Value, WholeOrBool,
};

section! {
    /// The directory that checks passwords when LDAP is the authentication.
    "ldap", "LDAP", Access;
    files: [LDAP_CERT];
    rules: [
        ldap_connection_is_encrypted, ldap_server_is_not_the_container, ldap_certificate_is_used,
        ldap_certificate_is_checked, ldap_admin_is_a_whole_name, ldap_users_are_below_the_base,
        ldap_tuning_is_turned_on,
    ];

    /// Address of the directory server, for example `ldaps://ldap.example.com`. Choose `ldaps://`:
    /// with `ldap://` passwords travel in clear.
    LDAP_URI "Server address": LdapUri, required, when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["LDAP server", "Active Directory", "AD"]);

    /// Go on when the encrypted connection cannot be set up properly. Leave it off, except to
    /// find out why a connection fails.
    LDAP_ALLOW_INSECURE_FALLBACK "Tolerate TLS failures": bool = false,
        when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Allow insecure", "TLS fallback"]);

    /// The place in the directory below which everything is looked up, one part per line: for
    /// example `dc=example` and `dc=com`.
    LDAP_BASE_DN "Base": List<DistinguishedName>, required, when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Base DN", "base distinguished name"]);

    /// Where the users are, seen from the base: for example `ou=People`. Leave it empty to search
    /// everything below the base.
    LDAP_USER_RDN "Users below the base": List<DistinguishedName> = [],
        when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["User relative DN"]);

    /// Further places with users, seen from the base. Each line is one place, such as
    /// `ou=Contractors,ou=External`.
    LDAP_SECONDARY_USER_RDNS "More places with users": List<DistinguishedName> = [],
        when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Secondary user relative DNs"]);

    /// The account Quay searches the directory with, as a whole name such as
    /// `uid=quay,ou=Services,dc=example,dc=com`. Reading is all it must be allowed.
    LDAP_ADMIN_DN "Search account": Text, required, when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Administrator DN", "bind DN"]);

    /// Password of the search account.
    LDAP_ADMIN_PASSWD "Password of the search account": Secret, required,
        when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Administrator DN password", "bind password"]);

    /// The attribute with the name a user logs in with. Active Directory has it in
    /// `sAMAccountName`.
    LDAP_UID_ATTR "User name attribute": Text = "uid", when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["UID attribute", "sAMAccountName"]);

    /// The attribute with the mail address of a user.
    LDAP_EMAIL_ATTR "E-mail attribute": Text = "mail", when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Mail attribute"]);

    /// Only users that match this filter may log in. Leave it out to let in everybody below the
    /// places named above.
    LDAP_USER_FILTER "Who may log in": LdapFilter, when(AUTHENTICATION_TYPE, &["LDAP"]), also(&["Additional user filter expression", "memberOf"]);

    /// Users that match this filter are superusers of the registry.
    LDAP_SUPERUSER_FILTER "Who is a superuser": LdapFilter, when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// Users that match this filter may see everything in the registry and change nothing.
    LDAP_GLOBAL_READONLY_SUPERUSER_FILTER "Who may see everything": LdapFilter,
        when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// Users that match this filter are restricted. It matters while `FEATURE_RESTRICTED_USERS`
    /// is on; superusers are never restricted.
    LDAP_RESTRICTED_USER_FILTER "Who is restricted": LdapFilter,
        when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// 1 follows a pointer to another directory server, 0 does not. Choose 0 where searches in
    /// Active Directory hang.
    LDAP_FOLLOW_REFERRALS "Follow referrals": WholeOrBool = 1, when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// How long Quay waits for the answer to a search.
    LDAP_TIMEOUT "Wait for an answer": AtLeast<1> = 10, unit("seconds"),
        when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// How long Quay waits for the connection to the server.
    LDAP_NETWORK_TIMEOUT "Wait for a connection": AtLeast<1> = 10, unit("seconds"),
        when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// Remember for a while who is a superuser or restricted. It spares the directory many
    /// searches; a change there takes effect later.
    FEATURE_LDAP_CACHING "Remember roles": bool = false, when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// How long such an answer is remembered.
    LDAP_CACHE_TTL "Remember for": NonNegative = 5, unit("seconds"),
        when(FEATURE_LDAP_CACHING, &["true"]);

    /// Keep connections to the directory open and share them among requests.
    LDAP_CONNECTION_POOLING "Pool connections": bool = true, when(AUTHENTICATION_TYPE, &["LDAP"]);

    /// How many connections each process of Quay keeps open at most.
    LDAP_POOL_SIZE "Connections": AtLeast<1> = 10, when(LDAP_CONNECTION_POOLING, &["true"]);

    /// How long a request waits for a free connection.
    LDAP_POOL_MAX_WAIT "Wait for a free connection": NonNegative = 5, unit("seconds"),
        when(LDAP_CONNECTION_POOLING, &["true"]);

    /// How old a connection gets before it is opened anew. Choose less than the idle time after
    /// which the server or a firewall drops it.
    LDAP_POOL_CONNECTION_LIFETIME "Lifetime of a connection": NonNegative = 300, unit("seconds"),
        when(LDAP_CONNECTION_POOLING, &["true"]);
}

/// The authorities of the directory server's certificate.
pub const LDAP_CERT: FileSlot = FileSlot {
    name: "ldap.crt",
    label: "Certificate of the directory server",
    doc: "PEM file with the certificate, or the private authority that signed it.",
    content: Content::Certificates,
    needed: |_| false,
};

fn in_use(document: &Document) -> bool {
    document.effective(AUTHENTICATION_TYPE) == Some(AuthenticationType::Ldap)
}

/// Whether the connection is encrypted, `None` when LDAP or the address is not set.
fn is_encrypted(document: &Document) -> Option<bool> {
    document.effective(LDAP_URI).filter(|_| in_use(document)).map(|uri| uri.is_ldaps())
}

rule! {
    /// Quay never upgrades a plain connection, so each password can be read on the way.
    ldap_connection_is_encrypted: Warning,
    "Passwords travel to the directory in clear.",
    fix "Use an address that begins with ldaps://.";
    |subject, places| {
        if is_encrypted(subject.document) == Some(false) {
            places.at(LDAP_URI.path());
        }
    }
}

rule! {
    /// Inside the container `localhost` is the container itself.
    ldap_server_is_not_the_container: Warning,
    "{host} is Quay's own container, not your directory server.",
    fix "Enter the name or address of the directory server as the Quay nodes see it.";
    |subject, places| {
        let host = host(subject.document).filter(HostName::is_loopback);
        if let Some(host) = host.filter(|_| in_use(subject.document)) {
            places.at_with(LDAP_URI.path(), [("host", host.as_str().to_owned())]);
        }
    }
}

rule! {
    /// There is no certificate to check on a connection in clear.
    ldap_certificate_is_used: Warning,
    "ldap.crt is there, but the connection does not use it.",
    fix "Use an address that begins with ldaps://, or remove the file.";
    |subject, places| {
        let uploaded = subject.files.contains_key(LDAP_CERT.name);
        if uploaded && is_encrypted(subject.document) == Some(false) {
            places.at(Path::key(LDAP_CERT.name));
        }
    }
}

rule! {
    /// Whoever stands between Quay and the directory could pose as the directory.
    ldap_certificate_is_checked: Warning,
    "Quay accepts a directory whose certificate it cannot check.",
    fix "Turn off Tolerate TLS failures, and upload ldap.crt if a private authority signed it.";
    |subject, places| {
        let tolerant = subject.document.effective(LDAP_ALLOW_INSECURE_FALLBACK) == Some(true);
        if tolerant && is_encrypted(subject.document) == Some(true) {
            places.at(LDAP_ALLOW_INSECURE_FALLBACK.path());
        }
    }
}

rule! {
    /// A bare user name is refused by every directory; Active Directory also takes
    /// `user@domain` and `DOMAIN\user`.
    ldap_admin_is_a_whole_name: Warning,
    "The search account is not a whole name.",
    fix "Enter it with its place, such as uid=quay,ou=Services,dc=example,dc=com.";
    |subject, places| {
        let Some(value) = subject.document.top(LDAP_ADMIN_DN.name()) else { return };
        let name = value.as_str().unwrap_or_default();
        let bare = !name.is_empty() && !name.contains(['@', '\\']);
        if bare && in_use(subject.document) && DistinguishedName::parse(value).is_err() {
            places.at(LDAP_ADMIN_DN.path());
        }
    }
}

rule! {
    /// Quay puts the base behind each place by itself; written twice, it names nothing.
    ldap_users_are_below_the_base: Warning,
    "The base is written again here, so no user will be found.",
    fix "Leave only what stands before the base, such as ou=People.";
    |subject, places| {
        let document = subject.document;
        let base = parts(document, LDAP_BASE_DN).join(",");
        if base.is_empty() || !in_use(document) {
            return;
        }
        if parts(document, LDAP_USER_RDN).join(",").ends_with(&base) {
            places.at(LDAP_USER_RDN.path());
        }
        for (index, place) in parts(document, LDAP_SECONDARY_USER_RDNS).iter().enumerate() {
            if place.ends_with(&base) {
                places.at(LDAP_SECONDARY_USER_RDNS.path().item(index));
            }
        }
    }
}

rule! {
    /// The setting belongs to a function that is off.
    ldap_tuning_is_turned_on: Warning,
    "This does nothing while {switch} is off.", fix "Turn on {switch}, or reset the field.";
    |subject, places| {
        let document = subject.document;
        for (switch, setting) in [
            (FEATURE_LDAP_CACHING, LDAP_CACHE_TTL.spec()),
            (LDAP_CONNECTION_POOLING, LDAP_POOL_SIZE.spec()),
            (LDAP_CONNECTION_POOLING, LDAP_POOL_MAX_WAIT.spec()),
            (LDAP_CONNECTION_POOLING, LDAP_POOL_CONNECTION_LIFETIME.spec()),
        ] {
            if in_use(document) && is_idle(document, switch, setting) {
                let switch = switch.spec().label.to_owned();
                places.at_with(Path::key(setting.name), [("switch", switch)]);
            }
        }
    }
}

/// Whether `setting` is there although `switch` is off.
fn is_idle(document: &Document, switch: Key<bool>, setting: &FieldSpec) -> bool {
    document.effective(switch) == Some(false) && document.top(setting.name).is_some()
}

/// The host of the address.
fn host(document: &Document) -> Option<HostName> {
    let (_, rest) = document.top(LDAP_URI.name())?.as_str()?.split_once("://")?;
    let name = match rest.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => rest.split([':', '/', '?']).next()?,
    };
    HostName::from_text(name)
}

/// The items of a list of names, alike however they were spelt.
fn parts(document: &Document, key: Key<List<DistinguishedName>>) -> Vec<String> {
    let items = document.top(key.name()).and_then(Value::as_list).unwrap_or_default();
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(|text| text.replace(' ', "").to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use crate::certificate::{FileContent, FileFacts, Files};
    use crate::rule::testing::{findings, findings_with};

    const GOOD: &str = "AUTHENTICATION_TYPE: LDAP
LDAP_URI: ldaps://ldap.example.com
LDAP_BASE_DN: [dc=example, dc=com]
LDAP_USER_RDN: [ou=People]
LDAP_SECONDARY_USER_RDNS: ['ou=Contractors,ou=External']
LDAP_ADMIN_DN: uid=quay,ou=Services,dc=example,dc=com
LDAP_ADMIN_PASSWD: password
LDAP_USER_FILTER: (memberOf=cn=quay,ou=Groups,dc=example,dc=com)
";

    fn certificate() -> Files {
        let content = FileContent::Certificates(Vec::new());
        Files::from([("ldap.crt".to_owned(), FileFacts { bytes: 1, content })])
    }

    #[test]
    fn a_good_directory_is_accepted() {
        assert_eq!(findings(GOOD), [""; 0]);
        let tuned = "FEATURE_LDAP_CACHING: true\nLDAP_CACHE_TTL: 60\nLDAP_POOL_MAX_WAIT: 2.5\n\
             LDAP_FOLLOW_REFERRALS: false";
        assert_eq!(findings(&format!("{GOOD}{tuned}")), [""; 0]);
    }

    #[test]
    fn what_quay_cannot_do_without_is_required() {
        assert_eq!(
            findings("AUTHENTICATION_TYPE: LDAP\nLDAP_UID_ATTR: cn"),
            [
                "required_value_is_set LDAP_URI",
                "required_value_is_set LDAP_BASE_DN",
                "required_value_is_set LDAP_ADMIN_DN",
                "required_value_is_set LDAP_ADMIN_PASSWD",
            ]
        );
        assert_eq!(findings("AUTHENTICATION_TYPE: Database\nLDAP_UID_ATTR: cn"), [""; 0]);
    }

    #[test]
    fn a_domain_is_no_base_and_a_filter_has_parentheses() {
        assert_eq!(
            findings("LDAP_BASE_DN: [example.com]\nLDAP_SUPERUSER_FILTER: cn=admins"),
            ["value_is_of_its_type LDAP_BASE_DN", "value_is_of_its_type LDAP_SUPERUSER_FILTER"]
        );
    }

    #[test]
    fn a_connection_in_clear_is_warned_about() {
        let clear = GOOD.replace("ldaps:", "ldap:");
        assert_eq!(findings(&clear), ["ldap_connection_is_encrypted LDAP_URI"]);
    }

    #[test]
    fn a_certificate_needs_an_encrypted_connection() {
        let unused = "ldap_certificate_is_used ldap.crt".to_owned();
        let clear = GOOD.replace("ldaps:", "ldap:");
        assert!(findings_with(&clear, &certificate()).contains(&unused));
        assert!(!findings_with(GOOD, &certificate()).contains(&unused));
    }

    #[test]
    fn the_container_is_no_directory() {
        for host in ["localhost", "127.0.0.1:636", "[::1]:636"] {
            let report = findings(&GOOD.replace("ldap.example.com", &format!("{host}/")));
            assert_eq!(report, ["ldap_server_is_not_the_container LDAP_URI"], "{host}");
        }
    }

    #[test]
    fn tolerating_tls_failures_is_warned_about() {
        assert_eq!(
            findings(&format!("{GOOD}LDAP_ALLOW_INSECURE_FALLBACK: true")),
            ["ldap_certificate_is_checked LDAP_ALLOW_INSECURE_FALLBACK"]
        );
    }

    #[test]
    fn the_search_account_has_a_whole_name() {
        let named =
            |name: &str| findings(&GOOD.replace("uid=quay,ou=Services,dc=example,dc=com", name));
        assert_eq!(named("admin"), ["ldap_admin_is_a_whole_name LDAP_ADMIN_DN"]);
        assert_eq!(named("quay@example.com"), [""; 0]);
    }

    #[test]
    fn the_base_is_not_written_twice() {
        let text = GOOD
            .replace("[ou=People]", "[ou=People, DC=example, dc=com]")
            .replace("ou=External", "dc=example, dc=com");
        assert_eq!(
            findings(&text),
            [
                "ldap_users_are_below_the_base LDAP_USER_RDN",
                "ldap_users_are_below_the_base LDAP_SECONDARY_USER_RDNS[0]",
            ]
        );
    }

    #[test]
    fn tuning_what_is_off_is_warned_about() {
        let text = "LDAP_CACHE_TTL: 60\nLDAP_CONNECTION_POOLING: false\nLDAP_POOL_SIZE: 5";
        assert_eq!(
            findings(&format!("{GOOD}{text}")),
            ["ldap_tuning_is_turned_on LDAP_CACHE_TTL", "ldap_tuning_is_turned_on LDAP_POOL_SIZE"]
        );
    }
}
