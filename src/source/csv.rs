//! The source that is a CSV file: `AD_user, path_to_file`.

use std::path::Path;

use super::characters::is_blank;
use super::columns::Columns;
use super::layout::{Layout, next_row};
use super::path::{Beside, Resolver};
use super::row::{self, SHOWN_CHARS};
use super::spelling::FolderIndex;
use super::{Item, Listing, Options, Problem, SourceError, beginning, encoding, joined, not_opened, one_cell};

/// The maximum number of rows that are read: as many as a spreadsheet can have.
const MAX_ROWS: usize = 1024 * 1024;

/// Reads a CSV file.
pub(super) fn read(path: &Path, options: &Options) -> Result<Listing, SourceError> {
    let (text, note) = encoding::read(path)?;
    let resolver = match &options.photo_dir {
        _ if options.users_only => Resolver::Nowhere,
        Some(folder) => Resolver::InFolder(FolderIndex::read(folder).map_err(|error| not_opened(folder, error))?),
        None => Resolver::BesideCsv(Beside::new(path.parent().unwrap_or(Path::new("")).to_path_buf())),
    };
    let mut listing = parse(&text, options, &resolver)?;
    listing.notes.splice(0..0, note);
    match listing.items.len() {
        0 => {
            let what = if text.chars().all(is_blank) {
                "the CSV file is empty"
            } else {
                "the CSV file has a header and no rows"
            };
            Err(SourceError::NoRows { what: format!("{what}: {}", path.display()) })
        }
        rows if rows > MAX_ROWS => Err(SourceError::TooManyRows { path: path.to_path_buf(), limit: MAX_ROWS }),
        _ => Ok(listing),
    }
}

/// Reads the text of a CSV file, and stops one row after [`MAX_ROWS`].
fn parse(text: &str, options: &Options, resolver: &Resolver) -> Result<Listing, SourceError> {
    let within = one_cell::within_cells(text, options)?;
    let text = within.as_deref().unwrap_or(text);
    let layout = Layout::find(text, options);
    let mut columns = Columns::find(options, &layout.sample(text)?)?;
    let mut notes: Vec<String> =
        within.iter().map(|_| format!("{}; using the table inside the cells", SourceError::OneCell)).collect();
    notes.append(&mut columns.notes);

    let (match_by, mut binds, mut items) = (columns.match_by, false, Vec::new());
    let mut rows = layout.rows(text);
    while items.len() <= MAX_ROWS
        && let Some(row) = next_row(&mut rows, Some((columns.user, columns.photo)))
    {
        binds |= columns.sha256.is_some();
        if row.line <= columns.above || row.is_blank() || joined::is_no_row(&row, &columns) {
            continue;
        }
        match joined::header(&row, &columns, rows.delimiter, options) {
            None => {
                if let (Some(schema), Some(fields)) = (&columns.approved, &row.fields) {
                    schema.check(&fields.iter().map(row::text).collect::<Vec<_>>(), row.line)?;
                }
                items.push(row::item(&row, &columns, resolver));
            }
            Some((again, delimiter)) if again.match_by == match_by => (columns, rows.delimiter) = (again, delimiter),
            Some((again, _)) => {
                return Err(SourceError::OtherHeader { line: row.line, first: match_by, other: again.match_by });
            }
        }
    }
    if let Some(error) = all_embedded(&items, &columns) {
        return Err(error);
    }
    notes.extend(unbound(&items).filter(|_| binds && !options.users_only));
    Ok(Listing { items, match_by, notes })
}

/// Returns a note about the rows without a hash, for a list that has a column of hashes.
fn unbound(items: &[Item]) -> Option<String> {
    let count = items.iter().filter_map(Item::photo).filter(|photo| photo.sha256().is_none()).count();
    let rows = if count == 1 { "1 row of the list has".to_owned() } else { format!("{count} rows of the list have") };
    (count > 0).then(|| format!("{rows} no sha256: these photos are written whatever the files contain now"))
}

/// Returns an error if every row has a photo's bytes, or what a program wrote in their place, instead of a path.
fn all_embedded(items: &[Item], columns: &Columns) -> Option<SourceError> {
    let embedded = |item: &Item| match item {
        Item::Unusable(row) => match &row.problem {
            Problem::Embedded(what) => Some((*what, row.photo.clone())),
            _ => None,
        },
        Item::Photo(_) => None,
    };
    let says_none = |item: &Item| matches!(item, Item::Unusable(row) if matches!(row.problem, Problem::NoPhoto));
    let (what, example) = items.iter().find_map(embedded)?;
    let name = columns.header.as_ref().and_then(|header| header.get(columns.photo)).filter(|name| !name.is_empty());
    let column = name.map_or_else(|| (columns.photo + 1).to_string(), |name| beginning(name, SHOWN_CHARS));
    items.iter().all(|item| says_none(item) || embedded(item).is_some()).then_some(SourceError::Embedded {
        column,
        what,
        example,
    })
}

#[cfg(test)]
mod tests {
    use super::{Item, Listing, Options, Problem, parse};
    use crate::hash::Hash;
    use crate::source::SourceError;
    use crate::source::path::{Beside, Resolver};

    fn parsed(text: &str) -> Result<Listing, SourceError> {
        parse(text, &Options::default(), &Resolver::BesideCsv(Beside::new("hr".into())))
    }

    fn listing(text: &str) -> Listing {
        parsed(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn summary(text: &str) -> Vec<String> {
        let describe = |item: Item| match item {
            Item::Photo(photo) => {
                let path = photo.path.display().to_string();
                // The expected texts have slashes, whatever the system's separator is.
                let path = if cfg!(windows) { path.replace('\\', "/") } else { path };
                format!("{} {} {path}", photo.line().unwrap_or(0), photo.key.text())
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
                "4 the row names no photo",
                "5 the row has a quotation mark (\") that does not pair with another",
                "6 john hr/d.jpg",
                "7 the row has a NUL character",
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
            Some(Item::Photo(photo)) => Ok(photo.sha256()),
            row => Err(format!("{row:?}").contains("NotAHash")),
        };
        assert_eq!((bound(&digits), bound(&format!(" {} ", digits.to_uppercase()))), (Ok(Some(hash)), Ok(Some(hash))));
        assert_eq!(bound(""), Ok(None));
        for field in [&digits[2..], &format!("{digits}00"), &digits.replace(&digits[..1], "g"), "none"] {
            assert_eq!(bound(field), Err(true), "{field}");
        }
        let short = listing("user,path,sha256\nanna,1.jpg\n");
        assert!(
            matches!(&short.items[..], [Item::Photo(photo)] if photo.sha256().is_none()),
            "a spreadsheet may end a row early"
        );
        assert!(
            short.notes.iter().any(|note| note.starts_with("1 row of the list has no sha256")),
            "{:?}",
            short.notes
        );
    }

    #[test]
    fn a_field_too_many_may_have_moved_the_user() {
        let failed = "the row has 4 fields, and the header 3";
        assert_eq!(
            summary("photo,displayName,user\na.jpg,Doe, Anna,jdoe\nb.jpg,\"Doe, Bob\",bob,\n"),
            [&format!("2 {failed}"), "3 bob hr/b.jpg"]
        );
        assert_eq!(summary("displayName;user;photo\nDoe; Anna;anna;a.jpg\n"), [format!("2 {failed}")]);
        // What comes behind the user and the photo moves neither.
        assert_eq!(summary("user,photo,remark\nanna,a.jpg,kind, clever\n"), ["2 anna hr/a.jpg"]);
        let users = Options { users_only: true, ..Options::default() };
        let listing = parse("displayName,mail\nDoe, Anna,a@x.test\n", &users, &Resolver::Nowhere).expect("a list");
        assert!(matches!(
            listing.items[..],
            [Item::Unusable(ref row)] if matches!(row.problem, Problem::TooManyFields { found: 3, width: 2 })
        ));
    }

    #[test]
    fn a_stray_quote_swallows_no_row_whose_photo_has_no_extension() {
        assert_eq!(
            summary("user;remark;photo\njdoe;\"5;a\nanna;7\";b\nlast;;c\n"),
            ["2 the row has a quotation mark (\") that does not pair with another", "3 anna hr/b", "4 last hr/c"]
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
        assert!(matches!(parsed("user,path,\"size\njdoe,a.jpg,7\"\n"), Err(SourceError::BrokenHeader { .. })));
    }

    #[test]
    fn a_header_that_names_an_attribute_sets_it() {
        assert_eq!(listing("Mail;Photo\na@b.test;x.jpg\n").match_by, Some("mail"));
        assert!(
            matches!(listing("user,path\n,\n \nx,\n").items[..], [Item::Unusable(ref row)] if matches!(row.problem, Problem::NoPhoto))
        );
    }
}
