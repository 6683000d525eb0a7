//! Where units lie on the county's map. Sketched borders, no basis for any demarcation.

use serde::{Deserialize, Serialize};

use crate::ids::OrgCode;

/// The border of one unit: one closed ring without holes, the last point joined to the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The unit.
    pub org: OrgCode,
    /// Points, east and north in units of 10⁻⁵ degree.
    pub ring: Vec<(i32, i32)>,
}
