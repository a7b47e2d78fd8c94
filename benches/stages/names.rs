//! Benchmarks of names and suggestions in a company of 20,000 accounts: `cargo bench --bench names`.

#![expect(missing_docs, reason = "criterion_group! writes a public function")]

use std::hint::black_box;
use std::time::Duration;

use adphoto::directory::{Domain, Guid, Names};
use adphoto::naming::Roster;
use criterion::{Criterion, criterion_group, criterion_main};
use fastrand::Rng;

const ACCOUNTS: u32 = 20_000;
const FILES: usize = 1000;
const GIVEN_NAMES: &str = include_str!("../../src/naming/data/given_names.txt");
const SURNAMES: &str = include_str!("../../src/naming/data/surnames.txt");

fn names(list: &'static str) -> Vec<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Picks a name from the list; the first names are picked more often.
fn pick(rng: &mut Rng, names: &[&'static str]) -> &'static str {
    names[(names.len() as f64 * rng.f64().powf(2.5)) as usize]
}

fn company(rng: &mut Rng) -> Vec<Names> {
    let (given_names, surnames) = (names(GIVEN_NAMES), names(SURNAMES));
    (0..ACCOUNTS)
        .map(|number| {
            let (given, surname) = (pick(rng, &given_names), pick(rng, &surnames));
            let mut guid = [0; 16];
            guid[..4].copy_from_slice(&number.to_be_bytes());
            let logon = format!("{}.{}{number}", given.to_lowercase(), surname.to_lowercase());
            Names {
                guid: Guid(guid),
                dn: format!("CN=User {number},OU=Staff {},DC=ad,DC=example,DC=test", number % 50),
                display_name: format!("{surname}, {given}"),
                cn: format!("User {number}"),
                given_name: given.to_owned(),
                surname: surname.to_owned(),
                department: format!("Department {}", number % 200),
                mail: format!("{logon}@example.test"),
                principal_name: format!("{logon}@ad.example.test"),
                employee_id: (100_000 + number).to_string(),
                sam_account_name: logon,
                more: Vec::new(),
                enabled: true,
            }
        })
        .collect()
}

fn roster(company: &[Names]) -> Roster {
    let mut roster = Roster::new(&Domain::default());
    company.iter().for_each(|names| roster.add(names));
    roster
}

/// Returns names of files that fit no account exactly: swapped, misspelled, without umlauts, or with more text.
fn files(company: &[Names], rng: &mut Rng) -> Vec<String> {
    let spelled = |place: usize| {
        let Names { given_name: given, surname, .. } = &company[rng.usize(..company.len())];
        match place % 5 {
            0 => format!("{given} {surname}"),
            1 => format!("{surname}_{given}_2023"),
            2 => format!("{given} {}x", surname),
            3 => format!("{} {surname} neu", &given[..given.char_indices().nth(1).map_or(given.len(), |(at, _)| at)]),
            _ => format!("IMG_{place} {surname}"),
        }
    };
    (0..FILES).map(spelled).collect()
}

/// Returns the memory of this process in bytes, if the system tells (Linux).
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

fn whole(criterion: &mut Criterion) {
    let mut rng = Rng::with_seed(1);
    let company = company(&mut rng);
    let files = files(&company, &mut rng);
    let before = memory();
    let measured = roster(&company);
    black_box(measured.suggestions("Anna Schmidt"));
    if let (Some(before), Some(after)) = (before, memory()) {
        let bytes = after.saturating_sub(before) / ACCOUNTS as usize;
        criterion.bench_function(&format!("memory/{bytes} bytes an account"), |bench| bench.iter(|| bytes));
    }
    drop(measured);
    criterion.bench_function("20,000 accounts", |bench| bench.iter(|| roster(black_box(&company))));
    criterion.bench_function("20,000 accounts, 1,000 files", |bench| {
        bench.iter(|| {
            let roster = roster(black_box(&company));
            files.iter().map(|file| roster.suggestions(file).len()).sum::<usize>()
        });
    });
}

criterion_group! {
    name = names_of_a_company;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(20));
    targets = whole
}
criterion_main!(names_of_a_company);
