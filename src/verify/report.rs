//! What came of all checks: the verdict, and each check with its outcome and its exchanges.

use std::cmp::Reverse;

use super::again;
use super::check::{Accepted, Check, Severity};
use super::exchange::{Exchange, Sent};
use super::finding::{Finding, Outcome};
use super::steadiness::{ALIVE, REACH, REDIRECT, STEADY, TLS};
use crate::entra::Lost;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::{lookup_failure, probe_failure, write_failure};
use crate::entra::policy::Policy;
use crate::foreign::Left;

/// A check and how it ended.
#[derive(Debug)]
pub struct Checked {
    /// The check.
    pub check: &'static Check,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent and what came, in order.
    pub exchanges: Vec<Exchange>,
}

/// What came of all checks.
#[derive(Debug)]
pub struct Report {
    /// Every check, in the order of the table.
    pub checked: Vec<Checked>,
    /// Created objects that are still at the server, or may be.
    pub left_behind: Left,
    /// How many requests were sent.
    pub requests: u64,
    /// Why checks were ended before their time.
    pub ended: Option<String>,
    /// Checks that failed while others ran at the same time, and passed alone.
    pub beside: Vec<&'static str>,
    /// All that was sent, check by check: as many as `requests`.
    pub sent: Vec<Sent>,
}

/// How the codes begin with which a SCIM application fails.
const PREFIX: &str = "SystemForCrossDomainIdentityManagement";

/// So many checks behind a failure make it stand first.
const MANY: usize = 5;

/// How many checks ended in which way.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Neither can be said.
    pub cannot_tell: usize,
    /// Not run.
    pub skipped: usize,
}

impl Report {
    /// The checks that failed: those that keep many others from being judged first, then the
    /// gravest.
    pub fn failures(&self) -> Vec<&Checked> {
        let mut failures: Vec<&Checked> =
            self.checked.iter().filter(|one| one.finding().is_some()).collect();
        let behind = |one: &Checked| Some(self.behind(one.check.id)).filter(|many| *many >= MANY);
        failures.sort_by_key(|one| Reverse((one.check.ends_all, behind(one), one.severity())));
        failures
    }

    /// How many checks cannot be judged because of this one.
    pub fn behind(&self, id: &str) -> usize {
        let because = Outcome::because_of(id);
        self.checked.iter().filter(|one| one.outcome == because).count()
    }

    /// The gravest failure.
    pub fn worst(&self) -> Option<Severity> {
        self.failures().iter().map(|one| one.severity()).max()
    }

    /// How many checks ended in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for one in &self.checked {
            *match one.outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::CannotTell(_) => &mut counts.cannot_tell,
                Outcome::Skipped(_) => &mut counts.skipped,
            } += 1;
        }
        counts
    }
}

impl Checked {
    /// What was found, when the check failed.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            Outcome::Failed(finding) => Some(finding),
            _ => None,
        }
    }

    /// What is right.
    pub fn right(&self) -> &'static str {
        self.finding().and_then(|finding| finding.right).unwrap_or(self.check.right)
    }

    /// How grave the failure is: that of the check, or the other one that it has for a change that
    /// the server answered with success.
    pub fn severity(&self) -> Severity {
        self.accepted().map_or(self.check.severity, |accepted| accepted.severity)
    }

    /// What the check says of a change that was answered with success, when this one was.
    fn accepted(&self) -> Option<Accepted> {
        // A lookup that is refused tells nothing of what was sent before it.
        self.shows().filter(|_| !self.is_refused_search())?;
        let succeeded = self.last_write()?.status().is_some_and(|it| (200..300).contains(&it));
        self.check.accepted.filter(|_| succeeded)
    }

    /// The last change that the failure shows.
    fn last_write(&self) -> Option<&Exchange> {
        let sent = self.exchanges.get(..=self.finding()?.exchange?)?.iter().rev();
        sent.into_iter().find(|one| one.request.method() != http::Method::GET)
    }

    /// Whether the failure is that a change or a lookup was refused, or was not answered.
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused_search() || self.last_write().is_some_and(is_refused)
    }

    fn is_refused_search(&self) -> bool {
        self.shows().is_some_and(|shown| is_search(shown) && is_refused(shown))
    }

    /// What Entra makes of the failure. What it makes of a server that is none, and with which code
    /// a request fails that is refused, the engine says.
    pub fn entra_says(&self) -> String {
        if let Some(says) = self.test_connection() {
            return says;
        }
        let told = self.finding().and_then(|finding| finding.portal);
        let of_check = self.accepted().map_or(self.check.portal, |accepted| accepted.portal);
        let mut says = told.unwrap_or(of_check).to_owned();
        if let Some(code) = self.code_of_row().filter(|_| self.severity() >= Severity::Fail) {
            let code = code.word();
            if !says.contains(code.trim_start_matches(PREFIX)) {
                says += &format!("; the row of the log says {code}");
            }
        }
        says
    }

    /// How Test Connection ends at a server that is not reached.
    fn test_connection(&self) -> Option<String> {
        let reply = match self.check.id {
            REACH | REDIRECT => {
                let search = |shown: &&Exchange| shown.request.method() == http::Method::GET;
                self.shows().filter(search)?.reply.clone()
            }
            // A handshake that fails is a connection that breaks off.
            TLS => Err(Lost::Reset),
            _ => return None,
        };
        let failure = probe_failure(reply, &Policy::default()).filter(|_| self.finding().is_some());
        let failure = failure?;
        let text = if self.check.id == TLS { "no TLS connection" } else { &failure.text() };
        Some(format!(
            "Test Connection fails with {} ({text}); the job is quarantined at its next cycle",
            failure.code.word(),
        ))
    }

    /// The code of the row of the provisioning log, when a write or a lookup was refused or lost.
    fn code_of_row(&self) -> Option<ErrorCode> {
        let shown = self.shows()?;
        match is_search(shown) && matches!(self.check.topic(), "find" | "group") {
            true => lookup_failure(shown.reply.clone()),
            false => write_failure(shown.request.method(), shown.reply.clone()),
        }
    }

    /// The exchange that shows the failure.
    pub fn shows(&self) -> Option<&Exchange> {
        self.exchanges.get(self.finding()?.exchange?)
    }

    /// The lines that show the failure again: the failing request, and before it what it rests on.
    pub fn again(&self, origin: &str) -> Vec<String> {
        match self.finding().and_then(|finding| finding.exchange) {
            Some(shown) => {
                let how = match self.check.id {
                    STEADY => again::Resend::ByChance,
                    ALIVE => again::Resend::UntilGone,
                    _ => again::Resend::Once,
                };
                again::lines(origin, &self.exchanges, (shown, how))
            }
            None => Vec::new(),
        }
    }

    /// The same, as one text.
    pub fn curl(&self, origin: &str) -> Option<String> {
        let lines = self.again(origin);
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

fn is_search(exchange: &Exchange) -> bool {
    exchange.request.uri().query().is_some_and(|query| query.contains("filter="))
}

fn is_refused(exchange: &Exchange) -> bool {
    exchange.status().is_none_or(|status| status >= 400)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::verify::checks;

    /// A check that failed, with the statuses of what was sent.
    fn failed(id: &str, sent: &[(&str, u16)]) -> Checked {
        let exchange = |(method, status): &(&str, u16)| Exchange {
            request: Request::builder().method(*method).body(Bytes::new()).expect("a request"),
            reply: Ok(Response::builder().status(*status).body(Bytes::new()).expect("a response")),
            took: Duration::ZERO,
            at_once: false,
            is_shown: false,
        };
        let finding = Finding::shown("", sent.len().checked_sub(1));
        Checked {
            check: checks::named(id).expect("a check"),
            outcome: Outcome::Failed(finding),
            exchanges: sent.iter().map(exchange).collect(),
        }
    }

    /// Of a change that is refused the log tells, and its object fails: that is no harm, but where
    /// access is taken away, which stays.
    #[test]
    fn what_is_refused_does_harm_only_where_access_should_end() {
        const TAKE_ACCESS: [&str; 8] = [
            "active.text",
            "active.bool",
            "active.pathless",
            "user.delete",
            "group.delete",
            "member.remove-c",
            "member.remove-k",
            "member.replace",
        ];
        let harm_when_refused: Vec<&str> = checks::all()
            .filter(|check| check.accepted.is_some() && check.severity == Severity::Harm)
            .map(|check| check.id)
            .collect();
        let mut wanted = TAKE_ACCESS.to_vec();
        let mut found = harm_when_refused.clone();
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_was_answered_with_success_fails_in_no_log_and_does_harm() {
        const REFUSED: &[(&str, u16)] = &[("POST", 201), ("PATCH", 400)];
        const ACCEPTED: &[(&str, u16)] = &[("POST", 201), ("PATCH", 200), ("GET", 200)];
        for (id, sent, severity, says) in [
            ("mgr.bare", REFUSED, Severity::Fail, "Update fails for every user with a manager"),
            (
                "mgr.bare",
                ACCEPTED,
                Severity::Harm,
                "the log says success, and no user has a manager",
            ),
            (
                "patch.sub-case",
                ACCEPTED,
                Severity::Harm,
                "the log says success, and the value is not what was sent",
            ),
            (
                "patch.atomic",
                REFUSED,
                Severity::Warn,
                "a failed Update has changed part of the account",
            ),
            ("mgr.clear", REFUSED, Severity::Fail, "Update fails for users whose manager"),
            ("find.case", REFUSED, Severity::Fail, "Create fails with EntryConflict"),
            (
                "member.remove-c",
                REFUSED,
                Severity::Harm,
                "Update of the group fails in every cycle, and the member stays",
            ),
            (
                "user.dup",
                &[("POST", 201), ("POST", 201)],
                Severity::Harm,
                "two accounts for one user",
            ),
            (
                "user.dup",
                &[("POST", 201), ("POST", 400)],
                Severity::Fail,
                "Create fails with another",
            ),
            (
                "group.delete-twice",
                &[("DELETE", 204)],
                Severity::Info,
                "nothing: the log says success",
            ),
            ("find.email", &[("POST", 201), ("GET", 200)], Severity::Fail, "once the work e-mail"),
        ] {
            let one = failed(id, sent);
            assert_eq!(one.severity(), severity, "{id}");
            assert!(one.entra_says().starts_with(says), "{id}: {}", one.entra_says());
        }
    }
}
