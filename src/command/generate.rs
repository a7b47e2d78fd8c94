//! `adphoto generate`: shell completions and man pages, made from the definition of the command line.

use std::io::{self, Write};
use std::path::Path;

use clap::{ArgAction, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, line_break, roman};

use super::output;
use crate::account_pictures::Policy;
use crate::cli::{Cli, GenerateArgs, Generated};
use crate::failure::{Context, Exit, Failure};
use crate::terminal::{self, printable};

pub(super) fn run(args: &GenerateArgs) -> Result<Exit, Failure> {
    match &args.what {
        Generated::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "adphoto", &mut script);
            output::print(io::stdout().lock(), |out| out.write_all(&script))?;
        }
        Generated::Man { folder } => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {}", folder.display()))?;
            let mut program = Cli::command().disable_help_subcommand(true);
            program.build();
            pages(program, folder)?;
        }
        Generated::GroupPolicy { folder, share, target, keep_own_picture, name, id } => {
            let policy = Policy::new(share.clone(), target.clone(), *keep_own_picture, name, *id);
            let readme = policy.write(folder)?;
            output::print(terminal::stdout(), |out| {
                writeln!(out, "{} says what to do next", printable(&readme.display().to_string()))
            })?;
        }
    }
    Ok(Exit::Done)
}

/// Writes `adphoto.1`, `adphoto-import.1` and so on.
fn pages(command: Command, folder: &Path) -> Result<(), Failure> {
    for sub in command.get_subcommands() {
        pages(sub.clone(), folder)?;
    }
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let path = folder.join(format!("{name}.1"));
    let mut written = Vec::new();
    page(command, &mut written)?;
    std::fs::write(&path, written).with_context(|| format!("cannot write {}", path.display()))
}

fn page(command: Command, out: &mut dyn Write) -> io::Result<()> {
    let ending = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let synopsis = synopsis(&command);
    // A man page also has the arguments that the short help leaves out.
    let page = Man::new(command.mut_args(|argument| argument.hide_short_help(false)))
        .source(format!("adphoto {}", env!("CARGO_PKG_VERSION")))
        .manual("adphoto");
    page.render_title(out)?;
    page.render_name_section(out)?;
    synopsis.to_writer(out)?;
    page.render_options_section(out)?;
    if has_commands {
        page.render_subcommands_section(out)?;
    }
    ending.map_or(Ok(()), |ending| sections(&ending, out))
}

/// Returns the command with its arguments and the names of their values.
fn synopsis(command: &Command) -> Roff {
    let mut words = vec![bold(command.get_bin_name().unwrap_or(command.get_name()))];
    let mut arguments: Vec<_> = command.get_arguments().filter(|argument| !argument.is_hide_set()).collect();
    arguments.sort_by_key(|argument| argument.is_positional());
    for argument in arguments {
        let flag = argument.get_long().map(|long| bold(format!("--{long}")));
        let takes_value = argument.get_action().takes_values();
        let value =
            argument.get_value_names().filter(|_| takes_value).and_then(<[_]>::first).map(|name| italic(name.as_str()));
        let is_optional = !argument.is_required_set();
        words.push(roman(if is_optional { " [" } else { " " }));
        let gap = flag.is_some().then(|| roman(" ")).filter(|_| value.is_some());
        words.extend([flag, gap, value].into_iter().flatten());
        if matches!(argument.get_action(), ArgAction::Append) {
            words.push(roman("…"));
        }
        words.extend(is_optional.then(|| roman("]")));
    }
    if command.has_subcommands() {
        words.extend([roman(" "), italic("COMMAND")]);
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text(words);
    roff
}

/// Writes the end of a help: sections with a title, such as the examples, and notes. Indented lines, which are to be
/// pasted or compared, stay as they are; everything else is running text.
fn sections(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    let mut in_notes = false;
    for part in text.split("\n\n") {
        let titled = part.split_once(":\n").filter(|(_, body)| body.starts_with(' '));
        let (title, body) = titled.map_or((None, part), |(title, body)| (Some(title.to_uppercase()), body));
        match title {
            Some(title) => roff.control("SH", [title.as_str()]),
            None if in_notes => roff.control("PP", []),
            None => roff.control("SH", ["NOTES"]),
        };
        in_notes = titled.is_none();
        if body.starts_with(' ') {
            roff.control("nf", []);
            roff.text(body.lines().flat_map(|line| [roman(line.trim_start()), line_break()]).collect::<Vec<Inline>>());
            roff.control("fi", []);
        } else {
            roff.text([roman(body)]);
        }
    }
    roff.to_writer(out)
}
