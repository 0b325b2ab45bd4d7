//! The query options of OData, as far as Graph takes them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::error::GraphError;
use super::filter::Filter;
use super::search::Search;

/// The largest page of directory objects; the logs have a page of their own.
pub const PAGE_MAX: usize = 999;

/// The options of a query.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Options {
    /// `$select`: the properties that are wanted; none for the usual ones.
    pub select: Vec<String>,
    /// `$filter`.
    pub filter: Option<Filter>,
    /// `$top`.
    pub top: Option<usize>,
    /// `$orderby`: the property, and whether it descends.
    pub order_by: Option<(String, bool)>,
    /// `$count=true`.
    pub count: bool,
    /// Whether the number alone is asked for, by `$count` at the end of the path.
    pub counts_alone: bool,
    /// `$search`.
    pub search: Option<Search>,
    /// `$expand`: the relationship, and what is selected of it.
    pub expand: Option<Expand>,
    /// `$skiptoken`: where the page begins.
    pub skip_token: Option<String>,
    /// `$deltatoken`.
    pub delta_token: Option<String>,
    /// `$skip`, which directory objects do not take.
    pub skip: bool,
    /// The options as they were written, to be repeated in links.
    written: Vec<(String, String)>,
}

/// A relationship that is shown with the object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expand {
    /// Its name.
    pub name: String,
    /// The properties that are wanted of it.
    pub select: Vec<String>,
}

impl Options {
    /// Reads the query of a request.
    ///
    /// # Errors
    /// An option that cannot be read.
    pub fn parse(query: &str) -> Result<Options, GraphError> {
        let mut options = Options::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            let plain = |name: &str| name.trim_start_matches('$').to_ascii_lowercase();
            let again = options.written.iter().any(|(other, _)| plain(other) == plain(&name));
            if again && name.starts_with('$') {
                return Err(GraphError::malformed(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            options.take(&name, &value)?;
            options.written.push((name, value));
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), GraphError> {
        // Names of options may be written without the dollar sign.
        match name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase().as_str() {
            "select" => self.select = names(value),
            "filter" => self.filter = Some(Filter::parse(value)?),
            "top" => self.top = Some(top(name, value)?),
            "orderby" => self.order_by = order(value)?,
            "count" => self.count = truth(name, value)?,
            "search" => self.search = Some(Search::parse(value)?),
            "expand" => self.expand = expand(value)?,
            "skiptoken" => self.skip_token = Some(value.to_owned()),
            "deltatoken" => self.delta_token = Some(value.to_owned()),
            "skip" => self.skip = true,
            _ if name.starts_with('$') && name != "$format" => {
                return Err(GraphError::malformed(format!(
                    "The query parameter '{name}' is not supported."
                )));
            }
            _ => {}
        }
        Ok(())
    }

    /// The options for a link: those of the request, with one of them set anew.
    pub fn link(&self, name: &str, value: &str) -> String {
        let is_token = |other: &str| other.ends_with("skiptoken") || other.ends_with("deltatoken");
        let kept = self.written.iter().filter(|(other, _)| !is_token(&other.to_ascii_lowercase()));
        let mut parts: Vec<String> =
            kept.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        parts.push(format!("{name}={}", encoded(value)));
        parts.join("&")
    }
}

/// The characters of a query that need no escape.
const IN_QUERY: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &IN_QUERY).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn names(value: &str) -> Vec<String> {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The bounds are those of the collection, which checks them.
fn top(name: &str, value: &str) -> Result<usize, GraphError> {
    value.trim().parse().map_err(|_| {
        GraphError::malformed(format!(
            "Invalid value '{value}' for {name} query option found. The {name} query option requires a non-negative integer value."
        ))
    })
}

fn truth(name: &str, value: &str) -> Result<bool, GraphError> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            Err(GraphError::malformed(format!("Invalid value '{value}' for {name} query option.")))
        }
    }
}

/// The first property of the order; a second one only breaks ties.
fn order(value: &str) -> Result<Option<(String, bool)>, GraphError> {
    let first = value.split(',').next().unwrap_or_default().trim();
    let mut words = first.split_whitespace();
    let (name, direction) = (words.next(), words.next().map(str::to_ascii_lowercase));
    match (name, direction.as_deref(), words.next()) {
        (Some(name), None | Some("asc"), None) => Ok(Some((name.to_owned(), false))),
        (Some(name), Some("desc"), None) => Ok(Some((name.to_owned(), true))),
        _ => Err(GraphError::malformed(format!(
            "Invalid orderby clause: '{first}' is no property with asc or desc."
        ))),
    }
}

/// Reads `manager($levels=1;$select=id,displayName)`; there is one in a request [graph-expand].
fn expand(value: &str) -> Result<Option<Expand>, GraphError> {
    let (name, inner) = match value.split_once('(') {
        Some((name, inner)) => (name, inner),
        None => (value, ""),
    };
    let (inner, behind) = inner.split_once(')').unwrap_or((inner, ""));
    if name.contains(',') || !behind.trim().is_empty() {
        return Err(GraphError::malformed("Only one property can be expanded in a single query."));
    }
    let select = inner.split(';').find_map(|part| part.trim().strip_prefix("$select="));
    let name = name.trim().to_owned();
    let select = select.map(names).unwrap_or_default();
    Ok((!name.is_empty()).then_some(Expand { name, select }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Options {
        Options::parse(query).expect("a query")
    }

    #[test]
    fn options_are_read_in_the_spellings_of_clients() {
        let query = "?$count=true&%24filter=displayName%20eq%20%27GoLinks%27&$orderby=displayName+desc&$select=id,appId&$top=5";
        let options = read(&query[1..]);
        assert_eq!((options.count, options.top), (true, Some(5)));
        assert_eq!(options.order_by, Some(("displayName".to_owned(), true)));
        assert_eq!(options.select, ["id", "appId"]);
        assert!(options.filter.is_some());
        let expand = read("$expand=manager($levels=1;$select=id,displayName)").expand;
        assert_eq!(
            expand,
            Some(Expand {
                name: "manager".into(),
                select: vec!["id".into(), "displayName".into()]
            })
        );
        assert!(read("$search=%22displayName:Ann%22").search.is_some());
    }

    #[test]
    fn a_link_repeats_the_options_and_replaces_the_token() {
        let options = read("$select=id&$top=2&$skiptoken=old");
        assert_eq!(options.link("$skiptoken", "new"), "$select=id&$top=2&$skiptoken=new");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for query in [
            "$orderby=a up",
            "$orderby=a desc b",
            "$top=1&$top=1",
            "$top=-1",
            "$top=x",
            "$expand=members,owners",
            "$expand=members($select=id),owners",
            "$count=perhaps",
            "$search=ann",
            "$frobnicate=1",
            "$filter=eq",
        ] {
            assert_eq!(Options::parse(query).expect_err(query).status.as_u16(), 400, "{query}");
        }
    }
}
