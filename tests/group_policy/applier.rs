//! Applies a policy as Windows does, according to what [MS-GPPREF] and [MS-GPOL] say of the files in a backup. It is
//! written from these documents, and not from the code that makes the files.
//!
//! In Files, `R` deletes and copies, `C` copies what is missing, `U` changes attributes only, and `D` deletes; parent
//! folders are made. In Registry, `R` and `U` set a value, `C` sets a missing one, and `D` deletes it. Filters are
//! evaluated in order: each is combined with the result so far as its `bool` says, and negated by `not`. An item
//! without filters applies; an item in a collection applies only if the collection's filters hold, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// The extensions ([MS-GPPREF] 1.9), with the paths of their files below `User\Preferences`.
const EXTENSIONS: [(&str, &str); 2] = [
    ("{7150F9BF-48AD-4DA4-A49C-29EF4A8369BA}", "Files/Files.xml"),
    ("{B087BE9D-ED37-454F-AF9C-04291E351182}", "Registry/Registry.xml"),
];

/// An element of an XML document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// The attributes in their order in the document.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn read(document: &[u8]) -> Self {
        let text = std::str::from_utf8(document).unwrap();
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::begun(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(Self::begun(&start)),
                Event::End(_) => {
                    let whole = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(whole);
                }
                Event::Text(text) => open.last_mut().unwrap().text += text.trim(),
                Event::CData(text) => open.last_mut().unwrap().text += &text,
                Event::Eof => break,
                _ => {}
            }
        }
        open.remove(0).children.remove(0)
    }

    fn begun(start: &BytesStart<'_>) -> Self {
        let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
            (attribute.key.0.to_owned(), value)
        };
        let attributes = start.attributes().map(|found| attribute(found.unwrap())).collect();
        Self { name: start.name().0.to_owned(), attributes, ..Self::default() }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the first element with this name, at any depth.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name { Some(self) } else { self.children.iter().find_map(|child| child.find(name)) }
    }

    /// Returns all elements with this name, in their order in the document.
    pub(crate) fn all(&self, name: &str) -> Vec<&Self> {
        let own = (self.name == name).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(name))).collect()
    }
}

/// A PC, and the user who signs in to it.
pub(crate) struct Pc {
    /// The folder that stands for the drive `C:`.
    pub(crate) drive: PathBuf,
    /// The folders that stand for shares, by UNC name. A share that is not here cannot be reached.
    pub(crate) shares: BTreeMap<String, PathBuf>,
    pub(crate) registry: Registry,
    pub(crate) sid: String,
    /// The items that are to run only once and have run.
    once: BTreeSet<String>,
    /// The errors, as event 4098 reports them.
    pub(crate) events: Vec<String>,
}

impl Pc {
    pub(crate) fn new(drive: &Path, sid: &str) -> Self {
        Self {
            drive: drive.to_path_buf(),
            shares: BTreeMap::new(),
            registry: Registry::new(),
            sid: sid.to_owned(),
            once: BTreeSet::new(),
            events: Vec::new(),
        }
    }

    /// Applies the user side of a backup, as at logon.
    pub(crate) fn sign_in(&mut self, backup: &Path) {
        let manifest = Element::read(&std::fs::read(backup.join("manifest.xml")).unwrap());
        let folder = backup.join(&manifest.find("ID").unwrap().text);
        let settings = Element::read(&std::fs::read(folder.join("Backup.xml")).unwrap());
        let extensions = &settings.find("UserExtensionGuids").unwrap().text;
        let groups = extensions.split(['[', ']']).filter(|group| !group.is_empty());
        let mut extensions: Vec<&str> = groups.map(|group| &group[..38]).collect();
        extensions.sort_unstable();
        for extension in extensions {
            let Some((_, file)) = EXTENSIONS.iter().find(|(guid, _)| *guid == extension) else { continue };
            let file = folder.join("DomainSysvol/GPO/User/Preferences").join(file);
            let list = Element::read(&std::fs::read(file).unwrap());
            list.children.iter().for_each(|item| self.item(item));
        }
    }

    fn item(&mut self, item: &Element) {
        if item.get("disabled") == "1" || !self.holds(item) {
            return;
        }
        assert!(["0", ""].contains(&item.get("userContext")), "as SYSTEM");
        match item.name.as_str() {
            "Collection" => {
                item.children.iter().filter(|child| child.name != "Filters").for_each(|child| self.item(child))
            }
            "File" => self.file(item.child("Properties").unwrap()),
            "Registry" => self.value(item.child("Properties").unwrap()),
            other => panic!("{other}"),
        }
        let filters = item.child("Filters").into_iter().flat_map(|filters| filters.all("FilterRunOnce"));
        self.once.extend(filters.map(|filter| filter.get("id").to_owned()));
    }

    fn holds(&self, item: &Element) -> bool {
        let filters = item.child("Filters").map(|filters| filters.children.as_slice()).unwrap_or_default();
        filters.iter().enumerate().fold(true, |result, (place, filter)| {
            let found = match filter.name.as_str() {
                "FilterFile" => {
                    assert_eq!((filter.get("type"), filter.get("folder")), ("EXISTS", "0"));
                    self.place(filter.get("path")).is_some_and(|path| path.is_file())
                }
                "FilterRegistry" => {
                    assert_eq!((filter.get("type"), filter.get("subtype")), ("MATCHVALUE", "SUBSTRING"));
                    let (key, wanted) = (self.expand(filter.get("key")), self.expand(filter.get("valueData")));
                    let value = self.registry.get(&key, filter.get("valueName"));
                    value.is_some_and(|value| value.to_lowercase().contains(&wanted.to_lowercase()))
                }
                "FilterRunOnce" => !self.once.contains(filter.get("id")),
                other => panic!("{other}"),
            };
            let found = found != (filter.get("not") == "1");
            match filter.get("bool") {
                _ if place == 0 => found,
                "AND" => result && found,
                "OR" => result || found,
                other => panic!("{other}"),
            }
        })
    }

    fn file(&mut self, properties: &Element) {
        let target = self.place(properties.get("targetPath")).unwrap();
        let action = properties.get("action");
        if action == "D" {
            if target.exists() {
                std::fs::remove_file(target).unwrap();
            }
            return;
        }
        if action == "U" || action == "C" && target.exists() {
            return;
        }
        let source = self.place(properties.get("fromPath"));
        let copied = source.ok_or("no such share".to_owned()).and_then(|source| {
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(source, &target).map_err(|error| error.to_string())
        });
        if let Err(error) = copied {
            self.events.push(format!("{}: {error}", properties.get("fromPath")));
        }
    }

    fn value(&mut self, properties: &Element) {
        assert_eq!((properties.get("hive"), properties.get("type")), ("HKEY_LOCAL_MACHINE", "REG_SZ"));
        let (key, name) = (self.expand(properties.get("key")), properties.get("name"));
        match properties.get("action") {
            "D" => self.registry.remove(&key, name),
            "C" if self.registry.get(&key, name).is_some() => {}
            "C" | "U" | "R" => self.registry.set(&key, name, &self.expand(properties.get("value"))),
            other => panic!("{other}"),
        }
    }

    /// Replaces variables, whatever their case. Other text between percent signs is kept.
    pub(crate) fn expand(&self, text: &str) -> String {
        let variables =
            [("LogonUserSid", self.sid.as_str()), ("ProgramFiles", r"C:\Program Files"), ("SystemDrive", "C:")];
        let mut expanded = text.to_owned();
        for (name, value) in variables {
            let variable = format!("%{name}%").to_lowercase();
            while let Some(at) = expanded.to_lowercase().find(&variable) {
                expanded.replace_range(at..at + variable.len(), value);
            }
        }
        expanded
    }

    /// Returns where a file of the PC or of a share is on this system; `None` if the share cannot be reached.
    pub(crate) fn place(&self, path: &str) -> Option<PathBuf> {
        let path = self.expand(path);
        let (root, rest) = match path.strip_prefix(r"C:\") {
            Some(rest) => (&self.drive, rest.to_owned()),
            None => self
                .shares
                .iter()
                .find_map(|(share, root)| Some((root, path.strip_prefix(&format!(r"{share}\"))?.to_owned())))?,
        };
        Some(rest.split('\\').fold(root.clone(), |path, part| path.join(part)))
    }

    /// Returns the registry values for the user's pictures, by their names.
    pub(crate) fn values(&self) -> BTreeMap<String, String> {
        self.registry
            .values(&self.expand(r"SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users\%LogonUserSid%"))
    }
}

/// `HKEY_LOCAL_MACHINE`: kept in memory, or, on Windows, the real one, which `reg.exe` reads and changes.
pub(crate) struct Registry {
    #[cfg(not(windows))]
    values: BTreeMap<(String, String), String>,
}

#[cfg(not(windows))]
impl Registry {
    fn new() -> Self {
        Self { values: BTreeMap::new() }
    }

    pub(crate) fn get(&self, key: &str, name: &str) -> Option<String> {
        self.values.get(&(key.to_owned(), name.to_owned())).cloned()
    }

    pub(crate) fn set(&mut self, key: &str, name: &str, value: &str) {
        self.values.insert((key.to_owned(), name.to_owned()), value.to_owned());
    }

    fn remove(&mut self, key: &str, name: &str) {
        self.values.remove(&(key.to_owned(), name.to_owned()));
    }

    pub(crate) fn values(&self, key: &str) -> BTreeMap<String, String> {
        let of_key = self.values.iter().filter(|((of, _), _)| of == key);
        of_key.map(|((_, name), value)| (name.clone(), value.clone())).collect()
    }
}

#[cfg(windows)]
impl Registry {
    fn new() -> Self {
        Self {}
    }

    fn reg(arguments: &[&str]) -> Option<String> {
        let output = std::process::Command::new("reg").args(arguments).arg("/reg:64").output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub(crate) fn get(&self, key: &str, name: &str) -> Option<String> {
        self.values(key).remove(name)
    }

    pub(crate) fn set(&mut self, key: &str, name: &str, value: &str) {
        let key = format!(r"HKLM\{key}");
        Self::reg(&["add", &key, "/v", name, "/t", "REG_SZ", "/d", value, "/f"]).unwrap();
    }

    fn remove(&mut self, key: &str, name: &str) {
        // A value that does not exist is as good as deleted.
        let _ = Self::reg(&["delete", &format!(r"HKLM\{key}"), "/v", name, "/f"]);
    }

    pub(crate) fn values(&self, key: &str) -> BTreeMap<String, String> {
        let query = Self::reg(&["query", &format!(r"HKLM\{key}")]).unwrap_or_default();
        let lines = query.lines().filter_map(|line| line.trim().split_once("    REG_SZ    "));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}
