//! Whole numbers in decimal, faster than formatting does it: they stand in most records of the
//! journal.

use super::text_sink::TextSink;

/// `00` to `99`, one after the other.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut nth = 0;
    while nth < 100 {
        pairs[nth] = [b'0' + nth as u8 / 10, b'0' + nth as u8 % 10];
        nth += 1;
    }
    pairs
};

/// Appends a number with at least so many digits, zeros in front of it.
pub fn push(out: &mut impl TextSink, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    while number >= 10 {
        from -= 2;
        digits[from..from + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    if number > 0 {
        from -= 1;
        digits[from] = b'0' + number as u8;
    }
    let shown = &digits[from.min(digits.len() - width.clamp(1, digits.len()))..];
    out.push_digits(shown);
}

#[cfg(test)]
mod tests {
    #[test]
    fn as_formatting_does_it() {
        let (mut out, mut bytes) = (String::new(), Vec::new());
        for number in [0, 7, 10, 99, 100, 101, 1_234_567_890, 999_999_999_999_999, u64::MAX] {
            for width in [0, 1, 15, 20] {
                out.clear();
                bytes.clear();
                super::push(&mut out, number, width);
                super::push(&mut bytes, number, width);
                assert_eq!(out, format!("{number:0width$}"));
                assert_eq!(bytes, out.as_bytes());
            }
        }
    }
}
