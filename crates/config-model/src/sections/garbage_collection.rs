//! Cleaning up: what happens to images that no tag names any more.

section! {
    /// An image that no tag names any more, and that cannot be brought back, takes up storage
    /// until it is removed in the background.
    "garbage-collection", "Cleaning up", Operations;
    rules: [unused_images_are_removed];

    /// Remove images and layers that no tag names any more, and free their storage. Turn it off
    /// only for a while, for instance to copy the storage to another place.
    FEATURE_GARBAGE_COLLECTION "Remove unused images": bool = true;

    /// Look through images from before an upgrade for the image they belong to, so that their
    /// signatures and other artifacts are found. It does nothing once all are looked through.
    FEATURE_MANIFEST_SUBJECT_BACKFILL "Index artifacts of old images": bool = true, also(&["referrers", "backfill"]);
}

rule! {
    /// The storage only ever grows, and nobody knows why.
    unused_images_are_removed: Warning,
    "The storage of removed images is never freed.",
    fix "Turn on Remove unused images as soon as you can.";
    |subject, places| {
        if subject.document.effective(FEATURE_GARBAGE_COLLECTION) == Some(false) {
            places.at(FEATURE_GARBAGE_COLLECTION.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn cleaning_up_is_accepted() {
        for text in [
            "FEATURE_GARBAGE_COLLECTION: true",
            "FEATURE_GARBAGE_COLLECTION: null",
            "FEATURE_MANIFEST_SUBJECT_BACKFILL: false",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn storage_that_is_never_freed_is_warned_about() {
        assert_eq!(
            findings("FEATURE_GARBAGE_COLLECTION: false"),
            ["unused_images_are_removed FEATURE_GARBAGE_COLLECTION"]
        );
    }
}
