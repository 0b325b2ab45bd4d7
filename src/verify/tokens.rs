//! How a session asks for access tokens, so that no secret and no token is remembered.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, Uri};
use serde_json::Value;

use super::answer::Answer;
use super::exchange::Exchange;
use super::finding::NotPassed;
use super::pick;
use super::session::{Session, json_of};

impl Session<'_> {
    /// Sends a form to the token endpoint; it is remembered as `shown`, and the answer without its
    /// tokens. A token that is granted travels in every request from then on, if `keep` says so.
    ///
    /// # Errors
    /// When no response came.
    pub fn ask_for_token(
        &mut self,
        uri: &Uri,
        form: &Bytes,
        shown: &Bytes,
        keep: bool,
    ) -> Result<Answer, NotPassed> {
        let mut request = Request::new(form.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let media = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, media);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let (reply, took) = self.server.exchange(request.clone());
        self.tally().note(1);
        *request.body_mut() = shown.clone();
        let whole = reply.as_ref().ok().and_then(|reply| json_of(reply.body()));
        let reply = reply.map(without_tokens);
        let mut answer =
            self.note(Exchange { request, reply, took, at_once: false, is_shown: false })?;
        let token = whole.as_ref().and_then(|json| pick::text(json, &["access_token"]));
        if let (true, Some(token)) = (keep, token) {
            self.facts.bearer = HeaderValue::try_from(format!("Bearer {token}")).ok();
        }
        answer.json = whole;
        Ok(answer)
    }
}

/// A response of a token endpoint as it may be shown.
fn without_tokens(mut response: Response<Bytes>) -> Response<Bytes> {
    if let Some(Value::Object(mut json)) = json_of(response.body()) {
        for name in ["access_token", "refresh_token", "id_token"] {
            if let Some(token) = json.get_mut(name) {
                *token = Value::from("…");
            }
        }
        *response.body_mut() = Value::Object(json).to_string().into();
    }
    response
}
