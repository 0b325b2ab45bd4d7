//! The checks, by topic. The first ones decide whether the others mean anything.

mod access;
mod active;
mod alike;
mod discovery;
mod find;
mod group;
mod life;
mod manager;
mod member;
mod network;
mod nulls;
mod page;
mod patch;
mod remove;
mod rfc;
mod token;
mod user;

use super::check::Check;

/// Every check, in the order in which they run.
pub fn all() -> impl Iterator<Item = &'static Check> {
    [
        token::CHECKS,
        network::CHECKS,
        access::CHECKS,
        discovery::CHECKS,
        user::CHECKS,
        find::CHECKS,
        patch::CHECKS,
        active::CHECKS,
        manager::CHECKS,
        nulls::CHECKS,
        remove::CHECKS,
        group::CHECKS,
        member::CHECKS,
        page::CHECKS,
        life::CHECKS,
        rfc::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// The check of this id.
pub fn named(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id == id)
}
