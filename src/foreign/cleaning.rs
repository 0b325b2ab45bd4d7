//! Deleting what a run made, latest first. What stays is told with the reason.

use std::fmt;

use crate::entra::{Lost, Reply};

/// How often all that is still there is gone through.
const ROUNDS: usize = 3;

/// Lost answers in a row after which the server is not asked any more.
const LOST_IN_A_ROW: u32 = 3;

/// An object that is still at the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StillThere {
    /// Its path below the base: `/Users/5`.
    pub path: String,
    /// Why it is there.
    pub why: Stays,
}

/// Why an object is still at the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stays {
    /// It was to stay.
    Kept,
    /// DELETE was answered with this status.
    Answered(u16),
    /// DELETE got no answer.
    Lost(Lost),
    /// The server answers no more, so it was not asked.
    NotTried,
    /// The server gets nowhere with what it is sent, so it was not asked any more.
    GivenUp,
}

impl Stays {
    /// Whether another DELETE may end otherwise.
    fn may_pass(self) -> bool {
        !matches!(self, Stays::Kept | Stays::Answered(401 | 403 | 405 | 501))
    }
}

impl fmt::Display for StillThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.why {
            Stays::Kept => write!(f, "{path}"),
            Stays::Answered(status) => write!(f, "{path}  DELETE was answered {status}"),
            Stays::Lost(lost) => write!(f, "{path}  DELETE got no answer: {}", lost.word()),
            Stays::GivenUp => {
                write!(f, "{path}  not tried, as the server did not get on with the others")
            }
            Stays::NotTried => write!(f, "{path}  not tried, as the server answers no more"),
        }
    }
}

/// Deletes things, the last one first. What stays is tried again after all others: a server may
/// fail now and then, and may keep an object for as long as another one names it. Returns what is
/// still there in the end, in its order. Where `delete` returns nothing, it and all others stay.
pub fn delete_all<T>(
    things: Vec<T>,
    delete: &mut dyn FnMut(&T) -> Option<Reply>,
) -> Vec<(T, Stays)> {
    let mut left: Vec<(T, Stays)> =
        things.into_iter().map(|thing| (thing, Stays::NotTried)).collect();
    for round in 0..ROUNDS {
        let (before, mut lost_in_a_row, mut over) = (left.len(), 0, false);
        let mut stay = Vec::new();
        for (thing, why) in left.into_iter().rev() {
            let reply = match over || lost_in_a_row >= LOST_IN_A_ROW || !why.may_pass() {
                true => None,
                false => {
                    let reply = delete(&thing);
                    over = reply.is_none();
                    reply
                }
            };
            let Some(reply) = reply else {
                let given_up = over && why == Stays::NotTried;
                stay.push((thing, if given_up { Stays::GivenUp } else { why }));
                continue;
            };
            lost_in_a_row = if reply.is_err() { lost_in_a_row + 1 } else { 0 };
            match reply.map(|answer| answer.status().as_u16()) {
                Ok(200..300 | 404 | 410) => {}
                Ok(status) => stay.push((thing, Stays::Answered(status))),
                Err(lost) => stay.push((thing, Stays::Lost(lost))),
            }
        }
        stay.reverse();
        left = stay;
        let in_vain = round > 0 && left.len() == before;
        if left.is_empty() || in_vain || over || lost_in_a_row >= LOST_IN_A_ROW {
            break;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use super::*;

    fn answer(status: u16) -> Reply {
        Ok(Response::builder().status(status).body(Bytes::new()).expect("a response"))
    }

    /// Deletes three things with these answers; returns what was asked for, and what stays.
    fn deleted(answers: &mut dyn FnMut(u32, u32) -> Reply) -> (Vec<u32>, Vec<(u32, Stays)>) {
        let mut asked = Vec::new();
        let left = delete_all(vec![1, 2, 3], &mut |thing| {
            asked.push(*thing);
            let nth = asked.iter().filter(|one| *one == thing).count();
            Some(answers(*thing, nth as u32))
        });
        (asked, left)
    }

    #[test]
    fn an_error_that_passes_leaves_nothing() {
        let (asked, left) = deleted(&mut |thing, nth| match (thing, nth) {
            (3, 1) => answer(500),
            (2, 1) => Err(Lost::Reset),
            (1, 1) => answer(404),
            _ => answer(204),
        });
        assert_eq!((asked, left), (vec![3, 2, 1, 3, 2], Vec::new()));
    }

    #[test]
    fn a_server_that_does_not_get_on_is_given_up_and_that_is_told() {
        let mut asked = 0;
        let left = delete_all((1..=4).collect(), &mut |_| {
            asked += 1;
            (asked < 3).then(|| answer(if asked == 1 { 429 } else { 204 }))
        });
        let given_up = Stays::GivenUp;
        assert_eq!(left, [(1, given_up), (2, given_up), (4, Stays::Answered(429))]);
        assert_eq!(asked, 3);
        let said = StillThere { path: "/Users/1".to_owned(), why: given_up }.to_string();
        assert_eq!(said, "/Users/1  not tried, as the server did not get on with the others");
    }

    #[test]
    fn what_stays_is_told_with_its_reason_and_no_answer_ends_the_cleaning() {
        let (asked, left) = deleted(&mut |thing, _| answer(if thing == 2 { 405 } else { 500 }));
        assert_eq!(asked, [3, 2, 1, 3, 1]);
        let status = |status| Stays::Answered(status);
        assert_eq!(left, [(1, status(500)), (2, status(405)), (3, status(500))]);
        let left = delete_all((1..=5).collect(), &mut |_| Some(Err(Lost::TimedOut)));
        let said = left
            .iter()
            .map(|(nth, why)| StillThere { path: format!("/Users/{nth}"), why: *why }.to_string());
        let said: Vec<String> = said.collect();
        assert_eq!(said[0], "/Users/1  not tried, as the server answers no more");
        assert!(said[4].starts_with("/Users/5  DELETE got no answer: "), "{said:?}");
    }
}
