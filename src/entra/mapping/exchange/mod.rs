//! The vendor's own JSON: the synchronization schema that Graph answers and the portal exports
//! [g:objmap, g:attrmap].
//!
//! It is read leniently, since exports are full of what is no business of a simulator, and written
//! as Graph writes it.

mod parse;
mod write;

/// The rule of gallery SCIM applications, whose id scripts know by heart [field].
const RULE_ID: &str = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8";
/// Its name.
const RULE_NAME: &str = "USERGROUP_OUTBOUND_USERGROUP";
/// The source, as schemas still name it.
const SOURCE: &str = "Azure Active Directory";
