//! People and groups counted apart, so that a sentence never calls a group a person.

use crate::base::printable::grouped;
use crate::entra::job::Subject;

/// How many people and how many groups.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Objects {
    /// People.
    pub people: usize,
    /// Groups.
    pub groups: usize,
}

impl Objects {
    /// Both together.
    pub fn all(self) -> usize {
        self.people + self.groups
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.all() == 0
    }

    /// Both with their nouns: `1 person and 2 groups`.
    pub fn words(self) -> String {
        let told = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{} {many}", grouped(count as u64))),
        };
        let people = told(self.people, "person", "people");
        let both = [people, told(self.groups, "group", "groups")];
        both.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }

    /// How many of those told of before, with the verb that fits: `1 of them waits`.
    pub fn of_them(self, one: &str, many: &str) -> String {
        let all = self.all();
        format!("{} of them {}", grouped(all as u64), if all == 1 { one } else { many })
    }

    /// Both with their nouns and the verb that fits: `1 person is`, `1 person and 2 groups are`.
    pub fn with(self, one: &str, many: &str) -> String {
        format!("{} {}", self.words(), if self.all() == 1 { one } else { many })
    }
}

impl FromIterator<Subject> for Objects {
    fn from_iter<I: IntoIterator<Item = Subject>>(subjects: I) -> Objects {
        let mut objects = Objects::default();
        for subject in subjects {
            match subject {
                Subject::User(_) => objects.people += 1,
                Subject::Group(_) => objects.groups += 1,
            }
        }
        objects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_no_person_and_one_is_no_plural() {
        let cases = [
            ((1, 0), "1 person is"),
            ((2, 0), "2 people are"),
            ((0, 1), "1 group is"),
            ((1, 1), "1 person and 1 group are"),
            ((3, 2), "3 people and 2 groups are"),
            ((1_200, 0), "1,200 people are"),
        ];
        for ((people, groups), words) in cases {
            assert_eq!(Objects { people, groups }.with("is", "are"), words);
        }
    }
}
