//! Finding what is asked for among the topics: by name, by a part of it, by kind, along a path with
//! names of people in it, as a value of a setting, or by a word of a longer name.

use super::topics::Topic;
use crate::base::diagnostic::nearest;

/// How many topics an answer may have that were found by a word of their names.
const FEW: usize = 8;

/// The tables of a scenario below which a name that is observed stands.
const PLACES: [&str; 3] = ["expect.", "finally.", "always."];

/// A way to find what is asked for.
type Way = fn(&Topic, &str) -> bool;

/// The ways, the surest first; the first that finds something gives the answer.
const WAYS: [(Way, usize); 7] = [
    (is_called, usize::MAX),
    (is_of_kind, usize::MAX),
    (leads_along, FEW),
    (is_spelled, FEW),
    (takes, FEW),
    (has_word, FEW),
    (marks, 3),
];

/// Finds topics by a name or by parts of a dotted name (`pause`, `max_rps`, `golinks.token`,
/// `quirks`), else all topics of a kind (`functions`), else those that are meant by a path
/// (`golinks.account.ann.userName`), a value (`link_both`), or a word of a name (`incremental`).
/// What an earlier list knows by its name hides the later ones.
///
/// # Errors
/// A help line with the nearest names, when nothing is meant.
pub fn find(lists: &[Vec<Topic>], thing: &str) -> Result<Vec<Topic>, String> {
    let thing = PLACES.iter().find_map(|place| thing.strip_prefix(place)).unwrap_or(thing);
    for (way, most) in WAYS {
        for list in lists {
            let found: Vec<Topic> = list.iter().filter(|it| way(it, thing)).cloned().collect();
            if (1..=most).contains(&found.len()) {
                return Ok(found);
            }
        }
    }
    Err(help(&lists.concat(), thing))
}

/// The name, or some parts of a dotted name.
fn is_called(topic: &Topic, thing: &str) -> bool {
    if topic.is_code {
        return topic.name.eq_ignore_ascii_case(thing);
    }
    let inside = format!(".{thing}.").to_lowercase();
    format!(".{}.", topic.name).to_lowercase().contains(&inside)
}

/// The kind, also in the plural.
fn is_of_kind(topic: &Topic, thing: &str) -> bool {
    let singular = singular(thing);
    topic.kind == singular || topic.kind.split(' ').next() == Some(&*singular)
}

fn singular(thing: &str) -> String {
    match thing.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => thing.strip_suffix('s').unwrap_or(thing).to_owned(),
    }
}

/// A path with names of its own: `golinks.account.<user>` with `golinks.account.ann.userName`,
/// `user.differs` with `user.differs department`.
fn leads_along(topic: &Topic, thing: &str) -> bool {
    if let Some(rest) = thing.strip_prefix(&*topic.name) {
        return topic.is_code && rest.starts_with(' ');
    }
    let name: Vec<&str> = topic.name.split('.').collect();
    let asked: Vec<&str> = thing.split('.').collect();
    let same = |(known, part): (&&str, &&str)| known.starts_with('<') || known == part;
    topic.name.contains('<')
        && asked.len() >= name.len()
        && name.iter().zip(&asked).all(same)
        && !(name.len() == 2 && name[0].starts_with('<'))
}

/// What the vendor's longest codes begin with; sentences leave it out.
const LONG_CODES: &str = "SystemForCrossDomainIdentityManagement";

/// The name in another spelling: with other capitals, hyphens or underlines, in the plural.
fn is_spelled(topic: &Topic, thing: &str) -> bool {
    let plain = |text: &str| text.replace([' ', '_', '-'], "").to_lowercase();
    let (asked, one) = (plain(thing), plain(&singular(thing)));
    let parts = if topic.is_code { None } else { topic.name.rsplit('.').next() };
    let last = parts.unwrap_or(&topic.name);
    let short = topic.name.strip_prefix(LONG_CODES).unwrap_or(last);
    [&*topic.name, last, short].into_iter().map(plain).any(|name| name == asked || name == one)
}

/// One of the few values of a setting.
fn takes(topic: &Topic, thing: &str) -> bool {
    topic.values.iter().any(|value| value.eq_ignore_ascii_case(thing))
}

/// A word of a name that has several, as `incremental` of `incremental cycle`.
fn has_word(topic: &Topic, thing: &str) -> bool {
    topic.name.contains(' ') && has_whole(&topic.name, thing)
}

/// The word stands in the text as one of code, as `wrong_name` of the fault `certificate`.
fn marks(topic: &Topic, thing: &str) -> bool {
    topic.long.split('`').skip(1).step_by(2).any(|code| has_whole(code, thing))
}

/// Whether these words stand in a text as a whole, whatever their capitals are.
fn has_whole(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.to_lowercase());
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(&words).any(|(at, found)| {
        !inside(text[..at].chars().next_back()) && !inside(text[at + found.len()..].chars().next())
    })
}

/// What is said of a thing that no topic is called: the name that it may be a typo of, and the
/// topics that speak of it.
fn help(topics: &[Topic], thing: &str) -> String {
    let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
    let parts = topics.iter().filter(|it| !it.is_code).filter_map(|it| it.name.rsplit('.').next());
    let near = nearest(thing, names.iter().copied().chain(parts));
    let about = about(thing, topics);
    let near = near.map(|near| format!("did you mean `{near}`?"));
    match (near, about.is_empty()) {
        (Some(near), true) => words_of(topics, thing).unwrap_or(near),
        (Some(near), false) => format!("{near} Of `{thing}` speak {}", about.join(", ")),
        (None, false) => format!("of this speak {}", about.join(", ")),
        (None, true) => words_of(topics, thing)
            .unwrap_or_else(|| "`scimulator explain` lists everything".to_owned()),
    }
}

/// The names of the first topics that have these words in their text.
fn about(thing: &str, topics: &[Topic]) -> Vec<String> {
    const SHOWN: usize = 5;
    let speaks = |topic: &&Topic| has_whole(&topic.long, thing) || has_whole(&topic.name, thing);
    topics.iter().filter(speaks).take(SHOWN).map(|topic| format!("`{}`", topic.name)).collect()
}

/// What is said of several words that no text has: those of them that are explained one by one;
/// `None` when none is.
fn words_of(topics: &[Topic], thing: &str) -> Option<String> {
    const LEAST: usize = 4;
    let parts =
        thing.split([' ', '.', '_', '-']).filter(|part| part.len() >= LEAST && *part != thing);
    let known = parts.filter(|part| topics.iter().any(|topic| is_called(topic, part)));
    let known: Vec<String> = known.map(|part| format!("`explain {part}`")).collect();
    (!known.is_empty()).then(|| format!("of its words there are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use crate::scenario::explain::topics::find;

    /// The names that are found.
    fn names(thing: &str) -> Vec<String> {
        let found = find(thing).unwrap_or_else(|help| panic!("{thing}: {help}"));
        found.into_iter().map(|topic| topic.name).collect()
    }

    #[test]
    fn a_path_with_names_and_a_value_lead_to_what_takes_them() {
        assert_eq!(names("golinks.account.ann.userName"), ["golinks.account.<user>"]);
        assert_eq!(names("log.last.ann.code"), ["log.last.<name>"]);
        assert_eq!(names("link_both"), ["entra.policy.on_shared_target"]);
        assert_eq!(names("no_escape"), ["golinks.quirks.filter_parser"]);
        assert!(names("incremental").contains(&"incremental cycle".to_owned()));
        assert_eq!(names("initial-cycle"), ["initial cycle"]);
        assert_eq!(names("object connections"), ["object connection"]);
        assert_eq!(names("SteadyState"), ["steady state"]);
    }

    #[test]
    fn what_is_unknown_gets_the_nearest_name_and_what_speaks_of_it() {
        assert_eq!(find("max_rsp"), Err("did you mean `max_rps`?".to_owned()));
        assert_eq!(find("xyzzy"), Err("`scimulator explain` lists everything".to_owned()));
        let said = |thing: &str| find(thing).expect_err("no such name");
        assert!(said("portal").contains("speak"), "{}", said("portal"));
        assert!(said("quarantine sheep").contains("`explain quarantine`"));
    }
}
