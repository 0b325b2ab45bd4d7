//! What shows each behaviour of the engine: the stories and tests that `shown.toml` names for every
//! policy, row of the decision table, and word of the vendor. The page on fidelity is written from
//! it; the tests here hold that nothing lacks and that what is named exists.

use scimulator::entra::job::ResetScope;
use scimulator::entra::policy::Policy;
use scimulator::scenario::explain::topics;

use super::{read, root};

/// What shows a behaviour.
pub struct Shown {
    /// What it is: `policy`, `row`, or the kind of a word.
    pub kind: String,
    /// Its name, number or word.
    pub name: String,
    /// How sure we are, where its table does not say it.
    pub grade: String,
    /// Where it comes from.
    pub source: String,
    /// The policies that bend it.
    pub policies: Vec<String>,
    /// Stories, and tests as `file::name`.
    pub by: Vec<String>,
}

/// Everything in `shown.toml`.
pub fn all() -> Vec<Shown> {
    let table: toml::Table = read("tests/it/reference/shown.toml").parse().expect("it is TOML");
    let list = |value: Option<&toml::Value>| -> Vec<String> {
        let items = value.and_then(toml::Value::as_array).into_iter().flatten();
        items.filter_map(toml::Value::as_str).map(str::to_owned).collect()
    };
    let mut found = Vec::new();
    for (name, by) in table["policies"].as_table().expect("a table") {
        let (kind, name, by) = ("policy".to_owned(), name.clone(), list(Some(by)));
        let (grade, source, policies) = Default::default();
        found.push(Shown { kind, name, grade, source, policies, by });
    }
    for key in ["row", "word"] {
        for entry in table[key].as_array().expect("a list") {
            let text = |key: &str| match entry.get(key) {
                Some(toml::Value::Integer(number)) => number.to_string(),
                Some(value) => value.as_str().unwrap_or_default().to_owned(),
                None => "row".to_owned(),
            };
            found.push(Shown {
                kind: text("kind"),
                name: text(key),
                grade: text("grade"),
                source: text("source"),
                policies: list(entry.get("policies")),
                by: list(entry.get("by")),
            });
        }
    }
    found
}

/// The words of the vendor's pages as they stand there, not as the program has them.
const VENDOR: [(&str, &[&str]); 6] = [
    // logs-howto, the table of error codes.
    (
        "logs-howto",
        &[
            "Conflict",
            "EntryConflict",
            "TooManyRequests",
            "InternalServerError",
            "InsufficientRights",
            "MethodNotAllowed",
            "NotPermitted",
            "Unauthorized",
            "UnprocessableEntity",
            "WebExceptionProtocolError",
            "InvalidAnchor",
            "NotImplemented",
            "MandatoryFieldsMissing",
            "MissingValues",
            "SchemaAttributeNotFound",
            "InternalError",
            "InvalidDomain",
            "Timeout",
            "LicenseLimitExceeded",
            "DuplicateTargetEntries",
            "DuplicateSourceEntries",
            "ImportSkipped",
            "EntrySynchronizationSkipped",
            "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
            "SystemForCrossDomainIdentityManagementServiceIncompatible",
            "SchemaPropertyCanOnlyAcceptValue",
        ],
    ),
    // Graph's synchronizationQuarantine.
    (
        "g:quarantine",
        &[
            "EncounteredBaseEscrowThreshold",
            "EncounteredTotalEscrowThreshold",
            "EncounteredEscrowProportionThreshold",
            "EncounteredQuarantineException",
            "QuarantinedOnDemand",
            "TooManyDeletes",
            "IngestionInterrupted",
            "Unknown",
        ],
    ),
    // Graph's synchronizationJobRestartCriteria.
    (
        "g:restart",
        &[
            "None",
            "ConnectorDataStore",
            "Escrows",
            "Watermark",
            "QuarantineState",
            "Full",
            "ForceDeletes",
        ],
    ),
    // Graph's provisioningStep.
    ("g:step", &["import", "scoping", "matching", "processing", "referenceResolution", "export"]),
    // Captured records and answers on demand.
    ("g:pod", &["RedundantExport", "NotEffectivelyEntitled", "AttributeValidationFailed"]),
    ("log-analytics", &["UnableToResolveReferenceAttributeValue"]),
];

fn wants_word(shown: &[Shown], word: &str, lacking: &mut Vec<String>) {
    if !shown.iter().any(|one| one.name == word) {
        lacking.push(format!("the vendor's word `{word}`"));
    }
}

/// The body of a test, from its name to the next one.
fn body<'a>(text: &'a str, test: &str) -> Option<&'a str> {
    let from = text.find(&format!("fn {test}()"))?;
    let rest = &text[from..];
    Some(rest.find("#[test]").map_or(rest, |end| &rest[..end]))
}

/// The kinds of words of `explain` of which each must be shown.
const TOPICS: [&str; 5] = [
    "error code",
    "skip reason",
    "quarantine reason",
    "activity of the audit log",
    "initiator of the audit log",
];

#[test]
fn everything_that_is_to_be_shown_is() {
    let shown = all();
    let names = |kind: &str| -> Vec<String> {
        shown.iter().filter(|one| one.kind == kind).map(|one| one.name.clone()).collect()
    };
    let mut lacking = Vec::new();
    let mut wants = |kind: &str, name: &str| {
        if !names(kind).iter().any(|known| known == name) {
            lacking.push(format!("{kind} `{name}`"));
        }
    };
    Policy::rows().iter().for_each(|row| wants("policy", row.name));
    (1..=30).for_each(|row: u32| wants("row", &row.to_string()));
    ResetScope::FLAGS.iter().for_each(|flag| wants("restart flag", flag));
    for topic in topics::all() {
        if TOPICS.contains(&topic.kind) {
            wants(topic.kind, &topic.name);
        }
    }
    for (_, words) in VENDOR {
        words.iter().for_each(|word| wants_word(&shown, word, &mut lacking));
    }
    assert!(lacking.is_empty(), "tests/it/reference/shown.toml names nothing for {lacking:?}");
    assert_eq!(names("policy").len(), Policy::rows().len(), "a policy of shown.toml is none");
    let bare = shown.iter().find(|one| one.by.is_empty()).map(|one| &one.name);
    assert_eq!(bare, None, "nothing shows it");
}

#[test]
fn what_is_named_as_showing_something_exists() {
    for one in all() {
        for by in &one.by {
            let (path, test) = by.split_once("::").unwrap_or((by, ""));
            assert!(root().join(path).is_file(), "{}: there is no file {path}", one.name);
            let exists = test.is_empty() || body(&read(path), test).is_some();
            assert!(exists, "{}: {path} has no test `{test}`", one.name);
        }
    }
}

/// What is named for a policy speaks of it, or is a story that its default is enough for.
#[test]
fn a_test_that_is_named_for_a_policy_speaks_of_it() {
    for one in all().iter().filter(|one| one.kind == "policy") {
        let path =
            |by: &String| by.split_once("::").map_or(by.clone(), |(path, _)| path.to_owned());
        let speaks = one.by.iter().any(|by| read(&path(by)).contains(&one.name));
        assert!(speaks, "nothing that is named for the policy `{}` mentions it", one.name);
    }
}

/// What a story or a test says: the story with its golden log, or the body of the test.
fn said(by: &str) -> String {
    match by.split_once("::") {
        Some((path, test)) => body(&read(path), test).unwrap_or_default().to_owned(),
        None => {
            let log = by.replace(".toml", ".log");
            let log = if root().join(&log).is_file() { read(&log) } else { String::new() };
            read(by) + &log
        }
    }
}

/// A word of the vendor's without the beginning that many share; tests may name its variant.
fn without_its_beginning(word: &str) -> &str {
    let word = word.trim_start_matches("SystemForCrossDomainIdentityManagement");
    word.trim_start_matches("Encountered")
}

#[test]
fn what_is_named_for_a_word_of_the_vendor_shows_that_word() {
    let kinds = [&TOPICS[..], &["restart flag", "kind of step"]].concat();
    for one in all().iter().filter(|one| kinds.contains(&one.kind.as_str())) {
        let word = without_its_beginning(&one.name);
        let shows = one.by.iter().any(|by| said(by).contains(word));
        assert!(shows, "nothing that is named for the {} `{}` has the word", one.kind, one.name);
    }
}
