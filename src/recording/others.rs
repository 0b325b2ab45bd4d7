//! What a server holds that a recording is not about: a replay leaves it out of the lists that it
//! compares, and says so.
//!
//! Who replays wants to know whether this server behaves as the recorded one did, not whether it
//! holds the same people. So each list is reduced to what the recording made or found; where a list
//! does not show all that it counts, what others do to it cannot be told, and it is not compared.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare::id_text;

/// The members of a list that count.
const COUNTS: [&str; 2] = ["totalResults", "itemsPerPage"];

/// What was left out of the comparison of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LeftOut {
    /// How many objects of others the list shows.
    pub shown: usize,
    /// The list is a part of what there is, and others are counted in it.
    pub part: bool,
}

impl LeftOut {
    /// Whether all was compared.
    pub fn is_nothing(self) -> bool {
        self == LeftOut::default()
    }
}

/// What belongs to a recording, at the server that was recorded and at this one.
pub struct Ours<'a> {
    /// The ids that this server has given.
    pub now: &'a BTreeSet<String>,
    /// The recorded ids of what could not be made at this server.
    pub missing: &'a BTreeSet<String>,
    /// How many objects of the recording a list can show.
    pub most: usize,
    /// Whether this server held anything beforehand.
    pub others: bool,
}

impl Ours<'_> {
    /// Takes out of two lists what the recording is not about.
    pub fn only(&self, recorded: &mut Value, now: &mut Value) -> LeftOut {
        if !is_list(recorded) || !is_list(now) {
            return LeftOut::default();
        }
        let strange =
            |one: &Value| one.get("id").and_then(id_text).is_some_and(|id| !self.now.contains(&id));
        let missing = |one: &Value| {
            one.get("id").and_then(id_text).is_some_and(|id| self.missing.contains(&id))
        };
        let whole = is_whole(recorded) && is_whole(now);
        let (shown, gone) = (how_many(now, strange), how_many(recorded, missing));
        if whole {
            take_out(now, strange);
            take_out(recorded, missing);
            return LeftOut { shown, part: false };
        }
        let unseen = count(recorded).is_some_and(|total| total > self.most);
        let part = shown > 0 || gone > 0 || self.others || unseen;
        if part {
            for list in [recorded, now] {
                for name in COUNTS.into_iter().chain(["Resources"]) {
                    list[name] = Value::Null;
                }
            }
        }
        LeftOut { shown, part }
    }
}

fn is_list(body: &Value) -> bool {
    body.get("Resources").is_some_and(Value::is_array) || count(body).is_some()
}

fn count(body: &Value) -> Option<usize> {
    usize::try_from(body.get("totalResults")?.as_u64()?).ok()
}

fn shown(body: &Value) -> usize {
    body.get("Resources").and_then(Value::as_array).map_or(0, Vec::len)
}

/// Whether a list shows all that it counts.
fn is_whole(body: &Value) -> bool {
    count(body).is_none_or(|total| total <= shown(body))
}

fn how_many(body: &Value, which: impl Fn(&Value) -> bool) -> usize {
    let all = body.get("Resources").and_then(Value::as_array);
    all.map_or(0, |all| all.iter().filter(|one| which(one)).count())
}

fn take_out(body: &mut Value, which: impl Fn(&Value) -> bool) {
    let before = shown(body);
    if let Some(all) = body.get_mut("Resources").and_then(Value::as_array_mut) {
        all.retain(|one| !which(one));
    }
    let gone = before - shown(body);
    if gone == 0 {
        return;
    }
    for name in COUNTS {
        let value = body.get(name).and_then(Value::as_u64);
        // A page's size stays what it is; the number of what is on it does not.
        let counts = value.filter(|many| name != "itemsPerPage" || *many == before as u64);
        if let Some(many) = counts {
            body[name] = Value::from(many.saturating_sub(gone as u64));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(total: u64, ids: &[&str]) -> Value {
        let all: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        json!({"totalResults": total, "itemsPerPage": all.len(), "Resources": all})
    }

    #[test]
    fn lists_are_reduced_to_what_the_recording_is_about() {
        let now = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        let missing = BTreeSet::from(["9".to_owned()]);
        let ours = |others| Ours { now: &now, missing: &missing, most: 3, others };
        let only = |others, mut recorded: Value, mut came: Value| {
            let left_out = ours(others).only(&mut recorded, &mut came);
            (left_out, recorded, came)
        };
        let nothing = LeftOut::default();

        // All is shown: what is strange goes, and so does what could not be made.
        let (left_out, was, is) =
            only(true, list(3, &["7", "8", "9"]), list(4, &["x", "a", "b", "y"]));
        assert_eq!(left_out, LeftOut { shown: 2, part: false });
        assert_eq!((was, is), (list(2, &["7", "8"]), list(2, &["a", "b"])));
        // A lookup that found none, where another has the name.
        let (left_out, was, is) = only(true, list(0, &[]), list(1, &["x"]));
        assert_eq!((left_out.shown, was, is), (1, list(0, &[]), list(0, &[])));
        // The size of a page is the server's choice, and is compared.
        let mut sized = list(2, &["a", "x"]);
        sized["itemsPerPage"] = json!(100);
        let (_, _, is) = only(true, list(1, &["7"]), sized);
        assert_eq!((&is["totalResults"], &is["itemsPerPage"]), (&json!(1), &json!(100)));

        // A page of it: with others there, neither its number nor its content says anything.
        let (left_out, was, is) = only(true, list(2, &["7"]), list(40, &["a"]));
        assert_eq!(left_out, LeftOut { shown: 0, part: true });
        assert_eq!((&was["totalResults"], &is["Resources"]), (&Value::Null, &Value::Null));
        // The recorded server held others that the recording never shows.
        assert!(only(false, list(40, &["7"]), list(2, &["a"])).0.part);
        // Nothing else is there: all counts.
        let (left_out, was, is) = only(false, list(2, &["7"]), list(3, &["a"]));
        assert_eq!((left_out, was, is), (nothing, list(2, &["7"]), list(3, &["a"])));

        // What is no list stays.
        let (left_out, _, is) = only(true, json!({"id": "7"}), json!({"id": "x"}));
        assert_eq!((left_out, is), (nothing, json!({"id": "x"})));
    }
}
