//! What of single sign-on has a name in Graph. A client reads and writes it where a scenario's
//! `[entra.sso]` stands: in the settings of the application. So either sees what the other did.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::settings::SsoSettings;
use crate::entra::tenant::registry::AppSide;

/// The mode of an application that users sign in to by SAML.
pub const SAML: &str = "saml";

/// The properties that hold addresses; one that is at this server is kept as its path.
pub const ADDRESSES: [&str; 4] = ["loginUrl", "logoutUrl", "redirectUris", "replyUrls"];

/// What a client of Graph has written that a scenario has no words for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GraphSignOn {
    /// How My Apps signs users in: `saml`, `password`, `oidc` or `notSupported`; `None` until that
    /// is set up.
    pub mode: Option<String>,
    /// The thumbprint of the certificate that signs; `None` leaves it to `certificate`.
    pub chosen: Option<String>,
    /// The numbers of the certificates that were taken away, from 0.
    pub withdrawn: BTreeSet<usize>,
}

impl SsoSettings {
    /// Takes what is of single sign-on out of what a client writes about one of the two objects of
    /// an application, whose client id is `own`; `here` is the address of this server.
    pub fn take_written(
        &mut self,
        side: AppSide,
        written: &mut Map<String, Value>,
        (own, here): (&str, &str),
    ) {
        match side {
            AppSide::Registration => self.take_registration(written, here),
            AppSide::Principal => self.take_principal(written, (own, here)),
        }
    }

    fn take_registration(&mut self, written: &mut Map<String, Value>, here: &str) {
        if let Some(uris) = written.remove("identifierUris") {
            self.identifiers = texts(&uris);
        }
        let Some(web) = written.get_mut("web") else { return };
        let of_web = |name| match &mut *web {
            Value::Object(members) => members.remove(name),
            _ => Some(Value::Null),
        };
        let [urls, logout] = ["redirectUris", "logoutUrl"].map(of_web);
        if let Some(urls) = urls {
            self.reply_urls = addresses(&urls, here);
        }
        if let Some(url) = logout {
            self.logout_url = address(&url, here);
        }
        if web.as_object().is_some_and(Map::is_empty) {
            written.remove("web");
        }
    }

    fn take_principal(&mut self, written: &mut Map<String, Value>, (own, here): (&str, &str)) {
        let mut take = |name| written.remove(name);
        if let Some(enabled) = take("accountEnabled") {
            self.enabled = enabled != Value::Bool(false);
        }
        if let Some(required) = take("appRoleAssignmentRequired") {
            self.assignment_required = required == Value::Bool(true);
        }
        if let Some(url) = take("loginUrl") {
            self.sign_on_url = address(&url, here);
        }
        if let Some(url) = take("logoutUrl") {
            self.logout_url = address(&url, here);
        }
        if let Some(saml) = take("samlSingleSignOnSettings") {
            self.relay_state = text(&saml["relayState"]);
        }
        if let Some(urls) = take("replyUrls") {
            self.reply_urls = addresses(&urls, here);
        }
        if let Some(names) = take("servicePrincipalNames") {
            // The client id is one of them in any case.
            self.identifiers = texts(&names);
            self.identifiers.retain(|name| !name.eq_ignore_ascii_case(own));
        }
        if let Some(mode) = take("preferredSingleSignOnMode") {
            self.graph.mode = text(&mode);
        }
        if let Some(thumbprint) = take("preferredTokenSigningKeyThumbprint") {
            self.graph.chosen = text(&thumbprint);
        }
    }

    /// Whether users sign in by SAML as far as Graph knows: then there is a certificate.
    pub fn is_saml(&self) -> bool {
        self.graph.mode.as_deref() == Some(SAML)
    }

    /// In which properties of the service principal Graph shows the difference; those of the
    /// registration follow.
    pub fn differences(&self, before: &SsoSettings) -> Vec<&'static str> {
        let certificates = self.certificates != before.certificates
            || self.graph.withdrawn != before.graph.withdrawn
            || self.is_saml() != before.is_saml();
        let chosen = self.certificate != before.certificate
            || self.graph.chosen != before.graph.chosen
            || certificates;
        let required = self.assignment_required != before.assignment_required;
        let differs = [
            (self.enabled != before.enabled, "accountEnabled"),
            (required, "appRoleAssignmentRequired"),
            (self.identifiers != before.identifiers, "servicePrincipalNames"),
            (self.reply_urls != before.reply_urls, "replyUrls"),
            (self.sign_on_url != before.sign_on_url, "loginUrl"),
            (self.logout_url != before.logout_url, "logoutUrl"),
            (self.relay_state != before.relay_state, "samlSingleSignOnSettings"),
            (self.graph.mode != before.graph.mode, "preferredSingleSignOnMode"),
            (chosen, "preferredTokenSigningKeyThumbprint"),
            (certificates, "keyCredentials"),
            (certificates, "passwordCredentials"),
        ];
        differs.into_iter().filter(|(differs, _)| *differs).map(|(_, name)| name).collect()
    }

    /// How users sign in to an application that has a new service principal: as to the one before,
    /// or as its registration, of which it takes what is of single sign-on, says.
    pub fn of_new_principal(
        from_gallery: bool,
        before: Option<&SsoSettings>,
        registration: &mut Map<String, Value>,
    ) -> SsoSettings {
        let none = GraphSignOn::default();
        let mut sso = SsoSettings { graph: none, ..SsoSettings::default() };
        if let Some(before) = before {
            sso.identifiers.clone_from(&before.identifiers);
            sso.reply_urls.clone_from(&before.reply_urls);
            sso.logout_url.clone_from(&before.logout_url);
        } else if !from_gallery {
            (sso.identifiers, sso.reply_urls) = (Vec::new(), Vec::new());
        }
        sso.assignment_required = from_gallery;
        sso.take_registration(registration, "");
        sso
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(text).collect()
}

fn address(value: &Value, here: &str) -> Option<String> {
    text(value).map(|url| own_path(&url, here).to_owned())
}

fn addresses(list: &Value, here: &str) -> Vec<String> {
    texts(list).iter().map(|url| own_path(url, here).to_owned()).collect()
}

/// A URL at this server as its path, so that it leads to this server by whatever address; any other
/// as it is. `here` is the server's address; nothing when it is not known.
pub fn own_path<'u>(url: &'u str, here: &str) -> &'u str {
    url.strip_prefix(here).filter(|path| path.starts_with('/')).unwrap_or(url)
}
