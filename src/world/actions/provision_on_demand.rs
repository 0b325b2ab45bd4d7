//! `provision_on_demand`: one user, or one group with a few of its members, is provisioned at once.

use super::names::each_once;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::entra::job::{OnDemandRefusal, Picked, Subject};
use crate::entra::tenant::UserKey;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "provision_on_demand",
    doc: "Provisions one user at once, beside the cycles and also while the job is stopped; or one group with up to five \
          of its members: `{ group = \"design\", users = [\"ann\"] }`.\nThe journal and `expect.ondemand.<user>` say how it went; \
          `explain ondemand <user>` shows its steps.",
    example: "{ provision_on_demand = \"ann\" }",
    read: |node, problems| read(node, problems).map(Action::ProvisionOnDemand),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProvisionOnDemand {
    /// A user, by its handle.
    User(String),
    /// A group, by its handle, and members of it.
    Group {
        /// The group.
        group: String,
        /// The members that are picked with it.
        users: Vec<String>,
    },
}

fn read(node: &Node, problems: &mut Problems) -> Option<ProvisionOnDemand> {
    match &node.kind {
        Kind::Text(user) => Some(ProvisionOnDemand::User(user.clone())),
        Kind::Table(entries) => {
            if let [Entry { key, value, .. }] = entries.as_slice()
                && key == "user"
            {
                let name = value.as_text(problems)?;
                let help = format!("write \"{name}\"");
                return node.expected_like("the name of a user", &help, problems);
            }
            let (mut group, mut users) = (None, Vec::new());
            for entry in entries {
                match entry.key.as_str() {
                    "group" => group = Some(entry.value.as_text(problems)?.to_owned()),
                    "users" => users = each_once(&entry.value, problems)?,
                    _ => unknown_key(entry, "provision_on_demand", &["group", "users"], problems),
                }
            }
            match group {
                Some(group) => Some(ProvisionOnDemand::Group { group, users }),
                None => node.expected("`{ group = \"..\", users = [\"..\"] }`", problems),
            }
        }
        Kind::List(_) => {
            problems
                .error(node.span, "a run on demand takes one user")
                .help("write an action for each: `do = [{ provision_on_demand = \"ann\" }, ..]`");
            None
        }
        _ => node.expected("the name of a user, or `{ group = \"..\", users = [..] }`", problems),
    }
}

impl ProvisionOnDemand {
    /// Whether a group is picked.
    pub(super) fn is_group(&self) -> bool {
        matches!(self, ProvisionOnDemand::Group { .. })
    }
}

impl Act for ProvisionOnDemand {
    fn argument(&self) -> Node {
        match self {
            ProvisionOnDemand::User(user) => Node::text(user),
            ProvisionOnDemand::Group { group, users } if users.is_empty() => {
                Node::table([("group", Node::text(group))])
            }
            ProvisionOnDemand::Group { group, users } => {
                let users = Node::bare(Kind::List(users.iter().map(Node::text).collect()));
                Node::table([("group", Node::text(group)), ("users", users)])
            }
        }
    }

    fn names(&self) -> Vec<Name<'_>> {
        match self {
            ProvisionOnDemand::User(user) => vec![Name::User(user)],
            ProvisionOnDemand::Group { group, users } => {
                let users = users.iter().map(|user| Name::User(user));
                std::iter::once(Name::Group(group)).chain(users).collect()
            }
        }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.entra(|entra, moment| {
            let tenant = entra.tenant();
            let picked = match self {
                ProvisionOnDemand::User(user) => Picked::from(tenant.user_named(user)?),
                ProvisionOnDemand::Group { group, users } => {
                    let members: Result<Vec<UserKey>, String> =
                        users.iter().map(|user| tenant.user_named(user)).collect();
                    Picked {
                        subject: Subject::Group(tenant.group_named(group)?),
                        members: members?,
                    }
                }
            };
            entra.provision_on_demand(app, picked, moment).map(|_| ()).map_err(ActionError::from)
        })
    }
}

impl From<OnDemandRefusal> for ActionError {
    fn from(refusal: OnDemandRefusal) -> ActionError {
        ActionError { message: refusal.to_string(), help: refusal.help().to_owned() }
    }
}
