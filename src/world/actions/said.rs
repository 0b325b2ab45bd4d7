//! Words of everyday speech for a verb: `deactivate`, `onboard`, `login`.

use super::{VERBS, Verb};
use crate::base::diagnostic::{did_you_mean_of, nearest};
use crate::entra::tenant::Attribute;

/// What a word means here.
enum Meaning {
    /// This verb.
    Verb(&'static str),
    /// One of these verbs; the word alone does not say which.
    OneOf(&'static [&'static str]),
    /// Something that no single verb does: the advice in words.
    Advice(&'static str),
}
use Meaning::{Advice, OneOf};

const OFFBOARD: Meaning = Advice(
    "`disable` blocks a user from sign-in, `unassign` takes the user from the application, \
     `delete` moves the user to the recycle bin",
);
const ACCOUNT_OFF: Meaning = Advice(
    "at GoLinks write { edit_account = { ann = { active = false } } }; `disable` is for a user in \
     the directory",
);
const ACCOUNT_ON: Meaning = Advice(
    "at GoLinks write { edit_account = { ann = { active = true } } }; `enable` is for a user in \
     the directory",
);
const TROUBLE: Meaning = Advice(
    "`down` and `up` end and begin the service; all other trouble is a fault, such as \
     { fault = { name = \"outage\", respond = 503, for = \"10h\" } }",
);
const CYCLES: Meaning = Advice(
    "after `start` a cycle comes every 40 minutes by itself; `restart` begins an initial one at \
     once, `provision_on_demand` takes one user",
);
const BESIDE: Meaning = Advice("it stands beside `do`, as a key of the [[at]]");

/// The words, and what they mean.
const SAID: &[(&[&str], Meaning)] = &[
    (
        &["deactivate", "suspend", "block", "lock", "inactivate", "switch_off", "block_sign_in"],
        Meaning::Verb("disable"),
    ),
    (
        &["activate", "reactivate", "unblock", "unsuspend", "unlock", "switch_on", "re_enable"],
        Meaning::Verb("enable"),
    ),
    (
        &[
            "terminate",
            "offboard",
            "fire",
            "dismiss",
            "leave",
            "leaver",
            "quit",
            "resign",
            "retire",
            "deprovision",
            "exit",
            "let_go",
            "sack",
        ],
        OFFBOARD,
    ),
    (
        &[
            "deactivate_account",
            "disable_account",
            "suspend_account",
            "block_account",
            "lock_account",
            "inactivate_account",
        ],
        ACCOUNT_OFF,
    ),
    (
        &[
            "activate_account",
            "reactivate_account",
            "enable_account",
            "unblock_account",
            "unlock_account",
        ],
        ACCOUNT_ON,
    ),
    (
        &["update_account", "change_account", "modify_account", "rename_account", "set_account"],
        Meaning::Verb("edit_account"),
    ),
    (&["remove_account", "drop_account", "erase_account"], Meaning::Verb("delete_account")),
    (&["add_account", "new_account", "make_account"], Meaning::Verb("create_account")),
    (&["remove", "drop", "take_out", "kick"], OneOf(&["delete", "unassign", "remove_member"])),
    (&["undelete", "recover", "revive", "bring_back"], Meaning::Verb("restore")),
    (
        &["hard_delete", "permanently_delete", "delete_permanently", "destroy", "erase", "wipe"],
        Meaning::Verb("purge"),
    ),
    (&["soft_delete", "del", "trash", "recycle"], Meaning::Verb("delete")),
    (
        &[
            "onboard",
            "joiner",
            "employ",
            "recruit",
            "invite",
            "new_hire",
            "new",
            "create_user",
            "add_user",
        ],
        Meaning::Verb("hire"),
    ),
    (&["join"], OneOf(&["hire", "add_member"])),
    (&["create", "make"], OneOf(&["hire", "create_group", "create_account"])),
    (&["add"], OneOf(&["hire", "assign", "add_member"])),
    (&["edit", "change", "modify", "rename"], OneOf(&["update", "update_group", "edit_account"])),
    (
        &["move", "transfer", "promote", "mover", "marry", "set_attribute", "patch", "relocate"],
        Meaning::Verb("update"),
    ),
    (&["grant", "entitle", "give_access", "allow_user"], Meaning::Verb("assign")),
    (&["unentitle", "revoke_access", "withdraw"], Meaning::Verb("unassign")),
    (&["revoke"], OneOf(&["unassign", "revoke_token"])),
    (
        &["begin", "go", "run", "launch", "turn_on", "kick_off", "resume", "unpause", "continue"],
        Meaning::Verb("start"),
    ),
    (&["end", "halt", "turn_off", "cancel", "abort"], Meaning::Verb("stop")),
    (&["pause_provisioning", "disable_provisioning"], Meaning::Verb("stop")),
    (&["enable_provisioning", "resume_provisioning"], Meaning::Verb("start")),
    (&["sync", "cycle", "run_cycle", "trigger", "synchronize", "provision_now"], CYCLES),
    (&["resync", "full_sync", "initial_cycle", "reset", "clear_state"], Meaning::Verb("restart")),
    (
        &["on_demand", "provision_user", "sync_user", "pod", "run_on_demand"],
        Meaning::Verb("provision_on_demand"),
    ),
    (&["provision"], OneOf(&["start", "provision_on_demand", "assign"])),
    (
        &["unquarantine", "clear_quarantine", "exit_quarantine", "lift_quarantine", "release"],
        OneOf(&["start", "restart"]),
    ),
    (&["change_scope", "scope", "provision_all", "sync_all"], Meaning::Verb("set_scope")),
    (
        &["change_secret", "update_secret", "secret", "update_token", "paste_token"],
        Meaning::Verb("set_secret"),
    ),
    (
        &["rotate_secret", "rotate", "renew_token", "new_token", "regenerate_token"],
        Meaning::Verb("rotate_token"),
    ),
    (&["add_token", "second_token"], Meaning::Verb("issue_token")),
    (
        &["expire_token", "invalidate_token", "delete_token", "expire", "kill_token"],
        Meaning::Verb("revoke_token"),
    ),
    (&["login", "log_in", "logon", "log_on", "sso", "authenticate"], Meaning::Verb("sign_in")),
    (
        &[
            "outage",
            "crash",
            "fail",
            "break",
            "kill",
            "offline",
            "shutdown",
            "maintenance",
            "throttle",
            "error",
            "slow",
            "delay",
            "timeout",
            "respond",
            "refuse",
        ],
        TROUBLE,
    ),
    (
        &["online", "back_up", "come_up", "recovered", "restore_service"],
        OneOf(&["up", "clear_fault"]),
    ),
    (&["fix", "repair", "heal", "end_fault", "remove_fault"], Meaning::Verb("clear_fault")),
    (&["change_url", "upgrade", "move_url", "move_endpoint"], Meaning::Verb("move_base")),
    (&["configure", "setting", "settings", "set_policy", "change_setting"], Meaning::Verb("set")),
    (
        &["approve", "accept_deletes", "approve_deletes", "force_deletes"],
        Meaning::Verb("allow_deletes"),
    ),
    (
        &["delete_app", "delete_application", "remove_app", "remove_application", "drop_app"],
        Advice(
            "an application is deleted by a request of Graph: { graph = { delete = \
             \"/servicePrincipals/{main}\" } }; `delete_job` deletes its job alone",
        ),
    ),
    (&["test", "ping", "check_connection", "probe"], Meaning::Verb("test_connection")),
    (&["unlink", "disconnect", "break_link"], Meaning::Verb("delete_connection")),
    (
        &["add_to_group", "join_group", "add_group_member", "add_members", "group_add"],
        Meaning::Verb("add_member"),
    ),
    (
        &[
            "remove_from_group",
            "leave_group",
            "remove_group_member",
            "remove_members",
            "group_remove",
        ],
        Meaning::Verb("remove_member"),
    ),
    (
        &["role", "change_role", "become", "act_as"],
        Advice(
            "the administrator's role is a setting: { set = { entra.role = \"Global Reader\" } }; `set_role` \
             gives a role at GoLinks",
        ),
    ),
    (&["say", "expect", "within", "time", "after"], BESIDE),
    (
        &["note", "log", "print", "echo", "comment"],
        Advice("a sentence is told by `say`, beside `do`"),
    ),
];

/// What stands behind a verb in speech, and says no more than the verb does.
const OBJECTS: [&str; 10] = [
    "_user",
    "_users",
    "_person",
    "_people",
    "_employee",
    "_provisioning",
    "_job",
    "_mapping",
    "_sync",
    "_service",
];

/// The verb of this name, or the one that a word of everyday speech means.
pub(super) fn verb_of(word: &str) -> Option<&'static Verb> {
    let word = snake(word);
    let named = |name: &str| VERBS.iter().find(|verb| verb.name == name);
    named(&word).or_else(|| match meaning(&word)? {
        Meaning::Verb(name) => named(name),
        _ => None,
    })
}

/// The help for a word that is no verb.
pub(super) fn advice(word: &str) -> String {
    let plain = snake(word);
    let names = || VERBS.iter().map(|verb| verb.name);
    match meaning(&plain) {
        Some(Meaning::Verb(name)) => format!("did you mean `{name}`?"),
        Some(OneOf(verbs)) => {
            let (last, others) = verbs.split_last().unwrap_or((&"", &[]));
            let others: Vec<String> = others.iter().map(|verb| format!("`{verb}`")).collect();
            format!("did you mean {} or `{last}`?", others.join(", "))
        }
        Some(Advice(text)) => (*text).to_owned(),
        None if let Some(name) = attribute_of(&plain) => {
            format!("write {{ update = {{ ann = {{ {name} = \"..\" }} }} }}")
        }
        None if nearest(&plain, names()).is_some() => {
            did_you_mean_of(&plain, names(), "explain actions")
        }
        None => did_you_mean_of(word, names(), "explain actions"),
    }
}

/// The attribute of a user, or the manager, that a word such as `set_manager` changes.
pub(super) fn attribute_of(word: &str) -> Option<String> {
    let plain = snake(word);
    let bare = ["set_", "change_", "update_", "edit_"].iter().find_map(|it| plain.strip_prefix(it));
    let meant = bare.unwrap_or(&plain);
    let known = Attribute::ALL.into_iter().map(Attribute::name).chain(["manager"]);
    let found = known.into_iter().find(|name| snake(name) == meant)?;
    meaning(&plain).is_none().then(|| found.to_owned())
}

/// What the table says of a word, or of the word without its object.
fn meaning(word: &str) -> Option<&'static Meaning> {
    let row = |word: &str| SAID.iter().find(|(words, _)| words.contains(&word)).map(|(_, it)| it);
    let bare = || OBJECTS.iter().find_map(|object| word.strip_suffix(object)).and_then(row);
    row(word).or_else(bare)
}

/// A word as verbs are written: `addMember`, `add-member` and `ADD MEMBER` are `add_member`.
fn snake(word: &str) -> String {
    let mut plain = String::new();
    let mut before = '_';
    for letter in word.trim().chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            plain.push('_');
        }
        match letter {
            '-' | ' ' => plain.push('_'),
            _ => plain.extend(letter.to_lowercase()),
        }
        before = letter;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_meaning_is_a_verb_and_no_word_is_one_or_stands_twice() {
        let names: BTreeSet<&str> = VERBS.iter().map(|verb| verb.name).collect();
        let mut seen = BTreeSet::new();
        for (words, meaning) in SAID {
            for word in *words {
                assert!(!names.contains(word) && seen.insert(*word), "{word}");
                assert_eq!(snake(word), *word);
            }
            match meaning {
                Meaning::Verb(name) => assert!(names.contains(name), "{name}"),
                OneOf(verbs) => assert!(verbs.iter().all(|name| names.contains(name)), "{verbs:?}"),
                Advice(text) => assert!(!text.is_empty()),
            }
        }
    }

    #[test]
    fn words_of_speech_lead_to_their_verbs() {
        for (word, verb) in [
            ("Disable", "disable"),
            ("deactivate", "disable"),
            ("deactivate_user", "disable"),
            ("addMember", "add_member"),
            ("signIn", "sign_in"),
            ("log-in", "sign_in"),
            ("onboard", "hire"),
            ("undelete", "restore"),
            ("begin_provisioning", "start"),
        ] {
            assert_eq!(verb_of(word).map(|it| it.name), Some(verb), "{word}");
        }
        assert!(verb_of("fire").is_none(), "there are three ways to leave");
        assert!(advice("fire").contains("`unassign`"));
        assert_eq!(advice("strat"), "did you mean `start`?");
        assert_eq!(advice("create"), "did you mean `hire`, `create_group` or `create_account`?");
        assert!(!advice("zzz").contains("did you mean"));
    }
}
