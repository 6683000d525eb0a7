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
        assert_eq!(item_key(&[0; 16], 7, 1).as_str(), "AAAAAAAAAAAAAAAAAAAAAA-7-1");
    }
}
