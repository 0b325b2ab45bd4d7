//! Tests of the population: the same people on any machine, each drawn alone, strange enough, and
//! read strictly.

use std::collections::BTreeSet;
use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems, Seed, Span};
use crate::entra::AppId;
use crate::entra::tenant::{self, Attribute, HandleRef, NewGroup, NewUser, Tenant};

fn settings(generate: u64) -> PeopleSettings {
    PeopleSettings {
        generate,
        without_mail: 0.05,
        without_department: 0.05,
        ..PeopleSettings::default()
    }
}

fn build(population: &Population) -> Tenant {
    population.build(tenant::TenantSettings::default(), Seed(7)).expect("a good population")
}

fn people(generate: u64) -> Tenant {
    build(&Population { settings: settings(generate), ..Population::default() })
}

/// Everything about everybody, a line each.
fn told(tenant: &Tenant) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, user) in tenant.users() {
        let mut line = format!("{} {}", user.object_id(), user.handle());
        for (attribute, value) in user.attributes().iter() {
            let _ = write!(line, " {}={value:?}", attribute.name());
        }
        if let Some(manager) = tenant.manager(key) {
            let _ = write!(line, " manager={}", tenant.user(manager).handle());
        }
        for group in user.groups() {
            let _ = write!(line, " in={}", tenant.group(*group).handle());
        }
        lines.push(line);
    }
    lines
}

#[test]
fn a_thousand_people_are_the_same_on_any_machine() {
    let text = told(&people(1000)).join("\n");
    assert_eq!(
        xxh3_64(text.as_bytes()),
        6963054427935187765,
        "the seeds of all scenarios mean other people now"
    );
}

#[test]
fn one_more_person_leaves_the_others_alone() {
    let (before, after) = (told(&people(18)), told(&people(19)));
    assert_eq!(before[..], after[..18]);
    assert_eq!(after.len(), 19);
    // The first of all have the nicknames of their names, without a number.
    assert!(!before.iter().any(|line| line.contains("2@")), "{before:?}");
}

#[test]
fn nobody_shares_a_nickname_and_everybody_reports_to_somebody_earlier() {
    let tenant = people(5000);
    let nicknames: BTreeSet<&str> = tenant.users().map(|(_, user)| &**user.handle()).collect();
    assert_eq!(nicknames.len(), 5000);
    let mut without_manager = 0;
    for (key, user) in tenant.users() {
        let department = user.get(Attribute::Department);
        match tenant.manager(key) {
            Some(manager) => {
                assert!(manager < key);
                assert_eq!(tenant.user(manager).get(Attribute::Department), department);
            }
            None if department.is_some() => without_manager += 1,
            None => {}
        }
        assert_eq!(user.groups().len(), usize::from(department.is_some()));
    }
    assert_eq!(without_manager, generate::DEPARTMENTS.len());
}

#[test]
fn the_shares_are_near_what_was_asked_and_names_are_as_strange_as_in_life() {
    let tenant = people(4000);
    let share = |has: &dyn Fn(&tenant::User) -> bool| {
        tenant.users().filter(|(_, user)| has(user)).count() as f64 / tenant.user_count() as f64
    };
    let shown =
        |user: &tenant::User| user.get(Attribute::DisplayName).unwrap_or_default().to_owned();
    let cases = [
        ("without mail", share(&|user| user.get(Attribute::Mail).is_none()), 0.03..0.07),
        (
            "without department",
            share(&|user| user.get(Attribute::Department).is_none()),
            0.03..0.07,
        ),
        ("diacritics", share(&|user| !shown(user).is_ascii()), 0.08..0.3),
        ("apostrophes", share(&|user| shown(user).contains('\'')), 0.005..0.1),
        (
            "blanks in the family name",
            share(&|user| shown(user).split(' ').count() > 2),
            0.005..0.1,
        ),
    ];
    for (what, found, expected) in cases {
        assert!(expected.contains(&found), "{what}: {found}");
    }
    for (_, user) in tenant.users() {
        let upn = user.get(Attribute::UserPrincipalName).unwrap_or_default();
        assert!(
            upn.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "@.-".contains(c)),
            "{upn}"
        );
    }
}

#[test]
fn a_setting_changes_only_what_it_is_about() {
    let with = |change: &dyn Fn(&mut PeopleSettings)| {
        let mut settings = settings(300);
        change(&mut settings);
        build(&Population { settings, ..Population::default() })
    };
    let (plain, no_mail) = (with(&|_| {}), with(&|settings| settings.without_mail = 1.0));
    for ((_, one), (_, other)) in plain.users().zip(no_mail.users()) {
        assert_eq!(other.get(Attribute::Mail), None);
        for attribute in
            Attribute::COMMON.into_iter().filter(|attribute| *attribute != Attribute::Mail)
        {
            assert_eq!(one.get(attribute), other.get(attribute));
        }
    }
    let assigned = |assigned| {
        let tenant = with(&|settings| settings.assigned = assigned);
        tenant.users().filter(|(key, _)| tenant.facts(AppId::MAIN, *key).assigned).count()
    };
    assert_eq!((assigned(AssignedShare::All), assigned(AssignedShare::Nobody)), (300, 0));
    assert_eq!((assigned(AssignedShare::First(5)), assigned(AssignedShare::First(999))), (5, 300));
}

fn named() -> Population {
    let ann = NewUser {
        manager: Some(HandleRef::bare("bob")),
        ..NewUser::new("ann").with_name("Ann Okafor")
    };
    let bob = NewUser {
        member_of: vec![HandleRef::bare("pilot")],
        ..NewUser::new("bob").with_name("Bob Stone")
    };
    let sales = NewUser::new("cy").with(Attribute::Department, Some("Sales"));
    let pilot =
        NewGroup { members: vec![HandleRef::bare("ann")], ..NewGroup::new("pilot", "Pilot") };
    let all = NewGroup {
        everyone: true,
        nested: vec![HandleRef::bare("pilot")],
        ..NewGroup::new("all", "All")
    };
    Population { settings: settings(40), users: vec![ann, bob, sales], groups: vec![pilot, all] }
}

#[test]
fn named_users_and_groups_stand_before_the_generated() {
    let tenant = build(&named());
    let key = |handle: &str| tenant.find_user(handle).expect("a named user");
    assert_eq!((key("ann").0, key("bob").0, tenant.user_count()), (0, 1, 43));
    assert_eq!(tenant.manager(key("ann")), Some(key("bob")));
    let group = |handle: &str| tenant.find_group(handle).expect("a group");
    let pilot: Vec<_> = tenant.members(group("pilot")).collect();
    assert_eq!(pilot, [key("bob"), key("ann")]);
    assert_eq!(tenant.members(group("all")).count(), 43);
    assert!(tenant.members(group("sales")).any(|member| member == key("cy")));
    assert_eq!(tenant.group(group("all")).nested(), [group("pilot")]);
    // Named ones are assigned like the others unless nobody is.
    assert!(tenant.facts(AppId::MAIN, key("ann")).assigned);
    let mut nobody = named();
    nobody.settings.assigned = AssignedShare::Nobody;
    assert!(!build(&nobody).facts(AppId::MAIN, key("ann")).assigned);
}

#[test]
fn a_generated_person_gives_way_to_a_named_one() {
    let first = Generator::new(Seed(7), &settings(1)).person(0);
    let name = first.attributes.get(Attribute::DisplayName).unwrap_or_default();
    let twin = NewUser::new("twin").with_name(name);
    let tenant = build(&Population { settings: settings(2), users: vec![twin], groups: vec![] });
    let handles: Vec<&str> = tenant.users().map(|(_, user)| &**user.handle()).collect();
    assert_eq!(handles, ["twin", &format!("{}.e100001", first.handle), handles[2]]);
    assert_eq!(
        tenant.user(tenant.find_user("twin").expect("twin")).get(Attribute::DisplayName),
        Some(name)
    );
}

fn node(value: &toml::Value) -> Node {
    Node::bare(match value {
        toml::Value::String(text) => Kind::Text(text.clone()),
        toml::Value::Integer(number) => Kind::Integer(*number),
        toml::Value::Float(number) => Kind::Float(*number),
        toml::Value::Boolean(value) => Kind::Bool(*value),
        toml::Value::Array(items) => Kind::List(items.iter().map(node).collect()),
        toml::Value::Table(table) => {
            Kind::Table(table.iter().map(|(key, value)| entry(key, node(value))).collect())
        }
        toml::Value::Datetime(_) => unreachable!("no test writes one"),
    })
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: key.to_owned(), key_span: Span::new(1, 2), value }
}

/// What is said about `text`, a table under the handle `x`.
fn complaints(text: &str, read: impl Fn(&Entry, &mut Problems)) -> String {
    let mut problems = Problems::default();
    read(&entry("x", node(&toml::Value::Table(text.parse().expect("TOML")))), &mut problems);
    problems
        .list()
        .iter()
        .map(|p| [&*p.message, &*p.help].join(" | "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn users_are_read_strictly() {
    let read = |entry: &Entry, problems: &mut Problems| {
        read::user(entry, problems);
    };
    let cases = [
        (
            "name = \"Ann\"\nmail = false\nassigned = \"User\"\nmember_of = \"a\"\nmanager = \"bob\"",
            "",
        ),
        ("departmnt = \"x\"", "unknown key `departmnt` in a user | did you mean `department`?"),
        ("department = 3", "expected a string, or false for none | in quotes: \"3\""),
        (
            "userPrincipalName = false",
            "userPrincipalName cannot be cleared: the directory requires it | ",
        ),
        (
            "userPrincipalName = \"zoë@c\"",
            "\"zoë@c\" is no userPrincipalName: plain letters, one @, no blanks | ",
        ),
        ("assigned = \"user\"", "unknown value `user` | did you mean `User`?"),
        ("enabled = 1", "expected true or false | write true, without quotes"),
        ("member_of = [1]", "expected a string | in quotes: \"1\""),
    ];
    for (text, expected) in cases {
        assert_eq!(complaints(text, read), expected, "{text}");
    }
}

#[test]
fn groups_and_settings_are_read_strictly() {
    let read = |entry: &Entry, problems: &mut Problems| {
        super::read_group::group(entry, problems);
    };
    assert_eq!(
        complaints(
            "name = \"G\"\nmembers = [\"a\"]\ngroups = []\ndepartment = \"S\"\neveryone = true",
            read
        ),
        ""
    );
    assert_eq!(
        complaints("member = []", read),
        "unknown key `member` in a group | did you mean `members`?"
    );
    let broken = "assigned = true\nsecurity_enabled = false";
    assert!(complaints(broken, read).starts_with("group `x` is not a security group"));

    let set = |entry: &Entry, problems: &mut Problems| {
        for entry in entry.value.as_table(problems).unwrap_or_default() {
            PeopleSettings::default().set(&[&entry.key], &entry.value, problems);
        }
    };
    let cases = [
        (
            "generate = 18\nassigned = 5\nwithout_mail = 0.1\nwithout_department = 0\ndomain = \"c.example\"",
            "",
        ),
        ("generate = -1", "expected a whole number of at least 0 | "),
        ("generate = 100000000", "at most 50000000 people can be generated | "),
        ("without_mail = 5", "a share is between 0 and 1 | a share is a part of 1: 0.05"),
        ("domain = \"a b\"", "`a b` is not a domain | such as \"contoso.example\""),
        ("generat = 1", "unknown key `generat` in `[people]` | did you mean `generate`?"),
        ("assigned = \"yes\"", "expected true, false or how many people | assigned = true"),
    ];
    for (text, expected) in cases {
        assert_eq!(complaints(text, set), expected, "{text}");
    }
}

#[test]
fn references_to_nobody_and_shared_sign_in_names_are_said() {
    let check = |change: &dyn Fn(&mut Population)| {
        let mut population = named();
        change(&mut population);
        let mut problems = Problems::default();
        population.check(Seed(7), &|_| None, &mut problems);
        problems
            .list()
            .iter()
            .map(|p| [&*p.message, &*p.help].join(" | "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(check(&|_| {}), "");
    let generated = Generator::new(Seed(7), &settings(40)).person(3).handle;
    assert_eq!(check(&|p| p.users[1].manager = Some(HandleRef::bare(&generated))), "");
    assert_eq!(
        check(&|p| p.users[1].manager = Some(HandleRef::bare("an"))),
        "there is no user `an` | did you mean `ann`?"
    );
    assert_eq!(
        check(&|p| p.groups[0].nested = vec![HandleRef::bare("everybody")]),
        "there is no group `everybody` | write a table `[group.everybody]`"
    );
    assert_eq!(
        check(&|p| p.users.push(NewUser::new("ann2").with_name("ANN Okafor"))),
        "`ann2` and `ann` have the same userPrincipalName, ann.okafor@contoso.example | give one of them a \
         `userPrincipalName`"
    );
}

#[test]
fn an_assignment_carries_a_role_of_the_application() {
    let read = |text: &str| {
        let mut problems = Problems::default();
        let role = read::assigned(&Node::text(text), &mut problems);
        role.ok_or_else(|| problems.list()[0].message.clone())
    };
    assert_eq!(read("Acme Editor"), Ok(tenant::NewAssignment::Named("Acme Editor".into())));
    assert_eq!(read("User"), Ok(tenant::NewAssignment::As(tenant::Role::User)));
    for slip in ["Usr", "user", ""] {
        assert_eq!(read(slip), Err(format!("unknown value `{slip}`")));
    }
    let mut tenant = Tenant::new(tenant::TenantSettings::default(), Seed(7));
    let assigned = Some(tenant::NewAssignment::Named("Acme Editor".into()));
    let ann = tenant.set_up_user(NewUser { assigned, ..NewUser::new("ann") }).expect("new");
    assert_eq!(tenant.app_roles(AppId::MAIN, ann)[0].value, "Acme Editor");
}
