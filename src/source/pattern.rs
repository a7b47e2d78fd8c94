//! The source that is a pattern: `photos/**/*.{jpg,png}`, expanded as Unix shells do it, on Windows, too.

use std::collections::BTreeMap;
use std::fs::FileType;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use super::folder::{self, has_image_extension, is_litter};
use super::{Item, Listing, Problem, SourceError};

/// `*.jpg` also matches IMG.JPG, on every system, because cameras write names in capital letters.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: true };
/// The maximum number of patterns into which braces are expanded. Each pair of braces multiplies their number, so a
/// short text could mean millions.
const MAX_ALTERNATIVES: usize = 256;

/// The paths that were found, in order: what each is, as far as its folder's listing says, or what is wrong with it.
type Found = BTreeMap<PathBuf, Result<Option<FileType>, Problem>>;

/// One part of a pattern, between path separators.
enum Part {
    /// A literal name.
    Name(String),
    /// A pattern for names.
    Names(Pattern),
    /// `**`: folders at any depth.
    Folders,
}

/// Returns whether a path has characters that make it a pattern.
pub(super) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[']) || path.contains('{') && path.contains('}')
}

/// Returns the files that match a pattern, sorted by name.
///
/// # Errors
/// When the pattern is not valid, or no file matches it.
pub(super) fn read(pattern: &str) -> Result<Listing, SourceError> {
    let not_understood = |source| SourceError::Pattern { pattern: pattern.to_owned(), source };
    let mut found = Found::new();
    for alternative in alternatives(pattern) {
        // The whole pattern is parsed first, so that an error gives the position in the whole.
        Pattern::new(&alternative).map_err(not_understood)?;
        let (root, parts) = parts(&alternative).map_err(not_understood)?;
        expand(&root, None, &parts, &mut found);
    }
    let items: Vec<Item> = found.into_iter().filter_map(item).collect();
    if items.is_empty() {
        return Err(SourceError::NoFiles { what: format!("no file matches the pattern {pattern}") });
    }
    Ok(Listing { items, ..Listing::default() })
}

fn item((path, found): (PathBuf, Result<Option<FileType>, Problem>)) -> Option<Item> {
    // A file is not looked at if the listing has told what it is: on a share, each look takes a round trip.
    let is_folder = |kind: Option<FileType>| match kind.filter(|kind| !kind.is_symlink()) {
        Some(kind) => kind.is_dir(),
        None => path.is_dir(),
    };
    match found {
        Err(problem) => Some(folder::unusable(&path, problem)),
        Ok(kind) if is_litter(&path) || !has_image_extension(&path) && is_folder(kind) => None,
        Ok(_) => Some(folder::item(path)),
    }
}

/// Expands braces: returns the patterns without braces for which a pattern stands. Braces without a comma are literal.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut todo = vec![pattern.to_owned()];
    while let Some(pattern) = todo.pop() {
        match braces(&pattern) {
            Some((before, choices, behind)) if done.len() + todo.len() + choices.len() <= MAX_ALTERNATIVES => {
                todo.extend(choices.iter().rev().map(|choice| format!("{before}{choice}{behind}")));
            }
            _ => done.push(pattern),
        }
    }
    done
}

/// Splits a pattern at its first braces with a comma: the text before them, the choices inside, and the text after
/// them.
fn braces(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let mut opening = None;
    for (at, c) in pattern.char_indices() {
        match (c, opening) {
            // The innermost braces come first.
            ('{', _) => opening = Some(at),
            ('}', Some(start)) => {
                let choices: Vec<&str> = pattern[start + 1..at].split(',').collect();
                if choices.len() > 1 {
                    return Some((&pattern[..start], choices, &pattern[at + 1..]));
                }
                opening = None;
            }
            _ => {}
        }
    }
    None
}

/// Returns the root from which a pattern starts, and its parts.
fn parts(pattern: &str) -> Result<(PathBuf, Vec<Part>), glob::PatternError> {
    let is_root = |component: &Component<'_>| matches!(component, Component::Prefix(_) | Component::RootDir);
    let root: PathBuf = Path::new(pattern).components().take_while(is_root).collect();
    let rest = &pattern[root.as_os_str().len().min(pattern.len())..];
    let part = |name: &str| match name {
        "**" => Ok(Part::Folders),
        _ if name.contains(['*', '?', '[']) => Pattern::new(&name.nfc().collect::<String>()).map(Part::Names),
        _ => Ok(Part::Name(name.to_owned())),
    };
    let names = rest.split(std::path::is_separator).filter(|name| !matches!(*name, "" | "."));
    // A pattern that ends with `**` means everything inside these folders.
    let last = names.clone().next_back().filter(|name| *name == "**").map(|_| "*");
    Ok((root, names.chain(last).map(part).collect::<Result<_, _>>()?))
}

/// Adds to `found` what the parts of a pattern match below a path. `kind` is what the path is, if a listing has told.
fn expand(path: &Path, kind: Option<FileType>, parts: &[Part], found: &mut Found) {
    match parts {
        [] => {
            if kind.is_some() || !path.as_os_str().is_empty() && std::fs::symlink_metadata(path).is_ok() {
                found.insert(path.to_path_buf(), Ok(kind));
            }
        }
        [Part::Name(name), rest @ ..] => expand(&path.join(name), None, rest, found),
        [Part::Names(pattern), rest @ ..] => {
            for (path, kind) in matching(path, pattern, found) {
                // A file has nothing in it. To ask would take a round trip, and Windows has several errors for it.
                if rest.is_empty() || !kind.is_some_and(|kind| kind.is_file()) {
                    expand(&path, kind, rest, found);
                }
            }
        }
        [Part::Folders, rest @ ..] => {
            for folder in folders(path, found) {
                expand(&folder, None, rest, found);
            }
        }
    }
}

/// Returns the entries of a folder whose names match. A name that is not valid Unicode is matched with its invalid
/// bytes replaced.
fn matching(folder: &Path, pattern: &Pattern, found: &mut Found) -> Vec<(PathBuf, Option<FileType>)> {
    let entries = match std::fs::read_dir(or_current(folder)) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Vec::new();
        }
        // Windows has several errors for a file that is read as a folder.
        Err(_) if folder.is_file() => return Vec::new(),
        Err(error) => {
            found.insert(folder.to_path_buf(), Err(Problem::Unreadable(error)));
            return Vec::new();
        }
    };
    let names = entries.filter_map(|entry| match entry {
        Ok(entry) => Some((entry.file_name(), entry.file_type().ok())),
        Err(error) => {
            found.insert(folder.to_path_buf(), Err(Problem::Unreadable(error)));
            None
        }
    });
    let matches =
        |name: &std::ffi::OsString| pattern.matches_with(&name.to_string_lossy().nfc().collect::<String>(), OPTIONS);
    names.filter(|(name, _)| matches(name)).map(|(name, kind)| (folder.join(name), kind)).collect()
}

/// Returns a folder and all folders below it, except hidden ones.
fn folders(folder: &Path, found: &mut Found) -> Vec<PathBuf> {
    let walk = WalkDir::new(or_current(folder)).follow_links(true).sort_by_file_name().into_iter();
    let shown =
        walk.filter_entry(|entry| entry.depth() == 0 || entry.file_type().is_dir() && !folder::is_hidden(entry));
    let mut folders = Vec::new();
    for entry in shown {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {
                // The dot that stands for the current folder is left out of the result.
                let below = entry.path().strip_prefix(or_current(folder)).unwrap_or(entry.path());
                folders.push(if below.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(below) });
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                // A file that has disappeared, or a link to one, is not a folder.
                if error.io_error().is_none_or(|error| error.kind() != std::io::ErrorKind::NotFound) {
                    found.insert(path, Err(error.into_io_error().map_or(Problem::LinkLoop, Problem::Unreadable)));
                }
            }
        }
    }
    folders
}

fn or_current(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::{alternatives, is_pattern, read};
    use crate::source::{Item, SourceError};

    fn names(folder: &std::path::Path, pattern: &str) -> Vec<String> {
        let listing = read(&format!("{}/{pattern}", folder.display())).expect("a listing");
        let name = |item: &Item| match item {
            Item::Photo(photo) => photo.path.strip_prefix(folder).expect("is below").display().to_string(),
            Item::Unusable(file) => format!("({})", file.problem),
        };
        listing.items.iter().map(|item| name(item).replace('\\', "/")).collect()
    }

    #[test]
    fn patterns_match_as_in_shells_and_in_any_case() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in
            ["a.jpg", "b.JPG", "c.png", "x/d.jpg", "x/y/e.jpeg", "x/.hidden/f.jpg", ".g.jpg", "[1].jpg", "Thumbs.db"]
        {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, "").expect("is written");
        }
        for (pattern, expected) in [
            ("*.jpg", &["[1].jpg", "a.jpg", "b.JPG"][..]),
            ("*.{jpg,png}", &["[1].jpg", "a.jpg", "b.JPG", "c.png"]),
            ("**/*.jpg", &["[1].jpg", "a.jpg", "b.JPG", "x/d.jpg"]),
            ("**/*.{jpg,jpeg}", &["[1].jpg", "a.jpg", "b.JPG", "x/d.jpg", "x/y/e.jpeg"]),
            ("x/**", &["x/d.jpg", "x/y/e.jpeg"]),
            ("*/*.jpg", &["x/d.jpg"]),
            ("{x/y,x}/?.jp*", &["x/d.jpg", "x/y/e.jpeg"]),
            ("**/**/y/*", &["x/y/e.jpeg"]),
            ("[ab].*", &["a.jpg", "b.JPG"]),
            ("[[]1].jpg", &["[1].jpg"]),
            (".*", &[".g.jpg"]),
        ] {
            assert_eq!(names(folder.path(), pattern), expected, "{pattern}");
        }
        for pattern in ["*.gif", "nothing/*.jpg", "a.jpg/*"] {
            let nothing = read(&format!("{}/{pattern}", folder.path().display()));
            assert!(matches!(nothing, Err(SourceError::NoFiles { .. })), "{pattern}");
        }
        assert!(matches!(read("["), Err(SourceError::Pattern { .. })));
        assert!(matches!(read("a**b/*"), Err(SourceError::Pattern { .. })));
    }

    #[test]
    fn braces_are_alternatives_where_they_have_a_comma() {
        assert_eq!(alternatives("{a,b}.{c,d}"), ["a.c", "a.d", "b.c", "b.d"]);
        assert_eq!(alternatives("{a,{b,c}}"), ["a", "b", "a", "c"], "each file is found once");
        assert_eq!(alternatives("{a}.{}"), ["{a}.{}"]);
        assert!(alternatives(&"{a,b}".repeat(40)).len() <= super::MAX_ALTERNATIVES);
        assert!(is_pattern("*.{jpg,png}") && is_pattern("{a,b}.jpg") && !is_pattern("a{b.jpg"));
    }

    /// Such a file is not skipped silently, and does not stop the others.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_name_that_is_no_unicode_is_one_item() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("a folder");
        for name in [&b"m\xfcller.jpg"[..], b"anna.jpg"] {
            std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), [0xff, 0xd8, 0xff])
                .expect("is written");
        }
        assert_eq!(names(folder.path(), "*.jpg"), ["anna.jpg", "m\u{fffd}ller.jpg"]);
        assert_eq!(names(folder.path(), "m?ller.jpg"), ["m\u{fffd}ller.jpg"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_leads_back_ends_there() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("x")).expect("a folder");
        std::fs::write(folder.path().join("x/a.jpg"), "").expect("is written");
        std::os::unix::fs::symlink("..", folder.path().join("x/up")).expect("a link");
        let found = names(folder.path(), "**/*.jpg");
        assert_eq!(found, ["x/a.jpg", "(a link back to a folder above it)"]);
    }
}
