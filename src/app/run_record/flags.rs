//! The flags of `run` that ask for its record and for reports, and the folders they are written to.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The record of a run, and the reports made of it.
#[derive(Args, Clone, Debug, Default)]
pub struct EvidenceFlags {
    /// Record the run in this folder: `run.jsonl`, of which `report` makes every other form.
    /// Several runs get a folder each in it
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Make these reports of the record too, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORM", requires = "out")]
    pub report: Vec<RunForm>,
}

/// A form in which a run is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum RunForm {
    /// One page without network: story, verdict, both worlds at any moment, log, exchanges.
    Html,
    /// A test suite for CI: a case for each expectation.
    Junit,
    /// The exchanges as an HTTP archive.
    Har,
    /// The provisioning log as the portal exports it: three files.
    Csv,
    /// A summary for a ticket.
    Md,
    /// The verdict for programs.
    Json,
}

impl EvidenceFlags {
    /// The folder of each run, by the names of their scenarios; `None` for all unless `--out` says
    /// where.
    pub fn folders(&self, names: &[Option<String>]) -> Vec<Option<PathBuf>> {
        let Some(out) = &self.out else { return vec![None; names.len()] };
        if names.len() == 1 {
            return vec![Some(out.clone())];
        }
        let mut taken = BTreeSet::new();
        let mut folder = |name: &str| {
            let name: String = name
                .replace(", cell ", "-")
                .chars()
                .map(|c| if "/\\:".contains(c) { '-' } else { c })
                .collect();
            let numbered = (2..).map(|nth| format!("{name}-{nth}"));
            let mut free = std::iter::once(name.clone()).chain(numbered);
            free.find(|name| taken.insert(name.clone())).map(|name| out.join(name))
        };
        names.iter().map(|name| folder(name.as_deref()?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_runs_have_a_folder_each_and_one_has_none_of_its_own() {
        let flags = EvidenceFlags { out: Some("out".into()), report: Vec::new() };
        let folders = |names: &[Option<&str>]| {
            let names: Vec<Option<String>> = names.iter().map(|it| it.map(str::to_owned)).collect();
            let names = names.as_slice();
            let shown = |path: Option<PathBuf>| path.map(|path| path.display().to_string());
            flags.folders(names).into_iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(folders(&[Some("a")]), [Some("out".to_owned())]);
        let three = folders(&[Some("a/b"), None, Some("a/b")]);
        assert_eq!(three, [Some("out/a-b".to_owned()), None, Some("out/a-b-2".to_owned())]);
        assert_eq!(EvidenceFlags::default().folders(&[Some("a".to_owned())]), [None]);
    }
}
