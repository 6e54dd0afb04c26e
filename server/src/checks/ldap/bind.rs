//! Logging in, and what the directory says when it does not let us.

use super::{
    ACCOUNT_DISABLED, ACCOUNT_EXPIRED, ACCOUNT_LOCKED, ACCOUNT_UNKNOWN, ENCRYPTION_REQUIRED,
    LOGIN_REFUSED, LOGON_RESTRICTED, NAME_INVALID, NOT_ENCRYPTED, PASSWORD_EXPIRED, REFERRED,
    UNAVAILABLE, Visit, WRONG_CREDENTIALS, WRONG_PASSWORD,
};
use crate::checks::course::Done;
use crate::checks::course::faults::not_repeated;
use crate::checks::fault::Told;
use crate::checks::shell::shell_quoted;
use cluster::check::StageKind;
use ldap3::LdapResult;

/// The name of `StartTLS` among the extensions.
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

impl Visit<'_> {
    /// Whether the directory could encrypt what goes to it in clear.
    pub(super) async fn see_encryption(&mut self) -> Done {
        let step = self.course.begin(StageKind::Tls, "whether passwords are encrypted on the way");
        let answer = match self.session.about("supportedExtension").await {
            Ok(Some(extensions)) if extensions.iter().any(|name| name == START_TLS) => {
                "they are not; the server offers StartTLS, which Quay does not use"
            }
            Ok(Some(_)) => "they are not, and the server does not offer StartTLS",
            Ok(None) => "they are not",
            Err(lost) => return Err(step.fail(lost.answer, *lost.told)),
        };
        step.warn(answer, NOT_ENCRYPTED.with(&[("host", &self.directory.host)]));
        Ok(())
    }

    /// Logs in as the search account.
    pub(super) async fn log_in(&mut self) -> Done {
        let directory = self.directory;
        let step =
            self.course.begin(StageKind::Authentication, format!("log in as {}", directory.name));
        let values = [&directory.uri, &directory.name, &directory.password].map(String::as_str);
        if let Some(times) = self.course.refused_before(&values) {
            return Err(step.fail("not tried again", not_repeated(times)));
        }
        match self.session.bind(&directory.name, &directory.password).await {
            Err(lost) => Err(step.fail(lost.answer, *lost.told)),
            Ok(result) if result.rc == 0 => {
                self.course.forget_refusal(&values);
                step.pass("accepted");
                Ok(())
            }
            Ok(result) => {
                let told = self.refused(&result);
                if [WRONG_PASSWORD.name, WRONG_CREDENTIALS.name].contains(&told.fault.name) {
                    self.course.remember_refusal(&values);
                }
                Err(step.fail(said(&result), told))
            }
        }
    }

    /// Why there was no log-in.
    fn refused(&self, result: &LdapResult) -> Told {
        let directory = self.directory;
        let referral = result.refs.first().map_or("another server", String::as_str);
        let (account, uri) = (shell_quoted(&directory.name), shell_quoted(&directory.uri));
        let places = [
            ("name", directory.name.as_str()),
            ("account", account.as_str()),
            ("uri", uri.as_str()),
            ("place", directory.name.as_str()),
            ("referral", referral),
        ];
        let fault = match (result.rc, sub_code(&result.text)) {
            (49, Some("52e")) => &WRONG_PASSWORD,
            (32, _) | (49, Some("525")) => &ACCOUNT_UNKNOWN,
            (49, Some("530" | "531")) => &LOGON_RESTRICTED,
            (49, Some("532" | "773")) => &PASSWORD_EXPIRED,
            (49, Some("533")) => &ACCOUNT_DISABLED,
            (49, Some("701")) => &ACCOUNT_EXPIRED,
            (49, Some("775")) => &ACCOUNT_LOCKED,
            (49, _) => &WRONG_CREDENTIALS,
            (34, _) => &NAME_INVALID,
            (10, _) => &REFERRED,
            (13, _) => &ENCRYPTION_REQUIRED,
            (8, _) if !directory.is_encrypted => &ENCRYPTION_REQUIRED,
            (7 | 8 | 48 | 50 | 53, _) => &LOGIN_REFUSED,
            _ => &UNAVAILABLE,
        };
        fault.with(&places)
    }
}

/// What Active Directory adds to result 49: `... AcceptSecurityContext error, data 52e, v4563`.
fn sub_code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("data ")?;
    rest.split([',', ' ']).next()
}

/// A result, for a person: its number, its name and what the directory adds.
pub(super) fn said(result: &LdapResult) -> String {
    let shown = result.to_string();
    let name = shown.split(['(', ')']).nth(1).unwrap_or_default();
    if result.text.is_empty() {
        format!("result {} ({name})", result.rc)
    } else {
        format!("result {} ({name}): {}", result.rc, result.text)
    }
}
