//! Writes to the terminal: results to standard output, errors and diagnostics to standard error,
//! with or without colour.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use anstyle::{AnsiColor, Style};

use crate::base::printable;
use crate::evidence::Secrets;
use crate::scenario::report::{self, Line, Tone};
use crate::scenario::{Diagnostics, messages};

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Color {
    /// In a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Sets for the whole process whether output is coloured.
pub fn set_color(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Starts the diagnostics on standard error: errors with `quiet`, else warnings; one `-v` adds
/// information, two add debugging, three add everything.
pub fn set_verbosity(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => tracing::Level::ERROR,
        (_, 0) => tracing::Level::WARN,
        (_, 1) => tracing::Level::INFO,
        (_, 2) => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    // Why a handshake failed is said by the command, in its own words.
    let libraries =
        if verbose < 2 { "warn,rustls=off,rustls_platform_verifier=off" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::new(format!("{libraries},scimulator={level}"));
    let colored = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colored);
    // A second call, as tests make, keeps the first subscriber.
    let _ = subscriber.without_time().with_target(false).try_init();
}

/// How many columns standard output has; [`report::COLUMNS`] when it is not a terminal.
pub fn columns() -> usize {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map_or(report::COLUMNS, |(width, _)| usize::from(width.0))
}

/// What must not be seen on a terminal: the secrets of the scenarios that were read.
static HIDDEN: Mutex<Option<Secrets>> = Mutex::new(None);

/// Hides the secrets of a scenario in whatever is written from now on, as files have them.
pub fn hide(secrets: Secrets) {
    let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    hidden.get_or_insert_default().join(secrets);
}

/// What is wrong with a scenario, in its own lines, without its secrets.
pub fn rendered(problems: &Diagnostics) -> String {
    let of_text = Secrets::of_source(&problems.source);
    let masked = |text: &str| without_secrets(&of_text.mask(text));
    let rendered = messages::render_coloured(problems, &masked);
    // A file that can be read has its own secrets hidden already. In its lines more is taken for
    // one, such as a verb beside a secret, which is to be seen when it is done.
    if problems.has_errors() {
        hide(of_text);
    }
    rendered
}

fn without_secrets(text: &str) -> String {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    hidden.as_ref().map_or(Cow::Borrowed(text), |secrets| secrets.mask(text)).into_owned()
}

/// The first error of writing to standard output.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Writes a text to standard output; hidden characters that it holds are written out.
pub fn print(text: &str) {
    print_styled(&printable::lines(&without_secrets(text)));
}

/// Writes to standard output what was painted or rendered, styles and all. A closed pipe (`| head`)
/// is not an error; any other failure is kept and reported when the program ends.
pub fn print_styled(text: &str) {
    let mut out = anstream::stdout().lock();
    keep_error(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Keeps the error of a write to standard output, unless it is a closed pipe.
pub fn keep_error(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = UNWRITTEN.set(error.to_string());
    }
}

/// Why standard output could not be written; `None` when every write succeeded.
pub fn unwritten() -> Option<&'static str> {
    UNWRITTEN.get().map(String::as_str)
}

/// Writes lines with tones to standard output.
pub fn print_lines(lines: &[Line]) {
    print_styled(&lines.iter().map(|line| colored(line) + "\n").collect::<String>());
}

/// Writes a text without a prefix, such as rendered diagnostics, to standard error.
pub fn complain_raw(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ = err.write_all(text.as_bytes());
}

/// Writes `error: …` to standard error.
pub fn complain(message: &str) {
    let style = AnsiColor::Red.on_default().bold();
    let message = without_secrets(message);
    complain_raw(&format!("{style}error{style:#}: {}\n", printable::lines(&message)));
}

/// Writes a remark about what is going on to standard error.
pub fn note(message: &str) {
    complain_raw(&format!("{}\n", printable::lines(&without_secrets(message))));
}

/// Writes `= help: …` below an error; nothing when `help` is empty.
pub fn advise(help: &str) {
    if !help.is_empty() {
        complain_raw(&format!("  = help: {}\n", printable::lines(&without_secrets(help))));
    }
}

/// Renders a line with its tones as colours.
pub fn colored(line: &Line) -> String {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    let masked = |text: &str| {
        hidden.as_ref().map_or(Cow::Borrowed(text), |secrets| secrets.mask_piece(text)).into_owned()
    };
    line.0.iter().map(|(tone, text)| paint(*tone, &masked(text))).collect()
}

/// Renders a piece of a line in the colour of a tone; hidden characters are written out.
pub fn paint(tone: Tone, text: &str) -> String {
    let text = printable::one_line(text);
    let style = match tone {
        Tone::Plain => return text.into_owned(),
        Tone::Strong => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
    };
    format!("{style}{text}{style:#}")
}
