//! The pages of the authority, in plain HTML: which of the tenant's people signs in, and the
//! password of one for whom a scenario has set it.

use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY};
use http::{Response, StatusCode};

use super::error::SignInError;
use super::form::FormFields;
use super::{Asked, whole};
use crate::base::html::escaped;
use crate::entra::tenant::{Attribute, UserKey};

/// How many people a page lists; the others are found by the beginning of their names.
const LISTED_MAX: usize = 50;

/// The choice of a user for a client.
pub(super) fn people(asked: &Asked<'_>, parameters: &FormFields, client: &str) -> Response<Bytes> {
    let begins = parameters.get("people").or_else(|| parameters.get("login_hint"));
    let list = listed(asked, begins.unwrap_or_default());
    // The form goes to the address of the page, with the client's own parameters.
    page(
        StatusCode::OK,
        "Sign in",
        &format!(
            "<p>Who signs in to <b>{}</b>? These are the tenant's people; {}.</p>\
             <form method=post>{list}</form>",
            escaped(client),
            match asked.at.tenant().has_passwords() {
                true => "some have a password, which is asked for next",
                false => "there are no passwords",
            }
        ),
    )
}

/// The question for the password of the user who was picked; `kept` are the other fields of the
/// form, and `why` is why the last one was refused.
pub(super) fn password(
    asked: &Asked<'_>,
    user: UserKey,
    kept: &[(&str, &str)],
    why: Option<&SignInError>,
) -> Response<Bytes> {
    let row = asked.at.tenant().user(user);
    let id = row.object_id().to_string();
    let fields = kept.iter().copied().chain([("user", &*id)]).map(hidden).collect::<String>();
    let wrong =
        why.map(|why| format!("<p role=alert>AADSTS{}: {}</p>", why.code, escaped(&why.message)));
    page(
        StatusCode::OK,
        "Enter password",
        &format!(
            "<p>Signing in as <b>{}</b>. A scenario has set a password for this user.</p>{}\
             <form method=post>{fields}<p><label>Password <input type=password name=password required \
             autocomplete=off></label> <button>Sign in</button></p></form>",
            escaped(row.sign_in_name().unwrap_or_default()),
            wrong.unwrap_or_default(),
        ),
    )
}

fn hidden((name, value): (&str, &str)) -> String {
    format!("<input type=hidden name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
}

/// The page of the device flow.
pub(super) fn device(asked: &Asked<'_>) -> Response<Bytes> {
    let list = listed(asked, asked.query.get("people").unwrap_or_default());
    let code = escaped(asked.query.get("user_code").unwrap_or_default());
    page(
        StatusCode::OK,
        "Sign in on a device",
        &format!(
            "<form method=post><p><label>The code that the device shows \
             <input name=user_code value=\"{code}\" autocomplete=off required></label></p>{list}</form>"
        ),
    )
}

/// What the user of a device sees at the end.
pub(super) fn device_done(name: &str) -> Response<Bytes> {
    let text = format!("<p>{} is signed in on the device.</p>", escaped(name));
    page(StatusCode::OK, "Signed in", &text)
}

/// What a user sees who has signed out.
pub(super) fn signed_out() -> Response<Bytes> {
    page(StatusCode::OK, "Signed out", "<p>You are signed out.</p>")
}

/// A refusal for the person in front of the browser: where nothing shows that there is a client to
/// which it could be sent. `ids` are those of the request and of the correlation.
pub(super) fn refused(error: &SignInError, ids: &[String; 2], stamp: &str) -> Response<Bytes> {
    let [request, correlation] = ids;
    let text = format!(
        "<p>Sorry, but we’re having trouble signing you in.</p><p role=alert>AADSTS{}: {}</p>\
         <dl><dt>Request Id</dt><dd><code>{request}</code></dd>\
         <dt>Correlation Id</dt><dd><code>{}</code></dd>\
         <dt>Timestamp</dt><dd><time>{stamp}</time></dd></dl>",
        error.code,
        escaped(&error.message),
        escaped(correlation),
    );
    page(error.status, "Sign in", &text)
}

/// A page whose form takes values to a client.
pub(super) fn posting(uri: &str, values: &[(&str, &str)]) -> Response<Bytes> {
    let fields: String = values.iter().copied().map(hidden).collect();
    let action = escaped(uri);
    page(
        StatusCode::OK,
        "Signed in",
        &format!("<form method=post action=\"{action}\">{fields}<button>Go on</button></form>"),
    )
}

/// The tenant's people as buttons, as far as they may sign in and their names begin so.
fn listed(asked: &Asked<'_>, begins: &str) -> String {
    let tenant = asked.at.tenant();
    let wanted = begins.to_lowercase();
    let people =
        tenant.users().filter(|(key, _)| tenant.sign_on(*key).is_ok()).filter(|(_, user)| {
            let begins = |text: &str| text.to_lowercase().starts_with(&wanted);
            user.sign_in_name().is_some_and(begins)
                || user.get(Attribute::DisplayName).is_some_and(begins)
        });
    let buttons = people.take(LISTED_MAX).map(|(_, user)| {
        format!(
            "<li><button name=user value=\"{}\">{} <small>{}</small></button></li>",
            user.object_id(),
            escaped(user.get(Attribute::DisplayName).unwrap_or_default()),
            escaped(user.sign_in_name().unwrap_or_default()),
        )
    });
    let buttons: String = buttons.collect();
    match buttons.is_empty() {
        true => "<p>Nobody of that name may sign in.</p>".to_owned(),
        false => format!("<ul>{buttons}</ul>"),
    }
}

fn page(status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let title = escaped(title);
    let text = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <h1>{title}</h1>{body}</html>"
    );
    let mut response = whole(status, "text/html; charset=utf-8", text);
    let headers = response.headers_mut();
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
