//! Handing over by file: whoever takes writes one to ask with, whoever gives makes one of it that nobody
//! else can open.

use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::carry::{CarryError, CarryFile, SignedGreeting};

use super::session::{Asked, Session, ask};
use super::words::Stop;
use crate::device::{Device, OpenDesk};
use crate::store::{ReadState, StoreError};

/// Under which the last greeting in a file is kept: when, the secret half of its key, and itself.
const ASKED: &str = "carry_asked";
/// The same greeting is written into every file of a week, so that several colleagues can answer it.
const ASKED_LASTS_MS: i64 = 7 * 86_400_000;
const TIME_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

fn kept(desk: &OpenDesk) -> Result<Option<(InstantMs, Asked)>, StoreError> {
    let read = |bytes: Vec<u8>| {
        let (at, rest) = bytes.split_at_checked(TIME_BYTES)?;
        let (secret, greeting) = rest.split_at_checked(SECRET_BYTES)?;
        let at = InstantMs(i64::from_be_bytes(at.try_into().ok()?));
        let greeting = SignedGreeting::decode(greeting).ok()?;
        Some((at, Asked { greeting, secret: secret.try_into().ok()? }))
    };
    Ok(desk.store.state(ASKED)?.and_then(read))
}

/// The file with which this device asks.
pub fn asking(device: &mut Device, seat: u64) -> Result<Vec<u8>, Stop> {
    let now = device.senses.now();
    let is_fresh = |at: InstantMs| (0..ASKED_LASTS_MS).contains(&now.0.saturating_sub(at.0));
    let before = kept(device.desk_of(seat)?)?.filter(|(at, _)| is_fresh(*at));
    let asked = match before {
        Some((_, asked)) => asked,
        None => {
            let asked = ask(device, seat, "")?;
            let bytes =
                [now.0.to_be_bytes().as_slice(), &asked.secret, &asked.greeting.encode_to_vec()]
                    .concat();
            let store = &mut device.desk_of(seat)?.store;
            store.write(|write| -> Result<(), StoreError> { write.put_state(ASKED, &bytes) })?;
            asked
        }
    };
    Ok(CarryFile { asked: Some(asked.greeting), ..CarryFile::default() }.to_bytes())
}

/// What is given to whoever wrote `asking`, as a file; and the session it came of.
pub fn answering(
    device: &mut Device,
    seat: u64,
    asking: &[u8],
    chosen: &[DocumentId],
) -> Result<(Vec<u8>, Session), Stop> {
    let asked = CarryFile::from_bytes(asking)?;
    let asked = asked.asked.filter(|_| asked.said.is_empty()).ok_or(CarryError::Malformed)?;
    let (answered, mut session) = Session::give(device, seat, &asked, (chosen, "", true))?;
    let mut said = Vec::new();
    while let Some(frame) = session.next(device)? {
        said.push(frame);
    }
    let file = CarryFile { asked: Some(asked), answered: Some(answered), said };
    Ok((file.to_bytes(), session))
}

/// Takes what a colleague made for this device.
pub fn opening(device: &mut Device, seat: u64, file: &[u8]) -> Result<Session, Stop> {
    let file = CarryFile::from_bytes(file)?;
    let (Some(asked), Some(answered)) = (file.asked, file.answered) else {
        return Err(CarryError::Malformed.into());
    };
    let own = kept(device.desk_of(seat)?)?.map(|(_, own)| own);
    let own = own.filter(|own| own.greeting == asked).ok_or(Stop::NotForMe)?;
    let mut session = Session::take(device, seat, (&own, &answered), ("", true))?;
    for frame in &file.said {
        session.hear(device, frame)?;
    }
    // A file that was cut gives what is in it, and says so.
    if session.is_over() { Ok(session) } else { Err(CarryError::Seal.into()) }
}
