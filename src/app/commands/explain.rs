//! `explain`: prints the closed vocabularies of scenario files from the tables that define them,
//! and explains an expression, a person's scope, a person, or the mappings.

use super::{played, sheet, vocabulary};
use crate::app::cli::ExplainArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal::{self, paint};
use crate::base::{Problems, Seed};
use crate::entra::expression::Expression;
use crate::entra::job::Subject;
use crate::entra::tenant::UserKey;
use crate::scenario::explain::topics::Topic;
use crate::scenario::log::{self, QueryError};
use crate::scenario::report::{Line, Tone};
use crate::scenario::{Diagnostics, Play, Source, explain};
use crate::world::AppView;

/// The story that is looked at unless another is named.
const WELCOME: &str = "welcome";

/// Explains one thing, or lists all topics.
pub fn run(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let somebody = args.subject.is_some() || args.user.is_some();
    match args.thing.as_deref() {
        None if args.names => {
            let topics = [vocabulary::all(), vocabulary::names()].concat();
            let names = topics.iter().map(|it| it.name.strip_prefix("bug.").unwrap_or(&it.name));
            let names = names.filter(|name| !name.contains([' ', '<']));
            terminal::print(&names.map(|name| format!("{name}\n")).collect::<String>());
            Ok(Exit::Met)
        }
        None => {
            list(&vocabulary::all());
            let more = "and the attributes and properties of Graph, the directory and SCIM: `scimulator explain properties`, \
                        `explain attributes`, `explain members`, `explain keys`";
            terminal::print_lines(&[Line::default(), Line::of(Tone::Faint, more.to_owned())]);
            Ok(Exit::Met)
        }
        Some("expression") if args.json => json(args),
        Some(thing) if args.json && thing != "mappings" => {
            Err(CommandError::bad(format!("`explain {thing}` answers in words"))
                .help("`expression` and `mappings` take --json"))
        }
        Some(thing) if !args.with.is_empty() && thing != "expression" => {
            Err(CommandError::bad(format!("`explain {thing}` takes no --with"))
                .help("it gives an attribute a value for `explain expression`"))
        }
        Some("expression") if somebody => expression(args),
        Some("scope") if somebody => person(args, explain::scope),
        Some("user") if somebody => person(args, explain::user),
        Some("ondemand") if somebody => on_demand(args),
        Some("group") if args.subject.is_some() => group(args),
        Some("log") if somebody => log(args),
        Some("mappings") if somebody => {
            let name = args.subject.as_deref().or(args.user.as_deref()).unwrap_or_default();
            Err(CommandError::bad("`explain mappings` tells of the rows, and of no user")
                .help(format!("what they give for one: `scimulator explain ondemand {name}`")))
        }
        Some("mappings") if args.json || args.scenario.is_some() => mappings(args),
        Some(thing @ ("scope" | "user" | "log" | "ondemand")) if args.scenario.is_some() => {
            Err(CommandError::bad(format!("`explain {thing}` of whom?"))
                .help(format!("say who: `scimulator explain {thing} ann`")))
        }
        Some(thing) if args.subject.is_some() => {
            Err(CommandError::bad(format!("`explain {thing}` takes no second word"))
                .help("`expression`, `scope`, `user`, `group`, `log` and `ondemand` do"))
        }
        Some(thing) => match unheeded(args) {
            None => topic(thing),
            Some(flag) => Err(CommandError::bad(format!(
                "`explain {thing}` explains a word, and takes no {flag}"
            ))
            .help(without_flag(thing))),
        },
    }
}

/// A flag about a run or an evaluation, of which the explanation of a word knows nothing.
fn unheeded(args: &ExplainArgs) -> Option<&'static str> {
    let flags = [
        ("--user", args.user.is_some()),
        ("--scenario", args.scenario.is_some()),
        ("--app", args.app.is_some()),
        ("--at", args.at.is_some()),
        ("--with", !args.with.is_empty()),
        ("--set", !args.changes.set.is_empty()),
    ];
    flags.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
}

/// What to write in place of a word with a flag about a run: a word that is none is a name.
fn without_flag(thing: &str) -> String {
    let name = if vocabulary::find(thing).is_ok() { "ann" } else { thing };
    format!(
        "leave it out; of a run tell `explain user {name}` and the like, with --scenario and --at"
    )
}

/// What a word explains of a user, where it is followed by a name.
const OF_SOMEBODY: [(&str, &str); 3] = [
    ("log", "what the provisioning log says of one user or group"),
    ("scope", "whether a user is in scope, and why"),
    ("user", "what there is of a user in both worlds"),
];

fn topic(thing: &str) -> Result<Exit, CommandError> {
    let found = vocabulary::find(thing).map_err(|help| {
        CommandError::bad(format!("there is nothing called `{thing}`")).help(help)
    })?;
    for topic in found {
        terminal::print_styled(&format!(
            "{} ({})\n\n{}\n",
            paint(Tone::Strong, &topic.name),
            topic.kind,
            topic.long
        ));
    }
    if let Some((word, tells)) = OF_SOMEBODY.iter().find(|(word, _)| *word == thing) {
        let also = format!("`scimulator explain {word} <name> --scenario <file>` tells {tells}");
        terminal::print_lines(&[Line::of(Tone::Faint, also)]);
    }
    Ok(Exit::Met)
}

/// The scenario that is meant, played up to the instant given by `--at`, or to its end.
fn play(args: &ExplainArgs) -> Result<Play, CommandError> {
    played::play(args.scenario.as_deref().unwrap_or(WELCOME), &args.changes, args.at)
}

/// Prints what is explained, of which story if none was named, and of which application, where
/// there are several.
fn print(args: &ExplainArgs, app: AppView<'_>, lines: &[Line]) {
    if args.scenario.is_none() {
        let what = format!("of the story `{WELCOME}`; --scenario names another");
        terminal::print_lines(&[Line::of(Tone::Faint, what), Line::default()]);
    }
    if let Some(name) = app.label() {
        let what = format!("as the application {name} sees it; --app names another");
        terminal::print_lines(&[Line(vec![(Tone::Faint, what)]), Line::default()]);
    }
    terminal::print_lines(lines);
}

fn find(play: &Play, args: &ExplainArgs, name: &str) -> Result<UserKey, CommandError> {
    explain::find_user(play.world(), name).map_err(|why| not_there(play, args, name, why))
}

/// The error of a name that is not in the directory, or not yet.
fn not_there(play: &Play, args: &ExplainArgs, name: &str, why: String) -> CommandError {
    let scenario = args.scenario.as_deref().unwrap_or(WELCOME);
    played::not_yet(play, scenario, name).unwrap_or_else(|| {
        CommandError::bad(why).help(format!("this looks in {scenario}; --scenario names another"))
    })
}

/// Finds the user or the group of a name, of which a log or a run on demand tells.
fn find_object(
    play: &Play,
    args: &ExplainArgs,
    app: AppView<'_>,
    name: &str,
) -> Result<Subject, CommandError> {
    let why = |why: QueryError| format!("{}: {}", why.message, why.help);
    log::find_object(app, name).map_err(|error| not_there(play, args, name, why(error)))
}

fn person(
    args: &ExplainArgs,
    say: fn(AppView<'_>, UserKey) -> Vec<crate::scenario::report::Line>,
) -> Result<Exit, CommandError> {
    let play = play(args)?;
    let name = args.subject.as_deref().or(args.user.as_deref()).unwrap_or_default();
    let (app, found) = (played::seen_by(&play, args.app.as_deref())?, find(&play, args, name));
    let lines = match (&found, explain::find_group(app, name)) {
        // Who asks about a group by these words is told about the group.
        (Err(_), Ok(group)) => explain::group(app, group),
        _ => say(app, found?),
    };
    print(args, app, &lines);
    Ok(Exit::Met)
}

fn group(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let play = play(args)?;
    let name = args.subject.as_deref().unwrap_or_default();
    let app = played::seen_by(&play, args.app.as_deref())?;
    let group = explain::find_group(app, name).map_err(|why| not_there(&play, args, name, why))?;
    print(args, app, &explain::group(app, group));
    Ok(Exit::Met)
}

/// Provisions somebody on demand at that moment of the run, and shows the steps. A refusal is an
/// answer too.
fn on_demand(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let mut play = play(args)?;
    let name = args.subject.as_deref().or(args.user.as_deref()).unwrap_or_default();
    let view = played::seen_by(&play, args.app.as_deref())?;
    let subject = find_object(&play, args, view, name)?;
    let app = view.app();
    let answer = explain::ondemand(&mut play, app, name);
    let app = played::seen_by(&play, args.app.as_deref())?;
    match answer {
        Ok(lines) => {
            print(args, app, &lines);
            Ok(Exit::Met)
        }
        Err(refusal) => {
            let words =
                vec![(Tone::Bad, "refused: ".to_owned()), (Tone::Plain, refusal.to_string())];
            let drafted = explain::drafted_on_demand(app, Some(subject));
            print(args, app, &[vec![Line(words)], drafted].concat());
            Ok(Exit::Failed)
        }
    }
}

/// Prints what the provisioning log says about a user or a group.
fn log(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let play = play(args)?;
    let name = args.subject.as_deref().or(args.user.as_deref()).unwrap_or_default();
    let app = played::seen_by(&play, args.app.as_deref())?;
    let subject = find_object(&play, args, app, name)?;
    let mut lines = log::story(app, subject);
    if let Subject::User(user) = subject
        && let Some(signed_in) = explain::sign_in(app, user)
    {
        lines.push(signed_in);
        let more = "The provisioning log shows no sign-ins; `explain user` tells of the accounts.";
        lines.push(Line::of(Tone::Faint, more.to_owned()));
    }
    print(args, app, &lines);
    Ok(Exit::Met)
}

fn mappings(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let play = play(args)?;
    let app = played::seen_by(&play, args.app.as_deref())?;
    let schema = &app.entra().job().settings().schema;
    match args.json {
        true => terminal::print(&format!("{:#}\n", serde_json::json!(schema.to_json()))),
        false => print(args, app, &explain::mappings(app)),
    }
    Ok(Exit::Met)
}

/// Evaluates expressions from standard input, one JSON object a line.
fn json(args: &ExplainArgs) -> Result<Exit, CommandError> {
    if args.subject.is_some() || args.user.is_some() || !args.with.is_empty() {
        return Err(CommandError::bad("with --json, expressions and attributes come from standard input").help(
            "a line each: {\"expression\": \"ToLower([mail])\", \"source\": {\"mail\": \"Ann@contoso.example\"}}",
        ));
    }
    let play = args.scenario.is_some().then(|| play(args)).transpose()?;
    sheet::run(play.as_ref().map(Play::world), Seed(args.changes.seed.unwrap_or(0)))
}

fn expression(args: &ExplainArgs) -> Result<Exit, CommandError> {
    let Some(text) = &args.subject else {
        return Err(CommandError::bad("which expression?")
            .help("explain expression 'ToLower([mail])' --user ann"));
    };
    let read = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(list) => {
            let mut problems = Problems::default();
            list.into_iter().for_each(|problem| problems.push(problem));
            let source = Source::new("expression", text, &[]);
            terminal::complain_raw(&terminal::rendered(&Diagnostics::new(&source, problems)));
            return Ok(Exit::Bad);
        }
    };
    let play = play(args)?;
    let user = args.user.as_deref().map(|name| find(&play, args, name)).transpose()?;
    let (lines, good) = explain::expression(play.world().into(), user, &args.with, &read);
    terminal::print_lines(&lines);
    Ok(if good { Exit::Met } else { Exit::Failed })
}

fn list(topics: &[Topic]) {
    let width = topics.iter().map(|topic| topic.name.len()).max().unwrap_or(0);
    let mut kind = "";
    for topic in topics {
        if topic.kind != kind {
            kind = topic.kind;
            terminal::print_styled(&format!("\n{}\n", paint(Tone::Strong, kind)));
        }
        terminal::print(&format!("  {:width$}  {}\n", topic.name, topic.short));
    }
}
