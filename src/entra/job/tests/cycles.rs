//! The time model of cycles: the budget of changes, the interval, and how long an initial cycle
//! takes.

use super::*;

const MINUTE: u64 = 60;

impl Talk {
    fn minutes(&self) -> u64 {
        self.now.since(START).as_secs() / MINUTE
    }

    fn left(&self) -> u64 {
        self.entra.job().ended().next_back().expect("a cycle").counts.left
    }

    fn renamed(&mut self, id: &str, handle: &str) {
        self.read(id, handle, true);
        self.expect(r#""path":"name.familyName","value":"Berg""#, 204, "");
    }
}

#[test]
fn changes_beyond_the_budget_are_left_for_the_next_cycle() {
    let handles = ["ann", "bob", "cat", "dan", "eve"];
    let mut talk = Talk::provisioned(&handles).policy("changes_per_cycle", Kind::Integer(2));
    for handle in handles {
        talk.update(handle, Attribute::Surname, "Berg");
    }
    talk.probe();
    talk.renamed("1", "ann");
    talk.renamed("2", "bob");
    assert_eq!(talk.left(), 3);
    // One that changes again goes to the end of the feed.
    talk.update("ann", Attribute::GivenName, "Anna");
    talk.probe();
    talk.renamed("3", "cat");
    talk.renamed("4", "dan");
    assert_eq!(talk.left(), 2);
    talk.probe();
    talk.renamed("5", "eve");
    let shown = account("1", "ann", true).replace("Lind", "Berg");
    talk.expect("GET /scim/v2/Users/1 ", 200, &shown);
    talk.expect(r#""path":"name.givenName","value":"Anna""#, 204, "");
    assert_eq!(talk.left(), 0);
    talk.probe();
    talk.probe();
}

#[test]
fn retries_do_not_count_and_an_initial_cycle_has_no_budget() {
    let handles = ["ann", "bob", "cat"];
    let mut talk = Talk::with(&handles)
        .policy("concurrency", Kind::Integer(1))
        .policy("changes_per_cycle", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 500, "");
    talk.create("bob", "2");
    talk.create("cat", "3");
    talk.update("cat", Attribute::Surname, "Berg");
    talk.probe();
    talk.renamed("3", "cat");
    talk.create("ann", "1");
    assert_eq!(talk.left(), 0);
}

#[test]
fn a_failed_cycle_leaves_its_watermark_and_reads_the_same_changes_again() {
    let mut talk = Talk::provisioned(&["ann", "bob"]).policy("changes_per_cycle", Kind::Integer(1));
    talk.update("ann", Attribute::Surname, "Berg");
    talk.update("bob", Attribute::Surname, "Berg");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 401, "");
    talk.probe();
    talk.renamed("1", "ann");
    talk.probe();
    talk.renamed("2", "bob");
}

#[test]
fn the_interval_is_measured_from_the_start_or_from_the_end() {
    for (mode, minutes) in [("start_to_start", [80, 120]), ("end_to_start", [97, 137])] {
        let mut talk = Talk::with(&["ann"]).policy("interval_mode", Kind::Text(mode.to_owned()));
        talk = talk.policy("request_timeout", Kind::Text("2h".to_owned()));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        let (lookup, _) = talk.next();
        talk.now = START + Duration::from_secs(57 * MINUTE);
        talk.reply(lookup, 200, EMPTY);
        talk.expect("POST", 201, r#"{"id":"1"}"#);
        for due in minutes {
            talk.probe();
            assert_eq!(talk.minutes(), due, "{mode}");
        }
    }
}

#[test]
fn an_initial_cycle_takes_its_time_and_an_incremental_one_does_not() {
    let handles = ["ann", "bob", "cat", "dan"];
    let mut talk = Talk::with(&handles)
        .policy("initial_duration_model", Kind::Text("per_object".to_owned()))
        .policy("initial_object_min", Kind::Text("1m".to_owned()))
        .policy("initial_object_max", Kind::Text("2m".to_owned()));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for (nth, handle) in handles.iter().enumerate() {
        talk.create(handle, &(nth + 1).to_string());
        assert_eq!(talk.minutes(), 2 * nth as u64, "a create takes twice a minute");
    }
    assert_eq!(talk.entra.job().counters().cycles, 0, "the last one takes its time too");
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    assert_eq!(talk.minutes(), 40);
    let took = talk.entra.job().ended().next_back().map(|cycle| cycle.ended.since(cycle.began));
    assert_eq!(took.map(|took| took.as_secs() / MINUTE), Some(8));
    talk.renamed("1", "ann");
    assert_eq!(talk.entra.job().counters().cycles, 2, "an incremental cycle is as fast as ever");
    // All match, so a restart takes half as long.
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    for (nth, handle) in handles.iter().enumerate() {
        let shown = account(&(nth + 1).to_string(), handle, true);
        let shown = if nth == 0 { shown.replace("Lind", "Berg") } else { shown };
        talk.expect(&format!("GET /scim/v2/Users/{} ", nth + 1), 200, &shown);
        assert_eq!(talk.minutes(), 40 + nth as u64);
    }
    talk.probe();
    assert_eq!(talk.minutes(), 80);
}
