//! What this process has made at servers that are not ours and has not deleted: kept beside the
//! requests themselves, so that it can be named at any moment, also when the program ends at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::percent_decode_str;

use crate::app::progress::ShownProgress;
use crate::entra::Reply;
use crate::scim::{Object, Value};

static LEDGER: Mutex<Ledger> =
    Mutex::new(Ledger { there: BTreeMap::new(), unknown: BTreeSet::new() });

/// What is known to be there, and what may be.
struct Ledger {
    /// Paths of what was made, each with its name.
    there: BTreeMap<String, String>,
    /// Paths and names of creates that were sent and got no answer, or an error of the server.
    unknown: BTreeSet<(String, String)>,
}

fn ledger() -> MutexGuard<'static, Ledger> {
    // A panic elsewhere leaves whole entries.
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request that may make or delete something.
pub enum Noted {
    /// It creates, at this path, something with this name.
    Create(String, String),
    /// It deletes what is at this path.
    Delete(String),
    /// It does neither.
    Neither,
}

impl Noted {
    /// Notes a request that is about to be sent.
    pub fn of(request: &Request<Bytes>) -> Noted {
        let path = percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
        let noted = match *request.method() {
            Method::POST if path.ends_with("/Users") || path.ends_with("/Groups") => {
                Noted::Create(path, name(request.body()).unwrap_or_default())
            }
            Method::DELETE => Noted::Delete(path),
            _ => Noted::Neither,
        };
        if let Noted::Create(path, name) = &noted {
            ledger().unknown.insert((path.clone(), name.clone()));
        }
        noted
    }

    /// Notes what came of it.
    pub fn came(self, reply: &Reply) {
        let status = reply.as_ref().ok().map(|answer| answer.status().as_u16());
        match (self, reply, status) {
            (Noted::Create(path, name), Ok(answer), Some(200..500)) => {
                let id = Object::parse(answer.body()).ok().and_then(|made| text(&made, "id"));
                let mut ledger = ledger();
                ledger.unknown.remove(&(path.clone(), name.clone()));
                if let (true, Some(id)) = (answer.status().is_success(), id) {
                    ledger.there.insert(format!("{path}/{id}"), name);
                }
            }
            (Noted::Delete(path), _, Some(200..300 | 404 | 410)) => {
                ledger().there.remove(&path);
            }
            _ => {}
        }
    }
}

fn name(body: &[u8]) -> Option<String> {
    let body = Object::parse(body).ok()?;
    text(&body, "userName").or_else(|| text(&body, "displayName"))
}

fn text(object: &Object, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_text).map(str::to_owned)
}

/// Paths and names of creates of which it is not known whether they were carried out.
pub fn doubtful() -> Vec<(String, String)> {
    ledger().unknown.iter().cloned().collect()
}

/// The name of what was made at this path, percent-encoded or not.
pub fn name_at(path: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8_lossy();
    ledger().there.get(path.as_ref()).filter(|name| !name.is_empty()).cloned()
}

/// What is at servers now, and what may be, in lines; empty when there is nothing.
pub fn lines() -> Vec<String> {
    lines_of(&ledger())
}

fn lines_of(ledger: &Ledger) -> Vec<String> {
    let there = ledger.there.iter().map(|(path, name)| match name.as_str() {
        "" => format!("  {path}"),
        name => format!("  {path} ({name})"),
    });
    let unknown = ledger.unknown.iter().map(|(path, name)| {
        format!("  {path}: whether the create of {name} was carried out is not known, so it may be there")
    });
    let lines: Vec<String> = there.chain(unknown).collect();
    match lines.len() {
        0 => lines,
        _ => std::iter::once("still at the server:".to_owned()).chain(lines).collect(),
    }
}

/// Cleans up, and shows meanwhile how far that has come.
pub fn cleaning<T>(cleans: impl FnOnce() -> T) -> T {
    /// How often it looks.
    const LOOK: Duration = Duration::from_millis(100);
    let whole = ledger().there.len() as u64;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let shows = scope.spawn(|| {
            let mut progress = ShownProgress::new(whole, "objects deleted", whole == 0);
            while !done.load(Ordering::Acquire) {
                std::thread::park_timeout(LOOK);
                progress.set(whole.saturating_sub(ledger().there.len() as u64));
            }
            progress.finish();
        });
        let cleaned = cleans();
        done.store(true, Ordering::Release);
        shows.thread().unpark();
        cleaned
    })
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn request(method: &str, path: &str, body: &'static str) -> Request<Bytes> {
        let request = Request::builder().method(method).uri(path);
        request.body(Bytes::from_static(body.as_bytes())).expect("a request")
    }

    fn answer(status: u16, body: &'static str) -> Reply {
        let response = Response::builder().status(status);
        Ok(response.body(Bytes::from_static(body.as_bytes())).expect("a response"))
    }

    #[test]
    fn what_was_made_and_not_deleted_is_named_and_what_may_be_there_too() {
        let ann = || request("POST", "/ledger/Users", r#"{"userName":"ann"}"#);
        let about_ledger =
            || lines().into_iter().filter(|line| line.contains("/ledger/")).collect::<Vec<_>>();
        Noted::of(&ann()).came(&answer(201, r#"{"id":"a b"}"#));
        Noted::of(&request("POST", "/ledger/Groups", r#"{"displayName":"g"}"#))
            .came(&answer(500, ""));
        Noted::of(&request("POST", "/ledger/Users", r#"{"userName":"bob"}"#))
            .came(&answer(409, ""));
        assert_eq!(
            about_ledger(),
            [
                "  /ledger/Users/a b (ann)",
                "  /ledger/Groups: whether the create of g was carried out is not known, so it may be there",
            ]
        );
        assert_eq!(name_at("/ledger/Users/a%20b").as_deref(), Some("ann"));
        Noted::of(&request("DELETE", "/ledger/Users/a%20b", "")).came(&answer(500, ""));
        assert_eq!(about_ledger().len(), 2);
        Noted::of(&request("DELETE", "/ledger/Users/a%20b", "")).came(&answer(204, ""));
        assert_eq!(about_ledger().len(), 1);
    }
}
