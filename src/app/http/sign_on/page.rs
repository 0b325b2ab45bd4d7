//! The pages of single sign-on, around one frame (`web/signin/page.html`): whose sign-in it is,
//! the form that takes the Response on, My Apps, and a refusal. They work without script.

use bytes::Bytes;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Response, StatusCode};

use super::message::{QUERY_FIELD, SignInMessage};
use crate::app::http::body::Body;
use crate::app::http::route::whole;
use crate::base::Time;
use crate::base::html::escaped;
use crate::entra::Entra;
use crate::entra::sign_on::{Issued, Refusal, SignOnAt};
use crate::entra::tenant::{AppId, Attribute, Lifecycle, UserKey};
use crate::saml::binding::posted;

const FRAME: &str = include_str!("../../../../web/signin/page.html");

const LEADING_AWAY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const STAYING: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// How many people a page lists; the others are found by the beginning of their names.
const LISTED_MAX: usize = 50;

/// What the list of a user's applications is called.
pub(super) const MY_APPS: &str = "My Apps";

/// What a form hands on.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// The request of the application.
    pub(super) message: Option<&'a SignInMessage>,
    /// Its RelayState.
    pub(super) relay_state: Option<&'a str>,
}

/// A page in its frame. The form of one that `leads_away` goes to an application, which may lead
/// the browser on to any other site: browsers hold that against `form-action` too.
pub(super) fn whole_page(
    tenant: &str,
    title: &str,
    body: &str,
    leads_away: bool,
) -> Response<Body> {
    let wide = if title == MY_APPS { " class=\"wide\"" } else { "" };
    let text = FRAME
        .replace("{{wide}}", wide)
        .replace("{{tenant}}", &escaped(tenant))
        .replace("{{title}}", &escaped(title))
        .replace("{{body}}", body);
    let mut response = whole(StatusCode::OK, "text/html; charset=utf-8", Bytes::from(text));
    let policy = if leads_away { LEADING_AWAY } else { STAYING };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The choice of a user: everybody who may sign in at the tenant, those without an assignment too,
/// since to be refused is worth seeing.
pub(super) fn people(
    entra: &Entra,
    app: Option<AppId>,
    application: &str,
    begins: &str,
    fields: Fields<'_>,
) -> String {
    let tenant = entra.tenant();
    let wanted = begins.to_lowercase();
    let found = tenant.users().filter(|(_, user)| user.lifecycle() != Lifecycle::HardDeleted);
    let found = found.filter(|(_, user)| {
        let begins = |text: &str| text.to_lowercase().starts_with(&wanted);
        user.sign_in_name().is_some_and(begins)
            || user.get(Attribute::DisplayName).is_some_and(begins)
    });
    let mut found = found.take(LISTED_MAX + 1);
    let listed: Vec<_> = found.by_ref().take(LISTED_MAX).collect();
    let more = found.next().is_some();
    let button = |(key, user): &(UserKey, &crate::entra::tenant::User)| {
        let refused = match app {
            Some(app) => entra.may_sign_on(app, *key).err(),
            None => tenant.sign_on(*key).err(),
        };
        let refused = match refused {
            Some(why) => format!(" · {}", escaped(why.reason())),
            None => String::new(),
        };
        format!(
            "<li><button name=\"user\" value=\"{}\">{} <small>{}{refused}</small></button></li>",
            user.object_id(),
            escaped(user.get(Attribute::DisplayName).unwrap_or_default()),
            escaped(user.sign_in_name().unwrap_or_default()),
        )
    };
    let list: String = listed.iter().map(button).collect();
    let list = match (list.is_empty(), more) {
        (true, _) => "<p>Nobody of that name is in the directory.</p>".to_owned(),
        (false, false) => format!("<ul class=\"people\">{list}</ul>"),
        (false, true) => format!(
            "<ul class=\"people\">{list}</ul><p class=\"soft\">The first {LISTED_MAX}. Find the \
             others by the beginning of their names.</p>"
        ),
    };
    format!(
        "<p class=\"soft\">Who signs in to <b>{}</b>? These are the tenant's people; {}.</p>\
         <form method=\"post\">{}<div class=\"find\"><label>Name begins with\
         <input name=\"people\" value=\"{}\" autocomplete=\"off\"></label><button>Find</button></div>{list}</form>",
        escaped(application),
        match tenant.has_passwords() {
            true => "some have a password, which is asked for next",
            false => "there are no passwords",
        },
        hidden(fields),
        escaped(begins),
    )
}

/// The question for the password of the user who was picked.
pub(super) fn password(entra: &Entra, user: UserKey, fields: Fields<'_>) -> String {
    let row = entra.tenant().user(user);
    let name = escaped(row.sign_in_name().or(row.get(Attribute::DisplayName)).unwrap_or_default());
    format!(
        "<p class=\"soft\">Signing in as <b>{name}</b>. A scenario has set a password for this user.</p>\
         <form method=\"post\">{}<input type=\"hidden\" name=\"user\" value=\"{}\">\
         <div class=\"find\"><label>Password<input type=\"password\" name=\"password\" required \
         autocomplete=\"off\"></label><button class=\"primary\">Sign in</button></div></form>",
        hidden(fields),
        row.object_id(),
    )
}

fn hidden(fields: Fields<'_>) -> String {
    let field = |(name, value): (&str, String)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(&value))
    };
    // A signed query goes on as it came: its signature holds for no other text.
    if let Some(query) = fields.message.and_then(SignInMessage::signed_query) {
        return field((QUERY_FIELD, query.to_owned()));
    }
    let message = fields.message.map(|message| ("SAMLRequest", posted(&message.text)));
    let state = fields.relay_state.map(|text| ("RelayState", text.to_owned()));
    [message, state].into_iter().flatten().map(field).collect()
}

/// The form that takes a Response to the application.
pub(super) fn posting(issued: &Issued) -> String {
    let state = issued.relay_state.as_deref().map(|state| {
        format!("<input type=\"hidden\" name=\"RelayState\" value=\"{}\">", escaped(state))
    });
    format!(
        "<form method=\"post\" action=\"{}\" data-post><input type=\"hidden\" name=\"SAMLResponse\" value=\"{}\">{}\
         <p class=\"soft\">You are being taken to the application.</p><button class=\"primary\">Continue</button></form>\
         <script src=\"/signin/post.js\"></script>",
        escaped(&issued.reply_url),
        posted(&issued.response),
        state.unwrap_or_default(),
    )
}

/// The applications that a user is assigned to, whether they require it or not.
pub(super) fn apps(entra: &Entra, user: UserKey, at: SignOnAt<'_>) -> String {
    let row = entra.tenant().user(user);
    let tile = |app: AppId| {
        let names = entra.app_names(app, at.seed);
        format!(
            "<li><a href=\"/api/signin/{}\"><b>{}</b><small class=\"soft\">Open</small></a></li>",
            names.client_id(),
            escaped(&names.application),
        )
    };
    let assigned = entra.apps().filter(|app| entra.tenant().is_assigned(*app, user));
    let tiles: String = assigned.map(tile).collect();
    let tiles = match tiles.is_empty() {
        true => "<p>No application is assigned to you.</p>".to_owned(),
        false => format!("<ul class=\"apps\">{tiles}</ul>"),
    };
    format!(
        "<p class=\"soft\">Signed in as <b>{}</b>, {}</p>{tiles}\
         <form method=\"post\" action=\"/common/logout\" class=\"foot\"><button>Sign out</button></form>",
        escaped(row.get(Attribute::DisplayName).unwrap_or_default()),
        escaped(row.sign_in_name().unwrap_or_default()),
    )
}

/// The question whether to sign out.
pub(super) fn sign_out() -> String {
    "<p>Sign out here? Applications that you are signed in to keep their sessions.</p>\
     <form method=\"post\" action=\"/common/logout\" class=\"foot\"><a href=\"/myapps\">My Apps</a>\
     <button>Sign out</button></form>"
        .to_owned()
}

/// What a user sees whom an application sends with its answer to a sign-out; `here` is whether the
/// browser still has a session at the tenant.
pub(super) fn answered_sign_out(success: bool, here: bool) -> String {
    let said = match success {
        true => "The application says that it has signed you out.",
        false => "The application says that it could not sign you out.",
    };
    match here {
        true => format!("<p>{said} Your session here is another one.</p>{}", sign_out()),
        false => format!("<p>{said}</p><p><a href=\"/myapps\">Sign in again</a></p>"),
    }
}

/// What a user sees who signs out.
pub(super) fn signed_out() -> String {
    "<p>You are signed out here. Applications that you are signed in to keep their sessions.</p>\
     <p><a href=\"/myapps\">Sign in again</a></p>"
        .to_owned()
}

/// A refusal, as the vendor's page has it: the number, the sentence, and what it is found by.
pub(super) fn refusal(refusal: &Refusal, stamp: Time, ids: &[String; 2]) -> String {
    let [request, correlation] = ids;
    format!(
        "<p>Sorry, but we’re having trouble signing you in.</p>\
         <p class=\"wrong\" role=\"alert\"><b>AADSTS{}</b>: {}</p><p class=\"advice\">{}</p>\
         <dl class=\"details\"><dt>Request Id</dt><dd><code>{request}</code></dd>\
         <dt>Correlation Id</dt><dd><code>{correlation}</code></dd>\
         <dt>Timestamp</dt><dd><time>{}</time></dd></dl>\
         <form method=\"post\" action=\"/common/logout\" class=\"foot\"><a href=\"/myapps\">My Apps</a>\
         <button>Sign out and use another account</button></form>",
        refusal.code,
        escaped(&refusal.message),
        escaped(&refusal.advice),
        stamp.rfc3339(),
    )
}
