//! The vendor's own JSON: the synchronization schema that Graph returns and the portal exports
//! [g:objmap, g:attrmap].
//!
//! It is read leniently, since exports hold much that a simulator has no use for, and written as
//! Graph writes it.

mod parse;
mod write;

/// The id of the synchronization rule of gallery SCIM applications; scripts hard-code it [field].
const RULE_ID: &str = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8";
/// The name of that rule.
const RULE_NAME: &str = "USERGROUP_OUTBOUND_USERGROUP";
/// The name of the source directory, which schemas still call so.
const SOURCE: &str = "Azure Active Directory";
