//! `record`: stands between a SCIM client and a server, and writes down what passes.

use std::net::Ipv4Addr;
use std::sync::Arc;

use jiff::Timestamp;
use rand::Rng;
use tokio::net::TcpListener;

use super::signals::Signals;
use crate::app::exit::{CommandError, Exit};
use crate::app::recorder::{self, Files, RecordArgs, Recorder, Upstream};
use crate::app::remote::{self, Address};
use crate::app::terminal::{self, paint};
use crate::recording::{Exchange, Masks, Recording};
use crate::scenario::report::{Tone, plural};

/// Records until a signal comes.
pub fn run(args: &RecordArgs, quiet: bool) -> Result<Exit, CommandError> {
    let address = Address::parse(&args.upstream)?;
    if !args.trust.anywhere && !address.is_near() {
        return Err(CommandError::bad(format!(
            "{} is neither on this machine nor in a private network",
            address.origin
        ))
        .help("what the client sends is carried out there; say --anywhere if that is meant"));
    }
    remote::must_listen(&address)?;
    let upstream = Upstream::new(&address, &args.trust)?;
    let masks = if args.raw { None } else { Some(Masks::new(&key(args)?, &args.keep_attribute)) };
    let about = Recording {
        version: 1,
        upstream: address.origin.clone(),
        base_path: address.base_path.clone(),
        masked: masks.is_some(),
        started: Timestamp::now().to_string(),
        program: format!("scimulator {}", env!("CARGO_PKG_VERSION")),
    };
    let authority = address.origin.split_once("://").map(|(_, authority)| authority.to_owned());
    let host = authority.filter(|_| !args.keep_host);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::catch()
    };
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)));
    let listener = listener.map_err(|error| {
        CommandError::not_started(format!("cannot listen on port {}: {error}", args.port))
            .help("take another port with --port; 0 takes a free one")
    })?;
    // What the client sends goes on as it is, so the query is the client's to send.
    let query = address.query.iter().map(|query| format!("?{query}")).collect::<String>();
    let url = format!("http://{}{}{query}", listener.local_addr()?, address.base_path);
    let files = Files::create(&args.out, &about, masks)?;
    greet(args, &address, &url);
    let (sender, receiver) = recorder::queue();
    let writer = std::thread::spawn(move || write(files, receiver, quiet));
    let content = usize::from(args.max_body) << 20;
    let recorder = Arc::new(Recorder::new(upstream, host, content));
    runtime.block_on(async {
        let stop = async {
            signals.next().await;
        };
        recorder.run(listener, sender, stop).await;
    });
    drop(runtime);
    let written = writer.join().unwrap_or_default();
    Ok(farewell(args, &written))
}

/// What was written.
#[derive(Default)]
struct Written {
    exchanges: u64,
    failed: Option<String>,
}

/// Writes exchanges as they come. When a file cannot be written, the connections still go on.
fn write(
    mut files: Files,
    mut exchanges: tokio::sync::mpsc::Receiver<Exchange>,
    quiet: bool,
) -> Written {
    let mut written = Written::default();
    while let Some(mut exchange) = exchanges.blocking_recv() {
        match files.write(&mut exchange) {
            Ok(()) => written.exchanges += 1,
            Err(error) if written.failed.is_none() => {
                terminal::complain(&format!("the recording cannot be written: {error}"));
                terminal::advise("requests are passed on all the same, and are lost to it");
                written.failed = Some(error.to_string());
            }
            Err(_) => {}
        }
        if !quiet && written.failed.is_none() {
            terminal::print(&line(&exchange));
        }
    }
    written
}

/// An exchange in a line: number, method, target, what came of it, how long it took.
fn line(exchange: &Exchange) -> String {
    let outcome = match (exchange.status(), exchange.lost) {
        (Some(status), None) => status.to_string(),
        (_, Some(lost)) => serde_json::to_value(lost)
            .ok()
            .and_then(|word| word.as_str().map(|word| word.replace('_', " ")))
            .unwrap_or_default(),
        (None, None) => "no answer".to_owned(),
    };
    let millis = exchange.took_us.iter().sum::<u64>() / 1_000;
    let (method, target) = (exchange.request.method(), exchange.request.target());
    format!("{:>5}  {method:<6} {target}  {outcome}  {millis} ms\n", exchange.seq)
}

/// The key of the pseudonyms.
fn key(args: &RecordArgs) -> Result<Vec<u8>, CommandError> {
    let Some(name) = &args.key_env else {
        let mut key = vec![0; 32];
        rand::rng().fill_bytes(&mut key);
        return Ok(key);
    };
    match std::env::var(name) {
        Ok(key) if !key.is_empty() => Ok(key.into_bytes()),
        _ => Err(CommandError::bad(format!("the variable {name} is not set"))
            .help(format!("export {name}=… before, or leave --key-env out"))),
    }
}

fn greet(args: &RecordArgs, address: &Address, url: &str) {
    if args.raw {
        tracing::warn!("--raw keeps tokens, passwords and people's data in the files");
    }
    let kept = match args.raw {
        true => "as it is",
        false => "secrets as ***, people by pseudonyms",
    };
    let bold = |text: &str| paint(Tone::Strong, text);
    terminal::print_styled(&format!(
        "recording what goes to {}{}

  URL for the client  {}
  kept in             {} ({kept})

Ctrl-C stops it
",
        address.origin,
        address.base_path,
        bold(url),
        args.out.display(),
    ));
}

fn farewell(args: &RecordArgs, written: &Written) -> Exit {
    let out = args.out.display();
    if written.exchanges == 0 && written.failed.is_none() {
        terminal::complain(&format!("nothing was recorded in {out}: no request came"));
        terminal::advise("let the client send to the URL above, not to the server itself");
        return Exit::NotStarted;
    }
    terminal::print(&format!(
        "
{} in {out}

try next
  scimulator new --from-recording {out}
  scimulator replay {out} --against URL
",
        plural(written.exchanges, "exchange")
    ));
    if written.failed.is_some() { Exit::NotStarted } else { Exit::Met }
}
