//! A scenario that was played up to an instant, for the commands that look at the world then.

use std::time::Duration;

use super::source;
use crate::app::changes::Changes;
use crate::app::exit::CommandError;
use crate::base::diagnostic::did_you_mean;
use crate::base::time::write_duration;
use crate::scenario::{Play, explain};
use crate::world::applications::MAIN;
use crate::world::{AppView, driver};

/// Plays the scenario that `typed` names up to an instant after its start, or to its end.
///
/// # Errors
/// When it cannot be found or played, or ends before that instant.
pub fn play(typed: &str, changes: &Changes, at: Option<Duration>) -> Result<Play, CommandError> {
    let found = source::find(typed)?;
    let script = source::script_to_look_at(&found, &changes.overrides()?)
        .map_err(|_| CommandError::bad(format!("{} cannot be played", found.name)))?;
    let mut play = Play::new(script);
    let (start, ends) = (play.world().start(), play.ends());
    let until = at.map_or(ends, |at| start + at);
    if until > ends {
        let (end, asked) = (write_duration(ends.since(start)), write_duration(until.since(start)));
        return Err(CommandError::bad(format!("{} ends at {end}, before that", found.name)).help(
            format!("leave --at out for the end, or let the scenario go on: --until {asked}"),
        ));
    }
    driver::run_to(&mut play, until);
    Ok(play)
}

/// The world as the application of this name sees it; the main one unless said.
///
/// # Errors
/// When the scenario has no such application.
pub fn seen_by<'p>(play: &'p Play, app: Option<&str>) -> Result<AppView<'p>, CommandError> {
    let world = play.world();
    let name = app.unwrap_or(MAIN);
    let found = world.find_app(name).ok_or_else(|| {
        let known: Vec<&str> = world.app_names().collect();
        CommandError::bad(format!("the scenario has no application `{name}`"))
            .help(did_you_mean(name, known))
    })?;
    Ok(world.seen_by(found))
}

/// The error of a name that is not in the directory at the instant that was played up to, when the
/// scenario brings it there later; `None` when it never does.
pub fn not_yet(play: &Play, scenario: &str, name: &str) -> Option<CommandError> {
    let later = explain::made_later(play.script(), name)?;
    let error = CommandError::bad(format!("`{name}` is not in the directory at that time"));
    Some(error.help(format!("{later} in {scenario}; a later --at, or none for the end, shows it")))
}
