//! A tenant of generated people, all of them assigned, and its initial cycle.

use std::time::Duration;

use scimulator::scenario::{Play, load};
use scimulator::world::{Drive, driver};

use super::clock::Clock;

/// A play with so many people, whose job starts at once. Policies and journal are as they are by
/// default.
pub fn play(people: u64) -> Play {
    let text = format!(
        "title = \"bench\"\nends = \"3000d\"\n[people]\ngenerate = {people}\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n"
    );
    Play::new(load("bench", &text, &[]).expect("the text above is a scenario"))
}

/// Runs the initial cycle to its end, and makes sure that it did what it should.
pub fn initial_cycle(play: &mut Play, people: u64) {
    while play.world().entra().job().ended().next().is_none() {
        driver::step(play).expect("the cycle is under way");
    }
    assert_eq!(play.world().target().active_count() as u64, people, "every user has an account");
    assert_eq!(play.world().entra().job().links().len() as u64, people, "every user is linked");
}

/// Lets days pass, and says how long they took.
pub fn days(play: &mut Play, days: u32) -> Duration {
    let until = play.now() + Duration::from_secs(86_400) * days;
    let began = Clock::start();
    driver::run_to(play, until);
    began.elapsed()
}
