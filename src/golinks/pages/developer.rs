//! API tokens: everyone makes their own and sees them, an admin sees all [golinks].

use super::done::{said, typed};
use super::html::{Page, chip, table, when};
use super::shown::Shown;
use super::wanted::{Wanted, WantedByForm};
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::rights::{Actor, Right};
use crate::golinks::server::beginning;
use crate::golinks::store::api_tokens::ApiToken;
use crate::golinks::{AccountId, GoLinks};

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
    let hint = escaped(&hint(&token.value));
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
fn hint(value: &str) -> String {
    beginning(value, 11)
}

/// Makes a token of a person.
pub(super) fn make(golinks: &GoLinks, actor: Actor) -> WantedByForm {
    let Actor::Person(id) = actor else {
        return Err(typed("a token is a person's: sign in with Entra to make one"));
    };
    golinks.may_make_api_token().map_err(|error| said(&error))?;
    Ok((Some(Wanted::MakeApiToken(id)), "/golinks/developer"))
}

/// Revokes a token: one's own, or as an admin any.
pub(super) fn revoke(golinks: &GoLinks, form: &FormFields, actor: Actor) -> WantedByForm {
    let wanted = form.get("revoke");
    let all = golinks.may(actor, Right::Settings).is_ok();
    let mut tokens = golinks.all_api_tokens();
    let found = tokens.find(|(owner, token)| {
        token.good && hint(&token.value) == wanted && (all || actor == Actor::Person(*owner))
    });
    let (owner, token) = found.ok_or_else(|| typed("there is no such token of yours"))?;
    let of_owner = golinks.api_tokens(owner);
    let several = of_owner.iter().filter(|token| token.good).count() > 1;
    let place = of_owner.iter().position(|other| other.value == token.value);
    let place = place.filter(|_| several).map(|place| place + 1);
    Ok((Some(Wanted::RevokeApiToken(owner, place)), "/golinks/developer?done=revoked"))
}
