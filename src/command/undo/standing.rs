//! Whether runs were taken back, according to the journals of the undos.

use std::collections::HashMap;

use serde::Serialize;

use crate::journal::{Listed, State};

/// What became of a run, in the order of how much of it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// No undo took the run back.
    Stands,
    /// An undo took the run back, and was itself taken back.
    StandsAgain,
    TakenBackInPart,
    TakenBack,
}

impl Standing {
    /// Returns what a list says about the run.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Stands => "",
            Self::StandsAgain => "; not taken back: its undo was taken back",
            Self::TakenBackInPart => "; taken back in part",
            Self::TakenBack => "; taken back",
        }
    }
}

/// Returns the standing of each run. The runs are sorted newest first, so an undo comes before the runs that it takes
/// back.
pub(super) fn of_all(runs: &[&Listed]) -> Vec<Standing> {
    // What the undos seen so far have made of the runs that they name.
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

/// Returns what an undo makes of its runs. It puts back everything that it can, whatever an earlier undo did.
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

    /// Makes a run that takes back others, except for `left` accounts.
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

    /// Returns the standing of the oldest run.
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
        // A second undo takes back the rest.
        assert_eq!(standing(&[run("forced", &["import"], 0), run("undo", &["import"], 1), import()]), TakenBack);
        assert_eq!(standing(&[run("back", &["undo"], 0), undo(), import()]), StandsAgain);
        assert_eq!(standing(&[run("back", &["undo"], 1), undo(), import()]), TakenBackInPart);
        assert_eq!(standing(&[run("forth", &["back"], 0), run("back", &["undo"], 0), undo(), import()]), TakenBack);
        assert_eq!(standing(&[run("again", &["import"], 0), run("back", &["undo"], 0), undo(), import()]), TakenBack);
        let all = run("all", &["import", "undo", "back"], 0);
        assert_eq!(standing(&[all, run("back", &["undo"], 0), undo(), import()]), TakenBack);
    }
}
