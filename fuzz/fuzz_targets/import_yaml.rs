//! Any text as `config.yaml`.
#![no_main]

use config_model::certificate::Files;

libfuzzer_sys::fuzz_target!(
    init: quay_console_fuzz::prepare(),
    |source: &str| quay_console_fuzz::import(source, &Files::new())
);
