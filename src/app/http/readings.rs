//! What the control API tells of a job, in Graph's shapes: `GET /api/v1/job`, `/api/v1/log`,
//! `/api/v1/audit`, `/api/v1/mails`.
//!
//! All take `app`, where a scenario has several applications. The lists take `limit`, and the log
//! takes `user`, `status` and `action` as `scimulator log` does.

use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::routes::{BASE, Route};
use crate::app::live::message::CommandRefusal;
use crate::app::standing::RunStanding;
use crate::base::diagnostic::did_you_mean;
use crate::entra::job::log::LogAction;
use crate::scenario::Play;
use crate::scenario::log::{self, LogQuery};
use crate::world::AppView;

/// How many rows a list has unless `limit` says another number, and at most.
pub const LIMIT: usize = 100;
pub const LIMIT_MAX: usize = 1_000;

/// What can be asked of a play.
type Answer = Result<Value, CommandRefusal>;

/// The job, as Graph shows it.
///
/// # Errors
/// When there is no such application, or it has no job: it was deleted, alone or with the
/// application.
pub fn job(play: &Play, asked: &Parameters) -> Answer {
    let view = application(play, asked.get("app"))?;
    let name = view.entra().tenant().application_name(view.app());
    if let Some(gone) = view.entra().gone() {
        let message = format!("there is no job: the application {name} {}", gone.words());
        return Err(CommandRefusal { message, help: gone.outlook().to_owned() });
    }
    if !view.entra().has_job() {
        let message = format!("there is no job: that of {name} was deleted, or was never made");
        return Err(CommandRefusal { message, help: "`start` makes one".to_owned() });
    }
    Ok(view.entra().job().to_graph(&log::names(view), view.now()))
}

/// The applications that have a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Applications {
    /// Each of them, the main one first.
    pub value: Vec<ApplicationName>,
}

/// One application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ApplicationName {
    /// Its name, as `app` takes it.
    pub name: String,
}

/// The applications that have a job.
///
/// # Errors
/// Never.
pub fn applications(play: &Play, _: &Parameters) -> Answer {
    let names = play.world().views().map(|view| ApplicationName { name: view.app_name().into() });
    Ok(json!(Applications { value: names.collect() }))
}

/// How far the run has come.
///
/// # Errors
/// Never.
pub fn progress(play: &Play, _: &Parameters) -> Answer {
    Ok(json!(RunStanding::of(play)))
}

/// Rows of the audit log.
///
/// # Errors
/// When a parameter has a value that cannot be asked for.
pub fn audit(play: &Play, asked: &Parameters) -> Answer {
    let view = application(play, asked.get("app"))?;
    Ok(json!({ "value": log::audit_json(view, asked.limit()?) }))
}

/// The mails.
///
/// # Errors
/// When a parameter has a value that cannot be asked for.
pub fn mails(play: &Play, asked: &Parameters) -> Answer {
    let view = application(play, asked.get("app"))?;
    Ok(json!({ "value": log::mails_json(view, asked.limit()?) }))
}

/// The last report of an account discovery, in a list that is empty before the first one.
///
/// # Errors
/// When there is no such application.
pub fn discovery(play: &Play, asked: &Parameters) -> Answer {
    let report = log::discovery_json(application(play, asked.get("app"))?);
    let reports: Vec<_> = Some(report).into_iter().filter(|report| !report.is_null()).collect();
    Ok(json!({ "value": reports }))
}

/// Rows of the provisioning log.
///
/// # Errors
/// When a parameter has a value that cannot be asked for.
pub fn log(play: &Play, asked: &Parameters) -> Answer {
    let view = application(play, asked.get("app"))?;
    let limit = asked.limit()?;
    let (user, status, action) = (asked.get("user"), asked.get("status"), asked.get("action"));
    let query = LogQuery::read(view, user, status, action)
        .map_err(|why| CommandRefusal { message: why.message, help: why.help })?;
    Ok(json!({ "value": log::json(view, &LogQuery { limit, ..query }) }))
}

/// The statuses of rows, as `status` takes them.
pub fn statuses() -> Vec<&'static str> {
    log::STATUSES.to_vec()
}

/// The actions of rows, as `action` takes them.
pub fn actions() -> Vec<&'static str> {
    LogAction::ALL.map(LogAction::word).to_vec()
}

/// The parameters of a URL, decoded.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query of a URL.
    ///
    /// # Errors
    /// When the route has no parameter of a name.
    pub fn of(route: &Route, query: &str) -> Result<Parameters, CommandRefusal> {
        let known = || route.parameters.iter().map(|parameter| parameter.name);
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs: Vec<(String, String)> =
            pairs.map(|(key, value)| (decode(key), decode(value))).collect();
        match pairs.iter().find(|(key, _)| known().all(|known| known != key)) {
            Some((key, _)) => Err(CommandRefusal {
                message: format!("`{BASE}/{}` has no parameter `{key}`", route.word),
                help: did_you_mean(key, known()),
            }),
            None => Ok(Parameters(pairs)),
        }
    }

    /// The value of a parameter, when it is given.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// How many rows a list has.
    ///
    /// # Errors
    /// When `limit` is no such number.
    pub fn limit(&self) -> Result<usize, CommandRefusal> {
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
