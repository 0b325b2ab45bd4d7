//! The vendor's own JSON: the synchronization schema that Graph returns and the portal exports
//! [g:objmap, g:attrmap].
//!
//! Reading ignores the many parts of an export that a simulator does not need; writing follows
//! Graph.

mod parse;
mod write;

pub use write::parsed_expression;

/// The id of the synchronization rule of gallery SCIM applications; scripts hard-code it [field].
pub const RULE_ID: &str = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8";
/// The name of that rule.
const RULE_NAME: &str = "USERGROUP_OUTBOUND_USERGROUP";
/// The name of the source directory; schemas still use the old product name.
const SOURCE: &str = "Azure Active Directory";
