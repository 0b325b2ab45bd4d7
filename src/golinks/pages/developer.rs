//! API tokens: everyone makes their own and sees them, an admin sees all [golinks].

use super::done::{Done, NotDone, said, typed};
use super::html::{Page, chip, table, when};
use super::shown::Shown;
use crate::base::Moment;
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::rights::{Actor, Right};
use crate::golinks::store::api_tokens::ApiToken;
use crate::golinks::{AccountId, Event, GoLinks};

/// The list of tokens; `made` is one that was just made, which is shown this once.
pub(super) fn page(shown: &Shown<'_>, made: Option<&str>) -> Page {
    let golinks = shown.golinks;
    let own = shown.visitor.as_ref().map(|visitor| visitor.actor);
    let all = shown.may(Right::Settings);
    let seen = |(owner, _): &(AccountId, &ApiToken)| all || own == Some(Actor::Person(*owner));
    let rows: Vec<Vec<String>> =
        golinks.all_api_tokens().filter(seen).map(|(owner, it)| row(golinks, owner, it)).collect();
    let mut body = match made {
        Some(value) => format!(
            "<p role=status class=done>Your new token, which is shown this once: <code>{}</code></p>",
            escaped(value)
        ),
        None => String::new(),
    };
    body += &format!(
        "<p>With a token a program calls the REST API as the person whose it is: \
         <code>curl -H 'Authorization: Bearer …' {}/golinks</code></p>",
        escaped(&shown.place.base)
    );
    body += &match own {
        Some(Actor::Person(_)) => "<form method=post action=\"/golinks/developer/new\">\
             <button class=primary>Make a token of mine</button></form>"
            .to_owned(),
        _ => "<p>A token is a person’s: <a href=\"/golinks/sign-in?to=/golinks/developer\">sign in with \
             Entra</a> to make one.</p>".to_owned(),
    };
    body += &match rows.is_empty() {
        true => "<p>There are no tokens to show.</p>".to_owned(),
        false => table("API tokens", &["Token", "Of", "Made", "Status", "Do"], &rows),
    };
    Page::new("API tokens", body)
}

fn row(golinks: &GoLinks, owner: AccountId, token: &ApiToken) -> Vec<String> {
    let active = golinks.accounts().get(owner).is_some_and(|account| account.active);
    let status = match (token.good, active) {
        (true, true) => chip("good", "good"),
        (true, false) => chip("warn", "good, and its person inactive"),
        (false, _) => chip("bad", "ended"),
    };
    let hint = hint(&token.value);
    let revoke = match token.good {
        true => format!(
            "<form method=post action=\"/golinks/developer\"><input type=hidden name=revoke \
             value=\"{hint}\"><button>Revoke <span class=hidden>{hint}…</span></button></form>"
        ),
        false => String::new(),
    };
    let name = escaped(&golinks.name_of(owner));
    vec![format!("<code>{hint}…</code>"), name, when(token.created), status, revoke]
}

/// As much of a token as tells it from others.
fn hint(value: &str) -> &str {
    value.get(..11).unwrap_or(value)
}

/// Makes a token of a person.
pub(super) fn make(
    golinks: &mut GoLinks,
    actor: Actor,
    moment: &mut Moment<'_, Event>,
) -> Result<String, NotDone> {
    match actor {
        Actor::Person(id) => golinks.make_api_token(id, moment).map_err(|error| said(&error)),
        Actor::Owner => Err(typed("a token is a person's: sign in with Entra to make one")),
    }
}

/// Revokes a token: one's own, or as an admin any.
pub(super) fn revoke(
    golinks: &mut GoLinks,
    form: &FormFields,
    actor: Actor,
    moment: &mut Moment<'_, Event>,
) -> Done {
    let wanted = form.get("revoke");
    let all = golinks.may(actor, Right::Settings).is_ok();
    let mut tokens = golinks.all_api_tokens();
    let found = tokens.find(|(owner, token)| {
        token.good && hint(&token.value) == wanted && (all || actor == Actor::Person(*owner))
    });
    let value = found.map(|(_, token)| token.value.clone());
    drop(tokens);
    let value = value.ok_or_else(|| typed("there is no such token of yours"))?;
    golinks.revoke_api_token(&value, moment);
    Ok("/golinks/developer?done=revoked")
}
