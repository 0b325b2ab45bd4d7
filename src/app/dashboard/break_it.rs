//! The panel that breaks things: faults on the way, the token, and the quirks of GoLinks by family.

use schemars::JsonSchema;
use serde::Serialize;

use super::broken::{sent_token, toml_word};
use super::panels::Scene;
use crate::base::Node;
use crate::golinks::quirks::{QuirkRow, TABLE};
use crate::world::MASK;
use crate::world::faults::Fault;

/// What can be broken.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct BreakIt {
    /// What cannot be done to a server that is not the mock GoLinks.
    pub note: Option<String>,
    /// The switches by family, the plainest first.
    pub families: Vec<Family>,
}

/// Switches of a kind.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// What they have in common.
    pub title: &'static str,
    /// The switches.
    pub switches: Vec<Switch>,
}

/// One thing that can be broken.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Switch {
    /// What it is: `Down`, or the name of a quirk.
    pub name: String,
    /// What happens then.
    pub story: String,
    /// The reports that it comes from: `B01`.
    pub bugs: Vec<&'static str>,
    /// Where it was reported.
    pub from: &'static str,
    /// The action that breaks it, as a scenario writes it.
    pub action: String,
    /// Whether it is broken now.
    pub on: bool,
    /// The action that mends it.
    pub off: String,
}

/// The faults that a click switches on: title, what happens, the name of the fault, and the fault.
const ON_THE_WAY: [(&str, &str, &str, &str); 8] = [
    ("Down", "Every connection is refused.", "down", "refuse = true"),
    ("Slow", "Every answer takes 30 seconds.", "slow", "delay = \"30s\""),
    (
        "Throttled",
        "Every request gets 429, and is to be tried again after two minutes.",
        "throttled",
        "respond = { status = 429, headers = { retry-after = \"120\" } }",
    ),
    (
        "503",
        "Every request gets 503, as from a gateway in front of GoLinks.",
        "unavailable",
        "respond = 503",
    ),
    (
        "Lost answers",
        "GoLinks carries out every request, and each answer is lost on the way.",
        "lost answers",
        "reset = \"after\"",
    ),
    ("Silence", "No request is ever answered.", "silence", "stall = true"),
    (
        "Certificate expired",
        "No handshake succeeds: the certificate has expired.",
        "certificate",
        "certificate = \"expired\"",
    ),
    ("HTML instead of JSON", "A proxy answers with a page.", "proxy", "garble = \"html\""),
];

/// The families of quirks, each with the last number of its reports.
const FAMILIES: [(u32, &str); 7] = [
    (14, "Types and spelling in PATCH bodies"),
    (26, "Paths in PATCH"),
    (47, "Groups and members"),
    (61, "Finding the user: filters, uniqueness, anchors"),
    (64, "Lists and paging"),
    (76, "Transport, media types, credentials"),
    (u32::MAX, "Life cycle and other surprises"),
];

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> BreakIt {
    let mut families = vec![on_the_way(scene)];
    if scene.live.target.is_none() {
        families.extend(credentials(scene));
        families.extend(quirks(scene));
    }
    BreakIt {
        note: scene.live.target.map(|target| {
            format!(
                "{target} is not the mock GoLinks: it can be broken on the way alone. Its tokens, \
                 settings and quirks are its own."
            )
        }),
        families,
    }
}

/// The faults that can be switched on, and those that run beside them, such as the story's own. A
/// switch is on when a fault with its effect runs, whatever its name: names are the story's.
fn on_the_way(scene: &Scene<'_>) -> Family {
    let running: Vec<&Fault> =
        scene.app().faults().iter().filter(|it| it.on).map(|it| &it.fault).collect();
    let server = scene.app().target().called();
    let offered = ON_THE_WAY.map(|(name, story, fault, effect)| {
        let same = running.iter().find(|it| does(it, fault, effect));
        Switch {
            name: name.to_owned(),
            story: server.says(story),
            action: format!("{{ fault = {{ name = \"{fault}\", {effect} }} }}"),
            on: same.is_some(),
            off: clear(same.map_or(fault, |it| &it.name)),
            ..Switch::default()
        }
    });
    let is_offered =
        |it: &Fault| ON_THE_WAY.iter().any(|(_, _, name, effect)| does(it, name, effect));
    let own = running.iter().filter(|it| !is_offered(it)).map(|it| {
        let written = it.to_node().to_toml();
        Switch {
            name: format!("Fault {}", it.name),
            story: format!("A fault of the story or by hand: {written}."),
            action: format!("{{ fault = {written} }}"),
            on: true,
            off: clear(&it.name),
            ..Switch::default()
        }
    });
    let switches = offered.into_iter().chain(own).collect();
    Family { title: "On the way to the server", switches }
}

fn clear(fault: &str) -> String {
    format!("{{ clear_fault = {} }}", Node::text(fault).to_toml())
}

/// Whether a fault strikes every request with this effect, whatever its name and its times.
fn does(fault: &Fault, name: &str, effect: &str) -> bool {
    let timeless =
        Fault { name: name.to_owned(), from: None, until: None, lasts: None, ..fault.clone() };
    timeless.to_node().to_toml() == format!("{{ name = \"{name}\", {effect} }}")
}

/// The ways to break the token that the job sends.
fn credentials(scene: &Scene<'_>) -> Option<Family> {
    let view = scene.app();
    let (token, refused) = sent_token(view)?;
    // The server puts the token in: the page is not told it.
    let value = format!("\"{MASK}\"");
    let mend = format!("{{ rotate_token = {{ value = {value} }} }}");
    let set = view.target().mock()?.settings().token.as_ref();
    let expire = match set.is_some_and(|set| set.value == token) {
        true => format!("{{ set = {{ \"golinks.token.expires\" = {} }} }}", view.now()),
        false => format!(
            "{{ set = {{ golinks.token = {{ value = {value}, expires = {} }} }} }}",
            view.now()
        ),
    };
    let switch = |name: &str, story: &str, action: String, on: bool| Switch {
        name: name.to_owned(),
        story: story.to_owned(),
        action,
        on,
        off: mend.clone(),
        ..Switch::default()
    };
    let expired = refused.is_some_and(|why| why.contains("expired"));
    Some(Family {
        title: "The token",
        switches: vec![
            switch("Expired", "The token ends now: every request gets 401.", expire, expired),
            switch(
                "Revoked",
                "An administrator of GoLinks revokes it: every request gets 401.",
                "\"revoke_token\"".to_owned(),
                refused.is_some() && !expired,
            ),
        ],
    })
}

fn quirks(scene: &Scene<'_>) -> Vec<Family> {
    let view = scene.app();
    let Some(server) = view.target().mock() else { return Vec::new() };
    let switch = |row: &QuirkRow| {
        let value = row.words.get(1).copied().unwrap_or("true");
        let value = if value == "a number" { "1" } else { value };
        let set =
            |value: &str| format!("{{ set = {{ golinks.{} = {} }} }}", row.path, toml_word(value));
        Switch {
            name: row.name.to_owned(),
            story: row.story.to_owned(),
            bugs: row.bugs.to_vec(),
            from: row.from,
            action: set(value),
            on: server.settings().quirks.is(row.quirk),
            off: set(row.words[0]),
        }
    };
    let mut from = 0;
    let family = |(last, title): (u32, &'static str)| {
        let own = TABLE.iter().filter(|row| (from + 1..=last).contains(&number(row)));
        let switches = own.map(switch).collect();
        from = last;
        Family { title, switches }
    };
    FAMILIES.into_iter().map(family).collect()
}

/// The number of the first report of a quirk.
fn number(row: &QuirkRow) -> u32 {
    let first = row.bugs.first().and_then(|bug| bug.trim_start_matches('B').parse().ok());
    first.unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::dashboard::{Board, Live, Query, Snapshot, resolved};
    use crate::entra::AppId;
    use crate::scenario::{Play, library};
    use crate::world::actions::tests::action;

    #[test]
    fn every_switch_is_an_action_that_can_be_done_and_mended() {
        let entry = library::find("welcome").expect("it is in the library");
        let script = entry.load(&[]).unwrap_or_else(|_| panic!("it is good"));
        let mut play = Play::new(script);
        let live = Live { speed: "max", ..Live::default() };
        let look = |play: &Play| {
            let board = Board::default();
            view(&Snapshot::new(&board, play, &live).scene(&Query::default()))
        };
        let switches = |play: &Play| {
            let families = look(play).families;
            families.into_iter().flat_map(|family| family.switches).collect::<Vec<_>>()
        };
        let all = switches(&play);
        assert_eq!(all.len(), ON_THE_WAY.len() + 2 + TABLE.len());
        for (nth, switch) in all.iter().enumerate() {
            let act = |play: &mut Play, text: &str| {
                let action = resolved(&action(text), play.world().seen_by(AppId::MAIN));
                play.act(action)
            };
            act(&mut play, &switch.action).unwrap_or_else(|why| panic!("{}: {why}", switch.name));
            assert!(switches(&play)[nth].on, "{} is on", switch.name);
            act(&mut play, &switch.off).unwrap_or_else(|why| panic!("{}: {why}", switch.name));
            assert!(!switches(&play)[nth].on, "{} is off", switch.name);
        }
    }

    #[test]
    fn a_switch_is_on_by_what_a_fault_does_and_never_by_its_name() {
        let entry = library::find("welcome").expect("it is in the library");
        let script = entry.load(&[]).unwrap_or_else(|_| panic!("it is good"));
        let mut play = Play::new(script);
        let live = Live { speed: "max", ..Live::default() };
        let on = |play: &Play| {
            let board = Board::default();
            let told = view(&Snapshot::new(&board, play, &live).scene(&Query::default()));
            let switches = told.families.into_iter().flat_map(|family| family.switches);
            switches.filter(|it| it.on).map(|it| (it.name, it.off)).collect::<Vec<_>>()
        };
        let pair = |name: &str, off: &str| vec![(name.to_owned(), off.to_owned())];
        for (fault, name, off) in [
            ("{ name = 'outage', refuse = true, for = '3h' }", "Down", "outage"),
            ("{ name = 'down', respond = 503 }", "503", "down"),
            ("{ name = 'slow', respond = 500 }", "Fault slow", "slow"),
            ("{ name = 'some', refuse = true, probability = 0.5 }", "Fault some", "some"),
        ] {
            let off = format!("{{ clear_fault = \"{off}\" }}");
            play.act(action(&format!("{{ fault = {fault} }}"))).expect("it can be done");
            assert_eq!(on(&play), pair(name, &off), "{fault}");
            play.act(action(&off)).expect("it can be mended");
            assert_eq!(on(&play), [], "{fault}");
        }
    }
}
