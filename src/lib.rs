//! scimulator plays both sides of user provisioning: a mock Microsoft Entra tenant and a mock
//! GoLinks SCIM server.
//!
//! A folder is a layer and arrows run only downward: `app` → `scenario` → `world` → `entra`,
//! `golinks` → `scim` → `base`. `entra` and `golinks` do not know each other; all that passes
//! between them is an HTTP request and a response. Start reading at [`world`], whose five verbs
//! everything else calls. ARCHITECTURE.md tells the life of one user.

pub mod app;
pub mod base;
pub mod entra;
pub mod golinks;
pub mod scenario;
pub mod scim;
pub mod world;
