//! How the directory names its objects: the vendor's GUID, and the dense keys our tables use.

use std::fmt;

use crate::base::seed::{parse_guid, show_guid};

/// The GUID of a directory object, as Graph's `id` shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ObjectId(pub u128);

impl ObjectId {
    /// Reads `8-4-4-4-12` hexadecimal digits; `None` when it is not a GUID.
    pub fn parse(text: &str) -> Option<ObjectId> {
        parse_guid(text).map(ObjectId)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show_guid(self.0))
    }
}

/// An enterprise application (a service principal): its place in the tenant's table, dense, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AppId(pub u16);

impl AppId {
    /// The main application, which every tenant has: what `[entra]` describes.
    pub const MAIN: AppId = AppId(0);

    /// The place as a vector index.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A user's place in the tenant's table: dense, from 0, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UserKey(pub u32);

impl UserKey {
    /// The place as a vector index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A group's place in the tenant's table: dense, from 0, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupKey(pub u32);

impl GroupKey {
    /// The place as a vector index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
