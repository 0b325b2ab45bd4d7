//! Why nobody is signed in: the vendor's number, its sentence, and what to do about it. Its numbers
//! and texts are declared unstable by the vendor [sign-in-errors].

use crate::entra::tenant::SignOnError;

/// A refusal, as the page of the tenant shows it. The application hears nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The number after `AADSTS`.
    pub code: u32,
    /// The sentence.
    pub message: String,
    /// What an administrator can do about it.
    pub advice: String,
    /// The number of the record in the journal, if it has one: only what was decided about a user
    /// is a row of the sign-in log.
    pub record: Option<u64>,
}

impl Refusal {
    fn new(code: u32, message: impl Into<String>, advice: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), advice: advice.into(), record: None }
    }

    /// A tenant that is not here.
    pub fn unknown_tenant(name: &str) -> Refusal {
        Refusal::new(
            90_002,
            format!(
                "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
            ),
            "Take the address from the federation metadata: the tenant is named by its id or by its domain.",
        )
    }

    /// No message at all.
    pub fn no_message() -> Refusal {
        Refusal::new(
            750_054,
            "SAMLRequest or SAMLResponse must be present as query string parameters in HTTP request for SAML Redirect binding.",
            "The application sent the browser here without a request. If it only takes sign-ins that begin at My Apps, it should have no sign-on URL.",
        )
    }

    /// A message that cannot be read; `why` says what is wrong with it.
    pub fn unreadable(why: &str) -> Refusal {
        Refusal::new(
            75_005,
            format!("The request is not a valid Saml2 protocol message: {why}."),
            "By Redirect a request is deflated without a header, then base64, then URL-encoded; by POST it is only base64.",
        )
    }

    /// A request whose id is no id.
    pub fn bad_id(id: &str) -> Refusal {
        Refusal::new(
            7_500_529,
            format!(
                "The value '{id}' is not a valid SAML ID. The ID must not begin with a number."
            ),
            "Let the application begin its ids with a letter or an underscore, and use letters, digits, - and . after it.",
        )
    }

    /// An identifier that no application has.
    pub fn unknown_application(issuer: &str, tenant: &str) -> Refusal {
        Refusal::new(
            700_016,
            format!(
                "Application with identifier '{issuer}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant. You may have sent your authentication request to the wrong tenant."
            ),
            format!(
                "The Issuer of the request must be an identifier of the application: entra.sso.identifier = \"{issuer}\". Some applications send the identity provider's identifier by mistake."
            ),
        )
    }

    /// A client id that no application has.
    pub fn unknown_client(app_id: &str, tenant: &str) -> Refusal {
        let message = Refusal::unknown_application(app_id, tenant).message;
        Refusal::new(700_016, message, "Take the address of the application from My Apps.")
    }

    /// An application to which nobody may sign in.
    pub fn application_disabled(app_id: &str) -> Refusal {
        Refusal::new(
            7_000_112,
            format!("Application '{app_id}' is disabled."),
            "Switch sign-in on again: entra.sso.enabled = true. Provisioning is another switch.",
        )
    }

    /// A reply URL that is not registered.
    pub fn foreign_reply_url(url: &str, app_id: &str) -> Refusal {
        Refusal::new(
            50_011,
            format!(
                "The reply URL '{url}' specified in the request does not match the reply URLs configured for the application '{app_id}'."
            ),
            format!(
                "Add it exactly as it stands: entra.sso.reply_urls = [\"{url}\"]. Behind a proxy an application often says http where https is registered."
            ),
        )
    }

    /// No reply URL at all.
    pub fn no_reply_url() -> Refusal {
        Refusal::new(
            900_971,
            "No reply address provided.",
            "Register where Responses are sent: entra.sso.reply_urls.",
        )
    }

    /// An unsigned request where signatures are enforced, or a sign-in without a request there.
    pub fn unsigned() -> Refusal {
        Refusal::new(
            76_021,
            "The request sent by client is not signed while the application requires signed requests.",
            "Let the application sign its requests, or do without: entra.sso.signed_requests = false. From My Apps nothing is signed.",
        )
    }

    /// A request whose signature is not one of the application's certificates (number assumed: the
    /// vendor says that it fails, not how [saml-signed-requests]).
    pub fn wrong_signature(why: &str) -> Refusal {
        Refusal::new(
            76_021,
            format!("The signature of the request was not verified: {why}."),
            "By Redirect the signature is in the query, by POST within the message, in either case RSA with SHA-256, or with SHA-1 where entra.sso.sha1_requests = true; its certificate is one of entra.sso.request_certificates.",
        )
    }

    /// A format of names that is not known.
    pub fn bad_name_policy(format: &str) -> Refusal {
        Refusal::new(
            75_016,
            format!(
                "Saml2AuthenticationRequestInvalidNameIDPolicy: the format '{format}' is not supported."
            ),
            "Ask for persistent, emailAddress, unspecified or transient, or for none.",
        )
    }

    /// A part of a request that the vendor does not take.
    pub fn unsupported(part: &str) -> Refusal {
        Refusal::new(
            900_236,
            format!(
                "The SAML authentication request property '{part}' is not supported and must not be set."
            ),
            "Let the application leave it out.",
        )
    }

    /// Another way of signing in than the one that was used.
    pub fn other_context(used: &str, requested: &str) -> Refusal {
        Refusal::new(
            75_011,
            format!(
                "Authentication method '{used}' by which the user authenticated with the service doesn't match requested authentication method '{requested}'."
            ),
            "Let the application ask for no RequestedAuthnContext, or send ForceAuthn.",
        )
    }

    /// Nobody of this name.
    pub fn unknown_user(name: &str, tenant: &str) -> Refusal {
        Refusal::new(
            50_034,
            format!(
                "The user account {name} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory."
            ),
            "Deleted users are gone for sign-in at once; restore the user, or pick another one.",
        )
    }

    /// A silent sign-in without a session.
    pub fn no_session() -> Refusal {
        Refusal::new(
            50_058,
            "Session information is not sufficient for single-sign-on.",
            "Sign in first, then try again.",
        )
    }

    /// Another password than the user's.
    pub fn wrong_password() -> Refusal {
        Refusal::new(
            50_126,
            "Error validating credentials due to invalid username or password.",
            "A scenario has set a password for this user: password in its table [user.…].",
        )
    }

    /// A user who is refused; `user` and `application` are as people know them.
    pub fn of_user(why: SignOnError, user: &str, application: &str, ids: (&str, &str)) -> Refusal {
        let (app_id, tenant) = ids;
        match why {
            SignOnError::UserNotFound | SignOnError::NoSignInName => {
                Refusal::unknown_user(user, tenant)
            }
            SignOnError::WrongPassword => Refusal::wrong_password(),
            SignOnError::UserDisabled => Refusal::new(
                50_057,
                "The user account is disabled.",
                format!(
                    "{user} is blocked from sign-in. That ends no session that an application already has: those are the application's own to end."
                ),
            ),
            SignOnError::NotAssigned => Refusal::new(
                50_105,
                format!(
                    "Your administrator has configured the application {application} ('{app_id}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator."
                ),
                "Assign the user, or a group of which the user is a direct member; or let everybody in: entra.sso.assignment_required = false.",
            ),
            SignOnError::ApplicationDisabled => Refusal::application_disabled(app_id),
            SignOnError::ApplicationNotFound => Refusal::new(
                700_016,
                format!(
                    "Application with identifier '{app_id}' was not found in the directory '{tenant}'."
                ),
                "The application is deleted; within 30 days it can be restored from the recycle bin.",
            ),
            SignOnError::NoNameId => Refusal::new(
                501_241,
                "Mandatory input for the NameID is missing from the transformation of the claims policy.",
                format!("{user} has no value in the attribute that entra.sso.name_id names."),
            ),
            SignOnError::OtherContext => Refusal::other_context("Password", "another one"),
        }
    }
}
