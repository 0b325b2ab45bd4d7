//! The server's profile and its capabilities, which are those of the profile unless set one by one.

use super::row::{Key, Parse, Setting, SettingRow};
use crate::base::diagnostic::did_you_mean;
use crate::base::{Node, ProblemKind, Problems};

/// Which server it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// GoLinks as its provisioning page describes it.
    GoLinks,
    /// Everything that RFC 7643 and RFC 7644 describe.
    Generic,
}

impl Parse for Profile {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Profile> {
        value.as_word(&[("golinks", Profile::GoLinks), ("generic", Profile::Generic)], problems)
    }
}

/// A capability as scenario files and `explain` know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CapabilityRow {
    /// Its key below `golinks.capabilities`.
    pub(super) name: &'static str,
    /// Its key below `golinks`.
    pub(super) path: &'static str,
    /// Whether profile `golinks` has it; `generic` has all.
    pub(super) golinks: bool,
    /// What it is.
    pub(super) lines: &'static [&'static str],
}

/// Every capability: its variant, key, whether profile `golinks` has it, and what it is.
macro_rules! capabilities {
    ($($capability:ident $name:literal $golinks:literal $doc:literal;)+) => {
        /// Something a server offers or does not.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Capability {
            $(#[doc = $doc] $capability,)+
        }

        /// Every capability, in the order of [`Capability`].
        pub(super) const TABLE: &[CapabilityRow] = &[$(CapabilityRow {
            name: $name,
            path: concat!("capabilities.", $name),
            golinks: $golinks,
            lines: &[$doc],
        }),+];
    };
}

capabilities! {
    Groups "groups" false
        "Whether there are groups with members; without them /Groups answers as the setting `groups` says.";
    Filter "filter" false
        "Whether users can be found by any filter; without it by `userName eq` alone.";
    Sort "sort" false
        "Whether lists can be sorted: sortBy, sortOrder.";
    Search "search" false
        "Whether one can search by POST to .search, and at the root across users and groups.";
    Attributes "attributes" true
        "Whether a client may choose what is returned: attributes, excludedAttributes.";
    Etag "etag" false
        "Whether resources have versions: ETag, If-Match (412), If-None-Match (304).";
    Bulk "bulk" false
        "Whether there is /Bulk; without it 501.";
    Patch "patch" true
        "Whether PATCH is there; without it 501.";
    Put "put" true
        "Whether PUT is there; without it 501.";
    SoftDelete "soft_delete" true
        "Whether an account can be suspended; without it there is no attribute `active`, and DELETE alone lets nobody in.";
}

/// The capabilities that were set one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Capabilities {
    chosen: [Option<bool>; TABLE.len()],
}

impl Capabilities {
    /// Whether a server with this profile offers a capability.
    pub fn has(&self, capability: Capability, profile: Profile) -> bool {
        let nth = capability as usize;
        self.chosen[nth].unwrap_or(profile == Profile::Generic || TABLE[nth].golinks)
    }
}

impl Setting for Capabilities {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        let Some((name, _)) = key.next() else {
            for entry in value.as_table(problems).unwrap_or_default() {
                let path = [&key.path[..key.depth], &[&entry.key]].concat();
                self.set(Key { path: &path, depth: key.depth }, &entry.value, problems);
            }
            return;
        };
        match TABLE.iter().position(|row| row.name == name) {
            Some(nth) => {
                if let Some(on) = value.as_bool(problems) {
                    self.chosen[nth] = Some(on);
                }
            }
            None => {
                let help = did_you_mean(name, TABLE.iter().map(|row| row.name));
                problems
                    .error(value.span, format!("unknown capability `{name}` of golinks"))
                    .kind(ProblemKind::UnknownKey)
                    .help(help);
            }
        }
    }

    fn rows_below() -> Vec<SettingRow> {
        let row = |row: &CapabilityRow| SettingRow {
            name: row.path,
            default: if row.golinks { "true" } else { "false; with generic true" },
            lines: row.lines,
        };
        TABLE.iter().map(row).collect()
    }
}
