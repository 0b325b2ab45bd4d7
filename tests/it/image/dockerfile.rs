//! As much of the Dockerfile's grammar as ours uses: instructions, comments, continued lines, lists
//! in JSON.

/// The last stage of a Dockerfile.
#[derive(Debug)]
pub struct Dockerfile {
    instructions: Vec<(String, String)>,
}

const KNOWN: [&str; 10] =
    ["FROM", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "ENV"];

impl Dockerfile {
    /// Reads a Dockerfile and keeps its last stage.
    pub fn parse(text: &str) -> Result<Dockerfile, String> {
        let mut instructions: Vec<(String, String)> = Vec::new();
        let lines = text.replace("\\\n", " ");
        for line in
            lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (name, value) =
                line.split_once(' ').ok_or_else(|| format!("`{line}` has no argument"))?;
            if !KNOWN.contains(&name) {
                return Err(format!("`{name}` is not an instruction this test knows"));
            }
            if name == "FROM" {
                instructions.clear();
            }
            instructions.push((name.to_owned(), value.trim().to_owned()));
        }
        Ok(Dockerfile { instructions })
    }

    /// The arguments of every instruction of this name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.instructions
            .iter()
            .filter(move |(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The argument of the one instruction of this name.
    pub fn value(&self, name: &str) -> &str {
        let mut all = self.values(name);
        let one =
            all.next().unwrap_or_else(|| panic!("the last stage of the Dockerfile has no {name}"));
        assert!(all.next().is_none(), "the last stage of the Dockerfile has several {name}");
        one
    }

    /// The list in its argument: `CMD ["a", "b"]`, after flags and a `CMD` of HEALTHCHECK.
    pub fn list(&self, name: &str) -> Vec<String> {
        let value = self.value(name);
        let list = &value[value.find('[').unwrap_or(value.len())..];
        serde_json::from_str(list)
            .unwrap_or_else(|why| panic!("{name} {value}: a list in JSON: {why}"))
    }
}

#[test]
fn a_dockerfile_is_read() {
    let read = Dockerfile::parse(
        "# x\nFROM a AS b\nRUN c \\\n  d\nFROM e\nCOPY f g\nHEALTHCHECK --x=1s CMD [\"h\", \"i\"]\n",
    );
    let read = read.expect("it is good");
    assert_eq!(read.values("RUN").count(), 0, "only the last stage counts");
    assert_eq!(
        (read.value("COPY"), read.list("HEALTHCHECK")),
        ("f g", vec!["h".to_owned(), "i".to_owned()])
    );
    assert!(Dockerfile::parse("FROM a\nRUNN b").is_err());
}
