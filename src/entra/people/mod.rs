//! The people a scenario begins with: those generated from the seed, and the named ones on top.

pub mod read;
pub mod settings;

pub use settings::{Assigned, Settings};

use super::tenant::{self, NewGroup, NewUser, Tenant};
use crate::base::{Problems, Seed};

/// Everybody a scenario begins with.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Population {
    /// The generated people.
    pub settings: Settings,
    /// The named people, in the order written.
    pub users: Vec<NewUser>,
    /// The named groups, in the order written.
    pub groups: Vec<NewGroup>,
}

impl Population {
    /// Says what is wrong between the parts: names used twice, references to nobody.
    pub fn check(&self, _problems: &mut Problems) {}

    /// Sets up a directory with everybody in it; what is set up here is in effect at once and says nothing.
    ///
    /// # Errors
    /// A sentence, for what [`Population::check`] would have found.
    pub fn build(&self, settings: tenant::Settings, seed: Seed) -> Result<Tenant, String> {
        Ok(Tenant::new(settings, seed))
    }
}
