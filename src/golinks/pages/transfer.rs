//! Giving the links of one person to another: all, or those that are named.

use super::done::{said, typed};
use super::shown::LISTED_MAX;
use super::wanted::{Wanted, WantedByForm};
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::{AccountId, GoLinks, LinkOwner};

/// The form; it lists the owners, those who left first.
pub(super) fn form(golinks: &GoLinks) -> String {
    let mut owners: Vec<AccountId> = golinks
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
    const CHOOSE: &str = "<option value=\"\">choose a person</option>";
    format!(
        "<form method=post action=\"/golinks/links/transfer\" class=fields><fieldset><legend>Transfer \
         the links of a person</legend><label>From <select name=from required>{CHOOSE}{from}</select></label>\
         <label>To <select name=to required>{CHOOSE}{to}</select></label>\
         <label>Only these links <input name=only maxlength=600 autocomplete=off \
         placeholder=\"all\"></label><button>Transfer</button></fieldset></form>"
    )
}

/// Transfers links of a person.
pub(super) fn transfer(golinks: &GoLinks, form: &FormFields) -> WantedByForm {
    let (from, to) = (form.get("from"), form.get("to"));
    if from.is_empty() || to.is_empty() {
        return Err(typed("choose whose links are transferred, and to whom"));
    }
    if from == to {
        return Err(typed("the links are this person's already"));
    }
    let owner = golinks.links().iter().find_map(|(_, link)| match link.owner {
        LinkOwner::Account(id) if *golinks.name_of(id) == *from => Some(id),
        _ => None,
    });
    let from = owner.ok_or_else(|| typed(&format!("{from} owns no links")))?;
    let to = golinks.find_user_name(to).ok_or_else(|| typed("nobody has this userName"))?;
    let only = form.get("only").split([' ', ',']).filter(|name| !name.is_empty());
    let only: Vec<String> =
        only.map(|name| name.strip_prefix("go/").unwrap_or(name).to_owned()).collect();
    golinks.links_to_transfer(from, to, &only).map_err(|error| said(&error))?;
    Ok((Some(Wanted::TransferLinks(from, to, only)), "/golinks/links?done=transferred"))
}
