//! Why GoLinks turns a user away.

use crate::golinks::settings::sso::AccountKey;

/// Why GoLinks turns a user away at a sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignInRefusal {
    /// The Response is not signed.
    Unsigned,
    /// The signature does not fit.
    WrongSignature,
    /// A certificate signed it that GoLinks does not know: its copy of the metadata is too old.
    UnknownCertificate,
    /// It is signed by an algorithm that GoLinks does not take.
    Algorithm(Box<str>),
    /// It is no Response that GoLinks reads, or says that the identity provider failed.
    Unreadable(Box<str>),
    /// It is meant for another service provider.
    Audience(Box<str>),
    /// It was sent to another address.
    Recipient(Box<str>),
    /// It answers a request that GoLinks did not make, or that was answered before.
    InResponseTo,
    /// It does not hold yet.
    TooEarly,
    /// It has ended.
    TooLate,
    /// It was shown before.
    Replayed,
    /// It has no value that names the account.
    NoKey(AccountKey),
    /// The account is inactive.
    Inactive,
    /// There is no account, and a sign-in makes none.
    NoAccount,
    /// SCIM has made the account, and no sign-in is linked to it.
    NotLinked,
    /// The domain of the e-mail address is not on the list.
    Domain(Box<str>),
    /// All seats are taken.
    NoSeat,
    /// The account that the sign-in would make is refused.
    Account(Box<str>),
}

impl SignInRefusal {
    /// The name by which stories expect it.
    pub fn word(&self) -> &'static str {
        match self {
            SignInRefusal::Unsigned => "unsigned",
            SignInRefusal::WrongSignature => "signature",
            SignInRefusal::UnknownCertificate => "certificate",
            SignInRefusal::Algorithm(_) => "algorithm",
            SignInRefusal::Unreadable(_) => "unreadable",
            SignInRefusal::Audience(_) => "audience",
            SignInRefusal::Recipient(_) => "recipient",
            SignInRefusal::InResponseTo => "in_response_to",
            SignInRefusal::TooEarly => "too_early",
            SignInRefusal::TooLate => "too_late",
            SignInRefusal::Replayed => "replayed",
            SignInRefusal::NoKey(_) => "no_key",
            SignInRefusal::Inactive => "inactive",
            SignInRefusal::NoAccount => "no_account",
            SignInRefusal::NotLinked => "not_linked",
            SignInRefusal::Domain(_) => "domain",
            SignInRefusal::NoSeat => "no_seat",
            SignInRefusal::Account(_) => "account",
        }
    }

    /// Writes the reason, after `.. was turned away at sign-in: `.
    pub fn write(&self, out: &mut String) {
        let (text, named): (&str, &str) = match self {
            SignInRefusal::Unsigned => ("the Response is not signed", ""),
            SignInRefusal::WrongSignature => {
                ("the signature is wrong, or something was changed after it", "")
            }
            SignInRefusal::UnknownCertificate => {
                ("the Response is signed by a certificate that GoLinks does not know", "")
            }
            SignInRefusal::Algorithm(uri) => {
                ("the Response is signed by an algorithm that GoLinks does not take: ", uri)
            }
            SignInRefusal::Unreadable(why) => ("the Response is not taken: ", why),
            SignInRefusal::Audience(audience) => ("the Response is meant for ", audience),
            SignInRefusal::Recipient(recipient) => ("the Response was sent to ", recipient),
            SignInRefusal::InResponseTo => ("the Response answers no request of GoLinks", ""),
            SignInRefusal::TooEarly => ("the Response does not hold yet", ""),
            SignInRefusal::TooLate => ("the Response has ended", ""),
            SignInRefusal::Replayed => ("the Response was shown before", ""),
            SignInRefusal::NoKey(key) => ("the Response has no ", key.word()),
            SignInRefusal::Inactive => ("the account is inactive", ""),
            SignInRefusal::NoAccount => ("no account has this userName", ""),
            SignInRefusal::NotLinked => {
                ("SCIM has made the account, and no sign-in is linked to it", "")
            }
            SignInRefusal::Domain(domain) => ("not on the list of domains: ", domain),
            SignInRefusal::NoSeat => ("all seats are taken", ""),
            SignInRefusal::Account(why) => ("", why),
        };
        out.push_str(text);
        out.push_str(named);
    }

    /// The reason as a text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }
}
