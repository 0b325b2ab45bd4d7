//! Writes the record of a run while it is played, on a thread of its own, so that the run does not
//! wait for the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::FILE;
use crate::app::exit::{CommandError, Exit};
use crate::evidence::LineWriter;
use crate::scenario::Play;
use crate::world::{Record, Sink};

/// Lines are handed to the thread in pieces of about this many bytes, and so many pieces wait at
/// most.
const PIECE: usize = 256 << 10;
const WAITING: usize = 16;

/// The record of a run that is being written.
pub struct Recorder {
    tape: Arc<Mutex<Tape>>,
    writes: JoinHandle<io::Result<()>>,
    path: PathBuf,
}

/// Lines on their way to the file.
struct Tape {
    lines: LineWriter,
    piece: Vec<u8>,
    /// `None` once the end is written.
    file: Option<SyncSender<Vec<u8>>>,
}

impl Tape {
    fn pass_on(&mut self, at_least: usize) {
        if self.piece.len() < at_least {
            return;
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE + PIECE / 4));
        // The thread ends early only when it cannot write; `finish` says so.
        let _ = self.file.as_ref().map(|file| file.send(piece));
    }
}

/// The sink of the journal.
struct Taken(Arc<Mutex<Tape>>);

impl Sink for Taken {
    fn take(&mut self, record: &Record<'_>, body: Option<&[u8]>) {
        let mut tape = locked(&self.0);
        let Tape { lines, piece, .. } = &mut *tape;
        lines.record(record, body, piece);
        tape.pass_on(PIECE);
    }
}

fn locked(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    // A panic elsewhere leaves whole lines.
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Begins the record of a play that is at its start, in a folder that is made if need be; what
    /// an earlier run has left there is removed.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(folder: &Path, play: &mut Play) -> Result<Recorder, CommandError> {
        super::clear(folder)?;
        let path = folder.join(FILE);
        let made = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = made.map_err(|error| cannot_write(&path, &error))?;
        let (send, pieces) = sync_channel(WAITING);
        let mut tape = Tape { lines: LineWriter::new(play), piece: Vec::new(), file: Some(send) };
        tape.lines.head(play.script(), &mut tape.piece);
        let tape = Arc::new(Mutex::new(tape));
        play.record_to(Some(Box::new(Taken(tape.clone()))));
        let writes = std::thread::spawn(move || write_all(file, &pieces));
        Ok(Recorder { tape, writes, path })
    }

    /// Writes how the worlds compare now, as the page's panels show it: an object of JSON.
    pub fn frame(&self, play: &Play, of: Option<&str>, panels: &str) {
        let mut tape = locked(&self.tape);
        let Tape { lines, piece, .. } = &mut *tape;
        lines.frame(play, of, panels, piece);
        tape.pass_on(PIECE);
    }

    /// Writes the last line of a play that has ended, with panels of the page as it is then, and
    /// waits for the file.
    ///
    /// # Errors
    /// When the file could not be written.
    pub fn finish(
        self,
        play: &mut Play,
        broken_off: Option<&str>,
        panels: Option<&str>,
    ) -> Result<PathBuf, CommandError> {
        play.record_to(None);
        let mut tape = locked(&self.tape);
        let Tape { lines, piece, .. } = &mut *tape;
        lines.end(play, broken_off, panels, piece);
        tape.pass_on(0);
        tape.file = None;
        drop(tape);
        let wrote = self.writes.join().unwrap_or_else(|_| Err(io::Error::other("a bug")));
        wrote.map(|()| self.path.clone()).map_err(|error| cannot_write(&self.path, &error))
    }
}

fn write_all(mut file: File, pieces: &Receiver<Vec<u8>>) -> io::Result<()> {
    pieces.iter().try_for_each(|piece| file.write_all(&piece))
}

/// The error of a file that cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> CommandError {
    CommandError {
        exit: Exit::NotStarted,
        ..CommandError::bad(format!("cannot write {}: {error}", path.display()))
    }
}
