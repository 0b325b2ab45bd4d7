//! How a check ends, and what it found.

use std::fmt::Display;

/// How a check ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The server did what is right.
    Passed,
    /// It did not.
    Failed(Finding),
    /// The server does not show what would have to be seen, or another failure stands before it, so
    /// neither can be said.
    CannotTell(String),
    /// The check was not asked for, or does not apply; the reason.
    Skipped(String),
}

impl Outcome {
    /// The outcome of a check whose cause another one has named.
    pub fn because_of(other: &str) -> Outcome {
        Outcome::CannotTell(Outcome::why_because_of(other))
    }

    /// The reason of such an outcome.
    pub fn why_because_of(other: &str) -> String {
        format!("because of {other}")
    }
}

/// What was found to be wrong.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// What came instead of what is right.
    pub came: String,
    /// The exchange that shows it, by its place among those of the check.
    pub exchange: Option<usize>,
}

/// Why a check did not pass; a check returns it with `?`.
#[derive(Clone, PartialEq, Debug)]
pub enum NotPassed {
    /// The server did something wrong.
    Failed(Finding),
    /// It cannot be seen whether it did.
    CannotTell(String),
    /// Another check must pass first; its id. So a cause is named once.
    Needs(&'static str),
    /// The check does not apply; the reason.
    Skipped(String),
    /// Nothing more is sent; the reason.
    Ended(String),
}

impl NotPassed {
    /// A failure that the last exchange shows.
    pub fn failed(came: impl Display) -> NotPassed {
        NotPassed::Failed(Finding { came: came.to_string(), exchange: None })
    }

    /// A failure in place of "nothing more is sent" and of "no answer comes to such a request": for
    /// the check that decides whether anything is sent.
    pub fn or_failed(self) -> NotPassed {
        match self {
            NotPassed::Ended(why) => NotPassed::failed(why),
            NotPassed::Needs(_) => NotPassed::failed("no response: timed out"),
            other => other,
        }
    }

    /// Another reason, unless nothing more was sent or another cause is known.
    pub fn unless_ended(self, other: NotPassed) -> NotPassed {
        if let NotPassed::Ended(_) | NotPassed::Needs(_) = self { self } else { other }
    }

    /// That it cannot be seen.
    pub fn cannot_tell(why: impl Display) -> NotPassed {
        NotPassed::CannotTell(why.to_string())
    }

    /// That the check does not apply.
    pub fn skipped(why: impl Display) -> NotPassed {
        NotPassed::Skipped(why.to_string())
    }
}

/// Fails a check unless `holds`.
///
/// # Errors
/// The failure, with what came.
pub fn must(holds: bool, came: impl FnOnce() -> String) -> Result<(), NotPassed> {
    if holds { Ok(()) } else { Err(NotPassed::failed(came())) }
}
