//! What a change request can change at all, so that the rest of a resource need not be read.

use super::patch::PatchRequest;
use super::path::Path;
use super::schema::{ResourceType, SchemaPath};
use super::shape::{DottedKeys, Rules};
use super::value::Value;

impl PatchRequest {
    /// The ranks of the members of a resource that its operations may change, and of those without
    /// which none is complete; `None` when any may change.
    pub fn touches(&self, kind: &ResourceType, rules: Rules) -> Option<Vec<usize>> {
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
    /// The ranks of the members of a resource that are required, or hold something that is.
    fn needed(&self) -> Vec<usize> {
        let within = |extension: &super::Schema| {
            extension.attributes.iter().any(|attribute| attribute.required)
        };
        let core = self.schema.attributes.iter().map(|attribute| attribute.required);
        let needed = core.chain(self.extensions.iter().map(within)).enumerate();
        needed.filter(|(_, needed)| *needed).map(|(rank, _)| rank).collect()
    }
}
