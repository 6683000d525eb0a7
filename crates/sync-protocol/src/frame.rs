//! One format byte before every body.

use std::io::Read;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Format {
    /// As it is.
    Plain = 0,
    /// zstd.
    Zstd = 1,
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Nothing there.
    #[error("the body is empty")]
    Empty,
    /// A format of a later version.
    #[error("format byte {0} is not known")]
    UnknownFormat(u8),
    /// Larger than allowed, counted after unpacking.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// Cut or damaged.
    #[error("the body is damaged: {0}")]
    Damaged(String),
}

/// Below this size packing costs more than it saves.
const WORTH_PACKING_BYTES: usize = 160;

/// Packs `message` into a body; small ones and those that do not shrink stay plain.
#[must_use]
pub fn pack(message: &[u8]) -> Vec<u8> {
    if message.len() >= WORTH_PACKING_BYTES
        && let Ok(packed) = zstd::bulk::compress(message, 9)
        && packed.len() < message.len()
    {
        return with_format(Format::Zstd, &packed);
    }
    with_format(Format::Plain, message)
}

fn with_format(format: Format, body: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(body.len() + 1);
    framed.push(format as u8);
    framed.extend_from_slice(body);
    framed
}

/// Unpacks a body, never holding more than `most` bytes however it was packed.
///
/// # Errors
///
/// [`FrameError`]; nothing of the body is used.
pub fn unpack(body: &[u8], most: usize) -> Result<Vec<u8>, FrameError> {
    let (format, rest) = body.split_first().ok_or(FrameError::Empty)?;
    match *format {
        0 if rest.len() > most => Err(FrameError::TooLarge(most)),
        0 => Ok(rest.to_vec()),
        1 => unpack_zstd(rest, most),
        other => Err(FrameError::UnknownFormat(other)),
    }
}

fn unpack_zstd(packed: &[u8], most: usize) -> Result<Vec<u8>, FrameError> {
    let damaged = |error: std::io::Error| FrameError::Damaged(error.to_string());
    let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(damaged)?;
    // A frame may ask for a window of gigabytes; ours never need more than 8 MiB.
    decoder.window_log_max(23).map_err(damaged)?;
    let mut message = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut message).map_err(damaged)?;
    if message.len() > most { Err(FrameError::TooLarge(most)) } else { Ok(message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_shrinks_and_comes_back() {
        let message = "上院窑洞排水冲了下院墙根。".repeat(40).into_bytes();
        let body = pack(&message);
        assert!(body.len() < message.len() / 4);
        assert_eq!(unpack(&body, 1 << 20).unwrap(), message);
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let bomb =
            with_format(Format::Zstd, &zstd::bulk::compress(&vec![0; 64 << 20], 19).unwrap());
        assert!(bomb.len() < 10_000);
        assert_eq!(unpack(&bomb, 1 << 20), Err(FrameError::TooLarge(1 << 20)));
    }

    #[test]
    fn a_cut_body_is_refused_at_every_length() {
        let body = pack(&"一档通".repeat(200).into_bytes());
        for length in 0..body.len() {
            assert!(unpack(&body[..length], 1 << 20).is_err(), "cut at {length}");
        }
    }
}
