//! Values of flags that are refused as they are read, because nothing could be done with them.

use std::error::Error;
use std::num::ParseIntError;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::dashboard;
use crate::base::time::parse_duration;

/// A number of things of which at least one is needed.
///
/// # Errors
/// When it is no whole number, or 0.
pub fn at_least_one<N>(text: &str) -> Result<N, Box<dyn Error + Send + Sync>>
where
    N: FromStr<Err = ParseIntError> + PartialOrd + From<u8>,
{
    match text.parse::<N>()? {
        none if none < N::from(1) => Err("with 0 nothing could be done; write 1 or more".into()),
        some => Ok(some),
    }
}

/// A duration in which something can come.
///
/// # Errors
/// When it is no duration, or none that lasts.
pub fn some_time(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("nothing comes in no time; write one such as \"30s\"".to_owned()),
        time => Ok(time),
    }
}

/// A folder from which the page is served.
///
/// # Errors
/// When it is no folder, or has no file of the page: the copy in the program would be served
/// without a word.
pub fn page_folder(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Err("there is no such folder".to_owned());
    };
    let is_of_page = |name: &str| name == "js" || dashboard::asset(name).is_some();
    let mut names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    match names.any(|name| is_of_page(&name)) {
        true => Ok(folder),
        false => Err("it has no file of the page, such as index.html".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_page_has_a_file_of_it() {
        let root = env!("CARGO_MANIFEST_DIR");
        assert!(page_folder(&format!("{root}/web")).is_ok());
        assert!(page_folder(&format!("{root}/src/base")).is_err_and(|why| why.contains("no file")));
        assert!(page_folder("nope").is_err_and(|why| why.contains("no such folder")));
    }
}
