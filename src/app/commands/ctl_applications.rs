//! Which application it is that `ctl` tells of, where a scenario has several.

use super::asked::AppFlag;
use crate::app::client::Ask;
use crate::app::http::Applications;

use std::time::Duration;

/// How long the server may take to name its applications.
const ANSWERS: Duration = Duration::from_secs(10);

/// Says of which application something was printed, and which others there are; `None` where there
/// is one alone, or where the server does not tell.
pub fn note(url: &str, what: &str, asked: &AppFlag) -> Option<String> {
    let (status, body) = Ask::get(url, "/api/v1/applications", ANSWERS).send().ok()?;
    let known: Applications = serde_json::from_slice(&body).ok().filter(|_| status.is_success())?;
    said(what, asked.app.as_deref(), &known)
}

fn said(what: &str, asked: Option<&str>, known: &Applications) -> Option<String> {
    let names: Vec<&str> = known.value.iter().map(|it| it.name.as_str()).collect();
    let shown = asked.or(names.first().copied())?;
    let others: Vec<String> =
        names.iter().filter(|name| **name != shown).map(|name| format!("`--app {name}`")).collect();
    let (last, rest) = others.split_last()?;
    let others = match rest {
        [] => last.clone(),
        rest => format!("{} or {last}", rest.join(", ")),
    };
    Some(format!("{what} of the application `{shown}`; {others} shows another"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::http::ApplicationName;

    fn known(names: &[&str]) -> Applications {
        let name = |name: &&str| ApplicationName { name: (*name).to_owned() };
        Applications { value: names.iter().map(name).collect() }
    }

    #[test]
    fn the_application_is_named_where_there_are_others() {
        let two = known(&["main", "sandbox"]);
        assert_eq!(
            said("the job", None, &two).as_deref(),
            Some("the job of the application `main`; `--app sandbox` shows another")
        );
        assert_eq!(
            said("the mails", Some("sandbox"), &two).as_deref(),
            Some("the mails of the application `sandbox`; `--app main` shows another")
        );
        let three = said("the job", None, &known(&["main", "a", "b"]));
        assert!(three.is_some_and(|it| it.ends_with("`--app a` or `--app b` shows another")));
        assert_eq!(said("the job", None, &known(&["main"])), None);
    }
}
