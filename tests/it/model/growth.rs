//! How the embedded catalogs may differ from their released forms.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use decantr::model::catalog::{Catalog, Finding, compare, is_released};

/// The released forms of an embedded catalog, by revision.
fn released(id: &str) -> Vec<(u32, Catalog)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/model/released");
    let mut forms = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some((name, revision)) = name.rsplit_once('-') else {
            panic!("{name} is no name of a released form")
        };
        if name == id {
            let text = fs::read_to_string(&path).unwrap();
            forms.push((revision.parse().unwrap(), Catalog::parse(&text).unwrap()));
        }
    }
    forms.sort_by_key(|(revision, _)| *revision);
    forms
}

fn last_released(id: &str) -> Catalog {
    released(id).pop().unwrap().1
}

fn texts(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(Finding::to_string).collect()
}

#[test]
fn no_embedded_catalog_breaks_a_consent_to_what_was_released() {
    for id in Catalog::IDS {
        let catalog = Catalog::embedded(id).unwrap();
        for (revision, form) in released(id) {
            assert_eq!((&*form.id, form.revision), (id, revision));
            let growth = compare(&form, &catalog);
            assert_eq!(texts(&growth.violations), [""; 0], "{id} {revision}");
        }
    }
}

#[test]
fn every_released_form_of_the_decantr_catalog_is_known_as_released() {
    let forms = released("decantr");
    assert!(!forms.is_empty());
    for (revision, form) in forms {
        assert!(is_released(revision, form.wire_digest()), "{revision}");
    }
}

/// The rule that the embedded decantr catalog breaks when `from` becomes `to`.
fn broken_by(from: &str, to: &str) -> Vec<String> {
    let text = include_str!("../../../src/model/catalog/data/decantr.toml");
    assert!(text.contains(from), "{from} is not in the catalog");
    let catalog = Catalog::parse(&text.replacen(from, to, 1)).unwrap();
    let growth = compare(&last_released("decantr"), &catalog);
    let rules: BTreeSet<&str> = growth
        .violations
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    rules.into_iter().map(str::to_owned).collect()
}

#[test]
fn what_an_author_could_get_wrong_is_noticed() {
    let values = r#"values = ["single-app", "workspace-app"]"#;
    let cases: [(&str, &str, &[&str]); 8] = [
        (
            "\"style-bridge\"], since = 1",
            "\"style-bridge\"], since = 2",
            &["moved-since"],
        ),
        (
            values,
            r#"values = ["single-app", "workspace-app", "monorepo"]"#,
            &["missing-since", "revision"],
        ),
        (values, r#"values = ["single-app"]"#, &["shrunken-enum"]),
        (
            "max = 86_400_000",
            "max = 86_400_001",
            &["revision", "widened"],
        ),
        ("max = 86_400_000", "max = 86_399_999", &[]),
        (", public_only = true", "", &["revision", "widened"]),
        (
            "sources = [\"cli\"]\nbuckets",
            "sources = [\"cli\", \"mcp\"]\nbuckets",
            &["revision", "widened"],
        ),
        (
            "revision = 1\nretention_days = 90",
            "revision = 2\nretention_days = 400",
            &[],
        ),
    ];
    for (from, to, rules) in cases {
        assert_eq!(broken_by(from, to), rules, "{to}");
    }
}
