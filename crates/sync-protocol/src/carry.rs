//! Handing files over without a network (当面传档): what two devices say to each other, phone to phone or in a
//! file, and how nobody else reads it.
//!
//! Both show their certificate, the ticket that the county gave their person, and a key for this one
//! occasion (X25519), signed together. Everything after that is sealed (ChaCha20-Poly1305) under keys that
//! follow from both occasional keys and both greetings. Whoever takes greets first, so that a file can be
//! made for them while they are away.
//!
//! Only the greetings travel in the clear: they name two people and their posts, which whoever stands near
//! enough to hear them sees anyway. The code that is spoken or typed never travels; it is part of what is
//! signed.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use prost::Message;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::batch::SignedBatch;
use crate::certificate::{Certificate, CertificateId, SignedCertificate};
use crate::frame;
use crate::placement::{Leaf, Sheet};
use crate::places::{AttestedSnapshot, TAKEN};
use crate::record::SignedRecord;
use crate::signing::{Purpose, SigningSeed, verify};
use crate::ticket::{SignedTicket, Ticket};

/// The version of what is said here.
pub const CARRY_VERSION: u32 = 1;
/// Nothing that is said is larger, neither sealed nor unpacked.
pub const MOST_SAID_BYTES: usize = 4 << 20;
/// No larger sheet of places is handed on; what stands on it is shown to the county once more.
pub const MOST_LEAVES: usize = 2_048;

/// What a device shows of itself.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Greeting {
    /// [`CARRY_VERSION`].
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// Its certificate.
    #[prost(message, optional, tag = "2")]
    pub certificate: Option<SignedCertificate>,
    /// What its person reads.
    #[prost(message, optional, tag = "3")]
    pub ticket: Option<SignedTicket>,
    /// The public half of its key for this occasion, 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub key: Vec<u8>,
}

/// A greeting as it travels.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedGreeting {
    /// The greeting's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub greeting: Vec<u8>,
    /// The signature by the key of the certificate.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

/// Something that is said under seal.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Said {
    /// What it is.
    #[prost(oneof = "Word", tags = "1, 2, 3, 4")]
    pub word: Option<Word>,
}

/// Everything that can be said. The numbers never change.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Word {
    /// What there is to take.
    #[prost(message, tag = "1")]
    Offer(Offer),
    /// What of it is taken.
    #[prost(message, tag = "2")]
    Want(Want),
    /// A piece of a document.
    #[prost(message, boxed, tag = "3")]
    Part(Box<Part>),
    /// There is no more.
    #[prost(message, tag = "4")]
    End(End),
}

/// What a device holds of a document.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Holding {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// Its heads, sorted, 32 bytes each, one after the other; empty where it holds nothing of it.
    #[prost(bytes = "vec", tag = "2")]
    pub heads: Vec<u8>,
    /// The batches it holds, 16 bytes each, one after the other.
    #[prost(bytes = "vec", tag = "3")]
    pub batches: Vec<u8>,
}

/// What there is to take.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Offer {
    /// The documents that were chosen and that the taker may read.
    #[prost(message, repeated, tag = "1")]
    pub documents: Vec<Holding>,
    /// What the county said itself and everybody keeps.
    #[prost(message, repeated, tag = "2")]
    pub records: Vec<SignedRecord>,
}

/// What of an offer is taken: with it, what is there already and may go the other way.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Want {
    /// The documents that are taken, each with what is there of it.
    #[prost(message, repeated, tag = "1")]
    pub documents: Vec<Holding>,
    /// What the county said itself and everybody keeps.
    #[prost(message, repeated, tag = "2")]
    pub records: Vec<SignedRecord>,
}

/// Places that the county signed together.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PlaceSheet {
    /// The epoch in which the county said so, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub epoch: Vec<u8>,
    /// The hashes of its leaves, 32 bytes each.
    #[prost(bytes = "vec", tag = "2")]
    pub leaves: Vec<u8>,
    /// The county's signature.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
}

/// Where a batch of a part was taken.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SheetPlace {
    /// The position of the batch in the part.
    #[prost(uint32, tag = "1")]
    pub batch: u32,
    /// The position of the sheet in the part.
    #[prost(uint32, tag = "2")]
    pub sheet: u32,
    /// The leaf on it.
    #[prost(uint32, tag = "3")]
    pub leaf: u32,
    /// The place in the log.
    #[prost(uint64, tag = "4")]
    pub seq: u64,
}

/// A piece of one document: batches after everything they were made on.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Part {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// Its kind, as in [`crate::BatchHeader::kind`].
    #[prost(uint32, tag = "2")]
    pub kind: u32,
    /// The unit it was born in.
    #[prost(string, tag = "3")]
    pub home: String,
    /// The document as the county saved it, where the batches alone do not make all of it.
    #[prost(message, optional, tag = "4")]
    pub save: Option<AttestedSnapshot>,
    /// Batches that the other does not hold.
    #[prost(message, repeated, tag = "5")]
    pub batches: Vec<SignedBatch>,
    /// Certificates of their authors.
    #[prost(message, repeated, tag = "6")]
    pub certificates: Vec<SignedCertificate>,
    /// Sheets on which they stand.
    #[prost(message, repeated, tag = "7")]
    pub sheets: Vec<PlaceSheet>,
    /// Which of them were taken by the county, and where.
    #[prost(message, repeated, tag = "8")]
    pub places: Vec<SheetPlace>,
}

/// There is no more. What became of what the other gave, for its screen.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct End {
    /// Documents in which something was new.
    #[prost(uint32, tag = "1")]
    pub documents: u32,
    /// Changes that were new.
    #[prost(uint32, tag = "2")]
    pub changes: u32,
}

/// Why two devices do not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarryError {
    /// Not readable, or not said in this order.
    #[error("malformed")]
    Malformed,
    /// Of a version that this one does not know.
    #[error("said in version {0}")]
    Version(u32),
    /// The certificate is not this county's, or the greeting not by its holder.
    #[error("not a device of this county")]
    Stranger,
    /// Another code was typed than is shown.
    #[error("another code")]
    Code,
    /// Altered, cut or said out of order.
    #[error("the seal does not fit")]
    Seal,
}

/// Whoever is on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// The name of their certificate.
    pub id: CertificateId,
    /// What it says.
    pub certificate: Certificate,
    /// What they read; none where the county gave them no ticket.
    pub ticket: Option<Ticket>,
}

/// What a device brings to an occasion.
pub struct Myself<'a> {
    /// Its certificate.
    pub certificate: &'a SignedCertificate,
    /// What its person reads.
    pub ticket: Option<&'a SignedTicket>,
    /// The key of the certificate.
    pub seed: &'a SigningSeed,
    /// Random bytes for this occasion alone: the secret half of the key.
    pub secret: [u8; 32],
    /// The county's key.
    pub county_key: &'a [u8],
    /// What was spoken or typed; empty for files.
    pub code: &'a str,
}

/// Who speaks: part of what is signed, so that a greeting cannot be sent back.
const TAKER: u8 = 1;
const GIVER: u8 = 2;

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
        hash.update(length);
        hash.update(part);
    }
    hash.finalize().into()
}

/// What is signed: who speaks, the code, the greeting that is answered, the own greeting. The code is told
/// apart from the rest, so that a wrong one can be told from a stranger.
fn signed(speaker: u8, code: &str, before: &[u8], greeting: &[u8]) -> Vec<u8> {
    digest(&[&[speaker], code.as_bytes(), before, greeting]).to_vec()
}

impl Myself<'_> {
    fn greet(&self, speaker: u8, before: &[u8]) -> SignedGreeting {
        let greeting = Greeting {
            version: CARRY_VERSION,
            certificate: Some(self.certificate.clone()),
            ticket: self.ticket.cloned(),
            key: PublicKey::from(&StaticSecret::from(self.secret)).to_bytes().to_vec(),
        }
        .encode_to_vec();
        let signed = signed(speaker, self.code, before, &greeting);
        let signature = self.seed.sign(Purpose::Carry, &signed).to_vec();
        SignedGreeting { greeting, signature }
    }

    /// The first word of whoever takes.
    #[must_use]
    pub fn ask(&self) -> SignedGreeting {
        self.greet(TAKER, &[])
    }

    /// The answer of whoever gives, with who asked and the seal for everything that follows.
    ///
    /// # Errors
    ///
    /// [`CarryError`]; nothing was said.
    pub fn answer(
        &self,
        asked: &SignedGreeting,
    ) -> Result<(SignedGreeting, Partner, Seal), CarryError> {
        let (partner, key) = self.meet(TAKER, &[], asked)?;
        let answered = self.greet(GIVER, &asked.greeting);
        let seal = self.seal(GIVER, &key, asked, &answered)?;
        Ok((answered, partner, seal))
    }

    /// What whoever takes makes of the answer to `asked`, which [`Myself::ask`] made of the same secret.
    ///
    /// # Errors
    ///
    /// [`CarryError`].
    pub fn hear(
        &self,
        asked: &SignedGreeting,
        answered: &SignedGreeting,
    ) -> Result<(Partner, Seal), CarryError> {
        let (partner, key) = self.meet(GIVER, &asked.greeting, answered)?;
        let seal = self.seal(TAKER, &key, asked, answered)?;
        Ok((partner, seal))
    }

    fn meet(
        &self,
        speaker: u8,
        before: &[u8],
        signed_greeting: &SignedGreeting,
    ) -> Result<(Partner, [u8; 32]), CarryError> {
        let bytes = signed_greeting.greeting.as_slice();
        let greeting = Greeting::decode(bytes).map_err(|_| CarryError::Malformed)?;
        if greeting.version != CARRY_VERSION {
            return Err(CarryError::Version(greeting.version));
        }
        let shown = greeting.certificate.as_ref().ok_or(CarryError::Malformed)?;
        let certificate = shown.open(self.county_key).map_err(|_| CarryError::Stranger)?;
        let said = signed(speaker, self.code, before, bytes);
        verify(&certificate.public_key, Purpose::Carry, &said, &signed_greeting.signature)
            .map_err(|_| CarryError::Code)?;
        let ticket = greeting.ticket.as_ref().and_then(|shown| shown.open(self.county_key).ok());
        let ticket = ticket.filter(|ticket| ticket.user == certificate.user);
        let key = greeting.key.as_slice().try_into().map_err(|_| CarryError::Malformed)?;
        Ok((Partner { id: shown.id(), certificate, ticket }, key))
    }

    fn seal(
        &self,
        speaker: u8,
        theirs: &[u8; 32],
        asked: &SignedGreeting,
        answered: &SignedGreeting,
    ) -> Result<Seal, CarryError> {
        let mine = StaticSecret::from(self.secret);
        let shared = mine.diffie_hellman(&PublicKey::from(*theirs));
        // A key that makes every secret the same one.
        if !shared.was_contributory() {
            return Err(CarryError::Stranger);
        }
        let key = |of: u8| {
            let label: &[u8] = b"yidang 1 carry key";
            digest(&[
                label,
                &[of],
                shared.as_bytes(),
                self.code.as_bytes(),
                &asked.greeting,
                &answered.greeting,
            ])
        };
        let other = if speaker == GIVER { TAKER } else { GIVER };
        Ok(Seal::new(key(speaker), key(other)))
    }
}

/// Seals what is said and opens what is heard, in order: a word that is left out, doubled or altered does
/// not open.
pub struct Seal {
    out: ChaCha20Poly1305,
    heard: ChaCha20Poly1305,
    sent: u64,
    received: u64,
}

fn nonce(count: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes.iter_mut().skip(4).zip(count.to_be_bytes()).for_each(|(to, from)| *to = from);
    Nonce::from(bytes)
}

impl Seal {
    fn new(out: [u8; 32], heard: [u8; 32]) -> Self {
        Self {
            out: ChaCha20Poly1305::new(&Key::from(out)),
            heard: ChaCha20Poly1305::new(&Key::from(heard)),
            sent: 0,
            received: 0,
        }
    }

    /// A word, packed and sealed.
    ///
    /// # Errors
    ///
    /// [`CarryError::Seal`] for what is too large.
    pub fn say(&mut self, word: Word) -> Result<Vec<u8>, CarryError> {
        let packed = frame::pack(&Said { word: Some(word) }.encode_to_vec());
        let payload = Payload { msg: &packed, aad: &[] };
        let sealed = self.out.encrypt(&nonce(self.sent), payload).map_err(|_| CarryError::Seal)?;
        self.sent = self.sent.wrapping_add(1);
        Ok(sealed)
    }

    /// The word in sealed bytes.
    ///
    /// # Errors
    ///
    /// [`CarryError`].
    pub fn hear(&mut self, sealed: &[u8]) -> Result<Word, CarryError> {
        let payload = Payload { msg: sealed, aad: &[] };
        let packed =
            self.heard.decrypt(&nonce(self.received), payload).map_err(|_| CarryError::Seal)?;
        self.received = self.received.wrapping_add(1);
        let said = frame::unpack(&packed, MOST_SAID_BYTES).map_err(|_| CarryError::Malformed)?;
        let said = Said::decode(said.as_slice()).map_err(|_| CarryError::Malformed)?;
        said.word.ok_or(CarryError::Malformed)
    }
}

impl Part {
    /// Where the county took each of its batches, as far as it says so: the position of the sheet, the leaf
    /// and the place in the log. Signatures are checked once a sheet.
    #[must_use]
    pub fn placed(&self, county_key: &[u8]) -> Vec<Option<(usize, u32, u64)>> {
        let signed = |kept: &PlaceSheet| {
            let epoch: [u8; 16] = kept.epoch.as_slice().try_into().ok()?;
            let sheet = Sheet::from_bytes(&kept.leaves)?;
            let is_said = !sheet.is_empty() && sheet.check(county_key, &kept.signature).is_ok();
            is_said.then_some((epoch, sheet))
        };
        let sheets: Vec<Option<([u8; 16], Sheet)>> = self.sheets.iter().map(signed).collect();
        let mut placed = vec![None; self.batches.len()];
        for place in &self.places {
            let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
            let (at, leaf) = (index(place.sheet), index(place.leaf));
            let Some(Some((epoch, sheet))) = sheets.get(at) else { continue };
            let batch = self.batches.get(index(place.batch));
            let says = batch.is_some_and(|batch| {
                let (epoch, seq) = (*epoch, place.seq);
                sheet.says(leaf, &Leaf::Batch { epoch, seq, batch: batch.id(), verdict: TAKEN })
            });
            if let (true, Some(slot)) = (says, placed.get_mut(index(place.batch))) {
                *slot = Some((at, place.leaf, place.seq));
            }
        }
        placed
    }
}

/// A file that is handed over: what somebody asks with, or what somebody else made for them of it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CarryFile {
    /// Whoever takes: their greeting.
    #[prost(message, optional, tag = "1")]
    pub asked: Option<SignedGreeting>,
    /// Whoever gives: their answer.
    #[prost(message, optional, tag = "2")]
    pub answered: Option<SignedGreeting>,
    /// Everything that is said under seal.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub said: Vec<Vec<u8>>,
}

/// The first bytes of such a file.
const MAGIC: &[u8] = b"yidang carry 1\n";

impl CarryFile {
    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [MAGIC, &self.encode_to_vec()].concat()
    }

    /// What a file says.
    ///
    /// # Errors
    ///
    /// [`CarryError::Malformed`] for bytes that are no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CarryError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CarryError::Malformed)?;
        Self::decode(rest).map_err(|_| CarryError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTY: SigningSeed = SigningSeed([1; 32]);
    const CODE: &str = "48151623";

    struct Person {
        seed: SigningSeed,
        certificate: SignedCertificate,
        ticket: SignedTicket,
    }

    fn person(user: &str, seed: u8) -> Person {
        let seed = SigningSeed([seed; 32]);
        let certificate = Certificate {
            county: "610621".into(),
            user: user.into(),
            public_key: seed.public_key().to_vec(),
            nonce: vec![3; 16],
            suite: 1,
            ..Certificate::default()
        };
        let (user, keys) = (user.to_owned(), vec!["g7".to_owned()]);
        let ticket = Ticket { user, keys, ..Ticket::default() };
        Person { seed, certificate: certificate.sign(&COUNTY), ticket: ticket.sign(&COUNTY) }
    }

    fn myself<'a>(person: &'a Person, secret: u8, code: &'a str, key: &'a [u8]) -> Myself<'a> {
        Myself {
            certificate: &person.certificate,
            ticket: Some(&person.ticket),
            seed: &person.seed,
            secret: [secret; 32],
            county_key: key,
            code,
        }
    }

    /// 王样一 gives, 赵测三 takes.
    fn met(code: &str) -> Result<(Partner, Partner, Seal, Seal), CarryError> {
        let key = COUNTY.public_key();
        let (wang, zhao) = (person("u-wang", 5), person("u-zhao", 6));
        let (giver, taker) = (myself(&wang, 7, CODE, &key), myself(&zhao, 8, code, &key));
        let asked = taker.ask();
        let (answered, who_asked, giving) = giver.answer(&asked)?;
        let (who_answered, taking) = taker.hear(&asked, &answered)?;
        Ok((who_asked, who_answered, giving, taking))
    }

    #[test]
    fn both_know_who_the_other_is_and_understand_each_other() {
        let (who_asked, who_answered, mut giving, mut taking) = met(CODE).unwrap();
        assert_eq!(who_asked.certificate.user, "u-zhao");
        assert_eq!(who_answered.certificate.user, "u-wang");
        assert!(who_asked.ticket.unwrap().reads(&["g7".into()], 0));
        for changes in 0..3 {
            let word = Word::End(End { documents: 1, changes });
            let sealed = giving.say(word.clone()).unwrap();
            assert_eq!(taking.hear(&sealed), Ok(word));
        }
        let back = taking.say(Word::End(End::default())).unwrap();
        assert_eq!(giving.hear(&back), Ok(Word::End(End::default())));
    }

    #[test]
    fn whoever_types_another_code_gets_nothing() {
        assert_eq!(met("48151624").err(), Some(CarryError::Code));
    }

    #[test]
    fn a_word_that_is_altered_doubled_or_sent_back_does_not_open() {
        let (.., mut giving, mut taking) = met(CODE).unwrap();
        let first = giving.say(Word::End(End::default())).unwrap();
        let mut altered = first.clone();
        altered[0] ^= 1;
        assert_eq!(taking.hear(&altered), Err(CarryError::Seal));
        assert_eq!(giving.hear(&first), Err(CarryError::Seal), "sent back to whoever said it");
        assert!(taking.hear(&first).is_ok());
        assert_eq!(taking.hear(&first), Err(CarryError::Seal), "heard twice");
        drop(giving.say(Word::End(End::default())).unwrap());
        let third = giving.say(Word::End(End::default())).unwrap();
        assert_eq!(taking.hear(&third), Err(CarryError::Seal), "one was left out");
    }

    #[test]
    fn a_device_of_another_county_and_a_greeting_that_was_sent_back_are_refused() {
        let key = COUNTY.public_key();
        let (wang, mut zhao) = (person("u-wang", 5), person("u-zhao", 6));
        let giver = myself(&wang, 7, CODE, &key);
        let own = giver.ask();
        assert_eq!(giver.hear(&own, &own).err(), Some(CarryError::Code));
        let other = SigningSeed([2; 32]);
        let certificate = zhao.certificate.open(&key).unwrap();
        zhao.certificate = certificate.sign(&other);
        let asked = myself(&zhao, 8, CODE, &key).ask();
        assert_eq!(giver.answer(&asked).err(), Some(CarryError::Stranger));
    }

    #[test]
    fn a_ticket_of_somebody_else_is_as_good_as_none() {
        let key = COUNTY.public_key();
        let (wang, mut zhao) = (person("u-wang", 5), person("u-zhao", 6));
        zhao.ticket = person("u-li", 9).ticket;
        let asked = myself(&zhao, 8, CODE, &key).ask();
        let (_, partner, _) = myself(&wang, 7, CODE, &key).answer(&asked).unwrap();
        assert_eq!(partner.ticket, None);
    }

    #[test]
    fn places_are_believed_where_the_county_signed_just_them() {
        let batch = SignedBatch { header: b"one".to_vec(), ..SignedBatch::default() };
        let leaf = |seq| Leaf::Batch { epoch: [8; 16], seq, batch: batch.id(), verdict: TAKEN };
        let sheet = Sheet::of(&[leaf(4), leaf(5)]);
        let kept = PlaceSheet {
            epoch: vec![8; 16],
            leaves: sheet.to_bytes(),
            signature: sheet.sign(&COUNTY),
        };
        let place = SheetPlace { batch: 0, sheet: 0, leaf: 1, seq: 5 };
        let part = Part {
            batches: vec![batch.clone()],
            sheets: vec![kept.clone()],
            places: vec![place.clone()],
            ..Part::default()
        };
        let key = COUNTY.public_key();
        assert_eq!(part.placed(&key), [Some((0, 1, 5))]);
        assert_eq!(part.placed(&SigningSeed([2; 32]).public_key()), [None]);
        let elsewhere = Part { places: vec![SheetPlace { seq: 6, ..place }], ..part.clone() };
        assert_eq!(elsewhere.placed(&key), [None]);
        let other = SignedBatch { header: b"two".to_vec(), ..batch };
        assert_eq!(Part { batches: vec![other], ..part }.placed(&key), [None]);
    }

    #[test]
    fn a_file_says_what_it_is() {
        let file = CarryFile { said: vec![b"sealed".to_vec()], ..CarryFile::default() };
        assert_eq!(CarryFile::from_bytes(&file.to_bytes()), Ok(file));
        assert_eq!(CarryFile::from_bytes(b"PK\x03\x04"), Err(CarryError::Malformed));
    }
}
