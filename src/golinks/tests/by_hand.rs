//! What is done at GoLinks without SCIM, what a watcher can read, and the quirks of finding
//! people.

use super::*;
use crate::golinks::AccountId;

fn object(json: &str) -> Object {
    Object::parse(json.as_bytes()).unwrap()
}

fn changes_of(json: &str) -> Vec<(Path, Value)> {
    object(json).into_iter().map(|(key, value)| (Path::parse(&key).unwrap(), value)).collect()
}

#[test]
fn accounts_are_made_edited_and_deleted_by_hand() {
    let mut bench = Bench::new();
    let id = bench
        .do_by_hand(|golinks, moment| golinks.create_account(object(&user("Bob@x")), moment))
        .unwrap();
    assert_eq!(bench.send("POST /Users", &user("bob@X")).status, 409);
    let edit = |bench: &mut Bench, changes: &str| {
        bench
            .do_by_hand(|golinks, moment| golinks.edit_account(id, changes_of(changes), moment))
            .map_err(|e| e.to_string())
    };
    let changes = format!(
        r#"{{"{ENTERPRISE}:department":"Old","name.familyName":"B","emails[type eq \"work\"].value":"b@x"}}"#
    );
    edit(&mut bench, &changes).unwrap();
    edit(&mut bench, r#"{"active":false,"name":null}"#).unwrap();
    assert_eq!(
        edit(&mut bench, r#"{"nickName":"x"}"#).unwrap_err(),
        "400 invalidPath: `nickName` is no attribute of an account"
    );
    let view = bench.golinks.account(id).unwrap();
    assert_eq!((view.id, view.user_name.as_str(), view.active), (id, "Bob@x", false));
    assert_eq!(
        view.resource.get("emails").unwrap().to_string(),
        r#"[{"type":"work","value":"b@x"}]"#
    );
    assert_eq!(view.resource.get("name"), None);
    assert_eq!(bench.golinks.iter().count(), 1);
    assert_eq!((bench.golinks.accounts().len(), bench.golinks.accounts().active_count()), (1, 0));
    bench.do_by_hand(|golinks, moment| golinks.delete_account(id, moment)).unwrap();
    bench.do_by_hand(|golinks, moment| golinks.delete_account(id, moment)).unwrap_err();
    assert!(bench.golinks.accounts().is_empty() && bench.golinks.account(id).is_none());
    assert_eq!(edit(&mut bench, "{}").unwrap_err(), format!("404: there is no user {id}"));
    assert_eq!(
        bench.events(),
        [
            "account created Bob@x",
            "refused 409 uniqueness: the userName bob@X is held by another account",
            &format!("account changed Bob@x: name.familyName, emails, {ENTERPRISE}:department"),
            "account changed Bob@x: name.familyName",
            "account deactivated Bob@x",
            "account deleted Bob@x",
        ]
    );
}

#[test]
fn ids_are_named_by_seed_and_user_name() {
    let create = |names: &[&str]| -> Vec<AccountId> {
        let mut bench = Bench::new();
        names
            .iter()
            .map(|name| AccountId::parse(&bench.send("POST /Users", &user(name)).id()).unwrap())
            .collect()
    };
    let (all, fewer) = (create(&["a", "b", "c"]), create(&["c", "a"]));
    assert_eq!((all[0], all[2]), (fewer[1], fewer[0]));
}

#[test]
fn quirks_hide_people() {
    let find = |quirk: (&str, Kind), by_hand: bool, active: bool, name: &str| {
        let mut bench = Bench::with(&[(&format!("quirks.{}", quirk.0), quirk.1)]);
        let body = format!(r#"{{"userName":"Ann","active":{active}}}"#);
        match by_hand {
            true => drop(
                bench.do_by_hand(|golinks, moment| golinks.create_account(object(&body), moment)),
            ),
            false => drop(bench.send("POST /Users", &body)),
        }
        assert_eq!(bench.send("POST /Users", &user(name)).status, 409);
        let answer = bench.send(&format!("GET /Users?filter=userName+eq+%22{name}%22"), "");
        if answer.status == 200 { answer.at("totalResults") } else { answer.status.to_string() }
    };
    let on = Kind::Bool(true);
    assert_eq!(find(("hide_unmanaged", on.clone()), true, true, "Ann"), "0");
    assert_eq!(find(("hide_unmanaged", on.clone()), false, true, "Ann"), "1");
    assert_eq!(find(("hide_inactive", on.clone()), false, false, "Ann"), "0");
    assert_eq!(find(("hide_inactive", on.clone()), false, true, "Ann"), "1");
    assert_eq!(find(("username_filter_case", text("exact")), false, true, "ann"), "0");
    assert_eq!(find(("username_filter_case", text("fold")), false, true, "ann"), "1");
    let mut bench = Bench::with(&[("quirks.no_match_404", on.clone())]);
    assert_eq!(bench.send("GET /Users?filter=userName+eq+%22x%22", "").status, 404);
    let mut bench = Bench::with(&[("quirks.delete_500", on.clone())]);
    let id = bench.send("POST /Users", &user("x")).id();
    assert_eq!(bench.send(&format!("DELETE /Users/{id}"), "").status, 500);
}

#[test]
fn names_that_differ_in_case_alone_are_found_together_or_each_by_itself() {
    let user = |name: &str| format!(r#"{{"userName":"{name}"}}"#);
    for profile in ["golinks", "generic"] {
        for (case, found) in [("fold", "2"), ("exact", "1")] {
            let mut bench = Bench::with(&[
                ("profile", text(profile)),
                ("quirks.username_unique_case", text("exact")),
                ("quirks.username_filter_case", text(case)),
            ]);
            for (name, status) in [("ann", 201), ("Ann", 201), ("ann", 409), ("Ann", 409)] {
                assert_eq!(bench.send("POST /Users", &user(name)).status, status, "{name}");
            }
            let answer = bench.send("GET /Users?filter=userName+eq+%22Ann%22", "");
            assert_eq!(answer.at("totalResults"), found, "{profile}, {case}");
        }
    }
}

#[test]
fn quirks_of_coming_back() {
    let patch = |quirk: &str, first: &str, value: &str| {
        let mut bench = Bench::with(&[(&format!("quirks.{quirk}"), Kind::Bool(true))]);
        let id = bench.send("POST /Users", &format!(r#"{{"userName":"x","active":{first}}}"#)).id();
        let body =
            format!(r#"{{"Operations":[{{"op":"replace","path":"active","value":{value}}}]}}"#);
        bench.send(&format!("PATCH /Users/{id}"), &body).status
    };
    assert_eq!(patch("reactivate_unsupported", "false", "true"), 400);
    assert_eq!(patch("reactivate_unsupported", "true", "false"), 200);
    assert_eq!(patch("inactive_is_readonly", "false", "false"), 409);
    assert_eq!(patch("inactive_is_readonly", "false", "true"), 200);
}
