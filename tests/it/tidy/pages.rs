//! What a page of HTML names by its id stands in that page: a label, what a button controls.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The attributes whose value is one or more ids.
const NAMING: [&str; 6] =
    ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "list"];

#[test]
fn what_a_page_names_by_its_id_stands_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["web/index.html", "web/report/page.html"] {
        let text = fs::read_to_string(root.join(page)).expect("a page");
        let ids: BTreeSet<&str> = values(&text, "id").collect();
        assert!(ids.len() > 3, "{page}: {ids:?}");
        let named = NAMING.iter().flat_map(|attribute| values(&text, attribute));
        let lacking: Vec<&str> =
            named.flat_map(str::split_whitespace).filter(|id| !ids.contains(id)).collect();
        assert!(
            lacking.is_empty(),
            "{page} names {lacking:?}, which no element is called: a script that makes the element \
             sets the attribute too"
        );
    }
}

/// The values of an attribute in a page.
fn values<'t>(text: &'t str, attribute: &str) -> impl Iterator<Item = &'t str> {
    let begins = format!(" {attribute}=\"");
    let starts: Vec<usize> = text.match_indices(&begins).map(|(at, it)| at + it.len()).collect();
    starts.into_iter().filter_map(|at| text[at..].split('"').next())
}
