//! The page's files, compiled into the binary.

use include_dir::{Dir, include_dir};

static WEB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web");

/// The file at a URL path such as `/` or `/js/api.js`, and its content type; `None` when there is
/// no such file.
pub fn asset(path: &str) -> Option<(&'static [u8], &'static str)> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return None,
    };
    WEB.get_file(name).map(|file| (file.contents(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_in_the_binary_and_nothing_else_is() {
        assert_eq!(asset("/").map(|(_, kind)| kind), Some("text/html; charset=utf-8"));
        assert!(asset("/style.css").is_some());
        for path in ["/nothing.js", "/../Cargo.toml", "/js", "/js/"] {
            assert!(asset(path).is_none(), "{path}");
        }
    }
}
