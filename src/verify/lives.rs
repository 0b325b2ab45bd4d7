//! Plays a life through the engine against the server of a session, and judges what the server
//! holds at its end.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::finding::{Finding, NotPassed};
use super::session::{Endpoint, Session};
use super::stories::LifeText;
use crate::entra::Reply;
use crate::entra::field::ObjectKind;
use crate::foreign::{Access, ForeignPlay, Server, Target};
use crate::scenario::expect::Expectation;
use crate::scenario::play::Checked;
use crate::scenario::{self, Override, Play};
use crate::world::intent::{self, Named};

/// What a life has beside its moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum With {
    /// Users alone are mapped.
    Users,
    /// Users and groups are mapped.
    Groups,
    /// Users alone are mapped, and at ten minutes the account is deleted at the server by hand.
    AccountDeleted,
}

/// Plays a life to its end. What it made is left to the session to delete.
///
/// # Errors
/// The first expectation that is not met, or why the life ended before its time.
pub fn play(session: &mut Session<'_>, life: LifeText, with: With) -> Result<(), NotPassed> {
    let name = session.name("life");
    let script = match scenario::load(
        "life",
        &text(&name, &life.concat(), with),
        &overrides(session, &name),
    ) {
        Ok(script) => script,
        Err(wrong) => {
            let said = scenario::messages::render(&wrong);
            return Err(NotPassed::skipped(format!("the life cannot be played: {said}")));
        }
    };
    let access = Access {
        base_path: session.plan().base_path.clone(),
        headers: session.headers(),
        tokens: None,
        budget: session.requests_left(),
        adopt: false,
    };
    let ends = script.ends;
    let (tally, plan) = (session.tally(), session.plan());
    let stops = || tally.ended(plan).is_some();
    let mut target = Target::new(Line { session }, access);
    let mut running = ForeignPlay::new(&mut target, &stops);
    let mut play = running.begin(script);
    if with == With::AccountDeleted {
        let at = play.script().start + Duration::from_secs(600);
        running.run_to(&mut play, at);
        running.delete_by_hand(&mut play);
    }
    running.run_to(&mut play, ends);
    running.finish(&mut play);
    let ended = running.ended().map(str::to_owned);
    for (kind, id) in target.made_here() {
        let kind = match kind {
            ObjectKind::User => Endpoint::User,
            ObjectKind::Group => Endpoint::Group,
        };
        target.server().session.remember(kind, &id);
    }
    let told = target.server().session.telling_exchange();
    if let Some(why) = tally.ended(plan) {
        return Err(NotPassed::Ended(why));
    }
    let Some(came) = ended.or_else(|| said(&play)) else { return Ok(()) };
    let (exchange, answer) = match told {
        Some((nth, answer)) => (Some(nth), format!("; {answer}")),
        None => (None, String::new()),
    };
    Err(NotPassed::Failed(Finding::shown(came + &answer, exchange)))
}

/// The life as a whole scenario; its names are its own.
fn text(name: &str, life: &str, with: With) -> String {
    let groups = match with {
        With::Groups => "",
        With::Users | With::AccountDeleted => "[entra.mappings.groups]\nenabled = false\n",
    };
    let (top, rest) = life.split_once("\n[").unwrap_or((life, ""));
    let rest =
        format!("[{rest}").replace("DOMAIN", &format!("{name}.example")).replace("TAG", name);
    // A user of another run may have had the same external id.
    format!(
        "title = \"{name}\"\nseed = 7\n{top}\n[entra.mappings]\ntemplate = \"scim\"\n{groups}\n{rest}"
    )
}

fn overrides(session: &Session<'_>, name: &str) -> Vec<Override> {
    let plan = session.plan();
    let path = if plan.base_path.is_empty() { "/" } else { &plan.base_path };
    let domain = format!("{}.example", name);
    let dialect = if plan.compliant { "compliant" } else { "classic" };
    [
        ("entra.tenant_url", path),
        ("entra.dialect", dialect),
        ("entra.auth", "bearer"),
        ("entra.secret", "the-token-of-the-command-line"),
        ("people.domain", &domain),
    ]
    .map(|(path, value)| Override::new(path, format!("\"{value}\"")))
    .into()
}

/// What is not as it should be, in words: what differs at the server at the end, by the names that
/// the directory shows; else the first expectation that is not met.
fn said(play: &Play) -> Option<String> {
    let unmet = play.checks().iter().find(|check| !check.met)?;
    let differ = play.world().views().flat_map(|world| {
        let users = intent::compare(world);
        let groups = intent::compare_groups(world);
        let users: Vec<_> = users.iter().map(|one| one.says(world, Named::Shown)).collect();
        users.into_iter().chain(groups.into_iter().map(move |one| one.says(world, Named::Shown)))
    });
    let differ: Vec<String> = differ.collect();
    Some(match differ.is_empty() {
        true => instead(play, unmet),
        false => differ.join("; "),
    })
}

/// What came instead of what was expected.
fn instead(play: &Play, unmet: &Checked) -> String {
    let is = |it: &&Expectation| it.line == unmet.line && it.text == unmet.expected;
    match (play.script().expectations().find(is), &unmet.seen) {
        (Some(expectation), Some(seen)) => expectation.missed(seen, "the server"),
        (Some(expectation), None) => {
            format!("{}; due was: {}", unmet.actual, expectation.sentence(None))
        }
        (None, _) => format!("{}: {}", unmet.expected, unmet.actual),
    }
}

/// The server of a session, as a life reaches it; the session remembers what was sent.
struct Line<'s, 'a> {
    session: &'s mut Session<'a>,
}

impl Server for Line<'_, '_> {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        self.session.carry(request)
    }
}
