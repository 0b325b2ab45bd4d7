//! The people: name, status, role, where the account comes from, sessions and links; an admin
//! changes status and role.

use super::done::{said, typed};
use super::html::{Page, chip, table};
use super::shown::{LISTED_MAX, Shown};
use super::wanted::{Wanted, WantedByForm};
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::rights::Right;
use crate::golinks::store::account::Account;
use crate::golinks::{GoLinks, Role};
use crate::scim::{Object, Path, Value};

/// The list of people. Who is inactive is shown to those alone who may change it [golinks].
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let golinks = shown.golinks;
    let manages = shown.may(Right::ManagePeople);
    let wanted = FormFields::parse(shown.query).unwrap_or_default();
    let search = wanted.get("search").to_lowercase();
    let status = wanted.get("status");
    let accounts = golinks.accounts();
    let found = accounts.iter().filter(|account| match (status, account.active) {
        _ if !manages && !account.active => false,
        ("active", active) => active,
        ("inactive", active) => !active,
        _ => true,
    });
    let found = found.filter(|account| {
        search.is_empty() || account.user_name().to_lowercase().contains(&search)
    });
    let rows: Vec<Vec<String>> =
        found.take(LISTED_MAX).map(|account| row(golinks, account, manages)).collect();
    let mut body = seats(golinks, manages);
    body += &finder(&search, status, manages);
    let columns = ["Name", "Status", "Role", "Department", "Source", "Sessions", "Links", "Change"];
    let columns = if manages { &columns[..] } else { &columns[..7] };
    body += &match rows.is_empty() {
        true => "<p>There is no one to show.</p>".to_owned(),
        false => table("People", columns, &rows),
    };
    if rows.len() == LISTED_MAX {
        body += &format!("<p>The first {LISTED_MAX} are listed; find the others by name.</p>");
    }
    Page::new("People", body)
}

/// How many seats are taken, and how many people there are.
fn seats(golinks: &GoLinks, manages: bool) -> String {
    let (active, all) = (golinks.accounts().active_count() as u64, golinks.accounts().len() as u64);
    let seats = match golinks.settings().limits.seats {
        Some(seats) => format!("{active} of {seats} seats are taken"),
        None if active == 1 => "1 seat is taken; there is no limit".to_owned(),
        None => format!("{active} seats are taken; there is no limit"),
    };
    match manages {
        true => format!("<p>{seats}. {all} in all, {} inactive.</p>", all - active),
        false => format!("<p>{seats}.</p>"),
    }
}

/// The form that finds people.
fn finder(search: &str, status: &str, manages: bool) -> String {
    let option = |value: &str, name: &str| {
        let selected = if value == status { " selected" } else { "" };
        format!("<option value=\"{value}\"{selected}>{name}</option>")
    };
    let choice = match manages {
        true => format!(
            "<label>Status <select name=status>{}{}{}</select></label> ",
            option("", "all"),
            option("active", "active"),
            option("inactive", "inactive")
        ),
        false => String::new(),
    };
    format!(
        "<form method=get action=\"/golinks/people\" role=search><label>Find by user name \
         <input type=search name=search value=\"{}\"></label> {choice}<button>Find</button></form>",
        escaped(search)
    )
}

fn row(golinks: &GoLinks, account: &Account, manages: bool) -> Vec<String> {
    let id = account.id;
    let attributes = account.attributes();
    let user_name = escaped(&account.user_name());
    let name = match shown_name(&attributes) {
        Some(name) => format!("{}<br><small>{user_name}</small>", escaped(&name)),
        None => user_name,
    };
    let status = match account.active {
        true => chip("good", "active"),
        false => chip("bad", "inactive"),
    };
    let mut cells = vec![
        name,
        status,
        golinks.role(id).name().to_owned(),
        escaped(&department(&attributes)),
        golinks.source(id).word().to_owned(),
        golinks.sessions(id).len().to_string(),
        golinks.links().of(id).count().to_string(),
    ];
    if manages {
        cells.push(changes(golinks, account));
    }
    cells
}

/// What a person is called: the displayName, or the two names.
fn shown_name(attributes: &Object) -> Option<String> {
    let text = |path: &str| {
        let found = Path::parse(path).ok()?.find(attributes)?.as_text()?.trim().to_owned();
        (!found.is_empty()).then_some(found)
    };
    let names: Vec<String> =
        ["name.givenName", "name.familyName"].into_iter().filter_map(text).collect();
    text("displayName").or_else(|| (!names.is_empty()).then(|| names.join(" ")))
}

fn department(attributes: &Object) -> String {
    const PATH: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let path = Path::parse(PATH).ok();
    let found = path.and_then(|path| path.find(attributes)?.as_text().map(str::to_owned));
    found.unwrap_or_default()
}

/// The forms that change a person's role and status.
fn changes(golinks: &GoLinks, account: &Account) -> String {
    let name = escaped(&account.user_name());
    let role = golinks.role(account.id);
    let roles: String = Role::ALL
        .iter()
        .map(|other| {
            let selected = if *other == role { " selected" } else { "" };
            format!("<option value={}{selected}>{}</option>", other.word(), other.name())
        })
        .collect();
    let (word, active) = match account.active {
        true => ("Deactivate", "no"),
        false => ("Activate", "yes"),
    };
    let hidden = format!("<input type=hidden name=user value=\"{name}\">");
    let of = format!("<span class=hidden>{name}</span>");
    let roles = match golinks.roles_are_locked() {
        true => String::new(),
        false => format!(
            "<form method=post action=\"/golinks/people\">{hidden}<select name=role \
             aria-label=\"Role of {name}\">{roles}</select><button>Set role {of}</button></form>"
        ),
    };
    format!(
        "{roles}<form method=post action=\"/golinks/people\">{hidden}<input type=hidden name=active \
         value={active}><button>{word} {of}</button></form>"
    )
}

/// An admin changes a person's status or role.
pub(super) fn change(golinks: &mut GoLinks, form: &FormFields) -> WantedByForm {
    let id = golinks.find_user_name(form.get("user"));
    let id = id.ok_or_else(|| typed("nobody has this userName"))?;
    match (form.get("role"), form.get("active")) {
        ("", active @ ("yes" | "no")) => {
            let active = active == "yes";
            let path = Path { attribute: "active".to_owned(), ..Path::default() };
            let change = vec![(path, Value::from(active))];
            golinks.may_edit_account(id, change).map_err(|error| said(&error))?;
            let changes = golinks.accounts().get(id).is_some_and(|it| it.active != active);
            Ok((changes.then_some(Wanted::Active(id, active)), "/golinks/people?done=status"))
        }
        (word, "") => {
            let role = Role::ALL.into_iter().find(|role| role.word() == word);
            let role = role.ok_or_else(|| typed("there is no such role"))?;
            golinks.may_set_roles().map_err(|error| said(&error))?;
            let changes = golinks.role(id) != role;
            Ok((changes.then_some(Wanted::Role(id, role)), "/golinks/people?done=role"))
        }
        _ => Err(typed("there is no such change")),
    }
}
