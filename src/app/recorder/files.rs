//! The files of a recording: `exchanges.jsonl`, a line an exchange; `exchanges.har`, the same as an
//! HTTP archive, which is whole after every entry; `recording.json`, what was recorded.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use jiff::Timestamp;

use crate::app::exit::CommandError;
use crate::recording::{Exchange, Masks, Recording, har};

const LINES: &str = "exchanges.jsonl";
const ARCHIVE: &str = "exchanges.har";
const ABOUT: &str = "recording.json";

/// The files of a recording that is being written.
pub struct Files {
    lines: File,
    archive: File,
    /// Where the next entry of the archive begins.
    end: u64,
    first: bool,
    upstream: String,
    masks: Option<Masks>,
}

impl Files {
    /// Begins a recording in a folder, which may not hold one already.
    ///
    /// # Errors
    /// When it does, or cannot be written.
    pub fn create(
        folder: &Path,
        about: &Recording,
        masks: Option<Masks>,
    ) -> Result<Files, CommandError> {
        let unwritable = |error: io::Error| {
            CommandError::not_started(format!("cannot write to {}: {error}", folder.display()))
        };
        if folder.join(LINES).exists() {
            return Err(CommandError::bad(format!("{} holds a recording", folder.display()))
                .help("give another folder with --out, or move that one away"));
        }
        fs::create_dir_all(folder).map_err(unwritable)?;
        let mut archive = private(&folder.join(ARCHIVE)).map_err(unwritable)?;
        let opening = har::opening();
        archive.write_all(format!("{opening}{}", har::CLOSING).as_bytes()).map_err(unwritable)?;
        let text = serde_json::to_string_pretty(about).unwrap_or_default() + "\n";
        private(&folder.join(ABOUT))
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(unwritable)?;
        Ok(Files {
            lines: private(&folder.join(LINES)).map_err(unwritable)?,
            archive,
            end: opening.len() as u64,
            first: true,
            upstream: about.upstream.clone(),
            masks,
        })
    }

    /// Masks an exchange and writes it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&mut self, exchange: &mut Exchange) -> io::Result<()> {
        if let Some(masks) = &self.masks {
            masks.mask(exchange);
        }
        self.lines.write_all(exchange.to_line().as_bytes())?;
        let started = i64::try_from(exchange.started_us).unwrap_or(i64::MAX);
        let started = Timestamp::from_microsecond(started).unwrap_or_default().to_string();
        let entry = har::entry(exchange, &started, &self.upstream);
        let comma = if self.first { "" } else { "," };
        // One write, so that the archive is whole again at once.
        let text = format!("{comma}\n{entry}{}", har::CLOSING);
        self.archive.seek(SeekFrom::Start(self.end))?;
        self.archive.write_all(text.as_bytes())?;
        self.end += (text.len() - har::CLOSING.len()) as u64;
        self.first = false;
        Ok(())
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// When the folder holds none, or a line of it cannot be read.
    pub fn read(folder: &Path) -> Result<(Recording, Vec<Exchange>), CommandError> {
        let read = |name: &str| {
            fs::read_to_string(folder.join(name)).map_err(|error| {
                let path = folder.join(name);
                CommandError::bad(format!("cannot read {}: {error}", path.display()))
                    .help("a recording is a folder that `scimulator record --out` has written")
            })
        };
        let lines = read(LINES)?;
        let about = serde_json::from_str(&read(ABOUT)?).map_err(|error| {
            CommandError::bad(format!("{}: {error}", folder.join(ABOUT).display()))
        })?;
        let exchanges = Exchange::read_lines(&lines).map_err(|(line, why)| {
            CommandError::bad(format!("{}:{line}: {why}", folder.join(LINES).display()))
        })?;
        if exchanges.is_empty() {
            let message = format!("nothing was recorded in {}: no request came", folder.display());
            return Err(CommandError::bad(message).help(
                "let the client send to the address that `scimulator record` names at its start",
            ));
        }
        Ok((about, exchanges))
    }
}

/// Opens a new file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
