//! Styling: approaches, Tailwind's version, custom properties, dark mode.

use decantr::analyze::Styling;

use super::support::{PAGE, project};

/// The styling of a Next.js application with `dependency` and `files`.
fn styling(dependency: &str, files: &[(&str, &str)]) -> Styling {
    let manifest =
        format!(r#"{{ "dependencies": {{ "next": "15.0.0", "{dependency}": "4.1.2" }} }}"#);
    let project = project(&[("package.json", &manifest), ("app/page.tsx", PAGE)]);
    for (path, text) in files {
        project.write(path, text.as_bytes());
    }
    project.analyze().styling
}

#[test]
fn tailwind_is_seen_with_and_without_a_configuration_file() {
    for (dependency, files) in [
        ("tailwindcss", &[][..]),
        ("@tailwindcss/postcss", &[]),
        ("@tailwindcss/vite", &[]),
        ("x", &[("app/globals.css", "@import 'tailwindcss';")]),
        ("x", &[("app/globals.css", "@tailwind base;")]),
        ("x", &[("tailwind.config.ts", "export default {}")]),
    ] {
        let styling = styling(dependency, files);
        assert_eq!(styling.approach, Some("tailwind"), "{dependency} {files:?}");
        let version = styling.tailwind.unwrap().version;
        assert_eq!(version.is_some(), dependency != "x", "{dependency}");
    }
}

#[test]
fn the_main_approach_is_told_from_the_others() {
    let module = ("app/a.module.css", ".a { color: red }");
    let main = |dependency: &str, files: &[(&str, &str)]| {
        let styling = styling(dependency, files);
        (styling.approach, styling.also)
    };
    assert_eq!(
        main("tailwindcss", &[module, ("a.scss", "")]),
        (Some("tailwind"), vec!["css-modules", "scss"])
    );
    assert_eq!(main("unocss", &[("a.css", "")]), (Some("unocss"), vec![]));
    assert_eq!(main("styled-components", &[]), (Some("css-in-js"), vec![]));
    assert_eq!(main("@pandacss/dev", &[]), (Some("panda"), vec![]));
    assert_eq!(
        main("x", &[("a.css.ts", "")]),
        (Some("vanilla-extract"), vec![])
    );
    assert_eq!(
        main("x", &[module, ("a.css", "")]),
        (Some("css-modules"), vec![])
    );
    assert_eq!(
        main("sass", &[("a.module.scss", "")]),
        (Some("css-modules"), vec![])
    );
    assert_eq!(main("x", &[("a.less", "")]), (Some("less"), vec![]));
    assert_eq!(main("x", &[("a.css", "")]), (Some("css"), vec![]));
    assert_eq!(main("x", &[]), (None, vec![]));
}

#[test]
fn custom_properties_are_distinct_over_all_style_sheets() {
    let styling = styling(
        "x",
        &[
            ("a.css", ":root { --a: 1; --b: 2 }"),
            ("b/c.scss", "// don't\n.x { --b: 3; --c: 4 }"),
        ],
    );
    assert_eq!(styling.css_variables, 3);
}

#[test]
fn dark_mode_is_seen_in_styles_packages_and_configuration() {
    let dark = |dependency: &str, files: &[(&str, &str)]| styling(dependency, files).dark_mode;
    assert!(dark("next-themes", &[]));
    assert!(dark(
        "x",
        &[(
            "a.css",
            "@media (prefers-color-scheme: dark) { a { color: white } }"
        )]
    ));
    assert!(dark(
        "x",
        &[(
            "tailwind.config.js",
            "module.exports = { darkMode: ['class'] }"
        )]
    ));
    assert!(dark(
        "x",
        &[(
            "tailwind.config.ts",
            "const c: Config = { darkMode: 'media' }\nexport default c"
        )]
    ));
    assert!(!dark(
        "x",
        &[("tailwind.config.js", "module.exports = { darkMode: false }")]
    ));
    assert!(!dark(
        "x",
        &[("tailwind.config.js", "module.exports = { presets: [x] }")]
    ));
    assert!(!dark("x", &[("a.css", ".darkness { color: black }")]));
}
