//! What a sink hands on to another thread is what happened.

use std::sync::{Arc, Mutex};

use crate::scenario::{Play, load};
use crate::world::{Record, RecordBatch, Sink};

/// Copies every record, and writes each down as it was.
struct Both {
    batch: Arc<Mutex<RecordBatch>>,
    seen: Arc<Mutex<Vec<String>>>,
}

fn shown(record: &Record<'_>, body: Option<&[u8]>) -> String {
    format!("{record:?} {body:?}")
}

impl Sink for Both {
    fn take(&mut self, record: &Record<'_>, body: Option<&[u8]>) {
        self.batch.lock().expect("one thread").take(record, body);
        self.seen.lock().expect("one thread").push(shown(record, body));
    }
}

#[test]
fn a_copy_is_what_happened() {
    let text = "title = \"T\"\nends = \"2d\"\n[people]\ngenerate = 3\n[user.ann]\nname = \"Ann Okafor\"\n\
                [[fault]]\nname = \"slow\"\nfrom = \"1d\"\nuntil = \"26h\"\nrespond = 429\n\
                [[at]]\ntime = \"0d\"\nsay = \"Go.\"\ndo = \"start\"\n\
                [[at]]\ntime = \"1d\"\ndo = [{ disable = \"ann\" }, \"test_connection\", { enable = \"ann\" }]\n\
                [[at]]\ntime = \"30h\"\ndo = [{ delete = \"ann\" }, { delete = \"ann\" }]\n";
    let mut play = Play::new(load("t.toml", text, &[]).expect("a good file"));
    let (batch, seen) = (Arc::default(), Arc::default());
    play.record_to(Some(Box::new(Both { batch: Arc::clone(&batch), seen: Arc::clone(&seen) })));
    play.run_to_end();
    let batch = batch.lock().expect("one thread");
    let copies: Vec<String> = batch.records().map(|(record, body)| shown(&record, body)).collect();
    let seen = seen.lock().expect("one thread");
    assert_eq!(copies.len(), seen.len());
    assert!(copies.iter().zip(seen.iter()).all(|(copy, record)| copy == record));
    for word in ["Account", "FaultStruck", "Narrated", "Refused", "headers: Some"] {
        assert!(seen.iter().any(|record| record.contains(word)), "{word}");
    }
}
