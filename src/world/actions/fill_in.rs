//! `fill_in`: fields of the provisioning page.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::entra;
use crate::entra::admin::UNCONFIGURED;
use crate::entra::job::FORM_KEYS;

/// The field that is no setting: whether Save starts or stops provisioning.
const STATUS: &str = "status";

const ON_OR_OFF: [(&str, bool); 2] = [("On", true), ("Off", false)];

/// How it is written.
pub const VERB: Verb = Verb {
    name: "fill_in",
    doc: "Fills in fields of the provisioning page, without saving: `mode`, `tenant_url`, `auth`, `secret`, `oauth`, `notify`, \
          `notify_failures`, `delete_threshold`, `scope` as in `[entra]`, and `status` (\"On\" or \"Off\").\n`test_connection` \
          tests what was filled in, and `save` lets it take effect. It takes a role and leaves no row in the audit log: nothing leaves the page.",
    example: "{ fill_in = { mode = \"automatic\", secret = \"fresh\", status = \"On\" } }",
    read: |node, problems| FillIn::read(node, problems).map(Action::FillIn),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct FillIn {
    /// The fields as they were written.
    written: Node,
}

impl FillIn {
    /// Reads the fields, and tries them on a copy of the settings, so that a typo is found before
    /// the run.
    fn read(node: &Node, problems: &mut Problems) -> Option<FillIn> {
        let before = problems.errors();
        let mut settings = entra::Settings::default();
        for entry in node.as_table(problems)? {
            match entry.key.as_str() {
                STATUS => {
                    status(entry, problems);
                }
                // The page has no such choice.
                "mode" if matches!(&entry.value.kind, Kind::Text(word) if word == UNCONFIGURED) => {
                    entry
                        .value
                        .expected("\"automatic\" or \"manual\"", problems)
                        .unwrap_or_default()
                }
                key if FORM_KEYS.contains(&key) => settings.set(&[key], &entry.value, problems),
                _ => {
                    let known: Vec<&str> = FORM_KEYS.into_iter().chain([STATUS]).collect();
                    unknown_key(entry, "the provisioning page", &known, problems);
                }
            }
        }
        if node.entries().is_empty() {
            return node.expected_like("a field", "such as { secret = \"fresh\" }", problems);
        }
        (problems.errors() == before).then(|| FillIn { written: node.clone() })
    }
}

fn status(entry: &Entry, problems: &mut Problems) -> Option<bool> {
    entry.value.as_word(&ON_OR_OFF, problems)
}

/// The fields that are settings.
fn fields(written: &Node) -> impl Iterator<Item = &Entry> {
    written.entries().iter().filter(|entry| entry.key != STATUS)
}

impl Act for FillIn {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let mut problems = Problems::default();
        context.job(|job, _| {
            if !job.may_fill_in(fields(&self.written), &mut problems) {
                return;
            }
            for entry in self.written.entries() {
                match entry.key.as_str() {
                    STATUS => {
                        if let Some(on) = status(entry, &mut problems) {
                            job.fill_in_status(on);
                        }
                    }
                    key => job.fill_in(key, &entry.value, &mut problems),
                }
            }
        })?;
        if problems.has_errors() { Err(problems.into()) } else { Ok(()) }
    }
}
