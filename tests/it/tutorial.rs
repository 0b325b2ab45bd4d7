//! The vendor's tutorial for GoLinks, line by line: each of its lines is done in a story that is
//! played, and something that can be observed is otherwise before it and as the line says after it.

use std::fs;
use std::path::Path;

use scimulator::base::Time;
use scimulator::scenario::explain::topics;
use scimulator::scenario::{Play, load, messages};
use scimulator::world::RecordedEvent;

/// The story that clicks through the tutorial.
const TUTORIAL: &str = "basics/tutorial";

/// What proves a line.
enum Proof {
    /// Between two instants the story does this, as an action reads, and then something is observed
    /// that was not so before.
    Seen {
        story: &'static str,
        does: &'static str,
        before: &'static str,
        after: &'static str,
        expect: &'static str,
    },
    /// Between two instants the journal has a record with this text, and none before.
    Told { before: &'static str, after: &'static str, record: &'static str },
    /// `explain` of this word has an answer.
    Explain(&'static str),
    /// This command prints this text.
    Command(&'static [&'static str], &'static str),
}

use Proof::{Command, Explain, Seen, Told};

/// What the tutorial itself does and shows.
const fn seen(
    does: &'static str,
    before: &'static str,
    after: &'static str,
    expect: &'static str,
) -> Proof {
    Seen { story: TUTORIAL, does, before, after, expect }
}

/// What another story does and shows.
const fn elsewhere(
    story: &'static str,
    does: &'static str,
    before: &'static str,
    after: &'static str,
    expect: &'static str,
) -> Proof {
    Seen { story, does, before, after, expect }
}

const fn told(before: &'static str, after: &'static str, record: &'static str) -> Proof {
    Told { before, after, record }
}

const LEGAL: &str = r#"golinks.account.ann."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "Legal""#;
const SALES: &str = r#"golinks.account.ann."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "Sales""#;
const MAIL: &str =
    r#"golinks.account.ann.'emails[type eq "work"].value' = "ann.okafor@contoso.example""#;
const SAVE: &str = "save";
const ASSIGN: &str = r#"assign = ["ann", "bob"]"#;
const EVERYBODY: &str = r#"assign = { group = "everybody" }"#;
const NEW_TOKEN: &str = r#"rotate_token = "issued-by-an-admin""#;
const FILTER: &str = "set = { entra = { filters";

/// The lines of the tutorial, in its order [golinks], each with what proves it.
const LINES: [(&str, &[Proof]); 31] = [
    (
        "provisions and de-provisions users",
        &[
            seen(SAVE, "1h 44m", "2h", "golinks.account.bob.active = true"),
            seen(r#"disable = "bob""#, "1d", "1d 1h", "golinks.account.bob.active = false"),
        ],
    ),
    (
        "and groups, where an application has them; GoLinks has none",
        &[elsewhere(
            "groups/name-and-people",
            "add_member = { group = \"design\", user = \"dora\" }",
            "23h",
            "1d 1h",
            "golinks.group.design.members = [\"ada\", \"ben\", \"cyd\", \"dora\"]",
        )],
    ),
    (
        "creates users, removes them when access ends, keeps attributes in sync",
        &[
            seen(
                SAVE,
                "1h 44m",
                "2h",
                "log.last.ann = { action = \"create\", status = \"success\" }",
            ),
            seen("update = { ann", "1d", "1d 1h", LEGAL),
            elsewhere(
                "lifecycle/recycle-bin",
                "purge = \"sam\"",
                "6d",
                "6d 1h",
                "golinks.account.sam = { absent = true }",
            ),
        ],
    ),
    (
        "single sign-on to GoLinks",
        &[
            told("0m", "1m", "sign-in of bob refused: AADSTS50105"),
            seen("sign_in = \"ann\"", "12h 29m", "12h 31m", "golinks.session.ann = 1"),
        ],
    ),
    (
        "prerequisite: an Entra tenant",
        &[seen(EVERYBODY, "5h 59m", "7h", "job.links = { min = 30 }")],
    ),
    (
        "prerequisite: one of three roles",
        &[
            told("59m", "1h 1m", "assign as Global Reader"),
            seen(ASSIGN, "1h 4m", "2h", "golinks.account.ann.active = true"),
            Explain("entra.role"),
        ],
    ),
    (
        "prerequisite: the Enterprise plan, and an account with admin permissions",
        &[
            seen(
                "test_connection",
                "1h 19m",
                "1h 21m",
                "test.message = { contains = \"Enterprise plan\" }",
            ),
            seen(
                "set = { golinks = { plan = \"enterprise\" } }",
                "1h 24m",
                "1h 26m",
                "test.message = { contains = \"admin permissions\" }",
            ),
            Explain("golinks.plan"),
        ],
    ),
    (
        "step 1: how provisioning works, who is in scope, what data are mapped",
        &[
            seen(
                "start",
                "0m",
                "29m",
                "app.test.golinks.account.ann = { userName = \"ann.okafor@contoso.example\", active = true, name.givenName = \"Ann\" }",
            ),
            Explain("initial cycle"),
            Explain("mappings"),
        ],
    ),
    (
        "step 2: the tenant URL",
        &[seen(
            "fill_in = { mode = \"automatic\", tenant_url = \"https://api.golinks.io/scim/v2\"",
            "1h 19m",
            "1h 21m",
            "test.message = { contains = \"403\" }",
        )],
    ),
    (
        "a secret token from GoLinks",
        &[seen(NEW_TOKEN, "1h 29m", "1h 31m", "test.result = \"passed\"")],
    ),
    (
        "step 3: add it from the gallery; the same application, or a separate one for tests",
        &[
            seen("start", "0m", "29m", "app.test.golinks.accounts.total = 1"),
            Explain("entra.mappings.template"),
        ],
    ),
    (
        "step 4: scope by assignment or by attributes",
        &[
            seen(ASSIGN, "1h 4m", "3h", "golinks.accounts.total = 2"),
            seen(FILTER, "1h 39m", "7h", "log.last.zoe.code = \"NotEffectivelyEntitled\""),
        ],
    ),
    ("start small", &[seen(ASSIGN, "1h 4m", "3h", "log.created = 2")]),
    (
        "more roles by the application's manifest",
        &[
            told("4h 59m", "5h 1m", "role = \"Auditor\""),
            elsewhere(
                "mapping/roles-of-its-own",
                "start",
                "0m",
                "1h",
                "golinks.account.ann.userType = \"administrator\"",
            ),
            Explain("entra.app_roles"),
        ],
    ),
    (
        "step 5: sign in, select GoLinks, open Provisioning",
        &[
            told("1h 9m", "1h 11m", "fill_in as Global Reader"),
            seen(
                "set = { entra = { role = \"Cloud Application Administrator\" } }",
                "1h 19m",
                "1h 21m",
                "test.message = { absent = false }",
            ),
        ],
    ),
    ("provisioning mode: Automatic", &[seen(SAVE, "1h 34m", "1h 36m", "job.mode = \"Automatic\"")]),
    (
        "admin credentials, Test Connection, and what to look at when it fails",
        &[seen(
            "test_connection",
            "1h 24m",
            "1h 26m",
            "test.message = { contains = \"admin permissions\" }",
        )],
    ),
    (
        "a notification e-mail and its check box",
        &[seen(
            "fill_in = { notify = \"it@contoso.example\", notify_failures = true }",
            "1h 34m",
            "1d 3h",
            "mails.last.to = \"it@contoso.example\"",
        )],
    ),
    (
        "Save",
        &[
            told("1h 24m", "1h 26m", "the connection test failed: 403"),
            seen(SAVE, "1h 34m", "1h 36m", "job.status = \"NotRun\""),
        ],
    ),
    (
        "Mappings: review the attributes",
        &[seen(
            "set = { entra = { mappings",
            "1h 39m",
            "2h",
            "golinks.account.ann.name.familyName = \"OKAFOR\"",
        )],
    ),
    (
        "the matching property, and that another needs an API that filters by it",
        &[
            told(
                "1h 44m",
                "2h",
                "GET /scim/v2/Users?filter=userName+eq+%22ann.okafor@contoso.example%22",
            ),
            seen("test_connection", "1h 41m", "1h 43m", "test.message = { contains = \"400\" }"),
        ],
    ),
    (
        "the table of attributes, one of them supported for filtering",
        &[
            seen(
                SAVE,
                "1h 44m",
                "2h",
                "golinks.account.ann = { userName = \"ann.okafor@contoso.example\", active = true, name.givenName = \"Ann\", externalId = \"ann.okafor\" }",
            ),
            seen(SAVE, "1h 44m", "2h", SALES),
            seen(SAVE, "1h 44m", "2h", MAIL),
        ],
    ),
    (
        "scoping filters",
        &[seen(
            FILTER,
            "1h 39m",
            "7h",
            "log.last.zoe.reason = { contains = \"outside the scoping filters\" }",
        )],
    ),
    (
        "provisioning status: On",
        &[seen(
            "fill_in = { scope = \"assigned\", status = \"On\" }",
            "1h 44m",
            "1h 46m",
            "job.state = \"Active\"",
        )],
    ),
    (
        "the scope: assigned users, or all",
        &[seen("fill_in = { scope = \"assigned\"", "1h 44m", "3h", "job.execution.in_scope = 0")],
    ),
    (
        "Save starts the initial cycle",
        &[seen(SAVE, "1h 44m", "1h 50m", "cycle.last.kind = \"initial\"")],
    ),
    (
        "the initial cycle takes longer",
        &[seen("restart", "6h 9m", "6h 20m", "cycle.last.took = { min = \"20s\" }")],
    ),
    (
        "then a cycle about every 40 minutes",
        &[
            seen("", "6h 49m", "6h 51m", "cycle.last = { number = 9, kind = \"incremental\" }"),
            Explain("cycle_interval"),
        ],
    ),
    (
        "step 6: the provisioning logs, who succeeded and who did not",
        &[
            seen(
                SAVE,
                "1h 44m",
                "2h",
                "log.last.bob = { action = \"create\", status = \"success\" }",
            ),
            Command(&["log", "basics/tutorial", "--user", "zoe"], "NotEffectivelyEntitled"),
            Command(&["log", "basics/tutorial", "--status", "success"], "create"),
        ],
    ),
    (
        "the progress of a cycle",
        &[seen(
            "restart",
            "6h 9m",
            "6h 11m",
            "job.progress = { completed = { min = 1 }, total = 4 }",
        )],
    ),
    (
        "quarantine when the configuration is unhealthy",
        &[seen(
            "revoke_token",
            "1d 1h 50m",
            "1d 2h 15m",
            "job.quarantine.reason = \"EncounteredQuarantineException\"",
        )],
    ),
];

/// What the program prints.
fn run(words: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_scimulator");
    let output = std::process::Command::new(program).args(words).output().expect("it starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where a moment of an instant belongs: before the first one that comes later.
fn place_of(text: &str, at: &str) -> usize {
    let moments = text.match_indices("\n[[at]]").map(|(place, _)| place);
    let comes_later = |place: &usize| {
        let lines = text[*place..].lines().skip(2).take_while(|line| !line.starts_with('['));
        let time =
            lines.filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "time");
        time.is_some_and(|(_, value)| minutes(value.trim().trim_matches('"')) > minutes(at))
    };
    let end = || text.find("\n[finally]").expect("a story ends so");
    moments.into_iter().find(comes_later).unwrap_or_else(end)
}

/// A duration such as `1d 4h 30m`, in minutes.
fn minutes(text: &str) -> u64 {
    let part = |part: &str| {
        let (number, unit) = part.split_at(part.len() - 1);
        let each = match unit {
            "d" => 24 * 60,
            "h" => 60,
            "m" => 1,
            _ => 0,
        };
        number.parse::<u64>().expect("a number") * each
    };
    text.split_whitespace().map(part).sum()
}

/// A story with an expectation at an instant of it, played to its end.
fn played(story: &str, at: &str, expect: &str) -> Play {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{story}.toml"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let expects = if expect.is_empty() { String::new() } else { format!("expect.{expect}\n") };
    let moment = format!("[[at]]\ntime = \"{at}\"\nsay = \"What is observed?\"\n{expects}\n");
    let place = place_of(&text, at);
    let text = format!("{}\n{moment}\n{}", &text[..place], &text[place..]);
    let script = load(&format!("{story}.toml"), &text, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

/// The records of a story, each with its instant, and when it was observed.
fn records(play: &Play) -> (Vec<(Time, String)>, Option<Time>) {
    let (mut told, mut observed) = (Vec::new(), None);
    for record in play.world().journal().records() {
        let mut text = String::new();
        record.event.write(&mut text);
        match record.event {
            RecordedEvent::Narrated("What is observed?") => observed = Some(record.at),
            _ => told.push((record.at, text)),
        }
    }
    (told, observed)
}

/// Why a proof does not hold.
fn flaw(proof: &Proof) -> Option<String> {
    match proof {
        Explain(word) => topics::find(word).is_err().then(|| format!("explain {word}")),
        Command(words, prints) => {
            let said = run(words);
            (!said.contains(prints)).then(|| format!("{words:?} does not print {prints}: {said}"))
        }
        Told { before, after, record } => {
            let (told, until) = records(&played(TUTORIAL, after, ""));
            let (_, from) = records(&played(TUTORIAL, before, ""));
            let times: Vec<Time> =
                told.iter().filter(|(_, text)| text.contains(record)).map(|it| it.0).collect();
            let first = times.first().copied();
            let holds = first.is_some() && first >= from && first <= until;
            (!holds).then(|| format!("no record `{record}` from {before} to {after}: {times:?}"))
        }
        Seen { story, does, before, after, expect } => {
            let (earlier, later) = (played(story, before, expect), played(story, after, expect));
            if earlier.verdict().green() {
                return Some(format!("{story}: at {before} already: {expect}"));
            }
            if !later.verdict().green() {
                let unmet = later.checks().iter().find(|check| !check.met);
                return Some(format!("{story}: at {after} not: {expect}: {unmet:?}"));
            }
            let ((told, until), (_, from)) = (records(&later), records(&earlier));
            let inside = |at: Time| Some(at) >= from && Some(at) <= until;
            let done = told.iter().any(|(at, text)| inside(*at) && text.contains(does));
            (!done).then(|| format!("{story}: `{does}` is not done from {before} to {after}"))
        }
    }
}

#[test]
fn every_line_of_the_tutorial_is_done_and_seen() {
    let mut flaws = Vec::new();
    for (line, proofs) in LINES {
        assert!(!proofs.is_empty(), "{line}");
        flaws.extend(proofs.iter().filter_map(flaw).map(|flaw| format!("{line}: {flaw}")));
    }
    assert!(flaws.is_empty(), "not shown:\n{}", flaws.join("\n"));
}
