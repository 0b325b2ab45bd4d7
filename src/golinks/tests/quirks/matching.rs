//! Quirks that are on for some requests only.

use super::*;

#[test]
fn a_quirk_can_be_on_for_some_requests_only() {
    let when = |entries: &[(&str, &str)]| {
        let node = |value: &str| Node::text(value);
        Node::table(entries.iter().map(|(key, value)| (*key, node(value))))
    };
    let deactivate = r#"{"op":"Replace","path":"active","value":"False"}"#;
    let (ann, ben) = ("PATCH /Users/{ann}", "PATCH /Users/{ben}");
    for (conditions, for_ann, for_ben) in [
        (when(&[]), 400, 400),
        (when(&[("method", "PATCH")]), 400, 400),
        (when(&[("method", "PUT")]), 200, 200),
        (when(&[("path", "/Users/*")]), 400, 400),
        (when(&[("path", "/Groups/*")]), 200, 200),
        (when(&[("user", "ANN@x.example")]), 400, 200),
        (when(&[("user", "*@x.example"), ("method", "PATCH")]), 400, 400),
        (when(&[("user", "b*"), ("path", "/Users/*")]), 200, 400),
    ] {
        let mut fixture = Fixture::with("");
        let value = Node::table([("is", Node::bare(Kind::Bool(true))), ("when", conditions)]);
        let mut problems = Problems::default();
        fixture.bench.golinks.set(&["quirks", "strict_booleans"], &value, &mut problems);
        assert!(problems.list().is_empty(), "{problems:?}");
        let seen = [ann, ben].map(|ask| fixture.send(ask, deactivate).0);
        assert_eq!(seen, [for_ann, for_ben], "{value:?}");
    }
    // Of a bulk request each operation is a request of its own.
    let mut fixture = Fixture::with("");
    let value = Node::table([
        ("is", Node::bare(Kind::Bool(true))),
        ("when", when(&[("user", "ann@x.example")])),
    ]);
    fixture.bench.golinks.set(&["quirks", "strict_booleans"], &value, &mut Problems::default());
    let operation = |user: &str| {
        format!(
            r#"{{"method":"PATCH","path":"/Users/{{{user}}}","data":{{"Operations":[{deactivate}]}}}}"#
        )
    };
    let bulk = format!(r#"{{"Operations":[{},{}]}}"#, operation("ann"), operation("ben"));
    let answer = fixture.send("POST /Bulk", &bulk).1;
    assert!(
        answer.contains(r#""status":"400""#) && answer.contains(r#""status":"200""#),
        "{answer}"
    );
    // What is wrong is told.
    for (wrong, said) in [
        (Node::table([("when", when(&[]))]), "expected both `is` and `when`"),
        (
            Node::table([
                ("is", Node::bare(Kind::Bool(true))),
                ("when", when(&[("method", "GOT")])),
            ]),
            "expected GET, POST, PATCH, PUT or DELETE",
        ),
        (
            Node::table([("is", Node::bare(Kind::Bool(true))), ("when", when(&[("nth", "1")]))]),
            "unknown key `nth` in `when` of a quirk",
        ),
    ] {
        let mut problems = Problems::default();
        fixture.bench.golinks.set(&["quirks", "strict_booleans"], &wrong, &mut problems);
        assert_eq!(problems.list().first().map(|it| it.message.as_str()), Some(said));
    }
}
