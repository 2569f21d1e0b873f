//! Commands that texts propose: about another program's telemetry they name its catalog.

use std::borrow::Cow;

/// How they begin.
const TELEMETRY: &str = "decantr telemetry ";

/// `text` with every proposed command beginning with `program`, unless it names a catalog already.
pub(super) fn proposing<'a>(program: Option<&str>, text: &'a str) -> Cow<'a, str> {
    let Some(program) = program.filter(|_| text.contains(TELEMETRY)) else {
        return Cow::Borrowed(text);
    };
    let mut parts = text.split(TELEMETRY);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if part.starts_with("--catalog") {
            told.push_str(TELEMETRY);
        } else {
            told.push_str(program);
            told.push(' ');
        }
        told.push_str(part);
    }
    Cow::Owned(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proposed_command_names_the_catalog_once() {
        let text = "`decantr telemetry explain`, then `decantr telemetry --catalog b disable`";
        let told = proposing(Some("decantr telemetry --catalog a"), text);
        assert_eq!(
            told,
            "`decantr telemetry --catalog a explain`, then `decantr telemetry --catalog b disable`"
        );
        assert_eq!(proposing(None, text), text);
    }
}
