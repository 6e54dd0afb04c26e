//! How many tests passed and failed, read from what their programs say.

use serde_json::Value;

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    /// Those that passed.
    pub(super) passed: u64,
    /// Those that did not.
    pub(super) failed: u64,
}

impl Results {
    /// Adds the results of others.
    pub(super) fn add(&mut self, others: Self) {
        self.passed += others.passed;
        self.failed += others.failed;
    }
}

/// The results in a line of `cargo test`, none when the line is about something else.
pub(super) fn line_results(line: &str) -> Option<Results> {
    let rest = line.strip_prefix("test result: ")?;
    let number = |word: &str| {
        rest.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    Some(Results { passed: number("passed")?, failed: number("failed")? })
}

/// The results in Playwright's JSON report; a flaky or skipped test has not passed.
pub(super) fn browser_results(report: &str) -> Result<Results, String> {
    let report: Value = serde_json::from_str(report)
        .map_err(|error| format!("Playwright's report is not JSON: {error}"))?;
    let number = |name: &str| {
        let found = report["stats"][name].as_u64();
        found.ok_or(format!("Playwright's report does not say how many were {name}"))
    };
    let failed = number("unexpected")? + number("flaky")? + number("skipped")?;
    Ok(Results { passed: number("expected")?, failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_lines_are_counted() {
        let good = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.03s";
        assert_eq!(line_results(good), Some(Results { passed: 12, failed: 0 }));
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(line_results(bad), Some(Results { passed: 3, failed: 2 }));
        for other in ["test rule::tests::a ... ok", "running 12 tests", ""] {
            assert_eq!(line_results(other), None, "{other}");
        }
    }

    #[test]
    fn a_flaky_or_skipped_page_has_not_passed() {
        let report = r#"{"stats": {"expected": 7, "unexpected": 1, "flaky": 2, "skipped": 3}}"#;
        assert_eq!(browser_results(report), Ok(Results { passed: 7, failed: 6 }));
        assert!(browser_results("{}").is_err());
    }
}
