//! How messages travel: in a query, deflated, or in a form (saml-bindings 3.4, 3.5).

use base64ct::{Base64, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::key::{Algorithm, Certificate};
use super::verify::VerifyError;
use super::xml::MESSAGE_MAX;

/// What stays as it is in a value of a query (RFC 3986 2.3).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query that carries a message; `parameter` is `SAMLRequest` or `SAMLResponse`.
pub fn redirect_query(parameter: &str, text: &str, relay_state: Option<&str>) -> String {
    let deflated = Base64::encode_string(&compress_to_vec(text.as_bytes(), 6));
    let mut query = format!("{parameter}={}", encoded(&deflated));
    if let Some(state) = relay_state {
        query.push_str("&RelayState=");
        query.push_str(&encoded(state));
    }
    query
}

/// The query of a signed message: what is signed is the query as it was sent, not what it decodes
/// to (saml-bindings 3.4.4.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedQuery {
    /// The parameters that are signed, as they were sent.
    pub signed: String,
    /// The URI of the algorithm.
    pub algorithm: String,
    /// The signature in base64.
    pub signature: String,
}

impl SignedQuery {
    /// Verifies the signature: RSA by one of these algorithms and one of these certificates.
    ///
    /// # Errors
    /// Why it is not.
    pub fn verify(&self, trusted: &[Certificate], taken: &[Algorithm]) -> Result<(), VerifyError> {
        let Some(algorithm) = taken.iter().find(|it| it.method() == self.algorithm) else {
            return Err(VerifyError::Algorithm(self.algorithm.clone()));
        };
        let by = |it: &Certificate| it.verifies(*algorithm, &self.signed, &self.signature);
        match trusted.iter().any(by) {
            true => Ok(()),
            false => Err(VerifyError::Signature { unknown_certificate: false }),
        }
    }

    /// Reads a query with a `SAMLRequest`; `None` when it has no signature.
    pub fn of(query: &str) -> Option<SignedQuery> {
        let raw = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let mut signed = format!("SAMLRequest={}", raw("SAMLRequest")?);
        let state = raw("RelayState").map(|state| format!("&RelayState={state}"));
        signed.extend(state);
        let algorithm = raw("SigAlg")?;
        signed.push_str(&format!("&SigAlg={algorithm}"));
        let plain = |text: &str| {
            percent_decode_str(&text.replace('+', "%2B")).decode_utf8().ok().map(String::from)
        };
        Some(SignedQuery {
            signed,
            algorithm: plain(algorithm)?,
            signature: plain(raw("Signature")?)?,
        })
    }
}

/// Reads the value of `SAMLRequest` or `SAMLResponse` of a query, which is decoded already. A bomb
/// is given up at the size of the largest message; `None` for what is no deflated text.
pub fn read_redirect(value: &str) -> Option<String> {
    text(decompress_to_vec_with_limit(&bytes(value)?, MESSAGE_MAX).ok()?)
}

/// The value of a form's field that carries a message.
pub fn posted(text: &str) -> String {
    Base64::encode_string(text.as_bytes())
}

/// Reads the value of a form's field; `None` for what is no text in base64.
pub fn read_posted(value: &str) -> Option<String> {
    text(bytes(value)?)
}

fn bytes(value: &str) -> Option<Vec<u8>> {
    // Some clients break the lines, and in a query `+` is a space.
    let plain = value.chars().filter(|c| !matches!(c, '\r' | '\n' | '\t'));
    let plain: String = plain.map(|c| if c == ' ' { '+' } else { c }).collect();
    (plain.len() <= MESSAGE_MAX * 2).then_some(())?;
    Base64::decode_vec(&plain).ok()
}

fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_were_sent() {
        let text = "<a b=\"\u{e4}+/=\">x</a>".repeat(50);
        let query = redirect_query("SAMLRequest", &text, Some("https://x/?a=b&c"));
        let (message, state) = query.split_once("&RelayState=").expect("a state");
        assert_eq!(state, "https%3A%2F%2Fx%2F%3Fa%3Db%26c");
        let value = message.strip_prefix("SAMLRequest=").expect("a message");
        let value = percent_encoding::percent_decode_str(value).decode_utf8().expect("text");
        assert_eq!(read_redirect(&value).as_deref(), Some(&*text));
        assert_eq!(read_redirect(&value.replace('+', " ")).as_deref(), Some(&*text));
        let form = posted(&text);
        let lines: Vec<String> =
            form.as_bytes().chunks(76).map(|it| String::from_utf8_lossy(it).into()).collect();
        assert_eq!(read_posted(&lines.join("\r\n")).as_deref(), Some(&*text));
    }

    #[test]
    fn a_bomb_is_given_up() {
        let bomb = Base64::encode_string(&compress_to_vec(&vec![b' '; 64 << 20], 9));
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        assert_eq!(read_redirect(&bomb), None);
        for value in ["", "x", "====", "AAAA", "/w==", "\u{e4}"] {
            assert!(read_redirect(value).is_none_or(|it| it.is_empty()), "{value}");
        }
        assert_eq!(read_posted(&"A".repeat(3 * MESSAGE_MAX)), None);
        assert_eq!(read_posted("/w=="), None);
    }
}
