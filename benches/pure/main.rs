//! The pure driver: how many people a second an initial cycle provisions, what a quiet day and a
//! person cost.
//!
//! Everything on one core, requests and answers as JSON, journal and all; counted is the time this
//! thread had the core, whatever else the machine did. Figures are printed, not asserted: `cargo
//! bench --bench pure`; `PEOPLE=1000,10000 cargo bench --bench pure` measures other populations,
//! and `cargo bench --bench pure -- mapping` the mappings alone, `-- groups` groups alone, `--
//! graph` the Graph API alone.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads clocks and prints"
)]

#[path = "../clock.rs"]
mod clock;
mod graph;
mod groups;
mod mapping;
mod memory;
mod tenant;

use std::time::{Duration, Instant};

use clock::Clock;

use scimulator::entra::mapping::Template;
use scimulator::scenario::{Play, library};
use scimulator::world::Drive;

/// Times each figure is taken; the median is printed.
const ROUNDS: usize = 5;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if memory::is_child() {
        return memory::child();
    }
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    mappings();
    if std::env::args().any(|argument| argument == "mapping") {
        return;
    }
    if std::env::args().any(|argument| argument == "groups") {
        return memberships();
    }
    let populations = populations();
    if std::env::args().any(|argument| argument == "graph") {
        return graph_api(&populations);
    }
    println!("{:>10}  {:<44}{:>14}", "people", "what", "figure");
    for &people in &populations {
        generated(people);
    }
    let paces: Vec<f64> = populations.iter().map(|&people| initial_cycle(people)).collect();
    if let ([_, .., _], Some(first), Some(last)) = (&populations[..], paces.first(), paces.last()) {
        row(
            populations[populations.len() - 1],
            "a person there, against the smallest population",
            format!("{:.2} x", first / last),
        );
    }
    quiet_day(populations[0]);
    for &people in &populations {
        row(
            people,
            "peak memory a person, two worlds and all",
            format!("{:.0} B", memory::per_person(people)),
        );
    }
    memberships();
    graph_api(&populations);
    stories();
}

/// A page costs its rows, and a delta what changed, however many people there are.
fn graph_api(populations: &[u64]) {
    println!("\n{:>10}  {:<44}{:>14}", "people", "what", "figure");
    for &people in populations {
        let mut play = tenant::play(people);
        let page = median(ROUNDS, || graph::page(&mut play));
        row(people, "a page of 999 users by Graph", format!("{:.3} ms", millis(page)));
        let delta = median(ROUNDS, || graph::delta(&mut play));
        row(people, "a delta of ten changes by Graph", format!("{:.3} ms", millis(delta)));
    }
}

fn populations() -> Vec<u64> {
    match std::env::var("PEOPLE") {
        Ok(list) => list
            .split(',')
            .map(|number| number.trim().parse().expect("PEOPLE=1000,10000"))
            .collect(),
        Err(_) => vec![100_000, 1_000_000],
    }
}

/// The gallery's tables for users, read once and evaluated for one person after the other.
fn mappings() {
    for (name, template) in [("GoLinks", Template::GoLinks), ("SCIM", Template::Scim)] {
        let rounds: Vec<Duration> = (0..ROUNDS).map(|_| mapping::evaluation(template)).collect();
        let (best, worst) = (rounds.iter().min().copied(), rounds.iter().max().copied());
        let middle = median_of(rounds);
        let spread = [best, worst]
            .map(|time| format!("{:.2}", time.unwrap_or_default().as_secs_f64() * 1e6))
            .join(" to ");
        println!("mapping of {name:<8} {:.2} µs a person ({spread})", middle.as_secs_f64() * 1e6);
    }
    println!();
}

/// A directory with so many people.
fn generated(people: u64) {
    let took = median(3, || {
        let began = Clock::start();
        let play = tenant::play(people);
        assert_eq!(play.world().entra().tenant().user_count() as u64, people);
        began.elapsed()
    });
    row(
        people,
        "people generated, with both worlds set up",
        format!("{:.2} s", took.as_secs_f64()),
    );
}

/// Everybody is looked for, not found and created. Gives the people a second.
fn initial_cycle(people: u64) -> f64 {
    let rounds = if people > 200_000 { 3 } else { ROUNDS };
    let took = median(rounds, || {
        let mut play = tenant::play(people);
        let began = Clock::start();
        tenant::initial_cycle(&mut play, people);
        began.elapsed()
    });
    let pace = people as f64 / took.as_secs_f64();
    row(people, "provisioned in the initial cycle", format!("{pace:.0} /s"));
    pace
}

/// Thirty-six cycles in which nothing has changed.
fn quiet_day(people: u64) {
    let mut play = tenant::play(people);
    tenant::initial_cycle(&mut play, people);
    const DAYS: u32 = 2_000;
    let took = tenant::days(&mut play, DAYS);
    let cycles = play.world().entra().job().cycles_begun() - 1;
    assert_eq!(cycles, u64::from(DAYS) * 36, "36 cycles a day");
    row(people, "a quiet virtual day, 36 cycles", format!("{:.3} ms", millis(took / DAYS)));
}

/// Groups of fifty members each: every membership costs the same, however many there are, and a
/// change costs what changed.
fn memberships() {
    println!("\n{:>10}  {:<44}{:>14}", "groups", "what", "figure");
    for groups in [200, 2_000] {
        let mut paces = Vec::new();
        let took = median(3, || {
            let mut play = groups::play(groups);
            paces.push(groups::initial_cycle(&mut play, groups));
            groups::one_change(&mut play)
        });
        paces.sort_by(f64::total_cmp);
        let pace = paces[paces.len() / 2];
        row(groups as u64, "memberships set in the initial cycle", format!("{pace:.0} /s"));
        let figure = format!("{:.3} ms", millis(took));
        row(groups as u64, "a day, and one membership changed", figure);
    }
}

/// The scenarios that come with the program, the stories of S18 among them, by the wall clock; the
/// best of some rounds.
fn stories() {
    println!("\n{:>10}  {:<44}{:>14}{:>14}", "days", "scenario", "load", "play");
    for entry in library::list() {
        let (mut load_best, mut play_best) = (Duration::MAX, Duration::MAX);
        let mut days = 0.0;
        for _ in 0..ROUNDS * 2 {
            let began = Instant::now();
            let script = entry.load(&[]).expect("the tests have loaded it");
            load_best = load_best.min(began.elapsed());
            days = script.ends.since(script.start).as_secs_f64() / 86_400.0;
            let began = Instant::now();
            let mut play = Play::new(script);
            play.run_to_end();
            play_best = play_best.min(began.elapsed());
            assert!(play.now() >= play.ends());
        }
        let name = format!("{} {}", entry.name, entry.covers.join(" "));
        println!(
            "{days:>10.0}  {name:<44}{:>11.2} ms{:>11.2} ms",
            millis(load_best),
            millis(play_best)
        );
    }
}

fn row(people: u64, what: &str, figure: String) {
    println!("{people:>10}  {what:<44}{figure:>14}");
}

fn median(rounds: usize, mut once: impl FnMut() -> Duration) -> Duration {
    median_of((0..rounds).map(|_| once()).collect())
}

fn median_of(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
