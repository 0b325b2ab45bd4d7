//! What a page wants to see: it sends this with `/api/events`, `/api/state` and `/api/view`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::world::applications::MAIN;

/// What a page wants to see.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Query {
    /// The application that the page shows, by its name; empty for the main one.
    pub app: String,
    /// Whether to show only people about whom the worlds differ.
    pub differences: bool,
    /// Part of a name, handle or userName; empty for all people.
    pub search: String,
    /// The panel that is open beside those that are always there; empty for none.
    pub panel: String,
    /// What the open panel is narrowed to, in words of its own; empty for everything.
    pub narrow: String,
    /// What the drawer tells about: `user ann`, `account a@b.example`, `group design`, `request 12`
    /// or `settings`; empty while it is closed.
    pub about: String,
    /// The instant that the page looks at, as [`Jump`](crate::app::live::message::Jump) reads it;
    /// empty for now.
    pub at: String,
}

/// A query as a page words it; each value may be missing.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub struct Asked {
    /// The application; empty for the main one.
    app: String,
    /// `differences`: only people about whom the worlds differ.
    filter: String,
    /// Part of a name, a handle or a userName.
    search: String,
    /// The panel that is open beside those that are always there.
    panel: String,
    /// What the open panel is narrowed to, in words of its own.
    narrow: String,
    /// What the drawer tells about, such as `user ann`.
    about: String,
    /// The instant to look at: `2026-04-01T08:00:00Z`, or `3d 7h` after the start; empty for now.
    at: String,
}

/// The panel that compares two instants: what it is narrowed to is one of them.
const COMPARES: &str = "then_and_now";

/// The longest value, in characters.
const LONGEST: usize = 200;

impl From<Asked> for Query {
    /// An unknown filter is ignored.
    fn from(asked: Asked) -> Query {
        let short = |text: &str| text.trim().chars().take(LONGEST).collect::<String>();
        Query {
            app: if asked.app == MAIN { String::new() } else { short(&asked.app) },
            differences: asked.filter == "differences",
            search: short(&asked.search),
            panel: short(&asked.panel),
            narrow: short(&asked.narrow),
            about: short(&asked.about),
            at: short(&asked.at),
        }
    }
}

impl Query {
    /// The query of a page that shows everything of an application.
    pub fn of_app(app: &str) -> Query {
        Query::from(Asked { app: app.to_owned(), ..Asked::default() })
    }

    /// The instant with which the open panel compares, as the page words it; empty for now. `None`
    /// when it is no such panel.
    pub fn compared_with(&self) -> Option<&str> {
        (self.panel == COMPARES).then_some(self.narrow.as_str())
    }

    /// Reads a URL's query: `app=test&filter=differences&search=ann`; unknown keys are ignored.
    pub fn parse(query: &str) -> Query {
        let value = |key: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.filter(|(name, _)| *name == key).map(|(_, value)| value).next_back();
            let value = value.unwrap_or_default().replace('+', " ");
            percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned()
        };
        Query::from(Asked {
            app: value("app"),
            filter: value("filter"),
            search: value("search"),
            panel: value("panel"),
            narrow: value("narrow"),
            about: value("about"),
            at: value("at"),
        })
    }
}
