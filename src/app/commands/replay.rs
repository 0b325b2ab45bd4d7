//! `replay`: sends the requests of a recording to a server, compares its answers with the recorded
//! ones, and deletes what it made there.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::left::{self, LeftAt};
use super::signals::{DELETES_FIRST, STOPPED, signalled, stop_when_told};
use crate::app::exit::{CommandError, Exit};
use crate::app::recorder::{Files, ReplayArgs};
use crate::app::remote::{self, Address, HttpServer, Patience, TokenClient, ledger};
use crate::app::terminal;
use crate::base::Seed;
use crate::entra::Reply;
use crate::foreign::{
    FIRST_QUESTION, Left, Server, Stays, StillThere, TokenEndpoint, delete_all, mark_clean_up,
};
use crate::recording::compare::{ServerAnswer, shorten};
use crate::recording::others::LeftOut;
use crate::recording::repeated::Repeated;
use crate::recording::replay::{Difference, SEGMENT, is_bare};
use crate::recording::{Exchange, Replay};
use crate::scenario::report::{Line, Tone};

/// The tenant that signs assertions: that of scenarios with the seed 7.
const TENANT: Seed = Seed(7);

/// Server errors in a row, or lost answers, after which the replay ends.
const ERRORS_IN_A_ROW: u32 = 5;

/// Sends the requests and prints what differs.
pub fn run(args: &ReplayArgs, quiet: bool) -> Result<Exit, CommandError> {
    let (recording, exchanges) = Files::read(&args.recording)?;
    let address = Address::parse(&args.against)?;
    address.must_be_near(args.access.anywhere)?;
    remote::must_listen(&address)?;
    let mut sender = Sender {
        server: HttpServer::new(&address, &args.access, &Patience::new(args.access.max_wait))?,
        headers: remote::headers(&args.access)?,
        tokens: TokenClient::read(&args.access, TENANT)?.map(|oauth| oauth.endpoint()),
        bearer: None,
        base: address.base_path.clone(),
        sent: 0,
        budget: args.budget,
        failures: 0,
        ended: None,
    };
    let asked = sender.ask(FIRST_QUESTION);
    remote::must_be_here(&address, &asked, &mut |path| sender.ask_host(path))?;
    remote::must_be_scim(&address, &args.access, &asked)?;
    stop_when_told(DELETES_FIRST);
    if !quiet && !args.json {
        announce(args, &address, exchanges.len(), &recording.upstream);
    }
    let mut replay = Replay::new(&recording, exchanges, &address.base_path);
    let mut told = Told::default();
    look_around(&mut replay, &mut sender, &mut told, quiet || args.json);
    prepare(&mut replay, &mut sender, &mut told);
    send_all(&mut replay, &mut sender, &mut told, quiet || args.json);
    told.requests = sender.sent;
    told.left.there = match args.keep {
        true => replay.made().iter().map(|path| kept(path)).collect(),
        false => ledger::cleaning(|| clean_up(&replay, &mut sender)),
    };
    doubtful(&mut sender, args.keep, &mut told.left);
    let name = |path: &String| ledger::name_at(&format!("{}{path}", address.base_path));
    let paths = told.left.there.iter().map(|one| &one.path);
    told.left.names = paths.filter_map(|path| Some((path.clone(), name(path)?))).collect();
    told.of = replay.exchanges().len();
    told.ended = sender.ended;
    match args.json {
        true => terminal::print(&told.json()),
        false => {
            let url = address.to_string();
            terminal::print_lines(&told.summary(args.keep, &LeftAt::of(&url, &args.access)));
        }
    }
    if let Some(exit) = signalled() {
        return Ok(exit);
    }
    if told.ended.is_some() || told.compared == 0 {
        return Ok(Exit::NotStarted);
    }
    Ok(if told.differences.is_empty() { Exit::Met } else { Exit::Failed })
}

/// Asks how much the server holds already: all of that is none of the recording's.
fn look_around(replay: &mut Replay, sender: &mut Sender, told: &mut Told, silent: bool) {
    let mut held = Vec::new();
    for (endpoint, what) in [("/Users", "users"), ("/Groups", "groups")] {
        if !replay.touches(endpoint) {
            continue;
        }
        let answer = sender.ask(&format!("{endpoint}?startIndex=1&count=1")).ok();
        let list = answer.and_then(|answer| serde_json::from_slice::<Value>(answer.body()).ok());
        let total = list.and_then(|list| list.get("totalResults")?.as_u64()).unwrap_or_default();
        if total > 0 {
            replay.holds_others();
            told.held.insert(what, total);
            held.push(format!("{total} {what}"));
        }
    }
    if !held.is_empty() && !silent {
        let held = held.join(" and ");
        let said =
            format!("it holds {held} already: they are left alone, and out of what is compared");
        terminal::print_lines(&[Line::of(Tone::Faint, said)]);
    }
}

/// Makes what the recording found at its server and did not make.
fn prepare(replay: &mut Replay, sender: &mut Sender, told: &mut Told) {
    for found in replay.found() {
        let Some(request) = replay.make(&found) else { continue };
        let answer = sender.exchange(request, true);
        if sender.ended.is_some() {
            return;
        }
        if replay.made_found(&found, answer.as_ref()) {
            told.prepared += 1;
        } else {
            let status = match answer.map(|answer| answer.status) {
                None => "no answer".to_owned(),
                Some(409) => "409: something that was there before has its name".to_owned(),
                Some(status) => status.to_string(),
            };
            told.unprepared.push(format!("{}/{} ({status})", found.endpoint, found.id));
        }
    }
}

fn send_all(replay: &mut Replay, sender: &mut Sender, told: &mut Told, silent: bool) {
    for exchange in replay.exchanges().to_vec() {
        if sender.ended.is_some() {
            return;
        }
        told.reached += 1;
        let request = match replay.next(&exchange) {
            Err(why) => {
                told.skipped.entry(why).or_default().push(exchange.seq);
                continue;
            }
            Ok(request) => request,
        };
        let answer = sender.exchange(request.clone(), !is_bare(&exchange));
        let Some(answer) = answer else {
            told.reached -= usize::from(sender.ended.is_some());
            continue;
        };
        let outcome = replay.answered(&exchange, &request, &answer);
        if let Some(name) = taken(replay, sender, &exchange, &answer) {
            told.taken.push((exchange.seq, name));
            continue;
        }
        told.compared += u64::from(exchange.response.is_some());
        told.left_out(exchange.seq, outcome.left_out);
        if let Some(difference) = outcome.difference {
            let new = told.repeated.note(&difference);
            if !silent && !new.is_empty() {
                terminal::print_lines(&lines(&Difference { points: new, ..difference.clone() }));
            }
            told.differences.push(difference);
        }
    }
}

/// The name that a create was refused for because of an object that was there before: that says
/// nothing of how the server behaves.
fn taken(
    replay: &Replay,
    sender: &mut Sender,
    exchange: &Exchange,
    answer: &ServerAnswer,
) -> Option<String> {
    let refused = replay.refused_name(exchange, answer)?;
    let name = refused.name()?;
    let found = sender.named(&refused.endpoint, name)?;
    let others = !found.is_empty() && !found.iter().any(|id| replay.has_made(id));
    others.then(|| name.to_owned())
}

fn kept(path: &str) -> StillThere {
    StillThere { path: path.to_owned(), why: Stays::Kept }
}

/// Deletes what was made, latest first; returns what is still there.
fn clean_up(replay: &Replay, sender: &mut Sender) -> Vec<StillThere> {
    let left = delete_all(replay.made().to_vec(), &mut |path: &String| Some(sender.clean(path)));
    left.into_iter().map(|(path, why)| StillThere { path, why }).collect()
}

/// Looks for what creates made that got no answer, or an error of the server, and deletes it unless
/// it is to stay; adds what is still there, or may be.
fn doubtful(sender: &mut Sender, keep: bool, all: &mut Left) {
    let mut gone = false;
    for (path, name) in ledger::doubtful() {
        let endpoint = path.strip_prefix(&sender.base).unwrap_or(&path).to_owned();
        let found = if gone { None } else { sender.named(&endpoint, &name) };
        let Some(found) = found else {
            gone = true;
            all.unknown.push((endpoint, name));
            continue;
        };
        let there: Vec<String> = found.iter().map(|id| format!("{endpoint}/{id}")).collect();
        if keep {
            all.there.extend(there.iter().map(|path| kept(path)));
            continue;
        }
        let stay = delete_all(there, &mut |path: &String| Some(sender.clean(path)));
        all.there.extend(stay.into_iter().map(|(path, why)| StillThere { path, why }));
    }
}

fn with(request: &Request<Bytes>, bearer: HeaderValue) -> Request<Bytes> {
    let mut request = request.clone();
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request
}

/// Sends requests with the headers that let the client in, and counts.
struct Sender {
    server: HttpServer,
    headers: HeaderMap,
    /// Where access tokens come from, when they do, and the one that was granted last.
    tokens: Option<TokenEndpoint>,
    bearer: Option<HeaderValue>,
    base: String,
    sent: u64,
    budget: u64,
    failures: u32,
    /// Why nothing more is sent.
    ended: Option<String>,
}

impl Sender {
    /// Reads a path below the base, as a request of our own.
    fn ask(&mut self, path: &str) -> Reply {
        self.own(Method::GET, path)
    }

    /// Reads a path of the host, whatever the base.
    fn ask_host(&mut self, path: &str) -> Reply {
        self.own_at(Method::GET, path)
    }

    /// The ids of what has a name, as they stand in a path; `None` when no list comes.
    fn named(&mut self, endpoint: &str, name: &str) -> Option<Vec<String>> {
        let attribute = if endpoint == "/Groups" { "displayName" } else { "userName" };
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = format!("{attribute} eq \"{quoted}\"");
        let filter = utf8_percent_encode(&filter, NON_ALPHANUMERIC);
        let answer = self.ask(&format!("{endpoint}?filter={filter}")).ok()?;
        let list: Value = serde_json::from_slice(answer.body()).ok()?;
        let is_it = |one: &&Value| one.get(attribute).and_then(Value::as_str) == Some(name);
        let id = |one: &Value| {
            let id = one.get("id")?.as_str()?;
            Some(utf8_percent_encode(id, SEGMENT).to_string())
        };
        match list.get("Resources") {
            Some(found) => Some(found.as_array()?.iter().filter(is_it).filter_map(id).collect()),
            // An empty list need not name its resources (RFC 7644 3.4.2).
            None => list.get("totalResults").map(|_| Vec::new()),
        }
    }

    /// A request of our own below the base, without a body.
    fn own(&mut self, method: Method, path: &str) -> Reply {
        let path = format!("{}{path}", self.base);
        self.own_at(method, &path)
    }

    /// Deletes what the replay has made, and says that this is why.
    fn clean(&mut self, path: &str) -> Reply {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::DELETE;
        *request.uri_mut() = Uri::try_from(format!("{}{path}", self.base)).unwrap_or_default();
        mark_clean_up(&mut request);
        self.plain(request, true)
    }

    fn own_at(&mut self, method: Method, path: &str) -> Reply {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = Uri::try_from(path).unwrap_or_default();
        let accept = HeaderValue::from_static(crate::scim::CONTENT_TYPE);
        request.headers_mut().insert(ACCEPT, accept);
        self.plain(request, true)
    }

    fn plain(&mut self, mut request: Request<Bytes>, signed: bool) -> Reply {
        for (name, value) in self.headers.iter().filter(|_| signed) {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        if !signed || self.tokens.is_none() {
            return self.send(request);
        }
        if let Some(bearer) = self.bearer.clone() {
            let reply = self.send(with(&request, bearer));
            if !reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED) {
                return reply;
            }
        }
        self.bearer = self.granted();
        match self.bearer.clone() {
            Some(bearer) => self.send(with(&request, bearer)),
            None => self.send(request),
        }
    }

    fn send(&mut self, request: Request<Bytes>) -> Reply {
        self.sent += 1;
        self.server.exchange(request).0
    }

    /// Asks for an access token. Those of the recording were not kept, and have ended.
    fn granted(&mut self) -> Option<HeaderValue> {
        let tokens = self.tokens.as_ref()?;
        let mut request = Request::new((tokens.form)());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = tokens.uri.clone();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form);
        let answer = self.send(request).ok()?;
        let body: Value = serde_json::from_slice(answer.body()).ok()?;
        HeaderValue::try_from(format!("Bearer {}", body.get("access_token")?.as_str()?)).ok()
    }

    /// Sends a request; `None` when no answer came, or none is to be sent any more.
    fn exchange(&mut self, request: Request<Bytes>, signed: bool) -> Option<ServerAnswer> {
        if signalled().is_some() {
            self.ended = Some(STOPPED.to_owned());
        } else if self.sent >= self.budget {
            self.ended = Some(format!("the budget of {} requests is spent", self.budget));
        }
        if self.ended.is_some() {
            return None;
        }
        let reply = self.plain(request, signed);
        let broke = reply.as_ref().map_or(true, |answer| {
            answer.status().is_server_error() || answer.status() == StatusCode::TOO_MANY_REQUESTS
        });
        self.failures = if broke { self.failures + 1 } else { 0 };
        if self.failures >= ERRORS_IN_A_ROW {
            self.ended = Some(format!(
                "{ERRORS_IN_A_ROW} requests in a row failed, were throttled or were not answered"
            ));
        }
        let answer = reply.ok()?;
        let media = answer.headers().get(CONTENT_TYPE);
        Some(ServerAnswer {
            status: answer.status().as_u16(),
            media: media
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .unwrap_or_default(),
            body: answer.into_body().to_vec(),
        })
    }
}

/// What there is to tell.
#[derive(Default)]
struct Told {
    /// How many exchanges the recording has.
    of: usize,
    /// How many of its requests were sent or left out.
    reached: usize,
    requests: u64,
    compared: u64,
    prepared: u64,
    unprepared: Vec<String>,
    /// What the server held beforehand: `users`, `groups`, and how many.
    held: BTreeMap<&'static str, u64>,
    /// Creates that were refused for a name that was there before.
    taken: Vec<(u64, String)>,
    /// The answers of which something was not compared.
    others: Vec<(u64, LeftOut)>,
    skipped: BTreeMap<&'static str, Vec<u64>>,
    differences: Vec<Difference>,
    repeated: Repeated,
    left: Left,
    ended: Option<String>,
}

impl Told {
    fn left_out(&mut self, seq: u64, left_out: LeftOut) {
        if !left_out.is_nothing() {
            self.others.push((seq, left_out));
        }
    }

    /// What was not compared, and why.
    fn not_compared(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (seq, name) in &self.taken {
            let said = format!(
                "not compared: {seq}: it creates \"{name}\", and something that was there before \
                 has this name"
            );
            lines.push(Line::of(Tone::Warn, said));
        }
        let mut line = |which: Vec<u64>, why: &str| {
            if !which.is_empty() {
                let said = format!("not compared: {}: {why}", numbers(&which));
                lines.push(Line::of(Tone::Faint, said));
            }
        };
        let which = |part: bool| {
            let which = self.others.iter().filter(|(_, left_out)| left_out.part == part);
            which.map(|(seq, _)| *seq).collect::<Vec<_>>()
        };
        line(which(false), "what these lists show of objects that were there before");
        line(
            which(true),
            "how many these lists count and what is on them: they are pages, and objects that the \
             recording is not about are counted in them",
        );
        lines
    }

    fn summary(&self, keep: bool, at: &LeftAt<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (why, which) in &self.skipped {
            let said = format!("not sent: {}: {why}", numbers(which));
            lines.push(Line::of(Tone::Faint, said));
        }
        lines.extend(self.not_compared());
        if self.prepared > 0 {
            let said =
                format!("made beforehand: {}, which the recording found there", self.prepared);
            lines.push(Line::of(Tone::Faint, said));
        }
        for object in &self.unprepared {
            let said = format!("could not be made beforehand: {object}");
            lines.push(Line::of(Tone::Warn, said));
        }
        let tone = if keep { Tone::Faint } else { Tone::Warn };
        if !self.left.there.is_empty() {
            let count = self.left.there.len();
            lines.push(Line::of(tone, format!("{count} {}", left::how(&self.left))));
        }
        lines.extend(at.things(&self.left, tone));
        lines.extend(again(&self.repeated));
        let (differ, compared) = (self.differences.len(), self.compared);
        if let Some(why) = &self.ended {
            let (reached, of) = (self.reached, self.of);
            let tone = if differ > 0 { Tone::Bad } else { Tone::Warn };
            let said = format!(
                "UNFINISHED  after {reached} of {of} exchanges: {why}; until then {} answers were \
                 as recorded, {differ} differed",
                compared.saturating_sub(differ as u64)
            );
            lines.push(Line::of(tone, said));
            return lines;
        }
        lines.push(match (differ, compared) {
            (0, 0) => Line::of(Tone::Warn, "no answer was compared".to_owned()),
            (0, _) => Line::of(Tone::Good, format!("GREEN    {compared} answers as recorded")),
            _ => {
                let ways = match self.repeated.kinds().len() {
                    1 => "one way".to_owned(),
                    many => format!("{many} ways"),
                };
                let said = format!("FAILED   {differ} of {compared} answers differ, in {ways}");
                Line::of(Tone::Bad, said)
            }
        });
        lines
    }

    fn json(&self) -> String {
        let point = |point: &crate::recording::compare::Point| json!({"place": point.place, "expected": point.expected, "actual": point.actual});
        let differences: Vec<Value> = self
            .differences
            .iter()
            .map(|one| {
                let points: Vec<Value> = one.points.iter().map(point).collect();
                json!({"seq": one.seq, "request": one.request, "sent": one.sent, "points": points})
            })
            .collect();
        let which = |of: fn(&LeftOut) -> bool| {
            let which = self.others.iter().filter(|(_, left_out)| of(left_out));
            which.map(|(seq, _)| *seq).collect::<Vec<_>>()
        };
        let taken = self.taken.iter().map(|(seq, name)| json!({"seq": seq, "name": name}));
        let result = json!({
            "requests": self.requests,
            "compared": self.compared,
            "prepared": self.prepared,
            "unprepared": self.unprepared,
            "skipped": self.skipped,
            "held": self.held,
            "not_compared": {
                "names_taken": taken.collect::<Vec<_>>(),
                "objects_of_others": which(|left_out| !left_out.part),
                "pages_with_others": which(|left_out| left_out.part),
            },
            "differences": differences,
            "left": self.left.there.iter().map(|one| &one.path).collect::<Vec<_>>(),
            "unknown": self.left.unknown.iter().map(|(_, name)| name).collect::<Vec<_>>(),
            "ended": self.ended,
        });
        format!("{result:#}\n")
    }
}

/// The numbers of exchanges, at most so many that a line can have.
fn numbers(which: &[u64]) -> String {
    const MOST: usize = 8;
    let named: Vec<String> = which.iter().take(MOST).map(u64::to_string).collect();
    let more = if which.len() > MOST { ", …" } else { "" };
    format!("{}{more}", named.join(", "))
}

/// How many exchanges are named that differ in one way.
const NAMED: usize = 6;

/// The differences that came more than once, the first of each kind with how often it came.
fn again(repeated: &Repeated) -> Vec<Line> {
    let mut lines = Vec::new();
    for kind in repeated.kinds().iter().filter(|kind| kind.seqs.len() > 1) {
        if lines.is_empty() {
            lines.push(Line::of(
                Tone::Plain,
                "the same again, each told above where it came first:",
            ));
        }
        let named: Vec<String> = kind.seqs.iter().take(NAMED).map(u64::to_string).collect();
        let more = if kind.seqs.len() > NAMED { ", …" } else { "" };
        let (times, point) = (kind.seqs.len(), &kind.first);
        let said = format!(
            "{times:>5} times  {}, as recorded {}, now {}: in {}{more}",
            point.place,
            point.expected,
            point.actual,
            named.join(", ")
        );
        lines.push(Line::of(Tone::Bad, said));
    }
    lines
}

/// A difference: the request, what was sent, what was recorded and what came.
fn lines(difference: &Difference) -> Vec<Line> {
    let mut lines =
        vec![Line::of(Tone::Strong, format!("{:>5}  {}", difference.seq, difference.request))];
    if !difference.sent.is_empty() {
        lines.push(Line::of(Tone::Faint, format!("       sent  {}", shorten(&difference.sent))));
    }
    for point in &difference.points {
        let said =
            format!("       {}: recorded {}, now {}", point.place, point.expected, point.actual);
        lines.push(Line::of(Tone::Bad, said));
    }
    lines
}

fn announce(args: &ReplayArgs, address: &Address, many: usize, upstream: &str) {
    let after = if args.keep { "stays there" } else { "is deleted at the end" };
    let places: Vec<String> = address.places.iter().map(ToString::to_string).collect();
    terminal::print_lines(&[
        Line::of(Tone::Strong, format!("{many} exchanges of {upstream}, against {address}")),
        Line::of(
            Tone::Faint,
            format!("at {}; what this replay makes there {after}", places.join(", ")),
        ),
    ]);
}
