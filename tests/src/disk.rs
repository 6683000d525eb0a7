//! A disk under SQLite that remembers every write and every flush, so that afterwards the power can
//! be cut between any two of them; and one that can be full.
//!
//! It stands on the file system that SQLite brings along and becomes the default one, so the code
//! under test opens its stores exactly as it always does. Files outside of watched folders pass
//! through untouched.
#![expect(unsafe_code, reason = "a file system of SQLite is a table of C functions")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi;

/// What happened to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// These bytes were written at this place.
    Written(usize, Vec<u8>),
    /// It was cut to this length, or filled up to it.
    Cut(usize),
    /// All that was written before is on the disk.
    Flushed,
    /// It was deleted; whether the folder was flushed with it.
    Removed(bool),
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The file, by its path below the watched folder.
    pub file: Arc<str>,
    /// What happened to it.
    pub what: What,
}

#[derive(Default)]
struct Record {
    events: Vec<Event>,
    /// So many writes fit until the disk is full; none where it never is.
    room: Option<u64>,
    refused: u64,
}

struct Watch {
    folder: PathBuf,
    record: Mutex<Record>,
}

/// Everything SQLite does below one folder.
#[derive(Clone)]
pub struct Disk(Arc<Watch>);

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watches() -> &'static Mutex<Vec<Arc<Watch>>> {
    static WATCHES: OnceLock<Mutex<Vec<Arc<Watch>>>> = OnceLock::new();
    WATCHES.get_or_init(Mutex::default)
}

/// Files without a name that SQLite opened for what does not fit into memory.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

impl Disk {
    /// Watches a folder from now on. Flushing it costs nothing: it is only written down.
    ///
    /// # Errors
    ///
    /// Where there is no such folder.
    pub fn under(folder: &Path) -> std::io::Result<Self> {
        register();
        let watch = Arc::new(Watch { folder: folder.canonicalize()?, record: Mutex::default() });
        unpoisoned(watches()).push(Arc::clone(&watch));
        Ok(Self(watch))
    }

    /// Watches no longer what is opened from here on.
    pub fn unwatch(&self) {
        unpoisoned(watches()).retain(|watch| !Arc::ptr_eq(watch, &self.0));
    }

    /// How many events there were.
    pub fn now(&self) -> usize {
        unpoisoned(&self.0.record).events.len()
    }

    /// All that happened.
    pub fn events(&self) -> Vec<Event> {
        unpoisoned(&self.0.record).events.clone()
    }

    /// After so many more writes the disk is full; with none it is as large as anybody wants.
    pub fn set_room(&self, writes: Option<u64>) {
        unpoisoned(&self.0.record).room = writes;
    }

    /// How many writes found the disk full.
    pub fn refused(&self) -> u64 {
        unpoisoned(&self.0.record).refused
    }

    /// How many nameless files SQLite opened anywhere: what was typed would lie in them unencrypted.
    pub fn temporary_files() -> u64 {
        TEMPORARY.load(Ordering::Relaxed)
    }
}

/// A file of a watched folder that is open.
struct Tracked {
    watch: Arc<Watch>,
    name: Arc<str>,
}

impl Tracked {
    fn of(path: &str) -> Option<Self> {
        let path = Path::new(path);
        let watches = unpoisoned(watches());
        let watch = watches.iter().find(|watch| path.starts_with(&watch.folder))?;
        let name = path.strip_prefix(&watch.folder).ok()?.to_string_lossy().into();
        Some(Self { watch: Arc::clone(watch), name })
    }

    fn note(&self, what: What) {
        let event = Event { file: Arc::clone(&self.name), what };
        unpoisoned(&self.watch.record).events.push(event);
    }

    /// Whether one more write fits.
    fn has_room(&self) -> bool {
        let mut record = unpoisoned(&self.watch.record);
        match record.room {
            None => true,
            Some(0) => {
                record.refused += 1;
                false
            }
            Some(left) => {
                record.room = Some(left - 1);
                true
            }
        }
    }
}

/// An open file as SQLite sees it; the file of the file system below lies right behind it.
#[repr(C)]
struct Shim {
    base: ffi::sqlite3_file,
    tracked: *mut Tracked,
}

/// The file system below.
struct Below(*mut ffi::sqlite3_vfs);
// SAFETY: SQLite's own file systems are made to be called from any thread.
unsafe impl Send for Below {}
// SAFETY: as above.
unsafe impl Sync for Below {}

fn below() -> *mut ffi::sqlite3_vfs {
    static BELOW: OnceLock<Below> = OnceLock::new();
    // SAFETY: looks up the default file system; the first caller comes before ours is registered.
    BELOW.get_or_init(|| Below(unsafe { ffi::sqlite3_vfs_find(ptr::null()) })).0
}

const SHIM_BYTES: usize = size_of::<Shim>();

/// Makes this the file system of every connection that is opened from now on, once.
fn register() {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let below = below();
        assert!(!below.is_null(), "SQLite has no file system");
        // SAFETY: `below` is the table of SQLite's own file system, which lives for ever, and so
        // does the copy. The functions that are not replaced read nothing but the copied fields.
        unsafe {
            let mut ours = *below;
            ours.iVersion = ours.iVersion.min(2);
            ours.szOsFile += c_int::try_from(SHIM_BYTES).unwrap_or(c_int::MAX);
            ours.zName = c"yidang-power".as_ptr();
            ours.pNext = ptr::null_mut();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            let code = ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1);
            assert_eq!(code, ffi::SQLITE_OK, "the file system is not taken");
        }
    });
}

/// # Safety
///
/// `path` is null or a C string.
unsafe fn text<'a>(path: *const c_char) -> Option<&'a str> {
    if path.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller says that it ends.
    unsafe { CStr::from_ptr(path) }.to_str().ok()
}

/// # Safety
///
/// `file` was opened by [`open`].
unsafe fn inner(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite gave room for ours and the other, one behind the other (`szOsFile`).
    unsafe { file.cast::<u8>().add(SHIM_BYTES).cast() }
}

/// # Safety
///
/// `file` was opened by [`open`] and is not closed.
unsafe fn tracked<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Tracked> {
    // SAFETY: the pointer is null or from a box that `close` takes back.
    unsafe { (*file.cast::<Shim>()).tracked.as_ref() }
}

/// Calls the function of the file below.
macro_rules! through {
    ($file:ident . $method:ident ( $($argument:expr),* )) => {{
        // SAFETY: SQLite calls this with a file that `open` opened; the file below lies behind it,
        // has methods since then, and gets the same arguments.
        unsafe {
            let inner = inner($file);
            match (*(*inner).pMethods).$method {
                Some(method) => method(inner $(, $argument)*),
                None => ffi::SQLITE_ERROR,
            }
        }
    }};
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives `szOsFile` bytes for the file, and the name as the file system below
    // wants it.
    unsafe {
        let shim = file.cast::<Shim>();
        (*shim).base.pMethods = ptr::null();
        (*shim).tracked = ptr::null_mut();
        let below = below();
        let Some(open) = (*below).xOpen else { return ffi::SQLITE_ERROR };
        let inner = inner(file);
        (*inner).pMethods = ptr::null();
        let code = open(below, name, inner, flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        match text(name) {
            None => {
                TEMPORARY.fetch_add(1, Ordering::Relaxed);
            }
            Some(path) => {
                if let Some(tracked) = Tracked::of(path) {
                    (*shim).tracked = Box::into_raw(Box::new(tracked));
                }
            }
        }
        (*shim).base.pMethods = &raw const METHODS;
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flush_folder: c_int,
) -> c_int {
    // SAFETY: the name is a C string of SQLite's.
    unsafe {
        let below = below();
        let Some(delete) = (*below).xDelete else { return ffi::SQLITE_ERROR };
        let code = delete(below, name, 0);
        if code == ffi::SQLITE_OK
            && let Some(tracked) = text(name).and_then(Tracked::of)
        {
            tracked.note(What::Removed(flush_folder != 0));
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let code = through!(file.xClose());
    // SAFETY: the box was made by `open`, and nobody calls anything of this file again.
    unsafe {
        let shim = file.cast::<Shim>();
        if !(*shim).tracked.is_null() {
            drop(Box::from_raw((*shim).tracked));
            (*shim).tracked = ptr::null_mut();
        }
        (*shim).base.pMethods = ptr::null();
    }
    code
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    through!(file.xRead(to, bytes, at))
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open.
    let tracked = unsafe { tracked(file) };
    if tracked.is_some_and(|tracked| !tracked.has_room()) {
        return ffi::SQLITE_FULL;
    }
    let code = through!(file.xWrite(from, bytes, at));
    if code == ffi::SQLITE_OK
        && let Some(tracked) = tracked
    {
        let length = usize::try_from(bytes).unwrap_or(0);
        // SAFETY: SQLite wants exactly these bytes written.
        let written = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), length) };
        tracked.note(What::Written(usize::try_from(at).unwrap_or(0), written.to_vec()));
    }
    code
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    let code = through!(file.xTruncate(size));
    // SAFETY: the file is open.
    if let (ffi::SQLITE_OK, Some(tracked)) = (code, unsafe { tracked(file) }) {
        tracked.note(What::Cut(usize::try_from(size).unwrap_or(0)));
    }
    code
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the file is open.
    match unsafe { tracked(file) } {
        Some(tracked) => {
            tracked.note(What::Flushed);
            ffi::SQLITE_OK
        }
        None => through!(file.xSync(flags)),
    }
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, to: *mut ffi::sqlite3_int64) -> c_int {
    through!(file.xFileSize(to))
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    through!(file.xLock(level))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    through!(file.xUnlock(level))
}

unsafe extern "C" fn reserved(file: *mut ffi::sqlite3_file, to: *mut c_int) -> c_int {
    through!(file.xCheckReservedLock(to))
}

unsafe extern "C" fn control(
    file: *mut ffi::sqlite3_file,
    operation: c_int,
    argument: *mut c_void,
) -> c_int {
    through!(file.xFileControl(operation, argument))
}

unsafe extern "C" fn sector(file: *mut ffi::sqlite3_file) -> c_int {
    through!(file.xSectorSize())
}

unsafe extern "C" fn traits(file: *mut ffi::sqlite3_file) -> c_int {
    through!(file.xDeviceCharacteristics())
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    bytes: c_int,
    extend: c_int,
    to: *mut *mut c_void,
) -> c_int {
    through!(file.xShmMap(page, bytes, extend, to))
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    through!(file.xShmLock(offset, count, flags))
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: as in `through`.
    unsafe {
        let inner = inner(file);
        if let Some(barrier) = (*(*inner).pMethods).xShmBarrier {
            barrier(inner);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    through!(file.xShmUnmap(delete))
}

/// Version 2: without mapping files into memory, so that every write is seen.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(traits),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
