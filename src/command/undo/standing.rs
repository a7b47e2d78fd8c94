//! Whether runs were taken back, as far as the journals of the undos tell.

use std::collections::HashMap;

use serde::Serialize;

use crate::journal::{Listed, State};

/// What became of a run; the greater, the more of it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// No undo took it back.
    Stands,
    /// One did, and was itself taken back.
    StandsAgain,
    TakenBackInPart,
    TakenBack,
}

impl Standing {
    /// What a list adds to the run.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Stands => "",
            Self::StandsAgain => "; not taken back: its undo was taken back",
            Self::TakenBackInPart => "; taken back in part",
            Self::TakenBack => "; taken back",
        }
    }
}

/// Of each run, in their order, which is the newest first: what takes a run back is newer.
pub(super) fn of_all(runs: &[&Listed]) -> Vec<Standing> {
    // What the undos so far made of the runs that they name.
    let mut undone: HashMap<&str, Standing> = HashMap::new();
    let mut standings = Vec::new();
    for run in runs {
        let own = undone.get(run.header.id.as_str()).copied().unwrap_or(Standing::Stands);
        let makes = match own {
            Standing::TakenBack => Standing::StandsAgain,
            Standing::TakenBackInPart => Standing::TakenBackInPart,
            Standing::Stands | Standing::StandsAgain => by_undo(run.state, run.header.partial),
        };
        for id in &run.header.undoes {
            let standing = undone.entry(id).or_insert(makes);
            *standing = makes.max(*standing);
        }
        standings.push(own);
    }
    standings
}

/// An undo puts back all that it can, whatever an earlier one did.
fn by_undo(state: State, partial: bool) -> Standing {
    match state {
        State::Ended(end) if !partial && !end.stopped && end.left == 0 => Standing::TakenBack,
        State::Ended(end) if end.done + end.unconfirmed == 0 => Standing::Stands,
        State::BrokenOff(0) => Standing::Stands,
        _ => Standing::TakenBackInPart,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use time::OffsetDateTime;

    use super::{Standing, of_all};
    use crate::journal::{End, Header, Listed, State};

    /// A run that takes others back, all of it but `left`.
    fn run(id: &str, undoes: &[&str], left: u64) -> Listed {
        let started = OffsetDateTime::UNIX_EPOCH;
        let header = Header {
            version: Header::VERSION,
            adphoto: String::new(),
            id: id.to_owned(),
            started,
            command: String::new(),
            target: String::new(),
            attribute: String::new(),
            user: String::new(),
            server: String::new(),
            domain: String::new(),
            base_dn: String::new(),
            source: None,
            arguments: Vec::new(),
            undoes: undoes.iter().map(ToString::to_string).collect(),
            partial: false,
            follows: None,
        };
        let end = End { finished: started, stopped: false, done: 1, not_done: 0, unconfirmed: 0, left };
        Listed { path: PathBuf::new(), header, state: State::Ended(end) }
    }

    /// Of the oldest.
    fn standing(newest_first: &[Listed]) -> Standing {
        let runs: Vec<&Listed> = newest_first.iter().collect();
        *of_all(&runs).last().expect("a run")
    }

    #[test]
    fn an_undo_counts_while_it_stands_itself() {
        use Standing::{Stands, StandsAgain, TakenBack, TakenBackInPart};
        let import = || run("import", &[], 0);
        let undo = || run("undo", &["import"], 0);
        assert_eq!(standing(&[import()]), Stands);
        assert_eq!(standing(&[undo(), import()]), TakenBack);
        assert_eq!(standing(&[run("undo", &["import"], 1), import()]), TakenBackInPart);
        // The rest of it, by a second one.
        assert_eq!(standing(&[run("forced", &["import"], 0), run("undo", &["import"], 1), import()]), TakenBack);
        assert_eq!(standing(&[run("back", &["undo"], 0), undo(), import()]), StandsAgain);
        assert_eq!(standing(&[run("back", &["undo"], 1), undo(), import()]), TakenBackInPart);
        assert_eq!(standing(&[run("forth", &["back"], 0), run("back", &["undo"], 0), undo(), import()]), TakenBack);
        assert_eq!(standing(&[run("again", &["import"], 0), run("back", &["undo"], 0), undo(), import()]), TakenBack);
        let all = run("all", &["import", "undo", "back"], 0);
        assert_eq!(standing(&[all, run("back", &["undo"], 0), undo(), import()]), TakenBack);
    }
}
