//! What two devices say to each other, word by word. No sockets here: frames come in, frames go out, and a
//! session that was cut anywhere is begun anew. What was taken is known by the names of its batches.

use std::collections::{BTreeMap, VecDeque};

use prost::Message;
use yidang_api::Fault;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::carry::{
    CarryError, End, Holding, Myself, Offer, Part, Partner, Seal, SignedGreeting, Want, Word,
};
use yidang_sync_protocol::{SignedTicket, Ticket};

use super::known::{self, Known};
use super::offer;
use super::take::{self, Came, Proved};
use super::words::{Stop, Why};
use crate::device::Device;
use crate::store::{ReadDocuments, ReadState};
use crate::sync::request::{TICKET, own_certificate, sign_pending};

/// So many documents are handed over at once.
pub const MOST_DOCUMENTS: usize = 500;

/// How it goes on.
#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Whoever gives says what there is.
    Offers,
    /// And waits to hear what is taken.
    AwaitsWant,
    /// Whoever takes waits to hear what there is.
    AwaitsOffer,
    /// And says what is taken.
    Wants(Offer),
    /// Pieces come.
    Takes,
    /// Pieces go.
    Gives,
    /// Everything was said.
    Over,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Documents in which something was new here, with how much.
    pub taken: BTreeMap<DocumentId, u32>,
    /// Documents that were given, whether or not something in them was new there.
    pub given: Vec<DocumentId>,
    /// Documents of which something was not handed over.
    pub refused: BTreeMap<DocumentId, Why>,
    /// What was new on the other side; none before it said so, or in a file.
    pub theirs: Option<End>,
}

/// Two devices, seen from one of them.
pub struct Session {
    seat: u64,
    seal: Seal,
    partner: Partner,
    gives_first: bool,
    by_file: bool,
    phase: Phase,
    known: Known,
    chosen: Vec<DocumentId>,
    /// Documents that are to be given, with what the other holds of each.
    theirs: VecDeque<(DocumentId, Holding)>,
    parts: VecDeque<Part>,
    aside: Vec<Proved>,
    aside_of: Option<DocumentId>,
    outcome: Outcome,
}

/// The greeting of whoever takes, with the secret half of its key.
#[derive(Clone)]
pub struct Asked {
    /// What is said.
    pub greeting: SignedGreeting,
    /// The secret half.
    pub secret: [u8; 32],
}

fn own_ticket(device: &mut Device, seat: u64) -> Result<Option<SignedTicket>, Fault> {
    let kept = device.desk_of(seat)?.store.state(TICKET)?;
    Ok(kept.and_then(|bytes| SignedTicket::decode(bytes.as_slice()).ok()))
}

/// Does something with what this device shows of itself.
fn as_myself<T>(
    device: &mut Device,
    seat: u64,
    (secret, code): ([u8; 32], &str),
    work: impl FnOnce(&Myself<'_>) -> T,
) -> Result<T, Fault> {
    let ticket = own_ticket(device, seat)?;
    let desk = device.desk_of(seat)?;
    let (certificate, seed) = (own_certificate(desk), desk.account.signing_seed());
    Ok(work(&Myself {
        certificate: &certificate,
        ticket: ticket.as_ref(),
        seed: &seed,
        secret,
        county_key: &desk.account.county_key,
        code,
    }))
}

fn drawn(device: &Device) -> [u8; 32] {
    let mut secret = [0; 32];
    device.senses.random(&mut secret);
    secret
}

/// The first word of whoever takes.
pub fn ask(device: &mut Device, seat: u64, code: &str) -> Result<Asked, Fault> {
    let secret = drawn(device);
    let greeting = as_myself(device, seat, (secret, code), |myself| myself.ask())?;
    Ok(Asked { greeting, secret })
}

impl Session {
    /// Whoever gives, after they heard `asked`: their answer, and what follows it.
    pub fn give(
        device: &mut Device,
        seat: u64,
        asked: &SignedGreeting,
        (chosen, code, by_file): (&[DocumentId], &str, bool),
    ) -> Result<(SignedGreeting, Self), Stop> {
        let secret = drawn(device);
        let (answered, partner, seal) =
            as_myself(device, seat, (secret, code), |myself| myself.answer(asked))??;
        let mut session = Self::begin(device, seat, partner, seal)?;
        session.ticket(device)?;
        session.gives_first = true;
        session.by_file = by_file;
        session.phase = Phase::Offers;
        session.chosen = chosen.iter().take(MOST_DOCUMENTS).copied().collect();
        // What was written here goes along with its author's word.
        sign_pending(device.desk_of(seat)?, i64::MAX)?;
        Ok((answered, session))
    }

    /// Whoever takes, after they asked and heard the answer.
    pub fn take(
        device: &mut Device,
        seat: u64,
        (asked, answered): (&Asked, &SignedGreeting),
        (code, by_file): (&str, bool),
    ) -> Result<Self, Stop> {
        let (partner, seal) = as_myself(device, seat, (asked.secret, code), |myself| {
            myself.hear(&asked.greeting, answered)
        })??;
        let mut session = Self::begin(device, seat, partner, seal)?;
        session.by_file = by_file;
        sign_pending(device.desk_of(seat)?, i64::MAX)?;
        Ok(session)
    }

    fn begin(device: &mut Device, seat: u64, partner: Partner, seal: Seal) -> Result<Self, Stop> {
        let known = Known::read(&device.desk_of(seat)?.store)?;
        if !known.may_meet(&partner) {
            return Err(Stop::Revoked);
        }
        Ok(Self {
            seat,
            seal,
            partner,
            gives_first: false,
            by_file: false,
            phase: Phase::AwaitsOffer,
            known,
            chosen: Vec::new(),
            theirs: VecDeque::new(),
            parts: VecDeque::new(),
            aside: Vec::new(),
            aside_of: None,
            outcome: Outcome::default(),
        })
    }

    /// What the other one reads, if the county said so lately.
    fn ticket(&self, device: &Device) -> Result<&Ticket, Stop> {
        let now = device.senses.now();
        let ticket = self.partner.ticket.as_ref().filter(|ticket| ticket.serves_at(now.0));
        ticket.ok_or(Stop::NoTicket)
    }

    /// Who is on the other side.
    pub const fn partner(&self) -> &Partner {
        &self.partner
    }

    /// Whether everything was said.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// What became of it so far.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The next frame to send; none where it is the other one's turn, or everything was said.
    pub fn next(&mut self, device: &mut Device) -> Result<Option<Vec<u8>>, Stop> {
        let word = match &self.phase {
            Phase::Offers => {
                let word = self.offer(device)?;
                self.phase = if self.by_file { Phase::Gives } else { Phase::AwaitsWant };
                word
            }
            Phase::Wants(offer) => {
                let offer = offer.clone();
                let word = self.want(device, &offer)?;
                self.phase = Phase::Takes;
                word
            }
            Phase::Gives => self.piece(device)?,
            _ => return Ok(None),
        };
        Ok(Some(self.seal.say(word)?))
    }

    /// Takes a frame that came.
    pub fn hear(&mut self, device: &mut Device, frame: &[u8]) -> Result<(), Stop> {
        let word = self.seal.hear(frame)?;
        match (&self.phase, word) {
            (Phase::AwaitsOffer, Word::Offer(offer)) => {
                self.records(device, &offer.records)?;
                self.phase = if self.by_file { Phase::Takes } else { Phase::Wants(offer) };
            }
            (Phase::AwaitsWant, Word::Want(want)) => {
                self.records(device, &want.records)?;
                let chosen = std::mem::take(&mut self.chosen);
                self.theirs = named(&want.documents)
                    .filter(|(id, _)| chosen.contains(id))
                    .map(|(id, holding)| (id, holding.clone()))
                    .collect();
                self.phase = Phase::Gives;
            }
            (Phase::Takes, Word::Part(part)) => self.part(device, &part)?,
            (Phase::Takes, Word::End(end)) => {
                self.leave_aside();
                self.outcome.theirs = Some(end).filter(|_| !self.by_file);
                let is_last = self.gives_first || self.by_file;
                self.phase = if is_last { Phase::Over } else { Phase::Gives };
            }
            _ => return Err(CarryError::Malformed.into()),
        }
        Ok(())
    }

    /// Keeps what the other one heard the county say, which may be that neither should talk to the other.
    fn records(
        &mut self,
        device: &mut Device,
        records: &[yidang_sync_protocol::SignedRecord],
    ) -> Result<(), Stop> {
        let now = device.senses.now();
        let desk = device.desk_of(self.seat)?;
        known::hear(desk, records, now)?;
        self.known = Known::read(&desk.store)?;
        let is_own_over = self.known.is_revoked(&desk.certificate_id);
        if is_own_over || !self.known.may_meet(&self.partner) {
            return Err(Stop::Revoked);
        }
        Ok(())
    }

    fn offer(&mut self, device: &mut Device) -> Result<Word, Stop> {
        let (ticket, now) = (self.ticket(device)?.clone(), device.senses.now());
        let desk = device.desk_of(self.seat)?;
        let mut documents = Vec::new();
        for id in std::mem::take(&mut self.chosen) {
            match offer::may_give(desk, &self.known, (&ticket, now), id)? {
                Ok(()) => {
                    documents.push(offer::holding(desk, id)?);
                    self.chosen.push(id);
                }
                Err(why) => {
                    self.outcome.refused.insert(id, why);
                }
            }
        }
        if self.by_file {
            let empty = |id: &DocumentId| Holding {
                document: id.as_bytes().to_vec(),
                ..Holding::default()
            };
            self.theirs = self.chosen.iter().map(|id| (*id, empty(id))).collect();
        }
        Ok(Word::Offer(Offer { documents, records: self.known.told() }))
    }

    fn want(&mut self, device: &mut Device, offer: &Offer) -> Result<Word, Stop> {
        // Without a ticket that serves nothing goes back; what they give is taken all the same.
        let (ticket, now) = (self.ticket(device).ok().cloned(), device.senses.now());
        let desk = device.desk_of(self.seat)?;
        let mut documents = Vec::new();
        for (id, theirs) in named(&offer.documents).take(MOST_DOCUMENTS) {
            if let Err(why) = self.known.may_take(id) {
                self.outcome.refused.insert(id, why);
                continue;
            }
            documents.push(offer::holding(desk, id)?);
            let may_give_back = match &ticket {
                Some(ticket) if desk.store.stored(id)?.is_some() => {
                    offer::may_give(desk, &self.known, (ticket, now), id)?.is_ok()
                }
                _ => false,
            };
            if may_give_back {
                self.theirs.push_back((id, theirs.clone()));
            }
        }
        Ok(Word::Want(Want { documents, records: self.known.told() }))
    }

    /// The next piece, or that there is no more.
    fn piece(&mut self, device: &mut Device) -> Result<Word, Stop> {
        loop {
            if let Some(part) = self.parts.pop_front() {
                return Ok(Word::Part(Box::new(part)));
            }
            let Some((id, theirs)) = self.theirs.pop_front() else { break };
            let desk = device.desk_of(self.seat)?;
            self.parts = offer::parts(desk, id, &theirs)?.into();
            // What came back counts as given only where something was lacking there.
            if self.gives_first || !self.parts.is_empty() {
                self.outcome.given.push(id);
            }
        }
        let waits_for_more = self.gives_first && !self.by_file;
        self.phase = if waits_for_more { Phase::Takes } else { Phase::Over };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Word::End(End {
            documents: count(self.outcome.taken.len()),
            changes: self.outcome.taken.values().sum(),
        }))
    }

    fn part(&mut self, device: &mut Device, part: &Part) -> Result<(), Stop> {
        let id = part.document.as_slice().try_into().map_err(|_| CarryError::Malformed)?;
        let id = DocumentId::from_bytes(id);
        if self.aside_of != Some(id) {
            self.leave_aside();
            self.aside_of = Some(id);
        }
        let Came { changes, why } =
            take::take(device, self.seat, &self.known, part, &mut self.aside)?;
        if changes > 0 {
            *self.outcome.taken.entry(id).or_default() += changes;
            device.touch();
        }
        if let Some(why) = why {
            self.outcome.refused.insert(id, why);
        }
        Ok(())
    }

    /// What still waits when a document is over lacks something that did not come.
    fn leave_aside(&mut self) {
        if let Some(id) = self.aside_of.take().filter(|_| !self.aside.is_empty()) {
            self.outcome.refused.insert(id, Why::Gap);
        }
        self.aside.clear();
    }
}

fn named(holdings: &[Holding]) -> impl Iterator<Item = (DocumentId, &Holding)> {
    holdings.iter().filter_map(|holding| {
        let id = holding.document.as_slice().try_into().ok()?;
        Some((DocumentId::from_bytes(id), holding))
    })
}
