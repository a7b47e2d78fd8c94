//! The identity of a domain controller. Its host name is not enough: names may be aliases, addresses, or shared by
//! several.

use std::fmt;

use crate::directory::guid::Guid;

/// A domain controller's identity (directory system agent, MS-ADTS 6.1.1.2.2.1.2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dsa {
    /// The objectGUID of its NTDS Settings object, as `repadmin` shows it. It stays the same when the domain controller
    /// is renamed or moved to another site, and changes when the machine is promoted anew.
    pub guid: Guid,
    /// The domain controller's DNS name, for messages; may be empty.
    pub name: String,
}

impl fmt::Display for Dsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            write!(f, "the domain controller with the GUID {}", self.guid)
        } else {
            f.write_str(&self.name)
        }
    }
}
