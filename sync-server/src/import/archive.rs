//! Looks at an XLSX as an archive before anything else unpacks it.
//!
//! A few kilobytes can unpack to terabytes. The directory of the archive says how much each entry
//! holds; because it may lie, every entry is unpacked once into nothing, up to the limit.

use std::io::{Cursor, Read, copy, sink};

use zip::ZipArchive;

use super::sheet::Refused;

/// All entries together may unpack to so many bytes. A county's households are 30 MB.
pub const MOST_UNPACKED: u64 = 200 << 20;
/// A spreadsheet has a few dozen entries.
const MOST_ENTRIES: usize = 2_000;
/// Entries below this are not worth measuring.
const SMALL: u64 = 1 << 20;
/// Text packs to a twentieth; more than this is made to harm.
const MOST_RATIO: u64 = 200;

/// Whether this archive may be unpacked.
///
/// # Errors
///
/// [`Refused`] says why not.
pub fn check(bytes: &[u8]) -> Result<(), Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Corrupt)?;
    if archive.len() > MOST_ENTRIES {
        return Err(Refused::Bomb);
    }
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| Refused::Corrupt)?;
        if entry.encrypted() {
            return Err(Refused::Password);
        }
        declared = declared.saturating_add(entry.size());
        if is_bomb(entry.size(), entry.compressed_size()) || declared > MOST_UNPACKED {
            return Err(Refused::Bomb);
        }
    }
    unpack(&mut archive)
}

fn is_bomb(size: u64, packed: u64) -> bool {
    size > SMALL && size / packed.max(1) > MOST_RATIO
}

/// Unpacks into nothing, no further than the limit.
fn unpack(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Refused> {
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| Refused::Corrupt)?;
        let packed = entry.compressed_size();
        let size = copy(&mut entry.take(left + 1), &mut sink()).map_err(|_| Refused::Corrupt)?;
        if size > left || is_bomb(size, packed) {
            return Err(Refused::Bomb);
        }
        left -= size;
    }
    Ok(())
}
