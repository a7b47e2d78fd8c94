//! The CSV report: a row for each record, safe to open in a spreadsheet.
//!
//! Import can read it as a list, so it has nothing but rows. The facts of the run are in the JSON and HTML reports.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Code, Ending, Record, Report, Status};
use crate::source::cell::written;
use crate::source::characters::{is_blank, is_typographic};

const COLUMNS: [&str; 12] = [
    "user",
    "photo",
    "status",
    "reason_code",
    "reason",
    "dn",
    "bytes_before",
    "bytes_after",
    "display_name",
    "department",
    // Import does not read these two. They are for the person who corrects `user`.
    "suggested_user",
    "suggested_name",
];

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let further = Further::new(&report.columns, &["sAMAccountName", "distinguishedName", "displayName", "department"]);
    // Without a byte order mark, Excel reads the file as Windows-1252.
    out.write_all("\u{feff}".as_bytes())?;
    let header: Vec<&str> = COLUMNS.into_iter().chain(further.names()).collect();
    write_row(&header, report.delimiter, out)?;
    if report.records.is_empty()
        && let Ending { error: Some(error), help, .. } = &report.ending
    {
        write_row(&trouble(error, help).map(|text| cell(&text)), report.delimiter, out)?;
    }
    let mut write = |record: &Record| {
        let cells: Vec<String> =
            row(record).iter().map(|text| cell(text)).chain(further.cells(&record.columns)).collect();
        write_row(&cells, report.delimiter, out)
    };
    report.records.iter().try_for_each(|record| write(&*record?))
}

/// The further columns of a CSV file, without those whose values the file has anyway: a second column of logon names
/// could be taken for the first.
pub(super) struct Further<'n> {
    /// The place of each column among all further columns, and its name.
    columns: Vec<(usize, &'n str)>,
}

impl<'n> Further<'n> {
    pub(super) fn new(names: &'n [String], present: &[&str]) -> Self {
        let columns = names.iter().map(String::as_str).enumerate();
        Self { columns: columns.filter(|(_, name)| !present.contains(name)).collect() }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'n str> {
        self.columns.iter().map(|(_, name)| *name)
    }

    /// Returns the cells of a row. They are empty if `values` is empty.
    pub(super) fn cells(&self, values: &[String]) -> impl Iterator<Item = String> {
        self.columns.iter().map(|&(at, _)| values.get(at).map_or(String::new(), |value| cell(value)))
    }
}

/// Returns whether a file with this beginning is a CSV report of adphoto, whatever its delimiter.
pub(super) fn is_ours(beginning: &[u8]) -> bool {
    [b',', b';', b'\t', b'|'].into_iter().any(|delimiter| {
        let mut header = Vec::from("\u{feff}");
        // Writing to a Vec cannot fail.
        _ = write_row(&COLUMNS[..4], delimiter, &mut header);
        beginning.starts_with(header.trim_ascii_end())
    })
}

/// Returns the row of a run that could not begin. Without it, the report would look like that of a quiet night.
fn trouble(error: &str, help: &[String]) -> [String; 12] {
    let mut row: [String; 12] = Default::default();
    row[2] = Status::Failed.name().to_owned();
    row[3] = Code::RunFailed.name().to_owned();
    row[4] = std::iter::once(error).chain(help.iter().map(String::as_str)).collect::<Vec<_>>().join(": ");
    row
}

/// Writes a row. A cell is quoted if import would read it differently otherwise. Besides the cells that every CSV file
/// quotes, these are cells with blanks at either end, which import would remove, and cells with typographic quotation
/// marks.
pub(super) fn write_row(cells: &[impl AsRef<str>], delimiter: u8, out: &mut dyn Write) -> io::Result<()> {
    let delimiter = char::from(delimiter);
    let fields: Vec<Cow<'_, str>> = cells.iter().map(|cell| quoted(cell.as_ref(), delimiter)).collect();
    writeln!(out, "{}", fields.join(delimiter.encode_utf8(&mut [0; 4])))
}

fn quoted(cell: &str, delimiter: char) -> Cow<'_, str> {
    // Cells with a comma are always quoted, because a reader may take the comma for the delimiter.
    if cell.contains(['"', ',', delimiter, '\r', '\n'])
        || cell.contains(is_typographic)
        || cell.starts_with(is_blank)
        || cell.ends_with(is_blank)
    {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

fn row(record: &Record) -> [String; 12] {
    let number = |bytes: Option<usize>| bytes.map_or(String::new(), |bytes| bytes.to_string());
    [
        record.user.clone(),
        record.photo.clone(),
        record.status.name().to_owned(),
        record.reason_codes(),
        record.reason_text(),
        record.dn.clone().unwrap_or_default(),
        number(record.bytes_before()),
        number(record.bytes_after()),
        record.display_name.clone().unwrap_or_default(),
        record.department.clone().unwrap_or_default(),
        record.suggested(|account| &account.user),
        record.suggested(|account| &account.name),
    ]
}

/// Returns a text in a form that a spreadsheet does not run as a formula. Import reads the original text from it,
/// except for control characters.
pub(super) fn cell(text: &str) -> String {
    written(&without_controls(text)).into_owned()
}

/// Escapes control characters. A file name may contain some that move the cursor of a terminal, and they have no place
/// in a spreadsheet either.
fn without_controls(cell: &str) -> String {
    cell.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

    use super::super::{About, Format, Record, Report, Status};
    use crate::source::{Item, Options, read};

    fn record((user, photo): &(String, String)) -> Record {
        Record { user: user.clone(), photo: photo.clone(), ..Record::blank(Status::Failed, Vec::new()) }
    }

    /// Returns names and paths made of everything that reading or writing has a rule for, except control characters,
    /// which are escaped.
    fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
        let pieces = prop::sample::select(vec![
            "'", "\"", "=", "＝", "@", "“", "”", "\u{200b}", "\u{feff}", " ", "\u{a0}", "00", "sep=;", "#TYPE", ",",
            ";", "ü",
        ]);
        let odd = prop::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat());
        let any = any::<String>().prop_map(|text| {
            text.replace(char::is_control, "").replace(['/', '\\', '.', '?', ':', char::REPLACEMENT_CHARACTER], "")
        });
        let text = prop::strategy::Union::new([odd.boxed(), any.boxed()]);
        let user = text.clone().prop_filter("a name", |text| !text.trim().is_empty());
        prop::collection::vec((user, text.prop_map(|text| format!("{text}/1.jpg"))), 1..9)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn import_reads_users_and_paths_as_they_were(pairs in pairs(), delimiter in prop::sample::select(b",;\t|".to_vec())) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("report.csv");
            let records = pairs.iter().map(record).collect();
            let report = Report { records, delimiter, ..Report::of("import", About::now()) };
            report.render(Format::Csv, &mut std::fs::File::create(&path).expect("a file")).expect("is written");
            let listing = read(&path, &Options::default()).expect("a list");
            let named = |item: &Item| item.photo().map(|photo| (photo.key.text().to_owned(), photo.named().into_owned()));
            let read: Vec<_> = listing.items.iter().map(named).collect();
            assert_eq!(read, pairs.into_iter().map(Some).collect::<Vec<_>>());
        }
    }
}
