//! What can be done to a world: one file for each verb, and the table of the verbs.
//!
//! An action is a value: a script's step, a button, a call of the control API. It is read from a
//! [`Node`], written back as TOML, and carried out on an [`ActionContext`]. Users, groups and
//! accounts are named by their handles.

mod accounts;
mod add_member;
mod allow_deletes;
mod assign;
mod assignees;
mod break_assignment;
mod call_api;
mod clear_fault;
mod context;
mod create_account;
mod create_group;
mod create_link;
mod delete;
mod delete_account;
mod delete_connection;
mod delete_group;
mod delete_job;
mod delete_link;
mod disable;
mod discard;
mod discover_identities;
mod down;
mod edit_account;
mod edit_link;
mod enable;
mod end_session;
mod fault;
mod fill_in;
mod follow;
pub(super) mod graph;
mod graph_in_words;
mod hire;
mod interrupt;
mod issue_token;
pub(super) mod links;
mod make_api_token;
mod meant;
mod membership;
mod move_base;
mod names;
mod of_app;
mod pause;
mod provision_on_demand;
mod purge;
mod purge_group;
mod quarantine;
mod reject_deletes;
mod remove_member;
mod restart;
mod restore;
mod restore_default_mappings;
mod restore_group;
mod revoke_api_tokens;
mod revoke_token;
mod role;
mod rotate_token;
mod said;
mod save;
mod set;
mod set_role;
mod set_scope;
mod set_secret;
mod sign_in;
mod start;
mod stop;
mod test_connection;
#[cfg(test)]
pub(crate) mod tests;
mod transfer_links;
mod trust_tenant;
mod unassign;
mod up;
mod update;
mod update_group;
mod users;

use std::fmt;

use crate::base::node::Entry;
use crate::base::{Diagnostic, Kind, Node, ProblemKind, Problems, Span, Time};
use crate::entra::job::SetupRefusal;
use crate::golinks::written::Written;
use crate::{golinks, scim};

pub(super) use accounts::find_account;
pub(super) use context::ActionContext;
pub(super) use delete_job::DeleteJob;
pub use down::NAME as DOWN;
pub use meant::form_of_words;
pub use names::{Mention, Name};
pub(super) use of_app::{KEY as OF_APP_KEY, unknown as unknown_app};
pub use trust_tenant::tenant_facts;

/// How a verb is written, read and explained.
pub struct Verb {
    /// The word in scenario files.
    pub name: &'static str,
    /// What it does, for `explain`.
    pub doc: &'static str,
    /// An example in TOML, as it stands after `do =`.
    pub example: &'static str,
    /// Reads its argument; a bare word has the argument `true`.
    pub read: fn(&Node, &mut Problems) -> Option<Action>,
}

/// What the action of every verb can do.
trait Act {
    /// The argument as a scenario file has it; `true` for a bare word, which most verbs without one
    /// are.
    fn argument(&self) -> Node {
        Node::bare(Kind::Bool(true))
    }
    /// The users, groups and accounts it names.
    fn names(&self) -> Vec<Name<'_>> {
        Vec::new()
    }
    /// The paths of account attributes it names.
    fn paths(&self) -> Vec<(&Written, Mention)> {
        Vec::new()
    }
    /// Whether it can be meant for one application of several.
    fn concerns(&self) -> Concerns {
        Concerns::World
    }
    /// Carries the action out.
    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError>;
}

/// Whether an action can be meant for one application of several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Concerns {
    /// No: it changes the directory, the faults or the clock, which are one for all.
    World,
    /// Yes: it changes a job, assignments, or the GoLinks that the application provisions.
    Application,
}

/// Lists the verbs: a module each, with the type of its argument.
macro_rules! verbs {
    ($($module:ident $type:ident,)+) => {
        /// A step of a script, a button, a call of the control API.
        #[derive(Clone, PartialEq, Debug)]
        #[non_exhaustive]
        pub enum Action {
            $(#[doc = concat!("See the verb `", stringify!($module), "`.")] $type($module::$type),)+
            /// An action that names the application it is meant for.
            OfApp(of_app::OfApp),
        }

        /// Every verb, in the order `explain` prints them.
        pub const VERBS: &[Verb] = &[$($module::VERB),+];

        impl Action {
            /// The verb, and the action as the verb's own type.
            fn parts(&self) -> (&'static Verb, &dyn Act) {
                match self {
                    $(Action::$type(act) => {
                        const VERB: &Verb = &$module::VERB;
                        (VERB, act)
                    })+
                    Action::OfApp(act) => (act.verb(), act),
                }
            }
        }
    };
}

verbs! {
    start Start,
    stop Stop,
    restart Restart,
    delete_job DeleteJob,
    allow_deletes AllowDeletes,
    reject_deletes RejectDeletes,
    quarantine Quarantine,
    interrupt Interrupt,
    fill_in FillIn,
    test_connection TestConnection,
    save Save,
    discard Discard,
    set_secret SetSecret,
    set_scope SetScope,
    set Set,
    restore_default_mappings RestoreDefaultMappings,
    provision_on_demand ProvisionOnDemand,
    discover_identities DiscoverIdentities,
    delete_connection DeleteConnection,
    hire Hire,
    update Update,
    disable Disable,
    enable Enable,
    delete Delete,
    restore Restore,
    purge Purge,
    assign Assign,
    unassign Unassign,
    break_assignment BreakAssignment,
    create_group CreateGroup,
    update_group UpdateGroup,
    delete_group DeleteGroup,
    restore_group RestoreGroup,
    purge_group PurgeGroup,
    add_member AddMember,
    remove_member RemoveMember,
    graph GraphWrite,
    create_account CreateAccount,
    edit_account EditAccount,
    delete_account DeleteAccount,
    rotate_token RotateToken,
    issue_token IssueToken,
    revoke_token RevokeToken,
    trust_tenant TrustTenant,
    sign_in SignIn,
    end_session EndSession,
    follow Follow,
    call_api CallApi,
    make_api_token MakeApiToken,
    revoke_api_tokens RevokeApiTokens,
    set_role SetRole,
    create_link CreateLink,
    edit_link EditLink,
    delete_link DeleteLink,
    transfer_links TransferLinks,
    move_base MoveBase,
    down Down,
    up Up,
    fault AddFault,
    clear_fault ClearFault,
    pause Pause,
}

/// The verbs that are done to a job that exists; `test_connection` concerns the credentials, which
/// the application keeps without a job.
const TO_JOB: [&str; 10] = [
    "stop",
    "restart",
    "delete_job",
    "allow_deletes",
    "reject_deletes",
    "quarantine",
    "interrupt",
    "provision_on_demand",
    "discover_identities",
    "delete_connection",
];

/// The verbs that change GoLinks past SCIM, so that they have no effect on a server that is not the
/// mock; `set` too, for settings of `golinks`.
const AT_GOLINKS: [&str; 19] = [
    "create_account",
    "edit_account",
    "delete_account",
    "rotate_token",
    "issue_token",
    "revoke_token",
    "trust_tenant",
    "sign_in",
    "end_session",
    "follow",
    "call_api",
    "make_api_token",
    "revoke_api_tokens",
    "set_role",
    "create_link",
    "edit_link",
    "delete_link",
    "transfer_links",
    "move_base",
];

impl Action {
    /// Whether it changes GoLinks past SCIM: at a server that is not the mock it is refused.
    pub fn needs_mock(&self) -> bool {
        let (verb, act) = self.parts();
        let sets = || match act.argument().kind {
            Kind::Table(entries) => entries.iter().any(|entry| entry.key.starts_with("golinks")),
            _ => false,
        };
        AT_GOLINKS.contains(&verb.name) || (verb.name == "set" && sets())
    }

    /// Reads one action: a word, or a table with one key, and the application it is meant for.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Action> {
        match &node.kind {
            Kind::Text(word) => {
                let bare = Node { span: node.span, kind: Kind::Bool(true) };
                let verb = verb(word, node, problems)?;
                let read = (verb.read)(&bare, &mut Problems::default());
                if read.is_none() {
                    problems
                        .error(node.span, format!("`{word}` does not say with whom or what"))
                        .help(format!("such as {}", verb.example));
                }
                read
            }
            Kind::Table(entries) => {
                let (entries, app) = of_app::take(entries);
                let action = Action::read_verb(node, &entries, app.as_ref(), problems)?;
                match app {
                    Some(app) => of_app::join(action, &app, problems),
                    None => Some(action),
                }
            }
            _ => node.expected("an action: a word, or a table with one key", problems),
        }
    }

    fn read_verb(
        node: &Node,
        entries: &[Entry],
        app: Option<&Entry>,
        problems: &mut Problems,
    ) -> Option<Action> {
        match entries {
            [entry] => {
                let key = Node { span: entry.key_span, kind: Kind::Text(entry.key.clone()) };
                let Some(verb) = verb(&entry.key, &key, problems) else {
                    if let (Some(help), Some(problem)) = (
                        meant::of_attribute(&entry.key, &entry.value),
                        problems.list_mut().last_mut(),
                    ) {
                        problem.help = help;
                    }
                    return None;
                };
                let before = problems.list().len();
                let read = (verb.read)(&entry.value, problems);
                // A problem of the argument as a whole is answered with the form of the verb.
                let whole = |problem: &&mut Diagnostic| {
                    let of_whole = problem.span.is_none_or(|span| span == entry.value.span);
                    problem.help.is_empty() && of_whole
                };
                for problem in problems.list_mut()[before..].iter_mut().filter(whole) {
                    problem.help = format!("such as {}", verb.example);
                }
                if read.is_none() {
                    unwrap(verb, &entry.value, app, &mut problems.list_mut()[before..]);
                }
                read
            }
            [] => node.expected("an action", problems),
            _ => {
                meant::several(entries, app, problems);
                None
            }
        }
    }

    /// The name of the application it is meant for; `None` for the main one, or for none.
    pub fn app(&self) -> Option<&str> {
        match self {
            Action::OfApp(of_app) => Some(&of_app.app),
            _ => None,
        }
    }

    /// The verb's name.
    pub fn verb(&self) -> &'static str {
        self.parts().0.name
    }

    /// The action as it is written in a scenario file, after `do =`.
    pub fn to_toml(&self) -> String {
        self.to_node().to_toml()
    }

    /// [`Action::to_toml`] before it is a text.
    pub fn to_node(&self) -> Node {
        let (verb, act) = self.parts();
        match (act.argument(), self.app()) {
            (argument, Some(app)) => {
                Node::table([(verb.name, argument), (of_app::KEY, Node::text(app))])
            }
            (Node { kind: Kind::Bool(true), .. }, None) => Node::text(verb.name),
            (argument, None) => Node::table([(verb.name, argument)]),
        }
    }

    /// The action on one line for a story, without the braces and quotes that only TOML needs
    /// around it: `start`, `disable = "ann"`.
    pub fn words(&self) -> String {
        let (verb, act) = self.parts();
        let words = match act.argument() {
            Node { kind: Kind::Bool(true), .. } => verb.name.to_owned(),
            argument => format!("{} = {}", verb.name, argument.to_toml()),
        };
        match self.app() {
            Some(app) => format!("{words}, app = \"{app}\""),
            None => words,
        }
    }

    /// The names in this action, so that `check` can look them up before the run.
    pub fn names(&self) -> Vec<Name<'_>> {
        self.parts().1.names()
    }

    /// The paths of account attributes in it, so that `check` can look them up before the run.
    pub fn paths(&self) -> Vec<(&Written, Mention)> {
        self.parts().1.paths()
    }

    /// Tries what the action does to accounts by hand on a server of its own, where no account is
    /// in the way.
    ///
    /// # Errors
    /// What every server of these settings refuses, such as a value of the wrong type, and the key
    /// whose value it is.
    pub fn try_by_hand(
        &self,
        settings: &golinks::Settings,
        start: Time,
    ) -> Result<(), (Span, scim::Error)> {
        match self {
            Action::CreateAccount(create) => create.try_out(settings, start),
            Action::EditAccount(edit) => edit.try_out(settings, start),
            Action::OfApp(of_app) => of_app.action.try_by_hand(settings, start),
            _ => Ok(()),
        }
    }

    /// Whether it is a run on demand of a group.
    pub fn picks_a_group(&self) -> bool {
        match self {
            Action::ProvisionOnDemand(picked) => picked.is_group(),
            Action::OfApp(of_app) => of_app.action.picks_a_group(),
            _ => false,
        }
    }

    /// Whether it is a request that deletes an application or brings it back, which does not depend
    /// on cycles.
    pub fn moves_an_application(&self) -> bool {
        matches!(self, Action::GraphWrite(write) if write.moves_an_application())
    }

    /// Carries the action out, unless the administrator's role does not allow it. What is refused
    /// stands in the audit log, whatever refuses it.
    pub(super) fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        if let Some(denied) = self.allowed_as(context.role()).err().filter(|_| context.asks_role) {
            context.record(|entra, app, moment| self.record_denied(&denied, entra, app, moment));
            return Err(denied);
        }
        let audited = context.audited();
        let done = self.carry_out(context);
        if let Err(refused) = &done
            && context.audited() == audited
        {
            context.record(|entra, app, moment| self.record_refused(refused, entra, app, moment));
        }
        done
    }

    fn carry_out(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        if self.needs_application() {
            context.check_application()?;
        }
        if self.is_done_to_a_job() {
            context.check_job()?;
        }
        self.parts().1.apply(context)
    }
}

/// Shows the right form where all that is wrong with an argument is the key around it.
fn unwrap(verb: &Verb, argument: &Node, app: Option<&Entry>, problems: &mut [Diagnostic]) {
    let Some([action, form]) = meant::without_key(verb, argument, app) else { return };
    let of_key = |problem: &&mut Diagnostic| {
        problem.kind == ProblemKind::UnknownKey
            || problem.span.is_none_or(|span| span == argument.span)
    };
    for problem in problems.iter_mut().filter(of_key) {
        // What is pointed at is the argument, or a key in it.
        let at_argument = app.is_none() && problem.span == Some(argument.span);
        let form = if at_argument { &form } else { &action };
        problem.help = format!("write {}", form.to_toml());
    }
}

fn verb(word: &str, node: &Node, problems: &mut Problems) -> Option<&'static Verb> {
    let found = VERBS.iter().find(|verb| verb.name == word);
    if found.is_none() {
        let in_words = word.contains(|c: char| !c.is_alphanumeric() && !"_-".contains(c));
        let help = match form_of_words(word).filter(|_| in_words) {
            Some(form) if form.contains('=') => format!("write {{ {form} }}"),
            Some(form) => format!("write \"{form}\""),
            None => said::advice(word),
        };
        let message = format!("unknown action `{word}`");
        problems.error(node.span, message).kind(ProblemKind::UnknownKey).help(help);
    }
    found
}

/// Reads a table of names, each with a table of changes: neither the table nor a name without.
fn changes<'n>(node: &'n Node, problems: &mut Problems) -> Option<&'n [Entry]> {
    let entries = node.as_table(problems)?;
    if entries.is_empty() {
        return node.refused("a name and what changes", "an empty table", problems);
    }
    let empty =
        |entry: &&Entry| matches!(&entry.value.kind, Kind::Table(inner) if inner.is_empty());
    match entries.iter().find(empty) {
        Some(entry) => entry.value.refused("what changes", "an empty table", problems),
        None => Some(entries),
    }
}

/// Reads the argument of a verb that has none.
fn bare(node: &Node, verb: &str, action: Action, problems: &mut Problems) -> Option<Action> {
    match node.kind {
        Kind::Bool(true) => Some(action),
        _ => {
            let of_app = action.parts().1.concerns() == Concerns::Application;
            let help = match &node.kind {
                Kind::Text(app) if of_app => {
                    let of_app = Node::table([
                        (verb, Node::bare(Kind::Bool(true))),
                        (of_app::KEY, Node::text(app)),
                    ]);
                    let (app, form) = (app.as_str(), of_app.to_toml());
                    format!("write \"{verb}\"; if an application is called {app}: {form}")
                }
                _ => format!("write it as a word: `do = \"{verb}\"`"),
            };
            problems.error(node.span, format!("`{verb}` takes nothing")).help(help);
            None
        }
    }
}

/// Why an action could not be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionError {
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it; empty when there is nothing to add.
    pub help: String,
}

impl From<String> for ActionError {
    fn from(message: String) -> ActionError {
        ActionError { message, help: String::new() }
    }
}

impl From<SetupRefusal> for ActionError {
    fn from(refusal: SetupRefusal) -> ActionError {
        ActionError { message: refusal.to_string(), help: refusal.help().to_owned() }
    }
}

impl From<scim::Error> for ActionError {
    fn from(error: scim::Error) -> ActionError {
        ActionError { message: format!("GoLinks refuses: {error}"), help: String::new() }
    }
}

impl From<Problems> for ActionError {
    /// Takes the first problem only.
    fn from(problems: Problems) -> ActionError {
        match problems.list().first() {
            Some(first) => ActionError { message: first.with_reason(), help: first.help.clone() },
            None => ActionError::from("it could not be read".to_owned()),
        }
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for ActionError {}
