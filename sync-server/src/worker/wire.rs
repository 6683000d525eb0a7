//! What the server and a worker say to each other: frames on the worker's standard input and output,
//! a length of four bytes and a message. One answer to one job, nothing in between.

use std::io::{self, ErrorKind, Read, Write};

use prost::Message;

/// The form of these messages. A worker of another one is not asked anything.
pub const WIRE: u32 = 1;
/// No job is longer: a batch is never larger than a request.
pub const MOST_JOB_BYTES: usize = 2 << 20;
/// No answer is longer. A worker that went wrong must not make the server allocate what it likes.
pub const MOST_ANSWER_BYTES: usize = 16 << 10;

/// The first thing a worker says.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Hello {
    /// The form of its messages, [`WIRE`].
    #[prost(uint32, tag = "1")]
    pub wire: u32,
}

/// The changes of one batch.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Job {
    /// Their bytes, as they came.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub changes: Vec<Vec<u8>>,
}

/// What the worker found.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Answer {
    /// So many changes were well, counted from the first.
    #[prost(uint32, tag = "1")]
    pub passed: u32,
    /// The rule that the next one breaks, a word of `docs/refusals.md`; empty where all were well.
    #[prost(string, tag = "2")]
    pub code: String,
    /// What exactly, without content.
    #[prost(string, tag = "3")]
    pub detail: String,
    /// The engine gave up in the middle: the worker takes no further job.
    #[prost(bool, tag = "4")]
    pub ends: bool,
}

/// Writes one message.
///
/// # Errors
///
/// Where the other side is gone, or the message is too long for a length of four bytes.
pub fn write(to: &mut impl Write, message: &impl Message) -> io::Result<()> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidInput)?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// Reads one message of at most `most` bytes; none where the other side ended between two.
///
/// # Errors
///
/// Where the other side ended within one, or sent something else.
pub fn read<T: Message + Default>(from: &mut impl Read, most: usize) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    let mut got = 0;
    while let Some(rest) = length.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if got == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => got += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > most {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    T::decode(bytes.as_slice()).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job { changes: vec![vec![1, 2, 3], vec![], vec![7; 300]] }
    }

    #[test]
    fn what_is_written_is_read_one_after_the_other() {
        let mut pipe = Vec::new();
        write(&mut pipe, &job()).unwrap();
        let answer = Answer { passed: 2, code: "checksum".into(), ..Answer::default() };
        write(&mut pipe, &answer).unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read(&mut from, MOST_JOB_BYTES).unwrap(), Some(job()));
        assert_eq!(read(&mut from, MOST_ANSWER_BYTES).unwrap(), Some(answer));
        assert_eq!(read::<Job>(&mut from, MOST_JOB_BYTES).unwrap(), None);
    }

    #[test]
    fn a_message_that_was_cut_is_an_error_and_no_end() {
        let mut pipe = Vec::new();
        write(&mut pipe, &job()).unwrap();
        for length in 1..pipe.len() {
            assert!(read::<Job>(&mut &pipe[..length], MOST_JOB_BYTES).is_err(), "{length}");
        }
    }

    #[test]
    fn nothing_is_allocated_for_a_length_that_no_message_has() {
        let mut from: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0];
        let error = read::<Answer>(&mut from, MOST_ANSWER_BYTES).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }
}
