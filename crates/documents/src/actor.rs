//! Who writes, as the engine names them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use yidang_domain::ids::{ItemKey, UserId};

/// The sixteen bytes under which one installation of one person writes.
pub type Actor = [u8; 16];

/// The hash of a change.
pub type ChangeHash = [u8; 32];

/// The actor of `user` on the installation with this key and nonce.
///
/// Derived, never claimed: the server computes it from the certificate and compares. A restored or
/// cloned device, and one that was refused something, begins a new incarnation, because two
/// different changes with one actor and sequence would split the document for everybody.
#[must_use]
pub fn actor_id(public_key: &[u8; 32], user: &UserId, nonce: &[u8; 16], incarnation: u32) -> Actor {
    let mut hash = Sha256::new();
    hash.update(b"yidang actor 1");
    hash.update(public_key);
    let name = user.as_str().as_bytes();
    hash.update(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
    hash.update(name);
    hash.update(nonce);
    hash.update(incarnation.to_be_bytes());
    let mut actor = [0; 16];
    actor.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    actor
}

/// The key of the `n`th item made by the change `seq` of `actor`.
#[must_use]
pub fn item_key(actor: &Actor, seq: u64, n: usize) -> ItemKey {
    ItemKey(format!("{}-{seq}-{n}", URL_SAFE_NO_PAD.encode(actor)))
}

/// Actor, sequence and place that a key names.
pub(crate) fn parts_of(key: &ItemKey) -> Option<(Actor, u64, usize)> {
    // The encoding of sixteen bytes; a hyphen may be among it.
    let (actor, rest) = key.as_str().split_at_checked(22)?;
    let actor = URL_SAFE_NO_PAD.decode(actor).ok()?.try_into().ok()?;
    let (seq, n) = rest.strip_prefix('-')?.split_once('-')?;
    let (seq, n) = (seq.parse().ok()?, n.parse().ok()?);
    (item_key(&actor, seq, n) == *key).then_some((actor, seq, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_incarnation_is_a_new_actor() {
        let user = UserId::from("u1");
        let first = actor_id(&[1; 32], &user, &[2; 16], 0);
        assert_ne!(first, actor_id(&[1; 32], &user, &[2; 16], 1));
        assert_ne!(first, actor_id(&[1; 32], &user, &[3; 16], 0));
        assert_eq!(first, actor_id(&[1; 32], &user, &[2; 16], 0));
    }

    #[test]
    fn a_key_names_actor_sequence_and_place() {
        let key = item_key(&[0; 16], 7, 1);
        assert_eq!(key.as_str(), "AAAAAAAAAAAAAAAAAAAAAA-7-1");
        assert_eq!(parts_of(&key), Some(([0; 16], 7, 1)));
        for actor in [[0xfb; 16], [0xff; 16]] {
            assert_eq!(parts_of(&item_key(&actor, 70, 12)), Some((actor, 70, 12)));
        }
        for other in ["", "k", "AAAAAAAAAAAAAAAAAAAAAA-07-1", "AAAAAAAAAAAAAAAAAAAAAA-7-1-2"] {
            assert_eq!(parts_of(&other.into()), None);
        }
    }
}
