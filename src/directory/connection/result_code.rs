//! Result codes in words: their number, their name and the server's diagnostic message.

/// Returns "result 53 unwillingToPerform", followed by the server's diagnostic message if it is not empty.
pub(in crate::directory) fn in_words(code: u32, text: &str) -> String {
    let name = name_of(code).map(|name| format!(" {name}")).unwrap_or_default();
    match one_line(text).as_str() {
        "" => format!("result {code}{name}"),
        text => format!("result {code}{name}: {text}"),
    }
}

/// Returns a diagnostic message on one line, without the NUL that AD puts at its end.
pub(in crate::directory) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the name of a result code, under which manuals list it (RFC 4511 4.1.9; codes from 118 on: RFC 3909, RFC
/// 4528 and the IANA registry).
fn name_of(code: u32) -> Option<&'static str> {
    Some(match code {
        0 => "success",
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        4 => "sizeLimitExceeded",
        5 => "compareFalse",
        6 => "compareTrue",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        12 => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        14 => "saslBindInProgress",
        16 => "noSuchAttribute",
        17 => "undefinedAttributeType",
        18 => "inappropriateMatching",
        19 => "constraintViolation",
        20 => "attributeOrValueExists",
        21 => "invalidAttributeSyntax",
        32 => "noSuchObject",
        33 => "aliasProblem",
        34 => "invalidDNSyntax",
        36 => "aliasDereferencingProblem",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        54 => "loopDetect",
        64 => "namingViolation",
        65 => "objectClassViolation",
        66 => "notAllowedOnNonLeaf",
        67 => "notAllowedOnRDN",
        68 => "entryAlreadyExists",
        69 => "objectClassModsProhibited",
        71 => "affectsMultipleDSAs",
        80 => "other",
        118 => "canceled",
        119 => "noSuchOperation",
        120 => "tooLate",
        121 => "cannotCancel",
        122 => "assertionFailed",
        123 => "authorizationDenied",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_result_is_named_and_its_words_stand_on_one_line() {
        assert_eq!(in_words(53, ""), "result 53 unwillingToPerform");
        assert_eq!(in_words(50, "00000005:\r\n acl\0"), "result 50 insufficientAccessRights: 00000005: acl");
        assert_eq!(in_words(4711, "what?"), "result 4711: what?");
    }
}
