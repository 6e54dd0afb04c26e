//! Quay's metrics, as its Pushgateway shows them: those a dashboard looks at.
//!
//! What the stand-in does is counted. What it does not do, such as building images, is 0 for ever.

mod families;

use axum::http::{Method, StatusCode};
use families::{FAMILIES, Family, REQUESTS};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Series of one family; what comes after them is not counted. Labels are few by themselves.
const SERIES_MAX: usize = 500;
/// Upper ends of the classes of a duration, in seconds, as Prometheus' library for Python has them.
const BUCKETS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Methods that are counted by their names.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
struct Durations {
    counts: [u64; BUCKETS.len()],
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
        for (end, count) in BUCKETS.iter().zip(&mut durations.counts) {
            *count += u64::from(seconds <= *end);
        }
    }

    /// All of it in Prometheus' format. `common` are labels that every series has.
    pub(crate) fn as_text(&self, common: &str, gauges: &[Gauge]) -> String {
        let mut text = String::new();
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        for Family { name, kind, help, series } in FAMILIES {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            if *name == REQUESTS {
                self.write_requests(&mut text, common);
                continue;
            }
            // What has not happened yet stands at 0, so that a dashboard knows it is there.
            let mut all: BTreeMap<&str, f64> = series.iter().map(|series| (*series, 0.0)).collect();
            let found = counted.iter().filter(|((family, _), _)| family == name);
            all.extend(found.map(|((_, series), count)| (series.as_str(), number(*count))));
            let found = gauges.iter().filter(|(family, _, _)| family == name);
            all.extend(found.map(|(_, series, value)| (series.as_str(), *value)));
            for (series, value) in all {
                let _ = writeln!(text, "{name}{{{}}} {value}", joined(common, series));
            }
        }
        text
    }

    fn write_requests(&self, text: &mut String, common: &str) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for (series, Durations { counts, count, sum }) in &*requests {
            let series = joined(common, series);
            for (end, count) in BUCKETS.iter().zip(counts) {
                let _ = writeln!(text, "{REQUESTS}_bucket{{{series},le=\"{end}\"}} {count}");
            }
            let _ = writeln!(text, "{REQUESTS}_bucket{{{series},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{REQUESTS}_sum{{{series}}} {sum}");
            let _ = writeln!(text, "{REQUESTS}_count{{{series}}} {count}");
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
