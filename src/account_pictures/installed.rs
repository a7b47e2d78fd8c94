//! Account pictures on one Windows machine: compares the registry with what it should hold, and finds what hides the
//! pictures. Pure: the registry itself is accessed in `registry.rs`, which is compiled on Windows only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{SIZES, file_name};
use crate::directory::Sid;

/// The registry values for one user's pictures: maps a value's name, such as `Image448`, to the picture's path.
pub type Values = BTreeMap<String, String>;

/// Somebody who has signed in to this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub sid: Sid,
    /// The profile's folder, whose name tells an administrator which user this is.
    pub folder: String,
}

/// The changes that a user's values need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// The values that are missing or lead elsewhere, with the paths that they should hold.
    pub set: Values,
}

/// Something that keeps a user's pictures from being seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// The policy "Apply the default account picture to all users" is in force.
    DefaultForAll,
    /// A policy keeps the logon screen from showing who signed in last.
    NotOnLogonScreen,
    /// Some sizes have no value.
    SizesMissing(Vec<u32>),
    /// A value leads to a file that does not exist.
    FileGone(PathBuf),
}

/// The machine's policies that affect account pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policies {
    /// `UseDefaultTile` is 1.
    pub default_for_all: bool,
    /// `dontdisplaylastusername` is 1.
    pub hides_last_user: bool,
}

/// Returns the values that a user should have if all pictures are kept in `folder`.
#[must_use]
pub fn wanted(folder: &Path, sid: &Sid) -> Values {
    let path = |size| format!(r"{}\{sid}\{}", folder.display(), file_name(size));
    SIZES.iter().map(|&size| (value_name(size), path(size))).collect()
}

/// Returns what must be set to turn the values `there`, which the registry holds now, into `wanted`.
#[must_use]
pub fn difference(there: &Values, wanted: Values) -> Difference {
    Difference { set: wanted.into_iter().filter(|(name, path)| there.get(name) != Some(path)).collect() }
}

/// Returns the names of the values that lead into the user's folder below `folder`, which are those that an
/// installation has set.
#[must_use]
pub fn ours(there: &Values, folder: &Path, sid: &Sid) -> Vec<String> {
    let begin = format!(r"{}\{sid}\", folder.display()).to_lowercase();
    let leads_there = |(_, path): &(&String, &String)| path.to_lowercase().starts_with(&begin);
    there.iter().filter(leads_there).map(|(name, _)| name.clone()).collect()
}

/// Returns everything that keeps a user's pictures from being seen. `exists` tells whether a file exists.
#[must_use]
pub fn hindrances(there: &Values, policies: Policies, exists: impl Fn(&Path) -> bool) -> Vec<Hindrance> {
    let missing: Vec<u32> = SIZES.into_iter().filter(|&size| !there.contains_key(&value_name(size))).collect();
    let gone = there.values().map(PathBuf::from).filter(|path| !exists(path)).map(Hindrance::FileGone);
    let of_machine = [
        policies.default_for_all.then_some(Hindrance::DefaultForAll),
        policies.hides_last_user.then_some(Hindrance::NotOnLogonScreen),
        (!missing.is_empty()).then_some(Hindrance::SizesMissing(missing)),
    ];
    of_machine.into_iter().flatten().chain(gone).collect()
}

fn value_name(size: u32) -> String {
    format!("Image{size}")
}

impl std::fmt::Display for Hindrance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DefaultForAll => f.write_str(
                "the policy \"Apply the default account picture to all users\" hides it (UseDefaultTile): turn that off",
            ),
            Self::NotOnLogonScreen => {
                f.write_str("the logon screen does not show who signed in last, and so no picture (DontDisplayLastUserName)")
            }
            Self::SizesMissing(sizes) => {
                let sizes: Vec<String> = sizes.iter().map(u32::to_string).collect();
                write!(f, "there are no values for {} pixels: install sets them", sizes.join(", "))
            }
            Self::FileGone(path) => write!(f, "{} is not there: install writes it again", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Hindrance, Policies, Values, difference, hindrances, ours, wanted};
    use crate::directory::Sid;

    fn sid() -> Sid {
        Sid::parse("S-1-5-21-1-2-3-1001").expect("a SID")
    }

    fn folder() -> &'static Path {
        Path::new(r"C:\Program Files\AccountPictures")
    }

    #[test]
    fn only_what_differs_is_set() {
        let all = wanted(folder(), &sid());
        assert_eq!(all.len(), 12);
        assert_eq!(all["Image448"], r"C:\Program Files\AccountPictures\S-1-5-21-1-2-3-1001\Image448.jpg");
        assert_eq!(difference(&all, all.clone()).set, Values::new());
        // Scripts in use today set only eight of the values.
        let mut eight: Values = all.clone();
        eight.retain(|name, _| !["Image64", "Image208", "Image424", "Image1080"].contains(&name.as_str()));
        eight.insert("Image96".to_owned(), r"C:\Users\Public\AccountPictures\x.jpg".to_owned());
        let names: Vec<String> = difference(&eight, all).set.into_keys().collect();
        assert_eq!(names, ["Image1080", "Image208", "Image424", "Image64", "Image96"]);
    }

    #[test]
    fn what_somebody_chose_is_not_ours() {
        let mut values = wanted(folder(), &sid());
        values.insert("Image96".to_owned(), r"C:\Users\Public\AccountPictures\S-1-5-21-1-2-3-1001\x.jpg".to_owned());
        values.insert("Image448".to_owned(), values["Image448"].to_uppercase());
        let ours = ours(&values, folder(), &sid());
        assert!(ours.len() == 11 && !ours.contains(&"Image96".to_owned()), "{ours:?}");
        assert_eq!(super::ours(&values, folder(), &Sid::parse("S-1-5-21-1-2-3-100").expect("a SID")), [""; 0]);
    }

    #[test]
    fn what_hides_a_picture_is_told() {
        let mut values = wanted(folder(), &sid());
        assert_eq!(hindrances(&values, Policies::default(), |_| true), []);
        let gone = PathBuf::from(values["Image32"].clone());
        values.remove("Image1080");
        let policies = Policies { default_for_all: true, hides_last_user: true };
        assert_eq!(
            hindrances(&values, policies, |path| path != gone),
            [
                Hindrance::DefaultForAll,
                Hindrance::NotOnLogonScreen,
                Hindrance::SizesMissing(vec![1080]),
                Hindrance::FileGone(gone),
            ]
        );
    }
}
