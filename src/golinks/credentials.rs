//! Bearer tokens: which are good, until when, and what is said when one ends.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Event;
use super::settings::TokenSetting;
use crate::base::{Moment, Time};

/// The tokens of the administration page.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    tokens: Vec<Token>,
}

#[derive(Clone)]
struct Token {
    value: Box<str>,
    expires: Option<Time>,
    told: bool,
}

impl Credentials {
    /// Takes the tokens of the settings; of those that stay it is remembered whether their end was told.
    pub(super) fn take(&mut self, tokens: &[TokenSetting], start: Time) {
        let read = |token: &TokenSetting| {
            let expires = token.expires.map(|expires| expires.instant(start));
            let same = |old: &&Token| *old.value == *token.value && old.expires == expires;
            let told = self.tokens.iter().find(same).is_some_and(|old| old.told);
            Token { value: token.value.as_str().into(), expires, told }
        };
        self.tokens = tokens.iter().map(read).collect();
    }

    /// Whether a request carries a good token; else why not.
    pub(super) fn check(&self, headers: &HeaderMap, now: Time) -> Result<(), &'static str> {
        let Some(header) = headers.get(AUTHORIZATION) else { return Err("there is no Authorization header") };
        let bytes = header.as_bytes();
        let (Some(scheme), Some(value)) = (bytes.get(..7), bytes.get(7..)) else {
            return Err("the Authorization header carries no bearer token");
        };
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return Err("the Authorization header carries no bearer token");
        }
        match self.tokens.iter().find(|token| token.value.as_bytes() == value.trim_ascii()) {
            None => Err("the token is not known, or was revoked"),
            Some(Token { expires: Some(at), .. }) if *at <= now => Err("the token has expired"),
            Some(_) => Ok(()),
        }
    }

    /// When the next token ends.
    pub(super) fn next_due(&self) -> Option<Time> {
        self.tokens.iter().filter(|token| !token.told).filter_map(|token| token.expires).min()
    }

    /// Tells of the tokens that have ended, each once, in the order of their ends.
    pub(super) fn expire(&mut self, moment: &mut Moment<'_, Event>) {
        let now = moment.now();
        let mut ended: Vec<&mut Token> =
            self.tokens.iter_mut().filter(|token| !token.told && token.expires.is_some_and(|at| at <= now)).collect();
        ended.sort_by_key(|token| token.expires);
        for token in ended {
            token.told = true;
            moment.say(Event::TokenExpired { token: hint(&token.value) });
        }
    }
}

/// The beginning of a token, enough to tell it from others and too little to use it.
pub(super) fn hint(token: &str) -> Box<str> {
    let shown: String = token.chars().take(4).collect();
    format!("{shown}…").into()
}
