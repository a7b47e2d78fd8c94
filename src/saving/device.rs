//! Names that Windows reserves for devices. No file can have such a name, in any folder and with any extension.

/// Reserved names (Microsoft, "Naming Files, Paths, and Namespaces"). The last two are the console.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Names that are reserved if one digit follows, which may be a superscript: COM1, LPT³.
const PORTS: [&str; 2] = ["COM", "LPT"];

/// Returns whether Windows takes a file name for a device. It looks only at the part before the first dot, without the
/// spaces at the end of that part.
pub(super) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_port = |port: &&str| {
        let number = stem.strip_prefix(*port).map(|number| number.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    DEVICES.contains(&stem.as_str()) || PORTS.iter().any(is_port)
}

#[cfg(test)]
mod tests {
    use super::is_device;

    #[test]
    fn devices_are_known_whatever_their_case_and_extension() {
        for name in [
            "con",
            "NUL.jpg",
            "aux.tar.gz",
            "prn ",
            "PRN .jpg",
            "com1",
            "COM0.jpg",
            "Lpt9",
            "lpt¹.jpg",
            "COM²",
            "conin$",
        ] {
            assert!(is_device(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_begin_like_a_device_are_names() {
        for name in [
            "comb", "comb.jpg", "COMA", "com", "com10", "com⁴", "com١", "lpt", "lptx", "console", "null", "auxo",
            "acon", "com 1",
        ] {
            assert!(!is_device(name), "{name}");
        }
    }
}
