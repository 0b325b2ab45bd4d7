//! What one request costs GoLinks itself, without sockets and without the provisioning service.
//!
//! `cargo bench --bench requests`; a number chooses how many accounts at most, `generic` the
//! profile that has all of SCIM, `shortcuts` compares with and without the readers of `scim::fast`,
//! and `longest` measures the requests that cost most. All figures are processor time.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads clocks and prints"
)]
#![allow(missing_docs, reason = "a binary has no callers")]

#[path = "../clock.rs"]
mod clock;
mod longest;

use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use http::{Request, Response};
use scimulator::base::{Moment, Seed, Time};
use scimulator::golinks::{Event, GoLinks, Profile, Settings};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Time = Time::from_secs(1_772_438_400);
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn main() {
    let most = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(1_000_000);
    let chosen = |word: &str| std::env::args().any(|argument| argument == word);
    if chosen("longest") {
        return longest::measure(
            Bench::new(Profile::Generic, Settings::default().body_limit),
            most,
        );
    }
    let generic = chosen("generic");
    let profile = if generic { Profile::Generic } else { Profile::GoLinks };
    if chosen("shortcuts") {
        return Bench::new(profile, 1 << 20).shortcuts(most);
    }
    println!(
        "at {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>12}",
        "accounts", "absent", "create", "present", "read", "patch", "page/10", "bytes each"
    );
    let mut bench = Bench::new(profile, 1 << 30);
    let before = resident_bytes();
    for total in [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|total| *total <= most) {
        let (absent, create) = bench.grow(total);
        let bytes = resident_bytes().saturating_sub(before) / total;
        let [present, read, patch, page] = bench.use_them();
        println!(
            "   {total:>9} {absent:>5} ns {create:>5} ns {present:>5} ns {read:>5} ns {patch:>5} ns {page:>5} ns {bytes:>12}"
        );
        if generic {
            let [remove, add, ask] = bench.join_and_leave(total);
            println!(
                "   a group of {total}: a member removed {remove} ns, added {add} ns, asked for {ask} ns"
            );
        }
    }
}

struct Bench {
    golinks: GoLinks,
    events: Vec<Event>,
    accounts: usize,
}

impl Bench {
    fn new(profile: Profile, body_limit: usize) -> Bench {
        let settings = Settings { profile, body_limit, ..Settings::default() };
        Bench { golinks: GoLinks::new(settings, NOW), events: Vec::new(), accounts: 0 }
    }

    /// Creates and changes with and without the readers of `scim::fast`, in turn.
    fn shortcuts(&mut self, accounts: usize) {
        const ROUNDS: usize = 40;
        self.grow(accounts);
        let mut took = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
        for round in 0..ROUNDS * 2 {
            let fast = round % 2 == 0;
            self.golinks.set_fast(fast);
            let creates: Vec<_> = (self.accounts..self.accounts + 500)
                .map(|nth| request("POST", "/Users", person(nth)))
                .collect();
            self.accounts += creates.len();
            let patches: Vec<_> = (0..500)
                .map(|nth| self.rename(nth * 7_919 % accounts, &format!("N{round}.{nth}")))
                .collect();
            took[0][usize::from(fast)].extend(self.ask_all(&creates));
            took[1][usize::from(fast)].extend(self.ask_all(&patches));
        }
        for (what, [slow, fast]) in ["create", "patch"].into_iter().zip(took) {
            let (slow, fast) = (median(slow), median(fast));
            println!("{what:<8} {fast:>6} ns with the shortcuts, {slow:>6} ns without");
        }
    }

    /// A change of the family name of an account.
    fn rename(&self, nth: usize, name: &str) -> Request<Bytes> {
        let id = self.golinks.find_user_name(&user_name(nth)).expect("it was created");
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"Replace","path":"name.familyName","value":"{name}"}}]}}"#
        );
        request("PATCH", &format!("/Users/{id}"), body)
    }

    /// Looks people up in vain and creates them, as an initial cycle does; nanoseconds for either.
    fn grow(&mut self, total: usize) -> (u128, u128) {
        let (mut absent, mut create) = (Vec::new(), Vec::new());
        while self.accounts < total {
            let batch = self.accounts..(self.accounts + 1_000).min(total);
            self.accounts = batch.end;
            let lookups: Vec<_> = batch.clone().map(lookup).collect();
            let creates: Vec<_> = batch.map(|nth| request("POST", "/Users", person(nth))).collect();
            absent.extend(self.ask_all(&lookups));
            create.extend(self.ask_all(&creates));
        }
        (median(absent), median(create))
    }

    /// The other requests, each at many accounts spread over all; nanoseconds each.
    fn use_them(&mut self) -> [u128; 4] {
        const TIMES: usize = 20_000;
        let spread: Vec<usize> = (0..TIMES).map(|n| n * 7_919 % self.accounts).collect();
        let id = |nth: &usize| {
            self.golinks
                .find_user_name(&user_name(*nth))
                .map(|id| id.to_string())
                .unwrap_or_default()
        };
        let ids: Vec<String> = spread.iter().map(id).collect();
        let page = |nth: &usize| {
            request("GET", &format!("/Users?startIndex={}&count=10", nth + 1), String::new())
        };
        let all: [Vec<Request<Bytes>>; 4] = [
            spread.iter().map(|nth| lookup(*nth)).collect(),
            ids.iter().map(|id| request("GET", &format!("/Users/{id}"), String::new())).collect(),
            spread.iter().map(|nth| self.rename(*nth, &format!("N{nth}"))).collect(),
            spread.iter().map(page).collect(),
        ];
        all.map(|requests| median(self.ask_all(&requests)))
    }

    /// A group of all accounts: nanoseconds to remove a member, to add one, and to ask whether an
    /// account is a member.
    fn join_and_leave(&mut self, total: usize) -> [u128; 3] {
        const TIMES: usize = 2_000;
        let id = |nth: usize| {
            self.golinks
                .find_user_name(&user_name(nth))
                .map(|id| id.to_string())
                .unwrap_or_default()
        };
        let ids: Vec<String> = (0..self.accounts).map(id).collect();
        let elements: Vec<String> =
            ids.iter().map(|id| format!("{{\"value\":\"{id}\"}}")).collect();
        let body =
            format!("{{\"displayName\":\"All {total}\",\"members\":[{}]}}", elements.join(","));
        let created = self.ask(&request("POST", "/Groups?attributes=id", body));
        let group = self
            .golinks
            .groups()
            .iter()
            .last()
            .map(|group| group.id.to_string())
            .unwrap_or_default();
        assert!(created.status().is_success(), "{created:?}");
        let some: Vec<&String> = (0..TIMES).map(|n| &ids[n * 7_919 % ids.len()]).collect();
        let patch = |operation: String| {
            request(
                "PATCH",
                &format!("/Groups/{group}"),
                format!("{{\"Operations\":[{operation}]}}"),
            )
        };
        let remove = |id: &&String| {
            patch(format!(r#"{{"op":"remove","path":"members[value eq \"{id}\"]"}}"#))
        };
        let add = |id: &&String| {
            patch(format!(r#"{{"op":"add","path":"members","value":[{{"value":"{id}"}}]}}"#))
        };
        let ask = |id: &&String| {
            let filter = format!("id+eq+%22{group}%22+and+members+eq+%22{id}%22");
            request("GET", &format!("/Groups?filter={filter}&attributes=id"), String::new())
        };
        let all: [Vec<Request<Bytes>>; 3] = [
            some.iter().map(remove).collect(),
            some.iter().map(add).collect(),
            some.iter().map(ask).collect(),
        ];
        all.map(|requests| median(self.ask_all(&requests)))
    }

    /// How long the requests took, a hundred at a time.
    fn ask_all(&mut self, requests: &[Request<Bytes>]) -> Vec<Duration> {
        let mut took = Vec::with_capacity(requests.len() / BATCH);
        for batch in requests.chunks(BATCH) {
            let began = Clock::start();
            for request in batch {
                let response = self.ask(request);
                assert!(response.status().is_success(), "{response:?}");
            }
            took.push(began.elapsed());
            self.events.clear();
        }
        took
    }

    fn ask(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.golinks.handle(request, &mut Moment::new(NOW, Seed(7), &mut self.events))
    }
}

const BATCH: usize = 100;

/// Nanoseconds a request, from the durations of batches.
fn median(mut batches: Vec<Duration>) -> u128 {
    batches.sort();
    batches.get(batches.len() / 2).map_or(0, |batch| batch.as_nanos() / BATCH as u128)
}

fn user_name(nth: usize) -> String {
    format!("given.family{nth}@northwind.example")
}

fn lookup(nth: usize) -> Request<Bytes> {
    let encoded = user_name(nth).replace('@', "%40");
    request("GET", &format!("/Users?filter=userName+eq+%22{encoded}%22"), String::new())
}

/// A person as the classic dialect creates one.
fn person(nth: usize) -> String {
    format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\"{ENTERPRISE}\"],\
         \"externalId\":\"given.family{nth}\",\"userName\":\"{name}\",\"active\":true,\
         \"emails\":[{{\"primary\":true,\"type\":\"work\",\"value\":\"{name}\"}}],\
         \"name\":{{\"givenName\":\"Given\",\"familyName\":\"Family{nth}\"}},\"meta\":{{\"resourceType\":\"User\"}},\
         \"{ENTERPRISE}\":{{\"department\":\"Engineering\"}}}}",
        name = user_name(nth)
    )
}

fn request(method: &str, path: &str, body: String) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("/scim/v2{path}"))
        .header("authorization", "Bearer golinks-demo-token")
        .header("content-type", "application/scim+json; charset=utf-8")
        .body(Bytes::from(body))
        .expect("every part of it is well formed")
}

/// What this process holds of memory, where Linux says so; else 0.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
