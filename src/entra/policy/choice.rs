//! The kinds of values that policies take: the words of each choice, and how a value is read and
//! shown.

use std::time::Duration;

use crate::base::time::write_duration;
use crate::base::{Kind, Node, Problems};

/// A value that a policy row can have.
pub(super) trait Choice: Sized + PartialEq {
    const TAKES: &'static str;
    fn read(node: &Node, problems: &mut Problems) -> Option<Self>;
    fn show(&self) -> String;
    /// Whether it is the number 0 or no time at all.
    fn is_zero(&self) -> bool {
        false
    }
}

/// How members come to a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberUpdate {
    /// They are added, several in a request.
    Add,
    /// Each is sent as the new list of members.
    ReplaceSingle,
}

/// What members in the answer to a read do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MembersInRead {
    /// The group fails.
    Fail,
    /// Nothing.
    Ignore,
}

/// Of which shape an account must be that is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnswerShape {
    /// Whatever can be made sense of passes.
    Lenient,
    /// What is an object in the schema must be one.
    Objects,
    /// Schemas, ids and booleans must be as declared, too.
    Strict,
}

/// Which content types pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MediaType {
    /// `application/scim+json` alone.
    Scim,
    /// `application/json` as well.
    Json,
    /// Whatever it says, or nothing.
    Any,
}

/// Which jobs get a new access token at the start of every cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewToken {
    /// All that ask a token endpoint.
    Always,
    /// Those with workload identity federation.
    Federation,
    /// None: each keeps its token until shortly before its end.
    Never,
}

/// What a refusal in the middle of a cycle does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MidCycle {
    /// The cycle ends as failed and the job is quarantined.
    Quarantine,
    /// Only that object fails.
    ObjectFailure,
}

/// What happens when a linked account is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MissingTarget {
    /// The object fails with InvalidAnchor and is retried.
    Fail,
    /// The link is dropped and the object is matched anew.
    Rematch,
}

/// From where to where the interval is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntervalMode {
    /// From the start of a cycle to the start of the next, on a grid.
    StartToStart,
    /// From the end of a cycle to the start of the next.
    EndToStart,
}

/// How long an initial cycle takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DurationModel {
    /// As long as its requests.
    Off,
    /// The formula of the vendor's page: minutes for each object.
    PerObject,
    /// The table of an edition of 2023.
    Historic,
}

/// What ends a quarantine for failures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuarantineExit {
    /// An attempt after which the failures are below the thresholds.
    Thresholds,
    /// Any success of an attempt.
    AnySuccess,
}

/// How a row ends of which references were left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnresolvedReference {
    /// Skipped.
    Skipped,
    /// Warning.
    Warning,
}

/// Which users SkipOutOfScopeDeletions keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkipCovers {
    /// All who are out of scope, but those deleted for good.
    All,
    /// Those who are unassigned or filtered out; blocked and deleted users are disabled.
    ScopeOnly,
}

/// What the deletion threshold stages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StageDeletes {
    /// All disables and deletions of a cycle that reaches it.
    All,
    /// Those from the threshold on; those before it are sent.
    Overflow,
}

/// What becomes of staged deletions of which so many are dealt with that the rest is below the
/// threshold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StagedLeft {
    /// They wait to be allowed, or to be counted anew by a restart.
    Wait,
    /// The next cycle sends them.
    Send,
}

/// What happens when two users match one account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SharedTarget {
    /// Both are linked to it.
    LinkBoth,
    /// The second fails with DuplicateSourceEntries.
    FailSecond,
}

/// What a hard delete inside one interval does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HardDelete {
    /// The account is deleted.
    Delete,
    /// Nothing is sent.
    Drop,
}

/// What a condition on an attribute without a value gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NullCondition {
    /// What it says, null being the empty text.
    Literal,
    /// The false branch, whatever it asks.
    FalseBranch,
}

/// What Mid gives outside the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MidOutOfRange {
    /// The whole text.
    Input,
    /// The empty text.
    Empty,
}

/// What an apostrophe is to PCase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Apostrophe {
    /// A separator: `O'Neil`, and `St John'S`.
    Separates,
    /// Part of the word: `O'neil`, and `St John's`.
    Belongs,
}

/// When Replace takes its other attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplaceFallback {
    /// When the source has no value.
    SourceEmpty,
    /// When the source has one.
    SourcePresent,
}

/// What becomes of several app roles where one is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeveralRoles {
    /// The first is taken.
    First,
    /// The evaluation fails.
    Fail,
}

/// What becomes of SelectUniqueValue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UniqueValue {
    /// It is evaluated.
    Evaluate,
    /// It fails.
    Refuse,
}

/// How runs on demand write PATCH bodies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDemandDialect {
    /// In the classic dialect.
    Classic,
    /// In the dialect that is set for the job.
    AsSet,
}

/// Which scope, mappings and filters runs on demand work by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDemandUses {
    /// By those that are saved.
    Saved,
    /// By those in force, as the cycles do.
    InForce,
}

macro_rules! words {
    ($type:ident, $takes:literal: $($word:literal => $value:ident),+) => {
        impl Choice for $type {
            const TAKES: &'static str = $takes;
            fn read(node: &Node, problems: &mut Problems) -> Option<$type> {
                node.as_word(&[$(($word, $type::$value)),+], problems)
            }
            fn show(&self) -> String {
                match self { $($type::$value => concat!("\"", $word, "\"").to_owned()),+ }
            }
        }
    };
}

words!(AnswerShape, "\"objects\", \"strict\" or \"lenient\"": "objects" => Objects, "strict" => Strict, "lenient" => Lenient);
words!(MediaType, "\"scim\", \"json\" or \"any\"": "scim" => Scim, "json" => Json, "any" => Any);
words!(NewToken, "\"federation\", \"always\" or \"never\"": "federation" => Federation, "always" => Always, "never" => Never);
words!(MidCycle, "\"quarantine\" or \"object_failure\"": "quarantine" => Quarantine, "object_failure" => ObjectFailure);
words!(MissingTarget, "\"fail\" or \"rematch\"": "fail" => Fail, "rematch" => Rematch);
words!(SharedTarget, "\"link_both\" or \"fail_second\"": "link_both" => LinkBoth, "fail_second" => FailSecond);
words!(MemberUpdate, "\"add\" or \"replace_single\"": "add" => Add, "replace_single" => ReplaceSingle);
words!(MembersInRead, "\"fail\" or \"ignore\"": "fail" => Fail, "ignore" => Ignore);
words!(IntervalMode, "\"start_to_start\" or \"end_to_start\"": "start_to_start" => StartToStart, "end_to_start" => EndToStart);
words!(DurationModel, "\"off\", \"per_object\" or \"historic\"": "off" => Off, "per_object" => PerObject, "historic" => Historic);
words!(QuarantineExit, "\"thresholds\" or \"any_success\"": "thresholds" => Thresholds, "any_success" => AnySuccess);
words!(SkipCovers, "\"all\" or \"scope_only\"": "all" => All, "scope_only" => ScopeOnly);
words!(StageDeletes, "\"all\" or \"overflow\"": "all" => All, "overflow" => Overflow);
words!(StagedLeft, "\"wait\" or \"send\"": "wait" => Wait, "send" => Send);
words!(HardDelete, "\"delete\" or \"drop\"": "delete" => Delete, "drop" => Drop);

words!(OnDemandDialect, "\"classic\" or \"as_set\"": "classic" => Classic, "as_set" => AsSet);
words!(OnDemandUses, "\"saved\" or \"in_force\"": "saved" => Saved, "in_force" => InForce);
words!(NullCondition, "\"literal\" or \"false_branch\"": "literal" => Literal, "false_branch" => FalseBranch);
words!(MidOutOfRange, "\"input\" or \"empty\"": "input" => Input, "empty" => Empty);
words!(Apostrophe, "\"separates\" or \"belongs\"": "separates" => Separates, "belongs" => Belongs);
words!(ReplaceFallback, "\"source_empty\" or \"source_present\"": "source_empty" => SourceEmpty, "source_present" => SourcePresent);
words!(SeveralRoles, "\"first\" or \"fail\"": "first" => First, "fail" => Fail);
words!(UnresolvedReference, "\"skipped\" or \"warning\"": "skipped" => Skipped, "warning" => Warning);
words!(UniqueValue, "\"evaluate\" or \"refuse\"": "evaluate" => Evaluate, "refuse" => Refuse);

impl Choice for Duration {
    const TAKES: &'static str = "a duration such as \"40m\"";
    fn read(node: &Node, problems: &mut Problems) -> Option<Duration> {
        node.as_duration(problems)
    }
    fn show(&self) -> String {
        format!("\"{}\"", write_duration(*self))
    }
    fn is_zero(&self) -> bool {
        Duration::is_zero(self)
    }
}

impl Choice for u64 {
    const TAKES: &'static str = "a whole number";
    fn read(node: &Node, problems: &mut Problems) -> Option<u64> {
        node.as_count(problems)
    }
    fn show(&self) -> String {
        self.to_string()
    }
    fn is_zero(&self) -> bool {
        *self == 0
    }
}

impl Choice for f64 {
    const TAKES: &'static str = "a number from 0 to 1";
    fn read(node: &Node, problems: &mut Problems) -> Option<f64> {
        match node.as_number(problems)? {
            value if (0.0..=1.0).contains(&value) => Some(value),
            value => node.refused("a number from 0 to 1", &value.to_string(), problems),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Choice for bool {
    const TAKES: &'static str = "true or false";
    fn read(node: &Node, problems: &mut Problems) -> Option<bool> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            _ => node.as_bool(problems),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}
