//! What `explain user` says of what provisioning has not seen yet, and of the cycle that runs.

use super::find_user;
use super::user::user;
use crate::scenario::load;
use crate::scenario::play::Play;

const ANN: &str = "[user.ann]\nname = \"Ann Okafor\"\ndepartment = \"Sales\"\n\
                   [user.bob]\ndepartment = \"Design\"\n";

/// What is said of a user at a time of a story that begins with the first cycle.
fn told(at: &str, name: &str, (settings, steps): (&str, &str)) -> String {
    let text = format!(
        "title = \"t\"\nends = \"{at}\"\n[people]\ngenerate = 0\n{ANN}{settings}\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n{steps}"
    );
    let script = load("story", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", crate::scenario::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let user_key = find_user(play.world(), name).expect("there is such a user");
    user(play.world().into(), user_key).iter().map(|line| line.text() + "\n").collect()
}

fn step(time: &str, what: &str) -> String {
    format!("[[at]]\ntime = \"{time}\"\ndo = {what}\n")
}

#[test]
fn a_change_of_an_assignment_on_its_way_is_told() {
    let on_its_way = "A change of the user is on its way to provisioning; the first cycle after it \
                      arrives";
    let breaks = step("2h", "{ break_assignment = \"ann\" }");
    let broken = told("2h 1m", "ann", ("", &breaks));
    assert!(broken.contains(&format!("{on_its_way} looks.")), "{broken}");
    let seen = "does not know; provisioning does not see it yet.";
    assert!(broken.contains(seen), "{broken}");
    let anew = breaks + &step("9h", "[{ unassign = \"ann\" }, { assign = \"ann\" }]");
    let renewed = told("9h 1m", "ann", ("", &anew));
    assert!(renewed.contains("Provisioning does not see it yet"), "{renewed}");
    assert!(renewed.contains(on_its_way) && !renewed.contains("assign again"), "{renewed}");
    let scope = step("6h", "[{ set_scope = \"all\" }, { unassign = \"ann\" }]");
    let scope = told("6h 1m", "ann", ("", &scope));
    let needs = "the scope in force needs it until the next initial cycle; provisioning still sees \
                 an assignment.";
    assert!(scope.contains(needs) && scope.contains(on_its_way), "{scope}");
    let blocked = step("2h", "{ disable = \"ann\" }")
        + &step("6h", "{ unassign = \"ann\" }")
        + &step("8h", "{ assign = \"ann\" }");
    let blocked = told("8h 1m", "ann", ("", &blocked));
    assert!(blocked.contains(on_its_way), "{blocked}");
    let nothing = told("8h 1m", "ann", ("", ""));
    assert!(!nothing.contains("on its way"), "{nothing}");
}

#[test]
fn a_rule_that_is_still_to_be_evaluated_is_told() {
    let settings = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                    [group.sales]\nname = \"Sales\"\nrule = 'user.department -eq \"Sales\"'\n\
                    assigned = true\n";
    let steps = step("30m", "{ unassign = [\"ann\", \"bob\"] }")
        + &step("1h", "{ update = { bob = { department = \"Sales\" } } }")
        + &step("2h 38m", "{ update = { ann = { department = \"Design\" } } }");
    let story = (settings, &*steps);
    let waits = "the directory has not evaluated the rule of sales yet";
    let after = "The directory has not evaluated the rule of sales yet; the first cycle after it \
                 does looks.";
    for (at, name) in [("1h 1m", "bob"), ("2h 41m", "ann")] {
        let told = told(at, name, story);
        assert!(told.contains(waits) && told.contains(after), "{name}: {told}");
    }
    let evaluated = told("1h 10m", "bob", story);
    assert!(!evaluated.contains(waits), "{evaluated}");
}

#[test]
fn a_cycle_that_runs_is_told_as_next_only_to_whom_it_is_still_to_look_at() {
    let slow = "[entra.policy]\ninitial_duration_model = \"per_object\"\n\
                initial_object_min = \"10m\"\ninitial_object_max = \"10m\"\n";
    let steps = step("25m", "{ disable = \"ann\" }");
    let passed = "Next: nothing in the cycle that is running; a later one follows a change of the \
                  user.";
    let cases = [
        ("5m", "bob", "", "Next: the cycle that is running."),
        ("15m", "ann", "", passed),
        ("26m", "ann", &*steps, "Next: the cycle after the one that is running."),
    ];
    for (at, name, steps, words) in cases {
        let told = told(at, name, (slow, steps));
        assert!(told.contains(words), "{at} {name}: {told}");
    }
}
