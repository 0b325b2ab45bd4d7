//! The frames sent to each page: at most about fifteen a second, and fewer when many pages watch,
//! each with everything that has changed since the frame before.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

use super::look_back::{Aim, LookBack, PastFound};
use super::message::CommandRefusal;
use crate::app::dashboard::{Board, Live, Look, Query, Snapshot, Viewer, live_then};
use crate::base::Time;
use crate::scenario::Play;
use crate::world::Drive;

/// The time between two rounds of frames, at least.
const FRAME: Duration = Duration::from_millis(66);

/// Rounds of frames take at most one part in `SHARE` of the time, so that a class that watches does
/// not slow the run down: everything has the one thread.
const SHARE: u32 = 4;

/// The time between two rounds of frames, at most, whatever a round takes.
const FRAME_LATEST: Duration = Duration::from_secs(1);

/// How many pages may watch at once: enough for a class of students, and some more.
pub const VIEWERS_MAX: usize = 256;

/// How many disconnected pages are remembered, so that they may come back.
const GONE_MAX: usize = 32;

/// After this time without a frame a page is sent a beat, which makes its connection fail if the
/// page is gone.
const BEAT: Duration = Duration::from_secs(15);

/// The longest time for one round of frames, so that requests need not wait for it. The pages that
/// got no frame come first in the next round.
const ROUND_MAX: Duration = Duration::from_millis(30);

/// The board and the pages that watch it.
pub struct Frames {
    board: Board,
    viewers: VecDeque<Watching>,
    /// The pages that have disconnected and may come back, the most recent last.
    gone: VecDeque<Viewer>,
    /// A number that differs between servers, so that the id of another server's frame is not taken
    /// for one of this server's.
    server: u32,
    next_number: u64,
    last: Instant,
    /// How long the last round took, from its beginning until its frames were written to sockets.
    took: Duration,
    touched: bool,
}

struct Watching {
    number: u64,
    viewer: Viewer,
    page: mpsc::Sender<Bytes>,
    sent: Instant,
    /// The run and the query of which the page has everything of a past instant.
    served: Option<(u64, Query)>,
}

/// The stream of frames for one page.
pub struct Watched {
    /// The number of the page, by which it asks to see something else; see [`Frames::ask`].
    pub number: u64,
    /// The frames.
    pub frames: mpsc::Receiver<Bytes>,
}

impl Frames {
    /// Creates a board that no page watches yet.
    pub fn unwatched() -> Frames {
        let server = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        Frames {
            board: Board::default(),
            viewers: VecDeque::new(),
            gone: VecDeque::new(),
            server,
            next_number: 1,
            last: Instant::now(),
            took: Duration::ZERO,
            touched: false,
        }
    }

    /// Notes that something may have changed; returns whether this is the first change since the
    /// last frame.
    pub fn touch(&mut self) -> bool {
        !std::mem::replace(&mut self.touched, true)
    }

    /// Returns when the next frame or beat is due, if one is. While the clock is `moving`, frames
    /// are due even without any other change, because the pages show the time.
    pub fn due(&self, moving: bool) -> Option<Instant> {
        if self.touched || (moving && !self.viewers.is_empty()) {
            return Some(self.last + pause(self.took));
        }
        self.viewers.iter().map(|watching| watching.sent + BEAT).min()
    }

    /// Adds a page; its first frame comes with the next round. A remembered page that names the
    /// last frame it got is sent the changes since then; any other page is sent a snapshot. Returns
    /// `None` when [`VIEWERS_MAX`] pages already watch.
    pub fn watch(&mut self, query: Query, last_id: Option<&str>) -> Option<Watched> {
        self.remove_gone();
        let known = self.viewers.iter().map(|watching| &watching.viewer).chain(&self.gone);
        let back = last_id
            .and_then(|id| known.into_iter().find_map(|viewer| viewer.come_back(&query, id)));
        let viewer = back.unwrap_or_else(|| Viewer::new(query, self.server));
        if self.viewers.len() == VIEWERS_MAX {
            // A beat detects pages that left without closing, which makes room for a later page.
            self.viewers.iter_mut().for_each(Watching::beat);
            return None;
        }
        let (page, frames) = mpsc::channel(FRAMES_BEHIND_MAX);
        let number = self.next_number;
        self.next_number += 1;
        let sent = Instant::now();
        self.viewers.push_back(Watching { number, viewer, page, sent, served: None });
        Some(Watched { number, frames })
    }

    /// Changes what a page wants to see; returns `false` when no page has this number.
    pub fn ask(&mut self, number: u64, query: Query) -> bool {
        let found = self.viewers.iter_mut().find(|watching| watching.number == number);
        found.map(|watching| watching.viewer.ask(query)).is_some()
    }

    /// Moves disconnected pages from `viewers` to `gone`, which keeps the last few.
    fn remove_gone(&mut self) {
        let (gone, here): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.viewers).into_iter().partition(|w| w.page.is_closed());
        self.viewers = here;
        self.gone.extend(gone.into_iter().map(|watching| watching.viewer));
        self.gone.drain(..self.gone.len().saturating_sub(GONE_MAX));
    }

    /// Notes that the connections have written the frames of the round that began at `began`.
    pub fn written(&mut self, began: Instant) {
        self.took = began.elapsed();
    }

    /// Updates the board from the play and sends each page the changes since its last frame.
    pub fn show(&mut self, play: &Play, live: &Live<'_>, look_back: &LookBack) {
        (self.last, self.touched) = (Instant::now(), false);
        self.board.update(play, live);
        if !self.viewers.is_empty() {
            self.board.compare(play);
            self.touched = self.board.unfinished();
        }
        let journal = play.world().journal();
        // A page can come back only while the journal of this run still holds every record after
        // its last frame.
        self.gone.retain(|viewer| {
            viewer.latest() + 1 >= journal.first_seq() && viewer.latest() <= journal.last_seq()
        });
        self.send_round(play, live, look_back);
        self.remove_gone();
        self.touched |= self.viewers.iter().any(|watching| watching.viewer.owes());
        self.took = self.last.elapsed();
    }

    /// When the last round began; `None` when no page watches.
    pub fn round(&self) -> Option<Instant> {
        (!self.viewers.is_empty()).then_some(self.last)
    }

    fn send_round(&mut self, play: &Play, live: &Live<'_>, look_back: &LookBack) {
        let now = Snapshot::new(&self.board, play, live);
        let mut served = 0;
        for watching in &mut self.viewers {
            if self.last.elapsed() > ROUND_MAX && served > 0 {
                watching.viewer.put_off();
            } else {
                watching.show(&now, live, look_back);
                served += 1;
            }
        }
        // The pages that were put off come first in the next round.
        self.viewers.rotate_left(served);
    }

    /// Returns the whole state as JSON.
    ///
    /// # Errors
    /// When it is that of an instant which is not there.
    pub fn state(
        &mut self,
        play: &Play,
        live: &Live<'_>,
        query: &Query,
        look_back: &LookBack,
    ) -> Result<Bytes, CommandRefusal> {
        self.board.update(play, live);
        self.board.compare(play);
        let now = Snapshot::new(&self.board, play, live);
        let mut state = Err(CommandRefusal { message: String::new(), help: String::new() });
        look(&now, live, query, look_back, &mut |snapshot| {
            state = match snapshot.look() {
                Look::Now | Look::Ahead(_) | Look::Past(_) | Look::Recorded(_) => {
                    Ok(Bytes::from(snapshot.state(query)))
                }
                Look::Refused(why) => Err(why.to_owned()),
                Look::Playing(..) | Look::Kept(_) => Err("it is being played again".to_owned()),
            }
            .map_err(|message| CommandRefusal { message, help: String::new() });
        });
        state
    }

    /// An answer without the secrets of the run.
    pub fn without_secrets(&mut self, mut answer: Value, play: &Play, live: &Live<'_>) -> Value {
        self.board.update(play, live);
        self.board.mask_value(&mut answer, play);
        answer
    }

    /// The past instants of which pages still need something.
    pub fn wanted(&self, play: &Play, run: u64, target: Option<&str>) -> BTreeSet<Time> {
        let unserved = self.viewers.iter().filter(|it| !it.page.is_closed() && !it.has_all(run));
        unserved.flat_map(|it| self.instants(it.viewer.query(), play, target)).collect()
    }

    /// The past instants that a query needs.
    pub fn instants(&self, query: &Query, play: &Play, target: Option<&str>) -> BTreeSet<Time> {
        let asked = [query.at.as_str(), query.compared_with().unwrap_or_default()];
        let past = |at: &str| match Aim::read(at, play, play.now(), target) {
            Aim::Past(at) => Some(at),
            Aim::Now | Aim::Ahead(_) | Aim::Recorded(_) | Aim::Refused(_) => None,
        };
        asked.into_iter().filter_map(past).collect()
    }

    /// Takes over what a play had gathered from which the run goes on.
    pub fn take_board(&mut self, board: Board) {
        self.board = board;
    }
}

/// The time from one round of frames to the next, when the first took so long.
fn pause(took: Duration) -> Duration {
    (took * SHARE).clamp(FRAME, FRAME_LATEST)
}

/// Hands on the panels at the instant of a query.
fn look(
    now: &Snapshot<'_>,
    live: &Live<'_>,
    query: &Query,
    look_back: &LookBack,
    use_it: &mut dyn FnMut(&Snapshot<'_>),
) {
    let (play, then) = (now.play(), live_then(live));
    let compared = query.compared_with();
    if query.at.is_empty() && compared.is_none() {
        return use_it(now);
    }
    let aim = Aim::read(&query.at, play, play.now(), live.target);
    let snapshot = match &aim {
        Aim::Now => Snapshot::in_place(now, Look::Now),
        Aim::Ahead(at) => Snapshot::in_place(now, Look::Ahead(*at)),
        Aim::Recorded(at) => Snapshot::in_place(now, Look::Recorded(*at)),
        Aim::Refused(why) => Snapshot::in_place(now, Look::Refused(why)),
        Aim::Past(at) => match look_back.find(*at) {
            PastFound::Seen(seen) => Snapshot::of_past(seen, *at, &then, now),
            PastFound::Playing(played) => Snapshot::in_place(now, Look::Playing(*at, played)),
            PastFound::Failed => Snapshot::in_place(now, Look::Refused(FAILED)),
        },
    };
    let other = compared.map(|at| Aim::read(at, play, play.now(), live.target));
    use_it(&match &other {
        Some(Aim::Past(at)) => match look_back.find(*at) {
            PastFound::Seen(seen) => snapshot.beside(seen),
            _ => snapshot,
        },
        _ => snapshot,
    });
}

/// What is said when an instant could not be played again.
const FAILED: &str = "This instant could not be played again; the output of the program says why.";

/// How many frames a page may be behind before it gets fewer of them.
const FRAMES_BEHIND_MAX: usize = 4;

impl Watching {
    /// Whether the page has everything of the past instant that it looks at.
    fn has_all(&self, run: u64) -> bool {
        self.served.as_ref().is_some_and(|(of, query)| *of == run && query == self.viewer.query())
    }

    /// Sends the next frame of the instant at which the page looks.
    fn show(&mut self, now: &Snapshot<'_>, live: &Live<'_>, look_back: &LookBack) {
        let query = self.viewer.query().clone();
        let play = now.play();
        if self.has_all(now.run())
            && let Aim::Past(at) = Aim::read(&query.at, play, play.now(), live.target)
        {
            // Of the past nothing changes any more.
            return self.send(&Snapshot::in_place(now, Look::Kept(at)));
        }
        self.served = None;
        look(now, live, &query, look_back, &mut |snapshot| {
            self.send(snapshot);
            let whole = matches!(snapshot.look(), Look::Past(_)) && !self.viewer.owes();
            if whole && query.compared_with().is_none() {
                self.served = Some((now.run(), query.clone()));
            }
        });
    }

    /// Sends the next frame, if there is one. A slow page gets fewer but larger frames.
    fn send(&mut self, snapshot: &Snapshot<'_>) {
        let Ok(place) = self.page.try_reserve() else { return self.viewer.put_off() };
        if let Some(frame) = self.viewer.frame(snapshot) {
            place.send(frame);
            self.sent = Instant::now();
        } else if self.sent.elapsed() >= BEAT {
            drop(place);
            self.beat();
        }
    }

    /// Sends a comment of the event stream, which a page ignores.
    fn beat(&mut self) {
        let _ = self.page.try_send(Bytes::from_static(b": beat\n\n"));
        self.sent = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_a_round_of_frames_costs_the_fewer_there_are() {
        let millis = Duration::from_millis;
        for (took, wait) in [(0, 66), (16, 66), (50, 200), (200, 800), (5_000, 1_000)] {
            assert_eq!(pause(millis(took)), millis(wait), "after {took} ms");
        }
    }

    #[test]
    fn what_the_connections_take_to_write_counts() {
        let mut frames = Frames::unwatched();
        frames.touch();
        assert_eq!(frames.due(false), Some(frames.last + FRAME));
        frames.written(frames.last - Duration::from_secs(60));
        assert_eq!(frames.due(false), Some(frames.last + FRAME_LATEST));
    }
}
