//! The run panel: which run the page shows, how to replay it, and where it deviates from Entra.

use schemars::JsonSchema;
use serde::Serialize;

use super::by_hand::{self, moments};
use super::expectations::file_name;
use super::panels::{Look, PANELS, Panel, Scene};
use super::{Live, drawer, words};
use crate::entra::AppId;
use crate::scenario::{Play, Script, report};
use crate::world::AppView;

/// The run that the page shows; when `id` changes, the page starts from the beginning.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The number of the run, which differs between any two runs of one server.
    pub id: String,
    /// The applications of the tenant that have a job, the main one first, when there are several.
    pub apps: Vec<String>,
    /// Which of them the page shows; empty when there is only one.
    pub app: String,
    /// The tabs of the page, in order.
    pub tabs: Vec<Tab>,
    /// The scenario's name.
    pub name: String,
    /// The scenario's title.
    pub title: String,
    /// Stories and bugs it covers.
    pub covers: Vec<String>,
    /// The seed.
    pub seed: String,
    /// The version of the program.
    pub version: &'static str,
    /// The command that replays the run, and what the command does not bring back.
    pub replay: String,
    /// The actions by hand, as `[[at]]` moments of a scenario file; empty for none.
    pub by_hand: String,
    /// A notice of the server about the run, such as that the scenario file cannot be read.
    pub notice: Option<String>,
    /// Where the server is that is provisioned, when it is not the mock GoLinks.
    pub target: Option<String>,
    /// That it has branched off from another, if it has.
    pub branch: Option<Branch>,
    /// How the run deviates from its script, and its policies from those of Entra.
    pub badges: Vec<Badge>,
}

/// That a run has branched off from another.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// From where, and what is not in it.
    pub text: String,
    /// What the way back is called; `/api/v1/unbranch` goes it.
    pub back: String,
}

/// A tab, which opens a panel.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// The name of the panel.
    pub name: &'static str,
    /// What the tab says.
    pub title: &'static str,
    /// Whether the panel takes the whole lower half of the page; otherwise it stands beside the
    /// two worlds.
    pub wide: bool,
}

/// One deviation: of the run from its script, or of a policy from the value that Entra has.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Badge {
    /// `foreign target`, `cell 1 of 8`, `branch`, `by hand`, `played again` or `3 settings are not
    /// Entra's`.
    pub word: String,
    /// The explanation; for a policy both values: `quarantine_min_failures = 5 (Entra: 5,000)`.
    pub text: String,
    /// What a click on it opens in the drawer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<&'static str>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Run {
    // The run is the one that goes on, at whatever instant of it the page looks.
    let (play, live) = scene.now.map_or((scene.play, scene.live), |now| (now.play(), now.live()));
    let (script, world) = (play.script(), play.world());
    let app = world.seen_by(world.find_app(&scene.query.app).unwrap_or(AppId::MAIN));
    let apps = world.app_names().len() > 1;
    Run {
        id: live.run.to_string(),
        apps: if apps { world.app_names().map(str::to_owned).collect() } else { Vec::new() },
        app: app.label().unwrap_or_default().to_owned(),
        tabs: PANELS.iter().filter_map(tab).collect(),
        name: file_name(&script.run_name()).to_owned(),
        title: script.title.clone(),
        covers: script.covers.clone(),
        seed: script.seed.0.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        replay: replay(play, live),
        by_hand: scene.stand_in(&moments(script.start, live.by_hand)),
        notice: live.notice.map(str::to_owned),
        target: live.target.map(str::to_owned),
        branch: branch(play, live),
        badges: target_badge(live)
            .into_iter()
            .chain(cell_words(script).map(|text| Badge {
                word:
                    script.cell.as_ref().map_or_else(String::new, |cell| {
                        format!("cell {} of {}", cell.nth, cell.of)
                    }),
                text,
                about: None,
            }))
            .chain(branch(play, live).map(|it| Badge {
                word: "branch".to_owned(),
                text: it.text,
                about: None,
            }))
            .chain(by_hand_badges(scene))
            .chain(settings_badge(app))
            .chain(beside_badges(scene))
            .collect(),
    }
}

fn tab(panel: &Panel) -> Option<Tab> {
    panel.tab().map(|(title, wide)| Tab { name: panel.name, title, wide })
}

/// The command that replays the run, and what the replay lacks.
fn replay(play: &Play, live: &Live<'_>) -> String {
    let command = report::replay(play.script());
    let line = match (live.by_hand.len(), play.touched()) {
        (0, false) => command,
        (0, true) => format!("{command}, without what clients from outside did"),
        (actions, _) => format!(
            "{command}, with {} by hand: copy them as moments of the file{}{}",
            words::counted(actions as u64, "action", "actions"),
            if by_hand::lack_secrets(live.by_hand) { by_hand::SECRETS_LACK } else { "" },
            if live.outside { "; without what clients from outside did" } else { "" }
        ),
    };
    match live.branched {
        Some(branched) => {
            let from = words::moment(play.script().start, branched.from);
            format!("{line}; a branch from {from}")
        }
        None => line,
    }
}

/// What is said of a run that has branched off from another.
fn branch(play: &Play, live: &Live<'_>) -> Option<Branch> {
    let branched = live.branched?;
    let start = play.script().start;
    let (from, stood) = (words::moment(start, branched.from), words::moment(start, branched.stood));
    let dropped = match branched.dropped {
        0 => "Nothing was done by hand after that.".to_owned(),
        dropped => format!(
            "What was done by hand after that ({}) is not in it.",
            words::counted(dropped as u64, "action", "actions")
        ),
    };
    Some(Branch {
        text: format!(
            "This run goes on from {from}. It left another that stood at {stood}. {dropped}"
        ),
        back: format!("Back to the run that was left, at {stood}"),
    })
}

/// Which cell of a matrix this is, and how another is chosen: the title is that of the whole, and
/// may tell of what another cell shows.
pub(super) fn cell_words(script: &Script) -> Option<String> {
    let cell = script.cell.as_ref().filter(|cell| cell.of > 1)?;
    Some(format!(
        "The story is told of {} cells of a matrix, and this is cell {}: {}. What the title tells \
         may be seen in another one; `--cell {}` behind the same command plays the last.",
        cell.of,
        cell.nth,
        cell.name(),
        cell.of
    ))
}

/// The badge of a run into a server that is not the mock.
fn target_badge(live: &Live<'_>) -> Option<Badge> {
    let target = live.target?;
    Some(Badge {
        word: "foreign target".to_owned(),
        text: format!(
            "This run provisions {target}. What stands under Target was read back from there. \
             Faults strike on the way; what only the mock GoLinks can do (its settings, quirks, \
             tokens, maintenance and accounts by hand) cannot be done there."
        ),
        about: None,
    })
}

/// The badges of a run in which more happened than its script says.
fn by_hand_badges(scene: &Scene<'_>) -> impl Iterator<Item = Badge> {
    let (play, live) = (scene.play, scene.live);
    // At a past instant: what had been done by then. What clients sent is not in it.
    let (until, touched) = match scene.look {
        Look::Past(at) | Look::Kept(at) => (at, false),
        _ => (AppView::from(play.world()).now(), play.touched()),
    };
    let before = &live.by_hand[..live.by_hand.iter().take_while(|done| done.at <= until).count()];
    let done = !before.is_empty() || touched;
    let by_hand = done.then(|| Badge {
        word: "by hand".to_owned(),
        text: match moments(play.script().start, before) {
            none if none.is_empty() => "A client from outside has sent requests.".to_owned(),
            moments => {
                let moments = scene.stand_in(&moments);
                format!("Done by hand; a click copies it for the file:\n{moments}")
            }
        },
        about: None,
    });
    let again = live.jumped_back.then(|| Badge {
        word: "played again".to_owned(),
        text: "A jump back has played the run again from its start, with what was done by hand; \
               what clients from outside had done is gone, and with it the secrets that are no \
               settings: tokens and API tokens that were issued on the server's pages, and the \
               sessions there."
            .to_owned(),
        about: None,
    });
    by_hand.into_iter().chain(again)
}

/// A badge for each other application about which there is something that a green status of this
/// one must not hide.
fn beside_badges<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = Badge> + use<'s> {
    let shown = scene.app().app();
    let others = scene.app().world().views().filter(move |other| other.app() != shown);
    others.filter_map(|other| {
        let (name, words) = (other.app_name(), report::remark_on(other)?);
        Some(Badge {
            word: format!("{name}: {words}"),
            text: format!("Of the application {name}: {words}. Choose it above to see why."),
            about: None,
        })
    })
}

/// The badge of the policies that are not as Entra has them; a click lists them.
fn settings_badge(app: AppView<'_>) -> Option<Badge> {
    let overridden = app.entra().job().settings().policy.overridden();
    let word = match overridden.len() {
        0 => return None,
        1 => "1 setting is not Entra's".to_owned(),
        more => format!("{more} settings are not Entra's"),
    };
    let texts: Vec<String> = overridden.iter().map(drawer::setting_words).collect();
    Some(Badge { word, text: texts.join("\n"), about: Some("settings") })
}
