//! A resource as a client reads it, written straight from the bytes at rest.

use crate::base::Time;
use crate::golinks::store::account::Account;
use crate::golinks::store::members::Member;
use crate::scim::ResourceType;

/// What every resource of this server has in common.
pub(crate) struct Renderer {
    /// The beginning of a resource for each set of extensions: everything before the id.
    heads: Vec<Vec<u8>>,
    /// What stands between a resource and the instant of its creation.
    meta: Vec<u8>,
    /// Where resources are, as it stands within a JSON string.
    location: String,
}

/// The renderers of both kinds of resources.
pub(crate) struct Renderers {
    pub(crate) users: Renderer,
    pub(crate) groups: Renderer,
}

impl Renderers {
    /// Appends a member as an element of `members`.
    pub(crate) fn write_member(&self, member: Member, out: &mut Vec<u8>) {
        let (renderer, id, kind) = match member {
            Member::User(id) => (&self.users, id.0, "User"),
            Member::Group(id) => (&self.groups, id.0, "Group"),
        };
        renderer.write_reference(id, out);
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\"}");
    }
}

/// A resource at rest, whatever its kind.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) id: u64,
    pub(crate) created: Time,
    pub(crate) modified: Time,
    /// Its attributes as a JSON object that is not empty.
    pub(crate) body: &'a [u8],
    pub(crate) extensions: u8,
    /// Its version, when versions are shown.
    pub(crate) version: Option<u64>,
}

impl<'a> From<&'a Account> for Parts<'a> {
    fn from(account: &'a Account) -> Parts<'a> {
        Parts {
            id: account.id.0,
            created: account.created,
            modified: account.modified,
            body: account.body(),
            extensions: account.extensions,
            version: None,
        }
    }
}

impl Renderer {
    pub(crate) fn new(kind: &ResourceType, base_url: &str) -> Renderer {
        let head = |used: usize| {
            let extensions =
                kind.extensions.iter().enumerate().filter(|(nth, _)| used & (1 << nth) != 0);
            let urns: Vec<&str> = std::iter::once(kind.schema.id.as_ref())
                .chain(extensions.map(|(_, schema)| schema.id.as_ref()))
                .collect();
            format!("{{\"schemas\":{},\"id\":\"", serde_json::json!(urns)).into_bytes()
        };
        let location = serde_json::json!(format!("{base_url}{}/", kind.endpoint)).to_string();
        Renderer {
            heads: (0..1usize << kind.extensions.len().min(8)).map(head).collect(),
            meta: format!(",\"meta\":{{\"resourceType\":\"{}\",\"created\":\"", kind.name)
                .into_bytes(),
            location: location.trim_matches('"').to_owned(),
        }
    }

    /// How many bytes [`Renderer::write_with`] appends without more, but for instants before 1970
    /// or after 9999.
    pub(crate) fn size(&self, parts: &Parts<'_>) -> usize {
        const IDS: usize = 2 * 15;
        let version =
            if parts.version.is_some() { VERSION[0].len() + 16 + VERSION[1].len() } else { 0 };
        self.head(parts.extensions).len()
            + parts.body.len()
            + self.meta.len()
            + TIMES.len()
            + self.location.len()
            + IDS
            + version
            + END.len()
    }

    /// Appends a resource.
    pub(crate) fn write(&self, account: &Account, out: &mut Vec<u8>) {
        self.write_with(account.into(), out, |_| ());
    }

    /// Appends a resource; `more` appends attributes that are not in its body, each with a comma
    /// before it.
    pub(crate) fn write_with(
        &self,
        parts: Parts<'_>,
        out: &mut Vec<u8>,
        more: impl FnOnce(&mut Vec<u8>),
    ) {
        let id = digits(parts.id);
        out.extend_from_slice(self.head(parts.extensions));
        out.extend_from_slice(&id);
        out.extend_from_slice(b"\",");
        out.extend_from_slice(&parts.body[1..parts.body.len() - 1]);
        more(out);
        out.extend_from_slice(&self.meta);
        write_times(parts.created, parts.modified, out);
        out.extend_from_slice(self.location.as_bytes());
        out.extend_from_slice(&id);
        if let Some(version) = parts.version {
            out.extend_from_slice(VERSION[0].as_bytes());
            out.extend_from_slice(&hex(version));
            out.extend_from_slice(VERSION[1].as_bytes());
        }
        out.extend_from_slice(END);
    }

    fn head(&self, extensions: u8) -> &[u8] {
        self.heads.get(usize::from(extensions)).map_or(&[], |head| head)
    }

    /// Where the resource with this id is.
    pub(crate) fn location_of(&self, id: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.location.len() + 15);
        self.write_location(id, &mut out);
        out
    }

    /// Appends the beginning of an object that refers to a resource.
    pub(crate) fn write_reference(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"value\":\"");
        write_id(id, out);
        out.extend_from_slice(b"\",\"$ref\":\"");
        self.write_location(id, out);
        out.push(b'"');
    }

    /// Appends where the resource with this id is, as it stands within a JSON string.
    pub(crate) fn write_location(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.location.as_bytes());
        write_id(id, out);
    }
}

/// The two instants of `meta` and what follows them, the digits to be filled in.
const TIMES: [u8; 72] =
    *b"0000-00-00T00:00:00Z\",\"lastModified\":\"0000-00-00T00:00:00Z\",\"location\":\"";

/// Where within [`TIMES`] the second instant begins.
const MODIFIED: usize = 38;

/// What stands before and after the digits of a version.
const VERSION: [&str; 2] = ["\",\"version\":\"W/\\\"", "\\\""];

/// The end of a resource.
const END: &[u8] = b"\"}}";

/// Appends an id as its fifteen digits.
fn write_id(id: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&digits(id));
}

/// The last fifteen digits of a number. Halves of it are enough for the narrow arithmetic, which is
/// the quick one.
fn digits(number: u64) -> [u8; 15] {
    let (high, low) = ((number / 100_000_000 % 10_000_000) as u32, (number % 100_000_000) as u32);
    let (a, b, c, d) = (pair(high / 1_000_000), pair(high / 10_000), pair(high / 100), pair(high));
    let (e, f, g, h) = (pair(low / 1_000_000), pair(low / 10_000), pair(low / 100), pair(low));
    [a[1], b[0], b[1], c[0], c[1], d[0], d[1], e[0], e[1], f[0], f[1], g[0], g[1], h[0], h[1]]
}

/// The last two digits of a number.
fn pair(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

/// The numbers below a hundred, as two digits.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// A version as its sixteen hexadecimal digits.
pub(crate) fn hex(version: u64) -> [u8; 16] {
    let mut text = [0; 16];
    for (at, place) in text.iter_mut().enumerate() {
        *place = b"0123456789abcdef"[(version >> (60 - 4 * at) & 15) as usize];
    }
    text
}

/// Appends both instants of `meta`, as `2026-03-02T08:00:00Z`.
fn write_times(created: Time, modified: Time, out: &mut Vec<u8>) {
    let mut text = TIMES;
    let (first, second) = text.split_at_mut(MODIFIED);
    if fill_time(created, first).and_then(|()| fill_time(modified, second)).is_some() {
        out.extend_from_slice(&text);
        return;
    }
    out.extend_from_slice(created.rfc3339().as_bytes());
    out.extend_from_slice(&TIMES[20..MODIFIED]);
    out.extend_from_slice(modified.rfc3339().as_bytes());
    out.extend_from_slice(&TIMES[MODIFIED + 20..]);
}

/// Fills in the digits of an instant. A calendar is asked only beyond the years 1970 to 9999, and
/// then nothing is filled in: two instants a resource, and a million resources, made the general
/// way costly.
fn fill_time(time: Time, text: &mut [u8]) -> Option<()> {
    let secs = time.as_micros().div_euclid(1_000_000);
    if !(0..253_370_764_800).contains(&secs) {
        return None;
    }
    let (days, rest) = ((secs / 86_400) as u32, (secs % 86_400) as u32);
    // Days to a date, with years that begin in March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    let text: &mut [u8; 20] = text.first_chunk_mut()?;
    [text[0], text[1]] = pair(year / 100);
    [text[2], text[3]] = pair(year);
    [text[5], text[6]] = pair(month);
    [text[8], text[9]] = pair(day);
    [text[11], text[12]] = pair(rest / 3_600);
    [text[14], text[15]] = pair(rest / 60 % 60);
    [text[17], text[18]] = pair(rest % 60);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_calendar_has_them() {
        let last = 253_370_764_800;
        let days = (0..3_000_000i64).step_by(997).map(|day| day * 86_400 + day % 86_400);
        for secs in days.chain([
            -1,
            951_782_399,
            951_782_400,
            4_107_542_399,
            last - 1,
            last,
            i64::MAX / 2_000_000,
        ]) {
            let time = Time::from_secs(secs);
            let mut out = Vec::new();
            write_times(time, Time::default(), &mut out);
            let both =
                [&time.rfc3339(), "\",\"lastModified\":\"1970-01-01T00:00:00Z\",\"location\":\""]
                    .concat();
            assert_eq!(String::from_utf8(out).unwrap(), both, "{secs}");
            let mut out = Vec::new();
            write_times(Time::default(), time, &mut out);
            let both = [
                "1970-01-01T00:00:00Z\",\"lastModified\":\"",
                &time.rfc3339(),
                "\",\"location\":\"",
            ]
            .concat();
            assert_eq!(String::from_utf8(out).unwrap(), both, "{secs}");
        }
    }

    #[test]
    fn digits_are_written_as_the_formatter_has_them() {
        for nth in 0..20_000u64 {
            let number = xxhash_rust::xxh3::xxh3_64(&nth.to_le_bytes());
            assert_eq!(hex(number), *format!("{number:016x}").as_bytes());
            let id = (number % 1_000_000_000_000_000) >> (nth % 50);
            assert_eq!(digits(id), *format!("{id:015}").as_bytes());
        }
    }

    #[test]
    fn the_size_is_what_is_written() {
        let kind = crate::golinks::settings::profile::users(&crate::golinks::Settings::default());
        let renderer = Renderer::new(&kind, "https://golinks.example/scim/v2");
        for (version, extensions) in [(None, 0), (Some(7), 0), (None, 1), (Some(u64::MAX), 1)] {
            let at = Time::from_secs(1);
            let body = br#"{"userName":"ann"}"#;
            let parts = Parts { id: 7, created: at, modified: at, body, extensions, version };
            let mut out = Vec::new();
            renderer.write_with(parts, &mut out, |_| ());
            assert_eq!(out.len(), renderer.size(&parts), "{version:?} {extensions}");
        }
    }
}
