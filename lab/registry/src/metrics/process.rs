//! What Prometheus' library for Python tells of every process, as far as it is counted nowhere else.

use super::{Gauge, number};
use std::fs;

/// Bytes in what Linux calls a kB.
const KIBIBYTE: u64 = 1024;

/// What can be found out now.
pub(super) fn gauges() -> Vec<Gauge> {
    let found =
        [("process_virtual_memory_bytes", memory()), ("process_max_fds", files_max())].into_iter();
    found.filter_map(|(name, value)| Some((name, String::new(), number(value?)))).collect()
}

/// Bytes of addresses that this process has.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(KIBIBYTE)
}

/// How many files this process may have open; none where there is no limit.
fn files_max() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_knows_its_limits() {
        assert!(memory().is_some_and(|bytes| bytes > 100_000));
        assert!(gauges().iter().any(|(name, _, _)| *name == "process_virtual_memory_bytes"));
    }
}
