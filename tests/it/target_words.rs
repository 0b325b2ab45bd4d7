//! What page and report say of a run into a server that is not ours: it is `the target` everywhere,
//! and never has the mock's name.

use scimulator::app::dashboard::{Board, Live, PANELS, Query, Snapshot};
use scimulator::base::{Kind, Node};
use scimulator::foreign::{ForeignPlay, Target};
use scimulator::scenario::{Override, Play, load};

use crate::target_parity::access;
use crate::verify::Mock;

/// A story in whose own words the mock has no name. Its server refuses some of what it sends.
pub const STORY: &str = r#"
title = "A day of trouble"
seed = 7
ends = "3d"
[entra]
dialect = "classic"
[entra.mappings]
template = "scim"
[people]
generate = 6
assigned = true
[user.ann]
name = "Ann Okafor"
[user.ben]
name = "Ben Castillo"
[user.cleo]
name = "Cleo Marchetti"
assigned = false
[group.sales]
name = "Sales"
assigned = true
members = ["ann", "ben"]
[golinks.account.stranger]
userName = "stranger@elsewhere.example"
[[fault]]
name = "gateway"
from = "30h"
until = "34h"
respond = 503
[[at]]
time = "0d"
do = "start"
[[at]]
time = "6h"
do = [{ disable = "ann" }, { update = { ben = { department = "Sales" } } }, { assign = "cleo" }]
[[at]]
time = "8h"
do = [{ provision_on_demand = "cleo" }, { test_connection = true }]
[[at]]
time = "31h"
do = [{ delete = "ben" }, { update_group = { sales = { name = "Sales EMEA" } } }]
[finally]
worlds = "agree"
log.failures = 0
"#;

const URL: &str = "http://127.0.0.1:8080/scim/v2";

fn script() -> scimulator::scenario::Script {
    let set = |path, value: &str| Override::new(path, format!("\"{value}\""));
    let of_target = [
        set("entra.tenant_url", "/scim/v2"),
        set("entra.auth", "bearer"),
        set("entra.secret", "the-token-of-the-command-line"),
    ];
    load("trouble.toml", STORY, &of_target).unwrap_or_else(|_| panic!("it is good"))
}

/// What the page shows of a play: every panel, and the drawer of everything.
fn texts(play: &Play) -> Vec<(String, String)> {
    let live = Live { run: 1, speed: "max", target: Some(URL), outside: true, ..Live::default() };
    let look = || {
        let mut board = Board::default();
        board.update(play, &live);
        board.compare(play);
        while board.unfinished() {
            board.compare(play);
        }
        board
    };
    let board = look();
    let snapshot = Snapshot::new(&board, play, &live);
    let of = |name: &str, query: &Query| {
        snapshot.named(name, query).map(|json| json.to_string()).unwrap_or_default()
    };
    let panels = PANELS.iter().filter(|panel| !["file", "drawer"].contains(&panel.name));
    let query = |about: &str| Query { about: about.to_owned(), ..Query::default() };
    let mut all: Vec<(String, String)> =
        panels.map(|panel| (panel.name.to_owned(), of(panel.name, &query("")))).collect();
    let tenant = play.world().entra().tenant();
    let users = tenant.users().map(|(_, user)| format!("user {}", user.handle()));
    let groups = tenant.groups().map(|(_, group)| format!("group {}", group.handle()));
    let others = ["settings".to_owned(), "account stranger@elsewhere.example".to_owned()];
    let requests = (1..400).map(|seq| format!("request {seq}"));
    for about in users.chain(groups).chain(others).chain(requests) {
        let text = of("drawer", &query(&about));
        all.push((about, text));
    }
    all
}

#[test]
fn the_page_of_a_run_at_another_server_never_says_the_mocks_name() {
    let quirks = Node::table([("strict_booleans", Node::bare(Kind::Bool(true)))]);
    let mut target = Target::new(Mock::with(&[(&["quirks"], quirks)]), access());
    let mut running = ForeignPlay::new(&mut target, &|| false);
    let mut play = running.begin(script());
    let start = play.script().start;
    let mut said = Vec::new();
    for hours in [0, 1, 7, 9, 32, 48] {
        running.run_to(&mut play, start + std::time::Duration::from_secs(3_600 * hours));
        said.extend(texts(&play).into_iter().map(|(what, text)| (hours, what, text)));
    }
    running.finish(&mut play);
    assert_eq!(running.ended(), None);
    said.extend(texts(&play).into_iter().map(|(what, text)| (72, what, text)));
    let wrong: Vec<String> = said
        .iter()
        .filter_map(|(hours, what, text)| {
            // The product keeps its name.
            let text = text.replace("the mock GoLinks", "");
            let at = text.find("GoLinks")?;
            let (from, to) = (at.saturating_sub(60), (at + 60).min(text.len()));
            let near = String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned();
            Some(format!("at {hours} h, {what}: …{near}…"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all: String = said.iter().map(|(.., text)| text.as_str()).collect();
    for told in
        ["right at the target", "The target holds", "is at the target", "the target has none"]
    {
        assert!(all.contains(told), "{told}");
    }
}
