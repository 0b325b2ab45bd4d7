//! A collection of an answer: which objects, in which order, on which page.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::Serialize;
use serde_json::Value;

use super::endpoint::GraphOutcome;
use super::error::GraphError;
use super::filter::Comparing;
use super::options::PAGE_MAX;
use super::property::{Property, Resource, ShownObject};
use super::property_type::{PropertyType, type_of};
use super::reply::GraphReply;
use super::request::GraphRequest;

/// How many objects a page has unless `$top` says otherwise [graph-paging].
const PAGE: usize = 100;

/// What is particular to a kind of collection.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// The context of the answer, such as `users`.
    pub context: &'static str,
    /// The properties that may be named; none when any may.
    pub known: &'static [&'static str],
    /// The properties that are shown when none are selected.
    pub usual: &'static [&'static str],
    /// Whether richer queries need `ConsistencyLevel: eventual`, as those of the directory do.
    pub directory: bool,
    /// The largest page.
    pub largest: usize,
    /// Properties by which the directory sorts without `ConsistencyLevel`.
    pub sorts: &'static [&'static str],
    /// What a collection that is no part of the directory can be filtered by, with its type; none
    /// when that is not checked.
    pub fields: &'static [(&'static str, PropertyType)],
}

impl Listing {
    /// A collection of the directory.
    pub const fn directory(
        context: &'static str,
        known: &'static [&'static str],
        usual: &'static [&'static str],
    ) -> Listing {
        let sorts = &["displayName", "userPrincipalName"];
        Listing { context, known, usual, directory: true, largest: PAGE_MAX, sorts, fields: &[] }
    }

    /// A collection that is no part of the directory, such as a log.
    pub const fn plain(context: &'static str) -> Listing {
        Listing::filtered(context, &[], &[])
    }

    /// A collection that is no part of the directory, whose rows have these properties and can be
    /// filtered by those.
    pub const fn filtered(
        context: &'static str,
        known: &'static [&'static str],
        fields: &'static [(&'static str, PropertyType)],
    ) -> Listing {
        let (usual, sorts): (&[&str], &[&str]) = (&[], &[]);
        Listing { context, known, usual, directory: false, largest: 1_000, sorts, fields }
    }

    fn comparing(&self) -> Comparing {
        match self.directory {
            true => Comparing::IgnoringCase,
            false => Comparing::Exactly,
        }
    }

    /// Refuses options that this collection does not take.
    ///
    /// # Errors
    /// The refusal.
    pub fn check(&self, request: &GraphRequest) -> Result<(), GraphError> {
        let options = &request.options;
        self.check_select(request)?;
        if let Some(top) = options.top.filter(|top| *top > self.largest) {
            return Err(GraphError::malformed(format!(
                "Invalid page size specified: '{top}'. Must be between 1 and {} inclusive.",
                self.largest
            )));
        }
        self.check_filter(request)?;
        if let Some((name, _)) = &options.order_by
            && !self.knows(name.split('/').next().unwrap_or(name))
        {
            return Err(GraphError::malformed(format!(
                "Invalid orderby clause: Could not find a property named '{name}'."
            )));
        }
        if !self.directory {
            return Ok(());
        }
        if options.skip {
            return Err(GraphError::unsupported("'$skip' is not supported by the service."));
        }
        let eventual = request.is_eventual();
        if options.search.is_some() && !eventual {
            return Err(GraphError::unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            ));
        }
        let advanced = options.filter.as_ref().is_some_and(|filter| filter.is_advanced());
        let sorted =
            options.order_by.as_ref().is_some_and(|(name, _)| !self.sorts.contains(&name.as_str()));
        if (advanced || sorted) && !(eventual && options.count) {
            return Err(GraphError::unsupported(
                "Operator or property is not supported without the request header 'ConsistencyLevel: eventual' and '$count=true'.",
            ));
        }
        Ok(())
    }

    /// Refuses a filter that names what the objects do not have, or compares it with values of
    /// another type.
    fn check_filter(&self, request: &GraphRequest) -> Result<(), GraphError> {
        let Some(filter) = &request.options.filter else { return Ok(()) };
        for path in filter.paths() {
            let known = match path.split_once('/') {
                Some(_) if !self.fields.is_empty() => self.field(path).is_some(),
                Some((first, _)) => self.knows(first),
                None => self.knows(path),
            };
            if !known {
                return Err(GraphError::malformed(format!(
                    "Invalid filter clause: Could not find a property named '{path}'."
                )));
            }
        }
        let type_of = |path: &str| match self.directory {
            true => (!self.known.is_empty() && !path.contains('/')).then(|| type_of(path)),
            false => self.field(path),
        };
        filter.check(&type_of)?;
        match self.directory && filter.is_unsupported(&type_of) {
            true => Err(GraphError::unsupported("Unsupported Query.")),
            false => Ok(()),
        }
    }

    /// The type of what a row can be filtered by.
    fn field(&self, path: &str) -> Option<PropertyType> {
        let found = self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(path));
        found.map(|(_, kind)| *kind)
    }

    /// Refuses properties in `$select` that the objects do not have.
    ///
    /// # Errors
    /// The refusal.
    pub fn check_select(&self, request: &GraphRequest) -> Result<(), GraphError> {
        for name in &request.options.select {
            let first = name.split('/').next().unwrap_or(name);
            if !self.knows(first) && first != "*" {
                return Err(GraphError::malformed(format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}'."
                )));
            }
        }
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        // Logs take names in any case.
        let same = |known: &&str| match self.directory {
            true => *known == name,
            false => known.eq_ignore_ascii_case(name),
        };
        self.known.is_empty() || self.known.iter().any(same) || name.starts_with("extension_")
    }

    /// The properties that are to be shown: those selected, and the id.
    pub fn names<'r>(&'r self, request: &'r GraphRequest) -> Vec<&'r str> {
        names_of(&request.options.select, self.usual)
    }

    /// A page of a collection. `from` gives the objects from a position on, each with the position
    /// after it; the client gets that position back in an opaque link.
    ///
    /// # Errors
    /// The refusal of the query.
    pub fn page<R, I>(
        &self,
        request: &GraphRequest,
        from: impl Fn(u64) -> I,
        show: impl for<'r> Fn(&'r R) -> ShownObject<'r>,
    ) -> GraphOutcome
    where
        R: Resource,
        I: Iterator<Item = (u64, R)>,
    {
        self.check(request)?;
        let options = &request.options;
        let start = match &options.skip_token {
            Some(token) => position(token)?,
            None => 0,
        };
        let size = options.top.unwrap_or(if self.directory { PAGE } else { self.largest });
        let meets = |object: &R| self.meets(request, object);
        let (rows, next) = match &options.order_by {
            Some((name, descends)) => {
                let mut all: Vec<R> = from(0).map(|(_, row)| row).filter(meets).collect();
                sort(&mut all, name, *descends);
                let total = all.len() as u64;
                let rows: Vec<R> = all.into_iter().skip(start as usize).take(size).collect();
                let end = start + rows.len() as u64;
                (rows, (end < total).then_some(end))
            }
            None => taken(from(start).filter(|(_, row)| meets(row)), size, start),
        };
        let counts = options.count && (request.is_eventual() || !self.directory);
        let count = (counts && options.skip_token.is_none())
            .then(|| from(0).filter(|(_, row)| meets(row)).count());
        let link = |next: u64| {
            let options = options.link("$skiptoken", &token(next));
            format!("{}?{options}", request.url(&request.own_path()))
        };
        Ok(GraphReply::ok(&Collection {
            context: request.context(self.context),
            count,
            next_link: next.map(link),
            delta_link: None,
            value: rows.iter().map(show).collect(),
        }))
    }

    /// A page of a collection of finished objects.
    ///
    /// # Errors
    /// The refusal of the query.
    pub fn values(&self, request: &GraphRequest, rows: &[Value]) -> GraphOutcome {
        let from = |start: u64| (1..).zip(rows.iter().cloned()).skip(start as usize);
        let select = &request.options.select;
        self.page(request, from, |row: &Value| picked(row, select))
    }

    /// Whether an object is asked for.
    pub fn meets(&self, request: &GraphRequest, object: &dyn Resource) -> bool {
        let options = &request.options;
        let filter = options.filter.as_ref();
        let found = |(name, words): &(String, String)| match object.property(name) {
            Some(Property::Text(text)) => text.to_lowercase().contains(words.as_str()),
            _ => false,
        };
        filter.is_none_or(|filter| filter.holds(object, self.comparing()))
            && options.search.as_ref().is_none_or(found)
    }
}

/// The properties that are to be shown: those selected and the id, else the usual ones.
pub fn names_of<'r>(select: &'r [String], usual: &'r [&'static str]) -> Vec<&'r str> {
    if select.is_empty() {
        return usual.to_vec();
    }
    let selected = select.iter().map(|name| name.split('/').next().unwrap_or(name));
    let mut names: Vec<&str> =
        Vec::from_iter((!select.iter().any(|name| name == "id")).then_some("id"));
    for name in selected {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The members of an object that are selected, or all.
pub fn picked<'v>(one: &'v Value, select: &[String]) -> ShownObject<'v> {
    if select.is_empty() {
        return ShownObject::members(one);
    }
    let wanted = names_of(select, &[]);
    let mut shown = ShownObject::members(one);
    shown.0.retain(|(name, _)| wanted.iter().any(|it| it.eq_ignore_ascii_case(name)));
    shown
}

/// A collection as Graph answers it.
#[derive(Serialize)]
pub struct Collection<'a> {
    /// The context.
    #[serde(rename = "@odata.context")]
    pub context: String,
    /// How many objects there are, on the first page when it was asked for.
    #[serde(rename = "@odata.count", skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// Where the next page is.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// Where later changes are.
    #[serde(rename = "@odata.deltaLink", skip_serializing_if = "Option::is_none")]
    pub delta_link: Option<String>,
    /// The objects.
    pub value: Vec<ShownObject<'a>>,
}

/// The first rows, and the position of the next when there are more.
fn taken<R>(
    rows: impl Iterator<Item = (u64, R)>,
    size: usize,
    start: u64,
) -> (Vec<R>, Option<u64>) {
    let (mut taken, mut end) = (Vec::new(), start);
    for (after, row) in rows {
        if taken.len() == size {
            return (taken, Some(end));
        }
        taken.push(row);
        end = after;
    }
    (taken, None)
}

fn sort<R: Resource>(rows: &mut [R], name: &str, descends: bool) {
    rows.sort_by_cached_key(|row| Sorted(key(row, name), descends));
}

/// A key that may sort the other way round.
#[derive(PartialEq, Eq)]
struct Sorted(Option<String>, bool);

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Sorted) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Sorted) -> Ordering {
        let order = self.0.cmp(&other.0);
        if self.1 { order.reverse() } else { order }
    }
}

/// The value by which a row is sorted; rows without one come first.
fn key(row: &impl Resource, name: &str) -> Option<String> {
    match row.property(name)? {
        Property::Text(text) => Some(text.to_lowercase()),
        Property::Bool(value) => Some(value.to_string()),
        Property::Json(value) => Some(match &value {
            Cow::Borrowed(value) => value.to_string(),
            Cow::Owned(value) => value.to_string(),
        }),
        Property::Null | Property::Texts(_) => None,
    }
}

/// What begins a token, so that one of another kind is not taken for it.
const MARK: u64 = 0x5c1f_0000_0000_0000;

/// The opaque token of a position.
fn token(position: u64) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    Base64UrlUnpadded::encode_string(&(position ^ MARK).to_be_bytes())
}

fn position(token: &str) -> Result<u64, GraphError> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let mut bytes = [0; 8];
    let read = Base64UrlUnpadded::decode(token, &mut bytes).map(|read| read.len());
    let position = u64::from_be_bytes(bytes) ^ MARK;
    match read {
        Ok(8) if position < 1 << 40 => Ok(position),
        _ => Err(GraphError::malformed("Invalid $skiptoken: it was not made by this service.")),
    }
}
