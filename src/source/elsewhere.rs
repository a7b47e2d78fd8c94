//! Paths on the command line that cannot be opened on this machine, recognized by their form.

use std::path::Path;

use super::SourceError;
use super::path::is_windows;

/// Returns why a path on the command line cannot be opened, if its form shows that.
pub(super) fn elsewhere(path: &Path) -> Option<SourceError> {
    let text = path.to_str()?;
    let owned = || path.to_path_buf();
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '(' | ')'))
    };
    let between_signs = || {
        let mut parts = text.split('%');
        parts.nth(1).filter(|name| is_name(name) && parts.next().is_some()).map(|name| format!("%{name}%"))
    };
    let behind_sign = || {
        let rest = text.split_once('$')?.1.trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':')).unwrap_or(rest.len());
        (end > 0).then(|| format!("${}", &rest[..end]))
    };
    let home = || text.starts_with('~').then(|| text.split(['/', '\\']).next().unwrap_or(text).to_owned());
    if text.contains("://") {
        return Some(SourceError::WebAddress { path: owned() });
    }
    let is_drive = text.len() == 2 && text.ends_with(':');
    if !cfg!(windows) && (is_drive || is_windows(text)) {
        return Some(SourceError::WindowsPath { path: owned() });
    }
    let shorthand = home().or_else(between_signs).or_else(behind_sign)?;
    Some(SourceError::NotExpanded { path: owned(), shorthand })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::elsewhere;
    use crate::source::SourceError;

    #[test]
    fn paths_of_elsewhere_are_told() {
        for path in
            ["~/photos", "~", "$HOME/photos", "${HOME}/photos", "$env:USERPROFILE\\x", "%USERPROFILE%\\Pictures"]
        {
            assert!(matches!(elsewhere(Path::new(path)), Some(SourceError::NotExpanded { .. })), "{path}");
        }
        assert!(matches!(elsewhere(Path::new("https://x.test/a.csv")), Some(SourceError::WebAddress { .. })));
        for path in ["photos", "a~b/c", "100%", "/srv/photos", "cash$"] {
            assert!(elsewhere(Path::new(path)).is_none(), "{path}");
        }
        if cfg!(not(windows)) {
            for path in [r"P:\Personal\Fotos", r"\\fs01\hr\fotos", "P:", "P:/x/*.jpg"] {
                assert!(matches!(elsewhere(Path::new(path)), Some(SourceError::WindowsPath { .. })), "{path}");
            }
        }
    }
}
