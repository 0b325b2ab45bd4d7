//! `$expand` of applications and service principals: their owners, and the assignments to an
//! application [graph-expand].

use serde_json::Value;

use super::{owners, show};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::{Listing, picked};
use crate::entra::graph::property::{Property, Resource, ShownObject};
use crate::entra::graph::role_assignments;
use crate::entra::tenant::registry::{AppSide, RegisteredKey};

/// How many objects are shown [graph-expand].
const EXPANDED: usize = 20;

const OWNERS: &str = "owners";
const ASSIGNED: &str = "appRoleAssignedTo";

/// The relationship that is to be shown; `None` when there is none.
///
/// # Errors
/// The objects have no such relationship.
pub fn wanted(call: &Call<'_>, side: AppSide) -> Result<Option<&'static str>, GraphError> {
    match &call.request.options.expand {
        None => Ok(None),
        Some(expand) if expand.name == OWNERS => Ok(Some(OWNERS)),
        Some(expand) if expand.name == ASSIGNED && side == AppSide::Principal => Ok(Some(ASSIGNED)),
        Some(expand) => Err(GraphError::malformed(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{}'.",
            expand.name
        ))),
    }
}

/// An object with what is shown beside it.
pub struct ExpandedObject {
    one: Value,
    more: Option<(&'static str, Value)>,
}

impl Resource for &ExpandedObject {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        self.one.property(name)
    }
}

impl ExpandedObject {
    /// One of the two objects of a row, with what `$expand` asks for.
    ///
    /// # Errors
    /// The objects have no such relationship.
    pub fn of(call: &Call<'_>, key: RegisteredKey, side: AppSide) -> Result<Self, GraphError> {
        let more = wanted(call, side)?.map(|name| (name, related(call, key, side, name)));
        Ok(ExpandedObject { one: show(call, key, side), more })
    }

    /// As it is shown.
    pub fn shown<'r>(&'r self, select: &[String]) -> ShownObject<'r> {
        let shown = picked(&self.one, select);
        match &self.more {
            Some((name, value)) => shown.and(*name, Property::json(value.clone())),
            None => shown,
        }
    }
}

fn related(call: &Call<'_>, key: RegisteredKey, side: AppSide, name: &str) -> Value {
    let select = call.request.options.expand.as_ref().map(|expand| expand.select.as_slice());
    let select = select.unwrap_or_default();
    let row = call.tenant().registry().row(key);
    let all: Vec<Value> = match (name, row.app()) {
        (ASSIGNED, Some(app)) => role_assignments::of_app(call, app)
            .map(|one| serde_json::to_value(picked(&one, select)).unwrap_or_default())
            .take(EXPANDED)
            .collect(),
        _ => owners::listed(call, key, side, select).take(EXPANDED).collect(),
    };
    all.into()
}

/// The list of all objects of one kind.
pub fn list(call: &Call<'_>, side: AppSide, listing: &Listing) -> GraphOutcome {
    wanted(call, side)?;
    let rows = call.tenant().registry().rows().filter(|(_, row)| row.has(side));
    let rows = rows.map(|(key, _)| ExpandedObject::of(call, key, side));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let from = |start: u64| (1..).zip(rows.iter()).skip(start as usize);
    let select = &call.request.options.select;
    listing.page(call.request, from, |row: &&ExpandedObject| row.shown(select))
}
