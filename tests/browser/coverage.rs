//! Tests the coverage table on an audit's page: it can be read and sorted, and its rows select cards.

use adphoto::album::Album;
use adphoto::report::Status;

use crate::chromium::Chromium;
use crate::page::{SHOWN, page, record};

/// Returns the names of the groups that are shown, in order.
const GROUPS: &str = "Array.from(document.querySelectorAll('.coverage tbody tr'), (row) => row)\
    .filter((row) => row.offsetHeight > 0).map((row) => row.cells[0].textContent).join()";
const SHARES: &str = "document.getElementById('shown').textContent";

#[test]
fn each_head_sorts_and_each_row_filters() {
    let Some(mut browser) = Chromium::start() else { return };
    let mut records = vec![record("Anna", "Sales", Status::Ok), record("Ben", "Sales", Status::Missing)];
    records.extend((0..10).map(|number| record(&format!("It{number}"), "IT", Status::Ok)));
    records.extend(["Cid", "Dan"].map(|name| record(name, "Board", Status::Missing)));
    records.push(record("Eva", "", Status::Ok));
    let file = page("audit", false, records, Album::of_sizes());
    browser.open(file.path());
    // The groups with the most gaps come first, as in the text. Nobody is unfit or unknown, so there are no such
    // columns.
    browser.becomes(GROUPS, "Board,Sales,(none),IT");
    let heads = "Array.from(document.querySelectorAll('.coverage thead th'), (head) => head.textContent).join()";
    assert_eq!(browser.value(heads), "department,Bar,Share in order,Accounts,In order,No photo");

    let head = |number: usize| format!(".coverage thead th:nth-child({number}) button");
    for (number, orders) in [
        (1, ["(none),Board,IT,Sales", "Sales,IT,Board,(none)"]),
        (3, ["(none),IT,Sales,Board", "Board,Sales,(none),IT"]),
        // Numbers are sorted by value: ten is more than two.
        (4, ["IT,Board,Sales,(none)", "(none),Board,Sales,IT"]),
    ] {
        for order in orders {
            browser.click(&head(number));
            browser.becomes(GROUPS, order);
        }
        let sorted = format!("document.querySelector({:?}).parentElement.ariaSort", head(number));
        assert_eq!(browser.value(&sorted), if number == 1 { "descending" } else { "ascending" });
    }

    let row = |name: &str| {
        format!(
            "Array.from(document.querySelectorAll('.coverage th[scope=row] button')).find((one) => one.textContent === {name:?}).click()"
        )
    };
    for (name, cards) in [("Board", "Cid,Dan"), ("(none)", "Eva"), ("Sales", "Anna,Ben")] {
        browser.value(&row(name));
        browser.becomes(SHOWN, cards);
        assert!(browser.value(SHARES).as_str().unwrap().ends_with(&format!("of 15 shown: {name}")));
    }
    // A row can be combined with a status.
    browser.click(".tile[data-only=missing]");
    browser.becomes(SHOWN, "Ben");
    browser.value(&row("All"));
    browser.becomes(SHOWN, "Ben,Cid,Dan");
    browser.value(&row("IT"));
    browser.becomes(SHOWN, "");
    browser.click("#reset");
    browser.becomes(SHARES, "15 shown");
    // A second click on a row shows all cards again.
    browser.value(&row("Board"));
    browser.value(&row("Board"));
    browser.becomes(SHARES, "15 shown");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn every_group_can_be_read() {
    let Some(mut browser) = Chromium::start() else { return };
    let status = |number| if number < 20 { Status::Missing } else { Status::Ok };
    let records =
        (0..40).map(|number| record(&format!("P{number}"), &format!("Department {number:02}"), status(number)));
    let file = page("audit", false, records.collect(), Album::of_sizes());
    browser.open(file.path());
    let rows =
        "Array.from(document.querySelectorAll('.coverage tbody tr')).filter((row) => row.offsetHeight > 0).length";
    browser.becomes(rows, 15);
    // No row is in a box that has to be scrolled.
    let cut = "document.querySelector('.scroll').scrollHeight - document.querySelector('.scroll').clientHeight";
    assert_eq!(browser.value(cut), 0);
    assert_eq!(browser.value("document.getElementById('groups').textContent"), "Show all 40 groups");
    browser.click("#groups");
    browser.becomes(rows, 40);
    assert_eq!(browser.value(cut), 0);
    browser.click("#groups");
    browser.becomes(rows, 15);
    browser.call("Emulation.setEmulatedMedia", serde_json::json!({"media": "print"}));
    browser.becomes(rows, 40);
}
