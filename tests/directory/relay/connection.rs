//! One connection through the relay, and the fault that strikes it.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use socket2::SockRef;

use super::frames::Frames;
use super::{At, End, Fault, PATIENCE, Plan, Shared};

/// Makes dropping the stream reset the connection instead of closing it in order.
pub(super) fn reset_when_dropped(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// What happens to the data from the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Through,
    /// Nothing goes to the client any more; this many bytes have come since.
    Nowhere(usize),
    /// Half of the next record goes to the client, then the connection ends.
    Half,
}

pub(super) struct Connection {
    client: TcpStream,
    server: TcpStream,
    answers: Mutex<Answers>,
    answered: Condvar,
}

impl Connection {
    pub(super) fn run(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
        }
        let number = shared.change(|state| {
            state.connections += 1;
            state.connections
        });
        let plan = shared.plan.clone();
        let fault = plan.fault.filter(|_| number == 1 || !plan.first_only);
        let answers = match fault {
            Some((At::Operation(0), Fault::Silence)) => Answers::Nowhere(0),
            _ => Answers::Through,
        };
        let this = Arc::new(Self { client, server, answers: Mutex::new(answers), answered: Condvar::new() });
        std::thread::spawn({
            let (this, plan) = (Arc::clone(&this), plan.clone());
            move || this.pass_answers(&plan)
        });
        this.pass_operations(shared, &plan, fault);
    }

    /// Passes on the client's operations until the connection ends.
    fn pass_operations(&self, shared: &Shared, plan: &Plan, fault: Option<(At, Fault)>) {
        let mut fault = fault;
        let mut operations = 0;
        let mut frames = Frames::of(&self.client, plan.delay);
        while let Ok(Some(frame)) = frames.next() {
            if frames.last_is_operation() {
                operations += 1;
                let strikes = |(at, _): &(At, Fault)| match *at {
                    At::Operation(number) => operations == number,
                    At::Bytes(bytes) => frame.len() >= bytes,
                };
                let struck = fault.take_if(|fault| strikes(fault));
                shared.change(|state| {
                    state.operations += 1;
                    state.down |= struck.is_some() && plan.then_down;
                });
                if let Some((_, fault)) = struck {
                    let goes_on = self.strike(fault, &frame);
                    shared.change(|state| state.struck += 1);
                    if goes_on {
                        continue;
                    }
                    return;
                }
            }
            if (&self.server).write_all(&frame).is_err() {
                break;
            }
        }
        self.end(End::Close);
    }

    /// Applies the fault to this operation; returns whether the connection goes on.
    fn strike(&self, fault: Fault, frame: &[u8]) -> bool {
        let (answers, sent) = match fault {
            Fault::Cut(_) => (Answers::Through, frame.len()),
            Fault::LoseRequest => (Answers::Through, 0),
            Fault::HalfRequest => (Answers::Through, frame.len() / 2),
            Fault::LoseAnswer | Fault::Silence => (Answers::Nowhere(0), frame.len()),
            Fault::HalfAnswer => (Answers::Half, frame.len()),
        };
        *self.answers.lock().unwrap() = answers;
        // If the server is gone, writing fails and the connection ends anyway.
        drop((&self.server).write_all(&frame[..sent]));
        match fault {
            Fault::Silence | Fault::HalfAnswer => return true,
            Fault::LoseAnswer => {
                let unanswered = |answers: &mut Answers| *answers == Answers::Nowhere(0);
                let guard = self.answers.lock().unwrap();
                drop(self.answered.wait_timeout_while(guard, PATIENCE, unanswered).unwrap());
            }
            _ => {}
        }
        self.end(if let Fault::Cut(end) = fault { end } else { End::Reset });
        false
    }

    fn pass_answers(&self, plan: &Plan) {
        let mut frames = Frames::of(&self.server, plan.delay);
        let end = loop {
            let frame = match frames.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => break End::Close,
                Err(_) => break End::Reset,
            };
            let frame = plan.spoil.as_ref().map_or_else(|| frame.clone(), |spoil| spoil(frame.clone()));
            let mut answers = self.answers.lock().unwrap();
            match &mut *answers {
                Answers::Through => {
                    drop(answers);
                    if (&self.client).write_all(&frame).is_err() {
                        break End::Close;
                    }
                }
                Answers::Nowhere(came) => {
                    *came += frame.len();
                    self.answered.notify_all();
                }
                Answers::Half => {
                    drop((&self.client).write_all(&frame[..frame.len() / 2]));
                    break End::Reset;
                }
            }
        };
        // A silent connection stays silent, even if the server closes its side.
        if !matches!(*self.answers.lock().unwrap(), Answers::Nowhere(_)) {
            self.end(end);
        }
    }

    /// Ends the connection. Both threads then stop, and the last of them closes the sockets.
    fn end(&self, end: End) {
        // An error means that the connection is gone already, which is what is wanted.
        let _ = match end {
            End::Close => self.client.shutdown(Shutdown::Both),
            End::Reset => {
                reset_when_dropped(&self.client);
                // This wakes the thread that reads, and sends nothing to the client.
                self.client.shutdown(Shutdown::Read)
            }
        };
        let _ = self.server.shutdown(Shutdown::Both);
    }
}
