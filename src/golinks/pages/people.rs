//! The people: status, role, where the account comes from, sessions and links; an administrator
//! changes status and role.

use super::html::{Page, chip, table};
use super::input::PageForm;
use super::links::LISTED_MAX;
use super::shown::Shown;
use crate::base::Moment;
use crate::base::html::escaped;
use crate::golinks::store::account::Account;
use crate::golinks::{Event, GoLinks, Role};
use crate::scim::{Path, Value};

/// The list of people.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let golinks = shown.golinks;
    let wanted = PageForm::parse(shown.query);
    let search = wanted.as_ref().map_or("", |form| form.get("search")).to_lowercase();
    let accounts = golinks.accounts();
    let found = accounts.iter().filter(|account| {
        search.is_empty() || account.user_name().to_lowercase().contains(&search)
    });
    let rows: Vec<Vec<String>> =
        found.take(LISTED_MAX).map(|account| row(golinks, account)).collect();
    let seats = match golinks.settings().limits.seats {
        Some(seats) => format!("{} of {seats} seats are taken", accounts.active_count()),
        None => format!("{} seats are taken, of as many as are needed", accounts.active_count()),
    };
    let mut body = format!(
        "<p>{seats}; {} people in all.</p>\
         <form method=get action=\"/golinks/people\" role=search><label>Find a person \
         <input type=search name=search value=\"{}\"></label> <button>Find</button></form>",
        accounts.len(),
        escaped(&search)
    );
    let columns = ["User name", "Status", "Role", "Source", "Sessions", "Links", "Change"];
    body += &match rows.is_empty() {
        true => "<p>Nobody to show.</p>".to_owned(),
        false => table("People", &columns, &rows),
    };
    if rows.len() == LISTED_MAX {
        body += &format!("<p>The first {LISTED_MAX} are listed; find the others by name.</p>");
    }
    Page::new("People", body)
}

fn row(golinks: &GoLinks, account: &Account) -> Vec<String> {
    let (id, name) = (account.id, escaped(&account.user_name()));
    let status = match account.active {
        true => chip("good", "active"),
        false => chip("bad", "inactive"),
    };
    let role = golinks.role(id);
    let roles: String = Role::ALL
        .iter()
        .map(|other| {
            let selected = if *other == role { " selected" } else { "" };
            format!("<option{selected}>{}</option>", other.word())
        })
        .collect();
    let (word, active) = match account.active {
        true => ("Deactivate", "no"),
        false => ("Activate", "yes"),
    };
    let hidden = format!("<input type=hidden name=user value=\"{name}\">");
    let change = format!(
        "<form method=post action=\"/golinks/people\">{hidden}<select name=role \
         aria-label=\"Role of {name}\">{roles}</select><button>Set role</button></form>\
         <form method=post action=\"/golinks/people\">{hidden}<input type=hidden name=active \
         value={active}><button>{word} {name}</button></form>"
    );
    vec![
        name.clone(),
        status,
        role.word().to_owned(),
        golinks.source(id).word().to_owned(),
        golinks.sessions(id).len().to_string(),
        golinks.links().of(id).count().to_string(),
        change,
    ]
}

/// An administrator changes a person's status or role.
pub(super) fn change(
    golinks: &mut GoLinks,
    form: &PageForm,
    moment: &mut Moment<'_, Event>,
) -> Result<&'static str, String> {
    let id = golinks.find_user_name(form.get("user")).ok_or("Nobody has this userName.")?;
    match (form.get("role"), form.get("active")) {
        ("", active @ ("yes" | "no")) => {
            let path = Path { attribute: "active".to_owned(), ..Path::default() };
            let change = vec![(path, Value::from(active == "yes"))];
            golinks.edit_account(id, change, moment).map_err(|error| error.detail)?;
        }
        (word, "") => {
            let role = Role::ALL.into_iter().find(|role| role.word() == word);
            golinks.set_role(id, role.ok_or("There is no such role.")?, moment);
        }
        _ => return Err("There is no such change.".to_owned()),
    }
    Ok("/golinks/people")
}
