//! Advice for a wrong command line, in addition to clap's own.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::Cli;

/// Flags of other programs, and what adphoto has instead.
const ELSEWHERE: [(&[&str], &str); 2] = [
    (
        &["--password", "--pass", "--pw", "--passwd"],
        "adphoto takes no password as an argument, because other users of this machine could see it: put it into a \
         file for --password-file FILE, or into the variable ADPHOTO_PASSWORD, or type it at the prompt",
    ),
    (
        &["--verbose", "--debug", "-v"],
        "adphoto always shows everything: --quiet shows less, and --log-file FILE keeps a line for everything",
    ),
];
/// Names that other programs have for --dry-run.
const DRY_RUN: [&str; 5] = ["what-if", "whatif", "simulate", "preview", "no-act"];

/// Improves clap's error. It gets the whole usage of the command, because clap shows only the part that was typed. And
/// it gets better tips: clap compares spellings without knowing what the arguments are for, and would suggest
/// `--filter` for `--site`.
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
        // clap also suggests that the word may be a file name, which is likely only if such a file exists.
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
            "put a pattern, or a name with spaces, between quotation marks (\"photos/*.jpg\"); otherwise the shell \
             makes several arguments of it"
                .to_owned(),
        );
    } else if misses_user(&error) {
        // Everything that is missing, so that the user needs to try only once more.
        let whom = (!glance.as_ref().is_some_and(names_servers)).then_some(WHOM);
        suggest_all(&mut error, std::iter::once(WHO).chain(whom).map(Into::into).collect());
    }
    error
}

const WHO: &str = "--user \"DOMAIN\\name\" signs in with a password; --kerberos signs in with your Kerberos ticket or your \
                   Windows logon, without --user";
const WHOM: &str = "--server dc1.ad.example.com or --domain ad.example.com names the domain controllers; without either, \
                    adphoto asks those of this machine's own domain";

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

/// Returns advice for a flag that the command does not have, but another program or another command does.
fn elsewhere(flag: &str, name: Option<&str>, program: &Command) -> Option<String> {
    if let Some((_, tip)) = ELSEWHERE.iter().find(|(flags, _)| flags.contains(&flag)) {
        return Some((*tip).to_owned());
    }
    let has = |command: &&Command| command.get_arguments().any(|argument| is_long(argument, flag));
    let others: Vec<&str> = program.get_subcommands().filter(has).map(Command::get_name).collect();
    let (last, rest) = others.split_last()?;
    let others = if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
    Some(match name {
        Some(name) => format!("{flag} is for {others}, not for {name}"),
        None => format!("{flag} is for {others}; put it after the name of the command"),
    })
}

fn is_long(argument: &clap::Arg, flag: &str) -> bool {
    flag.strip_prefix("--").is_some_and(|flag| {
        argument.get_long_and_visible_aliases().is_some_and(|longs| longs.contains(&flag)) && !argument.is_hide_set()
    })
}

/// Returns the flag that was almost certainly meant: a letter or two are wrong, or the end is missing.
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
