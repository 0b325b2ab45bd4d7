//! The stories that a set of scenarios should tell, S01 to S33: what trainers and support engineers
//! show of provisioning.

use super::search;

/// A story.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    /// Its number, such as `S18`.
    pub number: &'static str,
    /// What it is about.
    pub title: &'static str,
}

impl Outline {
    /// Whether the title contains a word, in any case.
    pub fn is_about(&self, word: &str) -> bool {
        search::speaks_of(self.title, word)
    }
}

/// Finds a story by its number, in upper or lower case.
pub fn find(number: &str) -> Option<&'static Outline> {
    OUTLINES.iter().find(|outline| outline.number.eq_ignore_ascii_case(number))
}

/// All of them.
#[rustfmt::skip]
pub const OUTLINES: &[Outline] = &[
    Outline { number: "S01", title: "First sync: five people appear" },
    Outline { number: "S02", title: "Start small, then widen" },
    Outline { number: "S03", title: "Matching what is already there" },
    Outline { number: "S04", title: "Assignment scope against attribute scope" },
    Outline { number: "S05", title: "Joiner, mover, leaver" },
    Outline { number: "S06", title: "Unassigned, then assigned again" },
    Outline { number: "S07", title: "Four ways to lose access" },
    Outline { number: "S08", title: "Recycle bin, restore" },
    Outline { number: "S09", title: "Thirty days later: the hard delete" },
    Outline { number: "S10", title: "Disabled people are not provisioned" },
    Outline { number: "S11", title: "Somebody is missing a required value" },
    Outline { number: "S12", title: "On demand: five steps, before you dare to press start" },
    Outline { number: "S13", title: "A group, its name and its people" },
    Outline { number: "S14", title: "Nested groups stay folded" },
    Outline { number: "S15", title: "The manager arrives first, second, or never" },
    Outline { number: "S16", title: "A member who is out of scope" },
    Outline { number: "S17", title: "Test connection" },
    Outline { number: "S18", title: "The secret expires: quarantine, the thinning pace, the end" },
    Outline { number: "S19", title: "Quarantined although every row is green" },
    Outline { number: "S20", title: "Duplicate userName" },
    Outline { number: "S21", title: "A new matching attribute the target cannot search" },
    Outline { number: "S22", title: "A throttled target" },
    Outline { number: "S23", title: "A slow target" },
    Outline { number: "S24", title: "An outage and its retry ladder" },
    Outline { number: "S25", title: "Most users fail: the proportional threshold" },
    Outline { number: "S26", title: "The deletion threshold" },
    Outline { number: "S27", title: "From \"all\" to \"assigned\"" },
    Outline { number: "S28", title: "Restart, and what it does and does not forget" },
    Outline { number: "S29", title: "Stop does not mean now" },
    Outline { number: "S30", title: "A value that was taken away" },
    Outline { number: "S31", title: "The same bug in two dialects" },
    Outline { number: "S32", title: "Green log, wrong world" },
    Outline { number: "S33", title: "Two leavers and a weekend" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told() {
        assert_eq!(OUTLINES.len(), 33);
        for (nth, outline) in OUTLINES.iter().enumerate() {
            assert_eq!(outline.number, format!("S{:02}", nth + 1));
            assert!(
                crate::scenario::library::find_all(outline.number).is_ok(),
                "{} is not told",
                outline.number
            );
        }
        assert!(find("s18").is_some_and(|outline| outline.is_about("SECRET")));
    }
}
