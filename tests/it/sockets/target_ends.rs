//! When a run ends at a server that is not ours before its story does, or does not begin.

use super::odd::{Does, Odd};
use super::odd_targets::{program, story};

#[test]
fn a_run_ends_at_a_server_that_gets_nowhere_with_it_and_says_why() {
    let json = "Content-Type: application/scim+json";
    let slowly = std::time::Duration::from_millis(60);
    for (instead, more, wanted) in [
        (
            Some((429, "Retry-After: 0")),
            &[][..],
            "the server answered 8 requests in a row with 429, however long it was left alone",
        ),
        (
            Some((302, "Location: /login")),
            &[],
            "5 requests in a row with a redirect to /login, and none is followed",
        ),
        (Some((500, json)), &[], "5 requests in a row with an error of its own"),
        (None, &["--max-time", "1s"], "the server was waited for 1s in all (--max-time)"),
    ] {
        // Later than what is asked before the first write, and amid the initial cycle.
        let server = Odd::start(move |_, _, before| match instead {
            Some((status, head)) if before > 25 => Does::Answer(status, head, "{}"),
            Some(_) => Does::Mock,
            None => {
                std::thread::sleep(if before > 20 { slowly } else { std::time::Duration::ZERO });
                Does::Mock
            }
        });
        let both = ["run", "joiner-mover-leaver", "first-sync", "--target", &server.url];
        let (code, told) = program(&[&both[..], more].concat());
        assert_eq!(code, Some(3), "{told}");
        assert!(told.contains(wanted) && told.contains("UNFINISHED"), "{told}");
        assert!(told.contains("1 of 2 runs were not begun"), "{told}");
    }
}

#[test]
fn names_are_not_looked_for_at_a_server_that_throttles_on() {
    let server = Odd::start(|method, _, before| match method {
        "GET" if before > 2 => Does::Answer(429, "Retry-After: 0", "{}"),
        _ => Does::Mock,
    });
    let (code, told) = program(&["run", "first-sync", "--target", &server.url]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("error: the server answered 8 requests in a row with 429"), "{told}");
    assert_eq!(server.held(), 0, "{told}");
}

/// A server that has the user of an earlier run, and a story of many users, this one among them.
fn one_is_there() -> (Odd, tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Odd::start(|_, _, _| Does::Mock);
    let one = story(folder.path(), "");
    let (code, told) = program(&["run", &one, "--target", &server.url, "--keep"]);
    assert_eq!((code, server.held()), (Some(0), 1), "{told}");
    let many = story(folder.path(), "[people]\ngenerate = 250\nassigned = true\n");
    (server, folder, many)
}

#[test]
fn of_a_story_of_many_users_it_is_told_before_the_first_write_who_is_there() {
    let (server, _folder, many) = one_is_there();
    let before = server.came();
    let (code, told) = program(&["run", &many, "--target", &server.url]);
    assert_eq!((code, server.held()), (Some(3), 1), "{told}");
    let there = "1 of the names that this story gives is taken at ";
    assert!(told.contains(there) && told.contains("; nothing was written"), "{told}");
    // Its users are read in pages, and not looked for one by one.
    assert!(server.came() - before < 10, "{}", server.came() - before);
    // Where a share of the budget does not suffice, the first names are looked for.
    let (code, told) =
        program(&["run", &many, "--target", &server.url, "--budget", "300", "--adopt"]);
    assert!(code == Some(3) && told.contains("the budget of 300 requests is spent"), "{told}");
}

#[test]
fn what_was_there_is_not_matched_where_the_names_were_too_many_to_look_for() {
    let (server, _folder, many) = one_is_there();
    let (code, told) = program(&["run", &many, "--target", &server.url, "--budget", "249"]);
    assert_eq!((code, server.held()), (Some(3), 1), "{told}");
    let there = "(ann.okafor@contoso.example) was there before this run, and is left alone";
    assert!(told.contains("UNFINISHED") && told.contains(there), "{told}");
}

#[test]
fn a_server_that_repeats_the_token_does_not_bring_it_into_an_output() {
    const TOKEN: &str = "golinks-demo-token";
    const REFUSES: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status":"400","detail":"Bearer golinks-demo-token may not do this"}"#;
    let server = Odd::start(|method, _, _| match method {
        "POST" => Does::Answer(400, "X-Saw: golinks-demo-token", REFUSES),
        _ => Does::Mock,
    });
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let out = out.to_str().expect("a name");
    let one = story(folder.path(), "");
    let forms = ["--out", out, "--report", "html,junit,har,csv,md,json"];
    let (_, told) = program(&[&["run", &one, "--target", &server.url, "-vv"], &forms[..]].concat());
    assert!(told.contains("Bearer *** may not do this") && !told.contains(TOKEN), "{told}");
    let mut files = 0;
    for file in std::fs::read_dir(out).expect("a folder").flatten() {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        assert!(!text.contains(TOKEN), "{:?}", file.path());
        files += 1;
    }
    assert!(files >= 9, "{files} files");
    for arguments in [
        &["verify", &server.url, "--json"][..],
        &["verify", &server.url, "-v"],
        &["swarm", &server.url, "--seeds", "1..1", "--shrink-tries", "0"],
    ] {
        let (_, told) = program(arguments);
        assert!(told.len() > 100 && !told.contains(TOKEN), "{arguments:?}: {told}");
    }
}
