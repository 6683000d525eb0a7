//! One installation and the desk that is open on it.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::session::{Person, SessionView, StorageState};
use yidang_api::sync::SyncState;
use yidang_api::{Fault, FaultCode};
use yidang_documents::{Actor, Document, Projection, actor_id};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_domain::org::{OrgTree, Role};
use yidang_domain::reference::Reference;
use yidang_sync_protocol::retry::Rhythm;
use yidang_sync_protocol::{Certificate, SignedCertificate};

use crate::boundary::Boundary;
use crate::halves::rows_in_force;
use crate::seams::{Senses, Stores};
use crate::secrets::{Account, Secrets};
use crate::store::{Incarnation, ReadIncarnations, ReadState, Store, StoreError};

/// What an installation begins with.
pub struct DeviceSetup {
    /// What was kept apart from the databases, if anything.
    pub secrets: Option<Vec<u8>>,
    /// Opens databases.
    pub stores: Box<dyn Stores>,
    /// Time and dice.
    pub senses: Box<dyn Senses>,
    /// The server to use where a question names none: the page's own.
    pub origin: String,
    /// Version of the application.
    pub version: String,
}

/// The desk of one person, open.
pub(crate) struct OpenDesk {
    pub account: Account,
    pub certificate: Certificate,
    pub certificate_id: [u8; 16],
    pub actor: Actor,
    nonce: [u8; 16],
    pub store: Store,
    pub reference: Option<Reference>,
    pub tree: OrgTree,
    cache: BTreeMap<DocumentId, Held>,
    /// Documents that were found damaged since the desk was opened: the next exchange fetches them anew.
    pub damaged: BTreeSet<DocumentId>,
    /// Documents that came and do not fit onto what is here of them: what stands in the way makes way.
    pub split: BTreeSet<DocumentId>,
}

/// A document in memory with its rows, once somebody asked for them.
struct Held {
    document: Document,
    projection: Option<Projection>,
}

/// How the exchange with the server stands. Forgotten when the application ends.
#[derive(Default)]
pub(crate) struct Exchange {
    pub state: Option<SyncState>,
    pub progress: Option<(u32, u32)>,
    pub rhythm: Rhythm,
    pub page: crate::sync::PageSize,
    /// The newest own change when the exchange began, or when something was written again in it: what is
    /// written meanwhile goes with the next one, or an exchange with somebody who writes without a pause
    /// would never end.
    pub until: i64,
    /// Batches that the server has heard of in this exchange and has not judged: they come again with
    /// the next one, or what waits behind them would never be sent.
    pub asked: BTreeSet<Vec<u8>>,
    pub running: bool,
    pub due_at: Option<InstantMs>,
    pub reached_at: Option<InstantMs>,
    pub received: u32,
    pub sent: u32,
    /// Pages that have come.
    pub pages: u32,
    /// The county takes nothing that this device wrote until somebody lifts that.
    pub suspended: bool,
    /// What hinders this device, until the server has heard of it.
    pub noticed: crate::sync::Noticed,
}

/// One installation.
pub struct Device {
    pub(crate) secrets: Secrets,
    pub(crate) secrets_changed: bool,
    pub(crate) stores: Box<dyn Stores>,
    pub(crate) senses: Box<dyn Senses>,
    pub(crate) origin: String,
    pub(crate) version: String,
    pub(crate) storage: StorageState,
    pub(crate) open: Option<OpenDesk>,
    pub(crate) exchange: Exchange,
    /// Handing over without a network, while it lasts.
    pub(crate) carry: crate::carry::Occasion,
    pub(crate) seat: u64,
    revision: u64,
}

/// Documents kept in memory; more cost memory, fewer cost a load of a millisecond.
const MOST_CACHED: usize = 64;

impl Device {
    /// Opens the installation and the desk that was open last.
    ///
    /// # Errors
    ///
    /// `store_damaged` where the secrets cannot be read or do not fit the database; whatever
    /// [`Stores::open`] says.
    pub fn open(setup: DeviceSetup) -> Result<Self, Fault> {
        let secrets = match &setup.secrets {
            None => Secrets::default(),
            Some(bytes) => Secrets::read(bytes).ok_or_else(|| {
                Fault::new(FaultCode::StoreDamaged, "the secrets of this device are unreadable")
            })?,
        };
        let mut device = Self {
            secrets,
            secrets_changed: false,
            stores: setup.stores,
            senses: setup.senses,
            origin: setup.origin,
            version: setup.version,
            storage: StorageState::default(),
            open: None,
            exchange: Exchange::default(),
            carry: crate::carry::Occasion::default(),
            seat: 0,
            revision: 0,
        };
        if device.secrets.nonce.is_none() {
            let mut nonce = [0; 16];
            device.senses.random(&mut nonce);
            device.secrets.nonce = Some(nonce);
            device.secrets_changed = true;
        }
        device.open_current()?;
        Ok(device)
    }

    /// Counts everything that changed what screens show; a shell that sees it grow tells the pages.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Says that what screens show has changed.
    pub(crate) const fn touch(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    /// Says that a boundary is passed where no desk is open.
    pub(crate) fn passed(&self, boundary: Boundary) {
        if let Some(witness) = self.senses.witness() {
            witness(boundary);
        }
    }

    /// Says whether the browser promised to keep what is stored.
    pub const fn set_storage(&mut self, storage: StorageState) {
        self.storage = storage;
    }

    /// Today in China, by the clock of the device.
    pub(crate) fn today(&self) -> Date {
        self.senses.now().date()
    }

    /// Opens the desk of whoever is current, if anybody.
    pub(crate) fn open_current(&mut self) -> Result<(), Fault> {
        self.open = None;
        self.exchange = Exchange::default();
        self.carry = crate::carry::Occasion::default();
        self.seat = self.seat.wrapping_add(1);
        let nonce = self.secrets.nonce.unwrap_or_default();
        let now = self.senses.now();
        let Some(account) = self.secrets.current_mut() else { return Ok(()) };
        let connection = self.stores.open(&account.store_name(), &account.store_key)?;
        let mut store = Store::open(connection, self.senses.witness())?;
        let is_another = take_generation(account, &mut store, &nonce)?;
        store.passed(Boundary::StartCounted);
        let account = account.clone();
        self.secrets_changed = true;
        let mut desk = OpenDesk::new(account, store, &nonce, now)?;
        if is_another {
            let next = desk.draw(&*self.senses);
            desk.begin(next, now)?;
        }
        self.open = Some(desk);
        match crate::sync::settle_at_open(self) {
            // What is sound is there to be read and written, and what waits is told as waiting.
            Err(fault) if fault.code == FaultCode::StoreDamaged => {
                self.exchange.noticed.fault(fault.code);
            }
            done => done?,
        }
        self.touch();
        Ok(())
    }

    /// The desk that was open when `seat` was taken.
    ///
    /// # Errors
    ///
    /// `not_signed_in` where somebody else sits there by now, or nobody.
    pub(crate) fn desk_of(&mut self, seat: u64) -> Result<&mut OpenDesk, Fault> {
        if self.seat == seat {
            self.desk()
        } else {
            Err(Fault::new(FaultCode::NotSignedIn, "another desk was opened meanwhile"))
        }
    }

    /// An incarnation for whoever may have to begin one; none where nobody is signed in.
    pub(crate) fn spare(&self) -> Option<Incarnation> {
        self.open.as_ref().map(|desk| desk.draw(&*self.senses))
    }

    /// The desk that is open.
    pub(crate) fn desk(&mut self) -> Result<&mut OpenDesk, Fault> {
        self.open.as_mut().ok_or_else(|| Fault::new(FaultCode::NotSignedIn, "nobody is signed in"))
    }

    /// Who is signed in.
    pub(crate) fn session_view(&self) -> SessionView {
        SessionView {
            person: self.open.as_ref().map(|desk| desk.person(self.today())),
            known: self.secrets.accounts.iter().filter_map(known_person).collect(),
            demo: self.open.as_ref().is_some_and(|desk| desk.account.demo),
            server: self
                .open
                .as_ref()
                .map_or_else(|| self.origin.clone(), |desk| desk.account.server.clone()),
            storage: self.storage,
            version: self.version.clone(),
            carries: cfg!(not(target_arch = "wasm32")),
        }
    }
}

/// Compares the store with what was kept apart from it and takes the next generation. Whether they
/// disagree: the store was restored, copied or lost. A store that is ahead is none of these: the
/// application ended before the secrets were kept.
fn take_generation(
    account: &mut Account,
    store: &mut Store,
    nonce: &[u8; 16],
) -> Result<bool, StoreError> {
    let kept = store.state("generation")?.and_then(|bytes| bytes.try_into().ok());
    let kept_nonce = store.state("nonce")?;
    let is_new = kept.is_none() && kept_nonce.is_none();
    let kept = kept.map(u64::from_be_bytes).unwrap_or_default();
    let is_of_another = !is_new && kept_nonce.as_deref() != Some(nonce.as_slice());
    let differs = kept < account.generation || is_of_another;
    account.generation = account.generation.max(kept).wrapping_add(1);
    let generation = account.generation.to_be_bytes();
    store.write(|write| -> Result<(), StoreError> {
        write.put_state("generation", &generation)?;
        write.put_state("nonce", nonce)
    })?;
    Ok(differs)
}

fn known_person(account: &Account) -> Option<Person> {
    use prost::Message;
    let certificate = Certificate::decode(account.certificate.as_slice()).ok()?;
    Some(Person {
        user: UserId(account.user.clone()),
        name: certificate.name,
        role: Role::GridWorker,
        org: OrgCode::default(),
        org_path: vec![certificate.post],
        device: DeviceId(certificate.device),
    })
}

impl OpenDesk {
    fn new(
        account: Account,
        store: Store,
        nonce: &[u8; 16],
        now: InstantMs,
    ) -> Result<Self, Fault> {
        let signed = SignedCertificate {
            certificate: account.certificate.clone(),
            signature: account.certificate_signature.clone(),
        };
        let certificate = signed.open(&account.county_key).map_err(|error| {
            Fault::new(FaultCode::StoreDamaged, format!("own certificate: {error}"))
        })?;
        let mut desk = Self {
            certificate_id: signed.id(),
            actor: Actor::default(),
            nonce: *nonce,
            certificate,
            store,
            reference: None,
            tree: OrgTree::default(),
            cache: BTreeMap::new(),
            damaged: BTreeSet::new(),
            split: BTreeSet::new(),
            account,
        };
        desk.note_own_certificate(&signed)?;
        desk.actor = desk.last_incarnation(now)?.actor;
        desk.read_reference()?;
        Ok(desk)
    }

    fn note_own_certificate(&mut self, signed: &SignedCertificate) -> Result<(), StoreError> {
        let (id, certificate) = (self.certificate_id, self.certificate.clone());
        self.store.write(|write| {
            write.put_certificate(&id, &signed.certificate, &signed.signature)?;
            crate::people::note_actors(write, &id, &certificate)
        })
    }

    /// As whom this person wrote here last. A key that never wrote begins with the first incarnation:
    /// nobody else ever had it. Versions that counted incarnations kept the count with the secrets.
    fn last_incarnation(&mut self, now: InstantMs) -> Result<Incarnation, StoreError> {
        let certificate = self.certificate_id;
        if let Some(last) = self.store.incarnation(&certificate)? {
            return Ok(last);
        }
        let counted: Vec<Incarnation> =
            (0..=self.account.incarnation).map(|number| self.incarnation(number)).collect();
        self.store.write(|write| -> Result<(), StoreError> {
            counted.iter().try_for_each(|one| write.begin_incarnation(one, &certificate, now))
        })?;
        Ok(self.incarnation(self.account.incarnation))
    }

    /// The incarnation with that number.
    fn incarnation(&self, number: u32) -> Incarnation {
        let key = self.account.signing_seed().public_key();
        Incarnation { number, actor: actor_id(&key, &self.user(), &self.nonce, number) }
    }

    /// An incarnation that never was: drawn, because whatever is counted comes to the same numbers again
    /// after a restore.
    pub(crate) fn draw(&self, senses: &dyn Senses) -> Incarnation {
        let mut number = [0; 4];
        senses.random(&mut number);
        // The first few are those of versions that counted.
        let drawn = u32::from_be_bytes(number) | (1 << 31);
        self.incarnation(if cfg!(feature = "planted-same-actor") { 0 } else { drawn })
    }

    /// Writes as another incarnation from here on.
    pub(crate) fn begin(&mut self, next: Incarnation, now: InstantMs) -> Result<(), StoreError> {
        let certificate = self.certificate_id;
        self.store.write(|write| write.begin_incarnation(&next, &certificate, now))?;
        self.actor = next.actor;
        Ok(())
    }

    /// Reads the reference data that came last.
    pub(crate) fn read_reference(&mut self) -> Result<(), StoreError> {
        let reference: Option<Reference> = self
            .store
            .state("reference")?
            .map(|bytes| serde_json::from_slice(&bytes))
            .transpose()?;
        self.tree = reference.as_ref().map(Reference::tree).unwrap_or_default();
        self.reference = reference;
        Ok(())
    }

    /// The number of the incarnation in which the holder of the present certificate is `actor`; none
    /// where they never were.
    pub(crate) fn incarnation_of(&self, actor: &[u8]) -> Result<Option<u32>, StoreError> {
        self.store.number_of(&self.certificate_id, actor)
    }

    /// The person of this desk.
    pub(crate) fn user(&self) -> UserId {
        UserId(self.account.user.clone())
    }

    /// For which unit and in which role they act on `date`.
    pub(crate) fn assignment(&self, date: Date) -> Option<(OrgCode, Role)> {
        let reference = self.reference.as_ref()?;
        reference.assignments_on(date).next().map(|found| (found.org.clone(), found.role))
    }

    pub(crate) fn person(&self, today: Date) -> Person {
        let (org, role) = self.assignment(today).unwrap_or((OrgCode::default(), Role::GridWorker));
        let mut path: Vec<String> = self
            .tree
            .chain(&org)
            .iter()
            .filter_map(|code| self.tree.find(code))
            .map(|unit| unit.name.clone())
            .collect();
        path.reverse();
        if path.len() > 1 {
            path.remove(0);
        }
        Person {
            user: self.user(),
            name: self.certificate.name.clone(),
            role,
            org,
            org_path: path,
            device: DeviceId(self.certificate.device.clone()),
        }
    }

    /// The document, from memory or from the store.
    pub(crate) fn document(&mut self, id: DocumentId) -> Result<Document, Fault> {
        use crate::store::ReadDocuments;
        if let Some(held) = self.cache.get(&id) {
            return Ok(held.document.clone());
        }
        let loaded = self.store.load(id).map_err(|error| self.noted(id, error))?;
        let Some(document) = loaded else { return Err(self.absent(id)) };
        self.remember(document.clone(), None);
        Ok(document)
    }

    /// The same where one damaged document must not stop all others; none where it is damaged.
    pub(crate) fn sound_document(&mut self, id: DocumentId) -> Result<Option<Document>, Fault> {
        match self.document(id) {
            Ok(document) => Ok(Some(document)),
            Err(_) if self.damaged.contains(&id) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Remembers that a document is damaged, if that is why it does not load.
    fn noted(&mut self, id: DocumentId, error: StoreError) -> Fault {
        let fault = Fault::from(error);
        if fault.code == FaultCode::StoreDamaged {
            self.damaged.insert(id);
        }
        fault
    }

    /// Why a document is not here.
    pub(crate) fn absent(&self, id: DocumentId) -> Fault {
        use crate::store::ReadErased;
        if self.store.is_erased(id).unwrap_or(false) {
            let goes_on = self.store.goes_on_as(id).ok().flatten();
            Fault {
                field: goes_on.map(|id| id.to_string()),
                ..Fault::new(FaultCode::Erased, "the document was erased by order")
            }
        } else {
            Fault::new(FaultCode::NotFound, "no such document on this device")
        }
    }

    /// The rows of a document: from memory, kept ones of a long file, or made anew; none where the
    /// document is not here.
    pub(crate) fn projection(&mut self, id: DocumentId) -> Result<Option<Projection>, Fault> {
        use crate::store::ReadDocuments;
        if let Some(Held { projection: Some(projection), .. }) = self.cache.get(&id) {
            return Ok(Some(projection.clone()));
        }
        if let Some(kept) = self.store.projection(id)? {
            return Ok(Some(kept));
        }
        if self.store.stored(id)?.is_none() {
            return Ok(None);
        }
        let document = self.document(id)?;
        let projection = rows_in_force(&self.store, &document)?;
        self.remember(document, Some(projection.clone()));
        Ok(Some(projection))
    }

    /// Whether a document is in memory.
    pub(crate) fn remembers(&self, id: DocumentId) -> bool {
        self.cache.contains_key(&id)
    }

    /// Forgets what is in memory of a document.
    pub(crate) fn let_go(&mut self, id: DocumentId) {
        self.cache.remove(&id);
    }

    /// Keeps a document in memory, with its rows where they were made.
    pub(crate) fn remember(&mut self, document: Document, projection: Option<Projection>) {
        if self.cache.len() >= MOST_CACHED
            && !self.cache.contains_key(&document.id())
            && let Some(first) = self.cache.keys().next().copied()
        {
            self.cache.remove(&first);
        }
        self.cache.insert(document.id(), Held { document, projection });
    }
}
