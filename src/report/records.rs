//! The records of a run. They are kept in a temporary file as they come, so that memory grows little with the company.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use super::{Code, Record, Status};
use crate::album::{Album, Picture};

/// The number of records that stay in memory. A run with no more of them needs no temporary file.
const MAX_IN_MEMORY: usize = 1_000;

/// Records in the order in which they came, with their numbers.
#[derive(Debug, Default)]
pub struct Records {
    places: Vec<Place>,
    /// The temporary file; `None` until it is needed.
    file: Option<Album>,
    statuses: BTreeMap<Status, usize>,
    codes: BTreeMap<Code, usize>,
}

/// The place where a record is kept.
#[derive(Debug)]
enum Place {
    /// In memory: it is one of the first, or the file could not take it.
    Here(Box<Record>),
    InFile(Picture),
}

impl Records {
    /// Returns the number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns the number of records with a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Returns whether any record has a reason with this code.
    #[must_use]
    pub fn have(&self, code: Code) -> bool {
        self.codes.get(&code).is_some_and(|count| *count > 0)
    }

    /// Adds a record.
    pub fn push(&mut self, record: Record) {
        self.tally(&record, true);
        let place = self.keep(record);
        self.places.push(place);
    }

    /// Returns all records.
    ///
    /// # Errors
    /// Each record is an error if it cannot be read from the temporary file.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Cow<'_, Record>>> {
        self.places.iter().map(|place| self.read(place))
    }

    /// Returns a record by its place.
    ///
    /// # Errors
    /// When there is none, or it cannot be read from the temporary file.
    pub fn get(&self, place: usize) -> io::Result<Cow<'_, Record>> {
        self.read(self.places.get(place).ok_or(io::ErrorKind::NotFound)?)
    }

    /// Puts another record in the place of one.
    ///
    /// # Errors
    /// When there is no such record, or it cannot be read from the temporary file.
    pub fn replace(&mut self, place: usize, record: Record) -> io::Result<()> {
        let old = self.get(place)?.into_owned();
        self.tally(&old, false);
        self.tally(&record, true);
        self.places[place] = self.keep(record);
        Ok(())
    }

    fn read<'r>(&'r self, place: &'r Place) -> io::Result<Cow<'r, Record>> {
        let at = match place {
            Place::Here(record) => return Ok(Cow::Borrowed(record)),
            Place::InFile(at) => at,
        };
        let bytes = self.file.as_ref().map_or(Ok(None), |file| file.look(at))?.ok_or(io::ErrorKind::NotFound)?;
        Ok(Cow::Owned(serde_json::from_slice(&bytes)?))
    }

    /// Keeps a record in the file, or in memory if the file cannot take it: a full disk must not cost any record.
    fn keep(&mut self, record: Record) -> Place {
        if self.places.len() < MAX_IN_MEMORY {
            return Place::Here(Box::new(record));
        }
        let file = self.file.get_or_insert_with(|| Album::new().unwrap_or_else(|_| Album::of_sizes()));
        let kept = serde_json::to_vec(&record).ok().map(|bytes| file.keep(&bytes)).filter(Picture::is_kept);
        kept.map_or_else(|| Place::Here(Box::new(record)), Place::InFile)
    }

    fn tally(&mut self, record: &Record, comes: bool) {
        let count = |count: &mut usize| *count = if comes { *count + 1 } else { count.saturating_sub(1) };
        count(self.statuses.entry(record.status).or_default());
        record.reasons.iter().for_each(|reason| count(self.codes.entry(reason.code).or_default()));
    }
}

impl Extend<Record> for Records {
    fn extend<I: IntoIterator<Item = Record>>(&mut self, records: I) {
        records.into_iter().for_each(|record| self.push(record));
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut all = Self::default();
        all.extend(records);
        all
    }
}

impl From<Vec<Record>> for Records {
    fn from(records: Vec<Record>) -> Self {
        records.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Reason, Suggested, Sure};
    use super::{Code, MAX_IN_MEMORY, Record, Records, Status};
    use crate::album::Album;
    use crate::directory::Guid;
    use crate::hash::Hash;
    use crate::naming::Why;

    fn record(number: usize) -> Record {
        let album = Album::of_sizes();
        let (status, code) = match number % 3 {
            0 => (Status::Written, Code::Disabled),
            1 => (Status::Unchanged, Code::Enlarged),
            _ => (Status::Failed, Code::NoSuchAccount),
        };
        let suggested = Suggested {
            guid: Guid([7; 16]),
            user: "ben".into(),
            name: "Ben \"B\"".into(),
            department: String::new(),
            sure: Sure::Likely,
            why: Why::TypingError,
        };
        Record {
            user: format!("user {number} ü\u{0}\n"),
            photo: format!("{number}.jpg"),
            line: number.is_multiple_of(2).then_some(number as u64),
            sha256: number.is_multiple_of(5).then(|| Hash::of(b"a photo")),
            guid: Some(Guid([3; 16])),
            dn: Some("CN=x".into()),
            columns: vec![String::new(), "b".into()],
            group: number.is_multiple_of(2).then_some(number),
            before: Some(album.keep(b"before")),
            suggestions: if number % 3 == 2 { vec![suggested] } else { Vec::new() },
            ..Record::blank(status, vec![Reason::with(code, &format!("because of {number}"), "do it")])
        }
    }

    #[test]
    fn records_come_back_as_they_were_in_their_order_and_counted() {
        let count = MAX_IN_MEMORY + 500;
        let mut records: Records = (0..count).map(record).collect();
        let same = |found: &Record, wanted: &Record| assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
        for (number, found) in records.iter().enumerate() {
            same(&found.expect("is read"), &record(number));
        }
        assert_eq!((records.len(), records.count(Status::Written)), (count, count.div_ceil(3)));
        assert!(records.have(Code::Enlarged) && !records.have(Code::NotMoved));
        for place in [3, count - 3] {
            let mut changed = records.get(place).expect("is read").into_owned();
            changed.status = Status::Skipped;
            changed.reasons = vec![Reason::new(Code::NotMoved, "not moved")];
            records.replace(place, changed.clone()).expect("is replaced");
            same(&records.get(place).expect("is read"), &changed);
        }
        assert_eq!((records.count(Status::Written), records.count(Status::Skipped)), (count.div_ceil(3) - 2, 2));
        assert!(records.have(Code::NotMoved));
        same(&records.get(count - 2).expect("is read"), &record(count - 2));
        assert!(records.get(count).is_err());
    }

    #[test]
    fn without_a_temporary_file_records_stay_in_memory() {
        let mut records = Records { file: Some(Album::of_sizes()), ..Records::default() };
        records.extend((0..MAX_IN_MEMORY + 10).map(record));
        assert_eq!(records.iter().flatten().count(), MAX_IN_MEMORY + 10);
    }
}
