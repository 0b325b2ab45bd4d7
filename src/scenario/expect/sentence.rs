//! An expectation as a sentence, for readers who do not know the scenario format.

use std::fmt::Write;

use super::groups::GroupPart;
use super::tally::{Counted, StatusFilter};
use super::{
    Expectation, How, LinkField, LogField, Observable, ObservedValue, OnDemandField, ProductPart,
    RequestField, SignInField,
};
use super::{Since, Test};
use crate::base::time::show_duration;

/// What a count is said to be of, for one and for many: `1 account is active at GoLinks`.
const COUNTS: &[(&str, &str, &str)] = &[
    ("job.links", "user is linked with an account", "users are linked with an account"),
    (
        "job.escrows",
        "failed object waits to be tried again",
        "failed objects wait to be tried again",
    ),
    ("golinks.sessions", "session is open at GoLinks", "sessions are open at GoLinks"),
    ("golinks.seats.used", "seat is taken", "seats are taken"),
    ("golinks.seats.free", "seat is free", "seats are free"),
    ("signins.let_in", "sign-in was let in", "sign-ins were let in"),
    ("signins.refused", "sign-in was refused by Entra", "sign-ins were refused by Entra"),
    (
        "signins.turned_away",
        "sign-in was turned away by GoLinks",
        "sign-ins were turned away by GoLinks",
    ),
    ("job.staged", "disable or deletion is held back", "disables and deletions are held back"),
    ("job.quarantines", "quarantine was imposed", "quarantines were imposed"),
    (
        "job.execution.imported",
        "object was read by the last cycle",
        "objects were read by the last cycle",
    ),
    (
        "job.execution.entitled",
        "object read by the last cycle was assigned",
        "objects read by the last cycle were assigned",
    ),
    (
        "job.execution.in_scope",
        "object read by the last cycle was in scope",
        "objects read by the last cycle were in scope",
    ),
    (
        "job.execution.exports",
        "object was to be written by the last cycle",
        "objects were to be written by the last cycle",
    ),
    (
        "job.execution.exported",
        "object was written by the last cycle",
        "objects were written by the last cycle",
    ),
    (
        "job.execution.escrowed",
        "object failed in the last cycle",
        "objects failed in the last cycle",
    ),
    (
        "job.progress.completed",
        "page of the running cycle is done",
        "pages of the running cycle are done",
    ),
    ("job.progress.total", "page is in the running cycle", "pages are in the running cycle"),
    ("job.entries.users", "user was ever in scope", "users were ever in scope"),
    ("job.entries.groups", "group was ever in scope", "groups were ever in scope"),
    (
        "job.complete_failures",
        "cycle in a row has failed as a whole",
        "cycles in a row have failed as a whole",
    ),
    ("audit.count", "row is in the audit log", "rows are in the audit log"),
    ("cycle.count", "cycle has ended", "cycles have ended"),
    ("cycle.failed", "cycle has failed as a whole", "cycles have failed as a whole"),
    (
        "cycle.last.created",
        "account was created by the last cycle",
        "accounts were created by the last cycle",
    ),
    (
        "cycle.last.updated",
        "account was updated by the last cycle",
        "accounts were updated by the last cycle",
    ),
    (
        "cycle.last.disabled",
        "account was disabled by the last cycle",
        "accounts were disabled by the last cycle",
    ),
    (
        "cycle.last.deleted",
        "account was deleted by the last cycle",
        "accounts were deleted by the last cycle",
    ),
    (
        "cycle.last.skipped",
        "object needed nothing in the last cycle",
        "objects needed nothing in the last cycle",
    ),
    (
        "cycle.last.staged",
        "disable or deletion was staged by the last cycle",
        "disables and deletions were staged by the last cycle",
    ),
    ("cycle.last.failed", "object failed in the last cycle", "objects failed in the last cycle"),
    ("log.count", "row is in the provisioning log", "rows are in the provisioning log"),
    (
        "log.failures",
        "row of the provisioning log is a failure",
        "rows of the provisioning log are failures",
    ),
    ("log.created", "account was created", "accounts were created"),
    ("log.updated", "account was updated", "accounts were updated"),
    ("log.disabled", "account was disabled", "accounts were disabled"),
    ("log.deleted", "account was deleted", "accounts were deleted"),
    ("requests.total", "request was sent", "requests were sent"),
    ("requests.get", "GET request was sent", "GET requests were sent"),
    ("requests.post", "POST request was sent", "POST requests were sent"),
    ("requests.patch", "PATCH request was sent", "PATCH requests were sent"),
    ("requests.put", "PUT request was sent", "PUT requests were sent"),
    ("requests.delete", "DELETE request was sent", "DELETE requests were sent"),
    ("requests.writes", "writing request was sent", "writing requests were sent"),
    ("requests.tokens", "access token was asked for", "access tokens were asked for"),
    ("requests.failed", "request failed", "requests failed"),
    (
        "requests.lost",
        "request of the engine got no answer",
        "requests of the engine got no answer",
    ),
    ("requests.too_late", "answer came too late", "answers came too late"),
    ("requests.changed_nothing", "write changed nothing", "writes changed nothing"),
    ("mails.sent", "mail was sent", "mails were sent"),
    ("golinks.accounts.total", "account is at GoLinks", "accounts are at GoLinks"),
    ("golinks.accounts.active", "account is active at GoLinks", "accounts are active at GoLinks"),
    (
        "golinks.accounts.repeated",
        "list of an account has several elements of one type",
        "lists of accounts have several elements of one type",
    ),
    ("golinks.groups.total", "group is at GoLinks", "groups are at GoLinks"),
    (
        "golinks.groups.repeated",
        "group has a member more than once",
        "groups have a member more than once",
    ),
    ("ondemand.count", "run on demand has ended", "runs on demand have ended"),
    ("discovery.count", "account discovery has ended", "account discoveries have ended"),
    ("discovery.accounts", "account was discovered", "accounts were discovered"),
    ("discovery.local", "local account was discovered", "local accounts were discovered"),
    (
        "discovery.unassigned",
        "account of an unassigned user was discovered",
        "accounts of unassigned users were discovered",
    ),
    (
        "discovery.assigned",
        "account of an assigned user was discovered",
        "accounts of assigned users were discovered",
    ),
    (
        "discovery.failed",
        "discovered account could not be correlated",
        "discovered accounts could not be correlated",
    ),
];

/// What a value is said to be of: `the status of the job is Active`.
const VALUES: &[(&str, &str)] = &[
    ("job.state", "the schedule of the job"),
    ("job.status", "the status of the job"),
    ("job.mode", "the provisioning mode"),
    ("job.quarantine", "a quarantine"),
    ("job.quarantine.reason", "the reason of the quarantine"),
    ("job.quarantine.code", "the error code of the quarantine"),
    ("job.steady", "that a cycle has ended with no change left"),
    ("audit.last", "the last activity in the audit log"),
    ("cycle.last.number", "the number of the last cycle"),
    ("cycle.last.kind", "the kind of the last cycle"),
    ("cycle.last.result", "the result of the last cycle"),
    ("cycle.last.took", "the time that the last cycle took"),
    ("test.result", "the result of the last connection test"),
    ("test.code", "the error code of the last connection test"),
    ("test.message", "the message of the last connection test"),
    ("discovery.code", "the error code of the last account discovery"),
    ("mails.last.to", "the address of the last mail"),
    ("mails.last.reason", "the reason in the last mail"),
    ("mails.last.text", "the text of the last mail"),
    ("exposure.longest", "the longest time that a leaver had an active account"),
    ("refused", "the refusal of the last action"),
];

impl Expectation {
    /// The expectation as a sentence: `19 accounts are active at GoLinks.` The application that it
    /// names stands at its end, where `app` has a name.
    pub fn sentence(&self, app: Option<&str>) -> String {
        let mut said = self.said();
        if let Some(app) = app {
            // Writing to a String cannot fail.
            let _ = write!(said, ", as {app} sees it");
        }
        if let Some(Since::Cycle(number)) = self.test.since {
            let _ = write!(said, ", counted from cycle {number} on");
        }
        let mut letters = said.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        format!("{}{}.", first.unwrap_or_default(), letters.as_str())
    }

    /// What was observed instead of what is expected, in words for those who know nothing of
    /// scenarios; the server has this name: `6 POST requests were sent, where 2 were due`.
    pub fn missed(&self, seen: &ObservedValue, server: &str) -> String {
        let how = match seen {
            ObservedValue::Absent => How::Absent(true),
            value => How::Is(value.clone()),
        };
        let since = self.test.since;
        let came = match (&self.observed, seen) {
            (Observable::Account { name, path: Some(path) }, ObservedValue::Absent) => {
                format!("{name} has no account at GoLinks, or none with `{path}`")
            }
            _ => Expectation { test: Test { since, how }, ..self.clone() }.said(),
        };
        let said = match (seen, &self.test.how) {
            (ObservedValue::Count(_), How::Is(ObservedValue::Count(due))) => match due {
                0 => format!("{came}, where none were due"),
                1 => format!("{came}, where 1 was due"),
                due => format!("{came}, where {due} were due"),
            },
            _ => format!("{came}; due was: {}", self.said()),
        };
        said.replace("GoLinks", server)
    }

    fn said(&self) -> String {
        let test = &self.test;
        match &self.observed {
            Observable::Named(row) => {
                if let Some((_, one, many)) = COUNTS.iter().find(|(path, ..)| *path == row.path) {
                    return counted(test, one, many);
                }
                let known = VALUES.iter().find(|(path, _)| *path == row.path);
                compared(known.map_or(row.path, |(_, words)| words), test)
            }
            Observable::LastLog { name, field } => {
                compared(&of_row(*field, &format!("the last row of the log about {name}")), test)
            }
            Observable::LastRequest { name, field } => {
                compared(&of_request(*field, &format!("the last request about {name}")), test)
            }
            Observable::OnDemand { name, field } => {
                compared(&of_run(*field, &format!("the last run on demand of {name}")), test)
            }
            Observable::Link { name } => {
                compared(&format!("the account that {name} is linked with"), test)
            }
            Observable::Exposure { name } => {
                compared(&format!("the time that {name} had an account after leaving"), test)
            }
            Observable::Tally(counted_of) => tally(counted_of, test),
            Observable::Account { name, path: None } => {
                compared(&format!("the account of {name}"), test)
            }
            Observable::Account { name, path: Some(path) } => {
                let path = path.to_string();
                match (&*path, &test.how) {
                    ("active", How::Is(ObservedValue::Bool(active))) => {
                        let word = if *active { "active" } else { "inactive" };
                        format!("the account of {name} is {word}")
                    }
                    _ => {
                        // The URN of a schema tells a reader nothing.
                        let short = path.rsplit(':').next().unwrap_or(&path);
                        compared(&format!("in {name}'s account {short}"), test)
                    }
                }
            }
            Observable::Group { name, part } => of_group(name, part, test),
            Observable::Product { name, part } => of_product(name, *part, test),
            Observable::SignIn { name, field } => {
                let what = match field {
                    SignInField::Whole => "the last sign-in",
                    SignInField::Result => "the result of the last sign-in",
                    SignInField::Reason => "the reason of the last sign-in",
                };
                compared(&format!("{what} of {name}"), test)
            }
            Observable::Worlds { differ } if differ.is_empty() => "the two worlds agree".to_owned(),
            Observable::Worlds { differ } => {
                format!("the worlds differ about {}, and about nobody else", differ.join(", "))
            }
            Observable::Differing => counted(
                test,
                "user or group differs between the worlds",
                "users and groups differ between the worlds",
            ),
        }
    }
}

/// A field of a row of the log.
fn of_row(field: LogField, row: &str) -> String {
    let what = match field {
        LogField::Row => return row.to_owned(),
        LogField::Action => "action",
        LogField::Status => "status",
        LogField::Code => "code",
        LogField::Reason => "reason",
        LogField::Steps => "steps",
        LogField::Target => "target",
    };
    format!("the {what} in {row}")
}

/// A field of a request.
fn of_request(field: RequestField, request: &str) -> String {
    match field {
        RequestField::Request => request.to_owned(),
        RequestField::Method => format!("the method of {request}"),
        RequestField::Path => format!("the path of {request}"),
        RequestField::Sent => format!("the body of {request}"),
        RequestField::Status => format!("the status of the answer to {request}"),
        RequestField::Answer => format!("the body of the answer to {request}"),
    }
}

/// A field of a run on demand.
fn of_run(field: OnDemandField, run: &str) -> String {
    match field {
        OnDemandField::Run => run.to_owned(),
        OnDemandField::Result => format!("the result of {run}"),
        OnDemandField::Row(field) => of_row(field, &format!("the row of {run}")),
        OnDemandField::Steps => format!("the steps of {run}"),
        OnDemandField::StoppedAt => format!("the step that stopped {run}"),
    }
}

fn of_group(name: &str, part: &GroupPart, test: &Test) -> String {
    match part {
        GroupPart::Whole => compared(&format!("the group {name} at GoLinks"), test),
        GroupPart::MemberCount => counted(
            test,
            &format!("member is in the group {name} at GoLinks"),
            &format!("members are in the group {name} at GoLinks"),
        ),
        GroupPart::MemberNames => compared(&format!("who is in the group {name} at GoLinks"), test),
        GroupPart::Value(path) => compared(&format!("in the group {name} {path}"), test),
    }
}

/// Sessions, API tokens or a link.
fn of_product(name: &str, part: ProductPart, test: &Test) -> String {
    match part {
        ProductPart::Sessions => counted(
            test,
            &format!("session of {name} is open at GoLinks"),
            &format!("sessions of {name} are open at GoLinks"),
        ),
        ProductPart::ApiTokens => counted(
            test,
            &format!("API token of {name} is good"),
            &format!("API tokens of {name} are good"),
        ),
        ProductPart::ApiCall => {
            compared(&format!("the answer to the last API call with a token of {name}"), test)
        }
        ProductPart::Role => compared(&format!("the role of {name} at GoLinks"), test),
        ProductPart::Link(field) => {
            let what = match field {
                LinkField::Whole => format!("the link go/{name}"),
                LinkField::Owner => format!("the owner of go/{name}"),
                LinkField::OwnerActive => format!("whether the owner of go/{name} is active"),
                LinkField::Url => format!("the URL of go/{name}"),
                LinkField::Hits => format!("the hits of go/{name}"),
            };
            compared(&what, test)
        }
    }
}

/// Rows or requests that meet conditions.
fn tally(what: &Counted, test: &Test) -> String {
    let mut conditions = Vec::new();
    let mut add = |word: &str, value: &Option<String>| {
        conditions.extend(value.iter().map(|value| format!("{word} {value}")));
    };
    let (one, many) = match what {
        Counted::Rows(rows) => {
            add("user", &rows.user);
            add("group", &rows.group);
            add("action", &rows.action);
            add("status", &rows.status);
            add("code", &rows.code);
            ("row of the provisioning log has", "rows of the provisioning log have")
        }
        Counted::Requests(requests) => {
            add("user", &requests.user);
            add("method", &requests.method);
            add("path", &requests.path);
            let status = requests.status.map(|status| match status {
                StatusFilter::Exactly(status) => status.to_string(),
                StatusFilter::Class(class) => format!("{class}xx"),
            });
            add("status", &status);
            ("request has", "requests have")
        }
    };
    let listed = conditions.join(", ");
    counted(test, &format!("{one} {listed}"), &format!("{many} {listed}"))
}

/// A sentence about a number of things.
fn counted(test: &Test, one: &str, many: &str) -> String {
    let number = |value: &ObservedValue| match value {
        ObservedValue::Count(0) => "no".to_owned(),
        other => shown(other),
    };
    let single = |value: &ObservedValue| value.number() == Some(1.0);
    let (words, is_one) = match &test.how {
        How::Is(value) => (number(value), single(value)),
        How::Range { min: Some(min), max: Some(max) } => {
            (format!("{} to {}", shown(min), shown(max)), false)
        }
        How::Range { min: Some(min), max: None } => {
            (format!("at least {}", shown(min)), single(min))
        }
        How::Range { min: None, max: Some(max) } => {
            (format!("at most {}", shown(max)), single(max))
        }
        How::OneOf(values) => (either(values), false),
        How::Range { .. } | How::Contains(_) | How::Absent(false) => {
            ("any number of".into(), false)
        }
        How::Absent(true) => ("no".to_owned(), false),
    };
    format!("{words} {}", if is_one { one } else { many })
}

/// A sentence about a value.
fn compared(what: &str, test: &Test) -> String {
    match &test.how {
        How::Is(value) => format!("{what} is {}", shown(value)),
        How::Range { min: Some(min), max: Some(max) } => {
            format!("{what} is between {} and {}", shown(min), shown(max))
        }
        How::Range { min: Some(min), max: None } => format!("{what} is at least {}", shown(min)),
        How::Range { min: None, max: Some(max) } => format!("{what} is at most {}", shown(max)),
        How::Range { min: None, max: None } | How::Absent(false) => format!("there is {what}"),
        How::OneOf(values) => format!("{what} is {}", either(values)),
        How::Contains(value) => format!("{what} contains {}", shown(value)),
        How::Absent(true) => {
            let bare = what.strip_prefix("the ").or_else(|| what.strip_prefix("a "));
            format!("there is no {}", bare.unwrap_or(what))
        }
    }
}

fn either(values: &[ObservedValue]) -> String {
    values.iter().map(shown).collect::<Vec<_>>().join(" or ")
}

fn shown(value: &ObservedValue) -> String {
    match value {
        ObservedValue::Text(text) => format!("“{text}”"),
        ObservedValue::Span(span) => show_duration(*span),
        ObservedValue::List(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.show(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ROWS;
    use super::*;
    use crate::scenario::load;

    #[test]
    fn every_name_has_words_of_its_own() {
        for row in ROWS.iter().flat_map(|family| family.iter()) {
            let known = COUNTS.iter().filter(|(path, ..)| *path == row.path).count()
                + VALUES.iter().filter(|(path, _)| *path == row.path).count();
            assert_eq!(known, 1, "{} has words once", row.path);
        }
    }

    #[test]
    fn what_came_instead_is_said_without_the_words_of_the_format() {
        let check = |written: &str, seen: ObservedValue, said: &str| {
            let text = format!("title = 'a'\nends = '1d'\n[user.ann]\n[finally]\n{written}\n");
            let script = load("a", &text, &[]).unwrap_or_else(|_| panic!("{written}"));
            let expectation = script.expectations().next().expect("one");
            assert_eq!(expectation.missed(&seen, "the server"), said);
        };
        let count = ObservedValue::Count;
        check("requests.post = 2", count(6), "6 POST requests were sent, where 2 were due");
        check("requests.patch = 0", count(1), "1 PATCH request was sent, where none were due");
        check(
            "golinks.accounts.total = 1",
            count(0),
            "no accounts are at the server, where 1 was due",
        );
        check(
            "golinks.account.ann.active = false",
            ObservedValue::Bool(true),
            "the account of ann is active; due was: the account of ann is inactive",
        );
        check(
            "golinks.account.ann.active = true",
            ObservedValue::Absent,
            "ann has no account at the server, or none with `active`; due was: the account of ann is active",
        );
        check(
            "ondemand.ann.result = 'Success'",
            ObservedValue::Text("Failure".to_owned()),
            "the result of the last run on demand of ann is “Failure”; due was: the result of the last \
             run on demand of ann is “Success”",
        );
    }

    #[test]
    fn an_expectation_is_said_in_a_sentence() {
        let check = |written: &str, said: &str| {
            let text = format!(
                "title = 'a'\nends = '1d'\n[user.ann]\n[group.sales]\n[finally]\n{written}\n"
            );
            let script = load("a", &text, &[]).unwrap_or_else(|_| panic!("{written}"));
            let expectation = script.expectations().next().expect("one");
            assert_eq!(expectation.sentence(None), said);
        };
        check("golinks.accounts.active = 19", "19 accounts are active at GoLinks.");
        check("golinks.accounts.active = 1", "1 account is active at GoLinks.");
        check("log.failures = 0", "No rows of the provisioning log are failures.");
        check("mails.sent = { max = 2 }", "At most 2 mails were sent.");
        check("job.status = 'Quarantine'", "The status of the job is “Quarantine”.");
        check("job.quarantine = { absent = true }", "There is no quarantine.");
        check(
            "exposure.longest = { max = '7d' }",
            "The longest time that a leaver had an active account is at most 7 d.",
        );
        check("golinks.account.ann.active = false", "The account of ann is inactive.");
        check("golinks.account.ann.userName = 'a@b'", "In ann's account userName is “a@b”.");
        check(
            "requests.last.ann.sent = { contains = 'active' }",
            "The body of the last request about ann contains “active”.",
        );
        check("worlds = 'agree'", "The two worlds agree.");
        check(
            "worlds = { differ = ['ann'] }",
            "The worlds differ about ann, and about nobody else.",
        );
        check(
            "log.last.ann.status = 'failure'",
            "The status in the last row of the log about ann is “failure”.",
        );
    }
}
