//! One check: what it sends, what is right, whose word that is, and how grave it is when it fails.

use super::finding::NotPassed;
use super::session::Session;

/// How grave a failure is for a job that provisions into the server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Entra does not use it.
    Info,
    /// It is optional or recommended.
    Warn,
    /// The object fails.
    Fail,
    /// Wrong data, wrong access, or silence about either.
    Harm,
    /// The job cannot run, or is quarantined.
    Block,
}

impl Severity {
    /// The words of the command line, least grave first.
    pub const WORDS: [(&'static str, Severity); 5] = [
        ("info", Severity::Info),
        ("warn", Severity::Warn),
        ("fail", Severity::Fail),
        ("harm", Severity::Harm),
        ("block", Severity::Block),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Severity::WORDS[self as usize].0
    }

    /// What it means for whoever runs the server.
    pub fn means(self) -> &'static str {
        match self {
            Severity::Info => "Entra does not use it",
            Severity::Warn => "optional or recommended",
            Severity::Fail => "the object fails in every cycle",
            Severity::Harm => "wrong data or wrong access, often without an error",
            Severity::Block => "the job cannot run, or is quarantined",
        }
    }
}

/// What a check needs, beyond a server that answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// That groups are to be provisioned.
    Groups,
    /// A bearer token, so that a wrong one can be tried.
    Token,
    /// A token endpoint.
    TokenEndpoint,
    /// A token endpoint that takes a secret.
    ClientSecret,
    /// A token endpoint that takes an assertion of the tenant.
    Federation,
}

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Its name, such as `find.case`; the part before the dot is its topic.
    pub id: &'static str,
    /// How grave a failure is.
    pub severity: Severity,
    /// What it needs.
    pub needs: Needs,
    /// Whether nothing after it means anything when it fails.
    pub ends_all: bool,
    /// The checks whose failure has the same cause, so that a cause is named once.
    pub after: &'static [&'static str],
    /// What is sent, in words.
    pub sends: &'static str,
    /// What is right.
    pub right: &'static str,
    /// Whose word that is: the vendor's pages, RFC sections, bug numbers.
    pub sources: &'static str,
    /// What Entra makes of a failure, in the words of the portal.
    pub portal: &'static str,
    /// The check itself.
    pub run: fn(&mut Session<'_>) -> Result<(), NotPassed>,
}

impl Check {
    /// The part of the name before the dot.
    pub fn topic(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}

/// Writes a table of checks: id, severity, what they need, sentences, function.
macro_rules! checks {
    ($($id:literal $severity:ident $needs:ident $run:ident {
        sends: $sends:literal, right: $right:literal, sources: $sources:literal, portal: $portal:literal $(, ends_all: $ends:literal)? $(, after: $($after:literal)|+)? $(,)?
    })+) => {
        /// The checks of this topic, in the order in which they run.
        pub const CHECKS: &[crate::verify::Check] = &[$(crate::verify::Check {
            id: $id,
            severity: crate::verify::Severity::$severity,
            needs: crate::verify::Needs::$needs,
            ends_all: false $(|| $ends)?,
            after: &[$($($after),+)?],
            sends: $sends,
            right: $right,
            sources: $sources,
            portal: $portal,
            run: $run,
        }),+];
    };
}
pub(super) use checks;
