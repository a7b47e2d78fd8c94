//! Parses what names are matched by (`--match-by`): attributes, people's names, or a template.

use std::fmt;
use std::str::FromStr;

use crate::directory::{Terms, is_attribute_name};

/// The attribute that names are matched by unless the user or a CSV's header chooses another.
pub(crate) const DEFAULT_MATCH_BY: &str = "sAMAccountName";

/// One way in which a name can stand for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// The name equals the value of this attribute, except for case.
    Attribute(String),
    /// The name is what people call the account's owner.
    Name,
    /// The name is the one that this template makes of the account's attributes.
    Template(Template),
}

/// The value of one `--match-by` option: one or several attributes, or a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchBy(Vec<Rule>);

/// A text with placeholders for attributes, such as `{givenName} {sn}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Attribute(String),
}

/// The reason why a text is not a valid value of `--match-by`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatchByError {
    /// The text is neither the name of an attribute nor a template.
    #[error(
        "an attribute's name has letters, digits and hyphens; several are separated by commas: sAMAccountName,mail"
    )]
    NotAnAttribute,
    /// A brace has no counterpart, or the braces enclose something other than the name of an attribute.
    #[error("a template names attributes in braces: \"{{givenName}} {{sn}}\"")]
    NotATemplate,
}

impl crate::failure::Advice for MatchByError {
    fn is_usage(&self) -> bool {
        true
    }
}

impl FromStr for MatchBy {
    type Err = MatchByError;

    /// Parses attributes separated by commas, or a single template, which may itself contain commas.
    fn from_str(text: &str) -> Result<Self, MatchByError> {
        if text.contains(['{', '}']) {
            return Ok(Self(vec![Rule::Template(text.parse()?)]));
        }
        let rule = |name: &str| match name.trim() {
            name if name.eq_ignore_ascii_case("name") => Ok(Rule::Name),
            name if is_attribute_name(name) => Ok(Rule::Attribute(name.to_owned())),
            _ => Err(MatchByError::NotAnAttribute),
        };
        text.split(',').map(rule).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Template {
    type Err = MatchByError;

    fn from_str(text: &str) -> Result<Self, MatchByError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (attribute, behind) = behind.split_once('}').ok_or(MatchByError::NotATemplate)?;
            if before.contains('}') || !is_attribute_name(attribute) {
                return Err(MatchByError::NotATemplate);
            }
            pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
            pieces.push(Piece::Attribute(attribute.to_owned()));
            rest = behind;
        }
        if rest.contains('}') || pieces.is_empty() {
            return Err(MatchByError::NotATemplate);
        }
        pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
        Ok(Self { text: text.to_owned(), pieces })
    }
}

impl Template {
    /// Returns the names of the template's attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Attribute(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// Returns the text with the attributes' values filled in, or `None` if any of them has no value.
    pub(super) fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Attribute(name) => value(name).filter(|value| !value.is_empty()),
        };
        self.pieces.iter().map(piece).collect()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => f.write_str(name),
            Self::Name => f.write_str("name"),
            Self::Template(template) => f.write_str(&template.text),
        }
    }
}

/// All rules to match by, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

impl Default for Rules {
    fn default() -> Self {
        Self(vec![Rule::Attribute(DEFAULT_MATCH_BY.to_owned())])
    }
}

impl Rules {
    /// Chooses between the given options and the attribute that a CSV's header names. Also returns a note for the user
    /// if the choice may be a surprise.
    ///
    /// A header that says sAMAccountName, as that of an approved list does, overrules the options: its 815 is the
    /// account 815, not the employee 815.
    #[must_use]
    pub fn choose(given: &[MatchBy], header: Option<&str>) -> (Self, Option<String>) {
        let all: Vec<Rule> = given.iter().flat_map(|given| given.0.iter().cloned()).collect();
        let given = Self(all);
        let is_default = |name: &&str| name.eq_ignore_ascii_case(DEFAULT_MATCH_BY);
        match header {
            Some(header) if is_default(&header) => {
                let note = (!given.0.is_empty() && !given.is_default())
                    .then(|| format!("matching by {header}, which the CSV's header names, and not by {given}"));
                (Self::attribute(header), note)
            }
            Some(header) if given.0.is_empty() => {
                let note = format!("matching by {header}, which the CSV's header names (--match-by chooses another)");
                (Self::attribute(header), Some(note))
            }
            _ if given.0.is_empty() => (Self::default(), None),
            _ => (given, None),
        }
    }

    /// Returns rules that match by this attribute only.
    #[must_use]
    pub fn attribute(name: &str) -> Self {
        Self(vec![Rule::Attribute(name.to_owned())])
    }

    /// Returns the first attribute (or `name`) of the options, to find the column of a list that bears its name.
    #[must_use]
    pub fn column(given: &[MatchBy]) -> Option<&str> {
        given.iter().flat_map(|given| &given.0).find_map(|rule| match rule {
            Rule::Attribute(name) => Some(name.as_str()),
            Rule::Name => Some("name"),
            Rule::Template(_) => None,
        })
    }

    /// Returns the rules as a part of a sentence, in the words of `terms`.
    pub(super) fn in_words(&self, terms: Terms) -> String {
        let called = |rule: &Rule| match rule {
            // In Microsoft 365, a file may be named after anything that people sign in with.
            Rule::Attribute(name) if terms == Terms::Microsoft365 && name.eq_ignore_ascii_case(DEFAULT_MATCH_BY) => {
                Rule::Attribute("logon name".to_owned())
            }
            other => other.clone(),
        };
        Self(self.0.iter().map(called).collect()).to_string()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    /// Returns the attributes whose values are compared directly, so neither `name` nor those in templates.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|rule| match rule {
            Rule::Attribute(name) => Some(name.as_str()),
            Rule::Name | Rule::Template(_) => None,
        })
    }

    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attributes().any(|own| own.eq_ignore_ascii_case(attribute))
    }

    /// Returns whether any rule compares the names by which people are called.
    pub(super) fn are_names(&self) -> bool {
        self.0.iter().any(|rule| match rule {
            Rule::Attribute(name) => ["displayName", "cn"].iter().any(|own| own.eq_ignore_ascii_case(name)),
            Rule::Name | Rule::Template(_) => true,
        })
    }

    pub(super) fn is_default(&self) -> bool {
        matches!(&self.0[..], [Rule::Attribute(name)] if name.eq_ignore_ascii_case(DEFAULT_MATCH_BY))
    }
}

/// Lists the rules as in a sentence: `sAMAccountName, mail or name`.
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, rule) in self.0.iter().enumerate() {
            let before = match place {
                0 => "",
                _ if place + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(f, "{before}{rule}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MatchBy, MatchByError, Rule, Rules, Template};

    fn given(text: &str) -> MatchBy {
        text.parse().expect("something to match by")
    }

    #[test]
    fn several_attributes_and_names_are_read() {
        let attribute = |name: &str| Rule::Attribute(name.to_owned());
        assert_eq!(given("mail").0, [attribute("mail")]);
        assert_eq!(given("sAMAccountName, mail,NAME").0, [attribute("sAMAccountName"), attribute("mail"), Rule::Name]);
        for text in ["", "cn=*)", "a b", "mail,", ",mail", "mail;cn"] {
            assert_eq!(text.parse::<MatchBy>(), Err(MatchByError::NotAnAttribute), "{text}");
        }
    }

    #[test]
    fn a_template_is_filled() {
        let fill = |text: &str| {
            let template: Template = text.parse().expect("a template");
            template.fill(|name| {
                [("givenName", "Anna"), ("sn", "Schmidt"), ("title", "")]
                    .into_iter()
                    .find_map(|(own, value)| (own == name).then(|| value.to_owned()))
            })
        };
        assert_eq!(fill("{givenName} {sn}").as_deref(), Some("Anna Schmidt"));
        assert_eq!(fill("HR_{sn}, {givenName}!").as_deref(), Some("HR_Schmidt, Anna!"));
        assert_eq!(fill("{title} {sn}"), None, "an account without a title is not called so");
        for text in ["{", "}", "{sn", "sn}", "{}", "{a b}", "{{sn}}", "{sn}}", "a}{sn}"] {
            assert_eq!(text.parse::<Template>(), Err(MatchByError::NotATemplate), "{text}");
        }
    }

    #[test]
    fn a_header_that_says_the_logon_name_is_taken_at_its_word() {
        let choose = |given: &[MatchBy], header| {
            let (rules, note) = Rules::choose(given, header);
            (rules.to_string(), note.is_some())
        };
        assert_eq!(choose(&[], None), ("sAMAccountName".into(), false));
        assert_eq!(choose(&[], Some("mail")), ("mail".into(), true));
        assert_eq!(choose(&[given("employeeID")], Some("mail")), ("employeeID".into(), false));
        assert_eq!(choose(&[given("employeeID")], Some("sAMAccountName")), ("sAMAccountName".into(), true));
        assert_eq!(choose(&[given("samaccountname")], Some("sAMAccountName")), ("sAMAccountName".into(), false));
        assert_eq!(choose(&[given("mail,cn"), given("{sn}")], None), ("mail, cn or {sn}".into(), false));
    }
}
