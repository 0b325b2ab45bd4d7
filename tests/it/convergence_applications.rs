//! Several applications in one tenant, with trouble by chance and then calm: each must agree with
//! the workspace that it provisions, whatever happened to the others.

use std::fmt::Write;

use scimulator::base::Seed;
use scimulator::entra::AppId;
use scimulator::scenario::{Play, load, messages, report};
use scimulator::swarm::invariants;
use scimulator::world::intent::{self, Mismatch};
use scimulator::world::{Party, RecordedEvent};

/// How many stories are played; `CONVERGENCE=2000` plays more.
const STORIES: u64 = 60;
const PEOPLE: usize = 6;
const HOURS_OF_TROUBLE: usize = 48;

/// The applications of a story: the main one, one beside it, and one with a workspace of its own.
const APPS: [&str; 3] = ["main", "beside", "apart"];

#[test]
fn each_application_agrees_with_its_workspace_after_trouble_and_calm() {
    let wanted = std::env::var("CONVERGENCE").ok().and_then(|number| number.parse().ok());
    let failed: Vec<String> =
        (0..wanted.unwrap_or(STORIES)).filter_map(|seed| converge(Seed(seed)).err()).collect();
    assert!(failed.is_empty(), "{} of them: {}", failed.len(), failed[0]);
}

/// Plays the story of a seed.
///
/// # Errors
/// What is not as it should be, with the file that replays it.
fn converge(seed: Seed) -> Result<(), String> {
    let text = story(seed);
    let script = load("applications.toml", &text, &[])
        .map_err(|problems| format!("no scenario:\n{}\n{text}", messages::render(&problems)))?;
    let mut play = Play::new(script);
    play.run_to_end();
    let wrong = wrong(&play);
    match (play.verdict().green(), wrong.is_empty()) {
        (true, true) => Ok(()),
        _ => Err(format!("seed {}: {wrong:#?}\n{}\n{text}", seed.0, report::plain(&play, None))),
    }
}

/// What holds of every story at its end, and does not.
fn wrong(play: &Play) -> Vec<String> {
    let world = play.world();
    let [main, beside, apart] = [0, 1, 2].map(|app| world.seen_by(AppId(app)));
    let mut wrong = Vec::new();
    // The main application was restarted last, and has the last word at the workspace that two of
    // them provision. Who is in the scope of the other alone is left inactive.
    for one in intent::compare(beside) {
        let only_beside = intent::in_scope(beside, one.user) && !intent::in_scope(main, one.user);
        if !only_beside || one.what != Mismatch::Inactive {
            wrong.push(format!("beside: {} {}", one.handle, one.what));
        }
    }
    for app in [main, apart] {
        let found = intent::compare(app).into_iter();
        wrong.extend(found.map(|one| format!("{}: {} {}", app.app_name(), one.handle, one.what)));
    }
    for app in [main, beside, apart] {
        let mut names: Vec<String> =
            app.target().user_names().map(|(_, name)| name.to_lowercase()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        if names.len() < count {
            wrong.push(format!("{}: two accounts of one name", app.app_name()));
        }
    }
    let broken = invariants::broken(play);
    wrong.extend(broken.into_iter().map(|found| found.to_string()));
    for record in world.journal().records() {
        if let (RecordedEvent::Request(request), Party::App(app)) = (record.event, record.party) {
            let apart = request.target.starts_with("/apart/");
            if apart != (app == AppId(2)) {
                wrong.push(format!("{} sends {}", APPS[app.index()], request.target));
            }
        }
    }
    wrong
}

fn story(seed: Seed) -> String {
    let mut text = format!(
        "title = \"Applications by chance\"\nseed = {}\nends = \"5d\"\n\n\
         [app.beside]\nassigned = [{}]\n\n[app.apart]\nworkspace = \"apart\"\nscope = \"{}\"\nassigned = [{}]\n\n\
         [workspace.apart]\n\n",
        seed.0,
        some_people(seed, "beside"),
        ["assigned", "all"][pick(seed, "scope", 0, 2)],
        some_people(seed, "apart"),
    );
    for nth in 0..PEOPLE {
        let assigned = pick(seed, "assigned", nth as u64, 3) > 0;
        let _ =
            write!(text, "[user.p{nth}]\nname = \"Person Number{nth}\"\nassigned = {assigned}\n\n");
    }
    for (nth, app) in APPS.iter().enumerate() {
        let effects = ["respond = 503", "respond = 500", "refuse = true", "respond = 401"];
        let effect = effects[pick(seed, "effect", nth as u64, effects.len())];
        let from = 2 + pick(seed, "from", nth as u64, HOURS_OF_TROUBLE - 3);
        let _ = write!(
            text,
            "[[fault]]\nname = \"of {app}\"\nfrom = \"{from}h\"\nuntil = \"{HOURS_OF_TROUBLE}h\"\n\
             probability = 0.{}\nwhen = {{ app = \"{app}\" }}\n{effect}\n\n",
            3 + pick(seed, "probability", nth as u64, 6),
        );
    }
    text.push_str("[[at]]\ntime = \"0d\"\ndo = [");
    APPS.iter().for_each(|app| text += &format!("{{ start = true, app = \"{app}\" }}, "));
    text.push_str("]\n\n");
    let mut people = People::of(seed);
    let mut minute = 90;
    for nth in 0..24 {
        minute += 1 + pick(seed, "pause", nth, 2 * 60 * HOURS_OF_TROUBLE / 24);
        let action = people.change(seed, nth);
        let _ = write!(text, "[[at]]\ntime = \"{minute}m\"\ndo = {action}\n\n");
    }
    // The main application is read anew last.
    let calm = 60 + minute.max(60 * HOURS_OF_TROUBLE);
    for (app, minute) in [("beside", calm), ("apart", calm), ("main", calm + 60)] {
        let again =
            format!("[{{ start = true, app = \"{app}\" }}, {{ restart = true, app = \"{app}\" }}]");
        let _ = write!(text, "[[at]]\ntime = \"{minute}m\"\ndo = {again}\n\n");
    }
    text
}

/// What the generator knows of people, so that it writes only what the directory takes.
struct People {
    enabled: [bool; PEOPLE],
    /// By application, then by person.
    assigned: [[bool; PEOPLE]; 3],
}

impl People {
    fn of(seed: Seed) -> People {
        let is = |app: &str, nth: usize| is_assigned(seed, app, nth);
        let main = |nth: usize| pick(seed, "assigned", nth as u64, 3) > 0;
        People {
            enabled: [true; PEOPLE],
            assigned: [
                std::array::from_fn(main),
                std::array::from_fn(|nth| is("beside", nth)),
                std::array::from_fn(|nth| is("apart", nth)),
            ],
        }
    }

    fn change(&mut self, seed: Seed, nth: u64) -> String {
        let (who, app) = (pick(seed, "who", nth, PEOPLE), pick(seed, "app", nth, 3));
        let name = APPS[app];
        match pick(seed, "kind", nth, 8) {
            0 => {
                self.enabled[who] = !self.enabled[who];
                let verb = if self.enabled[who] { "enable" } else { "disable" };
                format!("{{ {verb} = \"p{who}\" }}")
            }
            1 => format!("{{ update = {{ p{who} = {{ surname = \"Surname{nth}\" }} }} }}"),
            2 => format!(
                "[{{ stop = true, app = \"{name}\" }}, {{ start = true, app = \"{name}\" }}]"
            ),
            3 => format!("{{ restart = true, app = \"{name}\" }}"),
            _ => {
                let assigned = &mut self.assigned[app][who];
                *assigned = !*assigned;
                let verb = if *assigned { "assign" } else { "unassign" };
                format!("{{ {verb} = \"p{who}\", app = \"{name}\" }}")
            }
        }
    }
}

fn some_people(seed: Seed, app: &str) -> String {
    let names = (0..PEOPLE).filter(|nth| is_assigned(seed, app, *nth));
    names.map(|nth| format!("\"p{nth}\"")).collect::<Vec<_>>().join(", ")
}

fn is_assigned(seed: Seed, app: &str, nth: usize) -> bool {
    pick(seed, app, nth as u64, 2) > 0
}

fn pick(seed: Seed, kind: &str, nth: u64, bound: usize) -> usize {
    seed.below(kind, "applications", nth, bound as u64) as usize
}
