//! `explain expression --json`: evaluates a sheet of expressions for another program, one JSON
//! object a line in and out.

use std::io::{self, BufRead, Read, Write};

use crate::app::exit::{CommandError, Exit};
use crate::base::{Seed, Time};
use crate::entra::expression::Sheet;
use crate::entra::policy::Policy;
use crate::world::Drive;
use crate::world::World;

/// The longest line that is evaluated, in bytes: far more than an expression and a person need.
const LINE_MAX: usize = 16 << 20;

/// Writes one line of output for each line of standard input that is not blank. Clock, seed and
/// policies are those of `world` when there is one. A line that cannot be evaluated gets an error
/// object.
pub(super) fn run(world: Option<&World>, seed: Seed) -> Result<Exit, CommandError> {
    let default = Policy::default();
    let policy = world.map_or(&default, |world| &world.entra().job().settings().policy);
    let now = world.map_or_else(real_time, World::now);
    let sheet = Sheet { now, seed: world.map_or(seed, World::seed), policy };
    match answer(&sheet, &mut io::stdin().lock(), &mut io::stdout().lock()) {
        // A closed pipe (`| head`) is not an error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Met),
        Err(error) => Err(CommandError::bad(format!(
            "the answers could not be written, or the lines not read: {error}"
        ))),
        Ok(()) => Ok(Exit::Met),
    }
}

fn answer(sheet: &Sheet<'_>, lines: &mut impl BufRead, out: &mut impl Write) -> io::Result<()> {
    while let Some(line) = next_line(lines)? {
        let answer = match line {
            Line::TooLong => Sheet::refusal(format!("the line is longer than {LINE_MAX} bytes")),
            Line::Whole(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) => sheet.answer(&line),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// Reads the next line, without its line feed; skips the rest of a line that is too long. `None`
/// at the end of the input.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    lines.take(LINE_MAX as u64 + 1).read_until(b'\n', &mut line)?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => {
            line.pop();
            Ok(Some(Line::Whole(line)))
        }
        _ if line.len() <= LINE_MAX => Ok(Some(Line::Whole(line))),
        _ => {
            lines.skip_until(b'\n')?;
            Ok(Some(Line::TooLong))
        }
    }
}

fn real_time() -> Time {
    Time::from_micros(jiff::Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_spoils_no_other() {
        let policy = Policy::default();
        let sheet = Sheet { now: Time::default(), seed: Seed(1), policy: &policy };
        let mut input = br#"{"expression": "[a]"}"#.to_vec();
        input.extend_from_slice(b"\n\r\n");
        input.resize(input.len() + LINE_MAX + 1, b' ');
        input.extend_from_slice(b"x\n\xff\n");
        input.extend_from_slice(br#"{"expression": "\"last\""}"#);
        let mut out = Vec::new();
        answer(&sheet, &mut &*input, &mut out).expect("memory takes everything");
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        let expected = [
            r#"{"value":null}"#,
            r#"{"error":"the line is longer than 16777216 bytes"}"#,
            r#"{"error":"the line is not UTF-8 from its byte 1 on"}"#,
            r#"{"value":"last"}"#,
        ];
        assert_eq!(out.lines().collect::<Vec<_>>(), expected);
    }
}
