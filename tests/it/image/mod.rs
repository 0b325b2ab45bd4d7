//! The image as it is described: Dockerfile and compose file parse, agree with each other and with
//! the command line.
//!
//! Needs no engine; `.ci/run` carries out the Dockerfile's commands for real.

mod dockerfile;

use std::collections::BTreeMap;
use std::process::Command;

use dockerfile::Dockerfile;
use saphyr::{LoadableYamlNode, YamlOwned};

fn read(path: &str) -> String {
    let full = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(full).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn dockerfile() -> Dockerfile {
    Dockerfile::parse(&read("Dockerfile")).unwrap_or_else(|wrong| panic!("Dockerfile: {wrong}"))
}

/// The one service of the compose file.
fn service() -> YamlOwned {
    let text = read("docker-compose.yml");
    let documents = YamlOwned::load_from_str(&text)
        .unwrap_or_else(|wrong| panic!("docker-compose.yml: {wrong}"));
    let [document] = documents.as_slice() else { panic!("docker-compose.yml: one document") };
    let services = document["services"].as_mapping().expect("docker-compose.yml has services");
    assert_eq!(services.len(), 1, "both roles in one service");
    services.values().next().expect("counted just now").clone()
}

/// A list of words at a key of the service.
fn words(service: &YamlOwned, key: &str) -> Vec<String> {
    let list = service[key]
        .as_sequence()
        .unwrap_or_else(|| panic!("docker-compose.yml: `{key}` is a list"));
    list.iter()
        .map(|word| word.as_str().unwrap_or_else(|| panic!("`{key}` holds texts")).to_owned())
        .collect()
}

#[test]
fn the_program_knows_every_flag_the_image_uses() {
    let compose = words(&service(), "command");
    for words in [dockerfile().list("CMD"), compose] {
        let verb = words.first().expect("the command has a verb");
        let help = Command::new(env!("CARGO_BIN_EXE_scimulator"))
            .args([verb, "--help"])
            .output()
            .expect("it runs");
        let help = String::from_utf8_lossy(&help.stdout).into_owned();
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            let known =
                help.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == flag);
            assert!(known, "`{verb}` has no flag `{flag}`; its help says:\n{help}");
        }
    }
}

#[test]
fn the_image_runs_without_rights() {
    let last = dockerfile();
    let user = last.value("USER");
    let number = user.split(':').next().and_then(|user| user.parse::<u32>().ok());
    assert!(
        number.is_some_and(|user| user > 0),
        "USER {user}: a number other than 0, so that an engine can check it"
    );
    let service = service();
    assert_eq!(words(&service, "cap_drop"), ["ALL"]);
    assert_eq!(service["read_only"].as_bool(), Some(true));
}

#[test]
fn its_use_of_the_machine_is_limited() {
    let service = service();
    for limit in ["mem_limit", "cpus", "pids_limit"] {
        assert!(!service[limit].is_badvalue(), "docker-compose.yml: no `{limit}`");
    }
    let files = service["ulimits"]["nofile"].as_integer();
    assert!(files.is_some_and(|files| files > 1100), "1000 connections, and files besides");
}

#[test]
fn licences_come_along() {
    let last = dockerfile();
    let copies: Vec<&str> = last.values("COPY").collect();
    for needed in ["LICENSE-MIT", "LICENSE-APACHE", "/src/licences"] {
        let copied = copies.iter().any(|copy| copy.split(' ').any(|word| word == needed));
        assert!(copied, "the last stage of the Dockerfile does not COPY {needed}");
    }
}

#[test]
fn the_network_is_opened_by_the_compose_file_alone() {
    assert_eq!(dockerfile().list("CMD"), ["serve"], "on loopback unless a command says otherwise");
    assert!(read("docker-compose.yml").contains("# 0.0.0.0 is"), "the compose file says why");
}

#[test]
fn only_this_machine_reaches_the_published_port() {
    let exposed = dockerfile().value("EXPOSE").to_owned();
    let service = service();
    assert_eq!(words(&service, "ports"), [format!("127.0.0.1:{exposed}:{exposed}")]);
    let command = words(&service, "command");
    let after =
        |flag: &str| command.iter().skip_while(|word| *word != flag).nth(1).map(String::as_str);
    assert_eq!(after("--port"), Some(exposed.as_str()));
    assert_eq!(
        after("--host"),
        Some("0.0.0.0"),
        "inside the container the port is reached from outside of it"
    );
    assert_eq!(
        after("--allow-host"),
        service["image"].as_str(),
        "other containers reach it by the service's name"
    );
}

#[test]
fn one_version_of_rust_is_tested_promised_and_built_with() {
    let table = |path: &str| read(path).parse::<toml::Table>().expect("a file of Cargo's");
    let (toolchain, manifest) = (table("rust-toolchain.toml"), table("Cargo.toml"));
    let tested = toolchain["toolchain"]["channel"].as_str().expect("a channel");
    assert_eq!(manifest["package"]["rust-version"].as_str(), Some(tested));
    let base = format!("FROM rust:{tested}-slim");
    assert!(read("Dockerfile").contains(&base), "the Dockerfile has no `{base}…`");
}

#[test]
fn health_is_asked_of_the_program_itself() {
    let health = dockerfile().list("HEALTHCHECK");
    assert_eq!(health, ["scimulator", "healthcheck"]);
    let compose = words(&service()["healthcheck"], "test");
    assert_eq!(compose[1..], health[..], "compose and Dockerfile ask alike");
    assert_eq!(compose[0], "CMD");
}

#[test]
fn what_is_copied_and_mounted_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let last = dockerfile();
    let mut places = BTreeMap::new();
    for copy in last.values("COPY").filter(|copy| !copy.starts_with("--from")) {
        let (from, to) = copy.split_once(' ').expect("COPY has a source and a target");
        assert!(root.join(from).exists(), "COPY {copy}: there is no {from}");
        places.insert(to.to_owned(), from.to_owned());
    }
    let service = service();
    for mount in words(&service, "volumes") {
        let [from, to, "ro"] = mount.split(':').collect::<Vec<_>>()[..] else {
            panic!("{mount}: source:target:ro")
        };
        assert_eq!(
            Some(from.trim_start_matches("./")),
            places.get(to).map(String::as_str),
            "as in the image"
        );
    }
    let scenario = &words(&service, "command")[1];
    let here = places.iter().find_map(|(to, from)| {
        Some(root.join(from).join(scenario.strip_prefix(to)?.trim_matches('/')))
    });
    assert!(
        here.is_some_and(|path| path.is_file()),
        "there is no scenario {scenario} in the image"
    );
}
