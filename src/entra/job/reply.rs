//! The meaning of a reply: a pure function of the reply and of the kind of request [logs-howto].

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;

use crate::base::Time;
use crate::entra::call::{LEFT_ALONE, Lost, Reply};
use crate::entra::error_code::ErrorCode;
use crate::entra::policy::{AnswerShape, MediaType};
use crate::scim::{self, ListPage, Object, Value, urn};

/// Why a request failed.
#[derive(Clone, PartialEq, Debug)]
pub struct SyncError {
    /// The vendor's code.
    pub code: ErrorCode,
    /// The status of the response; `None` without a response, or if the fault was not in the
    /// status.
    pub status: Option<StatusCode>,
    /// The application's error text, or what was missing; it does not repeat the status.
    pub detail: String,
    /// The wait that a 429 asks for, if any.
    pub retry_after: Option<RetryAfter>,
    /// Whether it was the token endpoint that gave no access token.
    pub at_token_endpoint: bool,
    /// Whether it came to the probe of groups, after one of users had passed.
    pub at_groups: bool,
}

/// The value of a Retry-After header (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// This long after the response.
    Delay(Duration),
    /// At this instant.
    Date(Time),
}

impl RetryAfter {
    /// When the request may be repeated, for a response that came `now`.
    pub fn after(self, now: Time) -> Time {
        match self {
            RetryAfter::Delay(delay) => now + delay,
            RetryAfter::Date(date) => date,
        }
    }

    fn read(response: &Response<Bytes>) -> Option<RetryAfter> {
        let text = response.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
        let delay = text.parse().ok().map(|secs| RetryAfter::Delay(Duration::from_secs(secs)));
        delay.or_else(|| Time::parse_http_date(text).map(RetryAfter::Date))
    }
}

impl SyncError {
    /// Creates an error of a code and a text, without a status.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> SyncError {
        let (status, retry_after, at_token_endpoint, at_groups) = (None, None, false, false);
        SyncError { code, status, detail: detail.into(), retry_after, at_token_endpoint, at_groups }
    }

    /// The error when several resources came where one is due [logs-howto].
    pub fn several(count: usize) -> SyncError {
        let detail = format!("{count} resources came where one is due");
        SyncError::new(ErrorCode::MultipleEntriesInResponse, detail)
    }

    /// Returns one line for logs: the status, and the application's error text if it sent one.
    pub fn text(&self) -> String {
        status_and_words(self.at_token_endpoint, self.status, &self.detail)
    }
}

/// Returns `409 userName is taken`, or `409 Conflict` when the application sent no text; what the
/// token endpoint says is marked as such.
pub(super) fn status_and_words(
    at_token_endpoint: bool,
    status: Option<StatusCode>,
    words: &str,
) -> String {
    let said = match (status, words) {
        (Some(status), "") => status.to_string(),
        (Some(status), words) => format!("{} {words}", status.as_u16()),
        (None, words) => words.to_owned(),
    };
    if at_token_endpoint { format!("token endpoint: {said}") } else { said }
}

/// The kind of a request, as far as it changes the meaning of a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestKind {
    /// A query by filter.
    Query,
    /// A read or a delete of a linked account.
    Linked,
    /// A create.
    Create,
    /// An update.
    Update,
}

/// Returns the response when its status is a success.
///
/// # Errors
/// Any other status and a lost response, with the vendor's code for it [logs-howto].
pub fn classify_reply(kind: RequestKind, reply: Reply) -> Result<Response<Bytes>, SyncError> {
    let response = reply.map_err(lost)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after =
        (status == StatusCode::TOO_MANY_REQUESTS).then(|| RetryAfter::read(&response)).flatten();
    Err(SyncError {
        code: code_for(kind, status),
        status: Some(status),
        detail: error_words(response.body()).unwrap_or_default(),
        retry_after,
        at_token_endpoint: false,
        at_groups: false,
    })
}

/// The code with which a row of the log says how a write of this method failed; `None` when it
/// succeeded, or is none.
pub fn write_failure(method: &http::Method, reply: Reply) -> Option<ErrorCode> {
    let kind = match method.as_str() {
        "POST" => RequestKind::Create,
        "PATCH" => RequestKind::Update,
        "DELETE" => RequestKind::Linked,
        _ => return None,
    };
    classify_reply(kind, reply).err().map(|error| error.code)
}

/// The code with which a row of the log says how a lookup failed; `None` when it was answered.
pub fn lookup_failure(reply: Reply) -> Option<ErrorCode> {
    classify_reply(RequestKind::Query, reply).err().map(|error| error.code)
}

fn lost(lost: Lost) -> SyncError {
    let (code, detail) = match lost {
        Lost::TimedOut => (ErrorCode::Timeout, "no answer within the time-out"),
        Lost::Refused => (ErrorCode::WebExceptionProtocolError, "the connection was refused"),
        Lost::Untrusted => (ErrorCode::WebExceptionProtocolError, "the certificate is not trusted"),
        Lost::Reset => (ErrorCode::WebExceptionProtocolError, "the connection was reset"),
        Lost::Internal => (ErrorCode::InternalError, "the provisioning service failed by itself"),
        Lost::LeftAlone => (ErrorCode::InternalError, LEFT_ALONE),
    };
    SyncError::new(code, detail)
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

/// Returns the application's error text as one short line: SCIM's `detail`, the `error` of OAuth
/// (RFC 6749 5.2), or the start of the body.
fn error_words(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        detail: Option<String>,
        error: Option<String>,
        error_description: Option<String>,
    }
    if body.is_empty() {
        return None;
    }
    let said = serde_json::from_slice::<Said>(body).ok().and_then(|said| {
        said.detail.or(match (said.error, said.error_description) {
            (Some(error), Some(more)) => Some(format!("{error}: {more}")),
            (error, _) => error,
        })
    });
    let text =
        said.unwrap_or_else(|| String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned());
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(160).collect())
}

/// Checks the media type of a response; parameters such as `charset` do not matter.
///
/// # Errors
/// ServiceIncompatible when the type does not pass.
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

/// Reads the response to a query (RFC 7644, section 3.4.2).
///
/// # Errors
/// ServiceIncompatible when it is not a ListResponse.
pub fn page(response: &Response<Bytes>) -> Result<ListPage, SyncError> {
    ListPage::parse(response.body()).map_err(|why| incompatible(&why, response.body()))
}

/// Reads the resource of a response.
///
/// # Errors
/// ServiceIncompatible when it is not a resource, MultipleEntriesInResponse when it is a list of
/// several [logs-howto].
pub fn resource(response: &Response<Bytes>) -> Result<Object, SyncError> {
    let read = Object::parse(response.body())
        .map_err(|error| incompatible(&error.detail, response.body()))?;
    match read.get("Resources") {
        Some(Value::List(several)) if several.len() > 1 => Err(SyncError::several(several.len())),
        _ => Ok(read),
    }
}

/// Reads the id of a created account.
///
/// # Errors
/// ServiceIncompatible when there is none.
pub fn created_id(response: &Response<Bytes>, shape: AnswerShape) -> Result<Box<str>, SyncError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(Box<str>),
        Number(u64),
    }
    #[derive(Deserialize)]
    struct Created {
        id: Id,
    }
    if let Some(id) = scim::fast::id(response.body()).filter(|id| !id.is_empty()) {
        return Ok(id.into());
    }
    let created: Created = serde_json::from_slice(response.body())
        .map_err(|why| incompatible(&why.to_string(), response.body()))?;
    match created.id {
        Id::Text(id) if id.is_empty() => Err(incompatible("the id is empty", response.body())),
        Id::Text(id) => Ok(id),
        Id::Number(_) if shape == AnswerShape::Strict => {
            Err(incompatible("the id is a number", response.body()))
        }
        Id::Number(id) => Ok(id.to_string().into()),
    }
}

/// The id of an account that was found; a number passes for a text (B58).
pub fn id_of(account: &Object) -> Option<Cow<'_, str>> {
    match account.get("id")? {
        Value::Text(id) if !id.is_empty() => Some(Cow::Borrowed(id)),
        other => other.as_i64().map(|id| Cow::Owned(id.to_string())),
    }
}

/// Refuses an account or a group that is not of the shape that a policy asks for (B12, B57).
///
/// # Errors
/// ServiceIncompatible, with what is wrong.
pub fn shape(resource: &Object, policy: AnswerShape) -> Result<(), SyncError> {
    let is_object = |value: &Value| value.is_absent() || value.as_object().is_some();
    let wrong = |parts: &Object, names: &[&str]| {
        let found = names.iter().find(|name| parts.get(name).is_some_and(|part| !is_object(part)));
        found.map(|name| format!("`{name}` is no object"))
    };
    let extension = resource.get(urn::ENTERPRISE_USER);
    let objects = || {
        wrong(resource, &["meta", "name", urn::ENTERPRISE_USER])
            .or_else(|| wrong(extension?.as_object()?, &["manager"]))
    };
    let declared = || {
        let is = |name, right: fn(&Value) -> bool| resource.get(name).is_none_or(right);
        match () {
            () if resource.get("schemas").is_none() => Some("it names no schemas".to_owned()),
            () if !is("id", |id| id.as_text().is_some()) => Some("the id is no text".to_owned()),
            () if !is("active", |active| matches!(active, Value::Bool(_))) => {
                Some("`active` is no boolean".to_owned())
            }
            () => None,
        }
    };
    let why = match policy {
        AnswerShape::Lenient => None,
        AnswerShape::Objects => objects(),
        AnswerShape::Strict => objects().or_else(declared),
    };
    why.map_or(Ok(()), |why| {
        let detail = format!("the answer cannot be read ({why})");
        Err(SyncError::new(ErrorCode::ServiceIncompatible, detail))
    })
}

/// The beginning of a body that could not be read, as one short line.
pub(super) fn beginning(body: &Bytes) -> String {
    let start = error_words(body).unwrap_or_else(|| "nothing".to_owned());
    start.chars().take(60).collect()
}

fn incompatible(why: &str, body: &Bytes) -> SyncError {
    let start = beginning(body);
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
            (RequestKind::Create, Err(Lost::Internal), ErrorCode::InternalError),
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
    fn an_account_has_the_shape_that_the_policy_asks_for() {
        use AnswerShape::{Lenient, Objects, Strict};
        let manager = |value: &str| {
            format!(
                r#"{{"schemas":["s"],"id":"1","{}":{{"manager":{value}}}}}"#,
                urn::ENTERPRISE_USER
            )
        };
        let cases: [(&str, &[AnswerShape]); 8] = [
            (r#"{"schemas":["s"],"id":"1","active":true,"meta":{}}"#, &[Lenient, Objects, Strict]),
            (&manager(r#"{"value":"7"}"#), &[Lenient, Objects, Strict]),
            (&manager("null"), &[Lenient, Objects, Strict]),
            (r#"{"id":"1"}"#, &[Lenient, Objects]),
            (r#"{"schemas":["s"],"id":1}"#, &[Lenient, Objects]),
            (r#"{"schemas":["s"],"id":"1","active":"True"}"#, &[Lenient, Objects]),
            (&manager(r#""7""#), &[Lenient]),
            (r#"{"schemas":["s"],"id":"1","meta":"2.0"}"#, &[Lenient]),
        ];
        for (body, passes) in cases {
            let account = Object::parse(body.as_bytes()).expect("an object");
            for policy in [Lenient, Objects, Strict] {
                assert_eq!(
                    shape(&account, policy).is_ok(),
                    passes.contains(&policy),
                    "{body} {policy:?}"
                );
            }
        }
        let number = Object::parse(br#"{"id":17}"#).expect("an object");
        assert_eq!(id_of(&number).as_deref(), Some("17"));
        let created = answer(201, r#"{"id":17}"#).expect("an answer");
        assert_eq!(created_id(&created, Objects), Ok("17".into()));
        assert!(created_id(&created, Strict).is_err());
    }

    #[test]
    fn words_of_the_application_are_kept_in_a_line() {
        let reply = answer(409, r#"{"detail":"userName is  taken"}"#);
        assert_eq!(
            classify_reply(RequestKind::Create, reply).expect_err("an error").text(),
            "409 userName is taken"
        );
        let reply = answer(503, "<html>\n<b>down</b>");
        assert_eq!(
            classify_reply(RequestKind::Create, reply).expect_err("an error").text(),
            "503 <html> <b>down</b>"
        );
        let html = answer(200, "<html>").expect("an answer");
        assert_eq!(page(&html).expect_err("not a list").code, ErrorCode::ServiceIncompatible);
        assert_eq!(
            created_id(&html, AnswerShape::Objects).expect_err("no id").code,
            ErrorCode::ServiceIncompatible
        );
    }
}
