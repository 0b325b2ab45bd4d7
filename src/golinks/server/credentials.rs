//! Credentials: which are valid, until when and for what; reports the end of tokens.

use std::borrow::Cow;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::signed::check_blank_secret;
use crate::base::{Moment, Time};
use crate::golinks::Event;
use crate::golinks::settings::access::{Auth, Basic};
use crate::golinks::settings::{Settings, TokenScope, TokenSetting};

/// How many tokens of the token endpoint are remembered; the oldest are forgotten.
const ISSUED_MAX: usize = 1_000;

/// The tokens of the administration page, and those the token endpoint issued.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    tokens: Vec<Token>,
    issued: Vec<Token>,
    /// How many tokens the endpoint has issued; their values are made from this number.
    count: u64,
}

#[derive(Clone)]
struct Token {
    value: Box<str>,
    expires: Option<Time>,
    /// When it ends for the client it was issued to, when that client lives in real time.
    own_end: Option<Time>,
    scope: TokenScope,
    told: bool,
}

impl Credentials {
    /// Takes the tokens of the settings. For a token that stays, it keeps whether its end was
    /// reported.
    pub(crate) fn take<'a>(&mut self, tokens: impl Iterator<Item = &'a TokenSetting>, start: Time) {
        let read = |token: &TokenSetting| {
            let expires = token.expires.instant(start);
            let same = |old: &&Token| *old.value == *token.value && old.expires == expires;
            let told = self.tokens.iter().find(same).is_some_and(|old| old.told);
            Token {
                value: token.value.as_str().into(),
                expires,
                own_end: None,
                scope: token.allows(),
                told,
            }
        };
        self.tokens = tokens.map(read).collect();
    }

    /// Issues a token at the token endpoint; `own` is the time of a client that lives in real time,
    /// for which the token ends by that time.
    pub(crate) fn issue(
        &mut self,
        lifetime: Duration,
        own: Option<Time>,
        moment: &Moment<'_, Event>,
    ) -> String {
        self.count += 1;
        let now = moment.now();
        let value = format!("oauth-{:032x}", moment.seed().named("oauth token", "", self.count));
        self.issued.retain(|token| !token.told);
        if self.issued.len() >= ISSUED_MAX {
            self.issued.remove(0);
        }
        let (expires, own_end) = match own {
            Some(own) => (None, Some(own + lifetime)),
            None => (Some(now + lifetime), None),
        };
        self.issued.push(Token {
            value: value.as_str().into(),
            expires,
            own_end,
            scope: TokenScope::All,
            told: false,
        });
        value
    }

    /// Revokes all tokens of the token endpoint; returns whether there were any.
    pub(crate) fn revoke_issued(&mut self) -> bool {
        !std::mem::take(&mut self.issued).is_empty()
    }

    /// Returns what a request may do with its credentials, or why it is refused. `own` is the time
    /// of a client that lives in real time.
    pub(crate) fn check(
        &self,
        settings: &Settings,
        headers: &HeaderMap,
        now: Time,
        own: Option<Time>,
    ) -> Result<TokenScope, Cow<'static, str>> {
        match settings.auth {
            Auth::Bearer => {
                let sent = bearer(headers)?;
                self.check_bearer(sent, now, own).or_else(|why| {
                    // A token of the page or the endpoint is looked for first.
                    match std::str::from_utf8(sent) {
                        Ok(text) => check_blank_secret(text, settings, now)
                            .unwrap_or(Err(why.to_owned()))
                            .map(|()| TokenScope::All)
                            .map_err(Cow::from),
                        Err(_) => Err(why.into()),
                    }
                })
            }
            Auth::Basic => check_basic(&settings.basic, headers).map_err(Cow::from),
            Auth::Open => Ok(TokenScope::All),
        }
    }

    /// Why a bearer token is refused at an instant; `None` when it is good.
    pub(crate) fn refuses(&self, token: &str, now: Time) -> Option<&'static str> {
        self.check_bearer(token.as_bytes(), now, None).err()
    }

    fn check_bearer(
        &self,
        sent: &[u8],
        now: Time,
        own: Option<Time>,
    ) -> Result<TokenScope, &'static str> {
        let mut tokens = self.tokens.iter().chain(&self.issued);
        match tokens.find(|token| token.value.as_bytes() == sent) {
            None => Err("the token is not known, or was revoked"),
            Some(Token { expires: Some(at), .. }) if *at <= now => Err("the token has expired"),
            Some(Token { own_end: Some(at), .. }) if own.is_some_and(|own| *at <= own) => {
                Err("the token has expired")
            }
            Some(token) => Ok(token.scope),
        }
    }

    /// Returns when the next token ends.
    pub(crate) fn next_due(&self) -> Option<Time> {
        let tokens = self.tokens.iter().chain(&self.issued);
        tokens.filter(|token| !token.told).filter_map(|token| token.expires).min()
    }

    /// Reports the tokens that have ended, each once, in the order of their ends.
    pub(crate) fn expire(&mut self, moment: &mut Moment<'_, Event>) {
        let now = moment.now();
        let due = |token: &Token| !token.told && token.expires.is_some_and(|at| at <= now);
        let tokens = self.tokens.iter_mut().map(|token| (false, token));
        let issued = self.issued.iter_mut().map(|token| (true, token));
        let mut ended: Vec<(bool, &mut Token)> =
            tokens.chain(issued).filter(|(_, token)| due(token)).collect();
        ended.sort_by_key(|(_, token)| token.expires);
        for (issued, token) in ended {
            token.told = true;
            moment.emit(Event::TokenExpired { token: hint(&token.value), issued });
        }
    }
}

/// The bearer token that a request carries (RFC 6750 2.1).
fn bearer(headers: &HeaderMap) -> Result<&[u8], &'static str> {
    let header = headers.get(AUTHORIZATION).ok_or("there is no Authorization header")?;
    let bytes = header.as_bytes();
    match (bytes.get(..7), bytes.get(7..)) {
        (Some(scheme), Some(value)) if scheme.eq_ignore_ascii_case(b"Bearer ") => {
            Ok(value.trim_ascii())
        }
        _ => Err("the Authorization header carries no bearer token"),
    }
}

fn check_basic(wanted: &Basic, headers: &HeaderMap) -> Result<TokenScope, &'static str> {
    let sent = headers.get(AUTHORIZATION).ok_or("there is no Authorization header")?.as_bytes();
    if !sent.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Basic ")) {
        return Err("the Authorization header carries no name and password");
    }
    match sent[6..] == basic(&wanted.user, &wanted.password).as_bytes()[6..] {
        true => Ok(TokenScope::All),
        false => Err("name or password is wrong"),
    }
}

/// Makes the `Authorization` header of a name and a password (RFC 7617 2).
pub(crate) fn basic(user: &str, password: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{user}:{password}");
    let mut header = "Basic ".to_owned();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |nth: usize| u32::from(chunk.get(nth).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * nth) & 63) as usize];
            header.push(if nth <= chunk.len() { digit as char } else { '=' });
        }
    }
    header
}

/// Returns the beginning of a token: enough to tell it from others, too little to use it. Of a
/// short one it is half.
pub(crate) fn hint(token: &str) -> Box<str> {
    (beginning(token, 4) + "…").into()
}

/// The first characters of a secret, and never more than half of it.
pub(crate) fn beginning(secret: &str, most: usize) -> String {
    secret.chars().take(most.min(secret.chars().count() / 2)).collect()
}

#[cfg(test)]
mod tests {
    use super::{basic, beginning, hint};

    #[test]
    fn a_hint_is_never_more_than_half_of_a_secret() {
        for (secret, shown) in
            [("", "…"), ("a", "…"), ("qz7", "q…"), ("säkert", "säk…"), ("class-token", "clas…")]
        {
            assert_eq!(&*hint(secret), shown, "{secret}");
        }
        assert_eq!(beginning("glpat-0123456789abcdef", 11), "glpat-01234");
    }

    #[test]
    fn names_and_passwords_are_written_as_base64() {
        // RFC 7617 2
        assert_eq!(basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(basic("a", "b"), "Basic YTpi");
        assert_eq!(basic("a", "bc"), "Basic YTpiYw==");
        assert_eq!(basic("a", "bcd"), "Basic YTpiY2Q=");
    }
}
