//! The generated tables, in Markdown, from the tables of the program.

use super::shown::{self, Shown};
use scimulator::app::http::SSO_PATHS;
use scimulator::entra::authority::{SignInRow, sign_in_rows};
use scimulator::entra::filter::ClauseOperator;
use scimulator::entra::graph::access::GRAPH_KEYS;
use scimulator::entra::graph::{ABSENT_ENDPOINTS, endpoints};
use scimulator::entra::policy::Policy;
use scimulator::entra::sign_in::OAUTH_KEYS;
use scimulator::entra::sign_on::SSO_KEYS;
use scimulator::entra::{key_doc, mapping};
use scimulator::golinks;
use scimulator::scenario::APP_KEYS;
use scimulator::scenario::bugs::BUGS;
use scimulator::scenario::expect::{ROWS, Shape};
use scimulator::scenario::explain::topics;
use scimulator::world::actions::VERBS;
use scimulator::world::faults::FAULTS;

/// The table of this name.
pub fn table(name: &str) -> Option<String> {
    Some(match name {
        "verbs" => verbs(),
        "verbs-short" => verbs_short(),
        "faults" => faults(),
        "observed" => observed(),
        "golinks" => golinks_settings(),
        "policies" => policies(),
        "provenance" => provenance(),
        "decision" => decision(),
        "words" => words(),
        "functions" => scimulator::entra::expression::reference(),
        "quirks" => quirks(),
        "bugs" => bugs(),
        "mapping-rows" => keys(&[("", &mapping::ROW_KEYS)]),
        "mapping-tables" => keys(&[
            ("entra.mappings.", &mapping::SCHEMA_KEYS),
            ("entra.mappings.users.", &mapping::TABLE_KEYS),
        ]),
        "operators" => operators(),
        "applications" => keys(&[("app.<name>.", APP_KEYS)]),
        "routes" => routes(),
        "oauth" => keys(&[("entra.oauth.", &OAUTH_KEYS)]),
        "sso" => keys(&[("entra.sso.", &SSO_KEYS)]),
        "graph-keys" => keys(&[("entra.graph.", &GRAPH_KEYS)]),
        "graph" => graph(),
        "sign-in" => sign_in(),
        _ => return None,
    })
}

fn verbs() -> String {
    let row = |verb: &scimulator::world::actions::Verb| {
        [code(verb.name), text(verb.doc), code(verb.example)].to_vec()
    };
    markdown(&["verb", "does", "`do =`"], VERBS.iter().map(row).collect())
}

/// The verbs' names alone, in lines.
fn verbs_short() -> String {
    let names: Vec<String> = VERBS.iter().map(|verb| code(verb.name)).collect();
    format!("{}\n", names.join(" · "))
}

/// The routes of the control API, as its OpenAPI document has them.
fn routes() -> String {
    let document = scimulator::app::http::openapi::document();
    let named = |value: &serde_json::Value| value["name"].as_str().unwrap_or_default().to_owned();
    let mut rows = Vec::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let takes: Vec<String> = parameters.map(|it| code(&named(it))).collect();
            let body = &operation["requestBody"]["content"]["application/json"]["examples"]["1"];
            let takes = match body.get("value") {
                Some(example) => code(&example.to_string()),
                None => takes.join(", "),
            };
            let summary = operation["summary"].as_str().unwrap_or_default();
            rows.push(vec![
                code(&format!("{} {path}", method.to_uppercase())),
                text(summary),
                takes,
            ]);
        }
    }
    markdown(&["route", "does", "takes"], rows)
}

/// Every endpoint of the Graph API with its grade, and those that are known and absent.
fn graph() -> String {
    let mut rows: Vec<Vec<String>> = endpoints()
        .map(|endpoint| {
            let grade = if endpoint.lacks.is_empty() { "works" } else { "partly" };
            let path = endpoint.path.replace("{}", "{id}");
            vec![
                code(&format!("{} {path}", endpoint.method)),
                grade.to_owned(),
                text(endpoint.lacks),
            ]
        })
        .collect();
    let absent = ABSENT_ENDPOINTS.iter();
    rows.extend(absent.map(|(path, why)| vec![code(path), "absent".to_owned(), text(why)]));
    markdown(&["endpoint", "grade", "left out"], rows)
}

/// Every endpoint at which people and programs sign in, with its grade.
fn sign_in() -> String {
    let tokens = sign_in_rows().map(|row: SignInRow| {
        let tenant = if row.path == "userinfo" { "oidc" } else { "{tenant}" };
        (row.methods, format!("/{tenant}/{}", row.path), row.lacks)
    });
    let pages = SSO_PATHS.into_iter().map(|(path, lacks)| ("GET, POST", path.to_owned(), lacks));
    let graded = |(methods, path, lacks): (&str, String, &str)| {
        let grade = if lacks.is_empty() { "works" } else { "partly" };
        vec![code(&format!("{methods} {path}")), grade.to_owned(), text(lacks)]
    };
    markdown(&["endpoint", "grade", "left out"], tokens.chain(pages).map(graded).collect())
}

fn faults() -> String {
    let row = |kind: &scimulator::world::faults::EffectKind| {
        [code(kind.name), text(kind.doc), code(kind.example)].to_vec()
    };
    markdown(&["key", "does", "example"], FAULTS.iter().map(row).collect())
}

fn observed() -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in ROWS.iter().flat_map(|rows| rows.iter()) {
        let takes = match row.shape {
            Shape::Word(_) => "a word of the vendor's",
            Shape::Count => "a counter",
            shape => shape.name(),
        };
        rows.push(vec![code(row.path), text(row.doc), text(takes)]);
    }
    let tabled = rows.len();
    for topic in
        topics::all().into_iter().filter(|topic| topic.kind == topics::OBSERVED).skip(tabled)
    {
        rows.push(vec![code(&topic.name), text(&topic.short), String::new()]);
    }
    markdown(&["name", "is", "takes"], rows)
}

fn golinks_settings() -> String {
    let rows = golinks::Settings::rows()
        .into_iter()
        .map(|row| vec![code(row.name), code(row.default), text(&row.doc())]);
    markdown(&["key", "default", "decides"], rows.collect())
}

fn keys(tables: &[(&str, &[key_doc::KeyDoc])]) -> String {
    let rows = tables.iter().flat_map(|(table, keys)| keys.iter().map(move |key| (table, key)));
    let row = |(table, key): (&&str, &key_doc::KeyDoc)| {
        vec![code(&format!("{table}{}", key.name)), text(key.doc), code(key.example)]
    };
    markdown(&["key", "means", "example"], rows.map(row).collect())
}

fn operators() -> String {
    let row = |operator: ClauseOperator| vec![code(operator.name()), text(operator.doc())];
    markdown(&["operator", "holds when"], ClauseOperator::all().map(row).collect())
}

fn policies() -> String {
    let rows = Policy::rows()
        .into_iter()
        .map(|row| vec![code(row.name), code(&row.default), text(row.doc)]);
    markdown(&["key", "default", "decides"], rows.collect())
}

fn provenance() -> String {
    let shown = shown::all();
    let row = |row: scimulator::entra::policy::PolicyRow| {
        let by = shown.iter().find(|one| one.kind == "policy" && one.name == row.name);
        vec![
            code(row.name),
            code(&row.default),
            text(row.doc),
            row.provenance.word().to_owned(),
            text(row.source),
            by.map_or(String::new(), |one| shown_by(&one.by)),
        ]
    };
    markdown(
        &["policy", "default", "decides", "grade", "source", "shown by"],
        Policy::rows().into_iter().map(row).collect(),
    )
}

fn decision() -> String {
    let row = |shown: &Shown| {
        let policies: Vec<String> = shown.policies.iter().map(|name| code(name)).collect();
        let (grade, source) = (shown.grade.clone(), text(&shown.source));
        vec![shown.name.clone(), grade, source, policies.join(", "), shown_by(&shown.by)]
    };
    let all = shown::all();
    let rows = all.iter().filter(|one| one.kind == "row").map(row).collect();
    markdown(&["row", "grade", "source", "policies", "shown by"], rows)
}

fn words() -> String {
    let row = |shown: &Shown| {
        let (kind, grade) = (shown.kind.clone(), shown.grade.clone());
        vec![kind, code(&shown.name), grade, text(&shown.source), shown_by(&shown.by)]
    };
    let all = shown::all();
    let rows = all.iter().filter(|one| !["row", "policy"].contains(&one.kind.as_str()));
    markdown(&["kind", "word", "grade", "source", "shown by"], rows.map(row).collect())
}

/// Links to stories and tests, a test by its name in words.
fn shown_by(by: &[String]) -> String {
    let link = |by: &String| {
        let (path, test) = by.split_once("::").unwrap_or((by, ""));
        let file = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml");
        let name = if test.is_empty() { file.to_owned() } else { test.replace('_', " ") };
        format!("[{name}](../{path})")
    };
    by.iter().map(link).collect::<Vec<_>>().join("; ")
}

fn quirks() -> String {
    let row = |row: &golinks::quirks::QuirkRow| {
        vec![
            code(row.name),
            row.bugs.join(", "),
            code(&row.words.join(" ")),
            text(row.story),
            text(row.from),
        ]
    };
    let rows = golinks::quirks::TABLE.iter().map(row).collect();
    markdown(&["quirk", "bug", "values, the default first", "what is seen", "reported"], rows)
}

fn bugs() -> String {
    let row = |bug: &scimulator::scenario::bugs::Bug| {
        let with: Vec<String> = bug.with.iter().map(|with| code(with)).collect();
        vec![
            bug.number.to_owned(),
            text(bug.title),
            bug.means.word().to_owned(),
            with.join(" "),
            text(bug.note),
        ]
    };
    markdown(
        &["bug", "what is seen", "means", "brought about by", ""],
        BUGS.iter().map(row).collect(),
    )
}

fn markdown(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = format!("|{}\n", " --- |".repeat(heads.len()));
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("\n{}{rule}{body}\n", line(&heads))
}

/// Escaped for a cell, but for what stands between backticks.
fn text(words: &str) -> String {
    let one_line = words.trim().replace('|', "\\|").replace('\n', " ");
    let escape = |(at, part): (usize, &str)| {
        if at % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() }
    };
    one_line.split('`').enumerate().map(escape).collect::<Vec<_>>().join("`")
}

fn code(words: &str) -> String {
    match words.trim() {
        "" => String::new(),
        words => format!("`{}`", words.replace('|', "\\|").replace('\n', "` `")),
    }
}
