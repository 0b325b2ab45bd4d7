//! A response as a check reads it.

use serde_json::Value;

use super::finding::{NotPassed, Sign, must};
use super::pick::{self, pick};

/// A response, with its body read as JSON when it is JSON.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type; empty when there is none.
    pub media_type: String,
    /// The body as JSON; `None` when it is empty or is not JSON.
    pub json: Option<Value>,
    /// Whether the body is empty.
    pub is_empty: bool,
}

/// What a list response holds.
#[derive(Clone, Debug)]
pub struct List {
    /// `totalResults`.
    pub total: u64,
    /// `Resources`.
    pub resources: Vec<Value>,
    /// `startIndex`, when it is there.
    pub start_index: Option<u64>,
    /// `itemsPerPage`, when it is there.
    pub per_page: Option<u64>,
}

impl Answer {
    /// Fails unless the status is one of these.
    ///
    /// # Errors
    /// The failure, with the status and the error text that came.
    pub fn must_be(&self, statuses: &[u16]) -> Result<&Answer, NotPassed> {
        must(statuses.contains(&self.status), || self.said()).map(|()| self)
    }

    /// Fails unless the status is a success.
    ///
    /// # Errors
    /// The failure, with the status and the error text that came.
    pub fn must_succeed(&self) -> Result<&Answer, NotPassed> {
        must((200..300).contains(&self.status), || self.said()).map(|()| self)
    }

    /// Fails for a server error.
    ///
    /// # Errors
    /// The failure, with the status and the error text that came.
    pub fn must_not_break(&self) -> Result<&Answer, NotPassed> {
        must(self.status < 500, || self.said()).map(|()| self)
    }

    /// The resource of a 200 or 201.
    ///
    /// # Errors
    /// When the status is another, or the body is no resource with an `id`.
    pub fn resource(&self) -> Result<&Value, NotPassed> {
        self.must_be(&[200, 201])?;
        let json = self.json.as_ref().ok_or_else(|| self.no_json())?;
        match pick(json, &["id"]) {
            Some(Value::String(_)) => Ok(json),
            // A resource, by what else it has.
            Some(id) if pick(json, &["schemas"]).is_some() => {
                let came =
                    format!("{}, and the id is {} and no text", self.status, pick::shown(Some(id)));
                Err(NotPassed::failed(came).of_kind(Sign::NoId))
            }
            _ => Err(NotPassed::failed(format!("{} without a resource", self.status))),
        }
    }

    /// The content of a list response.
    ///
    /// # Errors
    /// When the status is not 200, or the body is no ListResponse.
    pub fn list(&self) -> Result<List, NotPassed> {
        self.must_be(&[200])?;
        let json = self.json.as_ref().ok_or_else(|| self.no_json())?;
        let number = |name| pick(json, &[name]).and_then(Value::as_u64);
        let total = number("totalResults")
            .ok_or_else(|| NotPassed::failed("a list without a number `totalResults`"))?;
        Ok(List {
            total,
            resources: pick::list(json, &["Resources"]).to_vec(),
            start_index: number("startIndex"),
            per_page: number("itemsPerPage"),
        })
    }

    /// The failure of a success that came without JSON.
    pub fn no_json(&self) -> NotPassed {
        let what = match self.media_type.as_str() {
            "" => "no Content-Type".to_owned(),
            media => format!("Content-Type \"{media}\""),
        };
        NotPassed::failed(format!("{} with {what}, and no JSON", self.status)).of_kind(Sign::NoJson)
    }

    /// The status, with the error text when there is one.
    pub fn said(&self) -> String {
        let detail = self.json.as_ref().and_then(|json| {
            let detail = pick::text(json, &["detail"]).or(pick::text(json, &["message"]));
            let kind = pick::text(json, &["scimType"]);
            let (kind, detail) =
                (kind.filter(|text| !text.is_empty()), detail.filter(|text| !text.is_empty()));
            match (kind, detail) {
                (Some(kind), Some(detail)) => Some(format!("{kind}: {detail}")),
                (kind, detail) => kind.or(detail).map(str::to_owned),
            }
        });
        match detail {
            Some(detail) => format!("{} ({detail})", self.status),
            None => self.status.to_string(),
        }
    }
}

impl List {
    /// Whether it holds just the resource with this id.
    pub fn is_only(&self, id: &str) -> bool {
        self.total == 1 && self.resources.len() == 1 && self.has(id)
    }

    /// In which way it is not that resource alone, when that is a kind of its own.
    pub fn differs_from(&self, id: &str) -> Option<Sign> {
        match (self.total, self.resources.len()) {
            (0, 0) => Some(Sign::FindsNothing),
            (1, 1) if !self.has(id) => Some(Sign::OtherId),
            (2.., 2..) if self.has(id) => Some(Sign::FindsTooMuch),
            _ => None,
        }
    }

    /// Whether a resource with this id is in it.
    pub fn has(&self, id: &str) -> bool {
        self.resources.iter().any(|resource| pick::text(resource, &["id"]) == Some(id))
    }

    /// What it holds instead of that resource alone, for a finding.
    pub fn said_beside(&self, id: &str) -> String {
        match (self.differs_from(id), self.resources.first()) {
            (Some(Sign::OtherId), Some(other)) => {
                let shown = pick::shown(pick(other, &["id"]));
                format!(
                    "one resource with the id {shown}, and \"{id}\" is the one that leads to it"
                )
            }
            _ => self.said(),
        }
    }

    /// What it holds, for a finding.
    pub fn said(&self) -> String {
        match (self.total, self.resources.len()) {
            (0, 0) => "an empty list".to_owned(),
            (total, shown) => format!("totalResults {total} with {shown} resources"),
        }
    }
}
