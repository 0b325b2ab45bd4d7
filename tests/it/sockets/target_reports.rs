//! The reports of a run at a server that is not ours, as files: each names the target, and none
//! calls it by the mock's name.

use std::process::Command;

use super::odd::{Does, Odd};
use crate::target_words::STORY;

/// Of the page: its modules and their looks, which are those of every page, and the head that they
/// fill in.
fn without_modules(page: &str) -> String {
    let mut left = page.to_owned();
    for (from, to) in
        [("<script>", "</script>"), ("<style>", "</style>"), ("<h2 id=\"golinks-name\">", "</h2>")]
    {
        while let Some(at) = left.find(from) {
            let end = left[at..].find(to).map_or(left.len(), |end| at + end + to.len());
            left.replace_range(at..end, "");
        }
    }
    left
}

#[test]
fn the_files_of_a_run_at_another_server_name_it_and_never_say_the_mocks_name() {
    let folder = tempfile::tempdir().expect("a folder");
    // The gallery's mappings have the mock's name, and no groups.
    let (group, after) = STORY.split_once("[group.sales]").expect("a group");
    let (_, after) = after.split_once("[golinks.account").expect("an account");
    let gallery = format!("{group}[golinks.account{after}").replace("template = \"scim\"", "");
    let gallery = gallery.replace(", { update_group = { sales = { name = \"Sales EMEA\" } } }", "");
    for (nth, story) in [STORY, &gallery].into_iter().enumerate() {
        // One account is refused, so that a failure is told too.
        let server = Odd::start(|method, _, before| match method {
            "POST" if before > 40 => Does::Answer(400, "Content-Type: application/json", "{}"),
            _ => Does::Mock,
        });
        let (file, out) = (folder.path().join("trouble.toml"), folder.path().join(nth.to_string()));
        std::fs::write(&file, story).expect("a file");
        let mut run = Command::new(env!("CARGO_BIN_EXE_scimulator"));
        run.arg("run").arg(&file).args(["--target", &server.url]).arg("--out").arg(&out);
        run.args(["--report", "html,junit,har,csv,md,json"]);
        let ran = run.env("SCIM_TOKEN", "golinks-demo-token").output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let mut texts = vec![("what is printed".to_owned(), said)];
        for entry in std::fs::read_dir(&out).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                let text = std::fs::read_to_string(&path).expect("a text");
                texts.push((name.unwrap_or_default(), without_modules(&text)));
            }
        }
        assert!(texts.len() > 8, "{texts:?}");
        for (name, text) in &texts {
            // The product keeps its name.
            let text = text.replace("the mock GoLinks", "");
            let near = text.find("GoLinks").map(|at| {
                let (from, to) = (at.saturating_sub(80), (at + 60).min(text.len()));
                String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned()
            });
            assert!(near.is_none(), "{nth}: {name} says {}", near.unwrap_or_default());
        }
        for (file, words) in [
            ("summary.md", "the target"),
            ("summary.md", &*format!("the SCIM server at `{}` answered", server.url)),
            ("index.html", "The target holds"),
            ("index.html", server.url.as_str()),
            ("what is printed", "right at the target"),
        ] {
            let text = texts.iter().find(|(name, _)| name == file).map(|(_, text)| text.as_str());
            assert!(text.is_some_and(|text| text.contains(words)), "{file} does not say {words}");
        }
    }
}
