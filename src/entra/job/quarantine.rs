//! Quarantine: why a job is in it, when it tries again, and when it is given up.

use std::time::Duration;

use http::StatusCode;

use super::finer_code::remedy;
use super::reply::{SyncError, status_and_words};
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::error_code::ErrorCode;
use crate::entra::policy::Policy;

/// Graph's reasons [g:quarantine].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Too many failures, references left out.
    BaseEscrowThreshold,
    /// Too many failures of every kind.
    TotalEscrowThreshold,
    /// Too large a share of failures.
    EscrowProportionThreshold,
    /// Credentials refused, or an application that does not behave.
    QuarantineException,
    /// The threshold of the guard against accidental deletions was reached [accidental].
    TooManyDeletes,
    /// The vendor's staff quarantined the job [quarantine].
    QuarantinedOnDemand,
    /// The service could not go on reading the directory (assumed; the word alone is known).
    IngestionInterrupted,
    /// The service gives no reason [g:quarantine].
    Unknown,
}

impl Reason {
    /// As Graph prints it.
    pub fn word(self) -> &'static str {
        match self {
            Reason::BaseEscrowThreshold => "EncounteredBaseEscrowThreshold",
            Reason::TotalEscrowThreshold => "EncounteredTotalEscrowThreshold",
            Reason::EscrowProportionThreshold => "EncounteredEscrowProportionThreshold",
            Reason::QuarantineException => "EncounteredQuarantineException",
            Reason::TooManyDeletes => "TooManyDeletes",
            Reason::QuarantinedOnDemand => "QuarantinedOnDemand",
            Reason::IngestionInterrupted => "IngestionInterrupted",
            Reason::Unknown => "Unknown",
        }
    }

    /// The reasons that the service has by itself, with nothing wrong in the application, by their
    /// words.
    pub const OF_SERVICE: [(&'static str, Reason); 3] = [
        ("QuarantinedOnDemand", Reason::QuarantinedOnDemand),
        ("IngestionInterrupted", Reason::IngestionInterrupted),
        ("Unknown", Reason::Unknown),
    ];
}

/// Why a quarantine was imposed or kept [g:quarantine].
#[derive(Clone, PartialEq, Debug)]
pub struct QuarantineCause {
    /// Graph's reason.
    pub reason: Reason,
    /// The vendor's code of the error; for several failed objects, the most frequent code.
    pub code: Option<ErrorCode>,
    /// The HTTP status, if the error was a response.
    pub status: Option<StatusCode>,
    /// The application's error text, or what was missing.
    pub detail: String,
    /// Whether it was the token endpoint that gave no access token.
    pub at_token_endpoint: bool,
    /// Whether staged deletions are sent without being allowed, as soon as they are fewer than the
    /// threshold: the policy `staged_left`.
    pub sends_left: bool,
    /// Whether it came to the probe of groups, after one of users had passed.
    pub at_groups: bool,
    /// The policy `retry_after_max`, where it ended the wait that a 429 asked for.
    pub wait_cut: Option<Duration>,
    /// Whether the job had no credentials, so that its request carried none (assumed: what a cycle
    /// does whose credentials were deleted is not documented).
    pub without_credentials: bool,
}

impl QuarantineCause {
    /// A cause without a response.
    fn plain(reason: Reason, code: Option<ErrorCode>) -> QuarantineCause {
        QuarantineCause {
            reason,
            code,
            status: None,
            detail: String::new(),
            at_token_endpoint: false,
            sends_left: false,
            at_groups: false,
            wait_cut: None,
            without_credentials: false,
        }
    }

    /// Its text, and the policy that ended a wait.
    pub fn text_with_policy(&self) -> String {
        let cut = self.wait_cut.map(show_duration);
        let cut = cut.map(|most| format!(", beyond `retry_after_max` ({most})"));
        self.text() + &cut.unwrap_or_default()
    }

    /// The cause when a cycle failed as a whole.
    pub fn of(error: SyncError) -> QuarantineCause {
        let SyncError { code, status, detail, at_token_endpoint, at_groups, .. } = error;
        QuarantineCause {
            status,
            detail,
            at_token_endpoint,
            at_groups,
            ..QuarantineCause::plain(Reason::QuarantineException, Some(code))
        }
    }

    /// The cause when too many objects fail, with their most frequent code.
    pub fn volume(reason: Reason, code: Option<ErrorCode>, volume: &Volume) -> QuarantineCause {
        // What came of the objects is counted, each time anew, and not the objects themselves.
        let counted = |count: u64, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        let detail = format!(
            "{} against {} since the count began",
            counted(volume.failures, "failure", "failures"),
            counted(volume.successes, "success", "successes")
        );
        QuarantineCause { detail, ..QuarantineCause::plain(reason, code) }
    }

    /// The cause when more objects were about to be disabled or deleted than the threshold permits,
    /// or when what is left of them still waits to be allowed.
    pub fn deletions(
        (users, groups, reached): (usize, usize, bool),
        threshold: u64,
        sends_left: bool,
    ) -> QuarantineCause {
        let counted = |count: usize, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            _ => Some(format!("{count} {noun}s")),
        };
        let staged: Vec<String> =
            [counted(users, "user"), counted(groups, "group")].into_iter().flatten().collect();
        let limit = match reached {
            true => format!("and the threshold is {threshold}"),
            false => format!("fewer than the threshold of {threshold} by now, and not allowed yet"),
        };
        let detail = format!("{} staged to be disabled or deleted, {limit}", staged.join(" and "));
        let plain = QuarantineCause::plain(Reason::TooManyDeletes, None);
        QuarantineCause { detail, sends_left, ..plain }
    }

    /// The cause when the service quarantined the job for a reason of its own.
    pub fn of_service(reason: Reason) -> QuarantineCause {
        let detail = match reason {
            Reason::IngestionInterrupted => "the reading of the directory was interrupted",
            Reason::Unknown => "the service gave no reason",
            _ => "by the vendor's staff",
        };
        let detail = detail.to_owned();
        QuarantineCause { detail, ..QuarantineCause::plain(reason, None) }
    }

    /// Returns one line for logs: the status, and the application's error text if it sent one.
    pub fn text(&self) -> String {
        status_and_words(self.at_token_endpoint, self.status, &self.detail)
    }

    /// The code that says best what to do; `None` without a code.
    pub fn remedy(&self) -> Option<ErrorCode> {
        self.code.map(|code| remedy(code, self.status, &self.detail))
    }

    /// Whether it is named as another cause is: by reason and code.
    fn is_named_as(&self, other: &QuarantineCause) -> bool {
        (self.reason, self.code) == (other.reason, other.code)
    }
}

/// The quarantine record of a job [g:quarantine].
#[derive(Clone, PartialEq, Debug)]
pub struct Quarantine {
    /// Why the quarantine was last imposed or kept.
    pub cause: QuarantineCause,
    /// When it was first imposed in this series.
    pub series_began: Time,
    /// Since when each evaluation has found this cause, by reason and code.
    pub cause_began: Time,
    /// When it was last evaluated and imposed.
    pub current_began: Time,
    /// How many attempts have failed since it was first imposed.
    pub series_count: u64,
    /// When the next attempt is due.
    pub next_attempt: Time,
    /// When the job will be disabled.
    pub disable_at: Time,
}

impl Quarantine {
    /// A quarantine imposed now.
    pub fn new(cause: QuarantineCause, now: Time, policy: &Policy) -> Quarantine {
        Quarantine {
            cause,
            series_began: now,
            cause_began: now,
            current_began: now,
            series_count: 0,
            next_attempt: Quarantine::first_attempt(now, policy),
            disable_at: now + policy.quarantine_disable_after,
        }
    }

    /// The first attempt of a quarantine that is imposed now.
    pub fn first_attempt(now: Time, policy: &Policy) -> Time {
        now + attempt_offset(0, policy)
    }

    /// Keeps the quarantine after a failed attempt and sets the next one, at growing intervals
    /// [quarantine: 6 h, 12 h, 24 h, then every 24 h].
    pub fn keep(&mut self, cause: QuarantineCause, now: Time, policy: &Policy) {
        if !self.cause.is_named_as(&cause) {
            self.cause_began = now;
        }
        self.cause = cause;
        self.current_began = now;
        self.series_count += 1;
        self.next_attempt = self.attempt_after(now, policy);
    }

    /// The first attempt after an instant, if the quarantine stays.
    pub fn attempt_after(&self, now: Time, policy: &Policy) -> Time {
        self.attempts(policy).find(|at| *at > now).unwrap_or(self.disable_at)
    }

    /// When attempts are due, from the beginning of the quarantine on and without end.
    pub fn attempts(&self, policy: &Policy) -> impl Iterator<Item = Time> {
        (0..).map(|nth| self.series_began + attempt_offset(nth, policy))
    }
}

/// How long after the beginning of a quarantine its `nth` attempt is due.
fn attempt_offset(nth: u32, policy: &Policy) -> Duration {
    let daily = policy.quarantine_daily.max(Duration::from_secs(1));
    match nth {
        0 => policy.quarantine_first,
        1 => policy.quarantine_second,
        n => daily * (n - 1),
    }
}

/// Failures and successes since the failures were last cleared [quarantine].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Volume {
    /// Failures that do not concern a reference.
    pub failures: u64,
    /// Failures to set a manager or a member.
    pub reference_failures: u64,
    /// Objects that went well.
    pub successes: u64,
}

impl Volume {
    /// The reason for a quarantine, if the failures exceed a threshold.
    pub fn breach(&self, policy: &Policy) -> Option<Reason> {
        let total = self.failures + self.reference_failures;
        if total < policy.quarantine_min_failures || total == 0 {
            return None;
        }
        let share = self.failures as f64 / (self.failures + self.successes).max(1) as f64;
        if self.failures > policy.quarantine_max_failures {
            Some(Reason::BaseEscrowThreshold)
        } else if share > policy.quarantine_ratio {
            Some(Reason::EscrowProportionThreshold)
        } else if total > policy.quarantine_max_total {
            Some(Reason::TotalEscrowThreshold)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_thin_out_to_one_a_day() {
        let policy = Policy::default();
        let start = Time::from_secs(0);
        let hour = |n: i64| Time::from_secs(n * 3600);
        let cause =
            || QuarantineCause::of(SyncError::new(ErrorCode::CredentialValidationFailure, "401"));
        let mut quarantine = Quarantine::new(cause(), start, &policy);
        let mut attempts = vec![quarantine.next_attempt];
        for _ in 0..4 {
            let now = quarantine.next_attempt;
            quarantine.keep(cause(), now, &policy);
            attempts.push(quarantine.next_attempt);
        }
        assert_eq!(attempts, [hour(6), hour(12), hour(24), hour(48), hour(72)]);
        assert_eq!((quarantine.series_began, quarantine.series_count), (start, 4));
        assert_eq!(quarantine.cause_began, start);
        quarantine.keep(QuarantineCause::deletions((1, 0, true), 1, false), hour(72), &policy);
        assert_eq!((quarantine.series_began, quarantine.cause_began), (start, hour(72)));
        assert_eq!(
            quarantine.cause.text(),
            "1 user staged to be disabled or deleted, and the threshold is 1"
        );
    }

    #[test]
    fn the_documented_examples_of_volume_hold() {
        let policy = Policy::default();
        let volume = |failures, reference_failures, successes| Volume {
            failures,
            reference_failures,
            successes,
        };
        let cases = [
            (volume(45_000, 0, 1_000_000), Some(Reason::BaseEscrowThreshold)),
            (volume(30_000, 0, 5_000), Some(Reason::EscrowProportionThreshold)),
            (volume(20_000, 0, 100_000), None),
            (volume(40_000, 21_000, 1_000_000), Some(Reason::TotalEscrowThreshold)),
            (volume(4_000, 0, 0), None),
        ];
        for (volume, reason) in cases {
            assert_eq!(volume.breach(&policy), reason, "{volume:?}");
        }
    }
}
