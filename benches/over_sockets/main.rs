//! GoLinks over sockets, beside a hyper server that does nothing: requests a second, the ratio,
//! p50; and the start.
//!
//! Both servers run in this process in the same manner (one thread, plain hyper) and take turns
//! under the same load of 16 connections from another thread, so that whatever else the machine
//! does strikes both. The server that does nothing reads requests whole and answers as many bytes.
//! Figures are printed, not asserted: `cargo bench --bench over_sockets`. `ACCOUNTS=1000`,
//! `PROFILE=generic` and `ASKED=mix` choose.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

mod load;
mod requests;
mod servers;

use std::rc::Rc;
use std::time::Instant;

use load::{Asked, Measured};
use requests::{Kind, People};
use servers::{GoLinks, Trivial};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    println!("{:>38}{:>20}{:>8}{:>16}{:>16}", "", "requests/s", "", "p50, us", "cpu/request, us");
    println!(
        "{:<8}{:>10}  {:<18}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "profile",
        "accounts",
        "asked",
        "GoLinks",
        "trivial",
        "ratio",
        "GoLinks",
        "trivial",
        "GoLinks",
        "trivial"
    );
    for accounts in chosen("ACCOUNTS", "1000,1000000").iter().filter_map(|n| n.parse().ok()) {
        for profile in chosen("PROFILE", "golinks,generic") {
            servers::with_accounts(accounts, &profile.clone(), move |golinks| {
                measure(accounts, &profile, &golinks)
            });
        }
    }
    start_to_serving();
}

/// What the environment chooses of a list.
fn chosen(name: &str, otherwise: &str) -> Vec<String> {
    std::env::var(name).as_deref().unwrap_or(otherwise).split(',').map(str::to_owned).collect()
}

fn measure(accounts: u32, profile: &str, golinks: &GoLinks) {
    let people = Rc::new(People(golinks.users.clone()));
    let wanted = chosen("ASKED", "read,search,create,patch,mix");
    for kind in Kind::ALL.into_iter().filter(|kind| wanted.iter().any(|word| word == kind.word())) {
        let trivial = Trivial::answering(requests::sizes(golinks.address, &people));
        let (ours, theirs) = in_turn(golinks, &trivial, &people, kind);
        println!(
            "{profile:<8}{accounts:>10}  {:<18}{:>10.0}{:>10.0}{:>7.0}%{:>8.0}{:>8.0}{:>8.2}{:>8.2}",
            kind.word(),
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
fn in_turn(
    golinks: &GoLinks,
    trivial: &Trivial,
    people: &Rc<People>,
    kind: Kind,
) -> (Measured, Measured) {
    let mut rounds = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let own = people.clone();
        let asked: Rc<Asked> = Rc::new(move |nth| kind.request(&own, nth));
        let (theirs, _) = load::round(trivial.address, &trivial.thread, round, &asked);
        let (ours, created) = load::round(golinks.address, &golinks.thread, round, &asked);
        requests::delete(golinks.address, &created);
        // The first round warms up.
        if round > 0 {
            rounds.0.push(ours);
            rounds.1.push(theirs);
        }
    }
    (load::median(rounds.0), load::median(rounds.1))
}

/// The time from starting the program to its first answer, as its user sees it.
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
