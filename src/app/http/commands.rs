//! Reads the bodies of commands to the control API.

use serde::Deserialize;

use super::action;
use super::answers::{BranchBody, CaptionsBody, JumpBody, SpeedBody};
use crate::app::live::message::{CommandRefusal, Jump};
use crate::app::live::{Captions, Command, Speed};

/// Reads the body of `speed`.
///
/// # Errors
/// Why it cannot be read.
pub fn speed(text: &[u8], _: bool) -> Result<Command, CommandRefusal> {
    let body: SpeedBody = from_json(text, r#"{"speed": "600x"}"#)?;
    Speed::parse(&body.speed).map(Command::Speed).map_err(|why| refusal(why, ""))
}

/// Reads the body of `jump`.
///
/// # Errors
/// Why it cannot be read.
pub fn jump(text: &[u8], _: bool) -> Result<Command, CommandRefusal> {
    let JumpBody { to } = from_json(text, r#"{"to": "30d"}"#)?;
    Jump::read(&to).map(Command::Jump)
}

/// Reads the body of `branch`.
///
/// # Errors
/// Why it cannot be read.
pub fn branch(text: &[u8], _: bool) -> Result<Command, CommandRefusal> {
    let BranchBody { from } = from_json(text, r#"{"from": "3d 7h"}"#)?;
    Jump::read(&from).map(Command::Branch)
}

/// Reads the body of `captions`.
///
/// # Errors
/// Why it cannot be read.
pub fn captions(text: &[u8], _: bool) -> Result<Command, CommandRefusal> {
    let body: CaptionsBody = from_json(text, r#"{"captions": "hold"}"#)?;
    Captions::parse(&body.captions).map(Command::Captions).map_err(|why| refusal(why, ""))
}

/// Reads the body of `action`, which is JSON or TOML.
///
/// # Errors
/// Why it cannot be read, or everything that is wrong with the action.
pub fn action(text: &[u8], json: bool) -> Result<Command, CommandRefusal> {
    let text = std::str::from_utf8(text).map_err(|_| refusal("the body is not UTF-8", ""))?;
    let node = if json { action::from_json(text)? } else { action::from_toml(text)? };
    action::read(&node).map(|action| Command::Act(Box::new(action)))
}

/// Reads a type from a body of JSON.
///
/// # Errors
/// Why it cannot be read, and what to send.
pub fn from_json<'a, T: Deserialize<'a>>(
    text: &'a [u8],
    example: &str,
) -> Result<T, CommandRefusal> {
    serde_json::from_slice(text)
        .map_err(|error| refusal(error.to_string(), format!("send {example}")))
}

fn refusal(message: impl Into<String>, help: impl Into<String>) -> CommandRefusal {
    CommandRefusal { message: message.into(), help: help.into() }
}
