//! `verify`: checks a SCIM server as Entra's provisioning would use it, and says what is wrong with
//! it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use super::left::LeftAt;
use super::signals::{DELETES_FIRST, signalled, stop_when_told};
use super::verify_again::{self, Again};
use super::verify_lanes::HttpLanes;
use super::verify_progress::VerifyProgress;
use super::verify_report as report;
use crate::app::cli::{AccessFlags, OutputFormat, ReportForm, VerifyArgs};
use crate::app::exit::{CommandError, Exit};
use crate::app::remote::{self, Address, Patience, STOP, TokenClient};
use crate::app::terminal;
use crate::base::Seed;
use crate::base::diagnostic::did_you_mean_of;
use crate::entra::settings;
use crate::scenario::report::{Line, Tone};
use crate::verify::finding::Sign;
use crate::verify::steadiness::REACH;
use crate::verify::{Plan, Report, Severity, checks, verify};

/// The tenant that signs assertions: that of scenarios with the seed 7.
const TENANT: Seed = Seed(7);

/// Checks the server and prints the verdict.
pub fn run(args: &VerifyArgs, (quiet, verbose): (bool, u8)) -> Result<Exit, CommandError> {
    if args.list {
        terminal::print_lines(&report::table());
        return Ok(Exit::Met);
    }
    let Some(url) = &args.url else {
        return Err(CommandError::bad("which server?")
            .help("scimulator verify http://localhost:8080/scim/v2"));
    };
    let address = Address::parse(url)?;
    address.must_be_near(args.access.anywhere)?;
    // What was typed wrongly is told whether or not a server is there.
    let plan = plan(args, &address)?;
    remote::must_listen(&address)?;
    let known = known(args)?;
    let patience = Patience::new(args.access.max_wait);
    let mut lanes = HttpLanes::open(&address, &args.access, &patience, lane_count(args))?;
    if !quiet && !args.json {
        announce(&address, &plan);
        if let Some(oauth) =
            TokenClient::read(&args.access, TENANT)?.filter(TokenClient::is_federated)
        {
            terminal::print_lines(&[Line::of(Tone::Faint, oauth.trusted())]);
        }
    }
    stop_when_told(DELETES_FIRST);
    let began = Instant::now();
    let planned = checks::all().filter(|check| plan.skips(check).is_none()).count();
    lanes.show(VerifyProgress::new(planned, quiet || args.json), &patience);
    let found = verify(&mut lanes, &plan);
    lanes.finish();
    let took = began.elapsed();
    must_have_begun((&address, &args.access), &found, &plan, &mut lanes)?;
    let verdict = report::Verdict::of(&found, &known, args.fail_on);
    if args.json {
        terminal::print(&report::json(&found, &plan.origin, &verdict));
    } else {
        let url = address.to_string();
        let at = (plan.origin.as_str(), &LeftAt::of(&url, &args.access));
        let again = again(args, &found, (&plan, &url), verbose > 0);
        let lines = report::lines(&found, at, &verdict, took, (!quiet).then_some(&again));
        terminal::print_lines(&lines);
    }
    if args.format == OutputFormat::Github {
        for annotation in report::annotations(&found, &verdict, args.fail_on) {
            terminal::print(&annotation.to_line());
        }
    }
    let written = report::write_files(args, &found, &plan.origin, &verdict, took)?;
    if !quiet && !written.is_empty() {
        let written: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
        terminal::note(&format!("written: {}", written.join(", ")));
    }
    Ok(match signalled() {
        Some(exit) => exit,
        None if verdict.failed => Exit::Failed,
        None if found.ended.is_some() => Exit::NotStarted,
        None => Exit::Met,
    })
}

/// Refuses what is no SCIM server that lets the client in, in the words of every command; what
/// Entra makes of it is added.
fn must_have_begun(
    (address, access): (&Address, &AccessFlags),
    found: &Report,
    plan: &Plan,
    lanes: &mut HttpLanes,
) -> Result<(), CommandError> {
    let failures = found.failures();
    let Some(reach) = failures.into_iter().find(|one| one.check.id == REACH) else { return Ok(()) };
    let Some(reply) = reach.shows().map(|shown| &shown.reply) else { return Ok(()) };
    remote::must_not_speak_tls(address, reply)?;
    let mut ask = |path: &str| {
        let mut request = http::Request::new(bytes::Bytes::new());
        *request.uri_mut() = path.parse().unwrap_or_default();
        *request.headers_mut() = plan.headers.clone();
        lanes.ask(request)
    };
    let sign = reach.finding().and_then(|found| found.sign);
    let begun = match sign {
        Some(Sign::NeedsUserAgent) => remote::must_not_want_user_agent(address, reply),
        _ => remote::must_be_here(address, reply, &mut ask)
            .and_then(|()| remote::must_be_open(address, access, reply)),
    };
    begun.map_err(|refused| {
        let entra = format!("Entra: {}", reach.entra_says());
        let parts = [refused.help.clone(), entra];
        let said: Vec<&str> =
            parts.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        refused.help(said.join("\n  = "))
    })
}

/// Where each failure is shown again: in a script, and below it when there is none or that is asked
/// for (`-v`).
fn again(args: &VerifyArgs, found: &Report, (plan, url): (&Plan, &str), wordy: bool) -> Again {
    let script = match args.report.contains(&ReportForm::Sh) {
        true => {
            verify_again::script(found, &plan.origin).map(|_| args.out.join(verify_again::SCRIPT))
        }
        false => verify_again::write(found, &plan.origin, url),
    };
    Again { lines: wordy || script.is_none(), script }
}

/// How many checks run at the same time. A single one when the first failure ends all.
fn lane_count(args: &VerifyArgs) -> usize {
    if args.fail_fast { 1 } else { usize::from(args.jobs) }
}

/// Whether a check or a topic is among those that are left out, by itself or by its topic.
fn is_left_out(name: &str, skip: &[String]) -> bool {
    let topic = name.split_once('.').map_or(name, |(topic, _)| topic);
    skip.iter().any(|left| left == name || left == topic)
}

fn plan(args: &VerifyArgs, address: &Address) -> Result<Plan, CommandError> {
    for name in args.only.iter().chain(&args.skip) {
        let topics = checks::all().map(|check| check.topic());
        let ids: Vec<&str> = checks::all().map(|check| check.id).chain(topics).collect();
        if !ids.contains(&name.as_str()) {
            let help = did_you_mean_of(name, ids.iter().copied(), "verify --list");
            return Err(CommandError::bad(format!("there is no check called `{name}`"))
                .help(if help.is_empty() { "scimulator verify --list".to_owned() } else { help }));
        }
    }
    if !args.only.is_empty() && args.only.iter().all(|name| is_left_out(name, &args.skip)) {
        let said =
            format!("`--skip` leaves out all of what `--only {}` asks for", args.only.join(","));
        return Err(CommandError::bad(said).help("take one of the two away"));
    }
    let oauth = TokenClient::read(&args.access, TENANT)?;
    Ok(Plan {
        tokens: oauth.map(|oauth| oauth.forms()),
        ended_token: args.ended_token_env.as_deref().map(ended_token).transpose()?,
        origin: address.origin.clone(),
        base_path: address.base_path.clone(),
        carried: address.carried.clone(),
        headers: remote::headers(&args.access)?,
        profile: args.profile,
        groups: args.groups,
        compliant: address.query.as_deref().is_some_and(is_compliant),
        only: args.only.clone(),
        skip: args.skip.clone(),
        tag: tag(),
        budget: args.budget,
        fail_fast: args.fail_fast,
        keep: args.keep,
        stops: || STOP.load(Ordering::Relaxed),
        is_near: address.is_near(),
    })
}

/// Whether the query of a tenant URL has the flag of the compliant dialect [scim-compat].
fn is_compliant(query: &str) -> bool {
    query.split('&').any(|flag| flag == settings::COMPLIANT_FLAG)
}

/// A token that has ended, from the environment.
fn ended_token(name: &str) -> Result<HeaderValue, CommandError> {
    let token = std::env::var(name)
        .map_err(|_| CommandError::bad(format!("the variable {name} is not set")))?;
    HeaderValue::try_from(format!("Bearer {}", token.trim()))
        .map_err(|_| CommandError::bad(format!("no header can hold what {name} holds")))
}

/// A tag that no earlier run had: the time, in letters and digits.
fn tag() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut rest = now;
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize]);
        rest /= 36;
    }
    digits.reverse();
    format!("verify-{}", String::from_utf8_lossy(&digits))
}

/// Known failures: an id a line, and the reason after it.
fn known(args: &VerifyArgs) -> Result<BTreeMap<String, String>, CommandError> {
    let Some(path) = &args.known else { return Ok(BTreeMap::new()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::bad(format!("cannot read {}: {error}", path.display())))?;
    let mut known = BTreeMap::new();
    for (nth, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some(id) = line.split_whitespace().next() else { continue };
        if checks::named(id).is_none() {
            let ids: Vec<&str> = checks::all().map(|check| check.id).collect();
            return Err(CommandError::bad(format!(
                "{}:{}: there is no check called `{id}`",
                path.display(),
                nth + 1
            ))
            .help(did_you_mean_of(id, ids, "verify --list")));
        }
        let reason = line[id.len()..].trim();
        known.insert(id.to_owned(), reason.to_owned());
    }
    Ok(known)
}

/// Says what will be written where, before the first request.
fn announce(address: &Address, plan: &Plan) {
    let places: Vec<String> = address.places.iter().map(ToString::to_string).collect();
    let what = match plan.keep {
        true => "leaves there what it makes",
        false => "deletes what it makes",
    };
    terminal::print_lines(&[
        Line::of(Tone::Strong, address.to_string()),
        Line::of(
            Tone::Faint,
            format!(
                "at {}; makes users and groups named {}-…, {what}, and touches no others; at most {} requests",
                places.join(", "),
                plan.tag,
                plan.budget
            ),
        ),
    ]);
}

/// Reads a severity as the command line has it.
pub fn severity(text: &str) -> Result<Severity, String> {
    word(text, &Severity::WORDS)
}

/// Reads one of a list of words.
pub fn word<T: Copy>(text: &str, words: &[(&'static str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("one of {}", known.join(", "))
    })
}
