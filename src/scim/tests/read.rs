//! To read a body as its schema wants it comes to the same as to parse it and to shape it then.

use proptest::prelude::*;

use super::properties::{ENTERPRISE, fitting, json, kind};
use crate::scim::read::read;
use crate::scim::schema::{Attribute, Kind};
use crate::scim::shape::shape;
use crate::scim::{Error, Object, ResourceType, Rules};

/// The long way.
fn parsed_and_shaped(body: &str, kind: &ResourceType) -> Result<Object, Error> {
    let mut resource = Object::parse(body.as_bytes())?;
    if shape(resource.clone(), kind, Rules::default())
        .is_ok_and(|shaped| shaped.get("active").is_none())
    {
        resource.insert("active", true);
    }
    shape(resource, kind, Rules::default())
}

fn check(body: &str, kind: &ResourceType) {
    let short = read(body.as_bytes(), kind, Rules::default(), ("active", true.into()));
    assert_eq!(short, parsed_and_shaped(body, kind), "{body}");
}

fn one_of_each() -> ResourceType {
    let mut kind = kind();
    let emails = kind.schema.attributes.iter_mut().find(|it| it.name == "emails").unwrap();
    *emails = Attribute { one_of_each: true, ..emails.clone() };
    emails.sub.iter_mut().for_each(|part| part.required = part.name == "value");
    kind.extensions[0].attributes[0].required = true;
    kind
}

#[test]
fn odd_bodies_are_read_alike() {
    let own = r#""userName":"u","emails":"a@x""#;
    let deep = "[".repeat(300);
    for body in [
        "",
        "[]",
        "{",
        "{}",
        r#"{"userName":"u"} x"#,
        r#"{"userName":"u","#,
        r#"{"userName":"u","name":{"givenName":}}"#,
        r#"{"userName":"u","emails":[{"value":"a"},{"value":1e999}]}"#,
        r#"{"userName":"","name":3}"#,
        r#"{"name":3}"#,
        r#"{"userName":null,"active":null,"name":null,"emails":null}"#,
        r#"{"USERNAME":"u","username":"v","userName":7}"#,
        r#"{"userName":7,"userName":"v"}"#,
        r#"{"userName":"\u00e9\n","name":{"GIVENNAME":"A","familyName":"B","givenName":null}}"#,
        r#"{"userName":"u","name":{"familyName":"B","givenName":"A"},"nosuch":{"a":[1,{"b":2}]}}"#,
        r#"{"userName":{"value":"u"},"active":"False","emails":[null,{},{"type":"work"},{"value":"a","primary":"True"}]}"#,
        r#"{"userName":["u"],"emails":{"value":"a"},"roles":"r","x509Certificates":[{"value":"%"}]}"#,
        r#"{"userName":"u","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}"#,
        r#"{"userName":"u","active":[],"id":"x","meta":{"location":[]},"groups":[{"value":"g"}]}"#,
        r#"{"userName":"u","ims":[{"type":"xmpp"},{"value":true}],"locale":{"value":"de"}}"#,
        r#"{"userName":"u","schemas":"none","password":["p","q"]}"#,
        &format!(r#"{{{own},"{ENTERPRISE}":null}}"#),
        &format!(r#"{{{own},"{ENTERPRISE}":[]}}"#),
        &format!(
            r#"{{{own},"{ENTERPRISE}":{{"manager":"m","DEPARTMENT":"D","nosuch":1,"employeeNumber":7}}}}"#
        ),
        &format!(
            r#"{{{own},"{ENTERPRISE}":{{"manager":{{"displayName":"B","value":""}},"employeeNumber":"7"}}}}"#
        ),
        &format!(r#"{{{own},"name":{deep}}}"#),
        &format!(r#"{{{own},"nosuch":{deep}}}"#),
        r#"{"userName":"u","name":{"givenName":{},"GivenName":"A"},"emails":[{"value":"a","type":7,"TYPE":"work"}]}"#,
        r#"{"userName":"u","active":{"value":null}}"#,
        r#"{"userName":"u","active":[null],"externalId":7,"nosuch":[1.5,"\ud800"]}"#,
        r#"{"userName":"u","\u0061ctive":false,"emails":["a",null,{"type":"home","value":"b"}]}"#,
        r#" { "userName" : "u\\" , "name" : { } , "roles" : [ ] , "x" : { "y" : [ 1 , true ] } } "#,
        "{\"userName\":\"u\",\n\t\"title\":\"T\"}",
        "{\"userName\":\"u\nv\"}",
        &format!(
            r#"{{{own},"{ENTERPRISE}":{{"department":"D","employeeNumber":"1"}},"emails":[{{"value":"a"}}]}}"#
        ),
    ] {
        check(body, &kind());
        check(body, &one_of_each());
    }
}

#[test]
fn schemas_may_have_any_number_of_attributes() {
    let mut kind = kind();
    let text = |nth| Attribute::new(format!("a{nth}"), Kind::String, "");
    kind.extensions[0].attributes.extend((0..100).map(text));
    for members in
        [r#""a99":"x","a3":"y""#, r#""a3":"y","A40":"z","a2":"x""#, r#""a64":"x","a64":"y""#]
    {
        check(&format!(r#"{{"userName":"u","{ENTERPRISE}":{{{members}}}}}"#), &kind);
    }
    kind.schema.attributes.extend((0..100).map(text));
    check(&format!(r#"{{"a77":"x","userName":"u","{ENTERPRISE}":{{"a3":"y"}}}}"#), &kind);
    kind.extensions[0].attributes[70].required = true;
    check(r#"{"userName":"u"}"#, &kind);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_body_is_read_alike(members in prop::collection::vec(member(), 0..8)) {
        let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let body = format!("{{\"userName\":\"u\",{}\"x\":1}}", members.iter().map(|it| format!("{it},")).collect::<String>());
        check(&body, &kind());
        check(&body, &one_of_each());
        check(&body.replace("\":", "\" : "), &kind());
    }
}

fn member() -> impl Strategy<Value = (String, serde_json::Value)> {
    let names = [
        "userName",
        "USERNAME",
        "name",
        "Name",
        "active",
        "emails",
        "Emails",
        "roles",
        "ims",
        "addresses",
        "locale",
        "password",
        "x509Certificates",
        "groups",
        "id",
        "schemas",
        "nosuch",
        "profileUrl",
        "title",
        ENTERPRISE,
    ];
    prop::sample::select(names.to_vec()).prop_flat_map(|name| {
        let wanted = if name == ENTERPRISE { "user" } else { name };
        (Just(name.to_owned()), prop_oneof![3 => fitting(wanted), 1 => json()])
    })
}
