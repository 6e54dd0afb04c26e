//! Rules that hold for every uploaded file alike.

use super::{Rule, Subject};
use crate::certificate::{Certificate, Content, FileContent, FileSlot};
use crate::path::Path;
use crate::sections::SECTIONS;

/// The rules about files that belong to no single section.
pub(super) const RULES: &[&Rule] = &[
    &file_is_readable,
    &file_holds_what_it_should,
    &certificate_has_not_expired,
    &authority_has_not_expired,
    &certificate_has_begun,
    &certificate_lasts_a_month,
];

/// The length of a day in seconds.
const DAY: i64 = 24 * 60 * 60;
/// How long before its end a certificate is worth a warning: renewing one can take weeks.
const WARNING_DAYS: i64 = 30;

/// The uploaded files that some section asks for.
fn files<'a>(
    subject: &Subject<'a>,
) -> impl Iterator<Item = (&'static FileSlot, &'a str, &'a FileContent)> {
    subject.files.iter().filter_map(|(name, facts)| {
        let mut slots = SECTIONS.iter().flat_map(|section| section.files);
        let slot = slots.find(|slot| slot.takes(name))?;
        Some((*slot, name.as_str(), &facts.content))
    })
}

/// The certificates in them.
fn certificates<'a>(
    subject: &Subject<'a>,
) -> impl Iterator<Item = (&'static FileSlot, &'a str, &'a Certificate)> {
    files(subject).flat_map(|(slot, name, content)| {
        let found: &[Certificate] = match content {
            FileContent::Certificates(certificates) => certificates,
            _ => &[],
        };
        found.iter().map(move |certificate| (slot, name, certificate))
    })
}

/// Whether a file stands for itself, or is one of many that are only trusted.
fn is_one_of_many(slot: &FileSlot) -> bool {
    slot.takes_many()
}

/// Whom a certificate is for, as a person reads it.
fn holder(certificate: &Certificate) -> String {
    let names = [Some(&certificate.subject), certificate.names.first()];
    let name = names.into_iter().flatten().find(|name| !name.is_empty());
    name.cloned().unwrap_or_else(|| "an unnamed holder".to_owned())
}

/// A span of time in whole days.
fn days(seconds: i64) -> String {
    match seconds / DAY {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// What a sentence about a certificate needs to know.
fn facts(name: &str, certificate: &Certificate, seconds: i64) -> [(&'static str, String); 3] {
    [("name", name.to_owned()), ("holder", holder(certificate)), ("days", days(seconds))]
}

/// What a file holds, in words.
fn words(content: Content) -> String {
    match content {
        Content::Certificates => "a certificate".to_owned(),
        Content::PrivateKey => "a private key".to_owned(),
        Content::PublicKey => "a public key".to_owned(),
        Content::Any => "a certificate or key".to_owned(),
    }
}

rule! {
    /// Quay stops at start, or goes on as if the file were not there.
    file_is_readable: Error,
    "{name} cannot be used: {problem}", fix "Upload {wanted} in PEM format as {name}.";
    |subject, places| {
        for (slot, name, content) in files(subject) {
            if let FileContent::Unreadable(problem) = content {
                places.at_with(Path::key(name), [
                    ("name", name.to_owned()),
                    ("wanted", words(slot.content)),
                    ("problem", problem.clone()),
                ]);
            }
        }
    }
}

rule! {
    /// Certificates and keys are easily mixed up, and a key must never stand where it is shown.
    file_holds_what_it_should: Error,
    "{name} holds {found}, not {wanted}.", fix "Upload {wanted} as {name}.";
    |subject, places| {
        for (slot, name, content) in files(subject) {
            let found = match content {
                FileContent::Certificates(_) => Content::Certificates,
                FileContent::PrivateKey { .. } => Content::PrivateKey,
                FileContent::PublicKey => Content::PublicKey,
                FileContent::Unreadable(_) | FileContent::Other => continue,
            };
            if found != slot.content && slot.content != Content::Any {
                places.at_with(Path::key(name), [
                    ("name", name.to_owned()),
                    ("found", words(found)),
                    ("wanted", words(slot.content)),
                ]);
            }
        }
    }
}

rule! {
    /// Every client that checks certificates gives up the connection.
    certificate_has_not_expired: Error,
    "The certificate of {holder} in {name} expired {days} ago.", fix "Upload a new one as {name}.";
    |subject, places| {
        for (slot, name, certificate) in certificates(subject) {
            let past = subject.now.saturating_sub(certificate.not_after);
            if past > 0 && !is_one_of_many(slot) {
                places.at_with(Path::key(name), facts(name, certificate, past));
            }
        }
    }
}

rule! {
    /// Nothing that it signed is trusted any more; what others signed is.
    authority_has_not_expired: Warning,
    "The certificate of {holder} in {name} expired {days} ago.",
    fix "Upload the authority's new certificate, and remove {name}.";
    |subject, places| {
        for (slot, name, certificate) in certificates(subject) {
            let past = subject.now.saturating_sub(certificate.not_after);
            if past > 0 && is_one_of_many(slot) {
                places.at_with(Path::key(name), facts(name, certificate, past));
            }
        }
    }
}

rule! {
    /// Clients refuse it until then. Often a clock is wrong.
    certificate_has_begun: Error,
    "The certificate of {holder} in {name} is not valid yet; it will be in {days}.",
    fix "Check the clock of the machine that signed it, or upload another one as {name}.";
    |subject, places| {
        for (_, name, certificate) in certificates(subject) {
            let ahead = certificate.not_before.saturating_sub(subject.now);
            if ahead > 0 {
                places.at_with(Path::key(name), facts(name, certificate, ahead));
            }
        }
    }
}

rule! {
    /// A certificate that runs out unnoticed stops the registry.
    certificate_lasts_a_month: Warning,
    "The certificate of {holder} in {name} expires in {days}.",
    fix "Have it renewed, and upload the new one in good time.";
    |subject, places| {
        for (_, name, certificate) in certificates(subject) {
            let left = certificate.not_after.saturating_sub(subject.now);
            if (0..=WARNING_DAYS * DAY).contains(&left) {
                places.at_with(Path::key(name), facts(name, certificate, left));
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::DAY;
    use crate::certificate::{Certificate, FileContent, FileFacts};

    /// A certificate of `quay.example.com` with nothing wrong at the tests' time, which is 0.
    pub(crate) fn certificate() -> Certificate {
        Certificate {
            subject: "CN=quay.example.com".to_owned(),
            issuer: "CN=Corporate CA".to_owned(),
            names: vec!["quay.example.com".to_owned()],
            not_before: -DAY,
            not_after: 365 * DAY,
            is_ca: false,
            self_signed: false,
            missing_issuer: None,
        }
    }

    /// A file with one certificate in it.
    pub(crate) fn file_of(certificate: Certificate) -> FileFacts {
        FileFacts { bytes: 1000, content: FileContent::Certificates(vec![certificate]) }
    }

    /// A file with a private key in it.
    pub(crate) fn key_file(matches: Option<bool>) -> FileFacts {
        let content = FileContent::PrivateKey { kind: "EC P-256".to_owned(), matches };
        FileFacts { bytes: 1000, content }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{certificate, file_of, key_file};
    use super::{Certificate, DAY, FileContent};
    use crate::certificate::{FileFacts, Files};
    use crate::document::Document;
    use crate::rule::{Subject, check};

    const AUTHORITY: &str = "extra_ca_certs/corporate.crt";

    /// The findings about one uploaded file, as `rule: message`.
    fn findings(name: &str, facts: FileFacts) -> Vec<String> {
        let document = Document::default();
        let files = Files::from([(name.to_owned(), facts)]);
        let report = check(&Subject { document: &document, files: &files, now: 0 });
        let about = report.findings().iter().filter(|finding| finding.key == name);
        about.map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
    }

    #[test]
    fn a_certificate_with_a_year_to_go_is_accepted() {
        for name in ["ssl.cert", AUTHORITY] {
            assert_eq!(findings(name, file_of(certificate())), [""; 0]);
        }
    }

    #[test]
    fn an_unreadable_file_is_refused_in_the_readers_words() {
        let content = FileContent::Unreadable("it is empty.".to_owned());
        assert_eq!(
            findings("ssl.cert", FileFacts { bytes: 0, content }),
            ["file_is_readable: ssl.cert cannot be used: it is empty."]
        );
    }

    #[test]
    fn a_key_in_the_place_of_a_certificate_is_refused() {
        assert_eq!(
            findings(AUTHORITY, key_file(None)),
            [format!(
                "file_holds_what_it_should: {AUTHORITY} holds a private key, not a certificate."
            )]
        );
    }

    #[test]
    fn a_certificate_in_the_place_of_a_key_is_refused() {
        assert!(
            findings("ssl.key", file_of(certificate())).contains(
                &"file_holds_what_it_should: ssl.key holds a certificate, not a private key."
                    .to_owned()
            )
        );
    }

    #[test]
    fn an_expired_certificate_is_refused() {
        let expired = Certificate { not_after: -3 * DAY, ..certificate() };
        assert_eq!(
            findings("ssl.cert", file_of(expired)),
            ["certificate_has_not_expired: The certificate of CN=quay.example.com in ssl.cert \
              expired 3 days ago."]
        );
    }

    #[test]
    fn an_expired_authority_is_warned_about() {
        let expired = Certificate { subject: String::new(), not_after: -DAY, ..certificate() };
        assert_eq!(
            findings(AUTHORITY, file_of(expired)),
            [format!(
                "authority_has_not_expired: The certificate of quay.example.com in {AUTHORITY} \
                 expired 1 day ago."
            )]
        );
    }

    #[test]
    fn a_certificate_of_the_future_is_refused() {
        let early = Certificate { not_before: 2 * DAY, ..certificate() };
        assert_eq!(
            findings("ssl.cert", file_of(early)),
            ["certificate_has_begun: The certificate of CN=quay.example.com in ssl.cert is not \
              valid yet; it will be in 2 days."]
        );
    }

    #[test]
    fn the_last_month_of_a_certificate_is_warned_about() {
        for (left, words) in [(60, "less than a day"), (DAY, "1 day"), (30 * DAY, "30 days")] {
            let ending = Certificate { not_after: left, ..certificate() };
            assert_eq!(
                findings("ssl.cert", file_of(ending)),
                [format!(
                    "certificate_lasts_a_month: The certificate of CN=quay.example.com in \
                     ssl.cert expires in {words}."
                )]
            );
        }
        let lasting = Certificate { not_after: 30 * DAY + 1, ..certificate() };
        assert_eq!(findings("ssl.cert", file_of(lasting)), [""; 0]);
    }
}
