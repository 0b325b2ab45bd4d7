//! Which properties of a job's configuration a change has changed, as the audit log shows them:
//! settings by the vendor's keys where Graph has one, and the state of the schedule.

use serde_json::{Value, json};

use super::ScheduleState;
use crate::entra::secrets::{self, HIDDEN_KEYS, SECRET_KEYS};
use crate::entra::settings::Settings;

/// A property and its values, as JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangedSetting {
    /// Its name.
    pub name: &'static str,
    /// Its value before; null for none, or where it is not shown.
    pub before: Value,
    /// Its value from now on.
    pub after: Value,
}

impl ChangedSetting {
    /// As Graph's `modifiedProperty`: each value is JSON in a text [g:audit].
    pub fn to_graph(&self) -> Value {
        modified(self.name, &self.before, &self.after)
    }

    /// A change of the schedule's state; empty where it stays as it is.
    pub(super) fn of_state(before: ScheduleState, after: ScheduleState) -> Vec<ChangedSetting> {
        let (before, after) = (before.word(), after.word());
        let changed =
            ChangedSetting { name: "schedule.state", before: before.into(), after: after.into() };
        if before == after { Vec::new() } else { vec![changed] }
    }

    /// The settings that differ. Secret values and what has no short form, such as mappings, are
    /// named without their values.
    pub(super) fn between(before: &Settings, after: &Settings) -> Vec<ChangedSetting> {
        let keys = SECRET_KEYS.iter().map(|key| {
            let name = key.name;
            let (before, after) = (secrets::shown(name, before), secrets::shown(name, after));
            let shown = |value: Option<String>| match value {
                Some(_) if HIDDEN_KEYS.contains(&name) => "*".into(),
                value => value.map_or(Value::Null, Value::from),
            };
            (before != after).then(|| ChangedSetting {
                name,
                before: shown(before),
                after: shown(after),
            })
        });
        let words = [
            ("mode", before.mode.word(), after.mode.word()),
            ("auth", before.auth.word(), after.auth.word()),
        ];
        let words = words.map(|(name, before, after)| {
            let changed = ChangedSetting { name, before: before.into(), after: after.into() };
            (before != after).then_some(changed)
        });
        let named = [
            ("filters", before.schema.filters != after.schema.filters),
            ("userMappings", before.schema.users != after.schema.users),
            ("groupMappings", before.schema.groups != after.schema.groups),
            ("appRoles", before.app_roles != after.app_roles),
            ("oauth", more_of_oauth(before) != more_of_oauth(after)),
            ("graph", before.graph != after.graph),
            ("singleSignOn", before.sso != after.sso),
        ];
        let named = named.map(|(name, differs)| {
            differs.then_some(ChangedSetting { name, before: Value::Null, after: Value::Null })
        });
        keys.chain(words).chain(named).flatten().collect()
    }
}

/// What of OAuth has no key of the vendor's.
fn more_of_oauth(settings: &Settings) -> (&Option<String>, &Option<String>, u64) {
    let oauth = &settings.oauth;
    (&oauth.scope, &oauth.audience, oauth.signing_key)
}

/// A property of an object and its values as Graph's `modifiedProperty`; what is null is not known
/// or not there.
pub fn modified(name: &str, before: &Value, after: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::Null => Value::Null,
        value => value.to_string().into(),
    };
    json!({ "displayName": name, "oldValue": text(before), "newValue": text(after) })
}
