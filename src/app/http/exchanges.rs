//! What the control API tells of requests: those that the journal holds, and one with its bodies,
//! what caused it and what it caused.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::readings::Parameters;
use super::routes::BASE;
use crate::app::live::message::CommandRefusal;
use crate::evidence::exchange::{ExchangeQuery, RunExchange, StatusFilter};
use crate::evidence::held;
use crate::scenario::Play;
use crate::scenario::log;

/// The requests that are asked for.
#[derive(Serialize, JsonSchema)]
pub struct Requests {
    /// The requests, newest first.
    pub value: Vec<RunExchange>,
    /// How many records of the run the journal no longer holds.
    pub forgotten: u64,
}

/// The requests that are asked for, newest first.
///
/// # Errors
/// When a parameter has a value that cannot be asked for.
pub fn requests(play: &Play, asked: &Parameters) -> Result<Value, CommandRefusal> {
    let text = |name| asked.get(name).map(str::to_owned);
    let refused = |message| CommandRefusal { message, help: String::new() };
    let user = asked.get("user").map(|user| log::handle_of(play.world().into(), user));
    let query = ExchangeQuery {
        user: user
            .transpose()
            .map_err(|why| CommandRefusal { message: why.message, help: why.help })?,
        status: asked.get("status").map(StatusFilter::parse).transpose().map_err(refused)?,
        method: text("method"),
        path: text("path"),
        app: text("app"),
    };
    let limit = asked.limit()?;
    let mut value = held::exchanges(play, &query);
    value.reverse();
    value.truncate(limit);
    Ok(json!(Requests { value, forgotten: held::forgotten(play) }))
}

/// One request with its bodies, what caused it and what it caused.
///
/// # Errors
/// When the journal holds no request of that number.
pub fn request(play: &Play, asked: &Parameters) -> Result<Value, CommandRefusal> {
    let refused = |message: String| CommandRefusal {
        message,
        help: format!("`{BASE}/requests` lists the numbers of those that are held"),
    };
    let text = asked.get("seq").ok_or_else(|| refused("which request? give `seq`".to_owned()))?;
    let seq = text.parse().map_err(|_| refused(format!("`{text}` is no number of a record")))?;
    let found = held::request(play, seq);
    Ok(json!(found.ok_or_else(|| refused(format!("the journal holds no request {seq}")))?))
}
