//! What a change request can change at all, so that the rest of a resource need not be read.

use super::patch::PatchRequest;
use super::path::Path;
use super::schema::{Place, ResourceType};
use super::shape::{DottedKeys, Rules};
use super::value::{Name, Value};

impl PatchRequest {
    /// The members of a resource that its operations may change, and those without which none is complete; `None` when
    /// any may change.
    pub fn touches(&self, kind: &ResourceType, rules: Rules) -> Option<Vec<Name>> {
        if rules.dotted_keys == DottedKeys::Literal {
            return None;
        }
        let mut names = Names(kind.needed().collect());
        for operation in &self.operations {
            match (&operation.path, &operation.value) {
                (Some(path), _) => names.add(kind, path),
                (None, Value::Object(values)) => {
                    values.iter().filter_map(|(key, _)| Path::parse(key).ok()).for_each(|path| names.add(kind, &path));
                }
                (None, _) => {}
            }
        }
        Some(names.0)
    }
}

struct Names(Vec<Name>);

impl Names {
    fn add(&mut self, kind: &ResourceType, path: &Path) {
        let name = match kind.meant(path) {
            Place::Core(attribute) => &attribute.name,
            Place::Extension(extension, _) | Place::WholeExtension(extension) => &extension.id,
            Place::Protocol | Place::Unknown => return,
        };
        if !self.0.contains(name) {
            self.0.push(name.clone());
        }
    }
}

impl ResourceType {
    /// The members of a resource that are required, or hold something that is.
    fn needed(&self) -> impl Iterator<Item = Name> {
        let core = self.schema.attributes.iter().filter(|attribute| attribute.required);
        let within = |extension: &&super::Schema| extension.attributes.iter().any(|attribute| attribute.required);
        let extensions = self.extensions.iter().filter(within);
        core.map(|attribute| attribute.name.clone()).chain(extensions.map(|extension| extension.id.clone()))
    }
}
