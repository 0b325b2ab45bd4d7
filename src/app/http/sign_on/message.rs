//! Which message of SAML a browser brings to `/saml2`: one that can be decoded, in the parameter
//! where messages of its kind travel (saml-bindings 3.4, 3.5). Everything else is refused.

use super::form::FormValues;
use crate::entra::sign_on::{CameBy, Refusal};
use crate::saml::binding::{SignedQuery, read_posted, read_redirect};
use crate::saml::{LogoutRequest, ReadError};

/// A message, decoded and not yet judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum SsoMessage {
    /// A request to sign in, or what cannot be told from one.
    SignIn(SignInMessage),
    /// A request to sign out.
    SignOut(String),
    /// The answer of an application to a sign-out.
    SignedOut(String),
}

/// A request to sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SignInMessage {
    /// Its text.
    pub(super) text: String,
    /// What travels along untouched.
    pub(super) relay_state: Option<String>,
    /// The query in which it came, if it came by Redirect.
    query: Option<String>,
    /// The signature of that query.
    signature: Option<SignedQuery>,
}

/// The field in which the page for choosing a user hands on the query that brought the browser: its
/// signature holds for the query as it was sent.
pub(super) const QUERY_FIELD: &str = "RedirectQuery";

/// The longest RelayState that travels along; saml-bindings 3.4.3 allows 80 bytes, and many send
/// more.
const RELAY_STATE_MAX: usize = 4_096;

impl SignInMessage {
    /// How it came.
    pub(super) fn by(&self) -> CameBy<'_> {
        match &self.query {
            Some(_) => CameBy::Redirect(self.signature.as_ref()),
            None => CameBy::Post,
        }
    }

    /// The query that has to be handed on, if it is signed.
    pub(super) fn signed_query(&self) -> Option<&str> {
        self.query.as_deref().filter(|_| self.signature.is_some())
    }
}

impl SsoMessage {
    /// Reads the message of a form that was posted, or of a query.
    ///
    /// # Errors
    /// When there is none, when there are two, or when it cannot be decoded.
    pub(super) fn of(form: &FormValues, query: Option<&str>) -> Result<SsoMessage, Refusal> {
        match (query, form.get(QUERY_FIELD)) {
            (None, Some(handed_on)) => {
                SsoMessage::read(&FormValues::parse(handed_on), Some(handed_on))
            }
            (query, _) => SsoMessage::read(form, query),
        }
    }

    fn read(form: &FormValues, query: Option<&str>) -> Result<SsoMessage, Refusal> {
        let posted = query.is_none();
        let read = |value: &str| {
            let text = if posted { read_posted(value) } else { read_redirect(value) };
            text.ok_or_else(|| Refusal::unreadable("it cannot be decoded"))
        };
        match (form.get("SAMLRequest"), form.get("SAMLResponse")) {
            (None, None) => Err(Refusal::no_message()),
            (Some(_), Some(_)) => {
                Err(Refusal::unreadable("a SAMLRequest and a SAMLResponse came together"))
            }
            // Signing out is by Redirect alone [saml-logout].
            (None, Some(_)) if posted => {
                Err(Refusal::unreadable("a SAMLResponse is taken by Redirect alone"))
            }
            (None, Some(value)) => read(value).map(SsoMessage::SignedOut),
            (Some(value), None) => {
                let text = read(value)?;
                match is_logout(&text) {
                    true if posted => {
                        Err(Refusal::unreadable("a LogoutRequest is taken by Redirect alone"))
                    }
                    true => Ok(SsoMessage::SignOut(text)),
                    false => {
                        let state = form.get("RelayState");
                        if state.is_some_and(|it| it.len() > RELAY_STATE_MAX) {
                            return Err(Refusal::unreadable(&format!(
                                "its RelayState is longer than {RELAY_STATE_MAX} bytes"
                            )));
                        }
                        Ok(SsoMessage::SignIn(SignInMessage {
                            text,
                            relay_state: state.map(str::to_owned),
                            query: query.map(str::to_owned),
                            signature: query.and_then(SignedQuery::of),
                        }))
                    }
                }
            }
        }
    }
}

/// Whether a message says that it is a LogoutRequest, whole or not.
fn is_logout(text: &str) -> bool {
    matches!(LogoutRequest::read(text), Ok(_) | Err(ReadError::Part(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::binding::{posted, redirect_query};

    const LOGOUT: &str = "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\"/>";

    fn code(form: &str, by_post: bool) -> Result<SsoMessage, u32> {
        let query = (!by_post).then_some(form);
        SsoMessage::of(&FormValues::parse(form), query).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_message_comes_in_one_parameter_by_the_binding_of_its_kind() {
        let query = |name: &str, text: &str| redirect_query(name, text, None);
        let form = |name: &str, text: &str| {
            format!("{name}={}", posted(text).replace('+', "%2B").replace('=', "%3D"))
        };
        let sign_in = |query: Option<&str>| {
            Ok(SsoMessage::SignIn(SignInMessage {
                text: "<a/>".to_owned(),
                relay_state: None,
                query: query.map(str::to_owned),
                signature: None,
            }))
        };
        let plain = query("SAMLRequest", "<a/>");
        let handed_on = format!("{QUERY_FIELD}={}", plain.replace('%', "%25").replace('=', "%3D"));
        let cases = [
            (plain.clone(), false, sign_in(Some(&plain))),
            (form("SAMLRequest", "<a/>"), true, sign_in(None)),
            (handed_on.clone(), true, sign_in(Some(&plain))),
            // A query hands nothing on.
            (handed_on, false, Err(750_054)),
            (query("SAMLRequest", LOGOUT), false, Ok(SsoMessage::SignOut(LOGOUT.to_owned()))),
            (query("SAMLResponse", "<a/>"), false, Ok(SsoMessage::SignedOut("<a/>".to_owned()))),
            (form("SAMLRequest", LOGOUT), true, Err(75_005)),
            (form("SAMLResponse", "<a/>"), true, Err(75_005)),
            // Each by the other's binding.
            (form("SAMLRequest", "<a/>"), false, Err(75_005)),
            (form("SAMLResponse", "<a/>"), false, Err(75_005)),
            (String::new(), false, Err(750_054)),
            (String::new(), true, Err(750_054)),
            ("SAMLRequest=".to_owned(), false, Err(750_054)),
            ("SAMLResponse=&SAMLRequest=".to_owned(), true, Err(750_054)),
            ("samlrequest=abcd&SAMLart=x".to_owned(), false, Err(750_054)),
            ("SAMLResponse=abc".to_owned(), false, Err(75_005)),
            ("SAMLResponse=abc".to_owned(), true, Err(75_005)),
            ("SAMLRequest=%FF%00".to_owned(), false, Err(75_005)),
            ("SAMLRequest=%FF%00".to_owned(), true, Err(75_005)),
        ];
        for (text, by_post, expected) in cases {
            assert_eq!(code(&text, by_post), expected, "{text} {by_post}");
        }
        let both = format!("{}&{}", query("SAMLRequest", "<a/>"), query("SAMLResponse", "<a/>"));
        assert_eq!(code(&both, false), Err(75_005));
    }

    #[test]
    fn a_relay_state_travels_whole_or_the_message_is_refused() {
        for (length, expected) in
            [(RELAY_STATE_MAX, Ok(RELAY_STATE_MAX)), (RELAY_STATE_MAX + 1, Err(75_005))]
        {
            let state = "s".repeat(length);
            let kept = code(&redirect_query("SAMLRequest", "<a/>", Some(&state)), false);
            let kept = kept.map(|message| match message {
                SsoMessage::SignIn(message) => message.relay_state.unwrap_or_default().len(),
                _ => 0,
            });
            assert_eq!(kept, expected, "{length}");
        }
    }
}
