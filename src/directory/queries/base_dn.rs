//! Checking a base DN, and suggesting others if it does not exist.

use ldap3::Scope;

use crate::directory::connection::OperationError;
use crate::directory::sessions::Session;

/// The maximum number of suggestions in one message.
const MAX_SUGGESTIONS: usize = 3;
/// The Jaro-Winkler similarity from which two names count as alike. It allows one or two typing errors.
const MIN_LIKENESS: f64 = 0.88;
/// A filter for the places that hold accounts.
const CONTAINERS: &str = "(|(objectClass=organizationalUnit)(objectClass=container)(objectClass=builtinDomain))";

/// Checks that the base DN exists; the error suggests similar ones.
pub(super) async fn require(session: &Session, base_dn: &str, domain_dn: &str) -> Result<(), OperationError> {
    match session.read_entry(base_dn, &["1.1"]).await {
        // 34 is invalidDNSyntax: the text is not a DN.
        Ok(None) | Err(OperationError::Refused { code: 34, .. }) => {
            // If this search fails, there are no suggestions; the error remains that the base DN does not exist.
            let places = session.search(domain_dn, Scope::Subtree, CONTAINERS, &["1.1"]).await.unwrap_or_default();
            let places: Vec<&str> = places.iter().map(|place| place.dn.as_str()).collect();
            Err(OperationError::NoSuchBase { given: base_dn.to_owned(), similar: similar(base_dn, domain_dn, &places) })
        }
        found => found.map(drop),
    }
}

/// Returns the places that are most like what was given. People write a DN with a typing error, only the name of a
/// place, or a canonical name as Active Directory Users and Computers shows it (`ad.example.com/Staff/Sales`).
fn similar(given: &str, domain_dn: &str, places: &[&str]) -> Vec<String> {
    let wanted = path_of(given, domain_dn);
    if wanted.is_empty() && !given.trim().is_empty() {
        // The text names a domain without any place in it: a DNS name, or a DN with a typing error.
        return vec![domain_dn.to_owned()];
    }
    let mut scored: Vec<(f64, &str)> = places
        .iter()
        .map(|place| (likeness(&wanted, &names(place, domain_dn)), *place))
        .filter(|(score, _)| *score >= MIN_LIKENESS)
        .collect();
    // Of two places that are equally alike, the shorter DN comes first.
    scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.len().cmp(&b.len())).then(a.cmp(b)));
    let exact = scored.iter().take_while(|(score, _)| *score >= 1.0).count();
    let offered = if exact > 0 { exact } else { scored.len() };
    scored.into_iter().take(offered.min(MAX_SUGGESTIONS)).map(|(_, place)| place.to_owned()).collect()
}

/// Returns the names of a place, from the innermost outwards, without the domain.
fn path_of(given: &str, domain_dn: &str) -> Vec<String> {
    let given = given.trim();
    if given.contains('=') {
        return names(given, domain_dn);
    }
    let mut path: Vec<String> = given.split('/').filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    // A canonical name begins with the domain's DNS name.
    let dns_name = domain_dn.to_lowercase().replace("dc=", "").replace(',', ".");
    if path.first().is_some_and(|first| *first == dns_name || path.len() > 1 && first.contains('.')) {
        path.remove(0);
    }
    path.reverse();
    path
}

/// Returns the names in a DN without their types, and without the domain's own.
fn names(dn: &str, domain_dn: &str) -> Vec<String> {
    let lower = dn.to_lowercase();
    let domain = domain_dn.to_lowercase();
    let below = lower.strip_suffix(&domain).map_or(lower.as_str(), |below| below.trim_end_matches(','));
    let mut names = Vec::new();
    let mut name = String::new();
    let mut chars = below.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            ',' => names.push(std::mem::take(&mut name)),
            _ => name.push(c),
        }
    }
    names.push(name);
    let bare = |name: String| name.split_once('=').map_or(name.trim().to_owned(), |(_, value)| value.trim().to_owned());
    // All DC parts are dropped: a wrong domain is a typing error, too.
    names
        .into_iter()
        .filter(|name| !name.trim_start().starts_with("dc="))
        .map(bare)
        .filter(|name| !name.is_empty())
        .collect()
}

/// Returns how alike two places are, from 0 to 1. The name of the place and as many names around it as were given are
/// compared, and the worst pair counts.
fn likeness(wanted: &[String], place: &[String]) -> f64 {
    if wanted.is_empty() || place.len() < wanted.len() {
        return 0.0;
    }
    let each = wanted.iter().zip(place).map(|(one, other)| strsim::jaro_winkler(one, other));
    let worst = each.fold(1.0, f64::min);
    // A place that lies deeper than what was given is a little less likely.
    let deeper = u32::try_from(place.len() - wanted.len()).unwrap_or(u32::MAX);
    worst - f64::from(deeper.min(10)) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::similar;

    const DOMAIN: &str = "DC=ad,DC=example,DC=test";
    const PLACES: [&str; 6] = [
        "OU=Staff,DC=ad,DC=example,DC=test",
        "OU=Sales,OU=Staff,DC=ad,DC=example,DC=test",
        "OU=Sales,OU=Partners,DC=ad,DC=example,DC=test",
        "CN=Users,DC=ad,DC=example,DC=test",
        "OU=K\u{f6}ln\\, S\u{fc}d,DC=ad,DC=example,DC=test",
        "CN=Computers,DC=ad,DC=example,DC=test",
    ];

    #[test]
    fn what_was_meant_is_found_from_how_people_write_it() {
        let offered = |given: &str| similar(given, DOMAIN, &PLACES);
        for given in [
            "OU=Stafff,DC=ad,DC=example,DC=test",
            "CN=Staff,DC=ad,DC=example,DC=test",
            "OU=Staff,DC=example,DC=test",
            "OU=Staff",
            "ad.example.test/Staff",
            "ad.example.test/Staff/",
            "/Staff",
            "Staff",
            "staf",
        ] {
            assert_eq!(offered(given), [PLACES[0]], "{given}");
        }
        assert_eq!(offered("ad.example.test/Staff/Sales"), [PLACES[1]]);
        assert_eq!(offered("Sales"), [PLACES[1], PLACES[2]]);
        assert_eq!(offered("OU=Users,DC=ad,DC=example,DC=test"), [PLACES[3]]);
        assert_eq!(offered("OU=K\u{f6}ln\\, S\u{fc}d,DC=example"), [PLACES[4]]);
        for domain in ["ad.example.test", "AD.example.test/", "DC=ad,DC=example", "dc=ad,dc=example,dc=tset"] {
            assert_eq!(offered(domain), [DOMAIN], "{domain}");
        }
        for nothing in ["OU=nowhere,DC=ad,DC=example,DC=test", "no DN", "", "example.test", "a/b/c/d"] {
            assert!(offered(nothing).is_empty(), "{nothing}: {:?}", offered(nothing));
        }
    }
}
