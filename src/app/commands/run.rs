//! `run`: plays scenarios to their end as fast as possible and prints their reports; several are
//! played at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::run_progress::RunProgress;
use super::run_remote;
use super::signals::{STOPPED, signalled, stop_when_told};
use super::source::Provisions;
use super::to_run::{self, Unread};
use crate::app::annotations::{self, Annotation};
use crate::app::cli::{OutputFormat, RunArgs};
use crate::app::exit::{CommandError, Exit};
use crate::app::live::Speed;
use crate::app::progress::ShownProgress;
use crate::app::run_record::{EvidenceFlags, Framed, Recorder, RunForm};
use crate::app::server_setup::{self, Told};
use crate::app::{reports, run_record, terminal};
use crate::evidence::is_secret_at;
use crate::evidence::overview::RunList;
use crate::scenario::report::{self, Line, NotRun, Summary};
use crate::scenario::{Play, Script, library};
use crate::world::Drive;
use crate::world::MASK;
use crate::world::driver;

/// The result of one scenario.
enum Ran {
    /// It was played to its end.
    Played {
        summary: Box<Summary>,
        report: Vec<Line>,
        annotations: Vec<Annotation>,
        took: Duration,
    },
    /// It could not be read; the reason has been printed.
    Unread(Exit),
    /// It was not played, or its record could not be written; the reason has been printed.
    Not(Exit, NotRun),
}

/// Runs the scenarios and prints their reports in the order given; the worst exit code wins.
pub fn run(args: &RunArgs, quiet: bool, verbose: u8) -> Result<Exit, CommandError> {
    if args.remote.target.is_some() {
        return run_remote::run(args, quiet, verbose);
    }
    stop_when_told(TELLS_FIRST);
    let mut worst = Exit::Met;
    let overrides = args.changes.overrides();
    let overrides = match (wanted(args), overrides) {
        (Wanted::Own, _) => args.changes.without_bugs(),
        (_, overrides) => overrides?,
    };
    let scripts = to_run::read(&names(args), &overrides, Provisions::Mock);
    let mut not_run = to_run::not_run(&scripts);
    let scripts: Vec<Result<Script, Unread>> =
        scripts.into_iter().map(|one| one.map(|(_, script)| script)).collect();
    let several = scripts.len() > 1;
    let mut summaries = Vec::new();
    let named: Vec<Option<String>> =
        scripts.iter().map(|one| one.as_ref().ok().map(Script::run_name)).collect();
    let folders = folders(&args.evidence, &named, &not_run)?;
    let runs: Vec<Prepared<'_>> =
        scripts.iter().zip(&folders).map(|(script, out)| Prepared { script, out }).collect();
    play_all(&runs, args, (quiet, verbose), |ran| match ran {
        Ran::Unread(exit) => worst = worst.max(exit),
        Ran::Not(exit, why) => {
            worst = worst.max(exit);
            not_run.push(why);
        }
        Ran::Played { summary, report, annotations, took } => {
            let failed = summary.outcome.is_red();
            worst = worst.max(if failed { Exit::Failed } else { Exit::Met });
            // With --quiet a single run without a failure prints only its verdict. Of several runs
            // the summary covers those without a failure, and with --quiet all.
            let whole = if failed { !several || !quiet } else { !several && !quiet };
            if whole {
                terminal::print_lines(&report);
            } else if !several {
                terminal::print_lines(&report[report.len().saturating_sub(1)..]);
            }
            for annotation in annotations.iter().filter(|_| args.format == OutputFormat::Github) {
                terminal::print(&annotation.to_line());
            }
            summaries.push((*summary, Some(took)));
        }
    });
    let read: Vec<&Script> = scripts.iter().filter_map(|one| one.as_ref().ok()).collect();
    if let Some(script) = one_matrix(&read).filter(|_| not_run.is_empty()) {
        terminal::print_lines(&report::matrix_lines(&script.name, &script.title, &summaries));
    } else if several {
        terminal::print_lines(&report::summary_lines(&summaries, &not_run));
    }
    if let Some(out) = &args.evidence.out {
        made(out, &args.evidence.report, &not_run, quiet)?;
    }
    if let Some(exit) = signalled() {
        let (all, told) = (runs.len(), summaries.len());
        terminal::complain(&match several {
            true => format!("stopped: {told} of {all} runs were begun"),
            false => "stopped: what comes later is left out".to_owned(),
        });
        return Ok(exit);
    }
    Ok(worst)
}

/// The folder of each run. Of several, each has one of its own in the common one, which gets a list
/// of them, with those that are not run; what an earlier run has left there is removed.
pub fn folders(
    evidence: &EvidenceFlags,
    named: &[Option<String>],
    not_run: &[NotRun],
) -> Result<Vec<Option<PathBuf>>, CommandError> {
    let folders = evidence.folders(named);
    let lists = named.len() > 1 || !not_run.is_empty();
    if let Some(out) = evidence.out.as_ref().filter(|_| lists) {
        run_record::clear(out)?;
        let names = folders.iter().flatten().filter_map(|folder| folder.file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned()).collect();
        run_record::write_list(out, &RunList::of(names, not_run))?;
    }
    Ok(folders)
}

/// Makes the reports, and says what was written.
pub fn made(
    out: &Path,
    forms: &[RunForm],
    not_run: &[NotRun],
    quiet: bool,
) -> Result<(), CommandError> {
    if !run_record::is_in(out) {
        reports::write_list(out, not_run)?;
    }
    let files = reports::write(out, forms)?;
    if !quiet {
        let written = files.iter().map(|path| path.display().to_string());
        let mut all = Vec::new();
        for folder in run_record::all_in(out)? {
            all.push(folder.join(run_record::FILE).display().to_string());
            // The story lies beside its record.
            let story = run_record::open(&folder)?.head().files.first().cloned();
            all.extend(story.map(|file| folder.join(file).display().to_string()));
        }
        all.extend(written);
        // The verdict stays the last line of the output.
        terminal::note(&format!("written: {}", all.join(" ")));
    }
    Ok(())
}

/// What is to be run, and the folder of its record.
struct Prepared<'a> {
    script: &'a Result<Script, Unread>,
    out: &'a Option<PathBuf>,
}

/// Which scenarios are to be run.
#[derive(PartialEq)]
enum Wanted {
    /// Those that are named, or all.
    Named,
    /// The stories of the bugs that are named, which bring them about themselves.
    Own,
}

fn wanted(args: &RunArgs) -> Wanted {
    if args.scenarios.is_empty() && !args.all { Wanted::Own } else { Wanted::Named }
}

/// The files and names of the scenarios to run.
pub fn names(args: &RunArgs) -> Vec<String> {
    match wanted(args) {
        Wanted::Own => args.changes.bug.iter().map(|bug| bug.number.to_owned()).collect(),
        Wanted::Named if args.all => library::themes(),
        Wanted::Named => args.scenarios.clone(),
    }
}

/// The first script, when there are several and all are cells of one matrix.
pub fn one_matrix<'a>(scripts: &[&'a Script]) -> Option<&'a Script> {
    let (first, others) = scripts.split_first()?;
    let same = |other: &&Script| other.source.name == first.source.name;
    (first.cell.is_some() && !others.is_empty() && others.iter().all(same)).then_some(*first)
}

/// Plays all scripts on several threads and passes the results to `done` in script order.
fn play_all(
    runs: &[Prepared<'_>],
    args: &RunArgs,
    (quiet, verbose): (bool, u8),
    mut done: impl FnMut(Ran),
) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(cores, usize::from).min(runs.len());
    let next = AtomicUsize::new(0);
    let (results, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (results, next) = (results.clone(), &next);
            scope.spawn(move || {
                while let Some((nth, run)) = take(next, runs) {
                    let progress = RunProgress::new(quiet || runs.len() > 1);
                    let ran = catch_unwind(AssertUnwindSafe(|| play(run, args, progress, verbose)));
                    let _ = results.send((nth, ran.unwrap_or_else(|_| ended(run))));
                }
            });
        }
        drop(results);
        let mut waiting: Vec<Option<Ran>> = runs.iter().map(|_| None).collect();
        let mut told = 0;
        let mut progress = ShownProgress::new(runs.len() as u64, "runs", quiet || runs.len() == 1);
        for (nth, ran) in finished {
            progress.inc();
            waiting[nth] = Some(ran);
            while let Some(ran) = waiting.get_mut(told).and_then(Option::take) {
                progress.aside(|| done(ran));
                told += 1;
            }
        }
        progress.finish();
    });
}

fn take<'a, T>(next: &AtomicUsize, all: &'a [T]) -> Option<(usize, &'a T)> {
    let nth = next.fetch_add(1, Ordering::Relaxed);
    all.get(nth).filter(|_| signalled().is_none()).map(|one| (nth, one))
}

/// A run that a bug of the program has ended.
fn ended(run: &Prepared<'_>) -> Ran {
    match run.script {
        Ok(script) => {
            let why = "an internal error has ended it".to_owned();
            Ran::Not(Exit::Internal, NotRun { name: script.run_name(), why })
        }
        Err(unread) => Ran::Unread(unread.exit),
    }
}

fn play(run: &Prepared<'_>, args: &RunArgs, progress: RunProgress, verbose: u8) -> Ran {
    let script = match run.script {
        Ok(script) => script.clone(),
        Err(unread) => return Ran::Unread(unread.exit),
    };
    let name = script.run_name();
    let began = Instant::now();
    match played(script, run.out.as_deref(), args, progress) {
        Ok((play, totals)) => {
            let took = began.elapsed();
            // The exchanges come before the report, whose last line is the verdict.
            let mut lines =
                if verbose > 0 { report::exchanges(&play, verbose > 1) } else { Vec::new() };
            let totals = totals.unwrap_or_else(|| report::totals(&play));
            lines.extend(report::lines_with(&play, Some(took), terminal::columns(), totals));
            let annotations = annotations::of_play(&play);
            let mut summary = Box::new(Summary::of(&play));
            // In the table a value stands by itself, as no secret is found.
            for (path, value) in summary.cell.iter_mut().flat_map(|cell| &mut cell.values) {
                if is_secret_at(path) {
                    *value = format!("\"{MASK}\"");
                }
            }
            Ran::Played { summary, report: lines, annotations, took }
        }
        Err(failure) => {
            let why = format!("{:#}", failure.error);
            terminal::complain(&why);
            terminal::advise(&failure.help);
            Ran::Not(failure.exit, NotRun { name, why })
        }
    }
}

/// Plays a script to its end, and records it in a folder if one is given; the totals of its report
/// come with a recorded run.
fn played(
    script: Script,
    out: Option<&Path>,
    args: &RunArgs,
    mut progress: RunProgress,
) -> Result<(Play, Option<Vec<Line>>), CommandError> {
    let mut play = Play::new(script);
    let Some(out) = out else {
        if args.over_http {
            return over_http(play, args.speed, progress).map(|play| (play, None));
        }
        match run_to_end(&mut play, args.speed, &mut progress) {
            true => play.finish(),
            false => play.cut_here(STOPPED),
        }
        return Ok((play, None));
    };
    let recorder = Recorder::begin(out, &mut play)?;
    let mut framed = Framed::new(&mut play, &recorder);
    let panels = if args.over_http {
        // Its moments are not known: another owner drives it.
        drop(framed);
        play = over_http(play, args.speed, progress)?;
        Framed::new(&mut play, &recorder).end()
    } else {
        match run_to_end(&mut framed, args.speed, &mut progress) {
            true => framed.play.finish(),
            false => framed.play.cut_here(STOPPED),
        }
        framed.end()
    };
    let broken_off = play.verdict().stopped;
    let totals = recorder.finish(&mut play, broken_off.as_deref(), Some(&panels))?;
    Ok((play, Some(totals)))
}

/// Plays over sockets to the end, or to the next instant once a signal has come.
fn over_http(play: Play, speed: Speed, mut progress: RunProgress) -> Result<Play, CommandError> {
    let told = Told {
        narrator: Box::new(move |play| progress.look(play)),
        stops: Box::new(|| signalled().map(|_| STOPPED)),
    };
    server_setup::play_over_http(play, speed, told)
}

/// What is played to its end: a play, recorded or not.
trait ToEnd: Drive {
    /// The play.
    fn play(&self) -> &Play;
}

impl ToEnd for Play {
    fn play(&self) -> &Play {
        self
    }
}

impl ToEnd for Framed<'_> {
    fn play(&self) -> &Play {
        self.play
    }
}

/// Plays to the end, or to the next instant once a signal has come; returns whether the end was
/// reached.
fn run_to_end<P: ToEnd>(play: &mut P, speed: Speed, progress: &mut RunProgress) -> bool {
    let (began, start, ends) = (Instant::now(), play.now(), play.play().ends());
    let stops = || signalled().is_some();
    if let Speed::Times(factor) = speed {
        driver::run_until_quiet(play);
        while let Some(due) = play.next_due().filter(|due| *due <= ends) {
            let reached = Duration::from_secs_f64(due.since(start).as_secs_f64() / factor);
            if !sleep_until(began + reached, &stops) {
                return false;
            }
            let to = due.max(play.now());
            play.advance(to);
            driver::run_until_quiet(play);
        }
    }
    let mut carry = |play: &mut P| {
        let carried = driver::carry(play);
        if carried {
            progress.carried(play.play());
        }
        carried
    };
    driver::run_to_unless(play, ends, &mut carry, &stops)
}

/// Sleeps until an instant; `false` when a signal came before it.
fn sleep_until(at: Instant, stops: &dyn Fn() -> bool) -> bool {
    /// How long a signal may go unseen.
    const SLICE: Duration = Duration::from_millis(100);
    while !stops() {
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(SLICE));
    }
    false
}

/// What is said at the first signal.
const TELLS_FIRST: &str = "stopping: what was reached is told; again to end at once";
