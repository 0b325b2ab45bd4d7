//! SCIM: the tenant URL, the plan, and the tokens.

use std::time::Duration;

use super::done::{said, typed};
use super::html::{Page, chip, table, when};
use super::shown::Shown;
use super::wanted::{Wanted, WantedByForm};
use crate::base::html::escaped;
use crate::golinks::form::FormFields;
use crate::golinks::server::{RevokedToken, beginning};
use crate::golinks::settings::access::WorkspacePlan;
use crate::golinks::{GoLinks, TokenSetting};

/// SCIM: the tenant URL, and the tokens.
pub(super) fn scim(shown: &Shown<'_>) -> Page {
    let golinks = shown.golinks;
    let settings = golinks.settings();
    let plan = match settings.plan {
        WorkspacePlan::Enterprise => chip("good", "Enterprise"),
        WorkspacePlan::Free => {
            format!("{}: SCIM is not part of it, and everyone is an admin", chip("bad", "free"))
        }
    };
    let mut rows: Vec<Vec<String>> =
        settings.good_tokens().map(|token| row(golinks, shown, token)).collect();
    let none = match rows.is_empty() {
        true => "<p>No token is good: every SCIM request is answered 401.</p>",
        false => "",
    };
    rows.extend(golinks.register().revoked().map(revoked));
    let tokens = match rows.is_empty() {
        true => none.to_owned(),
        false => {
            let columns = ["Token", "Issued by", "Issued", "Ends", "Status", "Do"];
            format!("{none}{}", table("Tokens", &columns, &rows))
        }
    };
    let body = format!(
        "<dl><dt>Tenant URL</dt><dd><code>{}{}</code></dd><dt>Plan</dt><dd>{plan}</dd></dl>{tokens}\
         <form method=post action=\"/golinks/scim\" class=fields><fieldset><legend>Issue one more \
         token</legend><label>Value <input name=issue required minlength=8 maxlength=200 \
         autocomplete=off></label><label>Ends after days <input name=days type=number min=1 max=3650 \
         placeholder=\"never\"></label><button class=primary>Issue</button></fieldset></form>",
        escaped(&shown.place.base),
        escaped(&settings.base_path)
    );
    Page::new("SCIM", body)
}

fn row(golinks: &GoLinks, shown: &Shown<'_>, token: &TokenSetting) -> Vec<String> {
    let ends = token.expires.instant(golinks.start());
    let status = match ends {
        Some(at) if at <= shown.now => chip("bad", "expired"),
        Some(at) if at.since(shown.now).as_secs() < 7 * 86_400 => chip("warn", "ends soon"),
        _ => chip("good", "good"),
    };
    // As a list of secrets shows them: enough to tell one from another.
    let hint = escaped(&beginning(&token.value, 4));
    vec![
        format!("<code>{hint}…</code>"),
        token.issued_by.word().to_owned(),
        golinks.register().issued_at(token).map_or_else(String::new, when),
        ends.map_or_else(|| "never".to_owned(), when),
        status,
        format!(
            "<form method=post action=\"/golinks/scim\"><input type=hidden name=revoke value=\"{}\">\
             <button>Revoke <span class=hidden>{hint}…</span></button></form>",
            number_of(golinks, token)
        ),
    ]
}

/// A token that nothing can be done with any more.
fn revoked(token: &RevokedToken) -> Vec<String> {
    vec![
        format!("<code>{}</code>", escaped(&token.hint)),
        String::new(),
        when(token.issued),
        when(token.at),
        chip("idle", "revoked"),
        String::new(),
    ]
}

/// The place of a token in the list, from 1 on: its value is not shown.
fn number_of(golinks: &GoLinks, token: &TokenSetting) -> usize {
    let place = golinks.settings().good_tokens().position(|other| other == token);
    place.map_or(0, |place| place + 1)
}

/// Issues or revokes a token.
pub(super) fn token(golinks: &GoLinks, form: &FormFields) -> WantedByForm {
    let value = form.get("issue");
    if value.is_empty() {
        let place = form.get("revoke").parse::<usize>().ok().and_then(|nth| nth.checked_sub(1));
        let token = place.and_then(|place| golinks.settings().good_tokens().nth(place));
        let value = token.map(|token| token.value.clone());
        let value = value.ok_or_else(|| typed("there is no such token"))?;
        return Ok((Some(Wanted::RevokeToken(value)), "/golinks/scim?done=revoked"));
    }
    if value.len() < 8 || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let why = "a token has at least 8 characters, and only such as a header can carry";
        return Err(typed(why));
    }
    let days: Option<u64> = match form.get("days") {
        "" => None,
        days => Some(days.parse().map_err(|_| typed("days are a whole number"))?),
    };
    if days == Some(0) {
        return Err(typed("a token lives for one day at least"));
    }
    let lifetime = days.map(|days| Duration::from_secs(days.min(3_650) * 86_400));
    golinks.may_add_token(value).map_err(|error| said(&error))?;
    Ok((Some(Wanted::IssueToken(value.to_owned(), lifetime)), "/golinks/scim?done=issued"))
}
