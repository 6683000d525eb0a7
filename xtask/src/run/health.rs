//! Waiting for the server: it is ready when it says so, not when its process exists.

use std::io::Read;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use anyhow::Result;
use anyhow::bail;

use crate::run::child::Child;

/// Making the whole demo county the first time takes minutes on a slow machine; an hour never.
const PATIENCE: Duration = Duration::from_secs(1_800);
const HEARTBEAT: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(200);
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Waits until the server answers. `false` when the person ended it before.
pub fn wait(port: u16, server: &mut Child, stop: &AtomicBool) -> Result<bool> {
    println!("== start");
    let started = Instant::now();
    let mut beat = started;
    while !stop.load(Ordering::SeqCst) {
        if let Some(status) = server.status()? {
            bail!("The server ended with {status} before it was ready: its last words are above");
        }
        if is_healthy(port) {
            return Ok(true);
        }
        if started.elapsed() > PATIENCE {
            bail!(
                "The server did not answer on http://127.0.0.1:{port}/v1/health within {} s: read \
                 its words above; a damaged demo folder can simply be deleted",
                PATIENCE.as_secs()
            );
        }
        if beat.elapsed() >= HEARTBEAT {
            beat = Instant::now();
            println!(
                "  ... the server is still preparing the demo county ({} s)",
                started.elapsed().as_secs()
            );
        }
        thread::sleep(GLANCE);
    }
    Ok(false)
}

fn is_healthy(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, ANSWER_LIMIT) else { return false };
    let request =
        format!("GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut start = [0_u8; 12];
    stream.set_read_timeout(Some(ANSWER_LIMIT)).is_ok()
        && stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut start).is_ok()
        && says_yes(&start)
}

fn says_yes(start: &[u8]) -> bool {
    start.starts_with(b"HTTP/1.") && start.ends_with(b" 200")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answer_once(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0_u8; 512];
            let count = stream.read(&mut request).unwrap();
            assert!(request[..count].starts_with(b"GET /v1/health HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_200_counts_as_ready() {
        assert!(is_healthy(answer_once("HTTP/1.1 200 OK\r\n\r\n")));
        assert!(!is_healthy(answer_once("HTTP/1.1 503 Service Unavailable\r\n\r\n")));
        assert!(!is_healthy(answer_once("garbage")));
    }
}
