//! The lanes of `verify`: threads, each with a client of its own, that take the next check when
//! they are done with one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use bytes::Bytes;
use http::Request;

use super::verify_progress::VerifyProgress;
use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;
use crate::app::remote::{Address, HttpServer, Patience};
use crate::entra::Reply;
use crate::verify::{Judged, Lanes, Server as _, Task};

/// Clients of one server.
pub struct HttpLanes {
    servers: Vec<HttpServer>,
    progress: Option<VerifyProgress>,
}

impl HttpLanes {
    /// Prepares so many clients; nothing is sent yet.
    ///
    /// # Errors
    /// As [`HttpServer::new`].
    pub fn open(
        address: &Address,
        flags: &AccessFlags,
        patience: &Arc<Patience>,
        many: usize,
    ) -> Result<HttpLanes, CommandError> {
        let client = |_| HttpServer::new(address, flags, patience);
        let servers = (0..many.max(1)).map(client).collect::<Result<Vec<_>, _>>()?;
        Ok(HttpLanes { servers, progress: None })
    }

    /// Sends a request that is no check's.
    pub fn ask(&mut self, request: Request<Bytes>) -> Reply {
        // There is one at least.
        self.servers[0].exchange(request).0
    }

    /// Shows from now on how far the checks have come, and whether the server is left alone.
    pub fn show(&mut self, progress: VerifyProgress, patience: &Patience) {
        let bar = progress.bar();
        patience.tell_by(move |why| bar.waits(why));
        self.progress = Some(progress);
    }

    /// Takes what was shown away.
    pub fn finish(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
    }
}

impl Lanes for HttpLanes {
    fn side_by_side(&mut self, tasks: &[Task<'_>]) -> Vec<Judged> {
        let next = AtomicUsize::new(0);
        let (judged, received) = mpsc::channel();
        let progress = &mut self.progress;
        let mut all: Vec<(usize, Judged)> = Vec::new();
        std::thread::scope(|scope| {
            for server in &mut self.servers {
                let (judged, next) = (judged.clone(), &next);
                scope.spawn(move || {
                    while let Some((nth, task)) = take(next, tasks) {
                        if judged.send((nth, task.judge(server))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(judged);
            for (nth, one) in received {
                if let (Some(progress), Some(task)) = (progress.as_mut(), tasks.get(nth)) {
                    progress.judged(task.check.id);
                }
                all.push((nth, one));
            }
        });
        all.sort_by_key(|(nth, _)| *nth);
        all.into_iter().map(|(_, one)| one).collect()
    }

    fn are_many(&self) -> bool {
        self.servers.len() > 1
    }

    fn alone(&mut self, task: &Task<'_>) -> Judged {
        // There is one at least.
        let judged = task.judge(&mut self.servers[0]);
        if let Some(progress) = &mut self.progress {
            progress.judged(task.check.id);
        }
        judged
    }

    fn failed_so_far(&mut self, count: usize) {
        if let Some(progress) = &mut self.progress {
            progress.failed(count);
        }
    }
}

fn take<'a, T>(next: &AtomicUsize, all: &'a [T]) -> Option<(usize, &'a T)> {
    let nth = next.fetch_add(1, Ordering::Relaxed);
    all.get(nth).map(|one| (nth, one))
}
