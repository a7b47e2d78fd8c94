use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};

use super::{MAX_READERS, Slot, Stop, Workers};
use crate::pipeline::Why;
use crate::report::{Code, Reason};

/// Reads files all of which have to be in progress before any of them ends.
async fn read_at_once(workers: &Workers) -> Vec<Option<Result<usize, Reason>>> {
    let all = Arc::new(Barrier::new(MAX_READERS));
    let one = |number: usize| {
        let all = all.clone();
        let read = move |_: &mut Slot| {
            all.wait();
            Ok(Continue(number))
        };
        workers.work(read, |number| Ok(number * 2))
    };
    join_all((0..MAX_READERS).map(one)).await
}

#[tokio::test]
async fn files_are_read_at_the_same_time_however_few_the_jobs_are() {
    let made = read_at_once(&Workers::new(Some(1), &Stop::default())).await;
    assert_eq!(made, (0..MAX_READERS).map(|number| Some(Ok(number * 2))).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_more_files_are_read_ahead_than_there_are_readers() {
    let workers = Workers::new(Some(1), &Stop::default());
    read_at_once(&workers).await;
    let (read, made, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let counts = Arc::new((read, made, most));
    let one = |_| {
        let counts = counts.clone();
        let ahead = move |_: &mut Slot| {
            let (read, made, most) = &*counts;
            let read = read.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(read - made.load(Ordering::SeqCst), Ordering::SeqCst);
            Ok::<_, Reason>(Continue(counts))
        };
        let make = |counts: Arc<(AtomicUsize, AtomicUsize, AtomicUsize)>| {
            let (read, made, _) = &*counts;
            // The first picture takes until every reader has a file.
            while made.load(Ordering::SeqCst) == 0 && read.load(Ordering::SeqCst) <= MAX_READERS {
                thread::yield_now();
            }
            made.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        workers.work(ahead, make)
    };
    let all = join_all((0..200).map(one)).await;
    assert!(all.iter().all(|made| *made == Some(Ok(()))));
    // Besides what the readers have, there is what the one job works on.
    assert_eq!(counts.2.load(Ordering::SeqCst), MAX_READERS + 1);
}

/// The first file is not read before the others are done.
#[tokio::test]
async fn pictures_come_in_the_order_of_the_files() {
    let workers = Workers::new(Some(2), &Stop::default());
    let done = Arc::new(AtomicUsize::new(0));
    let one = |number: usize| {
        let (before, after) = (done.clone(), done.clone());
        let read = move |_: &mut Slot| {
            while number == 0 && before.load(Ordering::SeqCst) < 20 {
                thread::yield_now();
            }
            Ok::<_, Reason>(Continue(number))
        };
        workers.work(read, move |number| {
            after.fetch_add(1, Ordering::SeqCst);
            Ok(number)
        })
    };
    let made: Vec<_> = stream::iter(0..100).map(one).buffered(workers.ahead()).collect().await;
    assert_eq!(made, (0..100).map(|number| Some(Ok(number))).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stop_waits_for_no_file_and_reads_no_further_one() {
    let stop = Stop::default();
    let workers = Workers::new(Some(1), &stop);
    let share = Arc::new(Barrier::new(MAX_READERS + 1));
    let begun = Arc::new(AtomicUsize::new(0));
    // All readers wait for a share that does not answer.
    let waiting = |_| {
        let (share, begun, stop) = (share.clone(), begun.clone(), stop.clone());
        let read = move |_: &mut Slot| {
            if begun.fetch_add(1, Ordering::SeqCst) + 1 == MAX_READERS {
                stop.ask(Why::Interrupted);
            }
            share.wait();
            Ok::<_, Reason>(Continue(()))
        };
        workers.work(read, Ok)
    };
    let all = join_all((0..2 * MAX_READERS).map(waiting)).await;
    assert!(all.iter().all(Option::is_none));
    // The share answers again.
    share.wait();
    assert!(workers.work(|_| Ok::<_, Reason>(Continue(())), Ok).await.is_none());
    assert_eq!(begun.load(Ordering::SeqCst), MAX_READERS);
}

#[tokio::test]
async fn a_panic_concerns_one_photo_and_what_needs_no_picture_has_none() {
    let workers = Workers::new(Some(1), &Stop::default());
    let code = |made: Option<Result<(), Reason>>| made.expect("an answer").map_err(|reason| reason.code);
    for _ in 0..3 {
        let reading = workers.work(|_| -> Result<_, Reason> { panic!("not shown") }, |(): ()| Ok(())).await;
        let making = workers.work(|_| Ok(Continue(())), |()| -> Result<(), Reason> { panic!("not shown") }).await;
        assert_eq!((code(reading), code(making)), (Err(Code::Damaged), Err(Code::Damaged)));
    }
    let made = workers.work(|_| Ok::<_, Reason>(Break(7)), |(): ()| unreachable!("nothing to make")).await;
    assert_eq!(made, Some(Ok(7)));
}
