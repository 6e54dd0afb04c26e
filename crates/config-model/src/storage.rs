//! The storage engines: which exist, what each takes, and how they stand in the file.

pub mod engines;

use crate::value::{ObjectSpec, Value, Variant};

/// A configured engine as it stands in `DISTRIBUTED_STORAGE_CONFIG`.
#[derive(Clone, Copy, Debug)]
pub struct Engine<'a> {
    /// The driver's name as written.
    pub driver: &'a str,
    /// What its driver takes, `None` for one this program does not know.
    pub spec: Option<&'static ObjectSpec>,
    /// Its arguments.
    pub args: Option<&'a Value>,
}

/// The engine with this driver name.
pub fn by_driver(driver: &str) -> Option<&'static Variant> {
    engines::ENGINES.iter().find(|engine| engine.word == driver)
}

/// The engines in a value of `DISTRIBUTED_STORAGE_CONFIG`: `name: [driver, {arguments}]`.
pub fn engines_of(value: Option<&Value>) -> impl Iterator<Item = (&str, Engine<'_>)> {
    value.and_then(Value::as_map).into_iter().flatten().filter_map(|(name, engine)| {
        let items = engine.as_list()?;
        let driver = items.first()?.as_str()?;
        let spec = by_driver(driver).map(|engine| engine.fields);
        Some((name.as_str()?, Engine { driver, spec, args: items.get(1) }))
    })
}
