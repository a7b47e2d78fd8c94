//! The CSV source: `AD_user, path_to_file`.

use std::path::Path;

use super::approved::Schema;
use super::columns::Columns;
use super::dialect::{excel_mark, find_delimiter, split};
use super::folder::has_image_extension;
use super::path::{FolderIndex, Resolver};
use super::rows::{Row, Rows};
use super::{Item, Key, Listing, Options, Photo, Problem, SourceError, Unusable, beginning, encoding};
use crate::hash::Hash;

/// Longer than any name, DN or path in use; Windows' own limit for a path is 32,767 characters.
const MAX_FIELD: usize = 32 * 1024;
/// How much of an unreadable row a report shows.
const SHOWN_CHARS: usize = 60;

pub(super) fn read(path: &Path, options: &Options) -> Result<Listing, SourceError> {
    let (text, note) = encoding::read(path)?;
    let resolver = match &options.photo_dir {
        Some(folder) => Resolver::InFolder(
            FolderIndex::read(folder).map_err(|source| SourceError::Io { path: folder.clone(), source })?,
        ),
        None => Resolver::BesideCsv(path.parent().unwrap_or(Path::new("")).to_path_buf()),
    };
    let mut listing = parse(&text, options, &resolver)?;
    listing.notes.splice(0..0, note);
    if listing.items.is_empty() {
        let what =
            if text.trim().is_empty() { "the CSV file is empty" } else { "the CSV file has a header and no rows" };
        return Err(SourceError::NoRows { what: format!("{what}: {}", path.display()) });
    }
    Ok(listing)
}

fn parse(text: &str, options: &Options, resolver: &Resolver) -> Result<Listing, SourceError> {
    let (text, skipped_lines, marked) = excel_mark(text);
    let delimiter = options.delimiter.or(marked).unwrap_or_else(|| find_delimiter(text));
    let mut rows = Rows::new(text, delimiter);
    let mut columns = None;
    let mut listing = Listing::default();
    while let Some(row) = rows.next() {
        let mut fields = row.text.as_deref().map(|text| split(text, delimiter));
        if fields.as_ref().is_some_and(|fields| fields.iter().all(|field| field.trim().is_empty())) {
            continue;
        }
        if swallowed_rows(&row, fields.as_ref(), columns.as_ref(), delimiter) {
            rows.resume_at_second_line(&row);
            fields = None;
        }
        if columns.is_none() {
            let Some(first) = &fields else {
                return Err(SourceError::BrokenHeader { line: beginning(row.first_line, SHOWN_CHARS) });
            };
            let mut found = Columns::find(options, &first.iter().collect::<Vec<_>>())?;
            listing.match_by = found.match_by;
            listing.notes.append(&mut found.notes);
            let header = found.header;
            columns = Some(found);
            if header {
                continue;
            }
        }
        let Some(columns) = &columns else { continue };
        let line = row.line + skipped_lines;
        let Some(fields) = fields else {
            listing.items.push(unbalanced(&row, line));
            continue;
        };
        if let Some(schema) = &columns.approved {
            schema.check(&fields.iter().collect::<Vec<_>>(), line)?;
        }
        let schema = columns.approved.as_ref().filter(|_| !options.users_only);
        listing.items.push(match schema {
            Some(schema) => approved(&fields, schema, line, resolver),
            None => item(&fields, columns, line, resolver),
        });
    }
    if !options.users_only && columns.is_some_and(|columns| columns.sha256.is_some()) {
        listing.notes.extend(unbound(&listing.items));
    }
    Ok(listing)
}

/// Of a list that binds photos to what their files held: how many it does not bind.
fn unbound(items: &[Item]) -> Option<String> {
    let count = items.iter().filter_map(Item::photo).filter(|photo| photo.sha256.is_none()).count();
    let rows = if count == 1 { "1 row of the list has".to_owned() } else { format!("{count} rows of the list have") };
    (count > 0).then(|| format!("{rows} no sha256: whatever the photo is now will be written"))
}

/// Whether the row lost a closing quote and found one in a later row: no name and no path has a line break, and no line
/// of a remark is a row with an image.
fn swallowed_rows(row: &Row<'_>, fields: Option<&csv::StringRecord>, columns: Option<&Columns>, delimiter: u8) -> bool {
    let Some(row_fields) = fields.filter(|_| !row.more_lines.is_empty()) else { return false };
    let breaks = |at: usize| row_fields.get(at).is_some_and(|field| field.contains(['\r', '\n']));
    let is_image = |field: &str| has_image_extension(Path::new(field.trim_matches('"')));
    let is_row = |line: &str| {
        let fields = split(line, delimiter);
        columns.map_or_else(|| fields.iter().any(is_image), |columns| fields.get(columns.photo).is_some_and(is_image))
    };
    columns.is_some_and(|columns| breaks(columns.user) || breaks(columns.photo))
        || row.more_lines.split(['\r', '\n']).any(is_row)
}

fn item(fields: &csv::StringRecord, columns: &Columns, line: u64, resolver: &Resolver) -> Item {
    let user = without_apostrophe(fields.get(columns.user).unwrap_or_default());
    let photo = without_apostrophe(fields.get(columns.photo).unwrap_or_default());
    let sha256 = columns.sha256.and_then(|at| fields.get(at)).filter(|field| !field.is_empty());
    let hash = sha256.and_then(Hash::parse);
    let problem = if let Some(damage) = damage(fields) {
        damage
    } else if fields.len() < columns.needed() {
        Problem::TooFewFields { found: fields.len(), needed: columns.needed() }
    } else if user.is_empty() {
        Problem::NoUser
    } else if photo.is_empty() {
        Problem::NoPhoto
    } else if sha256.is_some() && hash.is_none() {
        Problem::NotAHash
    } else {
        return Item::Photo(Photo {
            key: Key::Exact(user.to_owned()),
            path: resolver.resolve(photo),
            named: photo.to_owned(),
            line: Some(line),
            sha256: hash,
            approved: None,
        });
    };
    Item::Unusable(Unusable {
        user: beginning(user, SHOWN_CHARS),
        photo: beginning(photo, SHOWN_CHARS),
        line: Some(line),
        problem,
    })
}

/// What no row may hold.
fn damage(fields: &csv::StringRecord) -> Option<Problem> {
    let longest = fields.iter().map(str::len).max().unwrap_or_default();
    if longest > MAX_FIELD {
        return Some(Problem::FieldTooLong { bytes: longest });
    }
    fields.iter().any(|field| field.contains('\0')).then_some(Problem::Nul)
}

/// A row of an approved list.
fn approved(fields: &csv::StringRecord, schema: &Schema, line: u64, resolver: &Resolver) -> Item {
    let fields_as_written: Vec<&str> = fields.iter().map(without_apostrophe).collect();
    let read = damage(fields).map_or_else(|| schema.read(&fields_as_written).map_err(Problem::from), Err);
    match read {
        Ok(row) => Item::Photo(Photo {
            key: Key::Exact(row.guid),
            path: resolver.resolve(&row.path),
            named: row.path,
            line: Some(line),
            sha256: Some(row.sha256),
            approved: Some(row.approved),
        }),
        Err(problem) => {
            let field = |at: usize| beginning(fields_as_written.get(at).unwrap_or(&""), SHOWN_CHARS);
            let (user, photo) = (field(schema.user()), field(schema.photo()));
            Item::Unusable(Unusable { user, photo, line: Some(line), problem })
        }
    }
}

/// A cell as it was before adphoto's reports, or another careful program, kept a spreadsheet from running it as a
/// formula: they put an apostrophe in front of `= + - @`, and of apostrophes in front of those.
fn without_apostrophe(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

fn unbalanced(row: &Row<'_>, line: u64) -> Item {
    let (user, photo) = (beginning(row.first_line, SHOWN_CHARS), String::new());
    Item::Unusable(Unusable { user, photo, line: Some(line), problem: Problem::UnbalancedQuote })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Hash, Item, Listing, Options, Photo, Problem, Resolver, parse};

    fn listing(text: &str) -> Listing {
        parse(text, &Options::default(), &Resolver::BesideCsv(PathBuf::from("hr"))).expect("a list")
    }

    fn summary(text: &str) -> Vec<String> {
        let describe = |item: Item| match item {
            Item::Photo(photo) => {
                let path = photo.path.display().to_string();
                // The separator of the system's own.
                let path = if cfg!(windows) { path.replace('\\', "/") } else { path };
                format!("{} {} {path}", photo.line.unwrap_or(0), photo.key.text())
            }
            Item::Unusable(row) => format!("{} {}", row.line.unwrap_or(0), row.problem),
        };
        listing(text).items.into_iter().map(describe).collect()
    }

    #[test]
    #[cfg(not(windows))]
    fn the_example_of_the_documentation_works_as_it_stands() {
        assert_eq!(
            summary("AD_user, path_to_file\r\nAlexD , C:\\AD_Photos\\ad-alex-darrow.jpg\r\n"),
            ["2 AlexD C:\\AD_Photos\\ad-alex-darrow.jpg"]
        );
    }

    #[test]
    fn every_delimiter_is_found() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = format!("user{delimiter}path\n\njdoe{delimiter}\"a, b.jpg\"\n,;\n").replace(",;", delimiter);
            assert_eq!(summary(&text), ["3 jdoe hr/a, b.jpg"], "{delimiter:?}");
        }
        assert_eq!(summary("sep=;\nuser;path\njdoe;a,b.jpg\n"), ["3 jdoe hr/a,b.jpg"]);
    }

    #[test]
    fn a_bad_row_is_one_record_with_its_line() {
        let long = "x".repeat(1024 * 1024);
        let text = format!(
            "user,path\njdoe\n,b.jpg\nanna,\nmary,\"c.jpg\njohn,d.jpg\nn\0l,e.jpg\n{long},f.jpg\n\"p\nq\",\"g.jpg\"\nlast,h.jpg\n"
        );
        assert_eq!(
            summary(&text),
            [
                "2 the row has 1 of the 2 fields it needs",
                "3 the row names no user",
                "4 no photo named",
                "5 the row has a quotation mark (\") that does not pair with another",
                "6 john hr/d.jpg",
                "7 the row holds a NUL character",
                "8 the row has a field of 1048576 bytes, longer than any name or path",
                "9 the row has a quotation mark (\") that does not pair with another",
                "10 q\" hr/g.jpg",
                "11 last hr/h.jpg",
            ]
        );
    }

    #[test]
    fn a_cell_that_was_kept_from_being_a_formula_reads_as_it_was() {
        assert_eq!(
            summary("user,path\n'-dash,'@home/=1.jpg\n''-quoted,'+.jpg\n'tis,'a.jpg\n-plain,''b.jpg\n"),
            ["2 -dash hr/@home/=1.jpg", "3 '-quoted hr/+.jpg", "4 'tis hr/'a.jpg", "5 -plain hr/''b.jpg",]
        );
    }

    #[test]
    fn a_row_may_say_what_its_file_holds() {
        let hash = Hash::of(b"a photo");
        let digits = hash.to_string();
        let bound = |field: &str| match listing(&format!("path;SHA-256;user\n1.jpg;{field};anna\n")).items.pop() {
            Some(Item::Photo(photo)) => Ok(photo.sha256),
            row => Err(format!("{row:?}").contains("NotAHash")),
        };
        assert_eq!((bound(&digits), bound(&format!(" {} ", digits.to_uppercase()))), (Ok(Some(hash)), Ok(Some(hash))));
        assert_eq!(bound(""), Ok(None));
        for field in [&digits[2..], &format!("{digits}00"), &digits.replace(&digits[..1], "g"), "none"] {
            assert_eq!(bound(field), Err(true), "{field}");
        }
        let short = listing("user,path,sha256\nanna,1.jpg\n");
        assert!(
            matches!(short.items[..], [Item::Photo(Photo { sha256: None, .. })]),
            "a spreadsheet may end a row early"
        );
        assert!(
            short.notes.iter().any(|note| note.starts_with("1 row of the list has no sha256")),
            "{:?}",
            short.notes
        );
    }

    #[test]
    fn a_remark_with_line_breaks_is_no_bad_row() {
        assert_eq!(summary("user,remark,path\na,\"two\nlines\",x.jpg\nb,,y.jpg\n"), ["2 a hr/x.jpg", "4 b hr/y.jpg"]);
    }

    #[test]
    fn a_stray_quote_in_another_column_swallows_no_row() {
        assert_eq!(
            summary("user,path,size\njdoe,a.jpg,\"5\nxli,b.jpg,7\"\nlast,c.jpg,9\n"),
            [
                "2 the row has a quotation mark (\") that does not pair with another",
                "3 xli hr/b.jpg",
                "4 last hr/c.jpg"
            ]
        );
        let header =
            parse("user,path,\"size\njdoe,a.jpg,7\"\n", &Options::default(), &Resolver::BesideCsv(PathBuf::new()));
        assert!(header.is_err());
    }

    #[test]
    fn a_header_that_names_an_attribute_sets_it() {
        assert_eq!(listing("Mail;Photo\na@b.test;x.jpg\n").match_by, Some("mail"));
        assert!(
            matches!(listing("user,path\n,\n \nx,\n").items[..], [Item::Unusable(ref row)] if matches!(row.problem, Problem::NoPhoto))
        );
    }
}
