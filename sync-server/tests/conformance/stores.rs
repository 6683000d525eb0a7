//! The stores that every story is told on, and the ground it is told on.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yidang_sync_protocol::{Chain, SigningSeed};
use yidang_sync_server::Witness;
use yidang_sync_server::store::{CountyRow, Db, Result, Store, StoreError};

/// The county of every story.
pub const YANCHANG: &str = "610621";
/// Another one, where a story is about two.
pub const YANCHUAN: &str = "610622";
/// The epoch they begin with.
pub const EPOCH: [u8; 16] = [0xe0; 16];
/// The certificate that their servers write under.
pub const SERVER: [u8; 16] = [0xce; 16];

/// Something that can keep a county.
pub trait Backend {
    /// Its name, for whoever reads of a failure.
    fn name(&self) -> &'static str;

    /// Opens what is kept at `place`, a path that nothing else uses; makes it where there is nothing. Two
    /// of one place are two processes at one store.
    fn open(&self, place: &Path, witness: Witness) -> Result<Store>;

    /// Opens what [`Store::backup`] wrote.
    fn open_copy(&self, copy: &Path) -> Result<Store>;

    /// Every byte that is kept of `place` outside of this process.
    fn bytes(&self, place: &Path) -> Vec<u8>;
}

/// All of them.
const STORES: [&dyn Backend; 1] = [&Sqlite];

/// One file of SQLite beside its log of writes.
struct Sqlite;

impl Backend for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn open(&self, place: &Path, witness: Witness) -> Result<Store> {
        Store::open_before(&place.join("county.sqlite"), witness)
    }

    fn open_copy(&self, copy: &Path) -> Result<Store> {
        Store::open(copy)
    }

    fn bytes(&self, place: &Path) -> Vec<u8> {
        let files = std::fs::read_dir(place).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// Tells a story on every store there is.
pub fn every_store(story: impl Fn(&Ground<'_>)) {
    for backend in STORES {
        eprintln!("the store is {}", backend.name());
        story(&Ground { backend, folder: tempfile::tempdir().unwrap() });
    }
}

/// Tells a story of one county, on every store.
pub fn every_county(story: impl Fn(&County<'_>)) {
    every_store(|ground| {
        let store = ground.open();
        story(&found(&store, YANCHANG));
    });
}

/// Where one store is.
pub struct Ground<'a> {
    backend: &'a dyn Backend,
    folder: TempDir,
}

impl Ground<'_> {
    fn place(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Opens the store, as one process more.
    pub fn open(&self) -> Store {
        self.open_before(Witness::default())
    }

    /// The same, before somebody who listens.
    pub fn open_before(&self, witness: Witness) -> Store {
        self.backend.open(&self.place(), witness).unwrap()
    }

    /// A place for a copy.
    pub fn copy(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Opens a copy.
    pub fn open_copy(&self, copy: &Path) -> Store {
        self.backend.open_copy(copy).unwrap()
    }

    /// Whether these words are kept anywhere, as anybody could read them who takes the disk.
    pub fn holds(&self, words: &str) -> bool {
        let bytes = self.backend.bytes(&self.place());
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    }
}

/// A county in a store.
pub struct County<'a> {
    pub store: &'a Store,
    pub code: &'static str,
}

impl County<'_> {
    /// What one writing transaction gives; it is committed.
    pub fn write<T>(&self, work: impl FnOnce(&Db<'_>) -> Result<T>) -> T {
        self.store.write(self.code, work).unwrap()
    }

    /// What one reading transaction gives.
    pub fn read<T>(&self, work: impl FnOnce(&Db<'_>) -> Result<T>) -> T {
        self.store.read(self.code, work).unwrap()
    }

    /// Why a writing transaction was not committed.
    pub fn refuses<T>(&self, work: impl FnOnce(&Db<'_>) -> Result<T>) -> StoreError {
        match self.store.write(self.code, work) {
            Ok(_) => panic!("it was taken"),
            Err(error) => error,
        }
    }
}

/// A county that is there already.
pub const fn county<'a>(store: &'a Store, code: &'static str) -> County<'a> {
    County { store, code }
}

/// Makes a county.
pub fn found<'a>(store: &'a Store, code: &'static str) -> County<'a> {
    let row = CountyRow {
        first_epoch: EPOCH,
        epoch: EPOCH,
        seq: 0,
        chain: Chain::begin(code, &EPOCH),
        seed: SigningSeed([1; 32]),
        server_seed: SigningSeed([2; 32]),
        server_certificate: SERVER,
        incarnation: 3,
        healing: false,
        demo: false,
        register_version: 0,
    };
    let county = county(store, code);
    county.write(|db| db.make_county(&row, 1));
    county
}
