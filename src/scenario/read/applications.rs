//! Reads the applications beside the main one, `[app.<name>]`, and the workspaces beside the main
//! one, `[workspace.<name>]`.

use crate::base::diagnostic::did_you_mean;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems, Span};
use crate::entra::key_doc::{KeyDoc, names as key_names};
use crate::entra::tenant::new_user::check_handle;
use crate::golinks::BasePath;
use crate::scenario::names::{NameKind, Names};
use crate::scenario::script::{Assigned, Assignee, ScriptApp, ScriptSetup, ScriptWorkspace};
use crate::world::WorkspaceId;
use crate::world::applications::MAIN;
use crate::{entra, golinks};

use super::accounts;
use super::credentials;
use super::header::Header;
use super::tables::{named, required, settings_of, targets};

/// The keys that `[app.<name>]` has beside those of `[entra]`.
pub const KEYS: &[KeyDoc] = &[
    KeyDoc {
        name: "workspace",
        doc: "The GoLinks that it provisions: the name of a `[workspace.<name>]`; the one of `[golinks]` unless said.",
        example: "\"sandbox\"",
    },
    KeyDoc {
        name: "assigned",
        doc: "Who is assigned to it when the story begins: names, `{ group = \"pilot\" }`, or true for everybody; nobody unless said.",
        example: "[\"ann\", { group = \"pilot\" }]",
    },
    KeyDoc {
        name: "name",
        doc: "Its name in the directory, which the journal shows where somebody is assigned to it.",
        example: "\"GoLinks (test)\"",
    },
];

/// Reads both kinds of tables; the main application and workspace have been read.
pub fn read(
    root: &Node,
    header: &Header,
    setup: &mut ScriptSetup,
    names: &mut Names,
    problems: &mut Problems,
) {
    named(root, "workspace", problems, |entry, problems| {
        if is_name(entry, "workspace", problems) {
            let before = problems.errors();
            let workspace = workspace(entry, header, setup, names, problems);
            if problems.errors() == before {
                is_apart(entry, &workspace, setup, problems);
            }
            setup.workspaces.push(workspace);
        }
    });
    named(root, "app", problems, |entry, problems| {
        if is_name(entry, "application", problems) {
            let mut app = app(entry, setup, names, problems);
            check_credentials(root, entry, &app, setup, problems);
            let golinks = setup.settings_of_mut(app.workspace);
            credentials::fill(&mut app.settings, golinks, header.seed);
            names.add_app(&app.name, app.workspace);
            setup.apps.push(app);
        }
    });
    if !problems.has_errors() {
        unused(root, setup, problems);
    }
}

/// Reports an application whose job fetches tokens where its workspace has no token endpoint.
fn check_credentials(
    root: &Node,
    entry: &Entry,
    app: &ScriptApp,
    setup: &ScriptSetup,
    problems: &mut Problems,
) {
    let beside =
        usize::from(app.workspace.0).checked_sub(1).and_then(|at| setup.workspaces.get(at));
    let workspaces = root.get("workspace");
    let (path, node) = match beside {
        None => ("golinks".to_owned(), root.get("golinks")),
        Some(beside) => {
            (format!("workspace.{}", beside.name), workspaces.and_then(|all| all.get(&beside.name)))
        }
    };
    let job = credentials::Table { path: &format!("app.{}", app.name), node: Some(&entry.value) };
    let golinks = credentials::Table { path: &path, node };
    credentials::check(job, golinks, &app.settings, problems);
}

/// Whether a table has a name that an application or a workspace may have.
fn is_name(entry: &Entry, what: &str, problems: &mut Problems) -> bool {
    if entry.key == MAIN {
        let (table, said) = match what {
            "workspace" => ("golinks", "workspace"),
            _ => ("entra", "application"),
        };
        problems
            .error(entry.key_span, format!("the main {said} has the name `{MAIN}` already"))
            .help(format!("it is what [{table}] says; give this one another name"));
        return false;
    }
    if let Err(why) = check_handle(&entry.key) {
        problems.error(entry.key_span, why);
        return false;
    }
    true
}

fn workspace(
    entry: &Entry,
    header: &Header,
    setup: &ScriptSetup,
    names: &mut Names,
    problems: &mut Problems,
) -> ScriptWorkspace {
    let mut settings = golinks::Settings::default();
    let path = format!("/{}/scim/v2", entry.key);
    match BasePath::check(&path) {
        Ok(()) => settings.set(&["base_path"], &Node::text(&path), &mut Problems::default()),
        Err(why) if entry.value.get("base_path").is_none() => {
            let help = "say another `base_path`, or give the workspace another name";
            problems.error(entry.key_span, why).label(format!("its path is `{path}`")).help(help);
        }
        Err(_) => {}
    }
    // A workspace issues tokens of its own.
    let token = settings.good_tokens().next().map(|token| format!("{}-{}", token.value, entry.key));
    if let Some(token) = token {
        settings.set(&["token"], &Node::text(token), &mut Problems::default());
    }
    golinks::Settings::check(&entry.value, problems);
    let id = WorkspaceId(u16::try_from(setup.workspaces.len() + 1).unwrap_or(u16::MAX));
    let before = names.turn_to(id);
    let mut made = Vec::new();
    settings_of(&entry.value, problems, |path, inner, problems| match path {
        ["account"] => made = accounts::read(&inner.value, &setup.population, names, problems),
        _ => settings.set(path, &inner.value, problems),
    });
    required(Some(&entry.value), &settings, names);
    names.turn_to(before);
    accounts::try_out(&made, &settings, header.start, problems);
    ScriptWorkspace { name: entry.key.clone(), settings, accounts: made }
}

/// Reports a workspace below whose path another one is, or that is below another one's: the path of
/// a request says for which it is.
fn is_apart(
    entry: &Entry,
    workspace: &ScriptWorkspace,
    setup: &ScriptSetup,
    problems: &mut Problems,
) {
    let path = format!("{}/", workspace.settings.base_path);
    let others = setup.all_workspaces().find(|(_, settings)| {
        let other = format!("{}/", settings.base_path);
        other.starts_with(&path) || path.starts_with(&other)
    });
    if let Some((other, settings)) = others {
        let span = entry.value.get("base_path").map_or(entry.key_span, |node| node.span);
        let message = format!(
            "a request to `{}` could be meant for two workspaces",
            path.trim_end_matches('/')
        );
        problems
            .error(span, message)
            .label(format!("the workspace `{other}` is at `{}`", settings.base_path))
            .help("give it another `base_path`");
    }
}

fn app(
    entry: &Entry,
    setup: &ScriptSetup,
    names: &mut Names,
    problems: &mut Problems,
) -> ScriptApp {
    let table = format!("[app.{}]", entry.key);
    let workspace =
        entry.value.get("workspace").and_then(|node| in_workspace(node, setup, problems));
    let workspace = workspace.unwrap_or_default();
    let base_path = setup.settings_of(workspace).base_path.to_string();
    // What the vendor does holds for every application.
    let policy = setup.entra.policy.clone();
    let mut settings = entra::Settings { policy, base_path, ..entra::Settings::default() };
    let mut assigned = Assigned::default();
    let mut shown = format!("GoLinks ({})", entry.key);
    settings_of(&entry.value, problems, |path, inner, problems| match path {
        ["workspace"] => {}
        ["name"] => shown = inner.value.as_text(problems).map_or(shown.clone(), str::to_owned),
        ["assigned"] => assigned = assigned_to(&inner.value, names, problems),
        ["policy"] => {
            for policy in inner.value.as_table(problems).unwrap_or_default() {
                entra::refuse_of_directory(&policy.key, policy.key_span, problems);
            }
            settings.set(path, &inner.value, problems);
        }
        [key] if entra::Settings::NAMES.contains(key) => settings.set(path, &inner.value, problems),
        _ => {
            let own = key_names(KEYS).into_iter();
            let known: Vec<&str> = own.chain(entra::Settings::NAMES.iter().copied()).collect();
            unknown_key(inner, &table, &known, problems);
        }
    });
    settings.check(&entry.value, problems);
    names.roles.declare(&entry.key, &settings.app_roles);
    for (role, span) in roles_assigned(entry.value.get("assigned")) {
        names.roles.assign(&entry.key, role, span);
    }
    if let Some(mappings) = entry.value.get("mappings") {
        let before = names.turn_to(workspace);
        targets(mappings, &settings, names);
        names.turn_to(before);
    }
    astray(entry, &settings, workspace, setup, problems);
    ScriptApp {
        name: entry.key.clone(),
        shown,
        workspace,
        settings,
        assigned,
        span: entry.key_span,
    }
}

fn in_workspace(node: &Node, setup: &ScriptSetup, problems: &mut Problems) -> Option<WorkspaceId> {
    let name = node.as_text(problems)?;
    let known: Vec<&str> = setup.all_workspaces().map(|(name, _)| name).collect();
    let at = known.iter().position(|known| *known == name);
    if at.is_none() {
        let help = match known.len() {
            1 => format!("write a table [workspace.{name}]"),
            _ => did_you_mean(name, known),
        };
        problems.error(node.span, format!("there is no workspace `{name}`")).help(help);
    }
    at.and_then(|at| u16::try_from(at).ok()).map(WorkspaceId)
}

/// Warns of an application whose tenant URL leads to another workspace than the one it is meant
/// for: it would be compared with a GoLinks that it never writes to.
fn astray(
    entry: &Entry,
    settings: &entra::Settings,
    meant: WorkspaceId,
    setup: &ScriptSetup,
    problems: &mut Problems,
) {
    let Some(url) = entry.value.get("tenant_url") else { return };
    let leads = |golinks: &golinks::Settings| *golinks.base_path == *settings.base_path;
    let mut all = setup.all_workspaces().enumerate();
    if let Some((at, (name, _))) = all.find(|(_, (_, golinks))| leads(golinks))
        && at != usize::from(meant.0)
    {
        problems
            .warning(url.span, format!("this leads to the workspace `{name}`"))
            .label("the application is compared with another one")
            .help(format!("say workspace = \"{name}\", unless this mistake is the story"));
    }
}

/// Who is assigned: `true`, `false`, or one or several as the action `assign` takes them.
fn assigned_to(node: &Node, names: &mut Names, problems: &mut Problems) -> Assigned {
    let items = match &node.kind {
        Kind::Bool(true) => return Assigned::Everybody,
        Kind::Bool(false) => return Assigned::default(),
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    Assigned::These(items.iter().filter_map(|item| assignee(item, names, problems)).collect())
}

/// The app roles in what `assigned` says, each with its place.
fn roles_assigned(node: Option<&Node>) -> impl Iterator<Item = (&str, Span)> {
    let items = node.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| match item.get("role")? {
        Node { kind: Kind::Text(role), span } => Some((role.as_str(), *span)),
        _ => None,
    })
}

fn assignee(node: &Node, names: &mut Names, problems: &mut Problems) -> Option<Assignee> {
    let expected = "a name, { group = \"..\" }, or { user = \"..\", role = \"..\" }";
    if let Kind::Text(name) = &node.kind
        && ["everybody", "everyone", "all"].contains(&name.as_str())
        && !names.has_user(name)
    {
        let problem = problems.error(node.span, format!("unknown user `{name}`"));
        problem.help("everybody is assigned = true");
        return None;
    }
    if let Kind::Text(name) = &node.kind {
        names.uses(name, NameKind::User, node.span);
        return Some(Assignee { name: name.clone(), group: false, role: None });
    }
    let Kind::Table(entries) = &node.kind else { return node.expected(expected, problems) };
    let known = ["user", "group", "role"];
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        unknown_key(entry, "an assignment", &known, problems);
    }
    let role = match node.get("role") {
        Some(role) => Some(role.as_text(problems)?.to_owned()),
        None => None,
    };
    let (value, kind) = match (node.get("user"), node.get("group")) {
        (Some(user), None) => (user, NameKind::User),
        (None, Some(group)) => (group, NameKind::Group),
        _ => return node.expected(expected, problems),
    };
    let name = value.as_text(problems)?.to_owned();
    names.uses(&name, kind, value.span);
    Some(Assignee { name, group: kind == NameKind::Group, role })
}

/// Warns of workspaces that no application provisions.
fn unused(root: &Node, setup: &ScriptSetup, problems: &mut Problems) {
    let Some(Kind::Table(entries)) = root.get("workspace").map(|node| &node.kind) else { return };
    for (at, workspace) in setup.workspaces.iter().enumerate() {
        let id = WorkspaceId(u16::try_from(at + 1).unwrap_or(u16::MAX));
        let entry = entries.iter().find(|entry| entry.key == workspace.name);
        if let Some(entry) = entry.filter(|_| setup.apps.iter().all(|app| app.workspace != id)) {
            problems
                .warning(entry.key_span, format!("no application provisions `{}`", workspace.name))
                .help(format!("[app.<name>] workspace = \"{}\"", workspace.name));
        }
    }
}
