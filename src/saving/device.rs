//! Names that Windows keeps for devices, in every folder and whatever their extension: no file can be called so there.

/// Names that are devices by themselves (Microsoft, "Naming Files, Paths, and Namespaces"; the last two are consoles).
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Names that are devices with one digit behind them, which may be superscript: COM1, LPT³.
const PORTS: [&str; 2] = ["COM", "LPT"];

/// Whether Windows takes a file of this name for a device: it looks no further than to the first dot, and not at spaces
/// before it.
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
