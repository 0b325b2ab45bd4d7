//! What the control API takes and answers, as types: they are written as JSON, and the OpenAPI
//! document has their schemas.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::dashboard::Asked;
use crate::app::live::message::{CommandRefusal, Standing};

/// The schema of a type.
pub fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The clock after a command.
#[derive(Serialize, JsonSchema)]
pub struct ClockAnswer {
    /// The virtual instant: `2026-04-01T08:12:00Z`.
    now: String,
    /// Whether the clock is paused.
    paused: bool,
    /// The speed that is set, which also applies after a pause: `600x`, `max`.
    speed: String,
    /// The result of the connection test that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<TestAnswer>,
    /// How the run on demand ended that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand: Option<OnDemandAnswer>,
    /// What came of the sign-ins that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignInAnswer>,
}

/// The result of a connection test.
#[derive(Serialize, JsonSchema)]
struct TestAnswer {
    /// Whether it passed.
    passed: bool,
    /// The same in words, and why it failed.
    says: String,
}

/// What came of sign-ins.
#[derive(Serialize, JsonSchema)]
struct SignInAnswer {
    /// What Entra and the application did with each, in words, a line each.
    says: String,
}

/// How a run on demand ended.
#[derive(Serialize, JsonSchema)]
struct OnDemandAnswer {
    /// Graph's word for the result.
    result: &'static str,
    /// The result and what was done, in words.
    says: String,
}

impl From<Standing> for ClockAnswer {
    fn from(standing: Standing) -> ClockAnswer {
        let test = standing.test.map(|test| TestAnswer {
            passed: test.is_ok(),
            says: match test {
                Ok(()) => "connection test passed".to_owned(),
                Err(why) => format!("connection test failed: {why}"),
            },
        });
        let on_demand = standing.on_demand.map(|end| OnDemandAnswer {
            result: end.result,
            says: format!("provision on demand: {}, {}", end.result, end.did),
        });
        let (now, speed) = (standing.now.to_string(), standing.speed.to_string());
        let lines = Some(standing.sign_ins).filter(|lines| !lines.is_empty());
        let sign_in = lines.map(|lines| SignInAnswer { says: lines.join("\n") });
        ClockAnswer { now, paused: standing.paused, speed, test, on_demand, sign_in }
    }
}

/// Nothing but that it was done.
#[derive(Serialize, JsonSchema)]
pub struct Nothing {}

/// Why a request was refused; nothing has changed.
#[derive(Serialize, JsonSchema)]
pub struct RefusalAnswer {
    error: RefusalText,
}

/// What is wrong, and the remedy.
#[derive(Serialize, JsonSchema)]
struct RefusalText {
    /// What is wrong.
    message: String,
    /// What to do about it; empty when there is nothing to add.
    help: String,
}

impl From<CommandRefusal> for RefusalAnswer {
    fn from(why: CommandRefusal) -> RefusalAnswer {
        RefusalAnswer { error: RefusalText { message: why.message, help: why.help } }
    }
}

/// How fast the clock is to run.
#[derive(Deserialize, JsonSchema)]
pub struct SpeedBody {
    /// `600x`, `real` or `max`.
    #[schemars(regex(pattern = r"^(max|real|[0-9]*\.?[0-9]+x?)$"))]
    pub speed: String,
}

/// Where the clock is to jump.
#[derive(Deserialize, JsonSchema)]
pub struct JumpBody {
    /// `30d` after the start, or an instant such as `2026-04-01T08:00:00Z`.
    pub to: String,
}

/// From where the run is to go on.
#[derive(Deserialize, JsonSchema)]
pub struct BranchBody {
    /// `3d 7h` after the start, or an instant such as `2026-04-01T08:00:00Z`; not later than now.
    pub from: String,
}

/// What the clock is to do while a caption is new.
#[derive(Deserialize, JsonSchema)]
pub struct CaptionsBody {
    /// `hold` (it stands for as long as reading takes), `pause`, or `run` (it runs on).
    #[schemars(extend("enum" = ["hold", "pause", "run"]))]
    pub captions: String,
}

/// What a page wants to see.
#[derive(Deserialize, JsonSchema)]
#[schemars(transform = needs_no_default)]
pub struct ViewBody {
    /// The number of the page, from the header `scimulator-viewer` of its events.
    pub viewer: u64,
    /// What it wants to see.
    #[serde(flatten)]
    pub asked: Asked,
}

/// A client may leave out what has a default: the schemas are those of answers, which have all.
fn needs_no_default(schema: &mut Schema) {
    let defaults: Vec<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, of)| of.get("default").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !defaults.iter().any(|given| name == given));
    }
}

/// Bodies of `speed`.
pub fn speeds() -> Vec<Value> {
    vec![json!({ "speed": "600x" }), json!({ "speed": "max" })]
}

/// Bodies of `jump`.
pub fn jumps() -> Vec<Value> {
    vec![json!({ "to": "1d" }), json!({ "to": "2026-03-02T12:00:00Z" })]
}

/// Bodies of `branch`.
pub fn branches() -> Vec<Value> {
    vec![json!({ "from": "0d" }), json!({ "from": "2026-03-02T08:00:00Z" })]
}

/// Bodies of `captions`.
pub fn caption_modes() -> Vec<Value> {
    ["hold", "pause", "run"].map(|word| json!({ "captions": word })).to_vec()
}

/// Bodies of `view`.
pub fn views() -> Vec<Value> {
    vec![json!({ "viewer": 1, "search": "ann" })]
}
