//! LDAP: the directory that checks passwords, from its address to the users in it.

mod bind;
mod filter;
mod gate;
mod places;
mod referrals;
mod roles;
mod session;
mod settings;
mod users;

use super::course::{Course, Done};
use super::fault::faults;
use super::{Check, Planned, Settings};
use cluster::check::StageKind;
use config_model::sections::authentication::{AUTHENTICATION_TYPE, AuthenticationType};
use config_model::sections::ldap::LDAP_URI;
use session::Session;
use settings::{Directory, directory};

/// Tries the directory, where one checks the passwords.
pub const CHECK: Check = Check {
    name: "ldap",
    label: "LDAP",
    reads: &[
        "LDAP_URI",
        "LDAP_ALLOW_INSECURE_FALLBACK",
        "LDAP_BASE_DN",
        "LDAP_USER_RDN",
        "LDAP_SECONDARY_USER_RDNS",
        "LDAP_ADMIN_DN",
        "LDAP_ADMIN_PASSWD",
        "LDAP_UID_ATTR",
        "LDAP_EMAIL_ATTR",
        "LDAP_USER_FILTER",
        "LDAP_SUPERUSER_FILTER",
        "LDAP_GLOBAL_READONLY_SUPERUSER_FILTER",
        "LDAP_RESTRICTED_USER_FILTER",
        "LDAP_FOLLOW_REFERRALS",
    ],
    matters: "Quay asks the directory at each log-in: while it cannot, nobody gets in with a password.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// The switch sets another option of `OpenLDAP` than its name says: the time a search may take.
    TOLERANCE_IGNORED: Warning,
    "Tolerate TLS failures is on. It does not make Quay accept a bad certificate: it leaves each search one second.",
    why "Searches in a large or busy directory fail, and a bad certificate is refused all the same.",
    fix "Turn off Tolerate TLS failures, and upload the certificate of the authority as ldap.crt.";

    /// The port of `ldaps`, without it.
    TLS_EXPECTED: Error,
    "{host} port {port} expects TLS from the first byte, and Quay begins without it.",
    fix "Let the address begin with ldaps:// instead of ldap://.";

    /// Quay never sends `StartTLS`.
    NOT_ENCRYPTED: Warning,
    "The connection to {host} is not encrypted, and the password of everybody who logs in goes through it.",
    why "Whoever listens on the way can read the passwords. Quay does not use StartTLS, also where a directory offers it.",
    fix "Let the address begin with ldaps:// and upload the certificate of the authority as ldap.crt.";

    /// Result 49, and no more is said.
    WRONG_CREDENTIALS: Error,
    "The directory refuses the name or the password of the search account {name}.",
    fix "Enter the password anew, and the name as the directory has it. Each press of Check sends this password again; a directory that locks accounts after several wrong ones will lock it: correct it before you check again. To try both: ldapwhoami -x -H {uri} -D {account} -W";

    /// Result 49 with data 52e of Active Directory.
    WRONG_PASSWORD: Error,
    "The password of the search account {name} is wrong.",
    fix "Enter the password that the account has in Active Directory. Each press of Check sends this password again; a directory that locks accounts after several wrong ones will lock it: correct it before you check again.";

    /// Result 32, or 49 with data 525 of Active Directory.
    ACCOUNT_UNKNOWN: Error,
    "The directory has no account {name}.",
    fix "Enter the name of the search account with its whole place. In Active Directory: dsquery user -samid NAME";

    /// 530 and 531 of Active Directory.
    LOGON_RESTRICTED: Error,
    "The search account {name} may not log in at this time or from this machine.",
    fix "Take the restrictions on hours and workstations from the account.";

    /// 532 and 773 of Active Directory.
    PASSWORD_EXPIRED: Error,
    "The password of the search account {name} has expired or must be changed.",
    fix "Give the account a new password that does not expire, and enter it here.";

    /// 533 of Active Directory.
    ACCOUNT_DISABLED: Error,
    "The search account {name} is disabled.",
    fix "Enable the account, or enter another one.";

    /// 701 of Active Directory.
    ACCOUNT_EXPIRED: Error,
    "The search account {name} has expired.",
    fix "Let the account last, or enter another one.";

    /// 775 of Active Directory.
    ACCOUNT_LOCKED: Error,
    "The search account {name} is locked: there were too many wrong passwords.",
    fix "Unlock the account, and enter the right password in Quay on every node before it is locked again.";

    /// Result 34 to a log-in.
    NAME_INVALID: Error,
    "The directory does not understand {name} as a name.",
    fix "Enter it as name=value pairs with commas between, such as uid=quay,ou=Services,dc=example,dc=com.";

    /// Results 8 and 13 on a connection in clear.
    ENCRYPTION_REQUIRED: Error,
    "The directory takes passwords only over an encrypted connection.",
    fix "Let the address begin with ldaps://.";

    /// Results 7, 8, 48 and 53.
    LOGIN_REFUSED: Error,
    "The directory does not let {name} log in with a password.",
    fix "Look at its answer: mostly the account is locked, or the directory has simple log-in turned off.";

    /// Results 51, 52, 80 and all that are not for us to tell apart.
    UNAVAILABLE: Error,
    "The directory cannot answer this at the moment.",
    fix "Look at its answer, and into its log at this time.";

    /// Nothing is there, or nothing that we may know of.
    BASE_MISSING: Error,
    "The directory has no entry {base}, or hides it from the search account.",
    fix "Correct the base. What the directory has: {contexts}. To see it: ldapsearch -x -H {uri} -b '' -s base namingContexts";

    /// The base is there, the place is not.
    PLACE_MISSING: Error,
    "There is no {place} in the directory, or the search account may not see it.",
    fix "Correct Users below the base: it is put before the base {base}, which is there.";

    /// Some of the other places.
    SECOND_PLACE_MISSING: Warning,
    "Not in the directory, or hidden from the search account: {places}.",
    why "Quay looks there for everybody whom it has not found elsewhere, and finds nobody.",
    fix "Correct these lines in More places with users, or take them out.";

    /// Result 34 to a search.
    PLACE_INVALID: Error,
    "The directory does not understand {place} as a name.",
    fix "Correct the base and the places of the users: name=value pairs with commas between.";

    /// Result 10.
    REFERRED: Error,
    "This directory does not hold {place}: it points to {referral}.",
    fix "Correct the base, or enter the address of the server that holds it.";

    /// Result 50.
    NO_PERMISSION: Error,
    "The search account may not search {place}.",
    fix "Give {name} the right to read the entries there.";

    /// Results 3 and 11.
    LIMIT_EXCEEDED: Error,
    "The directory breaks the search off: it would take more than it allows.",
    fix "Let the directory index {uid} and what the filters ask for, or raise its limits for {name}.";

    /// What even the client's library refuses.
    FILTER_INVALID: Error,
    "{key} is no valid filter.",
    fix "Correct it, and write parentheses, stars and backslashes inside a value as \\28, \\29, \\2a and \\5c. To try it: ldapsearch -x -H {uri} -D {name} -W -b {base} {filter}";

    /// Only the filter finds nobody.
    FILTER_MATCHES_NOBODY: Error,
    "Nobody matches LDAP_USER_FILTER, though there are users ({count}).",
    why "Nobody can log in.",
    fix "Correct the filter, above all the whole name of a group in it. To try it: ldapsearch -x -H {uri} -D {name} -W -b {base} {filter} 1.1";

    /// No entry has what the filter asks for.
    FILTER_ATTRIBUTE_UNKNOWN: Error,
    "LDAP_USER_FILTER asks for {attribute}, which no entry has.",
    why "Nobody matches, so nobody can log in.",
    fix "Correct the name of the attribute. For memberOf in OpenLDAP, turn on the overlay memberof and make the groups anew; else let the search account read it.";

    /// No entry has a user name.
    UID_ATTRIBUTE_UNKNOWN: Error,
    "No entry in the places of users has {uid}, in which Quay looks for the user name.",
    fix "Enter the attribute with the user name. What entries have here: {candidates}.";

    /// The account is let in and sees nothing.
    NOTHING_VISIBLE: Error,
    "The search account sees no entry below {place}.",
    fix "Give {name} the right to read the entries there, or correct the place.";

    /// Quay compares the names of attributes letter by letter.
    ATTRIBUTE_CASE: Error,
    "The directory writes {found}, and {key} says {attribute}. Quay takes them for two attributes.",
    why "Quay finds the users and then says that they have no such attribute: nobody can log in.",
    fix "Enter {found} in {key}.";

    /// It may be searched for, but is not shown.
    ATTRIBUTE_UNREADABLE: Error,
    "Users can be searched by {attribute}, but the directory does not show it under this name.",
    why "Quay finds the users and then says that they have no such attribute: nobody can log in.",
    fix "Let {name} read the attribute, or enter the name that the directory gives it in {key}.";

    /// Quay lets nobody in without an address while it sends mail.
    EMAIL_MISSING: Error,
    "No user has {attribute}, in which Quay looks for the mail address.",
    why "While Quay sends e-mail, it lets nobody in who has no address.",
    fix "Enter the attribute with the address, or turn off FEATURE_MAILING.";

    /// Some lack it.
    SOME_WITHOUT_EMAIL: Warning,
    "Some users have no {attribute}: {count}.",
    why "While Quay sends e-mail, it lets nobody in who has no address.",
    fix "Give them an address, or exclude them with LDAP_USER_FILTER.";

    /// A role that nobody has.
    ROLE_MATCHES_NOBODY: Warning,
    "{key} matches nobody of those who may log in.",
    why "Nobody has the role that the filter gives.",
    fix "Correct the filter. To try it: ldapsearch -x -H {uri} -D {name} -W -b {base} {filter} 1.1";

    /// A role that nobody can have.
    ROLE_ATTRIBUTE_UNKNOWN: Warning,
    "{key} asks for {attribute}, which no entry has.",
    why "Nobody has the role that the filter gives.",
    fix "Correct the name of the attribute. For memberOf in OpenLDAP, turn on the overlay memberof and make the groups anew; else let the search account read it.";

    /// Teams are to follow groups, and nobody has a group.
    GROUPS_UNKNOWN: Warning,
    "No user has {attribute}, by which Quay finds the members of a group.",
    why "Teams that follow a group of the directory become empty.",
    fix "For memberOf in OpenLDAP, turn on the overlay memberof and make the groups anew; else let the search account read it.";

    /// Pointers of Active Directory, which refuses those who follow them without logging in.
    REFERRALS_BREAK_LOGIN: Error,
    "Each search in this Active Directory also gives pointers to other servers, and Quay follows them without logging in: {referrals}.",
    why "Active Directory refuses that, and Quay takes the whole search as failed: it knows nobody, and nobody can log in.",
    fix "Set LDAP_FOLLOW_REFERRALS to 0 (false means the same).";

    /// Search results that lie elsewhere.
    REFERRALS_FOLLOWED: Warning,
    "Answers point to other servers, and Quay follows: {referrals}.",
    why "Quay asks those servers without logging in, and each search waits for them.",
    fix "Set LDAP_FOLLOW_REFERRALS to 0, unless users are to be found there.";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let kind = settings.document.effective(AUTHENTICATION_TYPE);
    if kind != Some(AuthenticationType::Ldap) {
        return Vec::new();
    }
    vec![match directory(settings) {
        Ok(directory) => {
            let target = directory.target();
            Planned::new(LDAP_URI.path(), target, move |course| attempt(course, directory))
        }
        Err(what) => Planned::incomplete(LDAP_URI.path(), "LDAP", what),
    }]
}

async fn attempt(course: Course, directory: Directory) -> Done {
    if directory.tolerates {
        let step = course.begin(StageKind::Settings, "Tolerate TLS failures");
        step.warn("it is on", TOLERANCE_IGNORED.told());
    }
    let session = Session::open(&course, &directory).await?;
    let mut visit = Visit { course: &course, directory: &directory, session, places: Vec::new() };
    if !directory.is_encrypted {
        visit.see_encryption().await?;
    }
    visit.log_in().await?;
    visit.find_places().await?;
    visit.find_users().await?;
    visit.see_referrals().await?;
    visit.read_one().await?;
    visit.find_roles().await?;
    visit.find_groups().await
}

/// A directory while it is tried.
struct Visit<'a> {
    course: &'a Course,
    directory: &'a Directory,
    session: Session,
    /// The places of users that are there.
    places: Vec<String>,
}
