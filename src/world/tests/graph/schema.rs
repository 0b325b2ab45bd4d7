//! `PUT …/schema`: what is taken is kept, and everything else is refused with its name.

use super::*;

/// A change of a schema: where, by a JSON pointer below the first rule, and to what.
type Change = (&'static str, Value);

const USERS: &str = "/objectMappings/0";
const ROW: &str = "/objectMappings/0/attributeMappings/1";

fn put(job: &str, schema: &Value) -> String {
    format!("PUT {job}/schema\n{schema}")
}

/// Sets a member below the first rule.
fn changed(schema: &Value, path: &str, member: &str, value: Value) -> Value {
    let mut schema = schema.clone();
    let rule = format!("/synchronizationRules/0{path}");
    let object = schema.pointer_mut(&rule).and_then(Value::as_object_mut).expect("an object");
    object.insert(member.to_owned(), value);
    schema
}

fn filter(clauses: &Value) -> Value {
    json!({ "groups": [{ "name": "Sales", "clauses": clauses }] })
}

fn clause(operand: &Value) -> Value {
    let mut clause = json!([{ "operatorName": "EQUALS", "sourceOperandName": "department" }]);
    if !operand.is_null() {
        clause[0]["targetOperand"] = operand.clone();
    }
    clause
}

#[test]
fn a_scope_that_cannot_be_read_is_refused_and_the_filter_stays() {
    let mut world = world(&[]);
    let job = job(&mut world);
    let schema = body(&mut world, 200, &format!("GET {job}/schema"));
    let sales = filter(&clause(&json!({ "values": ["Sales"] })));
    let good = changed(&schema, USERS, "scope", sales.clone());
    body(&mut world, 204, &put(&job, &good));
    let filtered = body(&mut world, 200, &format!("GET {job}/schema"));
    let kept = &filtered["synchronizationRules"][0]["objectMappings"][0]["scope"]["groups"];
    assert_eq!(kept, &sales["groups"]);
    for (scope, named) in [
        (json!({ "groups": "x" }), "groups"),
        (json!({ "Groups": [] }), "Groups"),
        (json!("x"), "scope"),
        (json!(5), "scope"),
        (filter(&json!("x")), "clauses"),
        (filter(&json!([])), "scope"),
        (filter(&clause(&json!({ "values": "Sales" }))), "values"),
        (filter(&clause(&json!({ "values": [5] }))), "values"),
        (filter(&clause(&json!({ "values": ["a", "b"] }))), "values"),
        (filter(&clause(&Value::Null)), "targetOperand"),
        (filter(&clause(&json!({}))), "targetOperand"),
    ] {
        let why = refusal(&mut world, 400, &put(&job, &changed(&schema, USERS, "scope", scope)));
        assert!(why.contains(named), "{named}: {why}");
        let now = body(&mut world, 200, &format!("GET {job}/schema"));
        assert_eq!(now, filtered, "{named}");
    }
    body(&mut world, 204, &put(&job, &changed(&filtered, USERS, "scope", Value::Null)));
    assert!(world.entra().job().settings().schema.filters.list().is_empty());
}

#[test]
fn what_would_be_read_otherwise_or_not_kept_is_refused_by_its_name() {
    let mut world = world(&[]);
    let job = job(&mut world);
    let schema = body(&mut world, 200, &format!("GET {job}/schema"));
    let rule = &schema["synchronizationRules"][0];
    let source = |expression: &str, name: &str| json!({ "type": "Attribute", "expression": expression, "name": name });
    let twice = json!([rule["objectMappings"][0], rule["objectMappings"][0]]);
    let changes: [(&str, Change); 17] = [
        (USERS, ("enabled", json!("no"))),
        (USERS, ("enabled", Value::Null)),
        (USERS, ("bogus", json!(1))),
        (USERS, ("name", json!("Mine"))),
        (USERS, ("metadata", json!([{ "key": "x", "value": "y" }]))),
        (ROW, ("matchingPriority", json!("1"))),
        (ROW, ("exportMissingReferences", json!(true))),
        (ROW, ("bogus", json!(1))),
        (ROW, ("source", source("[nosuch]", "nosuch"))),
        (ROW, ("source", source("[mail]", "city"))),
        ("", ("priority", json!("x"))),
        ("", ("id", json!("other"))),
        ("", ("name", json!("Mine"))),
        ("", ("groupFilter", json!({ "included": [] , "x": 1 }))),
        ("", ("containerFilter", json!({ "included": ["x"] }))),
        ("", ("metadata", json!([{ "key": "x", "value": "y" }]))),
        ("", ("objectMappings", twice)),
    ];
    for (path, (member, value)) in changes {
        let why = refusal(&mut world, 400, &put(&job, &changed(&schema, path, member, value)));
        let inner = if path == ROW && member == "source" { "" } else { member };
        assert!(why.contains(inner) || member == "metadata", "{path} {member}: {why}");
    }
    let mut more = schema.clone();
    more["synchronizationRules"] = json!([rule, rule]);
    let why = refusal(&mut world, 400, &put(&job, &more));
    assert!(why.contains("'synchronizationRules'"), "{why}");
    let mut defined = schema.clone();
    let attributes = defined.pointer_mut("/directories/1/objects/0/attributes");
    let attributes = attributes.and_then(Value::as_array_mut).expect("attributes");
    attributes.push(json!({ "name": "urn:x:shoe", "type": "String" }));
    let why = refusal(&mut world, 400, &put(&job, &defined));
    assert!(why.contains("'attributes'"), "{why}");
    assert_eq!(body(&mut world, 200, &format!("GET {job}/schema")), schema);
    // What is as it was is taken again, also without what may be left out.
    body(&mut world, 204, &put(&job, &schema));
    let bare = json!({ "synchronizationRules": schema["synchronizationRules"] });
    body(&mut world, 204, &put(&job, &bare));
}
