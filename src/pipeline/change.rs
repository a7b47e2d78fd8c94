//! Changes of an account's photo. This module is pure: it reads and writes nothing.

/// A change from the photo that an account has to the one that it is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The account has no photo and gets one.
    Add {
        /// The new photo.
        after: Vec<u8>,
    },
    /// The account gets another photo.
    Replace {
        /// The old photo.
        before: Vec<u8>,
        /// The new photo.
        after: Vec<u8>,
    },
    /// The account's photo is removed.
    Remove {
        /// The old photo.
        before: Vec<u8>,
    },
    /// The account already has what it is to have.
    Unchanged {
        /// The account's photo, if it has one.
        photo: Option<Vec<u8>>,
    },
}

impl Change {
    /// Returns the change from `before` to `after`.
    #[must_use]
    pub fn between(before: Option<Vec<u8>>, after: Option<Vec<u8>>) -> Self {
        match (before, after) {
            (before, after) if before == after => Self::Unchanged { photo: before },
            (Some(before), Some(after)) => Self::Replace { before, after },
            (None, Some(after)) => Self::Add { after },
            (Some(before), None) => Self::Remove { before },
            (None, None) => Self::Unchanged { photo: None },
        }
    }

    /// Returns the photo before the change.
    #[must_use]
    pub fn before(&self) -> Option<&[u8]> {
        match self {
            Self::Add { .. } => None,
            Self::Replace { before, .. } | Self::Remove { before } => Some(before),
            Self::Unchanged { photo } => photo.as_deref(),
        }
    }

    /// Returns the photo after the change.
    #[must_use]
    pub fn after(&self) -> Option<&[u8]> {
        match self {
            Self::Remove { .. } => None,
            Self::Add { after } | Self::Replace { after, .. } => Some(after),
            Self::Unchanged { photo } => photo.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Change;

    proptest! {
        #[test]
        fn a_change_leads_from_before_to_after_and_back(before: Option<Vec<u8>>, after: Option<Vec<u8>>) {
            let change = Change::between(before.clone(), after.clone());
            prop_assert_eq!((change.before(), change.after()), (before.as_deref(), after.as_deref()));
            prop_assert_eq!(matches!(change, Change::Unchanged { .. }), before == after);
            let back = Change::between(after, before);
            prop_assert_eq!((back.before(), back.after()), (change.after(), change.before()));
        }
    }
}
