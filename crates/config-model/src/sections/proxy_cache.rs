//! Proxy caches: organizations that fetch images from another registry when they are asked for.

use super::basic::{REGISTRY_STATE, RegistryState};

section! {
    /// An organization can stand for another registry: images are fetched from there when they
    /// are first pulled, and kept for the next time.
    "proxy-cache", "Proxy caches", Features;
    rules: [proxy_cache_can_store];

    /// Let owners make their organization a cache of another registry.
    FEATURE_PROXY_CACHE "Enable proxy caches": bool = false, also(&["pull-through cache", "Docker Hub"]);

    /// Fetch the layers of a pulled image in the background, also those no client has asked for.
    /// Otherwise every layer comes when it is first needed.
    FEATURE_PROXY_CACHE_BLOB_DOWNLOAD "Fetch layers in the background": bool = true, when(FEATURE_PROXY_CACHE, &["true"]);
}

rule! {
    /// A cache that cannot store has nothing to give but what it held before.
    proxy_cache_can_store: Warning,
    "The registry is read-only, so caches take in no new images.",
    fix "Turn proxy caches off, or set State of the registry back to Push and pull.";
    |subject, places| {
        let document = subject.document;
        let read_only = document.effective(REGISTRY_STATE) == Some(RegistryState::ReadOnly);
        if read_only && document.effective(FEATURE_PROXY_CACHE) == Some(true) {
            places.at(FEATURE_PROXY_CACHE.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn caches_with_and_without_the_background_are_accepted() {
        for text in [
            "FEATURE_PROXY_CACHE: true",
            "FEATURE_PROXY_CACHE: true\nFEATURE_PROXY_CACHE_BLOB_DOWNLOAD: false",
            "FEATURE_PROXY_CACHE: false\nFEATURE_PROXY_CACHE_BLOB_DOWNLOAD: true",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn a_cache_in_a_read_only_registry_is_warned_about() {
        let report = findings("FEATURE_PROXY_CACHE: true\nREGISTRY_STATE: readonly");
        assert!(
            report.contains(&"proxy_cache_can_store FEATURE_PROXY_CACHE".to_owned()),
            "{report:?}"
        );
    }
}
