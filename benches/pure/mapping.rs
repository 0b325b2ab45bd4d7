//! What the rows of a mapping table cost a person, by the function that the engine calls on import.

use std::hint::black_box;
use std::time::Duration;

use scimulator::base::Seed;
use scimulator::entra::field::ImportedUser;
use scimulator::entra::mapping::{Desired, Import, Schema, Template};
use scimulator::entra::policy::Policy;
use scimulator::world::Drive;

use super::clock::Clock;
use super::tenant;

/// Generated people that take turns: as many as stay in a core's cache, so that the expressions are
/// measured and not the memory.
const PEOPLE: u64 = 1_000;
/// Evaluations a round.
const EVALUATIONS: u32 = 500_000;

/// The time that the rows of a gallery's table cost a person, their values made and dropped.
pub fn evaluation(template: Template) -> Duration {
    let play = tenant::play(PEOPLE);
    let users: Vec<_> = play.world().entra().tenant().users().map(|(_, user)| user).collect();
    let schema = Schema::gallery(template);
    assert_eq!(
        schema.users.rows().len(),
        if template == Template::GoLinks { 7 } else { 22 },
        "the default rows"
    );
    let (policy, now, seed) = (Policy::default(), play.now(), Seed(7));
    let began = Clock::start();
    for nth in 0..EVALUATIONS as usize {
        let user = users[nth % users.len()];
        let person =
            ImportedUser { user: black_box(user), soft_deleted: false, manager: None, roles: &[] };
        let import = Import {
            object: person.into(),
            key: user.handle(),
            domain: "contoso.example",
            now,
            seed,
            policy: &policy,
        };
        let desired = black_box(Desired::of(&schema.users, &import));
        assert!(desired.matching(&schema.users, 0).is_some(), "every user has a userName");
    }
    began.elapsed() / EVALUATIONS
}
