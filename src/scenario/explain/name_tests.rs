//! Whose an account is that the job is not connected with, in the sentences about a user.

use super::user;
use crate::scenario::layout::Line;
use crate::scenario::{Play, load, messages};

const STORY: &str = r#"
title = "t"
ends  = "2d"
[golinks.account.stranger]
userName = "ann.new@contoso.example"
[user.ann]
[[at]]
time = "0d"
do = "start"
[[at]]
time = "1d"
do = { update = { ann = { userPrincipalName = "ann.new@contoso.example" } } }
[finally]
worlds = { differ = ["ann"] }
"#;

#[test]
fn an_account_that_has_the_new_name_of_a_user_says_why_it_counts() {
    let script = load("story", STORY, &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let ann = play.world().entra().tenant().find_user("ann").expect("she is there");
    let lines: Vec<String> = user(play.world().into(), ann).iter().map(Line::text).collect();
    let all = lines.join("\n");
    assert!(all.contains("active, linked)."), "{all}");
    assert!(
        all.contains(
            "active, linked with nobody; it counts as the user's because it has the user's sign-in name)."
        ),
        "{all}"
    );
}

#[test]
fn an_account_that_another_application_is_linked_with_is_not_linked_with_nobody() {
    let text = "title = \"t\"\nends = \"1d\"\n[user.ann]\n[user.cleo]\nassigned = false\n[app.test]\n\
                assigned = [\"cleo\"]\n[[at]]\ntime = \"0d\"\n\
                do = [\"start\", { start = true, app = \"test\" }]\n[[at]]\ntime = \"2h\"\n\
                do = [{ delete_account = \"ann\" }, { assign = \"ann\", app = \"test\" }]\n";
    let mut play = Play::new(load("story", text, &[]).expect("a good story"));
    play.run_to_end();
    let told = |name: &str| -> String {
        let key = play.world().entra().tenant().find_user(name).expect("a user");
        user(play.world().into(), key).iter().map(|line| line.text() + "\n").collect()
    };
    let (ann, cleo) = (told("ann"), told("cleo"));
    assert!(ann.contains("active, linked by the application test; it counts as the"), "{ann}");
    assert!(cleo.contains("active, linked by the application test)."), "{cleo}");
    assert!(cleo.contains("the one that is there is the application test's to change."), "{cleo}");
}
