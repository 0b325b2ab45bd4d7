//! What an attribute holds: something about a person, a secret, or what must stay as it is. What is
//! not known counts as being about a person.

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Something that the protocol or the organisation says; it stays.
    Neutral,
    /// Something about a person.
    Person,
    /// A password or a token.
    Secret,
    /// A sentence of the server's, which may quote what it was sent.
    Sentence,
}

/// Names of secrets: members of a body, fields of a form, parts of a query.
const SECRETS: [&str; 16] = [
    "password",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "access_token",
    "refresh_token",
    "id_token",
    "assertion",
    "token",
    "secret",
    "api_key",
    "apikey",
    "code",
    "x509certificates",
    "subject_token",
    "authorization",
];

/// Attributes that say nothing about a person, with all that is below them. Ids are among them:
/// they tie the exchanges together.
const NEUTRAL: [&str; 44] = [
    "schemas",
    "id",
    "op",
    "path",
    "type",
    "primary",
    "meta",
    "active",
    "locale",
    "preferredlanguage",
    "timezone",
    "usertype",
    "title",
    "department",
    "division",
    "costcenter",
    "roles",
    "entitlements",
    "status",
    "scimtype",
    "country",
    "groups",
    "members",
    "manager",
    "resourcetype",
    "version",
    "bulkid",
    "method",
    "location",
    "$ref",
    "token_type",
    "scope",
    "expires_in",
    "grant_type",
    "client_id",
    "client_assertion_type",
    "attributes",
    "excludedattributes",
    "sortby",
    "sortorder",
    "documentationuri",
    "schema",
    "endpoint",
    "canonicalvalues",
];

/// Members of references that are about people after all.
const NAMES_IN_REFERENCES: [&str; 2] = ["display", "displayname"];

/// Whether a name is a secret's.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.contains(&name.as_str())
}

/// What the attribute at this path of a resource holds; `of_group` when the resource is a group.
/// The path may be dotted, begin with a URN, and have filters.
pub fn holds(path: &str, of_group: bool) -> Holds {
    let names = names(path);
    let Some((last, above)) = names.split_last() else { return Holds::Neutral };
    if names.iter().any(|name| SECRETS.contains(&name.as_str())) {
        return Holds::Secret;
    }
    if last == "detail" || last == "error_description" || last == "message" {
        return Holds::Sentence;
    }
    let parent = above.last().map(String::as_str).unwrap_or_default();
    if NAMES_IN_REFERENCES.contains(&last.as_str()) && matches!(parent, "members" | "manager") {
        return Holds::Person;
    }
    if of_group && above.is_empty() && matches!(last.as_str(), "displayname" | "description") {
        return Holds::Neutral;
    }
    match names.iter().any(|name| NEUTRAL.contains(&name.as_str())) {
        true => Holds::Neutral,
        false => Holds::Person,
    }
}

/// The names of a path in small letters, without its URN and its filters.
pub fn names(path: &str) -> Vec<String> {
    let mut plain = String::with_capacity(path.len());
    let mut depth = 0_usize;
    for letter in path.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    // The last colon separates the URN from the attribute; the dot in `2.0` separates nothing. No
    // attribute has a colon in its name, so a part of a URN is one too: some servers split it there
    // and store `0:User:department` in `urn:…:enterprise:2`.
    let plain = match plain.rfind(':') {
        Some(at) => {
            let rest = &plain[at + 1..];
            // The name of an extension itself: `urn:…:2.0:User`.
            if matches!(rest, "user" | "group") { "" } else { rest }
        }
        _ => &plain,
    };
    plain.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Whether a text is a word of the protocol or an opaque id, wherever it stands: a URN, a boolean,
/// a date, a GUID, a long hash.
pub fn is_opaque(text: &str) -> bool {
    is_word(text) || is_guid(text) || is_hash(text) || is_date(text)
}

/// Whether a text stays although it stands where a person's name or number may stand: a URN, a
/// boolean, a GUID with or without hyphens, a date with a time. Fewer than elsewhere, because
/// `anna-maria-schmidt-1985`, a long number and a day of birth look like what is opaque there.
pub fn is_opaque_of_a_person(text: &str) -> bool {
    let is_long_hex = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_instant = is_date(text) && text.as_bytes().get(10).is_some_and(|byte| *byte == b'T');
    is_word(text) || is_guid(text) || is_long_hex || is_instant
}

/// Splits the name of a user in Entra's recycle bin: the object id without hyphens, and the name as
/// it was before (B92).
pub fn tombstone(name: &str) -> Option<(&str, &str)> {
    let (id, before) = name.split_at_checked(32)?;
    let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    (is_id && digits >= 4 && before.find('@') > Some(0)).then_some((id, before))
}

/// Whether a text is nothing, a Boolean or a URN.
fn is_word(text: &str) -> bool {
    let boolean = ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word));
    text.is_empty() || boolean || starts_as_urn(text)
}

fn starts_as_urn(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

fn is_guid(text: &str) -> bool {
    let text = text.trim_matches(['{', '}']);
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// Sixteen or more digits and letters a to f, or twenty and more of base64 with digits in them.
fn is_hash(text: &str) -> bool {
    let hex = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    hex || (text.len() >= 20 && digits >= 4 && text.bytes().all(plain))
}

/// A date or a date-time as JSON has it: `2026-03-02`, `2026-03-02T08:00:00Z`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZtz ".contains(&byte))
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_deleted_user_is_split() {
        let id = "4f1d2c3b4a5968778695a4b3c2d1e0f0";
        let name = format!("{id}ann@b.example");
        assert_eq!(tombstone(&name), Some((id, "ann@b.example")));
        let short = name.replacen("4f", "zz", 1);
        for other in ["ann@b.example", id, &short, &format!("{id}@b.example")] {
            assert_eq!(tombstone(other), None, "{other}");
        }
    }

    #[test]
    fn an_attribute_is_known_by_its_path() {
        for (path, of_group, expected) in [
            ("userName", false, Holds::Person),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                false,
                Holds::Neutral,
            ),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
                false,
                Holds::Person,
            ),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:department",
                false,
                Holds::Neutral,
            ),
            ("0:User:department", false, Holds::Neutral),
            ("0:User:employeeNumber", false, Holds::Person),
            ("displayName", false, Holds::Person),
            ("displayName", true, Holds::Neutral),
            ("emails.value", false, Holds::Person),
            ("emails[type eq \"work\"].value", false, Holds::Person),
            ("emails.type", false, Holds::Neutral),
            ("members.value", true, Holds::Neutral),
            ("members.display", true, Holds::Person),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
                false,
                Holds::Person,
            ),
            ("Password", false, Holds::Secret),
            ("detail", false, Holds::Sentence),
            ("meta.location", false, Holds::Neutral),
            ("shoeSize", false, Holds::Person),
            ("", false, Holds::Neutral),
        ] {
            assert_eq!(holds(path, of_group), expected, "{path}");
        }
    }

    #[test]
    fn less_is_opaque_where_a_person_s_name_may_stand() {
        for text in [
            "schmidt-anna-maria-1985",
            "anna-maria-schmidt-1234-contractor",
            "annaschmidt1985berlinoffice42",
            "1985-03-12",
            "0301-23-45678",
            "4915112345678901",
        ] {
            assert!(!is_opaque_of_a_person(text), "{text}");
        }
        for text in [
            "",
            "True",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "c0ffee00-0000-4000-8000-00000000cafe",
            "2a59606e7c774a28971625e51729bae8",
            "2026-03-02T08:00:00Z",
        ] {
            assert!(is_opaque_of_a_person(text), "{text}");
        }
    }

    #[test]
    fn what_is_opaque_is_nobody_s_name() {
        for text in [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "False",
            "true",
            "2026-03-02T08:00:00Z",
            "4d2b7c1e-90aa-4f0b-8a57-6f0f6b1f2c33",
            "507f1f77bcf86cd799439011",
            "",
        ] {
            assert!(is_opaque(text), "{text}");
        }
        for text in
            ["rokafor", "Ann", "ann@contoso.com", "E104711", "Konstantinopolitanski", "falsetto"]
        {
            assert!(!is_opaque(text), "{text}");
        }
    }
}
