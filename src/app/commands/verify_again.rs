//! A script that shows each failure of `verify` again: the requests of a check, by its name, with
//! what they rest on before them and what they made deleted at the end.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::app::places;
use crate::scenario::report::quoted;
use crate::verify::curl::TOKEN;
use crate::verify::{Checked, Report};

/// The script; `None` when no failure has requests that show it.
pub fn script(report: &Report, origin: &str) -> Option<String> {
    let failures = report.failures();
    let shown: Vec<(&Checked, Vec<String>)> =
        failures.into_iter().map(|one| (one, one.again(origin))).collect();
    let shown: Vec<_> = shown.into_iter().filter(|(_, lines)| !lines.is_empty()).collect();
    let all: Vec<&str> = shown.iter().map(|(one, _)| one.check.id).collect();
    if all.is_empty() {
        return None;
    }
    let mut out = format!(
        "#!/bin/sh\n# Shows again what `scimulator verify` found at {}: the requests of one check.\n\
         # Usage: sh FILE CHECK, where CHECK is one of\n",
        comment(origin)
    );
    for id in &all {
        let _ = writeln!(out, "#   {id}");
    }
    out += "# What a check makes is deleted at its end.\n";
    if shown.iter().flat_map(|(_, lines)| lines).any(|line| line.contains(&format!("${TOKEN}"))) {
        let _ = writeln!(out, ": \"${{{TOKEN}?is to hold the token of the server}}\"");
    }
    out += "case \"${1-}\" in\n";
    for (one, lines) in &shown {
        let check = one.check;
        let came = one.finding().map_or("", |finding| finding.came.as_str());
        let _ = writeln!(out, "{})", check.id);
        for (word, text) in [("sent", check.sends), ("came", came), ("right", one.right())] {
            let _ = writeln!(out, "  # {word}: {}", comment(text));
        }
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
        let _ =
            writeln!(out, "  echo; echo {}", quoted(&format!("right: {}", comment(one.right()))));
        out += "  ;;\n";
    }
    let _ = writeln!(out, "*)\n  echo \"usage: sh $0 CHECK, of: {}\" >&2", all.join(" "));
    out += "  exit 2\n  ;;\nesac\n";
    Some(out)
}

/// The script in its place when there is nothing to show again; it says so.
pub fn nothing(report: &Report, origin: &str) -> String {
    let why = match report.failures().len() {
        0 => "no check failed",
        _ => "no request shows what failed",
    };
    let said = format!("nothing to show again: {why} at {}", comment(origin));
    format!("#!/bin/sh\n# Written by `scimulator verify`.\necho {}\n", quoted(&said))
}

/// The name of the script in a folder of reports.
pub const SCRIPT: &str = "again.sh";

/// How the lines that show a failure again are told on a terminal.
pub struct Again {
    /// The script that has them.
    pub script: Option<PathBuf>,
    /// Whether they stand below each failure too.
    pub lines: bool,
}

/// Writes the script where the user's state is kept, in one file a server, which the next run
/// replaces; `None` when there is nothing to show, or it cannot be written.
pub fn write(report: &Report, origin: &str, tenant_url: &str) -> Option<PathBuf> {
    let dir = places::state()?.join("verify");
    let path = dir.join(places::file_name(tenant_url, &[], "again.sh"));
    let Some(script) = script(report, origin) else {
        // What an earlier run found is no longer so; it may not be there.
        let _ = fs::remove_file(&path);
        return None;
    };
    fs::create_dir_all(&dir).ok()?;
    fs::write(&path, script).ok()?;
    Some(path)
}

/// A path as a shell reads it, short where it is in the home of the user.
pub fn typed(path: &Path) -> String {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let below = home.and_then(|home| path.strip_prefix(home).ok());
    let below = below.map(|below| below.display().to_string());
    // A shell reads the tilde where it is not quoted.
    match below.filter(|below| quoted(below) == *below) {
        Some(below) => format!("~/{below}"),
        None => quoted(&path.display().to_string()),
    }
}

/// A text that ends with its line.
fn comment(text: &str) -> String {
    text.replace(|of: char| of.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::verify::finding::Finding;
    use crate::verify::{Exchange, Outcome, checks};

    #[test]
    fn each_failure_is_a_case_of_the_script_and_no_text_of_a_server_runs() {
        let request = Request::get("/scim/Users?count=0").header("authorization", "Bearer do-not");
        let exchange = Exchange {
            request: request.body(Bytes::new()).expect("a request"),
            reply: Ok(Response::new(Bytes::new())),
            took: Duration::ZERO,
            at_once: false,
            is_shown: false,
        };
        let came = Finding::shown("two\n$(reboot)", Some(0));
        let failed = |id| Checked {
            check: checks::named(id).expect("a check"),
            outcome: Outcome::Failed(came.clone()),
            exchanges: vec![exchange.clone()],
        };
        let report = Report {
            checked: vec![failed("page.count0")],
            left_behind: Default::default(),
            requests: 1,
            ended: None,
            beside: Vec::new(),
            sent: Vec::new(),
        };
        let text = script(&report, "http://h").expect("a script");
        let case = "page.count0)\n  # sent: count=0\n  # came: two $(reboot)\n";
        assert!(text.contains(case), "{text}");
        let line = "  curl -sSi -H \"Authorization: Bearer $SCIM_TOKEN\" 'http://h/scim/Users?count=0'\n  echo; echo 'right: the total and no resources'\n  ;;\n";
        assert!(text.contains(line) && !text.contains("do-not"), "{text}");
        assert!(
            text.contains("\n: \"${SCIM_TOKEN?is to hold the token of the server}\"\n"),
            "{text}"
        );
        let none = Report { checked: Vec::new(), ..report };
        assert_eq!(script(&none, "http://h"), None);
        let said = nothing(&none, "http://h");
        assert!(said.ends_with("\necho 'nothing to show again: no check failed at http://h'\n"));
    }
}
