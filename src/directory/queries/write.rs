//! Writing one photo: only over the value that was read, exactly once, and with a result that is certain wherever
//! possible.
//!
//! LDAP has no transactions, but one modify is atomic. It deletes the old value by naming it and adds the new one, so
//! the server refuses it (16 noSuchAttribute, or 20 attributeOrValueExists) if somebody has changed the photo since it
//! was read. That makes it a compare-and-swap, and it makes a repeated write harmless.
//!
//! The difficulty is an answer that never comes: the write may have been done or not. It is settled by reading the
//! account again, from the same domain controller, because replication takes a while to bring the write to any other.

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

/// A change of one photo, from the value that was read to another one.
#[derive(Debug, Clone, Copy)]
pub struct PhotoChange<'c> {
    /// The value that must still be there; `None` if there was none.
    pub before: Option<&'c [u8]>,
    /// The new value; `None` removes the photo.
    pub after: Option<&'c [u8]>,
}

/// The number of times that one write may be lost on its way before it is given up.
const MAX_LOSSES: u32 = 20;
/// The number of times that a lost write is sent again without a pause.
const QUICK_TRIES: u32 = 3;

/// A write, and what has happened to it so far.
struct Write {
    begun: Instant,
    pause: Pause,
    /// The number of times that the connection was lost before an answer came.
    losses: u32,
    /// The only server that may get the write, if there is such a limit.
    only: Option<Server>,
    /// The server that got the write and did not answer. The write may still take effect there, so from then on no
    /// other server may get it.
    unanswered: Option<Server>,
    /// Whether a referral was followed already; only one is.
    referred: bool,
}

impl Write {
    /// Returns the error with which the write ends: `error`, or "unconfirmed" if an earlier attempt may still take
    /// effect.
    fn given_up(&self, error: WriteError) -> WriteError {
        match &self.unanswered {
            Some(server) => unconfirmed(server, OperationError::Timeout),
            None => error,
        }
    }
}

/// What an account holds after a write that was not answered.
enum Settled {
    /// The account holds the new value.
    Written,
    /// The account still holds the old value; this session has read it.
    NotWritten(Arc<Session>),
}

impl Directory {
    /// Returns the error for a user who may not write photos.
    #[must_use]
    pub fn denied(&self) -> WriteError {
        WriteError::Denied { user: self.user().to_owned(), attribute: self.photo_attribute().to_owned() }
    }

    /// Changes a photo if it is still the one that was read. One modify deletes the old value by name and adds the new
    /// one, which the server does completely or not at all. If the answer is lost, the account is read again from the
    /// server that was asked.
    ///
    /// Before a server gets the write, `announce` is called with it and with its identity, so that the journal can
    /// record where the write may have taken effect. If it is called again, the servers before have not done the write.
    /// `only` limits the write to one server.
    ///
    /// # Errors
    /// When the photo is no longer the one that was read, or the server refuses. After [`WriteError::Unconfirmed`]
    /// nobody knows whether the photo was written.
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
                // The server is then announced by its name only. If the connection is lost, the write itself will find
                // out.
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
                    // Give up: this photo may never get through (an MTU fault, say), and every retry kills the
                    // connection that all other writes share.
                    if write.losses > MAX_LOSSES || write.begun.elapsed() > self.link.limit() {
                        return Err(write.given_up(WriteError::NotSent(OperationError::Timeout)));
                    }
                    // The first retries come at once: this connection may not live long either.
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
                        // Other operations succeeded meanwhile, so the trouble is with this account.
                        return Err(write.given_up(WriteError::refused(result)));
                    }
                    write.pause.wait().await;
                    // If an earlier attempt got no answer, the retry goes to the same server.
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
                        // The other writes would be referred to that server, too.
                        None => self.link.prefer(&server),
                    }
                    write.referred = true;
                }
                // The photo is not the old one any more. Perhaps our own earlier attempt changed it, and only its
                // answer was lost.
                16 | 20 if write.unanswered.is_some() => {
                    let asked = (session.server(), dsa.as_ref());
                    return match self.settle(asked, account, change, OperationError::Timeout).await? {
                        Settled::Written => Ok(()),
                        // The directory says that a value exists, but we cannot read it: it may be the one that we just
                        // wrote.
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

    /// Finds out whether a write that was not answered has been done, by reading the account from the server that was
    /// asked.
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
                    // The name may now lead to another domain controller, which has not received the write: its answer
                    // would prove nothing.
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
            // The account holds a third value. Ours may have been there in between, which nobody can tell.
            Some(_) => Err(WriteError::Changed { perhaps_written: true }),
        }
    }

    /// Returns a session with the server that the write is tied to, or with any.
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

    /// Returns the writable domain controller that a referral names, if it may be trusted with the credentials. It must
    /// be one of the servers of this run or be in this domain, and it gets the protection of the server that sent the
    /// referral. Nobody authenticates referrals.
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

/// Sends the modify, and returns the server's result.
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

/// Reads one account's photo; the outer `None` means that the account does not exist.
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
