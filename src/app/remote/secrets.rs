//! The headers that let a client in. Secrets come from the environment or from a file, never from
//! the arguments, which every user of the machine can read.

use std::fs;

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;

/// The variable that holds the token, unless another is named.
const USUAL: &str = crate::verify::curl::TOKEN;

/// The headers of every request.
///
/// # Errors
/// When a variable is not set, a file cannot be read, or no header can hold what is in it.
pub fn headers(flags: &AccessFlags) -> Result<HeaderMap, CommandError> {
    let mut headers = HeaderMap::new();
    for text in &flags.header {
        must_be_no_secret(text)?;
    }
    let mut texts = flags.header.clone();
    for pair in &flags.header_env {
        texts.push(from_variable(pair)?);
    }
    if let Some(path) = &flags.header_file {
        let text = fs::read_to_string(path).map_err(|error| {
            CommandError::bad(format!("cannot read the headers from {}: {error}", path.display()))
        })?;
        texts.extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    for text in &texts {
        let (name, value) = header(text)?;
        headers.insert(name, value);
    }
    if let Some(token) = token(flags)? {
        let value = HeaderValue::try_from(format!("Bearer {token}"));
        let mut value = value.map_err(|_| {
            CommandError::bad("the token holds a character that no header can hold")
                .help("a token is one line of printable ASCII")
        })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// Words in the name of a header or of a query's value that may be a key.
const KEYS: [&str; 8] =
    ["auth", "cookie", "key", "token", "secret", "password", "passwd", "credential"];

/// Whether what has this name may let a client in.
pub(super) fn may_be_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    KEYS.iter().any(|word| name.contains(word))
}

/// Refuses a header that is typed and may let a client in.
fn must_be_no_secret(text: &str) -> Result<(), CommandError> {
    let name = text.split_once(':').map_or("", |(name, _)| name).trim();
    if !may_be_secret(name) {
        return Ok(());
    }
    let help = match name.eq_ignore_ascii_case("authorization") {
        true => "give the token in the variable SCIM_TOKEN, or with --token-env or --token-file",
        false => "put its value into a variable, and say --header-env NAME=VARIABLE",
    };
    Err(CommandError::bad(format!(
        "`{name}` may be a secret, and every user of this machine can read what was typed"
    ))
    .help(help))
}

fn token(flags: &AccessFlags) -> Result<Option<String>, CommandError> {
    let token = if let Some(path) = &flags.token_file {
        let text = fs::read_to_string(path).map_err(|error| {
            CommandError::bad(format!("cannot read the token from {}: {error}", path.display()))
        })?;
        if text.trim().is_empty() {
            let said = format!("the token file {} is empty", path.display());
            return Err(CommandError::bad(said).help("write the token into it, as one line"));
        }
        Some(text)
    } else if let Some(name) = &flags.token_env {
        let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let value = value.ok_or_else(|| {
            CommandError::bad(format!("the variable {name} is not set, or is empty"))
                .help(format!("export {name}=… before, or use --token-file"))
        })?;
        Some(value)
    } else {
        std::env::var(USUAL).ok()
    };
    Ok(token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()))
}

/// `NAME=VARIABLE` as a header with what the variable holds.
fn from_variable(pair: &str) -> Result<String, CommandError> {
    let (name, variable) = pair.split_once('=').ok_or_else(|| {
        CommandError::bad(format!("`{pair}` does not say which variable holds the value"))
            .help("write it as --header-env X-Api-Key=SCIM_KEY")
    })?;
    let value = std::env::var(variable).map_err(|_| {
        CommandError::bad(format!("the variable {variable} is not set"))
            .help(format!("export {variable}=… before, or use --header-file"))
    })?;
    Ok(format!("{name}: {value}"))
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), CommandError> {
    // What follows the name may be a key, so it is not repeated.
    let shown = text.split_once(':').map_or("what was given", |(name, _)| name).trim();
    let wrong = || {
        CommandError::bad(format!("`{shown}` is not a header"))
            .help("write it as `X-Tenant: contoso`")
    };
    let (name, value) = text.split_once(':').ok_or_else(wrong)?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
    let mut value = HeaderValue::try_from(value.trim()).map_err(|_| wrong())?;
    // It may be a key, so no report and no line shows it.
    value.set_sensitive(true);
    if name == AUTHORIZATION {
        return Err(CommandError::bad("Authorization holds the bearer token, and nothing else")
            .help(
                "give the token in the variable SCIM_TOKEN, or with --token-env or --token-file",
            ));
    }
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        access: AccessFlags,
    }

    fn of(typed: &[&str]) -> Result<HeaderMap, CommandError> {
        headers(&Typed::parse_from([&["x"], typed].concat()).access)
    }

    #[test]
    fn what_may_let_a_client_in_is_not_typed() {
        for name in ["Authorization", "authorization", "X-Api-Key", "Cookie", "Proxy-Authorization"]
        {
            let refused = of(&["--header", &format!("{name}: do-not-say")]).expect_err(name);
            let said = format!("{} {}", refused.error, refused.help);
            assert!(said.contains("can read what was typed") && !said.contains("do-not"), "{said}");
            assert_eq!(refused.exit, crate::app::exit::Exit::Bad);
        }
        let taken = of(&["--header", "X-Tenant: contoso"]).expect("no secret");
        assert_eq!(taken.get("x-tenant").expect("a header"), "contoso");
    }

    #[test]
    fn a_file_or_a_variable_without_a_token_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        fs::write(&file, " \n").expect("a file");
        let refused = of(&["--token-file", file.to_str().expect("a name")]).expect_err("empty");
        assert!(refused.error.to_string().ends_with("token is empty"), "{:?}", refused.error);
        let refused = of(&["--token-env", "SCIMULATOR_NO_SUCH_TOKEN"]).expect_err("not set");
        assert!(refused.error.to_string().contains("is not set"), "{:?}", refused.error);
        fs::write(&file, "abc\n").expect("a file");
        let headers = of(&["--token-file", file.to_str().expect("a name")]).expect("a token");
        assert_eq!(headers.get(AUTHORIZATION).expect("a header"), "Bearer abc");
    }
}
