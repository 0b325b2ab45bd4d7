//! A runner of workflows, as small as ours need it: the steps of a job in a folder, with the files
//! through which a step says its outputs, with caches and artifacts as folders.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use saphyr::{LoadableYamlNode, YamlOwned};
use tempfile::TempDir;

use super::expression::{Context, filled, value};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of a YAML file of the repository, with `from` replaced by `to` in its text.
pub fn documents(path: &str, changes: &[(&str, &str)]) -> Vec<YamlOwned> {
    let mut text = fs::read_to_string(root().join(path)).expect("a file of the repository");
    for (from, to) in changes {
        assert!(text.contains(from), "{path} does not say {from}");
        text = text.replace(from, to);
    }
    YamlOwned::load_from_str(&text).unwrap_or_else(|wrong| panic!("{path}: {wrong}"))
}

/// What stands at a key of a table, when something does.
pub fn at(node: &YamlOwned, key: &str) -> YamlOwned {
    node.as_mapping_get(key).cloned().unwrap_or(YamlOwned::BadValue)
}

/// The text of a scalar, as it is written.
pub fn text(node: &YamlOwned) -> String {
    let whole = node.as_integer().map(|it| it.to_string());
    let truth = node.as_bool().map(|it| it.to_string());
    node.as_str().map(str::to_owned).or(whole).or(truth).unwrap_or_default()
}

/// The entries of a table, as texts.
pub fn table(node: &YamlOwned) -> Vec<(String, String)> {
    let entries = node.as_mapping().into_iter().flat_map(|table| table.iter());
    entries.map(|(name, value)| (text(name), text(value))).collect()
}

/// Where jobs run, and what is kept between them.
pub struct Runner {
    /// The checked-out project; the other folders lie beside it.
    pub folder: TempDir,
    /// What the steps printed.
    pub log: String,
    /// What was uploaded, by its name.
    pub artifacts: BTreeMap<String, PathBuf>,
}

/// What came of a job.
pub struct Job {
    /// Whether no step failed.
    pub succeeded: bool,
    /// What the steps wrote to the summary.
    pub summary: String,
}

struct State<'a> {
    context: Context,
    env: &'a [(String, String)],
    failed: bool,
}

impl Runner {
    /// A runner with an empty project and a folder of commands that come first on the path.
    pub fn new() -> Runner {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["project", "temp", "bin"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Runner { folder, log: String::new(), artifacts: BTreeMap::new() }
    }

    /// The checked-out project.
    pub fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// The folder of the runner's own files.
    pub fn temp(&self) -> PathBuf {
        self.folder.path().join("temp")
    }

    /// Puts a command on the path.
    pub fn command(&self, name: &str, script: &str) {
        write_script(&self.folder.path().join("bin").join(name), script);
    }

    /// Runs a script in the project as a runner does; returns whether it succeeded.
    pub fn bash(&mut self, script: &str, folder: &Path, env: &[(String, String)]) -> bool {
        let room = self.folder.path();
        let (file, said) = (room.join("step.sh"), room.join("said"));
        fs::write(&file, script).expect("a file");
        let out = File::create(&said).expect("a file");
        let path = std::env::var("PATH").expect("a path");
        // What a step leaves running keeps its output open: so it goes to a file.
        let status = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&file)
            .current_dir(folder)
            .env("PATH", format!("{}:{path}", room.join("bin").display()))
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a file"))
            .stderr(out)
            .status()
            .expect("bash runs");
        self.log += &fs::read_to_string(said).expect("what it said");
        status.success()
    }

    /// The action of this repository, with these inputs.
    pub fn action(&mut self, inputs: &[(&str, &str)]) -> Job {
        let inputs: Vec<(String, String)> =
            inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let succeeded = self.composite(&inputs);
        Job { succeeded, summary: self.summary() }
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.temp().join("summary")).unwrap_or_default()
    }

    fn composite(&mut self, inputs: &[(String, String)]) -> bool {
        let action = documents("action.yml", &[]).remove(0);
        assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
        let mut context = self.context();
        for (name, input) in action["inputs"].as_mapping().expect("inputs") {
            context.insert(format!("inputs.{}", text(name)), text(&at(input, "default")));
        }
        for (name, value) in inputs {
            let known = context.insert(format!("inputs.{name}"), value.clone());
            assert!(known.is_some(), "the action has no input `{name}`");
        }
        self.steps(&action["runs"]["steps"], context, &[])
    }

    /// A job of a workflow.
    pub fn job(&mut self, job: &YamlOwned, names: &[(&str, &str)]) -> Job {
        let mut context = self.context();
        context.extend(names.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())));
        let succeeded = self.steps(&job["steps"], context, &[]);
        Job { succeeded, summary: self.summary() }
    }

    fn context(&self) -> Context {
        let names = [
            ("github.action_path", root().display().to_string()),
            ("github.action_ref", "main".to_owned()),
            ("github.run_id", "1".to_owned()),
            ("runner.temp", self.temp().display().to_string()),
            ("runner.os", "Linux".to_owned()),
            ("runner.arch", "X64".to_owned()),
        ];
        names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn steps(&mut self, steps: &YamlOwned, context: Context, env: &[(String, String)]) -> bool {
        let mut state = State { context, env, failed: false };
        for step in steps.as_sequence().expect("a list of steps") {
            // A step that was left out has no outputs, but it can be named.
            state.context.insert(format!("steps.{}", text(&at(step, "id"))), String::new());
            let condition = text(&at(step, "if"));
            let due = match condition.as_str() {
                "" => !state.failed,
                said => {
                    let met = !value(said, &state.context).is_empty();
                    met && (!state.failed || said.contains("always()"))
                }
            };
            let done = !due || self.step(step, &mut state);
            state.failed |= !done;
        }
        !state.failed
    }

    fn step(&mut self, step: &YamlOwned, state: &mut State<'_>) -> bool {
        let fill = |text: &str| filled(text, &state.context);
        let with: BTreeMap<String, String> =
            table(&at(step, "with")).into_iter().map(|(name, it)| (name, fill(&it))).collect();
        let id = text(&at(step, "id"));
        let uses = text(&at(step, "uses"));
        match uses.split('@').next().unwrap_or_default() {
            "" => {}
            "actions/checkout" => return true,
            "actions/cache" => {
                assert!(!with["key"].is_empty() && !with["key"].ends_with('-'), "{with:?}");
                let hit = self.project().join(&with["path"]).exists();
                let said = if hit { "true" } else { "" };
                state.context.insert(format!("steps.{id}.outputs.cache-hit"), said.to_owned());
                return true;
            }
            "actions/upload-artifact" => {
                self.upload(&with);
                return true;
            }
            "actions/download-artifact" => return self.download(&with),
            "your-organisation/scimulator" => {
                return self.composite(&with.into_iter().collect::<Vec<_>>());
            }
            other => panic!("no runner knows {other}"),
        }
        let mut env = state.env.to_vec();
        env.extend(table(&at(step, "env")).into_iter().map(|(name, it)| (name, fill(&it))));
        let output = self.temp().join("output");
        let _ = fs::remove_file(&output);
        for (name, value) in [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_ACTION_PATH", root().display().to_string()),
            ("GITHUB_OUTPUT", output.display().to_string()),
            ("GITHUB_STEP_SUMMARY", self.temp().join("summary").display().to_string()),
            ("RUNNER_TEMP", self.temp().display().to_string()),
        ] {
            env.push((name.to_owned(), value));
        }
        let folder = match at(step, "working-directory").as_str() {
            Some(said) => PathBuf::from(fill(said)),
            None => self.project(),
        };
        let script = fill(at(step, "run").as_str().expect("a step runs or uses something"));
        let done = self.bash(&script, &folder, &env);
        for line in fs::read_to_string(&output).unwrap_or_default().lines() {
            let (name, value) = line.split_once('=').expect("an output is NAME=VALUE");
            state.context.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        done
    }

    /// An artifact is what a folder holds at this moment.
    fn upload(&mut self, with: &BTreeMap<String, String>) {
        let path = self.project().join(&with["path"]);
        if !path.exists() {
            return;
        }
        let kept = self.folder.path().join("artifacts").join(&with["name"]);
        fs::create_dir_all(kept.parent().expect("a folder")).expect("a folder");
        let copied = Command::new("cp").arg("-r").args([&path, &kept]).status();
        assert!(copied.is_ok_and(|status| status.success()), "{with:?}");
        self.artifacts.insert(with["name"].clone(), kept);
    }

    fn download(&self, with: &BTreeMap<String, String>) -> bool {
        let begins = with["pattern"].strip_suffix('*').expect("a pattern");
        let into = self.project().join(&with["path"]);
        fs::create_dir_all(&into).expect("a folder");
        for (_, path) in self.artifacts.iter().filter(|(name, _)| name.starts_with(begins)) {
            for file in fs::read_dir(path).expect("an artifact").flatten() {
                if file.path().is_file() {
                    fs::copy(file.path(), into.join(file.file_name())).expect("a copy");
                }
            }
        }
        true
    }
}

impl Drop for Runner {
    /// Ends what the jobs left running, as a runner does.
    fn drop(&mut self) {
        let Ok(pid) = fs::read_to_string(self.project().join("server.pid")) else { return };
        let _ = Command::new("kill").arg(pid.trim()).status();
    }
}

/// Writes a program in bash.
pub fn write_script(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, format!("#!/usr/bin/env bash\nset -euo pipefail\n{script}")).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a file of ours");
}
