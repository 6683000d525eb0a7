//! Names of things that machines use. What people print is a number and lives in its own type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::civil::InstantMs;

/// Identifies one document: a case file, a household, a visit day.
///
/// Version 7 for things that come into being once, version 5 for things named by their key, so
/// that two devices which make the same visit day offline make the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub Uuid);

/// The name space of every version 5 identifier of this project. Never changes.
const NAME_SPACE: Uuid = Uuid::from_u128(0x7f1d_6a0c_52b8_4d1e_9b57_0621_1020_3000);

impl DocumentId {
    /// The identifier that everybody computes for the thing named by `key`.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        Self(Uuid::new_v5(&NAME_SPACE, key.as_bytes()))
    }

    /// A new identifier for something that came into being at `now`, made of random bytes.
    #[must_use]
    pub fn at(now: InstantMs, random: &[u8; 10]) -> Self {
        let millis = u64::try_from(now.0).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }

    /// The identifier with these sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its sixteen bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The last four characters in capitals, printed where a number is still missing ("待编号").
    #[must_use]
    pub fn short(&self) -> String {
        let text = self.0.simple().to_string();
        text.chars().skip(text.len() - 4).collect::<String>().to_uppercase()
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DocumentId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Defines a short opaque text that names something.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A person who signs in, as the county's register names them. Opaque, never a name or number
    /// of a citizen.
    UserId
}
text_id! {
    /// The code of a unit of the county: county, township, village, grid or department.
    ///
    /// Opaque (DB6101/T 3185 and CJ/T 349 number differently): the tree says what lies under what,
    /// never the digits.
    OrgCode
}
text_id! {
    /// The short public name of one installation on one device.
    DeviceId
}
text_id! {
    /// The key of an item (entry, party, member) inside its document: actor, sequence and position
    /// of the change that made it.
    ItemKey
}
