//! The app roles that a scenario declares and those that it assigns: the directory assigns only
//! what the application has declared (B100).

use std::collections::BTreeSet;

use crate::base::diagnostic::did_you_mean;
use crate::base::{Problems, Span};
use crate::entra::tenant::Role;
use crate::world::applications::MAIN;

/// The app roles of every application.
#[derive(Default)]
pub struct Roles {
    /// Declared: the name of the application and the name of the role.
    declared: BTreeSet<(String, String)>,
    /// Assigned: the same, and the place.
    assigned: Vec<(String, String, Span)>,
}

impl Roles {
    /// Notes what an application declares.
    pub fn declare(&mut self, app: &str, roles: &[String]) {
        self.declared.extend(roles.iter().map(|role| (app.to_owned(), role.clone())));
    }

    /// Notes that a role of an application is assigned.
    pub fn assign(&mut self, app: &str, role: &str, span: Span) {
        self.assigned.push((app.to_owned(), role.to_owned(), span));
    }

    /// Reports each role that is assigned and not declared, at its first place: an error where the
    /// application declares others, since this one is then a misspelling.
    pub fn check(&self, problems: &mut Problems) {
        let usual = Role::WORDS.map(|(name, _)| name);
        let mut told = BTreeSet::new();
        for (app, role, span) in &self.assigned {
            let declared: Vec<&str> = self.of(app).collect();
            let known = || usual.iter().copied().chain(declared.iter().copied());
            if known().any(|it| it == role) || !told.insert((app, role)) {
                continue;
            }
            let what = format!("the application has no app role `{role}`");
            if !declared.is_empty() {
                problems.error(*span, what).help(did_you_mean(role, known().collect::<Vec<_>>()));
                continue;
            }
            let table = if app == MAIN { "entra".to_owned() } else { format!("app.{app}") };
            let missing: BTreeSet<&str> =
                self.assigned_of(app).filter(|it| !usual.contains(it)).collect();
            let missing: Vec<String> =
                missing.into_iter().map(|role| format!("{role:?}")).collect();
            problems
                .warning(*span, what)
                .label("what is not declared cannot be assigned in the portal")
                .help(format!("declare it: [{table}] app_roles = [{}]", missing.join(", ")));
        }
    }

    fn of<'r>(&'r self, app: &'r str) -> impl Iterator<Item = &'r str> {
        self.declared.iter().filter(move |(of, _)| of == app).map(|(_, role)| role.as_str())
    }

    fn assigned_of<'r>(&'r self, app: &'r str) -> impl Iterator<Item = &'r str> {
        self.assigned.iter().filter(move |(of, ..)| of == app).map(|(_, role, _)| role.as_str())
    }
}
