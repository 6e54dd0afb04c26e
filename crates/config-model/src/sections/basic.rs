//! What the registry calls itself, how it looks, and whom its users turn to.

use crate::value::{AnyUrl, ContactUri, HttpUrl, List, Text};

choice! {
    /// Where the pictures beside user names come from.
    AvatarKind, "local or gravatar";
    Local = "local" "Drawn by Quay",
    Gravatar = "gravatar" "Fetched from gravatar.com",
}

choice! {
    /// What the registry lets its users do.
    RegistryState, "normal or readonly";
    Normal = "normal" "Push and pull",
    ReadOnly = "readonly" "Pull only",
}

object! {
    /// Pictures and links that replace Quay's own on every page.
    Branding;

    /// Picture at the top of every page: a URL, or a path on this registry.
    logo "Logo": AnyUrl, required;

    /// The same picture for users with a dark screen.
    logo_dark "Logo on dark background": AnyUrl;

    /// Picture at the foot of every page.
    footer_img "Picture at the foot": AnyUrl;

    /// Where a click on the picture at the foot leads.
    footer_url "Link of that picture": AnyUrl;
}

object! {
    /// Links at the foot of every page; one that is not set is not shown.
    FooterLinks;

    /// What users agree to.
    TERMS_OF_SERVICE_URL "Terms of service": AnyUrl;

    /// What is done with users' data.
    PRIVACY_POLICY_URL "Privacy policy": AnyUrl;

    /// Where to report a weakness.
    SECURITY_URL "Security": AnyUrl;

    /// Who runs the registry.
    ABOUT_URL "About": AnyUrl;
}

section! {
    /// What users see of the registry: its name, its logo, and whom they turn to.
    "basic", "Basic settings", Essentials;
    rules: [registry_accepts_pushes];

    /// The registry's name on its pages and in its mail.
    REGISTRY_TITLE "Registry title": Text = "Project Quay";

    /// The name where there is little room, such as the title of a browser window.
    REGISTRY_TITLE_SHORT "Short title": Text = "Project Quay", also(&["Short registry title"]);

    /// Logo of your organization: a URL that every user's browser can reach. Without it Quay
    /// shows its own.
    ENTERPRISE_LOGO_URL "Logo": AnyUrl, also(&["Enterprise logo URL", "brand", "image"]);

    /// How users reach the people who run the registry: mail, phone, chat or a web page. With a
    /// single entry the contact link leads straight there.
    CONTACT_INFO "Contact": List<ContactUri> = [], also(&["Contact information", "support"]), unique;

    /// Pictures beside user names. Those from gravatar.com tell that service which users are
    /// shown, and do not appear where the internet cannot be reached.
    AVATAR_KIND "User pictures": AvatarKind = "local", also(&["Gravatar"]);

    /// Pictures and links that replace Quay's own. Set the logo whenever you set one of them:
    /// none of the usual ones is kept.
    BRANDING "Branding": Branding;

    /// Links at the foot of every page, for example to your terms of service.
    FOOTER_LINKS "Links at the foot": FooterLinks, also(&["terms of service", "privacy policy"]);

    /// Where the link to the documentation leads.
    DOCUMENTATION_ROOT "Documentation": HttpUrl = "https://docs.projectquay.io/", may_be_empty;

    /// Pull only keeps everything as it is, for maintenance or a move to other servers. Nobody
    /// can push or change a setting meanwhile.
    REGISTRY_STATE "State of the registry": RegistryState = "normal", also(&["read-only mode", "maintenance"]);
}

rule! {
    /// Meant for maintenance, and easily forgotten afterwards.
    registry_accepts_pushes: Warning,
    "The registry is read-only: nobody can push.",
    fix "Set State of the registry back to Push and pull when the maintenance is over.";
    |subject, places| {
        if subject.document.effective(REGISTRY_STATE) == Some(RegistryState::ReadOnly) {
            places.at(REGISTRY_STATE.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn a_named_registry_with_contacts_is_accepted() {
        let report = findings(
            "REGISTRY_TITLE: Corporate registry\n\
             CONTACT_INFO: ['https://help.example.com', 'mailto:admin@example.com']\n\
             BRANDING: {logo: /static/img/corp.svg, footer_url: null}\n\
             FOOTER_LINKS: {ABOUT_URL: 'https://example.com/about'}\n\
             REGISTRY_STATE: normal",
        );
        assert_eq!(report, [""; 0]);
    }

    #[test]
    fn a_read_only_registry_is_warned_about() {
        assert_eq!(
            findings("REGISTRY_STATE: readonly"),
            ["registry_accepts_pushes REGISTRY_STATE"]
        );
    }

    #[test]
    fn the_word_of_the_old_manual_is_refused() {
        assert_eq!(findings("REGISTRY_STATE: read-only"), ["value_is_of_its_type REGISTRY_STATE"]);
    }

    #[test]
    fn branding_replaces_the_logo_too() {
        assert_eq!(
            findings("BRANDING: {footer_url: 'https://example.com'}"),
            ["required_value_is_set BRANDING.logo"]
        );
    }
}
