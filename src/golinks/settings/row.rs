//! The shared parts of all tables of settings: rows, and how a key is found and its value read.

use crate::base::diagnostic::did_you_mean;
use crate::base::node::unknown_key;
use crate::base::time::parse_duration;
use crate::base::{Kind, Node, ProblemKind, Problems};

/// A key, for suggestions, `explain` and the reference.
#[derive(Clone, Copy, Debug)]
pub struct SettingRow {
    /// The path below `golinks`, such as `rate_limit.rps`.
    pub name: &'static str,
    /// Its default, as an author would write it.
    pub default: &'static str,
    /// What it decides: the lines of its doc comment.
    pub(super) lines: &'static [&'static str],
}

impl SettingRow {
    /// Returns what the key decides: a summary, and details below it, which follow an empty line in
    /// the source.
    pub fn doc(&self) -> String {
        let mut doc = String::new();
        for line in self.lines {
            match line.trim() {
                "" => doc.push('\n'),
                text if doc.is_empty() || doc.ends_with('\n') => doc.push_str(text),
                text => doc.extend([" ", text]),
            }
        }
        doc
    }

    /// The last part of the key.
    pub(super) fn key(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
}

/// The path of a key below `golinks`, and how many of its parts have led to a table so far.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) depth: usize,
}

impl<'a> Key<'a> {
    /// Returns the next part, and the key advanced by one part.
    pub(super) fn next(self) -> Option<(&'a str, Key<'a>)> {
        let part = self.path.get(self.depth)?;
        Some((part, Key { depth: self.depth + 1, ..self }))
    }

    /// Names the table that the key has reached, for a message.
    fn table(self) -> String {
        let above = self.path[..self.depth].iter().map(|part| format!(".{part}"));
        format!("`golinks{}`", above.collect::<String>())
    }

    /// Reports that there is no such key.
    pub(super) fn unknown(self, rows: &[SettingRow], value: &Node, problems: &mut Problems) {
        let key = self.path.join(".");
        problems
            .error(value.span, format!("unknown setting `{key}` of golinks"))
            .kind(ProblemKind::UnknownKey)
            .help(did_you_mean(&key, rows.iter().map(|row| row.name)));
    }

    /// Reads a table entry by entry, each with `set`.
    pub(super) fn each_entry(
        self,
        rows: &[SettingRow],
        value: &Node,
        problems: &mut Problems,
        mut set: impl FnMut(Key<'_>, &Node, &mut Problems),
    ) {
        let known: Vec<&str> = rows.iter().map(SettingRow::key).collect();
        for entry in value.as_table(problems).unwrap_or_default() {
            if !known.contains(&entry.key.as_str()) {
                unknown_key(entry, &self.table(), &known, problems);
                continue;
            }
            let mut path = self.path[..self.depth].to_vec();
            path.push(&entry.key);
            set(Key { path: &path, depth: self.depth }, &entry.value, problems);
        }
    }
}

/// A setting: one value, or a nested table.
pub(super) trait Setting {
    /// Reads the value an author wrote for a key; nothing changes when there is a problem.
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems);

    /// The rows below it, when it is a table.
    fn rows_below() -> Vec<SettingRow> {
        Vec::new()
    }
}

/// A setting with a single value.
pub(super) trait Parse: Sized {
    /// Reads it, or reports what was expected.
    fn parse(value: &Node, problems: &mut Problems) -> Option<Self>;
}

/// The keys whose value cannot be nothing: with no count, no time or no text the server could not
/// take a single request.
const NEVER_NOTHING: [&str; 9] = [
    "basic.user",
    "body_limit",
    "bulk_operations",
    "limits.user_name",
    "oauth.client_id",
    "oauth.client_secret",
    "oauth.expires",
    "sso.entity_id",
    "sso.session_lifetime",
];

/// Whether a value is 0, no time, or an empty text; and what it should be instead.
fn is_nothing(value: &Node) -> Option<(&'static str, &'static str)> {
    match &value.kind {
        Kind::Integer(0) => Some(("a whole number of at least 1", "0")),
        Kind::Text(text) if text.trim().is_empty() => Some(("a text", "an empty one")),
        Kind::Text(text) if parse_duration(text).is_ok_and(|span| span.is_zero()) => {
            Some(("a duration above 0", "no time"))
        }
        _ => None,
    }
}

impl<T: Parse> Setting for T {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        match key.next() {
            Some(_) => key.unknown(&[], value, problems),
            None if NEVER_NOTHING.contains(&key.path.join(".").as_str())
                && let Some((what, shown)) = is_nothing(value) =>
            {
                value.refused(what, shown, problems).unwrap_or_default()
            }
            None => {
                if let Some(parsed) = T::parse(value, problems) {
                    *self = parsed;
                }
            }
        }
    }
}

/// A table of settings: a row is what it decides, its field, type, default, key, and the default as
/// an author would write it.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        pub struct $Table:ident;
        $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr, $key:literal = $written:literal;)+
    ) => {
        $(#[$meta])*
        pub struct $Table { $($(#[doc = $doc])+ pub $field: $type,)+ }

        impl Default for $Table {
            fn default() -> $Table {
                $Table { $($field: $default,)+ }
            }
        }

        impl $Table {
            /// The rows of this table, without those of the tables in it.
            pub(super) const ROWS: &'static [$crate::golinks::settings::row::SettingRow] =
                &[$($crate::golinks::settings::row::SettingRow {
                    name: $key,
                    default: $written,
                    lines: &[$($doc),+],
                }),+];

            /// The keys of this table that say something else than their defaults.
            pub fn chosen(&self) -> Vec<&'static str> {
                self.changed_since(&$Table::default())
                    .map($crate::golinks::settings::row::SettingRow::key)
                    .collect()
            }

            /// The rows of this table that say something else than `before`.
            pub(super) fn changed_since(
                &self,
                before: &$Table,
            ) -> impl Iterator<Item = &'static $crate::golinks::settings::row::SettingRow> + use<> {
                let changed = [$(self.$field != before.$field),+];
                Self::ROWS.iter().zip(changed).filter(|(_, changed)| *changed).map(|(row, _)| row)
            }
        }

        impl $crate::golinks::settings::row::Setting for $Table {
            fn set(
                &mut self,
                key: $crate::golinks::settings::row::Key<'_>,
                value: &$crate::base::Node,
                problems: &mut $crate::base::Problems,
            ) {
                let Some((name, below)) = key.next() else {
                    return key.each_entry(Self::ROWS, value, problems, |key, value, problems| {
                        $crate::golinks::settings::row::Setting::set(self, key, value, problems);
                    });
                };
                let mut rows = Self::ROWS.iter();
                $(if rows.next().is_some_and(|row| row.key() == name) {
                    return self.$field.set(below, value, problems);
                })+
                key.unknown(&Self::rows_below(), value, problems);
            }

            fn rows_below() -> Vec<$crate::golinks::settings::row::SettingRow> {
                let mut rows = Self::ROWS.iter().copied();
                let mut all = Vec::new();
                $(all.extend(rows.next());
                all.extend(<$type as $crate::golinks::settings::row::Setting>::rows_below());)+
                all
            }
        }
    };
}

pub(super) use settings;
