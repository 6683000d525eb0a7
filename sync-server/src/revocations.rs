//! The list of revoked certificates that lies beside the database, because a restored database has
//! forgotten what came after its copy.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use yidang_domain::causality::hex_of;

fn path(data: &Path) -> PathBuf {
    data.join("revocations")
}

/// Adds certificates to the list; they are on the disk when this returns.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn note(data: &Path, ids: &[[u8; 16]]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path(data))?;
    let lines: String = ids.iter().map(|id| format!("{}\n", hex_of(id))).collect();
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}

/// Begins the list with these certificates, unless there is one: a directory without it has lost it.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn begin(data: &Path, ids: &[[u8; 16]]) -> io::Result<()> {
    if path(data).exists() { Ok(()) } else { note(data, ids) }
}

/// The certificates on the list.
///
/// # Errors
///
/// `NotFound` where there is no list: nobody knows then who was revoked after a copy. Where the file
/// cannot be read, or a line is no certificate.
pub fn noted(data: &Path) -> io::Result<Vec<[u8; 16]>> {
    let path = path(data);
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidData, "a line of the revocations");
    fs::read_to_string(&path)?
        .split_whitespace()
        .map(|line| u128::from_str_radix(line, 16).map(u128::to_be_bytes).map_err(wrong))
        .collect()
}
