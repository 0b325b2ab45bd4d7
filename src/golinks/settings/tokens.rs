//! The bearer tokens in the settings: value, end and scope.

use std::time::Duration;

use super::row::{Key, Parse, Setting, SettingRow, settings};
use crate::base::node::PointInTime;
use crate::base::{Kind, Node, Problems, Time};

settings! {
    /// A bearer token.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct TokenSetting;
    /// The bearer token clients must send.
    value: String = String::new(), "token.value" = "\"golinks-demo-token\"";
    /// When the token ends: a duration since the start, or a date-time.
    expires: Expiry = Expiry::Never, "token.expires" = "never";
    /// What the token is good for: `all`, or `read`, where a write gets 403.
    scope: TokenScope = TokenScope::All, "token.scope" = "\"all\"";
    /// The role of the issuer: an `admin` of GoLinks, or a `member`, whose token gets 403.
    issued_by: Issuer = Issuer::Admin, "token.issued_by" = "\"admin\"";
}

impl TokenSetting {
    /// What the token allows, whoever issued it.
    pub(crate) fn allows(&self) -> TokenScope {
        match self.issued_by {
            Issuer::Admin => self.scope,
            Issuer::Member => TokenScope::Nothing,
        }
    }

    /// Makes a token that never ends and allows everything.
    pub fn new(value: impl Into<String>) -> TokenSetting {
        TokenSetting { value: value.into(), ..TokenSetting::default() }
    }

    /// Whether a client can send the token in a header; if not, reports why.
    fn is_possible(&self, value: &Node, problems: &mut Problems) -> bool {
        can_be_sent(&self.value, value, problems)
    }
}

/// Whether a client can send this token in a header (RFC 6750 2.1); if not, reports why.
pub fn can_be_sent(token: &str, value: &Node, problems: &mut Problems) -> bool {
    let fault = match token {
        "" => "a token is no empty text",
        text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "a token has no blanks, line ends or letters beyond ASCII: no header could carry it"
        }
        _ => return true,
    };
    let help = match token {
        "" => "such as \"s3cret\"",
        _ => "",
    };
    problems.error(value.span, fault).help(help);
    false
}

/// When a token ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// It does not.
    Never,
    /// This long after the start.
    After(Duration),
    /// At an instant.
    At(Time),
}

impl Expiry {
    /// Returns the instant, in a world that began at `start`.
    pub fn instant(self, start: Time) -> Option<Time> {
        match self {
            Expiry::Never => None,
            Expiry::After(span) => Some(start + span),
            Expiry::At(at) => Some(at),
        }
    }
}

impl Parse for Expiry {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Expiry> {
        match &value.kind {
            Kind::Text(text) if text == "never" => Some(Expiry::Never),
            _ => value.as_instant(problems).map(|end| match end {
                PointInTime::After(span) => Expiry::After(span),
                PointInTime::At(at) => Expiry::At(at),
            }),
        }
    }
}

/// What a token allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TokenScope {
    /// Everything.
    #[default]
    All,
    /// Reading; a write gets 403.
    Read,
    /// Nothing: it was issued by a member without admin permissions.
    Nothing,
}

impl Parse for TokenScope {
    fn parse(value: &Node, problems: &mut Problems) -> Option<TokenScope> {
        value.as_word(&[("all", TokenScope::All), ("read", TokenScope::Read)], problems)
    }
}

/// Who issued a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Issuer {
    /// An administrator of GoLinks.
    #[default]
    Admin,
    /// Somebody without admin permissions [golinks: the account must have them].
    Member,
}

impl Issuer {
    /// The word of the scenario format.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Issuer::Admin => "admin",
            Issuer::Member => "member",
        }
    }
}

impl Parse for Issuer {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Issuer> {
        value.as_word(&[("admin", Issuer::Admin), ("member", Issuer::Member)], problems)
    }
}

/// The one token.
impl Setting for Option<TokenSetting> {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        let before = problems.errors();
        let token = match key.next() {
            None => {
                // A table that says nothing of the value speaks of the token there is.
                let known = self.as_ref().map_or("golinks-demo-token", |token| &token.value);
                read(value, known, problems)
            }
            Some(_) => {
                let mut token = self.clone().unwrap_or_default();
                token.set(key, value, problems);
                Some(token)
            }
        };
        if let Some(token) = token.filter(|_| problems.errors() == before)
            && token.is_possible(value, problems)
        {
            *self = Some(token);
        }
    }

    fn rows_below() -> Vec<SettingRow> {
        TokenSetting::rows_below()
    }
}

/// Several tokens, each written as `token` is.
impl Parse for Vec<TokenSetting> {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Vec<TokenSetting>> {
        let Kind::List(items) = &value.kind else {
            return value.expected("a list of tokens", problems);
        };
        let read = |item| {
            let token = read(item, "", problems)?;
            token.is_possible(item, problems).then_some(token)
        };
        items.iter().map(read).collect()
    }
}

/// A text, or a table, which has this value unless it says another.
fn read(value: &Node, known: &str, problems: &mut Problems) -> Option<TokenSetting> {
    match &value.kind {
        Kind::Text(text) => Some(TokenSetting::new(text)),
        Kind::Table(_) => {
            let mut token = TokenSetting::new(known);
            let before = problems.errors();
            token.set(Key { path: &["token"], depth: 1 }, value, problems);
            (problems.errors() == before).then_some(token)
        }
        _ => value.expected("a token, or a table with `value` and `expires`", problems),
    }
}
