//! The overview of several runs at the top of their common folder: `index.html`, `summary.md`,
//! `runs.json`.

use std::io;

use super::html::{fill, framed, policy, text};
use crate::base::html::escaped;
use crate::evidence::overview::{NOT_RUN_MARK, OverviewRow, heading};
use crate::scenario::report::NotRun;

/// `index.html`: a table of the runs, each with a link to its own page.
pub fn page(rows: &[OverviewRow], not_run: &[NotRun]) -> io::Result<Vec<u8>> {
    let (title, verdict, green) = heading(rows, not_run);
    let style = format!("{}\n{}", text("/style.css")?, text("/report/report.css")?);
    let rows: String = rows.iter().map(line).chain(not_run.iter().map(not_run_line)).collect();
    let parts = [
        ("{{title}}", &*escaped(&format!("{title} · scimulator"))),
        ("{{policy}}", &policy(None, &style)),
        ("{{style}}", &style),
        ("{{kind}}", " overview"),
        ("{{heading}}", &escaped(&title)),
        ("{{green}}", if green { " data-green" } else { "" }),
        ("{{verdict}}", &escaped(&verdict)),
        ("{{rows}}", &rows),
    ];
    let mut page = Vec::new();
    fill(&mut page, &framed("/report/overview.html")?, &parts)?;
    Ok(page)
}

fn line(row: &OverviewRow) -> String {
    let (mark, tone) = row.mark();
    format!(
        "<tr data-tone=\"{tone}\"><td>{mark}</td><td><a href=\"{}\">{}</a></td><td><code>{}</code></td>\
         <td>{}</td><td>{}</td></tr>\n",
        row.link(),
        escaped(&row.folder),
        escaped(row.run.head.cell.as_deref().unwrap_or_default()),
        row.met(),
        escaped(&row.says()),
    )
}

fn not_run_line(NotRun { name, why }: &NotRun) -> String {
    let (mark, tone) = NOT_RUN_MARK;
    format!(
        "<tr data-tone=\"{tone}\"><td>{mark}</td><td>{}</td><td></td><td></td><td>{}</td></tr>\n",
        escaped(name),
        escaped(why)
    )
}
