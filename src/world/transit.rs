//! What passes between the world and its driver: calls and answers going out, requests
//! coming in.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::entra::{Call, CallId};

/// Names one request that reached a door, until its answer has left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// The client that sent a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The provisioning engine's own call, carried by the driver.
    Engine(CallId),
    /// An external client: curl, a script, another SCIM client. Its requests are never in transit
    /// and never wait for the clock.
    External,
}

/// The door a request arrives at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// GoLinks, `/scim/v2`.
    Scim,
    /// The token endpoint of GoLinks, `/scim/v2/oauth/token`. Its secrets are not journalled.
    Token,
    /// The tenant's API, `/v1.0` and `/beta`.
    Graph,
    /// The pages of GoLinks, `/golinks/` and `/go/`, and where it takes Responses. What they carry
    /// is not journalled.
    Pages,
}

/// What a driver has to carry out.
#[derive(Debug)]
pub enum Outgoing {
    /// The engine's call leaves; it is in transit until the driver hands it to `receive` (or its
    /// loss to `deliver`).
    Call(Call),
    /// An answer leaves.
    Answer(Answer),
    /// The engine has given up on a call: a live driver drops the connection, the pure one has
    /// nothing to do.
    Abandon(CallId),
}

/// An answer that leaves for the engine.
#[derive(Debug)]
pub struct Answer {
    /// The ticket of the request it answers.
    pub ticket: Ticket,
    /// The call. Its answer is in transit until the driver hands it to `deliver`, except
    /// [`WireReply::Never`].
    pub to: CallId,
    /// What is sent.
    pub reply: WireReply,
}

/// An answer on its way to a connection.
#[derive(Debug)]
pub struct DelayedReply {
    /// How long a live driver waits first, in real time; always zero for the engine's call.
    pub wait: Duration,
    /// What is sent then.
    pub reply: WireReply,
}

/// What is sent as an answer.
#[derive(Debug)]
pub enum WireReply {
    /// A response.
    Response(Response<Bytes>),
    /// The connection is reset instead.
    Reset,
    /// Nothing, ever: the request stalls. In an [`Answer`] to the engine it means that the driver
    /// can forget the ticket.
    Never,
}
