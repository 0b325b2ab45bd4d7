//! `requests.last.<name>`: the last SCIM request that the job has sent about a user or a group, and
//! what was answered.

use crate::world::record::{RecordedAnswer, RecordedRequest, ReplyStatus};
use crate::world::transit::Door;
use crate::world::{AppView, Record, RecordedEvent};

use super::conditions::METHODS;
use super::{ObservedValue, Shape};

/// A field of the last request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestField {
    /// The request as a whole: whether there was one.
    Request,
    /// Its method.
    Method,
    /// Its path and query.
    Path,
    /// Its body.
    Sent,
    /// The status of the answer; absent while there is none, or when it was lost.
    Status,
    /// The body of the answer.
    Answer,
}

impl RequestField {
    /// The fields by their keys below `requests.last.<name>`.
    pub const FIELDS: [(&'static str, Shape, RequestField); 5] = [
        ("method", Shape::Word(METHODS), RequestField::Method),
        ("path", Shape::Text, RequestField::Path),
        ("sent", Shape::Text, RequestField::Sent),
        ("status", Shape::Count, RequestField::Status),
        ("answer", Shape::Text, RequestField::Answer),
    ];
}

/// The last request about one user or group, which is remembered with its bodies: the journal lets
/// old ones go.
#[derive(Clone, Debug)]
pub struct SentRequest {
    /// The number of its record.
    seq: u64,
    method: String,
    path: String,
    sent: Option<String>,
    status: Option<u16>,
    answer: Option<String>,
}

/// The last request about `name`, after this record of its application.
pub fn after(
    last: Option<SentRequest>,
    name: &str,
    record: &Record<'_>,
    world: AppView<'_>,
) -> Option<SentRequest> {
    let body = || {
        let body = world.journal().body(record.seq).filter(|body| !body.is_empty());
        body.map(|body| String::from_utf8_lossy(body).into_owned())
    };
    match (&record.event, last) {
        (RecordedEvent::Request(request), last) => {
            if request.door == Door::Scim && is_about(request, name, world) {
                Some(sent(record.seq, request, body()))
            } else {
                last
            }
        }
        (RecordedEvent::Answer(answer), Some(last)) if answer.request == last.seq => {
            Some(answered(last, answer, body()))
        }
        (_, last) => last,
    }
}

/// Of a user and a group called alike, the user is meant.
fn is_about(request: &RecordedRequest<'_>, name: &str, world: AppView<'_>) -> bool {
    let of_group = || request.group == Some(name);
    request.who == Some(name) || (of_group() && world.entra().tenant().find_user(name).is_none())
}

fn sent(seq: u64, request: &RecordedRequest<'_>, body: Option<String>) -> SentRequest {
    SentRequest {
        seq,
        method: request.method.to_owned(),
        path: request.target.to_owned(),
        sent: body,
        status: None,
        answer: None,
    }
}

fn answered(last: SentRequest, answer: &RecordedAnswer<'_>, body: Option<String>) -> SentRequest {
    match answer.status {
        ReplyStatus::Status(status) => SentRequest { status: Some(status), answer: body, ..last },
        _ => last,
    }
}

/// A field of the last request; absent when none was sent.
pub fn field(last: Option<&SentRequest>, field: RequestField) -> ObservedValue {
    let Some(last) = last else { return ObservedValue::Absent };
    match field {
        RequestField::Request | RequestField::Method => ObservedValue::text(Some(&last.method)),
        RequestField::Path => ObservedValue::text(Some(&last.path)),
        RequestField::Sent => ObservedValue::text(last.sent.as_deref()),
        RequestField::Answer => ObservedValue::text(last.answer.as_deref()),
        RequestField::Status => {
            last.status.map_or(ObservedValue::Absent, |status| ObservedValue::count(status.into()))
        }
    }
}
