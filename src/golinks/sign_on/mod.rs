//! Single sign-on: what a Response says, and whether GoLinks lets its user in. Pure: no state is
//! changed here.

mod accept;
mod admit;
mod facts;
mod refusal;

pub(crate) use accept::{Expected, accept};
pub(crate) use admit::{Admission, Found, admit};
pub use facts::{Assertion, Signature};
pub use refusal::SignInRefusal;
