//! The arguments that say how changes are written.

use std::path::PathBuf;

use clap::Args;

use super::number::number;
use crate::journal::Size;

/// How changes are written.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// Keep what this run replaces in a new file with this name, for `adphoto undo`
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub journal: Option<PathBuf>,

    /// Afterwards, delete journals in the state folder that are at least so old ("90 days"), because they contain photos;
    /// their runs can then no longer be taken back
    #[arg(long, value_name = "DAYS", value_parser = days, help_heading = "Output", hide_short_help = true)]
    pub keep_journals: Option<u32>,

    /// Write nothing if the journal might grow larger than this, as it keeps the photos that are replaced: "500 MB", "20 GB"
    #[arg(long, value_name = "SIZE", default_value = "10 GB", help_heading = "Output", hide_short_help = true)]
    pub max_journal: Size,

    /// Number of writes to send without waiting for answers; more may help if each answer takes long
    #[arg(long, value_name = "N", env = "ADPHOTO_IN_FLIGHT", hide_env_values = true, default_value_t = 32, value_parser = number::<u16>(1..=256), help_heading = "Connection", hide_short_help = true)]
    pub in_flight: u16,
}

/// Reads "90 days" or "90". A journal is kept for a day at least, or a run would delete its own.
fn days(text: &str) -> Result<u32, &'static str> {
    let number = text.trim().trim_end_matches("days").trim_end_matches("day").trim_end();
    number.parse().ok().filter(|&days| days > 0).ok_or("not a number of days from 1, such as \"90 days\"")
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn days_are_days() {
        for (text, wanted) in [("90 days", 90), ("90", 90), ("1 day", 1), (" 7days ", 7)] {
            assert_eq!(days(text), Ok(wanted), "{text}");
        }
        for text in ["0", "0 days", "", "days", "90 weeks", "-1", "1.5 days", "forever", "90 d"] {
            assert!(days(text).is_err(), "{text}");
        }
    }
}
