//! Who is signed in.

use serde::{Deserialize, Serialize};
use yidang_domain::ids::{DeviceId, OrgCode, UserId};
use yidang_domain::org::Role;

/// Asks who is signed in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionQuestion {}

/// Who is signed in on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The person, if anybody.
    pub person: Option<Person>,
    /// People who have a desk on this device.
    pub known: Vec<Person>,
    /// Whether the data are invented (演示数据).
    pub demo: bool,
    /// The server this device belongs to, empty before enrolment.
    pub server: String,
    /// Whether the device promised to keep what it stores (browser storage persistence).
    pub storage: StorageState,
    /// Version of the application.
    pub version: String,
    /// Files can be handed over here without a network (当面传档): not in browsers.
    #[serde(default)]
    pub carries: bool,
}

/// Whether the device keeps what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageState {
    /// Files of the device's own.
    #[default]
    Kept,
    /// The browser may clear it when space runs out; said on screen.
    MayBeCleared,
}

/// A person with a desk on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their name in the register.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// For which unit.
    pub org: OrgCode,
    /// The unit's name with those above it, nearest last: 张家滩镇 · 下盘石村 · 第7网格.
    pub org_path: Vec<String>,
    /// This installation.
    pub device: DeviceId,
}

/// Enrols this device with an activation code from the supervisor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrol {
    /// Address of the server, `https://host[:port]`.
    pub server: String,
    /// The activation code; spaces, dashes and case do not matter.
    pub code: String,
    /// What the device is called, such as 手机.
    pub device_name: String,
}

/// Asks a demo server who can be tried out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoPeople {
    /// Address of the server; empty means the one the page came from.
    pub server: String,
}

/// Somebody who can be tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPerson {
    /// Their name in the register.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// The unit's name.
    pub org: String,
}

/// Signs in as a demo person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoSignIn {
    /// Address of the server; empty means the one the page came from.
    pub server: String,
    /// Who.
    pub user: UserId,
    /// What the device is called.
    pub device_name: String,
}

/// Leaves the desk. `user` opens another known desk at once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SignOut {
    /// Whose desk to open instead.
    pub then: Option<UserId>,
}
