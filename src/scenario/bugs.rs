//! The catalogue of reported bugs, B01 to B124: how a scenario reproduces each bug,
//! or why it cannot.
//!
//! The numbers come from the project's collection of public reports; a title names the symptom in a
//! few words. `golinks::quirks` holds the story and the sources of each quirk.

use super::search;
use crate::golinks::quirks;

/// A reported bug.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    /// Its number, such as `B27`.
    pub number: &'static str,
    /// The symptom, in a few words.
    pub title: &'static str,
    /// The part of the simulator that reproduces the bug.
    pub means: Means,
    /// What to write: overrides (`path=value`), or for [`Means::Action`] the value of `do =`.
    pub with: &'static [&'static str],
    /// A remark, often empty; for [`Means::Engine`] and [`Means::Not`] the reason why there is
    /// nothing to switch.
    pub note: &'static str,
}

/// The part of the simulator that reproduces a bug.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Means {
    /// A quirk of GoLinks.
    Quirk,
    /// A fault on the way between the engine and GoLinks.
    Fault,
    /// A limit of GoLinks.
    Limit,
    /// Another setting of GoLinks, such as the features it offers or the clients it admits.
    Setting,
    /// An action of an administrator or of a person.
    Action,
    /// A policy of the provisioning engine.
    Policy,
    /// Nothing: the engine behaves like this anyway, as the documentation of the service says.
    Engine,
    /// Nothing yet: the bug cannot be reproduced.
    Not,
}

impl Bug {
    /// Whether the title, the note or a switch contains a word, in any case.
    pub fn is_about(&self, word: &str) -> bool {
        let quirks = self.with.iter().filter_map(|it| it.strip_prefix("golinks.quirks."));
        let quirks = quirks.filter_map(|it| quirks::find(it.split('=').next()?));
        let seen = quirks.map(|row| row.story);
        let texts =
            [self.title, self.note].into_iter().chain(self.with.iter().copied()).chain(seen);
        texts.into_iter().any(|text| search::speaks_of(text, word))
    }
}

impl Means {
    /// The word of the tables.
    pub fn word(self) -> &'static str {
        match self {
            Means::Quirk => "quirk",
            Means::Fault => "fault",
            Means::Limit => "limit",
            Means::Setting => "setting",
            Means::Action => "action",
            Means::Policy => "policy",
            Means::Engine => "by itself",
            Means::Not => "not yet",
        }
    }

    /// What brings the bug about, in words for who has never met one.
    pub fn sentence(self) -> &'static str {
        match self {
            Means::Quirk => "A quirk of the mock GoLinks brings it about.",
            Means::Fault => "A fault on the way between Entra and GoLinks brings it about.",
            Means::Limit => "A limit of the mock GoLinks brings it about.",
            Means::Setting => "A setting brings it about.",
            Means::Action => "Something that is done brings it about.",
            Means::Policy => "A policy of the provisioning service brings it about.",
            Means::Engine => "The provisioning service is like this; nothing need be switched on.",
            Means::Not => "It cannot be brought about yet.",
        }
    }
}

/// Finds a bug by its number, in upper or lower case.
pub fn find(number: &str) -> Option<&'static Bug> {
    BUGS.iter().find(|bug| bug.number.eq_ignore_ascii_case(number))
}

/// Why no scenario tells of a bug; `None` when one does.
pub fn untold(bug: &Bug) -> Option<&'static str> {
    UNTOLD.iter().find(|(numbers, _)| numbers.contains(&bug.number)).map(|(_, why)| *why)
}

/// The bugs of which no scenario tells, and why.
const UNTOLD: &[(&[&str], &str)] = &[
    (&["B18"], "no symptom with this client: it never takes a value away (B14)"),
    (&["B88"], "not reproduced: the report gives no cause"),
    (&["B124"], "a race, which `scimulator swarm --bug B124` meets by chance"),
    (
        &["B98"],
        "such a source works, and `check` warns of it; a scenario of the library has no warnings",
    ),
    (
        &["B103", "B104", "B105"],
        "seen before anything runs: `check` and `explain expression` show it",
    ),
];

macro_rules! bugs {
    ($($number:ident $means:ident $title:literal [$($with:literal),*] $note:literal;)+) => {
        /// All of them, in the order of their numbers.
        pub const BUGS: &[Bug] = &[$(Bug {
            number: stringify!($number),
            title: $title,
            means: Means::$means,
            with: &[$($with),*],
            note: $note,
        }),+];
    };
}

bugs! {
    B01 Quirk "`active` arrives as the text \"False\"" ["golinks.quirks.strict_booleans=true"]
        "In the classic dialect alone.";
    B02 Quirk "Op words are capitalised" ["golinks.quirks.strict_op_case=true"] "In the classic dialect alone.";
    B03 Quirk "`Add` where there is a value already" ["golinks.quirks.no_add_on_scalars=true"] "";
    B04 Quirk "Deactivated, never reactivated" ["golinks.quirks.reactivate_unsupported=true"] "";
    B05 Quirk "`active` is shown and cannot be changed" ["golinks.quirks.active_always_true=true"]
        "A server without `capabilities.soft_delete` does not speak of `active` at all; the engine \
         then sends DELETE with `entra.policy.soft_delete = false`.";
    B06 Quirk "A role is added instead of replaced" ["golinks.profile=generic", "golinks.quirks.strict_filter_types=true"]
        "With a mapping of roles.";
    B07 Engine "The type of a role cannot be mapped" [] "The role functions write their own type, whatever is mapped.";
    B08 Quirk "Roles as JSON within a text" ["golinks.profile=generic", "golinks.quirks.roles_must_be_objects=true"]
        "That withdrawn roles stay is the engine's doing, with AppRoleAssignmentsComplex.";
    B09 Policy "Two app roles where one is expected" ["entra.policy.several_roles=fail"] "";
    B10 Quirk "The manager is a bare string" ["golinks.profile=generic", "golinks.quirks.manager_must_be_object=true"] "";
    B11 Quirk "The manager is shown in the wrong place"
        ["golinks.profile=generic", "golinks.quirks.manager_at_top_level=true", "entra.policy.check_reference=false"]
        "The same PATCH whenever a cycle looks at somebody with a manager: after a change, after a restart.";
    B12 Quirk "The manager is shown as a string" ["golinks.profile=generic", "golinks.quirks.manager_echo_string=true"] "";
    B13 Quirk "Nulls trip validation"
        ["golinks.quirks.null_is_invalid=true", "golinks.quirks.member_ref_null_in_match=true"] "";
    B14 Engine "A cleared attribute is never cleared at the target" [] "What has no value is not sent.";
    B15 Quirk "A filtered path on what is not there yet" ["golinks.quirks.no_create_on_filter_miss=true"] "";
    B16 Quirk "A filtered add works on an empty list alone"
        ["golinks.profile=generic", "golinks.quirks.filter_create_only_if_empty=true"] "";
    B17 Quirk "Paths with a filter are not implemented" ["golinks.quirks.value_path=unsupported"] "";
    B18 Quirk "A removal with a stale value writes" ["golinks.quirks.remove_with_value_sets=true"] "";
    B19 Quirk "The dot in 2.0 splits the URN" ["golinks.quirks.urn_path_split_at_dot=true"] "";
    B20 Quirk "An extension's value is stored under a mangled key" ["golinks.quirks.urn_stored_mangled=true"] "";
    B21 Quirk "Dotted keys are ignored" ["entra.dialect=compliant", "golinks.quirks.dotted_keys=ignore"] "";
    B22 Quirk "Dotted keys are stored as they are" ["entra.dialect=compliant", "golinks.quirks.dotted_keys=literal"] "";
    B23 Quirk "`add` without a path is refused" ["entra.dialect=compliant", "golinks.quirks.require_path=true"] "";
    B24 Quirk "A PATCH that changes nothing gets 400" ["golinks.quirks.noop_patch_is_400=true"] "";
    B25 Quirk "Deactivation succeeds and does nothing" ["golinks.quirks.patch_noop_200=true"] "";
    B26 Quirk "Values must be lists" ["golinks.quirks.patch_value_must_be_list=true"] "";
    B27 Quirk "Removing one member empties the group"
        ["golinks.profile=generic", "golinks.quirks.remove_members_ignores_value=true"] "In the classic dialect.";
    B28 Quirk "Removing one member is refused, or ignored"
        ["golinks.profile=generic", "golinks.quirks.remove_with_value=reject"] "In the classic dialect.";
    B29 Quirk "Removing by a filtered path empties the group"
        ["golinks.profile=generic", "golinks.quirks.remove_members_ignores_filter=true"] "In the compliant dialect.";
    B30 Policy "One member replaces all others" ["golinks.profile=generic", "entra.policy.member_update=replace_single"]
        "Nothing has to be broken: RFC 7644 has a replacement replace, and whoever sends one member at a time is left with \
         one. The quirk `replace_members_adds` is a vendor's cure.";
    B31 Quirk "A rename empties the group"
        ["golinks.profile=generic", "golinks.quirks.replace_defaults_members_empty=true"] "In the compliant dialect.";
    B32 Quirk "Changes of members overlap and are lost"
        ["golinks.profile=generic", "golinks.quirks.member_lost_update=true"]
        "It takes another client: the engine changes a group with one request after the other. Changes overlap that arrive at one \
         instant of virtual time; those of outside clients that arrive before the one before is answered, for which each \
         waits 50 ms.";
    B33 Quirk "Adding a member again: 409, or twice" ["golinks.profile=generic", "golinks.quirks.readd_member=409"] "";
    B34 Quirk "Removing a member who is gone: 404"
        ["golinks.profile=generic", "golinks.quirks.remove_missing_member_404=true"] "";
    B35 Quirk "A member who cannot be found: 500" ["golinks.profile=generic", "golinks.quirks.unknown_member=500"] "";
    B36 Quirk "A member who cannot be found is dropped" ["golinks.profile=generic", "golinks.quirks.unknown_member=drop"] "";
    B37 Quirk "Members without a type are ignored" ["golinks.profile=generic", "golinks.quirks.member_type_required=true"] "";
    B38 Quirk "A filter on groups is ignored" ["golinks.profile=generic", "golinks.quirks.group_filter=ignored"] "";
    B39 Quirk "Blanks, quotes and accents break the filter" ["golinks.quirks.filter_parser=naive_split"] "";
    B40 Quirk "excludedAttributes is ignored" ["golinks.profile=generic", "golinks.quirks.ignore_excluded_attributes=true"]
        "That it takes its time is a fault with a delay.";
    B41 Quirk "Members are cut when read, and written back" ["golinks.profile=generic", "golinks.quirks.member_read_cap=100"] "";
    B42 Setting "No /Groups, and the group mapping is on" ["golinks.capabilities.groups=false", "golinks.groups=404"]
        "GoLinks as documented has no groups to begin with. The engine probes them in each cycle while their mapping is on, \
         which `entra.mappings.template = \"scim\"` has.";
    B43 Quirk "An empty list of members is refused"
        ["golinks.profile=generic", "golinks.quirks.empty_members_rejected=true", "entra.policy.empty_members_in_create=true"]
        "The documentation shows a new group without `members`; the list was met.";
    B44 Quirk "A group's PATCH is answered in the wrong shape"
        ["golinks.profile=generic", "golinks.quirks.group_patch_response=echo"] "";
    B45 Quirk "A change by SCIM drops what was set by hand"
        ["golinks.profile=generic", "golinks.quirks.group_update_drops_local=true"]
        "What is local is an extension schema of groups, which any other client writes.";
    B46 Engine "Members changed at the target are never repaired" []
        "Nothing is wrong at the server, whose members any client may change: the engine remembers what it wrote and never \
         looks.";
    B47 Engine "Groups in groups are not expanded" [] "Direct members of an assigned group alone are in scope.";
    B48 Quirk "404 instead of an empty list" ["golinks.quirks.no_match_404=true"] "";
    B49 Quirk "Filters on other attributes meet nobody" ["golinks.profile=generic", "golinks.quirks.other_filters=empty"]
        "With another matching attribute.";
    B50 Quirk "A filter on a value path cannot be read"
        ["golinks.profile=generic", "golinks.quirks.filter_value_path=unsupported"] "With the e-mail as matching attribute.";
    B51 Quirk "userName compared with its case"
        ["golinks.quirks.username_filter_case=exact"] "With `username_unique_case` exact too there are two accounts.";
    B52 Quirk "An e-mail address may be held once"
        ["golinks.quirks.unique_key=email", "golinks.quirks.conflict_without_scimtype=true"] "";
    B53 Quirk "The user does not exist and exists already" ["golinks.quirks.hide_unmanaged=true"]
        "With accounts made by hand, or by signing in.";
    B54 Quirk "A lookup stops after the first accounts" ["golinks.quirks.lookup_cap=50"] "";
    B55 Quirk "externalId is not kept" ["golinks.quirks.drop_external_id=true"] "";
    B56 Quirk "A rename removes the account" ["golinks.quirks.rename_deletes=true"]
        "With `id_is_username` the anchor is lost instead.";
    B57 Quirk "Answers that cannot be read" ["golinks.quirks.response=no_schemas"] "";
    B58 Quirk "Ids are numbers" ["golinks.quirks.integer_ids=true"] "";
    B59 Quirk "Found by a list, not by its id" ["golinks.quirks.list_id_differs=true"] "";
    B60 Action "The account was deleted by hand" ["{ delete_account = \"ann\" }"] "";
    B61 Policy "Two users match one account" ["entra.policy.on_shared_target=link_both"] "With a shared matching value.";
    B62 Quirk "`resources`, counted from 0, under another schema"
        ["golinks.quirks.list_key=resources", "golinks.quirks.start_index_base=0", "golinks.quirks.list_schema=wrong"] "";
    B63 Quirk "Totals of the page" ["golinks.quirks.total_results=page", "golinks.page_size=100"] "";
    B64 Quirk "Nothing unless both paging parameters are given" ["golinks.quirks.paging_required=true"] "";
    B65 Setting "The secret expires" ["golinks.token={ value = \"golinks-demo-token\", expires = \"30d\" }"] "";
    B66 Quirk "No User-Agent: stopped at the edge" ["golinks.quirks.require_user_agent=true"]
        "A firewall's page with a status of success is the fault `garble = \"html\"`.";
    B67 Quirk "HTML that looks like success" ["golinks.quirks.response=html"] "";
    B68 Quirk "Media types are taken strictly"
        ["golinks.quirks.accepts_media=application/json", "golinks.quirks.get_requires_content_type=true",
            "golinks.quirks.reply_media=application/json"] "";
    B69 Action "The base path moved" ["{ move_base = \"/scim/v3\" }"] "One slash too many is the quirk `strict_slashes`.";
    B70 Policy "The secret is too long to be saved" ["entra.policy.secret_limit=1024"] "";
    B71 Fault "A lookup costs what the tenant holds"
        ["fault.counting={ when = { method = \"GET\", path = \"/Users\" }, delay = { per_account = \"12ms\" } }"] "";
    B72 Limit "Throttling" ["golinks.rate_limit.rps=5", "golinks.rate_limit.retry_after=none"] "";
    B73 Fault "An outage of hours" ["fault.outage={ refuse = true, from = \"1d\", for = \"10h\" }"]
        "Also the verbs `down` and `up`.";
    B74 Quirk "PATCH is not implemented" ["golinks.quirks.patch_unsupported=true"]
        "The capability `patch`, when it is off, answers 501.";
    B75 Quirk "500 where 400 is due" ["golinks.quirks.client_errors_as_500=true"] "";
    B76 Quirk "Errors of the wrong shape" ["golinks.quirks.error_body=object_detail"] "";
    B77 Engine "A leaver is skipped, not disabled" [] "Who was never linked is not effectively entitled.";
    B78 Engine "On demand differs from the cycle" []
        "Nothing is wrong at the server: a run on demand writes in the classic dialect whatever the tenant URL says.";
    B79 Policy "Purged between two cycles: nothing is sent" ["entra.policy.hard_delete_within_cycle=drop"] "";
    B80 Quirk "DELETE, a month later, fails" ["golinks.quirks.delete_500=true"] "";
    B81 Quirk "A second disable gets 409" ["golinks.quirks.inactive_is_readonly=true"] "";
    B82 Engine "Quarantined, and every row is green" []
        "The connection test belongs to nobody's row: any failing probe shows it, and the page tells the reason.";
    B83 Engine "Silence taken for a fault" [] "A cycle in which nothing changed sends nothing but its probe.";
    B84 Action "From all to assigned, and nobody leaves" ["{ set_scope = \"assigned\" }"] "";
    B85 Engine "The manager came into scope later" []
        "Nobody looks at the report again before it changes, or before a restart.";
    B86 Engine "A member came into scope later" []
        "The membership is not looked at again before it changes, or before a restart.";
    B87 Quirk "Reconnecting makes new identities" ["golinks.quirks.forget_on_disconnect=true"]
        "With the verbs `rotate_token`, `set_secret` and a full restart.";
    B88 Not "A membership is sent late" []
        "The report gives no cause and blames no server; here a membership goes out with the next cycle.";
    B89 Setting "Basic authentication alone" ["golinks.auth=basic"] "";
    B90 Quirk "Signing in brings the leaver back" ["golinks.quirks.jit_on_login=true"]
        "With the verb `sign_in`. The customer's own cure is that Entra asks for an assignment: `--set entra.sso.assignment_required=true`.";
    B91 Quirk "Inactive accounts are hidden, and in the way" ["golinks.quirks.hide_inactive=true"] "";
    B92 Engine "A deleted user has another userName" []
        "In the recycle bin the object id stands before the sign-in name, and the PATCH that disables carries it. If another account at GoLinks has the old name when the user is restored, the PATCH meets 409.";
    B93 Engine "A disable carries what else has changed" [] "A disable is an update like any other.";
    B94 Engine "Core attributes are named by their whole URN" [] "They are read as the core attributes that they are.";
    B95 Engine "`primary` twice in one object" [] "A row for a part that the path's own filter sets gives way to the filter.";
    B96 Engine "Twenty-two default rows, the fax number among them" [] "The template `scim` has them.";
    B97 Engine "A target without a URN is missing in the create" [] "The next update carries it.";
    B98 Engine "Source attributes beyond the usual list" []
        "onPremisesSamAccountName, onPremisesDomainName and userType are keys of a user.";
    B99 Engine "Directory extensions as source attributes" [] "extension_<app id>_<name> is a key of a user.";
    B100 Engine "App roles of the application's own" [] "`assigned` and `assign` take any role by its name.";
    B101 Engine "A custom target with a dot for the last colon" [] "The row is sent under that name, and lost.";
    B102 Engine "A role as a second matching row" [] "It is never asked: what cannot be searched is passed over.";
    B103 Engine "DefaultDomain and Len" [] "Both are functions of the mapping language here.";
    B104 Engine "FormatDateTime wants its second argument" [] "Left out, it is an error of the expression.";
    B105 Engine "externalUserState is not available" [] "As a source attribute it is refused, with a word on it.";
    B106 Engine "People come as the portal's sheet" [] "`people.csv` reads it.";
    B107 Engine "Asked by the object id" [] "With externalId as matching attribute.";
    B108 Quirk "One unknown attribute refuses a whole create" ["golinks.quirks.unknown_attribute_refused=true"] "";
    B109 Quirk "Core attributes are nested below their URN" ["golinks.quirks.core_nested=true"]
        "The engine reads no userName and no active in what it gets.";
    B110 Quirk "An unknown attribute in a filter is 404" ["golinks.quirks.unknown_filter_404=true"] "";
    B111 Quirk "Attribute names are read with their case" ["golinks.quirks.case_sensitive_names=true"] "";
    B112 Quirk "Members cannot be replaced" ["golinks.profile=generic", "golinks.quirks.members_immutable=true"] "";
    B113 Quirk "Five parts of one address make five addresses"
        ["golinks.profile=generic", "golinks.quirks.filtered_add_multiplies=true"] "";
    B114 Quirk "PUT leaves extensions as they were" ["golinks.quirks.put_keeps_extensions=true"] "";
    B115 Quirk "A list of groups shows no members" ["golinks.profile=generic", "golinks.quirks.list_without_members=true"] "";
    B116 Quirk "count=0 is read as no count" ["golinks.quirks.count_zero_ignored=true"] "";
    B117 Quirk "Locations name a wrong address" ["golinks.quirks.wrong_location=true"] "";
    B118 Quirk "`active` is shown as the text it came as" ["golinks.quirks.active_as_text=true"] "";
    B119 Quirk "Paths with a URN are applied by nobody" ["golinks.quirks.urn_paths_ignored=true"] "";
    B120 Quirk "Members are always shown empty" ["golinks.profile=generic", "golinks.quirks.members_shown_empty=true"] "";
    B121 Quirk "Filters are not read" ["golinks.profile=generic", "golinks.quirks.filter_ignored=true"] "";
    B122 Quirk "A member added again is there twice" ["golinks.profile=generic", "golinks.quirks.readd_member=duplicate"] "";
    B123 Quirk "PATCH knows `active` alone" ["golinks.quirks.patch_only_active=true"] "";
    B124 Quirk "A read shows an account as it was before its last change" ["golinks.quirks.reads_lag=true"] "";
    B125 Setting "A session outlives the deactivation" ["golinks.sso.session_on_deactivate=keep"]
        "With the verbs `sign_in` and `follow`.";
    B126 Setting "An API token outlives the deactivation" ["golinks.sso.token_on_deactivate=keep"]
        "With the verb `call_api`.";
    B127 Setting "Whom SCIM has made cannot sign in" ["golinks.sso.scim_accounts=refuse"] "With the verb `sign_in`.";
    B128 Setting "Signing in goes by another name than provisioning" ["golinks.sso.jit_key=emailaddress"]
        "With the verb `sign_in`, for a user whose mail address is not the userPrincipalName.";
    B129 Setting "Signing in makes a new account beside the inactive one" ["golinks.sso.inactive_sign_in=recreate"]
        "With the verb `sign_in`.";
    B130 Quirk "A create takes over an account by its address" ["golinks.quirks.adopt_by_mail=true"]
        "With the verb `sign_in`, for a user whose mail address is not the userPrincipalName.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Override, Play, library, load, messages};

    #[test]
    fn the_list_is_whole() {
        let numbers: Vec<u32> =
            BUGS.iter().filter_map(|bug| bug.number.strip_prefix('B')?.parse().ok()).collect();
        assert_eq!(numbers.len(), BUGS.len(), "a number is a B and digits");
        assert!(numbers.is_sorted_by(|a, b| a < b), "numbers rise: {numbers:?}");
        let all = 1..=numbers.len() as u32;
        assert!(numbers.iter().copied().eq(all), "none is missing: {numbers:?}");
        for bug in BUGS {
            let nothing_to_switch = matches!(bug.means, Means::Engine | Means::Not);
            assert_eq!(bug.with.is_empty(), nothing_to_switch, "{}", bug.number);
            assert!(!nothing_to_switch || bug.note.ends_with('.'), "{}: say why", bug.number);
            let lead = match bug.means {
                Means::Quirk => "golinks.quirks.",
                Means::Fault => "fault.",
                Means::Limit | Means::Setting => "golinks.",
                Means::Policy => "entra.policy.",
                Means::Action => "{ ",
                Means::Engine | Means::Not => "",
            };
            let leads = bug.with.iter().any(|with| with.starts_with(lead));
            assert!(nothing_to_switch || leads, "{} is called a {}", bug.number, bug.means.word());
        }
        assert_eq!(find("b27").map(|bug| bug.means), Some(Means::Quirk));
    }

    /// How many PATCHes a manager and one report take, with a restart an hour after the start.
    fn patches(with: &[&str]) -> u64 {
        const STORY: &str = "title = \"A manager\"\nends = \"2h\"\n[golinks]\nprofile = \"generic\"\n[entra.mappings]\n\
            template = \"scim\"\n[user.boss]\nname = \"Big Boss\"\n[user.ann]\nname = \"Ann Okafor\"\nmanager = \"boss\"\n\
            [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"1h\"\ndo = \"restart\"\n";
        let overrides: Vec<Override> =
            with.iter().map(|with| Override::parse(with).expect("path=value")).collect();
        let mut play = Play::new(load("bug.toml", STORY, &overrides).expect("a good file"));
        play.run_to_end();
        play.world().journal().counters().patch
    }

    #[test]
    fn a_manager_in_the_wrong_place_is_written_again_and_again() {
        assert_eq!(patches(&[]), 1);
        assert_eq!(patches(find("B11").expect("a bug").with), 2);
    }

    #[test]
    fn each_is_told_or_says_why_not() {
        for bug in BUGS {
            let told = library::find_all(bug.number).is_ok();
            assert_eq!(
                untold(bug).is_none(),
                told,
                "{}: a scenario, or a reason in UNTOLD",
                bug.number
            );
        }
    }

    #[test]
    fn the_list_and_the_quirks_agree() {
        for row in quirks::TABLE {
            for number in row.bugs {
                let bug =
                    find(number).unwrap_or_else(|| panic!("{}: there is no {number}", row.name));
                let named = bug.with.iter().any(|with| with.contains(row.name))
                    || bug.note.contains(row.name);
                assert!(named, "{number} does not speak of the quirk {}", row.name);
            }
        }
        for bug in BUGS.iter().filter(|bug| bug.means == Means::Quirk) {
            for with in bug.with.iter().filter_map(|with| with.strip_prefix("golinks.quirks.")) {
                let name = with.split('=').next().unwrap_or_default();
                let row = quirks::find(name)
                    .unwrap_or_else(|| panic!("{}: there is no quirk {name}", bug.number));
                assert!(row.bugs.contains(&bug.number), "{name} does not speak of {}", bug.number);
            }
        }
    }

    #[test]
    fn every_switch_can_be_thrown() {
        const WORLD: &str = "title = \"A bug\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n";
        for bug in BUGS {
            let (text, with): (String, &[&str]) = match bug.means {
                Means::Action => {
                    let steps: String = bug
                        .with
                        .iter()
                        .map(|act| format!("[[at]]\ntime = \"1h\"\ndo = {act}\n"))
                        .collect();
                    (format!("{WORLD}{steps}"), &[])
                }
                _ => (WORLD.to_owned(), bug.with),
            };
            let overrides = with
                .iter()
                .map(|with| Override::parse(with).expect("path=value"))
                .collect::<Vec<_>>();
            if let Err(problems) = load("bug.toml", &text, &overrides) {
                panic!("{}: {}", bug.number, messages::render(&problems));
            }
        }
    }
}
