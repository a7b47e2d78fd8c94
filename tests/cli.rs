//! Help, usage errors and exit codes, as golden files: `TRYCMD=overwrite cargo test --test cli` writes them anew.

#[test]
fn what_the_command_line_says() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd");
}
