//! Whatever the mapping: what a create writes and what a change writes reads back as what is
//! desired, and no body of a request has a key twice.

use std::collections::BTreeSet;
use std::fmt;

use proptest::prelude::*;
use proptest::sample::subsequence;
use scimulator::scenario::{Play, load, messages};
use scimulator::scim::{Path, Value};
use scimulator::world::record::RecordedEvent;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A target in one of its spellings, and where its value must be found.
#[derive(Clone, Debug)]
struct Row {
    target: String,
    path: &'static str,
    constant: &'static str,
}

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User:";
const WORK: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:";

/// Targets, each with its value; every one has a place of its own.
const TARGETS: [(&str, &str); 22] = [
    ("displayName", "Ann O."),
    ("title", "Lead"),
    ("nickName", "ann"),
    ("userType", "Employee"),
    ("locale", "en-NG"),
    ("name.givenName", "Ann"),
    ("name.familyName", "Okafor"),
    ("name.formatted", "Ann Okafor"),
    ("emails[type eq \"work\"].value", "ann@work.example"),
    ("emails[type eq \"work\"].primary", "False"),
    ("addresses[type eq \"work\"].region", "Lagos State"),
    ("emails[type eq \"home\"].value", "ann@home.example"),
    ("emails[type eq \"home\"].primary", "True"),
    ("phoneNumbers[type eq \"work\"].value", "+234 1 0000000"),
    ("phoneNumbers[type eq \"fax\"].value", "+234 1 0000001"),
    ("addresses[type eq \"work\"].locality", "Lagos"),
    ("addresses[type eq \"work\"].country", "NG"),
    ("ims[type eq \"xmpp\"].value", "ann@im.example"),
    ("roles[primary eq \"True\"].value", "Editor"),
    ("roles[primary eq \"True\"].type", "Level"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "Sales"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter", "7"),
];

/// One of the spellings that mean the same.
fn spelled(path: &str, how: u8) -> String {
    let core = !path.starts_with("urn:");
    match how % 5 {
        0 if core => format!("{CORE}{path}"),
        1 if core => format!("{}{path}", CORE.to_uppercase()),
        1 => path.replace(WORK, &WORK.replace("enterprise", "Enterprise")),
        2 => path.replace("[type eq \"work\"]", "[ Type EQ \"Work\" ]"),
        3 if path.contains('[') => path.replace("].value", "]"),
        4 if core => path.replacen("emails", "Emails", 1).replacen("name.", "Name.", 1),
        _ => path.to_owned(),
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    (subsequence(TARGETS.to_vec(), 1..=TARGETS.len()), any::<[u8; 22]>()).prop_map(
        |(chosen, how)| {
            let row = |((path, constant), how): (&(&'static str, &'static str), u8)| Row {
                target: spelled(path, how),
                path,
                constant,
            };
            let rows: Vec<Row> = chosen.iter().zip(how).map(row).collect();
            // The server keeps no element without a value, so its other parts go with it.
            let whole = |row: &&Row| {
                let value = row.path.split_once("].").map(|(list, _)| format!("{list}].value"));
                let address = row.path.starts_with("addresses");
                address || value.is_none_or(|value| chosen.iter().any(|(path, _)| *path == value))
            };
            rows.iter().filter(whole).cloned().collect()
        },
    )
}

/// A story of one user with these rows; the account is there before or is made.
fn play(rows: &[Row], there: bool, compliant: bool) -> Play {
    let mut text = String::from(
        "title = \"m\"\nends = \"3h\"\n[golinks]\nprofile = \"generic\"\n[entra.mappings]\n\
         template = \"scim\"\ngroups = { enabled = false }\n[entra.mappings.users]\nrows = [\n\
         { target = \"userName\", source = \"userPrincipalName\", match = 1 },\n",
    );
    for Row { target, constant, .. } in rows {
        text.push_str(&format!("{{ target = '{target}', constant = \"{constant}\" }},\n"));
    }
    text.push_str("]\n[user.ann]\nname = \"Ann Okafor\"\n[[at]]\ntime = 0\ndo = \"start\"\n");
    if there {
        text.push_str("[golinks.account.ann]\nuserName = \"ann.okafor@contoso.example\"\n");
    }
    if compliant {
        text.push_str("[entra]\ndialect = \"compliant\"\n");
    }
    let script = load("m.toml", &text.replace("time = 0\n", "time = \"0d\"\n"), &[])
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

/// JSON in which no object has a key twice, in any letter case.
struct OneKeyEach;

impl<'de> Deserialize<'de> for OneKeyEach {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<OneKeyEach, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = OneKeyEach;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<OneKeyEach, M::Error> {
                let mut seen = BTreeSet::new();
                while let Some((key, OneKeyEach)) = map.next_entry::<String, OneKeyEach>()? {
                    if !seen.insert(key.to_lowercase()) {
                        return Err(serde::de::Error::custom(format!("`{key}` twice")));
                    }
                }
                Ok(OneKeyEach)
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<OneKeyEach, S::Error> {
                while let Some(OneKeyEach) = seq.next_element()? {}
                Ok(OneKeyEach)
            }

            fn visit_str<E>(self, _: &str) -> Result<OneKeyEach, E> {
                Ok(OneKeyEach)
            }

            fn visit_bool<E>(self, _: bool) -> Result<OneKeyEach, E> {
                Ok(OneKeyEach)
            }

            fn visit_u64<E>(self, _: u64) -> Result<OneKeyEach, E> {
                Ok(OneKeyEach)
            }

            fn visit_unit<E>(self) -> Result<OneKeyEach, E> {
                Ok(OneKeyEach)
            }
        }
        from.deserialize_any(Keys)
    }
}

/// What was written, and what the account shows of each row.
fn outcome(play: &Play, rows: &[Row]) -> (Vec<String>, Vec<Option<String>>) {
    let journal = play.world().journal();
    let requests = journal.records().filter(|r| matches!(r.event, RecordedEvent::Request(_)));
    let bodies = requests.filter_map(|record| journal.body(record.seq).filter(|b| !b.is_empty()));
    let bodies = bodies.map(|body| String::from_utf8(body.to_vec()).expect("JSON is UTF-8"));
    let golinks = play.world().target().mock().expect("the mock");
    let account = golinks.iter().next().expect("one account").resource;
    let shown = |row: &Row| {
        let found = Path::parse(row.path).expect("a path").find(&account)?.clone();
        Some(match found {
            Value::Bool(truth) => if truth { "True" } else { "False" }.to_owned(),
            Value::Text(text) => text.to_string(),
            other => other.to_string(),
        })
    };
    (bodies.collect(), rows.iter().map(shown).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_reads_back_as_desired(rows in rows(), compliant: bool) {
        let desired: Vec<Option<String>> =
            rows.iter().map(|row| Some(row.constant.to_owned())).collect();
        for there in [false, true] {
            let play = play(&rows, there, compliant);
            let (bodies, shown) = outcome(&play, &rows);
            prop_assert_eq!(&shown, &desired, "there: {}, {:?}", there, bodies);
            // Of a userName alone, an account that is there differs in nothing.
            let writes = usize::from(!there || !rows.is_empty());
            prop_assert_eq!(bodies.len(), writes, "one write is enough: {:?}", bodies);
            for body in bodies {
                let read = serde_json::from_str::<OneKeyEach>(&body);
                prop_assert!(read.is_ok(), "{}: {}", body, read.err().expect("checked"));
            }
        }
    }
}
