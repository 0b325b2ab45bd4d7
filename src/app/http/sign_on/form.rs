//! Parameters of a query or of a form.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// How many parameters are read; applications send some five.
const PARAMETERS_MAX: usize = 50;

/// The parameters of a request. Of one that is repeated the first counts.
pub(super) struct FormValues(BTreeMap<String, String>);

impl FormValues {
    /// Reads a query or a form (application/x-www-form-urlencoded).
    pub(super) fn parse(text: &str) -> FormValues {
        let mut fields = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()).take(PARAMETERS_MAX) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            fields.entry(decoded(name)).or_insert_with(|| decoded(value));
        }
        FormValues(fields)
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
