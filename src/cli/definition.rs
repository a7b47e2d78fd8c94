//! Changes to the whole definition of the command line, for which clap has no attributes.

use clap::builder::Resettable;
use clap::{Arg, ArgAction, Command};

use super::cloud::TOKEN_VARIABLE;

/// Lets a flag be given twice: a shell alias may add one that somebody also types.
pub(super) fn repeatable(command: Command) -> Command {
    let repeat = |argument: Arg| match argument.get_action() {
        ArgAction::SetTrue => {
            let id = argument.get_id().clone();
            argument.overrides_with(id)
        }
        _ => argument,
    };
    command.mut_args(repeat).mut_subcommands(repeatable)
}

/// Makes an empty environment variable count as not set.
pub(super) fn without_empty_variables(command: Command) -> Command {
    let unset = |argument: Arg| match argument.get_env().and_then(std::env::var_os) {
        Some(value) if value.is_empty() => argument.env(Resettable::Reset),
        _ => argument,
    };
    command.mut_args(unset).mut_subcommands(without_empty_variables)
}

/// Requires `--user` or another way to sign in, unless a default provides one or says that nobody signs in to a domain. An attribute cannot express that,
/// because for clap a default value does not make an argument present.
pub(super) fn require_user(command: Command) -> Command {
    let of = |id: &str| command.get_arguments().find(|argument| argument.get_id() == id);
    let has_default = |id| of(id).is_some_and(|argument| argument.get_default_values().iter().any(|it| it != "false"));
    let is_cloud =
        of("target").is_some_and(|argument| argument.get_default_values().iter().any(|it| it == "microsoft365"));
    // Only the journals say where undo writes, so that it can only refuse where nothing says who signs in.
    let is_undo = command.get_name() == "undo" && (has_default("tenant") || std::env::var_os(TOKEN_VARIABLE).is_some());
    if is_cloud || is_undo || has_default("user") || has_default("kerberos") {
        return command;
    }
    let instead: Vec<&str> = ["kerberos", "list", "prune", "target", "tenant", "client_id", "certificate"]
        .into_iter()
        .filter(|id| of(id).is_some())
        .collect();
    command.mut_args(|argument| match argument.get_id() == "user" {
        true => argument.required_unless_present_any(&instead),
        false => argument,
    })
}
