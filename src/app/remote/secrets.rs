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

fn token(flags: &AccessFlags) -> Result<Option<String>, CommandError> {
    let token = if let Some(path) = &flags.token_file {
        let text = fs::read_to_string(path).map_err(|error| {
            CommandError::bad(format!("cannot read the token from {}: {error}", path.display()))
        })?;
        Some(text)
    } else if let Some(name) = &flags.token_env {
        let value = std::env::var(name).map_err(|_| {
            CommandError::bad(format!("the variable {name} is not set"))
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
            .help("write it as `X-Tenant: contoso`; for Authorization use --token-env")
    };
    let (name, value) = text.split_once(':').ok_or_else(wrong)?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
    let mut value = HeaderValue::try_from(value.trim()).map_err(|_| wrong())?;
    // It may be a key, so no report and no line shows it.
    value.set_sensitive(true);
    if name == AUTHORIZATION {
        return Err(wrong());
    }
    Ok((name, value))
}
