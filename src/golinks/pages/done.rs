//! What a form of a page comes to where it is not carried out: a sentence that says why.

use http::StatusCode;

use crate::scim::Error;

/// Why it was not done.
pub(super) type NotDone = (StatusCode, String);

/// A refusal of GoLinks as a page shows it: a sentence.
pub(super) fn said(error: &Error) -> NotDone {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::CONFLICT);
    (status, sentence(&error.detail))
}

/// A text with the first letter of a sentence and its full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// A refusal of what was typed.
pub(super) fn typed(why: &str) -> NotDone {
    (StatusCode::UNPROCESSABLE_ENTITY, sentence(why))
}

/// The refusal of what is no form.
pub(super) fn no_form() -> NotDone {
    (StatusCode::BAD_REQUEST, "This is no form of this page.".to_owned())
}

/// The refusal of a form of a visitor without a session.
pub(super) fn no_session() -> NotDone {
    (StatusCode::UNAUTHORIZED, "Your session is over: sign in first.".to_owned())
}
