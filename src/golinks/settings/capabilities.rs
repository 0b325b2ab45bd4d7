//! Which server it is and what it offers: a profile, and capabilities that are the profile's unless
//! chosen one by one.

use crate::base::diagnostic::did_you_mean;
use crate::base::{Node, ProblemKind, Problems};

/// Which server it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// GoLinks as its provisioning page describes it.
    GoLinks,
    /// Whatever RFC 7643 and RFC 7644 describe.
    Generic,
}

/// Something a server offers or does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capability {
    /// Groups and their members.
    Groups,
    /// Every filter on users; without it `userName eq` alone.
    Filter,
    /// Sorting.
    Sort,
    /// Searching by POST, and across kinds of resources.
    Search,
    /// Choosing which attributes are returned.
    Attributes,
    /// Versions of resources, and requests that depend on them.
    Etag,
    /// Several requests in one.
    Bulk,
    /// Changing a part of a resource.
    Patch,
    /// Replacing a resource.
    Put,
    /// Suspending an account: `active`.
    SoftDelete,
}

/// A capability as scenario files and `explain` know it.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityRow {
    /// Which one.
    pub capability: Capability,
    /// Its key below `golinks.capabilities`.
    pub name: &'static str,
    /// Its key below `golinks`.
    pub path: &'static str,
    /// Whether profile `golinks` has it; `generic` has all.
    pub golinks: bool,
    /// What it is.
    pub doc: &'static str,
}

const fn row(
    capability: Capability,
    name: &'static str,
    path: &'static str,
    golinks: bool,
    doc: &'static str,
) -> CapabilityRow {
    CapabilityRow { capability, name, path, golinks, doc }
}

/// Every capability, in the order of [`Capability`].
pub const TABLE: &[CapabilityRow] = &[
    row(
        Capability::Groups,
        "groups",
        "capabilities.groups",
        false,
        "Whether there are groups with members; without them /Groups answers as the setting `groups` says.",
    ),
    row(
        Capability::Filter,
        "filter",
        "capabilities.filter",
        false,
        "Whether users can be found by any filter; without it by `userName eq` alone.",
    ),
    row(
        Capability::Sort,
        "sort",
        "capabilities.sort",
        false,
        "Whether lists can be sorted: sortBy, sortOrder.",
    ),
    row(
        Capability::Search,
        "search",
        "capabilities.search",
        false,
        "Whether one can search by POST to .search, and at the root across users and groups.",
    ),
    row(
        Capability::Attributes,
        "attributes",
        "capabilities.attributes",
        true,
        "Whether a client may choose what is returned: attributes, excludedAttributes.",
    ),
    row(
        Capability::Etag,
        "etag",
        "capabilities.etag",
        false,
        "Whether resources have versions: ETag, If-Match (412), If-None-Match (304).",
    ),
    row(
        Capability::Bulk,
        "bulk",
        "capabilities.bulk",
        false,
        "Whether there is /Bulk; without it 501.",
    ),
    row(
        Capability::Patch,
        "patch",
        "capabilities.patch",
        true,
        "Whether PATCH is there; without it 501.",
    ),
    row(Capability::Put, "put", "capabilities.put", true, "Whether PUT is there; without it 501."),
    row(
        Capability::SoftDelete,
        "soft_delete",
        "capabilities.soft_delete",
        true,
        "Whether an account can be suspended; without it there is no attribute `active`, and DELETE alone lets nobody in.",
    ),
];

/// The capabilities that were chosen against or with the profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Capabilities {
    chosen: [Option<bool>; TABLE.len()],
}

impl Capabilities {
    /// Whether a server of this profile offers it.
    pub fn has(&self, capability: Capability, profile: Profile) -> bool {
        let nth = capability as usize;
        self.chosen[nth].unwrap_or(profile == Profile::Generic || TABLE[nth].golinks)
    }

    /// Reads the value of one.
    pub fn set(&mut self, name: &str, value: &Node, problems: &mut Problems) {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_has_its_row() {
        for (nth, row) in TABLE.iter().enumerate() {
            let path = format!("capabilities.{}", row.name);
            assert_eq!((row.capability as usize, row.path), (nth, path.as_str()));
        }
    }
}
