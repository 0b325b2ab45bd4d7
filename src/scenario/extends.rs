//! `extends`: a file with a setup that several scenarios share. It holds the world, not the story,
//! and what the scenario says itself wins.

use crate::base::diagnostic::did_you_mean;
use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems, Span};

use super::{Source, format};

/// The key.
const EXTENDS: &str = "extends";

/// What a base may hold.
pub const SETUP: [&str; 11] = [
    "seed",
    "start",
    "ends",
    "golinks",
    "entra",
    "people",
    "user",
    "group",
    "app",
    "workspace",
    "fault",
];

/// What a base may not hold, since it is told by each scenario itself.
const TOLD: [&str; 6] = ["title", "covers", "matrix", "at", "always", "finally"];

/// The most files, one extending the next.
const MOST: usize = 8;

/// A function that returns the text of a file, or the reason why it cannot be read.
type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Reads the files that a scenario extends and puts below it what they say. Paths are relative to
/// the file that names them.
pub fn take_in(
    root: &mut Node,
    source: &mut Source,
    read_file: ReadFile<'_>,
    problems: &mut Problems,
) {
    let (mut folder, mut names) = (String::new(), Vec::new());
    let mut next = extends(root, problems);
    while let Some((name, span)) = next.take() {
        let path = join(&folder, &name);
        if names.contains(&path) || names.len() == MOST {
            let why = match names.contains(&path) {
                true => "it extends itself by way of others".to_owned(),
                false => format!("at most {MOST} files may extend one another"),
            };
            problems.error(span, format!("`{name}` cannot be extended here")).label(why);
            return;
        }
        let text = match read_file(&path) {
            Ok(text) => text,
            Err(why) => {
                problems.error(span, format!("`{name}` cannot be read")).label(why);
                return;
            }
        };
        let start = source.add_base(&path, &text);
        let Some(mut base) = format::parse(&text, start, problems) else { return };
        folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        read_sheet(&mut base, &folder, source, read_file, problems);
        read_key(&mut base, &folder, read_file, problems);
        next = extends(&base, problems);
        check(&base, problems);
        merge(root, base);
        names.push(path);
    }
}

/// Replaces the name of the file with the key that signs Responses by its text. The text is no part
/// of the scenario's own: no record of a run and no report has it.
pub fn read_key(root: &mut Node, folder: &str, read_file: ReadFile<'_>, problems: &mut Problems) {
    let sso = root.get_mut("entra").and_then(|entra| entra.get_mut("sso"));
    let Some(file) = sso.and_then(|sso| sso.get_mut("key_file")) else { return };
    let Kind::Text(name) = &file.kind else { return };
    if name.contains('\n') {
        return;
    }
    match read_file(&join(folder, name)) {
        Ok(text) => file.kind = Kind::Text(text),
        Err(why) => {
            problems.error(file.span, format!("`{name}` cannot be read")).label(why);
        }
    }
}

/// Replaces the name of a sheet of people by its text; a value of several lines is the text itself.
pub fn read_sheet(
    root: &mut Node,
    folder: &str,
    source: &mut Source,
    read_file: ReadFile<'_>,
    problems: &mut Problems,
) {
    let Some(csv) = root.get_mut("people").and_then(|people| people.get_mut("csv")) else { return };
    let Kind::Text(name) = &csv.kind else { return };
    if name.contains('\n') {
        return;
    }
    let path = join(folder, name);
    match read_file(&path) {
        Ok(text) => {
            source.add_sheet(&path, &text);
            csv.kind = Kind::Text(text);
        }
        Err(why) => {
            problems.error(csv.span, format!("`{name}` cannot be read")).label(why);
        }
    }
}

/// The file that a table extends, and where it says so.
fn extends(root: &Node, problems: &mut Problems) -> Option<(String, Span)> {
    let node = root.get(EXTENDS)?;
    match node.as_text(problems)? {
        "" => node.refused("the name of a file", "an empty text", problems),
        name => Some((name.to_owned(), node.span)),
    }
}

/// A path as from the folder of the scenario, without `.` and without `..` where it can be.
fn join(folder: &str, name: &str) -> String {
    if name.starts_with(['/', '\\']) || folder.is_empty() && !name.contains("./") {
        return name.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Reports what a base cannot hold.
fn check(base: &Node, problems: &mut Problems) {
    for Entry { key, key_span, .. } in base.entries() {
        if TOLD.contains(&key.as_str()) {
            problems
                .error(*key_span, format!("a file that others extend has no `{key}`"))
                .label("it holds the setup; the story is each scenario's own")
                .help("let it stand in the scenario itself");
        } else if !SETUP.contains(&key.as_str()) && key != EXTENDS {
            let help = did_you_mean(key, SETUP);
            problems
                .error(*key_span, format!("unknown key `{key}` in a file that others extend"))
                .help(help);
        }
    }
}

/// Puts below a table what it does not say itself: tables key by key, and faults that it has none
/// of that name of, after its own.
fn merge(root: &mut Node, base: Node) {
    let (Kind::Table(own), Kind::Table(shared)) = (&mut root.kind, base.kind) else { return };
    for entry in shared {
        let told = TOLD.contains(&entry.key.as_str()) || entry.key == EXTENDS;
        match own.iter_mut().find(|it| it.key == entry.key) {
            None if told => {}
            None => own.push(entry),
            Some(_) if told => {}
            Some(it) => match (&mut it.value.kind, &entry.value.kind) {
                (Kind::Table(_), Kind::Table(_)) => merge(&mut it.value, entry.value),
                (Kind::List(faults), Kind::List(shared)) if entry.key == "fault" => {
                    let name = |fault: &Node| fault.get("name").map(Node::to_toml);
                    let others = shared.iter().filter(|other| {
                        name(other).is_none() || faults.iter().all(|own| name(own) != name(other))
                    });
                    let others: Vec<Node> = others.cloned().collect();
                    faults.extend(others);
                }
                _ => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {

    use crate::scenario::{Script, load_with, messages};

    const STORY: &str = "title = \"x\"\nends = \"1d\"\nextends = \"shared/base.toml\"\n\
                         [entra]\nnotify = \"it@contoso.example\"\n\
                         [[fault]]\nname = \"slow\"\ndelay = \"2s\"\n\
                         [[at]]\ntime = \"0d\"\ndo = \"start\"\n";

    fn read(files: &[(&str, &str)]) -> Result<Script, String> {
        let read_file = |name: &str| {
            let found = files.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| text.to_string()).ok_or(format!("no file {name}"))
        };
        load_with("story.toml", STORY, &[], &read_file)
            .map_err(|problems| messages::render(&problems))
    }

    #[test]
    fn the_key_of_a_file_signs_and_is_no_part_of_the_scenario() {
        use base64ct::{Base64, Encoding};

        use crate::base::Seed;
        use crate::base::jwt::JwtKey;

        let key = JwtKey::drawn("a file", Seed(7)).and_then(|key| key.to_der()).expect("a key");
        let body = Base64::encode_string(&key);
        let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let body = lines.collect::<Vec<_>>().join("\n");
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        let base = "[entra.sso]\nkey_file = \"keys/idp.pem\"\n";
        let files = |text| [("shared/base.toml", base), ("shared/keys/idp.pem", text)];
        let script = read(&files(&pem)).unwrap_or_else(|why| panic!("{why}"));
        assert!(script.setup.entra.sso.key.is_some());
        let texts: Vec<&str> = script.source.files_beside().map(|(_, text)| text).collect();
        assert!(texts.iter().all(|text| !text.contains("PRIVATE")), "{texts:?}");
        assert!(!format!("{:?}", script.setup.entra.sso).contains("rivate"));
        for (text, why) in [
            ("-----BEGIN RSA PRIVATE KEY-----\nx\n", "no RSA key in PKCS #8"),
            ("nothing\n", "it is no PEM"),
        ] {
            let refused = read(&files(text)).map(|_| ()).expect_err("it is no key");
            assert!(refused.contains(why) && refused.contains("key_file"), "{refused}");
        }
        let missing = read(&[("shared/base.toml", base)]).map(|_| ()).expect_err("no file");
        assert!(missing.contains("`keys/idp.pem` cannot be read"), "{missing}");
    }

    #[test]
    fn what_the_scenario_says_wins_and_the_rest_is_the_bases() {
        let base = "extends = \"../deeper.toml\"\n[entra]\nnotify = \"b@contoso.example\"\n\
                    scope = \"all\"\n[people]\ncsv = \"people.csv\"\n\
                    [[fault]]\nname = \"slow\"\ndelay = \"9s\"\n[[fault]]\nname = \"b\"\nstall = true\n";
        let deeper = "seed = 3\n[entra]\ndialect = \"compliant\"\nscope = \"assigned\"\n";
        let script = read(&[
            ("shared/base.toml", base),
            ("deeper.toml", deeper),
            (
                "shared/people.csv",
                "userPrincipalName,displayName\nann@contoso.example,Ann Okafor\n",
            ),
        ]);
        let setup = script.as_ref().map(|it| &it.setup).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(setup.entra.notify.as_deref(), Some("it@contoso.example"));
        assert_eq!((setup.entra.scope.word(), setup.entra.dialect.word()), ("all", "compliant"));
        let faults: Vec<&str> = setup.faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(faults, ["slow", "b"]);
        assert_eq!(setup.population.users.len(), 1);
        assert_eq!(script.map(|script| script.seed.0), Ok(3));
    }

    #[test]
    fn problems_of_a_base_blame_the_base() {
        let said = |base: &str| read(&[("shared/base.toml", base)]).map(|_| ()).unwrap_err();
        let unknown = said("seed = 3\n[entra]\nscop = \"all\"\n");
        assert!(
            unknown.contains("shared/base.toml:3:1") && unknown.contains("scop = "),
            "{unknown}"
        );
        assert!(said("[[at]]\ntime = \"0d\"\n").contains("has no `at`"));
        assert!(said("extends = \"base.toml\"").contains("it extends itself"));
        assert!(said("extends = \"none.toml\"").contains("no file shared/none.toml"));
        assert!(said("[entra\n").contains("shared/base.toml:1"));
    }
}
