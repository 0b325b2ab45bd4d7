//! The requests that cost most within the limits a server has by default: nothing else is answered
//! meanwhile.

use bytes::Bytes;
use http::Request;

use super::clock::Clock;
use super::{Bench, request, user_name};

/// Asks a server of so many accounts, and prints what each request cost.
pub fn measure(mut bench: Bench, accounts: usize) {
    println!("with {accounts} accounts");
    bench.grow(accounts);
    for (what, asked) in reads() {
        took(&mut bench, what, &asked);
    }
    for (what, asked) in writes(&mut bench, accounts) {
        took(&mut bench, what, &asked);
    }
    if let Some(user) = bench.golinks.find_user_name(&user_name(0)).map(|id| id.to_string()) {
        for (what, asked) in long_texts(&user) {
            took(&mut bench, what, &asked);
        }
    }
}

fn took(bench: &mut Bench, what: &str, asked: &Request<Bytes>) {
    let began = Clock::start();
    let response = bench.ask(asked);
    let millis = began.elapsed().as_secs_f64() * 1e3;
    let (status, size) = (response.status().as_u16(), response.body().len());
    println!("{millis:>9.1} ms  {status}  {size:>10} B  {what}");
    bench.events.clear();
}

/// Searches that no index answers.
fn reads() -> Vec<(&'static str, Request<Bytes>)> {
    let get = |query: &str| request("GET", &format!("/Users?{query}"), String::new());
    let any = |leaf: &str, count: usize| vec![leaf; count].join("+or+");
    vec![
        ("a page of the first accounts", get("count=100")),
        ("the last page", get("startIndex=999900&count=100")),
        ("a filter by a text that none has", get("filter=title+co+%22x%22")),
        ("a filter by a part of each account", get("filter=name.familyName+co+%22x%22&count=1")),
        (
            "the same ten times in one filter",
            get(&format!("filter={}&count=1", any("name.familyName+co+%22x%22", 10))),
        ),
        ("a filter by an instant", get("filter=meta.lastModified+gt+%222030-01-01T00:00:00Z%22")),
        ("a filter by an element", get("filter=emails%5Btype+eq+%22home%22%5D")),
        ("sorted by a userName", get("sortBy=userName&count=1")),
        ("sorted by a part", get("sortBy=name.familyName&count=1")),
        (
            "filtered and sorted",
            get("filter=name.familyName+co+%22f%22&sortBy=name.familyName&count=1"),
        ),
    ]
}

/// Changes of much at once.
fn writes(bench: &mut Bench, accounts: usize) -> Vec<(&'static str, Request<Bytes>)> {
    let id = |bench: &Bench, nth: usize| {
        bench.golinks.find_user_name(&user_name(nth % accounts)).expect("it was created")
    };
    let ids: Vec<String> =
        (0..24_000.min(accounts)).map(|nth| id(bench, nth).to_string()).collect();
    let members = |ids: &[String]| {
        let elements: Vec<String> =
            ids.iter().map(|id| format!("{{\"value\":\"{id}\"}}")).collect();
        elements.join(",")
    };
    let chain: Vec<String> = (0..1_000)
        .map(|nth| {
            format!(
                r#"{{"method":"POST","path":"/Groups","bulkId":"b{nth}","data":{{"displayName":"g{nth}","members":[{{"value":"bulkId:b{}"}}]}}}}"#,
                nth + 1
            )
        })
        .chain([r#"{"method":"POST","path":"/Groups","bulkId":"b1000","data":{"displayName":"g1000"}}"#.to_owned()])
        .skip(1)
        .collect();
    let bulk = |operations: &[String]| {
        request("POST", "/Bulk", format!("{{\"Operations\":[{}]}}", operations.join(",")))
    };
    let user = id(bench, 0);
    let emails: Vec<String> = (0..4_000)
        .map(|nth| format!(r#"{{"value":"a{nth}@x.example","type":"t{nth}"}}"#))
        .collect();
    let patch = |to: &str, operation: String| {
        request("PATCH", to, format!("{{\"Operations\":[{operation}]}}"))
    };
    let to = format!("/Users/{user}");
    let filtered = |leaves: usize| {
        let leaves: Vec<String> =
            (0..leaves).map(|nth| format!("type eq \\\"u{nth}\\\"")).collect();
        format!(r#"{{"op":"remove","path":"emails[{}]"}}"#, leaves.join(" or "))
    };
    let deletes: Vec<String> = ids
        .iter()
        .rev()
        .take(1_000)
        .map(|id| format!(r#"{{"method":"DELETE","path":"/Users/{id}"}}"#))
        .collect();
    let everybody = format!(r#"{{"displayName":"everybody","members":[{}]}}"#, members(&ids));
    vec![
        ("a thousand operations, each referring to the next", bulk(&chain)),
        ("a group of 24,000 created", request("POST", "/Groups", everybody.clone())),
        ("another one", request("POST", "/Groups", everybody.replace("everybody", "others"))),
        ("a page of groups", request("GET", "/Groups", String::new())),
        (
            "all members filtered",
            request("GET", "/Groups?filter=members.display+co+%22x%22", String::new()),
        ),
        (
            "4,000 elements added",
            patch(&to, format!(r#"{{"op":"add","path":"emails","value":[{}]}}"#, emails.join(","))),
        ),
        ("4,000 elements against a filter of 300 comparisons", patch(&to, filtered(300))),
        ("4,000 elements against a filter of 320 comparisons", patch(&to, filtered(320))),
        ("a thousand members deleted", bulk(&deletes)),
    ]
}

/// A text of 900 kB, and filters that compare it many times; `user` is the id of the account that
/// gets it.
fn long_texts(user: &str) -> Vec<(&'static str, Request<Bytes>)> {
    let to = format!("/Users/{user}");
    let patch = |to: &str, operation: String| {
        request("PATCH", to, format!("{{\"Operations\":[{operation}]}}"))
    };
    let long = "x".repeat(900_000);
    let compared = |times: usize| {
        let filter = vec![r#"title co \"y\""#; times].join(" or ");
        let filter = format!(r#"userName eq \"{}\" and ({filter})"#, user_name(0));
        request("POST", "/Users/.search", format!(r#"{{"filter":"{filter}"}}"#))
    };
    let contained = |times: usize| {
        let filter = vec![r#"value co \"y\""#; times].join(" or ");
        format!(r#"{{"op":"remove","path":"emails[{filter}]"}}"#)
    };
    vec![
        (
            "a text of 900 kB",
            patch(&to, format!(r#"{{"op":"add","path":"title","value":"{long}"}}"#)),
        ),
        ("250 comparisons with it", compared(250)),
        ("20,000 comparisons with it", compared(20_000)),
        (
            "an element of 900 kB",
            patch(
                &to,
                format!(r#"{{"op":"replace","path":"emails","value":[{{"value":"{long}"}}]}}"#),
            ),
        ),
        ("100 comparisons of a PATCH with it", patch(&to, contained(100))),
        ("10,000 comparisons of a PATCH with it", patch(&to, contained(10_000))),
    ]
}
