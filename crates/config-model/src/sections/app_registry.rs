//! The application registry, which Quay gave up.

section! {
    /// Kubernetes applications beside container images. Current versions of Quay no longer have
    /// it: charts and other artifacts are pushed like images.
    "app-registry", "Application registry", Features;
    rules: [];

    /// Leave it off; the key is kept for old files. Push charts as OCI artifacts.
    FEATURE_APP_REGISTRY "Application registry": bool = false => false, legacy, also(&["Helm charts", "CNR"]);
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn only_the_old_registry_turned_on_is_warned_about() {
        assert_eq!(findings("FEATURE_APP_REGISTRY: false"), [""; 0]);
        assert_eq!(
            findings("FEATURE_APP_REGISTRY: true"),
            ["legacy_key_is_not_needed FEATURE_APP_REGISTRY"]
        );
    }
}
