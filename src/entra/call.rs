//! The calls of the engine to the application, and their replies.

use bytes::Bytes;
use http::{Request, Response};

use super::job::Subject;
use super::tenant::AppId;

/// The id of one call of the engine. It is valid until the call has its response or is lost.
///
/// Its upper bits name the application whose job calls, so that the ids of several jobs differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// The bits of an id that count the calls of one job.
const COUNT: u32 = 48;

impl CallId {
    /// The id before that of an application's first call.
    pub fn before_first(app: AppId) -> CallId {
        CallId(u64::from(app.0) << COUNT)
    }

    /// The application whose job calls.
    pub fn app(self) -> AppId {
        AppId((self.0 >> COUNT) as u16)
    }
}

/// A request that the engine wants to have sent.
#[derive(Debug)]
pub struct Call {
    /// The id of the call; the driver returns it with the reply.
    pub id: CallId,
    /// The object it is about; `None` for a connection probe or test.
    pub subject: Option<Subject>,
    /// Which of the application's endpoints it goes to.
    pub endpoint: CallEndpoint,
    /// The request. Its URI has the tenant URL's path in front and no host.
    pub request: Box<Request<Bytes>>,
}

/// An endpoint of the application that the engine calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallEndpoint {
    /// SCIM.
    Scim,
    /// The token endpoint; its messages hold secrets.
    Token,
}

/// What became of a call: a response, or its loss.
pub type Reply = Result<Response<Bytes>, Lost>;

/// How a call was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lost {
    /// No response within the client's time-out (`request_timeout`).
    TimedOut,
    /// No connection could be opened; the application has not seen the request.
    Refused,
    /// The certificate was not trusted; the application has not seen the request.
    Untrusted,
    /// The connection broke; the application may have carried the request out.
    Reset,
    /// The provisioning service failed by itself; the application has not seen the request.
    Internal,
    /// It would have changed what was there before the run, so it was not sent to a server that is
    /// not ours.
    LeftAlone,
}

/// Why a request was not sent that would have changed what was there before the run.
pub const LEFT_ALONE: &str = "not sent: what was there before this run is left alone";

impl Lost {
    /// Returns the word for logs and pages.
    pub fn word(self) -> &'static str {
        match self {
            Lost::TimedOut => "timed out",
            Lost::Untrusted => "certificate not trusted",
            Lost::Refused => "connection refused",
            Lost::Reset => "connection reset",
            Lost::Internal => "not sent, the service failed",
            Lost::LeftAlone => LEFT_ALONE,
        }
    }
}
