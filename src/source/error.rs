//! Errors of reading a source, with advice.

use std::borrow::Cow;
use std::path::PathBuf;

use super::ApprovedError;
use super::embedded::Embedded;
use crate::failure::Advice;

/// The reason why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The path is neither a file, a folder nor a pattern.
    #[error("there is no file or folder {}", path.display())]
    NotFound { path: PathBuf },
    /// The path is a Windows path, on another system.
    #[error("{} is a Windows path, which this system cannot open", path.display())]
    WindowsPath { path: PathBuf },
    /// The path has a `~` or a variable that a shell should have replaced.
    #[error("there is no file or folder {}: the shell has not replaced {shorthand}", path.display())]
    NotExpanded {
        path: PathBuf,
        /// The text that a shell replaces, unless it is between quotation marks.
        shorthand: String,
    },
    /// The path is a web address.
    #[error("{} is a web address, not a file or folder", path.display())]
    WebAddress { path: PathBuf },
    /// The path ends in a quotation mark: in `"D:\photos\" --dry-run`, Windows reads the backslash and the quotation
    /// mark as one character.
    #[error("there is no file or folder {path}; leave out the backslash before the quotation mark")]
    QuotationMark { path: String },
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// The pattern cannot be parsed.
    #[error("the pattern {pattern} is not valid")]
    Pattern { pattern: String, source: glob::PatternError },
    /// The folder is empty.
    #[error("the folder has no files: {}", path.display())]
    EmptyFolder { path: PathBuf },
    /// The folder has only folders in it, or no file matches the pattern.
    #[error("{what}")]
    NoFiles {
        /// The message.
        what: String,
    },
    /// The list has no rows.
    #[error("{what}")]
    NoRows {
        /// The message.
        what: String,
    },
    /// A folder or an image was given instead of a list of users.
    #[error("{} is not a list of users; give a CSV file with a column of users", path.display())]
    NotAList { path: PathBuf },
    /// Something else was given instead of a single photo.
    #[error("{} is {what}, but --account takes a single photo", path.display())]
    NotOnePhoto {
        path: PathBuf,
        /// What the path leads to.
        what: &'static str,
    },
    /// The CSV file is too large to be a list of photos.
    #[error("{} has more than {} MB, which is too much for a list of photos", path.display(), limit / 1024 / 1024)]
    TooLarge {
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is something else: a page, a report for programs or a document.
    #[error("{} is not a CSV file: it begins like {what}", path.display())]
    NotCsv {
        path: PathBuf,
        /// What the file seems to be.
        what: &'static str,
    },
    /// The file is an Excel workbook.
    #[error("{} is an Excel workbook; save it as \"CSV UTF-8\" and give that file", path.display())]
    Workbook { path: PathBuf },
    /// The file is an archive.
    #[error("{} is {what}", path.display())]
    Archive {
        path: PathBuf,
        /// The kind of archive.
        what: &'static str,
    },
    /// The list has more rows than are read.
    #[error("{} has more than {limit} rows, the most that a spreadsheet can have", path.display())]
    TooManyRows { path: PathBuf, limit: usize },
    /// Each row is a single cell, and there is no header that shows a table inside the cells.
    #[error("each row of the list is one cell: a program has opened it with the wrong separator and saved it so")]
    OneCell,
    /// Every row has a photo instead of its path.
    #[error("the column {column} holds {what} instead of a path: {example}")]
    Embedded {
        /// The column's name or number.
        column: String,
        /// What the column holds.
        what: Embedded,
        /// The beginning of one cell.
        example: String,
    },
    /// The user column has paths, so the columns are probably swapped.
    #[error("the users look like paths{}", if columns.is_some() { ": are the columns swapped?" } else { "" })]
    Swapped {
        /// The columns of users and photos that would be right, from 1; `None` for a list of users alone.
        columns: Option<(usize, usize)>,
    },
    /// Files were joined whose headers name different attributes.
    #[error("line {line} is another header, with users by {} instead of {}", other.unwrap_or("name"), first.unwrap_or("name"))]
    OtherHeader {
        line: u64,
        /// The attribute in the first header.
        first: Option<&'static str>,
        /// The attribute in the other header.
        other: Option<&'static str>,
    },
    /// The quotation marks in the first line do not pair, so the columns are unknown.
    #[error("the first line has a quotation mark (\") that does not pair with another: {line}")]
    BrokenHeader {
        /// The beginning of the line.
        line: String,
    },
    /// The list has hashes, but no header that says so. They would be ignored silently.
    #[error("the list has SHA-256 hashes, but no first line that names their column")]
    NoHeader,
    /// The approved list cannot be understood.
    #[error(transparent)]
    Approved(#[from] ApprovedError),
    /// The header lacks a column.
    #[error("the file has no column {wanted}; its {} reads: {header}", if *line == 1 { "first line".to_owned() } else { format!("line {line}") })]
    NoColumn {
        /// The column that is needed, in words.
        wanted: String,
        /// The line that may be the header.
        line: u64,
        /// The fields of that line.
        header: String,
    },
}

impl Advice for SourceError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotFound { .. } => "check the path; relative paths start from the current folder",
            Self::WindowsPath { .. } => {
                "run adphoto on Windows, or mount the drive or share and give its path on this machine"
            }
            Self::NotExpanded { .. } => "write it outside of quotation marks, or write the full path",
            Self::WebAddress { .. } => "download it and give the file, or mount the share and give the folder",
            Self::Pattern { .. } => "write a pattern such as \"photos/**/*.{jpg,png}\"; a literal [ is written [[]",
            Self::BrokenHeader { .. } => "close the quotation mark, or double it (\"\") where it is part of the text",
            Self::NoHeader => "put the first line back as the page saved it: adphoto_approved,objectGUID,user,path,…",
            Self::Approved(error) => return error.advice(),
            Self::NoColumn { .. } => "--user-column and --photo-column take a column's name or its number",
            Self::NotOnePhoto { .. } => {
                "give one image file; for several photos, leave out --account and name the accounts in a list or by \
                 the file names"
            }
            Self::TooLarge { .. } => "give the list itself, with one row for each person",
            Self::TooManyRows { .. } => "split the list into several files",
            Self::Archive { .. } => "unpack the archive first, and give the folder or the CSV file inside",
            Self::OneCell => {
                "open the list again with the separator that is inside its cells, and save it as \"CSV UTF-8\""
            }
            Self::Embedded { what, .. } => what.remedy(),
            Self::Swapped { columns: Some((user, photo)) } => {
                return Some(format!("swap them with --user-column {user} --photo-column {photo}").into());
            }
            Self::Swapped { columns: None } => "name the column of the users with --user-column",
            Self::OtherHeader { .. } => "give each of the joined lists on its own",
            Self::Io { .. } => "check that you have the right to read it",
            Self::NotCsv { .. } => {
                "give a CSV file, a folder or an image; for the page of a dry run, give the file that \"Save approved \
                 list\" saved"
            }
            Self::QuotationMark { .. }
            | Self::EmptyFolder { .. }
            | Self::NoFiles { .. }
            | Self::NoRows { .. }
            | Self::NotAList { .. }
            | Self::Workbook { .. } => return None,
        };
        Some(advice.into())
    }
}
