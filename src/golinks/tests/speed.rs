//! A quick look at what requests cost: `cargo test --release --lib golinks::tests::speed -- --ignored --nocapture`.
#![allow(clippy::disallowed_methods, reason = "what has been used of the processor and of memory stands in files")]

use super::*;

fn request(method: &str, path: &str, body: String) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("/scim/v2{path}"))
        .header("authorization", "Bearer golinks-demo-token")
        .header("content-type", "application/scim+json; charset=utf-8")
        .body(Bytes::from(body))
        .unwrap()
}

fn person(nth: usize) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{ENTERPRISE}"],"externalId":"given.family{nth}",
        "userName":"given.family{nth}@northwind.example","active":true,"emails":[{{"primary":true,"type":"work",
        "value":"given.family{nth}@northwind.example"}}],"name":{{"givenName":"Given","familyName":"Family{nth}"}},
        "meta":{{"resourceType":"User"}},"{ENTERPRISE}":{{"department":"Engineering"}}}}"#
    )
}

/// What this thread has used of the processor, in nanoseconds: other work on the machine counts less than by the clock.
fn used() -> u128 {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    status.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

#[test]
#[ignore = "a measurement, not a check"]
fn what_requests_cost() {
    let mut bench = Bench::new();
    let mut done = 0;
    let before = resident_bytes();
    for total in [1_000, 10_000, 100_000, 1_000_000] {
        let (mut lookups, mut creates) = (0, 0);
        while done < total {
            let batch = done..(done + 20_000).min(total);
            done = batch.end;
            let requests: Vec<_> = batch
                .map(|nth| {
                    let find = format!("/Users?filter=userName+eq+%22given.family{nth}%40northwind.example%22");
                    (request("GET", &find, String::new()), request("POST", "/Users", person(nth)))
                })
                .collect();
            let began = used();
            for (find, _) in &requests {
                bench.do_by_hand(|golinks, moment| golinks.handle(find, moment));
            }
            lookups += used() - began;
            let began = used();
            for (_, create) in &requests {
                bench.do_by_hand(|golinks, moment| golinks.handle(create, moment));
            }
            creates += used() - began;
            bench.said.clear();
        }
        let measured = if total == 1_000 { 1_000 } else { total * 9 / 10 } as u128;
        println!(
            "{total} accounts: lookup {} ns, create {} ns, {} bytes an account",
            lookups / measured,
            creates / measured,
            (resident_bytes() - before) / total
        );
        others(&mut bench, total);
    }
}

fn others(bench: &mut Bench, total: usize) {
    let nth = |n: usize| (n * 7_919) % total;
    let ids: Vec<String> = (0..50_000)
        .map(|n| {
            bench.golinks.find_user_name(&format!("given.family{}@northwind.example", nth(n))).unwrap().to_string()
        })
        .collect();
    let mut measure = |what: &str, ask: &dyn Fn(usize) -> Request<Bytes>| {
        let requests: Vec<_> = (0..ids.len()).map(ask).collect();
        let began = used();
        for request in &requests {
            let response = bench.do_by_hand(|golinks, moment| golinks.handle(request, moment));
            assert!(response.status().is_success());
        }
        println!("    {what} {} ns", (used() - began) / ids.len() as u128);
    };
    measure("lookup that finds", &|n| {
        request(
            "GET",
            &format!("/Users?filter=userName+eq+%22given.family{}%40northwind.example%22", nth(n)),
            String::new(),
        )
    });
    measure("read", &|n| request("GET", &format!("/Users/{}", ids[n]), String::new()));
    measure("patch", &|n| {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"Replace","path":"name.familyName","value":"F{n}"}}]}}"#
        );
        request("PATCH", &format!("/Users/{}", ids[n]), body)
    });
    measure("page of ten", &|n| request("GET", &format!("/Users?startIndex={}&count=10", nth(n) + 1), String::new()));
}
