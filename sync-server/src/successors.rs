//! The county's own batches with which documents go on (县级重录). They lie beside the database like the list of
//! tombstones: a copy of before destroys the old document again, and only with them it holds the rest at once, also
//! where no device had fetched it yet.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use prost::Message;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::SignedBatch;

fn path(data: &Path, document: &[u8; 16]) -> PathBuf {
    data.join(format!("successor-{}", DocumentId::from_bytes(*document)))
}

fn own() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Keeps the batch with which a document goes on; it is on the disk when this returns.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn note(data: &Path, document: &[u8; 16], batch: &SignedBatch) -> io::Result<()> {
    let (path, beside) = (path(data, document), data.join("successor.new"));
    let mut file = own().create(true).truncate(true).open(&beside)?;
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
    let path = path(data, document);
    let length = match fs::metadata(&path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    // A file that is only unlinked leaves its bytes on the disk.
    let mut file = own().open(&path)?;
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
}
