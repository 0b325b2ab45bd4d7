//! Faults of a server that only the right neighbour shows: a search that finds too much when
//! another is called nearly so, a cache that only a second change finds stale.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};

use scimulator::entra::Reply;
use scimulator::verify::{Report, Server, verify};

use crate::verify::{Mock, plan};

fn red(report: &Report) -> Vec<&'static str> {
    report.failures().iter().map(|one| one.check.id).collect()
}

/// The mock, whose searches by userName compare in another way.
struct Compares {
    mock: Mock,
    operator: &'static str,
}

impl Server for Compares {
    fn exchange(&mut self, mut request: Request<Bytes>) -> (Reply, Duration) {
        let mut uri = request.uri().to_string();
        for space in ["%20", "+"] {
            let equal = format!("userName{space}eq{space}");
            uri = uri.replace(&equal, &format!("userName{space}{}{space}", self.operator));
        }
        *request.uri_mut() = Uri::try_from(uri).expect("a URI");
        self.mock.exchange(request)
    }
}

#[test]
fn a_search_that_takes_a_part_for_the_whole_is_found() {
    for operator in ["co", "sw", "ew"] {
        let mut server = Compares { mock: Mock::with(&[]), operator };
        let mut lane: &mut dyn Server = &mut server;
        let report = verify(&mut lane, &plan());
        assert_eq!(red(&report), ["find.near"], "{operator}");
        let came = &report.failures()[0].finding().expect("it failed").came;
        assert!(came.contains("with a user there whose userName"), "{operator}: {came}");
    }
}

/// The mock behind a cache of single resources, which no change empties; only time does.
struct Cached {
    mock: Mock,
    cache: BTreeMap<String, Reply>,
}

impl Server for Cached {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        let path = request.uri().to_string();
        let is_one = path.contains("/Users/") || path.contains("/Groups/");
        if *request.method() == Method::DELETE {
            self.cache.remove(&path);
        }
        if *request.method() != Method::GET || !is_one {
            return self.mock.exchange(request);
        }
        if let Some(reply) = self.cache.get(&path) {
            return (reply.clone(), Duration::ZERO);
        }
        let (reply, took) = self.mock.exchange(request);
        if reply.as_ref().is_ok_and(|answer| answer.status().is_success()) {
            self.cache.insert(path, reply.clone());
        }
        (reply, took)
    }

    fn wait(&mut self, time: Duration) {
        self.cache.clear();
        self.mock.wait(time);
    }
}

#[test]
fn a_cache_that_changes_do_not_empty_is_one_cause() {
    let mut server = Cached { mock: Mock::with(&[]), cache: BTreeMap::new() };
    let mut lane: &mut dyn Server = &mut server;
    let report = verify(&mut lane, &plan());
    let red = red(&report);
    assert_eq!(red.first(), Some(&"user.fresh"), "{red:?}");
    assert!(report.behind("user.fresh") > 5, "{red:?}");
    assert_eq!(red.len(), 1, "{red:?}");
}
