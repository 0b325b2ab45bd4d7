//! What the server that is provisioned is called in words: the mock by its own name, any other one
//! `the target`.

/// The name of a server in a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ServerName {
    /// The mock.
    #[default]
    GoLinks,
    /// A server of another process.
    Target,
}

impl ServerName {
    /// The name amid a sentence: `right at GoLinks`, `right at the target`.
    pub fn amid(self) -> &'static str {
        match self {
            ServerName::GoLinks => "GoLinks",
            ServerName::Target => "the target",
        }
    }

    /// The name at the beginning of a sentence.
    pub fn first(self) -> &'static str {
        match self {
            ServerName::GoLinks => "GoLinks",
            ServerName::Target => "The target",
        }
    }

    /// Fills the name into words of our own in which the mock's stands amid a sentence. Words of an
    /// author or of a server are put in after that.
    pub fn fill(self, words: &str) -> String {
        match self {
            ServerName::GoLinks => words.to_owned(),
            ServerName::Target => {
                words.replace("GoLinks' ", "the target's ").replace("GoLinks", self.amid())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_written_for_the_mock_speak_of_the_target() {
        for (words, filled) in [
            (
                "at the last try GoLinks was out of order",
                "at the last try the target was out of order",
            ),
            ("GoLinks' answer could not be used", "the target's answer could not be used"),
        ] {
            assert_eq!(ServerName::Target.fill(words), filled);
            assert_eq!(ServerName::GoLinks.fill(words), words);
        }
    }
}
