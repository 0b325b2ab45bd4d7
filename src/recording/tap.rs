//! Listens to one connection between a client and a server, and yields each exchange. What it hands
//! out to be written is what came in, byte for byte, except the value of `Host`.

use std::collections::VecDeque;

use super::exchange::{Exchange, Loss, Message};
use super::framing::{Framing, Length, Part};
use super::head::{self, Head};

/// Requests of one connection that may wait for their responses; beyond them it is not read.
const PENDING_MAX: usize = 64;

/// How much is kept of what passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of one content.
    pub content: usize,
    /// Bytes of all contents of one connection that are under way.
    pub connection: usize,
}

/// A message that is under way.
#[derive(Default)]
struct Growing {
    head: Option<Head>,
    kept: Vec<u8>,
    size: u64,
    whole: bool,
    first: u64,
    last: u64,
}

impl Growing {
    fn message(&mut self) -> Option<Message> {
        let head = self.head.take()?;
        Some(Message::new(head, std::mem::take(&mut self.kept), self.size))
    }
}

/// A listener at one connection.
pub struct Tap {
    connection: u64,
    limits: Limits,
    /// What `Host` is to say; `None` leaves it alone.
    host: Option<String>,
    requests: Framing,
    responses: Framing,
    /// Requests without their responses, oldest first; the last one may not be whole yet.
    pending: VecDeque<(u64, Growing)>,
    response: Growing,
    kept: usize,
    foreign: bool,
    /// The client has closed its half of the connection before it had its answers.
    left: bool,
    done: Vec<Exchange>,
}

impl Tap {
    /// Listens to the connection with this number.
    pub fn new(connection: u64, host: Option<String>, limits: Limits) -> Tap {
        Tap {
            connection,
            limits,
            host,
            requests: Framing::of_requests(),
            responses: Framing::of_responses(),
            pending: VecDeque::new(),
            response: Growing::default(),
            kept: 0,
            foreign: false,
            left: false,
            done: Vec::new(),
        }
    }

    /// The client has sent something; what is to be written to the server is added to `out`.
    /// `next` gives the number of a request that begins.
    pub fn sent(
        &mut self,
        now: u64,
        bytes: &[u8],
        out: &mut Vec<u8>,
        next: &mut dyn FnMut() -> u64,
    ) {
        if self.foreign {
            out.extend_from_slice(self.requests.held());
            out.extend_from_slice(bytes);
            self.requests = Framing::of_requests();
            return;
        }
        let mut framing = std::mem::replace(&mut self.requests, Framing::of_requests());
        let new = !framing.inside();
        if new {
            self.begin(now, next);
        }
        framing.feed(bytes, &mut Length::of_request, &mut |part| match part {
            Part::Head(head, raw) => {
                self.write_head(raw, out);
                if self.pending.back().is_none_or(|(_, last)| last.head.is_some()) {
                    self.begin(now, next);
                }
                if let Some((_, last)) = self.pending.back_mut() {
                    last.head = Some(*head);
                    last.last = now;
                }
            }
            Part::Content(content) => {
                if let Some((_, last)) = self.pending.back_mut() {
                    keep(last, content, &mut self.kept, self.limits);
                    last.last = now;
                }
            }
            Part::End => {
                if let Some((_, last)) = self.pending.back_mut() {
                    last.whole = true;
                }
            }
            Part::Raw(raw) => out.extend_from_slice(raw),
            Part::Foreign => self.give_up(),
        });
        self.requests = framing;
        if self.pending.len() > PENDING_MAX {
            self.give_up();
        }
    }

    fn begin(&mut self, now: u64, next: &mut dyn FnMut() -> u64) {
        self.pending.push_back((next(), Growing { first: now, last: now, ..Growing::default() }));
    }

    /// A head as it is written to the server.
    fn write_head(&self, raw: &[u8], out: &mut Vec<u8>) {
        let Some(host) = &self.host else { return out.extend_from_slice(raw) };
        let mut raw = raw.to_vec();
        for span in head::hosts(&raw) {
            raw.splice(span, host.bytes());
        }
        out.extend_from_slice(&raw);
    }

    /// The server has sent something, which is written to the client as it is.
    pub fn received(&mut self, now: u64, bytes: &[u8]) {
        if self.foreign {
            return;
        }
        let mut framing = std::mem::replace(&mut self.responses, Framing::of_responses());
        if self.response.head.is_none() && self.response.first == 0 {
            self.response.first = now;
        }
        // Several responses may come in one piece, so the methods are looked up as they are needed.
        let method = |one: &Growing| one.head.as_ref().map(|head| head.method.clone());
        let methods: Vec<String> =
            self.pending.iter().map(|(_, one)| method(one).unwrap_or_default()).collect();
        // The first request is still pending while the content of its response comes.
        let mut nth = usize::from(self.response.head.is_some());
        let mut length = |head: &Head| {
            let length = Length::of_response(head, methods.get(nth).map_or("", String::as_str));
            nth += usize::from(!(100..200).contains(&head.status));
            length
        };
        framing.feed(bytes, &mut length, &mut |part| self.heard(now, part));
        self.responses = framing;
    }

    fn heard(&mut self, now: u64, part: Part<'_>) {
        match part {
            Part::Head(head, _) => {
                if self.response.first == 0 {
                    self.response.first = now;
                }
                self.response.head = Some(*head);
            }
            Part::Content(content) => {
                keep(&mut self.response, content, &mut self.kept, self.limits);
            }
            Part::End => self.finish(now),
            Part::Foreign => self.give_up(),
            Part::Raw(_) => {}
        }
        self.response.last = now;
    }

    /// A response is whole.
    fn finish(&mut self, now: u64) {
        let mut response = std::mem::take(&mut self.response);
        let status = response.head.as_ref().map_or(0, |head| head.status);
        if (100..200).contains(&status) && status != 101 {
            return;
        }
        let Some((seq, mut request)) = self.pending.pop_front() else {
            // An answer to no request, such as a 408 before the connection is closed.
            return;
        };
        self.kept = self.kept.saturating_sub(request.kept.len() + response.kept.len());
        let took = [
            request.last - request.first,
            response.first.saturating_sub(request.last),
            now.saturating_sub(response.first),
        ];
        let exchange = Exchange {
            seq,
            connection: self.connection,
            started_us: request.first,
            took_us: took,
            request: request.message().unwrap_or_default(),
            response: response.message(),
            // Clients close a connection on which they wait when they have given up.
            lost: self.left.then_some(Loss::GaveUp),
        };
        self.done.push(exchange);
    }

    /// The client has closed the connection, or its half of it; what is still to be written to the
    /// server is added to `out`.
    pub fn client_closed(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.requests.held());
        self.requests = Framing::of_requests();
        self.left = self.has_whole_request();
    }

    /// The server has closed the connection in an orderly way, which may be the end of a response.
    pub fn server_closed(&mut self, now: u64) {
        let mut framing = std::mem::replace(&mut self.responses, Framing::of_responses());
        framing.close(&mut |part| self.heard(now, part));
    }

    /// Nothing comes any more: what has no answer is lost in this way.
    pub fn close(&mut self, now: u64, how: Loss) {
        let mut response = std::mem::take(&mut self.response);
        for (seq, mut request) in std::mem::take(&mut self.pending) {
            let took = [request.last - request.first, now.saturating_sub(request.last), 0];
            let Some(sent) = request.message() else { continue };
            self.done.push(Exchange {
                seq,
                connection: self.connection,
                started_us: request.first,
                took_us: took,
                request: sent,
                // What came of a response that broke off.
                response: response.message(),
                lost: Some(if self.left { Loss::GaveUp } else { how }),
            });
        }
    }

    /// What can no longer be read is passed on as it is.
    fn give_up(&mut self) {
        self.foreign = true;
        self.close(0, Loss::Unreadable);
    }

    /// How many requests wait for their answers.
    pub fn waiting(&self) -> usize {
        self.pending.iter().filter(|(_, one)| one.head.is_some()).count()
    }

    /// Whether a request has come whole and waits for its answer.
    pub fn has_whole_request(&self) -> bool {
        self.pending.iter().any(|(_, one)| one.whole)
    }

    /// Takes the exchanges that are done.
    pub fn take(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.done)
    }
}

fn keep(message: &mut Growing, content: &[u8], kept: &mut usize, limits: Limits) {
    message.size += content.len() as u64;
    let room = limits.content.saturating_sub(message.kept.len());
    let room = room.min(limits.connection.saturating_sub(*kept));
    // Once something is left out, all that follows is.
    let whole = message.kept.len() as u64 + content.len() as u64 == message.size;
    if whole {
        let taken = content.len().min(room);
        message.kept.extend_from_slice(&content[..taken]);
        *kept += taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of three requests whose responses come in pieces of `size` bytes.
    fn told(size: usize) -> Vec<Option<String>> {
        let mut tap = Tap::new(1, None, Limits { content: 1_000, connection: 10_000 });
        let asked = b"PATCH /a HTTP/1.1\r\nContent-Length: 0\r\n\r\nHEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        let (mut out, mut number) = (Vec::new(), 0);
        tap.sent(1, asked, &mut out, &mut || {
            number += 1;
            number
        });
        let answers = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\
            Content-Length: 99\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
        answers.chunks(size).for_each(|piece| tap.received(2, piece));
        tap.close(3, Loss::Reset);
        tap.take().into_iter().map(|one| one.response.map(|response| response.line)).collect()
    }

    #[test]
    fn a_response_belongs_to_its_request_in_whatever_pieces_it_comes() {
        let lines = ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 404 No"];
        let whole: Vec<_> = lines.map(|line| Some(line.to_owned())).into();
        for size in 1..130 {
            assert_eq!(told(size), whole, "{size}");
        }
    }
}
