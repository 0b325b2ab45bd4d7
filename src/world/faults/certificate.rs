//! `certificate`: the server's certificate is not accepted.

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "certificate",
    doc: "The certificate of GoLinks is `expired`, of the `wrong_name`, or from an `unknown_issuer`: the handshake fails \
          and the request never leaves.\nAn outside client, which has a connection already, sees it reset.",
    example: "certificate = \"expired\"",
    read: |node, problems| node.as_word(&Certificate::WORDS, problems).map(Effect::Certificate),
};

/// What is wrong with a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certificate {
    /// It has expired.
    Expired,
    /// It is issued for another host name.
    WrongName,
    /// Its signer is not one that the client trusts.
    UnknownIssuer,
}

impl Certificate {
    const WORDS: [(&'static str, Certificate); 3] = [
        ("expired", Certificate::Expired),
        ("wrong_name", Certificate::WrongName),
        ("unknown_issuer", Certificate::UnknownIssuer),
    ];

    /// The word for it in a scenario.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].0
    }
}
