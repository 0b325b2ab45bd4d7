//! Reads the tables of the setup: people, users, groups, entra, golinks, faults.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::node::Entry;
use crate::base::{Kind, Node, ProblemKind, Problems, Span};
use crate::entra::people::read as people;
use crate::entra::people::read_group;
use crate::entra::people::sheet;
use crate::entra::tenant::{NewAssignment, NewUser};
use crate::scenario::script::ScriptSetup;
use crate::world::Fault;
use crate::world::actions::Mention;
use crate::world::applications::MAIN;
use crate::{entra, golinks};

use super::accounts;
use super::applications;
use super::credentials;
use super::header::Header;
use crate::scenario::names::{NameKind, Names, Places};

/// Reads everything that exists before the story begins.
pub fn setup(
    root: &Node,
    header: &Header,
    names: &mut Names,
    problems: &mut Problems,
) -> ScriptSetup {
    let mut setup = ScriptSetup::default();
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    each(root, "people", problems, |path, entry, problems| match path {
        ["csv"] => {
            let before = problems.errors();
            let people = csv(&entry.value, problems);
            if problems.errors() > before || people.is_empty() {
                names.miss_people();
            }
            people.iter().for_each(|(_, person)| names.add_user(&person.handle));
            rows.extend(people.iter().map(|(line, person)| (person.handle.clone(), *line)));
            setup.population.users.extend(people.into_iter().map(|(_, person)| person));
        }
        _ => setup.population.settings.set(path, &entry.value, problems),
    });
    named(root, "user", problems, |entry, problems| {
        names.add_user(&entry.key);
        let user = people::user(entry, problems);
        match rows.get(&entry.key) {
            Some(line) => in_both(entry, *line, problems),
            None => setup.population.users.extend(user),
        }
    });
    named(root, "group", problems, |entry, problems| {
        names.add_group(&entry.key);
        setup.population.groups.extend(read_group::group(entry, problems));
    });
    let written = |handle: &str| root.get("user")?.get(handle)?.get("userPrincipalName");
    setup.population.check(header.seed, &|it| written(it).map(|node| node.span), problems);
    if let Some(table) = root.get("people") {
        setup.population.check_assigned(table, problems);
    }
    each(root, "entra", problems, |path, entry, problems| {
        setup.entra.set(path, &entry.value, problems)
    });
    if let Some(table) = root.get("entra") {
        setup.entra.check(table, problems);
    }
    if let Some(mappings) = root.get("entra").and_then(|entra| entra.get("mappings")) {
        targets(mappings, &setup.entra, names);
    }
    app_roles(root, &setup, names);
    let mut accounts_before = Vec::new();
    if let Some(table) = root.get("golinks") {
        golinks::Settings::check(table, problems);
    }
    each(root, "golinks", problems, |path, entry, problems| match path {
        ["account"] => {
            accounts_before = accounts::read(&entry.value, &setup.population, names, problems)
        }
        _ => setup.golinks.set(path, &entry.value, problems),
    });
    required(root.get("golinks"), &setup.golinks, names);
    accounts::try_out(&accounts_before, &setup.golinks, header.start, problems);
    setup.accounts = accounts_before;
    let (job, golinks) = ("entra", "golinks");
    let of = |path| credentials::Table { path, node: root.get(path) };
    credentials::check(of(job), of(golinks), &setup.entra, problems);
    credentials::check_secret(of(job), &setup.entra, may_sign_in_otherwise(root), problems);
    credentials::fill(&mut setup.entra, &mut setup.golinks, header.seed);
    applications::read(root, header, &mut setup, names, problems);
    setup.faults = faults(root, header, names, problems);
    setup
}

/// Whether an action may give a job another way to sign in, so that a secret is used then.
fn may_sign_in_otherwise(root: &Node) -> bool {
    const MAY: [&str; 4] = ["set", "fill_in", "save", "graph"];
    let items = |node: &'_ Node| match &node.kind {
        Kind::List(items) => items.clone(),
        _ => vec![node.clone()],
    };
    let moments = root.get("at").map(items).unwrap_or_default();
    let actions = moments.iter().filter_map(|moment| moment.get("do")).flat_map(items);
    actions.into_iter().any(|action| match &action.kind {
        Kind::Text(verb) => MAY.contains(&verb.as_str()),
        _ => action.entries().iter().any(|entry| MAY.contains(&entry.key.as_str())),
    })
}

/// Reports a user who has a table and a row of the sheet: the two would be merged, or one would be
/// dropped, and neither is what was written.
fn in_both(entry: &Entry, line: usize, problems: &mut Problems) {
    let handle = &entry.key;
    problems
        .error(entry.key_span, format!("`{handle}` is defined twice: here and by a row of the sheet"))
        .label(format!("and on line {line} of the sheet"))
        .help(format!(
            "leave out that row or `[user.{handle}]`, or give one of the two another name: a row is \
             named by what stands before the @"
        ));
}

/// Reads the people of a CSV sheet, each with the line; the node already holds the text of the
/// file.
fn csv(node: &Node, problems: &mut Problems) -> Vec<(usize, NewUser)> {
    let Some(text) = node.as_text(problems) else { return Vec::new() };
    if !text.contains('\n') {
        // It is still the name of a file that could not be read, which is reported already.
        return Vec::new();
    }
    let read = sheet::read(text).map(|people| {
        let placed = |(line, person)| (line, NewUser { span: node.span, ..person });
        people.into_iter().map(placed).collect()
    });
    read.unwrap_or_else(|errors| {
        for error in errors {
            problems
                .error(node.span, error.message)
                .label(format!("line {}, column {} of the sheet", error.line, error.column))
                .help(error.help);
        }
        Vec::new()
    })
}

/// Notes the app roles that the main application declares, and those that the tables assign.
fn app_roles(root: &Node, setup: &ScriptSetup, names: &mut Names) {
    names.roles.declare(MAIN, &setup.entra.app_roles);
    let assigned = |table: &str, handle: &str| root.get(table)?.get(handle)?.get("assigned");
    let users = setup.population.users.iter().map(|user| ("user", &user.handle, &user.assigned));
    let groups = setup.population.groups.iter().map(|it| ("group", &it.handle, &it.assigned));
    for (table, handle, assignment) in users.chain(groups) {
        if let (Some(NewAssignment::Named(role)), Some(node)) =
            (assignment, assigned(table, handle))
        {
            names.roles.assign(MAIN, role, node.span);
        }
    }
}

/// Notes the target attributes of the mappings that the author wrote or pasted, but not those of
/// the template.
pub(super) fn targets(written: &Node, settings: &entra::Settings, names: &mut Names) {
    let pasted = written.get("schema").map(|schema| schema.span);
    let places = Places::of(written);
    for target in settings.schema.users.rows().iter().map(|row| &row.target) {
        if let Some(span) = places.find(&target.name).or(pasted) {
            names.path(&target.path, span, Mention::Mapped);
        }
    }
}

/// Notes the attributes that a new account must have a value for.
pub(super) fn required(written: Option<&Node>, settings: &golinks::Settings, names: &mut Names) {
    let Some(list) = written.and_then(|table| table.get("required")) else { return };
    for (path, item) in settings.required.paths().iter().zip(list.items()) {
        names.path(path, item.span, Mention::Required);
    }
}

/// Passes each key of a table of settings to `set`. A problem about an unknown key is moved from
/// the value to the key.
fn each(
    root: &Node,
    table: &str,
    problems: &mut Problems,
    set: impl FnMut(&[&str], &Entry, &mut Problems),
) {
    let Some(node) = root.get(table) else { return };
    if one_table(node, table, problems).is_some() {
        settings_of(node, problems, set);
    }
}

/// Passes each key of a table of settings to `set`, as [`each`] does.
pub(super) fn settings_of(
    node: &Node,
    problems: &mut Problems,
    mut set: impl FnMut(&[&str], &Entry, &mut Problems),
) {
    for entry in node.as_table(problems).unwrap_or_default() {
        let before = problems.list().len();
        set(&[entry.key.as_str()], entry, problems);
        for problem in &mut problems.list_mut()[before..] {
            let unknown = problem.kind == ProblemKind::UnknownKey;
            if unknown && problem.span == Some(entry.value.span) {
                problem.span = Some(entry.key_span).filter(|span| *span != Span::default());
            }
        }
    }
}

/// Passes each entry of a table of tables (`[user.ann]`) to `read`.
pub(super) fn named(
    root: &Node,
    table: &str,
    problems: &mut Problems,
    mut read: impl FnMut(&Entry, &mut Problems),
) {
    let Some(node) = root.get(table) else { return };
    let Some(entries) = one_table(node, table, problems) else { return };
    for entry in entries {
        match entry.value.kind {
            Kind::Table(_) => read(entry, problems),
            _ => {
                problems
                    .error(entry.key_span, format!("`{}` stands directly in [{table}]", entry.key))
                    .help(format!("every {table} has a table of its own: [{table}.<name>]"));
            }
        }
    }
}

/// Returns the entries of a table; a list of tables gets its own message, since `[[user]]` is a
/// common mistake.
fn one_table<'a>(node: &'a Node, table: &str, problems: &mut Problems) -> Option<&'a [Entry]> {
    if let Kind::List(_) = node.kind {
        let help = match table {
            "user" | "group" | "app" | "workspace" => {
                format!("each has a table with its name: [{table}.<name>]")
            }
            _ => format!("there is one of it, so one pair of brackets: [{table}]"),
        };
        problems.error(node.span, format!("`{table}` is not a list")).help(help);
        return None;
    }
    node.as_table(problems)
}

/// Reports times of a fault between which no time of the run lies. One that is written with a
/// duration and one with a date-time can be compared here alone.
fn strikes_within(fault: &Fault, node: &Node, header: &Header, problems: &mut Problems) {
    let begins = fault.from.map_or(header.start, |from| from.instant(header.start));
    if let (Some(at), Some(until)) = (node.get("until"), fault.until)
        && until.instant(header.start) <= begins
    {
        problems
            .error(at.span, "this fault ends before it begins")
            .label(format!("it begins at {}", begins.rfc3339()))
            .help("let `until` be later than `from`, or say how long it lasts: for = \"1h\"");
        return;
    }
    if let Some(from) = node.get("from")
        && begins >= header.ends
        && header.ends_span != Span::default()
        && !header.is_cut
    {
        problems
            .warning(from.span, "this fault is never active")
            .label(format!("the scenario ends at {}", header.ends.rfc3339()))
            .help("let it begin earlier, or let `ends` be later");
    }
}

fn faults(root: &Node, header: &Header, names: &mut Names, problems: &mut Problems) -> Vec<Fault> {
    let items = list_of_tables(root, "fault", problems);
    let mut faults: Vec<Fault> = Vec::new();
    let mut called = BTreeSet::new();
    for item in items {
        if let Some(apps) = item.get("when").and_then(|when| when.get("app")) {
            let places = Places::of(apps);
            for app in &apps.as_texts(&mut Problems::default()).unwrap_or_default() {
                names.uses(app, NameKind::App, places.of_name(app));
            }
        }
        if let Some(users) = item.get("when").and_then(|when| when.get("user")) {
            let strings = users.as_texts(&mut Problems::default()).unwrap_or_default();
            let places = Places::of(users);
            for user in &strings {
                names.uses(user, NameKind::User, places.of_name(user));
            }
        }
        let Some(fault) = Fault::read(item, problems) else {
            if let Some(Kind::Text(name)) = item.get("name").map(|name| &name.kind) {
                names.add_fault(name);
            }
            continue;
        };
        strikes_within(&fault, item, header, problems);
        names.add_fault(&fault.name);
        if !called.insert(fault.name.clone()) {
            let span = item.get("name").map_or(item.span, |name| name.span);
            problems
                .error(span, format!("two faults are called `{}`", fault.name))
                .help("give each its own name");
        }
        faults.push(fault);
    }
    faults
}

/// Returns the tables of `[[at]]` or `[[fault]]`; a single `[at]` gets its own message.
pub fn list_of_tables<'a>(root: &'a Node, key: &str, problems: &mut Problems) -> &'a [Node] {
    let Some(node) = root.get(key) else { return &[] };
    match &node.kind {
        Kind::List(items) => items,
        Kind::Table(_) => {
            problems
                .error(node.span, format!("`{key}` is a list of tables"))
                .label("one pair of brackets makes one table")
                .help(format!("write [[{key}]], with two brackets"));
            &[]
        }
        _ => node.expected(&format!("tables written as [[{key}]]"), problems).unwrap_or_default(),
    }
}
