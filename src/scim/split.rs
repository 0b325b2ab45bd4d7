//! A resource at rest, cut into its members without reading what they hold: who changes a title reads no addresses.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::json::NameReader;
use super::schema::ResourceType;
use super::value::{Name, Object, Value};

/// Where in the bytes of an object its members lie.
#[derive(Clone, Default, Debug)]
pub struct Split {
    members: Vec<(Name, Range<usize>)>,
}

impl Split {
    /// Cuts compact JSON as [`Object::write`] writes it; nothing of what is no object.
    pub fn of(bytes: &[u8]) -> Split {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let Ok(Slices(slices)) = serde_json::from_str(text) else { return Split::default() };
        let start = bytes.as_ptr().addr();
        let range = |raw: &str| {
            let at = raw.as_ptr().addr() - start;
            at..at + raw.len()
        };
        Split { members: slices.into_iter().map(|(name, raw)| (name, range(raw))).collect() }
    }

    /// Whether it holds what shaped resources of this kind hold and nothing else. Odd keys (B22) stand at its end.
    pub fn is_of(&self, kind: &ResourceType) -> bool {
        let known = |name: &str| kind.schema.attribute(name).is_some() || kind.extension(name).is_some();
        self.members.last().is_none_or(|(name, _)| known(name))
    }

    /// The members with these names, read.
    pub fn pick(&self, bytes: &[u8], names: &[Name]) -> Object {
        let mut object = Object::with_room(names.len() + 1);
        for (name, range) in self.members.iter().filter(|(name, _)| names.contains(name)) {
            let text = std::str::from_utf8(&bytes[range.clone()]).unwrap_or_default();
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                object.push(name.clone(), value);
            }
        }
        object
    }

    /// Appends the object with `changed` in place of the members with these names. Both are shaped by `kind`, so that
    /// their members stand in its order.
    pub fn splice(&self, bytes: &[u8], names: &[Name], changed: &Object, kind: &ResourceType, out: &mut Vec<u8>) {
        let mut stays = self.members.iter().filter(|(name, _)| !names.contains(name)).peekable();
        let mut comes = changed.members.iter().peekable();
        let core = kind.schema.attributes.iter().map(|attribute| &attribute.name);
        out.push(b'{');
        let empty = out.len();
        for name in core.chain(kind.extensions.iter().map(|extension| &extension.id)) {
            let stored = stays.next_if(|(other, _)| other == name);
            let new = comes.next_if(|(other, _)| other == name);
            if stored.is_none() && new.is_none() {
                continue;
            }
            if out.len() > empty {
                out.push(b',');
            }
            super::json::write_text(name, out);
            out.push(b':');
            match (new, stored) {
                (Some((_, value)), _) => value.write(out),
                (None, Some((_, range))) => out.extend_from_slice(&bytes[range.clone()]),
                (None, None) => {}
            }
        }
        out.push(b'}');
    }
}

/// Members as slices of the text they come from.
struct Slices<'a>(Vec<(Name, &'a str)>);

impl<'de> Deserialize<'de> for Slices<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Slices<'de>, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Slices<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Slices<'de>, A::Error> {
                let mut slices = Vec::with_capacity(12);
                while let Some(name) = map.next_key_seed(NameReader)? {
                    slices.push((name, map.next_value::<&RawValue>()?.get()));
                }
                Ok(Slices(slices))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
