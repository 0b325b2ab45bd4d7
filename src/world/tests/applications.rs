//! Several applications and workspaces: whose job does what, and at which GoLinks.

use super::*;
use crate::base::Node;
use crate::entra::AppId;
use crate::world::{Party, WorkspaceId};

const TEST: AppId = AppId(1);

/// A world with a workspace `sandbox` beside the main one, and an application `test` with Ann and
/// Bob that provisions one of the two.
fn two(faults: &[&str], workspace: WorkspaceId) -> World {
    let mut world = world(faults);
    let mut problems = Problems::default();
    let mut golinks = golinks::Settings::default();
    golinks.set(&["base_path"], &Node::text("/sandbox/scim/v2"), &mut problems);
    golinks.set(&["token"], &Node::text("sandbox-token"), &mut problems);
    let golinks = GoLinks::new(golinks, start());
    let sandbox = world.add_workspace("sandbox", golinks, "https://api.golinks.example/scim/v2");
    assert_eq!(sandbox, WorkspaceId(1));
    let mut settings = entra::Settings::default();
    let (path, secret) = match workspace {
        WorkspaceId::MAIN => ("/scim/v2", "class-token"),
        _ => ("/sandbox/scim/v2", "sandbox-token"),
    };
    settings.set(&["tenant_url"], &Node::text(path), &mut problems);
    settings.set(&["secret"], &Node::text(secret), &mut problems);
    settings.set(&["notify"], &Node::text("trial@contoso.example"), &mut problems);
    assert!(!problems.has_errors(), "{:?}", problems.list());
    let app =
        world.add_application("test", "GoLinks (test)", settings, workspace, |app, tenant| {
            for name in ["ann", "bob"] {
                let user = tenant.user_named(name).expect("a user");
                tenant.set_up_assignment(app, user, Some(Role::User));
            }
        });
    assert_eq!(app, TEST);
    world
}

/// The same, with both jobs started, after an hour.
fn two_running(faults: &[&str], workspace: WorkspaceId) -> World {
    let mut world = two(faults, workspace);
    act(&mut world, "'start'");
    act(&mut world, "{ start = true, app = 'test' }");
    run_to(&mut world, at(1, 0));
    world
}

fn differing(world: &World, app: AppId) -> Vec<String> {
    let found = intent::compare(world.seen_by(app)).into_iter();
    found.map(|one| format!("{}: {}", one.handle, one.what)).collect()
}

#[test]
fn a_workspace_of_its_own_holds_other_accounts_with_other_ids() {
    let world = two_running(&[], WorkspaceId(1));
    let [main, test] = [AppId::MAIN, TEST].map(|app| world.seen_by(app));
    assert_eq!((main.target().active_count(), test.target().active_count()), (5, 2));
    assert_eq!((main.entra().job().links().len(), test.entra().job().links().len()), (5, 2));
    let ann = world.entra().tenant().find_user("ann").expect("ann");
    let link =
        |app: AppView<'_>| app.entra().job().links().get(ann).map(|link| link.target.clone());
    assert!(link(main).is_some() && link(test).is_some() && link(main) != link(test));
    assert_eq!((differing(&world, AppId::MAIN), differing(&world, TEST)), (vec![], vec![]));
    let (of_main, of_test) = (main.counters(), test.counters());
    assert_eq!((of_main.post, of_test.post), (5, 2));
    let all = world.journal().counters();
    assert_eq!(all.requests(), of_main.requests() + of_test.requests());
}

#[test]
fn on_one_workspace_both_link_the_same_accounts_and_none_is_made_twice() {
    let mut world = two_running(&[], WorkspaceId::MAIN);
    assert_eq!(world.target().account_count(), 5);
    let links = |world: &World, app| world.entra().job_of(app).links().len();
    assert_eq!((links(&world, AppId::MAIN), links(&world, TEST)), (5, 2));
    act(&mut world, "{ unassign = 'bob', app = 'test' }");
    run_to(&mut world, at(2, 0));
    // The test application has disabled an account that the real one wants.
    assert_eq!(differing(&world, AppId::MAIN), ["bob: in scope, and the account is inactive"]);
    assert_eq!(differing(&world, TEST), [""; 0], "another application wants the account");
    assert_eq!(intent::longest_exposure(world.seen_by(TEST)), None);
    // Once no application wants him, both agree that the account is to be inactive.
    act(&mut world, "{ unassign = 'bob' }");
    run_to(&mut world, at(4, 0));
    assert_eq!((differing(&world, AppId::MAIN), differing(&world, TEST)), (vec![], vec![]));
}

#[test]
fn who_is_unassigned_from_one_application_alone_is_exposed_at_its_own_workspace() {
    let mut world = two_running(
        &["{ name = 'gone', when = { app = 'test' }, from = '1h', refuse = true }"],
        WorkspaceId(1),
    );
    act(&mut world, "{ unassign = 'bob', app = 'test' }");
    run_to(&mut world, at(3, 0));
    assert_eq!(differing(&world, TEST), ["bob: out of scope, and the account is still active"]);
    assert_eq!(differing(&world, AppId::MAIN), [""; 0]);
    let exposed = |app| intent::exposed(world.seen_by(app)).count();
    assert_eq!((exposed(AppId::MAIN), exposed(TEST)), (0, 1));
}

#[test]
fn a_fault_and_a_quarantine_are_one_applications_alone() {
    let fault = "{ name = 'gone', when = { app = 'test' }, respond = 401 }";
    let world = two_running(&[fault], WorkspaceId::MAIN);
    let job = |app| world.entra().job_of(app);
    assert!(job(TEST).quarantine().is_some() && job(AppId::MAIN).quarantine().is_none());
    assert_eq!(
        (world.seen_by(AppId::MAIN).counters().mails, world.seen_by(TEST).counters().mails),
        (0, 1)
    );
    assert_eq!(world.target().active_count(), 5);
    assert!(status(world.seen_by(TEST)).text().starts_with("⛔ Quarantined"));
    assert!(status(&world).text().starts_with("● Healthy"));
    let lamp = status(world.seen_by(TEST)).lamp;
    assert_eq!(lamp.light, Light::Down);
}

#[test]
fn a_request_goes_where_its_path_leads() {
    // The tenant URL and the token of the real application were copied into the test application.
    let mut world = two(&[], WorkspaceId(1));
    let copied =
        "{ set = { entra.tenant_url = '/scim/v2', entra.secret = 'class-token' }, app = 'test' }";
    act(&mut world, copied);
    act(&mut world, "{ start = true, app = 'test' }");
    run_to(&mut world, at(1, 0));
    let (_, sandbox) = world.workspaces().nth(1).expect("the sandbox");
    assert_eq!((world.target().account_count(), sandbox.account_count()), (2, 0));
    assert_eq!(
        differing(&world, TEST).len(),
        2,
        "it is compared with the workspace it is meant for"
    );
    let (answer, _) = ask(&mut world, request(Method::GET, "/sandbox/scim/v2/Users", ""));
    assert!(answer.starts_with("401"), "{answer}");
    let (answer, _) = ask(&mut world, request(Method::GET, "/scim/v2/Users", ""));
    assert!(answer.starts_with("200"), "{answer}");
}

#[test]
fn an_action_names_its_application_or_is_refused() {
    let mut world = two(&[], WorkspaceId(1));
    for (text, words) in [
        ("{ start = true, app = 'tset' }", "there is no application `tset` (did you mean `test`?)"),
        (
            "{ set = { entra.policy.soft_delete_retention = '1d' }, app = 'test' }",
            "`soft_delete_retention` is a policy of the directory",
        ),
    ] {
        let refused = world.act(action(text)).expect_err(text).to_string();
        assert!(refused.starts_with(words), "{refused}");
    }
    for same in ["{ start = { app = 'test' } }", "{ start = true, app = 'test' }"] {
        assert_eq!(action(same).to_toml(), "{ start = true, app = \"test\" }");
        assert_eq!(action(same).words(), "start, app = \"test\"");
    }
    let group = action("{ assign = { group = 'sales', app = 'test' } }");
    assert_eq!(group.to_toml(), "{ assign = { group = \"sales\" }, app = \"test\" }");
    act(&mut world, "{ create_account = { userName = 'zoe@contoso.example' }, app = 'test' }");
    assert_eq!(world.target().account_count(), 0);
    assert_eq!(world.seen_by(TEST).target().account_count(), 1);
}

#[test]
fn a_record_says_whose_it_is_where_there_are_several() {
    let mut world = two_running(&[], WorkspaceId(1));
    act(&mut world, "{ disable = 'ann' }");
    run_to(&mut world, at(2, 0));
    let of = |party| world.journal().records().filter(move |record| record.party == party);
    assert!(of(Party::App(TEST)).all(|record| record.label == Some("test")));
    assert!(of(Party::Workspace(WorkspaceId(1))).all(|record| record.label == Some("sandbox")));
    assert!(of(Party::World).all(|record| record.label.is_none()));
    assert_eq!(lines(&world, "[test] cycle 1 began").len(), 1);
    assert_eq!(lines(&world, "[main] cycle 1 began").len(), 1);
    assert_eq!(lines(&world, "[test] POST /sandbox/scim/v2/Users").len(), 2);
    assert_eq!(lines(&world, "ann is blocked from sign-in").len(), 1);
    let alone = run(&[], 1);
    assert!(alone.journal().records().all(|record| record.label.is_none()));
}

#[test]
fn the_jobs_take_turns_and_each_keeps_its_own_pace() {
    let world = two_running(&[], WorkspaceId(1));
    let callers: Vec<AppId> = world
        .journal()
        .records()
        .filter_map(|record| match (record.event, record.party) {
            (RecordedEvent::Request(_), Party::App(app)) => Some(app),
            _ => None,
        })
        .take(6)
        .collect();
    assert!(callers.contains(&AppId::MAIN) && callers.contains(&TEST), "{callers:?}");
    assert_eq!(two_running(&[], WorkspaceId(1)).journal().digest(), world.journal().digest());
}

#[test]
fn new_users_and_groups_are_assigned_to_the_application_that_is_named() {
    let mut world = two_running(&[], WorkspaceId(1));
    act(&mut world, "{ hire = { zoe = { assigned = true } }, app = 'test' }");
    act(&mut world, "{ hire = { yan = { assigned = true } } }");
    act(
        &mut world,
        "{ create_group = { trial = { members = ['yan'], assigned = true } }, app = 'test' }",
    );
    run_to(&mut world, at(3, 0));
    let tenant = world.entra().tenant();
    let [zoe, yan] = ["zoe", "yan"].map(|name| tenant.find_user(name).expect("hired"));
    let linked = |app, user| world.seen_by(app).entra().job().links().get(user).is_some();
    assert_eq!((linked(AppId::MAIN, zoe), linked(TEST, zoe)), (false, true));
    assert_eq!((linked(AppId::MAIN, yan), linked(TEST, yan)), (true, true));
}
