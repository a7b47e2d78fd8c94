//! `adphoto check`: what works and what does not, with advice for each problem. Writes nothing.

mod cloud;
mod cloud_rows;
mod register;
mod right_rows;
mod rows;
mod trial;

use self::rows::{ACCOUNTS, ADMIN_ACCOUNTS, ALL, BIND, LEVEL, READ, SCHEMA};
use super::output;
use crate::cli::{CheckArgs, Target};
use crate::directory::check::{self, Controller, Identity, Rights, delegation, handshake, knock, resolve, spread};
use crate::directory::{
    BindError, ConnectError, ConnectOptions, Directory, Guid, InScope, OperationError, PhotoSchema, Protection, Server,
};
use crate::failure::{Exit, Failure};
use crate::progress::{Progress, Stage};
use crate::report::{Check, CheckedServer, Checklist, ChecklistFormat};
use crate::sign_in;
use crate::terminal;

/// The maximum number of accounts whose rights are checked.
const SAMPLE: usize = 100;
/// The maximum number of accounts with adminCount=1 whose rights are checked in addition.
const ADMIN_SAMPLE: usize = 20;

pub(super) async fn run(args: &CheckArgs, progress: &Progress) -> Result<Exit, Failure> {
    let servers = match args.cloud.target {
        Target::ActiveDirectory => domain_controllers(args, progress).await?,
        Target::Microsoft365 => vec![cloud::run(args, progress).await?],
    };
    let checklist = Checklist::new(servers);
    match args.format {
        ChecklistFormat::Text => output::print(terminal::stdout(), |out| checklist.render(args.format, out))?,
        // JSON is not for people, so it gets no colours.
        ChecklistFormat::Json => output::print(std::io::stdout().lock(), |out| checklist.render(args.format, out))?,
    }
    Ok(if checklist.has_failures() { Exit::CouldNotRun } else { Exit::Done })
}

/// Checks each domain controller on its own.
async fn domain_controllers(args: &CheckArgs, progress: &Progress) -> Result<Vec<CheckedServer>, Failure> {
    let options = sign_in::options(&args.connection, |text| progress.note(text)).await?;
    let stage = progress.stage("Checking", ALL.len() * options.servers.len()).without_end();
    let mut servers = Vec::new();
    let mut wrong_password = None;
    for server in &options.servers {
        let mut lines = Lines { checks: Vec::new(), stage: &stage, all: &ALL };
        // `None` means that a step failed on which the later ones depend; its line is in `lines` already.
        let _ = examine(server, &options, &mut wrong_password, &mut lines).await;
        servers.push(CheckedServer { server: server.to_string(), checks: lines.complete() });
    }
    drop(stage);
    Ok(servers)
}

/// The lines that one server has so far.
struct Lines<'s> {
    checks: Vec<Check>,
    stage: &'s Stage,
    /// The names of all lines, in their order.
    all: &'static [&'static str],
}

impl Lines<'_> {
    fn add(&mut self, check: Check) {
        self.checks.push(check);
        self.stage.advance(1);
    }

    /// Adds the line of a step; `None` if the step failed and nothing more can be checked.
    fn step<T, E>(
        &mut self,
        found: Result<T, E>,
        worked: impl FnOnce(&T) -> Check,
        failed: impl FnOnce(&E) -> Check,
    ) -> Option<T> {
        self.add(found.as_ref().map_or_else(failed, worked));
        found.ok()
    }

    /// Returns all lines in their order; those that are missing are marked as not tried.
    fn complete(self) -> Vec<Check> {
        let mut checks = self.checks;
        let missing = |name: &&&str| !checks.iter().any(|check| check.name == **name);
        let missing: Vec<_> = self.all.iter().filter(missing).map(|name| Check::not_tried(name, "")).collect();
        checks.extend(missing);
        checks.sort_by_key(|check| self.all.iter().position(|name| *name == check.name));
        checks
    }
}

/// Checks one server, from its DNS name to the rights, until a step fails.
async fn examine(
    server: &Server,
    options: &ConnectOptions,
    wrong_password: &mut Option<Server>,
    lines: &mut Lines<'_>,
) -> Option<()> {
    let addresses = lines.step(resolve(server, options.timeout).await, |found| rows::dns(found), rows::unresolved)?;

    let knocked = knock(server, &addresses, options.timeout).await;
    lines.add(rows::tcp(&knocked));
    if knocked.iter().all(|(_, opened)| opened.is_err()) {
        return None;
    }

    match server.protection {
        Protection::Tls | Protection::StartTls => {
            let (certificate, opened) = handshake(server, options.ca_file.as_deref(), options.timeout).await;
            lines.step(
                opened,
                |()| rows::tls(certificate.as_ref()),
                |error| rows::no_tls(certificate.as_ref(), error),
            )?;
        }
        other => lines.add(rows::without_tls(other == Protection::None)),
    }

    if let Some(refused_by) = wrong_password {
        let why = format!("{refused_by} refused the password, and trying it again could lock the account");
        lines.add(Check::not_tried(BIND, why));
        return None;
    }
    // The base DN is checked later, on its own, because most other steps do not need it. And no time is spent on
    // retries, because failures are what this command is looking for.
    let one = ConnectOptions {
        servers: vec![server.clone()],
        base_dn: None,
        give_up_after: options.timeout,
        ..options.clone()
    };
    let directory = match Directory::connect(&one).await {
        Ok(directory) => directory,
        Err(error) => {
            if matches!(error, ConnectError::Bind { source: BindError::WrongPassword { .. }, .. }) {
                *wrong_password = Some(server.clone());
            }
            rows::not_connected(&error).into_iter().for_each(|check| lines.add(check));
            return None;
        }
    };
    let who = lines.step(check::identity(&directory).await, rows::bind, |error| rows::no_answer(BIND, error))?;
    let base_dn = directory.base_dn(options.base_dn.as_deref()).await;
    let base_dn = lines.step(base_dn, |found| rows::base_dn(found, options), rows::no_base_dn);
    let controller = check::controller(&directory).await;
    let controller = lines.step(controller, rows::level, |error| rows::no_answer(LEVEL, error))?;
    lines.add(rows::writable(&controller));
    let schema = match directory.photo_schema().await {
        Ok(Some(schema)) => {
            lines.add(rows::schema(&schema, directory.photo_attribute()));
            schema
        }
        Ok(None) => {
            lines.add(rows::no_attribute(directory.photo_attribute()));
            return None;
        }
        Err(error) => {
            lines.add(rows::no_answer(SCHEMA, &error));
            return None;
        }
    };
    Examined { directory, controller, schema, who, base_dn: base_dn? }.rights(lines).await
}

/// A domain that can be used, whose accounts are examined next.
struct Examined {
    directory: Directory,
    controller: Controller,
    schema: PhotoSchema,
    who: Identity,
    base_dn: String,
}

impl Examined {
    async fn rights(&self, lines: &mut Lines<'_>) -> Option<()> {
        let accounts = self.directory.in_scope(&self.base_dn).await;
        // The account that signed in is left out: everybody may write their own photo, so its rights would say nothing
        // about the others.
        let own = self.who.account.as_ref().map(|account| account.guid);
        let found = |accounts: &InScope| right_rows::accounts(accounts, own);
        let accounts = lines.step(accounts, found, |error| rows::no_answer(ACCOUNTS, error))?;
        let others = |all: &[Guid]| all.iter().copied().filter(|guid| Some(*guid) != own).collect::<Vec<_>>();
        let (enabled, protected) = (others(&accounts.enabled), others(&accounts.protected));

        let sample = match self.rights_of(&spread(&enabled, SAMPLE)).await {
            Ok(sample) => sample,
            Err(error) => {
                lines.add(rows::no_answer(READ, &error));
                return None;
            }
        };
        let run = delegation(&self.directory, &self.controller, &self.base_dn, &self.who, &self.schema);
        lines.add(right_rows::read(&sample, enabled.len(), &self.base_dn, run.as_ref()));
        lines.add(right_rows::write(&sample, enabled.len(), &self.base_dn, run.as_ref()));
        let admins = self.rights_of(&spread(&protected, ADMIN_SAMPLE)).await;
        let found = |admins: &Vec<Rights>| right_rows::admin_accounts(admins, protected.len());
        lines.step(admins, found, |error| rows::no_answer(ADMIN_ACCOUNTS, error)).map(drop)
    }

    async fn rights_of(&self, accounts: &[Guid]) -> Result<Vec<Rights>, OperationError> {
        check::rights(&self.directory, &self.base_dn, accounts, &self.who, &self.schema).await
    }
}
