//! The page of a dry run on Microsoft 365 is approved like any other.

use crate::approval;
use crate::domain::Domain;

#[test]
fn what_is_turned_down_on_a_page_of_microsoft_365_is_not_written() {
    approval::what_is_turned_down_is_not_written(&Domain::tenant());
}

#[test]
fn whose_photo_it_is_can_be_said_on_a_page_of_microsoft_365() {
    approval::whose_photo_it_is_can_be_said(&Domain::tenant());
}
