//! The billing flags, which stay off until the paywall is launched on purpose.

use super::Finding;

/// The variables that would turn billing on.
pub const BILLING_FLAGS: [&str; 2] = [
    "REGISTRY_BILLING_ENABLED",
    "NEXT_PUBLIC_REGISTRY_BILLING_ENABLED",
];

const CHECK: &str = "billing_flags";

/// Passes when every flag is `false` or unset; any other value may be read as true by somebody.
pub(super) fn check(flags: &[(&'static str, Option<String>)]) -> Vec<Finding> {
    let is_off = |value: &str| value.trim().eq_ignore_ascii_case("false");
    let on: Vec<&str> = flags
        .iter()
        .filter(|(_, value)| value.as_deref().is_some_and(|value| !is_off(value)))
        .map(|(name, _)| *name)
        .collect();
    vec![if on.is_empty() {
        Finding::passed(CHECK, "both are false or unset here")
    } else {
        let todo = "set it to false, or unset it, wherever the services run";
        Finding::failed(CHECK, format!("not false: {}", on.join(", ")), todo)
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::jobs::check::Verdict;

    #[test]
    fn anything_but_false_or_nothing_is_on() {
        let verdict = |value: Option<&str>| {
            let flags = [
                (BILLING_FLAGS[0], value.map(str::to_owned)),
                (BILLING_FLAGS[1], None),
            ];
            check(&flags)[0].verdict
        };
        for off in [None, Some("false"), Some(" FALSE ")] {
            assert_eq!(verdict(off), Verdict::Passed, "{off:?}");
        }
        for on in ["true", "1", "0", "off", "yes"] {
            assert_eq!(verdict(Some(on)), Verdict::Failed, "{on}");
        }
    }
}
