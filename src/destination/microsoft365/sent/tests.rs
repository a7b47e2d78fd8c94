use std::path::PathBuf;

use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use super::entry::{DAYS, Entry};
use super::{KeptError, MAX_DAYS, Remembered, Sent};
use crate::directory::Guid;
use crate::hash::Hash;

const ANNA: Guid = Guid([1; 16]);
const BOB: Guid = Guid([2; 16]);

fn noon() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_796_040_000).expect("a time")
}

fn photo(name: &str) -> Hash {
    Hash::of(name.as_bytes())
}

fn open(state: &TempDir) -> Sent {
    let (sent, error) = Sent::open_in(state.path().join("adphoto"), "tenant", "https://graph.example");
    assert!(error.is_none(), "{error:?}");
    sent
}

fn learn(sent: &Sent, account: Guid, name: &str) {
    let etag = Some(format!("\"{name}\""));
    sent.learn(account, photo(name), photo(&format!("{name} served")), etag, noon());
}

/// Returns the files beside that of the tenant.
fn files(state: &TempDir) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(state.path().join("adphoto/sent")).expect("is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn what_was_sent_is_known_to_later_runs() {
    let state = tempfile::tempdir().expect("a folder");
    let first = open(&state);
    learn(&first, ANNA, "one");
    first.save(noon()).expect("is written");
    let second = open(&state);
    assert_eq!(second.recall(ANNA), Some(Remembered { sent: photo("one"), seen: noon() }));
    assert_eq!(second.recall(BOB), None);
    assert!(!second.is_changed(ANNA, Some(photo("one served"))) && !second.is_changed(BOB, None));
    assert!(!second.is_changed(ANNA, Some(photo("one"))) && second.is_changed(ANNA, None));
    assert!(second.is_changed(ANNA, Some(photo("two"))));
    assert_eq!(second.recall(ANNA), None, "nobody takes it for the photo that was sent");
    let second = open(&state);
    // Another tenant has a file of its own, and so has a tenant with the same id at another address.
    for (tenant, address) in [("other", "https://graph.example"), ("tenant", "https://graph.elsewhere")] {
        let (other, _) = Sent::open_in(state.path().join("adphoto"), tenant, address);
        assert_eq!(other.recall(ANNA), None);
    }
    // If the photo is looked at again, the entry has the later time.
    let later = noon() + Duration::days(3);
    assert!(!second.is_seen(ANNA, "\"two\"", later) && !second.is_seen(BOB, "\"one\"", later));
    assert_eq!(second.recall(ANNA).map(|known| known.seen), Some(noon()));
    assert!(second.is_seen(ANNA, "\"one\"", later));
    second.save(later).expect("is written");
    let third = open(&state);
    assert_eq!(third.recall(ANNA).map(|known| known.seen), Some(later));
    third.forget(ANNA);
    third.save(later).expect("is written");
    assert_eq!(open(&state).recall(ANNA), None);
}

#[test]
fn what_nobody_needs_any_more_is_deleted() {
    let state = tempfile::tempdir().expect("a folder");
    let first = open(&state);
    learn(&first, ANNA, "one");
    first.save(noon()).expect("is written");
    let second = open(&state);
    second.learn(BOB, photo("two"), photo("two"), None, noon() + Duration::days(MAX_DAYS));
    second.save(noon() + Duration::days(MAX_DAYS)).expect("is written");
    assert!(open(&state).recall(ANNA).is_some());
    let third = open(&state);
    third.forget(Guid([3; 16]));
    third.save(noon() + Duration::days(MAX_DAYS + 1)).expect("is written");
    assert!(open(&state).recall(ANNA).is_none() && open(&state).recall(BOB).is_some());
}

#[test]
fn each_photo_is_looked_at_once_in_seven_days() {
    let seen = noon() - Duration::days(1);
    let mut days = [0; 7];
    for number in 0..7000_u128 {
        let mut bytes = Hash::of(&number.to_le_bytes()).half();
        bytes[0] ^= 1;
        let mut entry = Entry::new(Guid(bytes), photo("one"), photo("one"), None, seen);
        let mut looks = 0;
        for (day, count) in (0..DAYS).zip(&mut days) {
            let now = noon() + Duration::days(day);
            if entry.is_due(now) {
                (looks, *count) = (looks + 1, *count + 1);
                entry.seen = now.unix_timestamp();
            }
        }
        assert_eq!(looks, 1, "{number}");
    }
    assert!(days.iter().all(|count| (850..1150).contains(count)), "{days:?}");
}

#[test]
fn nights_that_were_missed_are_made_up_for() {
    let entry = |seen| Entry::new(ANNA, photo("one"), photo("one"), None, seen);
    let due = |after: i64| entry(noon() - Duration::days(after)).is_due(noon());
    let is_of_today = entry(noon()).is_due(noon());
    assert!((0..7).all(|days| due(days) == is_of_today));
    assert!(due(7) && due(8) && due(1000));
    // The clock was set back.
    assert!(due(-1) && due(-1000));
}

/// Each run adds what it has found out itself.
#[test]
fn two_runs_at_once_lose_nothing_of_each_other() {
    let state = tempfile::tempdir().expect("a folder");
    let (one, other) = (open(&state), open(&state));
    learn(&one, ANNA, "one");
    learn(&other, BOB, "two");
    one.save(noon()).expect("is written");
    other.save(noon()).expect("is written");
    let both = open(&state);
    assert!(both.recall(ANNA).is_some() && both.recall(BOB).is_some());
    // If two runs know something about the same account, the later knowledge counts, whichever run saves first.
    let (early, late) = (open(&state), open(&state));
    early.learn(ANNA, photo("early"), photo("early"), None, noon() + Duration::hours(1));
    late.learn(ANNA, photo("late"), photo("late"), None, noon() + Duration::hours(2));
    late.save(noon()).expect("is written");
    early.save(noon()).expect("is written");
    assert_eq!(open(&state).recall(ANNA).map(|known| known.sent), Some(photo("late")));
}

#[test]
fn what_another_run_has_forgotten_meanwhile_stays_forgotten() {
    let state = tempfile::tempdir().expect("a folder");
    let account = Guid([7; 16]);
    let first = open(&state);
    learn(&first, account, "a photo");
    first.save(noon()).expect("is written");
    let (import, undo) = (open(&state), open(&state));
    learn(&import, account, "a photo");
    undo.forget(account);
    undo.save(noon()).expect("is written");
    import.save(noon()).expect("is written");
    assert!(open(&state).recall(account).is_none());
}

#[test]
fn what_a_killed_run_had_begun_is_not_known() {
    let state = tempfile::tempdir().expect("a folder");
    let first = open(&state);
    learn(&first, ANNA, "one");
    learn(&first, BOB, "two");
    first.save(noon()).expect("is written");
    let killed = open(&state);
    killed.begin(ANNA).expect("is noted");
    // While the run lives, other runs know nothing about the account either, and they leave its files alone.
    let beside = open(&state);
    assert!(beside.recall(ANNA).is_none() && beside.recall(BOB).is_some());
    beside.save(noon()).expect("is written");
    assert_eq!(files(&state).len(), 3);
    drop(killed);
    for _ in 0..2 {
        // A dry run saves nothing, so the next run finds the same.
        let next = open(&state);
        assert!(next.recall(ANNA).is_none() && next.recall(BOB).is_some() && !next.is_changed(ANNA, None));
    }
    open(&state).save(noon()).expect("is written");
    assert_eq!(files(&state).len(), 1);
    let last = open(&state);
    assert!(last.recall(ANNA).is_none() && last.recall(BOB).is_some());
    // A run that ends by itself leaves no such file.
    last.begin(ANNA).expect("is noted");
    learn(&last, ANNA, "three");
    last.save(noon()).expect("is written");
    assert!(files(&state).len() == 1 && open(&state).recall(ANNA).is_some());
}

#[test]
fn a_damaged_or_foreign_state_is_none() {
    let state = tempfile::tempdir().expect("a folder");
    let first = open(&state);
    learn(&first, ANNA, "one");
    first.save(noon()).expect("is written");
    let file = files(&state).remove(0);
    let whole = std::fs::read_to_string(&file).expect("is there");
    let opened = || Sent::open_in(state.path().join("adphoto"), "tenant", "https://graph.example");
    for damaged in [
        String::new(),
        whole.replace("\"entries\":1", "\"entries\":500001"),
        whole.replace(&photo("one").to_string(), &photo("two").to_string()),
        whole[..whole.len() / 2].to_owned(),
        "x".repeat(10_000_000),
        "[".repeat(1_000_000),
    ] {
        assert_ne!(damaged, whole);
        std::fs::write(&file, &damaged).expect("is written");
        let (sent, error) = opened();
        assert!(matches!(error, Some(KeptError::Damaged(_))), "{error:?}: {damaged:.200}");
        assert!(sent.recall(ANNA).is_none() && !sent.is_changed(ANNA, None));
        learn(&sent, BOB, "two");
        sent.save(noon()).expect("is replaced");
        assert!(open(&state).recall(BOB).is_some());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().expect("is there").permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o620)).expect("is set");
        let (sent, error) = opened();
        assert!(matches!(error, Some(KeptError::Foreign { .. })) && sent.recall(BOB).is_none(), "{error:?}");
    }
}

#[test]
fn nobody_s_name_is_in_it_and_an_endless_etag_is_none() {
    let state = tempfile::tempdir().expect("a folder");
    let first = open(&state);
    first.learn(ANNA, photo("one"), photo("one"), Some("x".repeat(10_000)), noon());
    first.save(noon()).expect("is written");
    let text = std::fs::read_to_string(files(&state).remove(0)).expect("is there");
    assert!(text.contains(&ANNA.to_string()) && !text.contains("tenant") && !text.contains("xxx"), "{text}");
    assert!(!open(&state).is_seen(ANNA, &"x".repeat(10_000), noon()));
}
