//! A value with fields of its own, such as the address of a Redis server.

use super::Value;
use crate::field::FieldSpec;
use std::fmt;

/// The fields of an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSpec {
    /// Its fields in the order a form shows them.
    pub fields: &'static [&'static FieldSpec],
    /// Writes the object as one address, for those that are one.
    pub address: Option<fn(&Value) -> String>,
}

/// An object kind by its fields; a function so that constants may refer to each other.
#[derive(Clone, Copy)]
pub struct ObjectKind(pub fn() -> &'static ObjectSpec);

impl PartialEq for ObjectKind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq((self.0)(), (other.0)())
    }
}

impl fmt::Debug for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((self.0)().fields.iter().map(|field| field.name)).finish()
    }
}
