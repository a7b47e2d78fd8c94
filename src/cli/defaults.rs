//! Defaults that are not a fixed value. The help and `adphoto config show` describe them in words.

use clap::{Arg, Command};

/// The descriptions, by the long names of the flags.
const IN_WORDS: [(&str, &str); 13] = [
    ("base-dn", "the whole domain"),
    ("by", "by OU"),
    ("config", "adphoto.toml in the working folder, or your own"),
    ("delimiter", "detected among , ; tab |"),
    ("dns-server", "the system's"),
    ("domain", "without --server, this machine's"),
    ("jobs", "the number of processors"),
    ("journal", "one in the state folder"),
    ("match-by", "sAMAccountName, or what the header of the CSV file names"),
    ("max-bytes", "10240 up to 96 pixels, the limit of Microsoft 365; above, 102400"),
    ("photo-column", "by its name"),
    ("size", "96, or 648 for Microsoft 365"),
    ("user-column", "by its name"),
];

/// Returns the default of an argument, in words; `None` if it has none.
#[must_use]
pub fn default_of(argument: &Arg) -> Option<String> {
    let values: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if values.is_empty() { in_words(argument).map(str::to_owned) } else { Some(values.join(", ")) }
}

fn in_words(argument: &Arg) -> Option<&'static str> {
    let is_meant = |(long, _): &&(&str, &str)| argument.get_long() == Some(long);
    IN_WORDS.iter().find(is_meant).map(|(_, words)| *words)
}

/// Adds the descriptions to the help of the arguments. Defaults that are values are added by clap itself.
pub(super) fn told(command: Command) -> Command {
    let tell = |argument: Arg| match (in_words(&argument), argument.get_help()) {
        (Some(words), Some(help)) if argument.get_default_values().is_empty() => {
            let help = format!("{help} [default: {words}]");
            argument.help(help)
        }
        _ => argument,
    };
    command.mut_args(tell).mut_subcommands(told)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::IN_WORDS;
    use crate::cli::Cli;

    #[test]
    fn each_default_in_words_is_that_of_an_argument_whose_help_says_it_once() {
        let program = Cli::command();
        let arguments: Vec<_> =
            program.get_subcommands().flat_map(clap::Command::get_arguments).chain(program.get_arguments()).collect();
        for (long, words) in IN_WORDS {
            let of_long = arguments.iter().filter(|argument| argument.get_long() == Some(long));
            let help: Vec<String> = of_long.filter_map(|argument| Some(argument.get_help()?.to_string())).collect();
            assert!(help.iter().any(|help| help.ends_with(&format!(" [default: {words}]"))), "--{long}: {help:?}");
            assert!(help.iter().all(|help| help.matches("[default").count() <= 1), "--{long}: {help:?}");
        }
    }
}
