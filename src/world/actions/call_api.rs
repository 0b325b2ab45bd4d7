//! `call_api`: a program of a user calls GoLinks' REST API with the user's token.

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::accounts::account_named;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Node, Problems};
use crate::golinks::GoLinks;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "call_api",
    doc: "A program of a user calls GoLinks' REST API with the user's API token, the one made last. It reads the go link, or \
          with `url` changes where it leads; one that is not there is made. What becomes of the token when the account \
          is deactivated is a setting (`golinks.sso.token_on_deactivate`); a call with one that has ended is answered 401.",
    example: "{ call_api = { as = \"ann\", link = \"roadmap\", url = \"https://wiki.contoso.example/2027\" } }",
    read: |node, problems| CallApi::read(node, problems).map(Action::CallApi),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallApi {
    /// Whose token it is.
    pub user: String,
    /// The name of the link.
    pub link: String,
    /// Where the link leads from now on; `None` reads it.
    pub url: Option<String>,
}

const KEYS: [&str; 3] = ["as", "link", "url"];

impl CallApi {
    fn read(node: &Node, problems: &mut Problems) -> Option<CallApi> {
        let entries = node.as_table(problems)?;
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`call_api`", &KEYS, problems);
        }
        let (Some(user), Some(link)) = (node.get("as"), node.get("link")) else {
            return node.expected("both `as` and `link`", problems);
        };
        let url = match node.get("url") {
            Some(url) => Some(url.as_text(problems)?.to_owned()),
            None => None,
        };
        let (user, link) = (user.as_text(problems)?, link.as_text(problems)?);
        Some(CallApi { user: user.to_owned(), link: link.to_owned(), url })
    }

    /// The request as a program sends it.
    fn request(&self, golinks: &GoLinks, token: &str) -> Option<Request<Bytes>> {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let name = encoded(&self.link);
        let there = golinks.links().get(&self.link).is_some();
        let (method, target, body) = match (&self.url, there) {
            (None, _) => ("GET", format!("/golinks?name={name}"), String::new()),
            (Some(url), true) => {
                ("PUT", format!("/golinks?name={name}"), format!("url={}", encoded(url)))
            }
            (Some(url), false) => {
                ("POST", "/golinks".to_owned(), format!("name={name}&url={}", encoded(url)))
            }
        };
        Request::builder()
            .method(method)
            .uri(target)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(body))
            .ok()
    }
}

impl Act for CallApi {
    fn argument(&self) -> Node {
        let mut entries = vec![("as", Node::text(&self.user)), ("link", Node::text(&self.link))];
        entries.extend(self.url.as_ref().map(|url| ("url", Node::text(url))));
        Node::table(entries)
    }

    fn names(&self) -> Vec<Name<'_>> {
        vec![Name::Account(&self.user)]
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let id = account_named(context, &self.user)?;
        context.golinks(|golinks, moment| {
            let token = golinks.api_tokens(id).last().map(|token| token.value.clone());
            let token = token.ok_or_else(|| ActionError {
                message: format!("{} has no API token at GoLinks", self.user),
                help: "golinks.api_tokens = [\"ann.okafor\"] gives one".to_owned(),
            })?;
            if let Some(request) = self.request(golinks, &token) {
                // What it is answered is told in the event.
                drop(golinks.handle_rest(&request, moment));
            }
            Ok::<_, ActionError>(())
        })
    }
}
