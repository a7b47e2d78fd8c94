//! Reading a cell of a list, and writing a text into a cell so that no spreadsheet runs it as a formula. Both follow
//! the same rule: what is written is read back unchanged.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::characters::is_blank;
use super::marks;

/// The apostrophe before a cell's text, which keeps spreadsheets from running it (OWASP, "CSV injection").
const MARK: char = '\'';
/// Double quotation marks that programs and people put around a whole cell. Any of them may open, and any of them
/// close.
const DOUBLE_QUOTES: &[char] =
    &['"', '“', '”', '„', '‟', '«', '»', '″', '＂', '〝', '〞', '〟', '「', '」', '『', '』', '《', '》'];
/// Single quotation marks that are put around a whole cell in the same way.
const SINGLE_QUOTES: &[char] = &['\'', '‘', '’', '‚', '‛', '‹', '›', '′', '`', '´', '＇'];
/// The maximum number of layers of quotation marks and formulas that are removed from a cell; nobody nests deeper by
/// mistake.
const MAX_LAYERS: usize = 8;
/// Formulas whose first argument is the cell's text. HYPERLINK has a name of its own in each language of Excel.
const FORMULAS: &[&str] = &[
    "T",
    "HYPERLINK",
    "LIEN_HYPERTEXTE",
    "HIPERVINCULO",
    "HIPERVÍNCULO",
    "HIPERLINK",
    "HIPERLIGAÇÃO",
    "HIPERŁĄCZE",
    "COLLEG.IPERTESTUALE",
];

/// Returns the text of a cell without what surrounds it: spaces and invisible characters, the quotation marks of
/// Explorer's "Copy as path", a formula that keeps leading zeros (`="00123"`), and the apostrophe of [`written`].
pub(super) fn read(cell: &str) -> &str {
    match cell.trim_start_matches(is_blank).strip_prefix(MARK) {
        // The text after an apostrophe of `written` is meant literally, even if it has a quotation mark at each end.
        Some(rest) if needs_mark(rest) => rest,
        _ => bare(cell),
    }
}

/// Returns a text in the form in which a cell may hold it: [`read`] returns the same text again, and no spreadsheet
/// runs it.
pub(crate) fn written(text: &str) -> Cow<'_, str> {
    if needs_mark(text) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

fn needs_mark(text: &str) -> bool {
    let changes = |text: &str| bare(text) != text || marks::is_mark(text);
    let unmarked = text.trim_start_matches(MARK);
    let marks = text.len() - unmarked.len();
    // A text that begins with an apostrophe and looks as if `written` had put it there would lose it when it is read.
    let looks_marked = || marks > 0 && (changes(unmarked) || changes(&text[marks - 1..]));
    is_formula(unmarked) || changes(text) || looks_marked()
}

/// Returns whether a spreadsheet may take `text` for a formula. East Asian editions also accept full-width signs, which
/// NFKC turns into the usual ones.
fn is_formula(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\u{2212}');
    text.chars().next().is_some_and(|first| first.nfkc().any(is_sign))
}

/// Removes the layers around a text.
fn bare(text: &str) -> &str {
    let mut text = text.trim_matches(is_blank);
    for _ in 0..MAX_LAYERS {
        let Some(inner) = between_quotes(text).or_else(|| within_formula(text)).or_else(|| number_as_text(text)) else {
            break;
        };
        text = inner.trim_matches(is_blank);
    }
    text
}

fn between_quotes(text: &str) -> Option<&str> {
    let within = |kind: &[char]| text.strip_prefix(kind)?.strip_suffix(kind);
    within(DOUBLE_QUOTES).or_else(|| within(SINGLE_QUOTES))
}

/// Returns the text of `="00123"`, `='00123`, `=00123` and `=HYPERLINK("C:\anna.jpg";"Anna")`.
fn within_formula(text: &str) -> Option<&str> {
    let formula = text.strip_prefix('=')?;
    let is_number = !formula.is_empty() && formula.bytes().all(|byte| byte.is_ascii_digit());
    let is_text = between_quotes(formula).is_some_and(|text| !text.contains('"'));
    if is_number || is_text || formula.starts_with(MARK) {
        return Some(formula);
    }
    let (name, arguments) = formula.split_once('(')?;
    let name = name.trim().to_uppercase();
    let argument = arguments.trim_start().strip_prefix('"')?;
    FORMULAS.contains(&name.as_str()).then(|| argument.split('"').next())?
}

/// Returns the digits of `'00123`. People type this apostrophe in Excel to keep leading zeros.
fn number_as_text(text: &str) -> Option<&str> {
    text.strip_prefix(MARK).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

    use super::{read, written};

    #[test]
    fn what_stands_around_a_cell_is_taken_off() {
        for (cell, text) in [
            (r#""C:\x.jpg""#, r"C:\x.jpg"),
            ("'p/a.jpg'", "p/a.jpg"),
            ("“p/a.jpg”", "p/a.jpg"),
            ("„p/a.jpg“", "p/a.jpg"),
            ("«\u{a0}p/a.jpg\u{a0}»", "p/a.jpg"),
            ("»p/a.jpg«", "p/a.jpg"),
            ("‚p/a.jpg‘", "p/a.jpg"),
            ("‹p/a.jpg›", "p/a.jpg"),
            ("＂p/a.jpg＂", "p/a.jpg"),
            ("″p/a.jpg″", "p/a.jpg"),
            ("「p/a.jpg」", "p/a.jpg"),
            ("“ \"p/a.jpg\" ”", "p/a.jpg"),
            ("\u{202a}C:\\x.jpg", r"C:\x.jpg"),
            ("u1\u{200b}", "u1"),
            ("\u{feff}\u{200e}u1\u{2069}\u{a0}", "u1"),
            ("u1\u{1a}", "u1"),
            (r#"="00123""#, "00123"),
            ("='00123", "00123"),
            ("='00123'", "00123"),
            ("=00123", "00123"),
            ("'00123", "00123"),
            ("\"'00123\"", "00123"),
            (r#"=T("00123")"#, "00123"),
            (r#"=HYPERLINK("C:\a b.jpg")"#, r"C:\a b.jpg"),
            (r#"=Hyperlink( "a.jpg" ; "Anna" )"#, "a.jpg"),
            (r#"=LIEN_HYPERTEXTE("a.jpg";"Anna")"#, "a.jpg"),
            ("''", ""),
            ("", ""),
        ] {
            assert_eq!(read(cell), text, "{cell}");
        }
    }

    #[test]
    fn what_belongs_to_a_name_is_left() {
        for cell in [
            "'t Hooft",
            "O'Brien",
            "rock 'n' roll",
            "5\" disk",
            "\"",
            "'",
            "‘",
            "an\u{200b}na",
            "Anna \"Nan\" B",
            "=x",
            "=A1+B1",
            "=SUM(\"1\")",
            "=\"a\"&\"b\"",
            "-dash",
            "@home",
            "a”",
            "„a",
            "d'Or'",
            "\"a”b",
        ] {
            assert_eq!(read(cell), cell);
        }
    }

    #[test]
    fn every_formula_is_defused() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(1)",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            "﹦1",
            "−1",
            "\u{feff}=1",
            "\u{200b}=1",
            " =1",
            "'=1",
            "''=1",
            "'＝1",
            "\u{2066}@x",
            "\"=1\"",
            "sep=;",
            "#TYPE x",
            "“=1”",
            "'\u{200b}'=1",
        ] {
            let cell = written(text);
            assert_eq!(cell, format!("'{text}"));
            assert_eq!(read(&cell), text);
        }
        for text in ["anna", "Müller, Jörg", "O'Brien", "C:\\x.jpg", "'t Hooft", "", "5 = 5"] {
            assert_eq!(written(text), text);
        }
    }

    /// Generates texts from the pieces that the rules are about, which random characters would hardly ever contain.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "'",
            "''",
            "\"",
            "=",
            "＝",
            "+",
            "(",
            ")",
            "=\"",
            "“",
            "”",
            "„",
            "«",
            "`",
            "\u{200b}",
            "\u{feff}",
            " ",
            "\u{a0}",
            "\u{1a}",
            "7",
            "00123",
            "a",
            "HYPERLINK(\"",
            "T(",
            "ä",
            ";",
            ",",
        ]);
        let special = prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat());
        prop::strategy::Union::new([special.boxed(), any::<String>().boxed()])
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read(text in texts()) {
            assert_eq!(read(&written(&text)), text);
        }

        #[test]
        fn a_mark_is_put_once(text in texts()) {
            let cell = written(&text);
            assert!(cell == text || cell.strip_prefix('\'') == Some(&*text));
        }
    }
}
