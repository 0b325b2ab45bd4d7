//! The door of the tenant's Graph API: what its handlers read and change is the world's.

use bytes::Bytes;
use http::{Request, Response};

use super::World;
use super::actions::{Action, OF_APP_KEY};
use super::outbox::ExternalAnswer;
use super::transit::WireReply;
use crate::base::{Node, Problems, Seed, Time};
use crate::entra::Entra;
use crate::entra::graph::{self, ActRefusal, Backend, Caller, Later};
use crate::entra::tenant::AppId;
use crate::golinks::ClientTime;

impl World {
    /// Answers a request to the Graph API. An answer that has to be waited for is an empty one that
    /// carries what it waits for.
    pub(super) fn graph(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.graph_requests += 1;
        let number = self.graph_requests;
        // The driver says what time it is for the client; without a driver it is the world's.
        let time = request.extensions().get::<ClientTime>().map_or(self.now, |time| time.now);
        graph::answer(request, number, time, self).unwrap_or_else(|later| {
            let mut response = Response::new(Bytes::new());
            response.extensions_mut().insert(later);
            response
        })
    }

    /// Whether the answer to an external request is there; if what it waited for has a result by
    /// now, it becomes the answer.
    pub fn settle(&mut self, answer: &mut ExternalAnswer) -> bool {
        let WireReply::Response(response) = &answer.outcome.reply else { return true };
        let Some(later) = response.extensions().get::<Later>().cloned() else { return true };
        match graph::finish(&later, self) {
            None => false,
            Some(response) => {
                answer.outcome.reply = WireReply::Response(response);
                true
            }
        }
    }
}

impl Backend for World {
    fn entra(&self) -> &Entra {
        &self.entra
    }

    fn entra_mut(&mut self) -> &mut Entra {
        &mut self.entra
    }

    fn now(&self) -> Time {
        self.now
    }

    fn start(&self) -> Time {
        self.start
    }

    fn seed(&self) -> Seed {
        self.seed
    }

    fn act(
        &mut self,
        app: AppId,
        verb: &str,
        argument: Node,
        _by: &Caller,
    ) -> Result<(), ActRefusal> {
        let mut problems = Problems::default();
        let name = Node::text(self.applications.name(app).to_string());
        let of_app = (app != AppId::MAIN).then_some((OF_APP_KEY, name));
        let written = Node::table([(verb, argument)].into_iter().chain(of_app));
        let Some(action) = Action::read(&written, &mut problems) else {
            let why = problems.list().first().map(|first| first.with_reason());
            return Err(ActRefusal::Refused(why.unwrap_or_default()));
        };
        if self.role_allows(&action).is_err() {
            return Err(ActRefusal::Denied);
        }
        World::act(self, action).map_err(|error| ActRefusal::Refused(error.message))
    }
}
