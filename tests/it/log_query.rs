//! Which rows of the provisioning log can be read.

use scimulator::scenario::log::LogQuery;
use scimulator::scenario::{Override, Play, load};

/// How many rows can still be read two days after the first sync of five people.
fn readable(overrides: &[&str]) -> usize {
    let text = "title = \"t\"\nends = \"2d\"\n[people]\ngenerate = 5\n[[at]]\ntime = \"0d\"\n\
                do = \"start\"\n[finally]\ngolinks.accounts.total = 5\n";
    let overrides: Vec<Override> =
        overrides.iter().map(|text| Override::parse(text).expect("path=value")).collect();
    let Ok(script) = load("t.toml", text, &overrides) else { panic!("it loads") };
    let mut play = Play::new(script);
    play.run_to_end();
    LogQuery::default().rows(play.world().into()).count()
}

#[test]
fn rows_can_be_read_for_as_long_as_the_licence_keeps_them() {
    assert_eq!(readable(&[]), 5);
    assert_eq!(readable(&["entra.policy.log_retention=7d"]), 5);
    assert_eq!(readable(&["entra.policy.log_retention=1d"]), 0);
}
