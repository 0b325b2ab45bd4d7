//! Warnings of expectations whose cause is missing: the outcome of something that no action asks
//! for, and what a story expects that does nothing but start.

use std::time::Duration;

use crate::base::Problems;
use crate::entra::AppId;
use crate::world::applications::MAIN;

use super::expect::{Expectation, Observable, ObservedValue};
use super::play::NEVER;
use super::script::When;
use super::{Play, Script};

/// The largest directory of a story that is played to find out what comes of its start.
const PLAYED: u64 = 100;

/// The longest such story.
const LONGEST: Duration = Duration::from_secs(100 * 86_400);

/// Something whose outcome is observed and that an action has to ask for.
struct Asked {
    /// The family of names.
    family: &'static str,
    /// What is missing.
    missing: &'static str,
    /// The verbs that may ask for it; a request to Graph may too.
    verbs: &'static [&'static str],
    /// What to write.
    help: &'static str,
}

const ASKED: [Asked; 3] = [
    Asked {
        family: "test",
        missing: "no connection test is ever made",
        verbs: &["test_connection", "provision_on_demand", "graph"],
        help: "do = \"test_connection\" makes one",
    },
    Asked {
        family: "discovery",
        missing: "no account discovery is ever made",
        verbs: &["discover_identities", "graph"],
        help: "do = \"discover_identities\" makes one",
    },
    Asked {
        family: "ondemand",
        missing: "no run on demand is ever asked for",
        verbs: &["provision_on_demand", "graph"],
        help: "do = { provision_on_demand = \"ann\" } asks for one",
    },
];

/// Adds the warnings.
pub fn warn(script: &Script, problems: &mut Problems) {
    for expectation in script.expectations() {
        if let Some(asked) = ASKED.iter().find(|asked| asked.is_missing(expectation, script)) {
            problems
                .warning(script.source.line_span(expectation.line), asked.missing)
                .label("this cannot come true")
                .help(asked.help);
        }
    }
}

impl Asked {
    /// Whether an expectation needs it and no action asks for it.
    fn is_missing(&self, expectation: &Expectation, script: &Script) -> bool {
        let of_family = match &expectation.observed {
            Observable::Named(row) => row.path.split('.').next() == Some(self.family),
            Observable::OnDemand { .. } => self.family == "ondemand",
            _ => false,
        };
        let none = [ObservedValue::Absent, ObservedValue::Count(0)];
        of_family
            && !none.iter().any(|none| expectation.test.met(none))
            && !self.is_asked(expectation.app.unwrap_or(AppId::MAIN), script)
    }

    fn is_asked(&self, app: AppId, script: &Script) -> bool {
        let beside = app.index().checked_sub(1).and_then(|at| script.setup.apps.get(at));
        let name = beside.map_or(MAIN, |app| app.name.as_str());
        let mut actions = script.steps.iter().flat_map(|step| &step.actions).map(|it| &it.action);
        actions.any(|it| {
            let is_to_it = it.verb() == "graph" || it.app().unwrap_or(MAIN) == name;
            is_to_it && self.verbs.contains(&it.verb())
        })
    }
}

/// Warns of what never holds in a story that does nothing but start: such a run is played, since
/// nothing but the start could bring about what is expected. One that has a warning already may
/// fail by its cause; one that the command line changes may be played at another server.
pub fn only_started(script: &Script, problems: &mut Problems) {
    let setup = &script.setup;
    let mut actions = script.steps.iter().flat_map(|step| &step.actions).peekable();
    let is_small = setup.population.count() <= PLAYED && script.ends.since(script.start) <= LONGEST;
    let is_plain =
        setup.faults.is_empty() && setup.apps.is_empty() && script.source.overrides.is_empty();
    if actions.peek().is_none() || !is_small || !is_plain || !problems.list().is_empty() {
        return;
    }
    if !actions.all(|it| it.action.verb() == "start") || script.expectations().next().is_none() {
        return;
    }
    let mut play = Play::new(script.clone());
    play.run_to_end();
    for failed in play.checks().iter().filter(|it| !it.met && it.line > 0) {
        let span = script.source.line_span(failed.line);
        let cycles = play.world().seen_by(AppId::MAIN).entra().job().counters().cycles;
        let is_after_cycle = script.steps.iter().any(|step| {
            matches!(step.when, When::AfterCycle(_))
                && step.expect.iter().any(|expected| expected.line == failed.line)
        });
        let (message, help) = if failed.step == NEVER && is_after_cycle {
            let help = format!(
                "{} in this story: wait for one that ends after the moment above, or let the story end \
                 later (`ends`)",
                if cycles == 1 {
                    "1 cycle ends".to_owned()
                } else {
                    format!("{cycles} cycles end")
                }
            );
            ("this moment never comes", help)
        } else if failed.expected.starts_with("cycle.") {
            let help = "time alone brings cycles: expect what is so here, or ask at another moment";
            ("this is not so at this moment", help.to_owned())
        } else {
            let help =
                "a moment with an action, or a fault, that makes it so; or expect what is so";
            ("nothing in this file brings this about: it does no more than start", help.to_owned())
        };
        problems.warning(span, message).label(&*failed.actual).help(help);
    }
}
