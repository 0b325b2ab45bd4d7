//! The names that a scenario uses; whether each exists is checked at the end, when all names are
//! known.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::{did_you_mean, nearest};
use crate::base::{Kind, Node, Problems, Seed, Span, Time};
use crate::entra::AppId;
use crate::entra::people::Population;
use crate::entra::tenant::{self, Attribute, Tenant};
use crate::golinks::written::is_standard;
use crate::golinks::{self, GoLinks};
use crate::scim::Path;
use crate::world::actions::DOWN;
use crate::world::actions::{Mention, Name};
use crate::world::applications::MAIN;
use crate::world::{Action, WorkspaceId};

use super::roles::Roles;

/// The kind of thing that a name refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// A user of the directory.
    User,
    /// A group of the directory.
    Group,
    /// A user or a group of the directory.
    Object,
    /// A user or a group of the directory, or an application.
    Principal,
    /// An account: named by its user, by its table in the file, or by its userName.
    Account,
    /// An application.
    App,
    /// A fault: one of the file, or one that an action switches on.
    Fault,
}

/// How many names of the directory are searched for a suggestion.
const LOOKED_AT: usize = 20_000;

/// How many unknown names get a suggestion, since each is compared with all names.
const SUGGESTED: usize = 20;

/// How many names a message lists.
const LISTED: usize = 12;

/// All names defined and used so far.
#[derive(Default)]
pub struct Names {
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
    accounts: BTreeSet<String>,
    /// The applications beside the main one, by their ids, each with its workspace.
    apps: Vec<(String, WorkspaceId)>,
    /// The applications that requests to Graph add during the run.
    added_apps: BTreeSet<String>,
    /// The workspace whose accounts the paths that follow belong to.
    workspace: WorkspaceId,
    /// The userNames of the initial accounts, by their names in the scenario.
    user_names: BTreeMap<String, String>,
    /// The accounts that actions name. An action finds an account by a user's name or by its
    /// userName, not by the name of its table.
    acted_on: Vec<(String, Span)>,
    used: Vec<(String, NameKind, Span)>,
    faults: BTreeSet<String>,
    /// The users and groups that an action deletes: their names may be given again.
    deleted: BTreeSet<String>,
    /// The names that an action gives although they are taken.
    taken: Vec<(String, NameKind, Span)>,
    paths: Vec<(Path, Span, Mention, WorkspaceId)>,
    group_paths: Vec<(Path, Span, WorkspaceId)>,
    /// Whether a sheet of people could not be read, so that any name may be one of theirs.
    misses_people: bool,
    /// The app roles that are declared and assigned.
    pub roles: Roles,
}

/// The words of a comparison, which are no names.
const COMPARISONS: [&str; 4] = ["min", "max", "is", "absent"];

impl Names {
    /// Adds a user.
    pub fn add_user(&mut self, name: &str) {
        self.users.insert(name.to_owned());
    }

    /// Whether a user of this name is known so far.
    pub fn has_user(&self, name: &str) -> bool {
        self.users.contains(name)
    }

    /// Adds a group.
    pub fn add_group(&mut self, name: &str) {
        self.groups.insert(name.to_owned());
    }

    /// Whether a fault of this name has been made so far.
    pub fn has_fault(&self, name: &str) -> bool {
        self.faults.contains(name) || name == DOWN
    }

    /// Adds a fault.
    pub fn add_fault(&mut self, name: &str) {
        self.faults.insert(name.to_owned());
    }

    /// How many names have been given although they were taken.
    pub fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Forgives the names that were given although they were taken, but for the first so many: the
    /// story expects that the directory refuses them.
    pub fn forgive(&mut self, before: usize) {
        self.taken.truncate(before);
    }

    /// Notes that a sheet of people could not be read, which is reported already.
    pub fn miss_people(&mut self) {
        self.misses_people = true;
    }

    /// Adds an account.
    pub fn add_account(&mut self, name: &str) {
        self.accounts.insert(name.to_owned());
    }

    /// Adds an application, whose id is the next one.
    pub fn add_app(&mut self, name: &str, workspace: WorkspaceId) {
        self.apps.push((name.to_owned(), workspace));
    }

    /// The application of this name, or why there is none.
    ///
    /// # Errors
    /// A help line with the nearest name.
    pub fn app(&self, name: &str) -> Result<AppId, String> {
        let known = self.apps.iter().position(|(app, _)| app == name);
        match known {
            _ if name == MAIN => Ok(AppId::MAIN),
            None if self.added_apps.contains(name) => Err(format!(
                "`{name}` is added during the run: actions may name it, expectations may not"
            )),
            Some(at) => Ok(AppId(u16::try_from(at + 1).unwrap_or(u16::MAX))),
            None if self.apps.is_empty() => Err(format!("write a table [app.{name}]")),
            None => {
                let apps = self.apps.iter().map(|(app, _)| app.as_str());
                Err(did_you_mean(name, apps.chain([MAIN]).collect::<Vec<_>>()))
            }
        }
    }

    /// The workspace of an application.
    pub fn workspace_of(&self, app: AppId) -> WorkspaceId {
        let beside = app.index().checked_sub(1).and_then(|at| self.apps.get(at));
        beside.map_or(WorkspaceId::MAIN, |(_, workspace)| *workspace)
    }

    /// Has the paths that follow looked up at a workspace; returns the one before.
    pub fn turn_to(&mut self, workspace: WorkspaceId) -> WorkspaceId {
        std::mem::replace(&mut self.workspace, workspace)
    }

    /// Adds the userName of an initial account.
    pub fn add_user_name(&mut self, account: &str, user_name: &str) {
        self.user_names.insert(account.to_owned(), user_name.to_owned());
    }

    /// Notes that a name is used here.
    pub fn uses(&mut self, name: &str, sort: NameKind, span: Span) {
        self.used.push((name.to_owned(), sort, span));
    }

    /// Notes that an attribute of accounts is named here.
    pub fn path(&mut self, path: &Path, span: Span, mention: Mention) {
        self.paths.push((path.clone(), span, mention, self.workspace));
    }

    /// Notes that an attribute of groups is expected here.
    pub fn group_path(&mut self, path: &Path, span: Span) {
        self.group_paths.push((path.clone(), span, self.workspace));
    }

    /// Notes the names that an action uses, each with its place in the file, and adds the
    /// users and groups that it creates.
    pub fn of_action(&mut self, action: &Action, written: &Node) {
        let places = Places::of(written);
        let uses = |names: &mut Names, name: &str, sort: NameKind| {
            names.uses(name, sort, places.of_name(name));
        };
        for name in action.names() {
            match name {
                Name::User(name) => uses(self, name, NameKind::User),
                Name::Group(name) => uses(self, name, NameKind::Group),
                Name::Principal(name) => uses(self, name, NameKind::Principal),
                Name::Account(name) => {
                    uses(self, name, NameKind::Account);
                    self.acted_on.push((name.to_owned(), places.of_name(name)));
                }
                Name::NewUser(name) => {
                    if self.users.contains(name) && !self.deleted.contains(name) {
                        self.taken.push((name.to_owned(), NameKind::User, places.of_name(name)));
                    }
                    self.add_user(name);
                }
                Name::App(name) => uses(self, name, NameKind::App),
                Name::NewApp(name) => {
                    let is_added = !self.added_apps.insert(name.to_owned());
                    if is_added || self.app(name).is_ok() {
                        self.taken.push((name.to_owned(), NameKind::App, places.of_name(name)));
                    }
                }
                Name::NewGroup(name) => {
                    if self.groups.contains(name) && !self.deleted.contains(name) {
                        self.taken.push((name.to_owned(), NameKind::Group, places.of_name(name)));
                    }
                    self.add_group(name);
                }
                Name::Link(_) | Name::NewLink(_) => {}
                Name::Fault(name) => uses(self, name, NameKind::Fault),
                Name::NewFault(name) => self.add_fault(name),
                Name::Role(role) => {
                    let app = action.app().unwrap_or(MAIN);
                    self.roles.assign(app, role, places.of_name(role));
                }
            }
        }
        if ["delete", "delete_group"].contains(&action.verb()) {
            self.deleted.extend(action.names().iter().filter_map(|name| match name {
                Name::User(name) | Name::Group(name) => Some((*name).to_owned()),
                _ => None,
            }));
        }
        if let Some(declared) = app_roles_set(written) {
            self.roles.declare(action.app().unwrap_or(MAIN), &declared);
        }
        let app = action.app().and_then(|app| self.app(app).ok()).unwrap_or(AppId::MAIN);
        let before = self.turn_to(self.workspace_of(app));
        for (written, mention) in action.paths() {
            self.path(&written.path, written.span, mention);
        }
        self.turn_to(before);
    }

    /// Adds what an action makes that could not be read: its fault is told already, and the name
    /// is none that is missing.
    pub fn of_faulty_action(&mut self, written: &Node) {
        if let Some(Kind::Text(name)) =
            written.get("fault").and_then(|fault| fault.get("name")).map(|name| &name.kind)
        {
            self.add_fault(name);
        }
        let made = |verb: &str| written.get(verb).map(Node::entries).unwrap_or_default();
        made("hire").iter().for_each(|entry| self.add_user(&entry.key));
        made("create_group").iter().for_each(|entry| self.add_group(&entry.key));
    }

    /// Reports the names that are used but do not exist.
    ///
    /// Generated people have names too. They are generated only when the file does not define a
    /// used name.
    pub fn check(&self, population: &Population, seed: Seed, problems: &mut Problems) {
        for (name, span) in self.acted_on.iter().filter(|(name, _)| !self.users.contains(name)) {
            if let Some(user_name) = self.user_names.get(name) {
                problems
                    .error(*span, format!("an action finds no account by the name `{name}`"))
                    .label("it is the name of a table in this file")
                    .help(format!("name it by its userName: \"{user_name}\""));
            }
        }
        for (name, sort, span) in &self.taken {
            let word = sort.word();
            let article = if *sort == NameKind::App { "an" } else { "a" };
            problems
                .error(*span, format!("there is {article} {word} `{name}` already"))
                .label("it is the name by which the story speaks of them")
                .help(format!("give the new {word} another name, such as `{name}-2`"));
        }
        let of_a_sheet =
            |sort: NameKind| self.misses_people && !matches!(sort, NameKind::App | NameKind::Fault);
        let strangers: Vec<_> = self
            .used
            .iter()
            .filter(|(name, sort, _)| !of_a_sheet(*sort) && !self.introduced(name, *sort))
            .collect();
        if strangers.is_empty() {
            return;
        }
        let settings = tenant::TenantSettings {
            domain: population.settings.domain.as_str().into(),
            ..Default::default()
        };
        let Ok(tenant) = population.build(settings, seed) else { return };
        let mut suggested = 0;
        for (name, sort, span) in strangers {
            let borne = match sort {
                NameKind::Group => tenant.find_group(name).is_some(),
                NameKind::User | NameKind::Account => tenant.find_user(name).is_some(),
                NameKind::App | NameKind::Fault => false,
                NameKind::Object | NameKind::Principal => {
                    tenant.find_user(name).is_some() || tenant.find_group(name).is_some()
                }
            };
            if !borne {
                let problem = problems.error(*span, format!("unknown {} `{name}`", sort.word()));
                suggested += 1;
                if suggested <= SUGGESTED {
                    problem.help(self.suggestion(name, *sort, &tenant));
                }
            }
        }
    }

    /// Reports the attributes that the scenario names and GoLinks does not keep, with the settings
    /// of each workspace.
    pub fn check_paths<'a>(
        &self,
        settings: impl Iterator<Item = &'a golinks::Settings>,
        start: Time,
        problems: &mut Problems,
    ) {
        for (workspace, settings) in (0..).map(WorkspaceId).zip(settings) {
            let golinks = GoLinks::new(settings.clone(), start);
            self.check_paths_of(workspace, &golinks, problems);
            self.check_group_paths_of(workspace, &golinks, problems);
        }
    }

    fn check_group_paths_of(
        &self,
        workspace: WorkspaceId,
        golinks: &GoLinks,
        problems: &mut Problems,
    ) {
        let here = self.group_paths.iter().filter(|(.., of)| *of == workspace);
        for (path, span, _) in here.filter(|(path, ..)| !golinks.keeps_in_groups(path)) {
            problems
                .error(*span, format!("GoLinks keeps no `{path}` in a group"))
                .label("never has a value")
                .help("`members`, `displayName`, and what `/scim/v2/Schemas` lists of a group");
        }
    }

    fn check_paths_of(&self, workspace: WorkspaceId, golinks: &GoLinks, problems: &mut Problems) {
        let here = self.paths.iter().filter(|(.., of)| *of == workspace);
        for (path, span, mention, _) in here.filter(|(path, ..)| !golinks.keeps(path)) {
            let message = format!("GoLinks keeps no `{path}`");
            let problem = match mention {
                // A story may show that GoLinks does not keep a standard attribute. Any other path
                // is probably a typo, whose value is always absent too.
                Mention::ExpectedAbsent if is_standard(path) => continue,
                Mention::Made => problems.warning(*span, message).label("it is left out"),
                Mention::Mapped => {
                    problems.warning(*span, message).label("what is mapped to it gets lost")
                }
                Mention::Expected | Mention::ExpectedAbsent => {
                    problems.error(*span, message).label("never has a value")
                }
                Mention::Changed => problems.error(*span, message),
                Mention::Required => {
                    problems.error(*span, message).label("so no account could ever be made")
                }
            };
            let is_key = !matches!(mention, Mention::Mapped | Mention::Required);
            match golinks.meant(path, is_key) {
                help if help.is_empty() => {
                    problem.help("`/scim/v2/Schemas` lists what an account holds")
                }
                help => problem.help(help),
            };
        }
    }

    fn introduced(&self, name: &str, sort: NameKind) -> bool {
        match sort {
            NameKind::User => self.users.contains(name),
            NameKind::Group => self.groups.contains(name),
            NameKind::App => self.app(name).is_ok() || self.added_apps.contains(name),
            NameKind::Fault => self.faults.contains(name) || name == DOWN,
            NameKind::Object => self.users.contains(name) || self.groups.contains(name),
            NameKind::Principal => {
                self.introduced(name, NameKind::Object) || self.introduced(name, NameKind::App)
            }
            NameKind::Account => {
                self.users.contains(name) || self.accounts.contains(name) || name.contains('@')
            }
        }
    }

    /// A help text for a name that does not exist: the nearest name, or a list of names.
    fn suggestion(&self, name: &str, sort: NameKind, tenant: &Tenant) -> String {
        if sort == NameKind::App {
            let apps = self.apps.iter().map(|(app, _)| app).chain(&self.added_apps);
            let near = nearest(name, apps.map(String::as_str).chain([MAIN]));
            return match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => self.app(name).err().unwrap_or_default(),
            };
        }
        if sort != NameKind::Fault && (name.contains('*') || name.contains("..")) {
            return "here each name stands for one; a range such as \"p01..p20\" and all that begin \
                    with `p*` can be named where a verb takes a list of users, such as `disable`"
                .to_owned();
        }
        if sort == NameKind::Fault {
            return match self.faults.is_empty() {
                true => "[[fault]] or the verb `fault` makes one, and `up` ends `down`".to_owned(),
                false => did_you_mean(name, self.faults.iter().map(String::as_str)),
            };
        }
        if sort != NameKind::Group && self.groups.contains(name) {
            return format!(
                "`{name}` is a group: assign and unassign take {{ group = \"{name}\" }}, and \
                 `update_group`, `delete_group`, `restore_group`, `purge_group`, `add_member` speak of groups"
            );
        }
        if COMPARISONS.contains(&name) {
            return format!(
                "`{name}` compares, and stands behind what is compared: exposure.longest = {{ max = \"45m\" }}"
            );
        }
        let named = match sort {
            NameKind::Group => &self.groups,
            NameKind::User
            | NameKind::Account
            | NameKind::Object
            | NameKind::Principal
            | NameKind::App
            | NameKind::Fault => &self.users,
        };
        let named_here = named;
        let users =
            tenant.users().map(|(_, user)| &**user.handle()).filter(|_| sort != NameKind::Group);
        let with_groups = matches!(sort, NameKind::Group | NameKind::Object | NameKind::Principal);
        let groups = tenant.groups().map(|(_, group)| &**group.handle()).filter(|_| with_groups);
        let known = named.iter().map(String::as_str).chain(users.chain(groups).take(LOOKED_AT));
        match nearest(name, known).or_else(|| by_attributes(name, sort, tenant)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if named.is_empty() => in_the_directory(name, sort, tenant),
            None => {
                let listed: Vec<String> =
                    named.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
                let more = match named.len().saturating_sub(LISTED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let named = format!("named are {}{more}", listed.join(", "));
                match generated(sort, tenant, |name| named_here.contains(name)) {
                    None => named,
                    Some(others) => format!("{named}; generated are {others} and so on"),
                }
            }
        }
    }
}

/// A few names of users, or of groups, that the directory has beside the named ones.
fn generated(sort: NameKind, tenant: &Tenant, is_named: impl Fn(&str) -> bool) -> Option<String> {
    const SHOWN: usize = 3;
    let users = tenant.users().map(|(_, user)| &**user.handle());
    let groups = tenant.groups().map(|(_, group)| &**group.handle());
    let quoted = |name: &str| format!("`{name}`");
    let some: Vec<String> = match sort {
        NameKind::Group => groups.filter(|it| !is_named(it)).take(SHOWN).map(quoted).collect(),
        _ => users.take(LOOKED_AT).filter(|it| !is_named(it)).take(SHOWN).map(quoted).collect(),
    };
    (!some.is_empty()).then(|| some.join(", "))
}

/// The app roles that `set` declares while the story goes on.
fn app_roles_set(written: &Node) -> Option<Vec<String>> {
    let set = written.get("set")?;
    let whole = || set.get("entra.app_roles");
    let roles = set.get("entra").and_then(|entra| entra.get("app_roles")).or_else(whole)?;
    roles.as_texts(&mut Problems::default())
}

/// The name in the scenario of a user or group that is meant by its display name, sign-in name or
/// mail address.
fn by_attributes<'t>(name: &str, sort: NameKind, tenant: &'t Tenant) -> Option<&'t str> {
    let is = |text: Option<&str>| text.is_some_and(|text| text.eq_ignore_ascii_case(name));
    let shown = [Attribute::DisplayName, Attribute::UserPrincipalName, Attribute::Mail];
    let mut users = tenant.users().take(LOOKED_AT).map(|(_, user)| user);
    let user = users.find(|user| shown.iter().any(|attribute| is(user.get(*attribute))));
    let mut groups = tenant.groups().take(LOOKED_AT).map(|(_, group)| group);
    let group = groups.find(|group| is(Some(group.display_name())));
    let (user, group) = (user.map(|user| &**user.handle()), group.map(|group| &**group.handle()));
    match sort {
        NameKind::Group => group,
        NameKind::Object | NameKind::Principal => user.or(group),
        NameKind::User | NameKind::Account => user,
        NameKind::App | NameKind::Fault => None,
    }
}

/// The help for an unknown name in a scenario that names nobody itself: some of the generated
/// names.
fn in_the_directory(name: &str, sort: NameKind, tenant: &Tenant) -> String {
    let (some, table): (Vec<&str>, &str) = match sort {
        NameKind::Group => {
            (tenant.groups().take(3).map(|(_, group)| &**group.handle()).collect(), "group")
        }
        _ => (tenant.users().take(3).map(|(_, user)| &**user.handle()).collect(), "user"),
    };
    // A table header has no blanks and no `@` without quotes, and a handle has none at all.
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let own = match name.chars().all(plain) && !name.is_empty() {
        true => format!("[{table}.{name}]"),
        false => format!("[{table}.ann]"),
    };
    match some.is_empty() {
        true => format!("name one with {own}"),
        false => {
            let some: Vec<String> = some.iter().map(|name| format!("`{name}`")).collect();
            format!("generated are {} and so on; name one of your own with {own}", some.join(", "))
        }
    }
}

impl NameKind {
    fn word(self) -> &'static str {
        match self {
            NameKind::User => "user",
            NameKind::Group => "group",
            NameKind::Object => "user or group",
            NameKind::Principal => "user, group or application",
            NameKind::Account => "user or account",
            NameKind::App => "application",
            NameKind::Fault => "fault",
        }
    }
}

/// The place of each name in a value of the file: as a string, else as a key.
pub struct Places<'a> {
    whole: Span,
    texts: BTreeMap<&'a str, Span>,
    keys: BTreeMap<&'a str, Span>,
    /// The texts with a name in braces, as paths of Graph have it.
    in_braces: BTreeMap<&'a str, Span>,
}

impl<'a> Places<'a> {
    /// Collects the places of all names in a value.
    pub fn of(node: &'a Node) -> Places<'a> {
        let mut places = Places {
            whole: node.span,
            texts: BTreeMap::new(),
            keys: BTreeMap::new(),
            in_braces: BTreeMap::new(),
        };
        places.add(node);
        places
    }

    /// The first place of a name; the place of the whole value when the name is not in it.
    pub fn of_name(&self, name: &str) -> Span {
        self.find(name).unwrap_or(self.whole)
    }

    /// The first place of a name, if it is in the value.
    pub fn find(&self, name: &str) -> Option<Span> {
        let plain = self.texts.get(name).or_else(|| self.keys.get(name));
        plain.or_else(|| self.in_braces.get(name)).copied()
    }

    fn add(&mut self, node: &'a Node) {
        match &node.kind {
            Kind::Text(text) => {
                self.texts.entry(text).or_insert(node.span);
                let parts = text.split('{').skip(1);
                for name in parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name) {
                    self.in_braces.entry(name).or_insert(node.span);
                }
            }
            Kind::List(items) => items.iter().for_each(|item| self.add(item)),
            Kind::Table(entries) => {
                for entry in entries {
                    self.add(&entry.value);
                    self.keys.entry(&entry.key).or_insert(entry.key_span);
                }
            }
            _ => {}
        }
    }
}
