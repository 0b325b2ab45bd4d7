//! The people a scenario begins with: people generated from the seed, and named people.

mod culture;
pub mod generate;
pub mod population;
pub mod read;
pub mod read_group;
pub mod settings;
pub mod sheet;
pub mod vocabulary;

#[cfg(test)]
mod tests;

pub use generate::Generator;
pub use population::Population;
pub use settings::{AssignedShare, PeopleSettings};
