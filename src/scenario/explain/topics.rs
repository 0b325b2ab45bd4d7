//! The topics of `explain`: verbs, faults, policies, settings, mappings, functions, quirks, bugs,
//! observable names and words, each kind from its own table.

use super::{keys, lookup, properties, words};
use crate::base::doc;
use crate::entra::expression::functions::{FUNCTIONS, Sample};
use crate::entra::filter::ClauseOperator;
use crate::entra::graph::access::GRAPH_KEYS;
use crate::entra::mapping;
use crate::entra::people::vocabulary;
use crate::entra::policy::Policy;
use crate::entra::secrets::SECRET_KEYS;
use crate::entra::sign_in::OAUTH_KEYS;
use crate::entra::sign_on::SSO_KEYS;
use crate::golinks::{self, quirks};
use crate::scenario::APP_KEYS;
use crate::scenario::bugs::{self, BUGS, Means};
use crate::scenario::library::{self, BundledScenario};
use crate::scenario::outlines::OUTLINES;
use crate::world::actions::VERBS;
use crate::world::faults::{FAULT_KEYS, FAULTS, WHEN_KEYS};

use crate::scenario::expect::{ObservableRow, ROWS, Shape};

/// One thing that can be explained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// What it is: `action`, `fault`, `policy`.
    pub kind: &'static str,
    /// Its name; for a setting the dotted path.
    pub name: String,
    /// What it does, in a sentence.
    pub short: String,
    /// The whole explanation, in indented lines.
    pub long: String,
    /// The words that it takes as its value, where these are a few; of a function its parameters.
    pub values: Vec<String>,
    /// Whether its dotted name is one word, of which a part is no name: `patch.answer`.
    pub is_code: bool,
}

/// The kind of the topics about observable names.
pub const OBSERVED: &str = "to observe";

/// Everything that can be explained, kind by kind.
pub fn all() -> Vec<Topic> {
    let mut topics: Vec<Topic> = verbs().chain(faults()).chain(fault_keys()).collect();
    topics.extend(observed());
    topics.extend(administration().chain(oauth()).chain(applications()).chain(mappings()));
    topics.extend(operators().chain(functions()));
    topics.extend(policies().chain(settings()).chain(deviations()).chain(people()));
    topics.extend(outlined().chain(reported()));
    topics.extend(keys::all());
    topics.extend(words::all().map(|it| topic(it.kind, it.name, it.doc, String::new())));
    topics
}

/// Finds topics of scenario files and of what a run prints, as [`lookup::find`] does.
///
/// # Errors
/// A help line with the nearest name, when no topic has that name.
pub fn find(thing: &str) -> Result<Vec<Topic>, String> {
    lookup::find(&[all(), properties::all()], thing)
}

fn verbs() -> impl Iterator<Item = Topic> {
    VERBS.iter().map(|verb| {
        let long = format!("  do = {}\n", verb.example);
        topic("action", verb.name, verb.doc, long)
    })
}

fn faults() -> impl Iterator<Item = Topic> {
    FAULTS.iter().map(|fault| {
        let long = format!("  [[fault]]\n{}\n", indent(fault.example));
        topic("fault", fault.name, fault.doc, long)
    })
}

fn fault_keys() -> impl Iterator<Item = Topic> {
    let tables = [
        ("fault", "  [[fault]]\n  ", &FAULT_KEYS[..]),
        ("fault.when", "  [fault.when]\n  ", &WHEN_KEYS),
    ];
    tables.into_iter().flat_map(|(table, head, keys)| {
        keys.iter().map(move |key| {
            let long = format!("{head}{} = {}\n", key.name, key.example);
            topic("key of faults", &format!("{table}.{}", key.name), key.doc, long)
        })
    })
}

fn observed() -> impl Iterator<Item = Topic> {
    let rows = ROWS.iter().flat_map(|rows| rows.iter()).map(|row| {
        let long = format!("  takes    {}\n\n  expect.{} = ...\n", takes(row), row.path);
        topic(OBSERVED, row.path, row.doc, long)
    });
    let others = OTHERS.iter().map(|(name, doc, example)| {
        let long = format!("{}\n", indent(example));
        topic(OBSERVED, name, doc, long)
    });
    rows.chain(others)
}

/// The observable names that are no rows of [`ROWS`]: name, meaning, example.
const OTHERS: [(&str, &str, &str); 17] = [
    (
        "log.last.<name>",
        "The last row of the provisioning log about a user or a group: action, status, code, reason, steps and target, in the vendor's words.",
        "expect.log.last.ann = { action = \"disable\", status = \"success\" }",
    ),
    (
        "log.where",
        "How many rows of the provisioning log meet all conditions: user or group, action, status, code. A counter; several stand in a list.",
        "expect.log.where = { user = \"ann\", status = \"failure\", min = 2 }",
    ),
    (
        "requests.where",
        "How many SCIM requests of the application's job meet all conditions: the user they are about, method, path (below /scim/v2, a `*` stands for any text), and the answer's status, 404 or \"4xx\". A counter; several stand in a list.",
        "expect.requests.where = [{ user = \"ann\", method = \"PATCH\", is = 1 }, { status = \"5xx\", is = 0 }]",
    ),
    (
        "requests.last.<name>",
        "The last SCIM request about a user or a group, and its answer: method, path (with its query), sent (the body), status, and answer (the body); absent when none was sent.",
        "expect.requests.last.ann = { method = \"PATCH\", sent = { contains = '\"active\"' }, status = 200 }",
    ),
    (
        "ondemand.<name>",
        "The last run on demand about a user or a group: result (Success, Skipped, Failure), action, code, reason, the \
         steps that the portal shows (import, scope, match, action, and test where that fails), and the one it \
         `stopped_at`.",
        "expect.ondemand.ann = { result = \"Skipped\", stopped_at = \"scope\" }",
    ),
    (
        "link.<name>",
        "The connection of a user or a group: target, the id of the account; absent without a connection.",
        "expect.link.ann = { absent = true }",
    ),
    (
        "exposure.<user>",
        "The longest time that one user who had left or was out of scope still had an active account; \"0s\" for a user who never was exposed.",
        "expect.exposure.ann = { max = \"45m\" }",
    ),
    (
        "golinks.account.<user>",
        "The account that a user is matched with, value by value along SCIM paths; absent when there is none. An account that is there beforehand is a table [golinks.account.<name>] of such values.",
        "expect.golinks.account.ann.active = false\nexpect.golinks.account.bob = { absent = true }",
    ),
    (
        "golinks.group.<group>",
        "The group that a group is matched with: its members as a number or as names, and values along SCIM paths; absent when there is none.",
        "expect.golinks.group.sales = { displayName = \"Sales\", members = [\"ann\", \"bob\"] }\nexpect.golinks.group.sales.members = 2",
    ),
    (
        "golinks.session.<user>",
        "How many sessions at GoLinks the account of a user has.",
        "expect.golinks.session.ann = 1",
    ),
    (
        "golinks.api_token.<user>",
        "How many API tokens of GoLinks the account of a user has that are good.",
        "expect.golinks.api_token.ann = 0",
    ),
    (
        "golinks.api_call.<user>",
        "The status that GoLinks' REST API answered the last call with a token of a user; absent before the first.",
        "expect.golinks.api_call.ann = 401",
    ),
    (
        "golinks.role.<user>",
        "The role at GoLinks of the account of a user: admin, moderator, member or limited_member; absent without an account.",
        "expect.golinks.role.ann = \"admin\"",
    ),
    (
        "golinks.link.<name>",
        "A go link: `owner`, `owner_active`, `url` and `hits`; absent when there is none of that name.",
        "expect.golinks.link.wiki = { owner = \"ann\", hits = 2 }",
    ),
    (
        "signins.last.<user>",
        "The last time a user signed in: result, and the reason of a refusal; absent for one who never tried.",
        "expect.signins.last.ann.result = \"let in\"",
    ),
    (
        "worlds",
        "Whether GoLinks holds what Entra intends: agree, or differ in the people and groups named and in nothing else, or in so many of them.",
        "expect.worlds = \"agree\"\nexpect.worlds = { differ = [\"ann\"] }\nexpect.worlds = { differ = { max = 2 } }",
    ),
    (
        "app.<name>",
        "Any of these names of one application, `main` or one of `[app.<name>]`. Without it `worlds` and `exposure` speak of all, other names of the main one.",
        "expect.app.test.job.status = \"Active\"\nexpect.app.test.worlds = \"agree\"",
    ),
];

fn takes(row: &ObservableRow) -> String {
    match row.shape {
        Shape::Word(words) => words.join(", "),
        Shape::Count => {
            "a counter: [always] takes it, and it can count { since = \"cycle 1\", is = 4 }"
                .to_owned()
        }
        shape => shape.name().to_owned(),
    }
}

/// The settings of the job other than policies: key, meaning, example.
const ADMINISTRATION: [(&str, &str, &str); 17] = [
    (
        "role",
        "The role of the administrator who is signed in; a Global Reader or a plain User can configure nothing.",
        "\"Cloud Application Administrator\"",
    ),
    (
        "mode",
        "The provisioning mode: `automatic`, or `manual` until the provisioning page is filled in and saved; `unconfigured` is automatic with credentials of which a key is missing.",
        "\"manual\"",
    ),
    (
        "notify_failures",
        "The check box below the address for mails: whether one is sent when the job is quarantined.",
        "false",
    ),
    ("scope", "Who is provisioned: `assigned` people, or `all`.", "\"assigned\""),
    (
        "dialect",
        "How PATCH bodies are written: `classic`, or `compliant` as with aadOptscim062020.",
        "\"classic\"",
    ),
    (
        "app_roles",
        "The app roles that the application defines beside `User` and `Default Access`. Once there are some, an assignment carries one of them; without, any name is one.",
        "[\"Editor\", \"Administrator\"]",
    ),
    (
        "auth",
        "How the job signs in: `bearer` with a secret token, `client_credentials` with client id and secret at a token endpoint, or `federation` with an assertion that the tenant signs.",
        "\"client_credentials\"",
    ),
    (
        "secret",
        "The secret token the job sends; GoLinks' own token unless said. Left blank, a token that the tenant signs travels instead: for tests only.",
        "\"another-token\"",
    ),
    (
        "oauth",
        "What OAuth needs: token_url, client_id, client_secret, scope, audience, signing_key. GoLinks' own values unless said.",
        "{ client_id = \"entra\", client_secret = \"another-secret\" }",
    ),
    (
        "sso",
        "Single sign-on to the application: who may sign in, where Responses go, what they say and how they are signed. GoLinks' own values unless said.",
        "{ identifier = \"https://sp.example\", reply_urls = [\"http://localhost:5000/acs\"] }",
    ),
    (
        "secrets",
        "The settings of the job by the vendor's keys, as Graph's secrets have them: BaseAddress, SecretToken, SyncAll, \
         SkipOutOfScopeDeletions, SyncNotificationSettings, Oauth2ClientId, Oauth2ClientSecret, Oauth2TokenExchangeUri.",
        "{ SyncAll = \"false\", SkipOutOfScopeDeletions = \"True\" }",
    ),
    (
        "graph",
        "Who may use the tenant's Graph API while the program serves: a plain token, and its permissions.",
        "{ token = \"graph-demo-token\" }",
    ),
    (
        "tenant_url",
        "Where GoLinks is, with the flag aadOptscim062020 where wanted.",
        "\"https://golinks.example/scim/v2\"",
    ),
    (
        "notify",
        "Where the mail about a quarantine goes; none is sent unless said.",
        "\"it@contoso.example\"",
    ),
    (
        "delete_threshold",
        "How many disables and deletions in one cycle are too many: a cycle that comes to this number sends none of them, \
         stages them instead, and the job is quarantined; see `allow_deletes`.\nA number switches the guard on. `false` \
         switches it off, as it is unless said; `true` switches it on with the number that was set last, or 500.",
        "10",
    ),
    (
        "filters",
        "The scoping filters.\nThe clauses of one must all hold; of several filters one is enough. Saving them while the job \
         runs re-evaluates everybody.",
        "[{ title = \"Front office\", where = [{ attribute = \"department\", is = \"EQUALS\", value = \"Sales\" }] }]",
    ),
    (
        "mappings",
        "The attribute mappings.\nWhat is written changes what is there; saving them while the job runs re-evaluates \
         everybody.",
        "{ users = { change = [{ target = \"title\", source = \"jobTitle\" }] } }",
    ),
];

fn administration() -> impl Iterator<Item = Topic> {
    ADMINISTRATION.iter().map(|(name, doc, example)| {
        let long = format!("  [entra]\n  {name} = {example}\n");
        topic("setting of the job", &format!("entra.{name}"), doc, long)
    })
}

fn applications() -> impl Iterator<Item = Topic> {
    APP_KEYS.iter().map(|key| {
        let long = format!(
            "  [app.test]\n  {} = {}\n\n  Every other key of [entra] stands here too.\n",
            key.name, key.example
        );
        topic("setting of an application", &format!("app.<name>.{}", key.name), key.doc, long)
    })
}

fn oauth() -> impl Iterator<Item = Topic> {
    let tables = [
        ("entra.oauth", &OAUTH_KEYS[..]),
        ("entra.sso", &SSO_KEYS[..]),
        ("entra.secrets", &SECRET_KEYS[..]),
        ("entra.graph", &GRAPH_KEYS[..]),
    ];
    tables.into_iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key))).map(
        |(table, key)| {
            let long = format!("  [{table}]\n  {} = {}\n", key.name, key.example);
            topic("setting of the job", &format!("{table}.{}", key.name), key.doc, long)
        },
    )
}

fn mappings() -> impl Iterator<Item = Topic> {
    let tables = [
        ("entra.mappings", &mapping::SCHEMA_KEYS[..]),
        ("entra.mappings.users", &mapping::TABLE_KEYS),
        ("entra.mappings.users.rows", &mapping::ROW_KEYS),
    ];
    tables.into_iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key))).map(
        |(table, key)| {
            let long = format!("  [{table}]\n  {} = {}\n", key.name, key.example);
            topic("key of mappings", &format!("{table}.{}", key.name), key.doc, long)
        },
    )
}

fn operators() -> impl Iterator<Item = Topic> {
    ClauseOperator::all().map(|operator| {
        let long = format!(
            "  An attribute without a value makes every clause false, but IS NULL.\n\n  \
             {{ attribute = \"department\", is = \"{}\" }}\n",
            operator.name()
        );
        topic("operator of filters", operator.name(), operator.doc(), long)
    })
}

fn functions() -> impl Iterator<Item = Topic> {
    FUNCTIONS.iter().map(|function| {
        let examples = function.examples.iter().map(|example| {
            let gives = match example.result {
                Sample::Text(text) => format!("\"{text}\""),
                Sample::List(texts) => format!("{texts:?}"),
                Sample::Json(json) => json.to_owned(),
                Sample::Random(length) => format!("{length} characters of chance"),
                Sample::Ignored => "the attribute is left out".to_owned(),
                Sample::Fails => "an error".to_owned(),
                Sample::Null | Sample::Roles(_) => "nothing".to_owned(),
            };
            format!("  {} → {gives}\n", example.expression)
        });
        let examples: String = examples.collect();
        let topic = topic("function", function.name, function.doc, examples);
        let values = function.parameters.iter().map(|it| it.name.to_owned()).collect();
        Topic { long: format!("  {}\n\n{}", function.signature(), topic.long), values, ..topic }
    })
}

fn policies() -> impl Iterator<Item = Topic> {
    Policy::rows().into_iter().map(|row| {
        let (default, takes) = (&row.default, row.takes);
        let source = format!("{} {}", row.provenance.word(), row.source);
        let long = format!("  default  {default}\n  takes    {takes}\n  source   {source}\n");
        let topic = topic("policy", &format!("entra.policy.{}", row.name), row.doc, long);
        Topic { values: quoted(takes), ..topic }
    })
}

fn settings() -> impl Iterator<Item = Topic> {
    golinks::Settings::rows().into_iter().map(|row| {
        let long = format!(
            "  default  {}
",
            row.default
        );
        topic("setting of GoLinks", &format!("golinks.{}", row.name), &row.doc(), long)
    })
}

fn deviations() -> impl Iterator<Item = Topic> {
    quirks::TABLE.iter().map(|row| {
        let (words, bugs) = (row.words.join(", "), row.bugs.join(", "));
        let long = format!("  takes    {words}\n  bugs     {bugs}\n  source   {}\n", row.from);
        let topic =
            topic("quirk of GoLinks", &format!("golinks.quirks.{}", row.name), row.story, long);
        let words = row.words.iter().filter(|word| !["true", "false"].contains(word));
        Topic { values: words.map(|word| (*word).to_owned()).collect(), ..topic }
    })
}

fn reported() -> impl Iterator<Item = Topic> {
    let stories = library::list();
    BUGS.iter().map(move |bug| {
        let lead = if bug.means == Means::Action { "do = " } else { "" };
        let note = if bug.note.is_empty() { String::new() } else { format!("  {}\n", bug.note) };
        let gap = if bug.with.is_empty() { "" } else { "\n" };
        let mut long = format!("  {}\n{note}{gap}", bug.means.sentence());
        for with in bug.with {
            long += &format!("  {lead}{with}\n");
            let row = quirks::TABLE.iter().find(|row| {
                let set =
                    with.strip_prefix("golinks.quirks.").and_then(|it| it.strip_prefix(row.name));
                set.is_some_and(|rest| rest.starts_with('='))
            });
            long += &row.map_or(String::new(), |row| {
                format!("{}\n    ({})\n", indent(&indent(&doc::paragraph(row.story))), row.from)
            });
        }
        let number = bug.number;
        let told = told_by(&stories, number);
        if let Some(why) = bugs::untold(bug) {
            long += &format!(
                "\n{}\n",
                indent(&doc::paragraph(&format!("No story tells of it: {why}.")))
            );
        }
        long += &told;
        if !told.is_empty() {
            long += &format!(
                "\n  scimulator run --bug {number}           plays what tells of it\n  \
                 scimulator new ticket --bug {number}    writes a copy of that to change\n"
            );
        }
        if !bug.with.is_empty() && bug.means != Means::Action {
            long += &format!(
                "  scimulator run FILE --bug {number}      plays your own scenario with it\n"
            );
        }
        topic("bug", &format!("bug.{number}"), bug.title, long)
    })
}

/// The stories of the library that have a number, a line each.
fn told_by(stories: &[BundledScenario], number: &str) -> String {
    let told = stories.iter().filter(|story| story.covers.iter().any(|covered| covered == number));
    told.map(|story| format!("\n  told by  {}: {}\n", story.name, story.title)).collect()
}

/// What a set of scenarios should tell, by its numbers.
fn outlined() -> impl Iterator<Item = Topic> {
    let stories = library::list();
    OUTLINES.iter().map(move |outline| {
        let number = outline.number;
        let mut long = told_by(&stories, number);
        long += &format!(
            "\n  scimulator run {number}                plays what tells of it\n  \
             scimulator new ticket --from {number}  writes a copy of that to change\n"
        );
        topic(
            "story",
            &format!("story.{number}"),
            outline.title,
            long.trim_start_matches('\n').to_owned(),
        )
    })
}

fn people() -> impl Iterator<Item = Topic> {
    let tables = [
        ("people", &vocabulary::PEOPLE[..]),
        ("user.<name>", &vocabulary::USER),
        ("group.<name>", &vocabulary::GROUP),
    ];
    tables.into_iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key))).map(
        |(table, key)| {
            let long = format!("  [{table}]\n  {} = {}\n", key.name, key.example);
            topic("key of people", &format!("{table}.{}", key.name), key.doc, long)
        },
    )
}

/// The words that stand in quotation marks in what a setting takes.
fn quoted(takes: &str) -> Vec<String> {
    takes.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Makes a topic from its documentation; `details` are indented lines below it.
pub fn topic(kind: &'static str, name: &str, doc: &str, details: String) -> Topic {
    let short = doc::summary(doc).trim_end_matches('.').to_owned();
    let gap = if details.is_empty() { "" } else { "\n" };
    let long = format!("  {}\n{gap}{details}", doc::paragraph(doc));
    Topic { kind, name: name.to_owned(), short, long, values: Vec::new(), is_code: false }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra;

    #[test]
    fn everything_has_words_and_a_typo_a_suggestion() {
        let lists = [all(), properties::all()];
        for topic in all() {
            assert!(!topic.short.is_empty() && topic.long.len() > 20, "{}", topic.name);
            let found = lookup::find(&lists, &topic.name);
            assert!(found.is_ok_and(|found| found.contains(&topic)), "{}", topic.name);
        }
        assert_eq!(find("max_rps").map(|found| found.len()), Ok(1));
        for name in entra::Settings::NAMES.iter().chain(&["golinks", "entra", "quirks", "token"]) {
            assert!(find(name).is_ok(), "{name}");
        }
        assert!(find("quirks").is_ok_and(|found| found.len() > quirks::TABLE.len()));
        assert!(
            find("functions").is_ok_and(|found| found.len() == FUNCTIONS.len()),
            "a message of the parser names it"
        );
        assert!(find("operators").is_ok_and(|found| found.len() == ClauseOperator::all().count()));
        for key in ["repeat", "within", "extends", "matrix", "known_bad", "title", "finally"] {
            assert!(find(key).is_ok(), "{key} stands in files, and is asked for");
        }
        let blank = |topic: &Topic| topic.long.contains("\n\n\n") || topic.long.ends_with("\n\n");
        assert!(!all().iter().any(blank), "one blank line parts what is told");
        for reason in ["retry_after_max", "honor_retry_after", "on demand"] {
            let told = find("TooManyRequests").unwrap_or_default();
            assert!(told[0].long.contains(reason), "{reason}: {}", told[0].long);
        }
        for cause in
            ["had the value already", "leaves a part of it out", "quirk", "fault", "member"]
        {
            let told = find("idle").unwrap_or_default();
            assert!(told[0].long.contains(cause), "{cause}: {}", told[0].long);
        }
    }
}
