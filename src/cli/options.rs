//! The options that are in force for a run, as its reports list them.

use std::collections::BTreeMap;

use clap::{ArgMatches, Command};

use super::masked_values;

/// Returns all flags that are in force, with their values, by their long names. A flag may be typed, or come from a
/// variable, a file or a default. A switch that is on has the value `true`; one that is off is left out.
pub(super) fn of(program: &Command, matches: &ArgMatches) -> BTreeMap<String, Vec<String>> {
    let Some((name, matches)) = matches.subcommand() else { return BTreeMap::new() };
    let arguments = program.find_subcommand(name).into_iter().flat_map(Command::get_arguments);
    let option = |argument: &clap::Arg| {
        let raw = matches.try_get_raw(argument.get_id().as_str()).ok()??;
        let values: Vec<String> = raw.map(|value| value.to_string_lossy().into_owned()).collect();
        let values = masked_values(argument.get_long().unwrap_or_default(), &values);
        let is_off = !argument.get_action().takes_values() && values.iter().all(|value| value == "false");
        (!is_off).then(|| Some((argument.get_long()?.to_owned(), values)))?
    };
    arguments.filter_map(option).collect()
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;

    #[test]
    fn flags_and_defaults_are_there_and_no_password() {
        let words = ["adphoto", "import", "photos", "-n", "--server", "ldaps://anna:secret@dc1", "--user", "X\\anna"];
        let options = Cli::try_parse_from(words).expect("right usage").options;
        assert_eq!(options["dry-run"], ["true"]);
        assert_eq!(options["server"], ["…@dc1"]);
        assert_eq!(options["crop"], ["center"]);
        assert!(!options.contains_key("quiet") && !options.contains_key("max-changes"), "{options:?}");
    }
}
