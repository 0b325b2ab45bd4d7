//! The report of `verify` as one page: no script, nothing from the network, both themes. Failures
//! stand first, gravest first, each with what was sent, what came, and how to see it again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::verify_report::{Verdict, summary};
use crate::base::html::escaped;
use crate::foreign::Left;
use crate::verify::{Checked, Exchange, Outcome, Report, Severity, pick};

/// The look of the page; the colours are those of the dashboard.
const STYLE: &str = include_str!("verify_report.css");

/// The longest body that is shown whole, in characters.
const BODY_MAX: usize = 4_000;

/// The report as a page.
pub fn page(report: &Report, origin: &str, verdict: &Verdict, took: Duration) -> String {
    let said = summary(report, verdict, took).text();
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{0} · scimulator verify</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{0}</h1><p class=\"verdict {1}\">{2}</p>",
        escaped(origin),
        if verdict.failed || report.ended.is_some() { "bad" } else { "good" },
        escaped(&said)
    );
    out += "<ul class=\"sums\">";
    for severity in Severity::WORDS.iter().rev().map(|(_, severity)| *severity) {
        let of = |one: &&&Checked| one.severity() == severity;
        let count = report.failures().iter().filter(of).count();
        let _ = write!(
            out,
            "<li class=\"{0}\" data-none=\"{1}\"><b>{count}</b> {0}<small>{2}</small></li>",
            severity.word(),
            count == 0,
            escaped(severity.means())
        );
    }
    out += "</ul></header>\n<main>\n";
    if !report.left_behind.is_nothing() {
        let left = left_behind(&report.left_behind).join("<br>");
        let _ = writeln!(out, "<p class=\"notice\">Still at the server:<br>{left}</p>");
    }
    if let Some(why) = &report.ended {
        let why = escaped(why);
        let _ = writeln!(out, "<p class=\"notice\">Ended before its time: {why}.</p>");
    }
    for id in &verdict.surprises {
        let _ = writeln!(
            out,
            "<p class=\"notice\"><code>{id}</code> is listed as a known failure, and passed.</p>"
        );
    }
    for one in report.failures() {
        failure(&mut out, one, origin, verdict);
    }
    not_told(&mut out, report);
    passed(&mut out, report);
    out += "</main>\n</body>\n</html>\n";
    out
}

fn failure(out: &mut String, one: &Checked, origin: &str, verdict: &Verdict) {
    let check = one.check;
    let known = verdict.known.get(check.id);
    let open = if known.is_none() && one.severity() >= Severity::Fail { " open" } else { "" };
    let _ = write!(
        out,
        "<details class=\"failure {0}\" id=\"{1}\"{open}><summary><code>{1}</code> \
         <span class=\"grave\">{0}</span> {2}: <b>{3}</b>",
        one.severity().word(),
        check.id,
        escaped(check.sends),
        escaped(one.finding().map_or("", |finding| finding.came.as_str()))
    );
    if let Some(reason) = known {
        let _ = write!(out, " <span class=\"known\">known: {}</span>", escaped(reason));
    }
    out.push_str("</summary>\n<dl>");
    let (says, entra) = (check.whose_word(), one.entra_says());
    for (word, text) in [("right", one.right()), ("says", &*says), ("Entra", &*entra)] {
        let _ = write!(out, "<dt>{word}</dt><dd>{}</dd>", escaped(text));
    }
    out.push_str("</dl>\n");
    if let Some(exchange) = one.shows() {
        shown(out, exchange);
    }
    let again = one.again(origin);
    if !again.is_empty() {
        let lines = escaped(&again.join("\n"));
        let _ = writeln!(out, "<h3>shows it again</h3>\n<pre class=\"again\">{lines}</pre>");
    }
    out.push_str("</details>\n");
}

/// The request and the response that show a failure.
fn shown(out: &mut String, exchange: &Exchange) {
    let request = &exchange.request;
    let line = format!("{} {}", request.method(), request.uri());
    let _ = writeln!(
        out,
        "<div class=\"exchange\"><div><h3>request</h3><pre>{}{}</pre></div>",
        escaped(&line),
        body(request.body())
    );
    let answer = match &exchange.reply {
        Ok(response) => {
            let media = response.headers().get(http::header::CONTENT_TYPE);
            let media = media.map(|media| String::from_utf8_lossy(media.as_bytes()).into_owned());
            let head = format!("{}\n{}", response.status(), media.unwrap_or_default());
            format!("{}{}", escaped(head.trim_end()), body(response.body()))
        }
        Err(lost) => escaped(lost.word()),
    };
    let took = exchange.took.as_millis();
    let _ = writeln!(
        out,
        "<div><h3>response <small>after {took} ms</small></h3><pre>{answer}</pre></div></div>"
    );
}

/// A body, indented when it is JSON.
fn body(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let text = match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(json) => format!("{json:#}"),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let cut = pick::cut(&text, BODY_MAX);
    format!("\n\n{}", escaped(&cut))
}

/// The checks of which nothing can be said, by reason.
fn not_told(out: &mut String, report: &Report) {
    let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &report.checked {
        let reason = match &one.outcome {
            Outcome::CannotTell(why) => ("cannot tell", why.as_str()),
            Outcome::Skipped(why) => ("skipped", why.as_str()),
            Outcome::Passed | Outcome::Failed(_) => continue,
        };
        reasons.entry(reason).or_default().push(one.check.id);
    }
    if reasons.is_empty() {
        return;
    }
    out.push_str("<section><h2>Not judged</h2><table>");
    for ((word, why), ids) in reasons {
        let _ = write!(
            out,
            "<tr><th>{word}</th><td>{}</td><td>{}</td></tr>",
            escaped(why),
            codes(&ids)
        );
    }
    out.push_str("</table></section>\n");
}

fn passed(out: &mut String, report: &Report) {
    let mut topics: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in report.checked.iter().filter(|one| one.outcome == Outcome::Passed) {
        let topic = one.check.topic();
        match topics.last_mut() {
            Some((last, ids)) if *last == topic => ids.push(one.check.id),
            _ => topics.push((topic, vec![one.check.id])),
        }
    }
    let _ = write!(out, "<section><h2>{} passed</h2><table>", report.counts().passed);
    for (topic, ids) in topics {
        let _ = write!(out, "<tr><th>{topic}</th><td>{}</td></tr>", codes(&ids));
    }
    out.push_str("</table></section>\n");
}

fn codes(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("<code>{id}</code>")).collect::<Vec<_>>().join(" ")
}

/// What is still there, and what may be, one a line.
fn left_behind(left: &Left) -> Vec<String> {
    let name = |path: &str| left.names.get(path).map(|name| format!(" ({})", escaped(name)));
    let there = left.there.iter().map(|one| {
        let name = name(&one.path).unwrap_or_default();
        format!("<code>{}</code>{name}", escaped(&one.to_string()))
    });
    let unknown = left.unknown.iter().map(|(endpoint, name)| {
        let name = escaped(name);
        format!("<code>{endpoint}</code> ({name}), perhaps: whether its create was carried out is not known")
    });
    there.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_sent_stays_text() {
        assert_eq!(escaped("<img src='x'>&\"é"), "&lt;img src=&#39;x&#39;&gt;&amp;&quot;é");
    }
}
