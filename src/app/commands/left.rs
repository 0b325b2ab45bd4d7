//! What is still at a server that is not ours: the first things one a line, all of many in a file,
//! and the command that deletes them.

use std::path::PathBuf;

use crate::app::cli::AccessFlags;
use crate::entra::Lost;
use crate::foreign::{Left, Stays, StillThere};
use crate::scenario::report::{Line, Tone, quoted};

/// How many things are named; of more than these, all stand in a file.
const NAMED: usize = 20;

/// How many URLs the command that deletes them names itself; more stand in a file.
const TYPED: usize = 3;

/// How many URLs one call of `curl` gets.
const AT_ONCE: usize = 20;

/// A server at which something was left.
pub struct LeftAt<'a> {
    /// Its tenant URL, without a query.
    url: &'a str,
    /// The query of the tenant URL that goes along with every request, with its question mark.
    query: String,
    /// The options of `curl` that let the client in.
    curl: String,
}

impl<'a> LeftAt<'a> {
    /// A server that lets the client in as the command line says.
    pub fn of(url: &'a str, access: &AccessFlags) -> LeftAt<'a> {
        let (url, query) = url.split_once('?').map_or((url, None), |(url, rest)| (url, Some(rest)));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        LeftAt { url, query, curl: access.curl() }
    }

    /// Everything that runs left there, with a head; nothing when there is nothing.
    pub fn lines(&self, left: &Left, tone: Tone) -> Vec<Line> {
        let mut lines = Vec::new();
        if !left.there.is_empty() {
            let count = left.there.len();
            lines.push(Line::of(tone, format!("at the server: {count} {}", how(left))));
        }
        lines.extend(self.things(left, tone));
        lines
    }

    /// What is there, and what may be, one a line, and how each is deleted or looked for.
    pub fn things(&self, left: &Left, tone: Tone) -> Vec<Line> {
        let one = |one: &StillThere| {
            let name = left.names.get(&one.path);
            let named = name.map(|name| format!(" ({name})")).unwrap_or_default();
            let path = &one.path;
            match one.why {
                // The head says it of all.
                Stays::NotTried | Stays::Lost(_) if is_gone(left) => format!("{path}{named}"),
                _ => one.to_string().replacen(path, &format!("{path}{named}"), 1),
            }
        };
        let mut lines = self.listed(&left.there, one, tone);
        lines.extend(self.unknown(left, tone));
        lines
    }

    /// What is still there, one a line. When it is much, all of it is written into a file of its
    /// own.
    fn listed(
        &self,
        there: &[StillThere],
        says: impl Fn(&StillThere) -> String,
        tone: Tone,
    ) -> Vec<Line> {
        let written = (there.len() > TYPED).then(|| self.write(there)).flatten();
        let shown = if written.is_some() { NAMED.min(there.len()) } else { there.len() };
        let one = |one: &StillThere| Line::of(tone, format!("  {}", says(one)));
        let mut lines: Vec<Line> = there.iter().take(shown).map(one).collect();
        let curl = format!("curl -sS -X DELETE{}", self.curl);
        let urls: Vec<String> = self.urls(there).map(|url| quoted(&url)).collect();
        let command = match &written {
            _ if urls.is_empty() => None,
            None => Some(format!("{curl} {}", urls.join(" "))),
            Some(file) => {
                let (more, file) = (there.len() - shown, quoted(&file.display().to_string()));
                if more > 0 {
                    let said = format!("  and {more} more; all of them are in {file}");
                    lines.push(Line::of(tone, said));
                }
                Some(format!("xargs -n {AT_ONCE} {curl} < {file}"))
            }
        };
        lines.extend(command.map(|it| Line::of(tone, format!("  delete them: {it}"))));
        lines
    }

    /// The creates of which it is not known whether they were carried out.
    fn unknown(&self, left: &Left, tone: Tone) -> Vec<Line> {
        let Some((endpoint, name)) = left.unknown.first() else { return Vec::new() };
        let (head, it) = match left.unknown.len() {
            1 => ("whether this create was carried out is not known, so it may be there:", "it"),
            _ => (
                "whether these creates were carried out is not known, so they may be there:",
                "the first",
            ),
        };
        let mut lines = vec![head.to_owned()];
        lines.extend(left.unknown.iter().map(|(endpoint, name)| format!("  {endpoint} ({name})")));
        let attribute = if endpoint == "/Groups" { "displayName" } else { "userName" };
        let value = name.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = quoted(&format!("filter={attribute} eq \"{value}\""));
        let url = quoted(&format!("{}{endpoint}{}", self.url, self.query));
        lines.push(format!(
            "  look for {it}: curl -sS -G{} --data-urlencode {filter} {url}",
            self.curl
        ));
        lines.into_iter().map(|said| Line::of(tone, said)).collect()
    }

    fn urls(&self, there: &[StillThere]) -> impl Iterator<Item = String> {
        there.iter().map(|one| format!("{}{}{}", self.url, one.path, self.query))
    }

    /// Writes a URL a line. Without the file, when it cannot be written, all are printed.
    fn write(&self, there: &[StillThere]) -> Option<PathBuf> {
        let name = format!("scimulator-left-{}.txt", std::process::id());
        let file = std::env::temp_dir().join(name);
        let text: String = self.urls(there).map(|url| url + "\n").collect();
        std::fs::write(&file, text).ok().map(|()| file)
    }
}

/// How things are at a server, behind their number: whether it said so itself, or answers no more.
pub fn how(left: &Left) -> &'static str {
    match is_gone(left) {
        true => "not deleted, as it answers no more; they are there unless it has lost them:",
        false => "still there:",
    }
}

/// Whether nothing was deleted because the server answers no more.
fn is_gone(left: &Left) -> bool {
    let refused = |one: &StillThere| one.why == Stays::Lost(Lost::Refused);
    left.there.iter().any(|one| one.why == Stays::NotTried || refused(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(left: &Left) -> String {
        let at =
            LeftAt { url: "http://h/scim", query: String::new(), curl: " -H 'X: y'".to_owned() };
        at.lines(left, Tone::Warn).iter().map(|line| line.text() + "\n").collect()
    }

    #[test]
    fn the_query_of_the_tenant_url_stands_behind_each_path() {
        let at =
            LeftAt { url: "http://h/scim", query: "?tenant=7".to_owned(), curl: String::new() };
        let there = vec![StillThere { path: "/Users/7".into(), why: Stays::Lost(Lost::TimedOut) }];
        let unknown = vec![("/Users".into(), "bo".into())];
        let lines = at.things(&Left { there, unknown, ..Left::default() }, Tone::Warn);
        let said: String = lines.iter().map(|line| line.text() + "\n").collect();
        assert!(said.contains("DELETE 'http://h/scim/Users/7?tenant=7'"), "{said}");
        assert!(said.contains("'http://h/scim/Users?tenant=7'"), "{said}");
    }

    #[test]
    fn each_thing_is_named_once_with_the_command_that_deletes_it() {
        let there = |path: &str| StillThere { path: path.into(), why: Stays::Lost(Lost::TimedOut) };
        let mut left =
            Left { there: vec![there("/Users/7"), there("/Groups/a%20b")], ..Left::default() };
        left.names.insert("/Users/7".into(), "ann@x.example".into());
        left.unknown.push(("/Users".into(), "bo'\"@x.example".into()));
        let lost = Lost::TimedOut.word();
        assert_eq!(
            said(&left),
            format!(
                "at the server: 2 still there:\n\
                 \x20 /Users/7 (ann@x.example)  DELETE got no answer: {lost}\n\
                 \x20 /Groups/a%20b  DELETE got no answer: {lost}\n\
                 \x20 delete them: curl -sS -X DELETE -H 'X: y' http://h/scim/Users/7 http://h/scim/Groups/a%20b\n\
                 whether this create was carried out is not known, so it may be there:\n\
                 \x20 /Users (bo'\"@x.example)\n\
                 \x20 look for it: curl -sS -G -H 'X: y' --data-urlencode \
                 'filter=userName eq \"bo'\\''\\\"@x.example\"' http://h/scim/Users\n"
            )
        );
        assert_eq!(said(&Left::default()), "");
        left.there.iter_mut().for_each(|one| one.why = Stays::NotTried);
        let gone = "at the server: 2 not deleted, as it answers no more; they are there unless it \
                    has lost them:\n  /Users/7 (ann@x.example)\n  /Groups/a%20b\n";
        assert!(said(&left).starts_with(gone), "{}", said(&left));
    }
}
