//! A domain controller, whatever it is called: names may be aliases, numbers, or shared by several.

use std::fmt;

use crate::directory::guid::Guid;

/// A domain controller (directory system agent, MS-ADTS 6.1.1.2.2.1.2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dsa {
    /// The objectGUID of its NTDS Settings, as `repadmin` shows it: stays when it is renamed or moved to another site,
    /// and is another one when the machine is promoted anew.
    pub guid: Guid,
    /// Its DNS name, for people.
    pub name: String,
}

impl fmt::Display for Dsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { write!(f, "the one of GUID {}", self.guid) } else { f.write_str(&self.name) }
    }
}
