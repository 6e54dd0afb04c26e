//! What happens when an action cannot be written to the action log.

section! {
    /// Whether requests still succeed when they cannot be logged.
    "consistency", "Data consistency", Operations;
    rules: [];

    /// Let pulls succeed while the action log cannot be written, for example while the database
    /// only allows reading. Such pulls are missing from the log.
    ALLOW_PULLS_WITHOUT_STRICT_LOGGING "Allow pulls that cannot be logged": bool = false, also(&["audit logging fails"]);

    /// Let everything succeed, pushes and changes too, while the log cannot be written. Meant for
    /// an outside log service that fails at times. What happens then is missing from the log.
    ALLOW_WITHOUT_STRICT_LOGGING "Allow any action that cannot be logged": bool = false;
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    #[test]
    fn either_switch_is_accepted() {
        let report = findings(
            "ALLOW_PULLS_WITHOUT_STRICT_LOGGING: true\nALLOW_WITHOUT_STRICT_LOGGING: false",
        );
        assert_eq!(report, [""; 0]);
    }
}
