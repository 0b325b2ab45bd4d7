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

    /// The name at the head of a column.
    pub fn column(self) -> &'static str {
        match self {
            ServerName::GoLinks => "GoLinks",
            ServerName::Target => "Target",
        }
    }

    /// The head of a column with what the server holds.
    pub fn holds(self) -> &'static str {
        match self {
            ServerName::GoLinks => "GoLinks holds",
            ServerName::Target => "The target holds",
        }
    }

    /// Fills the name into sentences of our own, at whose beginning the mock's may stand too.
    pub fn says(self, sentences: &str) -> String {
        let first = |part: &str| {
            let rest = part.strip_prefix("GoLinks").filter(|_| self == ServerName::Target);
            match (rest, rest.and_then(|rest| rest.strip_prefix("' "))) {
                (_, Some(rest)) => format!("The target's {rest}"),
                (Some(rest), None) => format!("{}{rest}", self.first()),
                (None, None) => part.to_owned(),
            }
        };
        let parts: Vec<String> = sentences.split(". ").map(first).collect();
        self.fill(&parts.join(". "))
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
        let says = "On the right GoLinks. GoLinks holds nothing. GoLinks' answer came.";
        let filled = "On the right the target. The target holds nothing. The target's answer came.";
        assert_eq!(ServerName::Target.says(says), filled);
        assert_eq!(ServerName::GoLinks.says(says), says);
    }
}
