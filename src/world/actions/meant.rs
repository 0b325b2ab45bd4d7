//! The right form of an action that was written in another one: in words, or with the arguments of
//! its verb beside the verb.
//!
//! A form is proposed only when its verb can read it.

use super::{VERBS, Verb, graph_in_words, of_app, said};
use crate::base::diagnostic::nearest;
use crate::base::node::Entry;
use crate::base::{Kind, Node, ProblemKind, Problems};

/// The keys of a moment, which stand beside `do`.
const OF_MOMENT: [&str; 5] = ["time", "after", "say", "expect", "within"];

/// Other words for the time of a moment.
const OTHER_TIMES: [&str; 4] = ["at", "on", "when", "wait"];

/// The keys of tables that hold what is usually a verb's whole argument.
const MAIN: [&str; 5] = ["user", "group", "value", "name", "userName"];

/// Other words for keys of these tables.
const ALIASES: [(&str, &[&str]); 5] = [
    ("group", &["from", "to", "in", "into", "of"]),
    ("user", &["users", "member", "members", "who", "and", "person", "people"]),
    ("role", &["as", "app_role", "appRole"]),
    ("expires", &["for", "expiry", "lifetime", "valid", "valid_for"]),
    ("for", &["duration", "lasts", "during"]),
];

/// Words of a sentence that name nothing.
const FILLERS: [&str; 9] = ["user", "users", "the", "person", "to", "from", "in", "of", "and"];

/// The right form of an action that was written in words, such as `disable ann`: its verb and its
/// argument, without the braces that a scenario needs around them.
pub fn form_of_words(words: &str) -> Option<String> {
    if let Some(("graph", request)) = words.trim().split_once(char::is_whitespace)
        && let Some(form) = graph_in_words::of_text(request)
    {
        return Some(format!("graph = {}", form.to_toml()));
    }
    let apart = |c: char| c.is_whitespace() || "=:,(){}[]\"'".contains(c);
    let words: Vec<&str> = words.split(apart).filter(|word| !word.is_empty()).collect();
    let joined = words.get(..2).map(|pair| pair.join("_"));
    let (verb, rest) = match joined.and_then(|pair| said::verb_of(&pair)) {
        Some(verb) => (verb, &words[2..]),
        None => (said::verb_of(words.first()?)?, &words[1..]),
    };
    let names: Vec<Node> =
        rest.iter().filter(|word| !FILLERS.contains(word)).map(|word| Node::text(*word)).collect();
    let list = || Node::bare(Kind::List(names.clone()));
    let mut forms = Vec::new();
    match names.as_slice() {
        [] => forms.push(Node::bare(Kind::Bool(true))),
        [one] => {
            // A flag such as `Full` begins with a capital.
            let capital = rest.iter().map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|first| first.to_uppercase().to_string());
                Node::text(first.unwrap_or_default() + letters.as_str())
            });
            forms.extend([one.clone(), list()]);
            forms.extend(capital);
        }
        [one, other] => {
            // `ann to sales` says which is the group; otherwise it stands first, as in the table.
            let says = rest.iter().any(|word| ["to", "from", "in", "of"].contains(word));
            let (group, user) = if says { (other, one) } else { (one, other) };
            let member = Node::table([("group", group.clone()), ("user", user.clone())]);
            forms.extend([list(), member]);
        }
        _ => forms.push(list()),
    }
    forms.push(Node::bare(Kind::Bool(true)));
    let found = forms.into_iter().find(|form| reads(verb, form));
    Some(match found {
        Some(Node { kind: Kind::Bool(true), .. }) => verb.name.to_owned(),
        Some(form) => format!("{} = {}", verb.name, form.to_toml()),
        // The braces of the action alone: those within are the argument's.
        None => {
            let inner = verb.example.strip_prefix("{ ").and_then(|it| it.strip_suffix(" }"));
            inner.unwrap_or(verb.example).to_owned()
        }
    })
}

/// The right form of an action whose verb takes only what stands behind a key in its table:
/// `{ sign_in = { user = "ann" } }` is `{ sign_in = "ann" }`. The whole action, and the argument.
pub(super) fn without_key(verb: &Verb, argument: &Node, app: Option<&Entry>) -> Option<[Node; 2]> {
    let [inner] = argument.entries() else { return None };
    let whom = ALIASES.iter().filter(|(key, _)| ["user", "group"].contains(key));
    let mut words = whom.flat_map(|(_, words)| words.iter()).chain(&MAIN);
    if !words.any(|word| *word == inner.key) || !reads(verb, &inner.value) {
        return None;
    }
    // A verb of users takes no group by its name.
    if inner.key == "group" && !verb.name.contains("group") {
        return None;
    }
    let app = app.map(|app| (of_app::KEY, app.value.clone()));
    let action = [(verb.name, inner.value.clone())].into_iter().chain(app);
    Some([Node::table(action), inner.value.clone()])
}

/// The right form of an attribute that was written as a verb: `{ manager = { ann = "bob" } }` is
/// `{ update = { ann = { manager = "bob" } } }`.
pub(super) fn of_attribute(word: &str, value: &Node) -> Option<String> {
    let attribute = said::attribute_of(word)?;
    let update = verb_named("update")?;
    let users = value.entries().iter();
    let changed = users
        .map(|user| (user.key.as_str(), Node::table([(attribute.as_str(), user.value.clone())])));
    let form = Node::table(changed);
    reads(update, &form).then(|| format!("write {}", one(update.name, &form).to_toml()))
}

/// Reports an action of several keys: several verbs, or keys beside the verb.
pub(super) fn several(entries: &[Entry], app: Option<&Entry>, problems: &mut Problems) {
    let is_verb = |entry: &&Entry| verb_named(&entry.key).is_some();
    let Some(first) = entries.iter().find(is_verb) else {
        return without_verb(entries, problems);
    };
    match entries.iter().find(|entry| !is_verb(entry)) {
        Some(extra) => beside(first, extra, entries, app, problems),
        None => two_verbs(entries, problems),
    }
}

fn two_verbs(entries: &[Entry], problems: &mut Problems) {
    let [_, second, ..] = entries else { return };
    let actions: Vec<Node> = entries.iter().map(|entry| one(&entry.key, &entry.value)).collect();
    let list = Node::bare(Kind::List(actions)).to_toml();
    problems
        .error(
            second.key_span,
            format!("an action is one verb, and `{}` is a second one", second.key),
        )
        .help(format!("write a list of actions: do = {list}"));
}

/// Reports a key that stands beside a verb and is none.
fn beside(
    first: &Entry,
    extra: &Entry,
    entries: &[Entry],
    app: Option<&Entry>,
    problems: &mut Problems,
) {
    let Some(verb) = verb_named(&first.key) else { return };
    let rest: Vec<&Entry> = entries.iter().filter(|entry| entry.key != first.key).collect();
    let of_moment = |entry: &&&Entry| OF_MOMENT.contains(&entry.key.as_str());
    if let Some(moment) = rest.iter().find(of_moment) {
        let action = one(verb.name, &first.value).to_toml();
        let (key, value) = (&moment.key, moment.value.to_toml());
        problems
            .error(moment.key_span, format!("`{key}` is a key of the moment, not of an action"))
            .help(format!(
                "write it beside `do`, below an [[at]] of its own: {key} = {value}, do = {action}"
            ));
        return;
    }
    if let (true, [only]) = (is_of_assignment(verb), &rest[..])
        && only.key == "group"
    {
        let group = Node::table([("group", only.value.clone())]);
        let both = vec![one(verb.name, &first.value), one(verb.name, &group)];
        let list = Node::bare(Kind::List(both)).to_toml();
        problems
            .error(
                extra.key_span,
                format!("`{}` is of users or of a group, not of both", verb.name),
            )
            .help(format!("write a list of actions: do = {list}"));
        return;
    }
    let help = match right_form(verb, &first.value, &rest) {
        Some((name, argument)) => {
            let app = app.map(|app| (of_app::KEY, app.value.clone()));
            format!("write {}", Node::table([(name, argument)].into_iter().chain(app)).to_toml())
        }
        None if rest.len() == 1 && nearest(&extra.key, ["application", "apps"]).is_some() => {
            let app = (of_app::KEY, extra.value.clone());
            let form = Node::table([(verb.name, first.value.clone()), app]);
            format!("write {}", form.to_toml())
        }
        None if OTHER_TIMES.contains(&extra.key.as_str()) => {
            "a moment says when it comes: an [[at]] with time = \"2d\" and the `do`".to_owned()
        }
        None => format!("such as {}", verb.example),
    };
    problems
        .error(extra.key_span, format!("`{}` stands beside the verb `{}`", extra.key, verb.name))
        .label("what a verb takes stands behind its equals sign")
        .help(help);
}

/// Whether a verb takes users or `{ group = ".." }`.
fn is_of_assignment(verb: &Verb) -> bool {
    ["assign", "unassign"].contains(&verb.name)
}

/// The verb and the argument that hold what was written behind a verb and beside it.
fn right_form(verb: &'static Verb, value: &Node, rest: &[&Entry]) -> Option<(&'static str, Node)> {
    let plain = |entry: &&&Entry| (entry.key.clone(), entry.value.clone());
    let aliased = |entry: &&&Entry| {
        let known = ALIASES.iter().find(|(_, words)| words.contains(&entry.key.as_str()));
        (known.map_or(entry.key.as_str(), |(key, _)| *key).to_owned(), entry.value.clone())
    };
    let as_written: Vec<(String, Node)> = rest.iter().map(|entry| plain(&entry)).collect();
    let renamed: Vec<(String, Node)> = rest.iter().map(|entry| aliased(&entry)).collect();
    let mut forms = Vec::new();
    for keys in [as_written, renamed] {
        forms.extend(around(value, &keys).into_iter().map(|form| (verb, form)));
        if verb.name == super::DOWN
            && let Some(fault) = verb_named("fault")
        {
            let outage =
                [("name", Node::text(verb.name)), ("refuse", Node::bare(Kind::Bool(true)))];
            let outage = outage.map(|(key, value)| (key.to_owned(), value));
            forms.push((fault, Node::table(outage.into_iter().chain(keys))));
        }
    }
    let found = forms.into_iter().find(|(verb, form)| reads(verb, form));
    found.map(|(verb, form)| (verb.name, form))
}

/// The tables and lists that a value and the keys beside it may have been meant for.
fn around(value: &Node, keys: &[(String, Node)]) -> Vec<Node> {
    let mut forms = Vec::new();
    match (&value.kind, keys) {
        // `{ restart = true, flags = ["Full"] }`
        (Kind::Bool(true), [(_, only)]) => forms.push(only.clone()),
        // `{ fault = { name = "outage" }, respond = 503 }`
        (Kind::Table(inner), _) => {
            let inner = inner.iter().map(|entry| (entry.key.clone(), entry.value.clone()));
            forms.push(Node::table(inner.chain(keys.iter().cloned())));
        }
        // `{ assign = "ann", role = "Editor" }`, `{ hire = "zoe", department = "Sales" }`
        (Kind::Text(name), _) => {
            for main in MAIN.iter().filter(|main| keys.iter().all(|(key, _)| key != *main)) {
                let main = std::iter::once(((*main).to_owned(), value.clone()));
                forms.push(Node::table(main.chain(keys.iter().cloned())));
            }
            let inner = Node::table(keys.iter().cloned());
            forms.push(Node::table([(name.as_str(), inner)]));
        }
        (Kind::List(_), _) => {
            for main in MAIN.iter().filter(|main| keys.iter().all(|(key, _)| key != *main)) {
                let main = std::iter::once(((*main).to_owned(), value.clone()));
                forms.push(Node::table(main.chain(keys.iter().cloned())));
            }
        }
        _ => {}
    }
    // `{ disable = "ann", user = "bob" }`
    if let ([(key, more)], Kind::Text(_)) = (keys, &value.kind)
        && key == "user"
    {
        forms.push(Node::bare(Kind::List(vec![value.clone(), more.clone()])));
    }
    forms
}

/// Reports keys none of which is a verb; a verb may stand as a value: `{ action = "disable",
/// user = "ann" }`.
fn without_verb(entries: &[Entry], problems: &mut Problems) {
    let named = entries.iter().find_map(|entry| match &entry.value.kind {
        Kind::Text(word) => Some((entry, verb_named(word)?)),
        _ => None,
    });
    let Some(first) = entries.first() else { return };
    let help = match named {
        Some((entry, verb)) => {
            let others: Vec<&Entry> = entries.iter().filter(|it| it.key != entry.key).collect();
            let keys = others.iter().map(|it| (it.key.clone(), it.value.clone()));
            let whole = Node::table(keys);
            let only = others.first().filter(|_| others.len() == 1).map(|it| it.value.clone());
            let form = only.into_iter().chain([whole]).find(|form| reads(verb, form));
            match form {
                Some(form) => format!("write {}", one(verb.name, &form).to_toml()),
                None => format!("the verb is the key, such as {}", verb.example),
            }
        }
        None => said::advice(&first.key),
    };
    let place = named.map_or(first, |(entry, _)| entry);
    problems
        .error(place.key_span, format!("unknown action `{}`", place.key))
        .kind(ProblemKind::UnknownKey)
        .help(help);
}

fn verb_named(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// The action `{ verb = argument }`, or the word of a verb that takes nothing.
fn one(verb: &str, argument: &Node) -> Node {
    match argument.kind {
        Kind::Bool(true) => Node::text(verb),
        _ => Node::table([(verb, argument.clone())]),
    }
}

fn reads(verb: &Verb, argument: &Node) -> bool {
    let mut problems = Problems::default();
    (verb.read)(argument, &mut problems).is_some() && !problems.has_errors()
}

#[cfg(test)]
mod tests {
    use super::super::tests::node;
    use super::super::{Action, Problems};
    use super::*;

    #[test]
    fn what_stands_beside_a_verb_is_shown_where_it_belongs() {
        for (written, help) in [
            (
                r#"{ assign = "ann", role = "Editor" }"#,
                r#"write { assign = { user = "ann", role = "Editor" } }"#,
            ),
            (
                r#"{ assign = "ann", as = "Editor", app = "test" }"#,
                r#"write { assign = { user = "ann", role = "Editor" }, app = "test" }"#,
            ),
            (
                r#"{ rotate_token = "x", expires = "3d" }"#,
                r#"write { rotate_token = { value = "x", expires = "3d" } }"#,
            ),
            (
                r#"{ fault = "outage", respond = 503 }"#,
                r#"write { fault = { name = "outage", respond = 503 } }"#,
            ),
            (
                r#"{ fault = { name = "outage" }, respond = 503 }"#,
                r#"write { fault = { name = "outage", respond = 503 } }"#,
            ),
            (
                r#"{ add_member = "ann", group = "sales" }"#,
                r#"write { add_member = { user = "ann", group = "sales" } }"#,
            ),
            (
                r#"{ remove_member = "ann", from = "sales" }"#,
                r#"write { remove_member = { user = "ann", group = "sales" } }"#,
            ),
            (
                r#"{ update = "ann", surname = "Park" }"#,
                r#"write { update = { ann = { surname = "Park" } } }"#,
            ),
            (
                r#"{ hire = "zoe", department = "Sales" }"#,
                r#"write { hire = { zoe = { department = "Sales" } } }"#,
            ),
            (
                r#"{ edit_account = "ann", active = false }"#,
                r#"write { edit_account = { ann = { active = false } } }"#,
            ),
            (
                r#"{ provision_on_demand = "sales", users = ["ann"] }"#,
                r#"write { provision_on_demand = { group = "sales", users = ["ann"] } }"#,
            ),
            (
                r#"{ down = true, for = "2h" }"#,
                r#"write { fault = { name = "down", refuse = true, for = "2h" } }"#,
            ),
            (r#"{ restart = true, flags = ["Full"] }"#, r#"write { restart = ["Full"] }"#),
            (r#"{ disable = "ann", and = "bob" }"#, r#"write { disable = ["ann", "bob"] }"#),
            (r#"{ disable = "ann", reason = "left" }"#, r#"such as { disable = "ann" }"#),
            (r#"{ disable = "ann", time = "2d" }"#, "write it beside `do`"),
            (r#"{ disable = "ann", at = "2d" }"#, "a moment says when it comes"),
            (r#"{ action = "disable", user = "ann" }"#, r#"write { disable = "ann" }"#),
            (r#"{ disable = { departmnt = "Sales" } }"#, "did you mean `department`?"),
            (
                r#"{ disable = "ann", enable = "bob" }"#,
                r#"do = [{ disable = "ann" }, { enable = "bob" }]"#,
            ),
        ] {
            refused_with_help(written, help);
        }
    }

    #[test]
    fn a_name_as_a_key_and_a_verb_of_another_kind_are_shown_as_they_are_meant() {
        for (written, help) in [
            (
                r#"{ start = true, application = "test" }"#,
                r#"write { start = true, app = "test" }"#,
            ),
            (r#"{ sign_in = { ann = "golinks" } }"#, r#"write "ann", the name alone"#),
            (r#"{ enable = { group = "red" } }"#, "this verb takes users"),
            (r#"{ update_group = { red = "Blue" } }"#, r#"write { name = "Blue" }"#),
            (r#"{ hire = { zoe = "Zoe" } }"#, r#"write { name = "Zoe" }"#),
            (r#"{ unassign = { ann = "Editor" } }"#, r#"write { unassign = "ann" }"#),
            (r#"{ delete_app = "test" }"#, "an application is deleted by a request of Graph"),
        ] {
            refused_with_help(written, help);
        }
    }

    #[test]
    fn a_key_before_the_one_argument_of_a_verb_is_shown_to_be_too_much() {
        for (written, help) in [
            (r#"{ sign_in = { user = "ann" } }"#, r#"write { sign_in = "ann" }"#),
            (
                r#"{ sign_in = { user = ["ann", "bob"], app = "test" } }"#,
                r#"write { sign_in = ["ann", "bob"], app = "test" }"#,
            ),
            (r#"{ disable = { who = "ann" } }"#, r#"write { disable = "ann" }"#),
            (r#"{ set_secret = { value = "x" } }"#, r#"write { set_secret = "x" }"#),
            (r#"{ delete_group = { group = "sales" } }"#, r#"write { delete_group = "sales" }"#),
        ] {
            refused_with_help(written, help);
        }
    }

    fn refused_with_help(written: &str, help: &str) {
        let mut problems = Problems::default();
        assert!(Action::read(&node(written), &mut problems).is_none(), "{written}");
        let said = &problems.list()[0].help;
        assert!(said.contains(help), "{written}: {said}");
    }

    #[test]
    fn words_become_an_action_that_can_be_read() {
        for (words, form) in [
            ("disable ann", r#"disable = "ann""#),
            ("disable = \"ann\"", r#"disable = "ann""#),
            ("disable(ann)", r#"disable = "ann""#),
            ("disable user ann", r#"disable = "ann""#),
            ("disable ann and bob", r#"disable = ["ann", "bob"]"#),
            ("deactivate ann", r#"disable = "ann""#),
            ("start provisioning", "start"),
            ("add ann to sales", r#"hire"#),
            ("add member ann to sales", r#"add_member = { group = "sales", user = "ann" }"#),
            ("delete group sales", r#"delete_group = "sales""#),
            ("set scope all", r#"set_scope = "all""#),
            ("restart", "restart"),
        ] {
            let found = form_of_words(words);
            match form {
                "hire" => assert_eq!(found, None, "{words}"),
                _ => assert_eq!(found.as_deref(), Some(form), "{words}"),
            }
        }
    }
}
