//! Sign-ins that are rows of the sign-in log and no user's way into an application by SAML: those
//! that were refused before a user was known, those at My Apps, and those of clients that ask for
//! tokens [graph-sign-in].

use std::fmt::Write;

/// The longest text of a client that a row keeps, in characters.
const LONGEST: usize = 200;

/// A text that a client gave, as far as a row keeps it.
pub fn given(text: &str) -> Box<str> {
    text.chars().take(LONGEST).collect()
}

/// Which list of the log a row is in [graph-sign-in].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignInKind {
    /// A person was there.
    InteractiveUser,
    /// A client renewed what a person had agreed to.
    NonInteractiveUser,
    /// An application signed in, in its own name.
    ServicePrincipal,
}

impl SignInKind {
    /// The vendor's word.
    pub fn word(self) -> &'static str {
        match self {
            SignInKind::InteractiveUser => "interactiveUser",
            SignInKind::NonInteractiveUser => "nonInteractiveUser",
            SignInKind::ServicePrincipal => "servicePrincipal",
        }
    }
}

/// What was signed in to, or what has signed in: its id and its name, as far as they are known.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SignInParty {
    /// The client id, or what was given for one.
    pub id: Box<str>,
    /// The name.
    pub name: Box<str>,
}

impl SignInParty {
    /// A party of this id and this name.
    pub fn new(id: &str, name: &str) -> SignInParty {
        SignInParty { id: given(id), name: given(name) }
    }

    /// What it is called, by its id where it has no name.
    fn called(&self) -> &str {
        match (&*self.name, &*self.id) {
            ("", "") => "an unknown application",
            ("", id) => id,
            (name, _) => name,
        }
    }
}

/// A row of the sign-in log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedSignIn {
    /// Which list it is in.
    pub kind: SignInKind,
    /// How it travelled: `saml20`, `oAuth2` or `deviceCode`.
    pub protocol: &'static str,
    /// The name or the object id that was entered, as far as it came to one.
    pub user: Option<Box<str>>,
    /// The application.
    pub app: SignInParty,
    /// The object id of its service principal; empty where there is none, or it did not sign in.
    pub principal: Box<str>,
    /// For which a token is; the application itself where it is for none.
    pub resource: SignInParty,
    /// The number after `AADSTS`; 0 when it went well.
    pub code: u32,
    /// Why it was refused; empty when it went well.
    pub why: Box<str>,
}

impl LoggedSignIn {
    /// It as one line of text.
    pub fn words(&self) -> String {
        let mut words = String::new();
        self.write(&mut words);
        words
    }

    /// Writes that line.
    pub fn write(&self, out: &mut String) {
        let app = self.app.called();
        let subject = match (self.kind, self.user.as_deref()) {
            (SignInKind::ServicePrincipal, _) => format!("the application {app} "),
            (_, Some(user)) => format!("{user} to {app} "),
            (_, None) => format!("to {app} "),
        };
        // Writing to a String cannot fail.
        let _ = match (self.code, self.kind) {
            (0, SignInKind::ServicePrincipal) => {
                write!(out, "{subject}signed in for {}", self.resource.called())
            }
            (0, _) => write!(out, "sign-in of {subject}went well"),
            (code, _) => write!(out, "sign-in of {subject}refused: AADSTS{code}, {}", self.why),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_who_came_and_what_was_said() {
        let row = |kind, user: Option<&str>, code, why: &str| {
            let row = LoggedSignIn {
                kind,
                protocol: "oAuth2",
                user: user.map(Into::into),
                app: SignInParty::new("1-2", "Script"),
                principal: "".into(),
                resource: SignInParty::new("3", "Microsoft Graph"),
                code,
                why: why.into(),
            };
            row.words()
        };
        use SignInKind::*;
        assert_eq!(
            row(ServicePrincipal, None, 0, ""),
            "the application Script signed in for Microsoft Graph"
        );
        assert_eq!(
            row(ServicePrincipal, None, 7_000_215, "wrong"),
            "sign-in of the application Script refused: AADSTS7000215, wrong"
        );
        assert_eq!(
            row(InteractiveUser, Some("bob"), 50_034, "there is none"),
            "sign-in of bob to Script refused: AADSTS50034, there is none"
        );
        let unknown = SignInParty::default();
        assert_eq!(unknown.called(), "an unknown application");
        assert_eq!(SignInParty::new("x", "").called(), "x");
    }
}
