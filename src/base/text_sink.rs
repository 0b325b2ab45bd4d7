//! A place to write text to: a `String`, or bytes that need not be UTF-8 as a whole.

/// Takes text and digits.
pub trait TextSink {
    /// Appends a text.
    fn push_str(&mut self, text: &str);

    /// Appends ASCII digits.
    fn push_digits(&mut self, digits: &[u8]);
}

impl TextSink for String {
    #[inline]
    fn push_str(&mut self, text: &str) {
        String::push_str(self, text);
    }

    #[inline]
    fn push_digits(&mut self, digits: &[u8]) {
        self.push_str(std::str::from_utf8(digits).unwrap_or_default());
    }
}

impl TextSink for Vec<u8> {
    #[inline]
    fn push_str(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn push_digits(&mut self, digits: &[u8]) {
        self.extend_from_slice(digits);
    }
}
