//! Whether a Response is one that GoLinks may believe: the checks of a strict service provider.

use super::{Assertion, SignInRefusal};
use crate::base::Time;

/// What GoLinks expects of a Response.
pub(crate) struct Expected<'a> {
    /// Its own identifier.
    pub(crate) entity_id: &'a str,
    /// The addresses at which it takes Responses; one of them is the recipient.
    pub(crate) acs: &'a str,
    /// Whether it has made this request, which was not answered yet.
    pub(crate) asked: &'a dyn Fn(&str) -> bool,
    /// Whether an assertion of this id was shown before.
    pub(crate) shown: &'a dyn Fn(&str) -> bool,
}

/// Checks a Response at an instant, as a strict service provider does: whether it holds, for whom
/// it is, and whether it was shown before. Its signature was found good when it was read.
pub(crate) fn accept(
    assertion: &Assertion,
    expected: &Expected<'_>,
    now: Time,
) -> Result<(), SignInRefusal> {
    if now < assertion.not_before {
        return Err(SignInRefusal::TooEarly);
    }
    if now >= assertion.not_on_or_after {
        return Err(SignInRefusal::TooLate);
    }
    if !assertion.audiences.iter().any(|audience| audience == expected.entity_id) {
        let audience = assertion.audiences.first().map_or("nobody", String::as_str);
        return Err(SignInRefusal::Audience(short(audience)));
    }
    // What stands around the assertion is compared too, signed or not.
    if let Some(other) = assertion.destination.as_deref().filter(|it| !is_at(it, expected.acs)) {
        return Err(SignInRefusal::Recipient(short(other)));
    }
    match assertion.recipient.as_deref() {
        Some(recipient) if is_at(recipient, expected.acs) => {}
        other => return Err(SignInRefusal::Recipient(short(other.unwrap_or("nobody")))),
    }
    if assertion.in_response_to.as_deref().is_some_and(|request| !(expected.asked)(request)) {
        return Err(SignInRefusal::InResponseTo);
    }
    match (expected.shown)(&assertion.id) {
        true => Err(SignInRefusal::Replayed),
        false => Ok(()),
    }
}

/// Whether an address is the one of GoLinks: the same, or one whose path it is where GoLinks knows
/// its path alone.
fn is_at(recipient: &str, acs: &str) -> bool {
    let path = || recipient.parse::<http::Uri>().ok().map(|uri| uri.path().to_owned());
    recipient == acs || (acs.starts_with('/') && path().as_deref() == Some(acs))
}

/// A text of a peer as a message shows it.
fn short(text: &str) -> Box<str> {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACS: &str = "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp";

    fn assertion() -> Assertion {
        Assertion {
            id: "_a1".to_owned(),
            name_id: "ann@contoso.example".to_owned(),
            audiences: vec!["okta_sso_golinks".to_owned()],
            destination: Some(format!("https://golinks.example{ACS}")),
            recipient: Some(format!("https://golinks.example{ACS}")),
            in_response_to: Some("_r1".to_owned()),
            not_before: Time::from_secs(100),
            not_on_or_after: Time::from_secs(200),
            attributes: Vec::new(),
        }
    }

    fn word(change: impl FnOnce(&mut Assertion), now: i64) -> &'static str {
        let mut assertion = assertion();
        change(&mut assertion);
        let expected = Expected {
            entity_id: "okta_sso_golinks",
            acs: ACS,
            asked: &|id| id == "_r1",
            shown: &|id| id == "_old",
        };
        let accepted = accept(&assertion, &expected, Time::from_secs(now));
        accepted.map_or_else(|why| why.word(), |()| "accepted")
    }

    #[test]
    fn a_response_is_checked_as_a_strict_service_provider_does() {
        type Change = fn(&mut Assertion);
        let changes: [(&str, Change); 10] = [
            ("accepted", |_| {}),
            ("accepted", |it| it.in_response_to = None),
            ("audience", |it| it.audiences = vec!["spn:okta_sso_golinks".to_owned()]),
            ("audience", |it| it.audiences.clear()),
            ("recipient", |it| it.recipient = None),
            ("recipient", |it| it.recipient = Some("https://other.example/acs".to_owned())),
            ("accepted", |it| it.destination = None),
            ("recipient", |it| it.destination = Some("https://other.example/acs".to_owned())),
            ("in_response_to", |it| it.in_response_to = Some("_r2".to_owned())),
            ("replayed", |it| it.id = "_old".to_owned()),
        ];
        for (wanted, change) in changes {
            assert_eq!(word(change, 150), wanted);
        }
    }

    #[test]
    fn a_response_holds_from_its_first_instant_until_before_its_end() {
        let times = [(99, "too_early"), (100, "accepted"), (199, "accepted"), (200, "too_late")];
        for (now, wanted) in times {
            assert_eq!(word(|_| {}, now), wanted, "{now}");
        }
    }
}
