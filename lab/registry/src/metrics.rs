//! Quay's metrics, as its Pushgateway shows them.
//!
//! What the stand-in does is counted. What it does not do, such as building images, is 0 for ever.

mod families;
mod process;

use axum::http::{Method, StatusCode};
use families::{FAMILIES, Family, Kind, REQUESTS, USUAL};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::iter::repeat;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Series of one family; what comes after them is not counted. Labels are few by themselves.
const SERIES_MAX: usize = 500;
/// Methods that are counted by their names.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
struct Durations {
    counts: [u64; USUAL.len()],
    count: u64,
    sum: f64,
}

/// Everything counted so far: labels and numbers, by the names of families.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counted: Mutex<BTreeMap<(&'static str, String), u64>>,
    requests: Mutex<BTreeMap<String, Durations>>,
}

/// A number that is looked up when somebody asks: the name of its family, and its labels.
pub(crate) type Gauge = (&'static str, String, f64);

/// Labels as they stand between braces.
pub(crate) fn labels(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        let comma = if text.is_empty() { "" } else { "," };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{comma}{name}=\"{value}\"");
    }
    text
}

impl Metrics {
    /// Counts `more` of something.
    pub(crate) fn count(&self, family: &'static str, pairs: &[(&str, &str)], more: u64) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = counted.len() >= SERIES_MAX;
        let series = (family, labels(pairs));
        if let Some(count) = counted.get_mut(&series) {
            *count = count.saturating_add(more);
        } else if !is_full {
            counted.insert(series, more);
        }
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        time: Duration,
    ) {
        let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER");
        let status = status.as_str();
        let series = labels(&[
            ("method", method),
            ("namespace_name", ""),
            ("route", route),
            ("status", status),
        ]);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= SERIES_MAX && !requests.contains_key(&series) {
            return;
        }
        let durations = requests.entry(series).or_default();
        let seconds = time.as_secs_f64();
        durations.count += 1;
        durations.sum += seconds;
        for (end, count) in USUAL.iter().zip(&mut durations.counts) {
            *count += u64::from(seconds <= *end);
        }
    }

    /// All of it in Prometheus' format. `common` are labels that every series has.
    pub(crate) fn as_text(&self, common: &str, gauges: &[Gauge]) -> String {
        let mut text = String::new();
        let own = process::gauges();
        for family in FAMILIES {
            let Family { name, kind, help, .. } = family;
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            match kind {
                Kind::Histogram(ends) => self.write_durations(&mut text, common, family, ends),
                Kind::Counter | Kind::Gauge => {
                    self.write_numbers(&mut text, common, family, gauges.iter().chain(&own));
                }
            }
        }
        text
    }

    /// What has not happened yet stands there from the beginning, so that a dashboard knows it.
    fn write_numbers<'a>(
        &self,
        text: &mut String,
        common: &str,
        family: &Family,
        gauges: impl Iterator<Item = &'a Gauge>,
    ) {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = family.series();
        let mut all: BTreeMap<&str, f64> =
            begun.iter().map(|series| (series.as_str(), family.start())).collect();
        let found = counted.iter().filter(|((name, _), _)| *name == family.name);
        all.extend(found.map(|((_, series), count)| (series.as_str(), number(*count))));
        let found = gauges.filter(|(name, _, _)| *name == family.name);
        all.extend(found.map(|(_, series, value)| (series.as_str(), *value)));
        for (series, value) in all {
            let _ = writeln!(text, "{}{{{}}} {value}", family.name, joined(common, series));
        }
    }

    /// The same for classes; the stand-in measures nothing but requests.
    fn write_durations(&self, text: &mut String, common: &str, family: &Family, ends: &[f64]) {
        let (name, nothing, begun) = (family.name, Durations::default(), family.series());
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: BTreeMap<&str, &Durations> =
            begun.iter().map(|series| (series.as_str(), &nothing)).collect();
        if name == REQUESTS {
            all.extend(requests.iter().map(|(series, durations)| (series.as_str(), durations)));
        }
        for (series, Durations { counts, count, sum }) in all {
            let series = joined(common, series);
            let comma = if series.is_empty() { "" } else { "," };
            for (end, count) in ends.iter().zip(counts.iter().chain(repeat(&0))) {
                let _ = writeln!(text, "{name}_bucket{{{series}{comma}le=\"{end}\"}} {count}");
            }
            let _ = writeln!(text, "{name}_bucket{{{series}{comma}le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{name}_sum{{{series}}} {sum}");
            let _ = writeln!(text, "{name}_count{{{series}}} {count}");
        }
    }
}

fn joined(common: &str, series: &str) -> String {
    match (common, series) {
        ("", series) => series.to_owned(),
        (common, "") => common.to_owned(),
        (common, series) => format!("{common},{series}"),
    }
}

/// A count as Prometheus keeps it.
#[expect(clippy::cast_precision_loss, reason = "Prometheus' numbers are no more exact")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_stands_beside_what_never_happened() {
        let metrics = Metrics::default();
        let pull = [("protocol", "v2"), ("ref", "tag"), ("status", "200")];
        metrics.count("quay_registry_image_pulls_total", &pull, 1);
        metrics.count("quay_registry_image_pulls_total", &pull, 2);
        let rows = ("quay_repository_rows", String::new(), 7.0);
        let text = metrics.as_text("host=\"quay01\"", &[rows]);
        for line in [
            "# TYPE quay_registry_image_pulls_total counter",
            "quay_registry_image_pulls_total{host=\"quay01\",protocol=\"v2\",ref=\"tag\",status=\"200\"} 3",
            "quay_repository_rows{host=\"quay01\"} 7",
            "quay_gc_iterations_total{host=\"quay01\"} 0",
            "quay_repository_mirror_sync_failures_total{host=\"quay01\",namespace=\"\",reason=\"\"} 0",
            "quay_secscan_result_duration_seconds_bucket{host=\"quay01\",le=\"2400\"} 0",
            "quay_secscan_result_duration_seconds_count{host=\"quay01\"} 0",
        ] {
            assert!(text.lines().any(|has| has == line), "{line}\n{text}");
        }
    }

    #[test]
    fn durations_fall_into_classes() {
        let metrics = Metrics::default();
        let time = Duration::from_millis(250);
        metrics.answered(&Method::GET, "v2.v2_support_enabled", StatusCode::OK, time);
        let text = metrics.as_text("", &[]);
        let series =
            "method=\"GET\",namespace_name=\"\",route=\"v2.v2_support_enabled\",status=\"200\"";
        for line in [
            format!("quay_request_duration_seconds_bucket{{{series},le=\"0.1\"}} 0"),
            format!("quay_request_duration_seconds_bucket{{{series},le=\"0.25\"}} 1"),
            format!("quay_request_duration_seconds_bucket{{{series},le=\"10\"}} 1"),
            format!("quay_request_duration_seconds_sum{{{series}}} 0.25"),
            format!("quay_request_duration_seconds_count{{{series}}} 1"),
        ] {
            assert!(text.lines().any(|has| has == line), "{line}\n{text}");
        }
    }

    #[test]
    fn labels_are_written_safely() {
        assert_eq!(labels(&[("a", "x\"y\\z\n"), ("b", "")]), r#"a="x\"y\\z\n",b="""#);
    }

    #[test]
    fn no_client_makes_the_list_grow_without_end() {
        let metrics = Metrics::default();
        for at in 0..2 * SERIES_MAX {
            metrics.count("quay_registry_image_pushes_total", &[("at", &at.to_string())], 1);
        }
        assert_eq!(metrics.counted.lock().unwrap().len(), SERIES_MAX);
    }
}
