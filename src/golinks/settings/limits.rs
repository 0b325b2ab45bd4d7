//! The limits beside the rate limit: seats, the length of a userName, a maintenance window, and how
//! soon a new account is found.

use std::time::Duration;

use super::row::{Parse, settings};
use super::values::word;
use crate::base::node::unknown_key;
use crate::base::{Node, Problems, Time};
use crate::scim::{Error, ScimType};

settings! {
    /// Limits beside the rate limit; only the length of a userName is limited by default.
    #[derive(Clone, Copy, PartialEq, Debug)]
    pub struct Limits;
    /// How many accounts may be active at one time.
    seats: Option<u64> = None, "limits.seats" = "\"none\"";
    /// The status of what would need one seat more: `403` or `400`.
    seats_status: SeatsStatus = SeatsStatus(403), "limits.seats_status" = "403";
    /// How many characters a userName may have; a longer one gets 400 (assumed).
    user_name: u64 = 256, "limits.user_name" = "256";
    /// When everything is answered 503, with a Retry-After: `{ from = "2h", for = "30m",
    /// every = "1d" }`, counted from the start in virtual time, for clients from outside too;
    /// without `every` once.
    maintenance: Option<Maintenance> = None, "limits.maintenance" = "\"none\"";
    /// How long a created account is not found by a filter, though its id leads to it: eventual
    /// consistency, in virtual time.
    ///
    /// An external client that creates one need not wait longer in real time.
    visible_after: Option<Duration> = None, "limits.visible_after" = "\"none\"";
}

/// The status of a request that needs one seat too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeatsStatus(pub u16);

impl Parse for SeatsStatus {
    fn parse(value: &Node, problems: &mut Problems) -> Option<SeatsStatus> {
        word(value, &[("403", SeatsStatus(403)), ("400", SeatsStatus(400))], problems)
    }
}

/// A maintenance window.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Maintenance {
    /// When it begins, counted from the start.
    pub from: Duration,
    /// How long it lasts.
    pub lasts: Duration,
    /// How often it comes again; `None` means never.
    pub every: Option<Duration>,
}

impl Limits {
    /// Refuses a userName that is too long (assumed: GoLinks says nothing of a limit; a UPN has 113
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

    /// Checks whether one more account may be active when `active` are already.
    pub(crate) fn seat(&self, active: usize) -> Result<(), Error> {
        match self.seats {
            Some(seats) if active as u64 >= seats => {
                let taken = match seats {
                    1 => "the only seat is taken".to_owned(),
                    _ => format!("all {seats} seats are taken"),
                };
                Err(Error::new(self.seats_status.0, taken))
            }
            _ => Ok(()),
        }
    }
}

const KEYS: [&str; 3] = ["from", "for", "every"];

impl Parse for Maintenance {
    fn parse(node: &Node, problems: &mut Problems) -> Option<Maintenance> {
        for entry in
            node.as_table(problems)?.iter().filter(|entry| !KEYS.contains(&entry.key.as_str()))
        {
            unknown_key(entry, "`golinks.limits.maintenance`", &KEYS, problems);
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
        if window.lasts.is_zero() {
            return lasts.refused("a duration above 0", "no time", problems);
        }
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
}

impl Maintenance {
    /// Returns how long the window will still last, when it is open.
    pub(crate) fn left(&self, start: Time, now: Time) -> Option<Duration> {
        let since = now.since(start).checked_sub(self.from)?;
        let into = match self.every.map(|every| every.as_micros()).filter(|every| *every > 0) {
            Some(every) => Duration::from_micros((since.as_micros() % every) as u64),
            None => since,
        };
        self.lasts.checked_sub(into).filter(|left| !left.is_zero())
    }
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
