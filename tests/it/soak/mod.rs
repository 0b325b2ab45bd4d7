//! Texts changed at random, tried for as long as there is time: what the fuzz targets ask, without
//! a fuzzer's build. A few of each run with the tests; `SCIMULATOR_SOAK_SECONDS=600 cargo test
//! --release --test it soak -- --ignored --nocapture` runs each for ten minutes.
//!
//! What is read grows the corpus, so that changes build on changes. The seed is printed; a failure
//! prints its text.

mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many texts the corpus has at most; a new one takes the place of another.
const CORPUS_MAX: usize = 2_000;

/// The longest text that is tried.
const TEXT_MAX: usize = 16_384;

/// The longest that one text may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is put into texts.
const PIECES: [&str; 34] = [
    " eq ",
    " and ",
    " or ",
    "not(",
    "(",
    ")",
    "'",
    "''",
    ",",
    "/any(x:x eq ",
    "tolower(",
    "null",
    "true",
    "in (",
    "1e308",
    "-",
    "<",
    ">",
    "</",
    "/>",
    "&#x41;",
    "&amp;",
    "xmlns=\"",
    "xmlns:a=\"",
    "ID=\"_a1\"",
    "ID=\"_r1\"",
    "<Assertion ",
    "<Signature ",
    "<!--",
    "<?x ?>",
    "\u{0}",
    "\u{feff}",
    "\u{1f600}",
    "urn:oasis:names:tc:SAML:2.0:assertion",
];

/// How long texts are tried.
#[derive(Clone, Copy)]
enum Until {
    /// So many texts.
    Tried(u64),
    /// So long, and none may take longer than [`PATIENCE`].
    Passed(Duration),
}

/// Tries a target with changed texts; returns how many were tried and how many read.
fn soak((name, seeds, target): Target, seed: u64, until: Until) -> (u64, u64) {
    let seeds = seeds();
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut corpus = seeds.clone();
    let (begun, mut tried, mut read) = (Instant::now(), 0_u64, 0_u64);
    for text in &seeds {
        target(text);
    }
    let goes_on = |tried: u64| match until {
        Until::Tried(enough) => tried < enough,
        Until::Passed(time) => begun.elapsed() < time,
    };
    while goes_on(tried) {
        for _ in 0..64 {
            let text = changed(&corpus, &mut chance);
            let at = Instant::now();
            let done = catch_unwind(AssertUnwindSafe(|| target(&text)));
            let took = at.elapsed();
            let Ok(was_read) = done else { panic!("{name}, seed {seed}, text {tried}: {text:?}") };
            let slow = matches!(until, Until::Passed(_)) && took > PATIENCE;
            assert!(!slow, "{name}, seed {seed}: {took:?} for {text:?}");
            tried += 1;
            if was_read {
                read += 1;
                match corpus.len() < CORPUS_MAX {
                    true => corpus.push(text),
                    // The seeds stay.
                    false => {
                        let at = seeds.len() + below(&mut chance, CORPUS_MAX - seeds.len());
                        corpus[at] = text;
                    }
                }
            }
        }
    }
    (tried, read)
}

fn below(chance: &mut ChaCha20Rng, bound: usize) -> usize {
    usize::try_from(chance.next_u64() % bound.max(1) as u64).unwrap_or_default()
}

/// A text of the corpus with a few changes.
fn changed(corpus: &[String], chance: &mut ChaCha20Rng) -> String {
    let mut text = corpus[below(chance, corpus.len())].clone();
    for _ in 0..=below(chance, 4) {
        let (one, other) = (place(&text, chance), place(&text, chance));
        let (from, to) = (one.min(other), one.max(other));
        match below(chance, 7) {
            0 => text.insert_str(from, PIECES[below(chance, PIECES.len())]),
            1 => text.replace_range(from..to, ""),
            2 => {
                let piece = text[from..to].to_owned();
                text.insert_str(place(&text, chance), &piece);
            }
            3 => {
                // A piece of another text.
                let from_other = &corpus[below(chance, corpus.len())];
                let (a, b) = (place(from_other, chance), place(from_other, chance));
                text.insert_str(from, &from_other[a.min(b)..a.max(b)]);
            }
            4 => {
                let mut bytes = text.into_bytes();
                if !bytes.is_empty() {
                    let at = below(chance, bytes.len());
                    bytes[at] ^= 1 << below(chance, 8);
                }
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            5 => text = text.replacen(['\'', '"'], PIECES[below(chance, PIECES.len())], 1),
            _ => {
                // The same piece many times: depth and length.
                let end = text.len().min(from + 8);
                let end = (from..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(from);
                let piece = text[from..end].repeat(1 + below(chance, 64));
                text.insert_str(from, &piece);
            }
        }
        if text.len() > TEXT_MAX {
            let end = (0..=TEXT_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
        }
    }
    text
}

/// A place between two letters.
fn place(text: &str, chance: &mut ChaCha20Rng) -> usize {
    let at = below(chance, text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

type Target = (&'static str, fn() -> Vec<String>, fn(&str) -> bool);

const TARGETS: [Target; 3] = [
    ("odata_filter", targets::filters, targets::odata_filter),
    ("authn_request", targets::requests, targets::authn_request),
    ("response", targets::responses, targets::response),
];

#[test]
fn changed_texts_are_read_or_refused() {
    for target in TARGETS {
        let (tried, read) = soak(target, 7, Until::Tried(2_048));
        assert!(tried == 2_048 && read > 100, "{}: {tried} tried, {read} read", target.0);
    }
}

#[test]
#[ignore = "as long as SCIMULATOR_SOAK_SECONDS says, for each target"]
fn changed_texts_for_long() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("SCIMULATOR_SOAK_SECONDS").unwrap_or(60);
    let seed = number("SCIMULATOR_SOAK_SEED").unwrap_or(7);
    let only = std::env::var("SCIMULATOR_SOAK_TARGET").ok();
    for target in TARGETS {
        let name = target.0;
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let (tried, read) = soak(target, seed, Until::Passed(Duration::from_secs(seconds)));
        println!("{name}: {tried} texts in {seconds} s, {read} of them read; seed {seed}");
    }
}

/// Gives the fuzzer what each target begins with; a signed Response is not found by chance.
#[test]
#[ignore = "writes to fuzz/corpus"]
fn seeds_of_the_fuzzer() {
    for (name, seeds, _) in TARGETS {
        let folder = std::path::Path::new("fuzz/corpus").join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (nth, text) in seeds().into_iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{nth}")), text).expect("a file");
        }
    }
}
