//! LDAP: a real slapd, and stand-ins for Active Directory.

use crate::lab::certificates::{Authority, Signed};
use crate::lab::directory::{Directory, Manner};
use crate::lab::process::free_port;
use crate::lab::slapd::{PASSWORD, Slapd};
use crate::lab::standin::{self, StandIn};
use crate::support::{Proofs, Trial};
use cluster::check::{Outcome, State};
use std::time::Duration;

/// The check's name.
const CHECK: &str = "ldap";

/// Settings with which everything is right, besides the address.
const GOOD: [(&str, &str); 6] = [
    ("AUTHENTICATION_TYPE", "LDAP"),
    ("LDAP_BASE_DN", "[dc=example, dc=org]"),
    ("LDAP_USER_RDN", "[ou=People]"),
    ("LDAP_ADMIN_DN", "'uid=quay,ou=Services,dc=example,dc=org'"),
    ("LDAP_ADMIN_PASSWD", PASSWORD),
    ("FEATURE_MAILING", "true"),
];

/// A directory at this address, with some settings changed or added.
fn directory(uri: &str, changes: &[(&str, &str)]) -> Trial {
    let kept = GOOD.iter().filter(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    let lines = kept.chain(changes).map(|(key, value)| format!("{key}: {value}\n"));
    Trial::of(format!("LDAP_URI: '{uri}'\n{}", lines.collect::<String>()))
}

fn signed(authority: &Authority) -> Signed {
    authority.sign(&["localhost", "127.0.0.1"])
}

/// Tries a real directory over TLS, with the authority where it belongs.
async fn tried(slapd: &Slapd, authority: &Authority, changes: &[(&str, &str)]) -> Outcome {
    let uri = format!("ldaps://localhost:{}", slapd.tls_port);
    directory(&uri, changes).file("ldap.crt", authority.pem()).run_one(CHECK).await
}

/// The fault of a filter that nobody matches.
const FILTERED: &str = "filter_matches_nobody";

/// A situation, the settings that make it, and the fault that is found.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// What can be wrong with the account and with the places.
const PLACES: &[Case] = &[
    ("the password is wrong", &[("LDAP_ADMIN_PASSWD", "wrong")], "wrong_credentials"),
    ("the search account is no whole name", &[("LDAP_ADMIN_DN", "quay")], "name_invalid"),
    ("the base is wrong", &[("LDAP_BASE_DN", "[dc=example, dc=net]")], "base_missing"),
    ("the place of users is wrong", &[("LDAP_USER_RDN", "[ou=Poeple]")], "place_missing"),
    (
        "one of more places is wrong",
        &[("LDAP_SECONDARY_USER_RDNS", "[ou=Nowhere]")],
        "second_place_missing",
    ),
    ("the place of users is no name", &[("LDAP_USER_RDN", "[nonsense=x]")], "place_invalid"),
    ("the place may not be searched", &[("LDAP_USER_RDN", "[ou=Denied]")], "no_permission"),
    (
        "the account sees no users",
        &[("LDAP_ADMIN_DN", "'uid=blind,ou=Services,dc=example,dc=org'")],
        "nothing_visible",
    ),
    (
        "the account may not read user names",
        &[("LDAP_ADMIN_DN", "'uid=searcher,ou=Services,dc=example,dc=org'")],
        "attribute_unreadable",
    ),
];

/// What can be wrong with filters and attributes.
const USERS: &[Case] = &[
    ("a filter is not valid", &[("LDAP_USER_FILTER", r"'(cn=a\zz)'")], "filter_invalid"),
    ("the filter matches nobody", &[("LDAP_USER_FILTER", "(cn=Zoe)")], FILTERED),
    ("a command to paste holds an apostrophe", &[("LDAP_USER_FILTER", "(cn=O'Brien)")], FILTERED),
    (
        "the filter asks for an attribute that nobody has",
        &[("LDAP_USER_FILTER", "'(isMemberOf=cn=admins,dc=example,dc=org)'")],
        "filter_attribute_unknown",
    ),
    (
        "the user name is in another attribute",
        &[("LDAP_UID_ATTR", "sAMAccountName")],
        "uid_attribute_unknown",
    ),
    (
        "the user name attribute is written in another case",
        &[("LDAP_UID_ATTR", "UID")],
        "attribute_case",
    ),
    (
        "the user name attribute has another name in answers",
        &[("LDAP_UID_ATTR", "userid")],
        "attribute_unreadable",
    ),
    (
        "the mail address is in another attribute",
        &[("LDAP_EMAIL_ATTR", "otherMailbox")],
        "email_missing",
    ),
    (
        "some users have no mail address",
        &[("LDAP_SECONDARY_USER_RDNS", "[ou=Staff]"), ("LDAP_FOLLOW_REFERRALS", "0")],
        "some_without_email",
    ),
    (
        "answers point to another server",
        &[("LDAP_SECONDARY_USER_RDNS", "[ou=Staff]")],
        "referrals_followed",
    ),
    ("nobody is a superuser", &[("LDAP_SUPERUSER_FILTER", "(cn=Zoe)")], "role_matches_nobody"),
    (
        "a role depends on an attribute that nobody has",
        &[("LDAP_GLOBAL_READONLY_SUPERUSER_FILTER", "(isMemberOf=x)")],
        "role_attribute_unknown",
    ),
    (
        "teams follow groups that users do not know of",
        &[("FEATURE_TEAM_SYNCING", "true"), ("LDAP_MEMBEROF_ATTR", "isMemberOf")],
        "groups_unknown",
    ),
];

#[tokio::test]
async fn a_directory_is_called_by_what_is_wrong_with_it() {
    let authority = Authority::new("lab authority");
    let slapd = Slapd::start(&signed(&authority), "", "");
    slapd.make_group();
    let mut proofs = Proofs::of(CHECK, CHECK);
    proofs.hide(slapd.tls_port, "636");
    proofs.passes("everything is right", &tried(&slapd, &authority, &[]).await);
    let group = "'(memberOf=cn=admins,dc=example,dc=org)'";
    let filters = [
        ("LDAP_USER_FILTER", "'( & (objectClass=inetOrgPerson) (mail=*) )'"),
        ("LDAP_SUPERUSER_FILTER", group),
        ("LDAP_RESTRICTED_USER_FILTER", "(cn=Bob)"),
        ("FEATURE_RESTRICTED_USERS", "true"),
        ("FEATURE_TEAM_SYNCING", "true"),
    ];
    proofs.passes("filters give roles", &tried(&slapd, &authority, &filters).await);
    let anywhere =
        [("LDAP_USER_RDN", "[]"), ("FEATURE_MAILING", "false"), ("LDAP_FOLLOW_REFERRALS", "false")];
    let outcome = tried(&slapd, &authority, &anywhere).await;
    proofs.passes("users are anywhere, without mail addresses", &outcome);
    let many: Vec<_> = (0..70).map(|at| format!("ou=Place{at}")).collect();
    let many = format!("[{}]", many.join(", "));
    let changes = [("LDAP_SECONDARY_USER_RDNS", many.as_str()), ("LDAP_USER_FILTER", "(cn=Zoe)")];
    let outcome = tried(&slapd, &authority, &changes).await;
    proofs.finds("there are many more places, and nobody is found", &outcome, FILTERED);
    for (situation, changes, fault) in PLACES.iter().chain(USERS) {
        proofs.finds(situation, &tried(&slapd, &authority, changes).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn a_directory_refuses_in_many_ways() {
    let authority = Authority::new("lab authority");
    let mut proofs = Proofs::of(CHECK, "ldap-refused");
    for (situation, lines, of_database, changes, fault) in [
        (
            "the base is held by another directory",
            "referral ldap://other.example.org",
            "",
            &[("LDAP_BASE_DN", "[dc=example, dc=net]")][..],
            "referred",
        ),
        ("log-in with passwords is turned off", "disallow bind_simple", "", &[], "login_refused"),
        ("a search takes too much", "", "limits * size.unchecked=1", &[], "limit_exceeded"),
    ] {
        let slapd = Slapd::start(&signed(&authority), lines, of_database);
        proofs.hide(slapd.tls_port, "636");
        proofs.finds(situation, &tried(&slapd, &authority, changes).await, fault);
    }
    let strict = Slapd::start(&signed(&authority), "security simple_bind=128", "limits * size=1");
    let uri = format!("ldap://127.0.0.1:{}", strict.port);
    let outcome = directory(&uri, &[]).run_one(CHECK).await;
    proofs.hide(strict.port, "389");
    proofs.finds("encryption is wanted", &outcome, "encryption_required");
    let outcome = tried(&strict, &authority, &[]).await;
    proofs.passes("encryption is wanted and there, and answers are cut off", &outcome);
    proofs.end();
}

#[tokio::test]
async fn active_directory_says_more() {
    let mut proofs = Proofs::of(CHECK, "ldap-active-directory");
    for (situation, result, text, fault) in [
        ("the password is wrong (Active Directory)", 49, "52e", "wrong_password"),
        ("the account does not exist (Active Directory)", 49, "525", "account_unknown"),
        ("the account may not log in at this time", 49, "530", "logon_restricted"),
        ("the account may not log in from here", 49, "531", "logon_restricted"),
        ("the password has expired", 49, "532", "password_expired"),
        ("the account is disabled", 49, "533", "account_disabled"),
        ("the account has expired", 49, "701", "account_expired"),
        ("the password must be changed", 49, "773", "password_expired"),
        ("the account is locked", 49, "775", "account_locked"),
        ("the directory is busy", 51, "000", "unavailable"),
    ] {
        let text = format!(
            "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data {text}, v4563"
        );
        let stand_in = Directory::start(Manner::Result(result, text.leak())).await;
        let uri = format!("ldap://127.0.0.1:{}", stand_in.port);
        let outcome = directory(&uri, &[]).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    for (situation, manner, fault) in [
        ("its answers make no sense", Manner::Nonsense, "other_protocol"),
        ("it sends without end", Manner::Floods, "too_much"),
    ] {
        let stand_in = Directory::start(manner).await;
        proofs.hide(stand_in.port, "389");
        let uri = format!("ldap://127.0.0.1:{}", stand_in.port);
        proofs.finds(situation, &directory(&uri, &[]).run_one(CHECK).await, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn pointers_of_active_directory_keep_everybody_out() {
    let domain = Directory::start(Manner::Domain).await;
    let uri = format!("ldap://127.0.0.1:{}", domain.port);
    let mut proofs = Proofs::of(CHECK, "ldap-domain");
    let outcome = directory(&uri, &[("LDAP_USER_RDN", "[]")]).run_one(CHECK).await;
    let situation = "the base is the root of a domain (Active Directory)";
    proofs.finds(situation, &outcome, "referrals_break_login");
    assert_eq!(outcome.state, State::Failed);
    for off in ["0", "false"] {
        let changes = [("LDAP_USER_RDN", "[]"), ("LDAP_FOLLOW_REFERRALS", off)];
        only_in_clear(&directory(&uri, &changes).run_one(CHECK).await);
    }
    proofs.end();
}

/// Nothing is wrong but that a stand-in does not encrypt.
fn only_in_clear(outcome: &Outcome) {
    let found: Vec<_> = outcome.problems().map(|problem| problem.fault.as_str()).collect();
    assert_eq!(found, ["not_encrypted"], "{outcome:#?}");
}

#[tokio::test]
async fn what_quay_does_not_ask_for_may_be_refused() {
    let groups = [("FEATURE_TEAM_SYNCING", "true")];
    for result in [3, 11, 50, 53] {
        let stingy = Directory::start(Manner::Stingy(result)).await;
        let uri = format!("ldap://127.0.0.1:{}", stingy.port);
        let outcome = directory(&uri, &groups).run_one(CHECK).await;
        only_in_clear(&outcome);
        let skipped = outcome.stages.iter().filter(|stage| stage.state == State::Skipped);
        assert_eq!(skipped.count(), 2, "{outcome:#?}");
    }
    for result in [3, 11] {
        let tired = Directory::start(Manner::Tired(result)).await;
        let uri = format!("ldap://127.0.0.1:{}", tired.port);
        let outcome = directory(&uri, &groups).run_one(CHECK).await;
        only_in_clear(&outcome);
        assert!(outcome.stages.iter().any(|stage| stage.answer == "more than 1 found"));
    }
}

#[tokio::test]
async fn the_connection_to_a_directory_is_looked_at() {
    let authority = Authority::new("lab authority");
    let slapd = Slapd::start(&signed(&authority), "", "");
    let expired = Slapd::start(&authority.sign_expired(&["localhost"]), "", "");
    let other = Slapd::start(&authority.sign(&["ldap.example.org"]), "", "");
    let mut proofs = Proofs::of(CHECK, "ldap-connection");
    for port in [slapd.tls_port, expired.tls_port, other.tls_port] {
        proofs.hide(port, "636");
    }
    proofs.hide(slapd.port, "389");
    let tls = format!("ldaps://localhost:{}", slapd.tls_port);
    let extra = directory(&tls, &[]).file("extra_ca_certs/lab.crt", authority.pem());
    let outcome = extra.run_one(CHECK).await;
    proofs.passes("the authority is among the additional certificates", &outcome);
    let outcome = directory(&tls, &[]).run_one(CHECK).await;
    proofs.finds("nobody trusts the authority", &outcome, "certificate_untrusted");
    let tolerant = [("LDAP_ALLOW_INSECURE_FALLBACK", "true")];
    let outcome = directory(&tls, &tolerant).run_one(CHECK).await;
    proofs.finds("TLS failures are tolerated", &outcome, "tolerance_ignored");
    assert_eq!(outcome.failure().expect("it fails").fault, "certificate_untrusted");
    let outcome = directory(&tls, &[]).file("ldap.crt", "no certificate").run_one(CHECK).await;
    proofs.finds("ldap.crt is no certificate", &outcome, "file_unusable");
    let outcome = tried(&expired, &authority, &[]).await;
    proofs.finds("the certificate has expired", &outcome, "certificate_expired");
    let outcome = tried(&other, &authority, &[]).await;
    proofs.finds("the certificate is for another name", &outcome, "certificate_name");
    for (situation, uri, fault) in [
        ("it is not encrypted", format!("ldap://localhost:{}", slapd.port), "not_encrypted"),
        ("ldap:// is used at a port with TLS", tls.replace("ldaps:", "ldap:"), "tls_expected"),
        (
            "ldaps:// is used at a port without TLS",
            format!("ldaps://localhost:{}", slapd.port),
            "connection_closed",
        ),
        ("the name is unknown", "ldaps://nowhere.invalid".to_owned(), "name_unknown"),
    ] {
        proofs.finds(situation, &directory(&uri, &[]).run_one(CHECK).await, fault);
    }
    let closed = free_port();
    proofs.hide(closed, "389");
    let outcome = directory(&format!("ldap://127.0.0.1:{closed}"), &[]).run_one(CHECK).await;
    proofs.finds("nothing listens on the port", &outcome, "connection_refused");
    for (situation, manner, fault) in [
        ("it hangs", standin::Manner::Hangs, "no_answer"),
        ("it is another service", standin::Manner::Garbage, "other_protocol"),
        ("it hangs up", standin::Manner::Closes, "connection_closed"),
    ] {
        let stand_in = StandIn::start(manner).await;
        proofs.hide(stand_in.port, "389");
        let trial = directory(&format!("ldap://127.0.0.1:{}", stand_in.port), &[]);
        let outcome = trial.patience(Duration::from_secs(2)).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

#[tokio::test]
async fn no_result_holds_a_secret_or_a_user() {
    let authority = Authority::new("lab authority");
    let slapd = Slapd::start(&signed(&authority), "", "");
    let good = tried(&slapd, &authority, &[]).await;
    assert_eq!(good.state, State::Passed);
    let wrong = tried(&slapd, &authority, &[("LDAP_ADMIN_PASSWD", "hunter22")]).await;
    assert_eq!(wrong.state, State::Failed);
    let shown = format!("{good:?} {wrong:?}");
    for hidden in [PASSWORD, "hunter22", "alice", "Alice", "bob@example.org"] {
        assert!(!shown.contains(hidden), "{hidden} is in {shown}");
    }
}

#[tokio::test]
async fn a_directory_is_tried_where_it_checks_passwords() {
    let other = directory("ldaps://localhost", &[("AUTHENTICATION_TYPE", "Database")]);
    assert!(other.run(CHECK).await.is_empty());
    let incomplete = directory("ldaps://localhost", &[("LDAP_ADMIN_PASSWD", "")]);
    let outcome = incomplete.run_one(CHECK).await;
    assert_eq!(outcome.failure().expect("it fails").fault, "incomplete");
}
