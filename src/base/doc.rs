//! Splits the doc text of a verb, setting or function, as their tables hold it: the first line is
//! the summary, the lines below it add details.

/// The summary: the first line.
pub fn summary(doc: &str) -> &str {
    doc.lines().next().unwrap_or_default().trim()
}

/// The whole text as one paragraph.
pub fn paragraph(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_summary_whatever_stops_it_has() {
        let doc = " Kept for 3.5 days, i.e. long. Really.\nThen it is gone.";
        assert_eq!(summary(doc), "Kept for 3.5 days, i.e. long. Really.");
        assert_eq!(paragraph(doc), "Kept for 3.5 days, i.e. long. Really. Then it is gone.");
    }
}
