//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};

use crate::directory::is_attribute_name;
use crate::report::{ChecklistFormat, Format};
use crate::source::Column;
use crate::thumbnail::{self, Crop};

/// Bytes that the cloud takes from Active Directory (Microsoft KB 3062745).
const CLOUD_BYTES: usize = 10 * 1024;
/// Bytes that the schema takes (MS-ADA3 2.307).
const SCHEMA_BYTES: usize = 100 * 1024;
/// The size up to which the cloud's limit is the default.
const CLOUD_SIZE: u32 = 96;

/// Put photos into Active Directory: thumbnailPhoto, from a CSV file or a folder.
#[derive(Debug, Parser)]
#[command(name = "adphoto", version, arg_required_else_help = true, after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
#[command(max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  adphoto import photos --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import list.csv --report report.csv --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import \"photos/**/*.jpg\" --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto convert photos thumbnails";

const EXIT_CODES: &str = "\
Exit codes:
  0    all done
  1    could not run, or stopped
  2    wrong usage
  3    finished, with failures or unmatched photos
  130  interrupted";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write photos from a CSV file, a folder or a glob pattern
    Import(ImportArgs),

    /// Make the thumbnails only, as files in a folder; needs no directory
    Convert(ConvertArgs),

    /// Check connection, certificate, schema and rights, without writing
    Check(CheckArgs),
}

/// `adphoto import`.
#[derive(Debug, Args)]
#[command(after_long_help = IMPORT_HELP)]
pub struct ImportArgs {
    /// A CSV file "AD_user, path_to_file", a folder of files "samaccountname extra.jpg", or a quoted pattern
    /// "photos/**/*.jpg"
    pub source: PathBuf,

    /// Do everything but write, and say what would be written and what the bound user may not write
    #[arg(long)]
    pub dry_run: bool,

    /// Skip accounts that have a photo
    #[arg(long)]
    pub only_missing: bool,

    /// Skip disabled accounts
    #[arg(long)]
    pub skip_disabled: bool,

    /// The attribute that the users are named by [default: sAMAccountName, or what the CSV's header names]
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute_name, help_heading = "Source")]
    pub match_by: Option<String>,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    /// Write the files as they are, whatever they hold; only the schema's limit of bytes is checked
    #[arg(long, help_heading = "Thumbnail", conflicts_with_all = ["size", "crop", "max_bytes"])]
    pub as_is: bool,

    #[command(flatten)]
    /// What the thumbnails are to be.
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

const IMPORT_HELP: &str = "\
A CSV file names its columns in the first line: AD_user, sAMAccountName, user, login, userPrincipalName, mail, \
employeeID … and path_to_file, path, photo, file, picture, image …; a file without a header is read as user, path. Relative paths are relative to the CSV file.

A user may also be a DN, an objectGUID, a SID or DOMAIN\\user.

A file is named after its account: for \"mary ann team.jpg\" the accounts \"mary ann team\", \"mary ann\" and \"mary\" \
are tried, and the longest that exists is the one.";

/// `adphoto convert`.
#[derive(Debug, Args)]
#[command(after_long_help = CONVERT_HELP)]
pub struct ConvertArgs {
    /// A CSV file "AD_user, path_to_file", a folder of photos, or a quoted pattern "photos/**/*.jpg"
    pub source: PathBuf,

    /// The folder for the thumbnails; it is made if it is not there
    pub folder: PathBuf,

    /// Replace files that are there and differ
    #[arg(long)]
    pub overwrite: bool,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    #[command(flatten)]
    /// What the thumbnails are to be.
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,
}

const CONVERT_HELP: &str = "\
A thumbnail is named after the photo's own file, or after the user that the CSV file names: \"mary ann team.png\" becomes \
\"mary ann team.jpg\". Of a folder's photos, importing the thumbnails gives the same as importing the photos.

Nothing that is there is overwritten without --overwrite, and a photo of the source never is.";

/// How to read the source.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// The CSV column of the users, by name or number [default: by its name]
    #[arg(long, value_name = "COLUMN")]
    pub user_column: Option<Column>,

    /// The CSV column of the photos, by name or number [default: by its name]
    #[arg(long, value_name = "COLUMN")]
    pub photo_column: Option<Column>,

    /// The character between CSV fields, or "tab" [default: found among , ; tab |]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub delimiter: Option<u8>,

    /// Look up the file names of the CSV in this folder, whatever folders it names
    #[arg(long, value_name = "DIR")]
    pub photo_dir: Option<PathBuf>,

    /// Search the folders in the folder, too
    #[arg(long)]
    pub recursive: bool,
}

/// What the thumbnails are to be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Thumbnail")]
pub struct ThumbnailArgs {
    /// Width and height in pixels
    #[arg(long, value_name = "PX", default_value_t = 96, value_parser = clap::value_parser!(u32).range(16..=648))]
    pub size: u32,

    /// Which square of a photo is taken: the middle, or of tall photos the upper part, where the head is
    #[arg(long, value_enum, default_value_t = Crop::Center)]
    pub crop: Crop,

    /// The most bytes of a thumbnail [default: 10240 up to 96 pixels, which is what Microsoft 365 takes, else 102400]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(500..=102_400))]
    pub max_bytes: Option<u32>,

    /// Photos that are worked on at once [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

impl ThumbnailArgs {
    /// What a thumbnail is to be, as far as no schema says more.
    #[must_use]
    pub fn options(&self) -> thumbnail::Options {
        let max_bytes = match self.max_bytes {
            Some(bytes) => bytes as usize,
            None if self.size <= CLOUD_SIZE => CLOUD_BYTES,
            None => SCHEMA_BYTES,
        };
        thumbnail::Options { size: self.size, max_bytes, crop: self.crop }
    }
}

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write a report of every photo to FILE.csv or FILE.json; may be given several times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,

    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// No progress bars and no notes
    #[arg(long, short)]
    pub quiet: bool,
}

/// How to reach a directory and who to be there.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// A domain controller: HOST or ldaps://HOST (TLS), ldap://HOST (StartTLS); several are tried in order
    #[arg(
        long,
        value_name = "URL|HOST",
        env = "ADPHOTO_SERVER",
        hide_env_values = true,
        required = true,
        value_delimiter = ','
    )]
    pub server: Vec<String>,

    /// Who to sign in as: DOMAIN\user, user@domain or a DN; the password comes from --password-file, the environment
    /// variable ADPHOTO_PASSWORD or a prompt
    #[arg(long, value_name = "NAME", env = "ADPHOTO_USER", hide_env_values = true, required = true)]
    pub user: String,

    /// The file whose first line is the password; - is standard input
    #[arg(long, value_name = "FILE", env = "ADPHOTO_PASSWORD_FILE", hide_env_values = true)]
    pub password_file: Option<PathBuf>,

    /// Where accounts are searched [default: the whole domain]
    #[arg(long, value_name = "DN", env = "ADPHOTO_BASE_DN", hide_env_values = true)]
    pub base_dn: Option<String>,

    /// Certificate authorities to trust besides the system's, as PEM or DER
    #[arg(long, value_name = "FILE", env = "ADPHOTO_CA_FILE", hide_env_values = true)]
    pub ca_file: Option<PathBuf>,

    /// How long a connection or one operation may take
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_TIMEOUT", hide_env_values = true, default_value = "30", value_parser = seconds)]
    pub timeout: Duration,

    /// Let the password cross an unprotected ldap:// connection; only to this machine itself, for the practice directory
    #[arg(long, env = "ADPHOTO_ALLOW_CLEAR_TEXT", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub allow_clear_text: bool,
}

fn attribute_name(text: &str) -> Result<String, String> {
    if is_attribute_name(text) {
        Ok(text.to_owned())
    } else {
        Err("an attribute's name has letters, digits and hyphens".to_owned())
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\r' | b'\n'] => Err("a quotation mark or a line break cannot be one".to_owned()),
        &[byte] if byte.is_ascii() => Ok(byte),
        _ => Err("one ASCII character, or \"tab\"".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.1 to 3600".to_owned()),
    }
}

/// `adphoto check`.
#[derive(Debug, Args)]
#[command(after_long_help = CHECK_HELP)]
pub struct CheckArgs {
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = ChecklistFormat::Text, help_heading = "Output")]
    pub format: ChecklistFormat,

    /// No progress bars and no notes
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

const CHECK_HELP: &str = "\
Each --server is checked by itself. What depends on something that failed is not tried. Rights are looked up for at most \
100 enabled accounts, spread over the base DN, and for 20 of those with adminCount=1, which inherit no delegation.

Where the bound user may not write photos, the command that delegates this right, and nothing else, is printed for an \
administrator to run. Exit code: 0 where all is fine, warnings allowed; 1 where something failed.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
