//! The links: the owner of each, and where it leads; an inactive owner is shown, and a transfer
//! offered.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Page, chip, see_other, table};
use super::input::PageForm;
use super::shown::{Shown, Visitor};
use crate::base::Moment;
use crate::base::html::escaped;
use crate::golinks::server::LinkDraft;
use crate::golinks::store::links::{Link, LinkName, LinkOwner, LinkUrl};
use crate::golinks::{Event, Followed, GoLinks};

/// How many links and accounts a page lists.
pub(super) const LISTED_MAX: usize = 500;

/// The list of links.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let golinks = shown.golinks;
    let mut body = match &shown.visitor {
        Some(_) => form(PageForm::parse(shown.query).as_ref().map_or("", |form| form.get("name"))),
        None => "<p>Sign in to make a link or to follow one.</p>".to_owned(),
    };
    let visible = |link: &Link| {
        let own = shown.visitor.as_ref().map(|visitor| LinkOwner::Account(visitor.id));
        !link.private || own.as_ref() == Some(&link.owner)
    };
    let all = golinks.links().iter().count();
    let rows: Vec<Vec<String>> = golinks
        .links()
        .iter()
        .filter(|(_, link)| visible(link))
        .take(LISTED_MAX)
        .map(|(name, link)| row(golinks, name, link))
        .collect();
    let hidden = all - rows.len();
    if rows.is_empty() {
        body += "<p>There are no links to show yet.</p>";
    } else {
        let columns = ["Link", "Leads to", "Owner", "Hits", "Changed", "Do"];
        body += &table("Go links", &columns, &rows);
    }
    if hidden > 0 {
        body += &format!("<p>Not shown: {hidden}, private to others or too many to list.</p>");
    }
    body += &transfer_form(golinks);
    Page::new("Links", body)
}

fn row(golinks: &GoLinks, name: &LinkName, link: &Link) -> Vec<String> {
    let name = escaped(name);
    let owner = match &link.owner {
        LinkOwner::Account(id) => {
            let active = golinks.accounts().get(*id).is_some_and(|account| account.active);
            let tone = if active { String::new() } else { chip("bad", "inactive") };
            format!("{} {tone}", escaped(&golinks.name_of(*id)))
        }
        LinkOwner::Named(owner) if owner.is_empty() => "the workspace".to_owned(),
        LinkOwner::Named(owner) => format!("{} {}", escaped(owner), chip("idle", "no account yet")),
    };
    let private = if link.private { chip("idle", "private") } else { String::new() };
    let about = match link.description.is_empty() {
        true => String::new(),
        false => format!("<br><small>{}</small>", escaped(&link.description)),
    };
    let delete = format!(
        "<form method=post action=\"/golinks/links/delete\">\
         <input type=hidden name=name value=\"{name}\"><button>Delete go/{name}</button></form>"
    );
    vec![
        format!("<a href=\"/go/{name}\" rel=noreferrer>go/{name}</a> {private}{about}"),
        format!("<code>{}</code>", escaped(&link.url)),
        owner,
        link.hits.to_string(),
        link.updated.rfc3339(),
        delete,
    ]
}

fn form(name: &str) -> String {
    format!(
        "<form method=post action=\"/golinks/links\" class=fields><fieldset><legend>Make or edit a \
         link; whoever edits it owns it</legend>\
         <label>Name <input name=name required maxlength=50 autocomplete=off value=\"{}\"></label>\
         <label>URL <input name=url type=url required maxlength=2000 autocomplete=off \
         placeholder=\"https://\"></label>\
         <label>Description <input name=description maxlength=500 autocomplete=off></label>\
         <label class=check><input type=checkbox name=private value=yes> private: for me alone</label>\
         <button class=primary>Save</button></fieldset></form>",
        escaped(name)
    )
}

/// The form with which an administrator transfers links; it lists the owners, those who left first.
fn transfer_form(golinks: &GoLinks) -> String {
    let mut owners: Vec<_> = golinks
        .links()
        .iter()
        .filter_map(|(_, link)| match link.owner {
            LinkOwner::Account(id) => Some(id),
            LinkOwner::Named(_) => None,
        })
        .collect();
    owners.sort_unstable();
    owners.dedup();
    if owners.is_empty() {
        return String::new();
    }
    let is_active = |id| golinks.accounts().get(id).is_some_and(|account| account.active);
    owners.sort_by_key(|id| is_active(*id));
    let option =
        |name: &str, note: &str| format!("<option value=\"{0}\">{0}{note}</option>", escaped(name));
    let from: String = owners
        .iter()
        .take(LISTED_MAX)
        .map(|id| option(&golinks.name_of(*id), if is_active(*id) { "" } else { " (inactive)" }))
        .collect();
    let active = golinks.accounts().iter().filter(|account| account.active).take(LISTED_MAX);
    let to: String = active.map(|account| option(&account.user_name(), "")).collect();
    format!(
        "<form method=post action=\"/golinks/links/transfer\" class=fields><fieldset><legend>Transfer \
         all links of a person</legend><label>From <select name=from>{from}</select></label>\
         <label>To <select name=to>{to}</select></label><button>Transfer</button></fieldset></form>"
    )
}

/// A visitor enters `go/<name>`.
pub(super) fn follow(
    golinks: &mut GoLinks,
    name: &str,
    visitor: Option<Visitor>,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    match golinks.follow_link(name, visitor.as_ref().map(|visitor| visitor.id), moment) {
        Followed::To(url) => see_other(url),
        Followed::ToSignIn => match LinkName::read(name) {
            Ok(name) => see_other(format!("/golinks/sign-in?to=/go/{name}")),
            Err(_) => see_other("/golinks/sign-in"),
        },
        Followed::Unknown => {
            let known: String =
                LinkName::read(name).map(|name| name.to_string()).unwrap_or_default();
            let begins = |other: &str| known.chars().next().is_some_and(|c| other.starts_with(c));
            let near: String = golinks
                .links()
                .iter()
                .filter(|(other, link)| !link.private && begins(other))
                .take(5)
                .map(|(other, _)| {
                    format!("<li><a href=\"/go/{0}\">go/{0}</a></li>", escaped(other))
                })
                .collect();
            let near = match near.is_empty() {
                true => String::new(),
                false => format!("<p>Similar links:</p><ul>{near}</ul>"),
            };
            let body =
                format!("<p>There is no link go/{}.</p>{near}{}", escaped(&known), form(&known));
            let shown = Shown { golinks, now: moment.now(), visitor, query: "" };
            Page { status: StatusCode::NOT_FOUND, title: "No such link", body }.response(&shown)
        }
    }
}

/// Makes or edits a link.
pub(super) fn write(
    golinks: &mut GoLinks,
    form: &PageForm,
    visitor: Option<Visitor>,
    moment: &mut Moment<'_, Event>,
) -> Result<&'static str, String> {
    let visitor = visitor.ok_or("Sign in to make a link.")?;
    let name = LinkName::read(form.get("name"))?;
    let draft = LinkDraft {
        url: LinkUrl::read(form.get("url"))?,
        description: form.get("description").chars().take(500).collect(),
        private: form.get("private") == "yes",
    };
    golinks.write_link(&name, draft, visitor.id, moment).map_err(|error| error.detail)?;
    Ok("/golinks/links")
}

pub(super) fn delete(
    golinks: &mut GoLinks,
    form: &PageForm,
    moment: &mut Moment<'_, Event>,
) -> Result<&'static str, String> {
    golinks.delete_link(form.get("name"), moment).map_err(|error| error.detail)?;
    Ok("/golinks/links")
}

/// Transfers all links of a person.
pub(super) fn transfer(
    golinks: &mut GoLinks,
    form: &PageForm,
    moment: &mut Moment<'_, Event>,
) -> Result<&'static str, String> {
    let from = form.get("from");
    let owner = golinks.links().iter().find_map(|(_, link)| match link.owner {
        LinkOwner::Account(id) if *golinks.name_of(id) == *from => Some(id),
        _ => None,
    });
    let from = owner.ok_or_else(|| format!("{from} owns no links."))?;
    let to = golinks.find_user_name(form.get("to")).ok_or("Nobody has this userName.")?;
    golinks.transfer_links(from, to, &[], moment).map_err(|error| error.detail)?;
    Ok("/golinks/links")
}
