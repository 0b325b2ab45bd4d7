//! Groups with their members: what the initial cycle costs for each membership, and what one
//! changed membership costs later.

use std::fmt::Write;
use std::time::Duration;

use scimulator::scenario::{Play, load};
use scimulator::world::{Drive, driver};

use super::clock::Clock;

/// How many members each group has; each user is in as many groups.
const MEMBERS: usize = 50;

/// A play with as many users as groups, whose job starts at once; a day later a user joins the
/// first group.
pub fn play(groups: usize) -> Play {
    let mut text = "title = \"bench\"\nends = \"3d\"\n[golinks]\nprofile = \"generic\"\n\
        [entra.mappings]\ntemplate = \"scim\"\n"
        .to_owned();
    for user in 0..groups {
        let _ = writeln!(text, "[user.u{user}]");
    }
    let _ = writeln!(text, "[user.late]");
    for group in 0..groups {
        let members = (0..MEMBERS).map(|nth| format!("\"u{}\"", (group + nth) % groups));
        let members = members.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "[group.g{group}]\nassigned = true\nmembers = [{members}]");
    }
    text += "[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
        [[at]]\ntime = \"1d\"\ndo = { add_member = { group = \"g0\", user = \"late\" } }\n";
    Play::new(load("bench", &text, &[]).expect("the text above is a scenario"))
}

/// Runs the initial cycle to its end, and gives the memberships a second.
pub fn initial_cycle(play: &mut Play, groups: usize) -> f64 {
    let began = Clock::start();
    while play.world().entra().job().ended().next().is_none() {
        driver::step(play).expect("the cycle is under way");
    }
    let took = began.elapsed();
    let target = play.world().target();
    assert_eq!(target.group_count(), groups, "every group is there");
    let first = target.find_group_name("g0").expect("it is there");
    assert_eq!(target.group_members(first).count(), MEMBERS);
    (groups * MEMBERS) as f64 / took.as_secs_f64()
}

/// Runs until the changed membership was sent, thirty-seven cycles later, and gives the time.
pub fn one_change(play: &mut Play) -> Duration {
    let until = play.now() + Duration::from_secs(90_000);
    let began = Clock::start();
    driver::run_to(play, until);
    let took = began.elapsed();
    let target = play.world().target();
    let first = target.find_group_name("g0").expect("it is there");
    assert_eq!(target.group_members(first).count(), MEMBERS + 1);
    took
}
