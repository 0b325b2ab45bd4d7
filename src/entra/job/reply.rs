//! What an answer means: a pure function of the reply and of what was asked (entra-provisioning,
//! 9.1).

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;

use crate::entra::call::{Lost, Reply};
use crate::entra::error_code::ErrorCode;
use crate::entra::policy::MediaType;
use crate::scim::{self, ListPage, Object};

/// Why a request did not do what it was for.
#[derive(Clone, PartialEq, Debug)]
pub struct SyncError {
    /// The vendor's code.
    pub code: ErrorCode,
    /// What the application said.
    pub detail: String,
    /// How long a 429 asks to wait, when it says so.
    pub retry_after: Option<Duration>,
    /// Whether the credentials were refused, which concerns the job and not the object.
    pub unauthorized: bool,
}

impl SyncError {
    /// A trouble that is only a code and a text.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> SyncError {
        SyncError { code, detail: detail.into(), retry_after: None, unauthorized: false }
    }
}

/// What was asked, as far as it changes the meaning of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestKind {
    /// A query by filter.
    Query,
    /// A read of a linked account, or a change of it.
    Linked,
    /// A create.
    Create,
    /// An update.
    Update,
}

/// The answer, when its status says that it went well; otherwise the trouble.
///
/// # Errors
/// The trouble, with the vendor's code for it.
pub fn classify_reply(kind: RequestKind, reply: Reply) -> Result<Response<Bytes>, SyncError> {
    let response = reply.map_err(lost)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let code = code_for(kind, status);
    let retry_after =
        (status == StatusCode::TOO_MANY_REQUESTS).then(|| retry_after(&response)).flatten();
    let unauthorized = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    Err(SyncError { code, detail: describe(&response), retry_after, unauthorized })
}

fn lost(lost: Lost) -> SyncError {
    match lost {
        Lost::TimedOut => SyncError::new(ErrorCode::Timeout, "no answer within the time-out"),
        Lost::Refused => {
            SyncError::new(ErrorCode::WebExceptionProtocolError, "the connection was refused")
        }
        Lost::Untrusted => {
            SyncError::new(ErrorCode::WebExceptionProtocolError, "the certificate is not trusted")
        }
        Lost::Reset => {
            SyncError::new(ErrorCode::WebExceptionProtocolError, "the connection was reset")
        }
    }
}

fn code_for(kind: RequestKind, status: StatusCode) -> ErrorCode {
    match (status.as_u16(), kind) {
        (401, _) => ErrorCode::Unauthorized,
        (403, _) => ErrorCode::InsufficientRights,
        (404, RequestKind::Linked | RequestKind::Update) => ErrorCode::InvalidAnchor,
        (405, _) => ErrorCode::MethodNotAllowed,
        (409, RequestKind::Create) => ErrorCode::EntryConflict,
        (409, _) => ErrorCode::ServiceIncompatibleFiltering,
        (422, _) => ErrorCode::UnprocessableEntity,
        (429, _) => ErrorCode::TooManyRequests,
        (501, _) => ErrorCode::NotImplemented,
        (500..=599, _) => ErrorCode::InternalServerError,
        _ => ErrorCode::ServiceIncompatible,
    }
}

/// The wait of a Retry-After in seconds; a date in it is not understood (assumed).
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let text = response.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// Status and the application's own words, cut to a line.
fn describe(response: &Response<Bytes>) -> String {
    let status = response.status();
    match said(response.body()) {
        Some(words) => format!("{} {words}", status.as_u16()),
        None => status.to_string(),
    }
}

fn said(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct ScimError {
        detail: Option<String>,
    }
    if body.is_empty() {
        return None;
    }
    let detail = serde_json::from_slice::<ScimError>(body).ok().and_then(|error| error.detail);
    let text = detail
        .unwrap_or_else(|| String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned());
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(160).collect())
}

/// Looks at what an answer says that its body is.
///
/// # Errors
/// ServiceIncompatible when it is of no type that passes; parameters such as `charset` do not
/// matter.
pub fn media_type(response: &Response<Bytes>, passes: MediaType) -> Result<(), SyncError> {
    let said =
        response.headers().get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = said.and_then(|said| said.split(';').next()).unwrap_or_default().trim();
    let is = |name: &str| essence.eq_ignore_ascii_case(name);
    let well = match passes {
        MediaType::Any => true,
        MediaType::Json => is(scim::CONTENT_TYPE) || is("application/json"),
        MediaType::Scim => is(scim::CONTENT_TYPE),
    };
    let said = if essence.is_empty() {
        "no content type".to_owned()
    } else {
        format!("content type {essence}")
    };
    let why = || format!("the answer has {said} and must have {}", scim::CONTENT_TYPE);
    if well { Ok(()) } else { Err(SyncError::new(ErrorCode::ServiceIncompatible, why())) }
}

/// Reads the answer to a query.
///
/// # Errors
/// ServiceIncompatible when it is no ListResponse.
pub fn page(response: &Response<Bytes>) -> Result<ListPage, SyncError> {
    ListPage::parse(response.body()).map_err(|why| incompatible(&why, response.body()))
}

/// Reads the account that came back.
///
/// # Errors
/// ServiceIncompatible when it is no resource.
pub fn resource(response: &Response<Bytes>) -> Result<Object, SyncError> {
    Object::parse(response.body()).map_err(|error| incompatible(&error.detail, response.body()))
}

/// Reads the id of a created account.
///
/// # Errors
/// ServiceIncompatible when there is none.
pub fn created_id(response: &Response<Bytes>) -> Result<Box<str>, SyncError> {
    #[derive(Deserialize)]
    struct Created {
        id: Box<str>,
    }
    let created: Created = serde_json::from_slice(response.body())
        .map_err(|why| incompatible(&why.to_string(), response.body()))?;
    if created.id.is_empty() {
        return Err(incompatible("the id is empty", response.body()));
    }
    Ok(created.id)
}

fn incompatible(why: &str, body: &Bytes) -> SyncError {
    let start = said(body).unwrap_or_else(|| "nothing".to_owned());
    let start: String = start.chars().take(60).collect();
    SyncError::new(
        ErrorCode::ServiceIncompatible,
        format!("the answer cannot be read ({why}); it begins: {start}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Reply {
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        Ok(response)
    }

    #[test]
    fn each_answer_has_the_code_the_vendor_lists_for_it() {
        let cases = [
            (RequestKind::Create, answer(400, ""), ErrorCode::ServiceIncompatible),
            (RequestKind::Update, answer(401, ""), ErrorCode::Unauthorized),
            (RequestKind::Update, answer(403, ""), ErrorCode::InsufficientRights),
            (RequestKind::Linked, answer(404, ""), ErrorCode::InvalidAnchor),
            (RequestKind::Query, answer(404, ""), ErrorCode::ServiceIncompatible),
            (RequestKind::Create, answer(405, ""), ErrorCode::MethodNotAllowed),
            (RequestKind::Create, answer(409, ""), ErrorCode::EntryConflict),
            (RequestKind::Update, answer(409, ""), ErrorCode::ServiceIncompatibleFiltering),
            (RequestKind::Create, answer(422, ""), ErrorCode::UnprocessableEntity),
            (RequestKind::Create, answer(429, ""), ErrorCode::TooManyRequests),
            (RequestKind::Create, answer(500, ""), ErrorCode::InternalServerError),
            (RequestKind::Create, answer(501, ""), ErrorCode::NotImplemented),
            (RequestKind::Create, answer(503, ""), ErrorCode::InternalServerError),
            (RequestKind::Create, Err(Lost::TimedOut), ErrorCode::Timeout),
            (RequestKind::Create, Err(Lost::Reset), ErrorCode::WebExceptionProtocolError),
        ];
        for (kind, reply, code) in cases {
            assert_eq!(
                classify_reply(kind, reply).map(|_| ()).expect_err("an error").code,
                code,
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_probe_is_answered_in_scims_media_type_unless_a_policy_is_lenient() {
        use MediaType::{Any, Json, Scim};
        let cases: [(Option<&str>, &[MediaType]); 6] = [
            (Some("application/scim+json"), &[Scim, Json, Any]),
            (Some("Application/SCIM+JSON; charset=utf-8"), &[Scim, Json, Any]),
            (Some("application/json"), &[Json, Any]),
            (Some("text/html"), &[Any]),
            (Some(""), &[Any]),
            (None, &[Any]),
        ];
        for (said, passes) in cases {
            let mut response = Response::new(Bytes::new());
            let header = said.map(|said| http::HeaderValue::from_str(said).expect("a header"));
            header.map(|value| response.headers_mut().insert("content-type", value));
            for policy in [Scim, Json, Any] {
                assert_eq!(
                    media_type(&response, policy).is_ok(),
                    passes.contains(&policy),
                    "{said:?} {policy:?}"
                );
            }
        }
    }

    #[test]
    fn words_of_the_application_are_kept_in_a_line() {
        let reply = answer(409, r#"{"detail":"userName is  taken"}"#);
        assert_eq!(
            classify_reply(RequestKind::Create, reply).expect_err("an error").detail,
            "409 userName is taken"
        );
        let reply = answer(503, "<html>\n<b>down</b>");
        assert_eq!(
            classify_reply(RequestKind::Create, reply).expect_err("an error").detail,
            "503 <html> <b>down</b>"
        );
        let html = answer(200, "<html>").expect("an answer");
        assert_eq!(page(&html).expect_err("not a list").code, ErrorCode::ServiceIncompatible);
        assert_eq!(created_id(&html).expect_err("no id").code, ErrorCode::ServiceIncompatible);
    }
}
