//! No text and no override makes the loader panic: random changes to valid files, and random words.

use proptest::prelude::*;
use scimulator::scenario::{Override, library, load, messages};

/// One change to a text, with its places as shares of the text's length.
#[derive(Clone, Debug)]
enum Change {
    Cut(f64, usize),
    Insert(f64, String),
    SwapLines(f64, f64),
    CutLine(f64),
    DoubleLine(f64),
}

fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "[",
        "]",
        "[[",
        "{",
        "}",
        "\"",
        "'",
        "=",
        ".",
        ",",
        "#",
        "\n",
        " ",
        "-1",
        "1e9",
        "2",
        "true",
        "nan",
        "\"40m\"",
        "\"cycle 1\"",
        "\"next cycle\"",
        "[[at]]",
        "[always]",
        "[finally]",
        "[[fault]]",
        "expect.worlds",
        "{ min = 2 }",
        "ann",
        "\"ann\"",
        "do",
        "within",
        "after",
        "since",
        "ä",
        "\u{0}",
        "\\",
        "2026-03-02T08:00:00Z",
        "\"\"\"",
        "{ absent = true }",
        "golinks.account.ann",
        "\"1000000d\"",
        "[user.x]",
        "[golinks.account.x]",
        "covers",
    ];
    prop_oneof![proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), "\\PC{0,8}"]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = || 0.0..1.0f64;
    let change = prop_oneof![
        (place(), 1..20usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (place(), pieces()).prop_map(|(at, text)| Change::Insert(at, text)),
        (place(), place()).prop_map(|(one, two)| Change::SwapLines(one, two)),
        place().prop_map(Change::CutLine),
        place().prop_map(Change::DoubleLine),
    ];
    prop::collection::vec(change, 1..6)
}

fn apply(text: &str, change: &Change) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.lines().collect();
    let at = |share: f64, length: usize| {
        ((share * length as f64) as usize).min(length.saturating_sub(1))
    };
    match change {
        Change::Cut(share, length) => {
            let from = at(*share, characters.len());
            let to = (from + length).min(characters.len());
            characters.drain(from..to);
            characters.into_iter().collect()
        }
        Change::Insert(share, piece) => {
            let from = at(*share, characters.len() + 1);
            characters.splice(from..from, piece.chars());
            characters.into_iter().collect()
        }
        Change::SwapLines(one, two) if !lines.is_empty() => {
            let (one, two) = (at(*one, lines.len()), at(*two, lines.len()));
            lines.swap(one, two);
            lines.join("\n")
        }
        Change::CutLine(share) if !lines.is_empty() => {
            lines.remove(at(*share, lines.len()));
            lines.join("\n")
        }
        Change::DoubleLine(share) if !lines.is_empty() => {
            let nth = at(*share, lines.len());
            lines.insert(nth, lines[nth]);
            lines.join("\n")
        }
        _ => text.to_owned(),
    }
}

fn read(text: &str, overrides: &[Override]) {
    let said = match load("mutant.toml", text, overrides) {
        Ok(script) => messages::render(&script.warnings),
        Err(problems) => {
            assert!(problems.has_errors());
            messages::render(&problems)
        }
    };
    assert!(!said.contains("internal"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_are_read_or_refused(pick in any::<prop::sample::Index>(), changes in changes()) {
        let entries = library::list();
        let entry = &entries[pick.index(entries.len())];
        let text = changes.iter().fold(entry.text.to_owned(), |text, change| apply(&text, change));
        read(&text, &[]);
    }

    #[test]
    fn overrides_are_read_or_refused(path in "[a-z\\.\"' ]{1,20}", value in pieces()) {
        let welcome = library::find("welcome").expect("it comes with the program");
        read(welcome.text, &[Override::new(path, value)]);
    }
}

/// Reading is linear: what takes a fraction of a second would take minutes if each moment or each
/// problem read the file again.
#[test]
fn many_moments_and_many_problems_take_no_longer_each_than_few() {
    let moments = |verb: &str, name: &str| {
        let moment = |minute: usize| {
            format!("[[at]]\ntime = \"{minute}m\"\nsay = \"on\"\ndo = {{ {verb} = \"{name}\" }}\n")
        };
        let head = "title = \"Many\"\nends = \"40000m\"\n[user.ann]\nname = \"Ann Okafor\"\n";
        head.to_owned() + &(1..=20_000).map(moment).collect::<String>()
    };
    let began = processor_time();
    assert!(load("many.toml", &moments("disable", "ann"), &[]).is_ok());
    for (verb, name) in [("disabel", "ann"), ("disable", "anne")] {
        let problems = load("many.toml", &moments(verb, name), &[]).expect_err("it is wrong");
        assert_eq!(problems.list.len(), 20_000);
        assert!(messages::render(&problems).len() > 1_000_000);
    }
    let took = processor_time() - began;
    assert!(took < 30, "reading took {took} s of processor time");
}

/// Seconds that this thread has computed: what else the machine does adds nothing.
fn processor_time() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
}

#[test]
fn a_scenario_may_cover_a_bug_with_three_digits() {
    let text = "title = \"later bugs\"\nends = \"1h\"\ncovers = [\"S05\", \"B27\", \"B108\"]\n";
    assert!(load("later.toml", text, &[]).is_ok());
    for wrong in ["B1", "B1000", "X12", "108"] {
        let text = format!("title = \"x\"\nends = \"1h\"\ncovers = [\"{wrong}\"]\n");
        assert!(load("later.toml", &text, &[]).is_err(), "{wrong}");
    }
}
