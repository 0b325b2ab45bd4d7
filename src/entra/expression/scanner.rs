//! A scanner for date texts, shared by `date` and `date_format`.

/// The hours of the largest offset from UTC that a zone may have.
const OFFSET_HOURS_MAX: u32 = 14;

/// A text that is consumed from its front.
#[derive(Default)]
pub(super) struct Scanner<'a> {
    /// The rest of the text.
    pub(super) rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { rest: text.trim() }
    }

    /// Whether everything was read.
    pub(super) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Consumes this mark if it comes next.
    pub(super) fn take(&mut self, mark: &str) -> bool {
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Consumes this word if it comes next, in any letter case.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found =
            self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if found {
            self.rest = &self.rest[word.len()..];
        }
        found
    }

    pub(super) fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Reads a number of `least` to `most` digits.
    pub(super) fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.take_digits(most);
        digits.parse().ok().filter(|_| digits.len() >= least)
    }

    /// Reads at most `most` digits after a decimal point, as nanoseconds; without a digit the
    /// result is 0.
    pub(super) fn nanoseconds(&mut self, most: usize) -> u32 {
        let digits = self.take_digits(most);
        let kept = &digits[..digits.len().min(9)];
        kept.parse().unwrap_or(0) * 10u32.pow(9 - kept.len() as u32)
    }

    /// Reads `+` or `-` at the front of an offset, as 1 or -1.
    pub(super) fn sign(&mut self) -> Option<i64> {
        if self.take("+") { Some(1) } else { self.take("-").then_some(-1) }
    }

    fn take_digits(&mut self, most: usize) -> &'a str {
        let many = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(many);
        self.rest = rest;
        digits
    }
}

/// Returns an offset in seconds east of Greenwich; `None` if no zone has it.
pub(super) fn offset_seconds(sign: i64, hours: u32, minutes: u32) -> Option<i64> {
    (hours <= OFFSET_HOURS_MAX && minutes < 60)
        .then(|| sign * i64::from(hours * 3600 + minutes * 60))
}
