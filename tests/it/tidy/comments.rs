//! What comments say: tags and numbers that lead to a source, plain words, lines of a width.

use std::collections::BTreeSet;

use regex::Regex;
use scimulator::scenario::bugs::BUGS;
use scimulator::scenario::library;

use super::source::{Source, nothing, root, sources};

const FOLDERS: [&str; 4] = ["src", "tests", "benches", "fuzz"];
const WIDEST: usize = 100;

/// Words that hide what is meant, and how many a thousand words of comment may hold.
const VAGUE: &str = r"(?i)\b(who|whoever|whom|somebody|nobody|everybody|anybody)\b";
const VAGUE_MAX: f64 = 1.5;

/// What a comment must not say, and what to write instead.
const BANNED: [(&str, &str); 5] = [
    (r"(?i)\bhow-manieth\b", "`its number` or `which one`"),
    (r"(?i)\bthe curtain\b", "`the setup`"),
    (r"(?i)\b(behold|lest)\b", "a plain word"),
    (r"(?i)^(answers|tells) (whether|if|how|what|which)\b", "`Returns` or `Whether`"),
    (r"(?i)\bissue 1\d\b", "what the code does now"),
];

/// One comment: lines that follow each other, joined, and the number of the first.
struct Comment {
    line: usize,
    text: String,
}

fn comments(source: &Source) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let mut last = 0;
    for (at, line) in source.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        let Some(text) = line.strip_prefix("//") else { continue };
        let text = text.trim_start_matches(['/', '!']).trim();
        match found.last_mut() {
            Some(comment) if last + 1 == at && !text.is_empty() => {
                comment.text.push(' ');
                comment.text.push_str(text);
            }
            _ => found.push(Comment { line: at, text: text.to_owned() }),
        }
        last = at;
    }
    found
}

/// The text without what stands between backticks.
fn prose(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What docs/sources.md explains: the first cell of each row of its tables.
fn explained() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/sources.md")).expect("it is there");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let mut names: BTreeSet<String> = cells.map(|cell| cell.replace('`', "")).collect();
    names.extend(BUGS.iter().map(|bug| bug.number.to_owned()));
    names.extend(library::list().iter().flat_map(|story| story.covers.iter().cloned()));
    names
}

#[test]
fn what_a_comment_cites_is_in_the_list_of_sources() {
    let (explained, citations) = (explained(), Citations::new());
    let all = sources(&FOLDERS);
    let found = all.iter().flat_map(|source| {
        comments(source).into_iter().flat_map(|comment| {
            let cited = citations.of(&comment.text);
            let unknown = cited.into_iter().filter(|name| !explained.contains(name));
            let what = |name: String| {
                format!("{}:{}: `{name}` is not in docs/sources.md", source.path, comment.line)
            };
            unknown.map(what).collect::<Vec<_>>()
        })
    });
    nothing("comments cite what nobody can look up", found.collect());
}

/// How a comment cites.
struct Citations {
    tags: Regex,
    numbers: Regex,
    rows: Regex,
    number: Regex,
    sections: Regex,
}

impl Citations {
    fn new() -> Citations {
        let pattern = |text: &str| Regex::new(text).expect("a pattern of this test");
        Citations {
            tags: pattern(r"\[([a-z][a-z0-9:-]*[^\]`]*)\](?:[^(]|$)"),
            numbers: pattern(r"\b[BFS]\d{1,3}\b"),
            rows: pattern(r"\b[Rr]ows? \d+(?:(?:, | and | to )\d+)*"),
            number: pattern(r"\d+"),
            sections: pattern(r"(RFC \d+[^.;]{0,60}?)?\b[Ss]ections? \d[\d.]*"),
        }
    }

    /// The names of sources in a comment: tags in brackets, numbers of bugs and rows. A section
    /// without its RFC is named as it stands, for it leads nowhere.
    fn of(&self, comment: &str) -> Vec<String> {
        let text = &prose(comment);
        let mut found = Vec::new();
        for tags in self.tags.captures_iter(text) {
            if tags[1].starts_with("field") || tags[1].starts_with("default: ") {
                continue;
            }
            for part in tags[1].split("; ") {
                let tags = part.split_once(": ").map_or(part, |(tags, _)| tags);
                found.extend(tags.split(", ").map(str::to_owned));
            }
        }
        found.extend(self.numbers.find_iter(text).map(|it| it.as_str().to_owned()));
        for rows in self.rows.find_iter(text) {
            let numbers = self.number.find_iter(rows.as_str());
            found.extend(numbers.map(|it| it.as_str().to_owned()));
        }
        let sections = self.sections.captures_iter(text).filter(|it| it.get(1).is_none());
        found.extend(sections.map(|it| it[0].to_owned()));
        found
    }
}

#[test]
fn comments_use_plain_words() {
    let banned = BANNED
        .map(|(pattern, instead)| (Regex::new(pattern).expect("a pattern of this test"), instead));
    let mut found = Vec::new();
    for source in sources(&FOLDERS).iter().filter(|source| !source.path.ends_with("comments.rs")) {
        for comment in comments(source) {
            for (pattern, instead) in &banned {
                if let Some(words) = pattern.find(&prose(&comment.text)) {
                    let (words, line) = (words.as_str(), comment.line);
                    found.push(format!("{}:{line}: `{words}`: write {instead}", source.path));
                }
            }
        }
    }
    nothing("comments that are not plain", found);
}

/// "Who asks?" makes a reader look for a person; "the client" names it.
#[test]
fn comments_name_what_they_speak_of() {
    let vague = Regex::new(VAGUE).expect("a pattern of this test");
    let (mut words, mut by_file) = (0, Vec::new());
    for source in sources(&["src"]).iter().filter(|source| !source.is_test()) {
        let text: Vec<String> = comments(source).into_iter().map(|comment| comment.text).collect();
        words += text.iter().map(|text| text.split_whitespace().count()).sum::<usize>();
        let lines = text.iter().map(|text| vague.find_iter(text).count()).sum::<usize>();
        by_file.push((lines, source.path.clone()));
    }
    by_file.sort();
    let all: usize = by_file.iter().map(|(times, _)| times).sum();
    let rate = all as f64 * 1000.0 / words as f64;
    let worst: Vec<String> =
        by_file.iter().rev().take(10).map(|(times, path)| format!("{path}: {times}")).collect();
    assert!(
        rate <= VAGUE_MAX,
        "{rate:.1} of a thousand words of comment are `who`, `somebody` or the like, at most \
         {VAGUE_MAX}: name the caller, the client, the user, the account. Most of them:\n{}",
        worst.join("\n")
    );
}

#[test]
fn comments_fit_the_width() {
    let mut found = Vec::new();
    for source in sources(&FOLDERS) {
        for (at, line) in source.text.lines().enumerate() {
            let width = line.chars().count();
            if line.trim_start().starts_with("//") && width > WIDEST {
                found.push(format!("{}:{}: {width} columns", source.path, at + 1));
            }
        }
    }
    nothing("comments wider than 100 columns", found);
}

#[test]
fn citations_are_found() {
    let citations = Citations::new();
    let check = |text: &str, wanted: &[&str]| assert_eq!(citations.of(text), wanted, "{text}");
    check("Two tags [how-works; scim-dev: one of its points].", &["how-works", "scim-dev"]);
    check("[a-tag, other] and [a link](to/it), [field: x#1]", &["a-tag", "other"]);
    check("B33, and rows 13, 14 and 15; row 26", &["B33", "13", "14", "15", "26"]);
    check("RFC 7644, section 3.5.2 and section 4", &["section 4"]);
    check("Index [0], `[code]`", &[]);
}
