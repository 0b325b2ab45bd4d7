//! What is copied into a CI system or a cluster, tried as it is run there: the steps of the action
//! and of the workflows, the scripts of the GitLab job, the commands of the Kubernetes jobs, over
//! the program as it was built. The servers they check are our own.

mod expression;
mod runner;

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use runner::{Runner, documents, root, table, text, write_script};
use saphyr::YamlOwned;

const PROGRAM: &str = env!("CARGO_BIN_EXE_scimulator");

const GREEN: &str = "title = \"Two people\"\nends = \"1h\"\n\n[people]\ngenerate = 2\n\n[[at]]\n\
    time = \"0d\"\ndo = \"start\"\n\n[finally]\ngolinks.accounts.total = 2\n";

/// A project whose server is our mock: `./start-your-server --port N`, once, also where each job
/// of a workflow starts it on a machine of its own.
fn project(server: &str) -> Runner {
    let runner = Runner::new();
    let project = runner.project();
    fs::create_dir_all(project.join("tests/scenarios")).expect("a folder");
    fs::write(project.join("tests/scenarios/two.toml"), GREEN).expect("a file");
    fs::write(project.join("tests/verify.known"), "").expect("a file");
    fs::write(project.join("server.toml"), "title = \"A server\"\nends = \"1d\"\n")
        .expect("a file");
    let start = format!(
        "[ -e server.pid ] && exit\necho $$ >server.pid\nexec '{PROGRAM}' serve server.toml --paused \"$@\" \
         --set golinks.profile=generic --set golinks.token=test-token {server} >server.log 2>&1\n"
    );
    write_script(&project.join("start-your-server"), &start);
    runner
}

/// A port that was free just now.
fn port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port().to_string()
}

const START: &str = "./start-your-server --port PORT &\n\
    for _ in $(seq 200); do curl -s -o /dev/null http://127.0.0.1:PORT/ && exit 0; sleep 0.1; done\nexit 1\n";

fn start(runner: &mut Runner, port: &str) {
    let project = runner.project();
    let started = runner.bash(&START.replace("PORT", port), &project, &[]);
    assert!(started, "{}", runner.log);
}

fn has_files(folder: &Path, files: &[&str]) {
    for file in files {
        let size = fs::metadata(folder.join(file)).map_or(0, |about| about.len());
        assert!(size > 0, "{} has no {file}", folder.display());
    }
}

#[test]
fn the_action_plays_checks_and_uploads() {
    let (mut runner, port) = (project(""), port());
    start(&mut runner, &port);
    let url = format!("http://127.0.0.1:{port}/scim/v2");
    let job = runner.action(&[
        ("program", PROGRAM),
        ("scenarios", "welcome tests/scenarios/*.toml"),
        ("verify-url", &url),
        ("verify-flags", "--known tests/verify.known --fail-on harm"),
        ("token", "test-token"),
    ]);
    assert!(job.succeeded, "{}", runner.log);
    assert_eq!(job.summary.matches("### ✅").count(), 2, "{}", job.summary);
    assert!(!job.summary.contains("test-token") && !runner.log.contains("test-token"));
    let report = &runner.artifacts["scimulator-report"];
    has_files(
        report,
        &[
            "run/junit.xml",
            "run/welcome/index.html",
            "run/two/http.har",
            "verify/junit.xml",
            "verify/http.har",
            "verify/report.html",
        ],
    );
}

#[test]
fn the_action_fails_with_what_failed_at_its_line() {
    let (mut runner, port) = (project("--bug B25"), port());
    start(&mut runner, &port);
    let wrong = GREEN.replace("total = 2", "total = 3");
    fs::write(runner.project().join("tests/scenarios/two.toml"), wrong).expect("a file");
    let url = format!("http://127.0.0.1:{port}/scim/v2");
    let job = runner.action(&[
        ("program", PROGRAM),
        ("scenarios", "tests/scenarios/*.toml"),
        ("verify-url", &url),
        ("token", "test-token"),
        ("report", "evidence"),
    ]);
    assert!(!job.succeeded);
    let at = "::error file=tests/scenarios/two.toml,line=12,title=";
    assert!(runner.log.contains(at), "{}", runner.log);
    assert_eq!(job.summary.matches("### ❌").count(), 2, "{}", job.summary);
    assert!(!job.summary.contains("::error"), "{}", job.summary);
    // What failed is uploaded all the same.
    has_files(&runner.artifacts["evidence"], &["run/index.html", "verify/report.html"]);
}

/// The program is built once, and then taken from the cache.
#[test]
fn the_action_builds_the_program_once() {
    let mut runner = project("");
    let cargo = format!(
        "echo cargo \"$@\"\n[ \"$*\" = \"install --locked --path . --root $RUNNER_TEMP/scimulator\" ]\n\
         mkdir -p \"$RUNNER_TEMP/scimulator/bin\"\nln -s '{PROGRAM}' \"$RUNNER_TEMP/scimulator/bin/scimulator\"\n"
    );
    runner.command("cargo", &cargo);
    for builds in [1, 1] {
        let job = runner.action(&[("scenarios", "welcome")]);
        assert!(job.succeeded, "{}", runner.log);
        assert_eq!(runner.log.matches("cargo install").count(), builds, "{}", runner.log);
    }
    let job = runner.action(&[]);
    assert!(!job.succeeded && runner.log.contains("nothing to do"), "{}", runner.log);
}

#[test]
fn the_workflow_to_copy_runs() {
    let (mut runner, port) = (project(""), port());
    let workflow = documents("deploy/github.yml", &[("8080", &port)]).remove(0);
    let temp = runner.temp().join("scimulator/bin");
    fs::create_dir_all(&temp).expect("a folder");
    std::os::unix::fs::symlink(PROGRAM, temp.join("scimulator")).expect("a link");
    let names = [("secrets.SCIM_TOKEN", "test-token")];
    let job = runner.job(&workflow["jobs"]["scimulator"], &names);
    assert!(job.succeeded, "{}", runner.log);
    assert!(job.summary.contains("### ✅ scimulator verify"), "{}", job.summary);
}

/// Each shard on a machine of its own, then the verdict over what they uploaded.
fn swarm_workflow(server: &str) -> (bool, Runner) {
    let (mut runner, port) = (project(server), port());
    let changes = [("8080", port.as_str()), ("1..400", "1..8")];
    let workflow = documents("deploy/github-swarm.yml", &changes).remove(0);
    let jobs = &workflow["jobs"];
    let bin = runner.folder.path().join("bin/scimulator");
    let install = format!(
        "[ \"$*\" = \"install --locked --git https://example.org/it scimulator\" ]\n\
         ln -sf '{PROGRAM}' '{}'\n",
        bin.display()
    );
    runner.command("cargo", &install);
    let mut all = true;
    for shard in jobs["lives"]["strategy"]["matrix"]["shard"].as_sequence().expect("a list") {
        let shard = text(shard);
        let names = [
            ("matrix.shard", shard.as_str()),
            ("secrets.SCIM_TOKEN", "test-token"),
            ("vars.SCIMULATOR_REPOSITORY", "https://example.org/it"),
        ];
        all &= runner.job(&jobs["lives"], &names).succeeded;
        let _ = fs::remove_dir_all(runner.project().join("results"));
    }
    let names = [("vars.SCIMULATOR_REPOSITORY", "https://example.org/it")];
    let verdict = runner.job(&jobs["verdict"], &names).succeeded;
    assert_eq!(runner.artifacts.len(), 4, "{}", runner.log);
    assert_eq!(all, verdict, "the verdict is that of the shards: {}", runner.log);
    (verdict, runner)
}

#[test]
fn the_swarm_workflow_to_copy_runs() {
    let (green, runner) = swarm_workflow("");
    assert!(green && runner.log.contains("8 lives"), "{}", runner.log);
}

#[test]
fn the_gitlab_job_to_copy_runs() {
    let (mut runner, port) = (project(""), port());
    let archive = runner.folder.path().join("scimulator-0.0-x/ci");
    fs::create_dir_all(&archive).expect("a folder");
    fs::copy(root().join("deploy/ci"), archive.join("ci")).expect("a copy");
    std::os::unix::fs::symlink(PROGRAM, archive.with_file_name("scimulator")).expect("a link");
    runner.command("apt-get", "echo apt-get \"$@\"\n");
    // The archive comes from elsewhere; what asks the server of the project passes.
    let curl = std::env::split_paths(&std::env::var("PATH").expect("a path"))
        .map(|folder| folder.join("curl"))
        .find(|file| file.exists())
        .expect("curl");
    let download = format!(
        "case \"$*\" in *https://example.org/it.tar.gz*) exec tar -cz -C '{}' scimulator-0.0-x;; esac\n\
         exec '{}' \"$@\"\n",
        runner.folder.path().display(),
        curl.display()
    );
    runner.command("curl", &download);
    let job = documents("deploy/gitlab.yml", &[("8080", &port)]).remove(0)["provisioning"].clone();
    let mut env = table(&job["variables"]);
    for (name, value) in
        [("SCIM_TOKEN", "test-token"), ("SCIMULATOR_ARCHIVE", "https://example.org/it.tar.gz")]
    {
        env.push((name.to_owned(), value.to_owned()));
    }
    let project = runner.project();
    // A runner makes one script of them.
    let lines = |name: &str| -> String {
        let lines = job[name].as_sequence().expect("a list");
        lines.iter().map(|line| text(line) + "\n").collect()
    };
    let done = runner.bash(&(lines("before_script") + &lines("script")), &project, &env);
    assert!(done, "{}", runner.log);
    let artifacts = &job["artifacts"];
    assert_eq!(artifacts["when"].as_str(), Some("always"));
    let path = text(&artifacts["paths"].as_sequence().expect("a list")[0]);
    has_files(&project.join(path), &["run/two/index.html", "verify/http.har"]);
    let reports = text(&artifacts["reports"]["junit"]);
    let found = format!("ls {reports}; [ $(ls {reports} | wc -l) = 2 ]\n");
    assert!(runner.bash(&found, &project, &[]), "{}", runner.log);

    fs::write(project.join("tests/scenarios/two.toml"), GREEN.replace("= 2\n\n[[", "= 3\n\n[["))
        .expect("a file");
    assert!(!runner.bash(&lines("script"), &project, &env), "a story that fails fails the job");
}

/// The words that a container of a job is started with.
fn arguments(document: &YamlOwned) -> (Vec<String>, YamlOwned) {
    let container = document["spec"]["template"]["spec"]["containers"][0].clone();
    let words = container["args"].as_sequence().expect("a list").iter().map(text).collect();
    (words, container)
}

#[test]
fn the_jobs_of_the_cluster_run() {
    let mut runner = project("");
    let (port, folder) = (port(), runner.folder.path().join("results"));
    fs::create_dir(&folder).expect("a folder");
    let results = folder.to_str().expect("a path");
    start(&mut runner, &port);
    let changes = [
        ("http://scim.staging.svc.cluster.local:8080/", format!("http://127.0.0.1:{port}/")),
        ("1..1000000", "1..6".to_owned()),
        ("--shards=100", "--shards=2".to_owned()),
        ("/results", results.to_owned()),
    ];
    let changes: Vec<(&str, &str)> =
        changes.iter().map(|(from, to)| (*from, to.as_str())).collect();
    let swarm = documents("deploy/kubernetes-swarm.yaml", &changes);
    let job = swarm.iter().find(|it| it["kind"].as_str() == Some("Job")).expect("a job");
    assert_eq!(job["spec"]["completionMode"].as_str(), Some("Indexed"));
    let (words, container) = arguments(job);
    let token = &container["env"][0];
    assert_eq!(token["name"].as_str(), Some("SCIM_TOKEN"));
    assert_eq!(text(&job["spec"]["completions"]), "100", "as many pods as there are shards");
    // What the image is started with stands behind the name of the program.
    let play = |words: &[String], index: &str, runner: &mut Runner| {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let env = [("SCIM_TOKEN", "test-token"), ("JOB_COMPLETION_INDEX", index)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let project = runner.project();
        runner.bash(&format!("'{PROGRAM}' {}\n", quoted.join(" ")), &project, &env)
    };
    let merge = documents("deploy/kubernetes-swarm-merge.yaml", &[("/results", results)]).remove(0);
    let (merging, _) = arguments(&merge);
    assert!(play(&words, "0", &mut runner), "{}", runner.log);
    assert!(!play(&merging, "", &mut runner), "a shard is missing: {}", runner.log);
    assert!(play(&words, "1", &mut runner), "{}", runner.log);
    assert!(play(&merging, "", &mut runner), "{}", runner.log);
}
