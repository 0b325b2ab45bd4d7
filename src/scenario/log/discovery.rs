//! The last report of an account discovery: by category in a terminal, as CSV, and as Graph has it.

use serde_json::Value;

use crate::entra::job::{Correlation, DiscoveredAccount, DiscoveryReport};
use crate::scenario::layout::{Line, Tone, day_and_time, pad};
use crate::world::AppView;

/// The report in a terminal: what it comes to, then each account.
pub fn discovery(view: AppView<'_>) -> Vec<Line> {
    let Some(report) = last(view) else {
        let none = "no account discovery has ended; `do = \"discover_identities\"` asks for one";
        return vec![Line::of(Tone::Faint, none)];
    };
    let mut lines = vec![head(view, report)];
    let width = report.accounts.iter().map(|it| it.value.chars().count()).max().unwrap_or(0);
    for category in Correlation::WORDS {
        let of = report.accounts.iter().filter(|it| it.correlation.word() == category);
        lines.extend(of.map(|account| line(view, account, width.min(40))));
    }
    lines
}

/// `day 0 09:30  account discovery 1: 5 accounts: 2 local, ...`.
fn head(view: AppView<'_>, report: &DiscoveryReport) -> Line {
    let at = day_and_time(view.start(), report.ended);
    let mut line = Line::of(Tone::Faint, format!("{at}  "));
    match &report.failure {
        Some(why) => line.add(Tone::Bad, format!("FAILED, {}: {}", why.code(), why.text())),
        None => line.add(
            Tone::Plain,
            format!("{}, by {} = {}", report.words(), report.target, report.source),
        ),
    };
    line
}

/// `local account    old.admin@contoso.example    id 4711, active`.
fn line(view: AppView<'_>, account: &DiscoveredAccount, width: usize) -> Line {
    let tone = match account.correlation {
        Correlation::Assigned(_) => Tone::Good,
        Correlation::Unassigned(_) | Correlation::Local => Tone::Warn,
        Correlation::Failed(_) => Tone::Bad,
    };
    let mut line = Line::of(Tone::Plain, "  ");
    line.add(tone, pad(account.correlation.category(), 17));
    line.add(Tone::Plain, format!("{}  ", pad(&account.value, width)));
    let active = match account.active {
        Some(true) => ", active",
        Some(false) => ", inactive",
        None => "",
    };
    let whose = match account.correlation {
        Correlation::Failed(why) => format!("{}: {}", why.code(), why.text()),
        other => other
            .user()
            .map_or_else(String::new, |user| view.entra().tenant().user(user).handle().to_string()),
    };
    line.add(Tone::Faint, format!("id {}{active}  {whose}", account.id).trim_end());
    line
}

/// The report as CSV: an account a row.
pub fn discovery_csv(view: AppView<'_>) -> String {
    let tenant = view.entra().tenant();
    let accounts = last(view).map_or(&[][..], |report| &report.accounts);
    let rows = accounts.iter().map(|account| {
        let user = account.correlation.user().map(|user| tenant.user(user));
        vec![
            account.correlation.word().to_owned(),
            account.id.to_string(),
            account.value.to_string(),
            account.active.map_or_else(String::new, |active| active.to_string()),
            user.map_or_else(String::new, |user| user.handle().to_string()),
        ]
    });
    super::sheets::sheet(&["status", "targetId", "matchingValue", "active", "user"], rows)
}

/// The report as Graph has it; null before the first one.
pub fn discovery_json(view: AppView<'_>) -> Value {
    last(view).map_or(Value::Null, |report| report.to_graph(view.entra().tenant(), view.seed()))
}

fn last(view: AppView<'_>) -> Option<&DiscoveryReport> {
    view.entra().job().discovered().last.as_deref()
}
