//! Every storage engine, in the order the console offers them.

use super::EngineSpec;

/// Every engine.
pub const ENGINES: &[EngineSpec] = &[];
