//! The part of a stored resource that a change request can touch; the rest is neither parsed nor
//! written again.

use super::split::Split;
use crate::scim::patch::PatchRequest;
use crate::scim::path::Path;
use crate::scim::schema::{ResourceType, SchemaPath};
use crate::scim::shape::{DottedKeys, Rules};
use crate::scim::value::{Object, Value};

/// Some members of a stored resource.
pub struct Part {
    /// The positions of these members in the resource type.
    ranks: Vec<usize>,
    split: Split,
}

impl Part {
    /// Takes the members that a request may change, the required members, and the members named in
    /// `also`. `None` when the request must see the whole resource.
    pub fn of(
        request: &PatchRequest,
        stored: &[u8],
        kind: &ResourceType,
        rules: Rules,
        also: &[&str],
    ) -> Option<Part> {
        if !rules.fast {
            return None;
        }
        let mut ranks = request.touches(kind, rules)?;
        for name in also {
            let rank = kind.members().position(|member| member == name);
            ranks.extend(rank.filter(|rank| !ranks.contains(rank)));
        }
        let split = Split::of(stored, kind, ranks.iter().copied().max().unwrap_or_default())?;
        Some(Part { ranks, split })
    }

    /// Reads these members of the stored resource.
    pub fn read(&self, stored: &[u8], kind: &ResourceType) -> Object {
        self.split.pick(stored, &self.ranks, kind)
    }

    /// Appends the stored resource with these members replaced by `changed`, which must be shaped.
    pub fn write(&self, stored: &[u8], changed: &Object, kind: &ResourceType, out: &mut Vec<u8>) {
        self.split.splice(stored, &self.ranks, changed, kind, out);
    }

    /// Whether the part holds the member at this position in the resource type.
    pub fn has(&self, rank: usize) -> bool {
        self.ranks.contains(&rank)
    }
}

impl PatchRequest {
    /// Returns the ranks of the members that the operations may change and of the required members;
    /// `None` when they may change any member.
    fn touches(&self, kind: &ResourceType, rules: Rules) -> Option<Vec<usize>> {
        if rules.dotted_keys == DottedKeys::Literal {
            return None;
        }
        let mut ranks = kind.needed();
        for operation in &self.operations {
            match (&operation.path, &operation.value) {
                (Some(path), _) => add(&mut ranks, kind, path),
                (None, Value::Object(values)) => {
                    values.iter().filter_map(|(key, _)| Path::parse(key).ok()).for_each(|path| {
                        add(&mut ranks, kind, &path);
                    });
                }
                (None, _) => {}
            }
        }
        Some(ranks)
    }
}

fn add(ranks: &mut Vec<usize>, kind: &ResourceType, path: &Path) {
    let name = match kind.meant(path) {
        SchemaPath::Core(attribute) => &attribute.name,
        SchemaPath::Extension(extension, _) | SchemaPath::WholeExtension(extension) => {
            &extension.id
        }
        SchemaPath::Protocol | SchemaPath::Unknown => return,
    };
    ranks.extend(
        kind.members().position(|member| member == name).filter(|rank| !ranks.contains(rank)),
    );
}

impl ResourceType {
    /// Returns the ranks of the members that are required or have a required part.
    fn needed(&self) -> Vec<usize> {
        let within = |extension: &crate::scim::Schema| {
            extension.attributes.iter().any(|attribute| attribute.required)
        };
        let core = self.schema.attributes.iter().map(|attribute| attribute.required);
        let needed = core.chain(self.extensions.iter().map(within)).enumerate();
        needed.filter(|(_, needed)| *needed).map(|(rank, _)| rank).collect()
    }
}
