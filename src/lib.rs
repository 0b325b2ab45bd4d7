//! scimulator plays both sides of user provisioning: a mock Microsoft Entra tenant and a mock
//! GoLinks SCIM server.
//!
//! Each folder is a layer, and a layer uses only the layers after it: `app` → `scenario` → `world`
//! → `entra`, `golinks` → `scim`, `saml` → `base`. `verify`, `foreign`, `swarm` and `evidence` lie
//! below `app` and above `scenario`; `verify` uses `foreign`. `entra` and `golinks` do not know
//! each other; only HTTP requests and responses pass between them. Start reading at [`world`],
//! whose five verbs everything else calls. ARCHITECTURE.md tells the life of one user.

#[cfg(not(closed))]
pub mod app;
#[cfg(not(closed))]
pub mod base;
#[cfg(not(closed))]
pub mod entra;
#[cfg(not(closed))]
pub mod evidence;
#[cfg(not(closed))]
pub mod foreign;
#[cfg(not(closed))]
pub mod golinks;
#[cfg(not(closed))]
pub mod recording;
#[cfg(not(closed))]
pub mod saml;
#[cfg(not(closed))]
pub mod scenario;
#[cfg(not(closed))]
pub mod scim;
#[cfg(not(closed))]
pub mod swarm;
#[cfg(not(closed))]
pub mod verify;
#[cfg(not(closed))]
pub mod world;

#[cfg(closed)]
mod app;
#[cfg(closed)]
mod base;
#[cfg(closed)]
mod entra;
#[cfg(closed)]
mod evidence;
#[cfg(closed)]
mod foreign;
#[cfg(closed)]
mod golinks;
#[cfg(closed)]
mod recording;
#[cfg(closed)]
mod saml;
#[cfg(closed)]
mod scenario;
#[cfg(closed)]
mod scim;
#[cfg(closed)]
mod swarm;
#[cfg(closed)]
mod verify;
#[cfg(closed)]
mod world;
#[cfg(closed)]
pub use app::main;
