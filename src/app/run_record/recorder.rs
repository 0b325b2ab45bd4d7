//! Writes the record of a run while it is played. The run hands on copies of what happened; a
//! thread of its own makes lines of them and writes those, so that the run waits for neither.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::{FILE, copies};
use crate::app::exit::{CommandError, Exit};
use crate::evidence::line::RunByHand;
use crate::evidence::{Frame, LineWriter};
use crate::scenario::Play;
use crate::scenario::report::{self, Line};
use crate::world::{Drive, Record, RecordBatch, Sink};

/// Records are handed to the thread in batches of about so many bytes, or of so many records, and
/// so many batches wait at most.
const BATCH: usize = 128 << 10;
const BATCH_COUNT: usize = 1_024;
const WAITING: usize = 16;

/// Lines are written in pieces of about so many bytes.
const PIECE: usize = 256 << 10;

/// The record of a run that is being written.
pub struct Recorder {
    tape: Arc<Mutex<Tape>>,
    writes: JoinHandle<io::Result<()>>,
    /// For what is no record of the journal.
    lines: LineWriter,
    path: PathBuf,
}

/// What is written.
enum Part {
    /// Records of the journal.
    Records(RecordBatch),
    /// How the worlds compare.
    Frame(Frame),
    /// Lines that are made already.
    Lines(Vec<u8>),
}

/// Records on their way to the thread.
struct Tape {
    batch: RecordBatch,
    /// `None` once the end is written.
    thread: Option<SyncSender<Part>>,
}

impl Tape {
    fn pass_on(&mut self) {
        if self.batch.count() > 0 {
            let batch = std::mem::take(&mut self.batch);
            self.send(Part::Records(batch));
        }
    }

    fn send(&self, part: Part) {
        // The thread ends early only when it cannot write; `finish` says so.
        let _ = self.thread.as_ref().map(|thread| thread.send(part));
    }
}

/// The sink of the journal.
struct Taken(Arc<Mutex<Tape>>);

impl Sink for Taken {
    fn take(&mut self, record: &Record<'_>, body: Option<&[u8]>) {
        let mut tape = locked(&self.0);
        tape.batch.take(record, body);
        if tape.batch.bytes() >= BATCH || tape.batch.count() >= BATCH_COUNT {
            tape.pass_on();
        }
    }
}

fn locked(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    // A panic elsewhere leaves whole records.
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Begins the record of a play that is at its start, in a folder that is made if need be; what
    /// an earlier run has left there is removed. The files of the story are copied beside it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(folder: &Path, play: &mut Play) -> Result<Recorder, CommandError> {
        Recorder::begin_with(folder, play, None, None)
    }

    /// The same for a run in which things were done by hand; the note says what is not in it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin_with(
        folder: &Path,
        play: &mut Play,
        by_hand: Option<RunByHand>,
        note: Option<String>,
    ) -> Result<Recorder, CommandError> {
        super::clear(folder)?;
        let path = folder.join(FILE);
        if folder.is_file() {
            let what = format!("{} is a file, and a run is recorded in a folder", folder.display());
            return Err(CommandError::bad(what).help("name a folder: --out FOLDER"));
        }
        let made = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = made.map_err(|error| cannot_write(&path, &error))?;
        let (send, parts) = sync_channel(WAITING);
        let mut lines = LineWriter::new(play).masks_by_hand(by_hand.as_ref());
        let writer = LineWriter::new(play).masks_by_hand(by_hand.as_ref());
        let mut head = Vec::new();
        let files = copies::write(folder, play.script());
        let files = files.map_err(|error| cannot_write(folder, &error))?;
        lines.head(play.script(), files, (by_hand, note), &mut head);
        let tape = Tape { batch: RecordBatch::default(), thread: Some(send) };
        tape.send(Part::Lines(head));
        let tape = Arc::new(Mutex::new(tape));
        play.record_to(Some(Box::new(Taken(tape.clone()))));
        let writes = std::thread::spawn(move || write_all(file, &parts, writer));
        Ok(Recorder { tape, writes, lines, path })
    }

    /// Writes how the worlds compare now, as the page's panels show it: an object of JSON.
    pub fn frame(&self, play: &Play, of: Option<&str>, panels: &str) {
        let mut tape = locked(&self.tape);
        tape.pass_on();
        tape.send(Part::Frame(Frame {
            seq: play.world().journal().last_seq(),
            at: play.now(),
            of: of.map(str::to_owned),
            panels: panels.to_owned(),
        }));
    }

    /// Writes the last line of a play that has ended, with panels of the page as it is then, and
    /// waits for the file. Returns the totals of the report that it wrote.
    ///
    /// # Errors
    /// When the file could not be written.
    pub fn finish(
        self,
        play: &mut Play,
        broken_off: Option<&str>,
        panels: Option<&str>,
    ) -> Result<Vec<Line>, CommandError> {
        play.record_to(None);
        let mut end = Vec::new();
        let totals = match self.lines.by_hand() {
            Some(command) => report::totals_by_hand(play, command),
            None => report::totals(play),
        };
        self.lines.end(play, &totals, broken_off, panels, &mut end);
        let mut tape = locked(&self.tape);
        tape.pass_on();
        tape.send(Part::Lines(end));
        tape.thread = None;
        drop(tape);
        let wrote = self.writes.join().unwrap_or_else(|_| Err(io::Error::other("a bug")));
        wrote.map(|()| totals).map_err(|error| cannot_write(&self.path, &error))
    }
}

fn write_all(mut file: File, parts: &Receiver<Part>, mut lines: LineWriter) -> io::Result<()> {
    let mut out = Vec::with_capacity(PIECE + PIECE / 4);
    for part in parts {
        match part {
            Part::Records(batch) => {
                batch.records().for_each(|(record, body)| lines.record(&record, body, &mut out));
            }
            Part::Frame(frame) => lines.frame(&frame, &mut out),
            Part::Lines(made) => out.extend_from_slice(&made),
        }
        if out.len() >= PIECE {
            file.write_all(&out)?;
            out.clear();
        }
    }
    file.write_all(&out)
}

/// The error of a file that cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> CommandError {
    CommandError {
        exit: Exit::NotStarted,
        ..CommandError::bad(format!("cannot write {}: {error}", path.display()))
    }
}
