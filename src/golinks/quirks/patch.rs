//! Rewrites the body of a PATCH: each operation by each quirk that is on.

use super::aim::Collection;
use super::change::{Change, OpDisposition, Operation, SideEffects};
use super::operation::no_nulls;
use super::{Quirk, members, operation};
use crate::scim::{Error, Object, Value};

/// The quirks that need the stored resource to rewrite a change of it.
pub(super) const LOOK: &[Quirk] = &[
    Quirk::NoAddOnScalars,
    Quirk::StrictFilterTypes,
    Quirk::FilterCreateOnlyIfEmpty,
    Quirk::RemoveWithValueSets,
    Quirk::ReaddMember,
    Quirk::MemberReadCap,
    Quirk::GroupUpdateDropsLocal,
];

impl Change<'_> {
    /// Rewrites the body of a PATCH.
    pub(super) fn rewrite(
        &self,
        body: &mut Object,
        collection: Collection,
    ) -> Result<SideEffects, Error> {
        if self.quirks.is(Quirk::NullIsInvalid) {
            no_nulls(body)?;
        }
        let Some(Value::List(operations)) = body.take("Operations") else {
            return Ok(SideEffects::default());
        };
        let mut side_effects = SideEffects::default();
        let mut kept = Vec::with_capacity(operations.len());
        for mut operation in operations {
            let disposition = match &mut operation {
                Value::Object(parts) => self.rewrite_one(parts, collection, &mut side_effects)?,
                _ => OpDisposition::Stays,
            };
            if disposition == OpDisposition::Stays {
                kept.push(operation);
            }
        }
        if collection == Collection::Groups {
            members::whole_request(self, &mut kept);
        }
        body.insert("Operations", kept);
        Ok(side_effects)
    }

    fn rewrite_one(
        &self,
        parts: &mut Object,
        collection: Collection,
        side_effects: &mut SideEffects,
    ) -> Result<OpDisposition, Error> {
        let word =
            parts.get("op").and_then(Value::as_text).unwrap_or_default().to_ascii_lowercase();
        let mut operation =
            Operation { change: self, parts, word, side_effects: SideEffects::default() };
        let of_groups = if collection == Collection::Groups { members::READERS } else { &[] };
        let mut disposition = OpDisposition::Stays;
        for (quirk, read) in operation::READERS.iter().chain(of_groups) {
            if disposition == OpDisposition::Stays && self.quirks.is(*quirk) {
                disposition = read(&mut operation)?;
            }
        }
        side_effects.active = operation.side_effects.active.take().or(side_effects.active.take());
        side_effects.doubled.append(&mut operation.side_effects.doubled);
        side_effects.mangled.append(&mut operation.side_effects.mangled);
        Ok(disposition)
    }
}
