//! One check: what it sends, what is right, whose word that is, and how grave it is when it fails.

use super::finding::NotPassed;
use super::session::Session;
use crate::scenario::bugs;

/// How grave a failure is for a job that provisions into the server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Entra does not use it.
    Info,
    /// It is optional or recommended.
    Warn,
    /// An operation fails, and the log says so, or a test of the vendor's does.
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
            Severity::Fail => "an operation fails, or a test of the vendor's",
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

/// A failure that the server answered with success.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// How grave it is.
    pub severity: Severity,
    /// What Entra makes of it, in the words of the portal.
    pub portal: &'static str,
}

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Its name, such as `find.case`; the part before the dot is its topic.
    pub id: &'static str,
    /// How grave a failure is, unless `accepted` says otherwise.
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
    /// The same, and how grave it is, when the server answered the change with success: then Entra
    /// sees no failure.
    pub accepted: Option<Accepted>,
    /// The check itself.
    pub run: fn(&mut Session<'_>) -> Result<(), NotPassed>,
}

impl Check {
    /// The part of the name before the dot.
    pub fn topic(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }

    /// Whose word it is, for readers who do not know the tags.
    pub fn whose_word(&self) -> String {
        let shown = |tag: &str| match tag {
            "scim-dev" => "Microsoft's page for developers of SCIM endpoints".to_owned(),
            "scim-compat" => "Microsoft's page on the flag of the compliant dialect".to_owned(),
            "how-works" => "Microsoft's page on how provisioning works".to_owned(),
            "known-issues" => "Microsoft's page on known issues".to_owned(),
            "refcode-wif" => "Microsoft's guide to federated credentials".to_owned(),
            "Okta SPEC" => "Okta's SPEC test".to_owned(),
            "validator" => "Microsoft's SCIM Validator".to_owned(),
            "validator (preview)" => "Microsoft's SCIM Validator (preview)".to_owned(),
            "gallery requirements" => "Microsoft's requirements of the gallery".to_owned(),
            tag if tag.starts_with("direct test ") => {
                tag.replacen("direct", "Microsoft's gallery validation,", 1)
            }
            tag if tag.starts_with("gallery test ") => {
                tag.replacen("gallery test", "Microsoft's gallery validation,", 1)
            }
            tag => match bugs::find(tag) {
                Some(bug) => format!("reported as {tag} ({})", bug.title),
                None => tag.to_owned(),
            },
        };
        self.sources.split(", ").map(shown).collect::<Vec<_>>().join("; ")
    }

    /// How grave the gravest failure is.
    pub fn gravest(&self) -> Severity {
        self.accepted.map_or(self.severity, |accepted| accepted.severity.max(self.severity))
    }
}

/// What a row of the table says of a change that was answered with success; nothing in most.
pub(super) const fn accepted(said: &[Accepted]) -> Option<Accepted> {
    match said {
        [said, ..] => Some(*said),
        [] => None,
    }
}

/// Writes a table of checks: id, severity, what they need, sentences, function.
macro_rules! checks {
    ($($id:literal $severity:ident $needs:ident $run:ident {
        sends: $sends:literal, right: $right:literal, sources: $sources:literal, portal: $portal:literal $(, accepted: $graver:ident $accepted:literal)? $(, ends_all: $ends:literal)? $(, after: $($after:literal)|+)? $(,)?
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
            accepted: crate::verify::check::accepted(&[$(crate::verify::check::Accepted {
                severity: crate::verify::Severity::$graver,
                portal: $accepted,
            })?]),
            run: $run,
        }),+];
    };
}
pub(super) use checks;

#[cfg(test)]
mod tests {
    use crate::verify::checks;

    #[test]
    fn sources_are_told_in_words() {
        let words = |id| checks::named(id).expect("a check").whose_word();
        let page = "Microsoft's page for developers of SCIM endpoints";
        assert_eq!(
            words("mgr.bare"),
            format!(
                "{page}; Microsoft's gallery validation, test 25; reported as B10 (The manager is a \
                 bare string)"
            )
        );
        let known = ["Microsoft's ", "RFC ", "Okta's ", "scim2-tester", "reported as B"];
        for check in checks::all() {
            let said = check.whose_word();
            let is_told = |one: &str| known.iter().any(|begins| one.starts_with(begins));
            assert!(said.split("; ").all(is_told), "{}: {said}", check.id);
        }
    }
}
