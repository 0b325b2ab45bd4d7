//! GoLinks over sockets, beside a hyper server that does nothing: requests a second, the ratio, p50; and the start.
//!
//! Both servers run in this process in the same manner (one thread, plain hyper) and take turns under the same load of
//! 16 connections from another thread, so that whatever else the machine does strikes both. Figures are printed, not
//! asserted: `cargo bench --bench over_sockets`.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

mod load;
mod servers;

use std::time::Instant;

use load::{Measured, Request};
use servers::{GoLinks, Trivial};

/// Rounds each server gets, in turn.
const ROUNDS: usize = 8;

fn main() {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    println!(
        "GoLinks over sockets, {} connections, {ROUNDS} rounds in turn with a trivial hyper server\n",
        load::CONNECTIONS
    );
    println!("{:>30}{:>20}{:>8}{:>16}{:>16}", "", "requests/s", "", "p50, us", "cpu/request, us");
    println!(
        "{:>10}  {:<18}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "accounts", "request", "GoLinks", "trivial", "ratio", "GoLinks", "trivial", "GoLinks", "trivial"
    );
    let sizes: Vec<u32> = match std::env::var("ACCOUNTS") {
        Ok(list) => list.split(',').filter_map(|n| n.parse().ok()).collect(),
        Err(_) => vec![1_000, 1_000_000],
    };
    for accounts in sizes {
        servers::with_accounts(accounts, move |golinks| measure(accounts, &golinks));
    }
    start_to_serving();
}

fn measure(accounts: u32, golinks: &GoLinks) {
    for (name, requests) in golinks.requests() {
        let size = load::answer_size(golinks.address, &requests[0]);
        let trivial = Trivial::answering(size);
        let (ours, theirs) = in_turn(golinks, &trivial, &requests);
        println!(
            "{accounts:>10}  {name:<18}{:>10.0}{:>10.0}{:>7.0}%{:>8.0}{:>8.0}{:>8.2}{:>8.2}",
            ours.per_second,
            theirs.per_second,
            100.0 * ours.per_second / theirs.per_second,
            ours.p50_micros,
            theirs.p50_micros,
            ours.cpu_micros,
            theirs.cpu_micros,
        );
    }
}

/// Lets both servers have their rounds, one after the other, and takes the median of each.
fn in_turn(golinks: &GoLinks, trivial: &Trivial, requests: &[Request]) -> (Measured, Measured) {
    let mut rounds = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let theirs = load::round(trivial.address, &trivial.thread, requests);
        let ours = load::round(golinks.address, &golinks.thread, requests);
        // The first round warms up.
        if round > 0 {
            rounds.0.push(ours);
            rounds.1.push(theirs);
        }
    }
    (load::median(rounds.0), load::median(rounds.1))
}

/// The time from starting the program to its first answer, as somebody who starts it sees it.
fn start_to_serving() {
    let times: Vec<f64> = (0..7)
        .map(|_| {
            let began = Instant::now();
            servers::start_program();
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    let best = times.iter().copied().fold(f64::INFINITY, f64::min);
    let worst = times.iter().copied().fold(0.0, f64::max);
    println!("\nstart of the program to its first answer: {best:.0} to {worst:.0} ms");
}
