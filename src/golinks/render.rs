//! A resource as a client reads it, written straight from the bytes at rest.

use super::accounts::Account;
use crate::base::Time;
use crate::scim::ResourceType;

/// What every resource of this server has in common.
pub(super) struct Renderer {
    /// The beginning of a resource for each set of extensions: everything before the id.
    heads: Vec<Vec<u8>>,
    /// What stands between a resource and the instant of its creation.
    meta: Vec<u8>,
    /// Where resources are, as it stands within a JSON string.
    location: String,
}

/// A resource at rest, whatever its kind.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) id: u64,
    pub(super) created: Time,
    pub(super) modified: Time,
    /// Its attributes as a JSON object that is not empty.
    pub(super) body: &'a [u8],
    pub(super) extensions: u8,
    /// Its version, when versions are shown.
    pub(super) version: Option<u64>,
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
    pub(super) fn new(kind: &ResourceType, base_url: &str) -> Renderer {
        let head = |used: usize| {
            let extensions = kind.extensions.iter().enumerate().filter(|(nth, _)| used & (1 << nth) != 0);
            let urns: Vec<&str> = std::iter::once(kind.schema.id.as_ref())
                .chain(extensions.map(|(_, schema)| schema.id.as_ref()))
                .collect();
            format!("{{\"schemas\":{},\"id\":\"", serde_json::json!(urns)).into_bytes()
        };
        let location = serde_json::json!(format!("{base_url}{}/", kind.endpoint)).to_string();
        Renderer {
            heads: (0..1usize << kind.extensions.len().min(8)).map(head).collect(),
            meta: format!(",\"meta\":{{\"resourceType\":\"{}\",\"created\":\"", kind.name).into_bytes(),
            location: location.trim_matches('"').to_owned(),
        }
    }

    /// How many bytes [`Renderer::write`] appends, but for instants before 1970 or after 9999.
    pub(super) fn size(&self, account: &Account) -> usize {
        const TIMES: usize = 2 * "2026-03-02T08:00:00Z".len();
        const IDS: usize = 2 * 15;
        self.head(account.extensions).len()
            + account.body().len()
            + self.meta.len()
            + META.iter().map(|part| part.len()).sum::<usize>()
            + self.location.len()
            + TIMES
            + IDS
    }

    /// Appends a resource.
    pub(super) fn write(&self, account: &Account, out: &mut Vec<u8>) {
        self.write_with(account.into(), out, |_| ());
    }

    /// Appends a resource; `more` appends attributes that are not in its body, each with a comma before it.
    pub(super) fn write_with(&self, parts: Parts<'_>, out: &mut Vec<u8>, more: impl FnOnce(&mut Vec<u8>)) {
        out.extend_from_slice(self.head(parts.extensions));
        write_id(parts.id, out);
        out.extend_from_slice(b"\",");
        out.extend_from_slice(&parts.body[1..parts.body.len() - 1]);
        more(out);
        out.extend_from_slice(&self.meta);
        write_time(parts.created, out);
        out.extend_from_slice(META[0].as_bytes());
        write_time(parts.modified, out);
        out.extend_from_slice(META[1].as_bytes());
        out.extend_from_slice(self.location.as_bytes());
        write_id(parts.id, out);
        if let Some(version) = parts.version {
            out.extend_from_slice(b"\",\"version\":\"W/\\\"");
            write_hex(version, out);
            out.extend_from_slice(b"\\\"");
        }
        out.extend_from_slice(META[2].as_bytes());
    }

    fn head(&self, extensions: u8) -> &[u8] {
        self.heads.get(usize::from(extensions)).map_or(&[], |head| head)
    }

    /// Where an account is.
    pub(super) fn location(&self, account: &Account) -> Vec<u8> {
        self.location_of(account.id.0)
    }

    /// Where the resource with this id is.
    pub(super) fn location_of(&self, id: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.location.len() + 15);
        self.write_location(id, &mut out);
        out
    }

    /// Appends where the resource with this id is, as it stands within a JSON string.
    pub(super) fn write_location(&self, id: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.location.as_bytes());
        write_id(id, out);
    }
}

/// What stands between the parts of `meta`.
const META: [&str; 3] = ["\",\"lastModified\":\"", "\",\"location\":\"", "\"}}"];

/// Appends an id as its fifteen digits.
pub(super) fn write_id(id: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 15];
    let mut rest = id;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// Appends a version as its sixteen hexadecimal digits.
pub(super) fn write_hex(version: u64, out: &mut Vec<u8>) {
    let digit = |at: u32| b"0123456789abcdef"[(version >> (4 * at) & 15) as usize];
    out.extend((0..16).rev().map(digit));
}

/// Appends an instant as `2026-03-02T08:00:00Z`. A calendar is asked only beyond the years 1970 to 9999: two instants a
/// resource, and a million resources, made the general way costly.
fn write_time(time: Time, out: &mut Vec<u8>) {
    let secs = time.as_micros().div_euclid(1_000_000);
    if !(0..253_370_764_800).contains(&secs) {
        out.extend_from_slice(time.rfc3339().as_bytes());
        return;
    }
    let (days, rest) = (secs / 86_400, secs % 86_400);
    // Days to a date, with years that begin in March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let mut text = *b"0000-00-00T00:00:00Z";
    let parts = [year / 100, year % 100, month, day, rest / 3_600, rest / 60 % 60, rest % 60];
    for (at, number) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(parts) {
        text[at] += (number / 10) as u8;
        text[at + 1] += (number % 10) as u8;
    }
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_calendar_has_them() {
        let last = 253_370_764_800;
        let days = (0..3_000_000i64).step_by(997).map(|day| day * 86_400 + day % 86_400);
        for secs in days.chain([-1, 951_782_399, 951_782_400, 4_107_542_399, last - 1, last, i64::MAX / 2_000_000]) {
            let time = Time::from_secs(secs);
            let mut out = Vec::new();
            write_time(time, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), time.rfc3339(), "{secs}");
        }
    }
}
