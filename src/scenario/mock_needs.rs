//! What a story needs that only the mock GoLinks has: a quirk, a limit, an account that is edited
//! by hand. At a server that is not ours its expectations cannot be judged.

use super::Override;
use super::expect::{Expectation, How, Observable, ObservedValue};
use super::play::Play;
use super::script::Script;
use crate::scim::{Object, Value};
use crate::world::RecordedEvent;

/// Settings without which a story is the same: how the server is reached, and what it offers.
const HARMLESS: [&str; 9] = [
    "profile",
    "schema",
    "capabilities",
    "base_path",
    "public_url",
    "delete",
    "groups",
    "patch_reply",
    "body_limit",
];

/// What makes the mock a server with all of SCIM, for a rehearsal.
fn with_all_of_scim() -> Override {
    Override::new("golinks.profile", "\"generic\"")
}

/// What a story needs of the mock, when it is also rehearsed: a story that holds at the mock as it
/// is, and not at a mock with all of SCIM, tells of what GoLinks does not have. `read` reads it
/// with one setting more, or with none.
pub fn needs_when_rehearsed(
    script: &Script,
    read: impl Fn(Option<Override>) -> Option<Script>,
) -> Vec<String> {
    let needs = needs_of_mock(script);
    let holds = |setting| {
        read(setting).is_some_and(|script| {
            let mut play = Play::new(script);
            play.run_to_end();
            play.verdict().green()
        })
    };
    match needs.is_empty() && !holds(Some(with_all_of_scim())) && holds(None) {
        true => vec!["golinks.profile = \"golinks\"".to_owned()],
        false => needs,
    }
}

/// What a story creates at the server, or gives a new name to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Created {
    /// Whether it is a group.
    pub is_group: bool,
    /// Its userName, or the displayName of a group.
    pub name: String,
}

/// What a story creates and renames, in the order of a play with the mock: its accounts that are
/// there from the beginning first. A new name may be taken at the server as that of a create may.
/// `read` reads it with one setting more.
pub fn created_when_rehearsed(read: impl Fn(Override) -> Option<Script>) -> Vec<Created> {
    let Some(script) = read(with_all_of_scim()) else { return Vec::new() };
    let accounts = script.setup.accounts.iter().map(|account| &account.resource);
    let mut created: Vec<Created> =
        accounts.filter_map(|account| Created::of(false, account)).collect();
    let mut play = Play::new(script);
    play.run_to_end();
    let journal = play.world().journal();
    for record in journal.records() {
        let RecordedEvent::Request(request) = record.event else { continue };
        let Some(endpoint) =
            ["/Users", "/Groups"].into_iter().find(|it| request.target.contains(it))
        else {
            continue;
        };
        let is_group = endpoint == "/Groups";
        let body = journal.body(record.seq).and_then(|body| Object::parse(body).ok());
        let named: Vec<Created> = match (request.method, body) {
            ("POST", Some(body)) if request.target.ends_with(endpoint) => {
                Created::of(is_group, &body).into_iter().collect()
            }
            ("PATCH", Some(body)) => Created::renamed(is_group, &body),
            _ => Vec::new(),
        };
        for one in named {
            if !created.contains(&one) {
                created.push(one);
            }
        }
    }
    created
}

impl Created {
    fn attribute(is_group: bool) -> &'static str {
        if is_group { "displayName" } else { "userName" }
    }

    fn of(is_group: bool, resource: &Object) -> Option<Created> {
        let name = resource.get(Created::attribute(is_group))?.as_text()?.to_owned();
        Some(Created { is_group, name })
    }

    /// The new names that a PATCH gives, with a path or without one.
    fn renamed(is_group: bool, body: &Object) -> Vec<Created> {
        let attribute = Created::attribute(is_group);
        let operations = body.get("Operations").and_then(Value::as_list).unwrap_or_default();
        let new = operations.iter().filter_map(Value::as_object).filter_map(|operation| {
            let path = operation.get("path").and_then(Value::as_text);
            let value = operation.get("value")?;
            let name = match path {
                Some(path) if path == attribute => value.as_text(),
                Some(_) => None,
                None => value.as_object()?.get(attribute)?.as_text(),
            };
            Some(Created { is_group, name: name?.to_owned() })
        });
        new.collect()
    }
}

/// What a story needs of the mock, as it is written: `golinks.quirks`, `sign_in`. Nothing for one
/// that suits every server.
pub fn needs_of_mock(script: &Script) -> Vec<String> {
    let settings = &script.setup.golinks;
    let mut needs: Vec<String> = settings
        .chosen()
        .into_iter()
        .filter(|key| !HARMLESS.contains(key))
        .filter(|key| {
            *key != "token"
                || settings
                    .good_tokens()
                    .any(|token| token.chosen().iter().any(|key| *key != "value"))
        })
        .map(|key| format!("golinks.{key}"))
        .collect();
    let actions = script.steps.iter().flat_map(|step| &step.actions);
    needs.extend(actions.filter(|it| it.action.needs_mock()).map(|it| it.action.verb().to_owned()));
    needs.extend(script.expectations().filter_map(names_id));
    if !script.setup.workspaces.is_empty() {
        needs.push("workspace".to_owned());
    }
    let mut once: Vec<String> = Vec::new();
    for need in needs {
        if !once.contains(&need) {
            once.push(need);
        }
    }
    once
}

/// What an expectation needs that names the id of an account: the mock draws it from the seed.
fn names_id(expectation: &Expectation) -> Option<String> {
    let Observable::Account { path: Some(path), .. } = &expectation.observed else { return None };
    let path = path.to_string();
    let of_id = path == "id" || path.ends_with("manager.value") || path.ends_with(":manager");
    let named = matches!(&expectation.test.how, How::Is(ObservedValue::Text(_)));
    (of_id && named).then(|| "the ids that its seed draws".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostic::ProblemKind;

    const GROUPS: &str = "title = \"x\"\nends = \"1d\"\n[entra.mappings]\ntemplate = \"scim\"\n\
        [user.ann]\nname = \"Ann Okafor\"\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n";

    /// At a server that is not ours what is said of the mock's groups means nothing.
    #[test]
    fn a_warning_of_the_mock_is_known_as_one() {
        let script = crate::scenario::load("x", GROUPS, &[]).expect("a script");
        let kinds: Vec<ProblemKind> = script.warnings.list.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [ProblemKind::OfMock]);
    }

    #[test]
    fn ids_that_are_expected_are_those_of_the_mock() {
        let needs = |expected: &str| {
            let text = format!(
                "{GROUPS}[finally]\ngolinks.account.ann = {{ {expected} }}\n[golinks]\nprofile = \"generic\"\n"
            );
            needs_of_mock(&crate::scenario::load("x", &text, &[]).expect("a script"))
        };
        let manager = format!("\"{}:manager.value\"", crate::scim::urn::ENTERPRISE_USER);
        assert_eq!(needs(&format!("{manager} = \"135833798597924\"")).len(), 1);
        assert_eq!(needs("id = \"135833798597924\"").len(), 1);
        assert!(needs(&format!("{manager} = {{ absent = true }}")).is_empty());
        assert!(needs("userName = \"ann.okafor@contoso.example\"").is_empty());
    }

    #[test]
    fn a_name_that_is_given_later_is_one_of_those_that_may_be_taken() {
        for dialect in ["classic", "compliant"] {
            let text = format!(
                "title = \"x\"\nends = \"1d\"\n[entra]\ndialect = \"{dialect}\"\n\
                 [user.ann]\nname = \"Ann Okafor\"\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                 [[at]]\ntime = \"2h\"\n\
                 do = {{ update = {{ ann = {{ userPrincipalName = \"ann.moor@contoso.example\" }} }} }}\n"
            );
            let created = created_when_rehearsed(|setting| {
                crate::scenario::load("x", &text, &[setting]).ok()
            });
            let names: Vec<&str> = created.iter().map(|one| one.name.as_str()).collect();
            let wanted = ["ann.okafor@contoso.example", "ann.moor@contoso.example"];
            assert_eq!(names, wanted, "{dialect}");
        }
    }
}
