//! What a client of Graph has written about an application's sign-on, over what the scenario says.

use std::borrow::Cow;

use super::settings::SsoSettings;
use crate::entra::tenant::registry::AppSignOn;

impl SsoSettings {
    /// These settings with what was written in their place. Certificates that a client asked for
    /// (`addTokenSigningCertificate`) are found where the others are.
    pub(super) fn with_written(&self, written: &AppSignOn<'_>) -> Cow<'_, SsoSettings> {
        let mut all = Cow::Borrowed(self);
        if let Some(enabled) = written.enabled {
            all.to_mut().enabled = enabled;
        }
        if let Some(required) = written.assignment_required {
            all.to_mut().assignment_required = required;
        }
        if let Some(identifiers) = &written.identifiers {
            all.to_mut().identifiers = owned(identifiers);
        }
        if let Some(urls) = &written.reply_urls {
            all.to_mut().reply_urls = owned(urls);
        }
        if let Some(url) = written.login_url {
            all.to_mut().sign_on_url = Some(url.to_owned());
        }
        if let Some(url) = written.logout_url {
            all.to_mut().logout_url = Some(url.to_owned());
        }
        if let Some(state) = written.relay_state {
            all.to_mut().relay_state = Some(state.to_owned());
        }
        all
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
