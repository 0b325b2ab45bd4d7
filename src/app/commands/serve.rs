//! `serve`: serves both mocks and the page until a signal stops it.

use super::left::LeftAt;
use super::signals::{DELETES_FIRST, Signals, end_now};
use super::source::{self, FoundScenario, Provisions};
use super::tenant_front::TenantFront;
use super::{run_remote, watch};
use crate::app::cli::ServeFlags;
use crate::app::descriptors;
use crate::app::exit::{CommandError, Exit};
use crate::app::http::{ServerLimits, read_key};
use crate::app::live::foreign::ForeignServer;
use crate::app::live::{Handle, Message};
use crate::app::remote::{self, Patience};
use crate::app::server_setup::{self, ListenOptions, PlayOptions, PlaySource};
use crate::app::terminal::{self, paint};
use crate::scenario::report::{Tone, day_and_time};
use crate::scenario::{Override, Play, Script, report};
use crate::world::{Drive, RecordedEvent};

/// Serves a scenario until Ctrl-C or a termination signal.
pub fn run(scenario: &str, flags: &ServeFlags, quiet: bool) -> Result<Exit, CommandError> {
    let found = source::find(scenario)?;
    let address = match &flags.remote.target {
        Some(url) => Some(run_remote::allowed(url, &flags.remote)?),
        None => None,
    };
    let overrides = match &address {
        Some(address) => run_remote::overrides(&flags.remote, &flags.changes, address)?,
        None => flags.changes.overrides()?,
    };
    let provisions = if address.is_some() { Provisions::Server } else { Provisions::Mock };
    let Ok(mut script) = source::script(&found, &overrides, provisions) else {
        return Ok(Exit::Bad);
    };
    let target = match &address {
        Some(address) => {
            remote::must_listen(address)?;
            script.target = Some(address.to_string());
            script.needs = run_remote::needs(&found, &script, &flags.changes)?;
            if !quiet {
                run_remote::announce(address, &script, &flags.remote, flags.remote.max_time);
            }
            let patience = Patience::new(flags.remote.access.max_wait);
            let mut target = run_remote::target(address, &flags.remote, script.seed, &patience)?;
            let credentials = run_remote::is_about_credentials(&script);
            let access = &flags.remote.access;
            let mut ask = |path: &str| target.ask_host(path);
            let first = remote::must_let_in(address, access, credentials, &mut ask)?;
            remote::must_tell_apart(address, &mut target, &first)?;
            let flags_of_run = (&flags.remote, &flags.changes);
            let creates = run_remote::creates(&found, &script, flags_of_run)?;
            let there = run_remote::there_before(&mut target, &creates, flags.remote.budget)?;
            if !there.is_empty() {
                terminal::note(&run_remote::said_of_there(&there, address));
                terminal::advise(if flags.remote.adopt { "" } else { run_remote::OTHER_NAMES });
            }
            target.try_tokens_but(run_remote::stand_ins(&script));
            if let Some(most) = flags.remote.max_time {
                target = target.within(most);
            }
            Some(ForeignServer { target, url: address.to_string(), patience })
        }
        None => None,
    };
    let story = Story { script, found, overrides, target };
    server_setup::on_one_thread(serve(story, flags, quiet))
}

/// What is served.
struct Story {
    script: Script,
    found: FoundScenario,
    overrides: Vec<Override>,
    /// A server that is not ours, to provision in place of the mock.
    target: Option<ForeignServer>,
}

async fn serve(story: Story, flags: &ServeFlags, quiet: bool) -> Result<Exit, CommandError> {
    let Story { script, found, overrides, target } = story;
    let file = found.file.clone().filter(|path| watch::can_watch(path));
    let at = ListenOptions {
        host: flags.host,
        port: flags.port,
        allowed_hosts: flags.allow_host.clone(),
        web_dir: flags.web_dir.clone(),
        limits: limits(&script, flags)?,
        tls: flags.tls.clone(),
    };
    if let Some(file) = &flags.tls.token_key {
        read_key(file).map_err(|error| CommandError::not_started(format!("{error:#}")))?;
    }
    if let Some([(one, port), (other, _)]) = flags.tls.clash(flags.port) {
        return Err(CommandError::bad(format!("`{one}` and `{other}` are both {port}"))
            .help(format!("give each a port of its own: `{other} 0` takes a free one")));
    }
    let listener = server_setup::listen(&at).await?;
    if !flags.host.is_loopback() {
        tracing::warn!(
            "listening on {}: everybody who can reach this machine can read and write these mocks",
            flags.host
        );
    }
    let cell =
        script.cell.as_ref().map(|cell| format!(" · {} of {}: {}", cell.nth, cell.of, cell.name()));
    let title = format!("{} · {}{}", script.run_name(), script.title, cell.unwrap_or_default());
    let narrator = Box::new(Narrator { quiet, ..Narrator::default() }.into_look());
    let foreign = target.as_ref().map(|server| server.url.clone());
    let play = PlayOptions {
        source: PlaySource::Script(Box::new(script)),
        speed: flags.speed,
        paused: flags.paused,
        open: true,
        target,
        narrator,
    };
    let mut running = server_setup::open(listener, &at, play)?;
    let https = running.open_https(&at).await?;
    let line = running.target.clone();
    let stopping = stop_on_signal(Signals::catch(), running.handle.clone(), line.is_some());
    tokio::task::spawn_local(stopping);
    let watched = file.is_some();
    let front = running.owner.read(|play| TenantFront::of(play, &running.url, https.as_ref()));
    let front = front.unwrap_or_default();
    if let Some(file) = &flags.tls.env_file {
        front.write(file)?;
    }
    running.owner.read(|play| match &foreign {
        Some(target) => greet_foreign(&running.url, &title, (target, watched), &front),
        None => greet(&running.url, &title, play, watched, &front),
    });
    if let Some(path) = file {
        watch::start(path, found, overrides, running.handle.clone());
    }
    running.serve().await;
    if let Some(line) = line
        && let Some((left, sent)) = line.end(flags.remote.keep).await
    {
        let url = foreign.as_deref().unwrap_or_default();
        let at = LeftAt::of(url, &flags.remote.access);
        terminal::print_lines(&run_remote::said_of(&left, sent, &at));
    }
    Ok(Exit::Met)
}

/// The limits of the flags, with no more connections than the process has descriptors for.
fn limits(script: &Script, flags: &ServeFlags) -> Result<ServerLimits, CommandError> {
    let limits = flags.limits.limits();
    let beside = script.setup.apps.iter().map(|app| app.settings.policy.concurrency);
    let calls = script.setup.entra.policy.concurrency + beside.sum::<u64>();
    let connections = descriptors::connections(limits.connections, calls)?;
    if connections < limits.connections {
        tracing::warn!(
            "this process may not have enough files open for {} connections; {connections} are \
             served at a time",
            limits.connections
        );
    }
    Ok(ServerLimits { connections, ..limits })
}

/// Prints the addresses, the token, and commands to try next.
fn greet(url: &str, title: &str, play: &Play, watched: bool, front: &TenantFront) {
    let target = play.world().target();
    let token = target.mock().and_then(|golinks| golinks.settings().good_tokens().next());
    let bearer = token.map_or("none", |token| token.value.as_str());
    let golinks = format!("{url}{}", target.base_path());
    let beside: String = play
        .world()
        .workspaces()
        .skip(1)
        .map(|(name, target)| format!("\n            {url}{}  ({name})", target.base_path()))
        .collect();
    let bold = |text: &str| paint(Tone::Strong, text);
    let at = if url.ends_with(":4040") { String::new() } else { format!(" --url {url}") };
    let watched = if watched {
        "\n            the file is watched: saving it starts the run anew"
    } else {
        ""
    };
    terminal::print_styled(&format!(
        "{}

  page      {}
  GoLinks   {golinks}{beside}
            {url}/golinks  (its own pages)
  token     {bearer}{watched}
{}

try next
  curl -H 'Authorization: Bearer {bearer}' '{golinks}/Users?count=2'
  scimulator ctl cycle{at}
  scimulator list

Ctrl-C stops it
",
        bold(title),
        bold(&format!("{url}/")),
        front.told(),
    ));
}

/// Prints the addresses, and commands to try next, of a run into a server that is not ours.
fn greet_foreign(url: &str, title: &str, (target, watched): (&str, bool), front: &TenantFront) {
    let bold = |text: &str| paint(Tone::Strong, text);
    let at = if url.ends_with(":4040") { String::new() } else { format!(" --url {url}") };
    let watched = if watched {
        "\n            the file is watched: saving it deletes what was made there and starts the run anew"
    } else {
        ""
    };
    terminal::print_styled(&format!(
        "{}

  page      {}
  target    {target}{watched}
{}

try next
  scimulator ctl cycle{at}
  scimulator ctl fault 'respond = {{ status = 503 }}'{at}

Ctrl-C stops it, and deletes there what was made
",
        bold(title),
        bold(&format!("{url}/")),
        front.told(),
    ));
}

/// Prints the narration while the scenario plays, and the report when it ends.
#[derive(Default)]
struct Narrator {
    quiet: bool,
    /// The sequence number of the last record that was read.
    read: u64,
    judged: bool,
}

impl Narrator {
    fn into_look(mut self) -> impl FnMut(&Play) {
        move |play| self.narrate(play)
    }

    fn narrate(&mut self, play: &Play) {
        let journal = play.world().journal();
        if journal.last_seq() < self.read {
            // A new run has begun, and its journal counts from the start again.
            self.read = 0;
        }
        let from = self.read.max(journal.first_seq() - 1);
        for record in journal.since(from).into_iter().flatten() {
            if let (RecordedEvent::Narrated(text), false) = (&record.event, self.quiet) {
                terminal::print(&format!(
                    "{:<14}{text}\n",
                    day_and_time(play.script().start, record.at)
                ));
            }
        }
        self.read = journal.last_seq();
        if play.ended() != self.judged {
            self.judged = play.ended();
            if self.judged {
                terminal::print_lines(&report::lines(play, None, terminal::columns()));
                tracing::info!("the scenario has ended at {}; the server stays up", play.now());
            }
        }
    }
}

/// Stops the server cleanly on the first signal, and ends the process at once on the second.
async fn stop_on_signal(mut signals: Signals, owner: Handle, cleans_up: bool) {
    signals.next().await;
    tracing::info!("stopping");
    if cleans_up {
        terminal::note(DELETES_FIRST);
    }
    owner.send(Message::Stop);
    let exit = signals.next().await;
    end_now(exit);
}
