//! Writing a photo: over the value that was read, once, and known to be written or not.

use std::collections::HashSet;
use std::sync::Arc;

use ldap3::{LdapResult, Mod};
use tokio::time::{Instant, timeout};

use super::directory::Directory;
use super::write_error::WriteError;
use crate::directory::connection::{OperationError, Server, is_passing};
use crate::directory::guid::Guid;
use crate::directory::sessions::{Dsa, Pause, Session};
use crate::panics::caught_async;

/// A change of one photo, from the value that was read to another.
#[derive(Debug, Clone, Copy)]
pub struct PhotoChange<'c> {
    /// The value that must still be there; `None` where there was none.
    pub before: Option<&'c [u8]>,
    /// The value to be there; `None` to remove it.
    pub after: Option<&'c [u8]>,
}

/// How often a write may be lost on its way.
const MAX_LOSSES: u32 = 20;
/// How often it is sent again without a pause.
const QUICK_TRIES: u32 = 3;

/// A write, and what happened to it so far.
struct Write {
    begun: Instant,
    pause: Pause,
    losses: u32,
    /// Whom alone it may be sent.
    only: Option<Server>,
    /// Who was sent it without answering: it may still be done there.
    unanswered: Option<Server>,
    referred: bool,
}

impl Write {
    /// That it ends here: not as the error says, if it may still be done.
    fn given_up(&self, error: WriteError) -> WriteError {
        match &self.unanswered {
            Some(server) => unconfirmed(server, OperationError::Timeout),
            None => error,
        }
    }
}

/// What an account turned out to hold after a write that was not answered.
enum Settled {
    /// What was to be written.
    Written,
    /// What was there before.
    NotWritten(Arc<Session>),
}

impl Directory {
    /// That the bound user has no right.
    #[must_use]
    pub fn denied(&self) -> WriteError {
        WriteError::Denied { user: self.user().to_owned(), attribute: self.photo_attribute().to_owned() }
    }

    /// Changes a photo if it still is what was read: one modify that deletes the old value by name and adds the new
    /// one, which the server does whole or not at all. Where its answer is lost, the account is read again, on the
    /// server that was asked.
    ///
    /// `announce` is told of each server, and which domain controller that is, before it is sent the write; an earlier one
    /// has not done it then.
    ///
    /// # Errors
    /// When it is not that any more, or the server refuses. After [`WriteError::Unconfirmed`] nobody knows.
    pub async fn modify_photo<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        only: Option<&Server>,
        mut announce: impl AsyncFnMut(&Server, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<(), WriteError> {
        let mut write = Write {
            begun: Instant::now(),
            pause: Pause::default(),
            losses: 0,
            only: only.cloned(),
            unanswered: None,
            referred: false,
        };
        let mut session = self.session_for(&write).await?;
        loop {
            let dsa = session.dsa().await.unwrap_or_else(|error| {
                // By name, then. What it means for the connection, the write itself finds out.
                self.link.heed(&session, &error);
                None
            });
            let dsa = dsa.cloned();
            announce(session.server(), dsa.as_ref()).await.map_err(|error| WriteError::Withheld(error.into()))?;
            let result = match modify(&session, account, self.photo_attribute(), change).await {
                Ok(result) => result,
                Err(error) => {
                    self.link.heed(&session, &error);
                    session = if error.was_not_sent() {
                        self.session_for(&write).await?
                    } else {
                        match self.settle((session.server(), dsa.as_ref()), account, change, error).await? {
                            Settled::Written => return Ok(()),
                            Settled::NotWritten(again) => {
                                write.unanswered = Some(again.server().clone());
                                again
                            }
                        }
                    };
                    write.losses += 1;
                    // What passes no line may never pass it, and each try costs all others their connection.
                    if write.losses > MAX_LOSSES || write.begun.elapsed() > self.link.limit() {
                        return Err(write.given_up(WriteError::NotSent(OperationError::Timeout)));
                    }
                    // At first at once: this connection may not live for long either.
                    if write.losses > QUICK_TRIES {
                        write.pause.wait().await;
                    }
                    continue;
                }
            };
            if !is_passing(result.rc, 0) {
                self.link.fine();
            }
            match result.rc {
                0 => return Ok(()),
                code if is_passing(code, write.pause.tries()) => {
                    self.link.heed(&session, &result.clone().into());
                    if self.link.is_exhausted() {
                        return Err(write.given_up(WriteError::NotSent(self.link.gave_up())));
                    }
                    if write.begun.elapsed() > self.link.limit() {
                        // Others were served meanwhile: it is this account's own trouble.
                        return Err(write.given_up(WriteError::refused(result)));
                    }
                    write.pause.wait().await;
                    // What was asked once without an answer is asked there again.
                    session = self.session_for(&write).await?;
                }
                10 if !write.referred => {
                    let Some(server) = self.referred(&result.refs, session.server()) else {
                        return Err(WriteError::refused(result));
                    };
                    let followed = self.session_at(&server, write.begun).await;
                    session = followed.map_err(|error| write.given_up(WriteError::NotSent(error)))?;
                    match &mut write.only {
                        Some(only) => *only = server,
                        // The others, too, would be referred there.
                        None => self.link.prefer(&server),
                    }
                    write.referred = true;
                }
                // Perhaps it was our own write that changed it, and its answer that was lost.
                16 | 20 if write.unanswered.is_some() => {
                    let asked = (session.server(), dsa.as_ref());
                    return match self.settle(asked, account, change, OperationError::Timeout).await? {
                        Settled::Written => Ok(()),
                        // None is seen and yet there is one: it may not be read, and may well be ours.
                        Settled::NotWritten(_) if change.before.is_none() => {
                            Err(write.given_up(WriteError::Changed { perhaps_written: true }))
                        }
                        Settled::NotWritten(_) => Err(WriteError::Changed { perhaps_written: true }),
                    };
                }
                50 => return Err(self.denied()),
                _ => return Err(WriteError::refused(result)),
            }
        }
    }

    /// Whether a write that was not answered was done: reads the account again on the server that was asked.
    async fn settle(
        &self,
        (server, asked): (&Server, Option<&Dsa>),
        account: Guid,
        change: PhotoChange<'_>,
        lost: OperationError,
    ) -> Result<Settled, WriteError> {
        let reading = async {
            let mut pause = Pause::default();
            loop {
                let session = self.link.at(server).await.ok()?;
                let read = async {
                    // A name may lead to another one now, which has not heard of the write.
                    match asked {
                        Some(asked) if session.dsa().await?.is_none_or(|found| found.guid != asked.guid) => Ok(None),
                        _ => read_photo(&session, account, self.photo_attribute()).await.map(Some),
                    }
                };
                match read.await {
                    Ok(held) => return Some((held?, session)),
                    Err(error) if error.may_pass(pause.tries()) => self.link.heed(&session, &error),
                    Err(_) => return None,
                }
                pause.wait().await;
            }
        };
        let Ok(Some((held, session))) = timeout(self.link.patience_with_one(), reading).await else {
            return Err(unconfirmed(server, lost));
        };
        self.link.fine();
        match held {
            None => Err(WriteError::NoSuchAccount),
            Some(photo) if photo.as_deref() == change.after => Ok(Settled::Written),
            Some(photo) if photo.as_deref() == change.before => Ok(Settled::NotWritten(session)),
            // What it holds does not tell whether it held ours in between.
            Some(_) => Err(WriteError::Changed { perhaps_written: true }),
        }
    }

    /// The server that a write is tied to, or any.
    async fn session_for(&self, write: &Write) -> Result<Arc<Session>, WriteError> {
        let session = match write.unanswered.as_ref().or(write.only.as_ref()) {
            Some(server) => self.session_at(server, write.begun).await,
            None => self.link.session().await,
        };
        session.map_err(|error| write.given_up(WriteError::NotSent(error)))
    }

    async fn session_at(&self, server: &Server, since: Instant) -> Result<Arc<Session>, OperationError> {
        self.link.session_within(server, self.link.limit().saturating_sub(since.elapsed())).await
    }

    /// The writable domain controller that another refers to, if it may be trusted with the credentials: one of this
    /// domain or of those given, protected as that one is. Referrals are authenticated by nobody.
    fn referred(&self, references: &[String], asked: &Server) -> Option<Server> {
        let given = self.link.servers();
        let known = |name: &String| given.iter().find(|server| server.is_named_by(name)).cloned();
        references.iter().find_map(known).or_else(|| {
            references
                .iter()
                .find_map(|reference| asked.in_domain(reference, self.domain().names.iter().map(String::as_str)))
        })
    }
}

async fn modify(
    session: &Session,
    account: Guid,
    attribute: &str,
    change: PhotoChange<'_>,
) -> Result<LdapResult, OperationError> {
    let name = attribute.as_bytes();
    let mut modifications = Vec::new();
    modifications.extend(change.before.map(|before| Mod::Delete(name, HashSet::from([before]))));
    modifications.extend(change.after.map(|after| Mod::Add(name, HashSet::from([after]))));
    let (mut operation, dn) = (session.operation(), account.as_dn());
    let modifying = caught_async(operation.modify(&dn, modifications)).await;
    modifying.map_err(|_| OperationError::Malformed)?.map_err(|error| session.explain(error.into()))
}

/// The account's photo, read by itself; the outer `None` if there is no such account.
async fn read_photo(
    session: &Session,
    account: Guid,
    attribute: &str,
) -> Result<Option<Option<Vec<u8>>>, OperationError> {
    let (dn, wanted) = (account.as_dn(), [attribute]);
    let reading = caught_async(session.read_entry(&dn, &wanted)).await;
    let entry = reading.map_err(|_| OperationError::Malformed)?.map_err(|error| session.explain(error))?;
    Ok(entry.map(|mut entry| entry.take(attribute)))
}

fn unconfirmed(server: &Server, source: OperationError) -> WriteError {
    WriteError::Unconfirmed { server: server.clone(), source }
}
