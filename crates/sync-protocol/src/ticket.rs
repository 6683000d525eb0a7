//! What a person may read, in the county's own words: shown to a colleague's device where nobody can ask
//! the county. It gives nothing by itself; whoever hands a file over looks whether it lies in there.

use prost::Message;

use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// So long a ticket serves. Whoever lost a post is given files by hand until then at most, and only by
/// colleagues who have not heard of it.
pub const LASTS_MS: i64 = 30 * 86_400_000;
/// So long the villages serve that somebody visits: they read them two days before and after the day.
pub const GUESTS_MS: i64 = 2 * 86_400_000;
/// A ticket that is older is asked for anew, so that a few weeks without a network do no harm.
pub const RENEW_MS: i64 = 7 * 86_400_000;

/// What the county says of a person.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Ticket {
    /// Code of the county.
    #[prost(string, tag = "1")]
    pub county: String,
    /// The person.
    #[prost(string, tag = "2")]
    pub user: String,
    /// The keys of the units whose documents they read, as `yidang_domain::org::OrgTree::read_by`
    /// names those of a document.
    #[prost(string, repeated, tag = "3")]
    pub keys: Vec<String>,
    /// When it was issued, milliseconds of UTC by the server's clock.
    #[prost(int64, tag = "4")]
    pub issued_at_ms: i64,
    /// Until when it serves.
    #[prost(int64, tag = "5")]
    pub until_ms: i64,
    /// Keys of the villages that they visit these days.
    #[prost(string, repeated, tag = "6")]
    pub guest_keys: Vec<String>,
    /// Until when those serve.
    #[prost(int64, tag = "7")]
    pub guest_until_ms: i64,
}

/// A ticket as it travels and is kept.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedTicket {
    /// The ticket's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub ticket: Vec<u8>,
    /// The county's signature.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

impl Ticket {
    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedTicket {
        let ticket = self.encode_to_vec();
        let signature = county.sign(Purpose::Ticket, &ticket).to_vec();
        SignedTicket { ticket, signature }
    }

    /// Whether it serves at `now_ms`, by the clock of whoever looks at it.
    #[must_use]
    pub const fn serves_at(&self, now_ms: i64) -> bool {
        now_ms <= self.until_ms
    }

    /// Whether any of `keys` is among those that the person reads at `now_ms`.
    #[must_use]
    pub fn reads(&self, keys: &[String], now_ms: i64) -> bool {
        let visits = now_ms <= self.guest_until_ms;
        let is_read =
            |key: &String| self.keys.contains(key) || visits && self.guest_keys.contains(key);
        self.serves_at(now_ms) && keys.iter().any(is_read)
    }
}

impl SignedTicket {
    /// What it says, if the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`], also for bytes that are no ticket.
    pub fn open(&self, county_key: &[u8]) -> Result<Ticket, WrongSignature> {
        verify(county_key, Purpose::Ticket, &self.ticket, &self.signature)?;
        Ticket::decode(self.ticket.as_slice()).map_err(|_| WrongSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTY: SigningSeed = SigningSeed([1; 32]);

    fn ticket() -> Ticket {
        Ticket {
            county: "610621".into(),
            user: "u-wang".into(),
            keys: vec!["6106211032032007".into(), "visit:610621103203".into()],
            issued_at_ms: 1_795_132_800_000,
            until_ms: 1_795_132_800_000 + LASTS_MS,
            guest_keys: vec!["610621103211".into()],
            guest_until_ms: 1_795_132_800_000 + GUESTS_MS,
        }
    }

    #[test]
    fn nobody_writes_a_ticket_for_themselves() {
        let signed = ticket().sign(&COUNTY);
        assert_eq!(signed.open(&COUNTY.public_key()), Ok(ticket()));
        let wider = Ticket { keys: vec!["610621".into()], ..ticket() }.encode_to_vec();
        let forged = SignedTicket { ticket: wider, ..signed };
        assert_eq!(forged.open(&COUNTY.public_key()), Err(WrongSignature));
    }

    #[test]
    fn it_serves_thirty_days_and_for_its_units_alone() {
        let ticket = ticket();
        let (then, last) = (ticket.issued_at_ms, ticket.issued_at_ms + LASTS_MS);
        let day = ["610621103203".into(), "visit:610621103203".into()];
        assert!(ticket.reads(&day, then) && ticket.reads(&day, last));
        assert!(!ticket.reads(&day, last + 1));
        assert!(!ticket.reads(&["6106211032032006".into(), "610621103203".into()], then));
    }

    #[test]
    fn a_village_that_is_visited_is_read_for_two_days() {
        let ticket = ticket();
        let visited = ["610621103211".into()];
        assert!(ticket.reads(&visited, ticket.issued_at_ms + GUESTS_MS));
        assert!(!ticket.reads(&visited, ticket.issued_at_ms + GUESTS_MS + 1));
    }
}
