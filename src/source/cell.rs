//! What a cell of a list says, and how a text stands in one so that no spreadsheet runs it: two directions of one rule.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::characters::is_blank;
use super::marks;

/// What keeps a spreadsheet from running a cell: it makes it text (OWASP, "CSV injection").
const MARK: char = '\'';
/// Quotation marks that programs and people put around a whole cell, by kind: one kind opens and closes.
const DOUBLE_QUOTES: &[char] =
    &['"', '“', '”', '„', '‟', '«', '»', '″', '＂', '〝', '〞', '〟', '「', '」', '『', '』', '《', '》'];
const SINGLE_QUOTES: &[char] = &['\'', '‘', '’', '‚', '‛', '‹', '›', '′', '`', '´', '＇'];
/// Quotation marks within quotation marks, within a formula: nobody nests deeper by mistake.
const MAX_LAYERS: usize = 8;
/// Formulas whose first argument is what the cell is about; the link's name is that of each language's Excel.
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

/// Returns what a cell says, without what stands around it: blanks and invisible characters, the quotation marks of
/// Explorer's "Copy as path", a formula that keeps leading zeros (`="00123"`), the apostrophe of [`written`].
pub(super) fn read(cell: &str) -> &str {
    match cell.trim_start_matches(is_blank).strip_prefix(MARK) {
        // What was marked is meant as it stands, a quotation mark at each end included.
        Some(rest) if needs_mark(rest) => rest,
        _ => bare(cell),
    }
}

/// Returns a text as a cell may hold it: [`read`] gives back that very text, and no spreadsheet runs it.
pub(crate) fn written(text: &str) -> Cow<'_, str> {
    if needs_mark(text) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

fn needs_mark(text: &str) -> bool {
    let changes = |text: &str| bare(text) != text || marks::is_mark(text);
    let unmarked = text.trim_start_matches(MARK);
    let marks = text.len() - unmarked.len();
    // What looks marked already would lose its own apostrophe.
    let looks_marked = || marks > 0 && (changes(unmarked) || changes(&text[marks - 1..]));
    is_formula(unmarked) || changes(text) || looks_marked()
}

/// Returns whether a spreadsheet may take `text` for a formula. East Asian editions take the full-width signs, too; NFKC
/// makes one of all their widths.
fn is_formula(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\u{2212}');
    text.chars().next().is_some_and(|first| first.nfkc().any(is_sign))
}

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

/// Returns the digits of `'00123`: the apostrophe that one types in Excel to keep zeros.
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

    /// Texts of what the rules are about, which random characters would not meet.
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
