//! Conversion of images for rkt, which is no longer made.

section! {
    /// Images in the format of rkt. The program is no longer made, and current versions of Quay
    /// convert nothing.
    "rkt", "rkt conversion", Features;
    rules: [];

    /// Leave it off; the key is kept for old files.
    FEATURE_ACI_CONVERSION "Convert images for rkt": bool = false => false, legacy;
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn only_the_conversion_turned_on_is_warned_about() {
        assert_eq!(findings("FEATURE_ACI_CONVERSION: false"), [""; 0]);
        assert_eq!(
            findings("FEATURE_ACI_CONVERSION: true"),
            ["legacy_key_is_not_needed FEATURE_ACI_CONVERSION"]
        );
    }
}
