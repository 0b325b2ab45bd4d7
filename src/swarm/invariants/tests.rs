//! Each invariant bites: a service that goes by other policies than the default ones, or by another
//! directory, is found.

use super::*;
use crate::base::Seed;
use crate::scenario::{Override, load, messages};
use crate::swarm::{Against, Life, NameSpace};

const HEAD: &str = r#"
title = "A service that does something wrong"
seed = 1
start = 2026-03-02T08:00:00Z
ends = "3d"
golinks = { token = "t" }

[user.ann]
name = "Ann Lind"
assigned = true

[user.ben]
name = "Ben Krause"
assigned = true
"#;

/// The checks that fail, each once.
fn failed(rest: &str, set: &[&str]) -> Vec<String> {
    failed_by(rest, rest, set)
}

/// The same, when the directory is that of another script.
fn failed_by(rest: &str, directory: &str, set: &[&str]) -> Vec<String> {
    let set: Vec<Override> =
        set.iter().map(|set| Override::parse(set).expect("path=value")).collect();
    let load = |rest: &str| {
        load("invariants.toml", &format!("{HEAD}{rest}"), &set)
            .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)))
    };
    let mut play = Play::new(load(rest));
    play.run_to_end();
    let mut checks: Vec<String> =
        of_run(&play, &History::of(&load(directory))).into_iter().map(|it| it.check).collect();
    checks.sort();
    checks.dedup();
    checks
}

fn at(time: &str, action: &str) -> String {
    format!("\n[[at]]\ntime = \"{time}\"\ndo = {action}\n")
}

fn started(more: &[(&str, &str)]) -> String {
    at("0s", "\"start\"") + &more.iter().map(|(time, action)| at(time, action)).collect::<String>()
}

#[test]
fn nothing_is_found_in_lives_as_they_are() {
    // In the last one the account of a stranger stands beside two of one user.
    for seed in (0..6).chain([1461]) {
        let text = Life::of(Seed(seed), Against::Mock).text(&NameSpace::default());
        let script = load("life.toml", &text, &[]).expect("a scenario");
        let mut play = Play::new(script);
        play.run_to_end();
        assert_eq!(broken(&play), [], "seed {seed}");
    }
}

#[test]
fn a_write_about_one_who_is_out_of_scope_is_found() {
    let renamed = ("5h", r#"{ update = { ann = { surname = "Berg" } } }"#);
    let gone = ("4h", r#"{ unassign = "ann" }"#);
    let (stays, left) = (started(&[renamed]), started(&[gone, renamed]));
    assert_eq!(failed(&stays, &[]), [""; 0]);
    assert_eq!(failed(&left, &[]), [""; 0]);
    assert_eq!(failed_by(&stays, &left, &[]), ["write.out-of-scope"]);
    // The other way round, a disable about one who is in scope.
    assert_eq!(failed_by(&left, &stays, &[]), ["write.disable"]);
}

#[test]
fn a_delete_about_one_who_is_not_gone_or_was_unassigned_first_is_found() {
    let unassigned = started(&[("1h", r#"{ unassign = "ann" }"#)]);
    assert_eq!(failed(&unassigned, &["entra.policy.soft_delete=false"]), ["write.delete"]);
    let purged = started(&[("1h", r#"{ delete = "ann" }"#), ("4h", r#"{ purge = "ann" }"#)]);
    assert_eq!(failed(&purged, &[]), [""; 0]);
    let first = started(&[
        ("1h", r#"{ unassign = "ann" }"#),
        ("3h", r#"{ delete = "ann" }"#),
        ("4h", r#"{ purge = "ann" }"#),
    ]);
    assert_eq!(failed_by(&purged, &first, &[]), ["write.delete"]);
}

#[test]
fn a_group_is_neither_written_out_of_scope_nor_deleted_in_scope() {
    let group = |assigned: bool| {
        format!(
            "golinks.profile = \"generic\"\nentra.mappings.template = \"scim\"\n\
             [group.sales]\nname = \"Sales\"\nassigned = {assigned}\nmembers = [\"ann\"]\n"
        )
    };
    let head = HEAD.replace("golinks = { token = \"t\" }\n", "golinks.token = \"t\"\n");
    let play = |rest: &str, directory: &str| {
        let load = |rest: &str| {
            let (root, tables) = rest.split_once("[group").expect("a group");
            let (top, people) = head.split_once("\n[user.ann]").expect("people");
            let text = format!("{top}\n{root}\n[user.ann]{people}[group{tables}");
            load("groups.toml", &text, &[])
                .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)))
        };
        let mut play = Play::new(load(rest));
        play.run_to_end();
        let found = of_run(&play, &History::of(&load(directory)));
        let mut checks: Vec<String> = found.into_iter().map(|it| it.check).collect();
        checks.dedup();
        checks
    };
    let there = group(true) + &started(&[]);
    let not_there = group(false) + &started(&[]);
    let leaves = group(true) + &started(&[("2h", r#"{ unassign = { group = "sales" } }"#)]);
    assert_eq!(play(&leaves, &leaves), [""; 0]);
    assert_eq!(play(&there, &not_there), ["write.out-of-scope"]);
    assert_eq!(play(&leaves, &there), ["write.delete"]);
}

#[test]
fn a_second_account_and_a_write_to_anothers_are_found() {
    let lost = started(&[
        ("2h", r#"{ edit_account = { ann = { userName = "other@contoso.example" } } }"#),
        ("3h", r#"{ restart = ["Full"] }"#),
    ]);
    assert_eq!(failed(&lost, &[]), ["accounts.second", "accounts.too-many"]);
    let taken = started(&[
        ("2h", r#"{ delete = "ann" }"#),
        ("4h", r#"{ edit_account = { ann = { userName = "ben.lind@contoso.example" } } }"#),
        ("5h", r#"{ update = { ben = { userPrincipalName = "ben.lind@contoso.example" } } }"#),
        ("6h", r#"{ restart = ["Full"] }"#),
    ]);
    let found = failed(&taken, &[]);
    assert!(found.contains(&"accounts.of-another".to_owned()), "{found:?}");
}

#[test]
fn a_pace_that_is_not_kept_is_found() {
    let cases: [(&str, &str, &str); 3] = [
        ("", "entra.policy.max_rps=26", "pace.rate"),
        ("delay = \"30s\"", "entra.policy.concurrency=11", "pace.concurrency"),
        (
            "respond = { status = 429, headers = { retry-after = \"60\" } }",
            "entra.policy.honor_retry_after=false",
            "pace.retry-after",
        ),
    ];
    for (effect, policy, check) in cases {
        let fault = match effect {
            "" => String::new(),
            _ => format!(
                "[[fault]]\nname = \"f\"\nuntil = \"2h\"\nwhen = {{ method = \"POST\" }}\n{effect}\n"
            ),
        };
        let people = "[people]\ngenerate = 30\nassigned = true\n\n";
        let rest = people.to_owned() + &fault + &started(&[]);
        assert_eq!(failed(&rest, &[]), [""; 0], "{effect}");
        assert_eq!(failed(&rest, &[policy]), [check], "{effect}");
    }
}

#[test]
fn a_request_that_no_cycle_sends_is_found() {
    let play = |rest: &str| {
        let script = load("invariants.toml", &format!("{HEAD}{rest}"), &[]).expect("a scenario");
        let mut play = Play::new(script);
        play.run_to_end();
        play
    };
    // The requests of one run, judged by the cycles of another, which began hours later.
    let (early, late) = (play(&started(&[])), play(&at("20h", "\"start\"")));
    let history = History::of(early.script());
    let main = |play: &'_ Play| Runs::of(play.world().into(), &history);
    assert_eq!(quarantine::broken(early.world().into(), &main(&early)), []);
    let found = quarantine::broken(early.world().into(), &main(&late));
    assert!(found.iter().any(|it| it.check == "cycle.outside"), "{found:?}");
    assert!(found.iter().all(|it| it.what.contains("leaves outside of a cycle")), "{found:?}");
}

#[test]
fn a_write_about_one_whom_the_filters_do_not_let_be_read_is_found() {
    let renamed = ("5h", r#"{ update = { ann = { surname = "Berg" } } }"#);
    let hidden = (
        "4h",
        r#"{ set = { entra.filters = [{ title = "no Ann", set = "input", where = [{ attribute = "givenName", is = "NOT EQUALS", value = "Ann" }] }] } }"#,
    );
    let restart = ("4h 1m", "\"restart\"");
    let (stays, left) = (started(&[restart, renamed]), started(&[hidden, restart, renamed]));
    assert_eq!(failed(&stays, &[]), [""; 0]);
    assert_eq!(failed(&left, &[]), [""; 0]);
    assert_eq!(failed_by(&stays, &left, &[]), ["write.unread"]);
}

#[test]
fn an_attempt_before_its_time_is_found() {
    let rest = started(&[("1h", "\"revoke_token\"")]);
    assert_eq!(failed(&rest, &[]), [""; 0]);
    for policy in ["quarantine_first=5h", "quarantine_second=11h", "quarantine_daily=20h"] {
        let set = format!("entra.policy.{policy}");
        assert_eq!(failed(&rest, &[&set]), ["quarantine.early"], "{policy}");
    }
}

#[test]
fn a_button_pressed_during_an_attempt_has_its_own_cycle_after_it() {
    let guarded = "[user.cy]\nname = \"Cy Lind\"\nassigned = true\n\n[entra]\ndelete_threshold = 2\n\
                   policy = { concurrency = 1 }\n\n[[fault]]\nname = \"slow\"\ndelay = \"25s\"\n\
                   from = \"90m\"\n";
    let unassigned = ("1h", "{ unassign = [\"ann\", \"ben\", \"cy\"] }");
    let pressed = ("7h 21m", "{ restart = \"ForceDeletes\" }");
    let rest = guarded.to_owned() + &started(&[unassigned, pressed]);
    assert_eq!(failed(&rest, &[]), [""; 0]);
    assert_eq!(failed(&rest, &["entra.policy.quarantine_first=5h"]), ["quarantine.early"]);
}
