//! The keys of `[golinks]`: what a scenario, `--set` or a running world may choose.

use crate::base::{Node, Problems};

/// A key, for suggestions and for `explain`.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// The path below `golinks`, such as `rate_limit.rps`.
    pub name: &'static str,
    /// Its default, as one would write it.
    pub default: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

/// Everything about GoLinks that may be chosen.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The address clients know, such as `https://api.golinks.io/scim/v2`; `meta.location` is built from it.
    pub base_url: String,
}

impl Settings {
    /// Every key there is.
    pub const NAMES: &'static [Name] = &[];

    /// Reads the value of a key; a table is read key by key. May be called on a running server's settings.
    pub fn set(&mut self, _path: &[&str], _value: &Node, _problems: &mut Problems) {}
}
