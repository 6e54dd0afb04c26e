//! Bootstrap tokens: how programs set up a registry that nobody has logged in to yet.

use crate::sections::access::SUPER_USERS;
use crate::value::{
    AbsolutePath, AtLeast, KubernetesKey, KubernetesName, KubernetesNamespace, TextUpTo, Value,
};

section! {
    /// Quay can make a token when it starts, with which a program sets up the registry. Nobody
    /// has to make one in a browser.
    "bootstrap-tokens", "Bootstrap tokens", Access;
    rules: [
        bootstrap_owner_is_an_administrator, bootstrap_scopes_are_known,
        kubernetes_secret_is_named,
    ];

    /// Make the token when Quay starts, unless it is there already. Turn it off again, and the
    /// next start takes the token away.
    FEATURE_PROGRAMMATIC_BOOTSTRAP "Make a bootstrap token": bool = false, also(&["automation", "machine token"]);

    /// User in whose name the token acts: one of the administrators, with an account that exists.
    BOOTSTRAP_TOKEN_OWNER "Owner of the token": TextUpTo<255>, required, when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// What the token may do, as scopes with one space between, for instance
    /// `repo:create repo:write`. Without it, everything an administrator may.
    BOOTSTRAP_TOKEN_SCOPE "What the token may do": TextUpTo<1024> = "org:admin repo:admin repo:create repo:read repo:write super:user user:admin user:read", when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]), also(&["scopes"]);

    /// How long the token is good for. Keep it short: it can do a great deal.
    BOOTSTRAP_TOKEN_EXPIRATION "Lifetime of the token": AtLeast<1> = 3600, unit("seconds"), when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// File in the container that the token is written to. In a cluster only the node that made
    /// the token has it; the folder must outlive the container.
    BOOTSTRAP_TOKEN_PATH "File with the token": AbsolutePath = "/var/lib/quay/quay-machine-token.json", when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// Secret that the token is written to in Kubernetes, in place of the file. It must exist, and
    /// Quay's service account must be allowed to change it.
    PROGRAMMATIC_TOKEN_K8S_SECRET "Kubernetes secret": KubernetesName, when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// Entry of that secret that holds the token.
    PROGRAMMATIC_TOKEN_K8S_KEY "Entry of the secret": KubernetesKey = "token.json", when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// Namespace of that secret. Without it, the one Quay runs in.
    PROGRAMMATIC_TOKEN_K8S_NAMESPACE "Namespace of the secret": KubernetesNamespace, when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);

    /// Where Kubernetes shows that secret as a file in the container. Early releases write the
    /// token to this file.
    PROGRAMMATIC_TOKEN_PATH "File of the secret": AbsolutePath, when(FEATURE_PROGRAMMATIC_BOOTSTRAP, &["true"]);
}

/// The scopes a token can have.
const SCOPES: [&str; 8] = [
    "repo:read",
    "repo:write",
    "repo:admin",
    "repo:create",
    "user:read",
    "user:admin",
    "org:admin",
    "super:user",
];

rule! {
    /// Quay writes an error to its log and makes no token; one that is there is not admitted.
    bootstrap_owner_is_an_administrator: Error,
    "{owner} is not among the administrators, so no token is made.",
    fix "Add {owner} to Administrators in the section Access, or choose one of those.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_PROGRAMMATIC_BOOTSTRAP) == Some(true);
        let owner = document.effective(BOOTSTRAP_TOKEN_OWNER);
        let administrators = document.effective(SUPER_USERS);
        if let (true, Some(TextUpTo(owner)), Some(administrators)) = (on, owner, administrators)
            && administrators.0.iter().all(|name| name.0 != owner)
        {
            places.at_with(BOOTSTRAP_TOKEN_OWNER.path(), [("owner", owner)]);
        }
    }
}

rule! {
    /// Quay drops every scope when there is one among them that it does not know.
    bootstrap_scopes_are_known: Warning,
    "Quay knows no scope \"{scope}\", and grants none of the others either.",
    fix "Correct or remove it, with exactly one space between the scopes.";
    |subject, places| {
        let Some(TextUpTo(scopes)) = subject.document.effective(BOOTSTRAP_TOKEN_SCOPE) else {
            return;
        };
        for scope in scopes.split([' ', ',']).filter(|scope| !SCOPES.contains(scope)) {
            places.at_with(BOOTSTRAP_TOKEN_SCOPE.path(), [("scope", scope.to_owned())]);
        }
    }
}

rule! {
    /// Without the name of a secret Quay writes the file, in Kubernetes too.
    kubernetes_secret_is_named: Warning,
    "A namespace is set, but no secret in it.",
    fix "Enter the name of the Kubernetes secret, or reset the namespace.";
    |subject, places| {
        let document = subject.document;
        let on = document.effective(FEATURE_PROGRAMMATIC_BOOTSTRAP) == Some(true);
        let placed = document.effective(PROGRAMMATIC_TOKEN_K8S_NAMESPACE).is_some();
        let secret = document.top(PROGRAMMATIC_TOKEN_K8S_SECRET.name());
        if on && placed && secret.is_none_or(Value::is_blank) {
            places.at(PROGRAMMATIC_TOKEN_K8S_SECRET.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const TOKEN: &str = "FEATURE_PROGRAMMATIC_BOOTSTRAP: true\nSUPER_USERS: [admin]\n\
         BOOTSTRAP_TOKEN_OWNER: admin";

    #[test]
    fn complete_tokens_are_accepted() {
        for more in [
            "",
            "BOOTSTRAP_TOKEN_SCOPE: repo:create repo:write\nBOOTSTRAP_TOKEN_EXPIRATION: 600\n\
             BOOTSTRAP_TOKEN_PATH: /datastorage/token.json",
            "PROGRAMMATIC_TOKEN_K8S_SECRET: quay-token\nPROGRAMMATIC_TOKEN_K8S_KEY: token.json\n\
             PROGRAMMATIC_TOKEN_K8S_NAMESPACE: quay\nPROGRAMMATIC_TOKEN_PATH: /token/token.json",
        ] {
            assert_eq!(findings(&format!("{TOKEN}\n{more}")), [""; 0], "{more}");
        }
        let off = "FEATURE_PROGRAMMATIC_BOOTSTRAP: false\nBOOTSTRAP_TOKEN_OWNER: null";
        assert_eq!(findings(off), [""; 0]);
    }

    #[test]
    fn a_token_has_an_owner() {
        assert_eq!(
            findings("FEATURE_PROGRAMMATIC_BOOTSTRAP: true"),
            ["required_value_is_set BOOTSTRAP_TOKEN_OWNER"]
        );
    }

    #[test]
    fn an_owner_who_is_no_administrator_is_refused() {
        for text in
            [TOKEN.replace("[admin]", "[other]"), TOKEN.replace("SUPER_USERS: [admin]\n", "")]
        {
            assert_eq!(
                findings(&text),
                ["bootstrap_owner_is_an_administrator BOOTSTRAP_TOKEN_OWNER"]
            );
        }
    }

    #[test]
    fn a_scope_that_quay_does_not_know_is_warned_about() {
        for scopes in ["repo:delete repo:read", "repo:read  repo:write"] {
            assert_eq!(
                findings(&format!("{TOKEN}\nBOOTSTRAP_TOKEN_SCOPE: {scopes}")),
                ["bootstrap_scopes_are_known BOOTSTRAP_TOKEN_SCOPE"],
                "{scopes}"
            );
        }
    }

    #[test]
    fn a_namespace_without_a_secret_is_warned_about() {
        assert_eq!(
            findings(&format!("{TOKEN}\nPROGRAMMATIC_TOKEN_K8S_NAMESPACE: quay")),
            ["kubernetes_secret_is_named PROGRAMMATIC_TOKEN_K8S_SECRET"]
        );
    }

    #[test]
    fn names_and_paths_have_the_form_quay_wants() {
        for (key, value) in [
            ("BOOTSTRAP_TOKEN_PATH", "token.json"),
            ("BOOTSTRAP_TOKEN_EXPIRATION", "0"),
            ("PROGRAMMATIC_TOKEN_PATH", "../token.json"),
            ("PROGRAMMATIC_TOKEN_K8S_SECRET", "Quay_Token"),
            ("PROGRAMMATIC_TOKEN_K8S_KEY", "token/json"),
            ("PROGRAMMATIC_TOKEN_K8S_NAMESPACE", "quay.example"),
        ] {
            assert_eq!(
                findings(&format!("{key}: {value}")),
                [format!("value_is_of_its_type {key}")]
            );
        }
        let owner = "a".repeat(256);
        assert_eq!(
            findings(&format!("BOOTSTRAP_TOKEN_OWNER: {owner}")),
            ["value_is_of_its_type BOOTSTRAP_TOKEN_OWNER"]
        );
    }
}
