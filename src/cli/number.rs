//! Arguments that are whole numbers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Returns a parser of whole numbers in a range, whose error explains what is wrong with "10KB" or "96x96".
pub(super) fn number<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let (least, most) = (range.start(), range.end());
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            // It is a whole number, but outside the range, or even too large for the type.
            _ if text.parse::<i128>().is_ok() => Err(format!("{text} is not in {least}..={most}")),
            _ => Err(format!("a whole number from {least} to {most}, without a unit")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn what_is_no_number_is_told_what_one_is() {
        let parse = number(16..=648_u32);
        assert_eq!(parse("96"), Ok(96));
        for text in ["5", "649", "-96", "99999999999"] {
            assert_eq!(parse(text), Err(format!("{text} is not in 16..=648")));
        }
        for text in ["96x96", "10KB", "96.5", "1e2", "", "9 6"] {
            assert_eq!(parse(text), Err("a whole number from 16 to 648, without a unit".to_owned()), "{text}");
        }
    }
}
