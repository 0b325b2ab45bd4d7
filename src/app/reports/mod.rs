//! Makes reports of recorded runs and writes them beside the records. Each record is read once, a
//! line at a time, whatever forms are asked for.

mod bundle;
mod html;
mod overview;

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::app::exit::CommandError;
use crate::app::run_record::{self, FILE, RunForm, cannot_write};
use crate::evidence::overview::{OverviewRow, overview, run_list};
use crate::evidence::{Har, RecordedRun, Report, Sheets, Summary, junit};
use crate::scenario::log::FILES;
use crate::scenario::report::NotRun;

/// Writes these reports of every run in a folder; returns the files.
///
/// # Errors
/// When a record cannot be read, or a file cannot be written.
pub fn write(folder: &Path, forms: &[RunForm]) -> Result<Vec<PathBuf>, CommandError> {
    let mut written = Vec::new();
    if forms.is_empty() {
        return Ok(written);
    }
    let mut runs = Vec::new();
    let folder = &*run_record::folder_of(folder);
    for one in run_record::all_in(folder)? {
        let run = run_in(&one)?;
        written.extend(of_run(&one, &run, forms)?);
        runs.push((one, run));
    }
    let mut put = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| cannot_write(&path, &error))?;
        written.push(path);
        Ok::<_, CommandError>(())
    };
    let not_run = run_record::not_run(folder);
    if forms.contains(&RunForm::Junit) {
        let xml = junit(runs.iter().map(|(_, run)| run), &not_run)
            .map_err(|why| CommandError::bad(format!("JUnit's XML cannot be written: {why}")))?;
        put("junit.xml", xml.as_bytes())?;
    }
    if !run_record::is_in(folder) {
        let rows = rows(runs);
        if forms.contains(&RunForm::Html) {
            let page =
                overview::page(&rows, &not_run).map_err(|error| cannot_write(folder, &error))?;
            put("index.html", &page)?;
        }
        if forms.contains(&RunForm::Md) {
            put("summary.md", overview(&rows, &not_run).as_bytes())?;
        }
    }
    Ok(written)
}

/// Writes the list of the runs in a folder that has several, with their results and with what was
/// not run.
///
/// # Errors
/// When a record cannot be read, or the list cannot be written.
pub fn write_list(folder: &Path, not_run: &[NotRun]) -> Result<(), CommandError> {
    let mut runs = Vec::new();
    for one in run_record::all_in(folder)? {
        let run = run_in(&one)?;
        runs.push((one, run));
    }
    run_record::write_list(folder, &run_list(&rows(runs), not_run))
}

/// The rows of an overview; each leads to the report that says most.
fn rows(runs: Vec<(PathBuf, RecordedRun)>) -> Vec<OverviewRow> {
    let row = |(folder, run): (PathBuf, RecordedRun)| OverviewRow {
        opens: ["index.html", "summary.md", FILE].into_iter().find(|it| folder.join(it).is_file()),
        folder: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        run,
    };
    runs.into_iter().map(row).collect()
}

/// The reports of one run.
fn of_run(
    folder: &Path,
    run: &RecordedRun,
    forms: &[RunForm],
) -> Result<Vec<PathBuf>, CommandError> {
    let mut written = Vec::new();
    let mut create = |name: &str| {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|error| cannot_write(&path, &error))?;
        written.push(path);
        Ok::<_, CommandError>(BufWriter::with_capacity(1 << 18, file))
    };
    let mut reports: Vec<Box<dyn Report + '_>> = Vec::new();
    let io = |error: io::Error| cannot_write(folder, &error);
    for form in forms {
        match form {
            RunForm::Html => reports.push(Box::new(html::Html::new(run, create("index.html")?))),
            RunForm::Har => reports.push(Box::new(Har::new(run, create("http.har")?).map_err(io)?)),
            RunForm::Csv => {
                let [rows, steps, properties] = FILES;
                let sheets = [create(rows)?, create(steps)?, create(properties)?];
                reports.push(Box::new(Sheets::new(sheets).map_err(io)?));
            }
            RunForm::Md => reports.push(Box::new(Summary::new(run, create("summary.md")?))),
            RunForm::Json => serde_json::to_writer_pretty(create("result.json")?, &verdict(run))
                .map_err(|error| io(error.into()))?,
            // One file for all runs.
            RunForm::Junit => {}
        }
    }
    if !reports.is_empty() {
        let mut reader = run_record::open(folder)?;
        while let Some(item) = run_record::next(&mut reader, folder)? {
            reports.iter_mut().try_for_each(|report| report.take(&item)).map_err(io)?;
        }
        reports.into_iter().try_for_each(Report::finish).map_err(io)?;
    }
    Ok(written)
}

/// What programs want to know of a run.
fn verdict(run: &RecordedRun) -> serde_json::Value {
    let end = run.end.as_ref();
    json!({
        "run": run.head,
        "green": run.green(),
        "outcome": end.map(|end| end.outcome),
        "verdict": run.verdict(),
        "met": end.map(|end| end.met),
        "failed": end.map(|end| end.failed),
        "leftOut": end.map(|end| end.left_out),
        "digest": end.and_then(|end| end.digest.as_ref()),
        "checks": end.map(|end| &end.checks),
        "totals": end.map(|end| &end.totals),
    })
}

/// The first and the last line of a record.
///
/// # Errors
/// When the record cannot be read.
pub fn run_in(folder: &Path) -> Result<RecordedRun, CommandError> {
    let head = run_record::open(folder)?.head().clone();
    let path = folder.join(FILE);
    let last = File::open(&path).and_then(last_line);
    let last = last.map_err(|error| CommandError::bad(format!("{}: {error}", path.display())))?;
    Ok(RecordedRun { head, end: serde_json::from_slice(&last).ok() })
}

/// The last line of a file that ends with one.
fn last_line(mut file: File) -> io::Result<Vec<u8>> {
    const PIECE: u64 = 64 << 10;
    let mut at = file.seek(SeekFrom::End(0))?;
    let mut tail: Vec<u8> = Vec::new();
    while at > 0 {
        let size = PIECE.min(at);
        at -= size;
        file.seek(SeekFrom::Start(at))?;
        let mut piece = vec![0; usize::try_from(size).unwrap_or_default()];
        file.read_exact(&mut piece)?;
        piece.extend_from_slice(&tail);
        tail = piece;
        let before = tail.len().saturating_sub(1);
        if let Some(end) = memchr::memrchr(b'\n', &tail[..before]) {
            return Ok(tail.split_off(end + 1));
        }
    }
    Ok(tail)
}
