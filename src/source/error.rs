//! Why a source cannot be read at all, and what to do about it.

use std::borrow::Cow;
use std::path::PathBuf;

use super::ApprovedError;
use super::embedded::Embedded;
use crate::failure::Advice;

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Neither a file, a folder nor a pattern.
    #[error("there is no file or folder {}", path.display())]
    NotFound {
        /// As given.
        path: PathBuf,
    },
    /// A path of Windows where there is none.
    #[error("{} is a Windows path, which this system cannot open", path.display())]
    WindowsPath {
        /// As given.
        path: PathBuf,
    },
    /// `~` or a variable that a shell would have replaced.
    #[error("there is no file or folder {}: {shorthand} was not replaced by what it stands for", path.display())]
    NotExpanded {
        /// As given.
        path: PathBuf,
        /// What a shell replaces, unless it stands between quotation marks.
        shorthand: String,
    },
    /// The address of a page or a server.
    #[error("{} is a web address, and no file or folder", path.display())]
    WebAddress {
        /// As given.
        path: PathBuf,
    },
    /// Windows takes the backslash of `"D:\photos\" --dry-run` and the quotation mark behind it for one character.
    #[error("there is no file or folder {path}; leave out the backslash before the quotation mark")]
    QuotationMark {
        /// As given.
        path: String,
    },
    /// The file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A pattern that `glob` does not understand.
    #[error("the pattern {pattern} is not understood")]
    Pattern {
        /// As given.
        pattern: String,
        /// Where and why.
        source: glob::PatternError,
    },
    /// A folder with nothing in it.
    #[error("the folder has no files: {}", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder with nothing but folders, or a pattern that no file matches.
    #[error("{what}")]
    NoFiles {
        /// What is empty, and how.
        what: String,
    },
    /// A list without a row.
    #[error("{what}")]
    NoRows {
        /// What is empty, and how.
        what: String,
    },
    /// A folder or an image where a list of users should be.
    #[error("{} is no list of users; give a CSV file with a column of them", path.display())]
    NotAList {
        /// The folder or file.
        path: PathBuf,
    },
    /// Something else where a single photo should be.
    #[error("{} is {what}, and --account is for a single photo", path.display())]
    NotOnePhoto {
        /// As given.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A CSV file too large to be a list of photos.
    #[error("{} has more than {} MB, too much for a list of photos", path.display(), limit / 1024 / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A page, a report for programs or a document where a CSV file should be.
    #[error("{} is no CSV file: it begins like {what}", path.display())]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        what: &'static str,
    },
    /// An Excel workbook where a CSV file should be.
    #[error("{} is an Excel workbook; save it as \"CSV UTF-8\" and give that file", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
    },
    /// A ZIP archive, or another one.
    #[error("{} is {what}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What kind of archive.
        what: &'static str,
    },
    /// More rows than are read.
    #[error("{} has more than {limit} rows, as many as a spreadsheet holds", path.display())]
    TooManyRows {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// Each row is one cell, and no header shows that a table is within.
    #[error("each row is one cell: another program opened it with another separator")]
    OneCell,
    /// Photos where their paths should be, in every row.
    #[error("the column {column} holds {what}, and no path: {example}")]
    Embedded {
        /// Its name, or its number.
        column: String,
        /// What it holds.
        what: Embedded,
        /// The beginning of it.
        example: String,
    },
    /// The columns of the users and the photos may be each other's.
    #[error("the users look like paths{}", if columns.is_some() { ": are the columns swapped?" } else { "" })]
    Swapped {
        /// The columns of the users and the photos that would be right, from 1; `None` for a list of users alone.
        columns: Option<(usize, usize)>,
    },
    /// Files were joined whose headers name several attributes.
    #[error("line {line} is a header again, of users by {} and not by {}", other.unwrap_or("name"), first.unwrap_or("name"))]
    OtherHeader {
        /// Where.
        line: u64,
        /// The attribute of the first header.
        first: Option<&'static str>,
        /// That of the other one.
        other: Option<&'static str>,
    },
    /// A first line whose quotation marks do not pair: the columns are not known.
    #[error("the first line has a quotation mark (\") that does not pair with another: {line}")]
    BrokenHeader {
        /// How it begins.
        line: String,
    },
    /// Hashes, and nothing that says what they are of: they would be passed over in silence.
    #[error("the list holds SHA-256 hashes, and no first line that names their column")]
    NoHeader,
    /// An approved list that is not understood.
    #[error(transparent)]
    Approved(#[from] ApprovedError),
    /// A column that the header does not have.
    #[error("the file has no column {wanted}; its {} reads: {header}", if *line == 1 { "first line".to_owned() } else { format!("line {line}") })]
    NoColumn {
        /// What was looked for.
        wanted: String,
        /// The line that may be its header.
        line: u64,
        /// The fields of that line.
        header: String,
    },
}

impl Advice for SourceError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotFound { .. } => "check the path; it starts from the folder that you are in",
            Self::WindowsPath { .. } => {
                "run adphoto on Windows, or mount the drive or share and give the path that it has on this machine"
            }
            Self::NotExpanded { .. } => "leave it outside of quotation marks, or write the path in full",
            Self::WebAddress { .. } => "download it and give the file, or mount the share and give the folder",
            Self::Pattern { .. } => {
                "a pattern is such as \"photos/**/*.{jpg,png}\"; a [ that means itself is written [[]"
            }
            Self::BrokenHeader { .. } => "close the quotation mark, or double it (\"\") where it is part of the text",
            Self::NoHeader => "put the first line back, as the page saved it: adphoto_approved,objectGUID,user,path,…",
            Self::Approved(error) => return error.advice(),
            Self::NoColumn { .. } => "--user-column and --photo-column take a column's name or its number",
            Self::NotOnePhoto { .. } => {
                "give the image file; for several photos leave --account out, and name the accounts in a list, or by the files"
            }
            Self::TooLarge { .. } => "give the list itself: a row for each person",
            Self::TooManyRows { .. } => "split the list",
            Self::Archive { .. } => "unpack it first, and give the folder or the CSV file that was in it",
            Self::OneCell => {
                "open the list with the separator that is within its cells, and save it as \"CSV UTF-8\" again"
            }
            Self::Embedded { what, .. } => what.remedy(),
            Self::Swapped { columns: Some((user, photo)) } => {
                return Some(format!("--user-column {user} --photo-column {photo}").into());
            }
            Self::Swapped { columns: None } => "--user-column names the column of the users",
            Self::OtherHeader { .. } => "give each of the joined lists on its own",
            Self::Io { .. } => "check that you may read it",
            Self::NotCsv { .. } => {
                "give a CSV file, a folder or an image; of a dry run's page it is what \"Save approved list\" saved"
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
