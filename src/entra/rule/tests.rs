//! Rules as the vendor's page has them, what they say of a user, and what is wrong with the others.

use super::Rule;
use crate::base::Seed;
use crate::entra::tenant::{Attribute, NewUser, Tenant, TenantSettings, User, UserKey};

/// Ann: in Sales in Lagos, without a job title, a guest with an extension.
fn ann() -> Tenant {
    let mut tenant = Tenant::new(TenantSettings::default(), Seed(7));
    let mut ann = NewUser::new("ann")
        .with_name("Ann Okafor")
        .with(Attribute::Department, Some("Sales"))
        .with(Attribute::City, Some("Lagos"))
        .with(Attribute::EmployeeId, Some("50001"))
        .with(Attribute::OfficeLocation, Some("He said \"hi\", O'Neil"))
        .with(Attribute::ExtensionAttribute7, Some("seven"));
    ann.attributes.set_extension("extension_c272_Office", "123");
    tenant.set_up_user(ann).expect("a free name");
    tenant
}

fn holds(rule: &str, user: &User) -> bool {
    Rule::parse(rule).unwrap_or_else(|why| panic!("{rule}: {why:?}")).holds(user)
}

#[test]
fn a_rule_says_who_belongs() {
    let tenant = ann();
    let user = tenant.user(UserKey(0));
    let cases = [
        (r#"user.department -eq "Sales""#, true),
        (r#"user.department -eq "sALES""#, true),
        (r#"user.department eq 'Sales'"#, true),
        ("user.department –eq \"Sales\" –and user.city –eq \"Lagos\"", true),
        (r#"user.department -ne "Sales""#, false),
        (r#"user.jobTitle -ne "Clerk""#, true),
        (r#"user.jobTitle -eq "Clerk""#, false),
        ("user.jobTitle -eq null", true),
        ("user.jobTitle -ne $null", false),
        ("user.objectId -ne null", true),
        (r#"user.jobTitle -eq "null""#, false),
        (r#"user.jobTitle -notContains "a""#, true),
        (r#"user.jobTitle -notIn ["a"]"#, true),
        (r#"user.jobTitle -notMatch "a""#, true),
        (r#"user.city -startsWith "lag""#, true),
        (r#"user.city -notStartsWith "lag""#, false),
        (r#"user.city -endsWith "OS""#, true),
        (r#"user.city -notEndsWith "OS""#, false),
        (r#"user.city -contains "AGO""#, true),
        (r#"user.city -notContains "ago""#, false),
        (r#"user.city -match "^l.g""#, true),
        (r#"user.city -match "ago""#, true),
        (r#"user.city -match "^ago""#, false),
        (r#"user.city -in ["Ulm", "LAGOS"]"#, true),
        (r#"user.employeeId -in [50001, 50002]"#, true),
        (r#"user.city -notIn ["Ulm"]"#, true),
        ("user.accountEnabled -eq true", true),
        ("user.accountEnabled -eq $True", true),
        ("user.accountEnabled -ne false", true),
        ("user.dirSyncEnabled -eq true", false),
        (r#"user.extensionAttribute7 -eq "seven""#, true),
        (r#"user.extension_c272_Office -eq "123""#, true),
        (r#"user.physicalDeliveryOfficeName -contains "`"hi`"""#, true),
        (r#"user.physicalDeliveryOfficeName -contains 'O''Neil'"#, true),
        (r#"(user.department -eq "Sales") -and -not (user.jobTitle -startsWith "SDE")"#, true),
        (r#"not user.city -eq "Ulm""#, true),
        // -and binds more than -or.
        (r#"user.city -eq "Lagos" -or user.city -eq "Ulm" -and user.city -eq "Bonn""#, true),
        (r#"(user.city -eq "Lagos" -or user.city -eq "Ulm") -and user.city -eq "Bonn""#, false),
        // -not binds more than -and.
        (r#"-not user.city -eq "Ulm" -and user.city -eq "Ulm""#, false),
    ];
    for (rule, expected) in cases {
        assert_eq!(holds(rule, user), expected, "{rule}");
    }
}

#[test]
fn a_mistake_is_shown_at_its_place() {
    let cases = [
        ("", 0..0, "the rule is empty", "such as user.department"),
        (r#"user.departmint -eq "S""#, 0..15, "no property `user.departmint`", "user.department`"),
        (r#"user.Department -eq "S""#, 0..15, "no property", "`user.department`? Case counts"),
        (r#"user.officeLocation -eq "S""#, 0..19, "no property", "physicalDeliveryOfficeName"),
        (r#"department -eq "S""#, 0..10, "no property of a user", "`user.department`"),
        (r#"device.deviceModel -eq "S""#, 0..18, "devices", ""),
        (r#"Direct Reports for "x""#, 0..6, "direct reports", ""),
        (r#"user.city -equals "S""#, 10..17, "`-equals` is no operator", ""),
        (r#"user.city -startWith "S""#, 10..20, "no operator", "`-startsWith`"),
        (r#"user.proxyAddresses -any (_ -eq "S")"#, 0..19, "no property", ""),
        (r#"user.city -any (_ -eq "S")"#, 10..14, "lists of objects", ""),
        (r#"user.city -eq Lagos"#, 14..19, "a text stands in quotes", "\"Lagos\""),
        (r#"user.city -eq "Lagos"#, 14..20, "this text has no end", ""),
        (r#"user.city -eq"#, 12..13, "a value should follow", ""),
        (r#"user.city"#, 8..9, "an operator should follow", "-startsWith"),
        (r#"user.city -in "Lagos""#, 14..21, "a list in brackets", "["),
        (r#"user.city -in ["Lagos""#, 14..15, "not closed", ""),
        (r#"user.city -eq ["Lagos"]"#, 14..15, "-in and -notIn alone", ""),
        (r#"user.city -startsWith null"#, 22..26, "-eq and -ne alone", ""),
        (r#"user.accountEnabled -eq "maybe""#, 24..31, "true or false", ""),
        (r#"user.accountEnabled -contains true"#, 20..29, "-eq and -ne alone", ""),
        (r#"user.city -match "(""#, 17..20, "this is no pattern", ""),
        (r#"(user.city -eq "S""#, 0..1, "not closed", ""),
        (r#"user.city -eq "S")"#, 17..18, "closes nothing", ""),
        (r#"user.city -eq "S" user.city -eq "T""#, 18..27, "should end here", "-and or -or"),
        (r#"user.city -eq "S" -and"#, 21..22, "ends too early", ""),
    ];
    for (rule, at, message, help) in cases {
        let why = Rule::parse(rule).expect_err(rule);
        assert_eq!((why.at.start..why.at.end), at, "{rule}: {why:?}");
        assert!(why.message.contains(message), "{rule}: {why:?}");
        assert!(why.help.contains(help), "{rule}: {why:?}");
    }
    let long = format!("user.city -eq \"{}\"", "x".repeat(3_072));
    assert!(Rule::parse(&long).expect_err("too long").message.contains("3072 characters"));
    let deep = format!("{}user.city -eq \"x\"{}", "(".repeat(1_000), ")".repeat(1_000));
    assert!(Rule::parse(&deep).expect_err("too deep").message.contains("nested too deeply"));
}
