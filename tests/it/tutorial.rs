//! The vendor's tutorial for GoLinks, line by line: where each of its lines can be done and seen.
//!
//! Stories are played by the golden tests; here each line has a place, and the place is there.

use std::fs;
use std::path::Path;

use scimulator::scenario::explain::topics;

/// Where a line of the tutorial is shown.
enum Shown {
    /// In the story that clicks through the tutorial, by this text.
    Here(&'static str),
    /// In another story, by this text.
    Story(&'static str, &'static str),
    /// By `explain` of this word.
    Explain(&'static str),
    /// By this command on the story, which prints this text.
    Command(&'static [&'static str], &'static str),
}

use Shown::{Command, Explain, Here, Story};

/// The lines of the tutorial, in its order [golinks], each with the places that show it.
const LINES: [(&str, &[Shown]); 31] = [
    (
        "provisions and de-provisions users",
        &[Here("expect.golinks.account.bob.active = false"), Here("action = \"create\"")],
    ),
    (
        "and groups, where an application has them; GoLinks has none",
        &[
            Story("groups/name-and-people", "expect.golinks.group."),
            Story("groups/no-groups-here", "groups"),
        ],
    ),
    (
        "creates users, removes them when access ends, keeps attributes in sync",
        &[Here("{ update = { ann"), Here("{ disable = \"bob\" }"), Here("\"Legal\"")],
    ),
    (
        "single sign-on to GoLinks",
        &[Here("sign_in = \"bob\""), Story("bugs/neither-there-nor-not", "sign_in")],
    ),
    ("prerequisite: an Entra tenant", &[Here("[people]")]),
    (
        "prerequisite: one of three roles",
        &[
            Here("Insufficient privileges"),
            Here("Cloud Application Administrator"),
            Story("basics/roles", "Application Owner"),
            Explain("entra.role"),
        ],
    ),
    (
        "prerequisite: the Enterprise plan, and an account with admin permissions",
        &[Here("plan  = \"free\""), Here("issued_by = \"member\""), Explain("golinks.plan")],
    ),
    (
        "step 1: how provisioning works, who is in scope, what data are mapped",
        &[Here("Step 1"), Explain("initial cycle"), Explain("mappings")],
    ),
    ("step 2: the tenant URL", &[Here("https://api.golinks.io/scim/v2")]),
    ("a secret token from GoLinks", &[Here("from-golinks-support"), Here("rotate_token")]),
    (
        "step 3: add it from the gallery; the same application, or a separate one for tests",
        &[Here("[app.test]"), Here("[workspace.sandbox]"), Explain("entra.mappings.template")],
    ),
    (
        "step 4: scope by assignment or by attributes",
        &[
            Here("{ assign = { group = \"everybody\" } }"),
            Story("scope/attribute-scope", "filters"),
        ],
    ),
    ("start small", &[Here("assign = [\"ann\", \"bob\"]"), Story("basics/start-small", "assign")]),
    ("more roles by the application's manifest", &[Explain("entra.app_roles")]),
    ("step 5: sign in, select GoLinks, open Provisioning", &[Here("Step 5"), Here("fill_in")]),
    ("provisioning mode: Automatic", &[Here("mode = \"automatic\""), Here("mode   = \"manual\"")]),
    (
        "admin credentials, Test Connection, and what to look at when it fails",
        &[
            Here("test_connection"),
            Here("admin permissions"),
            Story("trouble/test-connection", "S17"),
        ],
    ),
    ("a notification e-mail and its check box", &[Here("notify_failures = true")]),
    ("Save", &[Here("\"save\""), Here("the connection test failed: 403"), Explain("save")]),
    ("Mappings: review the attributes", &[Here("entra.mappings.users.change")]),
    ("the matching property", &[Story("matching/unsearchable-400", "match = 1")]),
    (
        "the table of attributes, one of them supported for filtering",
        &[Here("seven attributes"), Story("matching/unsearchable-400", "userName alone")],
    ),
    ("scoping filters", &[Here("entra.filters"), Here("NotEffectivelyEntitled")]),
    ("provisioning status: On", &[Here("status = \"On\"")]),
    (
        "the scope: assigned users, or all",
        &[Here("scope = \"assigned\""), Story("basics/from-all-to-assigned", "\"all\"")],
    ),
    ("Save starts the initial cycle", &[Here("Save, and the initial cycle begins")]),
    (
        "the initial cycle takes longer",
        &[Here("took = { min"), Story("basics/the-first-takes-longer", "initial")],
    ),
    ("then a cycle about every 40 minutes", &[Explain("cycle_interval"), Here("forty minutes")]),
    (
        "step 6: the provisioning logs, who succeeded and who did not",
        &[
            Here("expect.log.last.bob"),
            Command(&["log", "basics/tutorial", "--user", "zoe"], "NotEffectivelyEntitled"),
            Command(&["log", "basics/tutorial", "--status", "success"], "create"),
        ],
    ),
    ("the progress of a cycle", &[Explain("progress_page_size")]),
    (
        "quarantine when the configuration is unhealthy",
        &[Here("expect.job.quarantine.reason"), Explain("quarantine")],
    ),
];

/// What the program prints.
fn run(words: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_scimulator");
    let output = std::process::Command::new(program).args(words).output().expect("it starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_line_of_the_tutorial_can_be_done_and_seen() {
    let text = |story: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{story}.toml"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let tutorial = text("basics/tutorial");
    let mut missing = Vec::new();
    for (line, places) in LINES {
        assert!(!places.is_empty(), "{line}");
        for place in places {
            let (found, name) = match place {
                Here(words) => (tutorial.contains(words), format!("tutorial: {words}")),
                Story(story, words) => (text(story).contains(words), format!("{story}: {words}")),
                Command(words, prints) => {
                    let said = run(words);
                    (said.contains(prints), format!("{words:?} prints {prints}: {said}"))
                }
                Explain(word) => (topics::find(word).is_ok(), format!("explain {word}")),
            };
            if !found {
                missing.push(format!("{line}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "not shown any more:\n{}", missing.join("\n"));
}
