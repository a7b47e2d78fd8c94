//! How much a run may change.

use std::fmt;
use std::str::FromStr;

use clap::Args;

/// How much a run may change.
#[derive(Debug, Args)]
pub struct BrakeArgs {
    /// Plan everything first, and write nothing if more accounts than this would change; a number, or with % the share
    /// of the accounts below the base DN
    #[arg(long, value_name = "N|N%", env = "ADPHOTO_MAX_CHANGES", hide_env_values = true)]
    pub max_changes: Option<MaxChanges>,
}

/// A number of accounts, or a share of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxChanges {
    /// So many.
    Accounts(usize),
    /// Of a hundred accounts, so many.
    Percent(f64),
}

impl FromStr for MaxChanges {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let percent = text.strip_suffix('%').map(|number| number.trim().parse::<f64>().ok());
        match percent {
            Some(Some(percent)) if (0.0..=100.0).contains(&percent) => Ok(Self::Percent(percent)),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().map(Self::Accounts).map_err(|_| "a number of accounts, as 50, or a share of them, as 5%")
            }
            _ => Err("a number of accounts, as 50, or a share of them, as 5%"),
        }
    }
}

impl fmt::Display for MaxChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts(accounts) => accounts.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MaxChanges;

    #[test]
    fn a_brake_is_a_number_or_a_share() {
        assert_eq!("50".parse(), Ok(MaxChanges::Accounts(50)));
        assert_eq!("0".parse(), Ok(MaxChanges::Accounts(0)));
        assert_eq!("2.5%".parse(), Ok(MaxChanges::Percent(2.5)));
        for text in ["", "%", "-1", "+1", "1e3", "101%", "NaN%", "-5%", "many"] {
            assert!(text.parse::<MaxChanges>().is_err(), "{text}");
        }
    }
}
