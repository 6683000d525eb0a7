//! The list of destroyed documents that lies beside the database, because a restored database has forgotten
//! that they were destroyed and holds them again. Each line is the county's own signed word.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use yidang_sync_protocol::SignedRecord;

fn path(data: &Path) -> PathBuf {
    data.join("tombstones")
}

/// Files that their owner alone reads.
pub(crate) fn own() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn line(tombstone: &SignedRecord) -> String {
    STANDARD.encode(tombstone.encode_to_vec()) + "\n"
}

/// Adds tombstones to the list; they are on the disk when this returns.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn note(data: &Path, tombstones: &[SignedRecord]) -> io::Result<()> {
    let mut file = own().append(true).open(path(data))?;
    let lines: String = tombstones.iter().map(line).collect();
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}

/// Takes a tombstone back that was noted and never came to be: nothing of its document was destroyed.
///
/// # Errors
///
/// Where the file cannot be read or written.
pub fn take_back(data: &Path, tombstone: &SignedRecord) -> io::Result<()> {
    let path = path(data);
    let (beside, gone) = (data.join("tombstones.new"), line(tombstone));
    let kept: String =
        fs::read_to_string(&path)?.split_inclusive('\n').filter(|line| *line != gone).collect();
    let mut file = own().write(true).truncate(true).open(&beside)?;
    file.write_all(kept.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// Begins the list with these tombstones, unless there is one: a directory without it has lost it.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn begin(data: &Path, tombstones: &[SignedRecord]) -> io::Result<()> {
    if path(data).exists() { Ok(()) } else { note(data, tombstones) }
}

/// The tombstones on the list.
///
/// # Errors
///
/// `NotFound` where there is no list: nobody knows then what was destroyed after a copy. Where the file cannot
/// be read, or a line is no record.
pub fn noted(data: &Path) -> io::Result<Vec<SignedRecord>> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a line of the tombstones");
    fs::read_to_string(path(data))?
        .split_whitespace()
        .map(|line| {
            let bytes = STANDARD.decode(line).map_err(|_| wrong())?;
            SignedRecord::decode(bytes.as_slice()).map_err(|_| wrong())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tombstone(n: u8) -> SignedRecord {
        SignedRecord { record: vec![n; 40], signature: vec![n; 64] }
    }

    #[test]
    fn what_was_noted_and_never_came_to_be_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(noted(folder.path()).unwrap_err().kind(), io::ErrorKind::NotFound);
        begin(folder.path(), &[tombstone(1)]).unwrap();
        begin(folder.path(), &[tombstone(9)]).unwrap();
        note(folder.path(), &[tombstone(2), tombstone(3)]).unwrap();
        take_back(folder.path(), &tombstone(2)).unwrap();
        assert_eq!(noted(folder.path()).unwrap(), [tombstone(1), tombstone(3)]);
        fs::write(folder.path().join("tombstones"), "!\n").unwrap();
        assert_eq!(noted(folder.path()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
