//! What a scenario says of a recording: requests a case, and what must stand in the file.

use serde_json::{Value, json};

use super::exchange::{Content, Exchange, Loss, Message, Recording};
use super::mask::Masks;
use super::scenario::write;

const MINUTE: u64 = 60_000_000;

/// A recording that is being made up.
#[derive(Default)]
struct Made {
    exchanges: Vec<Exchange>,
    minute: u64,
}

fn message(line: String, body: &Value) -> Message {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let size = text.len() as u64;
    Message { line, headers: Vec::new(), content: Content { text, size, ..Content::default() } }
}

impl Made {
    /// A request and its answer; status 0 is a lost one.
    fn ask(mut self, request: &str, sent: Value, status: u16, came: Value) -> Made {
        let seq = self.exchanges.len() as u64 + 1;
        self.exchanges.push(Exchange {
            seq,
            connection: 1,
            started_us: self.minute * MINUTE + seq,
            took_us: [0, 1_000, 0],
            request: message(format!("{} HTTP/1.1", request.replacen(' ', " /scim", 1)), &sent),
            response: (status > 0).then(|| message(format!("HTTP/1.1 {status} X"), &came)),
            lost: (status == 0).then_some(Loss::Reset),
        });
        self
    }

    /// So many minutes later a cycle begins, with a probe of its own.
    fn cycle(mut self, minutes: u64) -> Made {
        self.minute += minutes;
        let nth = self.exchanges.len();
        let guid = format!("00000000-0000-4000-8000-{nth:012}");
        let probe = format!("GET /Users?filter=userName+eq+%22{guid}%22");
        self.ask(&probe, Value::Null, 200, json!({"totalResults": 0, "Resources": []}))
    }

    /// Ann is looked up and created.
    fn ann(self) -> Made {
        let ann = json!({"userName": "ann@b.example", "active": true, "nickName": "An\u{7f}n"});
        let none = json!({"totalResults": 0, "Resources": []});
        self.ask("GET /Users?filter=userName+eq+%22ann@b.example%22", Value::Null, 200, none).ask(
            "POST /Users",
            ann,
            201,
            json!({"id": "7"}),
        )
    }

    fn patch(self, operations: Value, status: u16) -> Made {
        self.ask("PATCH /Users/7", json!({"Operations": operations}), status, Value::Null)
    }

    fn written(&self) -> String {
        let recording = Recording {
            version: 1,
            upstream: "http://127.0.0.1:1".into(),
            base_path: "/scim".into(),
            masked: true,
            started: String::new(),
            program: String::new(),
        };
        write(&recording, &self.exchanges)
    }
}

fn off() -> Value {
    json!([{"op": "Replace", "path": "active", "value": "False"}])
}

#[track_caller]
fn check(made: &Made, expected: &[&str]) {
    let written = made.written();
    for line in expected {
        assert!(written.contains(line), "`{line}` is not in\n{written}");
    }
}

#[test]
fn what_happened_stands_before_the_cycle_that_shows_it() {
    let made = Made::default().cycle(0).ann().cycle(40).cycle(41).patch(off(), 204);
    check(
        &made,
        &[
            "[user.ann]",
            "extensionAttribute1 = \"An\\u007fn\"",
            "time = \"1h 10m\"",
            "{ disable = \"ann\" }",
            "dialect = \"classic\"",
            "patch_reply = \"204\"",
            "golinks.accounts = { total = 1, active = 0 }",
        ],
    );
    assert!(!made.written().contains("cycle_interval"));
    let made = Made::default().cycle(0).ann().cycle(20).cycle(20).patch(off(), 200);
    check(&made, &["time = \"30m\"", "cycle_interval = \"20m\""]);
    let made = Made::default().cycle(0).ann().cycle(0).cycle(0).patch(off(), 200);
    check(&made, &["time = \"1h 10m\"", "the client's clock was"]);
}

#[test]
fn a_leaver_who_is_deleted_later_was_deleted_in_the_directory() {
    let made = Made::default().cycle(0).ann().cycle(40).patch(off(), 200).cycle(40);
    let made = made.ask("DELETE /Users/7", Value::Null, 204, Value::Null);
    check(
        &made,
        &["{ delete = \"ann\" }", "{ purge = \"ann\" }", "delete = \"remove\"", "total = 0"],
    );
    let on = json!([{"op": "Replace", "path": "active", "value": "True"}]);
    let made = Made::default().cycle(0).ann().cycle(40).patch(off(), 200).cycle(40).patch(on, 200);
    check(&made, &["{ disable = \"ann\" }", "{ enable = \"ann\" }", "total = 1, active = 1"]);
}

#[test]
fn what_a_run_deletes_at_its_end_is_no_leaver() {
    let mut made = Made::default().cycle(0).ann().cycle(40);
    made = made.ask("DELETE /Users/7", Value::Null, 204, Value::Null);
    assert!(made.written().contains("purge"), "{}", made.written());
    let last = made.exchanges.last_mut().expect("the DELETE");
    last.request.headers.push(("Scimulator-Purpose".into(), "clean-up".into()));
    let text = made.written();
    assert!(!text.contains("purge") && !text.contains("delete ="), "{text}");
}

#[test]
fn a_change_that_failed_first_stands_where_it_was_tried_and_the_fault_with_it() {
    let made =
        Made::default().cycle(0).ann().cycle(40).patch(off(), 503).cycle(40).patch(off(), 200);
    check(
        &made,
        &[
            "time = \"30m\"",
            "respond = 503",
            "when = { method = \"PATCH\", nth = { max = 1 }, user = [\"ann\"] }",
        ],
    );
    let made = Made::default().cycle(0).ann();
    let probe = "GET /Users?filter=userName+eq+%2200000000-0000-4000-8000-00000000ffff%22";
    let made = Made { minute: 40, ..made }.ask(probe, Value::Null, 429, Value::Null).cycle(400);
    check(&made, &["from = \"39m\"", "until = \"7h 19m\"", "respond = 429"]);
    let made = Made::default().cycle(0).ann().cycle(40).patch(off(), 0).cycle(40).patch(off(), 200);
    check(&made, &["reset = \"before\""]);
}

#[test]
fn a_create_whose_answer_was_lost_was_carried_out_when_a_lookup_finds_it() {
    let ann = json!({"userName": "ann@b.example", "active": true});
    let found = json!({"totalResults": 1, "Resources": [{"id": "7", "userName": "ann@b.example", "active": true}]});
    let made = Made::default().cycle(0).ask("POST /Users", ann, 0, Value::Null).cycle(40).ask(
        "GET /Users?filter=userName+eq+%22ann@b.example%22",
        Value::Null,
        200,
        found,
    );
    check(&made, &["[user.ann]", "reset = \"after\"", "total = 1, active = 1"]);
    assert!(!made.written().contains("[golinks.account"));
}

#[test]
fn what_the_server_refused_to_the_end_is_wanted_in_the_story_and_refused_there_too() {
    let made = Made::default().cycle(0).ann().cycle(40).patch(off(), 400).cycle(40);
    let made =
        made.patch(off(), 400).ask("PUT /Users/7", json!({"userName": "x"}), 200, Value::Null);
    check(
        &made,
        &[
            "# - why the PATCH about ann@b.example (exchange 5) was answered 400 to the end",
            "# - PUT /Users/* (1 times)",
            "{ disable = \"ann\" }",
            "from = \"39m\"\nwhen = { method = \"PATCH\", user = [\"ann\"] }\nrespond = 400\n",
            "# The recorded run did not end well",
            "total = 1, active = 1",
        ],
    );
    assert!(!made.written().contains("nth ="), "{}", made.written());
    // One that got through in the end is a fault of its cycle.
    let mended = made.cycle(40).patch(off(), 200);
    check(&mended, &["nth = { max = 1 }, user = [\"ann\"] }", "total = 1, active = 0"]);
}

#[test]
fn a_create_that_is_refused_to_the_end_leaves_a_user_without_an_account() {
    let none = json!({"totalResults": 0, "Resources": []});
    let detail = json!({"status": "400", "detail": "no department"});
    let made = Made::default()
        .cycle(0)
        .ask("GET /Users?filter=userName+eq+%22ann@b.example%22", Value::Null, 200, none)
        .ask("POST /Users", json!({"userName": "ann@b.example", "active": true}), 400, detail);
    check(
        &made,
        &[
            "[user.ann]",
            "when = { method = \"POST\", user = [\"ann\"] }",
            "body = \"{\\\"detail\\\":\\\"no department\\\"",
            "total = 0, active = 0",
        ],
    );
}

#[test]
fn a_change_that_is_acknowledged_and_not_shown_is_dropped_in_the_story_too() {
    let shown =
        json!({"id": "7", "userName": "ann@b.example", "active": true, "nickName": "An\u{7f}n"});
    let made = Made::default().cycle(0).ann().cycle(40).patch(off(), 204);
    let made = made.ask("GET /Users/7", Value::Null, 200, shown);
    check(&made, &["respond = 204 ", "{ disable = \"ann\" }", "total = 1, active = 1"]);
    let gone = json!({"id": "7", "userName": "ann@b.example", "active": false});
    let part = Made::default().cycle(0).ann().cycle(40).patch(off(), 204);
    let part = part.ask("GET /Users/7", Value::Null, 200, gone);
    check(&part, &["# - ann@b.example does not show nickName as it was told"]);
    assert!(!part.written().contains("[[fault]]"), "{}", part.written());
}

#[test]
fn what_is_so_already_and_what_has_no_name_is_no_change() {
    let same = json!([{"op": "Add", "path": "nickName", "value": "An\u{7f}n"}]);
    let made = Made::default().cycle(0).ann().cycle(40).patch(same, 200);
    let made = made.ask("POST /Users", json!({"displayName": "x"}), 500, Value::Null);
    let written = made.written();
    assert!(!written.contains("update =") && !written.contains("user2"), "{written}");
    check(&made, &["total = 1, active = 1"]);
}

#[test]
fn a_manager_is_named_when_the_directory_has_her() {
    let manager = json!([{"op": "Add", "path": super::flat::MANAGER, "value": "9"}]);
    let bo = json!({"userName": "bo@b.example", "active": true});
    let made = Made::default().cycle(0).ann().cycle(40);
    let made = made.ask("POST /Users", bo.clone(), 201, json!({"id": "9"}));
    check(&made.patch(manager.clone(), 200), &["{ update = { ann = { manager = \"bo\" } } }"]);
    let made = Made::default().cycle(0).ann().cycle(40).patch(manager, 200);
    let made = made.ask("POST /Users", bo, 201, json!({"id": "9"}));
    assert!(!made.written().contains("manager ="), "{}", made.written());
}

#[test]
fn the_matching_attribute_and_names_that_are_no_sign_in_names_have_rows() {
    let ann = json!({"userName": "zoë", "externalId": "e7", "displayName": "Zoë"});
    let made = Made::default()
        .cycle(0)
        .ask(
            "GET /Users?filter=externalId+eq+%22e7%22",
            Value::Null,
            200,
            json!({"totalResults": 0}),
        )
        .ask("POST /Users", ann, 201, json!({"id": "7"}));
    check(
        &made,
        &[
            "target = \"externalId\"\nsource = \"mailNickname\"\nmatch = 1",
            "source = \"extensionAttribute15\"",
            "[user.zoe]",
        ],
    );
}

proptest::proptest! {
    #[test]
    fn hostile_recordings_never_panic(
        method in proptest::sample::select(vec!["GET", "POST", "PATCH", "DELETE", "PUT"]),
        path in "\\PC{0,20}",
        body in "[\\[\\]{}\":,a-z \\n]{0,60}",
        status in 0_u16..700,
    ) {
        let mut made = Made::default().cycle(0).ann();
        for target in [format!("/Users/{path}"), format!("/Groups{path}"), path.clone()] {
            made = made.ask(&format!("{method} {target}"), Value::Null, status, Value::Null);
            if let Some(last) = made.exchanges.last_mut() {
                last.request.content.text = body.clone();
                last.response = last.response.take().map(|mut response| {
                    response.content.text = body.clone();
                    response
                });
            }
        }
        made.written();
    }
}

/// A PATCH of the name and of whether it is active, as the engine sends one.
fn named(name: &str, active: &str) -> Value {
    json!([
        {"op": "Replace", "path": "userName", "value": name},
        {"op": "Replace", "path": "active", "value": active},
    ])
}

#[test]
fn the_name_of_the_recycle_bin_is_a_deletion_and_the_old_name_a_return_masked_or_not() {
    let binned = "4f1d2c3b4a5968778695a4b3c2d1e0f0ann@b.example";
    let made = || {
        let made =
            Made::default().cycle(0).ann().cycle(40).cycle(40).patch(named(binned, "False"), 204);
        made.cycle(40).cycle(40).patch(named("ann@b.example", "True"), 204)
    };
    let masks = Masks::new(b"a key", &[]);
    let mut masked = made();
    masked.exchanges.iter_mut().for_each(|exchange| masks.mask(exchange));
    let ann = masks.pseudonyms().text("ann");
    for (made, name) in [(made(), "ann"), (masked, &*ann)] {
        let (delete, restore) =
            (format!("{{ delete = \"{name}\" }}"), format!("{{ restore = \"{name}\" }}"));
        check(&made, &[&delete, &restore, "golinks.accounts = { total = 1, active = 1 }"]);
        let written = made.written();
        assert!(!written.contains("update =") && !written.contains("disable = "), "{written}");
        assert!(!written.contains("4f1d2c3b"), "{written}");
    }
}

#[test]
fn a_deleted_user_who_is_purged_and_one_with_another_name_are_told_as_that() {
    let binned = "4f1d2c3b4a5968778695a4b3c2d1e0f0ann.b@b.example";
    let made =
        Made::default().cycle(0).ann().cycle(40).cycle(40).patch(named(binned, "False"), 204);
    let made = made.cycle(40).ask("DELETE /Users/7", Value::Null, 204, Value::Null);
    check(
        &made,
        &["userPrincipalName = \"ann.b@b.example\"", "{ delete = \"ann\" }", "{ purge = \"ann\" }"],
    );
    assert_eq!(made.written().matches("{ delete = ").count(), 1, "{}", made.written());
}

#[test]
fn what_is_asked_before_the_first_probe_and_finds_nothing_is_no_cycle() {
    let none = || json!({"totalResults": 0, "Resources": []});
    let asked = Made::default().ask("GET /Users?startIndex=1&count=1", Value::Null, 200, none());
    let asked =
        asked.ask("GET /Users?filter=userName+eq+%22ann@b.example%22", Value::Null, 200, none());
    let made = asked.cycle(0).ann().cycle(40).cycle(40).patch(off(), 204);
    check(&made, &["[user.ann]", "in 3 cycles", "{ disable = \"ann\" }"]);
    assert!(!made.written().contains("hire = "), "{}", made.written());
    // What is found then was there, and the first cycle is its.
    let found = json!({"totalResults": 1, "Resources": [{"id": "7", "userName": "ann@b.example"}]});
    let asked = Made::default().ask(
        "GET /Users?filter=userName+eq+%22ann@b.example%22",
        Value::Null,
        200,
        found,
    );
    check(&asked.cycle(0).cycle(40).patch(off(), 204), &["in 3 cycles"]);
}
