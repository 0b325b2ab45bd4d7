//! The provisioning log, the audit log, the mails and the job over the control API, and by `ctl`.

use super::STORY;
use super::program::{run, serve};

#[test]
fn the_log_is_read_by_user_and_status() {
    let server = serve(STORY, &["--paused"]);
    server.command("cycle", "");
    let rows = |query: &str| {
        let path = format!("/api/v1/log{query}");
        let answer = server.ask("GET", &path, "", "").json();
        answer["value"].as_array().expect("rows").clone()
    };
    assert_eq!(rows("").len(), 12);
    let ann = rows("?user=ann&status=success");
    assert_eq!(ann.len(), 1);
    assert_eq!(ann[0]["provisioningAction"], "create");
    assert_eq!(ann[0]["provisioningSteps"][3]["name"], "EntryExportAdd");
    assert_eq!(rows("?status=failure").len(), 0);
    assert_eq!(rows("?limit=3").len(), 3);
    let job = server.ask("GET", "/api/v1/job", "", "").json();
    assert_eq!(job["status"]["lastExecution"]["countExported"], 12);
    assert_eq!(job["schedule"]["interval"], "PT40M");
    let audit = server.ask("GET", "/api/v1/audit", "", "").json();
    let start = "Enable/start provisioning configuration";
    assert_eq!(audit["value"][0]["activityDisplayName"], start);
    assert_eq!(server.ask("GET", "/api/v1/mails", "", "").json()["value"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_read_is_said() {
    let server = serve(STORY, &["--paused"]);
    for (path, help) in [
        ("/api/v1/log?user=anne", "did you mean `ann`?"),
        ("/api/v1/log?status=failed", "it is one of `success`, `warning`, `failure`, `skipped`"),
        ("/api/v1/log?stats=failure", "did you mean `status`?"),
        ("/api/v1/log?limit=0", "write a number from 1 to 1000"),
        ("/api/v1/log?limit=-1&app=x", "it is `main`"),
    ] {
        let answer = server.ask("GET", path, "", "");
        assert_eq!((answer.status, &answer.json()["error"]["help"]), (400, &help.into()), "{path}");
    }
    assert_eq!(server.ask("POST", "/api/v1/log", "", "").status, 405);
    let folder = std::env::temp_dir();
    let output = run(&["ctl", "--url", &server.url(), "log", "--user", "an n"], &folder);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no user and no group in the directory is called `an n`"), "{said}");
}

#[test]
fn a_deleted_application_has_no_job_to_be_read_and_takes_no_command() {
    let server = serve(STORY, &["--paused"]);
    let delete = "graph = { delete = \"/servicePrincipals/{main}\" }";
    server.ask("POST", "/api/v1/action", "", delete);
    let answer = server.ask("GET", "/api/v1/job", "", "");
    let said = &answer.json()["error"]["message"];
    let why = "the application GoLinks is deleted, into the recycle bin";
    assert_eq!((answer.status, said), (400, &format!("there is no job: {why}").into()));
    let answer = server.ask("POST", "/api/v1/action", "", "\"start\"").json();
    assert_eq!(answer["error"]["message"], why);
}

#[test]
fn requests_are_read_with_their_bodies_and_what_they_caused() {
    let server = serve(STORY, &["--paused"]);
    server.command("cycle", "");
    let list = |query: &str| {
        let answer = server.ask("GET", &format!("/api/v1/requests{query}"), "", "").json();
        answer["value"].as_array().expect("requests").clone()
    };
    assert_eq!(list("?method=post").len(), 12);
    let create = &list("?user=ann&status=201")[0];
    let path = format!("/api/v1/request?seq={}", create["seq"]);
    let one = server.ask("GET", &path, "", "").json();
    assert_eq!(one["sent"], create["sent"]);
    assert!(one["sent"]["body"].as_str().is_some_and(|body| body.contains("Okafor")));
    let kinds: Vec<&str> = one["caused"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|caused| caused["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["account", "row"]);
    assert_eq!(one["caused_by"].is_null(), one["cause"] == "timer");
    assert_eq!(one["stored"]["name"]["familyName"], "Okafor");
    let of_answer = format!("/api/v1/request?seq={}", one["answer"]["seq"]);
    assert_eq!(server.ask("GET", &of_answer, "", "").json(), one);
    for (path, says) in [
        ("/api/v1/request", "give `seq`"),
        ("/api/v1/request?seq=x", "no number"),
        ("/api/v1/request?seq=99999", "holds no request 99999"),
        ("/api/v1/requests?status=ok", "write 404, 4xx"),
        ("/api/v1/requests?user=nobody", "is called `nobody`"),
    ] {
        let answer = server.ask("GET", path, "", "");
        let told = answer.json()["error"]["message"].as_str().map(str::to_owned);
        assert!(told.as_ref().is_some_and(|told| told.contains(says)), "{path}: {told:?}");
    }
}

/// A story with two applications, each with a job and a workspace.
const TWO: &str = r#"
title = "Two"
ends = "2d"

[entra]

[people]
generate = 2

[app.sandbox]
workspace = "sandbox"

[workspace.sandbox]

[[at]]
time = "0d"
do = ["start", { start = true, app = "sandbox" }]

[finally]
worlds = "agree"
"#;

#[test]
fn where_there_are_several_applications_ctl_says_of_which_it_tells() {
    let server = serve(TWO, &["--paused"]);
    let url = server.url();
    let ctl = |arguments: &[&str]| {
        let arguments = [&["ctl", "--url", url.as_str()], arguments].concat();
        let output = run(&arguments, &std::env::temp_dir());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, said) = ctl(&["job"]);
    assert!(code == Some(0) && out.contains("\"schedule\""), "{out}");
    assert!(said.contains("the job of the application `main`; `--app sandbox` shows"), "{said}");
    let (_, other, said) = ctl(&["job", "--app", "sandbox"]);
    assert!(said.contains("of the application `sandbox`; `--app main` shows another"), "{said}");
    assert_ne!(out, other, "each job has an id of its own");
    let (code, _, said) = ctl(&["log", "--app", "sandbx"]);
    assert!(code == Some(2) && said.contains("did you mean `sandbox`?"), "{said}");
    // A world with one application has nothing to choose.
    let single = serve(STORY, &["--paused"]);
    let output = run(&["ctl", "--url", &single.url(), "log"], &std::env::temp_dir());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
