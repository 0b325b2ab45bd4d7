//! `requests`: the requests since the start, whether they reached GoLinks or were lost on the way.

use super::{ObservableRow, ObservedValue, Shape};
use crate::world::{AppView, Counters};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    row("requests.total", "all requests, the engine's and those of outside clients", |w, _| {
        count(w, |c| c.requests())
    }),
    row("requests.get", "GET requests", |w, _| count(w, |c| c.get)),
    row("requests.post", "POST requests", |w, _| count(w, |c| c.post)),
    row("requests.patch", "PATCH requests", |w, _| count(w, |c| c.patch)),
    row("requests.put", "PUT requests", |w, _| count(w, |c| c.put)),
    row("requests.delete", "DELETE requests", |w, _| count(w, |c| c.delete)),
    row("requests.writes", "POST, PATCH, PUT and DELETE requests", |w, _| {
        count(w, |c| c.post + c.patch + c.put + c.delete)
    }),
    row("requests.tokens", "requests for access tokens, at the token endpoint", |w, _| {
        count(w, |c| c.tokens)
    }),
    row("requests.failed", "requests answered 4xx or 5xx, or not at all", |w, _| {
        count(w, |c| c.failed)
    }),
    row("requests.lost", "calls of the engine that were refused, reset or timed out", |w, _| {
        count(w, |c| c.lost)
    }),
    row("requests.too_late", "answers that came after the engine had given up", |w, _| {
        count(w, |c| c.too_late)
    }),
    row("requests.changed_nothing", "writes answered with success that changed nothing", |w, _| {
        count(w, |c| c.changed_nothing)
    }),
];

const fn row(path: &'static str, doc: &'static str, see: super::See) -> ObservableRow {
    ObservableRow { path, shape: Shape::Count, doc, see }
}

fn count(world: AppView<'_>, pick: fn(&Counters) -> u64) -> ObservedValue {
    ObservedValue::count(pick(world.counters()))
}
