//! The tenant's single sign-on as browsers reach it: where applications send them, My Apps, and
//! the federation metadata.
//!
//! What is decided is decided in `entra::sign_on`. Here are the two things that a pure function
//! cannot have: the real time, in which service providers of other processes live, and the
//! sessions of browsers.

mod form;
mod message;
mod page;
mod path;
mod sessions;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use percent_encoding::{CONTROLS, utf8_percent_encode};

use self::form::FormValues;
use self::message::{SignInMessage, SsoMessage};
pub use self::path::{SSO_PATHS, leads_here};
use self::path::{SsoEndpoint, SsoPath};
pub use self::sessions::Sessions;
use super::Server;
use super::body::{self, Body, Unread};
use super::connection::CloseConnection;
use super::refusals::{Refused, Surface};
use super::route::{text, whole, wrong_method};
use super::tokens::{address, foreign_host};
use crate::base::{Seed, Time};
use crate::entra::graph::sign_in_ids;
use crate::entra::sign_in_log::{LoggedSignIn, SignInKind, SignInParty, given};
use crate::entra::sign_on::{self, Ask, Issued, Refusal, SignOnAt, TenantSession};
use crate::entra::tenant::{AppId, Lifecycle, ObjectId, SignOnError, UserKey};
use crate::golinks::ACS_PATH;
use crate::saml::binding::redirect_query;
use crate::saml::xml::MESSAGE_MAX;
use crate::scenario::Play;
use crate::world::Drive;

/// The largest body: a message in base64 and a few fields.
const BODY_MAX: usize = 2 * MESSAGE_MAX;

/// Answers a request that leads here.
///
/// # Errors
/// When the connection is to be closed without a response.
pub async fn answer(
    server: &Server,
    request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    let (parts, mut incoming) = request.into_parts();
    if let Some(refused) = foreign_host(server, &Method::GET, &parts.uri, &parts.headers) {
        let head = Request::from_parts(parts, Bytes::new());
        return Ok(refused.response(server, Surface::Plain, &head));
    }
    let patience = server.limits.patience;
    let bytes = match body::read(&mut incoming, BODY_MAX, patience, &server.unfinished).await {
        Ok(bytes) => Some(bytes),
        Err(Unread::TimedOut) => return Err(CloseConnection),
        Err(why @ (Unread::NoRoom | Unread::Malformed)) => {
            let refused =
                if why == Unread::NoRoom { Refused::no_room() } else { Refused::malformed_body() };
            let head = Request::from_parts(parts, Bytes::new());
            return Ok(refused.response(server, Surface::Plain, &head));
        }
        Err(Unread::TooLarge) => None,
    };
    let base = address(&parts.uri, &parts.headers, &parts.extensions);
    let Some(bytes) = bytes else {
        let form = FormValues::parse("");
        let visit = Visit { server, parts: &parts, base: &base, form: &form, own: false };
        return Ok(visit.too_large());
    };
    let form = match parts.method {
        Method::GET | Method::HEAD => FormValues::parse(parts.uri.query().unwrap_or_default()),
        Method::POST => FormValues::parse(&String::from_utf8_lossy(&bytes)),
        _ => return Ok(wrong_method("GET, HEAD, POST")),
    };
    // A page of another site may send a browser here with a request, as every application does;
    // what a person decides comes from a page of this server.
    let own = parts.method == Method::POST
        && foreign_host(server, &parts.method, &parts.uri, &parts.headers).is_none();
    let visit = Visit { server, parts: &parts, base: &base, form: &form, own };
    visit.answer().ok_or(CloseConnection)
}

/// A request of a browser.
struct Visit<'a> {
    server: &'a Server,
    parts: &'a Parts,
    base: &'a str,
    form: &'a FormValues,
    /// Whether it may change something: it comes from a page of this server, or from a program.
    own: bool,
}

/// What a browser gets.
type Answer = Response<Body>;

impl Visit<'_> {
    /// `None` when the owner has stopped.
    fn answer(&self) -> Option<Answer> {
        let path = SsoPath::of(self.parts.uri.path())?;
        let known = self.read(|play, at| path.names_tenant(play.world().entra().tenant(), at))?;
        if !known {
            return Some(self.refused(&Refusal::unknown_tenant(path.tenant)));
        }
        match path.endpoint {
            SsoEndpoint::Saml => self.saml(),
            SsoEndpoint::Metadata => self.metadata(),
            SsoEndpoint::Launch(app_id) => self.launch(app_id),
            SsoEndpoint::MyApps => self.my_apps(),
            SsoEndpoint::SignOut => self.sign_out(),
        }
    }

    /// Reads from the play, at this instant.
    fn read<T>(&self, read: impl FnOnce(&Play, SignOnAt<'_>) -> T) -> Option<T> {
        self.server.owner.read(|play| read(play, at(play, self.base)))
    }

    /// `/saml2`: a request to sign in or out, or the choice of a person on the page for it.
    fn saml(&self) -> Option<Answer> {
        let query = self.parts.uri.query().unwrap_or_default();
        let query = (self.parts.method != Method::POST).then_some(query);
        let message = match SsoMessage::of(self.form, query) {
            Ok(SsoMessage::SignIn(message)) => message,
            Ok(SsoMessage::SignOut(message)) => return self.logout(&message),
            Ok(SsoMessage::SignedOut(message)) => return self.logged_out(&message),
            Err(refusal) => return self.turned_away(refusal, SignInParty::default(), None),
        };
        let asked = self.read(|play, at| {
            let (carried, state) = ((&*message.text, message.by()), message.relay_state.as_deref());
            let entra = play.world().entra();
            let asked = sign_on::requested(entra, carried, state, at);
            asked.map_err(|refusal| (refusal, sign_on::asking_party(entra, &message.text, at)))
        })?;
        match asked {
            Ok(ask) => self.decide(&ask, Some(&message)),
            Err((refusal, app)) => self.turned_away(refusal, app, None),
        }
    }

    /// Signs in who has a session or is picked, or lets pick.
    fn decide(&self, ask: &Ask, message: Option<&SignInMessage>) -> Option<Answer> {
        let request = ask.request.as_ref();
        if self.own
            && let Some(name) = self.form.get("user")
        {
            return self.picked(ask, name, message);
        }
        let fresh = request.is_some_and(|it| it.force_authn) || self.form.get("people").is_some();
        let session = self.session().filter(|_| !fresh);
        match session {
            Some(session) => self.issue(ask, session, None),
            None if request.is_some_and(|it| it.is_passive) => {
                let issued = self.read(|play, at| play.world().entra().no_session(ask, at))?;
                self.logged(&Refusal::no_session(), self.party(ask.app)?, None)?;
                Some(self.posting(&issued))
            }
            None => {
                let hint = self.form.get("people").or_else(|| self.form.get("login_hint"));
                let body = self.read(|play, at| {
                    let entra = play.world().entra();
                    let shown = entra.app_names(ask.app, at.seed).application;
                    let fields = page::Fields { message, relay_state: ask.relay_state.as_deref() };
                    page::people(entra, Some(ask.app), &shown, hint.unwrap_or_default(), fields)
                })?;
                Some(self.page("Sign in", body))
            }
        }
    }

    /// Signs in the user who was picked, once the password is right where there is one.
    fn picked(&self, ask: &Ask, name: &str, message: Option<&SignInMessage>) -> Option<Answer> {
        let Some(user) = self.read(|play, _| user(play, name))? else {
            let refusal = Refusal::unknown_user(name, &self.tenant_id()?);
            return self.turned_away(refusal, self.party(ask.app)?, Some(name));
        };
        match self.entered(user)? {
            Entered::Right => self.begin(ask, user),
            Entered::Nothing => {
                let fields = page::Fields { message, relay_state: ask.relay_state.as_deref() };
                self.asking_password(user, fields)
            }
            Entered::Wrong(why) => {
                let note = |play: &mut Play| play.refuse_sign_in(ask.app, user, why);
                let record = Some(self.server.owner.note(note)?);
                Some(self.refused(&Refusal { record, ..self.reason(why, user)? }))
            }
        }
    }

    /// What the form has for the user's password.
    fn entered(&self, user: UserKey) -> Option<Entered> {
        let entered = self.form.get("password");
        self.read(|play, _| {
            let tenant = play.world().entra().tenant();
            match (tenant.has_password(user), entered) {
                (true, None) => Entered::Nothing,
                (_, entered) => tenant
                    .check_password(user, entered.unwrap_or_default())
                    .map_or_else(Entered::Wrong, |()| Entered::Right),
            }
        })
    }

    /// The page that asks for the password of the user who was picked.
    fn asking_password(&self, user: UserKey, fields: page::Fields<'_>) -> Option<Answer> {
        let asked = self.read(|play, _| page::password(play.world().entra(), user, fields))?;
        Some(self.page("Enter password", asked))
    }

    /// A refusal of a user at no application in particular.
    fn reason(&self, why: SignOnError, user: UserKey) -> Option<Refusal> {
        self.read(|play, at| {
            let row = play.world().entra().tenant().user(user);
            let known = row.sign_in_name().unwrap_or(row.handle());
            let ids = ("", &*crate::entra::identity::tenant_id(at.seed));
            Refusal::of_user(why, known, page::MY_APPS, ids)
        })
    }

    /// Begins a session, and signs in with it.
    fn begin(&self, ask: &Ask, user: UserKey) -> Option<Answer> {
        let session = self.new_session(user)?;
        self.issue(ask, session, Some(self.cookie(session)))
    }

    fn issue(
        &self,
        ask: &Ask,
        session: TenantSession,
        cookie: Option<HeaderValue>,
    ) -> Option<Answer> {
        let outside = real();
        let sign_on = |play: &mut Play| play.sign_on(ask, session, self.base, outside);
        // What a Response for GoLinks here brings about is an action when it arrives there.
        let issued = match ask.reply_url.strip_prefix(self.base) {
            Some(ACS_PATH) => self.server.owner.note(sign_on)?,
            _ => self.server.owner.change(sign_on)?,
        };
        let mut answer = match issued {
            Ok(issued) => self.posting(&issued),
            Err(refusal) => self.refused(&refusal),
        };
        if let Some(cookie) = cookie {
            answer.headers_mut().insert(SET_COOKIE, cookie);
        }
        Some(answer)
    }

    /// `/FederationMetadata/…?appid=`: those of an application, or of the main one.
    fn metadata(&self) -> Option<Answer> {
        let wanted = self.form.get("appid");
        let found = self.read(|play, at| {
            let entra = play.world().entra();
            let app = match wanted {
                Some(id) => entra.app_of_client_id(id, at.seed)?,
                None => AppId::MAIN,
            };
            Some(sign_on::metadata(entra, app, at))
        })?;
        Some(match found {
            Some(text) => whole(StatusCode::OK, "application/samlmetadata+xml", Bytes::from(text)),
            None => text(StatusCode::NOT_FOUND, "no application has this appid\n"),
        })
    }

    /// The address of an application at My Apps: to its own sign-in if it has one, otherwise with
    /// a Response.
    fn launch(&self, app_id: &str) -> Option<Answer> {
        let found = self.read(|play, at| {
            let entra = play.world().entra();
            let app = entra.app_of_client_id(app_id, at.seed)?;
            let own = entra.sso_of(app).sign_on_url.clone();
            Some((app, own, sign_on::from_my_apps(entra, app, at)))
        })?;
        match found {
            None => {
                let refusal = Refusal::unknown_client(app_id, &self.tenant_id()?);
                self.turned_away(refusal, SignInParty::new(app_id, ""), None)
            }
            Some((_, Some(url), _)) => Some(self.redirect(&url)),
            Some((_, None, Ok(ask))) => self.decide(&ask, None),
            Some((app, None, Err(refusal))) => self.turned_away(refusal, self.party(app)?, None),
        }
    }

    /// The applications that the user is assigned to; without a session, the people.
    fn my_apps(&self) -> Option<Answer> {
        if self.own
            && let Some(name) = self.form.get("user")
        {
            return self.picked_at_my_apps(name);
        }
        let session = self.session();
        let shown = self.read(|play, at| {
            let entra = play.world().entra();
            match session {
                Some(session) => ("My Apps", page::apps(entra, session.user, at)),
                None => {
                    let hint = self.form.get("people").unwrap_or_default();
                    let fields = page::Fields { message: None, relay_state: None };
                    ("Sign in", page::people(entra, None, page::MY_APPS, hint, fields))
                }
            }
        })?;
        Some(self.page(shown.0, shown.1))
    }

    /// Begins a session for the user who was picked at My Apps.
    fn picked_at_my_apps(&self, name: &str) -> Option<Answer> {
        let my_apps = || SignInParty::new("", page::MY_APPS);
        let Some(user) = self.read(|play, _| user(play, name))? else {
            let refusal = Refusal::unknown_user(name, &self.tenant_id()?);
            return self.turned_away(refusal, my_apps(), Some(name));
        };
        let why = match self.entered(user)? {
            Entered::Nothing => {
                let fields = page::Fields { message: None, relay_state: None };
                return self.asking_password(user, fields);
            }
            Entered::Wrong(why) => Some(why),
            Entered::Right => {
                self.read(|play, _| play.world().entra().tenant().sign_on(user).err())?
            }
        };
        if let Some(why) = why {
            return self.turned_away(self.reason(why, user)?, my_apps(), Some(name));
        }
        self.server.owner.note(|play| play.log_sign_in(row(my_apps(), Some(name), None)))?;
        let session = self.new_session(user)?;
        let mut answer = self.redirect("/myapps");
        answer.headers_mut().insert(SET_COOKIE, self.cookie(session));
        Some(answer)
    }

    /// Ends the session of the browser, if a page of this server asks for it. A link, or a form of
    /// another site, only leads to the question.
    fn sign_out(&self) -> Option<Answer> {
        let key = self.session_key();
        if !self.own && key.is_some_and(|key| self.server.sessions.find(key).is_some()) {
            return Some(self.page("Sign out", page::sign_out()));
        }
        let mut answer = self.page("Signed out", page::signed_out());
        end_session(self.server, &self.parts.headers, &mut answer);
        Some(answer)
    }

    /// A request of an application to sign out: it is answered where the application wants it.
    fn logout(&self, message: &str) -> Option<Answer> {
        let answered = self.read(|play, at| {
            let entra = play.world().entra();
            let asked = sign_on::requested_logout(entra, message, at)?;
            Ok(sign_on::logged_out(entra, &asked, at))
        })?;
        if let Some(key) = self.session_key().filter(|_| answered.is_ok()) {
            self.server.sessions.end(key);
        }
        Some(match answered {
            Err(refusal) => self.refused(&refusal),
            Ok(None) => self.page("Signed out", page::signed_out()),
            Ok(Some((url, response))) => {
                let query = redirect_query("SAMLResponse", &response, self.form.get("RelayState"));
                let mark = if url.contains('?') { '&' } else { '?' };
                self.redirect(&format!("{url}{mark}{query}"))
            }
        })
    }

    /// What an application answers about signing a user out. Nothing here waits for it: no
    /// session begins or ends by it.
    fn logged_out(&self, message: &str) -> Option<Answer> {
        let answered =
            self.read(|play, at| sign_on::answered_logout(play.world().entra(), message, at))?;
        Some(match answered {
            Err(refusal) => self.refused(&refusal),
            Ok((_, answer)) => {
                let here = self.session().is_some();
                self.page("Sign out", page::answered_sign_out(answer.success, here))
            }
        })
    }

    fn session_key(&self) -> Option<&str> {
        session_key(&self.parts.headers)
    }

    /// The session of the browser, if its user is still one.
    fn session(&self) -> Option<TenantSession> {
        let session = self.server.sessions.find(self.session_key()?)?;
        let good = self.read(|play, _| session.is_good(play.world().entra().tenant()));
        good.filter(|good| *good).map(|_| session)
    }

    /// A session that begins now.
    fn new_session(&self, user: UserKey) -> Option<TenantSession> {
        self.read(|play, at| TenantSession {
            user,
            began: at.now,
            began_outside: at.outside,
            revoked: play.world().entra().tenant().times_revoked(user),
        })
    }

    fn cookie(&self, session: TenantSession) -> HeaderValue {
        let key = self.server.sessions.begin(session);
        let secure = if self.base.starts_with("https:") { "; Secure" } else { "" };
        let name = sessions::COOKIE_NAME;
        let cookie = format!("{name}={key}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
    }

    fn tenant_id(&self) -> Option<String> {
        self.read(|_, at| crate::entra::identity::tenant_id(at.seed))
    }

    fn domain(&self) -> String {
        let domain = self.read(|play, _| play.world().entra().tenant().settings().domain.clone());
        domain.map(|domain| domain.to_string()).unwrap_or_default()
    }

    fn page(&self, title: &str, body: String) -> Answer {
        page::whole_page(&self.domain(), title, &body, false)
    }

    fn posting(&self, issued: &Issued) -> Answer {
        let body = page::posting(issued);
        page::whole_page(&self.domain(), "Signing in", &body, true)
    }

    fn refused(&self, refusal: &Refusal) -> Answer {
        // The instant of the story, by which the row of the sign-in log is found.
        let (stamp, seed) = self.read(|_, at| (at.now, at.seed)).unwrap_or((real(), Seed(0)));
        let ids = refusal.record.map(|number| sign_in_ids(seed, number));
        let ids = ids.unwrap_or_else(sessions::unguessable_guids);
        self.page("Sign in", page::refusal(refusal, stamp, &ids))
    }

    /// Refuses a sign-in that has come to no user of an application, and adds the row to the
    /// sign-in log by which the page's ids are found.
    fn turned_away(
        &self,
        refusal: Refusal,
        app: SignInParty,
        user: Option<&str>,
    ) -> Option<Answer> {
        let record = Some(self.logged(&refusal, app, user)?);
        Some(self.refused(&Refusal { record, ..refusal }))
    }

    fn logged(&self, refusal: &Refusal, app: SignInParty, user: Option<&str>) -> Option<u64> {
        let row = row(app, user, Some(refusal));
        self.server.owner.note(|play| play.log_sign_in(row))
    }

    /// An application as the sign-in log names it.
    fn party(&self, app: AppId) -> Option<SignInParty> {
        self.read(|play, at| sign_on::party_of(play.world().entra(), app, at))
    }

    /// The refusal of a form that is larger than any message with its fields.
    fn too_large(&self) -> Answer {
        let refusal = Refusal::unreadable(&format!("its form is larger than {BODY_MAX} bytes"));
        let answer = self.turned_away(refusal.clone(), SignInParty::default(), None);
        let mut answer = answer.unwrap_or_else(|| self.refused(&refusal));
        *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        // The rest of the body is not read, so the connection cannot be used again.
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        answer
    }

    fn redirect(&self, to: &str) -> Answer {
        let mut response = text(StatusCode::SEE_OTHER, "");
        // An administrator may have written any text; what no header can hold is encoded.
        let to = utf8_percent_encode(to, CONTROLS).to_string();
        match HeaderValue::from_str(&to) {
            Ok(to) => drop(response.headers_mut().insert(LOCATION, to)),
            Err(_) => return text(StatusCode::INTERNAL_SERVER_ERROR, "this is no address\n"),
        }
        response.headers_mut().remove(CONTENT_TYPE);
        response
    }
}

/// What was entered for a user's password.
enum Entered {
    /// The right one, or any for a user without one.
    Right,
    /// None yet, and there is one.
    Nothing,
    /// Another one, or the user is gone.
    Wrong(SignOnError),
}

/// A row of the sign-in log for a sign-in that has come to no user of an application.
fn row(app: SignInParty, user: Option<&str>, refused: Option<&Refusal>) -> LoggedSignIn {
    LoggedSignIn {
        kind: SignInKind::InteractiveUser,
        protocol: "saml20",
        user: user.map(given),
        resource: app.clone(),
        app,
        principal: "".into(),
        code: refused.map_or(0, |refusal| refusal.code),
        why: refused.map_or("", |refusal| &refusal.message).into(),
    }
}

/// The value of the cookie by which a browser's session is found.
fn session_key(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).into_iter();
    let mut all = cookies.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
    all.find_map(|it| it.trim().strip_prefix(sessions::COOKIE_NAME)?.strip_prefix('='))
}

/// Ends the session of the browser, and has it forget the cookie.
pub(super) fn end_session(server: &Server, headers: &HeaderMap, answer: &mut Answer) {
    if let Some(key) = session_key(headers) {
        server.sessions.end(key);
    }
    let forget = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", sessions::COOKIE_NAME);
    if let Ok(forget) = HeaderValue::from_str(&forget) {
        answer.headers_mut().insert(SET_COOKIE, forget);
    }
}

/// The instant of the play, and the real one.
fn at<'a>(play: &Play, base: &'a str) -> SignOnAt<'a> {
    SignOnAt {
        base,
        now: play.now(),
        outside: real(),
        start: play.script().start,
        seed: play.world().seed(),
    }
}

fn real() -> Time {
    Time::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// The user of this object id or sign-in name.
fn user(play: &Play, name: &str) -> Option<UserKey> {
    let tenant = play.world().entra().tenant();
    let found = tenant.find_upn(name).or_else(|| tenant.find_user_id(ObjectId::parse(name)?))?;
    (tenant.user(found).lifecycle() == Lifecycle::Active).then_some(found)
}
