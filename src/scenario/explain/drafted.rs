//! What an administrator has drafted, beside what is in force: what was saved and takes effect
//! later, and what was filled in on the provisioning page and is not saved.

use super::{faint, plain};
use crate::entra::job::{FORM_KEYS, Job, ScheduleState, Subject};
use crate::entra::mapping::{ObjectMapping, Schema};
use crate::entra::policy::OnDemandUses;
use crate::entra::settings::Settings;
use crate::scenario::layout::Line;
use crate::world::AppView;

/// What is drafted, and what it would change about a user or a group; nothing where all is in
/// force.
pub(super) fn drafted(world: AppView<'_>, subject: Option<Subject>) -> Vec<Line> {
    if world.entra().gone().is_some() {
        return Vec::new();
    }
    let job = world.entra().job();
    let mut lines: Vec<Line> = saved(job).map(plain).into_iter().collect();
    lines.extend(filled_in(world, subject).map(plain));
    lines
}

/// What is drafted, after a run on demand, and by what such a run works.
pub fn drafted_on_demand(world: AppView<'_>, subject: Option<Subject>) -> Vec<Line> {
    let (job, mut lines) = (world.entra().job(), drafted(world, subject));
    if saved(job).is_some() {
        lines.push(faint(match job.settings().policy.on_demand_uses {
            OnDemandUses::Saved => "A run on demand works by what is saved (`on_demand_uses`).",
            OnDemandUses::InForce => {
                "A run on demand works by what is in force (`on_demand_uses`)."
            }
        }));
    }
    lines
}

/// The scope, the mappings and the filters that are saved and not in force.
fn saved(job: &Job) -> Option<String> {
    let (settings, in_force) = (job.settings(), job.scope());
    let scope = (settings.scope != in_force).then(|| {
        format!(
            "the scope \"{}\", with the next initial cycle (in force: \"{}\")",
            settings.scope.word(),
            in_force.word()
        )
    });
    let schema = changes(job.schema(), &settings.schema);
    let schema = (!schema.is_empty())
        .then(|| format!("{}, with the next cycle that begins", schema.join(", ")));
    let told: Vec<String> = scope.into_iter().chain(schema).collect();
    (!told.is_empty()).then(|| format!("Saved, and not in force yet: {}.", told.join("; ")))
}

/// What differs of two schemas, by name.
fn changes(before: &Schema, after: &Schema) -> Vec<String> {
    let tables =
        [("users", &before.users, &after.users), ("groups", &before.groups, &after.groups)];
    let changed = tables.into_iter().filter(|(_, before, after)| before != after);
    let tables = changed.map(|(title, before, after)| match rows(before, after).as_slice() {
        [] => format!("the mapping of {title}"),
        rows => format!("the mapping of {title} ({})", rows.join(", ")),
    });
    let filters = (before.filters != after.filters).then(|| "the scoping filters".to_owned());
    tables.chain(filters).collect()
}

/// The attributes whose rows differ, are new or are gone.
fn rows(before: &ObjectMapping, after: &ObjectMapping) -> Vec<String> {
    let name = |table: &ObjectMapping, other: &ObjectMapping| -> Vec<String> {
        let differs = table.rows().iter().filter(|row| !other.rows().contains(row));
        differs.map(|row| row.target.name.to_string()).collect()
    };
    let mut names = name(after, before);
    let gone = name(before, after).into_iter().filter(|it| !names.contains(it));
    let gone: Vec<String> = gone.collect();
    names.extend(gone);
    names
}

/// What is filled in on the provisioning page, what a save of it would do, and what of that
/// concerns a user or a group.
fn filled_in(world: AppView<'_>, subject: Option<Subject>) -> Option<String> {
    let job = world.entra().job();
    let (draft, filled) = (job.draft(), job.unsaved().collect::<Vec<_>>());
    let keys = FORM_KEYS.into_iter().chain(["status"]).filter(|key| filled.contains(key));
    let fields: Vec<String> = keys.map(|key| field(key, job, &draft)).collect();
    if fields.is_empty() {
        return None;
    }
    let mut told = format!("Filled in, and not saved: {}.", fields.join(", "));
    if let Err(refusal) = job.can_save() {
        told.push_str(&format!(" A save would be refused: {refusal}."));
    }
    if draft.scope != job.settings().scope
        && let Some(subject) = subject
    {
        let tenant = world.entra().tenant();
        let handle = match subject {
            Subject::User(user) => tenant.user(user).handle(),
            Subject::Group(group) => tenant.group(group).handle(),
        };
        let by = |scope| world.entra().in_scope_by(subject, scope);
        let (now, then) = (by(job.settings().scope), by(draft.scope));
        told.push_str(&match (now, then) {
            (false, true) => format!(" Saved, it would bring {handle} into scope."),
            (true, false) => format!(" Saved, it would take {handle} out of scope."),
            (true, true) => format!(" With it {handle} stays in scope."),
            (false, false) => format!(" With it {handle} stays out of scope."),
        });
    }
    Some(told)
}

/// A field with what is filled in and what is saved; secrets are not shown.
fn field(key: &str, job: &Job, draft: &Settings) -> String {
    if key == "status" {
        let on = job.unsaved_status() == Some(true);
        let what = match (on, job.state() == ScheduleState::Active) {
            (true, false) => ", which starts the job",
            (false, true) => ", which stops the job",
            _ => ", as it is",
        };
        return format!("status \"{}\"{what}", if on { "On" } else { "Off" });
    }
    let (Some(new), Some(old)) = (shown(key, draft), shown(key, job.settings())) else {
        return format!("{key} (not shown)");
    };
    match new == old {
        true => format!("{key} {new} (saved: the same)"),
        false => format!("{key} {new} (saved: {old})"),
    }
}

/// The value of a field in words; `None` for what holds a secret.
fn shown(key: &str, settings: &Settings) -> Option<String> {
    let quoted = |text: &str| format!("\"{text}\"");
    match key {
        "mode" => Some(quoted(settings.mode.word())),
        "tenant_url" => Some(quoted(&settings.tenant_url_in_force())),
        "auth" => Some(quoted(settings.auth.word())),
        "notify" => Some(quoted(settings.notify.as_deref().unwrap_or_default())),
        "notify_failures" => Some(settings.notify_failures.to_string()),
        "delete_threshold" => {
            let threshold = settings.delete_threshold.in_force();
            Some(threshold.map_or_else(|| "off".to_owned(), |value| value.to_string()))
        }
        "scope" => Some(quoted(settings.scope.word())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{find_group, find_user, group, mappings, ondemand, scope, user};
    use super::*;
    use crate::entra::AppId;
    use crate::scenario::{Play, load};

    fn played(ends: &str, steps: &str) -> Play {
        let text = format!(
            "title = \"t\"\nends = \"{ends}\"\n[people]\ngenerate = 0\n[user.ann]\n\
             [user.dee]\nassigned = false\n[group.staff]\n[entra.mappings]\ntemplate = \"scim\"\n\
             [golinks]\nprofile = \"generic\"\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n{steps}"
        );
        let script = load("story", &text, &[])
            .unwrap_or_else(|problems| panic!("{}", crate::scenario::messages::render(&problems)));
        let mut play = Play::new(script);
        play.run_to_end();
        play
    }

    fn at(time: &str, what: &str) -> String {
        format!("[[at]]\ntime = \"{time}\"\ndo = {what}\n")
    }

    fn text(lines: Vec<Line>) -> String {
        lines.iter().map(|line| line.text() + "\n").collect()
    }

    /// What is explained of dee, of the group staff, of dee's scope and of the mappings.
    fn all(play: &Play) -> [String; 4] {
        let world: AppView<'_> = play.world().into();
        let dee = find_user(world, "dee").expect("dee is there");
        let staff = find_group(world, "staff").expect("it is there");
        [user(world, dee), group(world, staff), scope(world, dee), mappings(world)].map(text)
    }

    const FILLED: &str = "{ fill_in = { scope = \"all\", secret = \"s3cret\", status = \"Off\" } }";

    #[test]
    fn what_is_filled_in_and_not_saved_is_told_beside_what_is_saved() {
        let form = "Filled in, and not saved: secret (not shown), scope \"all\" (saved: \"assigned\"), \
                    status \"Off\", which stops the job. A save would be refused: the connection was not \
                    tested with these credentials.";
        let mut play = played("2h", &at("1h", FILLED));
        let told = all(&play);
        let brings = [
            " Saved, it would bring dee into scope.\n",
            " Saved, it would bring staff into scope.\n",
            " Saved, it would bring dee into scope.\n",
            "\n",
        ];
        for (told, brings) in told.iter().zip(brings) {
            assert!(told.contains(&format!("{form}{brings}")), "{told}");
            assert!(!told.contains("s3cret"), "{told}");
        }
        assert!(told[0].contains("So not in scope: not assigned"), "{}", told[0]);
        let asked = text(ondemand(&mut play, AppId::MAIN, "dee").expect("it can be run"));
        assert!(asked.contains(form), "{asked}");
        assert!(
            !asked.contains("A run on demand works by"),
            "all that is saved is in force: {asked}"
        );
    }

    #[test]
    fn what_is_saved_discarded_or_in_force_is_no_draft() {
        let saves = "{ fill_in = { scope = \"all\" } }, \"save\", { restart = [\"Full\"] }";
        for steps in [
            String::new(),
            at("1h", &format!("[{FILLED}, \"discard\"]")),
            at("1h", &format!("[{saves}]")),
        ] {
            for told in all(&played("2h", &steps)) {
                assert!(!told.contains("aved,") && !told.contains("Filled in"), "{steps}: {told}");
            }
        }
    }

    #[test]
    fn what_is_saved_and_not_in_force_is_told_with_what_is() {
        let saved = "Saved, and not in force yet: the scope \"all\", with the next initial cycle (in \
                     force: \"assigned\").\n";
        let steps = at("1h", "{ set_scope = \"all\" }");
        let mut play = played("2h", &steps);
        for told in all(&play) {
            assert!(told.contains(saved), "{told}");
        }
        for (policy, works) in [("saved", "saved"), ("in_force", "in force")] {
            let policy = format!("{{ set = {{ entra.policy.on_demand_uses = \"{policy}\" }} }}");
            play = played("2h", &(steps.clone() + &at("90m", &policy)));
            let asked = text(ondemand(&mut play, AppId::MAIN, "dee").expect("it can be run"));
            let by =
                format!("{saved}A run on demand works by what is {works} (`on_demand_uses`).\n");
            assert!(asked.ends_with(&by), "{asked}");
            let out = asked.contains("Assigned to the application       False");
            assert_eq!(out, works == "in force", "{asked}");
        }
    }

    #[test]
    fn mappings_saved_while_a_cycle_runs_are_listed_with_those_it_uses() {
        let steps = "[[fault]]\nwhen.method = \"GET\"\ndelay = \"20s\"\n".to_owned()
            + &at(
                "30s",
                "{ set = { entra.mappings.users.change = [{ target = \"nickName\", source = \"surname\" }] } }",
            );
        let told = all(&played("31s", &steps));
        let line = "Saved, and not in force yet: the mapping of users (nickName), with the next cycle \
                    that begins.\n";
        assert!(told.iter().all(|it| it.contains(line)), "{told:?}");
        let (saved, in_force) = told[3].split_once("In force\n").expect("both are listed");
        assert!(saved.contains("  nickName ") && !in_force.contains("  nickName "), "{}", told[3]);
    }
}
