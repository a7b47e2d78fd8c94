//! What the definition of the command line has besides what its arguments say of themselves.

use clap::builder::Resettable;
use clap::{Arg, ArgAction, Command};

/// Lets a flag be said twice, as an alias of the shell and somebody who types may both do.
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

/// An empty variable is one that is not set.
pub(super) fn without_empty_variables(command: Command) -> Command {
    let unset = |argument: Arg| match argument.get_env().and_then(std::env::var_os) {
        Some(value) if value.is_empty() => argument.env(Resettable::Reset),
        _ => argument,
    };
    command.mut_args(unset).mut_subcommands(without_empty_variables)
}

/// Has the command line name somebody to sign in as, unless a default does. The definition alone cannot say that: for
/// clap, a default is nothing that is present.
pub(super) fn require_user(command: Command) -> Command {
    let of = |id: &str| command.get_arguments().find(|argument| argument.get_id() == id);
    let has_default = |id| of(id).is_some_and(|argument| argument.get_default_values().iter().any(|it| it != "false"));
    if has_default("user") || has_default("kerberos") {
        return command;
    }
    let instead: Vec<&str> = ["kerberos", "list", "prune"].into_iter().filter(|id| of(id).is_some()).collect();
    command.mut_args(|argument| match argument.get_id() == "user" {
        true => argument.required_unless_present_any(&instead),
        false => argument,
    })
}
