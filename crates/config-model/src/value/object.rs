//! A value with fields of its own, such as the address of a Redis server.

use super::Value;
use crate::field::FieldSpec;
use std::fmt;

/// The fields of an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSpec {
    /// Fields that it shares with other objects; a form shows them last.
    pub base: Option<&'static ObjectSpec>,
    /// Its own fields, in the order a form shows them.
    pub own: &'static [&'static FieldSpec],
    /// Writes the object as one address, for those that are one.
    pub address: Option<fn(&Value) -> String>,
}

impl ObjectSpec {
    /// Every field, in the order a form shows them.
    pub fn fields(&self) -> impl Iterator<Item = &'static FieldSpec> + use<> {
        let shared = self.base.map_or(&[][..], |base| base.own);
        self.own.iter().chain(shared).copied()
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields().find(|field| field.name == name)
    }

    /// Whether nothing is known of what is inside.
    pub const fn is_opaque(&self) -> bool {
        self.own.is_empty() && self.base.is_none()
    }
}

/// An object kind by its fields.
#[derive(Clone, Copy)]
pub struct ObjectKind(pub &'static ObjectSpec);

impl PartialEq for ObjectKind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.fields().map(|field| field.name)).finish()
    }
}
