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
use super::skip_token::Reached;

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
    /// Properties by which the directory sorts without `ConsistencyLevel`, and a log at all.
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
        if let Some(top) = options.top.filter(|top| !(1..=self.largest).contains(top)) {
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
        if options.skip {
            return Err(GraphError::unsupported("'$skip' is not supported by the service."));
        }
        if !self.directory {
            return self.check_order(request);
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

    /// Refuses to sort a log by another property than its time [graph-filter].
    fn check_order(&self, request: &GraphRequest) -> Result<(), GraphError> {
        let sorted = |name: &str| self.sorts.iter().any(|it| it.eq_ignore_ascii_case(name));
        match &request.options.order_by {
            Some((name, _)) if !self.sorts.is_empty() && !sorted(name) => {
                Err(GraphError::unsupported(format!(
                    "Sorting by '{name}' is not supported; by {} it is.",
                    self.sorts.join(", ")
                )))
            }
            _ => Ok(()),
        }
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
        let unsupported = match self.directory {
            true => filter.is_unsupported(&type_of),
            false => filter.orders_texts(&type_of),
        };
        if unsupported { Err(GraphError::unsupported("Unsupported Query.")) } else { Ok(()) }
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

    /// Whether the objects have a property of this name.
    pub fn is_known(&self, name: &str) -> bool {
        self.knows(name)
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
            Some(token) => Reached::read(token, request)?,
            None => Reached::default(),
        };
        let size = options.top.unwrap_or(if self.directory { PAGE } else { self.largest });
        let meets = |object: &R| self.meets(request, object);
        if options.counts_alone {
            return Ok(GraphReply::number(from(0).filter(|(_, row)| meets(row)).count()));
        }
        let (rows, next) = match &options.order_by {
            Some((name, descends)) => {
                let all = from(0).filter(|(_, row)| meets(row));
                let all = all.map(|(at, row)| (Place(key(&row, name), *descends, at), row));
                let begins = options.skip_token.is_none();
                let start = Place(start.key, *descends, start.position);
                let mut all: Vec<(Place, R)> =
                    all.filter(|(place, _)| begins || *place > start).collect();
                all.sort_by(|(one, _), (other, _)| one.cmp(other));
                let more = all.len() > size;
                all.truncate(size);
                let last = all.last().map(|(place, _)| place.reached());
                (all.into_iter().map(|(_, row)| row).collect(), last.filter(|_| more))
            }
            None => {
                let start = start.position;
                let (rows, next) = taken(from(start).filter(|(_, row)| meets(row)), size, start);
                (rows, next.map(|position| Reached { position, key: None }))
            }
        };
        let counts = options.count && (request.is_eventual() || !self.directory);
        let count = (counts && options.skip_token.is_none())
            .then(|| from(0).filter(|(_, row)| meets(row)).count());
        let link = |next: Reached| {
            let options = options.link("$skiptoken", &next.token(request));
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
        filter.is_none_or(|filter| filter.holds(object, self.comparing()))
            && options.search.as_ref().is_none_or(|search| search.finds(object))
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
    let is = |name: &str| wanted.iter().any(|it| it.eq_ignore_ascii_case(name));
    shown.0.retain(|(name, _)| name.starts_with('@') || is(name));
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

/// Where a row stands in a sorted collection: its key, whether that sorts the other way round, and
/// its position in the table, by which equal keys are told apart.
#[derive(PartialEq, Eq)]
struct Place(Option<String>, bool, u64);

impl Place {
    fn reached(&self) -> Reached {
        Reached { position: self.2, key: self.0.clone() }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Place) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Place) -> Ordering {
        let order = self.0.cmp(&other.0);
        let order = if self.1 { order.reverse() } else { order };
        order.then(self.2.cmp(&other.2))
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
