//! A user signs in with a Response of the identity provider: believed or not, let in or turned
//! away.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::GoLinks;
use crate::base::{Moment, Time};
use crate::golinks::form::FormFields;
use crate::golinks::settings::sso::AccountKey;
use crate::golinks::sign_on::{
    Admission, Assertion, Expected, FoundAccount, IdentityProvider, SignInRefusal, accept, admit,
    read,
};
use crate::golinks::{AccountId, Event, SignInAccount};
use crate::saml::Algorithm;
use crate::saml::binding::read_posted;
use crate::scim::{Error, Object, Path, Value};

/// The path at which GoLinks takes Responses [golinks].
pub const ACS_PATH: &str = "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp";

/// How long a request to sign in may wait for its Response (assumed). It is a week of the story,
/// because at the usual speed a person who takes half a minute to choose has spent five hours.
const REQUEST_LASTS: Duration = Duration::from_secs(7 * 24 * 3_600);

/// How many requests and shown assertions are remembered; the oldest are forgotten.
const REMEMBERED_MAX: usize = 1_000;

impl GoLinks {
    /// Lets a user with a Response in, or turns the user away; both are reported. Returns
    /// the number of the session.
    ///
    /// # Errors
    /// Why the user is turned away.
    pub fn sign_in(
        &mut self,
        assertion: &Assertion,
        moment: &mut Moment<'_, Event>,
    ) -> Result<u64, SignInRefusal> {
        let entered = self.enter(assertion, moment);
        match entered {
            Ok((id, with)) => {
                let until = moment.now() + self.settings.sso.session_lifetime;
                let (now, user_name) = (moment.now(), self.name_of(id));
                let number = self.product.sessions.begin(id, user_name.clone(), now, until);
                moment.emit(Event::SignedIn { id, user_name, with });
                Ok(number)
            }
            Err(why) => {
                let named = assertion.key(self.settings.sso.jit_key);
                let user_name: Arc<str> = named.unwrap_or(&assertion.name_id).into();
                moment.emit(Event::TurnedAway { user_name, why: why.clone() });
                Err(why)
            }
        }
    }

    /// Makes a request to sign in; returns its id, which no request had before.
    pub fn ask_to_sign_in(&mut self, moment: &Moment<'_, Event>) -> String {
        self.product.requests_made += 1;
        let made = self.product.requests_made;
        let id = format!("_{:032x}", moment.seed().named("authn request", "", made));
        let now = moment.now();
        self.product.asked.retain(|_, until| *until > now);
        if self.product.asked.len() >= REMEMBERED_MAX {
            self.product.asked.pop_first();
        }
        self.product.asked.insert(id.clone(), now + REQUEST_LASTS);
        id
    }

    /// [`GoLinks::sign_in`] with the Response as it was received.
    ///
    /// # Errors
    /// Why the user is turned away; also when nothing shows who the user is.
    pub fn take_response(
        &mut self,
        text: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<u64, SignInRefusal> {
        match self.read_response(text) {
            Ok(assertion) => self.sign_in(&assertion, moment),
            Err(why) => {
                moment.emit(Event::TurnedAway { user_name: "a visitor".into(), why: why.clone() });
                Err(why)
            }
        }
    }

    fn read_response(&self, text: &str) -> Result<Assertion, SignInRefusal> {
        let taken = Algorithm::taken(self.settings.sso.sha1);
        read(text, self.product.provider.as_ref(), taken)
    }

    /// Whether the Response that a browser brings is one for this workspace: it answers a request
    /// made here, or a certificate known here has signed it.
    pub fn expects_response(&self, request: &Request<Bytes>, now: Time) -> bool {
        let form = FormFields::read(request).unwrap_or_default();
        let Some(text) = read_posted(form.get("SAMLResponse")) else { return false };
        self.read_response(&text).is_ok_and(|assertion| match &assertion.in_response_to {
            Some(id) => self.product.asked.get(id).is_some_and(|until| *until > now),
            None => true,
        })
    }

    /// The object id of the user for whom the Response is that a browser brings.
    pub fn brings_user(&self, request: &Request<Bytes>) -> Option<String> {
        let form = FormFields::read(request)?;
        let assertion = self.read_response(&read_posted(form.get("SAMLResponse"))?).ok()?;
        assertion.object_id().map(str::to_owned)
    }

    /// Takes over the metadata of an identity provider, in place of those it had.
    pub fn take_metadata(&mut self, provider: IdentityProvider) {
        self.product.provider = Some(provider);
    }

    /// The identity provider, by the metadata that GoLinks was given.
    pub fn identity_provider(&self) -> Option<&IdentityProvider> {
        self.product.provider.as_ref()
    }

    fn enter(
        &mut self,
        assertion: &Assertion,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(AccountId, SignInAccount), SignInRefusal> {
        let now = moment.now();
        let product = &self.product;
        let asked = |id: &str| product.asked.get(id).is_some_and(|until| *until > now);
        let expected = Expected {
            entity_id: &self.settings.sso.entity_id,
            acs: ACS_PATH,
            asked: &asked,
            shown: &|id| product.shown.contains_key(id),
        };
        accept(assertion, &expected, now)?;
        self.remember(assertion, now);
        let sso = &self.settings.sso;
        let key = assertion.key(sso.jit_key).ok_or(SignInRefusal::NoKey(sso.jit_key))?;
        let found = self.find_for(key, assertion);
        let wakes = self.quirks().makes_accounts_on_login();
        let entered = match admit(assertion, found, sso, wakes)? {
            Admission::Enter(id) => (id, SignInAccount::Active),
            Admission::Reactivate(id) => {
                self.wake_account(id, moment).map_err(refused)?;
                (id, SignInAccount::Reactivated)
            }
            Admission::Recreate(id) => {
                self.remove_account(id, true, moment).map_err(refused)?;
                (self.join(assertion, moment)?, SignInAccount::Recreated)
            }
            Admission::Create => (self.join(assertion, moment)?, SignInAccount::Created),
        };
        if self.settings.sso.jit_key == AccountKey::ObjectIdentifier {
            self.product.people.bind(key, entered.0);
        }
        if self.settings.sso.role_claim && !self.roles_are_locked() {
            let sso = &self.settings.sso;
            let role = assertion.role().unwrap_or_else(|| sso.role_of_new(assertion.new_name(sso)));
            self.set_role(entered.0, role, moment).map_err(refused)?;
        }
        if entered.1 == SignInAccount::Active && self.settings.sso.jit_updates_names {
            self.take_names(entered.0, assertion, moment).map_err(refused)?;
        }
        Ok(entered)
    }

    /// Remembers that an assertion was shown, and that its request is answered.
    fn remember(&mut self, assertion: &Assertion, now: Time) {
        let Assertion { id, in_response_to, not_on_or_after, .. } = assertion;
        self.product.shown.retain(|_, until| *until > now);
        if self.product.shown.len() >= REMEMBERED_MAX {
            self.product.shown.pop_first();
        }
        self.product.shown.insert(id.clone(), *not_on_or_after);
        if let Some(request) = in_response_to {
            self.product.asked.remove(request);
        }
    }

    /// The account that a Response names.
    fn find_for(&self, key: &str, assertion: &Assertion) -> Option<FoundAccount> {
        let bound = self.product.people.bound(key).and_then(|id| self.accounts.get(id));
        let name = assertion.new_name(&self.settings.sso);
        let account = bound.or_else(|| self.accounts.named(name))?;
        let (id, active) = (account.id, account.active);
        Some(FoundAccount { id, active, by_scim: !account.by_hand })
    }

    /// Makes the account of a user who joins by signing in: userName, names and e-mail address are
    /// those of the Response [golinks].
    fn join(
        &mut self,
        assertion: &Assertion,
        moment: &mut Moment<'_, Event>,
    ) -> Result<AccountId, SignInRefusal> {
        let name = assertion.new_name(&self.settings.sso).to_owned();
        let mut resource = Object::from_iter([("userName".into(), name.as_str().into())]);
        let mut names = Object::new();
        for (claim, path) in [("givenname", "givenName"), ("surname", "familyName")] {
            if let Some(value) = assertion.claim(claim) {
                names.insert(path, value);
            }
        }
        if !names.is_empty() {
            resource.insert("name", Value::Object(names));
        }
        let id = self.create_account(resource, moment).map_err(refused)?;
        self.product.people.joined(id);
        self.product.people.set_role(id, self.settings.sso.role_of_new(&name));
        Ok(id)
    }

    fn wake_account(&mut self, id: AccountId, moment: &mut Moment<'_, Event>) -> Result<(), Error> {
        let active = Path { attribute: "active".to_owned(), ..Path::default() };
        self.edit_account(id, vec![(active, true.into())], moment)
    }

    /// Writes the names of a Response to an account.
    fn take_names(
        &mut self,
        id: AccountId,
        assertion: &Assertion,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let mut changes = Vec::new();
        for (claim, path) in [("givenname", "name.givenName"), ("surname", "name.familyName")] {
            if let (Some(value), Ok(path)) = (assertion.claim(claim), Path::parse(path)) {
                changes.push((path, value.into()));
            }
        }
        self.edit_account(id, changes, moment)
    }
}

/// A refusal of SCIM's rules as that of a sign-in.
fn refused(error: Error) -> SignInRefusal {
    match error.detail.contains("taken") && error.scim_type.is_none() {
        true => SignInRefusal::NoSeat,
        false => SignInRefusal::Account(error.detail.as_str().into()),
    }
}
