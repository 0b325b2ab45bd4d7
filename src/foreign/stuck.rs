//! When a run gets nowhere: the same answer in a row with which no request is carried out, or more
//! time than it was given.

use std::time::Duration;

use http::StatusCode;
use http::header::LOCATION;

use crate::base::time::write_duration;
use crate::entra::Reply;

/// Server errors in a row after which nothing more is sent.
const ERRORS_IN_A_ROW: u32 = 5;

/// Answers in a row that say 429 after which nothing more is sent. Each was waited for, and without
/// `Retry-After` longer each time: two minutes in all, more than the minute that limits of a rate
/// are usually counted in (assumed).
const THROTTLED_IN_A_ROW: u32 = 8;

/// Redirects in a row after which nothing more is sent.
const REDIRECTS_IN_A_ROW: u32 = 5;

/// How often a server that throttles on is asked again before what was made stays there.
const LAST_TRIES: u32 = 3;

/// What a server that is not ours has answered in a row, and how long it was waited for.
#[derive(Default)]
pub(super) struct Stuck {
    errors: u32,
    throttled: u32,
    redirects: u32,
    /// Where the last redirect leads.
    location: String,
    /// How long it may be waited for in all.
    most: Option<Duration>,
    /// How long it was waited for.
    waited: Duration,
}

impl Stuck {
    /// Sets how long it may be waited for in all, from now on.
    pub(super) fn within(&mut self, most: Duration) {
        (self.most, self.waited) = (Some(most), Duration::ZERO);
    }

    /// Notes what came, and how long it was waited for. A lost answer says nothing of the others.
    pub(super) fn note(&mut self, reply: &Reply, took: Duration) {
        self.waited += took;
        let Ok(answer) = reply else { return };
        let status = answer.status();
        let counted = |is: bool, before: u32| if is { before + 1 } else { 0 };
        self.errors = counted(status.is_server_error(), self.errors);
        self.throttled = counted(status == StatusCode::TOO_MANY_REQUESTS, self.throttled);
        let redirects = status.is_redirection() && status != StatusCode::NOT_MODIFIED;
        self.redirects = counted(redirects, self.redirects);
        if redirects {
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            self.location = to.map(|to| format!(" to {to}")).unwrap_or_default();
        }
    }

    /// Forgives all of it, so that more is sent.
    pub(super) fn forgive(&mut self) {
        let (most, throttled) = (self.most, self.throttled);
        *self = Stuck { most, ..Stuck::default() };
        if throttled >= THROTTLED_IN_A_ROW {
            self.throttled = THROTTLED_IN_A_ROW - LAST_TRIES;
        }
    }

    /// Why nothing more is to be sent, if so.
    pub(super) fn why(&self) -> Option<String> {
        let in_a_row =
            |count, what| Some(format!("the server answered {count} requests in a row {what}"));
        if self.errors >= ERRORS_IN_A_ROW {
            return in_a_row(ERRORS_IN_A_ROW, "with an error of its own".to_owned());
        }
        if self.throttled >= THROTTLED_IN_A_ROW {
            let what = "with 429, however long it was left alone before each".to_owned();
            return in_a_row(THROTTLED_IN_A_ROW, what);
        }
        if self.redirects >= REDIRECTS_IN_A_ROW {
            let what = format!("with a redirect{}, and none is followed", self.location);
            return in_a_row(REDIRECTS_IN_A_ROW, what);
        }
        let most = self.most.filter(|most| self.waited >= *most)?;
        Some(format!("the server was waited for {} in all (--max-time)", write_duration(most)))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use super::*;
    use crate::entra::Lost;

    fn answer(status: u16) -> Reply {
        let answer = Response::builder().status(status).header(LOCATION, "/login");
        Ok(answer.body(Bytes::new()).expect("a response"))
    }

    /// After how many of these answers, again and again, nothing more is sent, and why.
    fn ends(answers: &[Reply], stuck: &mut Stuck) -> Option<(usize, String)> {
        let all = answers.iter().cycle().take(100).enumerate();
        let mut sent = all.map(|(nth, reply)| {
            stuck.note(reply, Duration::from_secs(10));
            stuck.why().map(|why| (nth + 1, why))
        });
        sent.find_map(|why| why)
    }

    #[test]
    fn the_same_answer_without_an_end_ends_a_run() {
        let lost = || Err(Lost::Reset);
        for (answers, ended, says) in [
            (vec![answer(500)], Some(5), "5 requests in a row with an error of its own"),
            (vec![answer(503), lost()], Some(9), "with an error of its own"),
            (vec![answer(429)], Some(8), "8 requests in a row with 429, however long"),
            (vec![answer(302)], Some(5), "with a redirect to /login, and none is followed"),
            (vec![answer(500), answer(200)], None, ""),
            (vec![answer(429), answer(404)], None, ""),
            (vec![answer(304)], None, ""),
        ] {
            let found = ends(&answers, &mut Stuck::default());
            assert_eq!(found.as_ref().map(|it| it.0), ended, "{found:?}");
            assert!(found.is_none_or(|(_, why)| why.contains(says)), "{says}");
        }
    }

    #[test]
    fn a_server_that_answers_slowly_without_an_end_is_waited_for_as_long_as_is_said() {
        let mut stuck = Stuck::default();
        stuck.within(Duration::from_secs(60));
        let (sent, why) = ends(&[answer(200)], &mut stuck).expect("an end");
        assert_eq!((sent, why.as_str()), (6, "the server was waited for 1m in all (--max-time)"));
        // What was made is deleted within as long again.
        stuck.forgive();
        assert_eq!(ends(&[answer(204)], &mut stuck).map(|it| it.0), Some(6));
    }

    #[test]
    fn a_server_that_throttles_on_is_asked_a_few_times_more_for_what_was_made() {
        let mut stuck = Stuck::default();
        assert_eq!(ends(&[answer(429)], &mut stuck).map(|it| it.0), Some(8));
        stuck.forgive();
        assert_eq!(ends(&[answer(429)], &mut stuck).map(|it| it.0), Some(3));
    }
}
