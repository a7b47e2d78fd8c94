//! Compares what docs/design.md says of rooms and floors with the imports in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const DESIGN: &str = include_str!("../../../docs/design.md");

#[test]
fn every_room_imports_only_from_floors_below_its_own() {
    let floors = floors();
    let rooms: BTreeSet<&str> = floors.keys().map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    let mut imports = 0;
    for (room, file, code) in rooms_code() {
        let floor = floors.get(&room).unwrap_or_else(|| panic!("docs/design.md has no room {room}"));
        for used in imported(&code).filter(|used| *used != room && rooms.contains(used)) {
            assert!(floors[used] > *floor, "{}: {room} imports from {used}, which is not below it", file.display());
            imports += 1;
        }
        seen.insert(room);
    }
    assert_eq!(seen.iter().map(String::as_str).collect::<BTreeSet<_>>(), rooms);
    assert!(imports > 300, "{imports}");
}

/// Returns the rooms of the table with their floors, which are counted from the top.
fn floors() -> BTreeMap<String, usize> {
    let table = DESIGN.split("| floor | rooms |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    // Rooms are separated by semicolons, and each begins with its name.
    let rooms = |row: &'static str| row.split('|').nth(2).unwrap().split(';').map(str::trim).filter_map(name);
    rows.enumerate().flat_map(|(floor, row)| rooms(row).map(move |room| (room.to_owned(), floor))).collect()
}

fn name(of_room: &str) -> Option<&str> {
    of_room.strip_prefix('`')?.split('`').next()
}

/// Returns each file of the rooms: the room, the path, and the code without its tests.
fn rooms_code() -> Vec<(String, PathBuf, String)> {
    let mut found = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_test = matches!(name, "tests" | "tests.rs");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if name.ends_with(".rs") && !is_test && !matches!(name, "lib.rs" | "main.rs") {
                let below = path.strip_prefix(&source).unwrap().components().next().unwrap();
                let room = below.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
                let code = std::fs::read_to_string(&path).unwrap();
                let code = code.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                found.push((room, path, code));
            }
        }
    }
    found
}

/// Returns the modules below `crate::` that the code names, except in comments.
fn imported(code: &str) -> impl Iterator<Item = &str> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = lines.flat_map(|line| line.split("crate::").skip(1));
    paths.map(|path| path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}
