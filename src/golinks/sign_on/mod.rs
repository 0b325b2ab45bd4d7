//! Single sign-on: what a Response says, and whether GoLinks lets its user in. Pure: no state is
//! changed here.

mod accept;
mod admit;
mod facts;
mod refusal;
mod response;

pub(crate) use accept::{Expected, accept};
pub(crate) use admit::{Admission, FoundAccount, admit};
pub use facts::{Assertion, IdentityProvider};
pub use refusal::SignInRefusal;
pub(crate) use response::read;
