//! An action that is refused changes nothing, however many things it names.

use super::*;

/// What is done before, and the action of which a later part is refused.
const REFUSED: [(&[&str], &str, &str); 21] = [
    (&["{ disable = 'bob' }"], "{ disable = ['ann', 'bob'] }", "blocked from sign-in already"),
    (&["{ disable = 'ann' }"], "{ enable = ['ann', 'bob'] }", "may sign in already"),
    (&["{ delete = 'bob' }"], "{ delete = ['ann', 'bob'] }", "recycle bin"),
    (&["{ delete = 'ann' }"], "{ restore = ['ann', 'bob'] }", "not in the recycle bin"),
    (&["{ delete = 'ann' }"], "{ purge = ['ann', 'bob'] }", "not in the recycle bin"),
    (&["{ unassign = 'ann' }"], "{ assign = ['ann', 'bob'] }", "assigned to GoLinks already"),
    (&["{ unassign = 'bob' }"], "{ unassign = ['ann', 'bob'] }", "not assigned"),
    (
        &["{ create_group = { a = { members = ['bob'] } } }"],
        "{ add_member = { group = 'a', user = ['ann', 'bob'] } }",
        "in group a already",
    ),
    (
        &["{ create_group = { a = { members = ['ann'] } } }"],
        "{ remove_member = { group = 'a', user = ['ann', 'bob'] } }",
        "not in group a",
    ),
    (
        &["{ create_group = 'b' }"],
        "{ create_group = { a = { name = 'A' }, b = { name = 'B' } } }",
        "a group `b` already",
    ),
    (
        &["{ create_group = { a = {}, b = {} } }", "{ delete_group = 'b' }"],
        "{ delete_group = ['a', 'b'] }",
        "recycle bin",
    ),
    (
        &["{ create_group = { a = {}, b = {} } }", "{ delete_group = 'a' }"],
        "{ restore_group = ['a', 'b'] }",
        "not in the recycle bin",
    ),
    (
        &["{ create_group = { a = {}, b = {} } }", "{ delete_group = 'a' }"],
        "{ purge_group = ['a', 'b'] }",
        "not in the recycle bin",
    ),
    (
        &["{ create_group = { a = { name = 'A' }, b = { name = 'B' } } }"],
        "{ update_group = { a = { description = 'x' }, b = { name = 'B' } } }",
        "has this value already",
    ),
    (
        &[],
        "{ update = { ann = { jobTitle = 'Boss' }, bob = { department = 'Sales' } } }",
        "has this value already",
    ),
    (
        &[],
        "{ update = { ann = { jobTitle = 'Boss', userPrincipalName = 'bob.example@contoso.example' } } }",
        "belongs to bob",
    ),
    (&[], "{ hire = { zoe = { name = 'Zoe Park' }, ann = {} } }", "ann"),
    (
        &[],
        "{ hire = { yan = { userPrincipalName = 'z@contoso.example' }, \
         zoe = { userPrincipalName = 'Z@contoso.example' } } }",
        "zoe would be there twice",
    ),
    (
        &["{ fault = { name = 'one', refuse = true } }"],
        "{ clear_fault = ['one', 'two'] }",
        "no fault `two`",
    ),
    (
        &[
            "{ create_account = { userName = 'x@a.example' } }",
            "{ create_account = { userName = 'y@a.example' } }",
        ],
        "{ edit_account = { x = { active = false }, y = { userName = 'x@a.example' } } }",
        "is held by another account",
    ),
    (
        &["{ set = { golinks = { tokens = ['one', 'two'] } } }"],
        "{ set = { golinks = { page_size = 5, 'token.value' = 'three' }, \
         entra = { scope = 'all' } } }",
        "the tokens are those of `tokens`",
    ),
];

#[test]
fn a_refused_action_changes_nothing() {
    for (before, refused, why) in REFUSED {
        let mut world = World::new(setup(&[]));
        for text in before {
            world.act(action(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        let (records, settings) = (world.journal().last_seq(), settings_of(&world));
        let error = world.act(action(refused)).expect_err(refused);
        assert!(error.message.contains(why), "{refused}: {error}");
        assert_eq!(world.journal().last_seq(), records, "{refused} left records");
        assert_eq!(settings_of(&world), settings, "{refused} changed a setting");
    }
}

#[test]
fn several_settings_are_set_together_or_not_at_all() {
    let mut world = World::new(setup(&[]));
    // Between the two the ladder would be upside down; together they are a ladder.
    let both =
        "{ set = { entra = { 'policy.retry_first' = '13h', 'policy.retry_second' = '14h' } } }";
    world.act(action(both)).expect("a ladder");
    let (_, before) = settings_of(&world);
    let one = "{ set = { entra = { 'policy.max_rps' = 3, 'policy.retry_first' = '15h' } } }";
    let error = world.act(action(one)).expect_err("no ladder");
    assert!(error.message.contains("`retry_first` is more than `retry_second`"), "{error}");
    assert_eq!(settings_of(&world).1, before);
}

fn settings_of(world: &World) -> (golinks::Settings, entra::Settings) {
    (
        world.target().mock().expect("the mock").settings().clone(),
        world.entra().job().settings().clone(),
    )
}

#[test]
fn a_form_is_saved_once_its_new_secret_was_tested_and_with_the_status_on_the_job_begins() {
    let mut world = world(&[]);
    let save = |world: &mut World| world.act(action("'save'"));
    let error = save(&mut world).expect_err("nothing was filled in");
    assert!(error.message.contains("nothing"), "{error}");
    act(
        &mut world,
        "{ fill_in = { secret = 'fresh', notify = 'ops@contoso.example', status = 'On' } }",
    );
    assert!(save(&mut world).is_err(), "the new secret was not tested");
    act(&mut world, "{ issue_token = 'fresh' }");
    act(&mut world, "'test_connection'");
    run_to(&mut world, at(0, 1));
    let settings = |world: &World| world.entra().job().settings().clone();
    assert_eq!(settings(&world).secret.as_deref(), Some("class-token"), "tested is not saved");
    save(&mut world).expect("the test has passed");
    assert_eq!(settings(&world).secret.as_deref(), Some("fresh"));
    assert_eq!(settings(&world).notify.as_deref(), Some("ops@contoso.example"));
    run_to(&mut world, at(0, 30));
    assert_eq!(world.target().active_count(), PEOPLE.len(), "the initial cycle has begun");
    act(&mut world, "{ fill_in = { status = 'Off' } }");
    save(&mut world).expect("the status alone needs no test");
    assert_eq!(world.entra().job().state(), crate::entra::job::ScheduleState::Paused);
}
