//! The report of the run so far, as a file to save: `GET /api/v1/report`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bytes::Bytes;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, Response, StatusCode};
use tokio::sync::oneshot;

use super::Server;
use super::body::Body;
use super::connection::CloseConnection;
use super::control::{refusal, refused};
use super::route::whole;
use crate::app::exit::CommandError;
use crate::app::live::SoFar;

/// The type of the report.
const HTML: &str = "text/html; charset=utf-8";

/// Makes the report and answers with it; one is made at a time. It is given up when the client
/// leaves.
///
/// # Errors
/// When the connection is to be closed without a response.
pub async fn answer(server: &Server) -> Result<Response<Body>, CloseConnection> {
    let _turn = server.reports.lock().await;
    let so_far = match server.handle.so_far().await.ok_or(CloseConnection)? {
        Ok(so_far) => so_far,
        Err(why) => return Ok(refused(StatusCode::CONFLICT, why)),
    };
    let name = so_far.file_name();
    let page = match make(so_far).await {
        Ok(page) => page.ok_or(CloseConnection)?,
        Err(why) => {
            let why = refusal(format!("{:#}", why.error), why.help);
            return Ok(refused(StatusCode::INTERNAL_SERVER_ERROR, why));
        }
    };
    let mut response = whole(StatusCode::OK, HTML, page);
    // The name has letters, digits, hyphens and a dot.
    if let Ok(saved) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, saved);
    }
    Ok(response)
}

/// Makes the report in a thread of its own; `None` when that has panicked, which has been reported.
async fn make(so_far: SoFar) -> Result<Option<Bytes>, CommandError> {
    let leaves = Leaves(Arc::default());
    let stop = leaves.0.clone();
    let (tell, told) = oneshot::channel();
    let work = move || drop(tell.send(so_far.report(&stop)));
    let begun = thread::Builder::new().name("report".to_owned()).spawn(work);
    begun.map_err(|why| CommandError::not_started(format!("no thread for the report: {why}")))?;
    told.await.unwrap_or(Ok(None))
}

/// Tells the thread when the client leaves.
struct Leaves(Arc<AtomicBool>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
