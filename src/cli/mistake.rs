//! What is to be said of a command line that is refused, besides what clap says.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::Cli;

/// Flags that other programs have, and what takes their place here.
const ELSEWHERE: [(&[&str], &str); 2] = [
    (
        &["--password", "--pass", "--pw", "--passwd"],
        "a password is no argument, as other users of this machine can see those: --password-file FILE names a file that holds \
         it, ADPHOTO_PASSWORD may hold it, or you are asked for it",
    ),
    (
        &["--verbose", "--debug", "-v"],
        "nothing is held back that could be shown: --quiet says less, and --log-file FILE keeps a line for everything",
    ),
];
/// What other programs call --dry-run.
const DRY_RUN: [&str; 5] = ["what-if", "whatif", "simulate", "preview", "no-act"];

/// Shows the command's usage as its help does: clap's names only what was given. And replaces tips: clap, which knows the
/// arguments but not what they are for, takes `--filter` for `--site`.
pub(super) fn explain(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let mut program = Cli::command();
    program.build();
    let glance = Cli::glance(words).ok();
    let name = glance.as_ref().and_then(clap::ArgMatches::subcommand_name);
    if let (Some(_), Some(usage)) = (error.get(ContextKind::Usage), name.and_then(|name| usage(&mut program, name))) {
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    }
    let unknown = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(argument))) => Some(argument.clone()),
        _ => None,
    };
    if let Some(flag) = unknown.as_deref().filter(|argument| argument.starts_with('-')) {
        error.remove(ContextKind::SuggestedArg);
        // That it is a file's name is only likely where there is such a file.
        if !words.iter().any(|word| word.to_string_lossy().starts_with(flag) && Path::new(word).exists()) {
            error.remove(ContextKind::Suggested);
        }
        match (elsewhere(flag, name, &program), name.and_then(|name| alike(flag, program.find_subcommand(name)?))) {
            (Some(tip), _) => suggest(&mut error, tip),
            (None, Some(alike)) => _ = error.insert(ContextKind::SuggestedArg, ContextValue::String(alike)),
            (None, None) => {}
        }
    } else if unknown.is_some() {
        suggest(
            &mut error,
            "put a pattern, and a name with spaces, between quotation marks (\"photos/*.jpg\"), or the shell makes several \
             arguments of it"
                .to_owned(),
        );
    } else if misses_user(&error) {
        // All that is missing at once.
        let whom = (!glance.as_ref().is_some_and(names_servers)).then_some(WHOM);
        suggest_all(&mut error, std::iter::once(WHO).chain(whom).map(Into::into).collect());
    }
    error
}

const WHO: &str = "--user \"DOMAIN\\name\" signs in with a password; --kerberos signs in with the ticket or the Windows logon that is \
                   there, and needs no --user";
const WHOM: &str = "--server dc1.ad.example.com or --domain ad.example.com names the domain controllers; without either, those of \
                    this machine's own domain are asked";

fn suggest(error: &mut clap::Error, tip: String) {
    suggest_all(error, vec![tip.into()]);
}

fn suggest_all(error: &mut clap::Error, tips: Vec<StyledStr>) {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
}

fn names_servers(glance: &clap::ArgMatches) -> bool {
    let given = |name: &str| {
        glance.subcommand().is_some_and(|(_, command)| command.try_contains_id(name).is_ok_and(|contains| contains))
    };
    given("server") || given("domain")
}

fn usage(program: &mut Command, name: &str) -> Option<StyledStr> {
    Some(program.find_subcommand_mut(name)?.render_usage())
}

fn misses_user(error: &clap::Error) -> bool {
    let missing = error.get(ContextKind::InvalidArg);
    error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(missing, Some(ContextValue::Strings(missing)) if missing.iter().any(|it| it.starts_with("--user ")))
}

/// What is known of a flag that the command does not have: by other programs, or by other commands.
fn elsewhere(flag: &str, name: Option<&str>, program: &Command) -> Option<String> {
    if let Some((_, tip)) = ELSEWHERE.iter().find(|(flags, _)| flags.contains(&flag)) {
        return Some((*tip).to_owned());
    }
    let has = |command: &&Command| command.get_arguments().any(|argument| is_long(argument, flag));
    let others: Vec<&str> = program.get_subcommands().filter(has).map(Command::get_name).collect();
    let (last, rest) = others.split_last()?;
    let others = if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
    Some(match name {
        Some(name) => format!("{flag} belongs to {others}; {name} has none"),
        None => format!("{flag} belongs to {others}, and comes behind the command's name"),
    })
}

fn is_long(argument: &clap::Arg, flag: &str) -> bool {
    flag.strip_prefix("--").is_some_and(|flag| {
        argument.get_long_and_visible_aliases().is_some_and(|longs| longs.contains(&flag)) && !argument.is_hide_set()
    })
}

/// The flag that was meant, if that is as good as sure: a letter or two are wrong, or the end is missing.
fn alike(flag: &str, command: &Command) -> Option<String> {
    let flag = flag.strip_prefix("--")?.to_lowercase().replace('_', "-");
    let flag = if DRY_RUN.contains(&flag.as_str()) { "dry-run".to_owned() } else { flag };
    let longs = || command.get_arguments().filter(|argument| !argument.is_hide_set()).filter_map(clap::Arg::get_long);
    let distance = |long: &str| strsim::damerau_levenshtein(long, &flag);
    let near = longs().min_by_key(|long| distance(long)).filter(|long| distance(long) <= 1.max(long.len() / 5));
    let mut begun = longs().filter(|long| flag.len() > 2 && long.starts_with(&flag));
    let begun = begun.next().filter(|_| begun.next().is_none());
    near.or(begun).map(|long| format!("--{long}"))
}
