//! `create_link`: a go link is made at GoLinks' pages.

use super::links::{LinkFields, actor};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::{Node, Problems};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "create_link",
    doc: "A go link is made at GoLinks' pages; it belongs to the person that `as` names, or to the workspace.\nBeside `name` and \
          `url` it may have a `description`, `aliases`, `tags`, and be `private`. A name that is taken is refused.",
    example: "{ create_link = { name = \"roadmap\", url = \"https://wiki.contoso.example/roadmap\", as = \"ann\" } }",
    read: |node, problems| CreateLink::read(node, problems).map(Action::CreateLink),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct CreateLink {
    fields: LinkFields,
    user: Option<String>,
}

impl CreateLink {
    fn read(node: &Node, problems: &mut Problems) -> Option<CreateLink> {
        let entries = node.as_table(problems)?;
        let fields = LinkFields::read(entries, "`create_link`", &["as"], problems)?;
        if fields.draft(None).is_none() {
            return node.expected("both `name` and `url`", problems);
        }
        let user = match node.get("as") {
            Some(user) => Some(user.as_text(problems)?.to_owned()),
            None => None,
        };
        Some(CreateLink { fields, user })
    }
}

impl Act for CreateLink {
    fn argument(&self) -> Node {
        let user = self.user.as_ref().map(|user| ("as", Node::text(user)));
        Node::table(self.fields.entries().into_iter().chain(user))
    }

    fn names(&self) -> Vec<Name<'_>> {
        let user = self.user.iter().map(|user| Name::Account(user));
        user.chain(self.fields.name().map(Name::NewLink)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let by = actor(context, self.user.as_deref())?;
        let Some(draft) = self.fields.draft(None) else { return Ok(()) };
        context.golinks(|golinks, moment| golinks.create_link(draft, by, moment))
    }
}
