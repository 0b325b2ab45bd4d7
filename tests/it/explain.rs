//! `explain` as people and programs call it: an expression, a sheet of them, a person, a scope, the
//! mappings.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn explain(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .arg("explain")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("it was piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn out(arguments: &[&str]) -> (i32, String, String) {
    let output = explain(arguments, "");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("it was not killed"), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_expression_is_explained_for_somebody_of_a_scenario() {
    let (code, said, _) = out(&[
        "expression",
        r#"Join(".", [givenName], [surname])"#,
        "--user",
        "ann",
        "--scenario",
        "welcome",
    ]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("[surname]") && said.contains("value  \"Ann."), "{said}");
    let (code, said, _) = out(&["expression", "CDate([city])", "--with", "city=Ulm"]);
    assert!(code == 1 && said.contains("`Ulm` is not a date"), "{said}");
    let (code, said, _) =
        out(&["expression", "Join(\"|\", [tags])", "--with", "tags=a", "--with", "tags=b"]);
    assert!(code == 0 && said.contains("value  \"a|b\""), "{said}");
    let (code, _, told) = out(&["expression", "append([mail], \".x\")"]);
    assert!(
        code == 2
            && told.contains("--> expression:1:1")
            && told.contains("case-sensitive: it is `Append`"),
        "{told}"
    );
    let (code, _, told) = out(&["expression", "[mail]", "--user", "anm"]);
    assert!(code == 2 && told.contains("did you mean `ann`?"), "{told}");
}

#[test]
fn a_sheet_is_answered_line_by_line() {
    let lines = concat!(
        r#"{"expression": "Join(\", \", \"\", [surname], [givenName])", "source": {"givenName": "John", "surname": "Doe"}}"#,
        "\n\n",
        r#"{"expression": "Now()", "now": "2021-07-02T15:33:38Z"}"#,
        "\r\n",
        r#"{"expression": "IgnoreFlowIfNullOrEmpty([department])"}"#,
        "\n",
        r#"{"expression": "Split([a], \",\")", "source": {"a": "x, y"}}"#,
        "\nnonsense\n",
        r#"{"expression": "[none]"}"#,
    );
    let output = explain(&["expression", "--json"], lines);
    let said = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let answers: Vec<&str> = said.lines().collect();
    assert_eq!(answers.len(), 6, "{said}");
    assert_eq!(
        answers[..4],
        [
            r#"{"value":"Doe, John"}"#,
            r#"{"value":"7/2/2021 3:33:38 PM"}"#,
            r#"{"flow":"ignore"}"#,
            r#"{"value":["x","y"]}"#
        ]
    );
    assert!(answers[4].starts_with("{\"error\":"), "{}", answers[4]);
    assert_eq!(answers[5], r#"{"value":null}"#);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_no_sheet_is_refused_and_a_full_disk_is_told() {
    let (code, _, told) = out(&["expression", "[mail]", "--json"]);
    assert!(code == 2 && told.contains("come from standard input"), "{told}");
    let Ok(full) = std::fs::File::create("/dev/full") else { return };
    let mut child = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["explain", "expression", "--json"])
        .stdin(Stdio::piped())
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("it was piped")
        .write_all(b"{\"expression\": \"[a]\"}\n")
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"));
}

#[test]
fn a_person_a_scope_and_the_mappings_are_explained() {
    let (code, said, _) = out(&["user", "ann"]);
    assert!(code == 0 && said.contains("So in scope.") && said.contains("Account: "), "{said}");
    let (code, said, _) = out(&["scope", "--user", "ann", "--at", "0d"]);
    assert!(code == 0 && said.contains("no scoping filter is set"), "{said}");
    let (code, said, _) = out(&["mappings", "--scenario", "welcome"]);
    assert!(code == 0 && said.contains("(matches, 1)"), "{said}");
    let (_, json, _) = out(&["mappings", "--json"]);
    let schema: serde_json::Value = serde_json::from_str(&json).expect("the vendor's JSON");
    assert_eq!(
        schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
            .as_array()
            .map(Vec::len),
        Some(7)
    );
    let (code, said, _) = out(&["Switch"]);
    assert!(
        code == 0 && said.contains("Switch(source, defaultValue?, switchValue…, value…)"),
        "{said}"
    );
    assert_eq!(out(&["scope"]).0, 0, "without a name it is the setting");
}

#[test]
fn what_explain_cannot_do_is_said() {
    for (arguments, expected) in [
        (&["scope", "ann", "--json"][..], "`explain scope` answers in words"),
        (&["policies", "--json"], "`expression` and `mappings` take --json"),
        (&["user", "--scenario", "welcome"], "`explain user` of whom?"),
        (&["policies", "ann"], "takes no second word"),
    ] {
        let (code, said, wrong) = out(arguments);
        assert_eq!((code, said.as_str()), (2, ""), "{arguments:?}");
        assert!(wrong.contains(expected), "{arguments:?}: {wrong}");
    }
}

#[test]
fn a_run_on_demand_is_shown_card_by_card_and_a_refusal_in_words() {
    let of =
        |who: &str, at: &str| out(&["ondemand", who, "--scenario", "group-on-demand", "--at", at]);
    let (code, said, _) = of("ann", "0s");
    assert_eq!(code, 0, "{said}");
    for words in [
        "Provision on demand: ann  if it were run now (day 0 08:00)  Success",
        "✓ 2. Import user",
        "✓ 3. Determine if user is in scope",
        "✓ 4. Match user between source and target system",
        "✓ 5. Perform action",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("Test connection"), "it is shown only when it fails: {said}");
    let (code, said, _) = out(&["ondemand", "cat", "--scenario", "on-demand"]);
    assert!(code == 1 && said.starts_with("refused: the search does not find cat"), "{said}");
    let (code, said, _) = out(&["ondemand", "ann", "--scenario", "tutorial", "--at", "1h 21m"]);
    let drafted = "\nFilled in, and not saved: mode \"Automatic\" (saved: \"Manual\"), tenant_url";
    assert!(code == 1 && said.contains("refused: ") && said.contains(drafted), "{said}");
    assert!(said.contains("A save would be refused: the connection test failed: 403"), "{said}");
    let (code, _, told) = out(&["ondemand", "--scenario", "on-demand"]);
    assert!(code == 2 && told.contains("`explain ondemand` of whom?"), "{told}");
    let (code, said, _) = out(&["ondemand", "design", "--scenario", "group-on-demand"]);
    assert!(code == 0 && said.contains("✓ 2. Import group"), "{said}");
}

#[test]
fn what_explain_advises_can_be_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.toml");
    std::fs::write(&file, "title = \"x\"\nends = \"40d\"\n").expect("a file");
    let file = file.to_str().expect("a name");
    let (code, _, told) = out(&["user", "zoe", "--scenario", file]);
    let none = "nobody in the directory is called `zoe`: it has no user and no group\n";
    assert!(code == 2 && told.contains(none), "{told}");
    let (code, _, told) = out(&["user", "ann", "--scenario", file, "--at", "50d"]);
    assert!(code == 2 && told.contains("let the scenario go on: --until 50d"), "{told}");
    for words in [&["mappings", "ann", "--scenario", "welcome"][..], &["mappings", "--user", "ann"]]
    {
        let (code, _, told) = out(words);
        assert!(code == 2 && told.contains("scimulator explain ondemand ann"), "{told}");
    }
    let (code, said, _) = out(&["watermark"]);
    assert!(code == 0 && said.contains("`EntryLevelErrors`"), "{said}");
}

/// A number of a story or of a bug leads to what tells of it, or to the reason why nothing does.
#[test]
fn numbers_lead_to_stories_or_to_the_reason_why_there_is_none() {
    let (code, said, _) = out(&["S05"]);
    assert!(code == 0 && said.contains("told by  joiner-mover-leaver"), "{said}");
    assert!(said.contains("scimulator run S05"), "{said}");
    for bug in ["B18", "B124"] {
        let (code, said, _) = out(&[bug]);
        assert!(code == 0 && said.contains("No story tells of it: "), "{said}");
    }
    let (_, said, _) = out(&["B27"]);
    assert!(said.contains("told by") && !said.contains("No story tells"), "{said}");
}
