//! The questions that need a network, and the exchange itself.

use std::sync::{Arc, Mutex};

use prost::Message;
use yidang_api::carry::{CarryGive, CarryTake, CarryView};
use yidang_api::device::{ComplaintTaken, TakeComplaint};
use yidang_api::session::{DemoPeople, DemoPerson, DemoSignIn, Enrol, SessionView, SignOut};
use yidang_api::sync::{LogKind, SyncNow, SyncState, SyncView};
use yidang_api::{Fault, FaultCode, Link};
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::message::MOST_REPLY_BYTES;
use yidang_sync_protocol::retry::{FIRST_PAUSE_MS, Outcome};
use yidang_sync_protocol::{AskReply, AskRequest, HealReply, SyncReply, frame};

use super::absorb::{Taken, absorb};
use super::request::Outgoing;
use super::{heal, lock, request, sign_in};
use crate::boundary::Boundary;
use crate::carry;
use crate::device::Device;
use crate::seams::{HttpReply, Outside};
use crate::store::StoreError;

/// A device and its way out.
pub struct NetworkLink<'a, O: Outside> {
    /// The device.
    pub device: &'a Arc<Mutex<Device>>,
    /// The way out.
    pub outside: &'a O,
}

impl<O: Outside> Link for NetworkLink<'_, O> {
    async fn enrol(&self, question: Enrol) -> Result<SessionView, Fault> {
        sign_in::enrol(self.device, self.outside, question).await?;
        exchange(self.device, self.outside, FIRST_SIGHT_PAGES).await;
        Ok(lock(self.device).session_view())
    }

    async fn demo_people(&self, question: DemoPeople) -> Result<Vec<DemoPerson>, Fault> {
        sign_in::demo_people(self.device, self.outside, &question.server).await
    }

    async fn demo_sign_in(&self, question: DemoSignIn) -> Result<SessionView, Fault> {
        sign_in::demo_sign_in(self.device, self.outside, question).await?;
        exchange(self.device, self.outside, FIRST_SIGHT_PAGES).await;
        Ok(lock(self.device).session_view())
    }

    async fn sign_out(&self, question: SignOut) -> Result<SessionView, Fault> {
        sign_in::sign_out(self.device, self.outside, question).await?;
        Ok(lock(self.device).session_view())
    }

    async fn sync_now(&self, _: SyncNow) -> Result<SyncView, Fault> {
        if lock(self.device).open.is_none() {
            return Err(Fault::new(FaultCode::NotSignedIn, "nobody is signed in"));
        }
        exchange(self.device, self.outside, MOST_PAGES).await;
        super::view(&mut lock(self.device))
    }

    async fn carry_give(&self, question: CarryGive) -> Result<CarryView, Fault> {
        carry::give(self.device, question)
    }

    async fn carry_take(&self, question: CarryTake) -> Result<CarryView, Fault> {
        carry::take(self.device, &question)
    }
}

/// Puts an online question to the server and hands on its answer. Nothing of it is kept here.
///
/// # Errors
///
/// `needs_network` where the server cannot be reached; otherwise whatever the server says.
pub async fn ask_online<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    ask: Option<&str>,
    name: &str,
    json: &str,
) -> Result<String, Fault> {
    let mut attach = false;
    let mut id = [0; 16];
    lock(device).senses.random(&mut id);
    if let Some(ask) = ask {
        id = short_id(&lock(device).desk()?.certificate_id, ask);
    }
    loop {
        let (url, body) = {
            let mut device = lock(device);
            let desk = device.desk()?;
            let question =
                AskRequest { ask: id.to_vec(), name: name.to_owned(), json: json.to_owned() };
            let body = request::question(desk, &question, attach);
            (format!("{}/v1/ask", desk.account.server), body)
        };
        let reply = match send(outside, &url, body).await {
            Ok(reply) => reply,
            Err(stop) => return Err(fault_of(stop)),
        };
        match read::<AskReply>(&reply) {
            Ok(Answer::Reply(reply)) if reply.fault.is_empty() => return Ok(reply.json),
            Ok(Answer::Reply(reply)) => {
                return Err(serde_json::from_str(&reply.fault).unwrap_or_else(|_| {
                    Fault::new(FaultCode::Internal, "a fault that cannot be read")
                }));
            }
            Ok(Answer::UnknownCertificate) if !attach => attach = true,
            Ok(Answer::UnknownCertificate) => {
                return Err(fault_of(Stop::Refused("unknown_certificate".into())));
            }
            Err(stop) => return Err(fault_of(stop)),
        }
    }
}

/// Brings complaints to the county that it does not have yet. What fails is tried again next time.
pub async fn hand_in_complaints<O: Outside>(device: &Arc<Mutex<Device>>, outside: &O, seat: u64) {
    use crate::store::ReadDesk;
    let waiting: Vec<_> = {
        let mut device = lock(device);
        let Ok(desk) = device.desk_of(seat) else { return };
        let all = desk.store.complaints().unwrap_or_default();
        all.into_iter().filter(|pending| pending.row.number.is_none()).collect()
    };
    for pending in waiting {
        let question = TakeComplaint {
            about: pending.row.about,
            words: pending.row.words,
            contact: pending.contact,
            at: pending.row.at,
        };
        let Ok(json) = serde_json::to_string(&question) else { return };
        // The same name each time: a complaint whose answer was lost is kept once.
        let ask = format!("complaint/{}/{}", pending.position, question.at.0);
        let answer = ask_online(device, outside, Some(&ask), "take_complaint", &json).await;
        let Some(taken) = answer.ok().and_then(|json| serde_json::from_str(&json).ok()) else {
            return;
        };
        let ComplaintTaken { number } = taken;
        let mut device = lock(device);
        let Ok(desk) = device.desk_of(seat) else { return };
        let done = desk.store.write(|write| -> Result<(), StoreError> {
            write.complaint_taken(pending.position, number)
        });
        drop(done);
        device.touch();
    }
}

/// Sixteen bytes for the name of a question of this device.
fn short_id(certificate: &[u8; 16], ask: &str) -> [u8; 16] {
    *uuid::Uuid::new_v5(&uuid::Uuid::from_bytes(*certificate), ask.as_bytes()).as_bytes()
}

fn fault_of(stop: Stop) -> Fault {
    match stop {
        Stop::Unreachable => Fault::new(FaultCode::NeedsNetwork, "the server cannot be reached"),
        Stop::Busy(_) => Fault::new(FaultCode::ServerBusy, "the server is busy"),
        Stop::Refused(word) => Fault::new(FaultCode::Revoked, word),
        Stop::Failed(fault) => fault,
    }
}

/// Why an exchange ended early.
enum Stop {
    Unreachable,
    Busy(u64),
    /// The server refuses this device; only a person can help.
    Refused(String),
    /// This device could not take what came.
    Failed(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

/// Exchanges with the server until nothing is left, or `most` pages have come: the rest then is due
/// at once. Gives how it ended and the milliseconds until the next try.
pub async fn exchange<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    most: u32,
) -> (Outcome, Option<u64>) {
    let seat = {
        let mut device = lock(device);
        if device.exchange.running {
            return (Outcome::Done, Some(1_000));
        }
        begin(&mut device);
        device.seat
    };
    let ended = pages(device, outside, seat, most).await;
    let is_done = matches!(ended, Ok(Left::Nothing));
    let finished = finish(&mut lock(device), seat, ended);
    if is_done {
        hand_in_complaints(device, outside, seat).await;
    }
    finished
}

fn begin(device: &mut Device) {
    let until = newest(device);
    let exchange = &mut device.exchange;
    if exchange.state != Some(SyncState::Syncing) {
        exchange.received = 0;
        exchange.sent = 0;
        exchange.pages = 0;
    }
    exchange.running = true;
    exchange.state = Some(SyncState::Syncing);
    exchange.until = until;
    exchange.asked.clear();
    exchange.suspended = false;
    device.touch();
}

/// The newest own change; a store that cannot say it fails at the first request too.
fn newest(device: &mut Device) -> i64 {
    use crate::store::ReadOutbox;
    device.desk().ok().and_then(|desk| desk.store.newest().ok()).unwrap_or(i64::MAX)
}

/// No exchange takes more pages; the rest waits for the next one.
pub const MOST_PAGES: u32 = 10_000;

/// Pages that whoever signs in waits for. The first one brings the list of the county and the files
/// that are not closed; the rest comes while they read.
const FIRST_SIGHT_PAGES: u32 = 1;

/// What an exchange has left to do.
enum Left {
    Nothing,
    /// Pages, as many as were asked for have come.
    Pages,
}

async fn pages<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    seat: u64,
    most: u32,
) -> Result<Left, Stop> {
    let mut attach = false;
    let mut healed = 0;
    let mut came = 0;
    while came < most {
        let (url, body, outgoing, asked_at) = {
            let mut device = lock(device);
            let outgoing = request::request(&mut device, seat)?;
            let asked_at = device.senses.now();
            let desk = device.desk_of(seat)?;
            let body = request::body(desk, outgoing.message.encode_to_vec(), attach);
            (format!("{}/v1/sync", desk.account.server), body, outgoing, asked_at)
        };
        let reply = send(outside, &url, body).await.inspect_err(|_| {
            lock(device).exchange.page.lost();
        })?;
        let bytes = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
        let reply: SyncReply = match read(&reply)? {
            Answer::Reply(reply) => reply,
            Answer::UnknownCertificate if !attach => {
                attach = true;
                continue;
            }
            Answer::UnknownCertificate => return Err(Stop::Refused("unknown_certificate".into())),
        };
        attach = false;
        let contradicts = {
            let mut device = lock(device);
            heal::contradicts(device.desk_of(seat)?, &reply).map_err(Fault::from)?
        };
        if reply.heal || contradicts {
            healed += 1;
            if healed > 3 {
                return Err(Stop::Failed(Fault::new(FaultCode::Internal, "healing does not end")));
            }
            heal_once(device, outside, seat).await?;
            continue;
        }
        note_clock(&mut lock(device), &reply);
        lock(device).passed(Boundary::ReplyCame);
        let pushed = brought_further(&outgoing, &reply);
        let taken = absorb(device, outside, &outgoing, &reply, bytes).await?;
        let mut device = lock(device);
        device.desk_of(seat)?;
        count(&mut device, taken);
        came += 1;
        if taken.more {
            let took_ms = device.senses.now().0.saturating_sub(asked_at.0);
            device.exchange.page.arrived(took_ms);
        }
        let names = has_new_names_to_ask(&mut device, &outgoing.message.want_certificates)?;
        let again = taken.more || taken.again || names || (pushed && has_more(&mut device)?);
        if !again {
            return Ok(Left::Nothing);
        }
    }
    Ok(Left::Pages)
}

/// Whether the request gave something, or got what it asked for by name: the next one may go on with more.
fn brought_further(outgoing: &Outgoing, reply: &SyncReply) -> bool {
    let got = !reply.documents.is_empty() || !reply.released.is_empty();
    let named = !outgoing.message.want_documents.is_empty() && got;
    let gave =
        !outgoing.batches.is_empty() || !outgoing.saves.is_empty() || !outgoing.records.is_empty();
    named || gave
}

/// How far the clocks of this device and of the server are apart.
fn note_clock(device: &mut Device, reply: &SyncReply) {
    let now = device.senses.now();
    device.exchange.noticed.clock(InstantMs(reply.server_time_ms), now);
}

/// Whether there is something to tell with the next request.
fn note_trouble(device: &mut Device, ended: &Result<Left, Stop>) {
    match ended {
        Ok(Left::Nothing) => device.exchange.noticed.done(),
        Err(Stop::Failed(fault)) => device.exchange.noticed.failed(fault.code),
        Ok(Left::Pages) | Err(_) => {}
    }
}

/// Whether the page brought authors nobody has asked about yet: words without names are no use.
fn has_new_names_to_ask(device: &mut Device, asked: &[Vec<u8>]) -> Result<bool, Fault> {
    use crate::store::ReadState;
    let wanted = device.desk()?.store.wanted_certificates(100)?;
    Ok(wanted.iter().any(|id| !asked.contains(id)))
}

/// Whether there is still something to send.
fn has_more(device: &mut Device) -> Result<bool, Fault> {
    use crate::store::ReadOutbox;
    let (until, asked) = (device.exchange.until, device.exchange.asked.clone());
    let store = &device.desk()?.store;
    let unsigned = !store.unsigned(until, 1)?.is_empty();
    Ok(unsigned || !request::to_send(store, &asked, 1)?.is_empty() || request::heals(store)?)
}

fn count(device: &mut Device, taken: Taken) {
    let now = device.senses.now();
    let exchange = &mut device.exchange;
    exchange.received += taken.received;
    exchange.sent += taken.sent;
    exchange.reached_at = Some(now);
    exchange.pages += 1;
    exchange.progress = Some((exchange.pages, exchange.pages + u32::from(taken.more)));
}

async fn heal_once<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    seat: u64,
) -> Result<(), Stop> {
    let parts = heal::requests(lock(device).desk_of(seat)?)?;
    let mut replies = Vec::with_capacity(parts.len());
    for part in parts {
        let (url, body) = {
            let mut device = lock(device);
            let desk = device.desk_of(seat)?;
            let body = request::body(desk, part.encode_to_vec(), true);
            (format!("{}/v1/heal", desk.account.server), body)
        };
        let reply = send(outside, &url, body).await?;
        let Answer::Reply(reply) = read::<HealReply>(&reply)? else {
            return Err(Stop::Refused("unknown_certificate".into()));
        };
        replies.push(reply);
    }
    let mut device = lock(device);
    // It went back in time: what it had heard of it may have forgotten.
    device.exchange.asked.clear();
    let now = device.senses.now();
    heal::absorb(device.desk_of(seat)?, &replies, now)?;
    Ok(())
}

async fn send<O: Outside>(outside: &O, url: &str, body: Vec<u8>) -> Result<HttpReply, Stop> {
    outside.post(url, body).await.map_err(|_| Stop::Unreachable)
}

enum Answer<T> {
    Reply(T),
    UnknownCertificate,
}

fn read<T: Message + Default>(reply: &HttpReply) -> Result<Answer<T>, Stop> {
    let word = String::from_utf8_lossy(&reply.body).trim().to_owned();
    match reply.status {
        200 => {
            // An answer that was cut is as good as none: the request can be repeated.
            let body =
                frame::unpack(&reply.body, MOST_REPLY_BYTES).map_err(|_| Stop::Unreachable)?;
            T::decode(body.as_slice()).map(Answer::Reply).map_err(|_| Stop::Unreachable)
        }
        401 => Ok(Answer::UnknownCertificate),
        403 => Err(Stop::Refused(word)),
        429 | 503 => {
            Err(Stop::Busy(u64::from(reply.retry_after_s.unwrap_or(5)).saturating_mul(1_000)))
        }
        500..=599 => Err(Stop::Unreachable),
        status => Err(Stop::Failed(Fault::new(
            FaultCode::Internal,
            format!("the server answered {status}: {word}"),
        ))),
    }
}

/// What the log says of an exchange in which the county took nothing of what this device wrote.
const SUSPENDED: &str = "县里暂停收这台设备写的，请联系县中心；写的都还在这台设备上";

/// The line of the log for an exchange that came to its end.
fn line_of_the_end(exchange: &crate::device::Exchange) -> (LogKind, String) {
    if exchange.suspended {
        return (LogKind::Failed, SUSPENDED.to_owned());
    }
    let line = format!("已同步：发出 {} 条，收到 {} 条", exchange.sent, exchange.received);
    (LogKind::Done, line)
}

/// Writes down how it ended and when to try again.
fn finish(device: &mut Device, seat: u64, ended: Result<Left, Stop>) -> (Outcome, Option<u64>) {
    if device.seat != seat {
        // Another desk is open, whose exchange has not begun.
        return (Outcome::Done, Some(FIRST_PAUSE_MS));
    }
    let now = device.senses.now();
    let mut random = [0; 8];
    device.senses.random(&mut random);
    note_trouble(device, &ended);
    let (outcome, state, line) = match ended {
        Ok(Left::Pages) => {
            // It goes on at once; how it ended is told when it has.
            device.exchange.running = false;
            device.exchange.due_at = Some(now);
            device.touch();
            return (Outcome::Done, Some(0));
        }
        Ok(Left::Nothing) => (Outcome::Done, SyncState::Done, line_of_the_end(&device.exchange)),
        Err(Stop::Unreachable) => (
            Outcome::Unreachable,
            SyncState::Offline,
            (LogKind::Offline, "没有网络，稍后自动再试".to_owned()),
        ),
        Err(Stop::Busy(wait)) => (
            Outcome::Busy(wait),
            SyncState::Busy,
            (LogKind::Offline, "服务器忙，稍后自动重试".to_owned()),
        ),
        Err(Stop::Refused(word)) => {
            let line = match word.as_str() {
                "revoked" => "这台设备已停用，请联系乡镇或县中心".to_owned(),
                _ => "服务器不认识这台设备，请联系县中心".to_owned(),
            };
            (Outcome::Stopped, SyncState::Stopped, (LogKind::Failed, line))
        }
        Err(Stop::Failed(fault)) => (
            Outcome::Unreachable,
            SyncState::Offline,
            (LogKind::Failed, format!("同步没有完成（{:?}），稍后自动重试", fault.code)),
        ),
    };
    let mut pause = device.exchange.rhythm.after(outcome, u64::from_be_bytes(random));
    if outcome == Outcome::Done && has_more_to_do(device) {
        pause = Some(FIRST_PAUSE_MS);
    }
    device.exchange.running = false;
    device.exchange.progress = None;
    device.exchange.state = Some(state);
    device.exchange.due_at = pause
        .map(|ms| InstantMs(now.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX))))
        .or(Some(InstantMs(i64::MAX)));
    note(device, now, line.0, &line.1);
    device.touch();
    (outcome, pause)
}

/// Whether something was written meanwhile, or proofs are still to be fetched, which happens one
/// request at a time.
fn has_more_to_do(device: &mut Device) -> bool {
    use crate::store::{ReadDocuments, ReadOutbox};
    let Ok(desk) = device.desk() else { return false };
    let unsigned = desk.store.unsigned(i64::MAX, 1).is_ok_and(|pending| !pending.is_empty());
    unsigned || desk.store.count_to_prove().is_ok_and(|count| count > 0)
}

/// Adds a line to the log unless the last one says the same.
fn note(device: &mut Device, now: InstantMs, kind: LogKind, text: &str) {
    use crate::store::ReadState;
    // Where nothing came and nothing went, the line before says as much; when it was, the page says.
    let is_quiet = device.exchange.sent == 0 && device.exchange.received == 0;
    let Ok(desk) = device.desk() else { return };
    let repeats =
        desk.store.happened(1).ok().and_then(|rows| rows.into_iter().next()).is_some_and(|row| {
            let is_known = kind == LogKind::Done && is_quiet;
            let is_lasting = kind == LogKind::Offline || text == SUSPENDED;
            row.kind == kind && (is_known || row.text == text && is_lasting)
        });
    let reached = matches!(kind, LogKind::Done) || text == SUSPENDED;
    let written = desk.store.write(|write| -> Result<(), StoreError> {
        if reached {
            write.put_state("reached_at", &now.0.to_be_bytes())?;
        }
        if repeats { Ok(()) } else { write.put_happened(now, kind, text, None) }
    });
    // A log line that cannot be written (disk full) must not fail the exchange it tells of.
    drop(written);
}
