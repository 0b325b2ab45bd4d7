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
    /// What kind of deviation it is, when other checks meet the same one.
    pub sign: Option<Sign>,
    /// What Entra makes of it, when that is not what the check says of every failure.
    pub portal: Option<&'static str>,
    /// What is right, when the check's own word for it is what came.
    pub right: Option<&'static str>,
}

/// A deviation that several checks can meet, so that it is told once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// A search finds what has another value, or none.
    FindsTooMuch,
    /// A search finds nothing, though the value is there.
    FindsNothing,
    /// What is found has another id than the one that leads to it.
    OtherId,
    /// A success came without JSON.
    NoJson,
    /// A resource has no id that is a text.
    NoId,
    /// The core attributes stand below the URN of their schema.
    Nested,
    /// `active` is shown as a text.
    ActiveIsText,
    /// A disable is answered with success, and the user stays active.
    StaysActive,
    /// Words such as `Replace` are refused for their capital.
    CapitalOp,
    /// A value below a URN is not applied.
    BelowUrn,
    /// The id is the userName.
    IdIsName,
    /// `totalResults` counts what is on the page.
    TotalIsPage,
    /// Only bodies of another media type are read.
    OtherMedia,
    /// Requests are let in only with a User-Agent.
    NeedsUserAgent,
}

impl Finding {
    /// A finding that an exchange shows; the last one when none is named.
    pub fn shown(came: impl Display, exchange: Option<usize>) -> Finding {
        Finding { came: came.to_string(), exchange, sign: None, portal: None, right: None }
    }
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
        NotPassed::Failed(Finding::shown(came, None))
    }

    /// The same, of a kind that other checks may meet.
    pub fn of_kind(self, sign: Sign) -> NotPassed {
        match self {
            NotPassed::Failed(finding) => {
                NotPassed::Failed(Finding { sign: finding.sign.or(Some(sign)), ..finding })
            }
            other => other,
        }
    }

    /// The same, of which Entra makes this.
    pub fn entra(self, portal: &'static str) -> NotPassed {
        match self {
            NotPassed::Failed(finding) => {
                NotPassed::Failed(Finding { portal: Some(portal), ..finding })
            }
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
