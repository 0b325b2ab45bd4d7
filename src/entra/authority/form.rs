//! Parameters as forms and queries have them (`application/x-www-form-urlencoded`).

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;

use super::error::SignInError;

/// How many parameters are read; clients send some twenty.
const PARAMETERS_MAX: usize = 100;

/// The parameters of a request. Of one that is repeated the first counts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct FormFields(BTreeMap<String, String>);

impl FormFields {
    /// Reads a query or a form.
    pub(super) fn parse(text: &str) -> FormFields {
        let mut parameters = BTreeMap::new();
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(PARAMETERS_MAX);
        for (name, value) in pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
            parameters.entry(decoded(name)).or_insert_with(|| decoded(value));
        }
        FormFields(parameters)
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// When it is no form.
    pub(super) fn of_body(request: &Request<Bytes>) -> Result<FormFields, SignInError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or("application/x-www-form-urlencoded").to_ascii_lowercase();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(SignInError::malformed("The request body must be a form."));
        }
        let text = std::str::from_utf8(request.body());
        Ok(FormFields::parse(
            text.map_err(|_| SignInError::malformed("The form is not in UTF-8."))?,
        ))
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// When it is missing.
    pub(super) fn need(&self, name: &'static str) -> Result<&str, SignInError> {
        self.get(name).ok_or_else(|| SignInError::missing(name))
    }
}

/// Decodes a name or a value.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Encodes a value for a query or a fragment.
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_its_escapes_and_the_first_of_a_name_counts() {
        let form = FormFields::parse("a=1+2&b=%2F%26&a=3&c&d=&%65=%zz");
        assert_eq!(form.get("a"), Some("1 2"));
        assert_eq!(form.get("b"), Some("/&"));
        assert_eq!((form.get("c"), form.get("d"), form.get("x")), (None, None, None));
        assert_eq!(form.get("e"), Some("%zz"));
        assert_eq!(decoded(&encoded("é &=+%/")), "é &=+%/");
        assert_eq!(form.need("x").map_err(|error| error.code), Err(900_144));
    }
}
