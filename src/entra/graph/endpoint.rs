//! An endpoint: a method and a path with the handler behind it, and what a handler is given.

use super::backend::Backend;
use super::caller::Caller;
use super::error::GraphError;
use super::reply::GraphReply;
use super::request::GraphRequest;
use crate::base::{Node, Time};
use crate::entra::Entra;
use crate::entra::tenant::{AppId, Tenant};

/// What a handler answers.
pub type GraphOutcome = Result<GraphReply, GraphError>;

/// One row of the table of endpoints.
#[derive(Clone, Copy)]
pub struct GraphEndpoint {
    /// The method.
    pub method: &'static str,
    /// The path below the version; `{}` stands for any segment.
    pub path: &'static str,
    /// Whose permissions it needs.
    pub area: Area,
    /// What is left out; empty when nothing is.
    pub lacks: &'static str,
    /// The handler.
    pub handle: fn(&mut Call<'_>) -> GraphOutcome,
}

/// The endpoints that only read although they are posts.
const READING_POSTS: [&str; 4] = [
    "/directoryObjects/getByIds",
    "/users/{}/checkMemberGroups",
    "/users/{}/getMemberGroups",
    "/users/{}/getMemberObjects",
];

impl GraphEndpoint {
    /// Whether it changes something.
    pub fn writes(&self) -> bool {
        self.method != "GET" && !READING_POSTS.contains(&self.path)
    }
}

/// What a request touches, which decides about permissions [graph-permissions].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    /// Anyone with a token.
    Open,
    /// The profile of the user who is signed in.
    OwnProfile,
    /// Users.
    Users,
    /// Groups and their members.
    Groups,
    /// Applications, templates and service principals.
    Applications,
    /// App role assignments.
    Assignments,
    /// Synchronization jobs.
    Synchronization,
    /// The logs.
    Logs,
    /// Objects of any kind.
    Directory,
    /// The tenant itself.
    Organization,
    /// Its domains.
    Domains,
}

type Sets = &'static [&'static [&'static str]];

/// What reads objects of some kind.
const ANY_OBJECT: Sets = &[
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
    &["User.Read.All"],
    &["User.ReadWrite.All"],
    &["Group.Read.All"],
    &["Group.ReadWrite.All"],
    &["Application.Read.All"],
    &["Application.ReadWrite.All"],
];

impl Area {
    /// The permissions of which one set is needed.
    pub fn needs(self, writes: bool) -> Sets {
        if writes { self.to_write() } else { self.to_read() }
    }

    fn to_read(self) -> Sets {
        match self {
            Area::Open => &[&[]],
            Area::OwnProfile => &[
                &["User.Read"],
                &["User.ReadWrite"],
                &["User.Read.All"],
                &["User.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Users => &[
                &["User.Read.All"],
                &["User.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Groups => &[
                &["Group.Read.All"],
                &["GroupMember.Read.All"],
                &["Group.ReadWrite.All"],
                &["GroupMember.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Applications => &[
                &["Application.Read.All"],
                &["Application.ReadWrite.All"],
                &["Application.ReadWrite.OwnedBy"],
                &["Directory.Read.All"],
            ],
            Area::Assignments => &[
                &["Application.Read.All"],
                &["Application.ReadWrite.All"],
                &["AppRoleAssignment.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Synchronization => &[
                &["Synchronization.Read.All"],
                &["Synchronization.ReadWrite.All"],
                &["Application.ReadWrite.OwnedBy"],
            ],
            Area::Logs => &[
                &["AuditLog.Read.All", "Directory.Read.All"],
                &["AuditLog.Read.All", "Directory.ReadWrite.All"],
            ],
            Area::Directory => ANY_OBJECT,
            Area::Organization => &[
                &["Organization.Read.All"],
                &["Organization.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Domains => &[
                &["Domain.Read.All"],
                &["Domain.ReadWrite.All"],
                &["Directory.Read.All"],
                &["Directory.ReadWrite.All"],
            ],
        }
    }

    fn to_write(self) -> Sets {
        match self {
            // Nothing of it is changed.
            Area::Open | Area::OwnProfile | Area::Logs | Area::Organization | Area::Domains => {
                self.to_read()
            }
            Area::Users => &[&["User.ReadWrite.All"], &["Directory.ReadWrite.All"]],
            Area::Groups => &[
                &["Group.ReadWrite.All"],
                &["GroupMember.ReadWrite.All"],
                &["Directory.ReadWrite.All"],
            ],
            Area::Applications => {
                &[&["Application.ReadWrite.All"], &["Application.ReadWrite.OwnedBy"]]
            }
            Area::Assignments => &[
                &["AppRoleAssignment.ReadWrite.All", "Application.Read.All"],
                &["AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All"],
            ],
            Area::Synchronization => {
                &[&["Synchronization.ReadWrite.All"], &["Application.ReadWrite.OwnedBy"]]
            }
            Area::Directory => &[
                &["Directory.ReadWrite.All"],
                &["User.ReadWrite.All"],
                &["Group.ReadWrite.All"],
                &["Application.ReadWrite.All"],
            ],
        }
    }
}

/// What a handler is given.
pub struct Call<'c> {
    /// The request.
    pub request: &'c GraphRequest,
    /// The client.
    pub caller: &'c Caller,
    /// The world.
    pub backend: &'c mut dyn Backend,
}

impl Call<'_> {
    /// A segment of the path as it was written.
    pub fn segment(&self, nth: usize) -> &str {
        self.request.path.raw(nth)
    }

    /// The tenant and its jobs.
    pub fn entra(&self) -> &Entra {
        self.backend.entra()
    }

    /// The directory.
    pub fn tenant(&self) -> &Tenant {
        self.backend.entra().tenant()
    }

    /// The current virtual instant.
    pub fn now(&self) -> Time {
        self.backend.now()
    }

    /// Has a request carried out that no verb of scenarios stands for: with all that it changes it
    /// is an action itself.
    ///
    /// # Errors
    /// What `handle` refuses.
    pub fn whole(&mut self, mut handle: impl FnMut(&mut Call<'_>) -> GraphOutcome) -> GraphOutcome {
        let (request, caller) = (self.request, self.caller);
        self.backend
            .whole(request, caller, &mut |backend| handle(&mut Call { request, caller, backend }))
    }

    /// Does what a verb has left of a request: as an action of its own, which is the request that
    /// would do that alone.
    ///
    /// # Errors
    /// What `handle` refuses.
    pub fn rest(
        &mut self,
        rest: &GraphRequest,
        mut handle: impl FnMut(&mut Call<'_>),
    ) -> Result<(), GraphError> {
        let mut call = Call { request: rest, caller: self.caller, backend: self.backend };
        let done = call.whole(|call| {
            handle(call);
            Ok(GraphReply::done())
        });
        done.map(drop)
    }

    /// Carries out an action of the directory.
    ///
    /// # Errors
    /// The refusal.
    pub fn act(&mut self, verb: &str, argument: Node) -> Result<(), GraphError> {
        self.act_on(AppId::MAIN, verb, argument)
    }

    /// Carries out an action that concerns an application.
    ///
    /// # Errors
    /// The refusal.
    pub fn act_on(&mut self, app: AppId, verb: &str, argument: Node) -> Result<(), GraphError> {
        self.backend.act(app, verb, argument, self.caller).map_err(GraphError::from)
    }
}
