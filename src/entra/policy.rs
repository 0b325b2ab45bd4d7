//! Every number and choice of the provisioning engine, each with its provenance.
//!
//! The vendor's documents are silent or contradict each other in some 25 places. So the engine
//! reads `policy.x`, never a literal. A scenario may override any row (`[entra.policy]`, `--set
//! entra.policy.x=…`), and overridden rows are shown.

mod choice;

use std::time::Duration;

pub use choice::{
    AnswerShape, Apostrophe, DurationModel, HardDelete, IntervalMode, MediaType, MemberUpdate,
    MembersInRead, MidCycle, MidOutOfRange, MissingTarget, NewToken, NullCondition,
    OnDemandDialect, OnDemandUses, QuarantineExit, ReplaceFallback, SeveralRoles, SharedTarget,
    SkipCovers, StageDeletes, StagedLeft, UniqueValue, UnresolvedReference,
};

use crate::base::node::{Entry, Node, unknown_key};
use crate::base::time::write_duration;
use crate::base::{Problems, Span};
use choice::Choice;

/// How sure we are of a row's default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    /// The vendor's documentation says so.
    Documented,
    /// Reported in public, but not promised by the vendor.
    Observed,
    /// No source says it; a reasoned default.
    Assumed,
}

impl Provenance {
    /// The word for it, as tables print it.
    pub fn word(self) -> &'static str {
        match self {
            Provenance::Documented => "documented",
            Provenance::Observed => "observed",
            Provenance::Assumed => "assumed",
        }
    }
}

/// One row of the table, for `explain` and the generated reference.
#[derive(Clone, Debug)]
pub struct PolicyRow {
    /// The key, as `[entra.policy]` has it.
    pub name: &'static str,
    /// What it decides.
    pub doc: &'static str,
    /// The default, as it would be written in a scenario.
    pub default: String,
    /// The values it takes.
    pub takes: &'static str,
    /// How sure we are.
    pub provenance: Provenance,
    /// Where it comes from, as tags of the vendor's pages or reports.
    pub source: &'static str,
}

macro_rules! policies {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr, $provenance:ident, $source:literal;)+) => {
        /// The choices in force for one job.
        #[derive(Clone, PartialEq, Debug)]
        pub struct Policy { $($(#[doc = $doc])+ pub $name: $type,)+ }

        impl Default for Policy {
            fn default() -> Policy {
                Policy { $($name: $default,)+ }
            }
        }

        impl Policy {
            /// The keys, in the order of the table.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// Sets one row from what an author wrote.
            pub fn set(&mut self, name: &str, node: &Node, problems: &mut Problems) {
                match name {
                    $(stringify!($name) => if let Some(value) = <$type as Choice>::read(node, problems)
                        && can_be(name, &value, node, problems)
                    {
                        self.$name = value;
                    },)+
                    _ => {
                        let entry = Entry { key: name.to_owned(), key_span: node.span, value: node.clone() };
                        unknown_key(&entry, "entra.policy", Policy::NAMES, problems);
                    }
                }
            }

            /// Sets the row that an entry of `[entra.policy]` names.
            pub fn set_entry(&mut self, entry: &Entry, problems: &mut Problems) {
                if Policy::NAMES.contains(&entry.key.as_str()) {
                    self.set(&entry.key, &entry.value, problems);
                } else {
                    unknown_key(entry, "[entra.policy]", Policy::NAMES, problems);
                }
            }

            /// The whole table with its defaults and provenance.
            pub fn rows() -> Vec<PolicyRow> {
                let default = Policy::default();
                vec![$(PolicyRow {
                    name: stringify!($name),
                    doc: concat!($($doc),+).trim_ascii_start_str(),
                    default: Choice::show(&default.$name),
                    takes: <$type as Choice>::TAKES,
                    provenance: Provenance::$provenance,
                    source: $source,
                },)+]
            }

            /// The rows that differ from their defaults.
            pub fn overridden(&self) -> Vec<Overridden> {
                let default = Policy::default();
                let mut out = Vec::new();
                $(if self.$name != default.$name {
                    out.push(Overridden {
                        name: stringify!($name),
                        value: Choice::show(&self.$name),
                        default: Choice::show(&default.$name),
                    });
                })+
                out
            }
        }
    };
}

/// A row that differs from its default; both values as they are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overridden {
    /// The policy.
    pub name: &'static str,
    /// The value in force.
    pub value: String,
    /// The default.
    pub default: String,
}

impl Overridden {
    /// Whether it is a row of the quarantine; scenarios with few users lower its thresholds.
    pub fn is_threshold(&self) -> bool {
        self.name.starts_with("quarantine_")
    }

    /// Returns the row as a scenario writes it: `name = value`.
    pub fn text(&self) -> String {
        format!("{} = {}", self.name, self.value)
    }
}

/// The rows with which the engine could do nothing, or nothing else, if they were zero.
const ABOVE_ZERO: [&str; 17] = [
    "cycle_interval",
    "initial_create_factor",
    "request_timeout",
    "concurrency",
    "retry_first",
    "retry_second",
    "retry_daily",
    "quarantine_first",
    "quarantine_second",
    "quarantine_daily",
    "members_per_patch",
    "tenant_token_lifetime",
    "on_demand_limit",
    "progress_page_size",
    "discovery_page_size",
    "log_retention",
    "log_capacity",
];

/// Whether a row can have this value; if not, reports why.
fn can_be<T: Choice>(name: &str, value: &T, node: &Node, problems: &mut Problems) -> bool {
    let possible = !value.is_zero() || !ABOVE_ZERO.contains(&name);
    if !possible {
        let what = format!("{}, above 0", T::TAKES);
        node.refused::<()>(&what, &value.show(), problems);
    }
    possible
}

impl Policy {
    /// Reports rows that contradict each other; `at` is the place of a row by its name, if it is
    /// written.
    pub fn check(&self, at: impl Fn(&str) -> Option<Span>, problems: &mut Problems) {
        let retries = [
            ("retry_first", self.retry_first),
            ("retry_second", self.retry_second),
            ("retry_daily", self.retry_daily),
        ];
        let attempts = [
            ("quarantine_first", self.quarantine_first),
            ("quarantine_second", self.quarantine_second),
            ("quarantine_daily", self.quarantine_daily),
        ];
        let objects = [
            ("initial_object_min", self.initial_object_min),
            ("initial_object_max", self.initial_object_max),
        ];
        let pairs = retries.windows(2).chain(attempts.windows(2)).chain(objects.windows(2));
        for pair in pairs {
            let [(first, least), (second, most)] = [pair[0], pair[1]];
            let Some(span) = at(second).or_else(|| at(first)).filter(|_| least > most) else {
                continue;
            };
            let (least, most) = (write_duration(least), write_duration(most));
            problems
                .error(span, format!("`{first}` is more than `{second}`"))
                .label(format!("{first} = \"{least}\", {second} = \"{most}\""))
                .help(format!("{second} = \"{least}\" or more"));
        }
    }

    /// Whether SkipOutOfScopeDeletions keeps the account of a user out of scope, who is `active` in
    /// the directory or not: blocked, or in the recycle bin.
    pub fn keeps_out_of_scope(&self, active: bool) -> bool {
        self.skip_out_of_scope_deletions && (active || self.skip_flag_covers == SkipCovers::All)
    }
}

policies! {
    /// Time from one cycle to the start of the next; `interval_mode` says whether it counts from
    /// the start or from the end of the first.
    cycle_interval: Duration = minutes(40), Documented, "scim-dev, config-portal, known-issues, golinks";
    /// From where to where the interval is measured: on a grid from start to start, or from the end
    /// of a cycle to the start of the next.
    interval_mode: IntervalMode = IntervalMode::StartToStart, Assumed, "undocumented; a cycle that overruns pushes the next to a later point of the grid";
    /// Changes of the directory that an incremental cycle reads at most; the others are left for
    /// the next cycle. 0 means without limit.
    changes_per_cycle: u64 = 5_000, Documented, "when-finish, edition of 2023: up to about 5,000 changes in one cycle; accidental";
    /// How long an initial cycle takes beside its requests: not at all, by the formula per object,
    /// or by the table of 2023.
    initial_duration_model: DurationModel = DurationModel::Off, Documented, "when-finish has the formula; off, so that stories are short, unless asked for";
    /// Shortest time that an object takes in an initial cycle, by the formula.
    initial_object_min: Duration = millis(600), Documented, "when-finish: 0.01 minutes for each user, group and membership";
    /// Longest time that an object takes in an initial cycle, by the formula.
    initial_object_max: Duration = millis(4_800), Documented, "when-finish: 0.08 minutes for each user, group and membership";
    /// How many times as long a create takes as a match in an initial cycle.
    initial_create_factor: u64 = 2, Documented, "when-finish: about twice as long when all are created";
    /// Longest wait for an answer before the call counts as timed out.
    request_timeout: Duration = secs(100), Assumed, "undocumented; the platform's usual client default";
    /// Requests a second the client sends at most; 0 means without limit.
    max_rps: u64 = 25, Assumed, "scim-dev asks targets to sustain at least 25 a second; a client cap is undocumented";
    /// Requests whose answers may be awaited at the same time.
    concurrency: u64 = 10, Assumed, "undocumented";
    /// Whether a 429 with Retry-After makes the job wait that long and repeat the request in the
    /// same cycle.
    honor_retry_after: bool = true, Observed, "Q&A 2284725 (2025); ignored in 2019, feedback item 38354572";
    /// Longest time a request waits for a throttled application inside a cycle; beyond it the
    /// object fails.
    retry_after_max: Duration = hours(1), Assumed, "undocumented";
    /// Of which content type the answer to a connection probe or test must be.
    probe_media_type: MediaType = MediaType::Scim, Documented, "scim-dev: application/scim+json; the validator refuses application/json, azure-docs issue 116775; whether every cycle looks is silent";
    /// Whether a connection probe of groups has to find none, as that of users has.
    group_probe_finds_none: bool = false, Observed, "scim-dev asks for an empty list of users; where filters on groups are ignored, groups failed and no quarantine was reported (B38)";
    /// First retry of a failed object after the one in the next cycle, counted from the cycle of
    /// the first failure.
    retry_first: Duration = hours(6), Documented, "quarantine; how-works has the next cycle before it";
    /// Second such retry, counted from the first failure.
    retry_second: Duration = hours(12), Documented, "quarantine";
    /// Third such retry, and the distance of all later ones.
    retry_daily: Duration = hours(24), Documented, "quarantine";
    /// How long after its first failure an object is given up.
    retry_until: Duration = days(28), Documented, "quarantine";
    /// What a 401 to a request about one object does: end the cycle and quarantine the job, or fail
    /// that object.
    unauthorized_mid_cycle: MidCycle = MidCycle::Quarantine, Assumed, "quarantine says invalid credentials quarantine the job; where they show is silent";
    /// What a 403 to a request about one object does: end the cycle and quarantine the job, or fail
    /// that object.
    forbidden_mid_cycle: MidCycle = MidCycle::ObjectFailure, Documented, "logs-howto lists InsufficientRights among the codes of objects: authenticated, but not authorized";
    /// Failures at which the share of failures begins to be looked at.
    quarantine_min_failures: u64 = 5_000, Documented, "quarantine";
    /// Share of failures, references left out, above which the job is quarantined.
    quarantine_ratio: f64 = 0.40, Documented, "quarantine; older editions say 0.60";
    /// Failures, references left out, above which the job is quarantined whatever their share.
    quarantine_max_failures: u64 = 40_000, Documented, "quarantine";
    /// Failures of every kind above which the job is quarantined.
    quarantine_max_total: u64 = 60_000, Documented, "quarantine";
    /// First attempt after quarantine was imposed, counted from its beginning.
    quarantine_first: Duration = hours(6), Documented, "quarantine";
    /// Second attempt, counted from the beginning of the quarantine.
    quarantine_second: Duration = hours(12), Documented, "quarantine";
    /// Third attempt, and the distance of all later ones.
    quarantine_daily: Duration = hours(24), Documented, "quarantine";
    /// Time in quarantine after which the job is disabled.
    quarantine_disable_after: Duration = days(28), Documented, "quarantine, how-works";
    /// Whether the deletion threshold is reached when the count equals it, or only above it.
    trip_on_equal: bool = true, Documented, "cloud-sync-graph: a value of 500 permits at most 499; accidental says both above and met";
    /// What the deletion threshold stages: all disables and deletions of the cycle, or only those
    /// from the threshold on.
    stage_deletes: StageDeletes = StageDeletes::All, Assumed, "accidental is silent on those counted before the threshold";
    /// What becomes of staged disables and deletions when so many of them are back in scope or
    /// done on demand that the rest is below the threshold: they wait to be allowed, or to be
    /// counted anew by a restart; or the next cycle sends them. Where the guard is switched off
    /// (`delete_threshold = false`), the next cycle sends them in either case.
    staged_left: StagedLeft = StagedLeft::Wait, Assumed, "accidental: an administrator has to allow them; of what is left of them it is silent";
    /// Whether the restart flag Full also allows staged deletions, as its name says.
    full_includes_force_deletes: bool = false, Assumed, "g:restart: Full is all options together";
    /// Whether an initial cycle that reaches a quarantine threshold drops its errors, goes on, and
    /// pauses the job when it has ended.
    initial_cycle_prune: bool = true, Documented, "g:status: escrowsPruned; quarantine does not repeat it";
    /// Whether a job that pauses after its initial cycle dropped errors sends a notification mail.
    mail_after_pruning: bool = true, Assumed, "g:status: it waits for the customer to clean up; quarantine has mails about quarantines alone";
    /// What ends a quarantine for failures: an attempt after which they are below the thresholds,
    /// or any success of an attempt.
    quarantine_exit: QuarantineExit = QuarantineExit::Thresholds, Assumed, "quarantine says any successful retry; g:quarantine judges the criteria anew, and with any success a broken job would never be given up";
    /// What happens when a linked account answers 404: the object fails with InvalidAnchor, or it
    /// is matched anew.
    on_missing_target: MissingTarget = MissingTarget::Fail, Assumed, "logs-howto documents the error, not the way out";
    /// Whether two users may be linked to one account, or the second fails with
    /// DuplicateSourceEntries.
    on_shared_target: SharedTarget = SharedTarget::FailSecond, Assumed, "known-issues documents linking both for another connector";
    /// Whether the account is read before it is disabled; if not, what is remembered of it counts.
    read_before_disable: bool = true, Observed, "records of 2022 and 2026 show import, matching, scoping for linked objects; how-works describes a read for updates";
    /// Whether the application has an inactive state; without one, accounts are deleted instead of
    /// disabled.
    soft_delete: bool = true, Documented, "how-works: without soft delete, all four triggers delete";
    /// Whether the application is asked if it has a manager already before one is written.
    check_reference: bool = true, Documented, "scim-dev: a query by id and manager; B11 looks as if it were not asked";
    /// Whether a manager travels as an object with `value` instead of as a bare string.
    reference_as_object: bool = false, Observed, "many reports of the bare string (B10); the vendor's validator sends the object";
    /// Whether a manager whom a user no longer has is taken away at the application as well, with
    /// an empty value.
    remove_manager: bool = false, Documented, "known-issues: null attributes are skipped; clear-attr: clearing is not supported outbound; the vendor's gallery test User_Update_Manager takes a manager away and wants it gone";
    /// How a row ends of which a manager or members were left out, because they are connected with
    /// no account.
    unresolved_reference: UnresolvedReference = UnresolvedReference::Skipped, Assumed, "log-analytics has the code; g:statusinfo has warning among the statuses and no case for it";
    /// Most members of a group that one PATCH adds or removes; at least 1.
    members_per_patch: u64 = 100, Assumed, "scim-dev: several memberships in one PATCH are possible; how many is silent";
    /// How a PATCH brings members to a group: `add` in batches, or `replace` with one member each,
    /// which leaves a group of one (B30).
    member_update: MemberUpdate = MemberUpdate::Add, Documented, "scim-dev shows Add; replace with one member is reported, snipe-it 19096, posthog 47336";
    /// Whether a restart removes members that left the group since the last change was read. Others
    /// that the application has in addition stay in any case: members are never read back.
    restart_removes_members: bool = true, Assumed, "Q&A 2278290 and a field guide: a restart re-adds members and leaves extra ones; whether it knows those it added itself is silent";
    /// Whether quotes and backslashes within a matching value are escaped in the filter of a
    /// lookup, as RFC 7644 wants it; if not, an application refuses the filter, and the user fails.
    filter_escapes: bool = true, Assumed, "known-issues: special characters in matching values can break the query; which ones do is silent";
    /// Of which shape an account must be that is read: what is an object in the schema must be one,
    /// such as a manager (B12, B57); or schemas, ids and booleans as well (B58); or whatever can be
    /// made sense of passes.
    answer_shape: AnswerShape = AnswerShape::Objects, Observed, "Budibase 15369 (a manager as text), snipe-it 11094; of numbers as ids the service is reported lenient, laravel-scim-server 40";
    /// What a group that shows members, although the request excludes them, does: fail with
    /// MultipleEntriesInResponse, or nothing.
    members_in_read: MembersInRead = MembersInRead::Fail, Documented, "logs-howto names it as a cause of MultipleEntriesInResponse";
    /// Whether a new group names a schema of the vendor's own beside the standard one.
    vendor_group_schema: bool = true, Documented, "scim-dev shows it; scim-compat calls it gone since December 2018, and the validator leaves it out";
    /// Whether a new group says an empty list of members (B43), or nothing about them.
    empty_members_in_create: bool = false, Observed, "scim-dev shows no members; an empty list was met by jelhub/scimgateway 116 (B43)";
    /// Whether attribute changes of a user blocked from sign-in still flow.
    update_inactive: bool = false, Assumed, "undocumented";
    /// Whether leaving the scope is kept from disabling accounts (SkipOutOfScopeDeletions).
    skip_out_of_scope_deletions: bool = false, Documented, "skip-oos: an application-level flag, off unless set";
    /// Whether a leaver is exposed as long as a session at the application is open, although the
    /// account is inactive by then; the simulator's own measure.
    exposure_counts_sessions: bool = false, Assumed, "undocumented";
    /// Whether a leaver is exposed as long as an API token of theirs at the application is good,
    /// although the account is inactive by then; the simulator's own measure.
    exposure_counts_api_tokens: bool = false, Assumed, "undocumented";
    /// Which users SkipOutOfScopeDeletions keeps: all who leave the scope, or only those who are
    /// unassigned or filtered out, so that the blocked and deleted are disabled.
    skip_flag_covers: SkipCovers = SkipCovers::All, Assumed, "skip-oos speaks of leaving the scope; the table of how-works lists blocked and deleted users with them";
    /// Whether `active` travels as the text "True"/"False" in the classic dialect's PATCH.
    bool_as_string: bool = true, Documented, "scim-compat; the developer page shows a boolean";
    /// What a user who is soft-deleted and purged between two cycles gets: a DELETE, or nothing.
    hard_delete_within_cycle: HardDelete = HardDelete::Delete, Assumed, "azure-docs issue 30269 saw nothing sent (2019)";
    /// Delay until the service sees a new or removed assignment.
    assignment_replication_delay: Duration = minutes(2), Assumed, "on-demand: up to a few minutes";
    /// Delay until a change of a user or a rule shows in the members of a dynamic group.
    dynamic_group_eval_delay: Duration = minutes(5), Assumed, "dynamic-groups says automatically; no time is promised";
    /// Time a deleted user or group stays in the recycle bin.
    soft_delete_retention: Duration = days(30), Documented, "users-restore, g:group-delete";
    /// Whether a deleted security group goes to the recycle bin, as Microsoft 365 groups do.
    security_group_soft_delete: bool = true, Documented, "g:group-delete; groups-restore of 2023 says Microsoft 365 groups alone";
    /// What a condition on an attribute without a value gives in IIF: what it says, or always the
    /// false branch.
    iif_null: NullCondition = NullCondition::Literal, Assumed, "functions lists it as unsupported, wd-guide and sf-guide use it";
    /// Whether Coalesce passes over the empty text as it passes over null.
    coalesce_skips_empty: bool = false, Documented, "functions; a sample of sf-guide treats the empty text as missing";
    /// What Mid gives when its start lies outside the text or its length is negative.
    mid_out_of_range: MidOutOfRange = MidOutOfRange::Input, Assumed, "functions is silent; cloud-sync returns the input";
    /// Whether PCase begins a word after an apostrophe when no separators are given.
    pcase_apostrophe: Apostrophe = Apostrophe::Separates, Assumed, "functions lists it among the separators; .NET title casing does not split there";
    /// Whether Split removes the blanks around each part.
    split_trims: bool = true, Observed, "functions: the published output has none; whether that was tidied is open";
    /// When Replace with a group and another attribute takes that attribute: when the source has no
    /// value, or when it has one.
    replace_fallback: ReplaceFallback = ReplaceFallback::SourceEmpty, Documented, "functions has a worked example; cloud-sync states the reverse";
    /// What SingleAppRoleAssignment does with several roles.
    several_roles: SeveralRoles = SeveralRoles::First, Documented, "customize promises no order; azure-docs issue 42487 saw it fail";
    /// What SelectUniqueValue does for this application, which is none of those it is made for.
    select_unique_value: UniqueValue = UniqueValue::Evaluate, Assumed, "functions: HR-driven provisioning to on-premises AD alone; what others get is silent";
    /// Whether an update of another attribute makes a Switch over an attribute that has not changed
    /// give null, and clears its target.
    switch_null_on_unrelated_change: bool = false, Documented, "functions lists it as a known fault and advises nested IIF; off unless asked for, and what is sent is assumed";
    /// Whether the pattern of a filter must match the whole value instead of a part of it.
    regex_anchored: bool = false, Assumed, "filters is silent; .NET's IsMatch looks anywhere";
    /// Whether new credentials can be saved on the provisioning page only after a connection test
    /// with them has passed.
    save_needs_test: bool = true, Observed, "guides for applications have Save after a test that passed; what comes without one is not documented";
    /// How long before its end an access token is renewed.
    token_renewal: Duration = minutes(1), Assumed, "scim-dev: its validity is checked before each request";
    /// Which jobs get a new access token at the start of every cycle, the old one good or not.
    new_token_each_cycle: NewToken = NewToken::Federation, Documented, "refcode-wif; scim-dev for jobs with a refresh token";
    /// Whether a 401 to an access token that was good before makes the job ask for a new one, once,
    /// before the request fails.
    token_after_401: bool = true, Assumed, "undocumented";
    /// How long the tokens are good that the tenant signs: assertions, and what travels for a blank
    /// secret.
    tenant_token_lifetime: Duration = minutes(65), Documented, "refcode-wif: about 65 minutes";
    /// How far in the past these tokens begin, for clocks that are behind.
    tenant_token_backdated: Duration = minutes(5), Assumed, "undocumented; tokens of the vendor's begin five minutes before they are issued";
    /// Longest secret token, in bytes, that can be saved; 0 means without limit.
    secret_limit: u64 = 0, Documented, "known-issues: 1 KB in one cloud; azure-docs issue 40093";
    /// Whether the audit log has a row for what an administrator's role did not allow.
    audit_denied: bool = true, Assumed, "when-finish names what is audited; of refusals it is silent";
    /// Whether the audit log has a row for what changes no configuration: a test of the
    /// connection, a run on demand, a discovery of accounts. The row says that it began, or was
    /// refused.
    audit_tries: bool = true, Assumed, "when-finish lists the activities that change something";
    /// Whether the words of a refusal give a finer code (LicenseLimitExceeded, InvalidDomain,
    /// MandatoryFieldsMissing, MissingValues, SchemaAttributeNotFound, NotPermitted, and Conflict
    /// instead of EntryConflict); if not, its status decides.
    codes_by_words: bool = false, Assumed, "logs-howto lists the codes; what makes the client give one is silent";
    /// How many runs on demand may begin within `on_demand_window`; the next is refused.
    on_demand_limit: u64 = 5, Documented, "g:pod: 5 requests per 10 seconds";
    /// The span over which runs on demand are counted.
    on_demand_window: Duration = secs(10), Documented, "g:pod";
    /// How many members of a group one run on demand takes.
    on_demand_members: u64 = 5, Documented, "on-demand, g:pod";
    /// The PATCH dialect of runs on demand: classic whatever the tenant URL says, or as it is set
    /// for the job.
    on_demand_dialect: OnDemandDialect = OnDemandDialect::Classic, Documented, "scim-compat: the flag has no effect on demand (B78)";
    /// Which scope, mappings and filters a run on demand works by while what is saved is not in
    /// force yet: those that are saved, or those of the cycles.
    on_demand_uses: OnDemandUses = OnDemandUses::Saved, Assumed, "on-demand shows the effect of what was configured; known-issues speaks of cycles alone";
    /// Whether a run on demand switches an inactive account on again; if not, it skips the user.
    on_demand_restores: bool = false, Documented, "on-demand: restoring a soft-deleted user of the target is not supported; how such a run ends is silent";
    /// Whether runs on demand are allowed while the job is in quarantine.
    on_demand_in_quarantine: bool = true, Assumed, "on-demand and quarantine are silent";
    /// Whether runs on demand are allowed while the job of an application with OAuth is started.
    on_demand_oauth_running: bool = false, Documented, "on-demand: applications with OAuth have to be stopped first";
    /// Whether an object that fails on demand is tried again by the cycles, as one of theirs is.
    on_demand_holds_failures: bool = false, Assumed, "on-demand is silent; its page shows the failure to who asked";
    /// How many accounts an account discovery asks for in one page of the application's list.
    discovery_page_size: u64 = 100, Assumed, "discovery: pages by RFC 7644, section 3.4.2.4; their size is silent";
    /// Shortest time that the report of an account discovery takes.
    discovery_time: Duration = minutes(30), Documented, "discovery: at least 30 minutes";
    /// How much longer the report takes for each account.
    discovery_account_time: Duration = millis(166), Documented, "discovery: 250,000 accounts take 12 hours or more; in proportion between the two";
    /// How many objects a page of the directory holds, in which the progress of a cycle is counted.
    progress_page_size: u64 = 100, Assumed, "when-finish and g:progress count pages; their size is silent";
    /// How long rows of the provisioning log can be read.
    log_retention: Duration = days(30), Documented, "logs-howto: 30 days with a premium licence, 7 days without";
    /// How many rows of the provisioning log are kept.
    log_capacity: u64 = 10_000, Assumed, "the vendor keeps 7 or 30 days; memory needs a count";
    /// How long a token of a delta query can be used; a later one is answered with 410.
    graph_delta_life: Duration = days(7), Documented, "g:delta: seven days for objects of the directory";
    /// How long a user or a group that was just created is not found by Graph.
    graph_replication_delay: Duration = secs(0), Assumed, "new objects take seconds to become readable in the real service; none unless asked for, because scripts then need retries";
    /// Whether the published limits of Graph are kept: five requests of a log, and five runs on
    /// demand, in ten seconds of the client's time.
    graph_throttle: bool = false, Assumed, "g:throttling-limits has the numbers; off, because a script that polls each second would meet them";
    /// Whether Graph shows a job that was paused with the schedule `Disabled`, not `Paused`.
    graph_paused_is_disabled: bool = true, Documented, "g:jobget: a sample of a paused job; the enumeration has Paused too";
    /// Whether a client that reads the status of a job, or the first page of the provisioning log,
    /// while the clock is paused moves it to the end of the next cycle, so that a script that polls
    /// needs no real time.
    graph_poll_advances: bool = false, Assumed, "a knob of the simulation";
    /// How long before a sign-in its Response is good already.
    sso_window_before: Duration = minutes(5), Observed, "five published Responses of four tenants, 2021 to 2025; saml-protocol says not at all";
    /// How long after a sign-in its Response is good.
    sso_window_after: Duration = minutes(60), Observed, "five published Responses of four tenants, 2021 to 2025; saml-protocol says 70 minutes";
    /// How long before a Response is made the instant lies from which its window is counted.
    sso_issue_delay: Duration = millis(90), Observed, "five published Responses: about a tenth of a second";
    /// Whether an identifier that is no URI is prefixed by `spn:` in the Audience.
    sso_spn_prefix: bool = false, Assumed, "saml-protocol says so; off, because GoLinks' own identifier is no URI and its service provider would refuse it";
    /// Whether a name of the format unspecified is the readable one, and not one for this
    /// application alone.
    sso_unspecified_is_readable: bool = true, Observed, "a published Response; saml-protocol says a pairwise one";
    /// Groups in a Response at most; with more it only says where they can be read.
    sso_groups_max: u64 = 150, Documented, "saml-groups";
    /// Whether the service switches by itself to another certificate when the active one has
    /// expired.
    sso_expired_certificate_switches: bool = true, Documented, "saml-certificates";
}

/// The minutes of an initial cycle by the table of 2023, in proportion between its bounds
/// [when-finish]. It has no rows below 1,000 and beyond 100,000 objects for all scopes; there the
/// nearest row goes on.
pub fn historic_minutes(objects: u64, all: bool) -> f64 {
    let rows: &[(f64, f64)] = match all {
        true => &[
            (0.0, 0.0),
            (999.0, 30.0),
            (1_000.0, 43.0),
            (10_000.0, 86.0),
            (10_001.0, 713.0),
            (100_000.0, 1_425.0),
        ],
        false => &[
            (0.0, 0.0),
            (999.0, 30.0),
            (1_000.0, 142.0),
            (10_000.0, 708.0),
            (10_001.0, 1_170.0),
            (100_000.0, 2_340.0),
        ],
    };
    let objects = objects as f64;
    let upper =
        rows.iter().position(|(bound, _)| *bound >= objects).unwrap_or(rows.len() - 1).max(1);
    let ((from, least), (to, most)) = (rows[upper - 1], rows[upper]);
    least + (most - least) * (objects - from) / (to - from)
}

/// The leading blank of a doc comment, taken off.
trait TrimDoc {
    fn trim_ascii_start_str(&self) -> &str;
}

impl TrimDoc for str {
    fn trim_ascii_start_str(&self) -> &str {
        self.trim_start()
    }
}

const fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn minutes(n: u64) -> Duration {
    secs(n * 60)
}

const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

const fn days(n: u64) -> Duration {
    hours(n * 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Kind;

    #[test]
    fn every_row_reads_back_what_it_shows() {
        for row in Policy::rows() {
            assert!(!row.doc.is_empty() && row.doc.ends_with('.'), "{}", row.name);
            assert!(!row.source.is_empty(), "{}", row.name);
            let text = row.default.trim_matches('"');
            let kind =
                match (row.default.starts_with('"'), text.parse::<i64>(), text.parse::<f64>()) {
                    (true, ..) => Kind::Text(text.to_owned()),
                    (_, Ok(n), _) => Kind::Integer(n),
                    (_, _, Ok(n)) => Kind::Float(n),
                    _ => Kind::Bool(text == "true"),
                };
            let mut policy = Policy::default();
            let mut problems = Problems::default();
            policy.set(row.name, &Node::bare(kind), &mut problems);
            assert!(!problems.has_errors(), "{}: {:?}", row.name, problems.list());
            assert_eq!(policy, Policy::default(), "{}", row.name);
        }
    }

    #[test]
    fn an_override_is_shown_and_a_typo_is_answered() {
        let mut policy = Policy::default();
        let mut problems = Problems::default();
        policy.set("quarantine_min_failures", &Node::bare(Kind::Integer(5)), &mut problems);
        let overridden: Vec<String> = policy.overridden().iter().map(Overridden::text).collect();
        assert_eq!(overridden, ["quarantine_min_failures = 5"]);
        policy.set("quarantine_min_failure", &Node::bare(Kind::Integer(5)), &mut problems);
        assert_eq!(problems.list()[0].help, "did you mean `quarantine_min_failures`?");
    }
}
