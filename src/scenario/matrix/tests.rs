//! Which cells a matrix has, and which are chosen.

use crate::scenario::play::Outcome;
use crate::scenario::{Override, Play, Script, load_cells, messages};

const TWO_BY_TWO: &str = "title = \"x\"\nends = \"1d\"\n[matrix]\nseed = [1, 2]\n\
                          entra.dialect = [\"classic\", \"compliant\"]\n\
                          [[matrix.known_bad]]\nwhen = { entra.dialect = \"classic\", seed = 2 }\n\
                          because = \"B27\"\n\
                          [user.ann]\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n";

fn cells(overrides: &[&str]) -> Vec<Script> {
    let overrides: Vec<Override> =
        overrides.iter().filter_map(|text| Override::parse(text).ok()).collect();
    load_cells("a.toml", TWO_BY_TWO, &overrides, &|_| Err(String::new()))
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)))
}

fn shown(overrides: &[&str]) -> Vec<String> {
    let cell = |script: Script| {
        let cell = script.cell.expect("it is one of a matrix");
        let dialect = script.setup.entra.dialect.word();
        let bad = cell.known_bad.map(|why| format!(" {why}")).unwrap_or_default();
        format!("{}/{} {} {dialect}{bad}", cell.nth, cell.of, script.seed.0)
    };
    cells(overrides).into_iter().map(cell).collect()
}

#[test]
fn every_combination_is_a_script_and_the_last_axis_changes_fastest() {
    assert_eq!(
        shown(&[]),
        ["1/4 1 classic", "2/4 1 compliant", "3/4 2 classic B27", "4/4 2 compliant"]
    );
    let name = cells(&[])[1].cell.as_ref().map(super::Cell::name);
    assert_eq!(name.as_deref(), Some("seed = 1, entra.dialect = \"compliant\""));
}

#[test]
fn the_command_line_chooses_cells_and_sets_an_axis() {
    assert_eq!(shown(&["cell=3"]), ["3/4 2 classic B27"]);
    assert_eq!(shown(&["cell=dialect=compliant"]), ["2/4 1 compliant", "4/4 2 compliant"]);
    assert_eq!(shown(&["cell=seed=2", "cell=entra.dialect=classic"]), ["3/4 2 classic B27"]);
    assert_eq!(shown(&["seed=9"]), ["1/2 9 classic", "2/2 9 compliant"]);
    assert_eq!(shown(&["seed=2"]), ["1/2 2 classic B27", "2/2 2 compliant"]);
}

#[test]
fn a_cell_that_is_not_there_is_told() {
    for (text, choice) in [(TWO_BY_TWO, "cell=5"), ("title = \"x\"\nends = \"1d\"", "cell=1")] {
        let choice = Override::parse(choice).expect("it has a path");
        let read = load_cells("a.toml", text, &[choice], &|_| Err(String::new()));
        let said = messages::render(&read.expect_err("there is none"));
        assert!(said.contains("cell"), "{said}");
    }
}

/// What is known is an outcome of the story, so a story that could not be played as it is written
/// is red in every cell.
#[test]
fn a_refused_action_is_never_known_to_be_bad() {
    let outcome = |rest: &str| {
        let text = format!("{TWO_BY_TWO}{rest}");
        let mut cells = load_cells("a.toml", &text, &[], &|_| Err(String::new()))
            .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
        let mut play = Play::new(cells.remove(2));
        play.run_to_end();
        play.verdict().outcome()
    };
    let failed = "[finally]\ngolinks.accounts.active = 9\n";
    let refused = "[[at]]\ntime = \"1h\"\ndo = { purge = \"ann\" }\n";
    assert_eq!(outcome(failed), Outcome::KnownBad);
    assert_eq!(outcome(&format!("{refused}{failed}")), Outcome::Failed);
    assert_eq!(outcome(refused), Outcome::Failed);
}
