//! Delegation commands for an administrator. They give the least right that suffices: reading and writing the photo of
//! user accounts below one place.

use super::controller::Controller;
use super::identity::{Identity, netbios_name};
use crate::directory::queries::{Directory, PhotoSchema};

/// Commands for an administrator to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Lets the bound user write photos below a place, and nothing else.
    pub give: String,
    /// Takes that right back.
    pub take_back: String,
    /// What to know before taking it back.
    pub caution: &'static str,
}

/// Returns the commands that let the bound user write photos below `base_dn` and that take this right back:
/// `samba-tool` for Samba, `dsacls` for Windows. `None` if the bound user's SID is unknown.
#[must_use]
pub fn delegation(
    directory: &Directory,
    controller: &Controller,
    base_dn: &str,
    who: &Identity,
    schema: &PhotoSchema,
) -> Option<Delegation> {
    let account = who.account.as_ref()?;
    let place = quotable(base_dn);
    if controller.is_samba {
        let (photo, user) = (schema.photo?, schema.user?);
        // The flags CI and IO mean that objects below inherit the entry and that it does not apply to the place itself.
        // The second GUID limits it to users.
        let entry = format!("(OA;CIIO;RPWP;{photo};{user};{})", account.sid);
        let dsacl = |verb: &str| format!("samba-tool dsacl {verb} --objectdn=\"{place}\" --sddl=\"{entry}\"");
        return Some(Delegation {
            give: dsacl("set"),
            take_back: dsacl("delete"),
            caution: "Samba before 4.18 does not have this command: there, remove the entry with Windows' tools",
        });
    }
    let domain = netbios_name(directory);
    let trustee = match is_plain(domain) && is_plain(&account.sam_account_name) {
        true => format!("{domain}\\{}", account.sam_account_name),
        false => account.sid.clone(),
    };
    Some(Delegation {
        give: format!("dsacls \"{place}\" /I:S /G \"{trustee}:RPWP;{};user\"", directory.photo_attribute()),
        take_back: format!("dsacls \"{place}\" /R \"{trustee}\""),
        caution: "this takes back everything that was delegated to this account at that place",
    })
}

/// Returns whether a name has no characters that a shell or dsacls treats specially.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// Rewrites a DN so that it keeps its meaning between quotation marks, in sh, cmd and PowerShell alike. An
/// administrator will paste this into a shell, and anybody who may create an OU can choose its name. So every character
/// that a shell may act on is written as its hexadecimal number, which is allowed in every DN (RFC 4514 2.4).
fn quotable(dn: &str) -> String {
    let mut quotable = String::new();
    let mut chars = dn.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.peek().copied().filter(|next| c == '\\' && acts(*next));
        match escaped {
            Some(next) => {
                chars.next();
                quotable += &by_number(next);
            }
            None if c != '\\' && acts(c) => quotable += &by_number(c),
            None => quotable.push(c),
        }
    }
    quotable
}

/// Returns whether a shell may treat `c` specially between quotation marks.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '"' | '“' | '”' | '„' | '\'' | '$' | '`' | '%' | '!' | '^' | '\\')
}

fn by_number(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_plain, quotable};

    #[test]
    fn nothing_in_a_name_reaches_the_shell() {
        assert_eq!(quotable("OU=Köln\\, Süd,DC=example"), "OU=Köln\\, Süd,DC=example");
        assert_eq!(quotable(r#"OU=a\"; $(b) `c` %d% e\\f,DC=x"#), r"OU=a\22; \24(b) \60c\60 \25d\25 e\5Cf,DC=x");
        assert_eq!(quotable("OU=“a\u{7}”"), "OU=\\E2\\80\\9Ca\\07\\E2\\80\\9D");
        assert!(is_plain("svc-photo") && !is_plain("HOST$") && !is_plain("a b") && !is_plain(""));
    }
}
