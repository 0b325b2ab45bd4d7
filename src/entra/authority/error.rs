//! The refusals of the authority: OAuth's error with the vendor's number (RFC 6749, section 5.2)
//! [sign-in-errors].

use bytes::Bytes;
use http::{Response, StatusCode};
use rand_chacha::ChaCha20Rng;
use serde_json::json;

use super::{At, guid, whole};
use crate::entra::tenant::SignOnError;

/// Why a request is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SignInError {
    /// The number after `AADSTS`.
    pub(super) code: u32,
    /// OAuth's word.
    pub(super) error: &'static str,
    /// The HTTP status.
    pub(super) status: StatusCode,
    /// The sentence for a person.
    pub(super) message: String,
}

const INVALID_REQUEST: &str = "invalid_request";
const INVALID_CLIENT: &str = "invalid_client";
const INVALID_GRANT: &str = "invalid_grant";
const INVALID_SCOPE: &str = "invalid_scope";

impl SignInError {
    fn new(code: u32, error: &'static str, message: impl Into<String>) -> SignInError {
        let status = match error {
            INVALID_CLIENT => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        SignInError { code, error, status, message: message.into() }
    }

    pub(super) fn malformed(why: &str) -> SignInError {
        let message = format!("Invalid request. Request is malformed or invalid. {why}");
        SignInError::new(9_002_313, INVALID_REQUEST, message)
    }

    /// A form that is larger than this many bytes.
    pub(super) fn too_large(limit: usize) -> SignInError {
        let why = format!("The form is larger than the {limit} bytes it may have.");
        let error = SignInError::malformed(&why);
        SignInError { status: StatusCode::PAYLOAD_TOO_LARGE, ..error }
    }

    pub(super) fn wrong_method() -> SignInError {
        let error = SignInError::new(
            900_561,
            INVALID_REQUEST,
            "The endpoint does not accept requests of this method.",
        );
        SignInError { status: StatusCode::METHOD_NOT_ALLOWED, ..error }
    }

    pub(super) fn unknown_tenant(name: &str) -> SignInError {
        let message = format!(
            "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        );
        SignInError::new(90_002, INVALID_REQUEST, message)
    }

    pub(super) fn unknown_client(app_id: &str, at: At<'_>) -> SignInError {
        let message = format!(
            "Application with identifier '{app_id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            at.tenant_id()
        );
        SignInError::new(700_016, "unauthorized_client", message)
    }

    /// An application whose service principal is switched off.
    pub(super) fn disabled_client(app_id: &str, name: &str) -> SignInError {
        let message = format!("Application '{app_id}'({name}) is disabled.");
        SignInError::new(7_000_112, "unauthorized_client", message)
    }

    /// A registration without a service principal.
    pub(super) fn no_principal(app_id: &str, at: At<'_>) -> SignInError {
        let message = format!(
            "The client application {app_id} is missing service principal in the tenant {}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
            at.tenant_id()
        );
        SignInError::new(7_000_229, "unauthorized_client", message)
    }

    pub(super) fn missing(parameter: &str) -> SignInError {
        let message =
            format!("The request body must contain the following parameter: '{parameter}'.");
        SignInError::new(900_144, INVALID_REQUEST, message)
    }

    pub(super) fn wrong_secret(app_id: &str) -> SignInError {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{app_id}'."
        );
        SignInError::new(7_000_215, INVALID_CLIENT, message)
    }

    pub(super) fn expired_secret(app_id: &str) -> SignInError {
        let message = format!(
            "The provided client secret keys for app '{app_id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
        );
        SignInError::new(7_000_222, INVALID_CLIENT, message)
    }

    /// A client that must show who it is and does not.
    pub(super) fn no_credentials(client_credentials: bool) -> SignInError {
        match client_credentials {
            true => SignInError::new(
                7_000_216,
                INVALID_CLIENT,
                "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
            ),
            false => SignInError::new(
                7_000_218,
                INVALID_CLIENT,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            ),
        }
    }

    pub(super) fn public_client() -> SignInError {
        SignInError::new(
            700_025,
            INVALID_CLIENT,
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        )
    }

    /// An assertion that proves nothing.
    pub(super) fn bad_assertion(code: u32, message: impl Into<String>) -> SignInError {
        SignInError::new(code, INVALID_CLIENT, message)
    }

    pub(super) fn unsupported_grant(grant: &str) -> SignInError {
        let message = format!("The app requested an unsupported grant type '{grant}'.");
        SignInError::new(70_003, "unsupported_grant_type", message)
    }

    pub(super) fn unsupported_response(kind: &str) -> SignInError {
        let message = format!("The app requested an unsupported response type '{kind}'.");
        SignInError::new(70_005, "unsupported_response_type", message)
    }

    pub(super) fn bad_scope(scope: &str) -> SignInError {
        let message = format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        SignInError::new(70_011, INVALID_SCOPE, message)
    }

    pub(super) fn not_default_scope(scope: &str) -> SignInError {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        SignInError::new(1_002_012, INVALID_SCOPE, message)
    }

    pub(super) fn several_resources() -> SignInError {
        let message = "Provided value for the input parameter scope is not valid because it contains more than one resource.";
        SignInError::new(28_000, INVALID_REQUEST, message)
    }

    pub(super) fn unknown_resource(name: &str, at: At<'_>) -> SignInError {
        let message = format!(
            "The resource principal named {name} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            at.tenant_id()
        );
        SignInError::new(500_011, "invalid_resource", message)
    }

    pub(super) fn no_consent(app_id: &str, name: &str) -> SignInError {
        let message = format!(
            "The user or administrator has not consented to use the application with ID '{app_id}' named '{name}'. Send an interactive authorization request for this user and resource."
        );
        SignInError::new(65_001, INVALID_GRANT, message)
    }

    /// What a user had agreed to before all of it was revoked.
    pub(super) fn revoked_grant() -> SignInError {
        let message = "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.";
        SignInError::new(50_173, INVALID_GRANT, message)
    }

    pub(super) fn foreign_redirect(uri: &str, app_id: &str) -> SignInError {
        let message = format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{app_id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."
        );
        SignInError::new(50_011, INVALID_REQUEST, message)
    }

    pub(super) fn no_session() -> SignInError {
        let message =
            "Session information is not sufficient for single-sign-on. The user must sign in.";
        SignInError::new(50_058, "login_required", message)
    }

    /// A user who may not sign in.
    pub(super) fn user(why: SignOnError, name: &str, at: At<'_>) -> SignInError {
        match why {
            SignOnError::UserNotFound | SignOnError::NoSignInName => {
                SignInError::unknown_user(name, at)
            }
            SignOnError::WrongPassword => SignInError::new(
                50_126,
                INVALID_GRANT,
                "Error validating credentials due to invalid username or password.",
            ),
            SignOnError::UserDisabled => {
                SignInError::new(50_057, INVALID_GRANT, "The user account is disabled.")
            }
            // Registered applications of this kind ask for none of these.
            SignOnError::NotAssigned
            | SignOnError::ApplicationDisabled
            | SignOnError::ApplicationNotFound
            | SignOnError::NoNameId
            | SignOnError::OtherContext => SignInError::new(why.code(), INVALID_GRANT, why.words()),
        }
    }

    pub(super) fn unknown_user(name: &str, at: At<'_>) -> SignInError {
        let message = format!(
            "The user account {name} does not exist in the {} directory. To sign into this application, the account must be added to the directory.",
            at.tenant_id()
        );
        SignInError::new(50_034, INVALID_GRANT, message)
    }

    pub(super) fn expired_grant() -> SignInError {
        let message = "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.";
        SignInError::new(70_008, INVALID_GRANT, message)
    }

    pub(super) fn unknown_grant() -> SignInError {
        let message =
            "The provided value for the input parameter 'code' or 'refresh_token' is not valid.";
        SignInError::new(70_000, INVALID_GRANT, message)
    }

    pub(super) fn used_code() -> SignInError {
        let message = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
        SignInError::new(54_005, INVALID_GRANT, message)
    }

    pub(super) fn wrong_verifier() -> SignInError {
        let message = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        SignInError::new(501_481, INVALID_GRANT, message)
    }

    pub(super) fn bad_challenge() -> SignInError {
        let message = "The size of the Code_Challenge parameter must be 43 to 128 characters, and its method S256.";
        SignInError::new(501_491, INVALID_REQUEST, message)
    }

    pub(super) fn pending() -> SignInError {
        let message = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
        SignInError::new(70_016, "authorization_pending", message)
    }

    pub(super) fn wrong_device_code() -> SignInError {
        let message = "The verification code is not valid.";
        SignInError::new(70_018, "bad_verification_code", message)
    }

    pub(super) fn expired_device_code() -> SignInError {
        let message = "The device code has expired. Begin again.";
        SignInError::new(70_019, "expired_token", message)
    }

    pub(super) fn bad_token(message: &str) -> SignInError {
        let error = SignInError::new(50_027, "invalid_token", message);
        SignInError { status: StatusCode::UNAUTHORIZED, ..error }
    }

    /// The sentence with its number, as it also travels in a redirect.
    pub(super) fn described(&self, trace: &str, correlation: &str, stamp: &str) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}",
            self.code, self.message
        )
    }

    /// The refusal as it travels.
    pub(super) fn response(
        &self,
        at: At<'_>,
        correlation: Option<&str>,
        chance: &mut ChaCha20Rng,
    ) -> Response<Bytes> {
        let trace = guid(chance);
        let correlation = correlation.map_or_else(|| guid(chance), str::to_owned);
        let stamp = stamp(at);
        let body = json!({
            "error": self.error,
            "error_description": self.described(&trace, &correlation, &stamp),
            "error_codes": [self.code],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        });
        whole(self.status, "application/json; charset=utf-8", body.to_string())
    }
}

/// The instant of the story, as pages say it: people look for it in the logs.
pub(super) fn page_stamp(at: At<'_>) -> String {
    at.now.timestamp().strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The real time, as errors say it: `2031-03-04 09:15:02Z`.
pub(super) fn stamp(at: At<'_>) -> String {
    at.real.timestamp().strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
