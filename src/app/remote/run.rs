//! Plays a scenario against a server that is not ours. Virtual time stands still while an answer
//! is awaited; what was written is read back; what this run made is deleted at the end.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use http::{Method, Request, Uri};

use super::HttpServer;
use crate::entra::{Call, Reply};
use crate::scenario::{Play, Script};
use crate::scim::{self, Object, Value};
use crate::verify::Server;
use crate::world::driver::carry_other;
use crate::world::{Drive, Outgoing};

/// Server errors in a row after which the run ends.
const ERRORS_IN_A_ROW: u32 = 5;

/// Set by a signal: the run ends before its next request, and cleans up.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// A server that is not ours, as a run uses it.
pub struct RemoteTarget {
    server: HttpServer,
    base_path: String,
    /// The headers that let the client in; they replace those of the scenario's secret.
    headers: HeaderMap,
    /// The paths of what this run made and has not deleted, oldest first.
    made: Vec<String>,
    sent: u64,
    budget: u64,
    errors_in_a_row: u32,
    /// Why the run ended before its time.
    ended: Option<String>,
}

impl RemoteTarget {
    /// A target that has been sent nothing.
    pub fn new(
        server: HttpServer,
        base_path: &str,
        headers: HeaderMap,
        budget: u64,
    ) -> RemoteTarget {
        RemoteTarget {
            server,
            base_path: base_path.to_owned(),
            headers,
            made: Vec::new(),
            sent: 0,
            budget,
            errors_in_a_row: 0,
            ended: None,
        }
    }

    /// Plays a script to its end, or until the server breaks, the budget is spent, or a signal
    /// comes.
    pub fn play(&mut self, script: Script) -> Play {
        let accounts: Vec<Object> =
            script.setup.accounts.iter().map(|account| account.resource.clone()).collect();
        let mut play = Play::against_another(script);
        for account in accounts {
            self.prepare(&mut play, &account);
        }
        play.run_to_end_with(&mut |play| self.carry(play));
        play
    }

    /// Why the run ended before its time.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Deletes what this run made, latest first; returns the paths of what is still there.
    pub fn clean_up(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        for path in std::mem::take(&mut self.made).into_iter().rev() {
            let request = self.request(Method::DELETE, &path, Bytes::new());
            let (reply, _) = self.server.exchange(request);
            let gone = reply.is_ok_and(|answer| {
                answer.status().is_success() || matches!(answer.status().as_u16(), 404 | 410)
            });
            if !gone {
                left.push(path);
            }
        }
        left
    }

    /// What this run made and has not deleted.
    pub fn made(&self) -> &[String] {
        &self.made
    }

    /// Makes an account that the scenario says is there from the beginning.
    fn prepare(&mut self, play: &mut Play, account: &Object) {
        let request = self.request(Method::POST, "/Users", account.to_bytes());
        if let Some(resource) = self.exchange(request).ok().and_then(|answer| object(answer.body()))
        {
            self.note_made("/Users", &resource);
            play.read_back(None, &text(&resource, "id"), Some(resource));
        }
    }

    /// Carries one thing between the engine and the server.
    fn carry(&mut self, play: &mut Play) -> bool {
        if self.ended.is_some() {
            return false;
        }
        if STOP.load(Ordering::Relaxed) {
            self.ended = Some("stopped".to_owned());
            return false;
        }
        match play.next_outgoing() {
            None => return false,
            Some(Outgoing::Call(call)) => {
                if play.forward(call.id, &call.request) {
                    self.send(play, call);
                }
            }
            Some(other) => carry_other(play, other),
        }
        true
    }

    fn send(&mut self, play: &mut Play, call: Call) {
        let Call { id, request, .. } = call;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let reply = self.exchange(self.signed(request));
        if let Ok(answer) = &reply
            && answer.status().is_success()
            && method != Method::GET
        {
            let below = path.strip_prefix(&self.base_path).unwrap_or(&path).to_owned();
            let made = if method == Method::POST { object(answer.body()) } else { None };
            if let Some(made) = &made {
                self.note_made(&below, made);
            }
            let of_users = below.starts_with("/Users");
            let account = match &made {
                Some(made) => text(made, "id"),
                None => below.trim_start_matches("/Users/").to_owned(),
            };
            if of_users {
                let now = self.read(&account);
                play.read_back(Some(id), &account, now);
            }
            if method == Method::DELETE {
                self.made.retain(|made| *made != below);
            }
        }
        play.replied(id, reply);
    }

    /// Reads an account back; `None` when it is gone.
    fn read(&mut self, id: &str) -> Option<Object> {
        let request = self.request(Method::GET, &format!("/Users/{id}"), Bytes::new());
        let answer = self.exchange(request).ok()?;
        if answer.status().is_success() { object(answer.body()) } else { None }
    }

    fn note_made(&mut self, endpoint: &str, resource: &Object) {
        let id = text(resource, "id");
        if !id.is_empty() {
            self.made.push(format!("{endpoint}/{id}"));
        }
    }

    /// Sends a request and counts; the run ends after too many errors or requests.
    fn exchange(&mut self, request: Request<Bytes>) -> Reply {
        self.sent += 1;
        let (reply, _) = self.server.exchange(request);
        let broke = reply.as_ref().is_ok_and(|answer| answer.status().is_server_error());
        self.errors_in_a_row = if broke { self.errors_in_a_row + 1 } else { 0 };
        if self.errors_in_a_row >= ERRORS_IN_A_ROW {
            self.ended = Some(format!(
                "the server answered {ERRORS_IN_A_ROW} requests in a row with an error of its own"
            ));
        } else if self.sent >= self.budget {
            self.ended = Some(format!("the budget of {} requests is spent", self.budget));
        }
        reply
    }

    /// The engine's request with the headers that let the client in.
    fn signed(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        request.headers_mut().remove(AUTHORIZATION);
        for (name, value) in &self.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        request
    }

    /// A request of our own.
    fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::try_from(format!("{}{path}", self.base_path)).unwrap_or_default();
        let json = HeaderValue::from_static(scim::CONTENT_TYPE);
        request.headers_mut().insert(ACCEPT, json.clone());
        if !request.body().is_empty() {
            request.headers_mut().insert(http::header::CONTENT_TYPE, json);
        }
        self.signed(request)
    }
}

fn object(body: &[u8]) -> Option<Object> {
    Object::parse(body).ok()
}

fn text(resource: &Object, name: &str) -> String {
    resource.get(name).and_then(Value::as_text).unwrap_or_default().to_owned()
}
