//! One occasion of handing over, as the screens see it, and the questions that begin it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yidang_api::carry::{
    CarriedRow, CarryChoice, CarryGive, CarryOpen, CarryPack, CarryPacked, CarryPhase,
    CarryRefused, CarryTake, CarryView,
};
use yidang_api::case_file::ExportedFile;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::sync::LogKind;
use yidang_api::{Fault, FaultCode};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_paper::qr::qr;

use super::session::{MOST_DOCUMENTS, Outcome, Session};
use super::words::Stop;
use super::{file, net};
use crate::device::Device;
use crate::store::{CaseFilter, ReadCases, ReadDocuments, ReadHeld, StoreError};
use crate::sync::{about, matter};

/// The last occasion. Forgotten when the application ends or another desk is opened.
#[derive(Default)]
pub struct Occasion {
    view: CarryView,
    ended: Option<Arc<AtomicBool>>,
}

impl Drop for Occasion {
    fn drop(&mut self) {
        if let Some(ended) = &self.ended {
            ended.store(true, Ordering::Release);
        }
    }
}

/// Takes the device. A panic while it was held leaves the store as the last commit left it.
pub fn lock(device: &Arc<Mutex<Device>>) -> MutexGuard<'_, Device> {
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Longer lists are told at the end: making one costs a look at every document in it.
const SHORT_LIST: usize = 20;

/// What a thread tells the screens while it talks.
pub struct Progress {
    /// The desk it belongs to.
    pub seat: u64,
    ended: Arc<AtomicBool>,
}

impl Progress {
    /// Whether nobody ended it.
    pub fn is_wanted(&self) -> Result<(), Stop> {
        if self.ended.load(Ordering::Acquire) { Err(Stop::Ended) } else { Ok(()) }
    }

    /// Tells how far it has got: every word while it is a short list, and the whole at the end.
    pub fn note(&self, device: &mut Device, session: &Session, is_last: bool) {
        let outcome = session.outcome();
        let is_long = outcome.taken.len() + outcome.given.len() > SHORT_LIST;
        let is_over = device.seat != self.seat || self.is_wanted().is_err();
        if is_over || is_long && !is_last {
            return;
        }
        let view = view_of(device, session);
        // A view that cannot be made is made after the next word.
        if let Ok(view) = view {
            let before = std::mem::take(&mut device.carry.view);
            device.carry.view = CarryView {
                phase: CarryPhase::Running,
                text: before.text,
                addresses: before.addresses,
                code: before.code,
                modules: before.modules,
                path: before.path,
                began_at: before.began_at,
                ..view
            };
            device.touch();
        }
    }
}

fn name_of(session: &Session) -> String {
    let certificate = &session.partner().certificate;
    if certificate.post.is_empty() {
        return certificate.name.clone();
    }
    format!("{}（{}）", certificate.name, certificate.post)
}

/// What became of a session until now.
fn view_of(device: &mut Device, session: &Session) -> Result<CarryView, Fault> {
    let Outcome { taken, given, refused, .. } = session.outcome().clone();
    let desk = device.desk()?;
    let mut row = |id: DocumentId, changes: u32| -> Result<CarriedRow, Fault> {
        let stored = desk.store.stored(id)?;
        let kind = stored.map_or(DocumentKind::CaseFile, |stored| stored.kind);
        let (about, matter) = (about(desk, id, kind)?, matter(desk, id)?);
        Ok(CarriedRow { document: id, about, matter, changes })
    };
    let taken =
        taken.into_iter().map(|(id, changes)| row(id, changes)).collect::<Result<_, _>>()?;
    let given = given.into_iter().map(|id| row(id, 0)).collect::<Result<_, _>>()?;
    let refused = refused
        .into_iter()
        .map(|(id, why)| {
            let (document, matter, why) = (id, row(id, 0)?.matter, why.label().to_owned());
            Ok(CarryRefused { document, matter, why })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(CarryView { partner: name_of(session), taken, given, refused, ..CarryView::default() })
}

/// Begins an occasion; one that is under way ends.
fn begin(device: &mut Device, view: CarryView) -> Result<Progress, Fault> {
    device.desk()?;
    let ended = Arc::new(AtomicBool::new(false));
    let began_at = Some(device.senses.now());
    device.carry =
        Occasion { view: CarryView { began_at, ..view }, ended: Some(Arc::clone(&ended)) };
    device.touch();
    Ok(Progress { seat: device.seat, ended })
}

/// Says how an occasion ended, on the screen and in the log.
fn end(device: &mut Device, progress: &Progress, ended: &Result<(), Stop>) {
    // Another one was begun meanwhile, or another desk.
    if device.seat != progress.seat || progress.is_wanted().is_err() {
        return;
    }
    let view = &mut device.carry.view;
    (view.phase, view.why) = match ended {
        Ok(()) => (CarryPhase::Done, String::new()),
        Err(stop) => (CarryPhase::Failed, stop.label().to_owned()),
    };
    if let Err(Stop::Fault(fault)) = ended {
        device.exchange.noticed.fault(fault.code);
    }
    tell(device);
}

/// One line for the log, and the exchange is due: what came goes on to the county with the next signal.
fn tell(device: &mut Device) {
    let now = device.senses.now();
    let view = &device.carry.view;
    let who = if view.partner.is_empty() { "同事" } else { view.partner.as_str() };
    let line = match view.phase {
        CarryPhase::Done => {
            format!("当面传档：{who}，收下 {} 件，给出 {} 件", view.taken.len(), view.given.len())
        }
        _ => format!("当面传档没有完成：{}", view.why),
    };
    let kind = if view.phase == CarryPhase::Done { LogKind::Done } else { LogKind::Failed };
    device.exchange.due_at = Some(now);
    if let Ok(desk) = device.desk() {
        // A line that cannot be written takes nothing back.
        drop(desk.store.write(|write| -> Result<(), StoreError> {
            write.put_happened(now, kind, &line, None)
        }));
    }
    device.touch();
}

fn chosen(documents: &[DocumentId]) -> Result<(), Fault> {
    if documents.is_empty() {
        return Err(Fault::invalid("documents", "nothing was chosen"));
    }
    if documents.len() > MOST_DOCUMENTS {
        return Err(Fault::invalid("documents", "too many at once"));
    }
    Ok(())
}

/// Documents that can be handed over: first those in which something waits for the county, then the files in
/// which something happened last.
pub fn choices(device: &mut Device) -> Result<Vec<CarryChoice>, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let waiting = desk.store.on_their_way()?;
    let filter = CaseFilter::of(&ListCaseFiles::of(Queue::All), today);
    let recent = desk.store.cases(&filter, 0, MOST_RECENT)?.into_iter().map(|stored| stored.row.id);
    let recent: Vec<DocumentId> = recent.filter(|id| !waiting.contains(id)).collect();
    let all = waiting.iter().map(|id| (*id, true)).chain(recent.into_iter().map(|id| (id, false)));
    let mut choices = Vec::new();
    for (document, waits) in all.take(MOST_DOCUMENTS) {
        let Some(stored) = desk.store.stored(document)? else { continue };
        let (about, matter) = (about(desk, document, stored.kind)?, matter(desk, document)?);
        choices.push(CarryChoice { document, about, matter, waits });
    }
    Ok(choices)
}

/// How it stands.
pub fn state(device: &Device) -> CarryView {
    device.carry.view.clone()
}

/// Ends it.
pub fn stop(device: &mut Device) -> CarryView {
    if let Some(ended) = device.carry.ended.take() {
        ended.store(true, Ordering::Release);
    }
    let view = &mut device.carry.view;
    if matches!(view.phase, CarryPhase::Waiting | CarryPhase::Running) {
        view.phase = CarryPhase::Failed;
        Stop::Ended.label().clone_into(&mut view.why);
    }
    device.touch();
    state(device)
}

/// So many files in which something happened last can be chosen.
const MOST_RECENT: u32 = 100;

/// Eight digits.
fn code(device: &Device) -> String {
    let mut random = [0; 8];
    device.senses.random(&mut random);
    format!("{:08}", u64::from_be_bytes(random) % 100_000_000)
}

/// Stands before what is read or typed.
const TEXT: &str = "YDC1:";

/// Waits for a colleague and gives them what was chosen.
pub fn give(device: &Arc<Mutex<Device>>, question: CarryGive) -> Result<CarryView, Fault> {
    chosen(&question.documents)?;
    let (view, progress, listening) = {
        let mut device = lock(device);
        device.desk()?;
        // The listener of an occasion before is closed first.
        device.carry = Occasion::default();
        let listening = net::listen()?;
        let addresses: Vec<String> =
            listening.addresses.iter().map(SocketAddr::to_string).collect();
        let code = code(&device);
        let text = format!("{TEXT}{}:{code}", addresses.join(","));
        let picture = qr(&text)
            .map_err(|error| Fault::new(FaultCode::Internal, format!("a code: {error}")))?;
        let view = CarryView {
            phase: CarryPhase::Waiting,
            text,
            addresses,
            code,
            modules: picture.modules,
            path: picture.path,
            ..CarryView::default()
        };
        let progress = begin(&mut device, view)?;
        (state(&device), progress, listening)
    };
    let (device, code) = (Arc::clone(device), view.code.clone());
    std::thread::spawn(move || {
        let ended = net::give(&device, &listening, (&question.documents, &code), &progress);
        end(&mut lock(&device), &progress, &ended);
    });
    Ok(view)
}

/// Addresses and code out of what was read or typed.
fn read(text: &str) -> Option<(Vec<SocketAddr>, String)> {
    let text = text.trim();
    let text = text.strip_prefix(TEXT).unwrap_or(text);
    let cut = |c: char| c == ' ' || c == '　';
    let (addresses, code) = text.rsplit_once(cut).or_else(|| text.rsplit_once(':'))?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let addresses: Option<Vec<SocketAddr>> =
        addresses.split(',').map(|address| address.trim().parse().ok()).collect();
    Some((addresses?, code)).filter(|(_, code)| code.len() == 8)
}

/// Takes what a colleague gives.
pub fn take(device: &Arc<Mutex<Device>>, question: &CarryTake) -> Result<CarryView, Fault> {
    let (addresses, code) = read(&question.text)
        .ok_or_else(|| Fault::invalid("text", "no address with eight digits"))?;
    let progress = {
        let view = CarryView { phase: CarryPhase::Running, ..CarryView::default() };
        begin(&mut lock(device), view)?
    };
    let device = Arc::clone(device);
    let view = state(&lock(&device));
    std::thread::spawn(move || {
        let ended = net::take(&device, &addresses, &code, &progress);
        end(&mut lock(&device), &progress, &ended);
    });
    Ok(view)
}

/// The file with which this person asks colleagues.
pub fn ask(device: &mut Device) -> Result<ExportedFile, Fault> {
    let seat = device.seat;
    let bytes = file::asking(device, seat)?;
    let name = format!("要文件-{}.yidang", device.desk()?.certificate.name);
    Ok(ExportedFile { name, base64: STANDARD.encode(bytes) })
}

fn bytes_of(base64: &str) -> Result<Vec<u8>, Fault> {
    STANDARD.decode(base64).map_err(|error| Fault::invalid("file", error.to_string()))
}

/// How an occasion by file ended.
fn by_file(
    device: &mut Device,
    work: impl FnOnce(&mut Device, u64) -> Result<Session, Stop>,
) -> Result<CarryView, Fault> {
    let progress = begin(device, CarryView::default())?;
    match work(device, progress.seat) {
        Ok(session) => {
            progress.note(device, &session, true);
            end(device, &progress, &Ok(()));
            Ok(state(device))
        }
        Err(Stop::Fault(fault)) => Err(fault),
        Err(stop) => {
            end(device, &progress, &Err(stop));
            Ok(state(device))
        }
    }
}

/// A file for whoever asked; empty where they may not be given anything.
pub fn pack(device: &mut Device, question: &CarryPack) -> Result<CarryPacked, Fault> {
    chosen(&question.documents)?;
    let asking = bytes_of(&question.asking)?;
    let mut packed = Vec::new();
    let view = by_file(device, |device, seat| {
        let (bytes, session) = file::answering(device, seat, &asking, &question.documents)?;
        packed = bytes;
        Ok(session)
    })?;
    let day = device.today();
    let name = format!("当面传档-{day}.yidang");
    Ok(CarryPacked { name, base64: STANDARD.encode(packed), view })
}

/// Takes what a colleague made for this person.
pub fn open(device: &mut Device, question: &CarryOpen) -> Result<CarryView, Fault> {
    let bytes = bytes_of(&question.file)?;
    by_file(device, |device, seat| file::opening(device, seat, &bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_the_screen_is_read_however_it_is_typed() {
        let whole = read("YDC1:192.168.43.1:48620:04815162").unwrap();
        assert_eq!(whole.0, ["192.168.43.1:48620".parse().unwrap()]);
        assert_eq!(whole.1, "04815162");
        assert_eq!(read(" 192.168.43.1:48620 0481 5162 "), None, "digits in two groups");
        assert_eq!(read("192.168.43.1:48620　04815162"), Some(whole));
        let two = read("YDC1:192.168.43.1:48620,10.0.0.7:48620:04815162").unwrap();
        assert_eq!(two.0.len(), 2);
        for wrong in ["", "YDC1:", "192.168.43.1:48620", "YDC1:192.168.43.1:48620:0481516"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
