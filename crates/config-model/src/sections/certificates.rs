//! Authorities that Quay trusts besides the well-known ones.

use crate::certificate::{ANY_NAME, Content, FileSlot};

section! {
    /// Certificates of your own authorities. Quay trusts them when it connects to other servers:
    /// storage, LDAP, mail, the security scanner, registries it copies from.
    "certificates", "Custom certificates", Essentials;
    files: [EXTRA_CA_CERTS, OTHER_FILES];
    rules: [];
}

/// The authorities, one or more in each file.
pub const EXTRA_CA_CERTS: FileSlot = FileSlot {
    name: "extra_ca_certs/",
    label: "Additional certificate authorities",
    doc: "PEM files with certificates of authorities. Every server that Quay connects to and that shows a certificate of your own authority needs one here.",
    content: Content::Certificates,
    needed: |_| false,
};

/// Files that only a setting names, such as the signing key of `CloudFront`.
pub const OTHER_FILES: FileSlot = FileSlot {
    name: ANY_NAME,
    label: "Other certificates and keys",
    doc: "PEM files that a setting names, kept under the name you give them: a CloudFront signing key, swift.cert, client certificates.",
    content: Content::Any,
    needed: |_| false,
};

#[cfg(test)]
mod tests {
    use super::EXTRA_CA_CERTS;
    use crate::sections::section_of;

    #[test]
    fn an_authority_may_have_any_file_name() {
        for name in ["extra_ca_certs/corporate.crt", "extra_ca_certs/ldap 2026.pem"] {
            assert!(EXTRA_CA_CERTS.takes(name), "{name}");
            assert_eq!(section_of(name).map(|section| section.id), Some("certificates"));
        }
        assert!(!EXTRA_CA_CERTS.takes("ssl.cert"));
    }
}
