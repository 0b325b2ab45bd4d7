//! Secrets that a server repeats in its answer: some put the token that they refuse into the words
//! of the error. They are taken out before anything is kept or shown.

use super::mask::SECRET;
use super::query;

/// A secret that is shorter may be a part of a name that the server holds, which stays as it is.
const SHORTEST: usize = 8;

/// Members of a form that let a client in.
const OF_FORMS: [&str; 2] = ["client_secret", "client_assertion"];

/// The secrets that a request carries, the longest first.
pub struct Echo(Vec<Vec<u8>>);

impl Echo {
    /// Those in the values of headers that let a client in, and in the form that it sends.
    pub fn of<'a>(headers: impl IntoIterator<Item = &'a [u8]>, form: &str) -> Echo {
        let mut secrets: Vec<Vec<u8>> = headers
            .into_iter()
            .map(|value| {
                // `Bearer t`: the scheme is no secret.
                let blank = value.iter().position(|byte| *byte == b' ');
                value[blank.map_or(0, |blank| blank + 1)..].trim_ascii().to_vec()
            })
            .collect();
        for (name, value) in form.split('&').filter_map(|field| field.split_once('=')) {
            if OF_FORMS.contains(&name) {
                secrets.extend([value.as_bytes().to_vec(), query::decode(value).into_bytes()]);
            }
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        // One may hold another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Echo(secrets)
    }

    /// The bytes without them; `None` when none is in them.
    pub fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut masked: Option<Vec<u8>> = None;
        for secret in &self.0 {
            let found = replaced(masked.as_deref().unwrap_or(bytes), secret);
            masked = found.or(masked);
        }
        masked
    }

    /// Takes them out of a text.
    pub(super) fn mask(&self, text: &mut String) {
        if let Some(masked) = self.without(text.as_bytes()) {
            *text = String::from_utf8_lossy(&masked).into_owned();
        }
    }
}

fn replaced(bytes: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    let next = |rest: &[u8]| rest.windows(secret.len()).position(|part| part == secret);
    let mut found = next(bytes)?;
    let (mut out, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    loop {
        out.extend_from_slice(&rest[..found]);
        out.extend_from_slice(SECRET.as_bytes());
        rest = &rest[found + secret.len()..];
        match next(rest) {
            Some(again) => found = again,
            None => break,
        }
    }
    out.extend_from_slice(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_wherever_they_are_repeated() {
        let form = "client_id=c-is-no-secret&client_secret=a%2Fb%2Bc%2Fd-and-more";
        let echo = Echo::of([b"Bearer token-of-a-target".as_slice(), b"k-123456789"], form);
        let masked = |text: &str| {
            let mut text = text.to_owned();
            echo.mask(&mut text);
            text
        };
        assert_eq!(masked("Bearer token-of-a-target, token-of-a-target!"), "Bearer ***, ***!");
        assert_eq!(masked("k-123456789 and a/b+c/d-and-more"), "*** and ***");
        assert_eq!(masked("c-is-no-secret, Bearer of news"), "c-is-no-secret, Bearer of news");
    }

    #[test]
    fn a_short_secret_leaves_names_as_they_are() {
        assert_eq!(Echo::of([b"Bearer t".as_slice()], "").without(b"tom and t"), None);
    }
}
