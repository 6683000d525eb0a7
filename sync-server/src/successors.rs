//! The county's own batches with which documents go on (县级重录). They lie beside the database like the list of
//! tombstones: a copy of before destroys the old document again, and only with them it holds the rest at once, also
//! where no device had fetched it yet.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use prost::Message;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::SignedBatch;

use crate::tombstones::own;

/// The names of the files begin with it; one that is being written has no identifier yet.
const PREFIX: &str = "successor-";
const WRITING: &str = "successor-new";

fn path(data: &Path, document: &[u8; 16]) -> PathBuf {
    data.join(format!("{PREFIX}{}", DocumentId::from_bytes(*document)))
}

/// Keeps the batch with which a document goes on; it is on the disk when this returns.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn note(data: &Path, document: &[u8; 16], batch: &SignedBatch) -> io::Result<()> {
    let (path, beside) = (path(data, document), data.join(WRITING));
    let mut file = own().write(true).truncate(true).open(&beside)?;
    file.write_all(&batch.encode_to_vec())?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    fs::File::open(data)?.sync_all()
}

/// The batch with which a document goes on, where it was kept.
///
/// # Errors
///
/// Where the file cannot be read, or holds no batch.
pub fn noted(data: &Path, document: &[u8; 16]) -> io::Result<Option<SignedBatch>> {
    match fs::read(path(data, document)) {
        Ok(bytes) => SignedBatch::decode(bytes.as_slice())
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Destroys what was kept of a document that is destroyed in its turn, or that never came to be.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn forget(data: &Path, document: &[u8; 16]) -> io::Result<()> {
    destroy(&path(data, document))
}

/// Destroys whatever was kept but of these documents.
///
/// # Errors
///
/// Where the directory cannot be read or a file cannot be written.
pub fn keep_only(data: &Path, documents: &BTreeSet<[u8; 16]>) -> io::Result<()> {
    let kept: BTreeSet<PathBuf> = documents.iter().map(|document| path(data, document)).collect();
    for file in fs::read_dir(data)? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with(PREFIX) && !kept.contains(&file.path()) {
            destroy(&file.path())?;
        }
    }
    Ok(())
}

fn destroy(path: &Path) -> io::Result<()> {
    let length = match fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    // A file that is only unlinked leaves its bytes on the disk.
    let mut file = own().create(false).write(true).open(path)?;
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_until_it_is_destroyed() {
        let data = tempfile::tempdir().unwrap();
        let batch = SignedBatch { signature: vec![7; 64], ..SignedBatch::default() };
        assert!(noted(data.path(), &[1; 16]).unwrap().is_none());
        note(data.path(), &[1; 16], &batch).unwrap();
        assert_eq!(noted(data.path(), &[1; 16]).unwrap(), Some(batch));
        forget(data.path(), &[1; 16]).unwrap();
        forget(data.path(), &[1; 16]).unwrap();
        assert!(noted(data.path(), &[1; 16]).unwrap().is_none());
    }

    #[test]
    fn what_a_power_cut_left_goes_and_the_rest_stays() {
        let data = tempfile::tempdir().unwrap();
        let batch = SignedBatch { signature: vec![7; 64], ..SignedBatch::default() };
        note(data.path(), &[1; 16], &batch).unwrap();
        note(data.path(), &[2; 16], &batch).unwrap();
        fs::write(data.path().join(WRITING), "half").unwrap();
        fs::write(data.path().join("tombstones"), "").unwrap();
        keep_only(data.path(), &BTreeSet::from([[2; 16], [3; 16]])).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(data.path()).unwrap().map(|file| file.unwrap().path()).collect();
        left.sort();
        assert_eq!(left, [path(data.path(), &[2; 16]), data.path().join("tombstones")]);
    }
}
