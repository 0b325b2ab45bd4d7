//! A relay for clients that use the vendor's host names: it takes `CONNECT` (RFC 9110, section
//! 9.3.6) for those names, and leads to this server. It leads nowhere else.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::STOCK_HOSTS;

/// The largest head of a request to the relay, in bytes.
const HEAD_MAX: usize = 8 << 10;

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// Reads a request of a client and answers it. The stream that comes back is the client's
/// connection to this server, which begins with a handshake.
pub async fn admit(mut stream: TcpStream, patience: Duration) -> Option<TcpStream> {
    let head = timeout(patience, head(&mut stream)).await.ok()??;
    match destination(&head) {
        Ok(()) => {
            stream.write_all(ESTABLISHED).await.ok()?;
            Some(stream)
        }
        Err((status, why)) => {
            let length = why.len() + 1;
            let text = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{why}\n"
            );
            let _ = timeout(patience, stream.write_all(text.as_bytes())).await;
            let _ = stream.shutdown().await;
            None
        }
    }
}

/// The head of a request, whole. A client that goes on before it is answered is not led anywhere.
async fn head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < HEAD_MAX {
        let mut piece = [0; 1_024];
        let read = stream.read(&mut piece).await.ok()?;
        head.extend_from_slice(piece.get(..read)?);
        if read == 0 {
            return None;
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            return (end + 4 == head.len()).then_some(head);
        }
    }
    None
}

/// Whether a request leads to a host of the vendor; else the status and the reason.
fn destination(head: &[u8]) -> Result<(), (&'static str, String)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let read = request.parse(head);
    let (Ok(httparse::Status::Complete(_)), Some(method), Some(path)) =
        (read, request.method, request.path)
    else {
        return Err(("400 Bad Request", "the request cannot be read".to_owned()));
    };
    if method != "CONNECT" {
        let why = "this relay takes CONNECT only: it is for HTTPS_PROXY, not for HTTP_PROXY";
        return Err(("405 Method Not Allowed", why.to_owned()));
    }
    let host = path.strip_suffix(":443").unwrap_or_default();
    if STOCK_HOSTS.iter().any(|known| host.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let known = STOCK_HOSTS.join(":443 and ");
    let shown: String = path.chars().take(200).collect();
    Err(("403 Forbidden", format!("this relay leads to {known}:443 only, not to {shown}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_leads_to_the_vendors_names_and_nowhere_else() {
        let ask =
            |line: &str| destination(format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(ask("CONNECT graph.microsoft.com:443"), Ok(()));
        assert_eq!(ask("CONNECT LOGIN.microsoftonline.com:443"), Ok(()));
        for (line, status) in [
            ("CONNECT graph.microsoft.com:80", "403 Forbidden"),
            ("CONNECT graph.microsoft.com.evil.example:443", "403 Forbidden"),
            ("CONNECT 127.0.0.1:22", "403 Forbidden"),
            ("CONNECT example.org:443", "403 Forbidden"),
            ("GET http://graph.microsoft.com/", "405 Method Not Allowed"),
            ("CONNECT", "400 Bad Request"),
        ] {
            assert_eq!(ask(line).map_err(|(status, _)| status), Err(status), "{line}");
        }
    }
}
