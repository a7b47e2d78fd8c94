//! Tests writes whose answer is lost, so that nobody knows whether they were carried out. adphoto finds out by reading
//! the photo, and neither guesses nor overwrites.

use adphoto::journal::{Outcome, Past};

use crate::domain::Domain;
use crate::faults::{finish, impatient, patient};
use crate::photos::jpeg;
use crate::relay::{At, Fault, Plan, Relay};
use crate::run::{Folder, Records};

/// Selects the write of the photo: no other operation has so many bytes, and each test writes only one photo.
const A_WRITE: At = At::Bytes(1_000);

/// One account and its photo; a fault strikes the connection when this photo is written.
struct One {
    dn: String,
    photo: Vec<u8>,
    folder: Folder,
}

impl One {
    fn new(domain: &Domain) -> Self {
        let dn = domain.user("one-f");
        domain.set_photo(&dn, Some(b"before"));
        let (photo, folder) = (jpeg(7, 96, 96), Folder::new());
        folder.file("one-f.jpg", &photo);
        Self { dn, photo, folder }
    }

    /// Imports the photo. A fault strikes its write; then the server is away while `meanwhile` is called.
    fn import(&self, domain: &Domain, fault: Fault, meanwhile: impl FnOnce()) -> Records {
        let relay = Relay::start(domain, Plan::fault(A_WRITE, fault).then_down());
        let import = patient(domain.import(self.folder.path())).args(&["--as-is"]).server(relay.url());
        let child = import.spawn();
        relay.wait_until_struck();
        meanwhile();
        relay.up();
        let records = finish(child);
        assert_eq!(relay.struck(), 1);
        records
    }

    fn usn(&self, domain: &Domain) -> Vec<Vec<u8>> {
        domain.entry(&self.dn, &["uSNChanged"]).remove("uSNChanged").unwrap()
    }
}

on_both! {
    fn a_write_whose_answer_was_lost_is_written_once(domain: &Domain) {
        let one = One::new(domain);
        let mut after_the_write = Vec::new();
        let records = one.import(domain, Fault::LoseAnswer, || {
            assert_eq!(domain.photo(&one.dn).as_ref(), Some(&one.photo), "the server did it");
            after_the_write = one.usn(domain);
        });
        assert_eq!((records.code, records.outcomes()), (Some(0), vec!["written".to_owned()]), "{} {}", records.json, records.stderr);
        assert_eq!(records.all()[0]["bytes_before"], 6);
        assert_eq!((domain.photo(&one.dn), one.usn(domain)), (Some(one.photo.clone()), after_the_write));
    }

    fn a_write_that_was_lost_is_done_again(domain: &Domain) {
        let one = One::new(domain);
        let records = one.import(domain, Fault::LoseRequest, || {
            assert_eq!(domain.photo(&one.dn).unwrap(), b"before", "the server did not hear of it");
        });
        assert_eq!((records.code, records.outcomes()), (Some(0), vec!["written".to_owned()]), "{} {}", records.json, records.stderr);
        assert_eq!(domain.photo(&one.dn).as_ref(), Some(&one.photo));
    }

    /// Small messages get through and photos never do: after some tries, that photo alone fails.
    fn a_write_that_never_passes_is_not_tried_for_ever(domain: &Domain) {
        let one = One::new(domain);
        let relay = Relay::start(domain, Plan::fault(A_WRITE, Fault::LoseRequest));
        let import = impatient(domain.import(one.folder.path())).args(&["--as-is"]).server(relay.url());
        let records = finish(import.spawn());
        assert_eq!((records.code, records.outcomes()), (Some(3), vec!["failed not-confirmed".to_owned()]), "{}", records.stderr);
        assert!((2..30).contains(&relay.struck()), "{}", relay.struck());
        assert_eq!(domain.photo(&one.dn).unwrap(), b"before");
    }

    /// Whether or not the server carried out the write, a photo that somebody else has written since is kept.
    fn a_photo_of_somebody_else_is_kept_whatever_was_lost(domain: &Domain) {
        let one = One::new(domain);
        for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
            domain.set_photo(&one.dn, Some(b"before"));
            let records = one.import(domain, fault, || domain.set_photo(&one.dn, Some(b"theirs")));
            let outcomes = records.outcomes();
            assert!(["failed conflict", "failed not-confirmed"].contains(&&*outcomes[0]), "{fault:?}: {outcomes:?}");
            assert_ne!(records.code, Some(0));
            assert_eq!(domain.photo(&one.dn).unwrap(), b"theirs", "{fault:?}");
        }
    }

    /// If another run wrote that photo, undoing both runs restores what was there before them.
    fn a_write_whose_answer_was_lost_can_be_taken_back_under_another(domain: &Domain) {
        let one = One::new(domain);
        let (other, journals) = (Folder::new(), Folder::new());
        other.file("one-f.jpg", jpeg(8, 96, 96));
        let [first, second] = ["first.jsonl", "second.jsonl"].map(|name| journals.path().join(name));
        let relay = Relay::start(domain, Plan::fault(A_WRITE, Fault::LoseAnswer).then_down());
        let import = patient(domain.import(one.folder.path())).args(&["--as-is"]).server(relay.url());
        let child = import.journal(&first).spawn();
        relay.wait_until_struck();
        assert_eq!(domain.photo(&one.dn).as_ref(), Some(&one.photo), "the server did it");
        assert_eq!(domain.import(other.path()).args(&["--as-is"]).journal(&second).records().count("written"), 1);
        relay.up();
        let records = finish(child);
        assert_eq!(records.outcomes(), ["failed conflict"], "{}", records.stderr);
        let outcome = Past::read(&first, false).unwrap().changes[0].outcome;
        assert_eq!(outcome, Some(Outcome::Unconfirmed), "nobody knows by then");
        let undone = domain.undo(&[&first, &second]).journal(&journals.path().join("undo.jsonl")).records();
        assert_eq!((undone.code, undone.outcomes()), (Some(0), vec!["restored".to_owned()]), "{}", undone.json);
        assert_eq!(domain.photo(&one.dn).unwrap(), b"before");
    }

    /// The account is deleted while the connection is down.
    fn an_account_that_is_gone_meanwhile_fails_alone(domain: &Domain) {
        let one = One::new(domain);
        let records = one.import(domain, Fault::LoseRequest, || domain.delete(&one.dn));
        assert_eq!((records.code, records.outcomes()), (Some(3), vec!["failed account-gone".to_owned()]), "{}", records.stderr);
    }
}
