//! `serve`: serves both mocks and the page until a signal stops it.

use super::signals::Signals;
use super::source::{self, FoundScenario};
use super::watch;
use crate::app::cli::ServeFlags;
use crate::app::descriptors;
use crate::app::exit::{CommandError, Exit};
use crate::app::http::ServerLimits;
use crate::app::live::{Handle, Message};
use crate::app::server_setup::{self, ListenOptions, PlayOptions, PlaySource};
use crate::app::terminal::{self, paint};
use crate::scenario::report::{Tone, day_and_time};
use crate::scenario::{Play, Script, report};
use crate::world::{Drive, RecordedEvent};

/// Serves a scenario until Ctrl-C or a termination signal.
pub fn run(scenario: &str, flags: &ServeFlags, quiet: bool) -> Result<Exit, CommandError> {
    let found = source::find(scenario)?;
    let Ok(script) = source::script(&found, &flags.changes.overrides()) else {
        return Ok(Exit::Bad);
    };
    server_setup::on_one_thread(serve(script, found, flags, quiet))
}

async fn serve(
    script: Script,
    found: FoundScenario,
    flags: &ServeFlags,
    quiet: bool,
) -> Result<Exit, CommandError> {
    let file = found.file.clone().filter(|path| watch::can_watch(path));
    let at = ListenOptions {
        host: flags.host,
        port: flags.port,
        allowed_hosts: flags.allow_host.clone(),
        web_dir: flags.web_dir.clone(),
        limits: limits(&script, flags)?,
    };
    let listener = server_setup::listen(&at).await?;
    if !flags.host.is_loopback() {
        tracing::warn!(
            "listening on {}: everybody who can reach this machine can read and write these mocks",
            flags.host
        );
    }
    let title = format!("{} · {}", script.name, script.title);
    let narrator = Box::new(Narrator { quiet, ..Narrator::default() }.into_look());
    let play = PlayOptions {
        source: PlaySource::Script(Box::new(script)),
        speed: flags.speed,
        paused: flags.paused,
        open: true,
        narrator,
    };
    let running = server_setup::open(listener, &at, play)?;
    tokio::task::spawn_local(stop_on_signal(Signals::catch(), running.handle.clone()));
    running.owner.read(|play| greet(&running.url, &title, play, file.is_some()));
    if let Some(path) = file {
        watch::start(path, found, flags.changes.overrides(), running.handle.clone());
    }
    running.serve().await;
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
fn greet(url: &str, title: &str, play: &Play, watched: bool) {
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
  token     {bearer}{watched}

try next
  curl -H 'Authorization: Bearer {bearer}' '{golinks}/Users?count=2'
  scimulator ctl cycle{at}
  scimulator list

Ctrl-C stops it
",
        bold(title),
        bold(&format!("{url}/")),
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
async fn stop_on_signal(mut signals: Signals, owner: Handle) {
    signals.next().await;
    tracing::info!("stopping");
    owner.send(Message::Stop);
    let exit = signals.next().await;
    std::process::exit(exit as i32);
}
