//! `edit_link`: a go link is edited at GoLinks' pages.

use super::links::{LinkFields, actor};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::{Node, Problems};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "edit_link",
    doc: "A go link is edited at GoLinks' pages by the person that `as` names, or by the owner of the workspace. What is left \
          out stays.\nWhoever changes `name`, `url` or `description` owns the link from then on; `aliases`, `tags` and \
          `private` change no owner.",
    example: "{ edit_link = { link = \"roadmap\", url = \"https://wiki.contoso.example/2027\", as = \"ann\" } }",
    read: |node, problems| EditLink::read(node, problems).map(Action::EditLink),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct EditLink {
    link: String,
    fields: LinkFields,
    user: Option<String>,
}

impl EditLink {
    fn read(node: &Node, problems: &mut Problems) -> Option<EditLink> {
        let entries = node.as_table(problems)?;
        let fields = LinkFields::read(entries, "`edit_link`", &["link", "as"], problems)?;
        let Some(link) = node.get("link").filter(|_| fields != LinkFields::default()) else {
            return node.expected("`link` and what changes", problems);
        };
        let user = match node.get("as") {
            Some(user) => Some(user.as_text(problems)?.to_owned()),
            None => None,
        };
        Some(EditLink { link: link.as_text(problems)?.to_owned(), fields, user })
    }
}

impl Act for EditLink {
    fn argument(&self) -> Node {
        let user = self.user.as_ref().map(|user| ("as", Node::text(user)));
        let link = [("link", Node::text(&self.link))];
        Node::table(link.into_iter().chain(self.fields.entries()).chain(user))
    }

    fn names(&self) -> Vec<Name<'_>> {
        let user = self.user.iter().map(|user| Name::Account(user));
        let links = [Name::Link(&self.link)].into_iter();
        user.chain(links).chain(self.fields.name().map(Name::NewLink)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let by = actor(context, self.user.as_deref())?;
        context.golinks(|golinks, moment| {
            let (name, old) = golinks.link_to_edit(&self.link, by)?;
            let Some(draft) = self.fields.draft(Some((&name, &old))) else { return Ok(()) };
            golinks.edit_link(&name, draft, by, moment)
        })
    }
}
