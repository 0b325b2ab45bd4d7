//! The setting of the guard against accidental deletions: a check box and a number, as in the
//! vendor's `SyncNotificationSettings` [accidental, cloud-sync-graph].

use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// `DeleteThresholdEnabled` and `DeleteThresholdValue`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeleteThreshold {
    /// Whether the box is checked.
    pub enabled: bool,
    /// How many disables and deletions in one cycle reach the threshold.
    pub value: u64,
}

impl Default for DeleteThreshold {
    /// Off [accidental], with the vendor's sample value [config-api].
    fn default() -> DeleteThreshold {
        DeleteThreshold { enabled: false, value: 500 }
    }
}

impl DeleteThreshold {
    const NAMES: [&'static str; 2] = ["enabled", "value"];

    /// The threshold; `None` while the box is not checked.
    pub fn in_force(self) -> Option<u64> {
        self.enabled.then_some(self.value)
    }

    /// Changes the setting to what an author wrote: a number checks the box too.
    pub(super) fn set(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        match (path, &node.kind) {
            ([], Kind::Bool(enabled)) => self.enabled = *enabled,
            ([], Kind::Table(entries)) => {
                for entry in entries {
                    match entry.key.as_str() {
                        key @ ("enabled" | "value") => self.set(&[key], &entry.value, problems),
                        _ => {
                            unknown_key(entry, "entra.delete_threshold", &Self::NAMES, problems);
                        }
                    }
                }
            }
            ([], Kind::Text(share)) if share.ends_with('%') => {
                let like = "a number of accounts, and no share of them: 10";
                node.expected_like::<()>("a whole number", like, problems);
            }
            ([], _) => {
                if let Some(value) = node.as_count(problems) {
                    *self = DeleteThreshold { enabled: true, value };
                }
            }
            (["value"], _) => self.value = node.as_count(problems).unwrap_or(self.value),
            (["enabled"], _) => self.enabled = node.as_bool(problems).unwrap_or(self.enabled),
            (other, _) => {
                let message = format!("unknown key `entra.delete_threshold.{}`", other.join("."));
                problems.error(node.span, message).help("write `enabled` or `value`");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_checks_the_box_and_the_box_keeps_the_number() {
        let mut threshold = DeleteThreshold::default();
        let mut problems = Problems::default();
        let mut set = |path: &[&str], kind| {
            threshold.set(path, &Node::bare(kind), &mut problems);
            threshold.in_force()
        };
        assert_eq!(set(&[], Kind::Bool(true)), Some(500));
        assert_eq!(set(&[], Kind::Integer(10)), Some(10));
        assert_eq!(set(&["enabled"], Kind::Bool(false)), None);
        assert_eq!(set(&["value"], Kind::Integer(20)), None);
        assert_eq!(set(&[], Kind::Bool(true)), Some(20));
        assert_eq!(set(&[], Kind::Text("many".to_owned())), Some(20));
        assert!(problems.has_errors());
    }
}
