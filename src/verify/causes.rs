//! Which failure has the cause of another, so that a cause is told once: by the check that names it
//! best. The others are told as those that cannot be judged because of it.

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::answer::Answer;
use super::check::Check;
use super::exchange::Exchange;
use super::finding::{Finding, Sign};
use super::session::{answer_of, json_of};
use super::steadiness::RequestKind;

/// A check that failed, with what it found and sent.
#[derive(Clone, Copy)]
pub(super) struct Failure<'a> {
    pub(super) check: &'static Check,
    pub(super) finding: &'a Finding,
    pub(super) exchanges: &'a [Exchange],
}

/// What ties a failure to the one that leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tie {
    /// Both are of this kind.
    Sign(Sign),
    /// The one that leads is of this kind, whatever the other one found.
    Led(Sign),
    /// Both failed.
    Both,
    /// Their requests were refused with one status and one text, but for the words of each request
    /// that the text repeats.
    Refusal,
    /// A name in a path was not read for its letter case: both were refused alike, or both were
    /// answered with success and changed nothing.
    NameCase,
    /// Both got an answer that is no list, in the same way.
    NoList,
    /// A search, and every other one that is answered in the same way: refused with that status,
    /// or with a list that cannot be read.
    Search,
    /// Every read is refused with that status and text.
    Read,
    /// An operation begins with a capital, and was refused with that status.
    Capital,
    /// A path has a filter, and was refused with that status.
    FilteredPath,
    /// An `Add` was refused with that status.
    Add,
    /// A null was sent, and refused with that status.
    Null,
    /// What the client did wrong is answered with one and the same server error.
    ServerError,
    /// An error came that is no JSON.
    ErrorBody,
    /// What was changed is read by its id right after.
    StaleRead,
    /// Whole lives: they sent what was refused there.
    SentInLife,
}

/// A check that leads, those that it may lead (ids and topics; all when empty), and what ties them.
type Rule = (&'static str, &'static [&'static str], Tie);

const LIVES: &[&str] = &["life"];

const OF_LEAVERS: &[&str] =
    &["life.disable", "life.delete", "life.restore", "life.leaver", "life.return", "life.converge"];

const GROUP_LIVES: &[&str] = &[
    "life.group-create",
    "life.group-update",
    "life.group-add",
    "life.group-remove",
    "life.group-delete",
    "life.group-ondemand",
    "life.group-restore",
];

/// The rules; the first that holds counts.
const RULES: &[Rule] = &[
    ("probe.user", &[], Tie::Search),
    ("probe.user", &[], Tie::Read),
    ("probe.user", &[], Tie::Sign(Sign::NoJson)),
    ("probe.user", LIVES, Tie::Both),
    ("user.create", &[], Tie::Sign(Sign::NoId)),
    ("user.create", &[], Tie::Sign(Sign::OtherMedia)),
    ("user.create", &["disc.honest"], Tie::Led(Sign::OtherMedia)),
    ("user.fresh", &[], Tie::StaleRead),
    ("user.fresh", LIVES, Tie::Both),
    ("user.echo", &[], Tie::Sign(Sign::ActiveIsText)),
    ("user.echo", &[], Tie::Sign(Sign::Nested)),
    ("user.echo", &["x.put", "disc.honest"], Tie::Led(Sign::Nested)),
    ("find.ignored", &[], Tie::Sign(Sign::FindsTooMuch)),
    ("find.userName", &[], Tie::Sign(Sign::OtherId)),
    ("find.userName", &["find"], Tie::Sign(Sign::FindsNothing)),
    ("group.find", &["group"], Tie::Sign(Sign::FindsNothing)),
    ("find.externalId", &["find.email", "group.find-external"], Tie::Sign(Sign::FindsNothing)),
    ("find.ignored", LIVES, Tie::Both),
    ("find.userName", LIVES, Tie::Both),
    ("net.media-success", LIVES, Tie::Both),
    ("find.shape", LIVES, Tie::Both),
    ("user.shape", LIVES, Tie::Both),
    ("patch.op-case", &[], Tie::Capital),
    ("patch.op-case", &["group", "active", "member"], Tie::Refusal),
    ("patch.filtered", &[], Tie::FilteredPath),
    ("patch.filtered", &["patch.sub-case"], Tie::Both),
    ("patch.sub-case", &["patch.case-attr"], Tie::NameCase),
    ("patch.urn", &["patch.verbose", "patch.pathless", "mgr"], Tie::Refusal),
    ("patch.urn", &[], Tie::Sign(Sign::BelowUrn)),
    ("patch.add-scalar", &["patch.externalId"], Tie::Add),
    ("patch.nothing", &["active.twice"], Tie::Refusal),
    ("patch.userName", &[], Tie::Sign(Sign::IdIsName)),
    ("active.bool", &["active"], Tie::Sign(Sign::StaysActive)),
    ("active.bool", &["active"], Tie::Refusal),
    ("user.create-roles-text", &["role"], Tie::Refusal),
    ("role.replace", &["role"], Tie::Refusal),
    ("user.create-nulls", &["null", "member"], Tie::Null),
    ("mgr.bare", &["mgr.array", "mgr.clear", "mgr.unknown"], Tie::Refusal),
    ("find.externalId", &["find", "group.find-external"], Tie::Refusal),
    ("group.find-none", &["group"], Tie::Sign(Sign::FindsTooMuch)),
    (
        "find.externalId",
        &["find.near", "find.email", "find.and", "find.unsupported", "group.find-external"],
        Tie::Sign(Sign::FindsTooMuch),
    ),
    ("group.exclude-list", &["group.exclude-id"], Tie::Both),
    ("disc.schemas", &["disc.types"], Tie::NoList),
    ("page.users", &["page.groups"], Tie::Both),
    ("page.users", &["page"], Tie::Sign(Sign::TotalIsPage)),
    ("net.media-error", &["user.dup-type"], Tie::ErrorBody),
    ("user.dup", &[], Tie::ServerError),
    ("find.special", LIVES, Tie::SentInLife),
    ("find.and", LIVES, Tie::SentInLife),
    ("patch.filtered", LIVES, Tie::SentInLife),
    ("patch.op-case", LIVES, Tie::SentInLife),
    ("patch.urn", LIVES, Tie::SentInLife),
    ("user.delete", LIVES, Tie::SentInLife),
    ("group.delete", LIVES, Tie::SentInLife),
    ("find.externalId", LIVES, Tie::SentInLife),
    ("user.delete", &["user.recreate", "life.delete"], Tie::Both),
    ("group.delete", &["life.group-delete", "life.group-restore"], Tie::Both),
    ("active.bool", OF_LEAVERS, Tie::Both),
    ("active.pathless", OF_LEAVERS, Tie::Both),
    ("patch.filtered", &["life.rename", "life.adopt", "life.converge"], Tie::Both),
    ("group.pathless", &["life.group-update"], Tie::Both),
    ("member.remove-k", &["life.group-remove"], Tie::Both),
    ("patch.urn", &["life.converge"], Tie::Both),
    ("find.and", &["life.manager"], Tie::Both),
    ("mgr.bare", &["life.manager"], Tie::Both),
    ("group.find-none", GROUP_LIVES, Tie::Both),
    ("group.exclude-list", GROUP_LIVES, Tie::Both),
];

/// The checks and topics whose failures may have the cause of this one, in the order of the rules;
/// empty where there are none.
pub fn led_by(id: &str) -> Vec<&'static str> {
    let rules = || RULES.iter().filter(|(lead, ..)| *lead == id);
    if rules().any(|(_, others, _)| others.is_empty()) {
        return vec!["any other check"];
    }
    let mut led: Vec<&str> = Vec::new();
    for other in rules().flat_map(|(_, others, _)| *others) {
        if !led.contains(other) {
            led.push(other);
        }
    }
    led
}

/// For each failure that has the cause of another, that one.
pub(super) fn causes(failures: &[Failure<'_>], base: &str) -> BTreeMap<&'static str, &'static str> {
    let named = |id: &str| failures.iter().find(|one| one.check.id == id);
    let mut causes = BTreeMap::new();
    for one in failures {
        let led = |(lead, others, tie): &Rule| {
            let lead = named(lead).filter(|lead| lead.check.id != one.check.id)?;
            let may = others.is_empty()
                || others.contains(&one.check.id)
                || others.contains(&one.check.topic());
            (may && tie.holds(lead, one, base)).then_some(lead.check.id)
        };
        if let Some(lead) = RULES.iter().find_map(led) {
            causes.insert(one.check.id, lead);
        }
    }
    causes
}

impl Tie {
    fn holds(self, lead: &Failure<'_>, other: &Failure<'_>, base: &str) -> bool {
        let both = || Some((lead.shown()?, other.shown()?));
        let alike = |what: fn(&Exchange) -> bool| {
            both().is_some_and(|(lead, other)| {
                what(other) && is_refused(lead) && lead.status() == other.status()
            })
        };
        let same_refusal = || {
            both().is_some_and(|(lead, other)| {
                is_refused(lead) && says_why(lead) && reason(lead) == reason(other)
            })
        };
        match self {
            Tie::Sign(sign) => lead.finding.sign == Some(sign) && other.finding.sign == Some(sign),
            Tie::Led(sign) => lead.finding.sign == Some(sign),
            Tie::Both => true,
            Tie::Refusal => same_refusal(),
            Tie::NameCase => same_refusal() || (lead.is_done() && other.is_done()),
            Tie::NoList => both().is_some_and(|(lead, other)| {
                let how = how_unreadable(lead);
                how == Some(Unreadable::NoTotal) && how == how_unreadable(other)
            }),
            Tie::Search => both().is_some_and(|(lead, other)| {
                is_list(other)
                    && how_unreadable(lead).is_some_and(|how| how_unreadable(other) == Some(how))
            }),
            Tie::Read => {
                let is_own = lead
                    .shown()
                    .is_some_and(|lead| !matches!(lead.status(), Some(404 | 429 | 500..) | None));
                is_own && same_refusal() && other.shown().is_some_and(is_get)
            }
            Tie::Capital => {
                lead.finding.sign == Some(Sign::CapitalOp)
                    && alike(|one| {
                        operations(one).iter().any(|one| op(one).starts_with(char::is_uppercase))
                    })
            }
            Tie::FilteredPath => {
                alike(|one| operations(one).iter().any(|one| path(one).contains('[')))
            }
            Tie::Add => {
                alike(|one| operations(one).iter().any(|one| op(one).eq_ignore_ascii_case("add")))
            }
            Tie::Null => {
                alike(|one| json_of(one.request.body()).is_some_and(|body| has_null(&body)))
            }
            Tie::ServerError => {
                lead.shown().and_then(Exchange::status).is_some_and(|status| status >= 500)
                    && same_refusal()
            }
            Tie::ErrorBody => {
                let no_json = |one: &Exchange| {
                    is_refused(one)
                        && one.reply.as_ref().is_ok_and(|it| json_of(it.body()).is_none())
                };
                both().is_some_and(|(lead, other)| no_json(lead) && no_json(other))
            }
            Tie::StaleRead => other.shown_at().is_some_and(|at| {
                let written = other.exchanges[..at]
                    .iter()
                    .any(|one| matches!(*one.request.method(), Method::PATCH | Method::PUT));
                written && is_get(&other.exchanges[at]) && is_of_one(&other.exchanges[at], base)
            }),
            Tie::SentInLife => lead.shown().is_some_and(|lead| {
                let is_it = |one: &Exchange| is_alike(one, lead, base);
                is_refused(lead) && other.exchanges.iter().any(is_it)
            }),
        }
    }
}

impl<'a> Failure<'a> {
    fn shown_at(&self) -> Option<usize> {
        self.finding.exchange.filter(|at| *at < self.exchanges.len())
    }

    fn shown(&self) -> Option<&'a Exchange> {
        self.exchanges.get(self.shown_at()?)
    }

    /// Whether what shows the failure is a read after a change that was answered with success.
    fn is_done(&self) -> bool {
        let at = self.shown_at().filter(|at| is_get(&self.exchanges[*at]));
        let before = at.and_then(|at| self.exchanges.get(at.checked_sub(1)?));
        let status = before.filter(|one| !is_get(one)).and_then(Exchange::status);
        status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What a response says: its status and the text of its error.
fn said(exchange: &Exchange) -> Option<String> {
    exchange.reply.as_ref().ok().map(|response| answer_of(response).said())
}

/// What a refusal says, without the words of its own request that it repeats in quotes: which
/// operation, and the last name of the path.
fn reason(exchange: &Exchange) -> Option<String> {
    let mut said = said(exchange)?;
    for operation in operations(exchange) {
        let last = path(&operation).rsplit('.').next().unwrap_or_default();
        for word in [op(&operation), &op(&operation).to_lowercase(), last] {
            for quote in ["'", "\"", "`"].into_iter().filter(|_| !word.is_empty()) {
                said = said.replace(&format!("{quote}{word}{quote}"), "…");
            }
        }
    }
    Some(said)
}

/// Whether an error says more than that something is wrong.
fn says_why(exchange: &Exchange) -> bool {
    let status = exchange.status().unwrap_or_default();
    matches!(status, 405 | 501) || said(exchange).is_some_and(|said| said != status.to_string())
}

fn is_refused(exchange: &Exchange) -> bool {
    exchange.status().is_some_and(|status| status >= 400)
}

fn is_get(exchange: &Exchange) -> bool {
    *exchange.request.method() == Method::GET
}

/// Whether a list is asked for.
fn is_list(exchange: &Exchange) -> bool {
    let path = exchange.request.uri().path().trim_end_matches('/');
    ["/Users", "/Groups", "/.search"].iter().any(|end| path.ends_with(end))
        && *exchange.request.method() != Method::PATCH
        && (is_get(exchange) || path.ends_with("/.search"))
}

/// Whether one user or group is asked for by its id.
fn is_of_one(exchange: &Exchange, base: &str) -> bool {
    let path = exchange.request.uri().path();
    let below = path.strip_prefix(base).unwrap_or(path);
    ["/Users/", "/Groups/"].iter().any(|begins| below.starts_with(begins))
}

/// In which way an answer to a search is no list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    Refused(u16),
    NoJson,
    NoTotal,
}

fn how_unreadable(exchange: &Exchange) -> Option<Unreadable> {
    let answer: Answer = answer_of(exchange.reply.as_ref().ok()?);
    match (answer.status, &answer.json) {
        (200, None) => Some(Unreadable::NoJson),
        (200, Some(_)) => answer.list().is_err().then_some(Unreadable::NoTotal),
        (status, _) => Some(Unreadable::Refused(status)),
    }
}

/// Whether a request is of the kind of another one, and was refused in the same way.
fn is_alike(one: &Exchange, other: &Exchange, base: &str) -> bool {
    let searches = |exchange: &Exchange| is_get(exchange) && is_list(exchange);
    let kind = |exchange: &Exchange| RequestKind::of(&exchange.request, base);
    let alike = match searches(one) && searches(other) {
        true => shape_of_filter(one) == shape_of_filter(other),
        false => kind(one) == kind(other),
    };
    alike && said(one) == said(other)
}

/// Whether a filter has a filter within, and several comparisons.
fn shape_of_filter(exchange: &Exchange) -> (bool, bool) {
    let query = exchange.request.uri().query().unwrap_or_default().replace('+', " ");
    let query = percent_decode_str(&query).decode_utf8_lossy().into_owned();
    (query.contains('['), query.contains("\" and "))
}

/// The operations of a PATCH.
fn operations(exchange: &Exchange) -> Vec<Value> {
    let body = json_of(exchange.request.body());
    let list = body.as_ref().and_then(|body| body["Operations"].as_array());
    list.cloned().unwrap_or_default()
}

fn op(operation: &Value) -> &str {
    operation["op"].as_str().unwrap_or_default()
}

fn path(operation: &Value) -> &str {
    operation["path"].as_str().unwrap_or_default()
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::verify::checks;

    /// A PATCH that was refused with this text.
    fn refused(op: &str, path: &str, says: &str) -> Exchange {
        let body = serde_json::json!({"Operations": [{"op": op, "path": path, "value": ""}]});
        let error = serde_json::json!({"detail": says, "scimType": "invalidValue"});
        let request = Request::patch("/scim/Users/1").body(Bytes::from(body.to_string()));
        let reply = Response::builder().status(400).body(Bytes::from(error.to_string()));
        Exchange {
            request: request.expect("a request"),
            reply: Ok(reply.expect("a response")),
            took: std::time::Duration::ZERO,
            at_once: false,
            is_shown: false,
        }
    }

    #[test]
    fn refusals_are_alike_whose_texts_differ_in_the_words_of_their_own_requests() {
        let manager = |op: &str| {
            let says = format!("'manager' expected complex value for '{}' op", op.to_lowercase());
            refused(op, "urn:x:2.0:User:manager", &says)
        };
        let name = |path: &str, name: &str| {
            refused("replace", path, &format!("Invalid attribute path '{name}' for 'replace' op"))
        };
        for (id, one, other_id, other, tied) in [
            ("mgr.bare", manager("Add"), "mgr.clear", manager("Replace"), true),
            (
                "mgr.bare",
                manager("Add"),
                "mgr.clear",
                refused("Replace", "urn:x:2.0:User:manager", "no such user"),
                false,
            ),
            (
                "patch.sub-case",
                name("emails[type eq \"work\"].Value", "Value"),
                "patch.case-attr",
                name("DisplayName", "DisplayName"),
                true,
            ),
        ] {
            let (one, other, found) = ([one], [other], Finding::shown("", Some(0)));
            let failure = |id, exchanges| Failure {
                check: checks::named(id).expect("a check"),
                finding: &found,
                exchanges,
            };
            let all = [failure(id, &one[..]), failure(other_id, &other[..])];
            let told = causes(&all, "/scim");
            assert_eq!(told.get(other_id) == Some(&id), tied, "{other_id}: {told:?}");
        }
    }

    #[test]
    fn all_names_are_those_of_checks_and_none_leads_itself_in_a_circle() {
        let known =
            |name: &str| checks::all().any(|check| check.id == name || check.topic() == name);
        for (lead, others, _) in RULES {
            assert!(checks::named(lead).is_some(), "{lead}");
            assert!(others.iter().all(|other| known(other)), "{lead}: {others:?}");
        }
        // Those that may be led by any rule with names never lead the one that leads them.
        for (lead, others, _) in RULES {
            for (other_lead, led, _) in RULES {
                let back = led.contains(lead) && others.contains(other_lead);
                assert!(!back, "{lead} and {other_lead}");
            }
        }
    }
}
