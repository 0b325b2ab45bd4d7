//! Tests of mappings: reading, what is refused, the gallery, evaluation, and the vendor's JSON
//! there and back.

use super::*;
use crate::base::{Kind, Node, Problems, Seed, Span, Time};
use crate::entra::expression::AppRole;
use crate::entra::field::ImportedUser;
use crate::entra::policy::Policy;
use crate::entra::tenant::{Attribute, NewUser, Tenant};
use crate::scim::{Object, Value};

fn rows(rows: &[&[(&str, &str)]]) -> Node {
    let value = |text: &str| match text {
        "true" | "false" => Node::bare(Kind::Bool(text == "true")),
        _ => text
            .parse()
            .map_or_else(|_| Node::text(text), |number| Node::bare(Kind::Integer(number))),
    };
    let row =
        |row: &&[(&str, &str)]| Node::table(row.iter().map(|(key, text)| (*key, value(text))));
    Node::bare(Kind::List(rows.iter().map(row).collect()))
}

fn users(key: &str, value: Node) -> Node {
    Node::table([("users", Node::table([(key, value)]))])
}

fn changed(node: &Node) -> Result<Schema, Vec<String>> {
    let mut schema = Schema::default();
    let mut problems = Problems::default();
    schema.change(node, &mut problems);
    let told = |problem: &crate::base::Diagnostic| {
        format!("{}: {} {}", problem.message, problem.label, problem.help)
    };
    if problems.has_errors() { Err(problems.list().iter().map(told).collect()) } else { Ok(schema) }
}

fn with_rows(list: &[&[(&str, &str)]]) -> Schema {
    changed(&users("rows", rows(list))).unwrap_or_else(|why| panic!("{why:?}"))
}

/// Everything mapped for a user with these attributes.
fn mapped(schema: &Schema, attributes: &[(Attribute, &str)], roles: &[AppRole]) -> Desired {
    let mut tenant = Tenant::new(Default::default(), Seed(7));
    let mut new = NewUser::new("ann").with_name("Ann Okafor");
    for (attribute, value) in attributes {
        new = new.with(*attribute, Some(value).filter(|value| !value.is_empty()).copied());
    }
    let user = tenant.set_up_user(new).expect("a fresh handle");
    let person =
        ImportedUser { user: tenant.user(user), soft_deleted: false, manager: None, roles };
    let policy = Policy::default();
    let import = Import {
        object: person.into(),
        key: "ann",
        domain: "contoso.example",
        now: Time::from_secs(1_772_438_400),
        seed: Seed(7),
        policy: &policy,
    };
    Desired::of(&schema.users, &import)
}

fn body(schema: &Schema, desired: &Desired) -> String {
    let mut out = Vec::new();
    schema.users.plan().write(desired, &Policy::default(), &mut out);
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[test]
fn the_gallery_tables_read_back_and_match_on_the_name() {
    for (template, user_rows, group_rows) in [(Template::GoLinks, 7, 0), (Template::Scim, 22, 3)] {
        let schema = Schema::gallery(template);
        assert_eq!(
            (schema.users.rows().len(), schema.groups.rows().len()),
            (user_rows, group_rows)
        );
        assert_eq!(&*schema.users.rows()[schema.users.matching()[0]].target.name, "userName");
        assert_eq!(
            &*schema.users.rows()[schema.users.active().expect("active is mapped")].target.name,
            "active"
        );
        assert_eq!(schema.groups.enabled, group_rows > 0);
        let mut problems = Problems::default();
        super::check::check(&schema, &Node::bare(Kind::Bool(true)), &mut problems);
        assert!(!problems.has_errors(), "{:?}", problems.list());
        assert!(schema.users.rows().iter().all(|row| super::check::refusals(row).is_empty()));
    }
}

#[test]
fn a_mark_of_the_byte_order_before_the_json_does_not_matter() {
    let json = Schema::gallery(Template::GoLinks).to_json().to_string();
    let mut problems = Problems::default();
    let read = Schema::parse(
        &format!("\u{feff}{json}"),
        Template::GoLinks,
        Span::default(),
        &mut problems,
    );
    assert_eq!(read, Some(Schema::gallery(Template::GoLinks)));
}

#[test]
fn single_rows_are_changed_added_and_removed() {
    let change = rows(&[
        &[("target", "userName"), ("expression", "ToLower([mail])"), ("match", "1")],
        &[("target", "title"), ("constant", "Colleague"), ("apply", "create")],
    ]);
    let schema = changed(&users("change", change)).unwrap();
    let row =
        |name: &str| schema.users.rows().iter().find(|row| &*row.target.name == name).unwrap();
    assert_eq!(schema.users.rows().len(), 8);
    assert_eq!(row("userName").source_text(), "ToLower([mail])");
    assert_eq!(row("title").apply, Apply::OnlyOnCreate);
    let removed = changed(&users("remove", Node::text("externalId"))).unwrap();
    assert_eq!(removed.users.rows().len(), 6);
    let mut restored = schema.clone();
    restored.restore_defaults();
    assert_eq!(restored, Schema::default());
}

#[test]
fn what_the_portal_would_not_save_is_refused_with_its_reason() {
    let cases: [(&[(&str, &str)], &str); 24] = [
        (&[("target", "title"), ("source", "manager")], "an attribute of the type Reference"),
        (&[("target", "id"), ("source", "objectId")], "`id` cannot be mapped"),
        (&[("target", "password"), ("constant", "x")], "passwords are not provisioned"),
        (&[("target", "title"), ("source", "appRoleAssignments")], "cannot be mapped directly"),
        (
            &[("target", "title"), ("expression", "[appRoleAssignments]")],
            "cannot be mapped directly",
        ),
        (&[("target", "title"), ("source", "externalUserState")], "not available as a source"),
        (&[("target", "title"), ("source", "thumbnailPhoto")], "photos are not provisioned"),
        (&[("target", "title"), ("source", "JobTitle")], "did you mean `jobTitle`?"),
        (&[("target", "title"), ("expression", "ToLower([JobTitle])")], "did you mean `jobTitle`?"),
        (&[("target", "title"), ("source", "members")], "a user has no `members`"),
        (&[("target", "title"), ("expression", "ToLowr([mail])")], "did you mean `ToLower`?"),
        (&[("target", "title"), ("source", "mail"), ("constant", "x")], "a row has one source"),
        (&[("target", "title")], "nothing about where its value comes from"),
        (&[("source", "mail")], "no `target`"),
        (&[("target", "emails[type"), ("source", "mail")], "is not a SCIM path"),
        (&[("target", "title"), ("source", "mail"), ("mach", "1")], "did you mean `match`?"),
        (
            &[
                ("target", "nickName"),
                ("expression", "SelectUniqueValue([mail], [surname])"),
                ("match", "2"),
            ],
            "SelectUniqueValue",
        ),
        (
            &[("target", "nickName"), ("constant", "x"), ("match", "2")],
            "everybody would have the same value",
        ),
        (&[("target", "active"), ("source", "mail"), ("match", "2")], "looked up by a single text"),
        (
            &[("target", "nickName"), ("source", "mail"), ("match", "1")],
            "the matching precedence 1",
        ),
        (
            &[
                ("target", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"),
                ("source", "mail"),
            ],
            "is a reference",
        ),
        (
            &[("target", "manager"), ("expression", "Switch([manager], , \"a\", \"b\")")],
            "do not go through Switch",
        ),
        (&[("target", "active"), ("none", "true"), ("default", "maybe")], "does not fit the type"),
        (&[("target", "username"), ("source", "mail")], "no row matches"),
    ];
    for (row, expected) in cases {
        let why = changed(&users("change", rows(&[row]))).expect_err(expected);
        assert!(why.iter().any(|why| why.contains(expected)), "{expected}: {why:?}");
    }
}

#[test]
fn what_the_portal_would_not_save_as_a_whole_is_refused_with_its_reason() {
    let switches =
        [("enabled", "the mapping of users cannot be disabled"), ("rows", "no row matches")];
    for (key, expected) in switches {
        let value = if key == "rows" { rows(&[]) } else { Node::bare(Kind::Bool(false)) };
        assert!(changed(&users(key, value)).expect_err(expected)[0].contains(expected));
    }
    let twice = rows(&[
        &[("target", "userName"), ("source", "mail"), ("match", "1")],
        &[("target", "USERNAME"), ("source", "mail")],
    ]);
    assert!(
        changed(&users("rows", twice)).expect_err("twice")[0].contains("two rows have the target")
    );
    let phones = rows(&[
        &[("target", "phoneNumbers[type eq \"work\"].value"), ("source", "mobile")],
        &[("target", "phoneNumbers[type EQ  \"work\"].value"), ("source", "telephoneNumber")],
    ]);
    assert!(
        changed(&users("change", phones)).expect_err("twice")[0]
            .contains("two rows have the target")
    );
}

#[test]
fn custom_attributes_outside_of_the_gallery_are_single_texts() {
    let custom = "urn:ietf:params:scim:schemas:extension:Golf:2.0:User";
    for (target, several, fits) in
        [("handicap", false, true), ("clubs", true, false), ("club.name", false, false)]
    {
        let target = format!("{custom}:{target}");
        let mut row: Vec<(&str, &str)> = vec![("target", &target), ("constant", "x")];
        row.extend(several.then_some(("multi_valued", "true")));
        let change = |template| {
            Node::table([
                ("template", Node::text(template)),
                ("users", Node::table([("change", rows(&[&row]))])),
            ])
        };
        assert_eq!(changed(&change("scim")).is_ok(), fits, "{target}");
        assert!(changed(&change("golinks")).is_ok(), "{target}");
    }
}

#[test]
fn each_kind_of_source_gives_what_it_says() {
    let schema = with_rows(&[
        &[("target", "userName"), ("source", "userPrincipalName"), ("match", "1")],
        &[("target", "title"), ("constant", "Colleague")],
        &[("target", "displayName"), ("expression", r#"Join(", ", [surname], [givenName])"#)],
        &[("target", "nickName"), ("none", "true"), ("default", "none yet")],
        &[("target", "locale"), ("source", "preferredLanguage"), ("default", "en-US")],
        &[("target", "active"), ("expression", "Not([IsSoftDeleted])")],
        &[("target", "urn:x:2.0:User:level"), ("constant", "7"), ("type", "Integer")],
        &[
            ("target", "urn:x:2.0:User:tags"),
            ("expression", r#"Split("a, b", ",")"#),
            ("multi_valued", "true"),
        ],
        &[
            ("target", "timezone"),
            ("expression", "IgnoreFlowIfNullOrEmpty([city])"),
            ("default", "UTC"),
        ],
    ]);
    let mut desired = mapped(&schema, &[], &[]);
    let shown: Vec<Option<String>> =
        (0..9).map(|row| desired.get(row).shown().map(std::borrow::Cow::into_owned)).collect();
    let texts: Vec<Option<&str>> = shown.iter().map(Option::as_deref).collect();
    assert_eq!(
        texts[1..],
        [
            Some("Colleague"),
            Some("Okafor, Ann"),
            Some("none yet"),
            None,
            Some("True"),
            Some("7"),
            Some("a, b"),
            None
        ]
    );
    // The default stands in on creation, and not for what the expression left out.
    desired.fill(&schema.users);
    assert_eq!((desired.get(4), desired.get(8)), (&Flow::Text("en-US".into()), &Flow::Ignored));
    let object = Object::parse(body(&schema, &desired).as_bytes()).unwrap();
    assert_eq!(
        object.get("urn:x:2.0:User").map(|it| it.to_string()).as_deref(),
        Some(r#"{"level":7,"tags":["a","b"]}"#)
    );
    assert_eq!((object.get("locale"), object.get("timezone")), (Some(&Value::from("en-US")), None));
}

#[test]
fn a_row_that_cannot_be_evaluated_is_trouble_with_its_place() {
    let cases = [
        (
            "title",
            r#"CDate([jobTitle])"#,
            "a date is needed here, but there is no value in `[jobTitle]`",
        ),
        ("title", r#"Split("a,b", ",")"#, "title takes one value, but there are 2"),
        ("active", r#"Append("x", "y")"#, "active takes True or False, not \"xy\""),
    ];
    for (target, expression, expected) in cases {
        let change = rows(&[&[("target", target), ("expression", expression)]]);
        let schema = changed(&users("change", change)).unwrap();
        let desired = mapped(&schema, &[], &[]);
        assert_eq!(desired.trouble().map(|trouble| trouble.detail.as_str()), Some(expected));
    }
    let skip = rows(&[&[
        ("target", "title"),
        ("expression", r#"IIF([city]="", IgnoreObjectFlow, [city])"#),
    ]]);
    assert!(mapped(&changed(&users("change", skip)).unwrap(), &[], &[]).is_ignored());
}

#[test]
fn required_targets_are_missed_and_matching_is_tried_in_order() {
    let schema = with_rows(&[
        &[("target", "userName"), ("source", "mail"), ("match", "2")],
        &[("target", "externalId"), ("source", "employeeId"), ("match", "1")],
        &[("target", "title"), ("source", "jobTitle"), ("required", "true")],
    ]);
    let bare = mapped(&schema, &[(Attribute::Mail, "a@x.example")], &[]);
    assert_eq!(bare.missing(&schema.users).map(|row| &*row.target.name), Some("title"));
    assert_eq!(
        bare.matching(&schema.users, 0),
        Some((1, "a@x.example")),
        "employeeId has no value"
    );
    let whole =
        mapped(&schema, &[(Attribute::EmployeeId, "E7"), (Attribute::JobTitle, "Clerk")], &[]);
    assert!(whole.missing(&schema.users).is_none());
    assert_eq!(whole.matching(&schema.users, 0), Some((0, "E7")));
}

#[test]
fn app_roles_are_created_in_their_three_shapes() {
    let role = |value: &str| AppRole {
        id: "r".into(),
        value: value.into(),
        display_name: format!("The {value}"),
    };
    let roles = [role("Admin"), role("User")];
    let kind = r#""type":"WindowsAzureActiveDirectoryRole""#;
    let cases = [
        (
            "roles[primary eq \"True\"].value",
            "SingleAppRoleAssignment",
            format!(r#"[{{"primary":true,{kind},"value":"Admin"}}]"#),
        ),
        (
            "roles",
            "AppRoleAssignmentsComplex",
            format!(
                r#"[{{"primary":false,{kind},"displayName":"The Admin","value":"Admin"}},{{"primary":false,{kind},"displayName":"The User","value":"User"}}]"#
            ),
        ),
        (
            "roles",
            "AssertiveAppRoleAssignmentsComplex",
            format!(
                r#"[{{"primary":false,{kind},"display":"The Admin","value":"Admin"}},{{"primary":false,{kind},"display":"The User","value":"User"}}]"#
            ),
        ),
    ];
    for (target, function, expected) in cases {
        let expression = format!("{function}([appRoleAssignments])");
        let change = rows(&[&[("target", target), ("expression", &expression)]]);
        let schema = changed(&users("change", change)).unwrap();
        assert!(schema.users.reads_roles());
        let object =
            Object::parse(body(&schema, &mapped(&schema, &[], &roles)).as_bytes()).unwrap();
        assert_eq!(
            object.get("roles").map(|roles| roles.to_string()),
            Some(expected),
            "{function}"
        );
        let none = Object::parse(body(&schema, &mapped(&schema, &[], &[])).as_bytes()).unwrap();
        assert_eq!(none.get("roles"), None);
    }
}

#[test]
fn a_schema_goes_to_the_vendors_json_and_back() {
    let mut schema = with_rows(&[
        &[("target", "userName"), ("source", "userPrincipalName"), ("match", "1")],
        &[
            ("target", "title"),
            ("constant", "say \"hi\"\\"),
            ("flow", "always"),
            ("required", "true"),
        ],
        &[
            ("target", "displayName"),
            ("expression", r#"IIF([city]="Ulm", "x\"y", Replace([mail], , "\\d", , "", , ))"#),
        ],
        &[("target", "nickName"), ("none", "true"), ("default", "none yet")],
        &[
            ("target", "externalId"),
            ("source", "mailNickname"),
            ("match", "2"),
            ("apply", "create"),
            ("case_exact", "false"),
        ],
    ]);
    schema.users.actions.delete = false;
    let mut problems = Problems::default();
    let clause = Node::table([
        ("attribute", Node::text("department")),
        ("is", Node::text("REGEX MATCH")),
        ("value", Node::text("^(Sales|Legal)$")),
    ]);
    let filter = Node::table([
        ("title", Node::text("Front office")),
        ("where", Node::bare(Kind::List(vec![clause]))),
    ]);
    schema.filters = Filters::read(&Node::bare(Kind::List(vec![filter])), &mut problems).unwrap();
    let json = schema.to_json().to_string();
    let read = Schema::parse(&json, Template::GoLinks, Span::new(0, 1), &mut problems).unwrap();
    assert!(problems.list().is_empty(), "{:?}", problems.list());
    assert_eq!(read.users, schema.users);
    assert_eq!(read.filters, schema.filters);
    assert!(!read.groups.enabled);
    assert!(json.contains(r#""flowTypes":"Add, Update""#), "{json}");
    for template in [Template::GoLinks, Template::Scim] {
        let gallery = Schema::gallery(template);
        let read =
            Schema::parse(&gallery.to_json().to_string(), template, Span::default(), &mut problems)
                .unwrap();
        assert_eq!((&read.users, read.groups.rows()), (&gallery.users, gallery.groups.rows()));
    }
}

#[test]
fn the_json_of_an_expression_is_its_parsed_tree() {
    let change = rows(&[&[("target", "title"), ("expression", "Mid([userPrincipalName], 1, 8)")]]);
    let json = changed(&users("change", change)).unwrap().to_json().to_string();
    let tree = concat!(
        r#""source":{"expression":"Mid([userPrincipalName], 1, 8)","name":"Mid","type":"Function","parameters":["#,
        r#"{"key":"source","value":{"expression":"[userPrincipalName]","name":"userPrincipalName","type":"Attribute","parameters":[]}},"#,
        r#"{"key":"start","value":{"expression":"\"1\"","name":"1","type":"Constant","parameters":[]}},"#,
        r#"{"key":"length","value":{"expression":"\"8\"","name":"8","type":"Constant","parameters":[]}}]}"#
    );
    assert!(json.contains(tree), "{json}");
}

/// An export with one row of `userName`, and these.
fn export(mapping: &str) -> String {
    format!(
        r#"{{"@odata.context":"x","synchronizationRules":[{{"objectMappings":[{{"sourceObjectName":"User","attributeMappings":[
        {{"targetAttributeName":"userName","matchingPriority":1,"source":{{"type":"Attribute","name":"userPrincipalName"}}}},{mapping}]}},
        {{"sourceObjectName":"Device"}}]}}]}}"#
    )
}

#[test]
fn what_an_export_holds_beyond_this_is_left_out_and_what_is_wrong_is_told() {
    let cases = [
        (
            r#"{"targetAttributeName":"title","source":{"type":"Attribute","name":"alternativeSecurityIds"}}"#,
            true,
            "does not hold",
        ),
        (
            r#"{"targetAttributeName":"title","source":{"type":"Function","expression":"Foo([mail])"}}"#,
            false,
            "unknown function",
        ),
        (
            r#"{"targetAttributeName":"title","source":{"type":"Attribute","name":"externalUserState"}}"#,
            false,
            "cannot be read",
        ),
        (
            r#"{"targetAttributeName":"id","source":{"type":"Attribute","name":"objectId"}}"#,
            false,
            "`id` cannot be mapped",
        ),
        (
            r#"{"targetAttributeName":"title","source":null}"#,
            true,
            "the mapping of `Device` is left out",
        ),
        (
            r#"{"targetAttributeName":"title","flowType":"ObjectAddOnl"}"#,
            false,
            "unknown flowType `ObjectAddOnl`",
        ),
        (
            r#"{"targetAttributeName":"title","flowBehavior":"Always"}"#,
            false,
            "unknown flowBehavior `Always`",
        ),
        (
            r#"{"targetAttributeName":"title","source":{"type":"Funktion"}}"#,
            false,
            "unknown type `Funktion`",
        ),
    ];
    for (mapping, reads, expected) in cases {
        let mut problems = Problems::default();
        let read = Schema::parse(&export(mapping), Template::Scim, Span::new(0, 1), &mut problems);
        assert_eq!(read.is_some(), reads, "{mapping}: {:?}", problems.list());
        assert!(
            problems.list().iter().any(|problem| problem.message.contains(expected)),
            "{:?}",
            problems.list()
        );
    }
}

#[test]
fn an_export_that_cannot_be_read_is_refused() {
    let flows = export(r#"{"targetAttributeName":"title"}"#);
    let flows = flows.replace(
        r#""sourceObjectName":"User","#,
        r#""sourceObjectName":"User","flowTypes":"Add, Updat","#,
    );
    let mut problems = Problems::default();
    assert!(Schema::parse(&flows, Template::Scim, Span::new(0, 1), &mut problems).is_none());
    assert!(
        problems.list()[0].message.contains("unknown flow type `Updat`"),
        "{:?}",
        problems.list()
    );
    for bad in [
        "",
        "[]",
        "{}",
        r#"{"synchronizationRules":[]}"#,
        r#"{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"Group"}]}]}"#,
    ] {
        let mut problems = Problems::default();
        assert!(
            Schema::parse(bad, Template::Scim, Span::new(0, 1), &mut problems).is_none()
                && problems.has_errors(),
            "{bad}"
        );
    }
}

#[test]
fn rows_are_changed_and_removed_by_what_their_targets_mean() {
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:";
    let given = format!("{urn}name.givenName");
    let node = Node::table([(
        "users",
        Node::table([
            ("change", rows(&[&[("target", &given), ("source", "displayName")]])),
            ("remove", Node::text("name.givenName")),
        ]),
    )]);
    let schema = changed(&node).unwrap();
    let meant = schema.users.rows().iter().filter(|row| row.target.is("name.givenName"));
    assert_eq!(meant.map(|row| row.source_text()).collect::<Vec<_>>(), ["displayName"]);
    let change = rows(&[&[("target", &given), ("source", "displayName")]]);
    let schema = changed(&users("change", change)).unwrap();
    assert_eq!(schema.users.rows().len(), Schema::default().users.rows().len());
}

#[test]
fn a_create_is_laid_out_by_meaning() {
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:";
    let nick = format!("{urn}nickName");
    let name = [("target", "userName"), ("source", "mail"), ("match", "1")];
    type Row<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Row<'_>, Row<'_>, &str); 8] = [
        (
            &[("target", &nick), ("constant", "x")],
            &[("target", "Name.givenName"), ("constant", "A")],
            r#""nickName":"x","Name":{"givenName":"A"}"#,
        ),
        (
            &[("target", "name.givenName"), ("constant", "A")],
            &[("target", "NAME.familyName"), ("constant", "B")],
            r#""name":{"givenName":"A","familyName":"B"}"#,
        ),
        (
            &[("target", "emails[type eq \"work\"].value"), ("constant", "a@b.c")],
            &[("target", "emails[type eq \"work\"].primary"), ("constant", "True")],
            r#""emails":[{"type":"work","value":"a@b.c","primary":true}]"#,
        ),
        (
            &[("target", "emails[type eq \"work\"].value"), ("constant", "a@b.c")],
            &[("target", "emails[Type eq \"WORK\"].display"), ("constant", "d")],
            r#""emails":[{"primary":true,"type":"work","value":"a@b.c","display":"d"}]"#,
        ),
        (
            &[("target", "emails[type eq \"work\"]"), ("constant", "a@b.c")],
            &[("target", "emails[type eq \"work\"].type"), ("constant", "work")],
            r#""emails":[{"primary":true,"type":"work","value":"a@b.c"}]"#,
        ),
        (
            &[("target", "emails"), ("constant", "a@b.c")],
            &[("target", "emails[type eq \"work\"].value"), ("constant", "d@e.f")],
            r#""emails":"a@b.c""#,
        ),
        (
            &[("target", "roles[primary eq \"True\"].value"), ("constant", "r")],
            &[("target", "roles[type ne \"x\"].value"), ("constant", "s")],
            r#""roles":[{"primary":true,"value":"r"}]"#,
        ),
        (
            &[("target", "custom:country"), ("constant", "NG")],
            &[("target", "schemas"), ("constant", "urn:x")],
            "",
        ),
    ];
    for (first, second, expected) in cases {
        let schema = with_rows(&[&name, first, second]);
        let desired = mapped(&schema, &[], &[]);
        let written = body(&schema, &desired);
        let core = written.split_once(r#"2.0:User"],"#).unwrap().1;
        let core = core.split_once(r#""meta":"#).unwrap().0.trim_end_matches(',');
        let core = core.split_once(r#""userName":"ann.okafor@contoso.example""#).unwrap().1;
        assert_eq!(core.trim_start_matches(','), expected, "{first:?} {second:?}");
    }
}

#[test]
fn what_the_portal_saves_and_never_works_is_warned_of() {
    let cases = [
        ("roles[type ne \"x\"].value", "mail", "no create writes"),
        ("emails", "mail", "write the same attribute"),
        ("urn:ietf:params:scim:schemas:extension:acme:2.0:User.Roles", "mail", "nothing arrives"),
        ("title", "userType", "may not be available"),
        ("title", "alternativeSecurityIds", "does not hold"),
    ];
    for (target, source, expected) in cases {
        let mut schema = Schema::gallery(Template::Scim);
        let row = rows(&[&[("target", target), ("source", source)]]);
        let mut problems = Problems::default();
        schema.change(&users("change", row), &mut problems);
        assert!(!problems.has_errors(), "{:?}", problems.list());
        let told = |problem: &crate::base::Diagnostic| problem.message.contains(expected);
        assert!(problems.list().iter().any(told), "{expected}: {:?}", problems.list());
    }
}

#[test]
fn a_directory_extension_flows_from_those_who_hold_it() {
    let name = "extension_0123456789abcdef0123456789abcdef_costCode";
    let schema = with_rows(&[
        &[("target", "userName"), ("source", "userPrincipalName"), ("match", "1")],
        &[("target", "title"), ("source", name)],
        &[("target", "nickName"), ("expression", &format!("ToUpper([{name}])"))],
    ]);
    let mut tenant = Tenant::new(Default::default(), Seed(7));
    let mut new = NewUser::new("ann");
    new.attributes.set_extension(name, "c-7");
    let user = tenant.set_up_user(new).expect("a fresh handle");
    let person =
        ImportedUser { user: tenant.user(user), soft_deleted: false, manager: None, roles: &[] };
    let (key, domain, now, policy) =
        ("ann", "contoso.example", Time::default(), &Policy::default());
    let import = Import { object: person.into(), key, domain, now, seed: Seed(7), policy };
    let desired = Desired::of(&schema.users, &import);
    assert_eq!(desired.get(1).shown().as_deref(), Some("c-7"));
    assert_eq!(desired.get(2).shown().as_deref(), Some("C-7"));
}
