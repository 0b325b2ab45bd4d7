//! What GoLinks can bear, in virtual time: requests, seats, a maintenance window, and how soon a
//! new account is found.

mod rate;

use std::time::Duration;

use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems, Time};
use crate::golinks::quirks;
use crate::scim::{Error, ScimType};

pub(crate) use rate::Throttle;
pub use rate::{RateLimit, RetryAfter, Window};

/// Limits beside the rate limit; but for the length of a userName none is set unless an author sets
/// it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// How many accounts may be active at one time.
    pub seats: Option<u64>,
    /// The status of what would need one seat more.
    pub seats_status: u16,
    /// How many characters a userName may have.
    pub user_name: u64,
    /// When nothing is answered but 503.
    pub maintenance: Option<Maintenance>,
    /// How long a created account is not found by a filter, though its id leads to it.
    pub visible_after: Option<Duration>,
}

/// A window in which the server is being worked on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Maintenance {
    /// When it begins, counted from the start.
    pub from: Duration,
    /// How long it lasts.
    pub lasts: Duration,
    /// How often it comes again; `None` is never.
    pub every: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            seats: None,
            seats_status: 403,
            user_name: 256,
            maintenance: None,
            visible_after: None,
        }
    }
}

impl Limits {
    /// The keys below `golinks.limits`.
    pub(crate) const KEYS: &'static [&'static str] =
        &["seats", "seats_status", "user_name", "maintenance", "visible_after"];

    /// Reads a key; `none` takes a limit away.
    pub(crate) fn set(&mut self, key: &str, value: &Node, problems: &mut Problems) {
        let none = is_none(value);
        match key {
            "seats" if none => self.seats = None,
            "seats" => self.seats = value.as_count(problems).or(self.seats),
            "seats_status" => {
                let status =
                    quirks::as_written(value).as_word(&[("403", 403), ("400", 400)], problems);
                self.seats_status = status.unwrap_or(self.seats_status);
            }
            "user_name" => self.user_name = value.as_count(problems).unwrap_or(self.user_name),
            "maintenance" if none => self.maintenance = None,
            "maintenance" => {
                self.maintenance = Maintenance::read(value, problems).or(self.maintenance)
            }
            "visible_after" if none => self.visible_after = None,
            "visible_after" => {
                self.visible_after = value.as_duration(problems).or(self.visible_after)
            }
            _ => crate::golinks::settings::unknown(
                value,
                "setting",
                &format!("limits.{key}"),
                Limits::KEYS.iter().copied(),
                problems,
            ),
        }
    }

    /// Whether a userName is not too long (assumed: GoLinks says nothing of a limit; a UPN has 113
    /// characters at most).
    pub(crate) fn user_name(&self, name: &str) -> Result<(), Error> {
        let most = usize::try_from(self.user_name).unwrap_or(usize::MAX);
        match name.len() > most && name.chars().count() > most {
            true => Err(Error::of(
                ScimType::InvalidValue,
                format!("a userName has at most {most} characters"),
            )),
            false => Ok(()),
        }
    }

    /// Whether one more account may be active, when so many are.
    pub(crate) fn seat(&self, active: usize) -> Result<(), Error> {
        match self.seats {
            Some(seats) if active as u64 >= seats => {
                Err(Error::new(self.seats_status, format!("all {seats} seats are taken")))
            }
            _ => Ok(()),
        }
    }
}

impl Maintenance {
    const KEYS: [&'static str; 3] = ["from", "for", "every"];

    fn read(node: &Node, problems: &mut Problems) -> Option<Maintenance> {
        for entry in node
            .as_table(problems)?
            .iter()
            .filter(|entry| !Self::KEYS.contains(&entry.key.as_str()))
        {
            unknown_key(entry, "`golinks.limits.maintenance`", &Self::KEYS, problems);
        }
        let Some(lasts) = node.get("for") else {
            problems.error(node.span, "a maintenance window needs `for`, how long it lasts");
            return None;
        };
        let window = Maintenance {
            from: node
                .get("from")
                .map_or(Some(Duration::ZERO), |from| from.as_duration(problems))?,
            lasts: lasts.as_duration(problems)?,
            every: node
                .get("every")
                .map_or(Some(None), |every| every.as_duration(problems).map(Some))?,
        };
        if let Some(every) = window.every.filter(|every| *every <= window.lasts) {
            let every = crate::base::time::write_duration(every);
            problems.error(
                node.span,
                format!("the window would never close: it comes again every {every}"),
            );
            return None;
        }
        Some(window)
    }

    /// How long the window will still last, when it is open.
    pub(crate) fn left(&self, start: Time, now: Time) -> Option<Duration> {
        let since = now.since(start).checked_sub(self.from)?;
        let into = match self.every.map(|every| every.as_micros()).filter(|every| *every > 0) {
            Some(every) => Duration::from_micros((since.as_micros() % every) as u64),
            None => since,
        };
        self.lasts.checked_sub(into).filter(|left| !left.is_zero())
    }
}

pub(crate) fn is_none(value: &Node) -> bool {
    matches!(&value.kind, Kind::Bool(false))
        || matches!(&value.kind, Kind::Text(text) if text == "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_and_closes_and_comes_again() {
        let hour = |hours: u64| Duration::from_secs(hours * 3_600);
        let once = Maintenance { from: hour(2), lasts: hour(1), every: None };
        let daily = Maintenance { every: Some(hour(24)), ..once };
        let start = Time::from_secs(1_772_438_400);
        for (at, once_left, daily_left) in [
            (0, None, None),
            (2, Some(hour(1)), Some(hour(1))),
            (3, None, None),
            (26, None, Some(hour(1))),
            (27, None, None),
        ] {
            let now = start + hour(at);
            assert_eq!(
                (once.left(start, now), daily.left(start, now)),
                (once_left, daily_left),
                "{at}"
            );
        }
    }
}
