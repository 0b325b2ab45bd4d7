//! What the control API tells of a job, in Graph's shapes: `GET /api/v1/job`, `/api/v1/log`,
//! `/api/v1/audit`, `/api/v1/mails`.
//!
//! All take `app`, where a scenario has several applications. The lists take `limit`, and the log
//! takes `user`, `status` and `action` as `scimulator log` does.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::app::live::message::CommandRefusal;
use crate::base::diagnostic::did_you_mean;
use crate::scenario::Play;
use crate::scenario::log::{self, LogQuery};
use crate::world::AppView;

/// The paths of the control API that are answered here; they take `GET` only.
pub const READINGS: [&str; 4] = ["job", "log", "audit", "mails"];

/// How many rows a list has unless `limit` says another number, and at most.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// The answer to one of [`READINGS`], given the query of its URL.
///
/// # Errors
/// When a parameter is unknown or has a value that cannot be asked for.
pub fn read(play: &Play, word: &str, query: &str) -> Result<Value, CommandRefusal> {
    let asked = Parameters::read(word, query)?;
    let view = application(play, asked.get("app"))?;
    let limit = asked.limit()?;
    match word {
        "job" => Ok(view.entra().job().to_graph(&log::names(view), view.now())),
        "audit" => Ok(json!({ "value": log::audit_json(view, limit) })),
        "mails" => Ok(json!({ "value": log::mails_json(view, limit) })),
        _ => {
            let (user, status, action) =
                (asked.get("user"), asked.get("status"), asked.get("action"));
            let query = LogQuery::read(view, user, status, action)
                .map_err(|why| CommandRefusal { message: why.message, help: why.help })?;
            Ok(json!({ "value": log::json(view, &LogQuery { limit, ..query }) }))
        }
    }
}

/// The parameters of a URL, decoded.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(word: &str, query: &str) -> Result<Parameters, CommandRefusal> {
        let known: &[&str] = match word {
            "job" => &["app"],
            "log" => &["app", "limit", "user", "status", "action"],
            _ => &["app", "limit"],
        };
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs: Vec<(String, String)> =
            pairs.map(|(key, value)| (decode(key), decode(value))).collect();
        match pairs.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, _)) => Err(CommandRefusal {
                message: format!("`/api/v1/{word}` has no parameter `{key}`"),
                help: did_you_mean(key, known.iter().copied()),
            }),
            None => Ok(Parameters(pairs)),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn limit(&self) -> Result<usize, CommandRefusal> {
        let Some(text) = self.get("limit") else { return Ok(LIMIT) };
        text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
            CommandRefusal {
                message: format!("`{text}` is no limit"),
                help: format!("write a number from 1 to {LIMIT_MAX}"),
            }
        })
    }
}

/// The world as the application sees it that was asked for; the main one unless one is named.
fn application<'p>(play: &'p Play, name: Option<&str>) -> Result<AppView<'p>, CommandRefusal> {
    let Some(name) = name else { return Ok(play.world().into()) };
    let found = play.world().views().find(|view| view.app_name() == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = play.world().views().map(AppView::app_name).collect();
        CommandRefusal {
            message: format!("there is no application `{name}`"),
            help: did_you_mean(name, names),
        }
    })
}
