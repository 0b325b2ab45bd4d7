//! The links: the owner of each, and where it leads; an inactive owner is shown, and a transfer
//! offered.

use super::done::{said, typed};
use super::html::{Page, chip, table, when};
use super::shown::{LISTED_MAX, Shown};
use super::transfer;
use super::wanted::{LinkWish, Wanted, WantedByForm};
use crate::base::html::escaped;
use crate::golinks::GoLinks;
use crate::golinks::form::FormFields;
use crate::golinks::rights::{Actor, LinkChange, Right};
use crate::golinks::server::sees;
use crate::golinks::store::links::{Link, LinkDraft, LinkName, LinkOwner, LinkUrl};

/// The list of links, with a form to make one, or to edit the one that is named.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let Some(visitor) = &shown.visitor else { return Page::new("Links", String::new()) };
    let (golinks, actor) = (shown.golinks, visitor.actor);
    let wanted = FormFields::parse(shown.query).unwrap_or_default();
    let links = golinks.links();
    let edited = links.resolve(wanted.get("edit")).and_then(|name| Some((name, links.get(name)?)));
    let mut body = match edited.filter(|(_, link)| sees(actor, link)) {
        Some((name, link)) => edit_form(golinks, actor, name, link),
        None => form(&Draft::default()),
    };
    let search = wanted.get("search").to_lowercase();
    let found = |name: &LinkName, link: &Link| {
        search.is_empty()
            || name.contains(&search)
            || link.tags.iter().any(|tag| tag.to_lowercase() == search)
    };
    let all = links.iter().filter(|(name, link)| found(name, link));
    let (seen, hidden): (Vec<_>, Vec<_>) = all.partition(|(_, link)| sees(actor, link));
    let rows: Vec<Vec<String>> =
        seen.iter().take(LISTED_MAX).map(|(name, link)| row(golinks, actor, name, link)).collect();
    body += &format!(
        "<form method=get action=\"/golinks/links\" role=search><label>Find a link by name or tag \
         <input type=search name=search value=\"{}\"></label> <button>Find</button></form>",
        escaped(&search)
    );
    body += &match rows.is_empty() {
        true => "<p>There are no links to show.</p>".to_owned(),
        false => {
            let columns = ["Link", "Leads to", "Owner", "Hits", "Changed", "Do"];
            table("Go links", &columns, &rows)
        }
    };
    if seen.len() > LISTED_MAX {
        body += &format!("<p>The first {LISTED_MAX} are listed; find the others by name.</p>");
    }
    if !hidden.is_empty() {
        let (noun, they) =
            if hidden.len() == 1 { ("link is", "it") } else { ("links are", "them") };
        body += &format!(
            "<p>{} {noun} private to others: their owners alone see {they}.</p>",
            hidden.len()
        );
    }
    if shown.may(Right::TransferLinks) {
        body += &transfer::form(golinks);
    }
    Page::new("Links", body)
}

fn row(golinks: &GoLinks, actor: Actor, name: &LinkName, link: &Link) -> Vec<String> {
    let shown = escaped(name);
    let owner = match &link.owner {
        LinkOwner::Account(id) => {
            let active = golinks.accounts().get(*id).is_some_and(|account| account.active);
            let tone = if active { String::new() } else { chip("bad", "inactive") };
            format!("{} {tone}", escaped(&golinks.name_of(*id)))
        }
        LinkOwner::Named(owner) if owner.is_empty() => "the workspace".to_owned(),
        LinkOwner::Named(owner) => format!("{} {}", escaped(owner), chip("idle", "no account yet")),
    };
    let mut about = String::new();
    if link.private {
        about += &chip("idle", "private");
    }
    if link.url.is_variable() {
        about += &chip("idle", "variable");
    }
    link.tags.iter().for_each(|tag| about += &chip("tag", &escaped(tag)));
    if !link.description.is_empty() {
        about += &format!("<br><small>{}</small>", escaped(&link.description));
    }
    if !link.aliases.is_empty() {
        let aliases: Vec<String> =
            link.aliases.iter().map(|alias| format!("go/{}", escaped(alias))).collect();
        about += &format!("<br><small>also {}</small>", aliases.join(", "));
    }
    let may = |change| golinks.may_change(actor, link, change).is_ok();
    let mut acts = String::new();
    if may(LinkChange::Edit) {
        acts += &format!(
            "<a class=button href=\"/golinks/links?edit={}\">Edit <span class=hidden>go/{shown}</span></a> ",
            name.encoded()
        );
    }
    if may(LinkChange::Delete) {
        acts += &format!(
            "<form method=post action=\"/golinks/links/delete\"><input type=hidden name=name \
             value=\"{shown}\"><button>Delete <span class=hidden>go/{shown}</span></button></form>"
        );
    }
    vec![
        format!("<a href=\"/go/{}\" rel=noreferrer>go/{shown}</a> {about}", name.encoded()),
        format!("<code>{}</code>", escaped(&link.url)),
        owner,
        link.hits.to_string(),
        when(link.updated),
        acts,
    ]
}

/// What the form of a link is filled with.
#[derive(Default)]
pub(super) struct Draft<'a> {
    /// The name of the link that is edited; empty for a new one.
    edited: &'a str,
    name: &'a str,
    url: &'a str,
    description: &'a str,
    private: bool,
    aliases: String,
    tags: String,
}

impl<'a> Draft<'a> {
    /// A new link of this name.
    pub(super) fn named(name: &'a str) -> Draft<'a> {
        Draft { name, ..Draft::default() }
    }
}

/// The form that edits a link, or the sentence that says why the visitor may not.
fn edit_form(golinks: &GoLinks, actor: Actor, name: &LinkName, link: &Link) -> String {
    if let Err(why) = golinks.may_change(actor, link, LinkChange::Edit) {
        return format!("<p role=alert class=alert>{}</p>", escaped(&why));
    }
    let aliases: Vec<&str> = link.aliases.iter().map(|alias| &**alias).collect();
    form(&Draft {
        edited: name,
        name,
        url: &link.url,
        description: &link.description,
        private: link.private,
        aliases: aliases.join(" "),
        tags: link.tags.join(", "),
    })
}

/// The form of a link.
pub(super) fn form(draft: &Draft<'_>) -> String {
    let (legend, button) = match draft.edited {
        "" => ("Make a link".to_owned(), "Make"),
        name => {
            let name = escaped(name);
            (format!("Edit go/{name}: whoever changes name, URL or description owns it"), "Save")
        }
    };
    let cancel = match draft.edited {
        "" => "",
        _ => " <a class=button href=\"/golinks/links\">Cancel</a>",
    };
    format!(
        "<form method=post action=\"/golinks/links\" class=fields><fieldset><legend>{legend}</legend>\
         <input type=hidden name=edited value=\"{}\">\
         <label>Name <input name=name required maxlength=50 autocomplete=off value=\"{}\"></label>\
         <label>URL <input name=url type=text inputmode=url required maxlength=2000 autocomplete=off \
         placeholder=\"https://… or https://…/{{*}}\" value=\"{}\"></label>\
         <label>Description <input name=description maxlength=500 autocomplete=off value=\"{}\"></label>\
         <label>Other names <input name=aliases maxlength=600 autocomplete=off value=\"{}\"></label>\
         <label>Tags <input name=tags maxlength=600 autocomplete=off placeholder=\"design, plans\" \
         value=\"{}\"></label>\
         <label class=check><input type=checkbox name=private value=yes{}> private: for me alone</label>\
         <button class=primary>{button}</button>{cancel}</fieldset></form>",
        escaped(draft.edited),
        escaped(draft.name),
        escaped(draft.url),
        escaped(draft.description),
        escaped(&draft.aliases),
        escaped(&draft.tags),
        if draft.private { " checked" } else { "" },
    )
}

/// Makes or edits a link.
pub(super) fn write(golinks: &GoLinks, form: &FormFields, actor: Actor) -> WantedByForm {
    let aliases = form.get("aliases").split([' ', ',']).filter(|alias| !alias.is_empty());
    let tags = form.get("tags").split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let draft = LinkDraft {
        name: LinkName::read(form.get("name")).map_err(typed)?,
        url: LinkUrl::read(form.get("url")).map_err(typed)?,
        description: form.get("description").to_owned(),
        private: form.get("private") == "yes",
        aliases: aliases.map(LinkName::read).collect::<Result<_, _>>().map_err(typed)?,
        tags: tags.map(str::to_owned).collect(),
    };
    let edited = form.get("edited");
    if edited.is_empty() {
        golinks.may_create_link(&draft).map_err(|error| said(&error))?;
        return Ok((
            Some(Wanted::Link(LinkWish::Create(draft), actor)),
            "/golinks/links?done=made",
        ));
    }
    let (name, old) = golinks.may_edit_link(edited, &draft, actor).map_err(|error| said(&error))?;
    let changes = !draft.says(&name, &old);
    let wanted = changes.then(|| Wanted::Link(LinkWish::Edit(name.to_string(), draft), actor));
    Ok((wanted, "/golinks/links?done=saved"))
}

/// Deletes a link.
pub(super) fn delete(golinks: &GoLinks, form: &FormFields, actor: Actor) -> WantedByForm {
    let (name, _) =
        golinks.link_to_delete(form.get("name"), actor).map_err(|error| said(&error))?;
    let wanted = Wanted::Link(LinkWish::Delete(name.to_string()), actor);
    Ok((Some(wanted), "/golinks/links?done=deleted"))
}
