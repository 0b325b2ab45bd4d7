//! The tables `[user.<handle>]` and `[group.<handle>]`, and attribute values as authors write them.

use crate::base::Problems;
use crate::base::node::Entry;
use crate::entra::tenant::{Attribute, NewGroup, NewUser};

/// Reads `ann = { name = "Ann Okafor", .. }`: the entry's key is the handle.
pub fn user(_entry: &Entry, _problems: &mut Problems) -> Option<NewUser> {
    None
}

/// Reads `sales = { name = "Sales", members = ["ann"], .. }`: the entry's key is the handle.
pub fn group(_entry: &Entry, _problems: &mut Problems) -> Option<NewGroup> {
    None
}

/// Reads `department = "Sales"`; `false` or `""` clears the attribute.
pub fn attribute(_entry: &Entry, _problems: &mut Problems) -> Option<(Attribute, Option<String>)> {
    None
}
