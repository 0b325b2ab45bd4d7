//! The lists copied from the vendor: the source of each, its date, and its length. A test checks
//! the lengths, so that no row is added or lost unnoticed.

/// A list of the vendor's.
#[derive(Clone, Copy, Debug)]
pub struct VendorList {
    /// What it lists.
    pub name: &'static str,
    /// The tag of the page, and of the reports that add to it.
    pub source: &'static str,
    /// The date in the page's header or of the latest report; without either, when it was read.
    pub as_of: &'static str,
    /// How many entries it has.
    pub count: usize,
}

/// All of them.
#[rustfmt::skip]
pub const VENDOR_LISTS: [VendorList; 7] = [
    list("rows of users, application outside of the gallery", "[scim-dev], fax number B96", "2026-11", 22),
    list("rows of groups, application outside of the gallery", "[scim-dev]", "2026-11", 3),
    list("functions of the mapping language", "[functions], DefaultDomain and Len B103", "2026-04-14", 46),
    list("words without quotation marks", "[functions], [wd-guide]", "2025-08", 4),
    list("intervals of DateAdd and DateDiff", "[functions]", "2024-08", 7),
    list("operators of scoping filters", "[filters], [g:filterops]", "2026-11", 14),
    list("source attributes that cannot be read", "[known-issues], [customize], B105", "2025-10-04", 6),
];

const fn list(
    name: &'static str,
    source: &'static str,
    as_of: &'static str,
    count: usize,
) -> VendorList {
    VendorList { name, source, as_of, count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::expression::{Interval, Keyword, functions::FUNCTIONS};
    use crate::entra::field::UNAVAILABLE;
    use crate::entra::filter::ClauseOperator;
    use crate::entra::mapping::{Schema, Template};

    #[test]
    fn every_list_is_as_long_as_the_vendors() {
        let scim = Schema::gallery(Template::Scim);
        let here = [
            scim.users.rows().len(),
            scim.groups.rows().len(),
            FUNCTIONS.len(),
            Keyword::WORDS.len(),
            Interval::WORDS.len(),
            ClauseOperator::all().count(),
            UNAVAILABLE.len(),
        ];
        for (list, here) in VENDOR_LISTS.iter().zip(here) {
            assert_eq!(here, list.count, "{} ({}, {})", list.name, list.source, list.as_of);
        }
    }
}
