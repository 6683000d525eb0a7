//! Handing over phone to phone, in one local network or over a hotspot: one listens, the other calls.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prost::Message;
use yidang_api::{Fault, FaultCode};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::carry::{CarryError, MOST_SAID_BYTES, SignedGreeting};

use super::occasion::{Progress, lock};
use super::session::{Session, ask};
use super::words::Stop;
use crate::device::Device;

/// Tried first, so that the address is the same each time; any other serves as well.
const PORT: u16 = 48_620;
/// Nobody has come by then.
const PATIENCE: Duration = Duration::from_secs(600);
/// A word that takes longer is lost.
const LONGEST_WORD: Duration = Duration::from_secs(20);
const LONGEST_CALL: Duration = Duration::from_secs(4);
const NAP: Duration = Duration::from_millis(50);
/// A greeting or a sealed word is no larger: what is sealed grows by 16 bytes and its packing by one.
const MOST_FRAME: usize = MOST_SAID_BYTES + 64;
/// So many wrong codes end it.
const MOST_WRONG: u32 = 5;

/// Where a device listens.
pub struct Listening {
    listener: TcpListener,
    /// Its addresses in the networks around it.
    pub addresses: Vec<SocketAddr>,
}

/// Listens on every network of this device.
///
/// # Errors
///
/// `internal` where the system lets nobody listen.
pub fn listen() -> Result<Listening, Fault> {
    let refused =
        |error: std::io::Error| Fault::new(FaultCode::Internal, format!("cannot listen: {error}"));
    let any = |port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port));
    let listener = any(PORT).or_else(|_| any(0)).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let port = listener.local_addr().map_err(refused)?.port();
    let mut addresses: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(IpAddr::is_ipv4)
        .collect();
    // The own machine is the only one where there is no network at all.
    addresses.sort_by_key(IpAddr::is_loopback);
    if addresses.iter().any(|address| !address.is_loopback()) {
        addresses.retain(|address| !address.is_loopback());
    }
    let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect();
    Ok(Listening { listener, addresses })
}

fn send(stream: &mut TcpStream, bytes: &[u8]) -> Result<(), Stop> {
    let length = u32::try_from(bytes.len()).map_err(|_| CarryError::Malformed)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(bytes)?;
    Ok(stream.flush()?)
}

fn receive(stream: &mut TcpStream) -> Result<Vec<u8>, Stop> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST_FRAME {
        return Err(CarryError::Malformed.into());
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn greeting(stream: &mut TcpStream) -> Result<SignedGreeting, Stop> {
    let bytes = receive(stream)?;
    Ok(SignedGreeting::decode(bytes.as_slice()).map_err(|_| CarryError::Malformed)?)
}

fn prepare(stream: &TcpStream) -> Result<(), Stop> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LONGEST_WORD))?;
    Ok(stream.set_write_timeout(Some(LONGEST_WORD))?)
}

/// Says and hears until everything was said; what was handed over until then is told in any case.
fn talk(
    device: &Arc<Mutex<Device>>,
    stream: &mut TcpStream,
    session: &mut Session,
    progress: &Progress,
) -> Result<(), Stop> {
    let ended = words(device, stream, session, progress);
    progress.note(&mut lock(device), session, true);
    ended
}

/// Word after word. The device is free between two of them.
fn words(
    device: &Arc<Mutex<Device>>,
    stream: &mut TcpStream,
    session: &mut Session,
    progress: &Progress,
) -> Result<(), Stop> {
    loop {
        progress.is_wanted()?;
        let next = session.next(&mut lock(device))?;
        if let Some(frame) = next {
            send(stream, &frame)?;
        } else if session.is_over() {
            return Ok(());
        } else {
            let frame = receive(stream)?;
            session.hear(&mut lock(device), &frame)?;
        }
        progress.note(&mut lock(device), session, false);
    }
}

/// Waits for a colleague and gives them the chosen documents. A line that breaks, and a code that is wrong
/// a few times, ends nothing: they call again.
pub fn give(
    device: &Arc<Mutex<Device>>,
    listening: &Listening,
    (chosen, code): (&[DocumentId], &str),
    progress: &Progress,
) -> Result<(), Stop> {
    let began = Instant::now();
    let mut wrong = 0;
    loop {
        progress.is_wanted()?;
        if began.elapsed() > PATIENCE {
            return Err(Stop::Alone);
        }
        let mut stream = match listening.listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(NAP);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match give_to(device, &mut stream, (chosen, code), progress) {
            Err(Stop::Said(CarryError::Code)) if wrong + 1 >= MOST_WRONG => {
                return Err(Stop::Codes);
            }
            Err(Stop::Said(CarryError::Code)) => wrong += 1,
            // Whatever came was no colleague, or one who calls again.
            Err(Stop::Line(_) | Stop::Said(_)) => {}
            ended => return ended,
        }
    }
}

fn give_to(
    device: &Arc<Mutex<Device>>,
    stream: &mut TcpStream,
    (chosen, code): (&[DocumentId], &str),
    progress: &Progress,
) -> Result<(), Stop> {
    prepare(stream)?;
    let asked = greeting(stream)?;
    let (answered, mut session) =
        Session::give(&mut lock(device), progress.seat, &asked, (chosen, code, false))?;
    send(stream, &answered.encode_to_vec())?;
    talk(device, stream, &mut session, progress)
}

/// Calls a colleague and takes what they give.
pub fn take(
    device: &Arc<Mutex<Device>>,
    addresses: &[SocketAddr],
    code: &str,
    progress: &Progress,
) -> Result<(), Stop> {
    let mut last = std::io::Error::from(ErrorKind::AddrNotAvailable);
    for address in addresses {
        progress.is_wanted()?;
        match TcpStream::connect_timeout(address, LONGEST_CALL) {
            Ok(mut stream) => {
                prepare(&stream)?;
                let asked = ask(&mut lock(device), progress.seat, code)?;
                send(&mut stream, &asked.greeting.encode_to_vec())?;
                // Whoever hears a wrong code says nothing and hangs up.
                let answered = match greeting(&mut stream) {
                    Err(Stop::Line(_)) => return Err(CarryError::Code.into()),
                    other => other?,
                };
                let mut session = Session::take(
                    &mut lock(device),
                    progress.seat,
                    (&asked, &answered),
                    (code, false),
                )?;
                return talk(device, &mut stream, &mut session, progress);
            }
            Err(error) => last = error,
        }
    }
    Err(last.into())
}
